//! Draws how the server and the network are set: mostly as usual, and now and then with a bound that is soon met.

use super::pick;
use crate::plan::{Durability, FaultKind, ProfileSetting, Setting};
use fastrand::Rng;
use hobnob_spec::profile::{Absent, Flood, JoinHistory, NickCase, NickTaken, Profile};
use std::collections::BTreeMap;

/// Limits by name: the usual value in a simulated world, and those that are drawn now and then. A world is short, so
/// what takes minutes in life takes seconds in it.
const LIMITS: &[(&str, u64, &[u64])] = &[
    ("handshake_ms", 10_000, &[300, 1_000]),
    ("idle_ms", 60_000, &[0, 800, 2_000, 5_000]),
    ("resume_ms", 20_000, &[0, 1, 500, 2_000]),
    ("say_burst", 10, &[0, 1, 3, 50]),
    ("say_per_second", 5, &[0, 1, 20]),
    ("ask_burst", 20, &[0, 1, 3]),
    ("ask_per_second", 10, &[0, 1, 5]),
    ("mute_ms", 3_000, &[0, 1, 500]),
    ("mute_longest_ms", 10_000, &[0, 2_000]),
    ("mute_memory_ms", 60_000, &[0, 5_000]),
    ("mutes_patience", 3, &[0, 1, 2]),
    ("members_max", 100, &[0, 2, 3]),
    ("room_members_max", 100, &[0, 1, 2]),
    ("rooms_max", 100, &[0, 1, 2, 3]),
    ("rooms_per_session_max", 20, &[0, 1, 2]),
    ("connections_per_address_max", 100, &[1, 2, 3]),
    ("kept_entries_max", 1_000, &[0, 1, 3, 10]),
    ("kept_bytes_max", 100_000, &[0, 150, 400]),
    ("mail_max", 100, &[0, 1, 3]),
    ("waiting_conversations_max", 50, &[0, 1, 2]),
    ("conversations_max", 100, &[0, 1, 3]),
    ("answers_kept", 128, &[0, 1, 4]),
    ("page_entries_max", 100, &[0, 1, 3]),
    ("garbled_max", 3, &[0, 1]),
    ("file_bytes_max", 10_000, &[3]),
    ("transfers_per_session_max", 4, &[1]),
    ("transfer_stall_ms", 5_000, &[100]),
    ("files_kept_max", 100, &[0, 2]),
    ("outbox_bytes_max", 1 << 20, &[400, 2_000, 20_000]),
];

/// Draws the settings of a world.
pub(super) fn draw_setting(rng: &mut Rng, kinds: &[FaultKind]) -> Setting {
    let mut limits: BTreeMap<_, _> =
        LIMITS.iter().map(|(name, usual, other)| ((*name).to_owned(), seldom(rng, *usual, other))).collect();
    let slow = [FaultKind::StallReads, FaultKind::Drip].iter().any(|kind| kinds.contains(kind));
    if slow && rng.bool() {
        limits.insert("outbox_bytes_max".into(), *pick(rng, &[400, 2_000, 20_000]));
    }
    Setting {
        profiles: (0..rng.usize(1..4)).map(|_| draw_profile(rng)).collect(),
        limits,
        nick_case: *pick(rng, NickCase::ALL),
        lobby: (*pick(rng, &["lobby", "Hall"])).into(),
        operators: rng.u8(..8) != 0,
        trust_relays: false,
        durability: *pick(
            rng,
            &[Durability::Always, Durability::Always, Durability::Always, Durability::Interval, Durability::Never],
        ),
        snapshot_every: *pick(rng, &[7, 50, 200, 1_000]),
        latency_ms: *pick(rng, &[(0, 0), (1, 5), (1, 20), (1, 20), (5, 80), (20, 300)]),
        chop: rng.u8(..4) != 0,
        ..Setting::default()
    }
}

/// A limit and a value that it can have, for a change of the settings between two starts.
pub(super) fn draw_limit(rng: &mut Rng) -> (String, u64) {
    let (name, usual, other) = pick(rng, LIMITS);
    ((*name).to_owned(), if rng.bool() { *usual } else { *pick(rng, other) })
}

fn draw_profile(rng: &mut Rng) -> ProfileSetting {
    match rng.u8(..5) {
        0 | 1 => ProfileSetting::Named("open".into()),
        2 => ProfileSetting::Named("classroom".into()),
        _ => ProfileSetting::Own(Profile {
            name: "drawn".into(),
            nick_taken: *pick(rng, NickTaken::ALL),
            capacity: *pick(rng, &[1, 2, 5, 100, 100, 100]),
            absent: *pick(rng, Absent::ALL),
            history: *pick(rng, JoinHistory::ALL),
            flood: *pick(rng, Flood::ALL),
            nick_case: *pick(rng, NickCase::ALL),
            ..Profile::open()
        }),
    }
}

/// What is usual, but one time in twelve something else.
fn seldom(rng: &mut Rng, usual: u64, other: &[u64]) -> u64 {
    if rng.u8(..12) == 0 { *pick(rng, other) } else { usual }
}
