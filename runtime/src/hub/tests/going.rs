//! Connections that go while something is still on its way to them.

use super::storage::{journal, stored};
use super::*;
use futures_lite::FutureExt;
use hobnob_spec::messages::Where;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn who_asks_for_a_page_and_goes_at_once_harms_nobody() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let mut settings = stored();
    settings.config.limits.kept_entries_max = 5;
    world.run(async {
        let never = Arc::new(AtomicBool::new(false));
        let server = serve(world.clone(), journal(folder.path(), &never), settings).await.expect("the server starts");
        let mut ann = Raw::join(&world, server.addrs()[0], "Ann", None).await;
        for n in 0..30 {
            ann.say(&n.to_string()).await;
            assert_eq!(ann.text().await, n.to_string());
        }
        for round in 0..20 {
            let mut hasty = Raw::join(&world, server.addrs()[0], "Hasty", None).await;
            let place = Where::Room("lobby".into());
            hasty.ask(Request::History { place, before: Some(12), limit: 10 }).await;
            drop(hasty);
            ann.say(&format!("round {round}")).await;
            while ann.text().await != format!("round {round}") {}
        }
        server.stop();
        server.ended().await.expect("the journal can be closed");
    });
}

#[test]
fn who_goes_while_the_disk_is_full_is_sent_nothing_afterwards() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    let mut settings = stored();
    // Shorter than the journal takes to try again: when it can be written, everybody is to be pinged.
    settings.config.limits.idle_ms = 400;
    world.run(async {
        let server = serve(world.clone(), journal(folder.path(), &full), settings).await.expect("the server starts");
        let addr = server.addrs()[0];
        let ann = Raw::join(&world, addr, "Ann", None).await;
        let mut bob = Raw::join(&world, addr, "Bob", None).await;
        full.store(true, Ordering::SeqCst);
        until_the_gate_answers(&world, &mut bob).await;
        drop((ann, bob));
        let mut newcomer = Raw::new(&world, addr).await;
        assert_eq!(newcomer.answer().await, Answer::Refused { no: No::StorageFull, wait_ms: None });
        full.store(false, Ordering::SeqCst);
        // Newcomers are sent away until the journal is tried again.
        loop {
            let mut carl = Raw::new(&world, addr).await;
            let frame = carl.frame(Request::Join { nick: "Carl".into(), token: None, avatar: None });
            drop(carl.stream.write_all(&frame).await);
            if matches!(carl.answer().await, Answer::Welcome { .. }) {
                break;
            }
            world.sleep_until(world.now() + Duration::from_millis(20)).await;
        }
        server.stop();
        server.ended().await.expect("the journal can be closed");
    });
}

/// Says something until the server knows that the disk is full: from then on only the gate answers a ping.
async fn until_the_gate_answers(world: &SmolWorld, raw: &mut Raw) {
    raw.say("held").await;
    loop {
        raw.ask(Request::Ping).await;
        let patience = async {
            world.sleep_until(world.now() + Duration::from_millis(20)).await;
            None
        };
        if async { Some(raw.answer().await) }.or(patience).await.is_some() {
            return;
        }
    }
}

#[test]
fn who_returns_while_the_disk_is_full_keeps_the_session() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    let token = Secret([7; 16]);
    world.run(async {
        let server = serve(world.clone(), journal(folder.path(), &full), stored()).await.expect("the server starts");
        let addr = server.addrs()[0];
        drop(Raw::join(&world, addr, "Ann", Some(token)).await);
        let mut bob = Raw::join(&world, addr, "Bob", None).await;
        let mut back = Raw::new(&world, addr).await;
        full.store(true, Ordering::SeqCst);
        until_the_gate_answers(&world, &mut bob).await;
        back.ask(Request::Resume { token, have: Vec::new() }).await;
        let (answer, number) = back.numbered_answer().await;
        assert_eq!(answer, Answer::Refused { no: No::StorageFull, wait_ms: None });
        assert_eq!(number, 0, "the return itself is not refused");
        assert_eq!(back.message().await, None, "but has to be tried again");
        full.store(false, Ordering::SeqCst);
        loop {
            let mut back = Raw::new(&world, addr).await;
            back.ask(Request::Resume { token, have: Vec::new() }).await;
            match back.answer().await {
                Answer::Back { .. } => break,
                // The journal tries about every second whether there is room again.
                Answer::Refused { no: No::StorageFull, .. } => {
                    world.sleep_until(world.now() + Duration::from_millis(20)).await;
                }
                other => panic!("neither back nor away for a while: {other:?}"),
            }
        }
        server.stop();
        server.ended().await.expect("the journal can be closed");
    });
}

#[test]
fn a_server_stops_though_its_disk_is_full() {
    let (world, folder) = (SmolWorld::new(), tempfile::tempdir().expect("a temporary folder can be made"));
    let full = Arc::new(AtomicBool::new(false));
    world.run(async {
        let server = serve(world.clone(), journal(folder.path(), &full), stored()).await.expect("the server starts");
        let mut bob = Raw::join(&world, server.addrs()[0], "Bob", None).await;
        full.store(true, Ordering::SeqCst);
        until_the_gate_answers(&world, &mut bob).await;
        server.stop();
        server.ended().await.expect("what was kept is safe");
    });
}
