//! How many worlds of bare machines run in a second, and how far the bare walk goes: `cargo bench -p hobnob-sim`.

use divan::Bencher;
use divan::counter::ItemsCount;
use hobnob_machine::Out;
use hobnob_sim::draw::{Faults, Knobs, draw};
use hobnob_sim::meddle::Honest;
use hobnob_sim::plan::Plan;
use hobnob_sim::{Look, Walk, machines};
use std::hint::black_box;

/// How many inputs a walk has.
const INPUTS: usize = 5_000;
/// How many worlds are run in turn, and how many walks.
const WORLDS: u64 = 200;
const WALKS: u64 = 20;

fn main() {
    divan::main();
}

/// Five clients, in the worst of weather for the greatest part of a minute.
fn plans() -> Vec<Plan> {
    let knobs = Knobs { clients: Some(5), faults: Faults::Heavy, length_ms: 45_000 };
    (0..WORLDS).map(|seed| draw(seed, &knobs)).collect()
}

/// A world with every promise judged, from its beginning until everybody must have come back.
#[divan::bench]
fn world(bencher: Bencher<'_, '_>) {
    run(bencher, &plans());
}

/// Its first minute.
#[divan::bench]
fn world_for_a_minute(bencher: Bencher<'_, '_>) {
    let cut = |plan: Plan| Plan {
        end_ms: 60_000,
        steps: plan.steps.iter().filter(|step| step.at <= 60_000).cloned().collect(),
        ..plan
    };
    let plans: Vec<Plan> = plans().into_iter().map(cut).collect();
    run(bencher, &plans);
}

fn run(bencher: Bencher<'_, '_>, plans: &[Plan]) {
    let mut turn = 0;
    bencher.counter(ItemsCount::new(1_u64)).bench_local(|| {
        turn = (turn + 1) % plans.len();
        black_box(machines::run(&plans[turn], Look::default(), &mut Honest))
    });
}

/// The inputs of walks fed to the bare machine again: its own steps and nothing else.
#[divan::bench]
fn walk_fed_again(bencher: Bencher<'_, '_>) {
    let traces: Vec<_> = (1..=WALKS).map(|seed| Walk::of(seed, INPUTS)).collect();
    let mut turn = 0;
    bencher.counter(ItemsCount::new(INPUTS)).bench_local(|| {
        turn = (turn + 1) % traces.len();
        traces[turn].feed(|_, _, out: &mut Out| out.clear())
    });
}

/// A walk as it is drawn, with every step checked and every action carried out.
#[divan::bench]
fn walk_with_all_checks(bencher: Bencher<'_, '_>) {
    let mut seed = 0;
    bencher.counter(ItemsCount::new(INPUTS)).bench_local(|| {
        seed = seed % WALKS + 1;
        Walk::of(seed, INPUTS)
    });
}
