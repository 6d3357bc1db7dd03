//! The users' half: what they did, and what they were shown.

use super::Judge;
use super::book::{Seen, Where, same};
use super::hash;
use super::names::Name;
use super::order::{Kind, Track};
use crate::chronicle::Wire;
use crate::plan::{Deed, Ms};
use crate::promise::Promise;
use hobnob_machine::{Shown, When};
use hobnob_spec::messages::{Answer, Body, Entry, Message, Past, Place, Request};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Somebody who takes part.
#[derive(Debug, Clone, Default)]
pub(super) struct User {
    pub(super) rude: bool,
    pub(super) life: u32,
    pub(super) nick: Option<Name>,
    /// Whether it wants in, and was not told that it is out.
    pub(super) wants: bool,
    /// Since when, if it does.
    pub(super) wants_since: Ms,
    /// Whether it was told that it is in.
    pub(super) inside: bool,
    /// Since when that is so.
    pub(super) since: Ms,
    /// When it was last told that it is out for good: a session of its own may go on from there as a new stay.
    pub(super) out_at: Ms,
    /// When it will dial again, as it was told.
    pub(super) dials_at: Ms,
    /// What it asked and was not told of, and when it asked.
    pub(super) pending: VecDeque<(u64, Ms)>,
    pub(super) tracks: BTreeMap<Where, Track>,
    /// The last message that it was shown of each room that it left.
    pub(super) left: BTreeMap<Where, u64>,
    /// How many sessions it had, or was refused, in this life.
    pub(super) sessions: u32,
    /// How much it said in this life, and which of that is the last that the log has.
    pub(super) said: u32,
    pub(super) stored: u32,
    /// The last text that it said, which a rude one may repeat.
    pub(super) text: Option<u64>,
}

/// How often a text was said, and how often the log has it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    said: u32,
    stored: u32,
    /// Who said it, in which session of which life, and as the how-manieth: if it was said once.
    by: Option<(usize, (u32, u32), u32)>,
}

impl Judge {
    /// Somebody does something.
    pub(super) fn done(&mut self, at: Ms, who: usize, life: u32, deed: &Deed) {
        if self.live(who, life).is_none() {
            return;
        }
        match deed {
            Deed::Join { .. } => {
                let user = &mut self.users[who];
                user.wants_since = if user.wants { user.wants_since } else { at };
                user.wants = true;
            }
            Deed::Ask(request) => {
                self.says(who, request);
                self.asks(at, who, request);
            }
            Deed::Flood { room, times, text } => {
                for line in Deed::flood_lines(room, *times, text) {
                    self.says(who, &line);
                    self.asks(at, who, &line);
                }
            }
            Deed::Die => {
                let rude = self.users[who].rude;
                self.users[who] = User { rude, life: life + 1, ..User::default() };
            }
            Deed::Type { line } => {
                for text in Deed::typed_texts(line) {
                    self.texts.entry(hash::text(text)).or_default().said += 1;
                }
            }
            Deed::Repeat => {
                if let Some(text) = self.users[who].text {
                    self.texts.entry(text).or_default().said += 1;
                }
            }
            Deed::Quit
            | Deed::Logout
            | Deed::Close
            | Deed::Knock
            | Deed::HangUp
            | Deed::JoinBare { .. }
            | Deed::Return { .. }
            | Deed::Backdate
            | Deed::Relay { .. }
            | Deed::Send(_) => {}
        }
    }

    fn says(&mut self, who: usize, request: &Request) {
        if let Request::Say { text, .. } | Request::Private { text, .. } = request {
            self.ears.spoken(text);
            let text = hash::text(text);
            let user = &mut self.users[who];
            user.text = Some(text);
            user.said += 1;
            let once = (!user.rude).then_some((who, (user.life, user.sessions), user.said));
            let said = self.texts.entry(text).or_default();
            said.said += 1;
            said.by = once.filter(|_| said.said == 1);
        }
    }

    fn asks(&mut self, at: Ms, who: usize, request: &Request) {
        if !self.users[who].rude {
            self.users[who].pending.push_back((hash::request(request), at));
        }
    }

    /// The text of an entry came into the log.
    pub(super) fn stored(&mut self, at: Ms, entry: &Entry) {
        let Body::Text(text) = &entry.body else { return };
        self.ears.stored(text.as_str());
        if self.users.is_empty() {
            return;
        }
        let said = self.texts.entry(hash::text(text.as_str())).or_default();
        said.stored += 1;
        if said.stored > said.said {
            let (promise, times, stored) =
                (if said.said == 0 { Promise::OnlySaid } else { Promise::StoredOnce }, said.said, said.stored);
            let sentence =
                format!("{text:?} of {} was said {times} times and is in the log {stored} times", entry.nick);
            return self.broke(promise, at, sentence);
        }
        if let Some((who, life, nth)) = said.by
            && (self.users[who].life, self.users[who].sessions) == life
        {
            let before = std::mem::replace(&mut self.users[who].stored, nth);
            if before > nth {
                let sentence = format!("{text:?} of {} stands behind what was said after it", entry.nick);
                self.broke(Promise::SaidInOrder, at, sentence);
            }
        }
    }

    /// The text of an entry is in the log no more.
    pub(super) fn unstored(&mut self, entry: &Entry) {
        if let Body::Text(text) = &entry.body
            && let Some(said) = self.texts.get_mut(&hash::text(text.as_str()))
        {
            said.stored = said.stored.saturating_sub(1);
            if let Some((who, life, nth)) = said.by
                && (self.users[who].life, self.users[who].sessions) == life
            {
                // What was before it may never have come into the log.
                self.users[who].stored = if self.users[who].stored >= nth { 0 } else { self.users[who].stored };
            }
        }
    }

    /// The user, if this is its life and not one that ended.
    fn live(&mut self, who: usize, life: u32) -> Option<&mut User> {
        let user = self.users.get_mut(who)?;
        if life > user.life {
            *user = User { rude: user.rude, life, ..User::default() };
        }
        (life == user.life).then_some(user)
    }

    /// A user is shown something.
    pub(super) fn shows(&mut self, at: Ms, who: usize, life: u32, shown: &Shown) {
        if self.live(who, life).is_none() {
            return;
        }
        match shown {
            Shown::Entry { place, entry, when } => self.shows_entry(at, who, place, entry, *when),
            Shown::Gap { place, missing } => {
                if let Some(place) = self.where_is(who, place)
                    && let Some(track) = self.users[who].tracks.get_mut(&place)
                {
                    track.gap(*missing);
                }
            }
            Shown::Answer { request, answer } => self.shows_answer(at, who, request, answer),
            Shown::TooMany { request } | Shown::Unsent { request } | Shown::Unsure { request } => {
                self.ends_request(at, who, request);
            }
            Shown::Welcome { nick, room, .. } => {
                let (nick, lobby) = (self.names.of(nick.as_str()), self.names.of(room.as_str()));
                let user = self.comes(at, who, nick);
                user.sessions += 1;
                user.tracks.entry(Where::Room(lobby)).or_default().begin_history();
            }
            Shown::Back { nick, rooms, .. } => {
                let nick = self.names.of(nick.as_str());
                let stays = rooms.iter().map(|room| (Where::Room(self.names.of(room.room.as_str())), room.since));
                let stays: BTreeMap<_, _> = stays.collect();
                let user = self.comes(at, who, nick);
                user.tracks.retain(|place, track| {
                    !matches!(place, Where::Room(_)) || stays.contains_key(place) && !track.left
                });
                for (room, since) in stays {
                    let track = user.tracks.entry(room).or_default();
                    track.begin_history();
                    // What was said between an older stay, whose end nobody told the user, and this one is not owed.
                    track.last = track.last.map(|last| last.max(since));
                }
            }
            Shown::Refused { .. } | Shown::Out => {
                let user = &mut self.users[who];
                user.goes(at);
                user.sessions += 1;
                user.wants = false;
                user.tracks.clear();
                user.left.clear();
                user.out_at = at;
                user.tracks.clear();
            }
            Shown::Lost | Shown::Goodbye { .. } | Shown::Foreign | Shown::Unreachable { .. } => {
                self.users[who].goes(at);
            }
            Shown::Retry { pause_ms } => {
                self.users[who].goes(at);
                self.users[who].dials_at = at + pause_ms;
            }
            Shown::AlreadyJoined => {}
        }
    }

    fn comes(&mut self, at: Ms, who: usize, nick: Name) -> &mut User {
        let user = &mut self.users[who];
        if user.nick.is_some_and(|before| before != nick) {
            // What one wrote to a name before one had it oneself is shown at either end.
            user.tracks.retain(|place, _| matches!(place, Where::Room(_)));
        }
        (user.nick, user.inside, user.since) = (Some(nick), true, at);
        user
    }

    /// Where the judge has a place of a user's.
    fn where_is(&mut self, who: usize, place: &Place) -> Option<Where> {
        match place {
            Place::Room(room) => Some(Where::Room(self.names.of(room.as_str()))),
            Place::With(nick) => Some(Where::pair(self.users[who].nick?, self.names.of(nick.as_str()))),
        }
    }

    /// Whether the server has kept all of a place in memory.
    pub(super) fn is_all_kept(&self, place: Where) -> bool {
        let (entries, bytes) = self.kept_min;
        let few = |book: &super::book::Book| {
            let texts = book.kept.iter().map(|kept| super::book::size(&kept.entry));
            book.kept.len() as u64 <= entries && (bytes >= 1 << 16 || texts.sum::<u64>() <= bytes)
        };
        !self.resumed && self.books.get(&place).is_none_or(few)
    }

    fn shows_entry(&mut self, at: Ms, who: usize, place: &Place, entry: &Arc<Entry>, when: When) {
        let Some(place) = self.where_is(who, place) else {
            let sentence = format!("somebody without a nick is shown {entry:?}");
            return self.broke(Promise::PrivateToTwo, at, sentence);
        };
        self.is_the_logs(at, place, entry);
        let lost = self.was_lost(place, entry);
        let nick = self.names.of(entry.nick.as_str());
        let kind = match place {
            Where::Room(_) => Kind::Room,
            Where::Pair(..) if self.is_all_kept(place) && !self.talks_may_jump(place) => Kind::Talk,
            Where::Pair(..) => Kind::Loose,
        };
        if when == When::Live && matches!(place, Where::Room(_)) && !self.users[who].tracks.contains_key(&place) {
            let sentence = format!("{} is shown {}, and is not in it", self.call(who), self.spell(place, entry.number));
            return self.broke(Promise::OneOrder, at, sentence);
        }
        let user = &mut self.users[who];
        let own = user.nick;
        let track = user.tracks.entry(place).or_default();
        if lost {
            return track.shaken = true;
        }
        let comes = own == Some(nick) && matches!(entry.body, Body::Joined(_) | Body::Entered(_));
        let recalls = comes && when != When::Past(Past::History) && self.recalled.remove(&(place, entry.number));
        // After a clock that was set back, what a power cut took looks later than what came after it.
        let alike = self.lost.keys().any(|(lost, _)| *lost == place);
        if recalls && !track.shaken && !alike && !track.has(entry.number - 1) {
            let sentence = format!(
                "{} is shown {}, and not the history that it was sent before it",
                self.call(who),
                self.spell(place, entry.number)
            );
            return self.broke(Promise::HistoryMeetsLive, at, sentence);
        }
        let before = track.last;
        if let Some((promise, how)) = track.show(own, nick, (entry, when), kind) {
            if promise == Promise::OneOrder && self.came_anew(place, own, (before, entry.number)) {
                return;
            }
            let sentence = format!("{} is shown {} {how}", self.call(who), self.spell(place, entry.number));
            self.broke(promise, at, sentence);
        }
    }

    /// Whether somebody went and came between two messages, of which the server kept too few to show that: then the
    /// beginning of its stay is lost to it with its welcome.
    fn came_anew(&self, place: Where, own: Option<Name>, (last, number): (Option<u64>, u64)) -> bool {
        let (Some(book), Some(own), Some(last)) = (self.books.get(&place), own, last) else { return false };
        let own = self.names.spell(own).to_lowercase();
        let between = book.kept.iter().filter(|kept| last < kept.entry.number && kept.entry.number < number);
        let comes = |entry: &Entry| {
            matches!(entry.body, Body::Joined(_) | Body::Entered(_)) && entry.nick.as_str().to_lowercase() == own
        };
        matches!(place, Where::Room(_))
            && !self.is_all_kept(place)
            && between.into_iter().any(|kept| comes(&kept.entry))
    }

    /// Whether an entry is one that a power cut took, and not what the log has.
    fn was_lost(&self, place: Where, entry: &Arc<Entry>) -> bool {
        let lost = |lost: &Vec<Arc<Entry>>| lost.iter().any(|lost| same(lost, entry));
        let kept = self.books.get(&place).and_then(|book| book.get(entry.number));
        !self.lost.is_empty()
            && self.lost.get(&(place, entry.number)).is_some_and(lost)
            && !kept.is_some_and(|kept| same(&kept.entry, entry))
    }

    /// What somebody is told is what the log has, and the log has it already.
    fn is_the_logs(&mut self, at: Ms, place: Where, entry: &Arc<Entry>) {
        let (last, known_after) = match self.books.get_mut(&place) {
            Some(book) => match book.get_mut(entry.number) {
                Some(kept) if same(&kept.entry, entry) => {
                    kept.seen = kept.seen.max(Seen::Told);
                    return;
                }
                Some(_) => (u64::MAX, 0),
                None => (book.last, book.known_after()),
            },
            None => (0, 0),
        };
        if entry.number <= known_after && self.resumed || self.was_lost(place, entry) {
            return;
        }
        if let Some(owed) = self.owed.get(&(place, entry.number))
            && same(owed, entry)
        {
            return;
        }
        let name = self.spell(place, entry.number);
        if let Some(other) = self.private_elsewhere(place, entry) {
            let other = self.spell(other, entry.number);
            return self.broke(Promise::PrivateToTwo, at, format!("{name} is told as {entry:?}, which is {other}"));
        }
        if entry.number <= last {
            return self.broke(Promise::SameMessage, at, format!("{name} is told as {entry:?}, which the log has not"));
        }
        // A shell says what an alarm brought when it rings, though a replay learns of it only with the next record.
        if matches!(entry.body, Body::Left(_) | Body::Unmuted) {
            self.owed.insert((place, entry.number), Arc::clone(entry));
            return;
        }
        self.broke(
            Promise::JournalBeforeWord,
            at,
            format!("{name} is told as {entry:?}, and the log ends with {last}"),
        );
    }

    fn shows_answer(&mut self, at: Ms, who: usize, request: &Request, answer: &Answer) {
        self.ends_request(at, who, request);
        match (request, answer) {
            (Request::Say { .. } | Request::Private { .. }, Answer::Posted { number, at: time, .. }) => {
                self.acknowledged(at, who, request, (*number, time.0));
            }
            (Request::Enter { .. }, Answer::Room { room, last }) => {
                let room = Where::Room(self.names.of(room.as_str()));
                let own = self.users[who].nick;
                let comes = self.books.get(&room).and_then(|book| book.get(last + 1)).is_some_and(|kept| {
                    matches!(kept.entry.body, Body::Joined(_) | Body::Entered(_))
                        && own == Some(self.names.of(kept.entry.nick.as_str()))
                });
                let user = &mut self.users[who];
                // Who returned in between has been shown part of this stay before it is told of leaving and entering.
                let shown = user.left.remove(&room).filter(|shown| comes && shown > last);
                user.tracks.entry(room).or_default().enter(shown.unwrap_or(*last));
            }
            (Request::Leave { room }, Answer::Done) => {
                // Who asked to go in again already remembers what was there.
                let enters = hash::request(&Request::Enter { room: room.clone() });
                let room = Where::Room(self.names.of(room));
                let user = &mut self.users[who];
                if !user.pending.iter().any(|(pending, _)| *pending == enters) {
                    let track = user.tracks.remove(&room);
                    user.left.extend(track.and_then(|track| Some((room, track.last?))));
                } else if let Some(track) = user.tracks.get_mut(&room) {
                    track.left = true;
                }
            }
            (Request::History { place, .. }, Answer::Page { entries, .. }) => {
                let place = match place {
                    hobnob_spec::messages::Where::Room(room) => Some(Where::Room(self.names.of(room))),
                    hobnob_spec::messages::Where::With(nick) => {
                        self.users[who].nick.map(|own| Where::pair(own, self.names.of(nick)))
                    }
                };
                for entry in entries {
                    if let Some(place) = place {
                        self.is_the_logs(at, place, entry);
                    }
                }
            }
            _ => {}
        }
    }

    fn acknowledged(&mut self, at: Ms, who: usize, request: &Request, (number, time): (u64, u64)) {
        let own = self.users[who].nick;
        let said = |lost: &Arc<Entry>, said: &String| matches!(&lost.body, Body::Text(text) if text.as_str() == said);
        let (place, text) = match request {
            Request::Say { room, text } => (Where::Room(self.names.of(room)), text),
            Request::Private { to, text } => match own {
                Some(own) => (Where::pair(own, self.names.of(to)), text),
                None => return,
            },
            _ => return,
        };
        if self.lost.get(&(place, number)).is_some_and(|lost| lost.iter().any(|lost| said(lost, text))) {
            return;
        }
        let Some(kept) = self.books.get(&place).and_then(|book| book.get(number)) else {
            if self.resumed && self.books.get(&place).is_some_and(|book| number <= book.known_after()) {
                return;
            }
            let sentence = format!(
                "{} was told that {text:?} is {}, which the log has not",
                self.call(who),
                self.spell(place, number)
            );
            return self.broke(Promise::AcknowledgedKept, at, sentence);
        };
        let nick = Arc::clone(&kept.entry);
        let right = nick.at.0 == time
            && matches!(&nick.body, Body::Text(kept) if kept.as_str() == text)
            && own.is_none_or(|own| self.names.of(nick.nick.as_str()) == own);
        if right {
            return self.see(place, number, Seen::Acknowledged);
        }
        let sentence =
            format!("{} was told that {text:?} is {}, which is {nick:?}", self.call(who), self.spell(place, number));
        self.broke(Promise::AcknowledgedKept, at, sentence);
    }

    /// A request comes to its end: it was asked, and not ended before. A client enters its rooms again by itself.
    fn ends_request(&mut self, at: Ms, who: usize, request: &Request) {
        let number = hash::request(request);
        let pending = &mut self.users[who].pending;
        match pending.iter().position(|(pending, _)| *pending == number) {
            Some(0) => drop(pending.pop_front()),
            Some(place) => drop(pending.remove(place)),
            None if matches!(request, Request::Enter { .. }) => {}
            None => {
                let sentence = format!("{} is told of {request:?} once more than it was asked", self.call(who));
                self.broke(Promise::OneAnswer, at, sentence);
            }
        }
    }

    /// The server says something over a connection.
    pub(super) fn tells(&mut self, at: Ms, wire: Wire, message: &Message) {
        match message {
            Message::Answer { answer: Answer::Welcome { nick, .. } | Answer::Back { nick, .. }, .. } => {
                let nick = self.names.of(nick.as_str());
                self.wires.insert(wire, nick);
            }
            Message::Live { place, entry } => self.tells_entry(at, wire, place, entry),
            Message::Earlier { place, entries, .. } => {
                for entry in entries {
                    self.tells_entry(at, wire, place, entry);
                }
            }
            Message::Answer { .. } | Message::Ping | Message::Goodbye { .. } => {}
        }
    }

    fn tells_entry(&mut self, at: Ms, wire: Wire, place: &Place, entry: &Arc<Entry>) {
        let place = match place {
            Place::Room(room) => Where::Room(self.names.of(room.as_str())),
            Place::With(nick) => match self.wires.get(&wire).copied() {
                Some(own) => Where::pair(own, self.names.of(nick.as_str())),
                None => {
                    let sentence = format!("a connection without a nick is told {entry:?} of {nick}");
                    return self.broke(Promise::PrivateToTwo, at, sentence);
                }
            },
        };
        self.is_the_logs(at, place, entry);
    }

    /// A user's name in a sentence.
    pub(super) fn call(&self, who: usize) -> &str {
        &self.people[who]
    }
}

impl User {
    /// It is told that it is not in at present.
    fn goes(&mut self, at: Ms) {
        (self.inside, self.since) = (false, at);
        self.tracks.values_mut().for_each(Track::begin_history);
    }
}
