//! What the monitor shows of the server's work: counts since the start, how long deliveries take, a sample of each
//! second of the last hour, and how often each row of the tables fired.
//!
//! Counting costs a step a few additions, whoever looks. Samples are taken only where a monitor can be opened.

use super::core::Hub;
use super::tally::Tally;
use crate::world::World;
use hdrhistogram::Histogram;
use hobnob_machine::Out;
use hobnob_spec::messages::Time;
use hobnob_spec::session::{self, No};
use hobnob_spec::transfer;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How many samples are kept: one a second for an hour.
const SAMPLES_MAX: usize = 3_600;
/// The longest delivery that is told from longer ones, in microseconds: a minute.
const LONGEST_US: u64 = 60_000_000;

/// What happened in one second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Sample {
    /// When the second ended.
    pub(crate) at: u64,
    pub(crate) clients: u64,
    pub(crate) messages: u64,
    pub(crate) deliveries: u64,
    pub(crate) refused: u64,
    /// How often for which reason; those that were not given are left out.
    pub(crate) refusals: BTreeMap<&'static str, u64>,
    pub(crate) mutes: u64,
    /// How many records were not durable yet.
    pub(crate) lag: u64,
    /// How many bytes of memory the process has; 0 where the system does not tell.
    pub(crate) memory: u64,
    /// How long half of the deliveries took at most, in microseconds; 0 where there was none.
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
}

/// Counts since the start.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Totals {
    pub(crate) since: u64,
    pub(crate) clients: u64,
    pub(crate) clients_peak: u64,
    pub(crate) messages: u64,
    pub(crate) deliveries: u64,
    pub(crate) mutes: u64,
    pub(crate) warnings: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) lag: u64,
    pub(crate) memory: u64,
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
    /// How often each refusal was given, by its name.
    pub(crate) refusals: BTreeMap<&'static str, u64>,
}

/// All that was counted.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Stats {
    pub(crate) now: Totals,
    pub(crate) hour: Vec<Sample>,
    #[serde(skip)]
    pub(crate) fired: Fired,
}

/// How often each row fired: the rows of the session table, and those of the transfer table, each in the order of
/// states, events and places in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fired {
    pub(crate) session: Vec<u64>,
    pub(crate) transfer: Vec<u64>,
}

/// Where the rows of each cell begin in that order.
#[derive(Debug)]
struct Places {
    session: Vec<usize>,
    transfer: Vec<usize>,
}

impl Places {
    fn new() -> (Self, Fired) {
        let session = session::State::ALL
            .iter()
            .flat_map(|state| session::Event::ALL.iter().map(|event| session::cell(*state, *event).len()));
        let transfer = transfer::State::ALL
            .iter()
            .flat_map(|state| transfer::Event::ALL.iter().map(|event| transfer::cell(*state, *event).len()));
        let ((session, rows), (transfer, others)) = (begins(session), begins(transfer));
        (Self { session, transfer }, Fired { session: vec![0; rows], transfer: vec![0; others] })
    }
}

/// Where each cell begins, and how many rows there are in all.
fn begins(lengths: impl Iterator<Item = usize>) -> (Vec<usize>, usize) {
    let mut next = 0;
    let begins = lengths.map(|length| {
        let begins = next;
        next += length;
        begins
    });
    let begins = begins.collect();
    (begins, next)
}

/// What is measured.
pub(super) struct Gauges {
    since: Time,
    places: Places,
    pub(super) fired: Fired,
    delays: Histogram<u64>,
    /// Those of the present second.
    recent: Histogram<u64>,
    samples: VecDeque<Sample>,
    /// The counts at the last sample, and those of each refusal.
    before: [u64; 6],
    refused_before: [u64; No::ALL.len()],
}

impl Gauges {
    pub(super) fn new(since: Time) -> Self {
        let histogram = || Histogram::new_with_max(LONGEST_US, 2).expect("two digits up to a minute can be told apart");
        let (places, fired) = Places::new();
        let (delays, recent) = (histogram(), histogram());
        Self {
            since,
            places,
            fired,
            delays,
            recent,
            samples: VecDeque::new(),
            before: [0; 6],
            refused_before: [0; No::ALL.len()],
        }
    }

    /// Counts the rows that fired.
    pub(super) fn count(&mut self, out: &Out) {
        for fired in &out.fired {
            let cell = fired.state.index() * session::Event::ALL.len() + fired.event.index();
            self.fired.session[self.places.session[cell] + usize::from(fired.row)] += 1;
        }
        for fired in &out.transfers {
            let cell = fired.state.index() * transfer::Event::ALL.len() + fired.event.index();
            self.fired.transfer[self.places.transfer[cell] + usize::from(fired.row)] += 1;
        }
    }

    /// So many messages were handed to sockets so long after what caused them was taken.
    pub(super) fn delivered(&mut self, count: u64, after: Duration) {
        let us = u64::try_from(after.as_micros()).unwrap_or(LONGEST_US).clamp(1, LONGEST_US);
        self.recent.record_n(us, count).expect("it is no longer than the longest");
    }

    /// Ends a second.
    pub(super) fn sample(&mut self, at: Time, tally: &Tally, clients: usize, lag: u64) -> &Sample {
        let now =
            [tally.messages_in, tally.deliveries, tally.refusals.total(), tally.mutes, tally.bytes_in, tally.bytes_out];
        let [messages, deliveries, refused, mutes, bytes_in, bytes_out] =
            std::array::from_fn(|at| now[at] - self.before[at]);
        self.before = now;
        let refused_now = No::ALL.iter().map(|no| tally.refusals.of(*no));
        let refusals =
            No::ALL.iter().zip(&mut self.refused_before).zip(refused_now).filter_map(|((no, before), now)| {
                let more = now - std::mem::replace(before, now);
                (more > 0).then(|| (no.name(), more))
            });
        let refusals = refusals.collect();
        let (p50_us, p99_us) = quantiles(&self.recent);
        self.delays.add(&self.recent).expect("both have the same bounds");
        self.recent.reset();
        if self.samples.len() == SAMPLES_MAX {
            self.samples.pop_front();
        }
        self.samples.push_back(Sample {
            at: at.0,
            clients: clients as u64,
            messages,
            deliveries,
            refused,
            refusals,
            mutes,
            lag,
            memory: memory(),
            p50_us,
            p99_us,
            bytes_in,
            bytes_out,
        });
        self.samples.back().expect("it was pushed")
    }
}

/// How long half of the deliveries took at most, and all but a hundredth.
fn quantiles(delays: &Histogram<u64>) -> (u64, u64) {
    if delays.is_empty() { (0, 0) } else { (delays.value_at_quantile(0.5), delays.value_at_quantile(0.99)) }
}

/// How many bytes of memory the process has; 0 where the system does not tell.
fn memory() -> u64 {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem as u64)
}

impl<W: World> Hub<W> {
    /// All that was counted.
    pub(super) fn stats(&self) -> Stats {
        let hour = self.gauges.samples.iter().cloned().collect();
        Stats { now: self.totals(), hour, fired: self.gauges.fired.clone() }
    }

    /// What was counted since the start.
    pub(super) fn totals(&self) -> Totals {
        let Self { tally, gauges, .. } = self;
        let mut delays = gauges.delays.clone();
        delays.add(&gauges.recent).expect("both have the same bounds");
        let (p50_us, p99_us) = quantiles(&delays);
        let refusals = No::ALL.iter().map(|no| (no.name(), tally.refusals.of(*no))).filter(|(_, count)| *count > 0);
        Totals {
            since: gauges.since.0,
            clients: self.lines.len() as u64,
            clients_peak: tally.clients_peak as u64,
            messages: tally.messages_in,
            deliveries: tally.deliveries,
            mutes: tally.mutes,
            warnings: tally.warnings,
            bytes_in: tally.bytes_in,
            bytes_out: tally.bytes_out,
            lag: self.parts.keeper.lag(),
            memory: gauges.samples.back().map_or(0, |sample| sample.memory),
            p50_us,
            p99_us,
            refusals: refusals.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_place_of_its_own() {
        let (places, fired) = Places::new();
        let rows: usize = session::State::ALL
            .iter()
            .flat_map(|state| session::Event::ALL.iter().map(move |event| session::cell(*state, *event).len()))
            .sum();
        assert_eq!(fired.session.len(), rows);
        assert!(places.session.is_sorted() && places.transfer.is_sorted());
        assert_eq!(places.session.len(), session::State::ALL.len() * session::Event::ALL.len());
    }

    #[test]
    fn a_sample_tells_what_happened_since_the_last_one() {
        let mut gauges = Gauges::new(Time(0));
        let mut tally = Tally { messages_in: 5, deliveries: 50, ..Tally::default() };
        gauges.delivered(50, Duration::from_micros(700));
        let first = gauges.sample(Time(1_000), &tally, 3, 0).clone();
        assert_eq!((first.messages, first.deliveries, first.clients), (5, 50, 3));
        assert!((690..=710).contains(&first.p50_us), "{} is about 700", first.p50_us);
        assert!(first.refusals.is_empty());
        tally.messages_in = 6;
        tally.refuse(No::Muted);
        tally.refuse(No::Muted);
        let second = gauges.sample(Time(2_000), &tally, 3, 0);
        assert_eq!((second.messages, second.deliveries, second.p99_us), (1, 0, 0));
        assert_eq!((second.refused, &second.refusals), (2, &BTreeMap::from([("Muted", 2)])));
        tally.refuse(No::Absent);
        assert_eq!(gauges.sample(Time(3_000), &tally, 3, 0).refusals, BTreeMap::from([("Absent", 1)]));
    }
}
