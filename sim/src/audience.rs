//! The audience: carries out a server's actions as a shell would, and remembers who received what.
//!
//! Owns connections, who hears which room, and the store. Asserts what every shell relies on. Knows nothing of
//! sessions, nicks or rows.

use hobnob_machine::{Action, Conn, Input, RoomId, Shelf};
use hobnob_spec::files::Bytes;
use hobnob_spec::messages::{Answer, Entry, Message, Place};
use hobnob_spec::profile::NickCase;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is at the other side of the server's actions.
#[derive(Debug, Clone)]
pub struct Audience {
    case: NickCase,
    hears: BTreeMap<Conn, BTreeSet<RoomId>>,
    inboxes: BTreeMap<Conn, Vec<Message>>,
    store: BTreeMap<Shelf, Vec<Arc<Entry>>>,
    lasts: BTreeMap<RoomId, u64>,
}

impl Audience {
    /// An audience of nobody, before a server that compares names like this.
    pub fn new(case: NickCase) -> Self {
        let (hears, inboxes) = (BTreeMap::new(), BTreeMap::new());
        Self { case, hears, inboxes, store: BTreeMap::new(), lasts: BTreeMap::new() }
    }

    /// Notes what an input does to the connections before the server takes it.
    pub fn before(&mut self, input: &Input) {
        match input {
            Input::Opened { conn, .. } => drop(self.hears.insert(*conn, BTreeSet::new())),
            Input::Lost { conn } => drop(self.hears.remove(conn)),
            Input::Restarted => self.hears.clear(),
            Input::Relayed { .. }
            | Input::Asked { .. }
            | Input::Chunk { .. }
            | Input::Filed { .. }
            | Input::Reopened { .. }
            | Input::Garbled { .. }
            | Input::Foreign { .. }
            | Input::TooSlow { .. }
            | Input::Wake
            | Input::Configured(_)
            | Input::Outage { .. }
            | Input::Stopping => {}
        }
    }

    /// Carries out one action.
    ///
    /// # Panics
    /// When the action is one that no shell could carry out, with a sentence that says why.
    pub fn carry_out(&mut self, action: &Action) {
        match action {
            Action::Send { conn, message } => self.receive(*conn, message.clone()),
            Action::Deliver { room, name, entry } => {
                let last = self.lasts.insert(*room, entry.number);
                assert!(last.is_none_or(|last| last + 1 == entry.number), "a room is numbered without holes");
                self.keep(Shelf::Room(self.key(name.as_str())), entry);
                let live = Message::Live { place: Place::Room(name.clone()), entry: Arc::clone(entry) };
                let hearers = self.hears.iter().filter(|(_, rooms)| rooms.contains(room));
                for conn in hearers.map(|(conn, _)| *conn).collect::<Vec<_>>() {
                    self.receive(conn, live.clone());
                }
            }
            Action::Keep { pair, entry, .. } => self.keep(Shelf::Pair(pair.clone()), entry),
            Action::Hear { conn, room } => {
                let new = self.hears.get_mut(conn).expect("only an open connection hears a room").insert(*room);
                assert!(new, "a connection begins to hear a room once");
            }
            Action::Unhear { conn, room } => {
                let was = self.hears.get_mut(conn).expect("only an open connection heard a room").remove(room);
                assert!(was, "a connection stops hearing what it heard");
            }
            Action::ReadPage { conn, number, shelf, after, before, limit, .. } => {
                let answer = self.page(shelf, *after, *before, *limit);
                self.receive(*conn, Message::Answer { number: *number, answer });
            }
            // Whoever feeds the server is its keeper of files.
            Action::WriteChunk { .. }
            | Action::CheckFile { .. }
            | Action::DiscardPart { .. }
            | Action::RemoveFile { .. } => {}
            Action::ReadPiece { conn, number, offset, len, .. } => {
                let len = usize::try_from(*len).expect("a piece is small");
                let answer = Answer::Piece { offset: *offset, bytes: Bytes(vec![b'~'; len]) };
                self.receive(*conn, Message::Answer { number: *number, answer });
            }
            Action::Close { conn } => {
                self.hears.remove(conn).expect("a connection is closed once, and not when it is gone");
            }
        }
    }

    /// Whether the connection is open.
    pub fn is_open(&self, conn: Conn) -> bool {
        self.hears.contains_key(&conn)
    }

    /// The open connections.
    pub fn open(&self) -> impl Iterator<Item = Conn> {
        self.hears.keys().copied()
    }

    /// Whether the connection hears the room.
    pub fn hears(&self, conn: Conn, room: RoomId) -> bool {
        self.hears.get(&conn).is_some_and(|rooms| rooms.contains(&room))
    }

    /// Takes what the connection received since the last time.
    pub fn take(&mut self, conn: Conn) -> Vec<Message> {
        self.inboxes.remove(&conn).unwrap_or_default()
    }

    /// Takes what every connection received since the last time.
    pub fn take_all(&mut self) -> BTreeMap<Conn, Vec<Message>> {
        std::mem::take(&mut self.inboxes)
    }

    /// A page of the store: entries `after < number < before`, the newest `limit`, oldest first.
    pub fn page(&self, shelf: &Shelf, after: u64, before: u64, limit: u64) -> Answer {
        let all = self.store.get(shelf).map(Vec::as_slice).unwrap_or_default();
        let within: Vec<_> = all.iter().filter(|entry| entry.number > after && entry.number < before).collect();
        let skip = within.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        Answer::Page { entries: within[skip..].iter().map(|entry| Arc::clone(entry)).collect(), more: skip > 0 }
    }

    fn receive(&mut self, conn: Conn, message: Message) {
        assert!(self.is_open(conn), "nothing is sent over a connection that is not open: {message:?}");
        self.inboxes.entry(conn).or_default().push(message);
    }

    fn keep(&mut self, shelf: Shelf, entry: &Arc<Entry>) {
        let kept = self.store.entry(shelf).or_default();
        let rises = kept.last().is_none_or(|last| last.number < entry.number);
        assert!(rises, "the store never gets two entries of one number: {entry:?}");
        kept.push(Arc::clone(entry));
    }

    fn key(&self, name: &str) -> Arc<str> {
        match self.case {
            NickCase::Fold => name.to_lowercase().into(),
            NickCase::Exact => name.into(),
        }
    }
}
