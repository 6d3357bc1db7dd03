//! What one user was shown of one room or conversation: which numbers, and in which order.

use super::names::Name;
use crate::promise::Promise;
use hobnob_machine::When;
use hobnob_spec::messages::{Body, Entry, Past};

/// Numbers as runs without holes, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Runs(Vec<(u64, u64)>);

impl Runs {
    /// Adds a number; whether it is new.
    pub(super) fn add(&mut self, number: u64) -> bool {
        if let Some((_, last)) = self.0.last_mut()
            && number == *last + 1
        {
            *last = number;
            return true;
        }
        let at = self.0.partition_point(|(first, _)| *first <= number);
        if at > 0 && self.0[at - 1].1 >= number {
            return false;
        }
        self.0.insert(at, (number, number));
        if at > 0 && self.0[at - 1].1 + 1 == number {
            self.0[at - 1].1 = number;
            self.0.remove(at);
        }
        true
    }

    /// Takes off this number and all after it.
    pub(super) fn cut(&mut self, number: u64) {
        self.0.retain(|(first, _)| *first < number);
        if let Some((_, last)) = self.0.last_mut() {
            *last = (*last).min(number.saturating_sub(1));
        }
    }

    /// Whether a number is among them.
    pub(super) fn has(&self, number: u64) -> bool {
        let at = self.0.partition_point(|(first, _)| *first <= number);
        at > 0 && self.0[at - 1].1 >= number
    }
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Room,
    /// A conversation.
    Talk,
    /// A conversation of which the server keeps only a part: what one said oneself may stand elsewhere.
    Loose,
}

/// What a user was shown of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Track {
    seen: Runs,
    /// The last message that is not history; `None` before the first.
    pub(super) last: Option<u64>,
    /// The last message of the history that is being shown.
    history: Option<u64>,
    /// A power cut took messages that the user has, as it may: numbers mean nothing until the user comes anew.
    pub(super) shaken: bool,
    /// The room was left, and the user has asked to enter it again.
    pub(super) left: bool,
}

impl Track {
    /// Whether the user was shown the message of this number.
    pub(super) fn has(&self, number: u64) -> bool {
        self.seen.has(number)
    }

    /// History is about to come, or to come no more.
    pub(super) fn begin_history(&mut self) {
        self.history = None;
    }

    /// The user is in after this number.
    pub(super) fn enter(&mut self, last: u64) {
        (self.history, self.left) = (None, false);
        self.last = self.last.max(Some(last));
    }

    /// A hole is told.
    pub(super) fn gap(&mut self, missing: u64) {
        self.last = self.last.map(|last| last + missing);
    }

    /// A power cut took this message and all after it, as it may.
    pub(super) fn shake(&mut self, number: u64) {
        if self.seen.has(number) {
            self.seen.cut(number);
            self.shaken = true;
        }
    }

    /// A message is shown; what is wrong with that.
    pub(super) fn show(&mut self, own: Option<Name>, nick: Name, (entry, when): (&Entry, When), kind: Kind) -> Wrong {
        let number = entry.number;
        let in_room = kind == Kind::Room;
        let comes = in_room && own == Some(nick) && matches!(entry.body, Body::Joined(_) | Body::Entered(_));
        if comes && when != When::Past(Past::History) {
            self.shaken = false;
        }
        let new = self.seen.add(number);
        if self.shaken {
            self.last = self.last.max(Some(number));
            return None;
        }
        if !new {
            return Some((Promise::ShownOnce, "again".to_owned()));
        }
        if when == When::Past(Past::History) {
            let before = self.history.replace(number);
            let meets = before.is_none_or(|before| before + 1 == number);
            return wrong(!meets, Promise::HistoryMeetsLive, "in the history after number", before);
        }
        if kind == Kind::Loose && own == Some(nick) {
            return None;
        }
        if !in_room {
            let before = self.last;
            self.last = before.max(Some(number));
            return wrong(before.is_some_and(|before| number < before), Promise::OneOrder, "after number", before);
        }
        let before = self.last.replace(number);
        if comes {
            let history = self.history.take();
            let meets = history.is_none_or(|history| history + 1 == number);
            return wrong(
                !meets,
                Promise::HistoryMeetsLive,
                "as the first after the history, which ends with",
                history,
            );
        }
        let follows = before.is_none_or(|before| before + 1 == number);
        wrong(!follows, Promise::OneOrder, "after number", before)
    }
}

/// Which promise is broken, and how, as the end of a sentence.
pub(super) type Wrong = Option<(Promise, String)>;

fn wrong(is: bool, promise: Promise, how: &str, before: Option<u64>) -> Wrong {
    is.then(|| (promise, format!("{how} {}", before.unwrap_or(0))))
}
