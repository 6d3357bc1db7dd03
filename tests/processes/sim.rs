//! `hobnob sim` as somebody at a terminal meets it.

use hobnob_spec::messages::Request;
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/scenarios");

fn sim(arguments: &[&str]) -> Output {
    let mut command = Command::new(HOBNOB);
    command.arg("sim").args(arguments).env("NO_COLOR", "1").current_dir(std::env::temp_dir());
    command.output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).expect("it prints text");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn a_search_tells_what_it_did() {
    let text = said(&sim(&["--tier", "machines", "--seeds", "0..20", "--faults", "none"]));
    for word in ["Seeds 0..20: every promise was kept.", "worlds/s a core", "Faults, 0 of", "Rows of the session table"]
    {
        assert!(text.contains(word), "{word:?} is missing:\n{text}");
    }
}

#[test]
fn a_seed_says_the_same_in_two_processes() {
    for tier in ["machines", "worlds"] {
        let arguments = ["--tier", tier, "--seed", "3", "--faults", "light"];
        let (one, other) = (sim(&arguments), sim(&arguments));
        assert_eq!(String::from_utf8_lossy(&one.stdout), String::from_utf8_lossy(&other.stdout), "{tier}");
    }
}

#[test]
fn a_diagram_is_the_same_page_in_two_processes() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let page = |name: &str| folder.path().join(name).to_str().expect("a temporary folder has a plain name").to_owned();
    let pages = [page("one.html"), page("other.html")];
    for path in &pages {
        said(&sim(&["--tier", "machines", "--seed", "5", "--faults", "none", "--diagram", path]));
    }
    let [one, other] = pages.map(|path| std::fs::read_to_string(path).expect("the page was written"));
    assert!(one.starts_with("<!doctype html>") && one.contains("<svg"), "it is a page with a drawing");
    assert!(one == other, "the same seed draws the same page");
}

#[test]
fn an_unknown_fault_is_answered_with_those_that_there_are() {
    let output = sim(&["--faults", "only=partitoin"]);
    let said = String::from_utf8(output.stderr).expect("complaints are text");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("did you mean `partition`?") && said.contains("half-open-down"), "{said}");
}

#[test]
fn a_diagram_of_many_runs_is_refused_in_a_sentence() {
    let output = sim(&["--diagram", "out.html"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("give --seed N"), "{output:?}");
}

#[test]
fn programs_get_json() {
    let text = said(&sim(&["--tier", "machines", "--seeds", "10..30", "--faults", "none", "--json"]));
    let json: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(json["seeds"]["done"], 20);
    assert_eq!(json["tiers"]["machines"]["worlds"], 20);
    assert!(json["rows"]["declared"].as_u64() > Some(100) && json["failures"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn a_recording_is_repeated_with_faults_and_without_its_texts() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().join("data").to_str().expect("a temporary folder has a plain name").to_owned();
    let mut server =
        Process::start("the server", Path::new(HOBNOB), &["server", "--listen", "127.0.0.1:0", "--data", &data]);
    let addr = server.listens();
    let mut native = Native::connect(&addr).expect("the server listens");
    native.ask(1, Request::Join { nick: "ann".into(), token: None, avatar: None }).expect("the server reads");
    native.answer(1).expect("the server answers");
    native.ask(2, Request::Say { room: "lobby".into(), text: "a secret".into() }).expect("the server reads");
    native.answer(2).expect("the server answers");
    let text = said(&sim(&["--tier", "machines", "--from", &data, "--seed", "1", "--faults", "none", "--json"]));
    let json: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(json["tiers"]["machines"]["messages"], 3, "what ann said, and her last two lines");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn a_scenario_comes_out_as_written() {
    let file = Path::new(SCENARIOS).join("a_partition_during_a_join.toml");
    let text = said(&sim(&["--scenario", file.to_str().expect("it has a plain name")]));
    assert!(text.contains("came out as written"), "{text}");
}

#[test]
fn a_scenario_that_comes_out_otherwise_is_explained() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let file = folder.path().join("wrong.toml");
    let text = "name = 'wrong'\nclients = ['ann']\nheal = '1s'\nend = '5s'\nsteps = ['0s ann joins as ann']\n\
                expect = ['ann sees bob: hello']\n";
    std::fs::write(&file, text).expect("it can be written");
    let output = sim(&["--tier", "machines", "--scenario", file.to_str().expect("it has a plain name")]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("not as written") && said.contains("ann sees bob: hello"), "{said}");
}
