//! The same inputs bring the same outputs and the same state, to the bit, whatever the shell does between them.

use fastrand::Rng;
use hobnob_machine::{Config, Conn, Input, Out, Server};
use hobnob_sim::{Audience, Trace, Walk};
use hobnob_spec::messages::{Asked, Body, Message, Place, Request, Secret, Time};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

/// Each promise is tried with so many seeds, of a range of its own.
const SEEDS: u64 = 40;
const INPUTS: usize = 400;

fn bytes(out: &Out) -> Vec<u8> {
    rmp_serde::to_vec(out).expect("an output can be written")
}

fn hash(server: &Server) -> u64 {
    let mut hasher = DefaultHasher::new();
    server.hash(&mut hasher);
    hasher.finish()
}

fn assert_same(seed: u64, one: &(Server, Out), other: &(Server, Out)) {
    let at = one.1.fired.iter().zip(&other.1.fired).position(|(a, b)| a != b);
    assert!(at.is_none(), "seed {seed}: row {at:?} differs");
    assert!(bytes(&one.1) == bytes(&other.1), "seed {seed}: the outputs differ");
    assert!(one.0 == other.0, "seed {seed}: the states differ at the end");
    assert_eq!(hash(&one.0), hash(&other.0), "seed {seed}: equal states have equal hashes");
}

#[test]
fn the_same_seed_twice_is_the_same_walk_to_the_bit() {
    for seed in 10_000..10_000 + SEEDS {
        let (one, other) = (Walk::of(seed, INPUTS), Walk::of(seed, INPUTS));
        assert!(one == other, "seed {seed}: the walks differ");
        assert_same(seed, &one.feed(|_, _, _| {}), &other.feed(|_, _, _| {}));
    }
}

#[test]
fn a_server_that_is_written_down_and_read_again_goes_on_the_same() {
    for seed in 20_000..20_000 + SEEDS {
        let trace = Walk::of(seed, INPUTS);
        let mut rng = Rng::with_seed(seed);
        let written = trace.feed(|_, server, _| {
            if rng.u8(..16) == 0 {
                let bytes = rmp_serde::to_vec(server).expect("a server can be written");
                let read: Server = rmp_serde::from_slice(&bytes).expect("a server that was written can be read");
                assert!(read == *server, "seed {seed}: what was read is what was written");
                *server = read;
            }
        });
        assert_same(seed, &trace.feed(|_, _, _| {}), &written);
    }
}

#[test]
fn a_copy_goes_on_the_same() {
    for seed in 30_000..30_000 + SEEDS {
        let trace = Walk::of(seed, INPUTS);
        let mut rng = Rng::with_seed(seed);
        let copied = trace.feed(|_, server, _| {
            if rng.u8(..16) == 0 {
                *server = server.clone();
            }
        });
        assert_same(seed, &trace.feed(|_, _, _| {}), &copied);
    }
}

#[test]
fn a_late_wake_changes_nothing() {
    for seed in 40_000..40_000 + SEEDS {
        let trace = Walk::of(seed, INPUTS);
        let never = trace.feed(|_, _, _| {});
        let mut rng = Rng::with_seed(seed);
        let mut last = Time(0);
        let sometimes = trace.feed(|next, server, out| {
            let mut at = last;
            while rng.bool() {
                at = if at.0 == 0 { next } else { Time(rng.u64(at.0..=next.0)) };
                server.step(at, Input::Wake, out);
            }
            last = next;
        });
        assert_same(seed, &never, &sometimes);
        let always = trace.feed(|next, server, out| {
            while let Some(due) = server.wake_at().filter(|due| *due <= next) {
                server.step(due, Input::Wake, out);
            }
        });
        assert_same(seed, &never, &always);
    }
}

#[test]
fn what_rang_before_an_outage_rings_in_a_replay_without_wakes() {
    let conn = Conn(1);
    let mut fed = vec![
        (0, Input::Opened { conn, addr: ([10, 0, 0, 1], 1_000).into(), listener: 0 }),
        (0, asked(conn, 1, Request::Join { nick: "ann".into(), token: Some(Secret([1; 16])), avatar: None })),
        (0, Input::Lost { conn }),
        (60_000, Input::Wake),
        (90_000, Input::Outage { ms: 20_000 }),
    ];
    let feed = |fed: &[(u64, Input)]| {
        let (mut server, mut out) = (Server::new(Config::default(), 1), Out::default());
        fed.iter().for_each(|(at, input)| server.step(Time(*at), input.clone(), &mut out));
        (server, out)
    };
    let woken = feed(&fed);
    assert!(woken.0.sessions().next().is_none(), "the session is over when its time is");
    fed.retain(|(_, input)| *input != Input::Wake);
    assert_same(0, &woken, &feed(&fed));
}

fn asked(conn: Conn, number: u64, request: Request) -> Input {
    Input::Asked { conn, asked: Asked { number, request } }
}

/// What each connection received, and which nicks it ever had, as nicks are compared.
type Received = BTreeMap<Conn, (Vec<Message>, BTreeSet<String>)>;

fn received(trace: &Trace) -> Received {
    let mut audience = Audience::new(trace.config.nick_case);
    let mut received = Received::new();
    let mut server = Server::new(trace.config.clone(), trace.seed);
    for (at, input) in &trace.inputs {
        for input in [&Input::Wake, input] {
            let mut out = Out::default();
            audience.before(input);
            server.step(*at, input.clone(), &mut out);
            for action in &out.actions {
                audience.carry_out(action);
            }
            for session in server.sessions() {
                if let (Some(conn), Some(nick)) = (session.conn, session.nick) {
                    received.entry(conn).or_default().1.insert(server.key(nick.as_str()).to_string());
                }
            }
        }
        for (conn, messages) in audience.take_all() {
            received.entry(conn).or_default().0.extend(messages);
        }
    }
    received
}

/// The trace with another text of one private message, and the two who may know.
fn with_another_text(trace: &Trace, rng: &mut Rng, received: &Received) -> Option<(Trace, BTreeSet<String>)> {
    let messages = received.values().flat_map(|(messages, _)| messages);
    let delivered: Vec<_> = messages.filter_map(delivered_privately).collect();
    if delivered.is_empty() {
        return None;
    }
    let text = delivered[rng.usize(..delivered.len())];
    let other = text.replace("text", "lies");
    let mut parties = BTreeSet::new();
    let mut changed = trace.clone();
    for (_, input) in &mut changed.inputs {
        let Some((conn, to, _)) = private(input).filter(|(_, _, said)| *said == text) else { continue };
        let key = Server::new(trace.config.clone(), 0).key(to).to_string();
        parties.insert(key);
        parties.extend(received.get(&conn).into_iter().flat_map(|(_, nicks)| nicks.clone()));
        if let Input::Asked { asked: Asked { request: Request::Private { text, .. }, .. }, .. } = input {
            text.clone_from(&other);
        }
    }
    Some((changed, parties))
}

fn delivered_privately(message: &Message) -> Option<&str> {
    match message {
        Message::Live { place: Place::With(_), entry } => match &entry.body {
            Body::Text(text) => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    }
}

fn private(input: &Input) -> Option<(Conn, &str, &str)> {
    match input {
        Input::Asked { conn, asked: Asked { request: Request::Private { to, text }, .. } } => Some((*conn, to, text)),
        _ => None,
    }
}

#[test]
fn nobody_but_its_two_parties_notices_what_a_private_message_says() {
    let mut noticed = 0;
    for seed in 50_000..50_000 + SEEDS {
        let trace = Walk::of(seed, INPUTS);
        let before = received(&trace);
        let mut rng = Rng::with_seed(seed);
        for _ in 0..3 {
            let Some((changed, parties)) = with_another_text(&trace, &mut rng, &before) else { continue };
            for (conn, (messages, nicks)) in received(&changed) {
                if messages != before[&conn].0 {
                    noticed += 1;
                    assert!(!nicks.is_disjoint(&parties), "seed {seed}: {nicks:?} noticed what {parties:?} said");
                }
            }
        }
    }
    assert!(noticed > SEEDS, "the parties themselves notice");
}
