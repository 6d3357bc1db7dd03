//! What the server says on its console about each step, as the rows that fired tell it.

use hobnob_machine::Fired;
use hobnob_spec::row::Next;
use hobnob_spec::session::{Effect, Event, State};
use std::fmt;
use std::net::SocketAddr;
use tracing::{debug, info};

/// Says what a row that fired means for somebody. `addr` is that of the session's connection.
pub(super) fn tell(fired: &Fired, addr: Option<SocketAddr>) {
    if fired.event == Event::Opened {
        info!("{} connected", Whence(addr));
    }
    let Some(nick) = &fired.nick else {
        return tell_of_guest(fired, addr);
    };
    let row = fired.row();
    for effect in row.1 {
        match effect {
            Effect::Welcome => info!("{} joined as {nick}", Whence(addr)),
            Effect::WelcomeBack => info!("{nick} is back"),
            Effect::LeaveRooms(why) => info!("{nick} left because: {}", why.meaning()),
            Effect::StartMute | Effect::Silence => info!("{nick} was muted because of {}", fired.event),
            Effect::LiftMute => info!("{nick} may talk again"),
            Effect::MakeOperator => info!("{nick} is an operator"),
            Effect::EnterRoom => debug!("{nick} entered a room"),
            Effect::LeaveRoom => debug!("{nick} left a room"),
            Effect::Refuse(no) => debug!("{nick} was refused {} because: {}", fired.event, no.meaning()),
            _ => {}
        }
    }
    if row.2 == Next::Become(State::Detached) {
        info!("{nick} lost the connection because of {}, and may return", fired.event);
    }
}

/// Whoever has no nick is named by the address.
fn tell_of_guest(fired: &Fired, addr: Option<SocketAddr>) {
    for effect in fired.row().1 {
        match effect {
            Effect::Refuse(no) if matches!(fired.event, Event::Join | Event::Resume) => {
                info!("{} was rejected because: {}", Whence(addr), no.meaning());
            }
            Effect::Refuse(no) => debug!("{} was refused {} because: {}", Whence(addr), fired.event, no.meaning()),
            Effect::Farewell(why) => info!("{} was sent away because: {}", Whence(addr), why.meaning()),
            Effect::LetGo | Effect::HangUp => info!("{} disconnected", Whence(addr)),
            _ => {}
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
