//! The numbered messages of one room or conversation: the last number, and the recent entries.
//!
//! Owns numbering and the bound on what is kept. Older entries are the store's.

use hobnob_spec::limits::Limits;
use hobnob_spec::messages::{Body, Entry, Time};
use hobnob_spec::names::Nick;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Log {
    pub(super) last: u64,
    kept: VecDeque<Arc<Entry>>,
    kept_bytes: u64,
}

/// Which entries a page is to have: `after < number < before`, the newest `limit` of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) after: u64,
    pub(super) before: u64,
    pub(super) limit: u64,
}

impl Log {
    /// A log whose first entry will have the number after `last`.
    pub(super) fn after(last: u64) -> Self {
        Self { last, ..Self::default() }
    }

    /// Numbers and keeps an entry.
    pub(super) fn push(&mut self, at: Time, nick: Nick, body: Body, limits: &Limits) -> Arc<Entry> {
        self.last += 1;
        let entry = Arc::new(Entry { number: self.last, at, nick, body });
        self.kept_bytes += entry.bytes();
        self.kept.push_back(Arc::clone(&entry));
        self.trim(limits);
        entry
    }

    /// Lets go of the oldest entries beyond what may be kept; the latest stays.
    pub(super) fn trim(&mut self, limits: &Limits) {
        let crowded =
            |log: &Self| log.kept.len() as u64 > limits.kept_entries_max || log.kept_bytes > limits.kept_bytes_max;
        while self.kept.len() > 1 && crowded(self) {
            let oldest = self.kept.pop_front().expect("more than one are kept");
            self.kept_bytes -= oldest.bytes();
        }
    }

    /// The number before the first entry that is kept.
    pub(super) fn kept_after(&self) -> u64 {
        self.last - self.kept.len() as u64
    }

    /// Whether no more is kept than may be.
    pub(super) fn in_bounds(&self, limits: &Limits) -> bool {
        let few = self.kept.len() as u64 <= limits.kept_entries_max && self.kept_bytes <= limits.kept_bytes_max;
        few || self.kept.len() <= 1
    }

    /// The kept entries of a higher number than this.
    pub(super) fn newer(&self, after: u64) -> impl Iterator<Item = &Arc<Entry>> {
        let skip = after.clamp(self.kept_after(), self.last) - self.kept_after();
        self.kept.range(usize::try_from(skip).expect("it is no more than are kept")..)
    }

    /// The newest kept entries of a higher number than this, as many as have so many bytes, but one at least.
    pub(super) fn newest_within(&self, after: u64, bytes_max: u64) -> Vec<Arc<Entry>> {
        let newer = self.kept.iter().rev().take_while(|entry| entry.number > after);
        let mut newest: Vec<_> = newer.take_while(within(bytes_max)).cloned().collect();
        newest.reverse();
        newest
    }

    /// The newest `count` kept entries up to and with the number `last`.
    pub(super) fn latest(&self, last: u64, count: u64) -> impl Iterator<Item = &Arc<Entry>> {
        self.newer(last.saturating_sub(count)).take_while(move |entry| entry.number <= last)
    }

    /// Whether part of a page is older than what is kept.
    pub(super) fn reaches_below(&self, span: Span) -> bool {
        let before = span.before.min(self.last + 1);
        let first_wanted = before.saturating_sub(span.limit).max(span.after + 1);
        first_wanted <= self.kept_after() && first_wanted < before
    }

    /// A page of what is kept, of about so many bytes at most, oldest first, and whether there are older entries, here or in a store.
    pub(super) fn page(&self, span: Span, bytes_max: u64, stored: bool) -> (Vec<Arc<Entry>>, bool) {
        let mut page: Vec<_> = self
            .kept
            .iter()
            .rev()
            .skip_while(|entry| entry.number >= span.before)
            .take_while(|entry| entry.number > span.after)
            .take(usize::try_from(span.limit).unwrap_or(usize::MAX))
            .take_while(within(bytes_max))
            .cloned()
            .collect();
        page.reverse();
        let oldest = page.first().map_or(0, |entry| entry.number);
        let had_after = if stored { span.after } else { span.after.max(self.kept_after()) };
        (page, oldest > had_after + 1)
    }

    /// What must hold of it.
    pub(super) fn check(&self) {
        let numbers = self.kept.iter().map(|entry| entry.number);
        assert!(
            numbers.eq(self.kept_after() + 1..=self.last),
            "kept entries are numbered without holes up to the last"
        );
        let bytes: u64 = self.kept.iter().map(|entry| entry.bytes()).sum();
        assert_eq!(bytes, self.kept_bytes, "the bytes kept are counted");
    }
}

/// Whether the next entry is the first, or has place within so many bytes with those before it.
fn within(bytes_max: u64) -> impl FnMut(&&Arc<Entry>) -> bool {
    let mut bytes = 0;
    move |entry| {
        let first = bytes == 0;
        bytes += entry.bytes();
        first || bytes <= bytes_max
    }
}

#[cfg(test)]
mod tests;
