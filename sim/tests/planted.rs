//! Deliberate bugs, each of which the promises have to notice.

use hobnob_sim::draw::{Knobs, draw};
use hobnob_sim::machines;
use hobnob_sim::planted::{Bug, Planted};
use hobnob_sim::{Look, Promise};

/// How many seeds a bug may stay unnoticed.
const SEEDS: u64 = 10_000;

/// The first seed that shows a bug, and the promise that is seen broken.
fn first_seed(bug: Bug) -> Option<(u64, Promise, String)> {
    (0..SEEDS).find_map(|seed| {
        let plan = draw(seed, &Knobs::default());
        let outcome = machines::run(&plan, Look::default(), &mut Planted::new(bug));
        outcome.broken.into_iter().next().map(|breach| (seed, breach.promise, breach.sentence))
    })
}

#[test]
fn every_planted_bug_is_noticed() {
    let mut seeds = Vec::new();
    let mut missed = Vec::new();
    for bug in Bug::ALL {
        match first_seed(*bug) {
            Some((seed, promise, sentence)) => {
                let expected = bug.breaks().contains(&promise);
                println!(
                    "{:<24} {:>5} {} {}{sentence}",
                    bug.name(),
                    seed + 1,
                    promise.name(),
                    if expected { "" } else { "UNEXPECTED " }
                );
                seeds.push(seed + 1);
            }
            None => {
                println!("{:<24} missed", bug.name());
                missed.push(bug.name());
            }
        }
    }
    seeds.sort_unstable();
    println!("{} bugs, median {}", Bug::ALL.len(), seeds[seeds.len() / 2]);
    assert!(missed.is_empty(), "not noticed in {SEEDS} seeds: {}", missed.join(", "));
}
