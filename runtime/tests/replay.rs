//! What a replay promises: it finds the first difference, and says what it is.

mod common;

use common::Desk;
use hobnob_machine::Input;
use hobnob_runtime::journal::{FILE, Reader};
use hobnob_runtime::replay::{Difference, Differs, Replayed, Until, replay};
use hobnob_spec::messages::Request;
use std::path::Path;
use tempfile::{TempDir, tempdir};

/// Eleven records in batches of one to three: two users talk, one is lost for good.
fn recorded() -> (TempDir, Desk) {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    let ann = desk.join("Ann");
    let bob = desk.join("bob");
    desk.commit();
    desk.say(ann, "one");
    desk.say(bob, "two");
    desk.say(ann, "three");
    desk.commit();
    desk.step(Input::Lost { conn: bob });
    desk.pass(70_000);
    desk.ask(ann, Request::Private { to: "bob".into(), text: "gone?".into() });
    desk.commit();
    desk.join("server");
    desk.commit();
    (folder, desk)
}

fn played(folder: &Path, until: Until) -> Replayed {
    let reader = Reader::open(folder).expect("the journal is read");
    replay(&reader, until, |_, _, _| {}).expect("the journal is replayed")
}

fn difference(folder: &Path) -> Difference {
    played(folder, Until::End).difference.expect("something differs")
}

fn tamper(folder: &Path, sql: &str) {
    let db = rusqlite::Connection::open(folder.join(FILE)).expect("the file opens");
    assert!(db.execute(sql, []).expect("the change is made") > 0, "{sql} changes something");
}

#[test]
fn a_journal_replays_while_its_server_runs() {
    let (folder, desk) = recorded();
    let reader = Reader::open(folder.path()).expect("the journal is read");
    let mut fired = 0;
    let replayed = replay(&reader, Until::End, |_, _, out| fired += out.fired.len()).expect("it is replayed");
    assert_eq!(replayed.difference, None);
    assert_eq!((replayed.from, replayed.records, replayed.at), (1, 11, desk.at));
    assert_eq!(replayed.server, desk.server);
    assert!(fired >= 11, "each record fires a row, and the alarm did");
}

#[test]
fn a_replay_stops_where_it_is_told_to() {
    let (folder, desk) = recorded();
    let middle = played(folder.path(), Until::Record(5));
    assert_eq!((middle.records, middle.difference), (5, None));
    assert_eq!(middle.server.rooms().next().map(|room| room.last), Some(3));
    let same = played(folder.path(), Until::Time(middle.at));
    assert_eq!((same.records, same.server), (5, middle.server));
    assert_eq!(played(folder.path(), Until::Time(desk.at)).records, 11);
    assert_eq!(played(folder.path(), Until::Record(0)).records, 0);
}

#[test]
fn an_altered_input_is_shown() {
    let (folder, _desk) = recorded();
    tamper(
        folder.path(),
        "UPDATE batches SET records = CAST(replace(records, CAST('two' AS BLOB), CAST('six' AS BLOB)) AS BLOB)
         WHERE first = 5",
    );
    let difference = difference(folder.path());
    assert_eq!((difference.seq, difference.differs), (6, Differs::Record), "{difference:?}");
    assert!(format!("{:?}", difference.input).contains("six"), "{difference:?}");
    assert!(difference.found[0].ends_with("say #lobby bob: two"), "{difference:?}");
    assert!(difference.expected[0].ends_with("say #lobby bob: six"), "{difference:?}");
}

#[test]
fn an_altered_message_is_shown() {
    let (folder, _desk) = recorded();
    tamper(folder.path(), "UPDATE messages SET text = 'six' WHERE text = 'two'");
    let difference = difference(folder.path());
    assert_eq!((difference.seq, difference.differs), (6, Differs::Store));
    assert!(difference.found[0].ends_with("say #lobby bob: six"), "{difference:?}");
    assert!(difference.expected[0].ends_with("say #lobby bob: two"), "{difference:?}");
}

#[test]
fn a_deleted_message_is_missed() {
    for (sql, seq) in [
        ("DELETE FROM messages WHERE text = 'three'", 7),
        ("DELETE FROM messages WHERE kind = 'left'", 9),
        ("DELETE FROM messages WHERE kind = 'rejected'", 11),
        ("UPDATE messages SET at = at + 1 WHERE text = 'one'", 5),
    ] {
        let (folder, _desk) = recorded();
        tamper(folder.path(), sql);
        let difference = difference(folder.path());
        assert_eq!((difference.seq, difference.differs), (seq, Differs::Store), "{sql}: {difference:?}");
    }
}

#[test]
fn a_machine_that_does_something_else_is_shown() {
    let (folder, desk) = recorded();
    drop(desk);
    let mut other = common::genesis();
    other.config.limits.members_max = 1;
    let bytes = rmp_serde::to_vec(&other).expect("it serializes");
    let db = rusqlite::Connection::open(folder.path().join(FILE)).expect("it opens");
    db.execute("UPDATE genesis SET genesis = ?", [bytes]).expect("other settings");
    let difference = difference(folder.path());
    assert_eq!((difference.seq, difference.differs), (4, Differs::Outputs));
    assert!(format!("{:?}", difference.actions).contains("Full"), "{difference:?}");
    assert!(difference.found[0].ends_with("joined #lobby bob"), "{difference:?}");
}

#[test]
fn a_replay_begins_with_a_snapshot_where_the_beginning_is_forgotten() {
    use hobnob_runtime::journal::{Keeping, Retention};
    let folder = tempdir().expect("a temporary folder");
    let keeping = Keeping { retention: Retention::AgeMs(1), ..common::KEEPING };
    let mut desk = Desk::try_open(folder.path(), keeping).expect("the journal opens");
    let ann = desk.join("Ann");
    let bob = desk.join("bob");
    desk.step(Input::Lost { conn: bob });
    desk.pass(70_000);
    desk.checkpoint();
    desk.say(ann, "one");
    desk.pass(1000);
    desk.checkpoint();
    desk.say(ann, "two");
    desk.commit();
    let replayed = played(folder.path(), Until::End);
    assert_eq!(replayed.difference, None);
    assert_eq!((replayed.from, replayed.records), (6, 2));
    assert_eq!(replayed.server, desk.server);
}
