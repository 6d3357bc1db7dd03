//! How long the machine takes for what happens most: `cargo bench -p hobnob-machine`.
//!
//! A message said into a room costs the machine the same however many hear it, for it names its audience once.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use hobnob_machine::wire::native::{self, AskedReader, MessageReader, Read};
use hobnob_machine::{Action, Config, Conn, Input, Out, Server};
use hobnob_spec::messages::{Asked, Body, Entry, Message, Place, Request, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use std::hint::black_box;
use std::sync::Arc;

fn main() {
    divan::main();
}

const TEXT: &str =
    "A hundred bytes of talk, which is what people say in one go when they have something to say to all.";

/// A server with that many members in the default room, and no limit on their talk.
fn server(members: u64) -> Server {
    let mut config = Config::default();
    config.limits.say_per_second = 0;
    config.limits.ask_per_second = 0;
    let mut server = Server::new(config, 1);
    let mut out = Out::default();
    for conn in (0..members).map(Conn) {
        let addr = "192.0.2.7:40000".parse().expect("this is an address");
        server.step(Time(1), Input::Opened { conn, addr, listener: 0 }, &mut out);
        let request = Request::Join { nick: format!("user{}", conn.0), token: None, avatar: None };
        server.step(Time(1), Input::Asked { conn, asked: Asked { number: 1, request } }, &mut out);
        out.clear();
    }
    server
}

fn say(number: u64) -> Asked {
    Asked { number, request: Request::Say { room: "lobby".into(), text: TEXT.into() } }
}

/// One message into a room of that many members.
#[divan::bench(args = [10, 100, 1_000])]
fn say_into_a_room(bencher: Bencher<'_, '_>, members: u64) {
    let mut server = server(members);
    let mut out = Out::default();
    server.step(Time(2), Input::Asked { conn: Conn(0), asked: say(2) }, &mut out);
    let delivers = out.actions.iter().any(|action| matches!(action, Action::Deliver { .. }));
    assert!(delivers, "what is measured is a delivery and no refusal");
    let mut number = 2;
    bencher
        .counter(ItemsCount::new(1_u64))
        .with_inputs(|| {
            number += 1;
            Input::Asked { conn: Conn(0), asked: say(number) }
        })
        .bench_local_values(|input| {
            out.clear();
            server.step(Time(2), input, &mut out);
            black_box(out.actions.len())
        });
}

/// One private message between two of a thousand.
#[divan::bench]
fn say_in_private(bencher: Bencher<'_, '_>) {
    let mut server = server(1_000);
    let mut out = Out::default();
    let mut number = 1;
    bencher
        .counter(ItemsCount::new(1_u64))
        .with_inputs(|| {
            number += 1;
            let request = Request::Private { to: "user1".into(), text: TEXT.into() };
            Input::Asked { conn: Conn(0), asked: Asked { number, request } }
        })
        .bench_local_values(|input| {
            out.clear();
            server.step(Time(2), input, &mut out);
            black_box(out.actions.len())
        });
}

fn live() -> Message {
    let room = RoomName::parse("lobby").expect("lobby is a room's name");
    let nick = Nick::parse("user1").expect("user1 is a nick");
    let body = Body::Text(Text::parse(TEXT.into()).expect("this is a text"));
    Message::Live {
        place: Place::Room(room),
        entry: Arc::new(Entry { number: 1_000, at: Time(1_800_000_000_000), nick, body }),
    }
}

/// A delivery into bytes, as it is done once for a whole room.
#[divan::bench]
fn encode_a_delivery(bencher: Bencher<'_, '_>) {
    let message = live();
    let mut bytes = Vec::new();
    native::say(&message, &mut bytes);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| {
        bytes.clear();
        native::say(black_box(&message), &mut bytes);
        bytes.len()
    });
}

/// A delivery out of bytes, as a client does it.
#[divan::bench]
fn decode_a_delivery(bencher: Bencher<'_, '_>) {
    let mut bytes = Vec::new();
    native::hello(&mut bytes);
    let mut reader = MessageReader::default();
    reader.read(&bytes, |_| {});
    bytes.clear();
    native::say(&live(), &mut bytes);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| {
        reader.read(black_box(&bytes), |read| assert!(matches!(read, Read::Item(_)), "what was written can be read"));
    });
}

/// A request out of bytes, as the server does it.
#[divan::bench]
fn decode_a_request(bencher: Bencher<'_, '_>) {
    let mut bytes = Vec::new();
    native::hello(&mut bytes);
    let mut reader = AskedReader::default();
    reader.read(&bytes, |_| {});
    bytes.clear();
    assert!(native::ask(&say(1), &mut bytes), "a short request fits into a frame");
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| {
        reader.read(black_box(&bytes), |read| assert!(matches!(read, Read::Item(_)), "what was written can be read"));
    });
}
