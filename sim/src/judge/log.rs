//! What becomes of the log: every entry that the server posts is looked at once.

use super::Judge;
use super::book::{Kept, Seen, Where, same};
use super::names::Name;
use crate::plan::Ms;
use crate::promise::Promise;
use hobnob_machine::{Input, Pair, RoomId, Server, SessionId};
use hobnob_spec::messages::{Body, Entry, Request};
use hobnob_spec::names::{Nick, RoomName};
use std::sync::Arc;

/// A step that is being judged.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) at: Ms,
    pub(super) input: &'a Input,
    pub(super) server: &'a Server,
}

impl Judge {
    /// An entry of a room.
    pub(super) fn delivered(&mut self, step: Step<'_>, room: RoomId, name: &RoomName, entry: &Arc<Entry>) {
        let place = self.names.of(name.as_str());
        let nick = self.names.of(entry.nick.as_str());
        let book = self.books.entry(Where::Room(place)).or_default();
        let wrong = if book.room == Some(room) { entry.number != book.last + 1 } else { entry.number <= book.last };
        let last = book.last;
        book.room = Some(room);
        if wrong {
            let sentence = format!("{name} goes on with number {} after number {last}", entry.number);
            self.broke(Promise::CountersEqualLog, step.at, sentence);
        }
        self.goes(step, room, (place, name), (nick, entry));
        if let Body::Text(text) = &entry.body {
            let asked = match step.input {
                Input::Asked { conn, asked } => match &asked.request {
                    Request::Say { room, text: said } => {
                        (said == text.as_str() && self.names.of(room) == place).then_some((*conn, asked.number))
                    }
                    _ => None,
                },
                _ => None,
            };
            self.said(step, (nick, entry), asked);
        }
        self.write(step, Where::Room(place), entry, None);
    }

    /// An entry of a conversation.
    pub(super) fn kept(&mut self, step: Step<'_>, pair: &Pair, to: &Nick, entry: &Arc<Entry>) {
        let (one, other) = (self.names.of(&pair.0), self.names.of(&pair.1));
        let (nick, recipient) = (self.names.of(entry.nick.as_str()), self.names.of(to.as_str()));
        let place = Where::pair(one, other);
        if Where::pair(nick, recipient) != place {
            let sentence =
                format!("{} said something to {to} that is kept between {} and {}", entry.nick, pair.0, pair.1);
            self.broke(Promise::PrivateToTwo, step.at, sentence);
        }
        let asked = match step.input {
            Input::Asked { conn, asked } => match (&asked.request, &entry.body) {
                (Request::Private { to, text: said }, Body::Text(text)) => {
                    (said == text.as_str() && self.names.of(to) == recipient).then_some((*conn, asked.number))
                }
                _ => None,
            },
            _ => None,
        };
        // A file is told of when its keeper has it, and not when somebody asks.
        let from = match entry.body {
            Body::Attached(_) => None,
            _ => self.said(step, (nick, entry), asked),
        };
        let last = self.books.get(&place).map_or(0, |book| book.last);
        if entry.number <= last || (entry.number != last + 1 && !self.talks_may_jump(place)) {
            let sentence = format!(
                "the conversation of {} and {} goes on with number {} after number {last}",
                pair.0, pair.1, entry.number
            );
            self.broke(Promise::CountersEqualLog, step.at, sentence);
        }
        self.write(step, place, entry, from);
    }

    /// Whether conversations may have been forgotten: a new one goes on after all that were.
    pub(super) fn talks_may_jump(&self, place: Where) -> bool {
        let others = self.books.keys().filter(|other| matches!(other, Where::Pair(..)) && **other != place);
        self.resumed || others.count() as u64 >= self.talks_min
    }

    /// Somebody's text comes into the log; `asked` is the request that says the same, if there is one.
    fn said(
        &mut self,
        step: Step<'_>,
        (nick, entry): (Name, &Arc<Entry>),
        asked: Option<(hobnob_machine::Conn, u64)>,
    ) -> Option<SessionId> {
        let speaker = asked.and_then(|(conn, number)| {
            let (id, sitting) = self.ledger.at(conn)?;
            (sitting.nick.as_ref()?.1 == entry.nick).then_some((id, number, sitting.muted, sitting.said))
        });
        let Some((id, number, muted, before)) = speaker else {
            let sentence = format!("the log has {:?} of {}, who did not say it", entry.body, entry.nick);
            self.broke(Promise::OnlySaid, step.at, sentence);
            return None;
        };
        let left_muted = self.ledger.leavers.get(&nick).filter(|until| **until > entry.at);
        if muted.is_some() || left_muted.is_some() {
            let sentence = format!("{} is muted, and {:?} was heard", entry.nick, entry.body);
            self.broke(Promise::MutedUnheard, step.at, sentence);
        }
        if number <= before {
            let sentence = format!("request {number} of {} came into the log again: {:?}", entry.nick, entry.body);
            self.broke(Promise::StoredOnce, step.at, sentence);
        }
        if let Some(sitting) = self.ledger.sessions.get_mut(&id) {
            sitting.said = number;
        }
        self.stored(step.at, entry);
        Some(id)
    }

    /// Who comes and goes, as the log tells it.
    fn goes(
        &mut self,
        step: Step<'_>,
        room: RoomId,
        (place, name): (Name, &RoomName),
        (nick, entry): (Name, &Arc<Entry>),
    ) {
        if let Some(worn) = entry.body.avatar() {
            self.wears(step.at, &entry.nick, worn);
        }
        let hall = self.ledger.rooms.entry(room).or_default();
        hall.name = Some(place);
        let (comes, present) = match &entry.body {
            Body::Joined(_) | Body::Entered(_) => (true, !hall.members.insert(nick)),
            Body::Left(_) | Body::LeftRoom => (false, hall.members.remove(&nick)),
            Body::Text(_) | Body::Attached(_) | Body::Muted { .. } | Body::Unmuted | Body::Avatar(_) => {
                if !hall.members.contains(&nick) {
                    let sentence = format!("{name} has {:?} of {}, who is not in it", entry.body, entry.nick);
                    self.broke(Promise::ListedPresent, step.at, sentence);
                }
                return self.mutes(step, nick, entry);
            }
        };
        self.moved = true;
        let members = hall.members.len() as u64;
        if comes == present {
            let sentence = format!(
                "{name} has {:?} of {}, who {}",
                entry.body,
                entry.nick,
                if comes { "is in it" } else { "is not" }
            );
            self.broke(Promise::ListedPresent, step.at, sentence);
        }
        if matches!(entry.body, Body::Entered(_)) {
            let limits = &step.server.config().limits;
            // Whoever begins a room is in it, though it could take nobody.
            let most = limits.room_members_max.max(1);
            if members > most {
                let sentence = format!("{} is member {members} of {name}, which takes {most}", entry.nick);
                self.broke(Promise::Capacity, step.at, sentence);
            }
            let rooms = self.ledger.rooms_of(nick) as u64;
            if rooms > limits.rooms_per_session_max {
                let most = limits.rooms_per_session_max;
                self.broke(Promise::Capacity, step.at, format!("{} is in {rooms} rooms of at most {most}", entry.nick));
            }
        }
        if comes
            && let Some(last) = self.history.take_if(|(of, _)| *of == place).map(|(_, last)| last)
            && last + 1 != entry.number
        {
            let sentence = format!(
                "the history of {name} for {} ends with {last}, and live begins with {}",
                entry.nick, entry.number
            );
            self.broke(Promise::HistoryMeetsLive, step.at, sentence);
        }
    }

    fn mutes(&mut self, step: Step<'_>, nick: Name, entry: &Entry) {
        let Body::Muted { until } = &entry.body else { return };
        let sitting = self.ledger.nicks.get(&nick).and_then(|id| self.ledger.sessions.get_mut(id));
        // An alarm of the same step may have ended it already.
        let Some(muted) = sitting.and_then(|sitting| sitting.muted.as_mut()) else { return };
        if *muted == hobnob_spec::messages::Time(u64::MAX) {
            *muted = *until;
        }
        if *muted != *until {
            let sentence = format!("{} is muted until {}, and the log says {}", entry.nick, muted.0, until.0);
            self.broke(Promise::MutedUnheard, step.at, sentence);
        }
    }

    /// Writes an entry down.
    fn write(&mut self, step: Step<'_>, place: Where, entry: &Arc<Entry>, from: Option<SessionId>) {
        let mut recorded = !matches!(step.input, Input::Wake);
        let seq = self.records + u64::from(!recorded);
        let book = self.books.entry(place).or_default();
        let before = book.last_time();
        let mut seen = Seen::No;
        if !self.owed.is_empty()
            && let Some(owed) = self.owed.remove(&(place, entry.number))
        {
            // An alarm brought it before, and would bring it once more.
            (seen, recorded) = (Seen::Told, false);
            if !same(&owed, entry) {
                let sentence = format!("{} was {owed:?} and is {entry:?}", self.spell(place, entry.number));
                self.broke(Promise::SameMessage, step.at, sentence);
            }
        }
        if entry.at < before {
            let sentence = format!(
                "{} is of {}, and the one before it of {}",
                self.spell(place, entry.number),
                entry.at.0,
                before.0
            );
            self.broke(Promise::TimeForward, step.at, sentence);
        }
        let kept = Kept { entry: Arc::clone(entry), seq, recorded, at: step.at, seen, from, to: None, to_seq: 0 };
        self.books.entry(place).or_default().push(kept);
    }

    /// A message as it is called in a sentence.
    pub(super) fn spell(&self, place: Where, number: u64) -> String {
        match place {
            Where::Room(name) => format!("message {number} of {}", self.names.spell(name)),
            Where::Pair(a, b) => {
                format!("message {number} of {} and {}", self.names.spell(a), self.names.spell(b))
            }
        }
    }
}
