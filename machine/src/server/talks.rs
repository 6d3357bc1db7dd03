//! Private conversations: their numbered messages, who has seen which, and who has some waiting.
//!
//! Owns what is known of a pair of nicks, present or not. Who is present it does not know.

use super::keys::fold;
use super::log::Log;
use crate::io::Pair;
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::{Body, ENTRY_BYTES, Entry, Time};
use hobnob_spec::names::Nick;
use hobnob_spec::profile::NickCase;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Talk {
    pub(super) log: Log,
    /// The number of the last message that was sent to each party.
    seen: [u64; 2],
    /// When it was last used, counted in uses of any.
    used: u64,
}

/// All conversations that are remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Talks {
    talks: BTreeMap<Pair, Talk>,
    /// For each nick with messages waiting, the conversations they wait in.
    waiting: BTreeMap<Arc<str>, BTreeSet<Pair>>,
    uses: u64,
    /// The highest number of a conversation that was forgotten: a new one goes on after it, so that the store never
    /// gets two messages of one number.
    floor: u64,
}

impl Pair {
    /// The pair of two nicks, as nicks are compared.
    pub fn of(a: &Arc<str>, b: &Arc<str>) -> Self {
        if a <= b { Self(Arc::clone(a), Arc::clone(b)) } else { Self(Arc::clone(b), Arc::clone(a)) }
    }

    /// The other party.
    pub fn other(&self, one: &str) -> &Arc<str> {
        if *self.0 == *one { &self.1 } else { &self.0 }
    }

    fn side(&self, one: &str) -> usize {
        usize::from(*self.0 != *one)
    }
}

impl Talks {
    pub(super) fn talk(&self, pair: &Pair) -> Option<&Talk> {
        self.talks.get(pair)
    }

    /// The number of the last message of a conversation, known or new.
    pub(super) fn last(&self, pair: &Pair) -> u64 {
        self.talks.get(pair).map_or(self.floor, |talk| talk.log.last)
    }

    /// The number of the last message that a party was sent.
    pub(super) fn seen(&self, pair: &Pair, key: &str) -> u64 {
        self.talks.get(pair).map_or(self.floor, |talk| talk.seen[pair.side(key)])
    }

    /// Whether a message of so many bytes would be one too many to wait for this party.
    pub(super) fn is_full_for(&self, pair: &Pair, key: &str, bytes: u64, limits: &Limits) -> bool {
        self.would_forget(pair, key, bytes, limits).unwrap_or_else(|| {
            let waiting: usize = self.waiting.values().map(BTreeSet::len).sum();
            waiting as u64 >= limits.waiting_conversations_max || !self.has_place_for(pair, limits)
        })
    }

    /// Whether a message of so many bytes, whoever says it, has no place behind those of its conversation that wait for
    /// this party; `None` if none waits.
    pub(super) fn would_forget(&self, pair: &Pair, key: &str, bytes: u64, limits: &Limits) -> Option<bool> {
        self.waiting.get(key).filter(|pairs| pairs.contains(pair))?;
        let talk = self.talks.get(pair)?;
        let waiting = talk.log.newer(talk.seen[pair.side(key)]);
        let (count, used) = waiting.fold((0, 0), |(count, used), entry| (count + 1, used + entry.bytes()));
        let many = count >= limits.mail_max.min(limits.kept_entries_max);
        Some(many || used + bytes + ENTRY_BYTES > limits.kept_bytes_max)
    }

    /// Whether a conversation is there, or there is place for it.
    pub(super) fn has_place_for(&self, pair: &Pair, limits: &Limits) -> bool {
        let few = (self.talks.len() as u64) < limits.conversations_max;
        few || self.talks.contains_key(pair) || self.forgettable().is_some()
    }

    /// Numbers and keeps a message, which waits for its recipient until [`Talks::mark_seen`].
    pub(super) fn keep(
        &mut self,
        pair: &Pair,
        to: &Arc<str>,
        at: Time,
        from: Nick,
        body: Body,
        limits: &Limits,
    ) -> Arc<Entry> {
        if !self.talks.contains_key(pair) {
            let talk = Talk { log: Log::after(self.floor), seen: [self.floor; 2], used: 0 };
            self.talks.insert(pair.clone(), talk);
        }
        self.uses += 1;
        let talk = self.talks.get_mut(pair).expect("it was there or was made");
        talk.used = self.uses;
        if self.waiting.entry(Arc::clone(to)).or_default().insert(pair.clone()) {
            // Nothing waited, so all there was has been sent or was said by the recipient.
            talk.seen[pair.side(to)] = talk.log.last;
        }
        talk.log.push(at, from, body, limits)
    }

    /// Notes that a party has been sent all there is.
    pub(super) fn mark_seen(&mut self, pair: &Pair, key: &str) {
        if let Some(talk) = self.talks.get_mut(pair) {
            talk.seen[pair.side(key)] = talk.log.last;
        }
        if let Some(pairs) = self.waiting.get_mut(key) {
            pairs.remove(pair);
            if pairs.is_empty() {
                self.waiting.remove(key);
            }
        }
    }

    /// Lets go of what waited for this nick longer than it may, and of all nicks' if as many conversations wait as may;
    /// `present` says of a nick whether somebody has it, for whom things may wait as long as that is so.
    pub(super) fn expire(&mut self, key: &Arc<str>, now: Time, limits: &Limits, present: impl Fn(&str) -> bool) {
        let waiting: usize = self.waiting.values().map(BTreeSet::len).sum();
        let keys = match waiting as u64 >= limits.waiting_conversations_max {
            true => self.waiting.keys().cloned().collect(),
            false => vec![Arc::clone(key)],
        };
        for key in keys.iter().filter(|key| !present(key)) {
            self.expire_for(key, now, limits);
        }
    }

    /// Lets go of what waited for this nick longer than it may: it counts as sent.
    pub(super) fn expire_for(&mut self, key: &str, now: Time, limits: &Limits) {
        if limits.mail_age_ms == 0 {
            return;
        }
        for pair in self.waiting_for(key) {
            let talk = self.talks.get_mut(&pair).expect("a conversation in which something waits is there");
            let seen = &mut talk.seen[pair.side(key)];
            let waits = talk.log.newer(*seen);
            let old = waits.take_while(|entry| now.since(entry.at) > limits.mail_age_ms).last();
            *seen = old.map_or(*seen, |entry| entry.number);
            if *seen == talk.log.last {
                self.mark_seen(&pair, key);
            }
        }
    }

    /// The conversations in which messages wait for this nick.
    pub(super) fn waiting_for(&self, key: &str) -> Vec<Pair> {
        self.waiting.get(key).map(|pairs| pairs.iter().cloned().collect()).unwrap_or_default()
    }

    /// The messages of a conversation after a number that the other party said.
    pub(super) fn from_other(&self, pair: &Pair, key: &str, after: u64, case: NickCase) -> Vec<Arc<Entry>> {
        let Some(talk) = self.talks.get(pair) else { return Vec::new() };
        let by_other = |entry: &&Arc<Entry>| *fold(case, entry.nick.as_str()) != *key;
        talk.log.newer(after).filter(by_other).cloned().collect()
    }

    /// The messages of a conversation after a number, whoever of the two said them.
    pub(super) fn after(&self, pair: &Pair, after: u64) -> Vec<Arc<Entry>> {
        self.talks.get(pair).map(|talk| talk.log.newer(after).cloned().collect()).unwrap_or_default()
    }

    /// Forgets one conversation, if there are more than so many and nothing waits in one of them.
    pub(super) fn forget_beyond(&mut self, at_most: u64) -> Option<Pair> {
        if self.talks.len() as u64 <= at_most {
            return None;
        }
        let pair = self.forgettable().cloned()?;
        let talk = self.talks.remove(&pair).expect("it was just found");
        self.floor = self.floor.max(talk.log.last);
        Some(pair)
    }

    /// The conversation that rested longest, of those in which nothing waits.
    fn forgettable(&self) -> Option<&Pair> {
        let waits = |pair: &Pair| {
            [&pair.0, &pair.1].into_iter().any(|key| self.waiting.get(key).is_some_and(|pairs| pairs.contains(pair)))
        };
        self.talks.iter().filter(|(pair, _)| !waits(pair)).min_by_key(|(_, talk)| talk.used).map(|(pair, _)| pair)
    }

    /// What must hold of them.
    pub(super) fn check(&self, limits: &Limits) {
        let few = self.talks.len() as u64 <= limits.conversations_max;
        assert!(few || self.forgettable().is_none(), "no more conversations are kept than may be, or have to be");
        for (pair, talk) in &self.talks {
            talk.log.check();
            assert!(pair.0 <= pair.1, "a pair is in order");
            assert!(talk.seen.iter().all(|seen| *seen <= talk.log.last), "nobody has seen what was not said");
        }
        for (key, pairs) in &self.waiting {
            assert!(!pairs.is_empty(), "a nick with nothing waiting is not listed");
            for pair in pairs {
                let talk = self.talks.get(pair).expect("what waits is kept");
                assert!(talk.seen[pair.side(key)] >= talk.log.kept_after(), "nothing that waits was forgotten");
            }
        }
    }
}

#[cfg(test)]
mod tests;
