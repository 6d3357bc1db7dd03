//! Who is there, as the rows that fired say it: sessions, nicks, rooms and mutes.
//!
//! Owns no opinion: the judge compares this with what the log, the answers and the machine say.

use super::names::{Name, Names};
use hobnob_machine::{Conn, RoomId, Server, SessionId};
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::Time;
use hobnob_spec::names::Nick;
use hobnob_spec::session::State;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// Where so many may be members, no leaver's mute is forgotten for want of a place.
const FEW: u64 = 50;

/// A session.
#[derive(Debug, Clone)]
pub(super) struct Sitting {
    pub(super) state: State,
    pub(super) conn: Option<Conn>,
    pub(super) listener: u16,
    pub(super) addr: SocketAddr,
    pub(super) nick: Option<(Name, Nick)>,
    /// What is seen beside the nick.
    pub(super) avatar: Option<Avatar>,
    /// Until when it is muted; the end of time where it was not said.
    pub(super) muted: Option<Time>,
    /// The highest number of a request that brought a text.
    pub(super) said: u64,
}

/// A room that there is.
#[derive(Debug, Clone, Default)]
pub(super) struct Hall {
    pub(super) name: Option<Name>,
    pub(super) members: BTreeSet<Name>,
}

/// Who is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub(super) sessions: BTreeMap<SessionId, Sitting>,
    pub(super) conns: BTreeMap<Conn, SessionId>,
    pub(super) nicks: BTreeMap<Name, SessionId>,
    pub(super) addresses: BTreeMap<IpAddr, u64>,
    pub(super) listeners: BTreeMap<u16, u64>,
    pub(super) rooms: BTreeMap<RoomId, Hall>,
    /// Nicks whose last owner was muted on leaving.
    pub(super) leavers: BTreeMap<Name, Time>,
    /// Whether there may be such nicks that the judge does not know.
    pub(super) unsure: bool,
    /// The connection that is handed over to another session.
    pub(super) handed: Option<(Conn, SocketAddr)>,
}

impl Ledger {
    /// Writes down what a machine says of itself.
    pub(super) fn of(server: &Server, names: &mut Names, before: &Self) -> Self {
        let mut ledger = Self { leavers: before.leavers.clone(), unsure: before.unsure, ..Self::default() };
        let mut by_room: BTreeMap<RoomId, BTreeSet<Name>> = BTreeMap::new();
        for view in server.sessions() {
            let nick = view.nick.map(|nick| (names.of(nick.as_str()), nick));
            if let Some((name, _)) = &nick {
                ledger.nicks.insert(*name, view.session);
                *ledger.listeners.entry(view.listener).or_insert(0) += 1;
                for room in &view.rooms {
                    by_room.entry(*room).or_default().insert(*name);
                }
            }
            if let Some(conn) = view.conn {
                ledger.conns.insert(conn, view.session);
                *ledger.addresses.entry(view.addr.ip()).or_insert(0) += 1;
            }
            let said = before.sessions.get(&view.session).map_or(0, |sitting| sitting.said);
            let sitting = Sitting {
                state: view.state,
                conn: view.conn,
                listener: view.listener,
                addr: view.addr,
                nick,
                avatar: view.avatar,
                muted: view.muted_until,
                said,
            };
            ledger.sessions.insert(view.session, sitting);
        }
        for view in server.rooms() {
            let members = by_room.remove(&view.room).unwrap_or_default();
            ledger.rooms.insert(view.room, Hall { name: Some(names.of(view.name.as_str())), members });
        }
        // Who left by an alarm that a crash took back has not left, nor left a mute.
        ledger.leavers.retain(|name, _| !ledger.nicks.contains_key(name));
        ledger
    }

    /// Joins a connection to a session.
    pub(super) fn connect(&mut self, id: SessionId, conn: Conn, addr: SocketAddr) {
        self.conns.insert(conn, id);
        *self.addresses.entry(addr.ip()).or_insert(0) += 1;
        if let Some(sitting) = self.sessions.get_mut(&id) {
            sitting.conn = Some(conn);
            sitting.addr = addr;
        }
    }

    /// Takes the connection off a session.
    pub(super) fn let_go(&mut self, id: SessionId) -> Option<(Conn, SocketAddr)> {
        let sitting = self.sessions.get_mut(&id)?;
        let (conn, addr) = (sitting.conn.take()?, sitting.addr);
        self.conns.remove(&conn);
        if let Some(count) = self.addresses.get_mut(&addr.ip()) {
            *count -= 1;
        }
        Some((conn, addr))
    }

    /// The session of a connection.
    pub(super) fn at(&self, conn: Conn) -> Option<(SessionId, &Sitting)> {
        let id = *self.conns.get(&conn)?;
        self.sessions.get(&id).map(|sitting| (id, sitting))
    }

    /// How many rooms a nick is in.
    pub(super) fn rooms_of(&self, nick: Name) -> usize {
        self.rooms.values().filter(|hall| hall.members.contains(&nick)).count()
    }

    /// Keeps a leaver's mute, and of those that run no more than there may be members.
    pub(super) fn keep_mute(&mut self, nick: Name, until: Time, now: Time, most: u64) {
        if self.unsure && most < FEW {
            // Whose mute is forgotten depends on mutes that are not known.
            return;
        }
        self.leavers.retain(|_, until| *until > now);
        self.leavers.insert(nick, until);
        while self.leavers.len() as u64 > most {
            let first = self.leavers.iter().min_by_key(|(_, until)| **until).map(|(nick, _)| *nick);
            self.leavers.remove(&first.expect("there are too many, so there is one"));
        }
    }
}
