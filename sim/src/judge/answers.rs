//! What the server sends to one connection: answers and earlier messages, compared with the log and with who is there.

use super::Judge;
use super::book::{Seen, Where, same};
use super::log::Step;
use super::names::Name;
use crate::promise::Promise;
use hobnob_machine::{Conn, Input, SessionId, TransferFired};
use hobnob_spec::messages::{Answer, Body, Entry, Message, Past, Place, Presence, Request, Where as Asked};
use hobnob_spec::transfer::Effect;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Over which connection and under which number an input asks for an answer; 0 where the bytes were no request.
pub(super) fn asked(input: &Input) -> Option<(Conn, u64)> {
    match input {
        Input::Asked { conn, asked } => Some((*conn, asked.number)),
        Input::Chunk { conn, number, .. } => Some((*conn, *number)),
        Input::Garbled { conn } => Some((*conn, 0)),
        Input::Opened { .. }
        | Input::Relayed { .. }
        | Input::Filed { .. }
        | Input::Reopened { .. }
        | Input::Foreign { .. }
        | Input::TooSlow { .. }
        | Input::Lost { .. }
        | Input::Wake
        | Input::Configured(_)
        | Input::Restarted
        | Input::Outage { .. }
        | Input::Stopping => None,
    }
}

/// Requests that the ends of transfers answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Awaited {
    /// By its transfer, the number of each request, and in which record it came.
    open: BTreeMap<u64, (u64, u64)>,
    /// What was answered, with the record that did, for a crash may take that record back.
    over: Vec<(u64, u64, (u64, u64))>,
}

impl Awaited {
    /// A transfer's end will answer a request, and none that came before.
    fn begin(&mut self, record: u64, transfer: u64, number: u64) {
        let before = self.open.insert(transfer, (number, record));
        self.over.extend(before.map(|before| (record, transfer, before)));
    }

    /// A transfer's end answers its request.
    fn end(&mut self, record: u64, transfer: u64) -> Option<u64> {
        let request = self.open.remove(&transfer)?;
        self.over.push((record, transfer, request));
        Some(request.0)
    }

    /// Only so many records are left.
    pub(super) fn cut(&mut self, records: u64) {
        self.open.retain(|_, (_, record)| *record <= records);
        for (_, transfer, request) in self.over.extract_if(.., |(record, ..)| *record > records) {
            if request.1 <= records {
                self.open.insert(transfer, request);
            }
        }
    }
}

impl Judge {
    /// A message for one connection.
    pub(super) fn sent(&mut self, step: Step<'_>, conn: Conn, message: &Message, again: bool) {
        match message {
            Message::Answer { number, answer } => {
                self.count_answer(conn, *number);
                self.answered(step, conn, answer, again);
            }
            Message::Live { place, entry } => {
                let from = std::slice::from_ref(entry);
                self.entries_sent(step, conn, place, from, None);
            }
            Message::Earlier { place, past, entries } => self.entries_sent(step, conn, place, entries, Some(*past)),
            Message::Ping | Message::Goodbye { .. } => {}
        }
    }

    /// Notes that a request is answered, here or by the shell.
    pub(super) fn count_answer(&mut self, conn: Conn, number: u64) {
        self.answers.push((conn, number));
    }

    /// Every request gets one answer, or its connection ends. The last bytes of a file are answered by the transfer's
    /// end.
    pub(super) fn judge_answers(&mut self, step: Step<'_>, was_open: bool, rows: &[TransferFired]) {
        let mut answers = std::mem::take(&mut self.answers);
        let asked = asked(step.input);
        let mut kept = false;
        // What an alarm brings is recorded with the input that follows.
        let record = self.records + u64::from(matches!(step.input, Input::Wake));
        for fired in rows {
            for effect in fired.row().1 {
                match effect {
                    Effect::TellEarlier | Effect::Succeed | Effect::Fail(_) => {
                        let Some(number) = self.awaited.end(record, fired.transfer) else { continue };
                        // A repeated request has the number of the one that it takes the place of.
                        let same = matches!(effect, Effect::TellEarlier) || answers.len() > 1;
                        let of = |answer: &(Conn, u64)| answer.1 == number && (same || Some(*answer) != asked);
                        let other = answers.iter().position(|answer| of(answer) && Some(*answer) != asked);
                        // Whoever awaited it may be gone.
                        if let Some(at) = other.or_else(|| answers.iter().position(of)) {
                            answers.remove(at);
                        }
                    }
                    Effect::AwaitEnd => {
                        kept = true;
                        if let Some((_, number)) = asked {
                            self.awaited.begin(record, fired.transfer, number);
                        }
                    }
                    _ => {}
                }
            }
        }
        let right = match asked {
            None => answers.is_empty(),
            Some(_) if kept => answers.is_empty(),
            Some(asked) if answers.len() == 1 => answers[0] == asked && was_open,
            Some((conn, _)) => answers.is_empty() && !(was_open && self.ledger.conns.contains_key(&conn)),
        };
        if !right {
            let (count, last) = (answers.len(), answers.last().map(|(conn, number)| (conn.0, *number)));
            let sentence = match asked {
                Some((conn, number)) => {
                    format!("request {number} of connection {} got {count} answers, the last {last:?}", conn.0)
                }
                None => format!("nobody asked, and {count} were answered, the last {last:?}"),
            };
            self.broke(Promise::OneAnswer, step.at, sentence);
        }
    }

    fn answered(&mut self, step: Step<'_>, conn: Conn, answer: &Answer, again: bool) {
        let Input::Asked { asked, .. } = step.input else { return };
        match answer {
            Answer::Posted { number, at, .. } if !again => self.posted(step, conn, &asked.request, (*number, at.0)),
            Answer::Report(active) => {
                for one in active {
                    self.wears(step.at, &one.nick, one.avatar.as_ref());
                }
                let wrong = active.len() != self.ledger.nicks.len()
                    || active.iter().any(|active| !self.owns(active.nick.as_str(), active.nick.as_str()));
                if wrong {
                    let listed: Vec<_> = active.iter().map(|active| active.nick.as_str()).collect();
                    let sentence = format!("the report lists {listed:?}, and there are {:?}", self.present());
                    self.broke(Promise::ListedPresent, step.at, sentence);
                }
            }
            Answer::Welcome { room, members, last, .. } => {
                let place = self.names.of(room.as_str());
                self.last_is(step, place, *last);
                self.members_are(step, Some(place), members);
            }
            Answer::Members(members) => {
                let place = match &asked.request {
                    Request::Who { room: Some(room) } => Some(self.names.of(room)),
                    _ => None,
                };
                self.members_are(step, place, members);
            }
            Answer::Room { room, last } if !again => {
                let place = self.names.of(room.as_str());
                self.last_is(step, place, *last);
            }
            Answer::Back { rooms, .. } => {
                let nick = self.ledger.at(conn).and_then(|(_, sitting)| Some(sitting.nick.as_ref()?.0));
                for room in rooms {
                    let place = self.names.of(room.room.as_str());
                    self.last_is(step, place, room.last);
                    // The server may not have the history any more that went with the first answer.
                    self.recalled.remove(&(Where::Room(place), room.since + 1));
                }
                let really = nick.map_or(0, |nick| self.ledger.rooms_of(nick));
                if really != rooms.len() {
                    let sentence = format!("who is back is told of {} rooms and is in {really}", rooms.len());
                    self.broke(Promise::ListedPresent, step.at, sentence);
                }
            }
            Answer::Rooms(lines) => {
                for line in lines {
                    let place = self.names.of(line.room.as_str());
                    let really = self.members_of(place).count() as u64;
                    if really != line.members {
                        let sentence =
                            format!("{} is said to have {} members and has {really}", line.room, line.members);
                        self.broke(Promise::CountersEqualLog, step.at, sentence);
                    }
                }
            }
            Answer::Page { entries, .. } => self.page_sent(step, conn, &asked.request, entries),
            Answer::Posted { .. }
            | Answer::Room { .. }
            | Answer::Refused { .. }
            | Answer::Done
            | Answer::Ready { .. }
            | Answer::Taken { .. }
            | Answer::Filed { .. }
            | Answer::Piece { .. }
            | Answer::Pong => {}
        }
    }

    fn posted(&mut self, step: Step<'_>, conn: Conn, request: &Request, (number, at): (u64, u64)) {
        let Some((place, text)) = self.place_of(conn, request) else { return };
        let Some(book) = self.books.get(&place) else { return };
        let right = book.get(number).is_some_and(|kept| {
            kept.entry.at.0 == at && matches!(&kept.entry.body, Body::Text(kept) if kept.as_str() == text)
        });
        if !right && number > book.known_after() {
            let sentence = format!("{} was acknowledged for {text:?} and is something else", self.spell(place, number));
            self.broke(Promise::AcknowledgedKept, step.at, sentence);
        }
    }

    /// Where a request says something, and what.
    fn place_of<'r>(&mut self, conn: Conn, request: &'r Request) -> Option<(Where, &'r str)> {
        match request {
            Request::Say { room, text } => Some((Where::Room(self.names.of(room)), text)),
            Request::Private { to, text } => {
                let own = self.ledger.at(conn)?.1.nick.as_ref()?.0;
                Some((Where::pair(own, self.names.of(to)), text))
            }
            _ => None,
        }
    }

    fn last_is(&mut self, step: Step<'_>, place: Name, said: u64) {
        let empty = self.members_of(place).next().is_none();
        let last = self.books.get(&Where::Room(place)).map_or(0, |book| book.last);
        // A room that was empty may have been forgotten, and then begins anew after all numbers that there were.
        if said != last && !(empty && said > last) {
            let sentence = format!("the last number of {} is said to be {said} and is {last}", self.names.spell(place));
            self.broke(Promise::CountersEqualLog, step.at, sentence);
        }
    }

    /// The members of a room, or of the chat, as the log tells them.
    fn members_of(&self, place: Name) -> impl Iterator<Item = Name> + '_ {
        let halls = self.ledger.rooms.values().filter(move |hall| hall.name == Some(place));
        halls.flat_map(|hall| hall.members.iter().copied())
    }

    fn members_are(&mut self, step: Step<'_>, place: Option<Name>, told: &[Presence]) {
        let mut wrong = !told.is_sorted_by(|a, b| a.nick < b.nick);
        for presence in told {
            self.wears(step.at, &presence.nick, presence.avatar.as_ref());
            let name = self.names.of(presence.nick.as_str());
            let sitting = self.ledger.nicks.get(&name).and_then(|id| self.ledger.sessions.get(id));
            wrong |= sitting.is_none_or(|sitting| sitting.state != presence.state);
            wrong |= place.is_some_and(|place| !self.members_of(place).any(|member| member == name));
        }
        let really = place.map_or(self.ledger.nicks.len(), |place| self.members_of(place).count());
        if wrong || really != told.len() {
            let there: Vec<_> = match place {
                Some(place) => self.members_of(place).map(|name| self.names.spell(name).to_owned()).collect(),
                None => self.present(),
            };
            let told: Vec<_> = told.iter().map(|one| format!("{} ({})", one.nick, one.state.name())).collect();
            self.broke(Promise::ListedPresent, step.at, format!("listed are {told:?}, and there are {there:?}"));
        }
    }

    fn owns(&mut self, name: &str, spelled: &str) -> bool {
        let name = self.names.of(name);
        let sitting = self.ledger.nicks.get(&name).and_then(|id| self.ledger.sessions.get(id));
        sitting.and_then(|sitting| sitting.nick.as_ref()).is_some_and(|(_, nick)| nick.as_str() == spelled)
    }

    fn present(&self) -> Vec<String> {
        self.ledger.nicks.keys().map(|name| self.names.spell(*name).to_owned()).collect()
    }

    fn entries_sent(&mut self, step: Step<'_>, conn: Conn, place: &Place, entries: &[Arc<Entry>], past: Option<Past>) {
        let Some((id, own)) = self.ledger.at(conn).map(|(id, sitting)| (id, sitting.nick.as_ref().map(|nick| nick.0)))
        else {
            return;
        };
        let (place, room) = match (place, own) {
            (Place::Room(room), _) => {
                let name = self.names.of(room.as_str());
                (Where::Room(name), Some(name))
            }
            (Place::With(nick), Some(own)) => (Where::pair(own, self.names.of(nick.as_str())), None),
            (Place::With(nick), None) => {
                let sentence = format!("connection {} has no nick and is sent what {nick} said", conn.0);
                return self.broke(Promise::PrivateToTwo, step.at, sentence);
            }
        };
        for entry in entries {
            self.may_see(step, place, entry, (id, own));
        }
        if let (Some(room), Some(Past::History), Some(last)) = (room, past, entries.last()) {
            let before = self.history.filter(|(of, _)| *of == room).map(|(_, last)| last);
            let rises = entries.is_sorted_by(|a, b| a.number + 1 == b.number);
            if !rises || before.is_some_and(|before| before + 1 != entries[0].number) {
                let sentence = format!("history of {} has a hole", self.names.spell(room));
                self.broke(Promise::HistoryMeetsLive, step.at, sentence);
            }
            self.history = Some((room, last.number));
            self.recalled.insert((Where::Room(room), last.number + 1));
        }
    }

    fn page_sent(&mut self, step: Step<'_>, conn: Conn, request: &Request, entries: &[Arc<Entry>]) {
        let Request::History { place, .. } = request else { return };
        let Some((id, own)) = self.ledger.at(conn).and_then(|(id, it)| Some((id, it.nick.as_ref()?.0))) else { return };
        let place = match place {
            Asked::Room(room) => Where::Room(self.names.of(room)),
            Asked::With(nick) => Where::pair(own, self.names.of(nick)),
        };
        for entry in entries {
            self.may_see(step, place, entry, (id, Some(own)));
        }
        let most = step.server.config().limits.page_entries_max.max(1);
        if entries.len() as u64 > most {
            let sentence = format!("a page has {} entries of at most {most}", entries.len());
            self.broke(Promise::Bounded, step.at, sentence);
        }
    }

    /// An entry that somebody is sent is the log's, and that one's to see.
    fn may_see(&mut self, step: Step<'_>, place: Where, entry: &Arc<Entry>, (id, own): (SessionId, Option<Name>)) {
        let speaker = self.names.of(entry.nick.as_str());
        let record = self.records + u64::from(matches!(step.input, Input::Wake));
        let book = self.books.entry(place).or_default();
        let known_after = book.known_after();
        let Some(kept) = book.get_mut(entry.number).filter(|kept| same(&kept.entry, entry)) else {
            if entry.number > known_after || !self.resumed {
                self.not_the_logs(step, place, entry);
            }
            return;
        };
        if matches!(place, Where::Room(_)) {
            return;
        }
        let speaks = own == Some(speaker);
        if speaks && kept.from.is_none_or(|from| from == id) || !speaks && kept.to.is_none_or(|to| to == id) {
            if !speaks && kept.to.replace(id).is_none() {
                kept.to_seq = record;
            }
            return;
        }
        let sentence = format!(
            "session {} is sent {}, which an earlier owner of its nick {}",
            id.0,
            self.spell(place, entry.number),
            if speaks { "said" } else { "got" }
        );
        self.broke(Promise::PrivateToTwo, step.at, sentence);
    }

    /// Somebody is sent what the log does not have at that number: another's private message, or nobody's.
    fn not_the_logs(&mut self, step: Step<'_>, place: Where, entry: &Arc<Entry>) {
        let elsewhere = self.private_elsewhere(place, entry);
        let sentence = format!("{} is sent as {entry:?}", self.spell(place, entry.number));
        match elsewhere {
            Some(pair) => {
                let other = self.spell(pair, entry.number);
                self.broke(Promise::PrivateToTwo, step.at, format!("{sentence}, which is {other}"));
            }
            None => self.broke(Promise::SameMessage, step.at, format!("{sentence}, which the log does not have")),
        }
    }

    /// The conversation that an entry is of, if it is of another than this.
    pub(super) fn private_elsewhere(&self, place: Where, entry: &Arc<Entry>) -> Option<Where> {
        let Body::Text(_) = entry.body else { return None };
        let others = self.books.iter().filter(|(other, _)| matches!(other, Where::Pair(..)) && **other != place);
        let mut has = others.filter(|(_, book)| book.kept.iter().any(|kept| kept.entry.body == entry.body));
        has.next().map(|(other, _)| *other)
    }

    /// Notes that somebody knows of an entry.
    pub(super) fn see(&mut self, place: Where, number: u64, seen: Seen) {
        if let Some(kept) = self.books.get_mut(&place).and_then(|book| book.get_mut(number)) {
            kept.seen = kept.seen.max(seen);
        }
    }
}
