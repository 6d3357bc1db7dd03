//! The server's side of a connection's dialect: what units ask, and how messages are written.
//!
//! A [`super::door::Door`] finds the units in the bytes; a tongue, which the owner of the machine keeps, knows what they
//! mean to this client and writes what it is to read. Keeps what its client's words leave out: the numbers of its
//! requests, its nick, the room it talks in.

use super::door::Unit;
use super::native;
use super::zone::Zone;
use hobnob_spec::messages::{Asked, Entry, Message};
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{Dialect, Profile};

/// What a unit is to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A request.
    Asked(Asked),
    /// Nothing that could be understood; the next unit may be.
    Garbled,
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
}

impl Tongue {
    /// The tongue of a new connection in a dialect that its profile takes; `zone` is for dialects that write the time
    /// of day.
    pub fn new(dialect: Dialect, _profile: &Profile, _lobby: &RoomName, _zone: Zone) -> Self {
        match dialect {
            Dialect::Native | Dialect::Flags | Dialect::Colon | Dialect::Command | Dialect::Plain => Self::Native,
        }
    }

    /// Its dialect. What is said to a room is written once for all of one dialect.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Native => Dialect::Native,
        }
    }

    /// Writes what the server opens with.
    pub fn greet(&self, out: &mut Vec<u8>) {
        match self {
            Self::Native => native::hello(out),
        }
    }

    /// Takes a unit and gives what it asks to `asks`, in order.
    pub fn hear(&mut self, unit: Unit, asks: &mut Vec<Ask>) {
        match unit {
            Unit::Asked(asked) => asks.push(Ask::Asked(asked)),
            Unit::Text(_) | Unit::Garbled => asks.push(Ask::Garbled),
        }
    }

    /// Writes a message that is meant for this connection alone; nothing where the dialect has no word for it.
    pub fn say(&mut self, message: &Message, out: &mut Vec<u8>) {
        match self {
            Self::Native => native::say(message, out),
        }
    }

    /// Whether this connection is told of a room's entry, in the words that [`live`] writes for its dialect.
    pub fn hears(&mut self, _room: &RoomName, _entry: &Entry) -> bool {
        match self {
            Self::Native => true,
        }
    }
}

/// Writes what everybody of a dialect is told of a room's entry; nothing where the dialect has no word for it.
pub fn live(dialect: Dialect, room: &RoomName, entry: &std::sync::Arc<Entry>, _zone: Zone, out: &mut Vec<u8>) {
    let place = hobnob_spec::messages::Place::Room(room.clone());
    match dialect {
        Dialect::Native | Dialect::Flags | Dialect::Colon | Dialect::Command | Dialect::Plain => {
            native::say(&Message::Live { place, entry: entry.clone() }, out);
        }
    }
}
