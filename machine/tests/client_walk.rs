//! Walks the client's machine at random beside a moody server, and asks for every row of its table.

use hobnob_machine::{Client, ClientAction, ClientInput, ClientOut, Shown};
use hobnob_spec::client::{Event, State, cell};
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Message, Past, Place, Request, Secret, StillIn, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::session::{No, Why};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Small and seeded: the same walk everywhere.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).expect("an index is small")]
    }
}

type Rows = BTreeMap<(State, Event, u8), u64>;

/// One walk: a client, and what its server and its user feel like.
struct Walk {
    dice: Dice,
    client: Client,
    now: u64,
    open: Vec<Asked>,
    /// The numbers of what was sent lately, over whichever connection.
    sent: VecDeque<u64>,
    lobby: u64,
    with_ann: u64,
    /// Percentages of the mood of these days.
    answers: u64,
    chatty: u64,
    holes: u64,
    pages: u64,
    breaks: u64,
    fired: Rows,
    shown: BTreeSet<(Place, u64)>,
    asked: u64,
    ended: u64,
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).expect("a room's name")
}

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

fn entry(number: u64, who: &str) -> Arc<Entry> {
    let body = Body::Text(Text::parse(format!("message {number}")).expect("a text"));
    Arc::new(Entry { number, at: Time(number), nick: nick(who), body })
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed);
        for _ in 0..4 {
            dice.roll(7);
        }
        Self {
            client: Client::new(seed),
            now: 1_000_000,
            open: Vec::new(),
            sent: VecDeque::new(),
            lobby: 10,
            with_ann: 0,
            answers: 90,
            chatty: 10,
            holes: 0,
            pages: 50,
            breaks: 1,
            fired: Rows::new(),
            shown: BTreeSet::new(),
            asked: 0,
            ended: 0,
            dice,
        }
    }

    fn step(&mut self, input: ClientInput) {
        self.asked += u64::from(matches!(input, ClientInput::Ask(_)));
        let mut out = ClientOut::default();
        self.client.step(Time(self.now), input, &mut out);
        self.client.check();
        for fired in &out.fired {
            *self.fired.entry((fired.state, fired.event, fired.row)).or_default() += 1;
        }
        for action in out.actions {
            match action {
                ClientAction::Send(asked) => {
                    self.sent.push_back(asked.number);
                    self.sent.drain(..self.sent.len().saturating_sub(60));
                    self.open.push(asked);
                }
                ClientAction::HangUp => self.open.clear(),
                ClientAction::Show(shown) => self.show(shown),
                ClientAction::Dial | ClientAction::StopDial => {}
            }
        }
        if matches!(self.client.state(), State::Offline | State::Ready) {
            // Nothing is remembered over going out, and the whole history may be shown again.
            self.shown.clear();
        }
    }

    fn show(&mut self, shown: Shown) {
        match shown {
            Shown::Entry { place, entry, .. } if entry.nick != nick("me") => {
                let once = self.shown.insert((place.clone(), entry.number));
                assert!(once, "message {} of {place:?} is shown once", entry.number);
            }
            Shown::Answer { .. } | Shown::TooMany { .. } | Shown::Unsent { .. } | Shown::Unsure { .. } => {
                self.ended += 1;
            }
            Shown::Entry { .. }
            | Shown::Welcome { .. }
            | Shown::Back { .. }
            | Shown::Refused { .. }
            | Shown::Gap { .. }
            | Shown::AlreadyJoined
            | Shown::Unreachable { .. }
            | Shown::Lost
            | Shown::Retry { .. }
            | Shown::Goodbye { .. }
            | Shown::Foreign
            | Shown::Out => {}
        }
    }

    fn change_mood(&mut self) {
        self.answers = self.dice.pick(&[0, 5, 30, 90, 90]);
        self.chatty = self.dice.pick(&[10, 60, 95]);
        self.holes = self.dice.pick(&[0, 10, 60]);
        self.pages = self.dice.pick(&[0, 50, 90]);
        self.breaks = self.dice.pick(&[0, 1, 3, 10]);
    }

    fn turn(&mut self) {
        self.now += self.dice.roll(40);
        if self.dice.chance(2) {
            self.change_mood();
        }
        if self.dice.roll(1_000) == 0 {
            (0..300).for_each(|_| self.step(ClientInput::Ask(Request::Report)));
        }
        if self.client.state() == State::Joined && self.dice.roll(1_000) == 0 {
            self.lobby += 3;
            for _ in 0..1_000 + self.dice.roll(2) {
                self.lobby += 1;
                let place = Place::Room(room("lobby"));
                self.step(ClientInput::Heard(Message::Live { place, entry: entry(self.lobby, "Ann") }));
            }
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

    fn user(&mut self) {
        if self.dice.chance(self.breaks) {
            let out = if self.dice.chance(4) { ClientInput::Logout } else { ClientInput::Quit };
            self.step(out);
            if self.dice.chance(10) {
                self.step(ClientInput::Logout);
            }
        }
        let text = "hello".to_owned();
        let input = match self.dice.roll(40) {
            0..=2 => ClientInput::Join { nick: "me".into(), token: Secret([7; 16]), avatar: None },
            4 if self.dice.chance(40) => ClientInput::Close,
            5 => ClientInput::Ask(Request::Report),
            6 => ClientInput::Ask(Request::Enter { room: "tea".into() }),
            7 => ClientInput::Ask(Request::Leave { room: "tea".into() }),
            3 if self.dice.chance(30) => ClientInput::Ask(Request::Wear { avatar: Some("🦊".into()) }),
            8..=12 => ClientInput::Ask(Request::Private { to: "Ann".into(), text }),
            _ => ClientInput::Ask(Request::Say { room: "lobby".into(), text }),
        };
        self.step(input);
    }

    fn server(&mut self) {
        if self.dice.chance(self.breaks) {
            let why = self.dice.pick(&[Why::TooSlow, Why::Stopping, Why::Kicked, Why::Idle]);
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
        if self.dice.chance(self.chatty) {
            self.talk();
        }
        if self.dice.chance(self.answers) && !self.open.is_empty() {
            let asked = self.open.remove(0);
            if let Some(answer) = self.answer(&asked.request) {
                self.step(ClientInput::Heard(Message::Answer { number: asked.number, answer }));
            }
        }
    }

    /// Says something in the lobby, or privately; sometimes again, sometimes with a hole before it.
    fn talk(&mut self) {
        let private = self.dice.chance(20);
        if self.dice.chance(self.holes) {
            self.lobby += 1 + self.dice.roll(3);
        }
        let again = self.dice.chance(10);
        if !again && private {
            self.with_ann += 1;
        } else if !again {
            self.lobby += 1;
        }
        let lobby = Place::Room(room("lobby"));
        let (place, number) = if private { (Place::With(nick("Ann")), self.with_ann) } else { (lobby, self.lobby) };
        let mine = private && number % 3 == 0;
        let mut said = entry(number, if mine { "me" } else { "Ann" });
        if mine && number % 2 == 0 {
            // What the user asked to be said comes before it is answered.
            Arc::make_mut(&mut said).body = Body::Text(Text::parse("hello".into()).expect("a text"));
        }
        let entries = vec![said];
        let message = match self.dice.roll(12) {
            0 => Message::Earlier { place, past: Past::History, entries: vec![entry(1 + self.dice.roll(9), "Ann")] },
            1 => Message::Earlier { place, past: Past::Missed, entries },
            _ => Message::Live { place, entry: Arc::clone(&entries[0]) },
        };
        self.step(ClientInput::Heard(message));
    }

    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let refused = |no| Answer::Refused { no, wait_ms: None };
        let luck = self.dice.roll(100);
        let (me, lobby) = (nick("me"), room("lobby"));
        Some(match request {
            Request::Join { .. } if luck < 20 => refused(No::NickTaken),
            Request::Join { .. } if luck < 70 => {
                Answer::Welcome { nick: me, room: lobby, members: vec![], last: self.lobby }
            }
            Request::Resume { .. } if luck < 30 => refused(No::SessionOver),
            Request::Join { .. } | Request::Resume { .. } => Answer::Back {
                nick: me,
                muted_ms: None,
                rooms: vec![StillIn { room: lobby, last: self.lobby, since: self.lobby }],
            },
            Request::Say { .. } | Request::Private { .. } if luck < 80 => {
                Answer::Posted { number: 1, at: Time(self.now), waits: false, slow_down: false }
            }
            Request::Enter { .. } => Answer::Room { room: room("tea"), last: 3 },
            Request::History { before, .. } => return self.page(luck, before.expect("the client pages by number")),
            Request::Ping => Answer::Pong,
            Request::Leave { .. } | Request::Quit => Answer::Done,
            Request::Wear { .. } if luck < 80 => Answer::Done,
            Request::Report
            | Request::Say { .. }
            | Request::Private { .. }
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
        if luck >= self.pages {
            return None;
        }
        Some(match luck % 10 {
            0 | 1 => Answer::Refused { no: No::AsksTooFast, wait_ms: None },
            2 => Answer::Refused { no: No::NotInRoom, wait_ms: None },
            3 => Answer::Page { entries: vec![], more: false },
            _ => Answer::Page { entries: vec![entry(before.saturating_sub(1).max(1), "Ann")], more: true },
        })
    }
}

#[test]
fn every_row_of_the_clients_table_fires_and_nothing_asked_is_forgotten() {
    let mut fired = Rows::new();
    for seed in 0..200 {
        let mut walk = Walk::new(seed);
        for _ in 0..1_500 {
            walk.turn();
        }
        // The rooms that are asked for again after a new join are answered like what the user asks.
        let kept = walk.client.outstanding() as u64;
        assert!(walk.ended + kept >= walk.asked, "seed {seed}: each of {} is answered or kept", walk.asked);
        for (row, times) in walk.fired {
            *fired.entry(row).or_default() += times;
        }
    }
    let mut unreached = Vec::new();
    for (state, event) in State::ALL.iter().flat_map(|state| Event::ALL.iter().map(move |event| (*state, *event))) {
        for (row, line) in (0_u8..).zip(cell(state, event)) {
            if !fired.contains_key(&(state, event, row)) {
                unreached.push(format!("({state}, {event}) {}", line.0));
            }
        }
    }
    assert!(unreached.is_empty(), "rows that no walk reached:\n{}", unreached.join("\n"));
}

#[test]
fn the_same_seed_twice_is_the_same() {
    let run = |seed| {
        let mut walk = Walk::new(seed);
        (0..500).for_each(|_| walk.turn());
        (walk.client, walk.fired)
    };
    for seed in 0..20 {
        assert!(run(seed) == run(seed), "seed {seed} twice");
    }
}
