//! How many worlds of the shipping server and clients run in a second: `cargo bench -p hobnob-sim --bench turmoil`.

use divan::Bencher;
use divan::counter::ItemsCount;
use hobnob_sim::draw::{Faults, Knobs, draw};
use hobnob_sim::plan::Plan;
use hobnob_sim::{Look, worlds};
use std::hint::black_box;

/// How many worlds are run in turn.
const WORLDS: usize = 40;
/// How long each lasts.
const LENGTH_MS: u64 = 60_000;

fn main() {
    divan::main();
}

/// Five clients for a minute.
fn plans(faults: &Faults) -> Vec<Plan> {
    let knobs = Knobs { clients: Some(5), faults: faults.clone(), length_ms: LENGTH_MS };
    (0..WORLDS as u64).map(|seed| Plan { end_ms: LENGTH_MS, heal_ms: LENGTH_MS, ..draw(seed, &knobs) }).collect()
}

fn run_in_turn(bencher: Bencher<'_, '_>, plans: &[Plan]) {
    let mut turn = 0;
    bencher.counter(ItemsCount::new(1_u64)).bench_local(|| {
        turn = (turn + 1) % plans.len();
        black_box(worlds::run(&plans[turn], Look::default()))
    });
}

/// The same with a relay between some of them and the server.
#[divan::bench]
fn heavy_behind_a_relay(bencher: Bencher<'_, '_>) {
    let knobs = Knobs { clients: Some(5), faults: Faults::Heavy, length_ms: LENGTH_MS };
    let relayed = (0..).map(|seed| draw(seed, &knobs)).filter(|plan| plan.relays.len() == 1);
    let plans = relayed.map(|plan| Plan { end_ms: LENGTH_MS, heal_ms: LENGTH_MS, ..plan });
    run_in_turn(bencher, &plans.take(WORLDS).collect::<Vec<_>>());
}

/// A world in the worst of weather, all of its minute.
#[divan::bench]
fn heavy(bencher: Bencher<'_, '_>) {
    run_in_turn(bencher, &plans(&Faults::Heavy));
}

/// A world in which nothing goes wrong.
#[divan::bench]
fn quiet(bencher: Bencher<'_, '_>) {
    run_in_turn(bencher, &plans(&Faults::None));
}
