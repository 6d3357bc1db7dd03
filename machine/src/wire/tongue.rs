//! The server's side of a connection's dialect: what units ask, and how messages are written.
//!
//! A [`super::door::Door`] finds the units in the bytes; a tongue, which the owner of the machine keeps, knows what they
//! mean to this client and writes what it is to read, in the words of [`hobnob_spec::voice`]. Keeps what its client's
//! words leave out: the numbers of its requests, its nick, the room it talks in.

mod attachment;
mod colon;
mod command;
pub(in crate::wire) mod flags;
mod peer;
mod plain;
#[cfg(test)]
mod tests;
mod words;

use super::contents::Contents;
use super::door::{Foreign, Unit};
use super::native;
use super::web;
use super::zone::Zone;
use colon::Colon;
use command::Command;
use flags::Flags;
use hobnob_spec::messages::{Asked, Body, Entry, Message, Place};
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{Dialect, Profile};
use hobnob_spec::voice::Happening;
use peer::Peer;
use plain::Plain;
use std::sync::Arc;
pub use words::{Values, fill};

/// What a unit is to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A request.
    Asked(Asked),
    /// Nothing that could be understood; the next unit may be.
    Garbled,
    /// The bytes of the file that the request before offers: [`Tongue::chunks`] makes requests of them, when the machine
    /// has taken the offer.
    Bytes(Vec<u8>),
    /// A word that needs no machine: it is answered with these bytes, in order with the other answers.
    Reply(Vec<u8>),
    /// The client is done: what waits is written, then the connection ends, as if the client had ended it.
    Bye,
}

/// The server's side of one connection's dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tongue {
    /// Hobnob's own.
    Native,
    /// Hobnob's own messages over a websocket, in that dialect.
    Web(Dialect),
    /// Objects with flags.
    Flags(Box<Flags>),
    /// Lines with colons.
    Colon(Box<Colon>),
    /// Lines that begin with a command.
    Command(Box<Command>),
    /// A nick, then lines of talk.
    Plain(Box<Plain>),
}

impl Tongue {
    /// The tongue of a new connection in a dialect that its profile takes; `zone` is for dialects that write the time
    /// of day.
    pub fn new(dialect: Dialect, profile: &Profile, lobby: &RoomName, zone: Zone) -> Self {
        let peer = || Peer::new(dialect, profile, lobby.clone(), zone);
        match dialect {
            Dialect::Native => Self::Native,
            Dialect::WebText | Dialect::WebBinary => Self::Web(dialect),
            Dialect::Flags => Self::Flags(Box::new(Flags::new(peer(), profile.history))),
            Dialect::Colon => Self::Colon(Box::new(Colon::new(peer()))),
            Dialect::Command => Self::Command(Box::new(Command::new(peer()))),
            Dialect::Plain => Self::Plain(Box::new(Plain::new(peer()))),
        }
    }

    /// Its dialect. What is said to a room is written once for all of one dialect.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Native => Dialect::Native,
            Self::Web(dialect) => *dialect,
            Self::Flags(_) => Dialect::Flags,
            Self::Colon(_) => Dialect::Colon,
            Self::Command(_) => Dialect::Command,
            Self::Plain(_) => Dialect::Plain,
        }
    }

    /// Writes what the server opens with: nothing to text clients, which read the first bytes as an answer.
    pub fn greet(&self, out: &mut Vec<u8>) {
        match self {
            Self::Native => native::hello(out),
            // The handshake has told the version.
            Self::Web(_) => {}
            Self::Flags(_) | Self::Colon(_) | Self::Command(_) | Self::Plain(_) => {}
        }
    }

    /// Takes a unit and gives what it asks to `asks`, in order.
    pub fn hear(&mut self, unit: Unit, asks: &mut Vec<Ask>) {
        let text = match (&*self, unit) {
            (_, Unit::Reply(bytes)) => return asks.push(Ask::Reply(bytes)),
            (_, Unit::Bye) => return asks.push(Ask::Bye),
            (Self::Native | Self::Web(_), Unit::Asked(asked)) => return asks.push(Ask::Asked(asked)),
            (Self::Flags(_) | Self::Colon(_) | Self::Command(_) | Self::Plain(_), Unit::Text(text)) => text,
            (_, Unit::Asked(_) | Unit::Text(_) | Unit::Garbled) => {
                return match self {
                    Self::Flags(flags) => flags.garbled(flags::NO_OBJECT, asks),
                    Self::Native | Self::Web(_) | Self::Colon(_) | Self::Command(_) | Self::Plain(_) => {
                        asks.push(Ask::Garbled);
                    }
                };
            }
        };
        match self {
            Self::Native | Self::Web(_) => {}
            Self::Flags(flags) => flags.hear(&text, asks),
            Self::Colon(colon) => colon.hear(&text, asks),
            Self::Command(command) => command.hear(&text, asks),
            Self::Plain(plain) => plain.hear(&text, asks),
        }
    }

    /// Makes the bytes of a file that was offered into requests, in order; none where the offer was refused.
    pub fn chunks(&mut self, bytes: &[u8]) -> Vec<Asked> {
        match self {
            Self::Flags(flags) => flags.attachment.chunks(bytes, &mut flags.peer),
            Self::Native | Self::Web(_) | Self::Colon(_) | Self::Command(_) | Self::Plain(_) => Vec::new(),
        }
    }

    /// Whether the end of a file that came in one piece is not answered yet: what comes behind it waits until then.
    pub fn busy(&self) -> bool {
        match self {
            Self::Flags(flags) => flags.attachment.busy(),
            Self::Native | Self::Web(_) | Self::Colon(_) | Self::Command(_) | Self::Plain(_) => false,
        }
    }

    /// Takes the reason why nothing more can be understood, for the words with which the connection ends.
    pub fn strange(&mut self, foreign: Foreign) {
        if let Some(peer) = self.peer() {
            peer.strange = Some(foreign);
        }
    }

    /// The request that answers the server's [`Message::Ping`] for a client whose dialect has no word for it: as long
    /// as its connection is there, so is the client. `None` where the client answers by itself.
    pub fn pulse(&mut self) -> Option<Asked> {
        self.peer().map(Peer::pulse)
    }

    /// Writes a message that is meant for this connection alone; nothing where the dialect has no word for it. What
    /// might be followed by more of it may be held back, until the next message or [`Tongue::settle`]. `files` is what
    /// small files hold.
    pub fn say(&mut self, message: &Message, files: &Contents, out: &mut Vec<u8>) {
        match self {
            Self::Native => native::say(message, out),
            Self::Web(dialect) => web::say(*dialect, message, out),
            Self::Flags(flags) => flags.say(message, files, out),
            Self::Colon(colon) => colon.say(message, out),
            Self::Command(command) => command.say(message, out),
            Self::Plain(plain) => plain.say(message, out),
        }
    }

    /// Writes what was held back for more that might follow: called when the connection begins to hear a room.
    pub fn settle(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Flags(flags) => flags.settle(out),
            Self::Native | Self::Web(_) | Self::Colon(_) | Self::Command(_) | Self::Plain(_) => {}
        }
    }

    /// Whether this connection is told of a room's entry, in the words that [`live`] writes for its dialect.
    pub fn hears(&mut self, room: &RoomName, entry: &Entry) -> bool {
        match self {
            Self::Native | Self::Web(_) => true,
            Self::Flags(flags) => flags.peer.hears(entry),
            Self::Colon(colon) => colon.hears(room, entry),
            Self::Command(command) => command.peer.hears(entry),
            Self::Plain(plain) => plain.peer.hears(entry),
        }
    }

    fn peer(&mut self) -> Option<&mut Peer> {
        match self {
            Self::Native | Self::Web(_) => None,
            Self::Flags(flags) => Some(&mut flags.peer),
            Self::Colon(colon) => Some(&mut colon.peer),
            Self::Command(command) => Some(&mut command.peer),
            Self::Plain(plain) => Some(&mut plain.peer),
        }
    }
}

/// Writes what everybody of a dialect is told of a room's entry; nothing where the dialect has no word for it. `files` is
/// what small files hold.
pub fn live(dialect: Dialect, room: &RoomName, entry: &Arc<Entry>, zone: Zone, files: &Contents, out: &mut Vec<u8>) {
    match dialect {
        Dialect::Native => native::say(&live_message(room, entry), out),
        Dialect::WebText | Dialect::WebBinary => web::say(dialect, &live_message(room, entry), out),
        Dialect::Flags | Dialect::Colon | Dialect::Command | Dialect::Plain => {
            let values = Values { room: room.as_str(), content: files.of(entry), ..Values::of(entry) };
            words::write(dialect, Happening::of(&entry.body), &values, zone, out);
            // An object has a field for the avatar of who joined; a line of a course's has no place for it.
            if matches!((&entry.body, dialect), (Body::Joined(Some(_)), Dialect::Colon | Dialect::Plain)) {
                words::write(dialect, Happening::Avatar, &values, zone, out);
            }
        }
    }
}

fn live_message(room: &RoomName, entry: &Arc<Entry>) -> Message {
    Message::Live { place: Place::Room(room.clone()), entry: Arc::clone(entry) }
}
