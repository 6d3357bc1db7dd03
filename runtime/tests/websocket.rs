//! Websockets against a real server over loopback, by a library's client and by hand.

#![expect(clippy::disallowed_types, reason = "the clients here are the real world")]

#[path = "common/by_hand.rs"]
mod by_hand;

use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::client::IntoClientRequest;
use async_tungstenite::tungstenite::http::HeaderValue;
use async_tungstenite::tungstenite::http::header::{ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use async_tungstenite::tungstenite::{Error, Message as Frame};
use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt, StreamExt};
use hobnob_machine::wire::web;
use hobnob_runtime::journal::Nothing;
use hobnob_runtime::{Listener, ServerHandle, ServerSettings, SmolWorld, World, serve};
use hobnob_spec::messages::{Answer, Asked, Body, Message, Request};
use hobnob_spec::profile::{Dialect, Profile};
use hobnob_spec::session::Why;
use smol::net::TcpStream;
use std::net::SocketAddr;
use std::time::Duration;

/// What is waited for comes in this time, or not at all.
const LONG: Duration = Duration::from_secs(20);

async fn server(world: &SmolWorld) -> ServerHandle {
    let settings = ServerSettings {
        listeners: vec![Listener::websocket("127.0.0.1:0", Profile::open())],
        status_every: None,
        ..ServerSettings::default()
    };
    serve(world.clone(), Box::new(Nothing), settings).await.expect("a free port can be had")
}

fn run(test: impl AsyncFnOnce(SmolWorld, SocketAddr)) {
    let world = SmolWorld::new();
    world.clone().run(async {
        let server = server(&world).await;
        let over = async {
            world.sleep_until(world.now() + LONG).await;
            panic!("what the test waits for did not come");
        };
        test(world.clone(), server.addrs()[0]).or(over).await;
        server.stop();
        server.ended().await.expect("the journal keeps nothing");
    });
}

/// Asks for a websocket.
async fn try_open(addr: SocketAddr, protocol: &str, origin: Option<&str>) -> Result<Socket, Error> {
    let mut request = format!("ws://{addr}/").into_client_request().expect("it is an address");
    let value = |text: &str| HeaderValue::from_str(text).expect("it is a header's value");
    if !protocol.is_empty() {
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, value(protocol));
    }
    if let Some(origin) = origin {
        request.headers_mut().insert(ORIGIN, value(origin));
    }
    let stream = TcpStream::connect(addr).await.expect("the server listens");
    let (socket, response) = async_tungstenite::client_async(request, stream).await?;
    let spoken = response.headers().get(SEC_WEBSOCKET_PROTOCOL).map(|value| value.to_str().expect("it is text"));
    let dialect = if spoken == Some("hobnob.1.msgpack") { Dialect::WebBinary } else { Dialect::WebText };
    Ok(Socket { socket, dialect, number: 0 })
}

async fn open(addr: SocketAddr, protocol: &str) -> Socket {
    try_open(addr, protocol, None).await.expect("a websocket can be had")
}

struct Socket {
    socket: WebSocketStream<TcpStream>,
    dialect: Dialect,
    number: u64,
}

impl Socket {
    async fn ask(&mut self, request: Request) {
        self.number += 1;
        let asked = Asked { number: self.number, request };
        let frame = match self.dialect {
            Dialect::WebText => Frame::text(serde_json::to_string(&asked).expect("a request is JSON")),
            _ => Frame::binary(rmp_serde::to_vec(&asked).expect("a request is MessagePack")),
        };
        self.socket.send(frame).await.expect("the connection takes it");
    }

    async fn next(&mut self) -> Frame {
        self.socket.next().await.expect("something comes").expect("it is a frame")
    }

    async fn hear(&mut self) -> Message {
        match self.next().await {
            Frame::Text(text) if self.dialect == Dialect::WebText => serde_json::from_str(&text).expect("it is JSON"),
            Frame::Binary(bytes) if self.dialect == Dialect::WebBinary => {
                rmp_serde::from_slice(&bytes).expect("it is MessagePack")
            }
            other => panic!("{other:?} is no message of the dialect"),
        }
    }

    async fn joins(&mut self, nick: &str) {
        self.ask(Request::Join { nick: nick.into(), token: None, avatar: None }).await;
        while !matches!(self.hear().await, Message::Answer { answer: Answer::Welcome { .. }, .. }) {}
    }

    /// The next text that is said in the lobby.
    async fn hears_text(&mut self) -> String {
        loop {
            if let Message::Live { entry, .. } = self.hear().await
                && let Body::Text(text) = &entry.body
            {
                return text.to_string();
            }
        }
    }
}

#[test]
fn json_and_messagepack_meet_in_the_lobby() {
    run(async |_, addr| {
        let mut ann = open(addr, "hobnob.1.json").await;
        let mut bob = open(addr, "chat, hobnob.1.msgpack").await;
        let mut cid = open(addr, "").await;
        assert_eq!((bob.dialect, cid.dialect), (Dialect::WebBinary, Dialect::WebText));
        ann.joins("ann").await;
        bob.joins("bob").await;
        cid.joins("cid").await;
        for (who, text) in [(0, "hello \u{1f44b}"), (1, "a\u{a}b \"quoted\""), (2, &"long ".repeat(700))] {
            let speaker = [&mut ann, &mut bob, &mut cid].into_iter().nth(who).expect("there are three");
            speaker.ask(Request::Say { room: "lobby".into(), text: text.to_owned() }).await;
            for socket in [&mut ann, &mut bob, &mut cid] {
                assert_eq!(socket.hears_text().await, text);
            }
        }
    });
}

#[test]
fn the_websocket_itself_answers_pings_and_the_end() {
    run(async |_, addr| {
        let mut ann = open(addr, "").await;
        ann.socket.send(Frame::Ping(vec![1, 2, 3].into())).await.expect("it goes");
        assert_eq!(ann.next().await, Frame::Pong(vec![1, 2, 3].into()));
        ann.socket.close(None).await.expect("it goes");
        assert!(matches!(ann.next().await, Frame::Close(_)));
        assert!(ann.socket.next().await.is_none(), "the connection ends");
    });
}

#[test]
fn a_goodbye_says_why_in_the_frame_that_ends_the_websocket() {
    run(async |_, addr| {
        let mut ann = open(addr, "").await;
        // The third message that is none ends what nobody has joined.
        for _ in 0..20 {
            ann.socket.send(Frame::text("{}")).await.expect("it goes");
        }
        let why = loop {
            if let Frame::Close(Some(close)) = ann.next().await {
                break close;
            }
        };
        assert_eq!((u16::from(why.code), why.reason.as_str()), (web::code(Why::Malformed), Why::Malformed.meaning()));
    });
}

#[test]
fn only_pages_of_this_server_and_its_subprotocols_are_taken() {
    run(async |_, addr| {
        let port = addr.port();
        for (protocol, origin, status) in [
            ("hobnob.1.json", Some("http://evil.example".to_owned()), 403),
            ("hobnob.1.json", Some("null".to_owned()), 403),
            ("hobnob.2.json", None, 400),
            ("chat", Some(format!("http://127.0.0.1:{port}")), 400),
        ] {
            let refused = try_open(addr, protocol, origin.as_deref()).await.err();
            let Some(Error::Http(response)) = refused else { panic!("{protocol} {origin:?} came to {refused:?}") };
            assert_eq!(response.status(), status, "{protocol} {origin:?}");
        }
        let mut ann = try_open(addr, "hobnob.1.json", Some("http://127.0.0.1:18080")).await.expect("it is our page");
        ann.joins("ann").await;
    });
}

/// Opens a websocket by hand, writes bytes, and returns what comes behind the handshake until the connection ends.
async fn answer_to(addr: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = by_hand::shake_hands(addr, "/", "").await;
    stream.write_all(bytes).await.expect("it goes");
    let mut rest = Vec::new();
    // A reset is an end, too.
    drop(stream.read_to_end(&mut rest).await);
    rest
}

/// A frame of a client's, masked with zeros.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let len = u8::try_from(payload.len()).expect("it is short");
    [&[first, 0x80 | len, 0, 0, 0, 0], payload].concat()
}

#[test]
fn what_is_no_websocket_ends_with_the_code_that_says_so() {
    let huge = [&[0x82, 0xff][..], &(1_u64 << 40).to_be_bytes(), &[0; 4]].concat();
    for (what, bytes, code) in [
        ("not masked", vec![0x81, 2, b'h', b'i'], 1_002_u16),
        ("a reserved bit", masked(0xc1, b"hi"), 1_002),
        ("an unknown kind", masked(0x83, b"hi"), 1_002),
        ("a ping in parts", masked(0x09, b"hi"), 1_002),
        ("a part of nothing", masked(0x80, b"hi"), 1_002),
        ("no UTF-8", masked(0x81, &[0xff, 0xfe]), 1_007),
        ("too long", huge, 1_009),
    ] {
        run(async |_, addr| {
            let said = answer_to(addr, &bytes).await;
            assert!(said.len() >= 4 && said[0] == 0x88, "{what}: {said:?}");
            assert_eq!(u16::from_be_bytes([said[2], said[3]]), code, "{what}: {said:?}");
        });
    }
}

#[test]
fn frames_are_put_together_whatever_pieces_they_come_in() {
    run(async |world, addr| {
        let mut ann = open(addr, "").await;
        ann.joins("ann").await;
        let mut bob = open(addr, "").await;
        bob.joins("bob").await;
        let asked = Asked { number: 9, request: Request::Say { room: "lobby".into(), text: "in pieces".into() } };
        let text = serde_json::to_vec(&asked).expect("it is JSON");
        let (one, two) = text.split_at(text.len() / 2);
        let bytes = [masked(0x01, one), masked(0x89, b"ping"), masked(0x80, two)].concat();
        let mut raw = bob.socket.into_inner();
        for byte in bytes {
            raw.write_all(&[byte]).await.expect("it goes");
            world.sleep_until(world.now() + Duration::from_millis(1)).await;
        }
        assert_eq!(ann.hears_text().await, "in pieces");
    });
}
