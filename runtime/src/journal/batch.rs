//! What the hub gathers in one turn: records, and what they bring to the store of messages.
//!
//! Owns the digest of outputs. All buffers are kept from turn to turn, so a step costs no allocation of its own.

use super::chain::{self, Chain, DIGEST};
use super::rows::Stored;
use hobnob_machine::{Action, Conn, Input, Out, Server};
use hobnob_spec::messages::{Answer, Message, Request, Time};
use hobnob_spec::names::NICK_CHARS_MAX;
use serde::{Deserialize, Serialize};

/// How many characters of a refused nick go into the store.
const REFUSED_NICK_CHARS_MAX: usize = 2 * NICK_CHARS_MAX;

/// Gathers the outputs of the machine since the last record and makes a digest of them. The outputs of wakes go into
/// the digest of the record that follows, where a replay without wakes finds them too.
///
/// Its buffers are bounded: without an input no session fires more than a handful of alarms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputDigest {
    actions: Vec<u8>,
    fired: Vec<u8>,
    /// Apart from the other rows: the outputs of a wake and of its successor make the same digest as those of one step.
    transfers: Vec<u8>,
}

impl OutputDigest {
    /// Adds the outputs of one step.
    pub fn fold(&mut self, out: &Out) {
        const HOLDS: &str = "outputs are made of what MessagePack can hold";
        for action in &out.actions {
            rmp_serde::encode::write(&mut self.actions, action).expect(HOLDS);
        }
        for fired in &out.fired {
            rmp_serde::encode::write(&mut self.fired, fired).expect(HOLDS);
        }
        for fired in &out.transfers {
            rmp_serde::encode::write(&mut self.transfers, fired).expect(HOLDS);
        }
    }

    /// The digest of everything added since the last one; begins anew.
    pub fn take(&mut self) -> [u8; DIGEST] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.actions.len() as u64).to_le_bytes()).update(&self.actions);
        hasher.update(&self.fired).update(&self.transfers);
        self.actions.clear();
        self.fired.clear();
        self.transfers.clear();
        let mut digest = [0; DIGEST];
        digest.copy_from_slice(&hasher.finalize().as_bytes()[..DIGEST]);
        digest
    }
}

/// A join under way, whose refusal goes into the store.
#[derive(Debug, Clone)]
pub(crate) struct Joining {
    conn: Conn,
    number: u64,
    nick: String,
    at: Time,
}

/// Records that are committed together, with what they bring to the store.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    first: u64,
    count: u64,
    at: Time,
    blob: Vec<u8>,
    rows: Vec<(u64, Stored)>,
    joining: Option<Joining>,
    open: bool,
}

impl Batch {
    /// A batch whose first record has the number `first`.
    pub fn new(first: u64) -> Self {
        Self { first, ..Self::default() }
    }

    /// Empties the batch and keeps its memory; its next record will be `first`.
    pub fn restart(&mut self, first: u64) {
        self.clear();
        self.first = first;
    }

    /// Begins a record, before the machine takes the input. Not for [`Input::Wake`], which is never recorded.
    pub fn begin(&mut self, at: Time, input: &Input) {
        assert!(!self.open, "a record is ended before the next one begins");
        assert!(!matches!(input, Input::Wake), "a wake is derived from time and never recorded");
        chain::begin(&mut self.blob, at, input);
        self.joining = joining(at, input);
        self.at = at;
        self.open = true;
    }

    /// Ends the record with what the machine made of the input, and returns its number.
    pub fn end(&mut self, digest: &mut OutputDigest, out: &Out, server: &Server) -> u64 {
        assert!(self.open, "a record was begun");
        self.add(digest, out, server);
        chain::end(&mut self.blob, digest.take());
        self.joining = None;
        self.open = false;
        self.count += 1;
        self.first + self.count - 1
    }

    /// Takes in what a wake brought; the record that follows covers it.
    pub fn woke(&mut self, digest: &mut OutputDigest, out: &Out, server: &Server) {
        assert!(!self.open, "a wake does not come within a record");
        self.add(digest, out, server);
    }

    /// The number of the first record.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The number that the next record gets.
    pub fn next(&self) -> u64 {
        self.first + self.count
    }

    /// How many records there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many bytes the records have.
    pub fn bytes(&self) -> usize {
        self.blob.len()
    }

    /// Whether there is nothing to be appended.
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.rows.is_empty()
    }

    /// The time of the last record.
    pub fn at(&self) -> Time {
        self.at
    }

    /// What goes into the store, each with the number of its record.
    pub fn rows(&self) -> &[(u64, Stored)] {
        &self.rows
    }

    /// Chains the records; may be done again with the same result.
    ///
    /// # Panics
    /// Within a record.
    pub fn seal(&mut self, chain: Chain) -> Chain {
        assert!(!self.open, "a batch is appended between records");
        chain::seal(&mut self.blob, self.first, chain)
    }

    /// The records as they are kept.
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// Forgets everything but the memory it took.
    pub(super) fn clear(&mut self) {
        self.first += self.count;
        self.count = 0;
        self.blob.clear();
        self.rows.clear();
        self.joining = None;
        self.open = false;
    }

    fn add(&mut self, digest: &mut OutputDigest, out: &Out, server: &Server) {
        digest.fold(out);
        let seq = self.first + self.count;
        for action in &out.actions {
            if let Some(stored) = stored(action, self.joining.as_ref(), server) {
                self.rows.push((seq, stored));
            }
        }
    }
}

/// What outputs bring to the store; `input` is that of the record, if they are not a wake's.
pub(crate) fn stored_by(at: Time, input: Option<&Input>, out: &Out, server: &Server) -> Vec<Stored> {
    let joining = input.and_then(|input| joining(at, input));
    out.actions.iter().filter_map(|action| stored(action, joining.as_ref(), server)).collect()
}

/// What an action brings to the store.
pub(crate) fn stored(action: &Action, joining: Option<&Joining>, server: &Server) -> Option<Stored> {
    match action {
        Action::Deliver { room: _, name, entry } => {
            let key = server.key(name.as_str());
            Some(Stored::Room { key, name: name.clone(), entry: entry.clone() })
        }
        Action::Keep { pair, to, entry } => {
            Some(Stored::Private { pair: pair.clone(), to: to.clone(), entry: entry.clone() })
        }
        Action::Send { conn, message: Message::Answer { number, answer: Answer::Refused { no, .. } } } => {
            let joining = joining?;
            let it = joining.conn == *conn && joining.number == *number;
            it.then(|| Stored::Rejected { at: joining.at, nick: joining.nick.clone(), no: *no })
        }
        Action::Send { .. }
        | Action::Hear { .. }
        | Action::Unhear { .. }
        | Action::ReadPage { .. }
        | Action::WriteChunk { .. }
        | Action::CheckFile { .. }
        | Action::DiscardPart { .. }
        | Action::RemoveFile { .. }
        | Action::ReadPiece { .. }
        | Action::Close { .. } => None,
    }
}

/// The join that an input is, if it is one.
pub(crate) fn joining(at: Time, input: &Input) -> Option<Joining> {
    let Input::Asked { conn, asked } = input else { return None };
    let Request::Join { nick, token: _, avatar: _ } = &asked.request else { return None };
    Some(Joining { conn: *conn, number: asked.number, nick: printable(nick), at })
}

/// A nick that may be anything, so that the store stays small and a terminal safe.
fn printable(nick: &str) -> String {
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    nick.chars().map(shown).take(REFUSED_NICK_CHARS_MAX).collect()
}
