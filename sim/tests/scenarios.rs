//! Every scenario of `tests/scenarios` runs in its tiers, keeps all promises, and comes out as it says.
//!
//! `HOBNOB_SCENARIO=name` runs the files whose names contain `name`, explains them, and draws a page of each.

use hobnob_sim::meddle::Honest;
use hobnob_sim::scenario::{Scenario, Tier};
use hobnob_sim::witness::{Look, Outcome};
use hobnob_sim::{diagram, machines, worlds};
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/scenarios");

#[expect(clippy::disallowed_methods, reason = "which files are run is asked of a person; a run is decided by its file")]
fn wanted() -> Option<String> {
    std::env::var("HOBNOB_SCENARIO").ok()
}

fn scenarios() -> Vec<(PathBuf, String, Scenario)> {
    let folder = std::fs::read_dir(FOLDER).expect("the folder of scenarios is there");
    let mut paths: Vec<_> = folder.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a scenario can be read");
        let name = format!("tests/scenarios/{}", name_of(&path));
        let scenario = Scenario::read(&name, &text).unwrap_or_else(|wrong| panic!("{wrong}"));
        (path, text, scenario)
    };
    paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")).map(read).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("it is a file").to_string_lossy().into_owned()
}

fn run(plan: &hobnob_sim::Plan, tier: Tier) -> Outcome {
    let look = Look { chronicle: true, digest: false };
    match tier {
        Tier::Machines => machines::run(plan, look, &mut Honest),
        Tier::Worlds => worlds::run(plan, look),
    }
}

fn come_out_in(tier: Tier) {
    let wanted = wanted();
    let mut wrong = String::new();
    for (path, _, scenario) in scenarios() {
        let name = name_of(&path);
        if !scenario.tiers.contains(&tier) || wanted.as_ref().is_some_and(|wanted| !name.contains(wanted)) {
            continue;
        }
        let outcome = run(&scenario.plan, tier);
        let command = format!("HOBNOB_SCENARIO={name} cargo test -p hobnob-sim --test scenarios {}", tier.name());
        if wanted.is_some() {
            let page = format!("{}/{name}.{}.html", env!("CARGO_TARGET_TMPDIR"), tier.name());
            std::fs::write(&page, diagram::html(&scenario.plan, &outcome, &command)).expect("a page can be written");
            println!("{}The page: {page}", diagram::explain(&scenario.plan, &outcome, &command));
        }
        for sentence in scenario.wrong(&outcome) {
            wrong += &format!("{name} ({}): {sentence}\n  {command}\n", tier.name());
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn scenarios_come_out_as_they_say_between_machines() {
    come_out_in(Tier::Machines);
}

#[test]
fn scenarios_come_out_as_they_say_in_worlds() {
    come_out_in(Tier::Worlds);
}

#[test]
fn scenarios_are_canonical() {
    let all = scenarios();
    assert!(all.len() >= 12, "a dozen scenarios ship, not {}", all.len());
    for (path, _, scenario) in all {
        expect_test::expect_file![path].assert_eq(&scenario.write());
    }
}
