//! What the monitor is told as it happens: lines of the message log, rows that fire, and a sample each second.
//!
//! Owns how much of it is told: what a person can read is sent, the rest is counted. Who watches costs nothing while
//! nobody does, and one who reads too slowly misses news, which is counted too.

use super::core::Hub;
use super::gauges::{Fired, Sample};
use crate::journal::Stored;
use crate::journal::batch::{Joining, joining, stored};
use crate::web::line::LogLine;
use crate::world::World;
use async_channel::Sender;
use hobnob_machine::{Input, Out, Server};
use hobnob_spec::messages::Time;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How often the watchers are told at most.
const EVERY: Duration = Duration::from_millis(250);
/// How many lines they are told at once.
const LINES_MAX: usize = 40;
/// How many watchers there may be.
const WATCHERS_MAX: usize = 32;
/// How many of the latest lines are kept for who begins to watch a server that keeps nothing.
const LATEST_MAX: usize = 500;

/// Where a watcher hears: pieces of JSON, each whole.
pub(crate) type Watcher = Sender<Arc<str>>;

/// What is told at once.
#[derive(Serialize)]
struct News<'a> {
    lines: Vec<LogLine<'a>>,
    /// How many lines were left out.
    more: u64,
    fired: Changed,
    sample: Option<Sample>,
}

/// The rows that fired since the last time, by their place in the order of all, and how often they fired in all.
#[derive(Serialize)]
struct Changed {
    session: Vec<(usize, u64)>,
    transfer: Vec<(usize, u64)>,
}

/// What is gathered for the watchers.
pub(super) struct Feed {
    watchers: Vec<Watcher>,
    lines: VecDeque<Stored>,
    more: u64,
    told: Fired,
    sample: Option<Sample>,
    at: Duration,
    /// The latest lines, where no store keeps them.
    latest: Option<VecDeque<Stored>>,
}

impl Feed {
    /// With `keeps_latest` the latest lines are kept here.
    pub(super) fn new(told: Fired, keeps_latest: bool) -> Self {
        let latest = keeps_latest.then(VecDeque::new);
        Self { watchers: Vec::new(), lines: VecDeque::new(), more: 0, told, sample: None, at: Duration::ZERO, latest }
    }

    /// Whether anybody watches.
    pub(super) fn is_watched(&self) -> bool {
        !self.watchers.is_empty()
    }

    /// When the watchers are to be told.
    pub(super) fn at(&self) -> Option<Duration> {
        (self.is_watched() && (!self.lines.is_empty() || self.sample.is_some())).then_some(self.at)
    }

    /// Somebody watches from here on. One too many is turned away by the end of what it hears.
    pub(super) fn add(&mut self, watcher: Watcher) {
        self.watchers.retain(|watcher| !watcher.is_closed());
        if self.watchers.len() < WATCHERS_MAX {
            self.watchers.push(watcher);
        }
    }

    /// What has to be known of an input before the machine takes it.
    pub(super) fn before(&self, at: Time, input: &Input) -> Option<Joining> {
        (self.is_watched() || self.latest.is_some()).then(|| joining(at, input)).flatten()
    }

    /// Takes what a step brings to the message log.
    pub(super) fn take(&mut self, joining: Option<&Joining>, out: &Out, server: &Server) {
        if !self.is_watched() && self.latest.is_none() {
            return;
        }
        for stored in out.actions.iter().filter_map(|action| stored(action, joining, server)) {
            if let Some(latest) = &mut self.latest {
                if latest.len() == LATEST_MAX {
                    latest.pop_front();
                }
                latest.push_back(stored.clone());
            }
            if self.is_watched() {
                if self.lines.len() == LINES_MAX {
                    self.lines.pop_front();
                    self.more += 1;
                }
                self.lines.push_back(stored);
            }
        }
    }

    /// The latest lines as JSON, newest first, where no store keeps them.
    pub(super) fn latest(&self) -> Vec<Stored> {
        self.latest.iter().flatten().rev().cloned().collect()
    }

    /// A second is over.
    pub(super) fn sample(&mut self, sample: &Sample) {
        if self.is_watched() {
            self.sample = Some(sample.clone());
        }
    }

    /// Tells the watchers.
    pub(super) fn tell(&mut self, now: Duration, fired: &Fired) {
        self.at = now + EVERY;
        let changed = Changed {
            session: changes(&mut self.told.session, &fired.session),
            transfer: changes(&mut self.told.transfer, &fired.transfer),
        };
        let lines = self.lines.iter().rev().map(LogLine::of_stored).collect();
        let news = News { lines, more: self.more, fired: changed, sample: self.sample.take() };
        let news: Arc<str> = serde_json::to_string(&news).expect("news are made of what JSON can hold").into();
        let unread = self.lines.len() as u64;
        self.lines.clear();
        self.more = 0;
        self.watchers.retain(|watcher| !watcher.is_closed());
        for watcher in &self.watchers {
            if watcher.is_full() {
                self.more = self.more.max(unread);
            } else {
                // It is neither full nor closed, for nobody else sends.
                drop(watcher.try_send(Arc::clone(&news)));
            }
        }
    }
}

/// The counts that differ, which are noted as told.
fn changes(told: &mut [u64], counts: &[u64]) -> Vec<(usize, u64)> {
    let differ = told.iter_mut().zip(counts).enumerate().filter(|(_, (told, count))| **told != **count);
    differ
        .map(|(at, (told, count))| {
            (at, {
                *told = *count;
                *count
            })
        })
        .collect()
}

impl<W: World> Hub<W> {
    /// Tells the watchers what is due.
    pub(super) fn see_to_watchers(&mut self, now: Duration) {
        if self.feed.at().is_some_and(|at| at <= now) {
            self.feed.tell(now, &self.gauges.fired);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_once() {
        let mut told = vec![0, 0, 0];
        assert_eq!(changes(&mut told, &[0, 2, 0]), [(1, 2)]);
        assert_eq!(changes(&mut told, &[0, 2, 1]), [(2, 1)]);
        assert_eq!(changes(&mut told, &[0, 2, 1]), []);
    }

    #[test]
    fn a_watcher_too_many_is_turned_away() {
        let none = Fired { session: Vec::new(), transfer: Vec::new() };
        let mut feed = Feed::new(none.clone(), false);
        let (_one_too_many, ends): (Vec<_>, Vec<_>) = (0..=WATCHERS_MAX)
            .map(|_| {
                let (watcher, end) = async_channel::bounded(1);
                feed.add(watcher);
                ((), end)
            })
            .unzip();
        let open = ends.iter().filter(|end| !end.is_closed()).count();
        assert_eq!(open, WATCHERS_MAX);
    }
}
