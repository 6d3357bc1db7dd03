//! What a walk is like: its seed draws the settings, the number of clients and their manners before it rolls any dice,
//! so that some runs are chatty, some rude, some hasty and some forgetful.

use fastrand::Rng;
use hobnob_machine::Config;
use hobnob_machine::network::Network;
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::Secret;
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{Absent, Flood, JoinHistory, NickCase, NickTaken, Profile};

/// What can happen next in a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named like the request or the mishap that it brings")]
pub enum Move {
    Open,
    Join,
    Resume,
    Say,
    Flood,
    Private,
    Enter,
    Leave,
    Ask,
    History,
    Attach,
    Wear,
    Chunk,
    Cancel,
    Fetch,
    Keep,
    Ping,
    Quit,
    Operate,
    Command,
    Resend,
    Relayed,
    Garbled,
    Foreign,
    TooSlow,
    Lost,
    Linger,
    Silence,
    Restart,
    Stop,
    Configure,
}

impl Move {
    /// Each move with its usual weight.
    const USUAL: &'static [(Self, u32)] = &[
        (Self::Open, 3),
        (Self::Join, 16),
        (Self::Resume, 12),
        (Self::Say, 30),
        (Self::Flood, 5),
        (Self::Private, 16),
        (Self::Enter, 8),
        (Self::Leave, 4),
        (Self::Ask, 8),
        (Self::History, 6),
        (Self::Attach, 10),
        (Self::Wear, 6),
        (Self::Chunk, 18),
        (Self::Cancel, 1),
        (Self::Fetch, 6),
        (Self::Keep, 8),
        (Self::Ping, 3),
        (Self::Quit, 2),
        (Self::Operate, 6),
        (Self::Command, 20),
        (Self::Resend, 6),
        (Self::Relayed, 3),
        (Self::Garbled, 4),
        (Self::Foreign, 1),
        (Self::TooSlow, 2),
        (Self::Lost, 5),
        (Self::Linger, 8),
        (Self::Silence, 2),
        (Self::Restart, 1),
        (Self::Stop, 1),
        (Self::Configure, 1),
    ];
}

/// What a walk is like.
#[derive(Debug, Clone)]
pub struct Character {
    /// The settings that the server begins with.
    pub config: Config,
    /// How many clients there are.
    pub clients: usize,
    /// How many of ten clients can resume.
    pub resumable: u32,
    /// How many of ten requests name something that there is not, or are bad.
    pub rudeness: u32,
    /// Before how many of ten moves the turn goes to another client.
    pub restlessness: u8,
    /// The longest pause between two inputs that come one after the other, in milliseconds.
    pub haste_ms: u64,
    weights: Vec<(Move, u32)>,
}

impl Character {
    /// Draws a character.
    pub fn draw(rng: &mut Rng) -> Self {
        let weights = Move::USUAL.iter().map(|(kind, usual)| {
            let factor = [0, 1, 1, 1, 1, 4][rng.usize(..6)];
            let needed = matches!(kind, Move::Open | Move::Join);
            (*kind, usual * if needed { factor.max(1) } else { factor })
        });
        let weights = weights.collect();
        Self {
            config: draw_config(rng),
            clients: rng.usize(1..9),
            resumable: rng.u32(0..=10),
            rudeness: rng.u32(0..5),
            restlessness: *pick(rng, &[2, 5, 10]),
            haste_ms: [0, 20, 500][rng.usize(..3)],
            weights,
        }
    }

    /// Draws the next move.
    pub fn next_move(&self, rng: &mut Rng) -> Move {
        let total: u32 = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut at = rng.u32(..total);
        for (kind, weight) in &self.weights {
            if at < *weight {
                return *kind;
            }
            at -= weight;
        }
        unreachable!("a number below the sum of the weights is within one of them")
    }
}

/// The key of those operators that there are.
pub const KEY: Secret = Secret([7; 16]);

/// Draws settings: small bounds, so that each is met.
pub fn draw_config(rng: &mut Rng) -> Config {
    let profiles = (0..rng.usize(1..4)).map(|_| draw_profile(rng)).collect();
    Config {
        lobby: RoomName::parse(["lobby", "Hall"][rng.usize(..2)]).expect("both are names of rooms"),
        nick_case: *pick(rng, NickCase::ALL),
        profiles,
        limits: draw_limits(rng),
        operator_key: rng.u8(..8).ne(&0).then_some(KEY),
        store: rng.bool(),
        trust_relay: pick(rng, &[Network::loopback(), Vec::new()]).clone(),
    }
}

fn draw_profile(rng: &mut Rng) -> Profile {
    match rng.u8(..4) {
        0 => Profile::open(),
        1 => Profile::classroom(),
        _ => Profile {
            name: "drawn".into(),
            nick_taken: *pick(rng, NickTaken::ALL),
            capacity: *pick(rng, &[0, 1, 2, 5, 100, 100]),
            absent: *pick(rng, Absent::ALL),
            history: *pick(rng, JoinHistory::ALL),
            flood: *pick(rng, Flood::ALL),
            nick_case: *pick(rng, NickCase::ALL),
            ..Profile::open()
        },
    }
}

fn draw_limits(rng: &mut Rng) -> Limits {
    Limits {
        handshake_ms: seldom(rng, 10_000, &[1, 1_000]),
        idle_ms: seldom(rng, 60_000, &[0, 1, 1_001, 5_000]),
        resume_ms: seldom(rng, 20_000, &[0, 1, 2_000]),
        say_burst: seldom(rng, 10, &[0, 1, 3, 50]),
        say_per_second: seldom(rng, 5, &[0, 1, 20]),
        ask_burst: seldom(rng, 20, &[0, 1, 3]),
        ask_per_second: seldom(rng, 10, &[0, 1, 5]),
        mute_ms: seldom(rng, 3_000, &[0, 1, 500]),
        mute_longest_ms: seldom(rng, 10_000, &[0, 2_000]),
        mute_memory_ms: seldom(rng, 60_000, &[0, 5_000]),
        mutes_patience: seldom(rng, 3, &[0, 1, 2]),
        members_max: seldom(rng, 100, &[0, 2, 5]),
        room_members_max: seldom(rng, 100, &[0, 1, 2]),
        rooms_max: seldom(rng, 100, &[0, 1, 2, 4]),
        rooms_per_session_max: seldom(rng, 20, &[0, 1, 2]),
        connections_per_address_max: seldom(rng, 100, &[0, 1, 3]),
        kept_entries_max: seldom(rng, 1_000, &[0, 1, 3, 10]),
        kept_bytes_max: seldom(rng, 100_000, &[0, 150, 400]),
        mail_max: seldom(rng, 100, &[0, 1, 3]),
        mail_age_ms: 2_592_000_000,
        waiting_conversations_max: seldom(rng, 50, &[0, 1, 2]),
        conversations_max: seldom(rng, 100, &[0, 1, 3]),
        answers_kept: seldom(rng, 100, &[0, 1, 4]),
        page_entries_max: seldom(rng, 100, &[0, 1, 3]),
        garbled_max: seldom(rng, 3, &[0, 1]),
        file_bytes_max: seldom(rng, 10_000, &[0, 3]),
        picture_bytes_max: 6_000,
        transfers_per_session_max: seldom(rng, 4, &[0, 1]),
        transfers_max: seldom(rng, 100, &[0, 2]),
        transfer_stall_ms: seldom(rng, 10_000, &[0, 500]),
        files_kept_max: seldom(rng, 100, &[0, 1, 3]),
        files_bytes_max: seldom(rng, 100_000, &[0, 10]),
        outbox_bytes_max: 1 << 20,
    }
}

/// What is usual, but one time in eight something else.
fn seldom(rng: &mut Rng, usual: u64, other: &[u64]) -> u64 {
    if rng.u8(..8) == 0 { *pick(rng, other) } else { usual }
}

/// One of several.
pub fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}
