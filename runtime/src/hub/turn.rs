//! What one turn of the machine has to say, gathered until it may be said.
//!
//! A message for a room is encoded once, into the chunk of its room; at the end of the turn everybody who hears the
//! room gets a reference to the chunk. What is for one connection stands in the turn's first chunk. Who begins or
//! ceases to hear a room in the middle of a turn gets the part of its chunk that is meant for it.

use super::lines::Lines;
use super::outbox::Piece;
use crate::world::World;
use hobnob_machine::RoomId;
use hobnob_machine::wire::native;
use hobnob_spec::messages::Message;
use std::sync::Arc;

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
}

/// A room's chunk.
struct Talk {
    room: RoomId,
    chunk: usize,
    /// Who has its own beginning in the chunk, and where.
    from: Vec<(usize, usize)>,
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
}

/// A turn that is complete.
pub(super) struct Said {
    chunks: Vec<Arc<Vec<u8>>>,
    orders: Vec<Order>,
    /// About how many bytes it holds.
    pub(super) bytes: usize,
    /// How many messages of people and news of rooms it brings to connections; answers do not count.
    pub(super) deliveries: u64,
}

impl Turn {
    /// Whether there is nothing to say or do.
    pub(super) fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.talks.is_empty()
    }

    /// A message for one connection. The last one comes after all that the connection heard before.
    pub(super) fn send<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, message: &Message) {
        if matches!(message, Message::Goodbye { .. }) {
            for room in lines.heard_by(slot) {
                self.cut(lines, slot, room);
            }
        }
        lines.at(slot).greet();
        let direct = self.direct();
        let start = direct.len();
        native::say(message, direct);
        let end = direct.len();
        self.bytes += end - start;
        self.deliveries += u64::from(matches!(message, Message::Live { .. }));
        if let Some(Order::One { slot: last, chunk: DIRECT, end: up_to, .. }) = self.orders.last_mut()
            && *last == slot
        {
            *up_to = end;
            return;
        }
        self.orders.push(Order::One { slot, chunk: DIRECT, start, end });
    }

    /// A message for all who hear the room.
    pub(super) fn deliver<W: World>(&mut self, lines: &mut Lines<W>, room: RoomId, message: &Message) {
        let Self { chunks, talks, .. } = self;
        let begin = || {
            if chunks.is_empty() {
                chunks.push(Vec::new());
            }
            chunks.push(Vec::new());
            let chunk = chunks.len() - 1;
            talks.push(Talk { room, chunk, from: Vec::new() });
            chunk
        };
        let Some((chunk, hearers)) = lines.chunk(room, begin) else { return };
        self.deliveries += hearers;
        let bytes = &mut self.chunks[chunk];
        let start = bytes.len();
        native::say(message, bytes);
        self.bytes += bytes.len() - start;
    }

    /// From here on the connection hears the room.
    pub(super) fn hear<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, room: RoomId) {
        lines.hear(slot, room);
        if let Some(chunk) = lines.chunk_begun(room) {
            let here = self.chunks[chunk].len();
            set(&mut self.talk(room).from, slot, here);
        }
    }

    /// From here on it does not.
    pub(super) fn unhear<W: World>(&mut self, lines: &mut Lines<W>, slot: usize, room: RoomId) {
        if !lines.hears(slot, room) {
            return;
        }
        self.cut(lines, slot, room);
        lines.unhear(slot, room);
        if lines.chunk_begun(room).is_some() {
            self.talk(room).from.retain(|(other, _)| *other != slot);
        }
    }

    /// From here on the connection hears no room.
    pub(super) fn unhear_all<W: World>(&mut self, lines: &mut Lines<W>, slot: usize) {
        for room in lines.heard_by(slot) {
            self.unhear(lines, slot, room);
        }
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
    pub(super) fn end<W: World>(&mut self, lines: &mut Lines<W>) -> Said {
        for talk in std::mem::take(&mut self.talks) {
            let hearers = lines.end_chunk(talk.room);
            let end = self.chunks[talk.chunk].len();
            let whole = if talk.from.is_empty() {
                hearers
            } else {
                Arc::new(hearers.iter().copied().filter(|slot| !talk.from.iter().any(|(own, _)| own == slot)).collect())
            };
            for (slot, start) in talk.from.into_iter().filter(|(_, start)| *start < end) {
                self.orders.push(Order::One { slot, chunk: talk.chunk, start, end });
            }
            self.orders.push(Order::All { slots: whole, chunk: talk.chunk });
        }
        Said {
            chunks: std::mem::take(&mut self.chunks).into_iter().map(Arc::new).collect(),
            orders: std::mem::take(&mut self.orders),
            bytes: std::mem::take(&mut self.bytes),
            deliveries: std::mem::take(&mut self.deliveries),
        }
    }

    /// Gives a connection what it heard of the room up to here.
    fn cut<W: World>(&mut self, lines: &Lines<W>, slot: usize, room: RoomId) {
        let Some(chunk) = lines.chunk_begun(room) else { return };
        let end = self.chunks[chunk].len();
        let from = &mut self.talk(room).from;
        let start = set(from, slot, end).unwrap_or(0);
        if start < end {
            self.orders.push(Order::One { slot, chunk, start, end });
        }
    }

    fn direct(&mut self) -> &mut Vec<u8> {
        if self.chunks.is_empty() {
            self.chunks.push(Vec::new());
        }
        &mut self.chunks[DIRECT]
    }

    fn talk(&mut self, room: RoomId) -> &mut Talk {
        self.talks.iter_mut().find(|talk| talk.room == room).expect("a chunk that was begun has its talk")
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
                Order::Close { slot } => {
                    let line = lines.at(slot);
                    line.outbox.close();
                    mark(slot, &mut line.to_write, to_write);
                }
                Order::Free { slot } => {
                    lines.at(slot).outbox.give_up();
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

/// Sets the beginning of a connection, and returns the one that it had.
fn set(from: &mut Vec<(usize, usize)>, slot: usize, start: usize) -> Option<usize> {
    match from.iter_mut().find(|(other, _)| *other == slot) {
        Some((_, at)) => Some(std::mem::replace(at, start)),
        None => {
            from.push((slot, start));
            None
        }
    }
}
