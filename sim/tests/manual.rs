//! docs/SIMULATION.md lists every promise, every kind of fault and every group of them, in the words of the code.

use hobnob_sim::draw::{CONVERGE_MS, GROUPS, LENGTH_MS};
use hobnob_sim::plan::FaultKind;
use hobnob_sim::plan::line::write_time;
use hobnob_sim::promise::Promise;

fn manual() -> String {
    include_str!("../../docs/SIMULATION.md").replace("\r\n", "\n")
}

fn assert_table(title: &str, lines: impl Iterator<Item = String>) {
    let lines: String = lines.collect();
    assert!(manual().contains(&lines), "docs/SIMULATION.md should say, under {title}:\n{lines}");
}

#[test]
fn every_promise_stands_in_the_manual() {
    assert_table("Promises", Promise::ALL.iter().map(|it| format!("| `{}` | {} |\n", it.name(), it.sentence())));
}

#[test]
fn every_kind_of_fault_stands_in_the_manual() {
    let group = |kind: &FaultKind| GROUPS.iter().find(|(_, kinds)| kinds.contains(kind)).map_or("", |(group, _)| group);
    let lines = FaultKind::ALL.iter().map(|it| format!("| `{}` | {} | {} |\n", it.name(), group(it), it.meaning()));
    assert_table("Faults", lines);
}

#[test]
fn the_times_of_a_world_stand_in_the_manual() {
    let sentence = format!("faults for {}, and {} after them", write_time(LENGTH_MS), write_time(CONVERGE_MS));
    assert!(manual().contains(&sentence), "docs/SIMULATION.md should say: {sentence}");
}
