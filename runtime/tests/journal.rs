//! What the journal promises: all that was appended is there, once, and what is damaged is named.

mod common;

use common::{BASE, Desk, KEEPING};
use hobnob_machine::{Config, Input, Shelf};
use hobnob_runtime::journal::{
    Batch, DataFolder, Done, FILE, Job, Journal, JournalError, Keeping, PageQuery, Reader, Retention, Search, Sqlite,
    Trouble, recover, serve,
};
use hobnob_spec::messages::{ENTRY_BYTES, Request};
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::tempdir;

fn lobby(limit: u64, after: u64, before: u64) -> PageQuery {
    PageQuery { shelf: Shelf::Room("lobby".into()), after, before, limit, bytes_max: 1 << 18 }
}

/// Three users talk; what is said is `1`, `2`, `3` …
fn chat(desk: &mut Desk, says: u64) {
    let ann = desk.join("Ann");
    let bob = desk.join("bob");
    desk.commit();
    for number in 1..=says {
        desk.say(if number % 2 == 0 { ann } else { bob }, &number.to_string());
        if number % 3 == 0 {
            desk.commit();
        }
    }
    desk.commit();
}

#[test]
fn a_killed_server_comes_back_as_it_was() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    assert!(desk.recovered.is_new);
    chat(&mut desk, 20);
    desk.checkpoint();
    chat(&mut desk, 5);
    let (server, at, next, next_conn) = (desk.server.clone(), desk.at, desk.batch.next(), desk.next_conn);
    drop(desk);

    let desk = Desk::open(folder.path());
    assert_eq!(desk.server, server);
    assert_eq!((desk.at, desk.batch.next(), desk.next_conn), (at, next, next_conn));
    assert_eq!(desk.recovered.replayed, 9, "only what came after the snapshot is replayed");
    assert!(!desk.recovered.is_new);
}

#[test]
fn what_was_not_appended_is_not_there() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 4);
    let server = desk.server.clone();
    desk.join("late");
    drop(desk);
    assert_eq!(Desk::open(folder.path()).server, server);
}

#[test]
fn wakes_are_not_recorded_and_change_nothing() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    let ann = desk.join("Ann");
    desk.join("bob");
    desk.step(Input::Lost { conn: ann });
    desk.pass(1_000_000);
    desk.commit();
    desk.checkpoint();
    desk.join("cid");
    desk.commit();
    let server = desk.server.clone();
    drop(desk);

    let desk = Desk::open(folder.path());
    assert_eq!(desk.server, server, "the snapshot with its pending outputs leads to the same end");
    drop(desk);
    let db = rusqlite::Connection::open(folder.path().join(FILE)).expect("the file opens");
    db.execute("DELETE FROM snapshots", []).expect("no snapshot is left");
    drop(db);
    let desk = Desk::open(folder.path());
    assert_eq!(desk.server, server, "and so do the records alone, though they hold no wakes");
}

#[test]
fn what_alarms_brought_before_a_crash_is_stored_once() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    let ann = desk.join("Ann");
    desk.join("bob");
    desk.step(Input::Lost { conn: ann });
    desk.commit();
    desk.pass(61_000);
    assert_eq!(desk.batch.count(), 0, "only an alarm rang");
    desk.commit();
    let log = || std::fs::read_to_string(folder.path().join("messages.log")).expect("there is a log");
    assert_eq!(log().matches(" left #lobby Ann").count(), 1, "the log tells it at once:\n{}", log());
    let at = desk.at;
    drop(desk);

    let mut desk = Desk::open(folder.path());
    desk.at = at;
    desk.step(Input::Restarted);
    desk.commit();
    assert_eq!(log().matches(" left #lobby Ann").count(), 1, "{}", log());
    let page = desk.journal.page(&lobby(100, 0, u64::MAX)).expect("a page");
    let numbers: Vec<u64> = page.entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_clock_set_back_over_a_restart_takes_nothing_back() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    let ann = desk.join("Ann");
    desk.step(Input::Lost { conn: ann });
    desk.commit();
    // What follows no input is told and stored all the same: Ann did not come back in time.
    desk.pass(120_000);
    desk.commit();
    let told = desk.server.now();
    drop(desk);

    // As early as the journal allows.
    let mut desk = Desk::open(folder.path());
    assert!(desk.recovered.at >= told, "no time comes again at which something was told");
    desk.step(Input::Restarted);
    let bob = desk.join("bob");
    desk.say(bob, "taken");
    desk.commit();
    let page = desk.journal.page(&lobby(10, 0, u64::MAX)).expect("the store can be read");
    let texts: Vec<String> = page.entries.iter().map(|entry| format!("{} {:?}", entry.number, entry.body)).collect();
    assert!(texts.last().is_some_and(|last| last.contains("taken")), "what was taken is stored: {texts:?}");
}

#[test]
fn a_clock_set_back_behind_a_snapshot_takes_nothing_back() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    desk.step(Input::Opened { conn: hobnob_machine::Conn(99), addr: ([127, 0, 0, 1], 4000).into(), listener: 0 });
    let before = desk.at;
    desk.commit();
    // A guest that does not join is sent away; nothing of it is stored.
    desk.pass(600_000);
    desk.at = before;
    desk.checkpoint();
    let told = desk.server.now();
    drop(desk);
    assert!(Desk::open(folder.path()).recovered.at >= told, "no time comes again that the machine has seen");
}

#[test]
fn pages_hold_the_newest_within_bounds() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 30);
    let numbers = |desk: &mut Desk, limit, after, before| {
        let page = desk.journal.page(&lobby(limit, after, before)).expect("a page");
        (page.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(numbers(&mut desk, 3, 0, 10), (vec![7, 8, 9], true));
    assert_eq!(numbers(&mut desk, 3, 6, 10), (vec![7, 8, 9], false));
    assert_eq!(numbers(&mut desk, 5, 0, 4), (vec![1, 2, 3], false));
    assert_eq!(numbers(&mut desk, 2, 0, u64::MAX), (vec![31, 32], true));
    assert_eq!(numbers(&mut desk, 0, 0, u64::MAX), (vec![], true));
    let query = PageQuery { bytes_max: 3 * (ENTRY_BYTES + 1), ..lobby(100, 2, 12) };
    let page = desk.journal.page(&query).expect("a page");
    assert_eq!(page.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [9, 10, 11]);
    assert!(page.more, "bytes bound a page too");
    assert!(matches!(desk.journal.page(&PageQuery { shelf: Shelf::Room("none".into()), ..query }),
        Ok(page) if page.entries.is_empty() && !page.more));
}

#[test]
fn an_entry_comes_out_of_the_store_as_it_went_in() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    let ann = desk.join("Ann");
    let bob = desk.join("bob");
    desk.say(ann, "two\nlines, \"quoted\"\tand tabbed ☺");
    desk.ask(ann, Request::Enter { room: "Den".into() });
    desk.ask(ann, Request::Leave { room: "den".into() });
    desk.ask(ann, Request::Private { to: "bob".into(), text: "psst".into() });
    desk.ask(bob, Request::Quit);
    desk.commit();
    let mut expected = Vec::new();
    let mut server = hobnob_machine::Server::new(common::genesis().config, common::genesis().seed);
    let mut out = hobnob_machine::Out::default();
    let Ok(reader) = Reader::open(folder.path()) else { panic!("the store is read while it is written") };
    reader
        .records(1, |record, input| {
            server.step(record.at, input, &mut out);
            ControlFlow::Continue(())
        })
        .expect("the records are read");
    for action in &out.actions {
        match action {
            hobnob_machine::Action::Deliver { entry, .. } | hobnob_machine::Action::Keep { entry, .. } => {
                expected.push((**entry).clone());
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    reader
        .search(&Search::default(), |row| {
            found.extend(row.entry());
            ControlFlow::Continue(())
        })
        .expect("the store is read");
    assert!(expected.len() >= 7, "{expected:?}");
    assert_eq!(found, expected);
}

/// Changes the file behind the server's back.
fn tamper(folder: &Path, sql: &str) {
    let db = rusqlite::Connection::open(folder.join(FILE)).expect("the file opens");
    assert!(db.execute(sql, []).expect("the change is made") > 0, "{sql} changes something");
}

fn refusal(folder: &Path) -> JournalError {
    Desk::try_open(folder, KEEPING).map(|_| ()).expect_err("a damaged journal is not used")
}

#[test]
fn a_damaged_record_is_named() {
    let damages = [
        ("UPDATE batches SET records = substr(records, 1, length(records) - 20) WHERE first = 8", "record 10 "),
        // A byte of the input of the first record of the batch: time and length take twelve.
        (
            "UPDATE batches SET records = CAST(substr(records, 1, 14) || x'00' || substr(records, 16) AS BLOB) WHERE first = 8",
            "record 8 ",
        ),
        ("DELETE FROM batches WHERE first = 8", "record 8 is missing"),
        ("UPDATE batches SET records = CAST(records || x'00' AS BLOB) WHERE first = 8", "record 11 "),
        ("UPDATE batches SET chain = zeroblob(32) WHERE first = 8", "record 10 "),
        ("UPDATE batches SET count = 2 WHERE first = 8", "record 10 "),
        ("UPDATE batches SET at = at + 1 WHERE first = 8", "record 10 "),
        ("UPDATE batches SET records = 'none' WHERE first = 8", "record 8 "),
        ("UPDATE genesis SET kept_chain = zeroblob(32)", "record 1 "),
    ];
    for (sql, named) in damages {
        let folder = tempdir().expect("a temporary folder");
        let mut desk = Desk::open(folder.path());
        chat(&mut desk, 12);
        drop(desk);
        tamper(folder.path(), sql);
        let error = refusal(folder.path());
        assert_eq!(error.trouble, Trouble::Corrupt, "{sql}: {error}");
        assert!(error.sentence.contains(named), "{sql}: {error}");
    }
}

#[test]
fn a_tail_that_is_missing_behind_a_snapshot_is_noticed() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 12);
    desk.checkpoint();
    drop(desk);
    tamper(folder.path(), "DELETE FROM batches WHERE first >= 11");
    let error = refusal(folder.path());
    assert!(error.sentence.contains("record 11 is missing"), "{error}");
}

#[test]
fn a_damaged_snapshot_is_done_without() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 6);
    desk.checkpoint();
    chat(&mut desk, 6);
    desk.checkpoint();
    let server = desk.server.clone();
    drop(desk);
    tamper(folder.path(), "UPDATE snapshots SET server = zeroblob(9) WHERE next = (SELECT max(next) FROM snapshots)");
    let desk = Desk::open(folder.path());
    assert_eq!(desk.server, server);
    assert_eq!(desk.recovered.notes, ["the snapshot before record 21 is not as it was written"]);
    assert_eq!(desk.recovered.replayed, 10);
}

#[test]
fn a_snapshot_of_a_build_that_knew_less_is_done_without() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 6);
    desk.checkpoint();
    let (mut snapshots, _) = desk.journal.snapshots().expect("the snapshots are read");
    let mut snapshot = snapshots.remove(0);
    // The machine is a list of more than 15 things; this one has one fewer.
    assert_eq!(snapshot.server[0], 0xdc, "its length is two bytes");
    snapshot.server[2] -= 1;
    desk.journal.keep(&snapshot).expect("the snapshot is kept");
    let server = desk.server.clone();
    drop(desk);
    let desk = Desk::open(folder.path());
    assert_eq!(desk.server, server, "it is made again from the records");
    assert_eq!((desk.recovered.replayed, desk.recovered.notes.len()), (10, 1));
    assert!(desk.recovered.notes[0].contains("record 11 is of another form"), "{:?}", desk.recovered.notes);
}

#[test]
fn two_snapshots_are_kept() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    for _ in 0..4 {
        chat(&mut desk, 3);
        desk.checkpoint();
    }
    let (snapshots, complaints) = desk.journal.snapshots().expect("the snapshots are read");
    assert_eq!(snapshots.iter().map(|snapshot| snapshot.next).collect::<Vec<_>>(), [29, 22]);
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn a_full_disk_refuses_a_batch_and_takes_the_same_one_later() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    let ann = desk.join("Ann");
    desk.commit();
    let log_path = folder.path().join("messages.log");
    let log = std::fs::read_to_string(&log_path).expect("there is a log");
    desk.journal.bound_pages(1).expect("the file may not grow");
    for number in 0..20 {
        desk.say(ann, &format!("{number} {}", "long ".repeat(1000)));
    }
    for _ in 0..3 {
        let error = desk.try_commit().expect_err("there is no room");
        assert_eq!(error.trouble, Trouble::DiskFull);
        assert!(error.sentence.ends_with("the disk is full"), "{error}");
    }
    let kept = desk.journal.page(&lobby(100, 1, u64::MAX)).expect("reading goes on");
    assert!(kept.entries.is_empty(), "nothing of the batch is kept");
    assert_eq!(std::fs::read_to_string(&log_path).expect("there is a log"), log);
    desk.journal.bound_pages(1 << 20).expect("there is room again");
    assert_eq!(desk.try_commit(), Ok(22));
    let kept = desk.journal.page(&lobby(100, 1, u64::MAX)).expect("a page");
    assert_eq!(kept.entries.len(), 20);
    assert_eq!(std::fs::read_to_string(&log_path).expect("there is a log").lines().count(), 21);
    let server = desk.server.clone();
    drop(desk);
    assert_eq!(Desk::open(folder.path()).server, server);
}

#[test]
fn a_reader_holds_nobody_up() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 3);
    let reader = rusqlite::Connection::open(folder.path().join(FILE)).expect("the file opens");
    reader.execute_batch("BEGIN; SELECT * FROM batches").expect("somebody reads, and goes on reading");
    desk.join("cid");
    assert_eq!(desk.try_commit(), Ok(9));
    assert_eq!(desk.journal.sync(), Ok(()));
    desk.checkpoint();
    let seen: i64 = reader.query_row("SELECT max(first + count) FROM batches", [], |row| row.get(0)).expect("it reads");
    assert_eq!(seen, 8, "the reader sees what was there when it began");
}

#[test]
fn a_data_folder_serves_one_server() {
    let folder = tempdir().expect("a temporary folder");
    let path = folder.path().join("data");
    let first = DataFolder::open(&path).expect("the folder is free");
    let error = DataFolder::open(&path).map(|_| ()).expect_err("the folder is in use");
    assert_eq!(error.trouble, Trouble::InUse);
    assert!(error.sentence.contains(&path.display().to_string()), "{error}");
    #[cfg(unix)]
    assert!(error.sentence.contains(&format!("process {}", std::process::id())), "{error}");
    drop(first);
    assert!(DataFolder::open(&path).is_ok(), "the lock goes with its owner");
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempdir().expect("a temporary folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").expect("a file is written");
    let error = DataFolder::open(&file.join("data")).map(|_| ()).expect_err("a file has no folders");
    assert_eq!(error.trouble, Trouble::Folder);
    assert!(error.sentence.contains("file") && !error.sentence.contains('\n'), "{error}");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_look_into_the_data() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().expect("a temporary folder");
    let path = folder.path().join("data");
    let mut desk = Desk::open(&path);
    chat(&mut desk, 3);
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let mut names = Vec::new();
    for file in std::fs::read_dir(&path).expect("the folder is read") {
        let file = file.expect("the folder is read");
        assert_eq!(mode(&file.path()), 0o600, "{}", file.path().display());
        names.push(file.file_name().into_string().expect("our names are plain"));
    }
    names.sort_unstable();
    assert_eq!(names, ["hobnob.db", "hobnob.db-shm", "hobnob.db-wal", "lock", "messages.log"]);
}

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let folder = tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(FILE), "something else, and longer than a hundred bytes. ".repeat(9))
        .expect("written");
    let error = refusal(folder.path());
    assert_eq!(error.trouble, Trouble::Foreign, "{error}");
    let other = tempdir().expect("a temporary folder");
    let db = rusqlite::Connection::open(other.path().join(FILE)).expect("a database of somebody else's");
    db.execute("CREATE TABLE theirs (x)", []).expect("a table");
    drop(db);
    assert_eq!(refusal(other.path()).trouble, Trouble::Foreign);
    let newer = tempdir().expect("a temporary folder");
    drop(Desk::open(newer.path()));
    let db = rusqlite::Connection::open(newer.path().join(FILE)).expect("it opens");
    db.pragma_update(None, "user_version", 99).expect("a later form");
    drop(db);
    assert!(refusal(newer.path()).sentence.contains("form 99"));
}

#[test]
fn records_older_than_the_retention_are_forgotten() {
    let folder = tempdir().expect("a temporary folder");
    let keeping = Keeping { retention: Retention::AgeMs(3_600_000), ..KEEPING };
    let mut desk = Desk::try_open(folder.path(), keeping).expect("the journal opens");
    chat(&mut desk, 6);
    desk.checkpoint();
    desk.pass(1_800_000);
    chat(&mut desk, 6);
    desk.checkpoint();
    desk.pass(3_000_000);
    chat(&mut desk, 6);
    desk.checkpoint();
    let server = desk.server.clone();
    let error = desk.journal.read(1, &mut |_| Ok(ControlFlow::Continue(()))).expect_err("the beginning is gone");
    assert!(error.sentence.contains("the first one kept is 11"), "{error}");
    assert!(desk.journal.read(11, &mut |_| Ok(ControlFlow::Continue(()))).is_ok(), "the younger half is kept");
    assert_eq!(desk.journal.page(&lobby(100, 0, 9)).expect("a page").entries.len(), 8, "messages are kept");
    drop(desk);
    let desk = Desk::try_open(folder.path(), keeping).expect("the rest is enough");
    assert_eq!(desk.server, server);
}

#[test]
fn another_machine_than_the_recorded_one_is_noticed() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 6);
    drop(desk);
    let db = rusqlite::Connection::open(folder.path().join(FILE)).expect("it opens");
    let other =
        hobnob_runtime::journal::Genesis { seed: 7, config: Config { store: false, ..common::genesis().config } };
    let mut config = other.config.clone();
    config.limits.members_max = 1;
    let other = hobnob_runtime::journal::Genesis { config, ..other };
    let bytes = rmp_serde::to_vec(&other).expect("it serializes");
    db.execute("UPDATE genesis SET genesis = ?", [bytes]).expect("other settings");
    drop(db);
    let error = refusal(folder.path());
    assert_eq!((error.trouble, error.seq), (Trouble::Diverged, Some(4)), "{error}");
}

#[test]
fn the_loop_answers_jobs_in_their_order() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    desk.join("Ann");
    let batch = std::mem::replace(&mut desk.batch, Batch::new(3));
    let journal: Box<dyn Journal> = Box::new(desk.journal);
    let (jobs, to_do) = async_channel::unbounded();
    let (done, ended) = async_channel::unbounded();
    for job in [Job::Append(batch), Job::Page { tag: 9, query: lobby(5, 0, 9) }, Job::Sync, Job::Close, Job::Sync] {
        jobs.try_send(job).expect("the channel is open");
    }
    futures_lite::future::block_on(serve(journal, to_do, done));
    let mut ends = Vec::new();
    while let Ok(end) = ended.try_recv() {
        ends.push(match end {
            Done::Appended { batch, through } => format!("{through} and {}", batch.next()),
            Done::Page { tag, page } => format!("{tag}: {}", page.expect("a page").entries.len()),
            Done::Synced(Ok(())) => "synced".into(),
            Done::Closed(Ok(())) => "closed".into(),
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(ends, ["2 and 3", "9: 1", "synced", "closed"]);
    assert!(!folder.path().join("hobnob.db-wal").exists(), "a closed journal is one file");
    assert!(DataFolder::open(folder.path()).is_ok(), "and its folder is free");
}

#[test]
fn the_store_is_searched() {
    let folder = tempdir().expect("a temporary folder");
    let mut desk = Desk::open(folder.path());
    chat(&mut desk, 10);
    desk.join("no way");
    desk.commit();
    let reader = Reader::open(&folder.path().join(FILE)).expect("the file is read while it is written");
    let find = |search: Search| {
        let mut found = Vec::new();
        let each = |row: &hobnob_runtime::journal::Row| {
            found.push(format!("{} {}", row.kind, row.text.as_deref().unwrap_or(&row.sender)));
            ControlFlow::Continue(())
        };
        reader.search(&search, each).expect("the store is read");
        found
    };
    assert_eq!(find(Search::default()).len(), 13);
    assert_eq!(find(Search { limit: Some(2), ..Search::default() })[0], "say 10");
    let grep = Search { grep: Some("1".into()), nick: Some("BOB".into()), ..Search::default() };
    assert_eq!(find(grep), ["say 1"]);
    let joins = Search { kinds: vec!["joined".parse().expect("a kind")], ..Search::default() };
    assert_eq!(find(joins), ["joined Ann", "joined bob"]);
    let times = Search {
        since: Some(hobnob_spec::messages::Time(BASE + 6)),
        until: Some(hobnob_spec::messages::Time(BASE + 8)),
        ..Search::default()
    };
    assert_eq!(find(times), ["say 2", "say 3"]);
    assert_eq!(find(Search { room: Some("Lobby".into()), limit: Some(1), ..Search::default() }), ["say 10"]);
    let rejected = Search { kinds: vec!["rejected".parse().expect("a kind")], ..Search::default() };
    assert!(find(rejected)[0].starts_with("rejected A nick has 1 to 20 characters"));
}

#[test]
fn a_journal_that_keeps_nothing_begins_anew() {
    let mut journal = hobnob_runtime::journal::Nothing;
    let recovered = recover(&mut journal, common::genesis()).expect("there is nothing to go wrong");
    assert!(recovered.is_new && recovered.next == 1);
    let mut batch = Batch::new(1);
    assert_eq!(journal.append(&mut batch), Ok(0));
}

#[test]
fn sqlite_reports_what_it_is() {
    let folder = tempdir().expect("a temporary folder");
    let journal =
        Sqlite::open(DataFolder::open(folder.path()).expect("the folder is free"), KEEPING).expect("it opens");
    assert_eq!(journal.folder().path(), folder.path());
}
