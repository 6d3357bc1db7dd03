//! The walk reaches every row of the session table, and nothing breaks on the way.
//!
//! `HOBNOB_SEED=n` walks that seed alone; `HOBNOB_SEEDS=n` walks so many seeds more, and `HOBNOB_FIRST=n` begins there.

use hobnob_sim::{Coverage, Walk};

/// How far one walk goes, in inputs.
const INPUTS: usize = 600;
/// How many seeds are walked at most before an unreached row is a failure.
const SEEDS: u64 = 2_000;

#[expect(
    clippy::disallowed_methods,
    reason = "which seeds are walked is asked of a person; a walk is decided by its seed"
)]
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

#[test]
fn every_row_of_the_session_table_fires() {
    if let Some(seed) = number("HOBNOB_SEED") {
        drop(Walk::new(seed).go(INPUTS));
        return;
    }
    let mut coverage = Coverage::default();
    let more = number("HOBNOB_SEEDS");
    let first = number("HOBNOB_FIRST").unwrap_or(1);
    let mut walked = 0;
    while walked < more.unwrap_or(SEEDS) && (more.is_some() || !coverage.unreached().is_empty()) {
        coverage.add(&Walk::new(first + walked).go(INPUTS).coverage);
        walked += 1;
    }
    let (reached, all) = coverage.reached();
    println!("{walked} walks of {INPUTS} inputs reached {reached} of {all} rows; the rarest:");
    for (row, times) in coverage.rarest(20) {
        println!("{times:>9}  {row}");
    }
    let unreached = coverage.unreached();
    assert!(unreached.is_empty(), "rows that never fired in {walked} walks: {unreached:#?}");
}
