//! What the server says on its console about each step, as the rows that fired tell it.

use hobnob_machine::Fired;
use hobnob_spec::messages::{Body, Entry};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::profile::{Dialect, Profile};
use hobnob_spec::row::Next;
use hobnob_spec::session::{Effect, Event, No, State, Why};
use std::fmt;
use std::net::SocketAddr;
use tracing::{debug, info, warn};

/// Says a step that is of interest to who wants each of them told, as one course does.
macro_rules! step {
    ($narrates:expr, $($what:tt)+) => { if $narrates { info!($($what)+) } else { debug!($($what)+) } };
}

/// Whether the console tells every step of this profile's users: the course of the dialect `flags` wants it so.
pub(super) fn narrates(profile: &Profile) -> bool {
    profile.dialects.first() == Some(&Dialect::Flags)
}

/// Says what a row that fired means for somebody. `by` is who raised its event, if somebody did; `addr` is that of the
/// session's connection; `narrates` says whether every step is told.
pub(super) fn tell(fired: &Fired, by: Operator<'_>, addr: Option<SocketAddr>, narrates: bool) {
    if fired.event == Event::Opened {
        info!("{} connected", Whence(addr));
    }
    let Some(nick) = &fired.nick else {
        return tell_of_guest(fired, addr, narrates);
    };
    let row = fired.row();
    for effect in row.1 {
        match effect {
            Effect::Welcome => info!("{} joined as {nick}", Whence(addr)),
            Effect::WelcomeBack => info!("{nick} is back"),
            Effect::LeaveRooms(Why::Kicked) => info!("{nick} was kicked by {by}"),
            Effect::LeaveRooms(why) => info!("{nick} left because: {}", why.meaning()),
            Effect::TellSlowDown => info!("{nick} was told to slow down"),
            Effect::StartMute => info!("{nick} was muted for talking too fast"),
            Effect::Silence => info!("{nick} was muted by {by}"),
            Effect::Refuse(No::KeyWrong) => warn!("{nick} at {} showed a wrong operator's key", Whence(addr)),
            Effect::LiftMute if fired.event == Event::Unsilenced => info!("{nick} was unmuted by {by}"),
            Effect::LiftLeaversMute => info!("the mute of somebody who left was lifted by the operator {nick}"),
            Effect::LiftMute => info!("{nick} may talk again"),
            Effect::MakeOperator => info!("{nick} is an operator"),
            Effect::Refuse(no) => step!(narrates, "{nick} was refused {} because: {}", fired.event, no.meaning()),
            _ => {
                if let Some(did) = did(*effect) {
                    step!(narrates, "{nick} {did}");
                }
            }
        }
    }
    if row.2 == Next::Become(State::Detached) {
        match fired.event {
            Event::TooSlow => info!("{nick} was hung up for reading too slowly, and may return"),
            Event::Stopping => info!("{nick} was sent away because the server stops, and may return"),
            _ => info!("{nick} lost the connection, and may return"),
        }
    }
}

/// What somebody did to whom an effect answers, or whose words it passes on; the words themselves are not told.
fn did(effect: Effect) -> Option<&'static str> {
    Some(match effect {
        Effect::TellReport => "asked for the report",
        Effect::TellMembers => "asked who is there",
        Effect::TellRooms => "asked which rooms there are",
        Effect::TellPage | Effect::FetchPage => "asked for earlier messages",
        Effect::Post => "said something to all in a room",
        Effect::SendPrivate => "sent a private message, which was delivered",
        Effect::TellWaiting => "sent a private message, which waits",
        Effect::BeginTransfer => "began to send a file",
        Effect::EnterRoom => "entered a room",
        Effect::LeaveRoom => "left a room",
        _ => return None,
    })
}

/// Says that a file was sent, which no row of a session tells; of a private one not its name.
pub(super) fn tell_of_file(entry: &Entry, room: Option<&RoomName>, narrates: bool) {
    let Body::Attached(file) = &entry.body else { return };
    let (nick, name, size) = (&entry.nick, &file.name, file.size);
    match room {
        Some(room) => step!(narrates, "{nick} sent the file {name} ({size} bytes) to all in {room}"),
        None => step!(narrates, "{nick} sent a private file ({size} bytes)"),
    }
}

/// The target of the lines that a course wants in its server's window, beside those of the console.
pub const WINDOW: &str = "hobnob_window";

/// Says who came and went as the course of the dialect `plain` has it in its server's window.
pub(super) fn tell_window(fired: &Fired, addr: SocketAddr, profile: &Profile) {
    let Some(nick) = fired.nick.as_ref().filter(|_| profile.dialects.first() == Some(&Dialect::Plain)) else { return };
    let client = format_args!("Client ({}, {})", addr.ip().to_canonical(), addr.port()).to_string();
    let row = fired.row();
    for effect in row.1 {
        match effect {
            Effect::Welcome | Effect::WelcomeBack => info!(target: WINDOW, "{client} connected  [ {nick} ]"),
            Effect::LeaveRooms(Why::Quit) => info!(target: WINDOW, "{client} is offline  [ {nick} ]"),
            Effect::LeaveRooms(_) => info!(target: WINDOW, "{client} is offline (error)  [ {nick} ]"),
            _ => {}
        }
    }
    if row.2 == Next::Become(State::Detached) {
        info!(target: WINDOW, "{client} is offline (error)  [ {nick} ]");
    }
}

/// Whoever has no nick is named by the address.
fn tell_of_guest(fired: &Fired, addr: Option<SocketAddr>, narrates: bool) {
    for effect in fired.row().1 {
        match effect {
            Effect::Refuse(no) if matches!(fired.event, Event::Join | Event::Resume) => {
                info!("{} was rejected because: {}", Whence(addr), no.meaning());
            }
            Effect::Refuse(No::KeyWrong) => warn!("{} showed a wrong operator's key", Whence(addr)),
            Effect::Refuse(no) => {
                step!(narrates, "{} was refused {} because: {}", Whence(addr), fired.event, no.meaning());
            }
            Effect::MakeOperator => info!("{} is an operator", Whence(addr)),
            Effect::LiftLeaversMute => {
                info!("the mute of somebody who left was lifted by the operator at {}", Whence(addr));
            }
            Effect::Farewell(why) => info!("{} was sent away because: {}", Whence(addr), why.meaning()),
            Effect::LetGo | Effect::HangUp => info!("{} disconnected", Whence(addr)),
            _ => {
                if let Some(did) = did(*effect) {
                    step!(narrates, "{} {did}", Whence(addr));
                }
            }
        }
    }
}

struct Whence(Option<SocketAddr>);

impl fmt::Display for Whence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(addr) => addr.fmt(f),
            None => f.write_str("somebody"),
        }
    }
}

/// Who raised a mute, an unmute or a kick: by the nick, or without one by the address.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Operator<'a> {
    /// The nick, if the operator has joined.
    pub(super) nick: Option<&'a Nick>,
    /// The address of the operator's connection, if that is known.
    pub(super) addr: Option<SocketAddr>,
}

impl fmt::Display for Operator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.nick, self.addr) {
            (Some(nick), _) => write!(f, "the operator {nick}"),
            (None, Some(addr)) => write!(f, "the operator at {addr}"),
            (None, None) => f.write_str("an operator"),
        }
    }
}

/// The row that raised the event of `at`: what an operator does to somebody fires just before what comes of it.
pub(super) fn raiser(fired: &[Fired], at: usize) -> Option<&Fired> {
    let raises = match fired[at].event {
        Event::Silenced => Event::Mute,
        Event::Unsilenced => Event::Unmute,
        Event::Kicked => Event::Kick,
        _ => return None,
    };
    fired[..at].last().filter(|by| by.event == raises)
}
