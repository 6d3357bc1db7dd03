//! A file arrives whole or not at all, whatever is cut in the middle: the client's side of it against the server's machine.
//!
//! `PROPTEST_CASES=n` looks at so many ways of going wrong.

use hobnob_machine::{Action, Config, Conn, Download, DownloadStep, Filing, Input, Out, Server, Upload, UploadStep};
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::messages::{Answer, Asked, Body, Message, Request, Secret, Time, Where};
use proptest::collection::vec;
use proptest::prelude::*;

const TOKEN: Secret = Secret([1; 16]);

/// What happens between two requests.
#[derive(Debug, Clone, Copy)]
enum Mishap {
    /// The connection is cut; what is unanswered is asked again over the next one.
    Cut,
    /// The server starts again, and its disk has lost so many of the last bytes.
    Restart(usize),
    /// The keeper of files is done with what it has.
    Keep,
}

/// A server and its disk, one client, and what it has asked.
struct World {
    server: Server,
    now: Time,
    conn: u64,
    number: u64,
    unanswered: Vec<Asked>,
    part: Vec<u8>,
    kept: Option<Vec<u8>>,
    compared: bool,
    told: usize,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            server: Server::new(Config::default(), 1),
            now: Time(1_000),
            conn: 0,
            number: 0,
            unanswered: Vec::new(),
            part: Vec::new(),
            kept: None,
            compared: false,
            told: 0,
        };
        world.open();
        world.ask(Request::Join { nick: "Ann".into(), token: Some(TOKEN), avatar: None });
        world.unanswered.clear();
        world
    }

    fn open(&mut self) {
        self.conn += 1;
        let addr = ([127, 0, 0, 1], 5_000).into();
        self.step(Input::Opened { conn: Conn(self.conn), addr, listener: 0 }, &[]);
    }

    /// Returns over a new connection, and asks again what was not answered, as the client's machine does.
    fn back(&mut self) -> Vec<(Request, Answer)> {
        self.open();
        let again = std::mem::take(&mut self.unanswered);
        self.ask(Request::Resume { token: TOKEN, have: Vec::new() });
        self.unanswered.clear();
        let mut answers = Vec::new();
        for Asked { number, request } in again {
            if request.event().applied_once() {
                answers.extend(self.send(Asked { number, request }));
            } else {
                answers.extend(self.ask(request));
            }
        }
        answers
    }

    fn ask(&mut self, request: Request) -> Vec<(Request, Answer)> {
        self.number += 1;
        self.send(Asked { number: self.number, request })
    }

    fn send(&mut self, asked: Asked) -> Vec<(Request, Answer)> {
        self.unanswered.push(asked.clone());
        let conn = Conn(self.conn);
        match asked.request {
            Request::Chunk { transfer, offset, bytes: Bytes(bytes) } => {
                let (number, len) = (asked.number, bytes.len() as u64);
                self.step(Input::Chunk { conn, number, transfer, offset, len }, &bytes)
            }
            request => self.step(Input::Asked { conn, asked: Asked { request, ..asked } }, &[]),
        }
    }

    fn step(&mut self, input: Input, bytes: &[u8]) -> Vec<(Request, Answer)> {
        let mut out = Out::default();
        self.server.step(self.now, input, &mut out);
        self.server.check();
        let mut answers = Vec::new();
        for action in out.actions {
            match action {
                Action::WriteChunk { offset, .. } => {
                    self.part.truncate(usize::try_from(offset).expect("it is small"));
                    self.part.extend_from_slice(bytes);
                }
                Action::CheckFile { .. } => self.compared = true,
                Action::DiscardPart { .. } => self.part.clear(),
                Action::Deliver { entry, .. } => self.told += usize::from(matches!(entry.body, Body::Attached(_))),
                Action::Send { conn, message: Message::Answer { number, answer } } if conn.0 == self.conn => {
                    if let Some(at) = self.unanswered.iter().position(|asked| asked.number == number) {
                        answers.push((self.unanswered.remove(at).request, answer));
                    }
                }
                _ => {}
            }
        }
        answers
    }

    fn keep(&mut self) -> Vec<(Request, Answer)> {
        if !std::mem::take(&mut self.compared) {
            return Vec::new();
        }
        self.kept = Some(self.part.clone());
        let transfer = self.server.transfers().next().expect("one is compared").transfer;
        self.step(Input::Filed { transfer, filing: Filing::Kept { name: "a".into(), text: None } }, &[])
    }

    fn meet(&mut self, mishap: Mishap) -> Vec<(Request, Answer)> {
        match mishap {
            Mishap::Keep => self.keep(),
            Mishap::Cut => {
                self.step(Input::Lost { conn: Conn(self.conn) }, &[]);
                self.back()
            }
            Mishap::Restart(lost) => {
                self.compared = false;
                self.part.truncate(self.part.len().saturating_sub(lost));
                self.step(Input::Restarted, &[]);
                for open in self.server.transfers().collect::<Vec<_>>() {
                    let len = self.part.len() as u64;
                    self.step(Input::Reopened { transfer: open.transfer, len }, &[]);
                }
                self.back()
            }
        }
    }
}

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        4 => Just(Mishap::Keep),
        2 => Just(Mishap::Cut),
        1 => (0..100_000_usize).prop_map(Mishap::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_sent_arrives_whole_and_is_told_once(size in 0..300_000_usize, mishaps in vec(proptest::option::of(mishap()), 0..60)) {
        let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at * 7 % 251).expect("it is less than 256")).collect();
        let mut world = World::new();
        let place = Where::Room("lobby".into());
        let mut upload = Upload::new(place, "a".into(), "text/plain".into(), size as u64, Digest([3; 32]));
        let mut mishaps = mishaps.into_iter();
        let mut arrived = false;
        for _ in 0..5_000 {
            let mut answers = match upload.step() {
                UploadStep::Offer => world.ask(upload.offer().clone()),
                UploadStep::Chunk { transfer, offset, len } => {
                    let from = usize::try_from(offset).expect("it is small");
                    let part = bytes[from..from + usize::try_from(len).expect("it is small")].to_vec();
                    world.ask(Request::Chunk { transfer, offset, bytes: Bytes(part) })
                }
                // Nothing else goes wrong, so the keeper of files will be done.
                _ => world.keep(),
            };
            if let Some(Some(mishap)) = mishaps.next() {
                answers.extend(world.meet(mishap));
            }
            for (_, answer) in answers {
                match upload.answered(&answer) {
                    UploadStep::Arrived { .. } => arrived = true,
                    UploadStep::Refused(no) => panic!("refused: {no}"),
                    _ => {}
                }
            }
            if arrived {
                break;
            }
        }
        prop_assert!(arrived, "it never arrived");
        prop_assert_eq!(world.kept.as_ref(), Some(&bytes));
        prop_assert_eq!(world.told, 1, "it is told of once");
    }

    #[test]
    fn what_is_fetched_is_whole_whatever_pieces_it_comes_in(size in 0..200_000_usize, cuts in vec(1..70_000_usize, 1..40)) {
        let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at * 5 % 251).expect("it is less than 256")).collect();
        let mut download = Download::new(1, size as u64, 0);
        let (mut got, mut cuts) = (Vec::new(), cuts.into_iter().cycle());
        loop {
            match download.step() {
                DownloadStep::Complete => break,
                DownloadStep::Ask(Request::Fetch { file: 1, offset }) => {
                    let from = usize::try_from(offset).expect("it is small");
                    let end = (from + cuts.next().expect("it goes round")).min(size);
                    let piece = Answer::Piece { offset, bytes: Bytes(bytes[from..end].to_vec()) };
                    let DownloadStep::Write(Bytes(part)) = download.answered(&piece) else { panic!("it is written") };
                    got.extend(part);
                }
                other => panic!("neither a request nor the end: {other:?}"),
            }
        }
        prop_assert_eq!(got, bytes);
    }
}
