//! How long a world on turmoil takes: five clients, sixty virtual seconds, heavy weather.
//!
//! Sixteen worlds a sample, so that no one seed decides: divide by sixteen.

use hobnob_sim::Look;
use hobnob_sim::draw::{CONVERGE_MS, Faults, Knobs, draw};
use hobnob_sim::plan::Plan;

fn main() {
    divan::main();
}

/// How many worlds a sample has.
const WORLDS: u64 = 16;
/// How much virtual time each has.
const LENGTH_MS: u64 = 60_000;

fn plans(faults: &Faults) -> Vec<Plan> {
    let knobs = Knobs { clients: Some(5), faults: faults.clone(), length_ms: LENGTH_MS };
    let shorten = |seed| Plan { end_ms: LENGTH_MS, ..draw(seed, &knobs) };
    assert!(draw(0, &knobs).end_ms <= LENGTH_MS + CONVERGE_MS, "a world is cut off when its troubles are over");
    (0..WORLDS).map(shorten).collect()
}

fn carry_out(plans: &[Plan]) -> u64 {
    plans.iter().map(|plan| hobnob_sim::worlds::run(plan, Look::default()).tally.inputs).sum()
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn heavy(bencher: divan::Bencher<'_, '_>) {
    let plans = plans(&Faults::Heavy);
    bencher.counter(divan::counter::ItemsCount::new(WORLDS)).bench_local(|| carry_out(&plans));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn quiet(bencher: divan::Bencher<'_, '_>) {
    let plans = plans(&Faults::None);
    bencher.counter(divan::counter::ItemsCount::new(WORLDS)).bench_local(|| carry_out(&plans));
}
