//! Small worlds, searched to the end: every order of what two or three users do and of what the network does to it.

use hobnob_sim::explore::{Bounds, Scope, explore};

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
fn talk() {
    search("talk");
}
#[test]
fn cuts() {
    search("cuts");
}
#[test]
fn private() {
    search("private");
}
#[test]
fn race() {
    search("race");
}
#[test]
fn mute() {
    search("mute");
}
#[test]
fn rooms() {
    search("rooms");
}
#[test]
fn crash() {
    search("crash");
}
#[test]
fn forgotten() {
    search("forgotten");
}
#[test]
fn three() {
    search("three");
}
#[test]
fn storm() {
    search("storm");
}
