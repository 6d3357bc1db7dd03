//! The websocket as RFC 6455 has it, case by case, against a real server over loopback with frames made by hand.
//!
//! The cases are those of the Autobahn suite that apply, under its numbers (9.5 and 9.6 with 10.1 and 1.1.8 are one way
//! of cutting bytes here; 12 and 13 are about an extension that is not spoken). Where the suite wants an echo, a request
//! is answered, or what is no request is refused: either says that the message came whole. A case may have a second
//! outcome that the suite calls non-strict.

#![expect(clippy::disallowed_types, reason = "the clients here are the real world")]

#[path = "../common/by_hand.rs"]
mod by_hand;
mod cases;
mod utf8;

use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt, future};
use hobnob_machine::wire::web::ASKED_BYTES_MAX;
use hobnob_runtime::journal::Nothing;
use hobnob_runtime::{Listener, ServerSettings, SmolWorld, World, serve};
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use hobnob_spec::profile::Profile;
use hobnob_spec::session::No;
use std::net::SocketAddr;
use std::time::Duration;

/// What is waited for comes in this time, or not at all.
const LONG: Duration = Duration::from_secs(60);

const FIN: u8 = 0x80;
const MORE: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// How the bytes of a case are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// All at once.
    Whole,
    /// A frame at a time.
    Frames,
    /// So many bytes at a time.
    Bytes(usize),
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    /// The request of that number was answered.
    Answer(u64),
    /// The message came, and was no request.
    NoRequest,
    /// A pong that carries this.
    Pong(Vec<u8>),
    /// The end, with this code, or with none.
    Close(Option<u16>),
}

/// What a client sends, and what it must be told.
#[derive(Debug, Clone)]
struct Case {
    id: String,
    about: String,
    /// Which subprotocol is spoken.
    binary: bool,
    frames: Vec<Vec<u8>>,
    cut: Cut,
    told: Vec<Told>,
    /// What is not as it should be and harms nobody.
    non_strict: Option<Vec<Told>>,
}

impl Case {
    fn new(id: impl Into<String>, about: impl Into<String>, frames: Vec<Vec<u8>>, told: Vec<Told>) -> Self {
        let (id, about) = (id.into(), about.into());
        Self { id, about, binary: false, frames, cut: Cut::Whole, told, non_strict: None }
    }

    fn cut(self, cut: Cut) -> Self {
        Self { cut, ..self }
    }

    fn or(self, non_strict: Vec<Told>) -> Self {
        Self { non_strict: Some(non_strict), ..self }
    }
}

/// A frame of a client's, masked.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![first];
    match payload.len() {
        len @ 0..=125 => bytes.push(0x80 | u8::try_from(len).expect("it is less")),
        len @ 126..=0xffff => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&u16::try_from(len).expect("it is less").to_be_bytes());
        }
        len => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// The end, as a client says it.
fn close(code: u16) -> Vec<u8> {
    frame(FIN | CLOSE, &code.to_be_bytes())
}

/// A ping of Hobnob's own, as JSON of so many bytes.
fn asks(number: u64, bytes: usize) -> Vec<u8> {
    let mut json = format!("{{\"number\":{number},\"request\":\"Ping\"}}").into_bytes();
    assert!(json.len() <= bytes, "a request has {} bytes at least", json.len());
    json.resize(bytes, b' ');
    json
}

/// A request as MessagePack of so many bytes.
fn asks_packed(number: u64, bytes: usize) -> Vec<u8> {
    let packed = |filler: usize| {
        let request = Request::Private { to: "x".repeat(filler), text: String::new() };
        rmp_serde::to_vec(&Asked { number, request }).expect("a request is MessagePack")
    };
    // The head of a longer text is longer by itself.
    let filler =
        (0..8).map(|over| (bytes - packed(0).len()).saturating_sub(over)).find(|one| packed(*one).len() == bytes);
    packed(filler.unwrap_or_else(|| panic!("there is a request of {bytes} bytes")))
}

/// What the frames of the server's say.
fn read(mut bytes: &[u8], binary: bool) -> Vec<Told> {
    let mut told = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        assert!(first & FIN != 0 && first & 0x70 == 0, "the server sends whole frames without reserved bits");
        assert!(second & 0x80 == 0, "the server masks nothing");
        let (len, rest) = match second {
            126 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            127 => {
                (usize::try_from(u64::from_be_bytes(rest[..8].try_into().expect("eight"))).expect("small"), &rest[8..])
            }
            len => (usize::from(*len), rest),
        };
        let (payload, rest) = rest.split_at(len);
        bytes = rest;
        told.push(match first & 0x0f {
            TEXT if !binary => said(&serde_json::from_slice(payload).expect("it is JSON")),
            BINARY if binary => said(&rmp_serde::from_slice(payload).expect("it is MessagePack")),
            PONG => Told::Pong(payload.to_vec()),
            CLOSE => Told::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
            kind => panic!("the server sends no frame of kind {kind}"),
        });
    }
    assert!(bytes.is_empty(), "the connection ends between two frames");
    told
}

fn said(message: &Message) -> Told {
    match message {
        Message::Answer { number: 0, answer: Answer::Refused { no: No::Malformed, .. } } => Told::NoRequest,
        Message::Answer { number, .. } => Told::Answer(*number),
        other => panic!("{other:?} is no answer"),
    }
}

/// Plays a case over a connection of its own, and returns what it was told until the connection ended.
async fn play(addr: SocketAddr, case: &Case) -> Vec<Told> {
    let protocol = if case.binary { "hobnob.1.msgpack" } else { "hobnob.1.json" };
    let protocol = format!("Sec-WebSocket-Protocol: {protocol}\r\n");
    let mut stream = by_hand::shake_hands(addr, "/ws", &protocol).await;
    let all = case.frames.concat();
    let pieces: Vec<&[u8]> = match case.cut {
        Cut::Whole => vec![&all],
        Cut::Frames => case.frames.iter().map(Vec::as_slice).collect(),
        Cut::Bytes(count) => all.chunks(count).collect(),
    };
    let mut writer = stream.clone();
    let writes = async {
        for piece in pieces {
            // Whoever has ended takes nothing any more.
            if writer.write_all(piece).await.is_err() {
                break;
            }
            future::yield_now().await;
        }
    };
    let mut came = Vec::new();
    let (_, end) = future::zip(writes, stream.read_to_end(&mut came)).await;
    end.unwrap_or_else(|error| panic!("{}: the connection is not ended, but {error}", case.id));
    read(&came, case.binary)
}

/// Plays all cases at a port of this kind.
fn conforms(listener: fn(&'static str, Profile) -> Listener) {
    let world = SmolWorld::new();
    world.clone().run(async {
        let settings = ServerSettings {
            listeners: vec![listener("127.0.0.1:0", Profile::open())],
            status_every: None,
            ..ServerSettings::default()
        };
        let server = serve(world.clone(), Box::new(Nothing), settings).await.expect("a free port can be had");
        let (mut wrong, mut lax) = (Vec::new(), Vec::new());
        let cases = cases::all();
        for case in &cases {
            let over = async {
                world.sleep_until(world.now() + LONG).await;
                panic!("{} ({}): the connection does not end", case.id, case.about);
            };
            let told = play(server.addrs()[0], case).or(over).await;
            if case.non_strict.as_ref() == Some(&told) {
                lax.push(case.id.as_str());
            } else if told != case.told {
                wrong.push(format!("{} ({}): {told:?} is not {:?}", case.id, case.about, case.told));
            }
        }
        println!("{} cases; non-strict: {}", cases.len(), lax.join(", "));
        assert!(wrong.is_empty(), "{} of {} cases fail:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
        server.stop();
        server.ended().await.expect("the journal keeps nothing");
    });
}

#[test]
fn the_websocket_is_as_the_rfc_has_it() {
    conforms(Listener::websocket);
}

#[test]
fn the_websocket_of_pages_is_as_the_rfc_has_it() {
    conforms(Listener::http);
}

/// Frames, one behind the other, and the end behind them.
fn then_close(mut frames: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    frames.push(close(1_000));
    frames
}

/// What is told, and the end behind it.
fn and_closed(mut told: Vec<Told>) -> Vec<Told> {
    told.push(Told::Close(Some(1_000)));
    told
}
