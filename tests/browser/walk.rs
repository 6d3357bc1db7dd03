//! Random walks of the client's machine beside a moody server, written down step by step for the machine of the pages.

use hobnob_machine::{Client, ClientAction, ClientInput, ClientOut};
use hobnob_spec::client::{Event, State};
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::messages::{
    Answer, Asked, Body, Entry, For, Message, Past, Place, Request, Secret, StillIn, Time, Where,
};
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::session::{No, Why};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// A row of the client's table, by its place.
pub(super) type Row = (State, Event, u8);

/// Small and seeded: the same walk everywhere.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).expect("an index is small")]
    }
}

/// One walk: a client, what its server and its user feel like, and what was written down.
pub(super) struct Walk {
    seed: u64,
    dice: Dice,
    client: Client,
    now: u64,
    open: Vec<Asked>,
    sent: VecDeque<u64>,
    lobby: u64,
    tea: u64,
    with_ann: u64,
    mood: Mood,
    steps: Vec<Value>,
    fired: BTreeSet<Row>,
}

/// How often things happen in these days, in percent.
struct Mood {
    answers: u64,
    chatty: u64,
    holes: u64,
    pages: u64,
    breaks: u64,
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).expect("a room's name")
}

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

fn with_ann() -> Place {
    Place::With(nick("Ann"))
}

impl Walk {
    /// A walk that has not begun.
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed);
        (0..4).for_each(|_| {
            dice.roll(7);
        });
        Self {
            seed,
            client: Client::new(seed),
            now: 1_000_000,
            open: Vec::new(),
            sent: VecDeque::new(),
            lobby: 10,
            tea: 3,
            with_ann: 0,
            mood: Mood { answers: 90, chatty: 10, holes: 0, pages: 50, breaks: 1 },
            steps: Vec::new(),
            fired: BTreeSet::new(),
            dice,
        }
    }

    /// The rows that fired.
    pub(super) fn fired(&self) -> &BTreeSet<Row> {
        &self.fired
    }

    /// Seed and steps: each has its time, its input, and what the machine made of it.
    pub(super) fn written(self) -> Value {
        // A number of JavaScript holds 53 bits; a seed has 64.
        json!({ "seed": self.seed.to_string(), "steps": self.steps })
    }

    fn step(&mut self, input: ClientInput) {
        let mut out = ClientOut::default();
        let written = serde_json::to_value(&input).expect("an input is JSON");
        self.client.step(Time(self.now), input, &mut out);
        self.fired.extend(out.fired.iter().map(|fired| (fired.state, fired.event, fired.row)));
        self.steps.push(json!({
            "now": self.now,
            "input": written,
            "out": { "actions": out.actions, "fired": out.fired },
            "wake_at": self.client.wake_at(),
        }));
        for action in out.actions {
            match action {
                ClientAction::Send(asked) => {
                    self.sent.push_back(asked.number);
                    self.sent.drain(..self.sent.len().saturating_sub(60));
                    self.open.push(asked);
                }
                ClientAction::HangUp => self.open.clear(),
                ClientAction::Show(_) | ClientAction::Dial | ClientAction::StopDial => {}
            }
        }
    }

    fn change_mood(&mut self) {
        self.mood = Mood {
            answers: self.dice.pick(&[0, 5, 30, 90, 90]),
            chatty: self.dice.pick(&[10, 60, 95]),
            holes: self.dice.pick(&[0, 10, 60]),
            pages: self.dice.pick(&[0, 50, 90]),
            breaks: self.dice.pick(&[0, 1, 3, 10]),
        };
    }

    /// Lets some time pass, and user, network and server do something.
    pub(super) fn turn(&mut self) {
        self.now += self.dice.roll(40);
        if self.dice.chance(2) {
            self.change_mood();
        }
        if self.dice.roll(1_000) == 0 {
            (0..300).for_each(|_| self.step(ClientInput::Ask(Request::Report)));
        }
        if self.client.state() == State::Joined && self.dice.roll(2_000) == 0 {
            self.flood();
        }
        if self.client.state() == State::Resuming && self.dice.chance(5) {
            // The server is deaf for so long that the client gives it up.
            for pause in [31_000, 11_000] {
                self.now += pause;
                self.step(ClientInput::Wake);
            }
        }
        if self.dice.chance(30) {
            self.now += self.dice.pick(&[9_000, 11_000, 31_000]);
            self.step(ClientInput::Wake);
        }
        if self.dice.chance(40) {
            self.user();
        }
        if self.client.state().dials() && self.dice.chance(50) {
            let fails = self.dice.chance(30);
            self.step(if fails { ClientInput::DialFailed { reason: "no".into() } } else { ClientInput::Opened });
        }
        if self.client.state().connected() {
            self.server();
        }
        if self.client.state() == State::Away && self.dice.chance(70) {
            self.now = self.client.wake_at().map_or(self.now, |at| at.0.max(self.now));
            self.step(ClientInput::Wake);
        }
    }

    /// More than can be held back comes after a hole.
    fn flood(&mut self) {
        self.lobby += 3;
        for _ in 0..1_000 + self.dice.roll(2) {
            self.lobby += 1;
            let (place, entry) = (Place::Room(room("lobby")), self.entry(self.lobby, "Ann", "flood"));
            self.step(ClientInput::Heard(Message::Live { place, entry }));
        }
    }

    fn entry(&self, number: u64, who: &str, text: &str) -> Arc<Entry> {
        let body = Body::Text(Text::parse(text.into()).expect("a text"));
        Arc::new(Entry { number, at: Time(number), nick: nick(who), body })
    }

    fn user(&mut self) {
        if self.dice.chance(self.mood.breaks) {
            let out = if self.dice.chance(4) { ClientInput::Logout } else { ClientInput::Quit };
            self.step(out);
            if self.dice.chance(10) {
                self.step(ClientInput::Logout);
            }
        }
        let name = self.dice.pick(&["tea", "Tea", "TEA", "Ätna", "\u{fffd}x", "🦊"]).to_owned();
        let input = match self.dice.roll(40) {
            0..=2 => ClientInput::Join { nick: "me".into(), token: Secret([7; 16]), avatar: Some("🦊".into()) },
            4 if self.dice.chance(40) => ClientInput::Close,
            3 if self.dice.chance(30) => ClientInput::Ask(Request::Wear { avatar: None }),
            5 => ClientInput::Ask(self.question()),
            6 => ClientInput::Ask(Request::Enter { room: name }),
            7 => ClientInput::Ask(Request::Leave { room: name }),
            8..=12 => ClientInput::Ask(Request::Private {
                to: self.dice.pick(&["Ann", "ann", "Élodie"]).into(),
                text: "hello".into(),
            }),
            _ => ClientInput::Ask(Request::Say { room: "lobby".into(), text: "hello\nthere".into() }),
        };
        self.step(input);
    }

    fn question(&mut self) -> Request {
        let attach = |place| Request::Attach {
            place,
            name: "a.png".into(),
            media: "image/png".into(),
            size: 9,
            digest: Digest([1; 32]),
        };
        match self.dice.roll(9) {
            0 => Request::Report,
            1 => Request::Who { room: None },
            2 => Request::Rooms,
            3 => Request::History { place: Where::With("Ann".into()), before: Some(9), limit: 50 },
            4 => attach(For::Room("lobby".into())),
            5 => attach(For::Avatar),
            6 => Request::Chunk { transfer: 3, offset: 0, bytes: Bytes(vec![1, 2, 3]) },
            7 => Request::Cancel { transfer: 3 },
            _ => Request::Fetch { file: 1, offset: 0 },
        }
    }

    fn server(&mut self) {
        if self.dice.chance(self.mood.breaks) {
            let why = self.dice.pick(&[Why::TooSlow, Why::Stopping, Why::Kicked, Why::Idle, Why::Replaced]);
            let input = match self.dice.roll(6) {
                0..=2 => ClientInput::Lost,
                3 => ClientInput::Foreign,
                _ => ClientInput::Heard(Message::Goodbye { why }),
            };
            self.open.clear();
            return self.step(input);
        }
        if self.dice.chance(2) {
            self.step(ClientInput::Heard(Message::Ping));
        }
        if self.client.state().connected() && self.dice.chance(3) {
            self.step(ClientInput::Heard(Message::Answer { number: 0, answer: Answer::Done }));
        }
        if self.dice.chance(3) && !self.sent.is_empty() {
            let number = self.sent[usize::try_from(self.dice.roll(self.sent.len() as u64)).expect("an index is small")];
            self.step(ClientInput::Heard(Message::Answer { number, answer: Answer::Done }));
        }
        if self.dice.chance(self.mood.chatty) {
            self.talk();
        }
        if self.dice.chance(self.mood.answers) && !self.open.is_empty() {
            let asked = self.open.remove(0);
            if let Some(answer) = self.answer(&asked.request) {
                self.step(ClientInput::Heard(Message::Answer { number: asked.number, answer }));
            }
        }
        if self.dice.roll(500) == 0 {
            // A power cut took the last numbers.
            (self.lobby, self.with_ann) = (self.lobby.saturating_sub(2), self.with_ann.saturating_sub(2));
        }
    }

    /// Says something in a room, or privately; sometimes again, sometimes with a hole before it.
    fn talk(&mut self) {
        let hole = if self.dice.chance(self.mood.holes) { 1 + self.dice.roll(3) } else { 0 };
        let next = u64::from(!self.dice.chance(10));
        let (place, number) = match self.dice.roll(10) {
            0 | 1 => {
                self.with_ann += next;
                (with_ann(), self.with_ann)
            }
            2 => {
                self.tea += next + hole;
                (Place::Room(room(self.dice.pick(&["tea", "Ätna"]))), self.tea)
            }
            _ => {
                self.lobby += next + hole;
                (Place::Room(room("lobby")), self.lobby)
            }
        };
        let mine = matches!(place, Place::With(_)) && number % 3 == 0;
        let text = if mine && number % 2 == 0 { "hello" } else { "message" };
        let said = self.entry(number, if mine { "me" } else { "Ann" }, text);
        let earlier = |past, entries| Message::Earlier { place: place.clone(), past, entries };
        let message = match self.dice.roll(16) {
            0 => earlier(Past::History, (1..4).map(|n| self.entry(n * number / 3 + 1, "Ann", "old")).collect()),
            1 => earlier(Past::Missed, vec![self.entry(number.saturating_sub(1).max(1), "Ann", "m"), said]),
            2 => earlier(Past::Late, vec![said]),
            _ => Message::Live { place, entry: said },
        };
        self.step(ClientInput::Heard(message));
    }

    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let refused = |no| Answer::Refused { no, wait_ms: Some(20) };
        let luck = self.dice.roll(100);
        let (me, lobby) = (nick(if luck.is_multiple_of(10) { "me2" } else { "me" }), room("lobby"));
        let still = |room, last: u64| StillIn { room, last, since: last.saturating_sub(4) };
        Some(match request {
            Request::Join { .. } if luck < 20 => refused(No::NickTaken),
            Request::Join { .. } if luck < 70 => {
                Answer::Welcome { nick: me, room: lobby, members: vec![], last: self.lobby }
            }
            Request::Resume { .. } if luck < 30 => refused(No::SessionOver),
            Request::Join { .. } | Request::Resume { .. } => {
                let mut rooms = vec![still(lobby, self.lobby)];
                rooms.extend((luck.is_multiple_of(2)).then(|| still(room("tea"), self.tea)));
                Answer::Back { nick: me, muted_ms: (luck.is_multiple_of(3)).then_some(700), rooms }
            }
            Request::Say { .. } | Request::Private { .. } if luck < 80 => Answer::Posted {
                number: self.with_ann + 1,
                at: Time(self.with_ann + 1),
                waits: luck.is_multiple_of(2),
                slow_down: luck.is_multiple_of(5),
            },
            Request::Enter { room: name } if luck < 80 => {
                let known = RoomName::parse(if name == "TEA" { "tea" } else { name }).expect("a room's name");
                Answer::Room { room: known, last: self.tea }
            }
            Request::History { before, .. } => return self.page(luck, before.expect("the client pages by number")),
            Request::Ping => Answer::Pong,
            Request::Leave { .. } | Request::Quit if luck < 95 => Answer::Done,
            Request::Wear { .. } if luck < 80 => Answer::Done,
            Request::Attach { .. } if luck < 80 => Answer::Ready { transfer: 3, from: 0 },
            Request::Chunk { .. } if luck < 80 => Answer::Taken { to: 3 },
            Request::Fetch { .. } if luck < 80 => Answer::Piece { offset: 0, bytes: Bytes(vec![9]) },
            Request::Report
            | Request::Say { .. }
            | Request::Private { .. }
            | Request::Enter { .. }
            | Request::Leave { .. }
            | Request::Quit
            | Request::Wear { .. }
            | Request::Who { .. }
            | Request::Rooms
            | Request::Attach { .. }
            | Request::Chunk { .. }
            | Request::Cancel { .. }
            | Request::Fetch { .. }
            | Request::Operate { .. }
            | Request::Mute { .. }
            | Request::Unmute { .. }
            | Request::Kick { .. } => refused(No::Muted),
        })
    }

    fn page(&mut self, luck: u64, before: u64) -> Option<Answer> {
        if luck >= self.mood.pages {
            return None;
        }
        let older = |back: u64| self.entry(before.saturating_sub(back).max(1), "Ann", "paged");
        Some(match luck % 10 {
            0 | 1 => Answer::Refused { no: No::AsksTooFast, wait_ms: None },
            2 => Answer::Refused { no: No::NotInRoom, wait_ms: None },
            3 => Answer::Page { entries: vec![], more: false },
            4 => Answer::Page { entries: vec![older(3), older(2), older(1)], more: true },
            _ => Answer::Page { entries: vec![older(1)], more: true },
        })
    }
}
