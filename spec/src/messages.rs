//! What clients and server say to each other, in its one canonical form. Dialects only render it.
//!
//! Owns the shapes and which event each request is. Whether a string in a request is a nick or a text is decided at
//! the machine's door, for a bad one deserves a row and not a broken connection.

use crate::avatar::Avatar;
use crate::files::{Bytes, Digest, FileName};
use crate::limits::CHUNK_BYTES_MAX;
use crate::names::{Nick, RoomName, Text};
use crate::session::{Event, No, State, Why};
use crate::shapes::shapes;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// The version of these messages on the wire; it rises when one that speaks the last would misread the next.
pub const VERSION: u16 = 1;

/// Milliseconds since the beginning of 1970, UTC. The runtime sees to it that it never runs backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Time(pub u64);

impl Time {
    /// The time so many milliseconds later; the end of time stays the end.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds since an earlier time; 0 when it is not earlier.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A secret of 128 bits: a resume token, drawn by the client's shell, or the operator's key, drawn by the server's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Secret(pub [u8; 16]);

impl Secret {
    /// Whether two secrets are the same, in a time that does not depend on where they differ.
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }

    /// Reads 32 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..32).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// Writes 32 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A secret is never shown in a trace or a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

shapes! {
    /// Where messages are numbered in one order: a room, or one's conversation with another user.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub enum Place {
        /// A room.
        Room(RoomName),
        /// The private conversation with that user.
        With(Nick),
    }
}

shapes! {
    /// The last message of a place that a returning client has.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Have {
        /// The room or conversation.
        pub place: Place,
        /// The number of the last message it has, or, of a room whose messages it saw none of yet, the number it was told on entering.
        pub number: u64,
    }
}

shapes! {
    /// The place that a request for history names, before the name is parsed.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Where {
        /// A room.
        Room(String),
        /// The private conversation with that user.
        With(String),
    }
}

shapes! {
    /// What a file is for that is offered, before the name is parsed.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum For {
        /// All in a room.
        Room(String),
        /// That user.
        With(String),
        /// The sender's avatar: a PNG, JPEG, GIF or WebP picture.
        Avatar,
    }
}

impl From<Where> for For {
    fn from(place: Where) -> Self {
        match place {
            Where::Room(room) => Self::Room(room),
            Where::With(nick) => Self::With(nick),
        }
    }
}

shapes! {
    /// What a client asks of the server.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Request {
        /// Who is active, with nick, address, port and time of joining?
        Report,
        /// A nick, please. With a token that the client drew, the session survives a lost connection.
        Join {
            /// The nick wished for.
            nick: String,
            /// The resume token, if the client can resume.
            token: Option<Secret>,
            /// An emoji to be seen beside the nick. A picture is sent as a file, once the client is in.
            avatar: Option<String>,
        },
        /// Another avatar, please: an emoji, or none.
        Wear {
            /// The emoji; none takes the avatar off, be it an emoji or a picture.
            avatar: Option<String>,
        },
        /// Here I am again.
        Resume {
            /// The token that was given on joining.
            token: Secret,
            /// What the client has of each place.
            have: Vec<Have>,
        },
        /// Something for all in a room.
        Say {
            /// The room.
            room: String,
            /// What is said.
            text: String,
        },
        /// Something for one user.
        Private {
            /// The recipient's nick.
            to: String,
            /// What is said.
            text: String,
        },
        /// Into a room, which begins if there is none of that name.
        Enter {
            /// The room.
            room: String,
        },
        /// Out of a room.
        Leave {
            /// The room.
            room: String,
        },
        /// Who is in a room, or in all of the chat?
        Who {
            /// The room, or all of the chat.
            room: Option<String>,
        },
        /// Which rooms are there?
        Rooms,
        /// Older messages, newest last.
        History {
            /// The room or conversation.
            place: Where,
            /// Only messages of a lower number than this.
            before: Option<u64>,
            /// At most so many.
            limit: u64,
        },
        /// A file for all in a room, for one user, or to be the client's own avatar. One that was broken off goes on where
        /// it was.
        Attach {
            /// The room, the recipient, or the avatar.
            place: For,
            /// The file's name; folders before it are left out.
            name: String,
            /// What it holds, as a media type such as `text/plain`.
            media: String,
            /// Its size in bytes.
            size: u64,
            /// Its SHA-256.
            digest: Digest,
        },
        /// The next bytes of a file; or none, to hear how far the transfer is.
        Chunk {
            /// The transfer, as the answer to the offer named it; 0 for the latest.
            transfer: u64,
            /// How many bytes of the file come before these.
            offset: u64,
            /// The bytes, at most 32 KiB.
            bytes: Bytes,
        },
        /// No more of that file.
        Cancel {
            /// The transfer.
            transfer: u64,
        },
        /// Some of the bytes of a file that was told of.
        Fetch {
            /// The file.
            file: u64,
            /// How many of its bytes come before those wished for.
            offset: u64,
        },
        /// A sign of life, please.
        Ping,
        /// The nick back, please; the connection may stay.
        Quit,
        /// The operator's key.
        Operate {
            /// The key.
            key: Secret,
        },
        /// Nothing that others hear from that user, for a while.
        Mute {
            /// Whose.
            nick: String,
            /// For how many milliseconds.
            ms: u64,
        },
        /// That user's mute may end.
        Unmute {
            /// Whose.
            nick: String,
        },
        /// Out with that user.
        Kick {
            /// Whom.
            nick: String,
        },
    }
}

/// How many bytes a name in a request may have at most: several times what any name has. A longer one is no slip of a
/// user's, and need not be kept with the reasons for its refusal.
pub const NAME_BYTES_MAX: usize = 256;
/// How many places a returning client may name: more than one can be in.
pub const HAVE_MAX: usize = 4_096;

impl Request {
    /// Whether its names and lists are no longer than an honest client's could be; a dialect takes no other.
    pub fn fits(&self) -> bool {
        let short = |name: &String| name.len() <= NAME_BYTES_MAX;
        match self {
            Self::Join { nick, avatar, .. } => short(nick) && avatar.as_ref().is_none_or(short),
            Self::Wear { avatar } => avatar.as_ref().is_none_or(short),
            Self::Mute { nick, .. } | Self::Unmute { nick } | Self::Kick { nick } => short(nick),
            Self::Say { room, .. } | Self::Enter { room } | Self::Leave { room } => short(room),
            Self::Private { to, .. } => short(to),
            Self::Who { room } => room.as_ref().is_none_or(short),
            Self::History { place: Where::Room(name) | Where::With(name), .. } => short(name),
            Self::Attach { place, name, media, .. } => {
                let near = match place {
                    For::Room(to) | For::With(to) => short(to),
                    For::Avatar => true,
                };
                near && name.len() <= 4 * NAME_BYTES_MAX && short(media)
            }
            Self::Chunk { bytes, .. } => bytes.0.len() <= CHUNK_BYTES_MAX,
            Self::Resume { have, .. } => have.len() <= HAVE_MAX,
            Self::Report
            | Self::Rooms
            | Self::Ping
            | Self::Cancel { .. }
            | Self::Fetch { .. }
            | Self::Quit
            | Self::Operate { .. } => true,
        }
    }

    /// The event that the request is to its session.
    pub const fn event(&self) -> Event {
        match self {
            Self::Report => Event::Report,
            Self::Join { .. } => Event::Join,
            Self::Wear { .. } => Event::Wear,
            Self::Resume { .. } => Event::Resume,
            Self::Say { .. } => Event::Say,
            Self::Private { .. } => Event::Private,
            Self::Enter { .. } => Event::Enter,
            Self::Leave { .. } => Event::Leave,
            Self::Who { .. } => Event::Who,
            Self::Rooms => Event::Rooms,
            Self::History { .. } => Event::History,
            Self::Ping => Event::Ping,
            Self::Attach { .. } => Event::Attach,
            Self::Chunk { .. } => Event::Chunk,
            Self::Cancel { .. } => Event::Cancel,
            Self::Fetch { .. } => Event::Fetch,
            Self::Quit => Event::Quit,
            Self::Operate { .. } => Event::Operate,
            Self::Mute { .. } => Event::Mute,
            Self::Unmute { .. } => Event::Unmute,
            Self::Kick { .. } => Event::Kick,
        }
    }
}

shapes! {
    /// A request with the number that its client gave it. The numbers of one session rise; a request that is sent again
    /// keeps its number.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Asked {
        /// The client's number.
        pub number: u64,
        /// What is asked.
        pub request: Request,
    }
}

shapes! {
    /// One numbered thing that was said or happened in a room or a conversation.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Entry {
        /// Its place in the order: 1, 2, 3 …
        pub number: u64,
        /// When the server took it.
        pub at: Time,
        /// Who said it, or to whom it happened.
        pub nick: Nick,
        /// What.
        pub body: Body,
    }
}

/// About what an entry takes beside its text, in bytes.
pub const ENTRY_BYTES: u64 = 64;

impl Entry {
    /// About how many bytes it takes, in memory and on the wire.
    pub fn bytes(&self) -> u64 {
        self.body.text_bytes() + ENTRY_BYTES
    }
}

shapes! {
    /// What an entry says.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Body {
        /// Something that was said.
        Text(Text),
        /// A file that was sent.
        Attached(Attached),
        /// Joined the chat, with this avatar.
        Joined(Option<Avatar>),
        /// Left the chat.
        Left(Why),
        /// Came into the room, with this avatar.
        Entered(Option<Avatar>),
        /// Went out of the room.
        LeftRoom,
        /// Was muted.
        Muted {
            /// Until when.
            until: Time,
        },
        /// May talk again.
        Unmuted,
        /// Has another avatar, or none any more.
        Avatar(Option<Avatar>),
    }
}

shapes! {
    /// A file that was sent.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Attached {
        /// What it is fetched by.
        pub file: u64,
        /// Its name.
        pub name: FileName,
        /// What it holds, as its sender says: a media type such as `image/png`.
        pub media: String,
        /// Its size in bytes.
        pub size: u64,
        /// Its SHA-256.
        pub digest: Digest,
        /// What it holds, if that is a text that could be said.
        pub text: Option<Text>,
    }
}

impl Body {
    /// What is seen beside the nick from here on; `None` where this says nothing of it.
    pub const fn avatar(&self) -> Option<Option<&Avatar>> {
        match self {
            Self::Joined(avatar) | Self::Entered(avatar) | Self::Avatar(avatar) => Some(avatar.as_ref()),
            Self::Text(_) | Self::Attached(_) | Self::Left(_) | Self::LeftRoom | Self::Muted { .. } | Self::Unmuted => {
                None
            }
        }
    }

    /// The text that comes with it: what was said, or what a text file holds.
    pub const fn text(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            Self::Attached(attached) => attached.text.as_ref(),
            Self::Joined(_)
            | Self::Left(_)
            | Self::Entered(_)
            | Self::LeftRoom
            | Self::Muted { .. }
            | Self::Unmuted
            | Self::Avatar(_) => None,
        }
    }

    /// How many bytes of what people wrote it holds.
    pub fn text_bytes(&self) -> u64 {
        let name = if let Self::Attached(attached) = self { attached.name.as_str().len() } else { 0 };
        (name + self.text().map_or(0, |text| text.as_str().len())) as u64
    }
}

shapes! {
    /// An active user, as the report shows it.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Active {
        /// The nick.
        pub nick: Nick,
        /// Address and port at the time of joining.
        pub addr: SocketAddr,
        /// When the user joined.
        pub joined: Time,
        /// What is seen beside the nick.
        pub avatar: Option<Avatar>,
    }
}

shapes! {
    /// Somebody who is there.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Presence {
        /// The nick.
        pub nick: Nick,
        /// Member, muted or detached.
        pub state: State,
        /// What is seen beside the nick.
        pub avatar: Option<Avatar>,
    }
}

shapes! {
    /// A room, as the list of rooms shows it.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct RoomLine {
        /// The room.
        pub room: RoomName,
        /// How many are in it.
        pub members: u64,
    }
}

shapes! {
    /// A room that a returning client is still in.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct StillIn {
        /// The room.
        pub room: RoomName,
        /// The number of its last message.
        pub last: u64,
        /// The number of its last message before the session came in.
        pub since: u64,
    }
}

shapes! {
    /// The one answer to a request.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Answer {
        /// It was refused.
        Refused {
            /// Why.
            no: No,
            /// How many milliseconds it will be so, if that is known.
            wait_ms: Option<u64>,
        },
        /// It was done.
        Done,
        /// Who is active.
        Report(Vec<Active>),
        /// You are in.
        Welcome {
            /// Your nick, which may have got a number.
            nick: Nick,
            /// The default room, in which you are.
            room: RoomName,
            /// Who was in it before you.
            members: Vec<Presence>,
            /// The number of the room's last message before your joining.
            last: u64,
        },
        /// You are still in.
        Back {
            /// Your nick.
            nick: Nick,
            /// How much longer you are muted, if you are.
            muted_ms: Option<u64>,
            /// Your rooms.
            rooms: Vec<StillIn>,
        },
        /// The message was taken.
        Posted {
            /// Its number in its room or conversation.
            number: u64,
            /// When it was taken.
            at: Time,
            /// Whether it waits for a recipient who is not there.
            waits: bool,
            /// Whether the user is to slow down: whoever talks on like this is muted soon.
            slow_down: bool,
        },
        /// You are in the room.
        Room {
            /// The room.
            room: RoomName,
            /// The number of its last message before your entering.
            last: u64,
        },
        /// Who is there.
        Members(Vec<Presence>),
        /// Which rooms there are.
        Rooms(Vec<RoomLine>),
        /// Older messages, oldest first.
        Page {
            /// The messages.
            entries: Vec<Arc<Entry>>,
            /// Whether there are still older ones.
            more: bool,
        },
        /// The file may come.
        Ready {
            /// The transfer.
            transfer: u64,
            /// How many bytes are there already.
            from: u64,
        },
        /// The bytes may go on.
        Taken {
            /// How many bytes are there.
            to: u64,
        },
        /// The file is there, and those for whom it is were told.
        Filed {
            /// What it is fetched by.
            file: u64,
            /// The number of its message in its room or conversation; 0 where it is the client's avatar.
            number: u64,
            /// When it was told of.
            at: Time,
        },
        /// Bytes of a file; none at its end.
        Piece {
            /// How many of its bytes come before these.
            offset: u64,
            /// The bytes, at most 64 KiB.
            bytes: Bytes,
        },
        /// A sign of life.
        Pong,
    }
}

shapes! {
    /// Why entries are sent together and not as they happen.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Past {
        /// They happened before the client came.
        History,
        /// They happened while the client was away.
        Missed,
        /// They waited for a user of this nick.
        Late,
    }
}

shapes! {
    /// What the server says to a client.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Message {
        /// The one answer to a request.
        Answer {
            /// The request's number; 0 where the bytes were none.
            number: u64,
            /// The answer.
            answer: Answer,
        },
        /// Something happened in a room or a conversation.
        Live {
            /// Where.
            place: Place,
            /// What.
            entry: Arc<Entry>,
        },
        /// Things that happened earlier, oldest first.
        Earlier {
            /// Where.
            place: Place,
            /// Why they are sent now.
            past: Past,
            /// What.
            entries: Vec<Arc<Entry>>,
        },
        /// A sign of life, please.
        Ping,
        /// The connection ends.
        Goodbye {
            /// Why.
            why: Why,
        },
    }
}
