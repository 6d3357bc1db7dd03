//! A server with a journal: what it keeps over a restart, and what it does when the disk is full.

use super::*;
use crate::journal::{Batch, DataFolder, Each, Genesis, Keeping, Page, PageQuery, Position, Snapshot, Sqlite, Trouble};
use futures_lite::FutureExt;
use hobnob_spec::messages::{Have, Past, Place};
use hobnob_spec::names::RoomName;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A journal whose disk is full as long as `full` says so.
struct FullAtTimes {
    inner: Sqlite,
    full: Arc<AtomicBool>,
}

impl Journal for FullAtTimes {
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError> {
        self.inner.begin(genesis)
    }

    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        self.inner.snapshots()
    }

    fn read(&mut self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        self.inner.read(from, each)
    }

    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(JournalError::new(Trouble::DiskFull, "the disk is full, for the test"));
        }
        self.inner.append(batch)
    }

    fn keep(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.inner.keep(snapshot)
    }

    fn page(&mut self, query: &PageQuery) -> Result<Page, JournalError> {
        self.inner.page(query)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.inner.sync()
    }
}

pub(super) fn journal(path: &Path, full: &Arc<AtomicBool>) -> Box<dyn Journal> {
    let folder = DataFolder::open(path).expect("a temporary folder can be used");
    let inner = Sqlite::open(folder, Keeping::default()).expect("a journal can be made");
    Box::new(FullAtTimes { inner, full: Arc::clone(full) })
}

pub(super) fn stored() -> ServerSettings {
    let mut settings = settings();
    settings.config.store = true;
    settings
}

/// Runs a server on the journal of a folder, and a test against it; the server is told to stop in the end.
async fn serving(world: &SmolWorld, path: &Path, full: &Arc<AtomicBool>, test: impl AsyncFnOnce(SocketAddr)) {
    let server = serve(world.clone(), journal(path, full), stored()).await.expect("the server starts");
    test(server.addrs()[0]).await;
    server.stop();
    server.ended().await.expect("the journal can be closed");
}

fn in_lobby(number: u64) -> Have {
    Have { place: Place::Room(RoomName::parse("lobby").expect("a room's name")), number }
}

#[test]
fn what_was_said_is_there_after_a_restart_and_a_session_goes_on() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    let token = Secret([7; 16]);
    world.run(async {
        serving(&world, folder.path(), &full, async |addr| {
            let mut ann = Raw::join(&world, addr, "Ann", Some(token)).await;
            ann.say("before").await;
            assert_eq!(ann.text().await, "before");
        })
        .await;
        for round in 0..3 {
            serving(&world, folder.path(), &full, async |addr| {
                let mut back = Raw::new(&world, addr).await;
                back.number = 10 * (round + 1);
                back.ask(Request::Resume { token, have: vec![in_lobby(1)] }).await;
                assert!(
                    matches!(back.answer().await, Answer::Back { .. }),
                    "the token is known after {round} restarts"
                );
                let Some(Message::Earlier { past: Past::Missed, entries, .. }) = back.message().await else {
                    panic!("what was missed comes first");
                };
                assert!(
                    entries.iter().any(|entry| matches!(&entry.body, Body::Text(text) if text.as_str() == "before"))
                );
            })
            .await;
        }
    });
}

#[test]
fn a_full_disk_refuses_with_a_reason_and_loses_nothing() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    world.run(serving(&world, folder.path(), &full, async |addr| {
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        full.store(true, Ordering::SeqCst);
        // It was stepped before anybody knew of the disk: it is neither refused nor answered, but held.
        ann.say("held").await;
        let held = ann.number;
        // Others may be stepped before the journal complains. They are held like the first.
        loop {
            ann.say("refused or held").await;
            let patience = async {
                world.sleep_until(world.now() + Duration::from_millis(20)).await;
                None
            };
            let answer = async { Some(ann.numbered_answer().await) };
            if let Some((answer, number)) = answer.or(patience).await {
                assert_ne!(number, held, "nothing is acknowledged that is not kept");
                assert_eq!(answer, Answer::Refused { no: No::StorageFull, wait_ms: None });
                break;
            }
        }
        ann.ask(Request::Ping).await;
        assert_eq!(ann.answer().await, Answer::Pong);
        let mut newcomer = Raw::new(&world, addr).await;
        assert_eq!(newcomer.answer().await, Answer::Refused { no: No::StorageFull, wait_ms: None });
        assert_eq!(newcomer.message().await, None, "newcomers are told and sent away");
        full.store(false, Ordering::SeqCst);
        assert_eq!(ann.text().await, "held");
        ann.say("all goes on").await;
        while ann.text().await != "all goes on" {}
        Raw::join(&world, addr, "Bob", None).await;
    }));
}

#[test]
fn who_goes_while_the_disk_is_full_is_gone_afterwards() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    world.run(serving(&world, folder.path(), &full, async |addr| {
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        let bob = Raw::join(&world, addr, "Bob", None).await;
        full.store(true, Ordering::SeqCst);
        ann.say("held").await;
        ann.ask(Request::Rooms).await;
        drop(bob);
        full.store(false, Ordering::SeqCst);
        loop {
            if let Some(Message::Live { entry, .. }) = ann.message().await
                && matches!(entry.body, Body::Left(Why::Lost))
            {
                assert_eq!(entry.nick.as_str(), "Bob");
                break;
            }
        }
    }));
}

#[test]
fn a_page_has_what_came_just_before_it_was_asked_for() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    let mut settings = stored();
    settings.config.limits.kept_entries_max = 5;
    world.run(async {
        let server = serve(world.clone(), journal(folder.path(), &full), settings).await.expect("the server starts");
        let mut ann = Raw::join(&world, server.addrs()[0], "Ann", None).await;
        // All in one turn: what is in memory no more when the page is asked for is not in the journal yet.
        let mut bytes = Vec::new();
        for n in 0..20 {
            bytes.extend(ann.frame(Request::Say { room: "lobby".into(), text: n.to_string() }));
        }
        let place = hobnob_spec::messages::Where::Room("lobby".into());
        bytes.extend(ann.frame(Request::History { place, before: None, limit: 100 }));
        ann.write(&bytes).await;
        let Answer::Page { entries, more } = ann.answer_to_last().await else { panic!("a page comes") };
        let numbers: Vec<u64> = entries.iter().map(|entry| entry.number).collect();
        assert_eq!((numbers, more), ((1..=21).collect(), false));
        server.stop();
        server.ended().await.expect("the journal can be closed");
    });
}

#[test]
fn older_messages_are_read_from_the_store() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    let mut settings = stored();
    settings.config.limits.kept_entries_max = 5;
    world.run(async {
        let server = serve(world.clone(), journal(folder.path(), &full), settings).await.expect("the server starts");
        let mut ann = Raw::join(&world, server.addrs()[0], "Ann", None).await;
        for n in 0..30 {
            ann.say(&n.to_string()).await;
            assert_eq!(ann.text().await, n.to_string());
        }
        let place = hobnob_spec::messages::Where::Room("lobby".into());
        ann.ask(Request::History { place, before: Some(12), limit: 10 }).await;
        let Answer::Page { entries, more } = ann.answer_to_last().await else { panic!("a page comes") };
        let numbers: Vec<u64> = entries.iter().map(|entry| entry.number).collect();
        assert_eq!((numbers, more), ((2..12).collect(), true));
        server.stop();
        server.ended().await.expect("the journal can be closed");
    });
}
