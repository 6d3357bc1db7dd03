//! The connections of a server, and who hears which room.
//!
//! Owns the mirror of what the machine ordered by `Hear`, `Unhear` and `Close`. A place is given to another connection
//! only when nothing that was meant for the first is held back any more.

use super::outbox::{Outbox, Piece};
use crate::world::World;
use hobnob_machine::wire::native;
use hobnob_machine::{Conn, RoomId};
use slab::Slab;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// One connection.
pub(super) struct Line<W: World> {
    pub(super) conn: Conn,
    pub(super) addr: SocketAddr,
    pub(super) outbox: Arc<Outbox<W>>,
    /// The rooms that it hears.
    hears: Vec<RoomId>,
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
    /// Puts our hello into the outbox, once and before anything else. It promises nothing, so it waits for nothing.
    pub(super) fn greet(&mut self) {
        if !std::mem::replace(&mut self.greeted, true) {
            let mut hello = Vec::with_capacity(native::HELLO_BYTES);
            native::hello(&mut hello);
            self.outbox.push(Piece::whole(hello));
        }
    }
}

/// Who hears a room.
#[derive(Default)]
struct Room {
    hearers: Arc<Vec<usize>>,
    /// The number of the room's chunk in the present turn.
    chunk: Option<usize>,
}

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
    pub(super) fn add(&mut self, conn: Conn, addr: SocketAddr, outbox: Arc<Outbox<W>>) -> usize {
        let slot = self.slots.insert(Line {
            conn,
            addr,
            outbox,
            hears: Vec::new(),
            greeted: false,
            met: false,
            closed: false,
            overflowed: false,
            to_write: false,
        });
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
        self.slots[slot].hears.contains(&room)
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

    /// From here on the connection hears the room.
    pub(super) fn hear(&mut self, slot: usize, room: RoomId) {
        let line = &mut self.slots[slot];
        if !line.hears.contains(&room) {
            line.hears.push(room);
            Arc::make_mut(&mut self.rooms.entry(room).or_default().hearers).push(slot);
        }
    }

    /// From here on it does not.
    pub(super) fn unhear(&mut self, slot: usize, room: RoomId) {
        let hears = &mut self.slots[slot].hears;
        let at = hears.iter().position(|heard| *heard == room).expect("the connection hears the room");
        hears.swap_remove(at);
        let heard = self.rooms.get_mut(&room).expect("a room that is heard is there");
        let hearers = Arc::make_mut(&mut heard.hearers);
        let at = hearers.iter().position(|hearer| *hearer == slot).expect("who hears a room is among its hearers");
        hearers.swap_remove(at);
        if hearers.is_empty() && heard.chunk.is_none() {
            self.rooms.remove(&room);
        }
    }

    /// The rooms that a connection hears.
    pub(super) fn heard_by(&self, slot: usize) -> Vec<RoomId> {
        self.slots[slot].hears.clone()
    }

    /// The number of a room's chunk in the present turn, which `begin` makes if there is none, and how many
    /// hear the room. `None` where nobody does.
    pub(super) fn chunk(&mut self, room: RoomId, begin: impl FnOnce() -> usize) -> Option<(usize, u64)> {
        let room = self.rooms.get_mut(&room)?;
        Some((*room.chunk.get_or_insert_with(begin), room.hearers.len() as u64))
    }

    /// The number of a room's chunk in the present turn, if there is one.
    pub(super) fn chunk_begun(&self, room: RoomId) -> Option<usize> {
        self.rooms.get(&room)?.chunk
    }

    /// Who hears the room at the end of the turn in which it had a chunk.
    pub(super) fn end_chunk(&mut self, room: RoomId) -> Arc<Vec<usize>> {
        let heard = self.rooms.get_mut(&room).expect("a room with a chunk is there");
        heard.chunk = None;
        let hearers = Arc::clone(&heard.hearers);
        if hearers.is_empty() {
            self.rooms.remove(&room);
        }
        hearers
    }
}
