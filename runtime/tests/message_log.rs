//! What the message log promises: one line for each message and event, with its own time, whatever befell the file.

mod common;

use common::{BASE, Desk, KEEPING};
use hobnob_machine::Input;
use hobnob_runtime::journal::Keeping;
use hobnob_runtime::message_log::Layout;
use hobnob_spec::messages::{Body, Request, Secret};
use std::fs;
use std::path::Path;
use tempfile::{TempDir, tempdir};

fn keeping(layout: Layout) -> Keeping {
    Keeping { layout, ..KEEPING }
}

/// A chat in which everything happens that the log tells.
fn chat(desk: &mut Desk) {
    let mut config = common::genesis().config;
    config.operator_key = Some(Secret([9; 16]));
    desk.step(Input::Configured(Box::new(config)));
    let ann = desk.join("Ann");
    let bob = desk.join("bob");
    desk.join("server");
    desk.join("two\nlines");
    desk.commit();
    desk.say(ann, "two\nlines, a \\ and \"quotes\"");
    desk.ask(bob, Request::Private { to: "Ann".into(), text: "psst".into() });
    desk.ask(bob, Request::Enter { room: "Den".into() });
    desk.commit();
    desk.ask(bob, Request::Leave { room: "den".into() });
    desk.ask(ann, Request::Operate { key: Secret([9; 16]) });
    desk.ask(ann, Request::Mute { nick: "bob".into(), ms: 60_000 });
    desk.ask(ann, Request::Unmute { nick: "bob".into() });
    desk.ask(bob, Request::Quit);
    desk.commit();
}

fn log_of(folder: &Path, layout: Layout) -> String {
    fs::read_to_string(folder.join(layout.file().expect("a layout with a file"))).expect("there is a log")
}

/// The lines without their times.
fn told(log: &str) -> Vec<&str> {
    log.lines().map(|line| line.split_once(' ').expect("a line begins with its time").1).collect()
}

#[test]
fn the_text_log_tells_everything() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk);
    let log = log_of(folder.path(), Layout::Text);
    let mut lines = told(&log);
    let muted = lines.remove(8);
    assert!(muted.starts_with("muted #lobby bob: until 2026-11-"), "{muted}");
    assert_eq!(
        lines,
        [
            "joined #lobby Ann",
            "joined #lobby bob",
            "rejected server: This nick is reserved.",
            "rejected two�lines: A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.",
            "say #lobby Ann: two\\nlines, a \\\\ and \"quotes\"",
            "private bob -> Ann: psst",
            "entered #Den bob",
            "left-room #Den bob",
            "unmuted #lobby bob",
            "left #lobby bob: The user quit.",
        ]
    );
}

#[test]
fn a_refused_nick_can_neither_fill_the_log_nor_steer_a_terminal() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::try_open(folder.path(), keeping(Layout::Csv)).expect("the journal opens");
    desk.join(&("\u{1b}[2J".to_owned() + &"x".repeat(100_000)));
    desk.commit();
    let log = log_of(folder.path(), Layout::Csv);
    assert!(log.contains(",rejected,") && log.len() < 300, "{} bytes", log.len());
    assert!(log.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_line_has_the_time_that_the_message_carries() {
    for layout in [Layout::Text, Layout::Csv, Layout::Json] {
        let folder = tempdir().expect("a temporary folder");
        let mut desk = Desk::try_open(folder.path(), keeping(layout)).expect("the journal opens");
        let ann = desk.join("Ann");
        desk.pass(123);
        desk.say(ann, "now");
        let mut at = None;
        for action in &desk.out.actions {
            if let hobnob_machine::Action::Deliver { entry, .. } = action
                && matches!(entry.body, Body::Text(_))
            {
                at = Some(entry.at.0);
            }
        }
        desk.commit();
        let log = log_of(folder.path(), layout);
        let line = log.lines().last().expect("a line");
        let time = match layout {
            Layout::Text => line.split(' ').next().expect("a time").to_owned(),
            Layout::Csv => line.split(',').next().expect("a time").to_owned(),
            Layout::Json => {
                let object: serde_json::Value = serde_json::from_str(line).expect("an object");
                object["time"].as_str().expect("a time").to_owned()
            }
            Layout::Off => unreachable!("it was not asked for"),
        };
        let time: jiff::Timestamp = time.parse().expect("RFC 3339 with a zone");
        assert_eq!(u64::try_from(time.as_millisecond()).ok(), at, "{line}");
        assert!(at.is_some_and(|at| at > BASE));
    }
}

#[test]
fn a_spreadsheet_reads_the_log() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::try_open(folder.path(), keeping(Layout::Csv)).expect("the journal opens");
    chat(&mut desk);
    let log = log_of(folder.path(), Layout::Csv);
    let mut reader = csv::Reader::from_reader(log.as_bytes());
    let heading: Vec<_> = reader.headers().expect("a heading").iter().map(str::to_owned).collect();
    assert_eq!(heading, ["time", "kind", "room", "sender", "recipient", "text"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 11);
    assert_eq!(
        rows[4].iter().skip(1).collect::<Vec<_>>(),
        ["say", "lobby", "Ann", "", "two\nlines, a \\ and \"quotes\""]
    );
    assert_eq!(rows[5].iter().skip(1).collect::<Vec<_>>(), ["private", "", "bob", "Ann", "psst"]);
}

#[test]
fn a_program_reads_the_log() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::try_open(folder.path(), keeping(Layout::Json)).expect("the journal opens");
    chat(&mut desk);
    let log = log_of(folder.path(), Layout::Json);
    let objects: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("an object on each line")).collect();
    assert_eq!(objects.len(), 11);
    assert_eq!(objects[4]["text"], "two\nlines, a \\ and \"quotes\"");
    assert_eq!(objects[5]["recipient"], "Ann");
    assert_eq!(objects[0]["text"], serde_json::Value::Null);
}

fn written(layout: Layout) -> (TempDir, String) {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::try_open(folder.path(), keeping(layout)).expect("the journal opens");
    chat(&mut desk);
    let log = log_of(folder.path(), layout);
    (folder, log)
}

#[test]
fn a_log_that_lost_its_end_gets_it_back() {
    for layout in [Layout::Text, Layout::Csv, Layout::Json] {
        let (folder, whole) = written(layout);
        let path = folder.path().join(layout.file().expect("a file"));
        for length in (0..whole.len()).step_by(37).chain([whole.len() - 1]) {
            fs::write(&path, &whole.as_bytes()[..length]).expect("the end is lost");
            drop(Desk::try_open(folder.path(), keeping(layout)).expect("the journal opens"));
            assert_eq!(log_of(folder.path(), layout), whole, "cut at {length}");
        }
    }
}

#[test]
fn a_log_with_lines_that_nobody_committed_loses_them() {
    for layout in [Layout::Text, Layout::Csv, Layout::Json] {
        let (folder, whole) = written(layout);
        let path = folder.path().join(layout.file().expect("a file"));
        for extra in ["x", "2026-11-21T00:00:00.000+00:00 say #lobby Eve: never said\n", &whole] {
            fs::write(&path, whole.clone() + extra).expect("something is added");
            drop(Desk::try_open(folder.path(), keeping(layout)).expect("the journal opens"));
            assert_eq!(log_of(folder.path(), layout), whole, "with {extra:?}");
        }
    }
}

#[test]
fn a_log_whose_end_came_to_nothing_is_written_again() {
    let (folder, whole) = written(Layout::Text);
    let mut zeroed = whole.clone().into_bytes();
    let half = zeroed.len() / 2;
    zeroed[half..].fill(0);
    fs::write(folder.path().join("messages.log"), zeroed).expect("as after a power cut");
    // A server that stops cleanly notes how far the log is written, so the length alone would say that all is well.
    let mut desk = Desk::open(folder.path());
    assert_eq!(log_of(folder.path(), Layout::Text), whole);
    desk.commit();
}

#[test]
fn a_log_that_was_moved_away_goes_on_in_a_new_file() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk);
    hobnob_runtime::journal::Journal::sync(&mut desk.journal).expect("a clean stop");
    drop(desk);
    fs::rename(folder.path().join("messages.log"), folder.path().join("old.log")).expect("moved");
    let mut desk = Desk::open(folder.path());
    desk.join("cid");
    desk.commit();
    assert_eq!(told(&log_of(folder.path(), Layout::Text)), ["joined #lobby cid"]);
    drop(desk);
    drop(Desk::open(folder.path()));
    assert_eq!(told(&log_of(folder.path(), Layout::Text)), ["joined #lobby cid"]);
}

#[test]
fn another_layout_tells_all_from_the_beginning() {
    let (folder, text) = written(Layout::Text);
    let (_other, csv) = written(Layout::Csv);
    drop(Desk::try_open(folder.path(), keeping(Layout::Csv)).expect("the journal opens"));
    assert_eq!(log_of(folder.path(), Layout::Csv), csv);
    drop(Desk::try_open(folder.path(), keeping(Layout::Off)).expect("the journal opens"));
    drop(Desk::try_open(folder.path(), keeping(Layout::Text)).expect("the journal opens"));
    assert_eq!(log_of(folder.path(), Layout::Text), text);
}

#[test]
fn a_log_that_cannot_be_written_is_caught_up_with() {
    let folder = tempdir().expect("a temporary folder");
    let path = folder.path().join("messages.log");
    fs::create_dir(&path).expect("something is in the way");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk);
    fs::remove_dir(&path).expect("the way is free");
    desk.join("cid");
    desk.commit();
    assert_eq!(log_of(folder.path(), Layout::Text).lines().count(), 12);
}
