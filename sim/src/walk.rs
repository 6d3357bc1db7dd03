//! The walk: a seed draws a character and then one input after the other, and every step is looked at.
//!
//! Owns the dice. What it has fed to the server is kept as a trace that any test can feed again.

use crate::audience::Audience;
use crate::character::{Character, KEY, Move, draw_config, pick};
use crate::coverage::Coverage;
use crate::player::Player;
use fastrand::Rng;
use hobnob_machine::{Action, Config, Conn, Filing, Fired, Input, OpenTransfer, Out, Server};
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::messages::{For, Request, Secret, Time, Where};
use hobnob_spec::names::Text;
use std::collections::VecDeque;
use std::net::SocketAddr;

/// When walks begin: some time in 2026.
const BEGIN: Time = Time(1_790_000_000_000);
/// How many fired rows a failure shows.
const TAIL: usize = 12;

/// What is asked over and over in a flood.
const FLOODS: &[Move] = &[
    Move::Say,
    Move::Say,
    Move::Private,
    Move::Enter,
    Move::Attach,
    Move::Wear,
    Move::Ask,
    Move::History,
    Move::Operate,
];

const NICKS: &[&str] = &["ann", "Ann", "bob", "cyd", "dan", "eve", "fay", "guy", "hal"];
const EMOJI: &[&str] = &["🦊", "🐙", "👩🏽‍🚀"];
const EMOJI_BAD: &[&str] = &["", "fox", "🦊🐙"];
const NICKS_BAD: &[&str] = &["", "a b", "x:y", "much-too-long-a-nick-for-anybody", "server", "*ann", "nobody"];
const ROOMS: &[&str] = &["lobby", "Hall", "a", "A", "b", "c", "d"];
const ROOMS_BAD: &[&str] = &["", "a b", "#x", "nowhere", "a-name-that-is-longer-than-a-room-may-have"];

/// What a walk has fed to its server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The settings that the server began with.
    pub config: Config,
    /// The seed of the server's own chance.
    pub seed: u64,
    /// What it was fed, and when.
    pub inputs: Vec<(Time, Input)>,
}

impl Trace {
    /// Feeds the inputs to a new server. `between` may look at it, or put another in its place, before each input.
    pub fn feed(&self, mut between: impl FnMut(Time, &mut Server, &mut Out)) -> (Server, Out) {
        let mut server = Server::new(self.config.clone(), self.seed);
        let mut out = Out::default();
        let mut end = BEGIN;
        for (at, input) in &self.inputs {
            between(*at, &mut server, &mut out);
            server.step(*at, input.clone(), &mut out);
            end = *at;
        }
        server.step(end, Input::Wake, &mut out);
        (server, out)
    }
}

/// A walk under way.
#[derive(Debug)]
pub struct Walk {
    rng: Rng,
    character: Character,
    players: Vec<Player>,
    /// Whose turn it is.
    turn: usize,
    audience: Audience,
    now: Time,
    next_conn: u64,
    next_text: u64,
    /// The transfers that the keeper of files is to compare; it keeps what it keeps under numbers.
    compared: Vec<u64>,
    next_file: u64,
    /// The server as the walk has made it.
    pub server: Server,
    /// Which rows have fired.
    pub coverage: Coverage,
    /// What was fed.
    pub trace: Trace,
    tail: VecDeque<Fired>,
}

impl Walk {
    /// Walks the way of a seed, so many inputs far. A panic says the seed and how to repeat it.
    pub fn of(seed: u64, inputs: usize) -> Trace {
        std::mem::take(&mut Self::new(seed).go(inputs).trace)
    }

    /// A walk that has not begun.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let character = Character::draw(&mut rng);
        let config = character.config.clone();
        Self {
            players: vec![Player::default(); character.clients],
            turn: 0,
            audience: Audience::new(config.nick_case),
            now: BEGIN,
            next_conn: 1,
            next_text: 1,
            compared: Vec::new(),
            next_file: 1,
            server: Server::new(config.clone(), seed),
            coverage: Coverage::default(),
            trace: Trace { config, seed, inputs: Vec::new() },
            tail: VecDeque::new(),
            rng,
            character,
        }
    }

    /// Walks so many inputs far, looking at every step. A panic says the seed and how to repeat it.
    pub fn go(mut self, inputs: usize) -> Self {
        while self.trace.inputs.len() < inputs {
            let next = self.character.next_move(&mut self.rng);
            self.play(next);
        }
        self
    }

    /// Feeds one input to the server, and its actions to the audience and the players.
    fn feed(&mut self, input: Input) {
        let pause = if self.rng.bool() { 0 } else { self.rng.u64(0..=self.character.haste_ms) };
        self.now = self.now.plus(pause);
        self.trace.inputs.push((self.now, input.clone()));
        let mut out = Out::default();
        // An alarm that is due ends connections before the input comes, as it does in a shell that wakes in time.
        self.server.step(self.now, Input::Wake, &mut out);
        self.look_at(&mut out);
        self.audience.before(&input);
        self.server.step(self.now, input, &mut out);
        self.look_at(&mut out);
    }

    fn look_at(&mut self, out: &mut Out) {
        for fired in &out.fired {
            self.coverage.count(fired);
            if self.tail.len() == TAIL {
                self.tail.pop_front();
            }
            self.tail.push_back(fired.clone());
        }
        for fired in &out.transfers {
            self.coverage.count_transfer(fired);
        }
        self.server.check();
        for action in &out.actions {
            if let Action::CheckFile { transfer, .. } = action {
                self.compared.push(*transfer);
            }
            self.audience.carry_out(action);
        }
        for player in &mut self.players {
            let Some(conn) = player.conn else { continue };
            for message in self.audience.take(conn) {
                player.hear(&message);
            }
            if !self.audience.is_open(conn) {
                player.lose();
            }
        }
        self.check_audience();
        out.clear();
    }

    /// What the shell believes of connections and rooms is what the server believes.
    fn check_audience(&self) {
        let sessions: Vec<_> = self.server.sessions().collect();
        let connected = sessions.iter().filter_map(|session| session.conn);
        assert_eq!(connected.clone().count(), self.audience.open().count(), "open connections are known to both");
        for session in &sessions {
            let Some(conn) = session.conn else { continue };
            assert!(self.audience.is_open(conn), "a session's connection is open");
            let heard = self.server.rooms().filter(|room| self.audience.hears(conn, room.room)).map(|room| room.room);
            assert!(heard.eq(session.rooms.iter().copied()), "a connection hears the rooms its session is in");
        }
    }

    fn play(&mut self, next: Move) {
        if self.rng.u8(..10) < self.character.restlessness {
            self.turn = self.rng.usize(..self.players.len());
        }
        let who = self.turn;
        match next {
            Move::Open => self.open(who),
            Move::Restart => self.restart(),
            Move::Keep => self.keep_file(),
            Move::Stop => self.feed(Input::Stopping),
            Move::Configure => {
                let config = draw_config(&mut self.rng);
                self.feed(Input::Configured(Box::new(config)));
            }
            Move::Linger => self.linger(),
            Move::Silence => {
                let pause = *pick(&mut self.rng, &[100, 1_000, 1_000, 3_000, 3_000, 30_000, 100_000]);
                self.now = self.now.plus(pause);
                self.feed(Input::Wake);
            }
            _ => match self.players[who].conn {
                Some(conn) => self.play_connected(next, who, conn),
                None => self.open(who),
            },
        }
    }

    /// The server starts again, with as much of the files on its disk as luck has it.
    fn restart(&mut self) {
        self.compared.clear();
        self.feed(Input::Restarted);
        for OpenTransfer { transfer, size, .. } in self.server.transfers().collect::<Vec<_>>() {
            let len = if self.rng.bool() { size } else { self.rng.u64(0..=size) };
            self.feed(Input::Reopened { transfer, len });
        }
    }

    /// Sends a whole file to somebody, and goes on talking to the same one while it is being compared.
    fn file_and_flood(&mut self, who: usize) {
        let (to, size) = (self.nick(), 3);
        let (place, digest) = (For::With(to.clone()), Digest([2; 32]));
        self.ask(who, Request::Attach { place, name: "c.txt".into(), media: String::new(), size, digest });
        self.ask(who, Request::Chunk { transfer: 0, offset: 0, bytes: Bytes(vec![b'~'; 3]) });
        for _ in 0..self.rng.usize(1..9) {
            let text = self.text();
            self.ask(who, Request::Private { to: to.clone(), text });
        }
        for _ in 0..self.rng.usize(..4) {
            self.keep_file();
        }
    }

    /// The keeper of files has compared one, or could not write.
    fn keep_file(&mut self) {
        let open: Vec<_> = self.server.transfers().map(|open| open.transfer).collect();
        if open.is_empty() {
            return;
        }
        if self.rng.u8(..8) == 0 {
            let transfer = *pick(&mut self.rng, &open);
            self.compared.retain(|compared| *compared != transfer);
            return self.feed(Input::Filed { transfer, filing: Filing::NoSpace });
        }
        if self.compared.is_empty() {
            return;
        }
        let transfer = self.compared.remove(self.rng.usize(..self.compared.len()));
        self.next_file += 1;
        let text = self.rng.bool().then(|| Text::parse("what it holds".to_owned()).expect("a text"));
        let kept = Filing::Kept { name: self.next_file.to_string(), text };
        let filing = if self.rng.u8(..6) == 0 { Filing::Damaged } else { kept };
        self.feed(Input::Filed { transfer, filing });
    }

    fn play_connected(&mut self, next: Move, who: usize, conn: Conn) {
        match next {
            Move::Relayed => self.relay(who, conn),
            Move::Garbled => self.feed(Input::Garbled { conn }),
            Move::Foreign => self.feed(Input::Foreign { conn }),
            Move::TooSlow => self.feed(Input::TooSlow { conn }),
            Move::Lost => self.feed(Input::Lost { conn }),
            Move::Flood if self.rng.u8(..4) == 0 => self.file_and_flood(who),
            Move::Flood => {
                let next = *pick(&mut self.rng, FLOODS);
                let (mut request, times) = (self.request(next, who), self.rng.usize(2..30));
                if let Request::Attach { place, name, size, .. } = &mut request {
                    (*place, *name, *size) = (For::Room(self.lobby()), "d.txt".to_owned(), 3);
                }
                for _ in 0..times {
                    self.ask(who, request.clone());
                    if let Request::Enter { room } = &request {
                        self.ask(who, Request::Leave { room: room.clone() });
                    }
                    if let Request::Attach { .. } = &request {
                        self.ask(who, Request::Cancel { transfer: 0 });
                    }
                }
            }
            Move::Resend => {
                let sent = self.players[who].sent();
                if !sent.is_empty() {
                    let asked = sent[self.rng.usize(..sent.len())].clone();
                    self.feed(Input::Asked { conn, asked });
                }
            }
            _ => {
                let rather_join = !self.players[who].seated && self.rng.u8(..4) != 0;
                let without_nick = matches!(next, Move::Resume | Move::Operate | Move::Command);
                let next = if rather_join && !without_nick { Move::Join } else { next };
                let request = self.request(next, who);
                self.ask(who, request);
            }
        }
    }

    fn open(&mut self, who: usize) {
        if let Some(conn) = self.players[who].conn {
            // A client that opens another connection has forgotten the first one, or believes that it is dead.
            if self.rng.bool() {
                self.feed(Input::Lost { conn });
            }
        }
        let conn = Conn(self.next_conn);
        self.next_conn += 1;
        let host = if self.rng.u8(..4) == 0 { self.rng.u8(1..4) } else { 1 };
        let addr = SocketAddr::from(([127, 0, 0, host], self.rng.u16(1_024..2_000)));
        let listener = self.rng.u16(0..4);
        self.feed(Input::Opened { conn, addr, listener });
        self.players[who].conn = Some(conn).filter(|conn| self.audience.is_open(*conn));
    }

    /// A relay tells of somebody else: most often of who has only just come.
    fn relay(&mut self, who: usize, conn: Conn) {
        let late = self.rng.u8(..3) == 0;
        let conn = if late {
            conn
        } else {
            self.open(who);
            let Some(conn) = self.players[who].conn else { return };
            conn
        };
        // Most come from one address, which is crowded then.
        let host = if self.rng.u8(..4) == 0 { self.rng.u8(2..4) } else { 1 };
        let addr = SocketAddr::from(([10, 0, 0, host], self.rng.u16(1_024..2_000)));
        self.feed(Input::Relayed { conn, addr });
    }

    /// Time passes until something rings, or until just before or after it.
    fn linger(&mut self) {
        let at = self.server.wake_at().unwrap_or(self.now.plus(1_000));
        let at = if self.rng.bool() { at } else { Time(at.0 - 1) };
        self.now = self.now.max(at);
        if self.rng.bool() {
            self.feed(Input::Wake);
        }
    }

    fn ask(&mut self, who: usize, request: Request) {
        if let Some(conn) = self.players[who].conn {
            let asked = self.players[who].ask(request);
            self.feed(Input::Asked { conn, asked });
        }
    }

    fn request(&mut self, next: Move, who: usize) -> Request {
        match next {
            Move::Join => self.join(who),
            Move::Resume => self.resume(who),
            Move::Private => Request::Private { to: self.nick(), text: self.text() },
            Move::Enter => Request::Enter { room: self.room() },
            Move::Leave => Request::Leave { room: self.room() },
            Move::Ask => match self.rng.u8(..4) {
                0 => Request::Report,
                1 => Request::Rooms,
                2 => Request::Who { room: None },
                _ => Request::Who { room: Some(self.room()) },
            },
            Move::History => self.history(),
            Move::Attach => self.attach(),
            Move::Wear => Request::Wear { avatar: self.avatar() },
            Move::Chunk => self.chunk(who),
            Move::Cancel => Request::Cancel { transfer: self.transfer(who) },
            Move::Fetch => Request::Fetch { file: self.rng.u64(1..4), offset: self.rng.u64(..4) },
            Move::Ping => Request::Ping,
            Move::Quit => Request::Quit,
            Move::Operate => Request::Operate { key: if self.rng.u8(..4) == 0 { self.secret() } else { KEY } },
            Move::Command => match self.rng.u8(..6) {
                0 => Request::Unmute { nick: self.nick() },
                // Whoever left is seldom named by chance.
                1 => Request::Unmute { nick: (*pick(&mut self.rng, NICKS)).to_owned() },
                2 => Request::Kick { nick: self.nick() },
                _ => {
                    let ms = *pick(&mut self.rng, &[0, 1, 5_000, 300_000, u64::MAX]);
                    Request::Mute { nick: self.nick(), ms }
                }
            },
            _ => Request::Say { room: self.room(), text: self.text() },
        }
    }

    fn attach(&mut self) -> Request {
        if self.rng.u8(..4) == 0 {
            return self.picture();
        }
        let place = if self.rng.bool() { For::Room(self.room()) } else { For::With(self.nick()) };
        let bad = self.is_rude() && self.rng.bool();
        let name = if bad { ".." } else { *pick(&mut self.rng, &["a.txt", "a.txt", "b.txt"]) };
        let size = *pick(&mut self.rng, &[0, 1, 3, 3, 6]);
        let size = if self.is_rude() && self.rng.u8(..4) == 0 { u64::MAX } else { size };
        Request::Attach { place, name: name.into(), media: "text/plain".into(), size, digest: Digest([1; 32]) }
    }

    fn picture(&mut self) -> Request {
        let bad = self.is_rude() && self.rng.bool();
        let media = if bad { "image/svg+xml" } else { *pick(&mut self.rng, &["image/png", "image/webp"]) };
        let size = *pick(&mut self.rng, &[0, 1, 3, 3, 6, 1 << 17]);
        let (name, media) = ("face".to_owned(), media.to_owned());
        Request::Attach { place: For::Avatar, name, media, size, digest: Digest([1; 32]) }
    }

    /// What is asked to be seen beside a nick.
    fn avatar(&mut self) -> Option<String> {
        let bad = self.is_rude() && self.rng.u8(..4) == 0;
        let faces = if bad { EMOJI_BAD } else { EMOJI };
        (self.rng.u8(..3) != 0).then(|| (*pick(&mut self.rng, faces)).to_owned())
    }

    fn chunk(&mut self, who: usize) -> Request {
        let transfer = self.transfer(who);
        let taken = self.players[who].transfer.map_or(0, |(_, taken)| taken);
        let offset = if self.is_rude() { self.rng.u64(..4) } else { taken };
        let len = *pick(&mut self.rng, &[0, 1, 1, 2, 3, 3, 6]);
        Request::Chunk { transfer, offset, bytes: Bytes(vec![b'~'; len]) }
    }

    fn transfer(&mut self, who: usize) -> u64 {
        let own = self.players[who].transfer.map(|(transfer, _)| transfer);
        if self.is_rude() { self.rng.u64(..6) } else { own.unwrap_or(0) }
    }

    fn join(&mut self, who: usize) -> Request {
        let fresh = (self.rng.u32(..10) < self.character.resumable).then(|| self.secret());
        let token = if self.rng.u8(..8) == 0 { self.players[who].token } else { fresh };
        self.players[who].token = token.or(self.players[who].token);
        let nick = if self.rng.u8(..3) == 0 { self.nick() } else { (*pick(&mut self.rng, NICKS)).to_owned() };
        let avatar = self.avatar();
        Request::Join { nick, token, avatar }
    }

    fn resume(&mut self, who: usize) -> Request {
        let of = if self.rng.u8(..8) == 0 { self.rng.usize(..self.players.len()) } else { who };
        let have = if self.rng.u8(..4) == 0 { Vec::new() } else { self.players[of].have() };
        Request::Resume { token: self.players[of].token.unwrap_or(KEY), have }
    }

    fn history(&mut self) -> Request {
        let place = if self.rng.bool() { Where::Room(self.room()) } else { Where::With(self.nick()) };
        let before = if self.rng.bool() { None } else { Some(self.rng.u64(0..40)) };
        Request::History { place, before, limit: *pick(&mut self.rng, &[0, 1, 2, 10, u64::MAX]) }
    }

    fn is_rude(&mut self) -> bool {
        self.rng.u32(..10) < self.character.rudeness
    }

    fn nick(&mut self) -> String {
        let rude = self.is_rude() && self.rng.bool();
        let present: Vec<_> = self.server.sessions().filter_map(|session| session.nick).collect();
        if !rude && !present.is_empty() && self.rng.u8(..3) != 0 {
            return pick(&mut self.rng, &present).as_str().to_owned();
        }
        (*pick(&mut self.rng, if rude { NICKS_BAD } else { NICKS })).to_owned()
    }

    fn room(&mut self) -> String {
        let rude = self.is_rude() && self.rng.bool();
        if self.rng.bool() {
            return self.lobby();
        }
        (*pick(&mut self.rng, if rude { ROOMS_BAD } else { ROOMS })).to_owned()
    }

    fn lobby(&self) -> String {
        self.server.config().lobby.as_str().to_owned()
    }

    fn text(&mut self) -> String {
        self.next_text += 1;
        if self.is_rude() && self.rng.bool() {
            return match self.rng.u8(..16) {
                0 => "x".repeat(hobnob_spec::names::TEXT_CHARS_MAX + 1),
                1..8 => " \n".into(),
                _ => "\u{1b}[2J".into(),
            };
        }
        let filler = "~".repeat(*pick(&mut self.rng, &[0, 0, 0, 30, 90]));
        format!("text {}{filler}", self.next_text)
    }

    fn secret(&mut self) -> Secret {
        Secret(self.rng.u128(1..).to_be_bytes())
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.trace.seed;
            eprintln!("The walk of seed {seed} failed at input {}. Its last rows:", self.trace.inputs.len());
            for fired in &self.tail {
                let nick = fired.nick.as_ref().map_or("", |nick| nick.as_str());
                let (at, session, row) = (fired.at.since(BEGIN), fired.session.0, fired.row().0);
                eprintln!("{at:>9} ms  {session:>4} {nick:<10} {:<9} {:<13} {row}", fired.state, fired.event);
            }
            eprintln!("Its last input: {:?}", self.trace.inputs.last());
            eprintln!("Repeat it with: HOBNOB_SEED={seed} cargo test -p hobnob-sim --test walk");
        }
    }
}
