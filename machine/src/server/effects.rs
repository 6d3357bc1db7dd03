//! The effects of the session table, but for those that answer: each does one thing.

use super::Server;
use super::guards::seat;
use super::keys::key;
use super::log::{Log, Span};
use super::session::{Came, Room, Seat, Session};
use super::turn::{Asking, Handed, Turn};
use crate::io::{Action, Conn, Out, Pair, RoomId, SessionId};
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::{Body, Entry, Message, Past, Place, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::session::{Alarm, Effect, Event, News, Why};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// The longest mute that an operator can set: a year.
const SILENCE_MS_MAX: u64 = 365 * 24 * 60 * 60 * 1_000;

/// A place of which a returning client has messages, by its name as names are compared.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Had {
    Room(Arc<str>),
    With(Arc<str>),
}

impl Server {
    /// Carries out one effect of a row.
    pub(super) fn apply(&mut self, effect: Effect, turn: &mut Turn, out: &mut Out) {
        match effect {
            Effect::Refuse(no) => self.refuse(no, turn, out),
            Effect::Done => self.tell_done(turn, out),
            Effect::TellReport => self.tell_report(turn, out),
            Effect::TellMembers => self.tell_members(turn, out),
            Effect::TellRooms => self.tell_rooms(turn, out),
            Effect::TellPage => self.tell_page(turn, out),
            Effect::FetchPage => self.fetch_page(turn, out),
            Effect::TellPong => self.tell_pong(turn, out),
            Effect::TellAgain => self.tell_again(turn, out),
            Effect::TellPosted => self.tell_posted(turn, false, false, out),
            Effect::TellSlowDown => {
                self.session_mut(turn.session).warned = true;
                self.tell_posted(turn, false, true, out);
            }
            Effect::TellWaiting => self.tell_posted(turn, true, false, out),
            Effect::BeginTransfer => self.begin_transfer(turn),
            Effect::Hand(event) => {
                let transfer = turn.transfer.expect("a request about no transfer has a row of its own");
                turn.at_transfers.push((transfer, event));
            }
            Effect::TellOutcome => self.tell_outcome(turn, out),
            Effect::FetchPiece => self.fetch_piece(turn, out),
            Effect::TellRoom => self.tell_room(turn, out),
            Effect::Welcome => self.welcome(turn, out),
            Effect::WelcomeBack => self.welcome_back(turn, out),
            Effect::TakeAddress => self.take_address(turn),
            Effect::TakeNick => self.take_nick(wished(turn), turn),
            Effect::TakeSuffixedNick => {
                let nick = self.suffixed(&wished(turn));
                self.take_nick(nick, turn);
            }
            Effect::TakeAvatar => {
                let avatar = turn.emoji.take().flatten().map(Avatar::Emoji);
                self.take_avatar(turn.session, avatar, out);
            }
            Effect::GiveNickBack => {
                self.leave_transfers(turn);
                self.take_avatar(turn.session, None, out);
                self.give_nick_back(turn);
            }
            Effect::EnterLobby => self.enter(turn.session, self.lobby, out),
            Effect::EnterRoom => self.enter_room(turn, out),
            Effect::LeaveRoom => self.leave(turn.session, here(turn), out),
            Effect::LeaveRooms(why) => self.leave_rooms(turn, why, out),
            Effect::Announce(news) => self.announce(turn, news, out),
            Effect::AnnounceHere(news) => self.post(here(turn), turn, self.nick(turn), self.body_of(news, turn), out),
            Effect::Spend => self.spend(turn),
            Effect::SpendAsk => self.spend_ask(turn),
            Effect::Post => self.post_text(turn, out),
            Effect::KeepPrivate => {
                let body = Body::Text(text_of(turn));
                self.keep_private(turn, body, out);
            }
            Effect::SendPrivate => self.send_private(turn, out),
            Effect::DeliverLate => self.deliver_late(turn, out),
            Effect::CatchUp => self.catch_up(turn, out),
            Effect::StartMute => self.start_mute(turn),
            Effect::Silence => {
                let until = turn.now.plus(turn.mute_ms.clamp(1, SILENCE_MS_MAX));
                self.session_mut(turn.session).muted_until = Some(until);
            }
            Effect::LiftMute => self.session_mut(turn.session).muted_until = None,
            Effect::LiftLeaversMute => drop(self.leavers_muted.remove(&self.key(wished(turn).as_str()))),
            Effect::MakeOperator => self.session_mut(turn.session).operator = true,
            Effect::Raise(event) => turn.raised.push(event),
            Effect::CountGarbled => self.session_mut(turn.session).garbled += 1,
            Effect::Farewell(why) => self.farewell(turn, why, out),
            Effect::HangUp => self.hang_up(turn, out),
            Effect::LetGo => drop(self.let_go(turn.session)),
            Effect::HandOver => self.hand_over(turn),
            Effect::DropGhost => self.farewell(turn, Why::Replaced, out),
            Effect::TakeOver => self.take_over(turn, out),
            Effect::SendPing => self.send(turn, Message::Ping, out),
            Effect::Arm(alarm) => self.arm(turn.session, alarm, turn.now),
            Effect::Disarm(alarm) => self.disarm(turn.session, alarm),
        }
    }

    // ── Standing

    fn suffixed(&mut self, nick: &Nick) -> Nick {
        let mut tries = 0_u32;
        loop {
            // Three digits first, and one more after every eight tries in vain: there are fewer members than tries.
            let bound = 10_u64.pow((3 + tries / 8).min(18));
            let suffixed = nick.suffixed(1 + crate::chance::draw(&mut self.chance) % (bound - 1));
            // A nick that was left muted is not given to somebody who is not.
            let key = self.key(suffixed.as_str());
            if !self.nicks.contains_key(&key) && !self.leavers_muted.contains_key(&key) {
                return suffixed;
            }
            tries += 1;
        }
    }

    fn take_nick(&mut self, nick: Nick, turn: &Turn) {
        let key = self.key(nick.as_str());
        self.nicks.insert(Arc::clone(&key), turn.session);
        self.tokens.extend(turn.token.map(|token| (token, turn.session)));
        let session = self.session_mut(turn.session);
        session.seat = Some(Box::new(Seat::new(nick, key, turn.token, turn.now, session.addr)));
        let listener = session.listener;
        *self.members_by_listener.entry(listener).or_insert(0) += 1;
    }

    fn give_nick_back(&mut self, turn: &Turn) {
        let session = self.session_mut(turn.session);
        session.operator = false;
        let seat = session.seat.take().expect("the table lets only a session with a nick give it back");
        let (listener, muted_until) = (session.listener, session.muted_until);
        self.nicks.remove(&seat.key);
        if let Some(until) = muted_until {
            self.keep_leavers_mute(Arc::clone(&seat.key), until, turn.now);
        }
        if let Some(token) = seat.token {
            self.tokens.remove(&token);
        }
        let members = self.members_by_listener.get_mut(&listener).expect("a member is counted");
        *members -= 1;
        if *members == 0 {
            self.members_by_listener.remove(&listener);
        }
    }

    /// Keeps a mute with its nick, and of those that run no more than there may be members.
    pub(super) fn keep_leavers_mute(&mut self, key: Arc<str>, until: Time, now: Time) {
        self.leavers_muted.retain(|_, until| *until > now);
        self.leavers_muted.insert(key, until);
        while self.leavers_muted.len() as u64 > self.config.limits.members_max {
            let first = self.leavers_muted.iter().min_by_key(|(_, until)| **until).map(|(key, _)| Arc::clone(key));
            self.leavers_muted.remove(&first.expect("there are too many, so there is one"));
        }
    }

    // ── Rooms

    fn enter_room(&mut self, turn: &mut Turn, out: &mut Out) {
        let name = turn.room_name.take().expect("a bad name has a row of its own");
        let room = self.open_room(name);
        turn.room = Asking::Room(room);
        self.enter(turn.session, room, out);
    }

    /// The room of that name; it begins if there is none.
    pub(super) fn open_room(&mut self, name: RoomName) -> RoomId {
        let key = self.key(name.as_str());
        if let Some(room) = self.room_ids.get(&key) {
            return *room;
        }
        if self.rooms.len() as u64 >= self.config.limits.rooms_max {
            self.forget_room();
        }
        let id = RoomId(self.next_room);
        self.next_room += 1;
        self.room_ids.insert(Arc::clone(&key), id);
        let log = Log::after(self.rooms_floor);
        self.rooms.insert(id, Room { name, key, members: BTreeSet::new(), log, empty_since: self.now });
        id
    }

    /// Whether there is place for one more room, perhaps an empty one's.
    pub(super) fn room_may_begin(&self) -> bool {
        (self.rooms.len() as u64) < self.config.limits.rooms_max || self.forgettable_room().is_some()
    }

    pub(super) fn forgettable_room(&self) -> Option<RoomId> {
        let empty = self.rooms.iter().filter(|(id, room)| room.members.is_empty() && **id != self.lobby);
        empty.min_by_key(|(id, room)| (room.empty_since, **id)).map(|(id, _)| *id)
    }

    pub(super) fn forget_room(&mut self) {
        if let Some(room) = self.forgettable_room().and_then(|id| self.rooms.remove(&id)) {
            self.room_ids.remove(&room.key);
            // A room that begins later goes on after it, so that the store never gets two entries of one number.
            self.rooms_floor = self.rooms_floor.max(room.log.last);
        }
    }

    fn enter(&mut self, session: SessionId, room: RoomId, out: &mut Out) {
        let entered = self.rooms.get_mut(&room).expect("a room that is entered is there");
        entered.members.insert(session);
        let last = entered.log.last;
        let session = self.session_mut(session);
        session.seat.as_mut().expect("only who joined is in a room").rooms.insert(room, last);
        out.actions.extend(session.conn.map(|conn| Action::Hear { conn, room }));
    }

    fn leave(&mut self, session: SessionId, room: RoomId, out: &mut Out) {
        let now = self.now;
        let left = self.rooms.get_mut(&room).expect("a room that somebody is in is there");
        left.members.remove(&session);
        left.empty_since = now;
        let session = self.session_mut(session);
        session.seat.as_mut().expect("only who joined is in a room").rooms.remove(&room);
        out.actions.extend(session.conn.map(|conn| Action::Unhear { conn, room }));
    }

    fn leave_rooms(&mut self, turn: &mut Turn, why: Why, out: &mut Out) {
        for room in self.rooms_of(turn) {
            self.leave(turn.session, room, out);
            self.post(room, turn, self.nick(turn), Body::Left(why), out);
        }
    }

    pub(super) fn announce(&mut self, turn: &mut Turn, news: News, out: &mut Out) {
        for room in self.rooms_of(turn) {
            self.post(room, turn, self.nick(turn), self.body_of(news, turn), out);
        }
    }

    fn rooms_of(&self, turn: &Turn) -> Vec<RoomId> {
        seat(&self.sessions[&turn.session]).rooms.keys().copied().collect()
    }

    fn body_of(&self, news: News, turn: &Turn) -> Body {
        match news {
            News::Joined => Body::Joined(self.avatar(turn)),
            News::Entered => Body::Entered(self.avatar(turn)),
            News::LeftRoom => Body::LeftRoom,
            News::Muted => Body::Muted { until: self.muted_until(turn) },
            News::Unmuted => Body::Unmuted,
            News::Avatar => Body::Avatar(self.avatar(turn)),
        }
    }

    fn muted_until(&self, turn: &Turn) -> hobnob_spec::messages::Time {
        self.sessions[&turn.session].muted_until.expect("a mute is set before it is announced")
    }

    /// Gives a session another avatar, or none; the file of a picture that it had is removed.
    pub(super) fn take_avatar(&mut self, session: SessionId, avatar: Option<Avatar>, out: &mut Out) {
        let seat = self.session_mut(session).seat.as_mut().expect("only who joined has an avatar");
        let before = std::mem::replace(&mut seat.avatar, avatar);
        if let Some(file) = before.and_then(|avatar| avatar.file()) {
            self.remove_file(file, out);
        }
    }

    // ── Talk

    fn post_text(&mut self, turn: &mut Turn, out: &mut Out) {
        let body = Body::Text(text_of(turn));
        self.post(here(turn), turn, self.nick(turn), body, out);
    }

    pub(super) fn post(&mut self, room: RoomId, turn: &mut Turn, nick: Nick, body: Body, out: &mut Out) {
        let posted = self.rooms.get_mut(&room).expect("a room that is posted to is there");
        let entry = posted.log.push(turn.now, nick, body, &self.config.limits);
        out.actions.push(Action::Deliver { room, name: posted.name.clone(), entry: Arc::clone(&entry) });
        turn.posted = Some(entry);
    }

    pub(super) fn keep_private(&mut self, turn: &mut Turn, body: Body, out: &mut Out) {
        let session = &self.sessions[&turn.session];
        let pair = self.named_pair(session, turn).expect("a bad nick has a row of its own");
        let (from, own) = (seat(session).nick.clone(), Arc::clone(&seat(session).key));
        let to = Arc::clone(pair.other(&own));
        self.make_place_for(&pair);
        let before = self.talks.last(&pair);
        self.seat_mut(turn).talks.entry(pair.clone()).or_insert(before);
        let entry = self.talks.keep(&pair, &to, turn.now, from, body, &self.config.limits);
        let present = turn.target.map(|target| seat(&self.sessions[&target]).nick.clone());
        let to = present.unwrap_or_else(|| wished(turn));
        out.actions.push(Action::Keep { pair, to, entry: Arc::clone(&entry) });
        turn.posted = Some(entry);
    }

    /// Lets go of the conversation that rested longest, if this one is new and there is no place for it.
    fn make_place_for(&mut self, pair: &Pair) {
        let max = self.config.limits.conversations_max;
        if self.talks.talk(pair).is_none() {
            self.forget_talks(max.saturating_sub(1));
        }
    }

    /// Lets go of conversations in which nothing waits, down to so many; their parties forget them too.
    pub(super) fn forget_talks(&mut self, at_most: u64) {
        while let Some(pair) = self.talks.forget_beyond(at_most) {
            for key in [&pair.0, &pair.1] {
                let session = self.nicks.get(key).and_then(|id| self.sessions.get_mut(id));
                if let Some(seat) = session.and_then(|session| session.seat.as_mut()) {
                    seat.talks.remove(&pair);
                }
            }
        }
    }

    pub(super) fn send_private(&mut self, turn: &Turn, out: &mut Out) {
        let pair = self.named_pair(&self.sessions[&turn.session], turn).expect("it was kept under this pair");
        let entry = turn.posted.clone().expect("it is kept before it is sent");
        let recipient = self.session_mut(turn.target.expect("an absent recipient has a row of its own"));
        let conn = recipient.conn.expect("a detached recipient has a row of its own");
        let seat = recipient.seat.as_mut().expect("who has a nick has a seat");
        seat.talks.entry(pair.clone()).or_insert(entry.number - 1);
        let key = Arc::clone(&seat.key);
        self.talks.mark_seen(&pair, &key);
        let place = Place::With(entry.nick.clone());
        out.actions.push(Action::Send { conn, message: Message::Live { place, entry } });
    }

    /// Before somebody writes to a nick that nobody has: what waited too long makes place.
    pub(super) fn expire_mail(&mut self, turn: &Turn) {
        if let (Event::Private, None, Some(Ok(nick))) = (turn.event, turn.target, &turn.nick) {
            let (key, nicks) = (self.key(nick.as_str()), &self.nicks);
            self.talks.expire(&key, turn.now, &self.config.limits, |key| nicks.contains_key(key));
        }
    }

    fn deliver_late(&mut self, turn: &Turn, out: &mut Out) {
        let key = Arc::clone(&seat(&self.sessions[&turn.session]).key);
        self.talks.expire_for(&key, turn.now, &self.config.limits);
        for pair in self.talks.waiting_for(&key) {
            let after = self.talks.seen(&pair, &key);
            self.send_private_after(turn, &pair, after, Past::Late, out);
        }
    }

    fn catch_up(&mut self, turn: &Turn, out: &mut Out) {
        let seat = seat(&self.sessions[&turn.session]);
        let key = Arc::clone(&seat.key);
        let (rooms, talks) = (seat.rooms.clone(), seat.talks.clone());
        let had = self.numbers_had(turn);
        // What is left out of a room's middle the client asks for, page by page.
        let share = self.outbox_share(seat);
        for (room, entered) in rooms {
            let Room { name, key, log, .. } = &self.rooms[&room];
            let (place, has) = (Place::Room(name.clone()), had.get(&Had::Room(Arc::clone(key))).copied().unwrap_or(0));
            // Who has nothing of its stay may have lost the history with the answer that came before it.
            let after = if has > entered || !self.tells_history(turn) { has.max(entered) } else { 0 };
            let mut recalled = log.newest_within(after, share);
            let missed = recalled.split_off(recalled.partition_point(|entry| entry.number <= entered));
            self.send_earlier(turn, &place, Past::History, recalled, out);
            self.send_earlier(turn, &place, Past::Missed, missed, out);
        }
        let waiting: BTreeSet<Pair> = self.talks.waiting_for(&key).into_iter().collect();
        for pair in waiting.iter().chain(talks.keys()).collect::<BTreeSet<_>>() {
            let (has, last) = (had.get(&Had::With(Arc::clone(pair.other(&key)))).copied(), self.talks.last(pair));
            let (known, seen) = (talks.get(pair).copied(), self.talks.seen(pair, &key));
            // A server that lost its last messages in a power cut gives their numbers again: what waits was never sent.
            let has = has.filter(|has| *has <= last).unwrap_or(0).min(if waiting.contains(pair) { seen } else { last });
            self.send_private_after(turn, pair, has.max(known.unwrap_or(seen)), Past::Missed, out);
        }
    }

    /// The number of the last message of each place that the returning client says it has. A client may name as many
    /// as it likes, and one more than once: the highest counts.
    fn numbers_had(&self, turn: &Turn) -> BTreeMap<Had, u64> {
        let mut numbers = BTreeMap::new();
        for have in &turn.have {
            let place = match &have.place {
                Place::Room(room) => Had::Room(self.key(room.as_str())),
                Place::With(nick) => Had::With(self.key(nick.as_str())),
            };
            // A conversation may be named in two ways, and what is newer was seen after what is older.
            let number: &mut u64 = numbers.entry(place).or_default();
            *number = have.number.max(*number);
        }
        numbers
    }

    /// The nick of a party to a conversation: as it stands in its messages, else as its owner has it now.
    fn party(&self, key: &str, entries: &[Arc<Entry>]) -> Option<Nick> {
        let said = entries.iter().map(|entry| &entry.nick).find(|nick| *self.key(nick.as_str()) == *key);
        let owner = || self.nicks.get(key).map(|owner| &seat(&self.sessions[owner]).nick);
        said.or_else(owner).cloned().or_else(|| Nick::parse_any(key).ok())
    }

    fn send_private_after(&mut self, turn: &Turn, pair: &Pair, after: u64, past: Past, out: &mut Out) {
        let key = Arc::clone(&seat(&self.sessions[&turn.session]).key);
        let entries = match past {
            // What the client said itself stands between what it missed, for it may not know yet that it was taken.
            Past::Missed => self.talks.after(pair, after),
            Past::History | Past::Late => self.talks.from_other(pair, &key, after, self.config.nick_case),
        };
        self.talks.mark_seen(pair, &key);
        let seat = self.seat_mut(turn);
        seat.talks.entry(pair.clone()).or_insert(after);
        if let Some(with) = self.party(pair.other(&key), &entries).filter(|_| !entries.is_empty()) {
            self.send_earlier(turn, &Place::With(with), past, entries, out);
        }
    }

    /// The part of a page of a private conversation that is this session's to see.
    pub(super) fn private_span(&self, seat: &Seat, pair: &Pair, span: Span) -> Span {
        let after = seat.talks.get(pair).copied().unwrap_or_else(|| self.talks.last(pair));
        Span { after: span.after.max(after), ..span }
    }

    fn spend(&mut self, turn: &Turn) {
        let rate = self.say_rate();
        let session = self.session_mut(turn.session);
        session.warned &= !session.says.is_full(turn.now, rate);
        session.says.spend(turn.now, rate);
    }

    fn spend_ask(&mut self, turn: &Turn) {
        let rate = self.ask_rate();
        self.session_mut(turn.session).asks.spend(turn.now, rate);
    }

    fn start_mute(&mut self, turn: &Turn) {
        let before = self.mutes_counted(&self.sessions[&turn.session], turn.now);
        let limits = &self.config.limits;
        let doubled = limits.mute_ms.saturating_mul(1 << before.min(32));
        let (mute_ms, memory) = (doubled.min(limits.mute_longest_ms), limits.mute_memory_ms);
        let session = self.session_mut(turn.session);
        session.mutes.retain(|at| turn.now.since(*at) <= memory);
        session.mutes.push(turn.now);
        session.muted_until = Some(turn.now.plus(mute_ms));
    }

    // ── Connection

    fn farewell(&mut self, turn: &Turn, why: Why, out: &mut Out) {
        self.send(turn, Message::Goodbye { why }, out);
        self.hang_up(turn, out);
    }

    fn hang_up(&mut self, turn: &Turn, out: &mut Out) {
        out.actions.extend(self.let_go(turn.session).map(|conn| Action::Close { conn }));
    }

    /// Takes the connection off a session.
    pub(super) fn let_go(&mut self, session: SessionId) -> Option<Conn> {
        let session = self.session_mut(session);
        let (conn, ip) = (session.conn.take()?, session.addr.ip());
        self.conns.remove(&conn);
        self.uncount(ip);
        Some(conn)
    }

    /// One connection fewer from an address.
    fn uncount(&mut self, ip: IpAddr) {
        let connections = self.addresses.get_mut(&ip).expect("a connection's address is counted");
        *connections -= 1;
        if *connections == 0 {
            self.addresses.remove(&ip);
        }
    }

    fn take_address(&mut self, turn: &Turn) {
        let addr = turn.relayed.expect("the table takes an address only where a relay tells one");
        self.uncount(self.sessions[&turn.session].addr.ip());
        *self.addresses.entry(addr.ip()).or_insert(0) += 1;
        let session = self.session_mut(turn.session);
        (session.addr, session.came) = (addr, Came::ByRelay);
    }

    fn hand_over(&mut self, turn: &mut Turn) {
        let Session { addr, came, .. } = self.sessions[&turn.session];
        turn.handed = self.let_go(turn.session).map(|conn| Handed { conn, addr, came });
    }

    fn take_over(&mut self, turn: &Turn, out: &mut Out) {
        let Handed { conn, addr, came } =
            turn.handed.expect("a session returns only with a connection that was handed over");
        self.connect(turn.session, conn, addr);
        let session = self.session_mut(turn.session);
        session.heard = turn.now;
        session.garbled = 0;
        session.came = came;
        let rooms = session.seat.as_ref().expect("only who joined returns").rooms.keys();
        out.actions.extend(rooms.map(|room| Action::Hear { conn, room: *room }));
    }

    fn arm(&mut self, id: SessionId, alarm: Alarm, now: hobnob_spec::messages::Time) {
        self.disarm(id, alarm);
        let at = self.rings_at(&self.sessions[&id], alarm, now).max(now);
        self.session_mut(id).alarms[alarm.index()] = Some(at);
        self.alarms.insert((at, id, alarm));
    }

    fn session_mut(&mut self, session: SessionId) -> &mut Session {
        self.sessions.get_mut(&session).expect("a session in its turn is there")
    }

    pub(super) fn seat_mut(&mut self, turn: &Turn) -> &mut Seat {
        let seat = self.session_mut(turn.session).seat.as_deref_mut();
        seat.expect("the table does this only to a session that has joined")
    }

    fn nick(&self, turn: &Turn) -> Nick {
        seat(&self.sessions[&turn.session]).nick.clone()
    }

    fn avatar(&self, turn: &Turn) -> Option<Avatar> {
        seat(&self.sessions[&turn.session]).avatar.clone()
    }

    /// A name as names are compared.
    pub fn key(&self, name: &str) -> Arc<str> {
        key(self.config.nick_case, name)
    }
}

/// The text that a request brings.
fn text_of(turn: &mut Turn) -> hobnob_spec::names::Text {
    let text = std::mem::replace(&mut turn.text, Err(hobnob_spec::names::TextError::Empty));
    text.expect("a bad text has a row of its own")
}

/// The nick that a request names.
fn wished(turn: &Turn) -> Nick {
    match &turn.nick {
        Some(Ok(nick)) => nick.clone(),
        Some(Err(_)) | None => unreachable!("a request without a good nick has a row of its own"),
    }
}

/// The room that a request names.
fn here(turn: &Turn) -> RoomId {
    match turn.room {
        Asking::Room(room) => room,
        Asking::NoRoom | Asking::NoSuchRoom => unreachable!("a request without a room has a row of its own"),
    }
}
