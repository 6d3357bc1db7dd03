//! What the server's machine promises to whoever replays its records.

use hobnob_machine::{Config, Conn, Input, Out, Server};
use hobnob_spec::messages::{Asked, Request, Secret, Time};

/// A server with a member whose connection was lost.
fn detached() -> (Server, Time) {
    let mut server = Server::new(Config::default(), 1);
    let mut out = Out::default();
    let (conn, addr) = (Conn(1), "192.0.2.7:40000".parse().expect("this is an address"));
    let request = Request::Join { nick: "ann".into(), token: Some(Secret([1; 16])) };
    server.step(Time(1_000), Input::Opened { conn, addr, listener: 0 }, &mut out);
    server.step(Time(1_000), Input::Asked { conn, asked: Asked { number: 1, request } }, &mut out);
    server.step(Time(2_000), Input::Lost { conn }, &mut out);
    let due = server.wake_at().expect("the time to return runs");
    (server, due)
}

/// Steps the server with these inputs, and returns all that they brought.
fn feed(server: &mut Server, inputs: &[(Time, Input)]) -> Out {
    let mut out = Out::default();
    for (at, input) in inputs {
        server.step(*at, input.clone(), &mut out);
    }
    out
}

#[test]
fn what_rang_before_an_outage_rings_in_a_replay_too() {
    let (live, due) = detached();
    let outage = (due.plus(5_000), Input::Outage { ms: 4_000 });
    let (mut live, mut replayed) = (live.clone(), live);
    let said = feed(&mut live, &[(due, Input::Wake), outage.clone()]);
    assert!(!said.fired.is_empty(), "the time to return was over before the outage");
    assert_eq!(feed(&mut replayed, &[outage]), said, "no record tells of the wake");
    assert_eq!(replayed, live);
}

#[test]
fn what_falls_due_in_an_outage_is_put_off() {
    let (mut server, due) = detached();
    let out = feed(&mut server, &[(due.plus(1_000), Input::Outage { ms: 4_000 })]);
    assert!(out.fired.is_empty());
    assert_eq!(server.wake_at(), Some(due.plus(4_000)));
}
