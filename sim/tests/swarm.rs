//! Thousands of drawn worlds keep every promise, and between them everything that can happen happens.
//!
//! `HOBNOB_SEED=n` runs that seed alone, in both tiers, and explains it; `HOBNOB_SEEDS=n` runs so many seeds of the
//! machines tier, and one in a hundred as a world on turmoil; `HOBNOB_FIRST=n` begins there.

use hobnob_sim::diagram::explain;
use hobnob_sim::draw::{Knobs, draw};
use hobnob_sim::plan::FaultKind;
use hobnob_sim::search::{Failed, Found, Progress, Search, Tier, search};
use hobnob_sim::{Look, Tally};
use std::ops::Range;
use std::time::Duration;

/// How many seeds the machines tier runs.
const MACHINES: u64 = 20_000;
/// Of how many worlds on turmoil one is run for each seed of the machines tier.
const WORLDS_OF: u64 = 100;
/// After how many seeds of the machines tier every row of the tables has fired.
const ROWS_WITHIN: u64 = 1_000;
/// How many kinds of fault fire at least.
const KINDS_LEAST: usize = 24;

#[expect(
    clippy::disallowed_methods,
    reason = "which seeds are run is asked of a person; a world is decided by its seed"
)]
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

fn searching(tier: Tier, seeds: Range<u64>) -> Search<'static> {
    Search {
        plan: &|seed| draw(seed, &Knobs::default()),
        clock: &|| Duration::ZERO,
        tiers: vec![tier],
        seeds,
        jobs: 1,
        until_failure: false,
        twice: false,
    }
}

fn found(tier: Tier, seeds: Range<u64>, twice: bool) -> Found {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    search(&Search { jobs, twice, ..searching(tier, seeds) }, &Progress::default())
}

/// Explains a failing seed as `hobnob sim` does.
fn explain_seed(tier: Tier, seed: u64) -> String {
    let plan = draw(seed, &Knobs::default());
    let outcome = tier.run(&plan, Look { chronicle: true, digest: false });
    explain(&plan, &outcome, &format!("hobnob sim --tier {} --seed {seed}", tier.name()))
}

fn assert_kept(found: &Found) {
    if let Some(Failed { seed, tier, .. }) = found.failed.first() {
        for failed in &found.failed {
            let (promise, sentence) = (failed.breach.promise.name(), &failed.breach.sentence);
            println!("seed {:>6}  {:<8}  {promise:<20}  {sentence}", failed.seed, failed.tier.name());
        }
        panic!(
            "{:?} of {} seeds broke a promise; the first:\n{}",
            found.broken,
            found.seeds,
            explain_seed(*tier, *seed)
        );
    }
}

fn assert_all_met(tally: &Tally) {
    let (reached, all) = tally.coverage.reached();
    println!("{} worlds reached {reached} of {all} rows; the rarest:", tally.worlds);
    for (row, times) in tally.coverage.rarest(12) {
        println!("{times:>9}  {row}");
    }
    let (reached, all) = tally.client_coverage.reached();
    println!("and {reached} of {all} rows of the client's table; the rarest:");
    for (row, times) in tally.client_coverage.rarest(12) {
        println!("{times:>9}  {row}");
    }
    let (reached, all) = tally.relay_coverage.reached();
    println!("and {reached} of {all} rows of a relay's table; never: {:#?}", tally.relay_coverage.unreached());
    let relays = tally.relay_coverage.unreached();
    let clients = tally.client_coverage.unreached();
    let unreached: Vec<_> = tally.coverage.unreached().into_iter().chain(clients).chain(relays).collect();
    assert!(unreached.is_empty(), "rows that never fired in {} worlds: {unreached:#?}", tally.worlds);
    let missing: Vec<_> = FaultKind::ALL.iter().filter(|kind| !tally.faults.contains_key(kind)).collect();
    println!("{} kinds of fault fired; all but {missing:?}", tally.faults.len());
    assert!(tally.faults.len() >= KINDS_LEAST, "kinds of fault that never fired: {missing:?}");
}

#[test]
fn every_promise_is_kept_in_thousands_of_worlds_of_bare_machines() {
    if let Some(seed) = number("HOBNOB_SEED") {
        println!("{}", explain_seed(Tier::Machines, seed));
        return assert_kept(&found(Tier::Machines, seed..seed + 1, true));
    }
    let first = number("HOBNOB_FIRST").unwrap_or(0);
    let seeds = number("HOBNOB_SEEDS").unwrap_or(MACHINES);
    let few = found(Tier::Machines, first..first + seeds.min(ROWS_WITHIN), false);
    if seeds >= ROWS_WITHIN {
        assert_all_met(&few.tally());
    }
    assert_kept(&few);
    assert_kept(&found(Tier::Machines, first + seeds.min(ROWS_WITHIN)..first + seeds, false));
}

#[test]
fn every_promise_is_kept_in_hundreds_of_worlds_of_the_real_server_and_client() {
    if let Some(seed) = number("HOBNOB_SEED") {
        println!("{}", explain_seed(Tier::Worlds, seed));
        return assert_kept(&found(Tier::Worlds, seed..seed + 1, true));
    }
    let first = number("HOBNOB_FIRST").unwrap_or(0);
    let seeds = number("HOBNOB_SEEDS").unwrap_or(MACHINES) / WORLDS_OF;
    let found = found(Tier::Worlds, first..first + seeds, false);
    assert_kept(&found);
    let (tally, kinds) = (found.tally(), FaultKind::ALL.iter().filter(|kind| kind.is_of_relays()));
    let (reached, all) = tally.relay_coverage.reached();
    println!("{reached} of {all} rows of a relay's table; never: {:#?}", tally.relay_coverage.unreached());
    let missing: Vec<_> = kinds.filter(|kind| !tally.faults.contains_key(kind)).collect();
    assert!(missing.is_empty() || seeds < 50, "relays that never met {missing:?}: {:?}", tally.faults);
}

#[test]
fn a_seed_is_the_same_world_twice_alone_and_with_others_beside_it() {
    for (tier, seeds) in [(Tier::Machines, 200), (Tier::Worlds, 8)] {
        let found = found(tier, 50_000..50_000 + seeds, true);
        assert!(found.broken.is_empty(), "{:?}", found.failed);
    }
}

#[test]
fn what_a_search_finds_does_not_depend_on_how_many_search() {
    let alone = searching(Tier::Machines, 60_000..60_100);
    let together = Search { jobs: 4, ..alone.clone() };
    assert_eq!(search(&alone, &Progress::default()), search(&together, &Progress::default()));
}
