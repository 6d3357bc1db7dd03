//! Runs many seeds on all cores and adds up what they did.
//!
//! Owns which seeds are run, by whom, and what is kept of them. Reads no clock: how long a search took, and when it
//! has gone on long enough, is its caller's to know. What a search finds does not depend on how many run it.

use crate::judge::unnoticed;
use crate::machines;
use crate::meddle::Honest;
use crate::plan::Plan;
use crate::promise::{Breach, Promise};
use crate::tally::Tally;
use crate::witness::{Look, Outcome};
use crate::worlds;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

pub use crate::scenario::Tier;

/// When both tiers are searched, one seed of so many runs as a world on turmoil too: such a world costs about a hundred
/// times as much.
pub const WORLDS_EVERY: u64 = 20;
/// Of the machines tier, one seed of so many is run beside itself with another private text, which nobody else may
/// notice.
pub const UNNOTICED_EVERY: u64 = 32;
/// How many failures are kept; more are only counted.
pub const FAILURES_KEPT: usize = 100;

impl Tier {
    /// Carries a plan out.
    ///
    /// # Panics
    /// When the plan's setting is none: a plan that was drawn or read has a good one.
    pub fn run(self, plan: &Plan, look: Look) -> Outcome {
        match self {
            Self::Machines => machines::run(plan, look, &mut Honest),
            Self::Worlds => worlds::run(plan, look),
        }
    }

    /// Carries a plan out, and takes a panic of the simulator itself for a broken promise too.
    pub fn breaks(self, plan: &Plan) -> Option<Breach> {
        match catch_unwind(AssertUnwindSafe(|| self.run(plan, Look::default()))) {
            Ok(outcome) => outcome.broken.into_iter().next(),
            Err(_) => Some(panicked()),
        }
    }

    /// As [`Tier::breaks`], for this promise: [`Promise::Unnoticed`] needs the plan carried out twice.
    pub fn breaks_again(self, plan: &Plan, promise: Promise) -> Option<Breach> {
        if promise != Promise::Unnoticed {
            return self.breaks(plan);
        }
        let look = Look { digest: true, ..Look::default() };
        let ran = catch_unwind(AssertUnwindSafe(|| unnoticed::unnoticed(plan, &mut |plan| self.run(plan, look))));
        ran.map_or_else(|_| Some(panicked()), |broken| broken.into_iter().next())
    }
}

fn panicked() -> Breach {
    Breach { promise: Promise::Sound, at: 0, sentence: "the simulator itself panicked".into() }
}

/// What to search.
#[derive(Clone)]
pub struct Search<'a> {
    /// The plan of a seed.
    pub plan: &'a (dyn Fn(u64) -> Plan + Sync),
    /// Tells the time, for [`Found::busy`] alone.
    pub clock: &'a (dyn Fn() -> Duration + Sync),
    /// By whom the plans are carried out. With both, one seed of [`WORLDS_EVERY`] runs as a world on turmoil too.
    pub tiers: Vec<Tier>,
    /// Which seeds.
    pub seeds: Range<u64>,
    /// How many seeds run at once; at least 1.
    pub jobs: usize,
    /// Whether the first failure ends the search.
    pub until_failure: bool,
    /// Whether each seed is run twice, and both runs must be equal to the last bit.
    pub twice: bool,
}

impl fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("tiers", &self.tiers).field("seeds", &self.seeds).finish_non_exhaustive()
    }
}

impl Search<'_> {
    /// Who carries out the plan of a seed.
    pub fn tiers_of(&self, seed: u64) -> impl Iterator<Item = Tier> {
        let sampled = self.tiers.len() > 1 && !(seed - self.seeds.start).is_multiple_of(WORLDS_EVERY);
        self.tiers.iter().copied().filter(move |tier| !(sampled && *tier == Tier::Worlds))
    }
}

/// A seed that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Which.
    pub seed: u64,
    /// In whose hands.
    pub tier: Tier,
    /// The first promise that was broken.
    pub breach: Breach,
}

/// How far a search has come, for whoever looks on. Setting `stop` ends it after the worlds under way.
#[derive(Debug, Default)]
pub struct Progress {
    /// Ends the search when it is set.
    pub stop: AtomicBool,
    /// Seeds that are done.
    pub seeds: AtomicU64,
    /// Seeds that failed.
    pub failed: AtomicU64,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What the runs of each tier did.
    pub tallies: BTreeMap<Tier, Tally>,
    /// How long each tier kept its cores busy, all cores together, by the caller's clock.
    pub busy: BTreeMap<Tier, Duration>,
    /// How many seeds are done.
    pub seeds: u64,
    /// The failures of the lowest seeds, in the order of the seeds; at most [`FAILURES_KEPT`].
    pub failed: Vec<Failed>,
    /// How often each promise was broken.
    pub broken: BTreeMap<Promise, u64>,
    /// How many worlds were run beside themselves with another private text.
    pub unnoticed: u64,
}

impl Found {
    /// What the runs of all tiers did.
    pub fn tally(&self) -> Tally {
        let mut all = Tally::default();
        self.tallies.values().for_each(|tally| all.add(tally));
        all
    }

    fn note(&mut self, seed: u64, tier: Tier, tally: &Tally, breach: Option<Breach>) {
        self.tallies.entry(tier).or_default().add(tally);
        if let Some(breach) = breach {
            *self.broken.entry(breach.promise).or_insert(0) += 1;
            self.failed.push(Failed { seed, tier, breach });
            self.keep_few();
        }
    }

    fn keep_few(&mut self) {
        self.failed.sort_by_key(|failed| (failed.seed, failed.tier));
        self.failed.truncate(FAILURES_KEPT);
    }

    fn add(&mut self, other: Self) {
        for (tier, tally) in &other.tallies {
            self.tallies.entry(*tier).or_default().add(tally);
        }
        for (tier, busy) in other.busy {
            *self.busy.entry(tier).or_default() += busy;
        }
        self.seeds += other.seeds;
        self.unnoticed += other.unnoticed;
        for (promise, times) in other.broken {
            *self.broken.entry(promise).or_insert(0) += times;
        }
        self.failed.extend(other.failed);
        self.keep_few();
    }
}

/// Runs the seeds, several at once, until all are done or somebody says stop.
pub fn search(search: &Search<'_>, progress: &Progress) -> Found {
    let next = AtomicU64::new(search.seeds.start);
    let found = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for _ in 0..search.jobs.max(1) {
            scope.spawn(|| {
                let mut mine = Found::default();
                while !progress.stop.load(Relaxed) {
                    let seed = next.fetch_add(1, Relaxed);
                    if !search.seeds.contains(&seed) {
                        break;
                    }
                    run_seed(search, seed, &mut mine, progress);
                }
                found.lock().expect("whoever holds it adds and does not panic").add(mine);
            });
        }
    });
    found.into_inner().expect("whoever held it did not panic")
}

fn run_seed(search: &Search<'_>, seed: u64, found: &mut Found, progress: &Progress) {
    let plan = (search.plan)(seed);
    let failed_before = found.broken.values().sum::<u64>();
    for tier in search.tiers_of(seed) {
        let began = (search.clock)();
        let beside = tier == Tier::Machines && seed.is_multiple_of(UNNOTICED_EVERY);
        let Once { tally, breach, beside } = run_once(tier, &plan, search.twice, beside);
        found.unnoticed += u64::from(beside);
        *found.busy.entry(tier).or_default() += (search.clock)().saturating_sub(began);
        found.note(seed, tier, &tally, breach);
    }
    found.seeds += 1;
    progress.seeds.fetch_add(1, Relaxed);
    if found.broken.values().sum::<u64>() > failed_before {
        progress.failed.fetch_add(1, Relaxed);
        if search.until_failure {
            progress.stop.store(true, Relaxed);
        }
    }
}

/// What a plan did.
#[derive(Default)]
struct Once {
    tally: Tally,
    breach: Option<Breach>,
    /// Whether it was run beside itself with another private text.
    beside: bool,
}

fn run_once(tier: Tier, plan: &Plan, twice: bool, beside: bool) -> Once {
    let look = Look { digest: twice || beside, ..Look::default() };
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let outcome = tier.run(plan, look);
        let again = twice.then(|| tier.run(plan, look).digest).filter(|again| *again != outcome.digest);
        let beside = if beside { unnoticed::beside(plan, &outcome, &mut |plan| tier.run(plan, look)) } else { None };
        (outcome, again, beside)
    }));
    let Ok((outcome, again, noticed)) = ran else {
        return Once { breach: Some(panicked()), ..Once::default() };
    };
    let differs = again.map(|again| {
        let sentence =
            format!("the same seed ran twice and differed: digests {:016x} and {again:016x}", outcome.digest);
        Breach { promise: Promise::Sound, at: plan.end_ms, sentence }
    });
    let beside = noticed.is_some();
    let breach = differs.or_else(|| outcome.broken.into_iter().next()).or_else(|| noticed.flatten());
    Once { tally: outcome.tally, breach, beside }
}
