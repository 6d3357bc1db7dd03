//! Small worlds, searched to the end: every order of what two users do and of what the network does to it. The largest
//! one, of three users, is left to `hobnob sim explore three`.

use hobnob_sim::explore::{Bounds, Scope, explore};
use hobnob_sim::promise::Promise;

const THREADS: usize = 2;

fn search(name: &str) {
    let scope = Scope::named(name).expect("it is a small world");
    let bounds = Bounds { depth: usize::MAX, states: 30_000_000, threads: THREADS };
    let explored = explore(&scope, bounds, &|_| true);
    if let Some(way) = &explored.broken {
        let steps: Vec<_> = way.steps.iter().zip(1..).map(|(step, number)| format!("{number:>4}  {step}\n")).collect();
        panic!("{name}: {}: {}\n{}", way.promise.name(), way.sentence, steps.concat());
    }
    println!("{name}: {} states, {} steps, {} ends", explored.states, explored.steps, explored.ends);
    assert!(explored.complete, "{name}: searched to the end");
    assert!(explored.ends > 0, "{name}: some way ends");
}

#[test]
fn every_way_through_talk_keeps_the_promises() {
    search("talk");
}

#[test]
fn every_way_through_cuts_keeps_the_promises() {
    search("cuts");
}

#[test]
fn every_way_through_private_keeps_the_promises() {
    search("private");
}

#[test]
fn every_way_through_race_keeps_the_promises() {
    search("race");
}

#[test]
fn every_way_through_mute_keeps_the_promises() {
    search("mute");
}

#[test]
fn every_way_through_rooms_keeps_the_promises() {
    search("rooms");
}

#[test]
fn every_way_through_crash_keeps_the_promises() {
    search("crash");
}

#[test]
fn every_way_through_storm_keeps_the_promises() {
    search("storm");
}

#[test]
fn every_way_through_forgotten_keeps_the_promises() {
    search("forgotten");
}

#[test]
fn as_many_states_are_found_by_levels_as_by_diving() {
    let scope = Scope::named("race").expect("it is a small world");
    let search = |depth| explore(&scope, Bounds { depth, states: u64::MAX, threads: THREADS }, &|_| true);
    let (dived, leveled) = (search(usize::MAX), search(usize::MAX - 1));
    assert_eq!((dived.states, dived.steps, dived.ends), (leveled.states, leveled.steps, leveled.ends));
    assert!(leveled.depth.is_some() && dived.depth.is_none());
}

#[test]
fn a_promise_that_is_broken_is_told_with_the_shortest_way_to_it() {
    // Two lines with the same words look like one that is in the log twice.
    let mut scope = Scope::named("talk").expect("it is a small world");
    let again = scope.scripts[0][1].clone();
    scope.scripts[0][2] = again;
    let explored = explore(&scope, Bounds { depth: usize::MAX, states: u64::MAX, threads: THREADS }, &|_| true);
    let way = explored.broken.expect("the same words twice look like a doubled message");
    assert_eq!(way.promise, Promise::StoredOnce);
    assert_eq!(way.steps.first().map(String::as_str), Some("A joins as ann"));
    assert!(way.steps.len() <= 8, "{:?}", way.steps);
}
