//! Draws what everybody does until all is healed.

use super::{Drawing, pick};
use crate::plan::{Deed, FaultKind, KEY, Ms, Plan};
use fastrand::Rng;
use hobnob_spec::files::Digest;
use hobnob_spec::messages::{For, Request, Secret, Where};
use hobnob_spec::names::TEXT_CHARS_MAX;

const ROOMS: &[&str] = &["lobby", "Hall", "hall", "a", "b", "c", "d"];
const ROOMS_BAD: &[&str] = &["#x", "a:b", "nowhere", "a-name-that-is-longer-than-a-room-may-have"];
const NICKS_BAD: &[&str] = &["x:y", "much-too-long-a-nick-for-anybody", "server", "*ann", "nobody"];
/// A key that opens nothing.
pub(super) const WRONG_KEY: Secret = crate::plan::line::WRONG_KEY;

/// What somebody can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Say,
    Private,
    Enter,
    Leave,
    Ask,
    History,
    Ping,
    Join,
    Go,
    Operate,
    Command,
    MuteItself,
    File,
    Fetch,
    Burst,
    Rest,
    Knock,
    JoinBare,
    Return,
    HangUp,
    Repeat,
}

/// Each move with its usual weight: of a client, and of somebody rude.
const MOVES: &[(Move, u32, u32)] = &[
    (Move::Say, 30, 20),
    (Move::Private, 16, 14),
    (Move::Enter, 8, 8),
    (Move::Leave, 4, 4),
    (Move::Ask, 8, 8),
    (Move::History, 8, 6),
    (Move::Ping, 2, 3),
    (Move::Join, 6, 14),
    (Move::Go, 3, 5),
    (Move::Operate, 6, 6),
    (Move::Command, 16, 14),
    (Move::MuteItself, 3, 3),
    (Move::File, 8, 10),
    (Move::Fetch, 3, 4),
    (Move::Burst, 2, 4),
    (Move::Rest, 2, 5),
    (Move::Knock, 0, 8),
    (Move::JoinBare, 0, 10),
    (Move::Return, 0, 8),
    (Move::HangUp, 0, 5),
    (Move::Repeat, 0, 6),
];

/// How people behave in a world.
#[derive(Debug)]
pub(super) struct Talk {
    client: Vec<u32>,
    rude: Vec<u32>,
    /// The usual pause between two deeds of one person.
    pause_ms: Ms,
    /// How many of ten requests name something that there is not, or are bad, when somebody rude asks them.
    rudeness: u8,
    /// How many texts everybody has made.
    texts: Vec<u64>,
}

impl Talk {
    /// Draws how people behave.
    pub(super) fn draw(rng: &mut Rng, plan: &Plan) -> Self {
        let mut client = Vec::new();
        let mut rude = Vec::new();
        for (_, of_client, of_rude) in MOVES {
            let factor = [0, 1, 1, 1, 1, 4][rng.usize(..6)];
            client.push(of_client * factor);
            rude.push(of_rude * factor);
        }
        // There must be something to do.
        client[0] = client[0].max(1);
        rude[0] = rude[0].max(1);
        let pause_ms = *pick(rng, &[300, 800, 2_000]);
        Self { client, rude, pause_ms, rudeness: rng.u8(0..6), texts: vec![0; plan.people()] }
    }

    fn next(&self, rng: &mut Rng, rude: bool) -> Move {
        let weights = if rude { &self.rude } else { &self.client };
        let mut at = rng.u32(..weights.iter().sum::<u32>());
        for ((kind, ..), weight) in MOVES.iter().zip(weights) {
            if at < *weight {
                return *kind;
            }
            at -= weight;
        }
        unreachable!("a number below the sum of the weights is within one of them")
    }
}

impl Drawing {
    /// Draws what somebody does until all is healed.
    pub(super) fn live(&mut self, who: usize) {
        let rude = self.plan.is_rude(who);
        let mut at = if self.rng.bool() { self.rng.u64(0..200) } else { self.rng.u64(0..self.plan.heal_ms / 2 + 1) };
        let nick = self.plan.name_of(who).to_owned();
        let bare = rude && self.rng.bool();
        self.does(
            at,
            who,
            if bare { Deed::JoinBare { nick, avatar: None } } else { Deed::Join { nick, avatar: None } },
        );
        let pause = self.talk.pause_ms;
        while at < self.plan.heal_ms {
            let restless = self.rng.u8(..3) != 0;
            at += if restless { self.rng.u64(0..=2 * pause) } else { self.rng.u64(0..=20) };
            let next = self.talk.next(&mut self.rng, rude);
            at = self.play(at, who, next);
        }
    }

    /// Draws one move; gives the time at which it is over.
    fn play(&mut self, at: Ms, who: usize, next: Move) -> Ms {
        let nick = self.plan.name_of(who).to_owned();
        match next {
            Move::Rest => return at + *pick(&mut self.rng, &[2_000, 4_000, 12_000]),
            Move::Burst => return self.burst(at, who),
            Move::File => return self.file(at, who),
            Move::Fetch => {
                let (file, offset) = (self.rng.u64(1..6), self.rng.u64(..4));
                self.does(at, who, Deed::Ask(Request::Fetch { file, offset }));
            }
            Move::MuteItself => return self.mute_itself(at, who),
            Move::Go => return self.go(at, who),
            Move::Knock => self.does(at, who, Deed::Knock),
            Move::HangUp => self.does(at, who, Deed::HangUp),
            Move::Join => {
                let nick = if self.plan.is_rude(who) { self.nick(who) } else { nick };
                self.does(at, who, Deed::Join { nick, avatar: None });
            }
            Move::JoinBare => {
                let nick = if self.rng.bool() { nick } else { self.nick(who) };
                self.does(at, who, Deed::JoinBare { nick, avatar: None });
            }
            Move::Return => {
                let own = self.rng.u8(..5) != 0;
                // What is returned to is most often a session that lost its connection, or does not know yet.
                let before = match self.rng.u8(..3) {
                    0 => Deed::HangUp,
                    _ => Deed::Knock,
                };
                self.does(at, who, before);
                self.does(at + 40, who, Deed::Return { own });
            }
            Move::Repeat => {
                if self.has(FaultKind::Repeat) {
                    let deed = if self.rng.bool() { Deed::Repeat } else { Deed::Backdate };
                    self.does(at, who, deed);
                }
            }
            Move::Say
            | Move::Private
            | Move::Enter
            | Move::Leave
            | Move::Ask
            | Move::History
            | Move::Ping
            | Move::Operate
            | Move::Command => {
                let request = self.request(who, next);
                self.does(at, who, Deed::Ask(request));
            }
        }
        at
    }

    /// Goes, politely or not, and comes back after a while: a client by joining, the rude perhaps over the same
    /// connection.
    fn go(&mut self, at: Ms, who: usize) -> Ms {
        let rude = self.plan.is_rude(who);
        let deed = match self.rng.u8(..8) {
            0 | 1 if !rude => Deed::Close,
            2 | 3 if !rude => Deed::Logout,
            _ => Deed::Quit,
        };
        self.does(at, who, deed);
        let later = at + *pick(&mut self.rng, &[1, 200, 1_500, 6_000]);
        let nick = self.plan.name_of(who).to_owned();
        let bare = rude && self.rng.bool();
        self.does(
            later,
            who,
            if bare { Deed::JoinBare { nick, avatar: None } } else { Deed::Join { nick, avatar: None } },
        );
        later
    }

    /// An operator mutes itself and goes on as before: how else would the muted do what operators do?
    fn mute_itself(&mut self, at: Ms, who: usize) -> Ms {
        let nick = self.plan.name_of(who).to_owned();
        self.does(at, who, Deed::Ask(Request::Operate { key: KEY }));
        let ms = *pick(&mut self.rng, &[500, 3_000, 8_000]);
        self.does(at + 1, who, Deed::Ask(Request::Mute { nick, ms }));
        for _ in 0..self.rng.usize(..8) {
            let next = *pick(&mut self.rng, &[Move::Command, Move::Command, Move::Ask, Move::History, Move::Leave]);
            let request = self.request(who, next);
            self.does(at + 50, who, Deed::Ask(request));
        }
        if self.rng.u8(..3) == 0 { self.go(at + 60, who) } else { at + 60 }
    }

    /// Offers a file and sends its bytes, not always all of them, in order, or with patience.
    fn file(&mut self, at: Ms, who: usize) -> Ms {
        let place = if self.rng.u8(..3) == 0 { For::With(self.nick(who)) } else { For::Room(self.room(who)) };
        let bad = self.is_bad(who);
        let name = if bad { ".." } else { *pick(&mut self.rng, &["a.txt", "b.txt", "c.txt"]) };
        let size = *pick(&mut self.rng, &[0, 3, 5, 40, 40]);
        let size = if self.is_bad(who) { 1 << 40 } else { size };
        let digest = if self.rng.u8(..8) == 0 { Digest([0; 32]) } else { Deed::digest(size) };
        let offer = Request::Attach { place, name: name.into(), media: "text/plain".into(), size, digest };
        self.does(at, who, Deed::Ask(offer.clone()));
        let haste = *pick(&mut self.rng, &[0, 0, 5, 80]);
        let (mut at, mut offset) = (at, 0);
        for _ in 0..self.rng.usize(1..5) {
            at += haste;
            let len = *pick(&mut self.rng, &[0, 1, 3, 40]);
            let len = if self.rng.bool() { size.min(40).saturating_sub(offset) } else { len };
            let bytes = Deed::bytes(offset, len);
            // The number 0 is the latest transfer's, which nobody needs to be told.
            self.does(at, who, Deed::Ask(Request::Chunk { transfer: 0, offset, bytes }));
            offset = if self.rng.u8(..6) == 0 { self.rng.u64(..6) } else { (offset + len).min(size) };
        }
        match self.rng.u8(..12) {
            0 => {
                let transfer = self.number_of_transfer();
                self.does(at + haste, who, Deed::Ask(Request::Cancel { transfer }));
            }
            1 => self.does(at + haste, who, Deed::Ask(offer)),
            2 => return self.go(at, who),
            3 => {
                let bytes = Deed::bytes(0, 2);
                let transfer = self.number_of_transfer();
                self.does(at, who, Deed::Ask(Request::Chunk { transfer, offset: 0, bytes }));
            }
            _ => {}
        }
        at
    }

    fn number_of_transfer(&mut self) -> u64 {
        self.rng.u64(..6)
    }

    /// Asks the same over and over.
    fn burst(&mut self, at: Ms, who: usize) -> Ms {
        const ASKED: &[Move] = &[Move::Private, Move::Enter, Move::Ask, Move::Ask, Move::History, Move::Operate];
        let next = *pick(&mut self.rng, ASKED);
        let times = self.rng.usize(2..30);
        for _ in 0..times {
            let request = self.request(who, next);
            let left = match &request {
                Request::Enter { room } => Some(Request::Leave { room: room.clone() }),
                _ => None,
            };
            self.does(at, who, Deed::Ask(request));
            if let Some(leave) = left {
                self.does(at, who, Deed::Ask(leave));
            }
        }
        at
    }

    fn request(&mut self, who: usize, next: Move) -> Request {
        match next {
            Move::Private => Request::Private { to: self.nick(who), text: self.text(who) },
            Move::Enter => Request::Enter { room: self.room(who) },
            Move::Leave => Request::Leave { room: self.room(who) },
            Move::Ask => match self.rng.u8(..4) {
                0 => Request::Report,
                1 => Request::Rooms,
                2 => Request::Who { room: None },
                _ => Request::Who { room: Some(self.room(who)) },
            },
            Move::History => self.history(who),
            Move::Ping => Request::Ping,
            Move::Operate => Request::Operate { key: if self.rng.u8(..4) == 0 { WRONG_KEY } else { KEY } },
            Move::Command => self.command(who),
            _ => Request::Say { room: self.room(who), text: self.text(who) },
        }
    }

    fn command(&mut self, who: usize) -> Request {
        let nick = self.nick(who);
        match self.rng.u8(..6) {
            0 | 1 => Request::Unmute { nick },
            2 => Request::Kick { nick },
            _ => Request::Mute { nick, ms: *pick(&mut self.rng, &[0, 1, 900, 5_000, 300_000, u64::MAX]) },
        }
    }

    fn history(&mut self, who: usize) -> Request {
        let place = if self.rng.bool() { Where::Room(self.room(who)) } else { Where::With(self.nick(who)) };
        let before = if self.rng.bool() { None } else { Some(self.rng.u64(0..40)) };
        Request::History { place, before, limit: *pick(&mut self.rng, &[0, 1, 2, 10, u64::MAX]) }
    }

    /// Whether what somebody asks now is bad.
    fn is_bad(&mut self, who: usize) -> bool {
        self.plan.is_rude(who) && self.rng.u8(..10) < self.talk.rudeness && self.rng.bool()
    }

    pub(super) fn nick(&mut self, who: usize) -> String {
        if self.is_bad(who) {
            return (*pick(&mut self.rng, NICKS_BAD)).to_owned();
        }
        // One name in eight is nobody's.
        match self.rng.u8(..8) {
            0 => "zoe".into(),
            _ => self.plan.name_of(self.rng.usize(..self.plan.people())).to_owned(),
        }
    }

    pub(super) fn room(&mut self, who: usize) -> String {
        if self.is_bad(who) {
            return (*pick(&mut self.rng, ROOMS_BAD)).to_owned();
        }
        match self.rng.bool() {
            true => self.plan.setting.lobby.clone(),
            false => (*pick(&mut self.rng, ROOMS)).to_owned(),
        }
    }

    /// A text that nobody else says, or a bad one.
    pub(super) fn text(&mut self, who: usize) -> String {
        if self.is_bad(who) {
            return match self.rng.u8(..16) {
                0 => "x".repeat(TEXT_CHARS_MAX + 1),
                1..8 => String::new(),
                _ => "\u{1b}[2J".into(),
            };
        }
        self.talk.texts[who] += 1;
        let filler = "~".repeat(*pick(&mut self.rng, &[0, 0, 0, 0, 30, 90]));
        format!("{}.{}{filler}", self.plan.name_of(who), self.talk.texts[who])
    }
}
