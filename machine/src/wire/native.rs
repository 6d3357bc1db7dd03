//! The dialect `native`: a hello with a version from each side, then frames of MessagePack.
//!
//! Owns the framing, its bounds and both directions of it. It keeps nothing but an incomplete frame, and never asks
//! for memory by a length that a peer merely claims.
//!
//! ```text
//! client  F0 'H' 'N' 'B' version:u16  ( length:u32 Asked   )*
//! server  F0 'H' 'N' 'B' version:u16  ( length:u32 Message )*        all numbers big-endian
//! ```

use hobnob_spec::limits::{ANSWER_BYTES_MAX, FRAME_BYTES_MAX};
use hobnob_spec::messages::{Answer, Asked, Message};
use rmp_serde::decode::{Deserializer, Error};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

/// What both sides open with. Its first byte is no ASCII, so that a text dialect can be told from it.
pub const MAGIC: [u8; 4] = *b"\xf0HNB";
/// The version of the protocol that this code speaks.
pub const VERSION: u16 = hobnob_spec::messages::VERSION;
/// The bytes of a hello.
pub const HELLO_BYTES: usize = MAGIC.len() + 2;
/// The bytes of a frame before its payload.
pub const HEAD_BYTES: usize = 4;
/// How deep the values of a payload may nest; ours nest less than ten deep.
const DEPTH_MAX: usize = 32;
/// Room that a reader's buffer is given at first.
const REST_BYTES_FIRST: usize = 256;

/// What a reader found in the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read<T> {
    /// The peer's hello; it speaks our version.
    Hello,
    /// A whole frame with what it should hold.
    Item(T),
    /// A whole frame that holds something else; the next one may be good.
    Garbled,
    /// Nothing that follows can be understood. It is the last thing a reader finds.
    Foreign(Foreign),
}

/// What frames of one direction hold.
pub trait Item: Serialize + DeserializeOwned {
    /// The longest payload of a frame, in bytes. A longer frame is foreign.
    const BYTES_MAX: usize;
    /// Whether its parts are no longer than they may be.
    fn fits(&self) -> bool;
}

impl Item for Asked {
    const BYTES_MAX: usize = FRAME_BYTES_MAX;
    fn fits(&self) -> bool {
        self.request.fits()
    }
}

impl Item for Message {
    const BYTES_MAX: usize = ANSWER_BYTES_MAX;
    fn fits(&self) -> bool {
        true
    }
}

/// Why nothing more can be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// The peer did not open with the magic.
    Magic,
    /// The peer speaks another version.
    Version(u16),
    /// The peer claims a frame of so many bytes, more than [`Item::BYTES_MAX`].
    Long(u32),
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Magic => f.write_str("the other side does not speak Hobnob's protocol"),
            Self::Version(theirs) => write!(f, "the other side speaks version {theirs} of the protocol, not {VERSION}"),
            Self::Long(bytes) => {
                write!(f, "the other side sent a frame of {bytes} bytes; {FRAME_BYTES_MAX} are allowed")
            }
        }
    }
}

/// Reads requests on the server's side.
pub type AskedReader = Reader<Asked>;
/// Reads messages on the client's side.
pub type MessageReader = Reader<Message>;

/// Reads one direction of a connection, whatever pieces its bytes come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader<T> {
    expects: Expects,
    /// The beginning of a hello or a frame whose end has not come.
    rest: Vec<u8>,
    reads: PhantomData<fn() -> T>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    Hello,
    Frame,
    Nothing,
}

/// What the beginning of some bytes is.
enum Unit {
    /// A hello or frame of that many bytes.
    Whole(usize),
    /// The beginning of one; its length shows, or the whole of it is there, at that many bytes.
    Part(usize),
    /// Neither.
    Foreign(Foreign),
}

impl<T> Default for Reader<T> {
    fn default() -> Self {
        Self { expects: Expects::Hello, rest: Vec::new(), reads: PhantomData }
    }
}

impl<T: Item> Reader<T> {
    /// Reads the next bytes of the connection and gives what it finds to `found`, in order.
    pub fn read(&mut self, mut bytes: &[u8], mut found: impl FnMut(Read<T>)) {
        while !self.rest.is_empty() && !bytes.is_empty() {
            let wanted = match self.expects.unit::<T>(&self.rest) {
                Unit::Part(wanted) => wanted - self.rest.len(),
                Unit::Whole(_) | Unit::Foreign(_) => unreachable!("only the beginning of a unit is kept"),
            };
            let (now, later) = bytes.split_at(wanted.min(bytes.len()));
            if self.rest.capacity() == 0 {
                self.rest.reserve(REST_BYTES_FIRST);
            }
            self.rest.extend_from_slice(now);
            bytes = later;
            let rest = std::mem::take(&mut self.rest);
            let taken = self.take_units(&rest, &mut found);
            if taken == 0 && self.expects != Expects::Nothing {
                self.rest = rest;
            }
        }
        let taken = self.take_units(bytes, &mut found);
        if self.expects != Expects::Nothing {
            self.rest.extend_from_slice(&bytes[taken..]);
        }
    }

    /// How many bytes are kept until the rest of their frame comes.
    pub fn kept(&self) -> usize {
        self.rest.len()
    }

    /// Reads all whole units and says how many bytes they are.
    fn take_units(&mut self, bytes: &[u8], found: &mut impl FnMut(Read<T>)) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            match self.expects.unit::<T>(&bytes[at..]) {
                Unit::Part(_) => break,
                Unit::Foreign(foreign) => {
                    self.expects = Expects::Nothing;
                    found(Read::Foreign(foreign));
                    break;
                }
                Unit::Whole(len) if self.expects == Expects::Hello => {
                    self.expects = Expects::Frame;
                    found(Read::Hello);
                    at += len;
                }
                Unit::Whole(len) => {
                    let payload = &bytes[at + HEAD_BYTES..at + len];
                    found(decode(payload).filter(Item::fits).map_or(Read::Garbled, Read::Item));
                    at += len;
                }
            }
        }
        at
    }
}

impl Expects {
    /// What `bytes`, of which there is at least one, begin with.
    fn unit<T: Item>(self, bytes: &[u8]) -> Unit {
        match self {
            Self::Hello => {
                let theirs = &bytes[..bytes.len().min(MAGIC.len())];
                if *theirs != MAGIC[..theirs.len()] {
                    return Unit::Foreign(Foreign::Magic);
                }
                let Some(version) = bytes.get(MAGIC.len()..HELLO_BYTES) else { return Unit::Part(HELLO_BYTES) };
                match u16::from_be_bytes([version[0], version[1]]) {
                    VERSION => Unit::Whole(HELLO_BYTES),
                    other => Unit::Foreign(Foreign::Version(other)),
                }
            }
            Self::Frame => {
                let Some((head, payload)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
                    return Unit::Part(HEAD_BYTES);
                };
                let length = u32::from_be_bytes(*head);
                match usize::try_from(length) {
                    Ok(len) if len <= payload.len() && len <= T::BYTES_MAX => Unit::Whole(HEAD_BYTES + len),
                    Ok(len) if len <= T::BYTES_MAX => Unit::Part(HEAD_BYTES + len),
                    _ => Unit::Foreign(Foreign::Long(length)),
                }
            }
            Self::Nothing => Unit::Part(usize::MAX),
        }
    }
}

/// Reads a payload, all of it.
pub(super) fn decode<T: Item>(payload: &[u8]) -> Option<T> {
    let mut from = Deserializer::from_read_ref(payload);
    from.set_max_depth(DEPTH_MAX);
    let item = T::deserialize(&mut from).ok()?;
    // Only where no byte is left is there no marker to read.
    matches!(bool::deserialize(&mut from), Err(Error::InvalidMarkerRead(_))).then_some(item)
}

/// Appends the hello.
pub fn hello(out: &mut Vec<u8>) {
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_be_bytes());
}

/// Appends a request's frame. A request that passes [`FRAME_BYTES_MAX`] appends nothing and returns false.
pub fn ask(asked: &Asked, out: &mut Vec<u8>) -> bool {
    frame(asked, out)
}

/// Appends a message's frame. A list that would pass [`ANSWER_BYTES_MAX`] loses its last lines, a page its oldest.
pub fn say(message: &Message, out: &mut Vec<u8>) {
    say_shortened(message, |message| frame(message, out));
}

/// Writes a message, or as much of its list as `write` says that it has taken.
pub(super) fn say_shortened(message: &Message, mut write: impl FnMut(&Message) -> bool) {
    if write(message) {
        return;
    }
    let mut shorter = message.clone();
    while halve(&mut shorter) {
        if write(&shorter) {
            return;
        }
    }
    unreachable!("whatever is no list fits into a frame: {} bytes of text", hobnob_spec::names::TEXT_CHARS_MAX);
}

/// Appends a frame, or nothing if it would be too long.
fn frame<T: Item>(item: &T, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    out.extend_from_slice(&[0; HEAD_BYTES]);
    rmp_serde::encode::write(out, item).expect("a vector takes all bytes and our messages have no unsized sequences");
    let len = out.len() - start - HEAD_BYTES;
    if len > T::BYTES_MAX {
        out.truncate(start);
        return false;
    }
    let head = u32::try_from(len).expect("a frame's length fits into its head").to_be_bytes();
    out[start..start + HEAD_BYTES].copy_from_slice(&head);
    true
}

/// Takes half of the list out of a message, and says whether there was anything to take.
fn halve(message: &mut Message) -> bool {
    fn first<T>(list: &mut Vec<T>) -> bool {
        let all = list.len();
        list.truncate(all / 2);
        all > 0
    }
    match message {
        Message::Answer { answer, .. } => match answer {
            Answer::Report(list) => first(list),
            Answer::Welcome { members, .. } | Answer::Members(members) => first(members),
            Answer::Back { rooms, .. } => first(rooms),
            Answer::Rooms(list) => first(list),
            Answer::Page { entries, more } => {
                let all = entries.len();
                entries.drain(..all.div_ceil(2));
                *more = true;
                all > 0
            }
            Answer::Room { .. }
            | Answer::Refused { .. }
            | Answer::Done
            | Answer::Posted { .. }
            | Answer::Ready { .. }
            | Answer::Taken { .. }
            | Answer::Filed { .. }
            | Answer::Piece { .. }
            | Answer::Pong => false,
        },
        Message::Earlier { entries, .. } => first(entries),
        Message::Live { .. } | Message::Ping | Message::Goodbye { .. } => false,
    }
}
