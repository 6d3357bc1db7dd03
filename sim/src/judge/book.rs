//! What the log holds, as the judge wrote it down: every entry of every room and conversation, by number.

use super::names::Name;
use crate::plan::Ms;
use hobnob_machine::{RoomId, SessionId};
use hobnob_spec::messages::{Entry, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whether anybody relies on an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen {
    /// Nobody has seen it yet.
    No,
    /// Somebody was told of it.
    Told,
    /// Its author was told that it was taken.
    Acknowledged,
}

/// An entry as the log got it.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) entry: Arc<Entry>,
    /// The number of the record that brought it; an alarm's counts to the record after it.
    pub(super) seq: u64,
    /// Whether a record brought it, and not an alarm.
    pub(super) recorded: bool,
    /// When, by the world's time.
    pub(super) at: Ms,
    pub(super) seen: Seen,
    /// Whose it is, and who got it: of private messages only.
    pub(super) from: Option<SessionId>,
    pub(super) to: Option<SessionId>,
    /// The record at which it got it.
    pub(super) to_seq: u64,
}

/// A room's or a conversation's entries.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    /// The room of that name that there is, if it is a room's.
    pub(super) room: Option<RoomId>,
    /// The number of the last entry.
    pub(super) last: u64,
    pub(super) kept: Vec<Kept>,
}

/// Where entries are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    Room(Name),
    /// The smaller name first.
    Pair(Name, Name),
}

impl Where {
    pub(super) fn pair(a: Name, b: Name) -> Self {
        if a <= b { Self::Pair(a, b) } else { Self::Pair(b, a) }
    }
}

pub(super) type Books = BTreeMap<Where, Book>;

impl Book {
    fn index(&self, number: u64) -> Option<usize> {
        let first = self.kept.first()?.entry.number;
        let guess = usize::try_from(number.checked_sub(first)?).ok()?;
        if self.kept.get(guess).is_some_and(|kept| kept.entry.number == number) {
            return Some(guess);
        }
        self.kept.binary_search_by_key(&number, |kept| kept.entry.number).ok()
    }

    /// The entry of a number.
    pub(super) fn get(&self, number: u64) -> Option<&Kept> {
        self.index(number).map(|at| &self.kept[at])
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Kept> {
        self.index(number).map(|at| &mut self.kept[at])
    }

    /// The number before the first entry that the judge knows.
    pub(super) fn known_after(&self) -> u64 {
        self.kept.first().map_or(self.last, |kept| kept.entry.number - 1)
    }

    /// The time of the last entry.
    pub(super) fn last_time(&self) -> Time {
        self.kept.last().map_or(Time(0), |kept| kept.entry.at)
    }

    pub(super) fn push(&mut self, kept: Kept) {
        self.last = kept.entry.number;
        self.kept.push(kept);
    }

    /// Takes off what records after this one brought.
    pub(super) fn cut(&mut self, records: u64) -> Vec<Kept> {
        let from = self.kept.partition_point(|kept| kept.seq <= records);
        let before = self.known_after();
        let gone = self.kept.split_off(from);
        for kept in self.kept.iter_mut().filter(|kept| kept.to_seq > records) {
            (kept.to, kept.to_seq) = (None, 0);
        }
        if !gone.is_empty() {
            self.last = self.kept.last().map_or(before, |kept| kept.entry.number);
        }
        gone
    }
}

/// Whether two entries are the same; the same memory needs no look.
pub(super) fn same(a: &Arc<Entry>, b: &Arc<Entry>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

/// About how many bytes a machine counts for an entry.
pub(super) fn size(entry: &Entry) -> u64 {
    entry.body.text_bytes() + 64
}
