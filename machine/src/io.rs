//! What goes into the server's machine and what comes out of it.
//!
//! Inputs are what the journal records. Actions are orders to the shell, which carries them out in their order and
//! decides nothing.

use crate::config::Config;
use hobnob_spec::files::{Digest, FileName};
use hobnob_spec::messages::{Asked, Entry, Message, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::session::{Event, State};
use hobnob_spec::transfer;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;

/// A connection, as the shell numbers them; a number is never used twice in one journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Conn(pub u64);

/// A session, as the machine numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u64);

/// A room, as the machine numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoomId(pub u32);

/// The two parties of a private conversation, as the nicks are compared, in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair(pub Arc<str>, pub Arc<str>);

/// Where the store keeps entries by number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Shelf {
    /// A room, by its name as names are compared.
    Room(Arc<str>),
    /// A private conversation.
    Pair(Pair),
}

/// What happens to the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Input {
    /// A connection was accepted.
    Opened {
        /// Its number.
        conn: Conn,
        /// The address and port of the user.
        addr: SocketAddr,
        /// Through which listener it came: the index of its profile.
        listener: u16,
    },
    /// A relay tells whose connection it passes on.
    Relayed {
        /// Over which connection.
        conn: Conn,
        /// The address and port of the user.
        addr: SocketAddr,
    },
    /// A client asks something.
    Asked {
        /// Over which connection.
        conn: Conn,
        /// What.
        asked: Asked,
    },
    /// A client sends part of a file: [`hobnob_spec::messages::Request::Chunk`] without its bytes, which the shell has
    /// at hand during the step and writes when it is told [`Action::WriteChunk`].
    Chunk {
        /// Over which connection.
        conn: Conn,
        /// The number of the request.
        number: u64,
        /// The transfer.
        transfer: u64,
        /// How many bytes of the file come before these.
        offset: u64,
        /// How many they are.
        len: u64,
    },
    /// The file keeper has done what [`Action::CheckFile`] told it, or could not write.
    Filed {
        /// The transfer.
        transfer: u64,
        /// What came of it.
        filing: Filing,
    },
    /// After a start: so many bytes of a transfer are on the disk. It comes once for each of [`crate::Server::transfers`].
    Reopened {
        /// The transfer.
        transfer: u64,
        /// How many bytes.
        len: u64,
    },
    /// Bytes came that are no request; the next ones may be.
    Garbled {
        /// Over which connection.
        conn: Conn,
    },
    /// Bytes came after which nothing can be understood.
    Foreign {
        /// Over which connection.
        conn: Conn,
    },
    /// The outbox of a connection is full. The shell drops what waits in it.
    TooSlow {
        /// Which connection.
        conn: Conn,
    },
    /// A connection is gone.
    Lost {
        /// Which one.
        conn: Conn,
    },
    /// Time has passed. Never recorded: a wake changes when something is sent, never what.
    Wake,
    /// The operator changed the settings.
    Configured(Box<Config>),
    /// The server started again after a crash: no connection is left.
    Restarted,
    /// The server took nothing for a while, for it could keep nothing: in that time nobody's silence counts, nor
    /// anybody's absence.
    Outage {
        /// For how many milliseconds.
        ms: u64,
    },
    /// The server is stopping.
    Stopping,
}

/// What came of a file at its keeper's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Filing {
    /// It is as promised, and is kept.
    Kept {
        /// Under this name, which no other file has.
        name: String,
        /// What it holds, if that is a text that could be said.
        text: Option<Text>,
    },
    /// Its size or digest is not what was promised; it was removed.
    Damaged,
    /// It could not be written; what there was of it was removed.
    NoSpace,
}

/// What the shell is to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// Send a message over one connection.
    Send {
        /// Which connection.
        conn: Conn,
        /// What.
        message: Message,
    },
    /// Store the entry of a room, and send it as [`Message::Live`] over all connections that hear the room.
    Deliver {
        /// Whose hearers.
        room: RoomId,
        /// The room's name.
        name: RoomName,
        /// What.
        entry: Arc<Entry>,
    },
    /// Store the entry of a private conversation.
    Keep {
        /// Of which conversation.
        pair: Pair,
        /// For whom.
        to: Nick,
        /// What.
        entry: Arc<Entry>,
    },
    /// From here on the connection hears the room.
    Hear {
        /// Which connection.
        conn: Conn,
        /// Which room.
        room: RoomId,
    },
    /// From here on the connection does not hear the room.
    Unhear {
        /// Which connection.
        conn: Conn,
        /// Which room.
        room: RoomId,
    },
    /// Read a page of the store and answer the request with [`hobnob_spec::messages::Answer::Page`]: entries
    /// `after < number < before`, the newest `limit` of them, oldest first. `more` says whether the store has others.
    ReadPage {
        /// Over which connection.
        conn: Conn,
        /// The number of the request.
        number: u64,
        /// Of which room or conversation.
        shelf: Shelf,
        /// Only higher numbers than this.
        after: u64,
        /// Only lower numbers than this.
        before: u64,
        /// At most so many.
        limit: u64,
        /// At most about so many bytes, but for one entry.
        bytes_max: u64,
    },
    /// Write the bytes of this step's input into the part of a file.
    WriteChunk {
        /// Of which transfer.
        transfer: u64,
        /// Where they begin.
        offset: u64,
    },
    /// Compare a file with what was promised, give it a name that no other has, make it safe from a power cut, and
    /// come back with [`Input::Filed`].
    CheckFile {
        /// Of which transfer.
        transfer: u64,
        /// The name under which it was offered.
        name: FileName,
        /// The size that was promised, in bytes.
        size: u64,
        /// The digest that was promised.
        digest: Digest,
    },
    /// Let go of the part of a file.
    DiscardPart {
        /// Of which transfer.
        transfer: u64,
    },
    /// Remove a whole file.
    RemoveFile {
        /// The name that its keeper gave it.
        name: String,
    },
    /// Read part of a file and answer the request with [`hobnob_spec::messages::Answer::Piece`].
    ReadPiece {
        /// Over which connection.
        conn: Conn,
        /// The number of the request.
        number: u64,
        /// The name that the keeper gave the file.
        name: String,
        /// Where the part begins.
        offset: u64,
        /// How many bytes.
        len: u64,
    },
    /// End the connection when what waits for it has been sent. It hears no room any more.
    Close {
        /// Which one.
        conn: Conn,
    },
}

/// A row that fired: the reason for the actions that came with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fired {
    /// When.
    pub at: Time,
    /// Whose row.
    pub session: SessionId,
    /// The connection that the session had before the row, if it had one.
    pub conn: Option<Conn>,
    /// The nick that the session has, or had before the row.
    pub nick: Option<Nick>,
    /// In which state.
    pub state: State,
    /// At what.
    pub event: Event,
    /// The place of the row in its cell.
    pub row: u8,
}

impl Fired {
    /// The row itself.
    pub fn row(&self) -> &'static hobnob_spec::session::Row {
        &hobnob_spec::session::cell(self.state, self.event)[usize::from(self.row)]
    }
}

/// A row of the transfer table that fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TransferFired {
    /// When.
    pub at: Time,
    /// Which transfer's row.
    pub transfer: u64,
    /// In which state.
    pub state: transfer::State,
    /// At what.
    pub event: transfer::Event,
    /// The place of the row in its cell.
    pub row: u8,
}

impl TransferFired {
    /// The row itself.
    pub fn row(&self) -> &'static transfer::Row {
        &transfer::cell(self.state, self.event)[usize::from(self.row)]
    }
}

/// What a step brought. The caller owns and reuses it; a step adds to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Out {
    /// What to do, in this order.
    pub actions: Vec<Action>,
    /// Which rows asked for it.
    pub fired: Vec<Fired>,
    /// Which rows of transfers asked for it.
    pub transfers: Vec<TransferFired>,
}

impl Out {
    /// Empties it for the next step and keeps its memory.
    pub fn clear(&mut self) {
        self.actions.clear();
        self.fired.clear();
        self.transfers.clear();
    }
}
