//! The requests of the naive model: first what is refused, in the order in which it is, then what is done.

use super::naive::{Naive, Seat, Two};
use hobnob_spec::avatar::{Avatar, Emoji};
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Message, Past, Place, Request, Secret, Time, Where};
use hobnob_spec::names::{Nick, NickError, RoomName, Text, TextError};
use hobnob_spec::profile::{Absent, Flood, NickTaken};
use hobnob_spec::session::{No, State, Why};
use std::collections::BTreeMap;
use std::sync::Arc;

const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1_000;

/// What came of a request.
enum Done {
    /// This answer, to be given again if the request comes again.
    Answer(Answer),
    /// An answer that was sent already, and is remembered.
    Sent(Answer),
    /// Nothing to remember: the session is over, or somebody else's.
    Over,
}

fn no(no: No) -> Done {
    Done::Answer(Answer::Refused { no, wait_ms: None })
}

impl Naive {
    pub(crate) fn ask(&mut self, who: u64, asked: &Asked) {
        let number = asked.number;
        self.asking = number;
        if self.state(who) == State::Guest {
            return self.ask_as_guest(who, asked);
        }
        let once = !matches!(
            asked.request,
            Request::Report
                | Request::Join { .. }
                | Request::Resume { .. }
                | Request::Who { .. }
                | Request::Rooms
                | Request::History { .. }
                | Request::Ping
        );
        if once && number <= self.seat(who).answers.last().map_or(0, |(last, _)| *last) {
            return self.again(who, number);
        }
        let (done, remembered) = match self.ask_seated(who, number, &asked.request) {
            Done::Answer(answer) => (Some(answer.clone()), answer),
            Done::Sent(answer) => (None, answer),
            Done::Over => return,
        };
        if let Some(seat) = self.users.get_mut(&who).and_then(|user| user.seat.as_mut()).filter(|_| once) {
            seat.answers.push((number, remembered));
        }
        if let Some(answer) = done {
            self.answer(who, number, answer);
        }
        self.afterwards(who, &asked.request);
    }

    fn again(&mut self, who: u64, number: u64) {
        let kept = usize::try_from(self.config.limits.answers_kept).expect("a small bound");
        let answers = &self.seat(who).answers;
        let kept = &answers[answers.len().saturating_sub(kept)..];
        match kept.iter().find(|(given, _)| *given == number).map(|(_, answer)| answer.clone()) {
            Some(answer) => self.answer(who, number, answer),
            None => self.refuse_as(who, number, No::OutOfOrder),
        }
    }

    // ── Guests

    fn ask_as_guest(&mut self, who: u64, asked: &Asked) {
        let number = asked.number;
        match &asked.request {
            Request::Report => self.ask_report(who, number),
            Request::Ping => self.answer(who, number, Answer::Pong),
            Request::Join { nick, token, avatar } => match token.and_then(|token| self.holder(token)) {
                Some(owner) => self.come_back(owner, who, number, &[]),
                None => self.join(who, number, (nick, avatar.as_deref()), *token),
            },
            Request::Resume { token, have } => match self.holder(*token) {
                Some(owner) => self.come_back(owner, who, number, have),
                None => self.refuse_as(who, number, No::SessionOver),
            },
            Request::Operate { .. } | Request::Mute { .. } | Request::Unmute { .. } | Request::Kick { .. } => {
                let Done::Answer(answer) = self.ask_as_operator(who, &asked.request) else { return };
                let done = answer == Answer::Done;
                self.answer(who, number, answer);
                if done {
                    self.orders(&asked.request);
                }
            }
            _ => self.refuse_as(who, number, No::NotJoined),
        }
    }

    fn holder(&self, token: Secret) -> Option<u64> {
        let has = |who: &&u64| self.users[*who].seat.as_ref().is_some_and(|seat| seat.token == Some(token));
        self.users.keys().find(has).copied()
    }

    fn join(&mut self, who: u64, number: u64, (nick, avatar): (&str, Option<&str>), token: Option<Secret>) {
        // A relay marks its users by a star, which is no part of their own names; nobody else may have one.
        let by_relay = self.users[&who].told == Some(true);
        let parsed = match nick.strip_prefix('*').filter(|_| by_relay) {
            Some(own) => Nick::parse(own).map(|own| Nick::parse_any(&format!("*{own}")).expect("a marked nick is one")),
            None => Nick::parse(nick),
        };
        let left = parsed.clone().ok().and_then(|nick| self.leaver_muted(nick.as_str()));
        if let Some(until) = self.users[&who].muted_until.or(left) {
            let wait_ms = Some(until.since(self.now));
            return self.answer(who, number, Answer::Refused { no: No::Muted, wait_ms });
        }
        let listener = self.users[&who].listener;
        let seated = self.users.values().filter(|user| user.seat.is_some());
        let (all, here) = (seated.clone().count(), seated.filter(|user| user.listener == listener).count());
        if here as u64 >= self.profile(who).capacity || all as u64 >= self.config.limits.members_max {
            return self.refuse_as(who, number, No::Full);
        }
        let closes = self.profile(who).nick_taken == NickTaken::Close;
        let wished = match parsed {
            Err(_) if closes => return self.end(who, Why::NickUnfit, true),
            Err(NickError::Bad) => return self.refuse_as(who, number, No::NickBad),
            Err(NickError::Reserved) => return self.refuse_as(who, number, No::NickReserved),
            Ok(nick) => nick,
        };
        let Some(avatar) = worn(avatar) else { return self.refuse_as(who, number, No::AvatarBad) };
        let nick = match (self.named(nick), self.profile(who).nick_taken) {
            (None, _) => wished,
            (Some(_), NickTaken::Reject) => return self.refuse_as(who, number, No::NickTaken),
            (Some(_), NickTaken::Close) => return self.end(who, Why::NickTaken, true),
            (Some(_), NickTaken::Suffix) => self.drawn_for(&wished),
        };
        self.take_seat(who, number, (&nick, avatar), token);
    }

    /// What the machine drew is the wish with a number behind it, and nobody's.
    fn drawn_for(&self, wished: &Nick) -> Nick {
        let drawn = self.drawn.clone().expect("the machine welcomes whose nick is taken under another");
        let name = drawn.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
        assert!(wished.as_str().starts_with(name) && name.len() < drawn.as_str().len(), "{drawn} is {wished}'s");
        assert!(self.named(drawn.as_str()).is_none(), "{drawn} is nobody's");
        drawn
    }

    fn take_seat(&mut self, who: u64, number: u64, (nick, avatar): (&Nick, Option<Avatar>), token: Option<Secret>) {
        let lobby_members = self.members(0);
        let answer = Answer::Welcome {
            nick: nick.clone(),
            room: self.rooms[0].name.clone(),
            members: self.presences(&lobby_members),
            last: self.last(0),
        };
        self.answer(who, number, answer);
        self.history(who, 0);
        let (joined, joined_from, rooms) = (self.now, self.users[&who].addr, BTreeMap::from([(0, self.last(0))]));
        let user = self.user(who);
        user.join_by = None;
        user.seat = Some(Seat {
            nick: nick.clone(),
            token,
            joined,
            joined_from,
            rooms,
            since: BTreeMap::new(),
            answers: Vec::new(),
            avatar: avatar.clone(),
        });
        self.post(0, nick.clone(), Body::Joined(avatar));
        let own = self.key(nick.as_str());
        let pairs: Vec<Two> = self.talks.keys().cloned().collect();
        for pair in pairs {
            self.expire(&pair, &own);
            if let Some(seen) = self.talks[&pair].waiting.get(&own).copied() {
                self.give_private(who, &pair, seen, Past::Late);
            }
        }
    }

    // ── Members

    fn ask_seated(&mut self, who: u64, number: u64, request: &Request) -> Done {
        let muted = self.state(who) == State::Muted;
        match request {
            Request::Report => {
                self.ask_report(who, number);
                Done::Over
            }
            Request::Ping => Done::Answer(Answer::Pong),
            Request::Join { .. } | Request::Resume { .. } => no(No::AlreadyJoined),
            Request::Wear { .. } | Request::Say { .. } | Request::Private { .. } | Request::Enter { .. } if muted => {
                let until = self.users[&who].muted_until.expect("the muted are muted for a time");
                Done::Answer(Answer::Refused { no: No::Muted, wait_ms: Some(until.since(self.now)) })
            }
            Request::Wear { avatar } => self.wear(who, avatar.as_deref()),
            Request::Say { room, text } => self.say(who, room, text),
            Request::Private { to, text } => self.private(who, to, text),
            Request::Enter { room } => self.enter(who, number, room),
            Request::Leave { room } => match self.own_room(who, room) {
                None => no(No::NotInRoom),
                Some(room) => {
                    self.leave(who, room);
                    Done::Answer(Answer::Done)
                }
            },
            Request::Who { room } => self.who(who, room.as_deref()),
            Request::Rooms if !self.may_ask(who) => no(No::AsksTooFast),
            Request::Rooms => {
                self.spend_ask(who);
                Done::Answer(self.room_lines())
            }
            Request::History { place, before, limit } => self.page(who, place, *before, *limit),
            Request::Attach { .. } | Request::Chunk { .. } | Request::Cancel { .. } | Request::Fetch { .. } => {
                unreachable!("the model knows no files")
            }
            Request::Quit => {
                self.leave_all(who, Why::Quit);
                Done::Answer(Answer::Done)
            }
            Request::Operate { .. } | Request::Mute { .. } | Request::Unmute { .. } | Request::Kick { .. } => {
                self.ask_as_operator(who, request)
            }
        }
    }

    /// What follows when a request was answered: news about the leaver, and what an operator ordered.
    fn afterwards(&mut self, who: u64, request: &Request) {
        match request {
            Request::Leave { room } => {
                let answered_now = self.users[&who].seat.as_ref().and_then(|seat| seat.answers.last()).cloned();
                if let (Some(room), Some((_, Answer::Done))) = (self.find_room(room), answered_now) {
                    let nick = self.seat(who).nick.clone();
                    self.post(room, nick, Body::LeftRoom);
                }
            }
            Request::Wear { .. } if self.obeyed(who) => {
                let avatar = self.seat(who).avatar.clone();
                self.announce(who, &Body::Avatar(avatar));
            }
            _ if self.obeyed(who) => self.orders(request),
            _ => {}
        }
    }

    /// What an operator ordered happens.
    fn orders(&mut self, request: &Request) {
        match request {
            Request::Mute { nick, ms } => {
                let target = self.named(nick).expect("it was answered");
                let until = self.now.plus((*ms).clamp(1, YEAR_MS));
                self.user(target).muted_until = Some(until);
                self.announce(target, &Body::Muted { until });
            }
            Request::Unmute { nick } => {
                let Some(target) = self.named(nick) else { return };
                self.user(target).muted_until = None;
                self.announce(target, &Body::Unmuted);
            }
            Request::Kick { nick } => {
                let target = self.named(nick).expect("it was answered");
                self.end(target, Why::Kicked, true);
            }
            _ => {}
        }
    }

    fn obeyed(&self, who: u64) -> bool {
        let seat = self.users.get(&who).and_then(|user| user.seat.as_ref());
        matches!(seat.and_then(|seat| seat.answers.last()), Some((_, Answer::Done)))
    }

    fn own_room(&self, who: u64, name: &str) -> Option<usize> {
        self.find_room(name).filter(|room| self.seat(who).rooms.contains_key(room))
    }

    /// Another avatar, or none; others hear of it, so it costs what talking costs.
    fn wear(&mut self, who: u64, avatar: Option<&str>) -> Done {
        let Some(avatar) = worn(avatar) else { return no(No::AvatarBad) };
        if let Some(done) = self.too_fast(who) {
            return done;
        }
        self.spend_say(who);
        self.seat_mut(who).avatar = avatar;
        Done::Answer(Answer::Done)
    }

    // ── Talk

    fn say(&mut self, who: u64, room: &str, text: &str) -> Done {
        let Some(room) = self.own_room(who, room) else { return no(No::NotInRoom) };
        let text = match parse_text(text) {
            Ok(text) => text,
            Err(objection) => return no(objection),
        };
        if let Some(done) = self.too_fast(who) {
            return done;
        }
        let near = self.nears_the_limit(who);
        self.spend_say(who);
        self.user(who).warned |= near;
        let nick = self.seat(who).nick.clone();
        let entry = self.post(room, nick, Body::Text(text));
        Done::Answer(Answer::Posted { number: entry.number, at: entry.at, waits: false, slow_down: near })
    }

    fn private(&mut self, who: u64, to: &str, text: &str) -> Done {
        let Ok(recipient) = Nick::parse_any(to) else { return no(No::NickBad) };
        let target = self.named(to);
        if target == Some(who) {
            return no(No::ToItself);
        }
        let text = match parse_text(text) {
            Ok(text) => text,
            Err(objection) => return no(objection),
        };
        if let Some(done) = self.too_fast(who) {
            return done;
        }
        let near = self.nears_the_limit(who);
        self.spend_say(who);
        match (target, self.profile(who).absent) {
            (None, Absent::Error) => return no(No::Absent),
            (None, Absent::Discard) => return Done::Answer(Answer::Done),
            (None, Absent::Store) | (Some(_), _) => {}
        }
        let (own, other) = (self.key(self.seat(who).nick.as_str()), self.key(recipient.as_str()));
        if target.is_none() {
            self.expire(&pair_of(&own, &other), &other);
        }
        if self.mailbox_full(&pair_of(&own, &other), &other) {
            return no(No::MailFull);
        }
        let entry = self.keep(who, &own, &other, text);
        let present = target.filter(|target| self.state(*target) != State::Detached);
        // Who talks to somebody there is told to slow down.
        let slow_down = near && present.is_some();
        self.user(who).warned |= slow_down;
        if let Some(target) = present {
            let pair = pair_of(&own, &other);
            self.talks.get_mut(&pair).expect("it was just kept").waiting.remove(&other);
            self.seat_mut(target).since.entry(pair).or_insert(entry.number - 1);
            let place = Place::With(entry.nick.clone());
            self.send(target, Message::Live { place, entry: Arc::clone(&entry) });
        }
        Done::Answer(Answer::Posted { number: entry.number, at: entry.at, waits: target.is_none(), slow_down })
    }

    /// What waited for nobody too long waits no more.
    fn expire(&mut self, pair: &Two, of: &str) {
        let (now, age) = (self.now, self.config.limits.mail_age_ms);
        let Some(talk) = self.talks.get_mut(pair) else { return };
        let Some(seen) = talk.waiting.get_mut(of) else { return };
        let old = |entry: &&Arc<Entry>| entry.number > *seen && age > 0 && now.0 - entry.at.0 > age;
        *seen = talk.entries.iter().filter(old).map(|entry| entry.number).max().unwrap_or(*seen);
        if *seen == talk.entries.len() as u64 {
            talk.waiting.remove(of);
        }
    }

    fn mailbox_full(&self, pair: &Two, of: &str) -> bool {
        let Some(talk) = self.talks.get(pair) else { return false };
        let Some(seen) = talk.waiting.get(of) else { return false };
        let waiting = talk.entries.iter().filter(|entry| entry.number > *seen).count() as u64;
        waiting >= self.config.limits.mail_max.min(self.config.limits.kept_entries_max)
    }

    fn keep(&mut self, who: u64, own: &str, other: &str, text: Text) -> Arc<Entry> {
        let (nick, at, pair) = (self.seat(who).nick.clone(), self.now, pair_of(own, other));
        let talk = self.talks.entry(pair.clone()).or_default();
        let last = talk.entries.len() as u64;
        talk.waiting.entry(other.to_owned()).or_insert(last);
        let entry = Arc::new(Entry { number: last + 1, at, nick, body: Body::Text(text) });
        talk.entries.push(Arc::clone(&entry));
        self.seat_mut(who).since.entry(pair).or_insert(last);
        entry
    }

    fn enter(&mut self, who: u64, number: u64, name: &str) -> Done {
        let Some(room_name) = RoomName::parse(name) else { return no(No::RoomBad) };
        let limits = self.config.limits.clone();
        if self.own_room(who, name).is_some() {
            return no(No::InRoom);
        }
        if self.seat(who).rooms.len() as u64 >= limits.rooms_per_session_max {
            return no(No::RoomsEnough);
        }
        let found = self.find_room(name);
        if found.is_some_and(|room| self.members(room).len() as u64 >= limits.room_members_max) {
            return no(No::RoomCrowded);
        }
        if found.is_none() && !self.room_may_begin() {
            return no(No::RoomsFull);
        }
        if let Some(done) = self.too_fast(who) {
            return done;
        }
        self.spend_say(who);
        let room = found.unwrap_or_else(|| self.begin_room(room_name));
        let last = self.last(room);
        self.seat_mut(who).rooms.insert(room, last);
        let answer = Answer::Room { room: self.rooms[room].name.clone(), last };
        self.answer(who, number, answer.clone());
        self.history(who, room);
        let (nick, avatar) = (self.seat(who).nick.clone(), self.seat(who).avatar.clone());
        self.post(room, nick, Body::Entered(avatar));
        Done::Sent(answer)
    }

    /// The mute, or the end, of who talks too fast.
    fn too_fast(&mut self, who: u64) -> Option<Done> {
        let limits = self.config.limits.clone();
        if level(self.users[&who].says, self.now, limits.say_burst, limits.say_per_second) >= 1_000 {
            return None;
        }
        let now = self.now;
        let lately = self.users[&who].mutes.iter().filter(|at| now.since(**at) <= limits.mute_memory_ms).count();
        if self.profile(who).flood == Flood::Disconnect && lately as u64 + 1 >= limits.mutes_patience {
            self.end(who, Why::Flooding, true);
            return Some(Done::Over);
        }
        let mut mute_ms = limits.mute_ms;
        for _ in 0..lately {
            mute_ms = mute_ms.saturating_mul(2);
        }
        let until = now.plus(mute_ms.min(limits.mute_longest_ms));
        self.user(who).mutes.push(now);
        self.user(who).muted_until = Some(until);
        let answer = Answer::Refused { no: No::Muted, wait_ms: Some(until.since(now)) };
        self.answer(who, self.asking, answer.clone());
        self.announce(who, &Body::Muted { until });
        Some(Done::Sent(answer))
    }

    /// Whether at most one more message than the next is free, and nobody told the user since all were.
    fn nears_the_limit(&self, who: u64) -> bool {
        let limits = &self.config.limits;
        let level = level(self.users[&who].says, self.now, limits.say_burst, limits.say_per_second);
        limits.say_per_second > 0
            && level < limits.say_burst.max(1) * 1_000
            && level < 3_000
            && !self.users[&who].warned
    }

    fn spend_say(&mut self, who: u64) {
        let (now, limits) = (self.now, self.config.limits.clone());
        let user = self.user(who);
        let level = level(user.says, now, limits.say_burst, limits.say_per_second);
        user.warned &= level < limits.say_burst.max(1) * 1_000;
        user.says = Some((level.saturating_sub(1_000), now));
    }

    // ── Asking

    fn may_ask(&self, who: u64) -> bool {
        let limits = &self.config.limits;
        level(self.users[&who].asks, self.now, limits.ask_burst, limits.ask_per_second) >= 1_000
    }

    fn spend_ask(&mut self, who: u64) {
        let (now, limits) = (self.now, self.config.limits.clone());
        let user = self.user(who);
        user.asks = Some((level(user.asks, now, limits.ask_burst, limits.ask_per_second).saturating_sub(1_000), now));
    }

    fn ask_report(&mut self, who: u64, number: u64) {
        if !self.may_ask(who) {
            return self.refuse_as(who, number, No::AsksTooFast);
        }
        self.spend_ask(who);
        let report = self.report();
        self.answer(who, number, report);
    }

    fn who(&mut self, who: u64, room: Option<&str>) -> Done {
        if !self.may_ask(who) {
            return no(No::AsksTooFast);
        }
        let all = || self.users.keys().filter(|who| self.users[who].seat.is_some()).copied().collect();
        let of: Vec<u64> = match room {
            None => all(),
            Some(room) => match self.own_room(who, room) {
                None => return no(No::NotInRoom),
                Some(room) => self.members(room),
            },
        };
        self.spend_ask(who);
        Done::Answer(Answer::Members(self.presences(&of)))
    }

    fn page(&mut self, who: u64, place: &Where, before: Option<u64>, limit: u64) -> Done {
        if !self.may_ask(who) {
            return no(No::AsksTooFast);
        }
        let (entries, above) = match place {
            Where::Room(room) => match self.own_room(who, room) {
                None => return no(No::NotInRoom),
                Some(room) => (self.rooms[room].entries.clone(), 0),
            },
            Where::With(nick) => {
                if Nick::parse_any(nick).is_err() {
                    return no(No::NickBad);
                }
                let pair = pair_of(&self.key(self.seat(who).nick.as_str()), &self.key(nick));
                let entries = self.talks.get(&pair).map(|talk| talk.entries.clone()).unwrap_or_default();
                (entries, self.seat(who).since.get(&pair).copied().unwrap_or(u64::MAX))
            }
        };
        self.spend_ask(who);
        let known = if self.config.store { entries } else { self.kept(&entries) };
        let within = |entry: &Arc<Entry>| entry.number > above && before.is_none_or(|before| entry.number < before);
        let known: Vec<_> = known.into_iter().filter(within).collect();
        let limit = usize::try_from(limit.clamp(1, self.config.limits.page_entries_max.max(1))).expect("a page");
        let skip = known.len().saturating_sub(limit);
        Done::Answer(Answer::Page { entries: known[skip..].to_vec(), more: skip > 0 })
    }

    // ── Operators

    /// What operators ask, which needs no nick.
    fn ask_as_operator(&mut self, who: u64, request: &Request) -> Done {
        match request {
            Request::Operate { key } => self.operate(who, *key),
            Request::Mute { nick, .. } | Request::Kick { nick } => self.command(who, nick, false),
            Request::Unmute { nick } => self.command(who, nick, true),
            _ => unreachable!("nothing else is an operator's"),
        }
    }

    fn operate(&mut self, who: u64, key: Secret) -> Done {
        if !self.may_ask(who) {
            return no(No::AsksTooFast);
        }
        if self.config.operator_key != Some(key) {
            self.spend_ask(who);
            return no(No::KeyWrong);
        }
        self.user(who).operator = true;
        Done::Answer(Answer::Done)
    }

    fn command(&mut self, who: u64, nick: &str, only_muted: bool) -> Done {
        if !self.users[&who].operator {
            return no(No::NotOperator);
        }
        match self.named(nick) {
            None if only_muted && self.leaver_muted(nick).is_some() => {
                self.leavers.remove(&self.key(nick));
                Done::Answer(Answer::Done)
            }
            None => no(No::Absent),
            Some(target) if only_muted && self.users[&target].muted_until.is_none() => no(No::NotMuted),
            Some(_) => Done::Answer(Answer::Done),
        }
    }
}

/// What is asked to be seen beside the nick; `None` where that is no emoji.
#[expect(clippy::option_option, reason = "none is what can be asked for, too")]
fn worn(avatar: Option<&str>) -> Option<Option<Avatar>> {
    avatar.map_or(Some(None), |emoji| Emoji::parse(emoji).map(|emoji| Some(Avatar::Emoji(emoji))))
}

fn parse_text(text: &str) -> Result<Text, No> {
    Text::parse(text.to_owned()).map_err(|error| match error {
        TextError::Empty => No::TextEmpty,
        TextError::Long => No::TextLong,
        TextError::Unsafe => No::TextUnsafe,
    })
}

fn pair_of(one: &str, other: &str) -> Two {
    let mut both = [one.to_owned(), other.to_owned()];
    both.sort();
    let [first, second] = both;
    (first, second)
}

/// What is in a bucket, in thousandths of tokens.
fn level(bucket: Option<(u64, Time)>, now: Time, burst: u64, per_second: u64) -> u64 {
    let full = burst.max(1) * 1_000;
    match bucket {
        _ if per_second == 0 => full,
        None => full,
        Some((level, at)) => full.min(level + now.since(at) * per_second),
    }
}
