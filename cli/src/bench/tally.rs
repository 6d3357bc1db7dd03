//! What was sent and delivered, and whether each delivery is the one that had to come next.

use hdrhistogram::Histogram;
use std::time::Instant;

/// How many mistakes are told in full.
const TOLD_MAX: usize = 5;
/// The longest latency that is told from longer ones: an hour, in microseconds.
const LATENCY_US_MAX: u64 = 3_600_000_000;
/// The shortest text that holds a [`Mark`], in bytes.
const MARK_BYTES: usize = 34;

/// Counts and checks of a workload.
pub(super) struct Tally {
    began: Instant,
    /// How many messages were sent.
    pub(super) messages: u64,
    /// How many deliveries arrived.
    pub(super) deliveries: u64,
    /// From sending to delivery.
    pub(super) latency_us: Histogram<u64>,
    told: Vec<String>,
    mistakes: u64,
}

/// What each text begins with: who sent it, the how-many-eth it is, and when it was (to be) sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// The sender's place among the senders.
    pub(super) sender: u16,
    /// 0, 1, 2 … for each sender.
    pub(super) turn: u64,
    /// Nanoseconds since the workload began.
    pub(super) at_ns: u64,
}

impl Mark {
    /// A text that begins with the mark and has that many bytes.
    pub(super) fn text(self, bytes: usize) -> String {
        let mut text = format!("{:04x} {:012x} {:015x} ", self.sender, self.turn, self.at_ns);
        debug_assert_eq!(text.len(), MARK_BYTES);
        text.extend(std::iter::repeat_n('x', bytes.saturating_sub(MARK_BYTES)));
        text
    }

    /// The mark of a text.
    pub(super) fn read(text: &str) -> Option<Self> {
        let part = |from, to| u64::from_str_radix(text.get(from..to)?, 16).ok();
        Some(Self { sender: u16::try_from(part(0, 4)?).ok()?, turn: part(5, 17)?, at_ns: part(18, 33)? })
    }
}

impl Tally {
    /// Counts from now on.
    pub(super) fn new() -> Self {
        let latency_us = Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).expect("these are bounds");
        Self { began: Instant::now(), messages: 0, deliveries: 0, latency_us, told: Vec::new(), mistakes: 0 }
    }

    /// When counting began.
    pub(super) fn began(&self) -> Instant {
        self.began
    }

    /// Nanoseconds since then.
    pub(super) fn now_ns(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Counts a delivery, seen at `now_ns`.
    pub(super) fn delivered(&mut self, mark: Mark, now_ns: u64) {
        self.deliveries += 1;
        self.latency_us.saturating_record(now_ns.saturating_sub(mark.at_ns) / 1_000);
    }

    /// Remembers a mistake.
    pub(super) fn mistake(&mut self, what: impl FnOnce() -> String) {
        self.mistakes += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push(what());
        }
    }

    /// The mistakes, those beyond the first few as a number.
    pub(super) fn wrong(&self) -> Vec<String> {
        let mut wrong = self.told.clone();
        let more = self.mistakes - wrong.len() as u64;
        if more > 0 {
            wrong.push(format!("and {more} more"));
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_from_its_text() {
        let mark = Mark { sender: 3, turn: 1_000_000, at_ns: 3_600_000_000_000 };
        let text = mark.text(100);
        assert_eq!(text.len(), 100);
        assert_eq!(Mark::read(&text), Some(mark));
        assert_eq!(Mark::read("hello"), None);
    }

    #[test]
    fn mistakes_are_all_counted_and_few_are_told() {
        let mut tally = Tally::new();
        (0..7).for_each(|at| tally.mistake(|| format!("mistake {at}")));
        assert_eq!(tally.wrong().len(), TOLD_MAX + 1);
        assert_eq!(tally.wrong().last().map(String::as_str), Some("and 2 more"));
    }

    #[test]
    fn a_second_is_counted_as_a_second() {
        let mut tally = Tally::new();
        tally.delivered(Mark { sender: 0, turn: 0, at_ns: 1_000_000_000 }, 2_000_000_000);
        let median = tally.latency_us.value_at_quantile(0.5);
        assert!((999_000..=1_001_000).contains(&median), "{median} µs is about a second");
    }
}
