//! What the machine knows of one session, and of one room.

use super::bucket::Bucket;
use super::log::Log;
use crate::io::{Conn, Pair, RoomId, SessionId};
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::{Answer, Secret, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::session::{Alarm, State};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

/// A session, from the opening of its connection to its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) state: State,
    /// `None` exactly while it is detached.
    pub(super) conn: Option<Conn>,
    /// Index of its profile.
    pub(super) listener: u16,
    /// Address and port of its latest connection.
    pub(super) addr: SocketAddr,
    /// How its connection came.
    pub(super) came: Came,
    /// When its client last asked something.
    pub(super) heard: Time,
    /// Whether its client ever asked something.
    pub(super) asked: bool,
    /// How many times in a row its client was not understood.
    pub(super) garbled: u64,
    pub(super) asks: Bucket,
    pub(super) says: Bucket,
    /// Whether the user was told to slow down since that bucket was full.
    pub(super) warned: bool,
    /// When it was muted for its talking, as far as that still counts.
    pub(super) mutes: Vec<Time>,
    /// Set while it is muted, and while a mute of one that was detached or quit runs on.
    pub(super) muted_until: Option<Time>,
    /// The alarms that are set, by when they ring.
    pub(super) alarms: [Option<Time>; Alarm::ALL.len()],
    /// Whether it showed the operator's key, with a nick or without one.
    pub(super) operator: bool,
    /// `None` exactly while it is a guest.
    pub(super) seat: Option<Box<Seat>>,
}

/// How a connection came to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Came {
    /// Nothing has come over it yet, so that a relay may still tell whose it is.
    Untold,
    /// It is the user's own.
    Directly,
    /// A relay that is trusted told whose it is.
    ByRelay,
}

/// What a session has that has joined.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Seat {
    pub(super) nick: Nick,
    /// The nick as nicks are compared.
    pub(super) key: Arc<str>,
    pub(super) token: Option<Secret>,
    pub(super) joined: Time,
    pub(super) joined_from: SocketAddr,
    /// Its rooms, with the number of the last message before it came.
    pub(super) rooms: BTreeMap<RoomId, u64>,
    /// Its conversations, with the number of the last message that was none of its business.
    pub(super) talks: BTreeMap<Pair, u64>,
    /// The highest number of a request that was applied, and the latest such answers.
    pub(super) applied: u64,
    pub(super) answers: VecDeque<(u64, Answer)>,
    /// What is seen beside the nick.
    pub(super) avatar: Option<Avatar>,
    /// What came of its latest transfers.
    pub(super) outcomes: VecDeque<(u64, Answer)>,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Room {
    pub(super) name: RoomName,
    pub(super) key: Arc<str>,
    pub(super) members: BTreeSet<SessionId>,
    pub(super) log: Log,
    /// When its last member left.
    pub(super) empty_since: Time,
}

impl Seat {
    pub(super) fn new(nick: Nick, key: Arc<str>, token: Option<Secret>, joined: Time, joined_from: SocketAddr) -> Self {
        Self {
            nick,
            key,
            token,
            joined,
            joined_from,
            rooms: BTreeMap::new(),
            talks: BTreeMap::new(),
            applied: 0,
            answers: VecDeque::new(),
            avatar: None,
            outcomes: VecDeque::new(),
        }
    }

    /// Keeps the answer to a request that is applied once.
    pub(super) fn keep_answer(&mut self, number: u64, answer: Answer, kept: u64) {
        self.applied = number;
        self.answers.push_back((number, answer));
        self.trim_answers(kept);
    }

    /// Lets go of the oldest answers beyond what may be kept.
    pub(super) fn trim_answers(&mut self, kept: u64) {
        while self.answers.len() as u64 > kept {
            self.answers.pop_front();
        }
    }

    /// The answer that was given to a request.
    pub(super) fn answer_to(&self, number: u64) -> Option<&Answer> {
        let at = self.answers.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(&self.answers[at].1)
    }
}
