//! What the server's machine promises to whoever replays its records.

use hobnob_machine::{Action, Config, Conn, Input, Out, Server};
use hobnob_spec::messages::{Asked, Have, Message, Past, Place, Request, Secret, Time};
use hobnob_spec::names::RoomName;

/// A server with a member whose connection was lost.
fn detached() -> (Server, Time) {
    let mut server = Server::new(Config::default(), 1);
    let mut out = Out::default();
    let (conn, addr) = (Conn(1), "192.0.2.7:40000".parse().expect("this is an address"));
    let request = Request::Join { nick: "ann".into(), token: Some(Secret([1; 16])), avatar: None };
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

/// What a client is sent of the past that joins over one connection and asks this over the next, after two others came.
fn past_sent(number: u64, request: Request) -> Vec<(Past, Vec<u64>)> {
    let mut server = Server::new(Config::default(), 1);
    let at = Time(1_000);
    let open = |conn: u64| {
        let addr = format!("192.0.2.{conn}:40000").parse().expect("this is an address");
        (at, Input::Opened { conn: Conn(conn), addr, listener: 0 })
    };
    let ask = |conn, number, request| (at, Input::Asked { conn: Conn(conn), asked: Asked { number, request } });
    let join =
        |nick: &str, secret| Request::Join { nick: nick.into(), token: Some(Secret([secret; 16])), avatar: None };
    feed(&mut server, &[open(1), ask(1, 1, join("ann", 1)), open(2), ask(2, 1, join("bob", 2))]);
    feed(&mut server, &[open(3), ask(3, 1, join("cid", 3)), (at, Input::Lost { conn: Conn(3) })]);
    let say = Request::Say { room: "lobby".into(), text: "where is cid?".into() };
    let out = feed(&mut server, &[ask(1, 2, say), open(4), ask(4, number, request)]);
    let earlier = out.actions.into_iter().filter_map(|action| match action {
        Action::Send { message: Message::Earlier { past, entries, .. }, .. } => {
            Some((past, entries.iter().map(|entry| entry.number).collect()))
        }
        _ => None,
    });
    earlier.collect()
}

#[test]
fn who_has_nothing_of_its_stay_gets_the_history_again_with_what_it_missed() {
    let (history, missed) = ((Past::History, vec![1, 2]), (Past::Missed, vec![3, 4]));
    let token = Secret([3; 16]);
    let join = Request::Join { nick: "cid".into(), token: Some(token), avatar: None };
    assert_eq!(past_sent(2, join), [history.clone(), missed.clone()], "the welcome was lost");
    let has = |number| {
        let place = Place::Room(RoomName::parse("lobby").expect("a room's name"));
        Request::Resume { token, have: vec![Have { place, number }] }
    };
    assert_eq!(past_sent(2, has(2)), [history, missed], "what came after the welcome was lost");
    assert_eq!(past_sent(2, has(3)), [(Past::Missed, vec![4])], "who has its own coming has what was before it");
}
