//! The naive model: what users see, told as simply as possible. Histories are plain lists, time is searched for what is
//! due, nothing is indexed. Written from what the words of the table mean, never by asking the machine.

use hobnob_machine::{Config, Conn, Input};
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::{
    Active, Answer, Body, Entry, Have, Message, Past, Place, Presence, RoomLine, StillIn, Time,
};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::profile::{JoinHistory, NickCase, Profile};
use hobnob_spec::session::{No, State, Why};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// The two parties, as nicks are compared, in order.
pub(crate) type Two = (String, String);

/// A bucket of tokens, in thousandths; `None` is full.
type Level = Option<(u64, Time)>;

#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) conn: Option<Conn>,
    pub(crate) addr: SocketAddr,
    /// Whether something came over the connection, and whether that was a relay's word.
    pub(crate) told: Option<bool>,
    pub(crate) listener: u16,
    pub(crate) heard: Time,
    pinged: bool,
    pub(crate) join_by: Option<Time>,
    return_by: Option<Time>,
    pub(crate) garbled: u64,
    pub(crate) asks: Level,
    pub(crate) says: Level,
    /// Whether the user was told to slow down.
    pub(crate) warned: bool,
    pub(crate) mutes: Vec<Time>,
    pub(crate) muted_until: Option<Time>,
    pub(crate) operator: bool,
    pub(crate) seat: Option<Seat>,
}

#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) nick: Nick,
    pub(crate) token: Option<hobnob_spec::messages::Secret>,
    pub(crate) joined: Time,
    pub(crate) joined_from: SocketAddr,
    /// The rooms, with the number of the last message before the user came.
    pub(crate) rooms: BTreeMap<usize, u64>,
    /// The conversations, with the number of the last message that is none of the user's business.
    pub(crate) since: BTreeMap<Two, u64>,
    pub(crate) answers: Vec<(u64, Answer)>,
    pub(crate) avatar: Option<Avatar>,
}

#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) name: RoomName,
    pub(crate) gone: bool,
    pub(crate) begins_after: u64,
    pub(crate) entries: Vec<Arc<Entry>>,
    empty_since: Time,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Talk {
    pub(crate) entries: Vec<Arc<Entry>>,
    /// For whom messages wait, and after which number.
    pub(crate) waiting: BTreeMap<String, u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Naive {
    pub(crate) config: Config,
    pub(crate) now: Time,
    pub(crate) users: BTreeMap<u64, User>,
    came: u64,
    pub(crate) rooms: Vec<Room>,
    floor: u64,
    pub(crate) talks: BTreeMap<Two, Talk>,
    /// Nicks that were left by somebody muted, and until when.
    pub(crate) leavers: BTreeMap<String, Time>,
    /// What was sent since it was last taken.
    pub(crate) sent: BTreeMap<Conn, Vec<Message>>,
    /// The number of the request that is being taken.
    pub(crate) asking: u64,
    /// The nick that the machine drew for somebody whose nick was taken.
    pub(crate) drawn: Option<Nick>,
}

impl Naive {
    pub(crate) fn new(config: Config) -> Self {
        let lobby = Room {
            name: config.lobby.clone(),
            gone: false,
            begins_after: 0,
            entries: Vec::new(),
            empty_since: Time(0),
        };
        Self {
            config,
            now: Time(0),
            users: BTreeMap::new(),
            came: 0,
            rooms: vec![lobby],
            floor: 0,
            talks: BTreeMap::new(),
            leavers: BTreeMap::new(),
            sent: BTreeMap::new(),
            asking: 0,
            drawn: None,
        }
    }

    pub(crate) fn step(&mut self, now: Time, input: &Input) {
        if let Input::Outage { ms } = input {
            self.let_time_pass(Time(now.0.saturating_sub(*ms)));
            for user in self.users.values_mut() {
                user.heard = user.heard.plus(*ms);
                user.join_by = user.join_by.map(|at| at.plus(*ms));
                user.return_by = user.return_by.map(|at| at.plus(*ms));
            }
        }
        self.let_time_pass(now);
        self.now = now;
        match input {
            Input::Opened { conn, addr, listener } => self.open(*conn, *addr, *listener),
            Input::Asked { conn, asked } => {
                if let Some(who) = self.owner(*conn) {
                    let user = self.user(who);
                    (user.heard, user.pinged, user.garbled, user.join_by) = (now, false, 0, None);
                    user.told = user.told.or(Some(false));
                    self.ask(who, asked);
                }
            }
            Input::Relayed { conn, addr } => self.owner(*conn).into_iter().for_each(|who| self.relayed(who, *addr)),
            Input::Garbled { conn } => self.owner(*conn).into_iter().for_each(|who| self.garbled(who)),
            Input::Foreign { conn } => self.owner(*conn).into_iter().for_each(|who| self.end(who, Why::Foreign, true)),
            Input::TooSlow { conn } => self.owner(*conn).into_iter().for_each(|who| self.cut(who, Why::TooSlow, false)),
            Input::Lost { conn } => self.owner(*conn).into_iter().for_each(|who| self.cut(who, Why::Lost, false)),
            Input::Restarted => {
                // In the order of the connections, not of their owners.
                let connected: BTreeMap<Conn, u64> = self.connected().into_iter().collect();
                for who in connected.into_values() {
                    self.cut(who, Why::Lost, false);
                }
                // Nobody is there to hear of the others.
                self.sent.clear();
            }
            Input::Stopping => {
                for (_, who) in self.connected() {
                    self.cut(who, Why::Stopping, true);
                }
            }
            Input::Wake | Input::Outage { .. } => {}
            Input::Chunk { .. } | Input::Filed { .. } | Input::Reopened { .. } => {
                unreachable!("the model knows no files")
            }
            Input::Configured(_) => unreachable!("the model's settings stay as they are"),
        }
    }

    // ── Time

    fn let_time_pass(&mut self, now: Time) {
        while let Some((at, who, what)) = self.next_due().filter(|(at, _, _)| *at <= now) {
            self.now = at.max(self.now);
            match what {
                0 => self.end(who, Why::NotJoining, true),
                1 => {
                    self.user(who).pinged = true;
                    self.send(who, Message::Ping);
                }
                2 => self.end(who, Why::Idle, true),
                3 => {
                    self.user(who).muted_until = None;
                    self.announce(who, &Body::Unmuted);
                }
                _ => self.end(who, Why::Lost, false),
            }
        }
    }

    /// What is due next: time-out to join, ping, idle, mute, time-out to return.
    fn next_due(&self) -> Option<(Time, u64, u8)> {
        let idle = self.config.limits.idle_ms;
        let dues = self.users.iter().flat_map(|(who, user)| {
            let silent = user.join_by.is_none() && user.conn.is_some();
            [
                user.join_by,
                (silent && !user.pinged).then(|| user.heard.plus(idle / 2)),
                (silent && user.pinged).then(|| user.heard.plus(idle)),
                user.muted_until,
                user.return_by,
            ]
            .into_iter()
            .zip(0..)
            .filter_map(move |(at, what)| Some((at?, *who, what)))
        });
        dues.min()
    }

    // ── Connections

    fn open(&mut self, conn: Conn, addr: SocketAddr, listener: u16) {
        self.came += 1;
        let user = User {
            conn: Some(conn),
            addr,
            told: None,
            listener,
            heard: self.now,
            pinged: false,
            join_by: Some(self.now.plus(self.config.limits.handshake_ms)),
            return_by: None,
            garbled: 0,
            asks: None,
            says: None,
            warned: false,
            mutes: Vec::new(),
            muted_until: None,
            operator: false,
            seat: None,
        };
        self.users.insert(self.came, user);
        self.not_too_many(self.came);
    }

    /// Whoever is one too many from an address is sent away.
    fn not_too_many(&mut self, who: u64) {
        let ip = self.users[&who].addr.ip();
        if ip.is_loopback() && !self.config.trust_relay.is_empty() {
            return;
        }
        let from_there = self.users.values().filter(|user| user.conn.is_some() && user.addr.ip() == ip).count();
        if from_there as u64 > self.config.limits.connections_per_address_max {
            self.end(who, Why::Crowded, true);
        }
    }

    /// A relay tells whose connection it is: it must be trusted, and it must be the first to say something.
    fn relayed(&mut self, who: u64, addr: SocketAddr) {
        let user = &self.users[&who];
        let trusted = user.addr.ip().is_loopback() && !self.config.trust_relay.is_empty();
        if !trusted || user.told.is_some() || user.seat.is_some() {
            return self.end(who, Why::Foreign, true);
        }
        let user = self.user(who);
        (user.addr, user.told) = (addr, Some(true));
        self.not_too_many(who);
    }

    fn garbled(&mut self, who: u64) {
        let garbled_max = self.config.limits.garbled_max;
        let user = self.user(who);
        user.garbled += 1;
        user.told = user.told.or(Some(false));
        if user.garbled >= garbled_max {
            self.end(who, Why::Malformed, true);
        } else {
            self.refuse_as(who, 0, No::Malformed);
        }
    }

    /// The session is over: with a word or without, out of all rooms, the nick is nobody's.
    pub(crate) fn end(&mut self, who: u64, why: Why, word: bool) {
        self.hang_up(who, word.then_some(why));
        self.leave_all(who, why);
        self.users.remove(&who);
    }

    /// The connection is over; with a token the session is not.
    fn cut(&mut self, who: u64, why: Why, word: bool) {
        let resumes = self.users[&who].seat.as_ref().is_some_and(|seat| seat.token.is_some());
        if !resumes {
            return self.end(who, why, word);
        }
        self.hang_up(who, word.then_some(why));
        let return_by = self.now.plus(self.config.limits.resume_ms);
        self.user(who).return_by = Some(return_by);
    }

    fn hang_up(&mut self, who: u64, word: Option<Why>) {
        if let Some(why) = word {
            self.send(who, Message::Goodbye { why });
        }
        self.user(who).conn = None;
    }

    /// The owner of a session is back, over the connection of a guest.
    pub(crate) fn come_back(&mut self, who: u64, guest: u64, number: u64, have: &[Have]) {
        let guest = self.users.remove(&guest).expect("a guest asked");
        if self.users[&who].conn.is_some() {
            self.hang_up(who, Some(Why::Replaced));
        }
        let now = self.now;
        let user = self.user(who);
        (user.conn, user.addr, user.heard, user.pinged) = (guest.conn, guest.addr, now, false);
        (user.return_by, user.garbled, user.told) = (None, 0, guest.told);
        let seat = self.seat(who).clone();
        let rooms = seat.rooms.iter().map(|(room, since)| StillIn {
            room: self.rooms[*room].name.clone(),
            last: self.last(*room),
            since: *since,
        });
        let rooms = rooms.collect();
        let muted_ms = self.users[&who].muted_until.map(|until| until.since(now));
        self.answer(who, number, Answer::Back { nick: seat.nick.clone(), muted_ms, rooms });
        self.catch_up(who, &seat, have);
    }

    fn catch_up(&mut self, who: u64, seat: &Seat, have: &[Have]) {
        let had = |place: &Place| have.iter().find(|have| have.place == *place).map_or(0, |have| have.number);
        for (room, came) in &seat.rooms {
            let place = Place::Room(self.rooms[*room].name.clone());
            if had(&place) <= *came && self.profile(who).history == JoinHistory::All {
                let mut before = self.kept(&self.rooms[*room].entries);
                before.retain(|entry| entry.number <= *came);
                self.earlier(who, place.clone(), Past::History, before);
            }
            let missed = after(self.kept(&self.rooms[*room].entries), had(&place).max(*came));
            self.earlier(who, place, Past::Missed, missed);
        }
        let own = self.key(seat.nick.as_str());
        let waits = |talk: &Talk| talk.waiting.contains_key(&own);
        let of_interest = |pair: &&Two| seat.since.contains_key(*pair) || waits(&self.talks[*pair]);
        let pairs: Vec<Two> = self.talks.keys().filter(of_interest).cloned().collect();
        for pair in pairs {
            let talk = &self.talks[&pair];
            let from = seat.since.get(&pair).copied().unwrap_or_else(|| talk.waiting[&own]);
            let named = |have: &&Have| matches!(&have.place, Place::With(nick) if self.key(nick.as_str()) == other_of(&pair, &own));
            let had = have.iter().filter(named).map(|have| have.number).max().unwrap_or(0);
            // A number that is not there yet was another message's, before a power cut.
            let there = talk.entries.last().map_or(0, |entry| entry.number);
            let had = if had > there { 0 } else { had.min(talk.waiting.get(&own).copied().unwrap_or(had)) };
            self.give_private(who, &pair, had.max(from), Past::Missed);
        }
    }

    /// Sends what was said after a number: to who returns all of it, to who joins what the other said. Nothing waits
    /// any more.
    pub(crate) fn give_private(&mut self, who: u64, pair: &Two, after_number: u64, past: Past) {
        let own = self.key(self.seat(who).nick.as_str());
        let all = after(self.kept(&self.talks[pair].entries), after_number);
        let theirs = |entry: &Arc<Entry>| self.key(entry.nick.as_str()) != own;
        let given: Vec<_> = all.into_iter().filter(|entry| past == Past::Missed || theirs(entry)).collect();
        let other = other_of(pair, &own).to_owned();
        let said = given.iter().find(|entry| theirs(entry)).map(|entry| entry.nick.clone());
        let seated = || self.users.values().filter_map(|user| user.seat.as_ref().map(|seat| seat.nick.clone()));
        let owner = || seated().find(|nick| self.key(nick.as_str()) == other);
        let with = said.or_else(owner).or_else(|| Nick::parse_any(&other).ok());
        self.talks.get_mut(pair).expect("it was just read").waiting.remove(&own);
        self.seat_mut(who).since.entry(pair.clone()).or_insert(after_number);
        if let Some(with) = with.filter(|_| !given.is_empty()) {
            self.earlier(who, Place::With(with), past, given);
        }
    }

    // ── Rooms

    pub(crate) fn find_room(&self, name: &str) -> Option<usize> {
        let key = self.key(name);
        self.rooms.iter().position(|room| !room.gone && self.key(room.name.as_str()) == key)
    }

    pub(crate) fn members(&self, room: usize) -> Vec<u64> {
        let within = |user: &User| user.seat.as_ref().is_some_and(|seat| seat.rooms.contains_key(&room));
        self.users.iter().filter(|(_, user)| within(user)).map(|(who, _)| *who).collect()
    }

    /// The room that has been empty for longest, but not the lobby.
    fn emptiest(&self) -> Option<usize> {
        let empty = (1..self.rooms.len()).filter(|room| !self.rooms[*room].gone && self.members(*room).is_empty());
        empty.min_by_key(|room| self.rooms[*room].empty_since)
    }

    pub(crate) fn rooms_are_full(&self) -> bool {
        self.rooms.iter().filter(|room| !room.gone).count() as u64 >= self.config.limits.rooms_max
    }

    pub(crate) fn room_may_begin(&self) -> bool {
        !self.rooms_are_full() || self.emptiest().is_some()
    }

    pub(crate) fn begin_room(&mut self, name: RoomName) -> usize {
        if self.rooms_are_full() {
            let gone = self.emptiest().expect("the guard asked");
            self.rooms[gone].gone = true;
            self.floor = self.floor.max(self.last(gone));
        }
        let (begins_after, empty_since) = (self.floor, self.now);
        self.rooms.push(Room { name, gone: false, begins_after, entries: Vec::new(), empty_since });
        self.rooms.len() - 1
    }

    pub(crate) fn last(&self, room: usize) -> u64 {
        self.rooms[room].entries.last().map_or(self.rooms[room].begins_after, |entry| entry.number)
    }

    pub(crate) fn post(&mut self, room: usize, nick: Nick, body: Body) -> Arc<Entry> {
        let entry = Arc::new(Entry { number: self.last(room) + 1, at: self.now, nick, body });
        self.rooms[room].entries.push(Arc::clone(&entry));
        for who in self.members(room) {
            let place = Place::Room(self.rooms[room].name.clone());
            self.send(who, Message::Live { place, entry: Arc::clone(&entry) });
        }
        entry
    }

    pub(crate) fn announce(&mut self, who: u64, body: &Body) {
        let Some(seat) = self.users[&who].seat.clone() else { return };
        for room in seat.rooms.keys() {
            self.post(*room, seat.nick.clone(), body.clone());
        }
    }

    pub(crate) fn leave(&mut self, who: u64, room: usize) {
        self.seat_mut(who).rooms.remove(&room);
        self.rooms[room].empty_since = self.now;
    }

    pub(crate) fn leave_all(&mut self, who: u64, why: Why) {
        let Some(seat) = self.users[&who].seat.clone() else { return };
        for room in seat.rooms.keys() {
            self.leave(who, *room);
            self.post(*room, seat.nick.clone(), Body::Left(why));
        }
        (self.user(who).seat, self.user(who).operator) = (None, false);
        if let Some(until) = self.users[&who].muted_until {
            let now = self.now;
            self.leavers.retain(|_, until| *until > now);
            self.leavers.insert(self.key(seat.nick.as_str()), until);
            while self.leavers.len() as u64 > self.config.limits.members_max {
                let soonest = self.leavers.iter().min_by_key(|(_, until)| **until).map(|(key, _)| key.clone());
                self.leavers.remove(&soonest.expect("there are some"));
            }
        }
    }

    /// Until when whoever left this nick is muted.
    pub(crate) fn leaver_muted(&self, nick: &str) -> Option<Time> {
        self.leavers.get(&self.key(nick)).copied().filter(|until| *until > self.now)
    }

    pub(crate) fn history(&mut self, who: u64, room: usize) {
        if self.profile(who).history == JoinHistory::All {
            let place = Place::Room(self.rooms[room].name.clone());
            let entries = self.kept(&self.rooms[room].entries);
            self.earlier(who, place, Past::History, entries);
        }
    }

    // ── Telling

    pub(crate) fn send(&mut self, who: u64, message: Message) {
        if let Some(conn) = self.users[&who].conn {
            self.sent.entry(conn).or_default().push(message);
        }
    }

    fn earlier(&mut self, who: u64, place: Place, past: Past, entries: Vec<Arc<Entry>>) {
        if !entries.is_empty() {
            self.send(who, Message::Earlier { place, past, entries });
        }
    }

    pub(crate) fn answer(&mut self, who: u64, number: u64, answer: Answer) {
        self.send(who, Message::Answer { number, answer });
    }

    pub(crate) fn refuse_as(&mut self, who: u64, number: u64, no: No) {
        self.answer(who, number, Answer::Refused { no, wait_ms: None });
    }

    pub(crate) fn report(&self) -> Answer {
        let seats = self.users.values().filter_map(|user| user.seat.as_ref());
        let active = seats.map(|seat| Active {
            nick: seat.nick.clone(),
            addr: seat.joined_from,
            joined: seat.joined,
            avatar: seat.avatar.clone(),
        });
        Answer::Report(active.collect())
    }

    pub(crate) fn presences(&self, of: &[u64]) -> Vec<Presence> {
        of.iter()
            .map(|who| Presence {
                nick: self.seat(*who).nick.clone(),
                state: self.state(*who),
                avatar: self.seat(*who).avatar.clone(),
            })
            .collect()
    }

    pub(crate) fn room_lines(&self) -> Answer {
        let rooms = (0..self.rooms.len()).filter(|room| !self.rooms[*room].gone);
        let line =
            |room: usize| RoomLine { room: self.rooms[room].name.clone(), members: self.members(room).len() as u64 };
        Answer::Rooms(rooms.map(line).collect())
    }

    // ── Looking

    /// Connections with their owners, in the order of coming.
    pub(crate) fn connected(&self) -> Vec<(Conn, u64)> {
        self.users.iter().filter_map(|(who, user)| Some((user.conn?, *who))).collect()
    }

    fn owner(&self, conn: Conn) -> Option<u64> {
        self.users.iter().find(|(_, user)| user.conn == Some(conn)).map(|(who, _)| *who)
    }

    pub(crate) fn state(&self, who: u64) -> State {
        let user = &self.users[&who];
        match (&user.seat, user.conn, user.muted_until) {
            (None, _, _) => State::Guest,
            (Some(_), None, _) => State::Detached,
            (Some(_), Some(_), Some(_)) => State::Muted,
            (Some(_), Some(_), None) => State::Member,
        }
    }

    pub(crate) fn profile(&self, who: u64) -> &Profile {
        let listener = usize::from(self.users[&who].listener);
        self.config.profiles.get(listener).unwrap_or(&self.config.profiles[0])
    }

    pub(crate) fn key(&self, name: &str) -> String {
        match self.config.nick_case {
            NickCase::Fold => name.to_lowercase(),
            NickCase::Exact => name.to_owned(),
        }
    }

    pub(crate) fn named(&self, nick: &str) -> Option<u64> {
        let key = self.key(nick);
        let has = |user: &User| user.seat.as_ref().is_some_and(|seat| self.key(seat.nick.as_str()) == key);
        self.users.iter().find(|(_, user)| has(user)).map(|(who, _)| *who)
    }

    pub(crate) fn user(&mut self, who: u64) -> &mut User {
        self.users.get_mut(&who).expect("a user of the model")
    }

    pub(crate) fn seat(&self, who: u64) -> &Seat {
        self.users[&who].seat.as_ref().expect("a user who joined")
    }

    pub(crate) fn seat_mut(&mut self, who: u64) -> &mut Seat {
        self.user(who).seat.as_mut().expect("a user who joined")
    }

    /// The newest entries, as many as are kept.
    pub(crate) fn kept(&self, entries: &[Arc<Entry>]) -> Vec<Arc<Entry>> {
        let kept = usize::try_from(self.config.limits.kept_entries_max.max(1)).expect("a small bound");
        entries[entries.len().saturating_sub(kept)..].to_vec()
    }
}

/// The other party.
pub(crate) fn other_of(pair: &Two, own: &str) -> String {
    if pair.0 == own { pair.1.clone() } else { pair.0.clone() }
}

/// The entries of a higher number.
pub(crate) fn after(entries: Vec<Arc<Entry>>, number: u64) -> Vec<Arc<Entry>> {
    entries.into_iter().filter(|entry| entry.number > number).collect()
}
