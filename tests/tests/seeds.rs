//! Each item of the five seeds is shown by a test that exists and runs, or says what it waits for.
//!
//! The items stand in `tests/seeds.toml`. What a test shows is for people to judge; that it is there is judged here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The seeds, and how many items each has.
const SEEDS: [(&str, usize); 5] = [("S0", 54), ("S1", 38), ("S2", 21), ("S3", 47), ("S4", 18)];
/// What an item may wait for.
const LATER: [&str; 7] = [
    "gallery",
    "transport security",
    "accounts",
    "end-to-end encryption",
    "transfers",
    "more systems",
    "measured idleness",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the repository").to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} can be read: {error}"))
}

/// The items as they are written. An item that is there twice is an error of the file.
fn seeds() -> toml::Table {
    read("tests/seeds.toml").parse().expect("the items are TOML, each of them once")
}

#[test]
fn every_item_of_every_seed_is_there_and_no_other() {
    let seeds = seeds();
    let tables: Vec<&str> = seeds.keys().map(String::as_str).collect();
    let mut known: Vec<&str> = SEEDS.iter().map(|(seed, _)| *seed).collect();
    known.push("files");
    known.sort_unstable();
    assert_eq!(tables, known);
    assert_eq!(SEEDS.iter().map(|(_, count)| count).sum::<usize>(), 178);
    for (seed, count) in SEEDS {
        let mut items: Vec<&str> =
            seeds[seed].as_table().expect("a seed is a table").keys().map(String::as_str).collect();
        items.sort_unstable();
        let wanted: Vec<String> = (1..=count).map(|number| format!("{number:02}")).collect();
        assert_eq!(items, wanted, "the items of {seed}");
    }
}

#[test]
fn every_item_is_shown_by_what_exists_or_says_what_it_waits_for() {
    let seeds = seeds();
    let files = seeds["files"].as_table().expect("the files are a table");
    let tests: BTreeMap<&str, Vec<String>> = files
        .iter()
        .map(|(name, path)| {
            let path = path.as_str().expect("a file is a path");
            assert!(runs(path), "{path} is built as a test");
            (name.as_str(), tests_in(&read(path)))
        })
        .collect();
    let mut wrong = Vec::new();
    for (seed, _) in SEEDS {
        for (item, shown) in seeds[seed].as_table().expect("a seed is a table") {
            if let Some(why) = judge(shown, &tests) {
                wrong.push(format!("{seed}-{item}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with an item.
fn judge(shown: &toml::Value, tests: &BTreeMap<&str, Vec<String>>) -> Option<String> {
    if let Some(waits) = shown.as_table() {
        let text = |key: &str| waits.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let good = LATER.contains(&text("waits")) && !text("because").is_empty() && waits.len() == 2;
        return (!good).then(|| format!("it waits for one of {LATER:?}, with a reason"));
    }
    let shown = shown.as_array().filter(|shown| !shown.is_empty());
    let Some(shown) = shown else { return Some("nothing shows it".to_owned()) };
    shown.iter().find_map(|one| match one.as_str() {
        None => Some("a test is named by a text".to_owned()),
        Some(one) => missing(one, tests),
    })
}

/// Why what is named does not exist.
fn missing(one: &str, tests: &BTreeMap<&str, Vec<String>>) -> Option<String> {
    if let Some(story) = one.strip_prefix("story:") {
        let there = root().join("tests/stories").join(format!("{story}.story")).is_file();
        return (!there).then(|| format!("there is no story {story}"));
    }
    if let Some((file, test)) = one.split_once("::") {
        let there = tests.get(file).is_some_and(|tests| tests.iter().any(|name| name == test));
        return (!there).then(|| format!("there is no test {one}"));
    }
    let Some((path, words)) = one.split_once(": ") else { return Some(format!("{one:?} names nothing")) };
    (!read(path).contains(words)).then(|| format!("{path} does not say {words:?}"))
}

/// The tests of a file that are not passed over.
fn tests_in(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in source.split("#[test]").skip(1) {
        let (attributes, rest) = part.split_once("fn ").expect("a test is a function");
        let name: String = rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
        if !attributes.contains("#[ignore") {
            found.push(name);
        }
    }
    found
}

/// Whether a file is built: a target of its own, or a module of the file that stands above it.
fn runs(path: &str) -> bool {
    let path = Path::new(path);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a file has a name");
    let folder = path.parent().expect("a file stands in a folder");
    if folder == Path::new("tests/processes") {
        return read("cli/Cargo.toml").contains(&format!("path = \"../tests/processes/{stem}.rs\""));
    }
    if folder.ends_with("tests") && !folder.starts_with("cli/src") && folder.components().count() == 2 {
        return true;
    }
    let above = ["main.rs", "lib.rs", "mod.rs"].map(|name| folder.join(name));
    let above = above.into_iter().chain([folder.with_extension("rs")]);
    let declares = |file: PathBuf| {
        let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        text.lines().any(|line| line.trim_start_matches("pub ").trim() == format!("mod {stem};"))
    };
    above.into_iter().any(declares)
}

#[test]
fn a_test_is_found_by_its_name_and_not_when_it_is_ignored() {
    let source = "#[test]\nfn one() {}\n#[test]\n#[ignore = \"slow\"]\nfn two() {}\nfn three() {}";
    // The words above are this file's own, so they are parsed where no test is meant.
    assert_eq!(tests_in(source), ["one"]);
}
