//! A failing run is shrunk to what a person can read.

use hobnob_sim::draw::{Knobs, draw};
use hobnob_sim::planted::{Bug, Planted};
use hobnob_sim::shrink::{Shrunk, shrink};
use hobnob_sim::{Breach, Look, Plan, diagram, machines};

/// How many lines a person reads.
const LINES_MOST: usize = 30;
/// How many plans may be tried.
const TRIES_MOST: u32 = 400;
/// In how many seeds a bug is looked for; one that hides longer has a test of its own.
const SEEDS: u64 = 20;
/// Every so-manieth bug is enough for each day.
const STEP: usize = 11;

fn breaks(bug: Bug, plan: &Plan) -> Option<Breach> {
    machines::run(plan, Look::default(), &mut Planted::new(bug)).broken.into_iter().next()
}

fn shrunk(bug: Bug) -> Option<(Plan, Shrunk)> {
    let plan = (0..SEEDS).map(|seed| draw(seed, &Knobs::default())).find(|plan| breaks(bug, plan).is_some())?;
    let shrunk = shrink(&plan, &mut |plan| breaks(bug, plan), TRIES_MOST);
    Some((plan, shrunk))
}

#[test]
fn what_a_bug_breaks_is_shrunk_to_what_a_person_reads() {
    let mut count = 0;
    for bug in Bug::ALL.iter().step_by(STEP) {
        let Some((plan, shrunk)) = shrunk(*bug) else { continue };
        let (before, after) = (plan.steps.len(), shrunk.plan.steps.len());
        println!("{:<24} {before:>4} lines, {after:>2} after {:>4} tries", bug.name(), shrunk.tries);
        assert!(after <= LINES_MOST, "{}: seed {} keeps {after} lines", bug.name(), plan.seed);
        let again = breaks(*bug, &shrunk.plan).expect("what is left breaks it still");
        assert_eq!(again, shrunk.breach, "{}: and as it was said", bug.name());
        count += 1;
    }
    assert!(count >= 3, "bugs are found soon");
}

#[test]
fn a_failure_explains_itself() {
    let (plan, shrunk) = shrunk(Bug::AckForgotten).expect("it is found soon");
    let look = Look { chronicle: true, digest: false };
    let outcome = machines::run(&shrunk.plan, look, &mut Planted::new(Bug::AckForgotten));
    let command = format!("hobnob sim --tier machines --seed {}", plan.seed);
    let text = diagram::explain(&shrunk.plan, &outcome, &command);
    let breach = &outcome.broken[0];
    for wanted in [breach.sentence.as_str(), breach.promise.sentence(), &command, "TIME", "server", "BROKEN"] {
        assert!(text.contains(wanted), "it says {wanted}:\n{text}");
    }
    assert!(diagram::html(&shrunk.plan, &outcome, &command).contains("class=\"verdict broken\""));
}
