//! Voices: in which words each dialect tells each happening. One table, read by the tongues and by the manual.
//!
//! Owns the words. Knows nothing of connections: who hears what, and when, is decided elsewhere.
//!
//! A template names what is put into it in braces: `{nick}`, `{room}`, `{text}`, `{time}` (`20:36:22`), `{date}`
//! (`2026-11-21`), `{until}` (date and time), `{reason}`, `{wait}`, `{avatar}` (the emoji, or that it is a picture), `{history}` (the lines
//! of it), and `{nicks:, }`, `{faces:, }` (nicks behind their emoji) or `{users:, }`, lists with what stands between two of them.

use crate::messages::Body;
use crate::profile::Dialect;
use crate::session::Why;
use crate::words::words;

words! {
    /// What can happen that a user is told of.
    pub enum Happening {
        /// Somebody said something in a room.
        Said,
        /// Somebody sent a text file to a room.
        Attached,
        /// Somebody sent another file to a room.
        AttachedBytes,
        /// Somebody joined the chat.
        Joined,
        /// Somebody quit the chat.
        Quit,
        /// Somebody's connection was lost.
        Lost,
        /// Somebody was put out of the chat.
        PutOut,
        /// Somebody came into the room.
        Entered,
        /// Somebody went out of the room.
        LeftRoom,
        /// Somebody was muted.
        Muted,
        /// Somebody may talk again.
        Unmuted,
        /// Somebody has an avatar: from now on, or on joining where that is told by itself.
        Avatar,
        /// Somebody has no avatar any more.
        AvatarOff,
        /// Somebody said something to this user alone.
        Private,
        /// Somebody had said something to this user alone while nobody had the nick.
        PrivateLate,
        /// One thing of a room's history.
        SaidEarlier,
        /// One announcement of a room's history.
        NewsEarlier,
        /// The user is in.
        Welcome,
        /// The user is in, and got another nick than it asked for.
        Renamed,
        /// The user is still in.
        Back,
        /// The user has quit, and may join again.
        Goodbye,
        /// The user has quit, and the connection ends.
        Exit,
        /// What the user said in a room was taken.
        Posted,
        /// The user nears the limit for talking: told behind what became of the message.
        SlowDown,
        /// What the user said to somebody was sent.
        Sent,
        /// What the user said to somebody waits.
        Waits,
        /// The user came into a room.
        InRoom,
        /// The user went out of a room.
        OutOfRoom,
        /// Something else was done.
        Done,
        /// Who is active.
        Report,
        /// Nobody is active.
        ReportNobody,
        /// Which rooms there are.
        Rooms,
        /// A nick was refused for it is somebody's.
        JoinTaken,
        /// Joining was refused for another reason.
        JoinRefused,
        /// What the user said to somebody was refused.
        Undelivered,
        /// A request was refused for the user is muted.
        RefusedMuted,
        /// A request was refused for the user has no nick yet.
        NotJoined,
        /// Another request was refused.
        Refused,
        /// Something was not understood.
        Malformed,
        /// A command was none.
        Unknown,
        /// Which commands there are.
        Help,
        /// A sign of life.
        Pong,
        /// The server asks for a sign of life.
        Ping,
        /// The connection ends for the nick is somebody's.
        EndTaken,
        /// The connection ends.
        End,
    }
}

impl Happening {
    /// What it is when an entry of a room says so.
    pub const fn of(body: &Body) -> Self {
        match body {
            Body::Text(_) => Self::Said,
            Body::Attached(file) if file.text.is_some() => Self::Attached,
            Body::Attached(_) => Self::AttachedBytes,
            Body::Joined(_) => Self::Joined,
            Body::Left(Why::Quit) => Self::Quit,
            Body::Left(Why::Lost | Why::TooSlow | Why::Idle | Why::Replaced | Why::Stopping) => Self::Lost,
            Body::Left(
                Why::Kicked
                | Why::Flooding
                | Why::Malformed
                | Why::Foreign
                | Why::NotJoining
                | Why::Crowded
                | Why::NickTaken
                | Why::NickUnfit,
            ) => Self::PutOut,
            Body::Entered(_) => Self::Entered,
            Body::LeftRoom => Self::LeftRoom,
            Body::Muted { .. } => Self::Muted,
            Body::Unmuted => Self::Unmuted,
            Body::Avatar(Some(_)) => Self::Avatar,
            Body::Avatar(None) => Self::AvatarOff,
        }
    }

    /// What something that happened in a room is when it is told later, as its history.
    #[must_use]
    pub const fn earlier(self) -> Self {
        if matches!(self, Self::Said | Self::Attached | Self::AttachedBytes) {
            Self::SaidEarlier
        } else {
            Self::NewsEarlier
        }
    }
}

words! {
    /// The flags of the dialect `flags`: of one object, at most one is 1.
    pub enum Flag {
        /// A client asks who is active.
        ReportRequest,
        /// Who is active.
        ReportResponse,
        /// A client asks for a nick.
        JoinRequest,
        /// It does not get it.
        JoinReject,
        /// It gets it.
        JoinAccept,
        /// Somebody joined.
        NewUser,
        /// A client gives its nick back.
        QuitRequest,
        /// Somebody left.
        QuitAccept,
        /// The payload belongs to a file.
        Attachment,
    }
}

impl Flag {
    /// The field that is 1.
    pub const fn field(self) -> &'static str {
        match self {
            Self::ReportRequest => "REPORT_REQUEST_FLAG",
            Self::ReportResponse => "REPORT_RESPONSE_FLAG",
            Self::JoinRequest => "JOIN_REQUEST_FLAG",
            Self::JoinReject => "JOIN_REJECT_FLAG",
            Self::JoinAccept => "JOIN_ACCEPT_FLAG",
            Self::NewUser => "NEW_USER_FLAG",
            Self::QuitRequest => "QUIT_REQUEST_FLAG",
            Self::QuitAccept => "QUIT_ACCEPT_FLAG",
            Self::Attachment => "ATTACHMENT_FLAG",
        }
    }
}

/// How a dialect tells a happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase {
    /// It does not: the dialect has no word for it, and its clients would not understand one.
    Nothing,
    /// The message itself travels.
    Itself,
    /// A line. A newline follows it.
    Line(&'static str),
    /// An object without a flag, which holds this payload.
    Object(&'static str),
    /// An object with a flag, which holds the user's name if the flag has one, and this payload.
    Flagged(Flag, &'static str),
}

impl Phrase {
    /// The phrase as the manual prints it; `None` where there is none.
    pub fn shown(self) -> Option<String> {
        Some(match self {
            Self::Nothing => return None,
            Self::Itself => "the message itself".to_owned(),
            Self::Line(template) | Self::Object(template) => visible(template),
            Self::Flagged(flag, "") => visible(flag.field()),
            Self::Flagged(flag, template) => format!("{}: {}", visible(flag.field()), visible(template)),
        })
    }
}

/// Text as code, with what cannot be seen written as Rust writes it.
fn visible(text: &str) -> String {
    format!("`{}`", text.replace('\r', "\\r").replace('\n', "\\n").replace('\x1b', "\\x1b"))
}

/// How a list of active users shows one of them, where it shows more than the nick; lines are numbered.
pub const REPORT_USER: &str = "{count}. {nick} at IP: {ip} and port: {port}.";

/// How a dialect tells a happening.
pub const fn phrase(voice: Dialect, happening: Happening) -> Phrase {
    match voice {
        Dialect::Native | Dialect::WebText | Dialect::WebBinary => Phrase::Itself,
        Dialect::Flags => flags(happening),
        Dialect::Colon => colon(happening),
        Dialect::Command => command(happening),
        Dialect::Plain => plain(happening),
    }
}

const fn flags(happening: Happening) -> Phrase {
    use Flag::*;
    use Happening as H;
    use Phrase::*;
    match happening {
        H::Said | H::SaidEarlier => Object("[{time}] {nick}: {text}"),
        H::Attached | H::AttachedBytes => Flagged(Attachment, "[{time}] {nick}: {text}"),
        H::NewsEarlier => Object("[{time}] Server: {text}"),
        H::Joined => Flagged(NewUser, "{nick} joined the chatroom."),
        H::Quit | H::Lost | H::PutOut | H::Goodbye | H::Exit => Flagged(QuitAccept, "{nick} left the chatroom."),
        H::Entered => Object("[{time}] Server: {nick} came into {room}."),
        H::LeftRoom => Object("[{time}] Server: {nick} went out of {room}."),
        H::Muted => Object("[{time}] Server: {nick} is muted until {until}."),
        H::Unmuted => Object("[{time}] Server: {nick} may talk again."),
        H::Avatar => Object("[{time}] Server: {nick} wears {avatar}."),
        H::AvatarOff => Object("[{time}] Server: {nick} wears nothing beside the nick any more."),
        H::Private => Object("[{time}] {nick} (private): {text}"),
        H::PrivateLate => Object("[{time}] {nick} (private, sent {date}): {text}"),
        H::Welcome => Flagged(JoinAccept, "{history}"),
        H::Report => Flagged(ReportResponse, "{users:\n}"),
        H::ReportNobody => Flagged(ReportResponse, ""),
        H::Rooms => Object("Server: Rooms: {nicks:, }"),
        H::JoinTaken | H::JoinRefused | H::EndTaken => {
            Flagged(JoinReject, "The server rejects the join request. {reason}")
        }
        H::Undelivered => Object("Server: Your message to {nick} was not delivered. {reason}"),
        H::RefusedMuted => Object("Server: {reason} You may talk again in {wait}."),
        H::NotJoined | H::Refused | H::Malformed | H::End => Object("Server: {reason}"),
        H::SlowDown => Object("Server: Slow down: who talks faster than this is muted for a while."),
        H::Waits => Object("Server: {nick} is away; your message will be delivered later."),
        H::Sent => Object("Server: Your message to {nick} was delivered."),
        // The welcome names the nick.
        H::Renamed | H::Back | H::Posted | H::InRoom | H::OutOfRoom | H::Done => Nothing,
        H::Unknown | H::Help | H::Pong | H::Ping => Nothing,
    }
}

const fn colon(happening: Happening) -> Phrase {
    use Happening as H;
    use Phrase::*;
    match happening {
        H::Said => Line("{nick} (in {room}): {text}"),
        H::Attached => Line("{nick} (in {room}) sent {file}: {text}"),
        H::AttachedBytes => Line("{nick} (in {room}) sent the file {file}."),
        H::SaidEarlier => Line("{nick} (in {room}): {text} (sent {date} {time})"),
        H::Joined => Line("{nick} joined the chat."),
        H::Quit => Line("{nick} left the chat."),
        H::Lost => Line("{nick} lost the connection."),
        H::PutOut => Line("{nick} was put out of the chat."),
        H::Entered => Line("{nick} joined {room}."),
        H::LeftRoom => Line("{nick} left {room}."),
        H::Muted => Line("{nick} is muted until {until}."),
        H::Unmuted => Line("{nick} may talk again."),
        H::Avatar => Line("{nick} wears {avatar}."),
        H::AvatarOff => Line("{nick} wears nothing beside the nick any more."),
        H::Private => Line("{nick}: {text}"),
        H::PrivateLate => Line("{nick}: {text} (sent {date} {time})"),
        H::Welcome => Line("Registered as {nick}."),
        H::Goodbye | H::Exit => Line("Goodbye."),
        H::Sent => Line("Sent to {nick}."),
        H::SlowDown => Line("Slow down: who talks faster than this is muted for a while."),
        H::Waits => Line("{nick} is offline; the message is stored."),
        H::InRoom => Line("You joined {room}."),
        H::OutOfRoom => Line("You left {room}."),
        H::Done => Line("Done."),
        H::Report => Line("Active users: {nicks:, }"),
        H::ReportNobody => Line("No active users."),
        H::Rooms => Line("Rooms: {nicks:, }"),
        H::JoinTaken => Line("ERROR {reason} Please choose a different one."),
        H::Undelivered => Line("ERROR The message to {nick} was not delivered. {reason}"),
        H::RefusedMuted => Line("ERROR {reason} You may talk again in {wait}."),
        H::NotJoined => Line("ERROR Please register first: server:register NAME"),
        H::JoinRefused | H::Refused | H::Malformed | H::EndTaken | H::End => Line("ERROR {reason}"),
        H::Unknown => Line(
            "ERROR This is no command; there are: register NAME, who, join ROOM, leave, exit and RECIPIENT:MESSAGE.",
        ),
        H::NewsEarlier | H::Renamed | H::Back | H::Posted | H::Help | H::Pong | H::Ping => Nothing,
    }
}

const fn command(happening: Happening) -> Phrase {
    use Happening as H;
    use Phrase::*;
    match happening {
        H::Said | H::Private => Line("SENDTO {nick} {text}"),
        H::Attached => Line("SENDTO {nick} {file}: {text}"),
        H::AttachedBytes => Line("SENDTO {nick} {file}"),
        H::PrivateLate => Line("SENDTO {nick} {text} (sent {date} {time})"),
        // The client did not ask for it, so it is no RESPONSE; nobody else can have the nick Server.
        H::Muted => Line("SENDTO Server {nick} is muted until {until}."),
        H::Unmuted => Line("SENDTO Server {nick} may talk again."),
        H::SlowDown => Line("SENDTO Server Slow down: who talks faster than this is muted for a while."),
        H::Renamed => Line("SENDTO Server Your nick is {nick}."),
        H::EndTaken | H::End => Line("SENDTO Server {reason}"),
        H::Report | H::Rooms => Line("LIST {nicks: }"),
        H::ReportNobody => Line("LIST"),
        H::Welcome | H::Goodbye | H::Posted | H::Sent | H::Waits | H::InRoom | H::OutOfRoom | H::Done => {
            Line("RESPONSE ok")
        }
        H::JoinTaken | H::JoinRefused | H::Undelivered | H::RefusedMuted | H::NotJoined | H::Refused => {
            Line("RESPONSE failure")
        }
        H::Malformed | H::Unknown => Line("RESPONSE malformed packet"),
        H::Joined | H::Quit | H::Lost | H::PutOut | H::Entered | H::LeftRoom | H::Avatar | H::AvatarOff => Nothing,
        H::SaidEarlier | H::NewsEarlier | H::Exit | H::Back | H::Help | H::Pong | H::Ping => Nothing,
    }
}

const fn plain(happening: Happening) -> Phrase {
    use Happening as H;
    use Phrase::*;
    match happening {
        H::Said => Line("\r\x1b[1m\x1b[35m {nick}: \x1b[0m{text}"),
        H::Attached => Line("\r\x1b[1m\x1b[35m {nick} sent {file}: \x1b[0m{text}"),
        H::AttachedBytes => Line("\r\x1b[1m\x1b[35m {nick} sent the file {file}\x1b[0m"),
        H::SaidEarlier => Line("\r\x1b[1m\x1b[35m {nick}: \x1b[0m{text} ({date} {time})"),
        H::Joined => Line("\r\x1b[1m\x1b[32m {nick} joined the conversation \x1b[0m"),
        H::Quit => Line("\r\x1b[1m\x1b[31m {nick} left the conversation\x1b[0m"),
        H::Lost => Line("\r\x1b[1m\x1b[31m {nick} left the conversation unexpectedly\x1b[0m"),
        H::PutOut => Line("\r\x1b[1m\x1b[31m {nick} was put out of the conversation\x1b[0m"),
        H::Entered => Line("\r\x1b[1m\x1b[32m {nick} joined {room}\x1b[0m"),
        H::LeftRoom => Line("\r\x1b[1m\x1b[31m {nick} left {room}\x1b[0m"),
        H::Muted => Line("\r\x1b[1m\x1b[31m {nick} is muted until {until}\x1b[0m"),
        H::Unmuted => Line("\r\x1b[1m\x1b[32m {nick} may talk again\x1b[0m"),
        H::Avatar => Line("\r\x1b[1m\x1b[34m {nick} wears {avatar}\x1b[0m"),
        H::AvatarOff => Line("\r\x1b[1m\x1b[34m {nick} wears nothing beside the nick any more\x1b[0m"),
        H::Private => Line("\r\x1b[1m\x1b[35m {nick} (private): \x1b[0m{text}"),
        H::PrivateLate => Line("\r\x1b[1m\x1b[35m {nick} (private, {date} {time}): \x1b[0m{text}"),
        H::Welcome => Line("\r\x1b[1m\x1b[32m Welcome to chat room. Enter 'tata' anytime to exit\x1b[0m"),
        H::Renamed => Line("\r\x1b[1m\x1b[34m Your nick is {nick}\x1b[0m"),
        H::SlowDown => Line("\r\x1b[1m\x1b[31m Slow down: who talks faster than this is muted for a while\x1b[0m"),
        H::Waits => Line("\r\x1b[1m\x1b[34m {nick} is away; the message will be delivered later\x1b[0m"),
        H::Report => Line("\r\x1b[1m\x1b[34m Here are: {faces:, }\x1b[0m"),
        H::ReportNobody => Line("\r\x1b[1m\x1b[34m Nobody is here\x1b[0m"),
        H::Rooms => Line("\r\x1b[1m\x1b[34m Rooms: {nicks:, }\x1b[0m"),
        H::JoinTaken | H::EndTaken => Line("\r\x1b[1m\x1b[31m Username already taken!\x1b[0m"),
        H::Undelivered => Line("\r\x1b[1m\x1b[31m The message to {nick} was not delivered. {reason}\x1b[0m"),
        H::RefusedMuted => Line("\r\x1b[1m\x1b[31m {reason} You may talk again in {wait}.\x1b[0m"),
        H::Help => {
            Line("\r\x1b[1m\x1b[34m There are: /msg NICK TEXT, /who, /help and tata; all else is said to all\x1b[0m")
        }
        H::JoinRefused | H::NotJoined | H::Refused | H::Malformed | H::End => Line("\r\x1b[1m\x1b[31m {reason}\x1b[0m"),
        H::NewsEarlier | H::Back | H::Goodbye | H::Exit | H::Posted | H::Sent => Nothing,
        H::InRoom | H::OutOfRoom | H::Done | H::Unknown | H::Pong | H::Ping => Nothing,
    }
}
