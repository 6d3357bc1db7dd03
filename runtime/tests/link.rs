//! Clients' links against a real server over loopback, through a proxy that cuts connections.

use async_channel::{Receiver, Sender};
use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt};
use hobnob_machine::{Config, Shown};
use hobnob_runtime::journal::Nothing;
use hobnob_runtime::{Intent, Link, Listener, ServerHandle, ServerSettings, SmolWorld, World, serve};
use hobnob_spec::messages::{Answer, Body, Place, Request};
use hobnob_spec::profile::Profile;
use std::net::SocketAddr;

async fn server(world: &SmolWorld) -> ServerHandle {
    let mut config = Config::default();
    config.limits.say_per_second = 0;
    let settings = ServerSettings {
        listeners: vec![Listener::tcp("127.0.0.1:0", Profile::open())],
        config,
        status_every: None,
        ..ServerSettings::default()
    };
    serve(world.clone(), Box::new(Nothing), settings).await.expect("a free port can be had")
}

/// Passes bytes on to `to`, and cuts whatever connection there is whenever it is told to.
async fn proxy(world: SmolWorld, to: String, cuts: Receiver<()>) -> String {
    let listener = world.bind("127.0.0.1:0").await.expect("a free port can be had");
    let addr = SmolWorld::local_addr(&listener).expect("a listener has an address").to_string();
    let tasks = world.clone();
    tasks.clone().spawn(async move {
        while let Ok((near, _)) = SmolWorld::accept(&listener).await {
            let Ok(far) = tasks.connect(&to).await else { continue };
            let (near, far) = (SmolWorld::split(near), SmolWorld::split(far));
            let cut = async {
                let _ = cuts.recv().await;
            };
            pass(near.0, far.1).or(pass(far.0, near.1)).or(cut).await;
        }
    });
    addr
}

async fn pass(mut from: impl futures_lite::AsyncRead + Unpin, mut to: impl futures_lite::AsyncWrite + Unpin) {
    let mut bytes = vec![0; 4096];
    while let Ok(count) = from.read(&mut bytes).await {
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

async fn join(world: &SmolWorld, addr: &str, nick: &str) -> Link {
    let link = Link::start(world, addr.to_owned());
    link.intents.send(Intent::Join(nick.into())).await.expect("the link takes wishes");
    loop {
        match link.shown.recv().await.expect("the link shows what happens") {
            Shown::Welcome { nick: got, .. } => {
                assert_eq!(got.as_str(), nick);
                return link;
            }
            other => assert!(!matches!(other, Shown::Out), "{nick} gets in"),
        }
    }
}

/// The next text that is said in a room, and by whom.
async fn said(link: &Link) -> (String, String) {
    loop {
        match link.shown.recv().await.expect("the link shows what happens") {
            Shown::Entry { place: Place::Room(_), entry, .. } => {
                if let Body::Text(text) = &entry.body {
                    return (entry.nick.to_string(), text.to_string());
                }
            }
            Shown::Unsent { request } | Shown::Unsure { request } | Shown::TooMany { request } => {
                panic!("given back: {request:?}")
            }
            Shown::Gap { missing, .. } => panic!("{missing} messages are missing"),
            _ => {}
        }
    }
}

async fn say(link: &Link, text: String) {
    let request = Request::Say { room: "lobby".into(), text };
    link.intents.send(Intent::Ask(request)).await.expect("the link takes wishes");
}

fn cut(cuts: &Sender<()>) {
    cuts.try_send(()).expect("the proxy takes one cut at a time");
}

#[test]
fn what_is_said_over_connections_that_are_cut_arrives_once_and_in_order() {
    let world = SmolWorld::new();
    world.clone().run(async move {
        let server = server(&world).await;
        let direct = server.addrs()[0].to_string();
        let (cuts, cuts_of_ann) = async_channel::bounded(1);
        let through = proxy(world.clone(), direct.clone(), cuts_of_ann).await;
        let bob = join(&world, &direct, "Bob").await;
        let ann = join(&world, &through, "Ann").await;
        let mut expected = Vec::new();
        for round in 0..5 {
            cut(&cuts);
            for at in 0..40 {
                let text = format!("{round}-{at}");
                say(&ann, text.clone()).await;
                expected.push(("Ann".to_owned(), text));
                if at % 10 == 0 {
                    let text = format!("bob {round}-{at}");
                    say(&bob, text).await;
                }
            }
            // The cut must have come before the next one does.
            let (mut heard, mut from_bob) = (Vec::new(), 0);
            while heard.len() < 40 || from_bob < 4 {
                let line = said(&bob).await;
                if line.0 == "Bob" { from_bob += 1 } else { heard.push(line) }
            }
            assert_eq!(heard, expected[round * 40..], "Bob hears each line once, in order");
            let (mut heard, mut from_bob) = (Vec::new(), 0);
            while heard.len() < 40 || from_bob < 4 {
                let line = said(&ann).await;
                if line.0 == "Bob" { from_bob += 1 } else { heard.push(line) }
            }
            assert_eq!(heard, expected[round * 40..], "Ann hears each of her own lines once, in order");
        }
        ann.intents.send(Intent::Quit).await.expect("the link takes wishes");
        while !matches!(ann.shown.recv().await.expect("the link shows what happens"), Shown::Out) {}
    });
}

/// Who is in the chat, and from which address.
async fn report(link: &Link) -> Vec<(String, SocketAddr)> {
    link.intents.send(Intent::Ask(Request::Report)).await.expect("the link takes wishes");
    loop {
        if let Shown::Answer { answer: Answer::Report(active), .. } = link.shown.recv().await.expect("it is shown") {
            return active.iter().map(|user| (user.nick.to_string(), user.addr)).collect();
        }
    }
}

#[test]
fn who_logs_out_stays_connected_and_may_join_again() {
    let world = SmolWorld::new();
    world.clone().run(async move {
        let server = server(&world).await;
        let ann = join(&world, &server.addrs()[0].to_string(), "Ann").await;
        let first = report(&ann).await;
        assert_eq!(first.len(), 1, "{first:?}");
        ann.intents.send(Intent::Logout).await.expect("the link takes wishes");
        while !matches!(ann.shown.recv().await.expect("the link shows what happens"), Shown::Out) {}
        assert!(report(&ann).await.is_empty(), "nobody is in");
        ann.intents.send(Intent::Join("Anna".into())).await.expect("the link takes wishes");
        assert_eq!(report(&ann).await, [("Anna".to_owned(), first[0].1)], "by the same connection");
    });
}

#[test]
fn a_server_that_cannot_be_reached_is_told_with_its_reason() {
    let world = SmolWorld::new();
    world.clone().run(async move {
        let listener = world.bind("127.0.0.1:0").await.expect("a free port can be had");
        let addr = SmolWorld::local_addr(&listener).expect("a listener has an address").to_string();
        drop(listener);
        let link = Link::start(&world, addr);
        link.intents.send(Intent::Join("Ann".into())).await.expect("the link takes wishes");
        let first = link.shown.recv().await.expect("the link shows what happens");
        assert!(matches!(&first, Shown::Unreachable { reason: Some(_) }), "{first:?}");
        assert_eq!(link.shown.recv().await.expect("the link shows what happens"), Shown::Out);
    });
}

#[test]
fn a_peer_of_another_protocol_is_told_as_such() {
    let world = SmolWorld::new();
    world.clone().run(async move {
        let listener = world.bind("127.0.0.1:0").await.expect("a free port can be had");
        let addr = SmolWorld::local_addr(&listener).expect("a listener has an address").to_string();
        world.spawn(async move {
            let (stream, _) = SmolWorld::accept(&listener).await.expect("somebody connects");
            let (mut from, mut to) = SmolWorld::split(stream);
            to.write_all(b"220 mail.example.org ESMTP\r\n").await.expect("the client reads");
            let _ = from.read(&mut [0; 64]).await;
        });
        let link = Link::start(&world, addr);
        link.intents.send(Intent::Ask(Request::Report)).await.expect("the link takes wishes");
        match link.shown.recv().await.expect("the link shows what happens") {
            Shown::Unreachable { reason: Some(reason) } => assert!(reason.contains("does not speak"), "{reason}"),
            other => panic!("{other:?}"),
        }
    });
}
