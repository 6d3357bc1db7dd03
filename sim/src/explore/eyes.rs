//! What a user of an explored world has seen, and what of it no user should ever see.

use crate::promise::Promise;
use hobnob_machine::{Shown, When};
use hobnob_spec::messages::{Answer, Body, Entry, Past, Place, Request};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A broken promise: which, and in what way.
pub(super) type Broken = (Promise, String);

/// The two parties of a private conversation, in order.
type Parties = (Arc<str>, Arc<str>);

/// What is said in the world: each place's entries in their order, places named as the log names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Said {
    rooms: BTreeMap<Arc<str>, Vec<Arc<Entry>>>,
    talks: BTreeMap<Parties, Vec<Arc<Entry>>>,
}

impl Said {
    /// Takes in an entry of a room.
    pub(super) fn room(&mut self, room: &Arc<str>, entry: &Arc<Entry>) -> Result<(), Broken> {
        let entries = self.rooms.entry(Arc::clone(room)).or_default();
        entries.push(Arc::clone(entry));
        once(entries)
    }

    /// Takes in an entry of a private conversation.
    pub(super) fn talk(&mut self, pair: Parties, entry: &Arc<Entry>) -> Result<(), Broken> {
        let entries = self.talks.entry(pair).or_default();
        entries.push(Arc::clone(entry));
        once(entries)
    }

    /// The entries of a room.
    pub(super) fn of_room(&self, room: &str) -> &[Arc<Entry>] {
        self.rooms.get(room).map(Vec::as_slice).unwrap_or_default()
    }

    /// The entries of the conversation of two.
    pub(super) fn of_pair(&self, pair: &Parties) -> &[Arc<Entry>] {
        self.talks.get(pair).map(Vec::as_slice).unwrap_or_default()
    }

    fn between(&self, one: &str, other: &str) -> &[Arc<Entry>] {
        let pair = if one <= other { (one, other) } else { (other, one) };
        self.talks.get(&(pair.0.into(), pair.1.into())).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What was said last is in the log once, and its number is the next.
fn once(entries: &[Arc<Entry>]) -> Result<(), Broken> {
    let (last, before) = entries.split_last().expect("an entry was pushed");
    if let Some(previous) = before.last()
        && previous.number + 1 != last.number
    {
        return Err((Promise::OneOrder, format!("number {} follows number {}", last.number, previous.number)));
    }
    let Body::Text(text) = &last.body else { return Ok(()) };
    let again = before.iter().any(|entry| entry.body == last.body && entry.nick == last.nick);
    if again {
        return Err((Promise::StoredOnce, format!("{} said `{}` once and it is in the log twice", last.nick, text)));
    }
    Ok(())
}

/// What one user has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Eyes {
    nick: Option<Arc<str>>,
    /// The last number that was shown of each place since the user came into it.
    last: BTreeMap<Place, u64>,
    /// What was asked and is not resolved.
    open: Vec<Request>,
}

impl Eyes {
    /// The user asks something.
    pub(super) fn ask(&mut self, request: &Request) {
        self.open.push(request.clone());
    }

    /// How many requests are asked and not resolved.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    /// The last number that was shown of a room that the user is in.
    pub(super) fn last_of(&self, place: &Place) -> Option<u64> {
        self.last.get(place).copied()
    }

    /// The rooms that the user is in.
    pub(super) fn rooms(&self) -> impl Iterator<Item = &Place> {
        self.last.keys().filter(|place| matches!(place, Place::Room(_)))
    }

    /// The user is shown something.
    pub(super) fn see(&mut self, shown: &Shown, said: &Said, key: impl Fn(&str) -> Arc<str>) -> Result<(), Broken> {
        match shown {
            Shown::Welcome { nick, .. } => {
                self.nick = Some(key(nick.as_str()));
                self.last.clear();
            }
            Shown::Back { nick, .. } => self.nick = Some(key(nick.as_str())),
            Shown::Entry { place, entry, when } => return self.see_entry(place, entry, *when, said, key),
            Shown::Gap { place, missing } => *self.last.entry(place.clone()).or_insert(0) += missing,
            Shown::Answer { request, answer } => {
                self.resolve(request)?;
                return self.see_answer(request, answer, said, key);
            }
            Shown::TooMany { request } | Shown::Unsent { request } | Shown::Unsure { request } => {
                self.resolve(request)?;
            }
            Shown::Out => self.last.clear(),
            Shown::Refused { .. }
            | Shown::AlreadyJoined
            | Shown::Unreachable { .. }
            | Shown::Lost
            | Shown::Retry { .. }
            | Shown::Goodbye { .. }
            | Shown::Foreign => {}
        }
        Ok(())
    }

    fn resolve(&mut self, request: &Request) -> Result<(), Broken> {
        match self.open.iter().position(|open| open == request) {
            Some(at) => drop(self.open.remove(at)),
            // A client goes back to its rooms by itself.
            None if matches!(request, Request::Enter { .. }) => {}
            None => return Err((Promise::OneAnswer, format!("{request:?} is answered and was not asked"))),
        }
        Ok(())
    }

    fn see_answer(
        &mut self,
        request: &Request,
        answer: &Answer,
        said: &Said,
        key: impl Fn(&str) -> Arc<str>,
    ) -> Result<(), Broken> {
        let (text, entries) = match (request, answer, &self.nick) {
            (Request::Say { room, text }, Answer::Posted { .. }, _) => (text, said.of_room(&key(room))),
            (Request::Private { to, text }, Answer::Posted { .. }, Some(nick)) => (text, said.between(nick, &key(to))),
            (Request::Leave { room }, Answer::Done, _) => {
                let left = key(room);
                self.last.retain(|place, _| !matches!(place, Place::Room(room) if key(room.as_str()) == left));
                return Ok(());
            }
            _ => return Ok(()),
        };
        let Answer::Posted { number, .. } = answer else { return Ok(()) };
        let there = entries
            .iter()
            .any(|entry| entry.number == *number && matches!(&entry.body, Body::Text(said) if said.as_str() == text));
        if there {
            return Ok(());
        }
        Err((Promise::AcknowledgedKept, format!("`{text}` was acknowledged as number {number} and is not there")))
    }

    fn see_entry(
        &mut self,
        place: &Place,
        entry: &Entry,
        when: When,
        said: &Said,
        key: impl Fn(&str) -> Arc<str>,
    ) -> Result<(), Broken> {
        let nick = self.nick.clone().unwrap_or_default();
        let entries = match place {
            Place::Room(room) => said.of_room(&key(room.as_str())),
            Place::With(other) => said.between(&nick, &key(other.as_str())),
        };
        if !entries.iter().any(|found| **found == *entry) {
            return Err((Promise::SameMessage, format!("{entry:?} is shown and is not in the log")));
        }
        if matches!(when, When::Past(Past::History)) {
            return Ok(());
        }
        let last = self.last.insert(place.clone(), entry.number);
        match (last, place) {
            (Some(last), _) if entry.number <= last => {
                Err((Promise::ShownOnce, format!("number {} of {place:?} is shown after number {last}", entry.number)))
            }
            (Some(last), Place::Room(_)) if entry.number != last + 1 => {
                Err((Promise::OneOrder, format!("number {} of {place:?} is shown after number {last}", entry.number)))
            }
            _ => Ok(()),
        }
    }
}
