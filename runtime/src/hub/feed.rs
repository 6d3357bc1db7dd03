//! What the monitor is told as it happens: lines of the message log, rows that fire, and a sample each second.
//!
//! Owns how much of it is told: what a person can read is sent, the rest is counted. Watching costs nothing while nobody
//! does. One who reads too slowly misses lines, and is told how many and how often all rows fired when there is room again.

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
/// After how many bytes of text no more lines are told at once.
const BYTES_MAX: usize = 256 << 10;
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

/// Somebody who watches.
struct Watching {
    watcher: Watcher,
    /// How many lines were not told for want of room.
    missed: u64,
    /// Whether it missed which rows fired.
    stale: bool,
}

/// What is gathered for the watchers.
pub(super) struct Feed {
    watchers: Vec<Watching>,
    lines: VecDeque<Stored>,
    /// How many bytes of text they have.
    bytes: usize,
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
        let (watchers, lines) = (Vec::new(), VecDeque::new());
        Self { watchers, lines, bytes: 0, more: 0, told, sample: None, at: Duration::ZERO, latest }
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
        self.watchers.retain(|watching| !watching.watcher.is_closed());
        if self.watchers.len() < WATCHERS_MAX {
            self.watchers.push(Watching { watcher, missed: 0, stale: true });
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
                self.push(stored);
            }
        }
    }

    /// Gathers a line; the oldest are only counted where there are more than a person can read.
    fn push(&mut self, stored: Stored) {
        self.bytes += text_bytes(&stored);
        self.lines.push_back(stored);
        while self.lines.len() > LINES_MAX || (self.bytes > BYTES_MAX && self.lines.len() > 1) {
            let oldest = self.lines.pop_front();
            self.bytes -= oldest.as_ref().map_or(0, text_bytes);
            self.more += 1;
        }
    }

    /// The latest lines, newest first, where no store keeps them.
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
        let (lines, sample) = (&self.lines, self.sample.take());
        let news = |more, fired| {
            let lines = lines.iter().rev().map(LogLine::of_stored).collect();
            let news = News { lines, more, fired, sample: sample.clone() };
            Arc::<str>::from(serde_json::to_string(&news).expect("news are made of what JSON can hold"))
        };
        let usual = news(self.more, Changed::since(&self.told, fired));
        self.watchers.retain(|watching| !watching.watcher.is_closed());
        for Watching { watcher, missed, stale } in &mut self.watchers {
            if watcher.is_full() {
                *missed += lines.len() as u64 + self.more;
                *stale = true;
                continue;
            }
            let own = if *stale { news(self.more + *missed, Changed::all(fired)) } else { Arc::clone(&usual) };
            (*missed, *stale) = (0, false);
            // It is neither full nor closed, for nobody else sends.
            drop(watcher.try_send(own));
        }
        self.told.clone_from(fired);
        self.lines.clear();
        (self.bytes, self.more) = (0, 0);
    }
}

/// How many bytes of text a line has.
fn text_bytes(stored: &Stored) -> usize {
    stored.columns().line.text.map_or(0, str::len)
}

impl Changed {
    /// The rows that fired since these counts were told.
    fn since(told: &Fired, fired: &Fired) -> Self {
        Self { session: changes(&told.session, &fired.session), transfer: changes(&told.transfer, &fired.transfer) }
    }

    /// All rows that ever fired.
    fn all(fired: &Fired) -> Self {
        let all = |counts: &[u64]| changes(&vec![0; counts.len()], counts);
        Self { session: all(&fired.session), transfer: all(&fired.transfer) }
    }
}

/// The counts that differ from those that were told, by their places.
fn changes(told: &[u64], counts: &[u64]) -> Vec<(usize, u64)> {
    let differ = told.iter().zip(counts).enumerate().filter(|(_, (told, count))| told != count);
    differ.map(|(at, (_, count))| (at, *count)).collect()
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
    use hobnob_spec::messages::{Body, Entry};
    use hobnob_spec::names::{Nick, RoomName, Text};

    fn said(number: u64, text: String) -> Stored {
        let nick = Nick::parse("ann").expect("a nick");
        let body = Body::Text(Text::parse(text).expect("a text"));
        let (key, name) = ("lobby".into(), RoomName::parse("lobby").expect("a room"));
        Stored::Room { key, name, entry: Arc::new(Entry { number, at: Time(number), nick, body }) }
    }

    fn fired(counts: &[u64]) -> Fired {
        Fired { session: counts.to_vec(), transfer: Vec::new() }
    }

    fn heard(end: &async_channel::Receiver<Arc<str>>) -> serde_json::Value {
        serde_json::from_str(&end.try_recv().expect("something was told")).expect("news are JSON")
    }

    #[test]
    fn counts_are_told_once_and_all_of_them_to_who_missed_some() {
        let mut feed = Feed::new(fired(&[0, 0, 0]), false);
        let ((quick, hears), (slow, reads)) = (async_channel::bounded(8), async_channel::bounded(1));
        feed.add(quick);
        feed.add(slow);
        feed.tell(Duration::ZERO, &fired(&[1, 0, 0]));
        feed.lines.push_back(said(1, "missed".to_owned()));
        feed.tell(Duration::ZERO, &fired(&[1, 2, 0]));
        feed.lines.push_back(said(2, "missed, too".to_owned()));
        feed.more = 3;
        feed.tell(Duration::ZERO, &fired(&[1, 2, 1]));
        reads.try_recv().expect("the first news came");
        feed.tell(Duration::ZERO, &fired(&[1, 3, 1]));
        let slow = heard(&reads);
        assert_eq!(slow["fired"]["session"], serde_json::json!([[0, 1], [1, 3], [2, 1]]));
        assert_eq!((&slow["more"], slow["lines"].as_array().map(Vec::len)), (&5.into(), Some(0)));
        let quick: Vec<_> = (0..4).map(|_| heard(&hears)).collect();
        assert_eq!(quick[2]["fired"]["session"], serde_json::json!([[2, 1]]));
        assert_eq!((&quick[2]["more"], &quick[3]["more"]), (&3.into(), &0.into()));
    }

    #[test]
    fn what_nobody_could_read_is_counted() {
        let mut feed = Feed::new(fired(&[]), false);
        let (watcher, end) = async_channel::bounded(1);
        feed.add(watcher);
        for number in 1..=100 {
            feed.push(said(number, format!("message {number}")));
        }
        feed.tell(Duration::ZERO, &fired(&[]));
        let news = heard(&end);
        assert_eq!((news["lines"][0]["text"].as_str(), &news["more"]), (Some("message 100"), &60.into()));
        for number in 1..=10 {
            feed.push(said(number, "\u{1f44b}".repeat(60_000)));
        }
        feed.tell(Duration::ZERO, &fired(&[]));
        let news = heard(&end);
        assert_eq!((news["lines"].as_array().map(Vec::len), &news["more"]), (Some(1), &9.into()));
    }

    #[test]
    fn a_watcher_too_many_is_turned_away() {
        let mut feed = Feed::new(fired(&[]), false);
        let mut come = || {
            let (watcher, end) = async_channel::bounded::<Arc<str>>(1);
            feed.add(watcher);
            end
        };
        let ends: Vec<_> = (0..=WATCHERS_MAX).map(|_| come()).collect();
        let open = ends.iter().filter(|end| !end.is_closed()).count();
        assert_eq!(open, WATCHERS_MAX);
    }
}
