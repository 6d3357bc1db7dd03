//! What the server's machine promises beyond what one user sees: to whoever replays its records, and when there is much.

use hobnob_machine::{Action, Config, Conn, Filing, Input, Out, Server};
use hobnob_spec::files::Digest;
use hobnob_spec::limits::{HISTORY_FRAME_BYTES, Limits};
use hobnob_spec::messages::{Answer, Asked, Entry, Have, Message, Past, Place, Request, Secret, Time, Where};
use hobnob_spec::names::RoomName;
use std::collections::BTreeSet;
use std::sync::Arc;

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

const AT: Time = Time(1_000);

fn open(conn: u64) -> (Time, Input) {
    (AT, Input::Opened { conn: Conn(conn), addr: "192.0.2.7:40000".parse().expect("this is an address"), listener: 0 })
}

fn ask(conn: u64, number: u64, request: Request) -> (Time, Input) {
    (AT, Input::Asked { conn: Conn(conn), asked: Asked { number, request } })
}

fn join(nick: &str) -> Request {
    Request::Join { nick: nick.into(), token: None, avatar: None }
}

fn say(text: String) -> Request {
    Request::Say { room: "lobby".into(), text }
}

/// A server where everybody may talk as much as they like.
fn talkative(limits: &Limits) -> Server {
    let limits = Limits { say_per_second: 0, ask_per_second: 0, ..limits.clone() };
    Server::new(Config { limits, store: true, ..Config::default() }, 1)
}

#[test]
fn when_many_want_one_nick_each_gets_a_short_one_of_its_own() {
    let mut server = Server::new(Config::default(), 1);
    let mut nicks = BTreeSet::new();
    let mut short = 0;
    for conn in 1..=1_100 {
        let out = feed(&mut server, &[open(conn), ask(conn, 1, join("Ann"))]);
        let welcome = out.actions.iter().find_map(|action| match action {
            Action::Send { message: Message::Answer { answer: Answer::Welcome { nick, .. }, .. }, .. } => Some(nick),
            _ => None,
        });
        let nick = welcome.expect("everybody is welcome").clone();
        let digits = nick.as_str().strip_prefix("Ann").expect("it is the wish with a number").to_owned();
        assert!(digits.len() <= 4, "{nick}: there is a number of four digits");
        short += usize::from(digits.len() <= 3);
        assert!(nicks.insert(nick.clone()), "{nick} is taken");
    }
    assert!((900..=1_000).contains(&short), "{short} of 999 numbers of three digits were found");
}

/// The frames in which somebody who joins gets what was said, as the bytes of their entries.
fn frames_of_history(texts: &[usize]) -> Vec<Vec<u64>> {
    let mut server = talkative(&Limits::default());
    feed(&mut server, &[open(1), ask(1, 1, join("Ann"))]);
    for (number, len) in (2..).zip(texts) {
        feed(&mut server, &[ask(1, number, say("x".repeat(*len)))]);
    }
    let out = feed(&mut server, &[open(2), ask(2, 1, join("Bob"))]);
    let sizes = |entries: Vec<Arc<Entry>>| entries.iter().map(|entry| entry.bytes()).collect();
    let frames = out.actions.into_iter().filter_map(|action| match action {
        Action::Send { conn: Conn(2), message: Message::Earlier { past: Past::History, entries, .. } } => {
            Some(sizes(entries))
        }
        _ => None,
    });
    frames.collect()
}

#[test]
fn history_comes_in_as_few_frames_as_it_fits_into() {
    let frames = frames_of_history(&[8_000; 20]);
    let size = |frame: &[u64]| frame.iter().sum::<u64>();
    assert_eq!(frames.iter().map(Vec::len).sum::<usize>(), 21, "Ann's coming, and what she said");
    for pair in frames.windows(2) {
        assert!(size(&pair[0]) <= HISTORY_FRAME_BYTES as u64, "{pair:?}");
        assert!(size(&pair[0]) + pair[1][0] > HISTORY_FRAME_BYTES as u64, "another one fits: {pair:?}");
    }
    assert!(size(frames.last().expect("there is history")) <= HISTORY_FRAME_BYTES as u64);
    // What fits to the last byte is one frame.
    let (coming, text) = (frames[0][0], frames[0][1] - 8_000);
    let last = HISTORY_FRAME_BYTES as u64 - coming - 7 * (8_000 + text) - text;
    let exactly = [&[8_000; 7][..], &[usize::try_from(last).expect("it is small")]].concat();
    assert_eq!(frames_of_history(&exactly).len(), 1);
}

#[test]
fn pages_of_all_rooms_at_once_take_half_of_an_outbox() {
    let limits = Limits { outbox_bytes_max: 9_000, kept_entries_max: 1, ..Limits::default() };
    let mut server = talkative(&limits);
    let steps = [open(1), ask(1, 1, join("Ann")), ask(1, 2, say("one".into())), ask(1, 3, say("two".into()))];
    feed(&mut server, &steps);
    feed(
        &mut server,
        &[ask(1, 4, Request::Enter { room: "tea".into() }), ask(1, 5, Request::Enter { room: "hall".into() })],
    );
    let history = Request::History { place: Where::Room("lobby".into()), before: Some(3), limit: 10 };
    let out = feed(&mut server, &[ask(1, 6, history)]);
    let [Action::ReadPage { bytes_max, .. }] = &out.actions[..] else { panic!("it is in the store: {out:?}") };
    assert_eq!(*bytes_max, 1_500);
}

#[test]
fn a_server_shows_who_is_there_and_what_it_keeps() {
    let mut server = Server::new(Config::default(), 1);
    let offer = |name: &str| Request::Attach {
        place: Where::Room("lobby".into()).into(),
        name: name.into(),
        media: "text/plain".into(),
        size: 0,
        digest: Digest([0; 32]),
    };
    feed(
        &mut server,
        &[open(1), ask(1, 1, join("Ann")), open(2), ask(1, 2, offer("a.txt")), ask(1, 3, offer("b.txt"))],
    );
    let filing = Filing::Kept { name: "a.txt".into(), text: None };
    feed(&mut server, &[(AT, Input::Filed { transfer: 1, filing })]);
    let nicks: Vec<_> = server.sessions().map(|session| session.nick.map(|nick| nick.as_str().to_owned())).collect();
    assert_eq!(nicks, [Some("Ann".to_owned()), None]);
    let rooms: Vec<_> = server.rooms().map(|room| (room.name.as_str().to_owned(), room.members)).collect();
    assert_eq!(rooms, [("lobby".to_owned(), 1)]);
    assert_eq!(server.kept_files().collect::<Vec<_>>(), ["a.txt"]);
    assert_eq!(server.transfers().map(|open| open.name.to_string()).collect::<Vec<_>>(), ["b.txt"]);
}
