//! The server's machine: executes the session table.
//!
//! Owns all protocol state of a server, as a value. Decides nothing that the table does not say: guards read, effects
//! do one thing, and the row that fired is part of the output.

mod alarms;
mod answers;
mod bucket;
mod check;
mod effects;
mod guards;
mod keys;
mod log;
mod session;
mod talks;
mod transfers;
mod turn;
mod view;

pub use transfers::{OpenTransfer, StoredFile};
pub use view::{RoomView, SessionView};

use crate::config::Config;
use crate::io::{Conn, Fired, Input, Out, RoomId, SessionId};
use bucket::Bucket;
use hobnob_spec::messages::{Secret, Time};
use hobnob_spec::row::Next;
use hobnob_spec::session::{Alarm, Event, State, cell};
use serde::{Deserialize, Serialize};
use session::{Came, Room, Session};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use talks::Talks;
use transfers::{File, Transfer};
use turn::Turn;

/// All that a server knows of its users and rooms. The same configuration, seed and inputs give the same outputs and
/// the same state, bit for bit, on any machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Server {
    config: Arc<Config>,
    /// The state of the generator of nicks' numbers.
    chance: u64,
    /// The time of the latest step.
    now: Time,
    next_session: u64,
    next_room: u32,
    sessions: BTreeMap<SessionId, Session>,
    conns: BTreeMap<Conn, SessionId>,
    /// Connections of each address.
    addresses: BTreeMap<IpAddr, u64>,
    /// Whose each nick is, as nicks are compared.
    nicks: BTreeMap<Arc<str>, SessionId>,
    tokens: BTreeMap<Secret, SessionId>,
    /// Nicks whose last owner was muted on leaving, and until when.
    leavers_muted: BTreeMap<Arc<str>, Time>,
    /// Members who came through each listener.
    members_by_listener: BTreeMap<u16, u64>,
    rooms: BTreeMap<RoomId, Room>,
    room_ids: BTreeMap<Arc<str>, RoomId>,
    lobby: RoomId,
    /// The highest number in a room that was forgotten.
    rooms_floor: u64,
    talks: Talks,
    alarms: BTreeSet<(Time, SessionId, Alarm)>,
    next_transfer: u64,
    transfers: BTreeMap<u64, Transfer>,
    /// When transfers have waited too long.
    stalls: BTreeSet<(Time, u64)>,
    /// The files that arrived, by the numbers of their transfers.
    files: BTreeMap<u64, File>,
    /// The bytes of all of them.
    files_bytes: u64,
}

impl Server {
    /// A server on which nobody is. The seed decides the numbers behind nicks that were taken.
    ///
    /// # Panics
    /// When the configuration has no profile.
    pub fn new(config: Config, seed: u64) -> Self {
        assert!(!config.profiles.is_empty(), "a server has at least one profile");
        let mut server = Self {
            chance: seed,
            now: Time(0),
            next_session: 1,
            next_room: 1,
            sessions: BTreeMap::new(),
            conns: BTreeMap::new(),
            addresses: BTreeMap::new(),
            nicks: BTreeMap::new(),
            tokens: BTreeMap::new(),
            leavers_muted: BTreeMap::new(),
            members_by_listener: BTreeMap::new(),
            rooms: BTreeMap::new(),
            room_ids: BTreeMap::new(),
            lobby: RoomId(1),
            rooms_floor: 0,
            talks: Talks::default(),
            alarms: BTreeSet::new(),
            next_transfer: 1,
            transfers: BTreeMap::new(),
            stalls: BTreeSet::new(),
            files: BTreeMap::new(),
            files_bytes: 0,
            config: Arc::new(config),
        };
        server.lobby = server.open_room(server.config.lobby.clone());
        server
    }

    /// Takes one input at time `now`, after the alarms that fell due before it, each at its own due time. What it
    /// brings is added to `out`. Never fails: what is wrong with an input has rows.
    pub fn step(&mut self, now: Time, input: Input, out: &mut Out) {
        if let Input::Outage { ms } = input {
            // What fell due before the outage rang then, by a wake that no record tells of.
            self.ring_alarms(Time(now.0.saturating_sub(ms)), out);
            self.forgive(ms);
        }
        self.ring_alarms(now, out);
        self.now = self.now.max(now);
        match input {
            Input::Opened { conn, addr, listener } => self.open(conn, addr, listener, out),
            Input::Relayed { conn, addr } => {
                if let Some(session) = self.conns.get(&conn).copied() {
                    let bare = Turn::bare(self.now, session, Event::Relayed);
                    self.take(Turn { relayed: Some(addr), ..bare }, out);
                }
            }
            Input::Asked { conn, asked } => {
                if let Some(session) = self.heard_from(conn) {
                    let turn = self.parse(self.now, session, asked);
                    self.expire_mail(&turn);
                    self.take(turn, out);
                }
            }
            Input::Garbled { conn } => {
                self.hear_directly(conn);
                self.take_at(conn, Event::Garbled, out);
            }
            Input::Chunk { conn, number, transfer, offset, len } => {
                if let Some(session) = self.heard_from(conn) {
                    let turn = self.parse_chunk(self.now, session, number, (transfer, offset, len));
                    self.take(turn, out);
                }
            }
            Input::Filed { transfer, filing } => self.take_filing(transfer, filing, out),
            Input::Reopened { transfer, len } => self.take_reopened(transfer, len, out),
            Input::Foreign { conn } => self.take_at(conn, Event::Foreign, out),
            Input::TooSlow { conn } => self.take_at(conn, Event::TooSlow, out),
            Input::Lost { conn } => self.take_at(conn, Event::Lost, out),
            Input::Wake | Input::Outage { .. } => {}
            Input::Configured(config) => self.configure(*config),
            Input::Restarted => {
                for conn in self.conns.keys().copied().collect::<Vec<_>>() {
                    self.take_at(conn, Event::Lost, out);
                }
            }
            Input::Stopping => {
                for session in self.sessions.keys().copied().collect::<Vec<_>>() {
                    self.take(Turn::bare(self.now, session, Event::Stopping), out);
                }
            }
        }
    }

    /// When to step with [`Input::Wake`] at the latest.
    pub fn wake_at(&self) -> Option<Time> {
        let alarm = self.alarms.first().map(|(at, _, _)| *at);
        alarm.into_iter().chain(self.stalls.first().map(|(at, _)| *at)).min()
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A guest comes.
    fn open(&mut self, conn: Conn, addr: SocketAddr, listener: u16, out: &mut Out) {
        assert!(!self.conns.contains_key(&conn), "the shell never uses a connection's number twice");
        let id = SessionId(self.next_session);
        self.next_session += 1;
        let guest = Session {
            state: State::Guest,
            conn: None,
            listener,
            addr,
            came: Came::Untold,
            heard: self.now,
            asked: false,
            garbled: 0,
            asks: Bucket::default(),
            says: Bucket::default(),
            warned: false,
            mutes: Vec::new(),
            muted_until: None,
            alarms: [None; Alarm::ALL.len()],
            operator: false,
            seat: None,
        };
        self.sessions.insert(id, guest);
        self.connect(id, conn, addr);
        self.take(Turn::bare(self.now, id, Event::Opened), out);
    }

    /// Joins a connection to a session that has none.
    fn connect(&mut self, id: SessionId, conn: Conn, addr: SocketAddr) {
        self.conns.insert(conn, id);
        *self.addresses.entry(addr.ip()).or_insert(0) += 1;
        let session = self.sessions.get_mut(&id).expect("a session that is connected is there");
        session.conn = Some(conn);
        session.addr = addr;
    }

    /// The session of a connection from which a request came. What still comes from a connection that was given up
    /// dies with it.
    fn heard_from(&mut self, conn: Conn) -> Option<SessionId> {
        self.hear_directly(conn);
        let id = *self.conns.get(&conn)?;
        let session = self.sessions.get_mut(&id).expect("a connection belongs to a session");
        (session.heard, session.asked) = (self.now, true);
        session.garbled = 0;
        Some(id)
    }

    /// What comes over a connection first, unless it is a relay's word, is the user's own.
    fn hear_directly(&mut self, conn: Conn) {
        let session = self.conns.get(&conn).and_then(|id| self.sessions.get_mut(id));
        if let Some(session) = session.filter(|session| session.came == Came::Untold) {
            session.came = Came::Directly;
        }
    }

    fn take_at(&mut self, conn: Conn, event: Event, out: &mut Out) {
        if let Some(session) = self.conns.get(&conn).copied() {
            self.take(Turn::bare(self.now, session, event), out);
        }
    }

    /// How nicks are told apart stays as it was when the server began: names that were given cannot be taken back.
    fn configure(&mut self, config: Config) {
        assert!(!config.profiles.is_empty(), "a server has at least one profile");
        self.config = Arc::new(Config { nick_case: self.config.nick_case, ..config });
        self.lobby = self.open_room(self.config.lobby.clone());
        for room in self.rooms.values_mut() {
            room.log.trim(&self.config.limits);
        }
        for seat in self.sessions.values_mut().filter_map(|session| session.seat.as_mut()) {
            seat.trim_answers(self.config.limits.answers_kept);
        }
        self.settle();
    }

    /// Lets go of rooms and conversations for which narrower settings leave no place, as soon as nobody needs them.
    fn settle(&mut self) {
        while self.rooms.len() as u64 > self.config.limits.rooms_max && self.forgettable_room().is_some() {
            self.forget_room();
        }
        self.forget_talks(self.config.limits.conversations_max);
    }

    /// Takes an event: the row that fires, then what it raised, each by a row of its own.
    fn take(&mut self, mut turn: Turn, out: &mut Out) {
        self.fire(&mut turn, out);
        self.hand_to_transfers(&mut turn, out);
        let raised = std::mem::take(&mut turn.raised);
        for event in raised {
            let target = turn.target.expect("an event is raised at somebody who is there");
            let mut turn = Turn::raised_at(&mut turn, target, event);
            self.fire(&mut turn, out);
            self.hand_to_transfers(&mut turn, out);
        }
        self.settle();
    }

    /// Fires the first row of the cell whose guard holds.
    fn fire(&mut self, turn: &mut Turn, out: &mut Out) {
        let session = &self.sessions[&turn.session];
        let (state, conn) = (session.state, session.conn);
        let nick = session.seat.as_ref().map(|seat| seat.nick.clone());
        let rows = cell(state, turn.event);
        let at = rows.iter().position(|row| self.holds(row.0, turn));
        let at = at.unwrap_or_else(|| panic!("{:?} cannot come to a session that is {state:?}", turn.event));
        for effect in rows[at].1 {
            self.apply(*effect, turn, out);
        }
        let nick = nick.or_else(|| self.sessions[&turn.session].seat.as_ref().map(|seat| seat.nick.clone()));
        let row = u8::try_from(at).expect("a cell has a few rows");
        out.fired.push(Fired { at: turn.now, session: turn.session, conn, nick, state, event: turn.event, row });
        self.go(turn.session, rows[at].2);
    }

    /// Makes the move of a row. Alarms that have no row in the new state are off.
    fn go(&mut self, id: SessionId, next: Next<State>) {
        match next {
            Next::Stay => {}
            Next::Become(state) => {
                self.sessions.get_mut(&id).expect("it just had its turn").state = state;
                for alarm in Alarm::ALL {
                    if cell(state, alarm.event()).is_empty() {
                        self.disarm(id, *alarm);
                    }
                }
            }
            Next::End => {
                for alarm in Alarm::ALL {
                    self.disarm(id, *alarm);
                }
                self.sessions.remove(&id);
            }
        }
    }
}
