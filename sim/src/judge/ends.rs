//! The beginnings and the end: what a crash may take, and whether a machine is what the log makes of it.

use super::Judge;
use super::book::{Seen, Where};
use super::ledger::Ledger;
use crate::plan::Ms;
use crate::promise::Promise;
use hobnob_machine::Server;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Judge {
    /// A server starts with so many records.
    pub(super) fn starts(&mut self, at: Ms, records: u64, server: &Server) {
        if !std::mem::replace(&mut self.begun, true) {
            self.records = records;
        } else if records != self.records {
            // What was asked in records that are gone may be asked again.
            self.ledger.sessions.values_mut().for_each(|sitting| sitting.said = 0);
            // And whoever left muted may have been muted in them.
            self.ledger.leavers.clear();
            self.ledger.unsure = true;
            self.cut(at, records);
        } else if self.woken {
            self.cut(at, records);
        } else {
            self.compare(at, server, Promise::Replayed);
        }
        self.awaited.cut(records);
        (self.records, self.woken) = (records, false);
        self.notes_limits(&server.config().limits);
        self.ledger = Ledger::of(server, &mut self.names, &self.ledger);
        // A room that began in records that are gone may begin anew with another number.
        let rooms: BTreeSet<_> = server.rooms().map(|view| self.names.of(view.name.as_str())).collect();
        self.books.retain(|place, book| {
            let gone = matches!(place, Where::Room(room) if !rooms.contains(room));
            book.room = book.room.filter(|_| !gone);
            !gone || !book.kept.is_empty()
        });
        for view in server.rooms() {
            let place = Where::Room(self.names.of(view.name.as_str()));
            let book = self.books.entry(place).or_default();
            let other = book.room != Some(view.room);
            if book.kept.is_empty() {
                // What was before is not known.
                self.resumed |= view.last > 0;
            } else if if other { view.last < book.last } else { view.last != book.last } {
                let (last, name) = (book.last, view.name);
                let sentence = format!(
                    "{name} ends with number {last} in {records} records, and with {} in the machine",
                    view.last
                );
                self.broke(Promise::Replayed, at, sentence);
                continue;
            }
            // A room that began anew goes on after all numbers that there were.
            (book.last, book.room) = (view.last, Some(view.room));
        }
    }

    /// Takes back what records after these brought.
    fn cut(&mut self, at: Ms, records: u64) {
        let mut lost = Vec::new();
        for (place, book) in &mut self.books {
            lost.extend(book.cut(records).into_iter().map(|kept| (*place, kept)));
            if book.kept.is_empty() && matches!(place, Where::Pair(..)) {
                // The conversation has not begun.
                book.last = 0;
            }
        }
        // What an alarm brought may be lost though no record is.
        let may_lose = std::mem::take(&mut self.may_lose);
        for (place, kept) in lost {
            let number = kept.entry.number;
            self.recalled.remove(&(place, number));
            self.unstored(&kept.entry);
            if may_lose {
                self.shake(place, number);
                self.lost.entry((place, number)).or_default().push(Arc::clone(&kept.entry));
            }
            match kept.seen {
                Seen::No => {}
                Seen::Told | Seen::Acknowledged if may_lose => {}
                // Who was told of it was told of the one before, which a power cut took.
                Seen::Told if self.lost.contains_key(&(place, number)) => {}
                Seen::Told | Seen::Acknowledged if !kept.recorded => {
                    self.owed.insert((place, number), kept.entry);
                }
                Seen::Told => {
                    let sentence =
                        format!("{} was told before the journal had it, and is gone", self.spell(place, number));
                    self.broke(Promise::JournalBeforeWord, at, sentence);
                }
                Seen::Acknowledged => {
                    let sentence = format!("{} was acknowledged and is gone", self.spell(place, number));
                    self.broke(Promise::AcknowledgedKept, at, sentence);
                }
            }
        }
    }

    /// A power cut took a message, as it may: whoever has it knows of numbers that will be another's.
    fn shake(&mut self, place: Where, number: u64) {
        for track in self.users.iter_mut().filter_map(|user| user.tracks.get_mut(&place)) {
            track.shake(number);
        }
    }

    /// What was told and never came into the log.
    pub(super) fn owes(&mut self, at: Ms) {
        if let Some(((place, number), entry)) = self.owed.pop_first() {
            let sentence = format!("{} was told as {entry:?}, and the log has it not", self.spell(place, number));
            self.broke(Promise::JournalBeforeWord, at, sentence);
        }
    }

    /// Compares who is there, and the counters, with the machine.
    pub(super) fn compare(&mut self, at: Ms, server: &Server, promise: Promise) {
        let mut nicks = 0;
        for view in server.sessions() {
            let Some(nick) = view.nick else { continue };
            nicks += 1;
            let name = self.names.of(nick.as_str());
            let sitting = self.ledger.nicks.get(&name).and_then(|id| self.ledger.sessions.get(id));
            let right = sitting.is_some_and(|sitting| {
                sitting.state == view.state && sitting.conn == view.conn && sitting.muted == view.muted_until
            });
            if !right || self.ledger.nicks.get(&name) != Some(&view.session) {
                let sentence = format!("the machine has {nick} as {:?}, and its rows as {sitting:?}", view.state);
                self.broke(promise, at, sentence);
            }
        }
        if nicks != self.ledger.nicks.len() {
            let sentence = format!("the machine has {nicks} members, and its rows {}", self.ledger.nicks.len());
            self.broke(promise, at, sentence);
        }
        for view in server.rooms() {
            let Some(hall) = self.ledger.rooms.get(&view.room) else {
                if view.members > 0 {
                    self.broke(promise, at, format!("{} has {} members that the log has not", view.name, view.members));
                }
                continue;
            };
            let name = self.names.of(view.name.as_str());
            let book = self.books.get(&Where::Room(name)).filter(|book| book.room == Some(view.room));
            let last = book.map_or(view.last, |book| book.last);
            if hall.members.len() != view.members || last != view.last {
                let sentence = format!(
                    "{} has {} members and number {}, and by the log {} and {last}",
                    view.name,
                    view.members,
                    view.last,
                    hall.members.len()
                );
                self.broke(promise, at, sentence);
            }
        }
    }
}
