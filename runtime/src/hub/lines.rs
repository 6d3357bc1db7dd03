//! The connections of a server, and who hears which room.
//!
//! Owns the mirror of what the machine ordered by `Hear`, `Unhear` and `Close`. A place is given to another connection
//! only when nothing that was meant for the first is held back any more.

use super::outbox::{Outbox, Piece};
use crate::world::World;
use hobnob_machine::wire::tongue::Tongue;
use hobnob_machine::{Conn, RoomId};
use hobnob_spec::profile::Dialect;
use slab::Slab;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// One connection.
pub(super) struct Line<W: World> {
    pub(super) conn: Conn,
    pub(super) addr: SocketAddr,
    /// Through which listener it came.
    pub(super) listener: u16,
    pub(super) outbox: Arc<Outbox<W>>,
    /// How it speaks; until that shows, as its listener's first dialect has it.
    pub(super) tongue: Tongue,
    /// The rooms that it hears.
    hears: Vec<Hears>,
    /// Our hello is on its way.
    greeted: bool,
    /// The machine knows of it.
    pub(super) met: bool,
    /// The machine has ended it.
    pub(super) closed: bool,
    /// Its outbox overflowed and was dropped.
    pub(super) overflowed: bool,
    /// It is on the list of those to be written to.
    pub(super) to_write: bool,
}

impl<W: World> Line<W> {
    /// A connection that is new.
    pub(super) fn new(conn: Conn, addr: SocketAddr, listener: u16, outbox: Arc<Outbox<W>>, tongue: Tongue) -> Self {
        Self {
            conn,
            addr,
            listener,
            outbox,
            tongue,
            hears: Vec::new(),
            greeted: false,
            met: false,
            closed: false,
            overflowed: false,
            to_write: false,
        }
    }

    /// Puts our hello into the outbox, once and before anything else. It promises nothing, so it waits for nothing.
    pub(super) fn greet(&mut self) {
        if !std::mem::replace(&mut self.greeted, true) {
            if self.tongue.dialect().has_words() {
                self.outbox.pace();
            }
            let mut hello = Vec::new();
            self.tongue.greet(&mut hello);
            if !hello.is_empty() {
                self.outbox.push(Piece::whole(hello));
            }
        }
    }
}

/// A room that a connection hears.
#[derive(Clone, Copy)]
struct Hears {
    room: RoomId,
    /// Where in the chunk of the present turn its part begins, if that is not the chunk's beginning.
    from: Option<usize>,
}

/// Who hears a room in one dialect.
#[derive(Default)]
struct Channel {
    hearers: Arc<Vec<usize>>,
    /// The number of the channel's chunk in the present turn.
    chunk: Option<usize>,
}

/// A room's channels, one for each dialect in which it is heard.
type Room = Vec<(Dialect, Channel)>;

/// All connections.
pub(super) struct Lines<W: World> {
    slots: Slab<Line<W>>,
    by_conn: BTreeMap<Conn, usize>,
    rooms: BTreeMap<RoomId, Room>,
}

impl<W: World> Default for Lines<W> {
    fn default() -> Self {
        Self { slots: Slab::new(), by_conn: BTreeMap::new(), rooms: BTreeMap::new() }
    }
}

impl<W: World> Lines<W> {
    /// Takes in a connection and returns its place.
    pub(super) fn add(&mut self, line: Line<W>) -> usize {
        let conn = line.conn;
        let slot = self.slots.insert(line);
        self.by_conn.insert(conn, slot);
        slot
    }

    /// Forgets a connection that is gone: nothing more is meant for it. Its place stays taken until it is made free.
    pub(super) fn forget(&mut self, slot: usize) {
        self.by_conn.remove(&self.slots[slot].conn);
    }

    /// Makes the place of a forgotten connection free for another one.
    pub(super) fn remove(&mut self, slot: usize) {
        self.slots.remove(slot);
    }

    /// The connection at a place.
    pub(super) fn at(&mut self, slot: usize) -> &mut Line<W> {
        &mut self.slots[slot]
    }

    /// The connection at a place, if that is the one.
    pub(super) fn same(&mut self, slot: usize, conn: Conn) -> Option<&mut Line<W>> {
        self.slots.get_mut(slot).filter(|line| line.conn == conn)
    }

    /// The connection at a place that may have been made free.
    pub(super) fn find(&mut self, slot: usize) -> Option<&mut Line<W>> {
        self.slots.get_mut(slot)
    }

    /// Whether a connection hears a room.
    pub(super) fn hears(&self, slot: usize, room: RoomId) -> bool {
        self.slots[slot].hears.iter().any(|heard| heard.room == room)
    }

    /// The place of a connection; `None` once it is gone.
    pub(super) fn slot(&self, conn: Conn) -> Option<usize> {
        self.by_conn.get(&conn).copied()
    }

    /// How many connections there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether nothing waits in any outbox.
    pub(super) fn all_written(&self) -> bool {
        self.slots.iter().all(|(_, line)| line.outbox.waiting() == 0)
    }

    /// From here on the connection hears the room. What is in its channel's chunk already, of the length that `length`
    /// tells, is not for it.
    pub(super) fn hear(&mut self, slot: usize, room: RoomId, length: impl FnOnce(usize) -> usize) {
        let line = &mut self.slots[slot];
        if line.hears.iter().any(|heard| heard.room == room) {
            return;
        }
        let dialect = line.tongue.dialect();
        let channels = self.rooms.entry(room).or_default();
        let at = channels.iter().position(|(other, _)| *other == dialect).unwrap_or_else(|| {
            channels.push((dialect, Channel::default()));
            channels.len() - 1
        });
        let (_, channel) = &mut channels[at];
        Arc::make_mut(&mut channel.hearers).push(slot);
        line.hears.push(Hears { room, from: channel.chunk.map(length) });
    }

    /// From here on it does not.
    pub(super) fn unhear(&mut self, slot: usize, room: RoomId) {
        let line = &mut self.slots[slot];
        let at = line.hears.iter().position(|heard| heard.room == room).expect("the connection hears the room");
        line.hears.swap_remove(at);
        let dialect = line.tongue.dialect();
        let channel = self.channel(room, dialect).expect("a room that is heard is there");
        let hearers = Arc::make_mut(&mut channel.hearers);
        let at = hearers.iter().position(|hearer| *hearer == slot).expect("who hears a room is among its hearers");
        hearers.swap_remove(at);
        if hearers.is_empty() && channel.chunk.is_none() {
            self.forget_channel(room, dialect);
        }
    }

    /// The rooms that a connection hears.
    pub(super) fn heard_by(&self, slot: usize) -> Vec<RoomId> {
        self.slots[slot].hears.iter().map(|heard| heard.room).collect()
    }

    /// The nth of the rooms that a connection hears; `None` after the last.
    pub(super) fn nth_heard(&self, slot: usize, nth: usize) -> Option<RoomId> {
        self.slots[slot].hears.get(nth).map(|heard| heard.room)
    }

    /// The nth dialect in which a room is heard; `None` after the last.
    pub(super) fn dialect(&self, room: RoomId, nth: usize) -> Option<Dialect> {
        self.rooms.get(&room)?.get(nth).map(|(dialect, _)| *dialect)
    }

    /// The number of a channel's chunk in the present turn, which `begin` makes if there is none, and who hears it.
    pub(super) fn chunk(
        &mut self,
        room: RoomId,
        dialect: Dialect,
        begin: impl FnOnce() -> usize,
    ) -> (usize, &Arc<Vec<usize>>) {
        let channel =
            self.channel(room, dialect).expect("somebody hears the room in this dialect, or did in this turn");
        (*channel.chunk.get_or_insert_with(begin), &channel.hearers)
    }

    /// The number of the chunk in the present turn that a connection hears of a room, if it hears the room and there is one.
    pub(super) fn chunk_begun(&mut self, slot: usize, room: RoomId) -> Option<usize> {
        let line = &self.slots[slot];
        line.hears.iter().find(|heard| heard.room == room)?;
        let dialect = line.tongue.dialect();
        self.channel(room, dialect)?.chunk
    }

    /// Lets the part of the chunk that a connection gets begin at `from`, and returns where it began.
    pub(super) fn set_from(&mut self, slot: usize, room: RoomId, from: usize) -> usize {
        let heard = self.slots[slot].hears.iter_mut().find(|heard| heard.room == room);
        heard.expect("the connection hears the room").from.replace(from).unwrap_or(0)
    }

    /// Where the part of the chunk begins that a connection gets, if that is not the beginning; the next chunk it gets
    /// from the beginning.
    pub(super) fn take_from(&mut self, slot: usize, room: RoomId) -> Option<usize> {
        let heard = self.slots[slot].hears.iter_mut().find(|heard| heard.room == room);
        heard.expect("the connection hears the room").from.take()
    }

    /// Who hears a channel at the end of the turn in which it had a chunk.
    pub(super) fn end_chunk(&mut self, room: RoomId, dialect: Dialect) -> Arc<Vec<usize>> {
        let channel = self.channel(room, dialect).expect("a channel with a chunk is there");
        channel.chunk = None;
        let hearers = Arc::clone(&channel.hearers);
        if hearers.is_empty() {
            self.forget_channel(room, dialect);
        }
        hearers
    }

    fn channel(&mut self, room: RoomId, dialect: Dialect) -> Option<&mut Channel> {
        let channels = self.rooms.get_mut(&room)?;
        channels.iter_mut().find(|(other, _)| *other == dialect).map(|(_, channel)| channel)
    }

    fn forget_channel(&mut self, room: RoomId, dialect: Dialect) {
        if let Some(channels) = self.rooms.get_mut(&room) {
            channels.retain(|(other, _)| *other != dialect);
            if channels.is_empty() {
                self.rooms.remove(&room);
            }
        }
    }
}
