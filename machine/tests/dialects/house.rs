//! A server with doors and tongues and no network: what the hub is, without the waiting.

use hobnob_machine::wire::contents::Contents;
use hobnob_machine::wire::door::{Door, Found};
use hobnob_machine::wire::tongue::{Ask, Tongue, live};
use hobnob_machine::wire::zone::Zone;
use hobnob_machine::{Action, Config, Conn, Filing, Input, Out, RoomId, Server};
use hobnob_spec::messages::{Asked, Request, Time};
use hobnob_spec::names::Text;
use hobnob_spec::profile::{NickCase, Profile};
use std::collections::{BTreeMap, BTreeSet};

/// The server and its connections.
pub(crate) struct House {
    config: Config,
    server: Server,
    /// The time that the next input comes at.
    pub(crate) now: Time,
    lines: Vec<Line>,
    hearers: BTreeMap<RoomId, BTreeSet<usize>>,
    /// What came of each file, by its transfer.
    files: BTreeMap<u64, Vec<u8>>,
    contents: Contents,
    /// The bytes of the request that the server is taking.
    at_hand: Vec<u8>,
}

struct Line {
    listener: usize,
    door: Door,
    tongue: Option<Tongue>,
    /// What was written and not yet read.
    written: Vec<u8>,
    open: bool,
}

impl House {
    /// A server with a listener for each of these profiles, at 20:32:40.
    pub(crate) fn new(profiles: &[Profile]) -> Self {
        let config = Config { profiles: profiles.to_vec(), nick_case: NickCase::Exact, ..Config::default() };
        let server = Server::new(config.clone(), 1);
        Self {
            config,
            server,
            now: at("20:32:40"),
            lines: Vec::new(),
            hearers: BTreeMap::new(),
            files: BTreeMap::new(),
            contents: Contents::default(),
            at_hand: Vec::new(),
        }
    }

    /// Changes the server's settings.
    pub(crate) fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        self.step(Input::Configured(Box::new(self.config.clone())));
    }

    /// A connection through the nth listener.
    pub(crate) fn connect(&mut self, listener: usize) -> usize {
        let line = self.lines.len();
        let door = Door::new(&self.config.profiles[listener].dialects);
        self.lines.push(Line { listener, door, tongue: None, written: Vec::new(), open: true });
        let addr = format!("192.168.1.{}:{}", 5 + line, 40_000 + line).parse().expect("this is an address");
        let listener = u16::try_from(listener).expect("few listeners");
        self.step(Input::Opened { conn: conn(line), addr, listener });
        line
    }

    /// A connection whose client has said something without a newline, and then waited; what it read is passed over.
    pub(crate) fn enter(&mut self, listener: usize, said: &str) -> usize {
        let line = self.connect(listener);
        self.tell(line, said);
        line
    }

    /// The client sends these bytes in one call and reads what comes back.
    pub(crate) fn tell(&mut self, line: usize, said: &str) -> String {
        self.send(line, said.as_bytes());
        self.quiet(line);
        self.read(line)
    }

    /// The client sends these bytes.
    pub(crate) fn send(&mut self, line: usize, bytes: &[u8]) {
        let mut all = Vec::new();
        self.lines[line].door.read(bytes, |found| all.push(found));
        all.into_iter().for_each(|found| self.take(line, found));
    }

    /// The client says nothing for a while.
    pub(crate) fn quiet(&mut self, line: usize) {
        let mut all = Vec::new();
        self.lines[line].door.quiet(|found| all.push(found));
        all.into_iter().for_each(|found| self.take(line, found));
    }

    /// What was written to the client since it last read.
    pub(crate) fn read(&mut self, line: usize) -> String {
        String::from_utf8(std::mem::take(&mut self.lines[line].written)).expect("the text dialects write UTF-8")
    }

    /// Whether the connection is there.
    pub(crate) fn is_open(&self, line: usize) -> bool {
        self.lines[line].open
    }

    /// The connection is lost.
    pub(crate) fn lose(&mut self, line: usize) {
        self.lines[line].open = false;
        self.step(Input::Lost { conn: conn(line) });
    }

    /// What a client that is no client of ours asks, by number.
    pub(crate) fn ask(&mut self, line: usize, asked: Asked) {
        if let Request::Chunk { bytes, .. } = &asked.request {
            self.at_hand.clone_from(&bytes.0);
        }
        self.step(Input::Asked { conn: conn(line), asked });
    }

    fn take(&mut self, line: usize, found: Found) {
        if !self.lines[line].open {
            return;
        }
        match found {
            Found::Relayed(_) => {}
            Found::Speaks(dialect) => {
                let profile = &self.config.profiles[self.lines[line].listener];
                let tongue = Tongue::new(dialect, profile, &self.config.lobby, Zone::UTC);
                tongue.greet(&mut self.lines[line].written);
                self.lines[line].tongue = Some(tongue);
            }
            Found::Foreign(foreign) => {
                self.tongue(line).strange(foreign);
                self.step(Input::Foreign { conn: conn(line) });
            }
            Found::Unit(unit) => {
                let mut asks = Vec::new();
                self.tongue(line).hear(unit, &mut asks);
                for ask in asks {
                    match ask {
                        Ask::Asked(asked) => self.ask(line, asked),
                        Ask::Bytes(bytes) => {
                            let asked = self.tongue(line).chunks(&bytes);
                            asked.into_iter().for_each(|asked| self.ask(line, asked));
                        }
                        Ask::Garbled => self.step(Input::Garbled { conn: conn(line) }),
                        Ask::Reply(bytes) => self.lines[line].written.extend(bytes),
                        Ask::Bye => self.lose(line),
                    }
                }
            }
        }
    }

    fn tongue(&mut self, line: usize) -> &mut Tongue {
        self.lines[line].tongue.as_mut().expect("a dialect shows before a unit")
    }

    fn step(&mut self, input: Input) {
        let mut out = Out::default();
        self.server.step(self.now, input, &mut out);
        for action in out.actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Send { conn, message } => {
                let Line { tongue, written, .. } = &mut self.lines[place(conn)];
                tongue.as_mut().expect("it spoke first").say(&message, &self.contents, written);
            }
            Action::Deliver { room, name, entry } => {
                for line in self.hearers.get(&room).cloned().unwrap_or_default() {
                    let Line { tongue, written, .. } = &mut self.lines[line];
                    let tongue = tongue.as_mut().expect("who hears a room has joined");
                    if tongue.hears(&name, &entry) {
                        live(tongue.dialect(), &name, &entry, Zone::UTC, &self.contents, written);
                    }
                }
            }
            Action::Hear { conn, room } => {
                let Line { tongue, written, .. } = self.line(conn);
                tongue.as_mut().expect("who hears a room has joined").settle(written);
                self.hearers.entry(room).or_default().insert(place(conn));
            }
            Action::Unhear { conn, room } => {
                self.hearers.entry(room).or_default().remove(&place(conn));
            }
            Action::Close { conn } => {
                for hearers in self.hearers.values_mut() {
                    hearers.remove(&place(conn));
                }
                self.line(conn).open = false;
            }
            Action::WriteChunk { transfer, offset } => {
                let file = self.files.entry(transfer).or_default();
                assert_eq!(file.len() as u64, offset, "what is written goes on where it was");
                file.append(&mut self.at_hand);
            }
            Action::CheckFile { transfer, name, size, .. } => {
                let bytes = self.files.remove(&transfer).unwrap_or_default();
                assert_eq!(bytes.len() as u64, size, "a whole file is compared");
                self.contents.keep(transfer, bytes.clone());
                let text = String::from_utf8(bytes).ok().and_then(|text| Text::parse(text).ok());
                let filing = Filing::Kept { name: name.to_string(), text };
                self.step(Input::Filed { transfer, filing });
            }
            Action::DiscardPart { .. } | Action::RemoveFile { .. } | Action::ReadPiece { .. } => {}
            Action::Keep { .. } | Action::ReadPage { .. } => {}
        }
    }

    fn line(&mut self, conn: Conn) -> &mut Line {
        &mut self.lines[place(conn)]
    }
}

/// A time of day on the 21st of November 2026, UTC.
pub(crate) fn at(time: &str) -> Time {
    let parts: Vec<u64> = time.split(':').map(|part| part.parse().expect("a number")).collect();
    Time((1_795_219_200 + parts[0] * 3_600 + parts[1] * 60 + parts[2]) * 1_000)
}

fn conn(line: usize) -> Conn {
    Conn(line as u64)
}

fn place(conn: Conn) -> usize {
    usize::try_from(conn.0).expect("few connections")
}
