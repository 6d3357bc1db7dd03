//! What one turn of the machine has to say, gathered until it may be said.
//!
//! A message for a room is written once for each dialect in which the room is heard, into the chunk of that channel; at
//! the end of the turn everybody who hears the channel gets a reference to the chunk. What is for one connection stands
//! in the turn's first chunk. Who begins or ceases to hear a room in the middle of a turn, or is not told of something
//! in it, or is sent something of its own meanwhile, gets the parts of the chunk that are meant for it: on one
//! connection, what is for it alone and what it hears of a room come in the order in which the machine ordered them.

use super::desk::Outcome;
use super::lines::Lines;
use super::outbox::Piece;
use crate::world::World;
use async_channel::Sender;
use hobnob_machine::RoomId;
use hobnob_machine::wire::contents::Contents;
use hobnob_machine::wire::tongue;
use hobnob_machine::wire::zone::Zone;
use hobnob_spec::messages::{Entry, Message};
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::Dialect;
use std::sync::Arc;
use std::time::Duration;

/// The chunk for what is meant for one connection only.
const DIRECT: usize = 0;

/// One thing to do when the turn may be said.
enum Order {
    /// Give a part of a chunk to one connection.
    One { slot: usize, chunk: usize, start: usize, end: usize },
    /// Give a whole chunk to many.
    All { slots: Arc<Vec<usize>>, chunk: usize },
    /// End a connection when what waits for it is written.
    Close { slot: usize },
    /// Forget a connection that is gone.
    Free { slot: usize },
    /// Tell the monitor what came of an operator's deed.
    Tell { to: Sender<Outcome>, outcome: Outcome },
}

/// A channel's chunk.
struct Talk {
    room: RoomId,
    dialect: Dialect,
    chunk: usize,
    /// Somebody gets only a part of it.
    parted: bool,
}

/// A turn on its way.
#[derive(Default)]
pub(super) struct Turn {
    chunks: Vec<Vec<u8>>,
    orders: Vec<Order>,
    talks: Vec<Talk>,
    /// About how many bytes it holds.
    pub(super) bytes: usize,
    /// How many messages of people and news of rooms it brings to connections; answers do not count.
    pub(super) deliveries: u64,
    /// What the latest small files hold.
    pub(super) files: Contents,
}

/// A turn that is complete.
pub(super) struct Said {
    chunks: Vec<Arc<Vec<u8>>>,
    orders: Vec<Order>,
    /// About how many bytes it holds.
    pub(super) bytes: usize,
    /// How many messages of people and news of rooms it brings to connections; answers do not count.
    pub(super) deliveries: u64,
    /// When the first thing came that caused it.
    pub(super) began: Duration,
}

impl Turn {
    /// Whether there is nothing to say or do.
    pub(super) fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.talks.is_empty()
    }

    /// A message for one connection, after all that it heard before.
    pub(super) fn send<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, message: &Message) {
        self.cut_all(lines, slot);
        lines.at(slot).greet();
        let start = self.direct().len();
        lines.at(slot).tongue.say(message, &self.files, &mut self.chunks[DIRECT]);
        self.deliveries += u64::from(matches!(message, Message::Live { .. }));
        self.sent(slot, start);
    }

    /// Bytes for one connection, after all that it heard before.
    pub(super) fn reply<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, bytes: &[u8]) {
        self.cut_all(lines, slot);
        lines.at(slot).greet();
        let direct = self.direct();
        let start = direct.len();
        direct.extend_from_slice(bytes);
        self.sent(slot, start);
    }

    /// The first chunk's bytes from `start` on are for one connection. A dialect that has no word wrote none.
    fn sent(&mut self, slot: usize, start: usize) {
        let end = self.direct().len();
        if start == end {
            return;
        }
        self.bytes += end - start;
        if let Some(Order::One { slot: last, chunk: DIRECT, end: up_to, .. }) = self.orders.last_mut()
            && *last == slot
        {
            *up_to = end;
            return;
        }
        self.orders.push(Order::One { slot, chunk: DIRECT, start, end });
    }

    /// An entry for all who hear the room, in their dialects.
    pub(super) fn deliver<W: World>(
        &mut self,
        lines: &mut Lines<W>,
        room: RoomId,
        (name, entry): (&RoomName, &Arc<Entry>),
        zone: Zone,
    ) {
        for nth in 0.. {
            let Some(dialect) = lines.dialect(room, nth) else { return };
            let (chunk, hearers) = lines.chunk(room, dialect, || self.begin(room, dialect));
            let bytes = &mut self.chunks[chunk];
            let start = bytes.len();
            tongue::live(dialect, name, entry, zone, &self.files, bytes);
            let end = bytes.len();
            self.bytes += end - start;
            let mut told = hearers.len();
            if dialect.has_words() {
                for slot in Arc::clone(hearers).iter() {
                    if !lines.at(*slot).tongue.hears(name, entry) {
                        told -= 1;
                        self.skip(lines, (*slot, room), chunk, (start, end));
                    }
                }
            }
            self.deliveries += if start < end { told as u64 } else { 0 };
        }
    }

    /// Begins a channel's chunk and returns its number.
    fn begin(&mut self, room: RoomId, dialect: Dialect) -> usize {
        self.direct();
        self.chunks.push(Vec::new());
        let chunk = self.chunks.len() - 1;
        self.talks.push(Talk { room, dialect, chunk, parted: false });
        chunk
    }

    /// From here on the connection hears the room.
    pub(super) fn hear<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, room: RoomId) {
        lines.hear(slot, room, |chunk| self.chunks[chunk].len());
        if let Some(chunk) = lines.chunk_begun(slot, room) {
            self.part(chunk);
        }
        self.cut_all(lines, slot);
        // What was held back for a room's history comes before what happens there.
        let direct = self.direct();
        let start = direct.len();
        lines.at(slot).tongue.settle(direct);
        self.sent(slot, start);
    }

    /// From here on it does not.
    pub(super) fn unhear<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, room: RoomId) {
        if lines.hears(slot, room) {
            self.cut(lines, slot, room);
            lines.unhear(slot, room);
        }
    }

    /// From here on the connection hears no room.
    pub(super) fn unhear_all<W: World>(&mut self, lines: &mut Lines<W>, slot: usize) {
        for room in lines.heard_by(slot) {
            self.unhear(lines, slot, room);
        }
    }

    /// Tells the monitor what came of an operator's deed.
    pub(super) fn tell(&mut self, to: Sender<Outcome>, outcome: Outcome) {
        self.orders.push(Order::Tell { to, outcome });
    }

    /// Ends the connection, which hears no room any more.
    pub(super) fn close(&mut self, slot: usize) {
        self.orders.push(Order::Close { slot });
    }

    /// Forgets a connection that is gone.
    pub(super) fn free<W: World>(&mut self, lines: &mut Lines<W>, slot: usize) {
        self.unhear_all(lines, slot);
        lines.forget(slot);
        self.orders.push(Order::Free { slot });
    }

    /// Completes the turn: everybody gets the chunks of the rooms that it hears.
    pub(super) fn end<W: World>(&mut self, lines: &mut Lines<W>, began: Duration) -> Said {
        for Talk { room, dialect, chunk, parted } in std::mem::take(&mut self.talks) {
            let mut slots = lines.end_chunk(room, dialect);
            let end = self.chunks[chunk].len();
            if parted {
                let mut whole = Vec::new();
                for slot in slots.iter().copied() {
                    match lines.take_from(slot, room) {
                        None => whole.push(slot),
                        Some(start) if start < end => self.orders.push(Order::One { slot, chunk, start, end }),
                        Some(_) => {}
                    }
                }
                slots = Arc::new(whole);
            }
            if end > 0 && !slots.is_empty() {
                self.orders.push(Order::All { slots, chunk });
            }
        }
        Said {
            chunks: std::mem::take(&mut self.chunks).into_iter().map(Arc::new).collect(),
            orders: std::mem::take(&mut self.orders),
            bytes: std::mem::take(&mut self.bytes),
            deliveries: std::mem::take(&mut self.deliveries),
            began,
        }
    }

    /// Gives a connection what it heard of all its rooms up to here, so that what is for it alone does not overtake it.
    fn cut_all<W: World>(&mut self, lines: &mut Lines<W>, slot: usize) {
        if self.talks.is_empty() {
            return;
        }
        let mut nth = 0;
        while let Some(room) = lines.nth_heard(slot, nth) {
            self.cut(lines, slot, room);
            nth += 1;
        }
    }

    /// Gives a connection what it heard of the room up to here.
    fn cut<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, room: RoomId) {
        if let Some(chunk) = lines.chunk_begun(slot, room) {
            let end = self.chunks[chunk].len();
            self.skip(lines, (slot, room), chunk, (end, end));
        }
    }

    /// Gives a connection what it heard of the room up to `start`, and goes on with what comes after `end`.
    fn skip<W: World>(
        &mut self,
        lines: &mut Lines<W>,
        (slot, room): (usize, RoomId),
        chunk: usize,
        (start, end): (usize, usize),
    ) {
        let from = lines.set_from(slot, room, end);
        if from < start {
            self.orders.push(Order::One { slot, chunk, start: from, end: start });
        }
        self.part(chunk);
    }

    /// Somebody gets only a part of this chunk.
    fn part(&mut self, chunk: usize) {
        let talk = self.talks.iter_mut().rfind(|talk| talk.chunk == chunk);
        talk.expect("a chunk that was begun has its talk").parted = true;
    }

    fn direct(&mut self) -> &mut Vec<u8> {
        if self.chunks.is_empty() {
            self.chunks.push(Vec::new());
        }
        &mut self.chunks[DIRECT]
    }
}

impl Said {
    /// Puts everything into the outboxes. Each connection that got something is added to `to_write`.
    /// Returns how many bytes they are.
    pub(super) fn release<W: World>(self, lines: &mut Lines<W>, to_write: &mut Vec<usize>) -> u64 {
        let mut bytes = 0;
        for order in self.orders {
            match order {
                Order::One { slot, chunk, start, end } => {
                    bytes += (end - start) as u64;
                    give(lines, slot, Piece::of(&self.chunks[chunk], start, end), to_write);
                }
                Order::All { slots, chunk } => {
                    let chunk = &self.chunks[chunk];
                    bytes += (chunk.len() * slots.len()) as u64;
                    for slot in slots.iter() {
                        give(lines, *slot, Piece::of(chunk, 0, chunk.len()), to_write);
                    }
                }
                // Who asked may have gone.
                Order::Tell { to, outcome } => drop(to.try_send(outcome)),
                Order::Close { slot } => {
                    let line = lines.at(slot);
                    line.outbox.close();
                    mark(slot, &mut line.to_write, to_write);
                }
                Order::Free { slot } => {
                    let line = lines.at(slot);
                    if line.tongue.dialect().has_words() && line.outbox.waiting() > 0 {
                        // People end what they ask by ending their side of the connection, and still read.
                        line.outbox.write_last();
                    }
                    line.outbox.give_up();
                    lines.remove(slot);
                }
            }
        }
        bytes
    }
}

fn give<W: World>(lines: &mut Lines<W>, slot: usize, piece: Piece, to_write: &mut Vec<usize>) {
    let line = lines.at(slot);
    line.outbox.push(piece);
    mark(slot, &mut line.to_write, to_write);
}

fn mark(slot: usize, marked: &mut bool, to_write: &mut Vec<usize>) {
    if !std::mem::replace(marked, true) {
        to_write.push(slot);
    }
}
