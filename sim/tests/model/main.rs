//! The machine against a naive model: after every input everybody has received the same messages from both, in the
//! same order. A failure is shrunk to the fewest inputs; `PROPTEST_CASES=n` looks at so many sequences.

mod asking;
mod naive;

use hobnob_machine::{Config, Conn, Input, Out, Server};
use hobnob_sim::Audience;
use hobnob_sim::player::Player;
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::{Answer, Asked, Message, Request, Secret, Time, Where};
use hobnob_spec::profile::{Absent, Flood, JoinHistory, NickCase, NickTaken, Profile};
use naive::Naive;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::net::SocketAddr;

const KEY: Secret = Secret([7; 16]);
const CLIENTS: usize = 4;
const BEGIN: Time = Time(1_000_000);

/// One thing that happens.
#[derive(Debug, Clone)]
enum Happening {
    Open(usize, u8, u16),
    Ask(usize, Request),
    /// A client joins, with its own token or without one.
    Join(usize, &'static str, bool, Option<&'static str>),
    /// A client comes back over a new connection and says honestly what it has.
    Return(usize, bool),
    /// A client sends an earlier request again.
    Again(usize, usize),
    /// A relay tells that the connection is of somebody at this host.
    Relayed(usize, u8),
    Garbled(usize),
    Foreign(usize),
    TooSlow(usize),
    Lost(usize),
    Wait(u64),
    /// Nothing can be kept for a while.
    Outage(u64),
    Restart,
    Stop,
}

fn nick() -> impl Strategy<Value = &'static str> {
    prop_oneof![9 => select(&["Ann", "ann", "Bob", "Eve"][..]), 1 => select(&["no nick", "Server", "*Ann"][..])]
}

fn room() -> impl Strategy<Value = String> {
    let names = prop_oneof![6 => Just("lobby"), 4 => select(&["games", "Games", "tea"][..]), 1 => Just("no room")];
    names.prop_map(str::to_owned)
}

fn avatar() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![3 => Just(None), 6 => select(&[Some("🦊"), Some("👩🏽‍🚀"), Some("1️⃣")][..]), 1 => select(&[Some("fox"), Some("🦊🦊"), Some("")][..])]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[a-z]{1,8}", 1 => select(&[" ", "\u{1b}[2J"][..]).prop_map(str::to_owned)]
}

fn place() -> impl Strategy<Value = Where> {
    prop_oneof![room().prop_map(Where::Room), nick().prop_map(|nick| Where::With(nick.to_owned()))]
}

fn request() -> impl Strategy<Value = Request> {
    let to = || nick().prop_map(str::to_owned);
    prop_oneof![
        8 => (room(), text()).prop_map(|(room, text)| Request::Say { room, text }),
        6 => (to(), text()).prop_map(|(to, text)| Request::Private { to, text }),
        3 => avatar().prop_map(|avatar| Request::Wear { avatar: avatar.map(str::to_owned) }),
        3 => room().prop_map(|room| Request::Enter { room }),
        2 => room().prop_map(|room| Request::Leave { room }),
        2 => proptest::option::of(room()).prop_map(|room| Request::Who { room }),
        2 => (place(), proptest::option::of(0..12_u64), 0..6_u64)
            .prop_map(|(place, before, limit)| Request::History { place, before, limit }),
        1 => Just(Request::Report),
        1 => Just(Request::Rooms),
        1 => Just(Request::Ping),
        2 => Just(Request::Quit),
        2 => select(&[KEY, Secret([8; 16])][..]).prop_map(|key| Request::Operate { key }),
        2 => (to(), select(&[0, 500, 40_000][..])).prop_map(|(nick, ms)| Request::Mute { nick, ms }),
        1 => to().prop_map(|nick| Request::Unmute { nick }),
        1 => to().prop_map(|nick| Request::Kick { nick }),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let who = || 0..CLIENTS;
    prop_oneof![
        4 => (who(), 1..3_u8, 0..3_u16).prop_map(|(who, host, via)| Happening::Open(who, host, via)),
        40 => (who(), request()).prop_map(|(who, request)| Happening::Ask(who, request)),
        10 => (who(), nick(), any::<bool>(), avatar())
            .prop_map(|(who, nick, token, avatar)| Happening::Join(who, nick, token, avatar)),
        6 => (who(), any::<bool>()).prop_map(|(who, honest)| Happening::Return(who, honest)),
        4 => (who(), 0..6_usize).prop_map(|(who, back)| Happening::Again(who, back)),
        3 => (who(), 1..4_u8).prop_map(|(who, host)| Happening::Relayed(who, host)),
        2 => who().prop_map(Happening::Garbled),
        1 => who().prop_map(Happening::Foreign),
        2 => who().prop_map(Happening::TooSlow),
        4 => who().prop_map(Happening::Lost),
        12 => select(&[1, 100, 400, 1_000, 2_500, 10_000, 31_000][..]).prop_map(Happening::Wait),
        1 => select(&[500, 20_000, 70_000][..]).prop_map(Happening::Outage),
        1 => Just(Happening::Restart),
        1 => Just(Happening::Stop),
    ]
}

fn profile() -> impl Strategy<Value = Profile> {
    let knobs = (
        select(NickTaken::ALL),
        select(&[1, 2, 100][..]),
        select(&[Absent::Store, Absent::Error, Absent::Discard][..]),
        select(&[JoinHistory::All, JoinHistory::None][..]),
        select(&[Flood::Mute, Flood::Disconnect][..]),
    );
    knobs.prop_map(|(nick_taken, capacity, absent, history, flood)| Profile {
        nick_taken,
        capacity,
        absent,
        history,
        flood,
        ..Profile::open()
    })
}

fn limits() -> impl Strategy<Value = Limits> {
    let paces = (select(&[2, 5, 50][..]), select(&[0, 1, 3][..]), select(&[1, 4, 50][..]), select(&[0, 2][..]));
    let places = (select(&[2, 3, 9][..]), select(&[1, 2, 9][..]), select(&[2, 9][..]), select(&[1, 2, 9][..]));
    let kept = (select(&[1, 3, 100][..]), select(&[1, 3, 100][..]), select(&[1, 4, 100][..]), 1..4_u64);
    let ages = select(&[0, 500, 10_000][..]);
    (paces, places, kept, ages).prop_map(|(paces, places, kept, mail_age_ms)| Limits {
        mail_age_ms,
        handshake_ms: 20_000,
        idle_ms: 60_000,
        resume_ms: 15_000,
        mute_ms: 2_000,
        mute_longest_ms: 6_000,
        mute_memory_ms: 30_000,
        mutes_patience: 2,
        say_burst: paces.0,
        say_per_second: paces.1,
        ask_burst: paces.2,
        ask_per_second: paces.3,
        rooms_max: places.0,
        rooms_per_session_max: places.1,
        room_members_max: places.2,
        connections_per_address_max: places.3,
        kept_entries_max: kept.0,
        mail_max: kept.1,
        answers_kept: kept.2,
        garbled_max: kept.3,
        page_entries_max: 4,
        members_max: 3,
        ..Limits::default()
    })
}

fn config() -> impl Strategy<Value = Config> {
    let cases = select(&[NickCase::Fold, NickCase::Exact][..]);
    (cases, vec(profile(), 2), limits(), any::<bool>(), 0..4).prop_map(|(nick_case, profiles, limits, store, wary)| {
        Config {
            trust_relay: if wary == 0 { Vec::new() } else { Config::default().trust_relay },
            nick_case,
            profiles,
            limits,
            store,
            operator_key: Some(KEY),
            ..Config::default()
        }
    })
}

/// The machine and the model, side by side.
struct Both {
    server: Server,
    naive: Naive,
    audience: Audience,
    players: Vec<Player>,
    now: Time,
    next_conn: u64,
}

impl Both {
    fn new(config: &Config) -> Self {
        let players = (0..CLIENTS).map(|_| Player::default()).collect();
        Self {
            server: Server::new(config.clone(), 1),
            naive: Naive::new(config.clone()),
            audience: Audience::new(config.nick_case),
            players,
            now: BEGIN,
            next_conn: 1,
        }
    }

    fn happen(&mut self, happening: &Happening) {
        match happening {
            Happening::Open(who, host, listener) => self.open(*who, *host, *listener),
            Happening::Ask(who, request) => self.ask(*who, request.clone()),
            Happening::Join(who, nick, with_token, avatar) => {
                let token = Secret([u8::try_from(*who + 1).expect("a few clients"); 16]);
                self.players[*who].token = Some(token);
                self.ask(
                    *who,
                    Request::Join {
                        nick: (*nick).to_owned(),
                        token: with_token.then_some(token),
                        avatar: avatar.map(str::to_owned),
                    },
                );
            }
            Happening::Return(who, honest) => {
                let have = if *honest { self.players[*who].have() } else { Vec::new() };
                self.open(*who, 1, 0);
                let token = self.players[*who].token.unwrap_or(KEY);
                self.ask(*who, Request::Resume { token, have });
            }
            Happening::Again(who, back) => {
                let sent = self.players[*who].sent();
                let earlier = sent.len().checked_sub(back + 1).map(|at| sent[at].clone());
                if let (Some(asked), Some(conn)) = (earlier, self.players[*who].conn) {
                    self.step(&Input::Asked { conn, asked });
                }
            }
            Happening::Relayed(who, host) => {
                let addr = SocketAddr::from(([10, 0, 0, *host], 6_000));
                self.over(*who, |conn| Input::Relayed { conn, addr });
            }
            Happening::Garbled(who) => self.over(*who, |conn| Input::Garbled { conn }),
            Happening::Foreign(who) => self.over(*who, |conn| Input::Foreign { conn }),
            Happening::TooSlow(who) => self.over(*who, |conn| Input::TooSlow { conn }),
            Happening::Lost(who) => self.over(*who, |conn| Input::Lost { conn }),
            Happening::Wait(ms) => {
                self.now = self.now.plus(*ms);
                self.step(&Input::Wake);
            }
            Happening::Outage(ms) => {
                self.now = self.now.plus(*ms);
                self.step(&Input::Outage { ms: *ms });
            }
            Happening::Restart => self.step(&Input::Restarted),
            Happening::Stop => self.step(&Input::Stopping),
        }
    }

    fn open(&mut self, who: usize, host: u8, listener: u16) {
        let conn = Conn(self.next_conn);
        self.next_conn += 1;
        let addr = SocketAddr::from(([127, 0, 0, host], 5_000));
        // Whoever opens another connection believes that the first one is dead; the server may not know it.
        self.players[who].conn = Some(conn);
        self.step(&Input::Opened { conn, addr, listener });
    }

    fn ask(&mut self, who: usize, request: Request) {
        if let Some(conn) = self.players[who].conn {
            let asked: Asked = self.players[who].ask(request);
            self.step(&Input::Asked { conn, asked });
        }
    }

    fn over(&mut self, who: usize, input: impl FnOnce(Conn) -> Input) {
        if let Some(conn) = self.players[who].conn {
            self.step(&input(conn));
        }
    }

    /// Steps both and compares what everybody received.
    fn step(&mut self, input: &Input) {
        let mut out = Out::default();
        self.audience.before(input);
        self.server.step(self.now, input.clone(), &mut out);
        self.server.check();
        for action in &out.actions {
            self.audience.carry_out(action);
        }
        let mut received = self.audience.take_all();
        self.naive.drawn = received.values().flatten().find_map(|message| match message {
            Message::Answer { answer: Answer::Welcome { nick, .. }, .. } => Some(nick.clone()),
            _ => None,
        });
        self.naive.step(self.now, input);
        let mut expected = std::mem::take(&mut self.naive.sent);
        received.values_mut().chain(expected.values_mut()).flatten().for_each(sort);
        assert_eq!(received, expected, "the machine sends (left) what the model does (right) at {input:?}");
        for player in &mut self.players {
            let Some(conn) = player.conn else { continue };
            received.remove(&conn).into_iter().flatten().for_each(|message| player.hear(&message));
            if !self.audience.is_open(conn) {
                player.lose();
            }
        }
    }
}

/// Lists of people and rooms have no order of their own.
fn sort(message: &mut Message) {
    let Message::Answer { answer, .. } = message else { return };
    match answer {
        Answer::Report(active) => active.sort_by(|a, b| a.nick.cmp(&b.nick)),
        Answer::Welcome { members, .. } | Answer::Members(members) => members.sort_by(|a, b| a.nick.cmp(&b.nick)),
        Answer::Rooms(rooms) => rooms.sort_by(|a, b| a.room.cmp(&b.room)),
        Answer::Back { rooms, .. } => rooms.sort_by(|a, b| a.room.cmp(&b.room)),
        Answer::Refused { .. }
        | Answer::Done
        | Answer::Posted { .. }
        | Answer::Room { .. }
        | Answer::Page { .. }
        | Answer::Ready { .. }
        | Answer::Taken { .. }
        | Answer::Filed { .. }
        | Answer::Piece { .. }
        | Answer::Pong => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn everybody_receives_what_the_naive_model_says(config in config(), happenings in vec(happening(), 1..250)) {
        let mut both = Both::new(&config);
        for happening in &happenings {
            both.happen(happening);
        }
    }
}
