//! One connection: what waits at either end, what is under way, and what the server knows of it.
//!
//! Owns the order of what is sent one way, and how much may be under way before the rest has to wait. Decides nothing
//! about what is lost: see the network.

use crate::plan::Ms;
use hobnob_machine::{Conn, RoomId};
use hobnob_spec::messages::{Answer, Asked, Entry, Message, Request};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;

/// How many bytes of one way may be under way or unread before the rest waits with its sender.
pub(super) const WINDOW_BYTES: u64 = 4_096;
/// What a hello and the head of a message are in bytes, about.
const HEAD_BYTES: u64 = 24;

/// What a client sends.
#[derive(Debug, Clone)]
pub(super) enum Up {
    Hello,
    /// A relay's word, before anything else or too late; it may tell no address.
    Relayed(Option<SocketAddr>),
    /// The same, and it cannot be read.
    BadHeader,
    Asked(Asked),
    /// A whole frame that holds no request.
    Garbled,
    /// Something after which nothing can be understood.
    Foreign,
    /// The beginning of a frame: the server waits for its end.
    Half,
    /// A line of a text dialect. It shows a relay that lines are spoken; what it asks is the turmoil tier's to doubt.
    Line,
}

/// What a server sends.
#[derive(Debug, Clone)]
pub(super) enum Down {
    Hello,
    Message(Rc<Message>),
    /// Bytes that are no message.
    Foreign,
}

/// What is under way.
#[derive(Debug)]
pub(super) enum Flying<T> {
    Item(T, u64),
    /// Nothing comes after it.
    End,
}

/// One way of a connection.
#[derive(Debug)]
pub(super) struct Pipe<T> {
    /// What waits with its sender.
    pub(super) waits: VecDeque<(T, u64)>,
    pub(super) waiting_bytes: u64,
    /// What is under way or unread, and when it arrives.
    pub(super) flying: VecDeque<(Ms, Flying<T>)>,
    pub(super) flying_bytes: u64,
    pub(super) last_due: Ms,
    /// Something that was sent is lost: nothing after it can be understood, so nothing arrives.
    pub(super) holed: bool,
    /// The end comes after what waits.
    pub(super) closing: bool,
    /// The end is sent.
    pub(super) ended: bool,
    /// Whoever reads it is busy until then.
    pub(super) busy_until: Ms,
}

impl<T> Default for Pipe<T> {
    fn default() -> Self {
        Self {
            waits: VecDeque::new(),
            waiting_bytes: 0,
            flying: VecDeque::new(),
            flying_bytes: 0,
            last_due: 0,
            holed: false,
            closing: false,
            ended: false,
            busy_until: 0,
        }
    }
}

impl<T> Pipe<T> {
    /// Adds something to what waits, unless nothing more is taken.
    pub(super) fn push(&mut self, item: T, bytes: u64) {
        if !self.closing {
            self.waiting_bytes += bytes;
            self.waits.push_back((item, bytes));
        }
    }

    /// Drops what waits; the end comes after what is under way.
    pub(super) fn give_up(&mut self) {
        self.waits.clear();
        self.waiting_bytes = 0;
        self.closing = true;
    }

    /// Drops everything, also what is under way. Nothing is sent any more.
    pub(super) fn cut(&mut self) {
        self.give_up();
        self.flying.clear();
        self.flying_bytes = 0;
        self.holed = true;
        self.ended = true;
    }

    /// Loses what is under way and all that will be, which whoever sends into it does not notice.
    pub(super) fn swallow(&mut self) {
        self.flying.clear();
        self.flying_bytes = 0;
        self.holed = true;
    }
}

/// What the server knows of a connection.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) conn: Conn,
    /// The rooms that it hears.
    pub(super) hears: Vec<RoomId>,
    /// Our hello is on its way.
    pub(super) greeted: bool,
    /// The machine knows of it.
    pub(super) met: bool,
    /// The machine has ended it.
    pub(super) closed: bool,
    /// Its outbox overflowed and was dropped.
    pub(super) overflowed: bool,
    /// The socket is given up: nothing is read or written any more.
    pub(super) given_up: bool,
    /// Nothing more comes from it, and the hub knows.
    pub(super) gone: bool,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Wire {
    /// Whose; `None` for a stranger.
    pub(super) who: Option<usize>,
    /// Who dials it, by column: its user, or a relay. `None` for a stranger.
    pub(super) column: Option<usize>,
    /// The relay's client for whom it is dialed.
    pub(super) dialed_for: Option<usize>,
    /// The relay that is dialed, and which of the clients of relays this became; the server without one.
    pub(super) gate: Option<usize>,
    pub(super) pair: Option<usize>,
    pub(super) listener: u16,
    pub(super) up: Pipe<Up>,
    pub(super) down: Pipe<Down>,
    /// It stands, as the client sees it.
    pub(super) stands: bool,
    /// It came to stand as the server sees it.
    pub(super) accepted: bool,
    /// The client has forgotten it.
    pub(super) client_gone: bool,
    /// The server's computer went down without a word to the client.
    pub(super) dead: bool,
    /// How many broken frames the rude have begun on it.
    pub(super) halves: u32,
    /// Whoever answered is not the server.
    pub(super) impostor: bool,
    /// The impostor was asked something.
    pub(super) heard: bool,
    pub(super) line: Option<Line>,
}

impl Wire {
    pub(super) fn new(who: Option<usize>, gate: Option<usize>, listener: u16) -> Self {
        Self {
            who,
            column: who,
            dialed_for: None,
            gate,
            pair: None,
            listener,
            up: Pipe::default(),
            down: Pipe::default(),
            stands: false,
            accepted: false,
            client_gone: false,
            dead: false,
            halves: 0,
            impostor: false,
            heard: false,
            line: None,
        }
    }
}

/// About how many bytes a request is.
pub(super) fn bytes_up(up: &Up) -> u64 {
    let Up::Asked(asked) = up else { return HEAD_BYTES };
    let body = match &asked.request {
        Request::Say { room, text } => room.len() + text.len(),
        Request::Private { to, text } => to.len() + text.len(),
        Request::Resume { have, .. } => 16 + 24 * have.len(),
        Request::Join { nick, avatar, .. } => 16 + nick.len() + avatar.as_ref().map_or(0, String::len),
        Request::Wear { avatar } => 16 + avatar.as_ref().map_or(0, String::len),
        Request::Attach { name, .. } => 80 + name.len(),
        Request::Chunk { bytes, .. } => 16 + bytes.0.len(),
        Request::Report
        | Request::Cancel { .. }
        | Request::Fetch { .. }
        | Request::Enter { .. }
        | Request::Leave { .. }
        | Request::Who { .. }
        | Request::Rooms
        | Request::History { .. }
        | Request::Ping
        | Request::Quit
        | Request::Operate { .. }
        | Request::Mute { .. }
        | Request::Unmute { .. }
        | Request::Kick { .. } => 16,
    };
    HEAD_BYTES + body as u64
}

/// About how many bytes a message is.
pub(super) fn bytes_down(down: &Down) -> u64 {
    let Down::Message(message) = down else { return HEAD_BYTES };
    HEAD_BYTES
        + match &**message {
            Message::Live { entry, .. } => bytes_of(entry),
            Message::Earlier { entries, .. } => entries.iter().map(|entry| bytes_of(entry)).sum(),
            Message::Answer { answer, .. } => match answer {
                Answer::Report(active) => 40 * active.len() as u64,
                Answer::Welcome { members, .. } | Answer::Members(members) => 16 * members.len() as u64,
                Answer::Back { rooms, .. } => 16 * rooms.len() as u64,
                Answer::Rooms(rooms) => 16 * rooms.len() as u64,
                Answer::Page { entries, .. } => entries.iter().map(|entry| bytes_of(entry)).sum(),
                Answer::Piece { bytes, .. } => bytes.0.len() as u64,
                Answer::Ready { .. } | Answer::Taken { .. } | Answer::Filed { .. } => 16,
                Answer::Refused { .. } | Answer::Done | Answer::Posted { .. } | Answer::Room { .. } | Answer::Pong => 8,
            },
            Message::Ping | Message::Goodbye { .. } => 0,
        }
}

fn bytes_of(entry: &Entry) -> u64 {
    HEAD_BYTES + entry.body.text_bytes()
}
