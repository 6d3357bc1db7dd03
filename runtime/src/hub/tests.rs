//! A whole server in this process, met by clients that speak the dialect byte by byte.

use super::*;
use crate::journal::Nothing;
use crate::smol_world::SmolWorld;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use hobnob_machine::wire::native::{self, MessageReader, Read};
use hobnob_spec::messages::{Answer, Asked, Body, Message, Request, Secret};
use hobnob_spec::session::{No, Why};
use std::collections::VecDeque;

mod going;
mod pace;
mod storage;
mod text;

/// A client that knows frames and nothing else.
struct Raw {
    stream: <SmolWorld as World>::Stream,
    reader: MessageReader,
    found: VecDeque<Read<Message>>,
    number: u64,
}

impl Raw {
    /// Connects and says hello.
    async fn new(world: &SmolWorld, addr: SocketAddr) -> Self {
        let stream = world.connect(&addr.to_string()).await.expect("the server listens");
        let mut raw = Self { stream, reader: MessageReader::default(), found: VecDeque::new(), number: 0 };
        let mut hello = Vec::new();
        native::hello(&mut hello);
        raw.write(&hello).await;
        assert_eq!(raw.read().await, Some(Read::Hello));
        raw
    }

    /// Connects and joins.
    async fn join(world: &SmolWorld, addr: SocketAddr, nick: &str, token: Option<Secret>) -> Self {
        let mut raw = Self::new(world, addr).await;
        raw.ask(Request::Join { nick: nick.into(), token, avatar: None }).await;
        let answer = raw.answer().await;
        assert!(matches!(answer, Answer::Welcome { .. }), "{nick} is welcome: {answer:?}");
        raw
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the server reads");
    }

    fn frame(&mut self, request: Request) -> Vec<u8> {
        self.number += 1;
        let mut bytes = Vec::new();
        assert!(native::ask(&Asked { number: self.number, request }, &mut bytes), "the request fits into a frame");
        bytes
    }

    async fn ask(&mut self, request: Request) {
        let bytes = self.frame(request);
        self.write(&bytes).await;
    }

    async fn say(&mut self, text: &str) {
        self.ask(Request::Say { room: "lobby".into(), text: text.into() }).await;
    }

    /// The next thing; `None` when the server has closed the connection.
    async fn read(&mut self) -> Option<Read<Message>> {
        let mut bytes = [0; 4096];
        while self.found.is_empty() {
            match self.stream.read(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.reader.read(&bytes[..count], |read| self.found.push_back(read)),
            }
        }
        self.found.pop_front()
    }

    async fn message(&mut self) -> Option<Message> {
        match self.read().await? {
            Read::Item(message) => Some(message),
            other => panic!("the server says messages, not {other:?}"),
        }
    }

    /// The next answer, passing over all else.
    async fn answer(&mut self) -> Answer {
        loop {
            match self.message().await.expect("the server answers") {
                Message::Answer { answer, .. } => return answer,
                Message::Live { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {}
            }
        }
    }

    /// The next answer and the number of its request, passing over all else.
    async fn numbered_answer(&mut self) -> (Answer, u64) {
        loop {
            if let Message::Answer { number, answer } = self.message().await.expect("the server answers") {
                return (answer, number);
            }
        }
    }

    /// The next text said in the room, passing over all else.
    async fn text(&mut self) -> String {
        loop {
            if let Message::Live { entry, .. } = self.message().await.expect("somebody says something")
                && let Body::Text(text) = &entry.body
            {
                return text.as_str().to_owned();
            }
        }
    }

    /// Everything that still comes.
    async fn rest(&mut self) -> Vec<Message> {
        let mut all = Vec::new();
        while let Some(message) = self.message().await {
            all.push(message);
        }
        all
    }
}

fn settings() -> ServerSettings {
    let mut settings = ServerSettings { status_every: None, ..ServerSettings::default() };
    settings.listeners[0].addr = "127.0.0.1:0".into();
    settings.config.limits.say_per_second = 0;
    settings
}

/// Runs a server that keeps nothing, and a test against it.
fn with_server<F: Future<Output = ()>>(settings: ServerSettings, test: impl FnOnce(SmolWorld, SocketAddr) -> F) {
    let world = SmolWorld::new();
    world.run(async {
        let server = serve(world.clone(), Box::new(Nothing), settings).await.expect("a port is free");
        test(world.clone(), server.addrs()[0]).await;
        server.stop();
        server.ended().await.expect("a server that keeps nothing closes its journal");
    });
}

#[test]
fn what_one_says_all_hear_in_one_order() {
    with_server(settings(), async |world, addr| {
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        let mut bob = Raw::join(&world, addr, "Bob", None).await;
        for text in ["one", "two", "three"] {
            ann.say(text).await;
        }
        for text in ["one", "two", "three"] {
            assert_eq!(ann.text().await, text);
            assert_eq!(bob.text().await, text);
        }
    });
}

#[test]
fn a_frame_may_come_byte_by_byte() {
    with_server(settings(), async |world, addr| {
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        for byte in ann.frame(Request::Ping) {
            ann.write(&[byte]).await;
        }
        assert_eq!(ann.answer().await, Answer::Pong);
    });
}

#[test]
fn many_frames_may_come_at_once() {
    with_server(settings(), async |world, addr| {
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        let mut bytes = Vec::new();
        for n in 0..2_000 {
            bytes.extend(ann.frame(Request::Say { room: "lobby".into(), text: n.to_string() }));
        }
        let mut writer = ann.stream.clone();
        world.spawn(async move { writer.write_all(&bytes).await.expect("the server reads") });
        for n in 0..2_000 {
            assert_eq!(ann.text().await, n.to_string());
        }
    });
}

#[test]
fn strangers_are_told_and_sent_away() {
    with_server(settings(), async |world, addr| {
        let stream = world.connect(&addr.to_string()).await.expect("the server listens");
        let mut stranger = Raw { stream, reader: MessageReader::default(), found: VecDeque::new(), number: 0 };
        stranger.write(b"GET / HTTP/1.1\r\n\r\n").await;
        let mut told = String::new();
        stranger.stream.read_to_string(&mut told).await.expect("the server ends the connection");
        assert!(told.contains("none of the protocols"), "who writes text is told in text: {told:?}");
    });
}

#[test]
fn another_version_is_told_ours() {
    with_server(settings(), async |world, addr| {
        let stream = world.connect(&addr.to_string()).await.expect("the server listens");
        let mut other = Raw { stream, reader: MessageReader::default(), found: VecDeque::new(), number: 0 };
        other.write(b"\xf0HNB\xff\xff").await;
        assert_eq!(other.read().await, Some(Read::Hello));
        assert_eq!(other.message().await, Some(Message::Goodbye { why: Why::Foreign }));
    });
}

#[test]
fn what_is_no_request_is_refused_and_the_next_one_answered() {
    with_server(settings(), async |world, addr| {
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        ann.write(&[0, 0, 0, 1, 0xc1]).await;
        assert_eq!(ann.answer().await, Answer::Refused { no: No::Malformed, wait_ms: None });
        ann.ask(Request::Ping).await;
        assert_eq!(ann.answer().await, Answer::Pong);
    });
}

#[test]
fn who_comes_and_goes_in_the_middle_hears_the_part_in_between() {
    with_server(settings(), async |world, addr| {
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        let mut bob = Raw::join(&world, addr, "Bob", None).await;
        let enter = |raw: &mut Raw| raw.frame(Request::Enter { room: "den".into() });
        let leave = |raw: &mut Raw| raw.frame(Request::Leave { room: "den".into() });
        let say = |raw: &mut Raw, text: &str| raw.frame(Request::Say { room: "den".into(), text: text.into() });
        bob.ask(Request::Enter { room: "den".into() }).await;
        assert!(matches!(bob.answer().await, Answer::Room { .. }));
        // All of it may be one turn: what Ann hears must not depend on that.
        for round in 0..20 {
            let mut bytes = enter(&mut ann);
            bytes.extend(say(&mut ann, &format!("{round} in")));
            bytes.extend(leave(&mut ann));
            let mut from_bob = say(&mut bob, &format!("{round} a"));
            from_bob.extend(say(&mut bob, &format!("{round} b")));
            ann.write(&bytes).await;
            bob.write(&from_bob).await;
            assert!(matches!(ann.answer().await, Answer::Room { .. }));
            let (mut heard, mut done) = (Vec::new(), false);
            while !done {
                match ann.message().await.expect("the server goes on") {
                    Message::Live { entry, .. } => heard.push(entry.number),
                    Message::Answer { answer, .. } => done = answer == Answer::Done,
                    Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {}
                }
            }
            assert!(heard.windows(2).all(|pair| pair[0] + 1 == pair[1]), "no hole and no repetition: {heard:?}");
            assert!(heard.len() >= 2, "her own coming and her own word: {heard:?}");
        }
    });
}

#[test]
fn a_slow_reader_is_hung_up_and_may_resume() {
    let mut settings = settings();
    settings.config.limits.outbox_bytes_max = 100_000;
    with_server(settings, async |world, addr| {
        let token = Secret([7; 16]);
        let mut slow = Raw::join(&world, addr, "Slow", Some(token)).await;
        let mut ann = Raw::join(&world, addr, "Ann", None).await;
        let text = "x".repeat(50_000);
        let mut texts = 0;
        // The sockets' own buffers come first, and nobody knows how large they are.
        let detached = loop {
            ann.say(&text).await;
            texts += 1;
            ann.text().await;
            ann.ask(Request::Who { room: None }).await;
            if let Answer::Members(members) = ann.answer_to_last().await
                && members.iter().any(|presence| presence.state == hobnob_spec::session::State::Detached)
            {
                break true;
            }
            assert!(texts < 2_000, "a reader that reads nothing is hung up before 100 MB wait for it");
        };
        assert!(detached);
        drop(slow.rest().await);
        let mut back = Raw::new(&world, addr).await;
        back.ask(Request::Resume { token, have: Vec::new() }).await;
        assert!(matches!(back.answer().await, Answer::Back { .. }));
    });
}

impl Raw {
    /// The answer to the latest request.
    async fn answer_to_last(&mut self) -> Answer {
        loop {
            if let Message::Answer { number, answer } = self.message().await.expect("the server answers")
                && number == self.number
            {
                return answer;
            }
        }
    }
}

#[test]
fn a_server_that_stops_says_so_after_all_that_was_said() {
    let world = SmolWorld::new();
    world.run(async {
        let server = serve(world.clone(), Box::new(Nothing), settings()).await.expect("a port is free");
        let mut ann = Raw::join(&world, server.addrs()[0], "Ann", None).await;
        ann.say("last words").await;
        assert_eq!(ann.text().await, "last words");
        server.stop();
        let rest = ann.rest().await;
        assert_eq!(rest.last(), Some(&Message::Goodbye { why: Why::Stopping }));
        drop(ann);
        server.ended().await.expect("a server that keeps nothing closes its journal");
        let refused = world.connect(&server.addrs()[0].to_string()).await;
        assert!(refused.is_err(), "a server that has stopped does not listen");
    });
}
