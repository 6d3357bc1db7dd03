//! Deliberate bugs, each of which the promises have to notice.

use hobnob_sim::draw::{Knobs, draw};
use hobnob_sim::planted::{Bug, Planted, RelayBug};
use hobnob_sim::{Breach, Look, machines, worlds};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many seeds a bug may stay unnoticed.
const SEEDS: u64 = 1_000;
const THREADS: usize = 2;

/// The first seed that shows a bug, counted from 1, and what is seen broken.
fn first_seed(bug: Bug) -> Option<(u64, Breach)> {
    (0..SEEDS).find_map(|seed| {
        let plan = draw(seed, &Knobs::default());
        let outcome = machines::run(&plan, Look::default(), &mut Planted::new(bug));
        outcome.broken.into_iter().next().map(|breach| (seed + 1, breach))
    })
}

/// How many worlds of turmoil a bug of relays may stay unnoticed in.
const WORLDS: u64 = 60;

#[test]
fn every_planted_bug_of_relays_is_noticed() {
    for bug in RelayBug::ALL {
        let relayed = (0..WORLDS).map(|seed| draw(seed, &Knobs::default())).filter(|plan| !plan.relays.is_empty());
        let first = relayed.enumerate().find_map(|(world, plan)| {
            let outcome = worlds::run_planted(&plan, Look::default(), Some(*bug));
            outcome.broken.into_iter().next().map(|breach| (world + 1, breach))
        });
        let Some((world, breach)) = first else { panic!("{} is not noticed in {WORLDS} seeds", bug.name()) };
        println!("{:<24} {world:>5}  {}: {}", bug.name(), breach.promise.name(), breach.sentence);
        let breaks = bug.breaks().contains(&breach.promise);
        assert!(breaks, "{}: {} is broken: {}", bug.name(), breach.promise.name(), breach.sentence);
    }
}

#[test]
fn every_planted_bug_is_noticed() {
    assert!(Bug::ALL.len() >= 40, "there are many bugs");
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(bug) = Bug::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let first = first_seed(*bug);
                    found.lock().unwrap_or_else(PoisonError::into_inner).push((*bug, first));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(bug, _)| *bug);
    let (mut seeds, mut wrong) = (Vec::new(), Vec::new());
    for (bug, first) in &found {
        let Some((seed, breach)) = first else {
            wrong.push(format!("{}: not noticed in {SEEDS} seeds", bug.name()));
            continue;
        };
        println!("{:<24} {seed:>5}  {}: {}", bug.name(), breach.promise.name(), breach.sentence);
        seeds.push(*seed);
        if !bug.breaks().contains(&breach.promise) {
            wrong.push(format!("{}: {} is broken: {}", bug.name(), breach.promise.name(), breach.sentence));
        }
    }
    seeds.sort_unstable();
    let median = seeds[seeds.len() / 2];
    println!(
        "{} bugs, each noticed by seed {} at the latest, the median by seed {median}",
        seeds.len(),
        seeds[seeds.len() - 1]
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(median <= 100, "half of the bugs are noticed by seed {median} only");
}
