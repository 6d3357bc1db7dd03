//! The end: when all faults are over, everybody who stayed is in and has all that was said.

use super::Judge;
use super::book::Where;
use crate::plan::Ms;
use crate::promise::Promise;
use hobnob_spec::client::{ANSWER_MS, DIAL_MS, SILENCE_MS};
use hobnob_spec::session::State;

/// How long the network may take over what is under way, at most, and a machine that is busy.
const SETTLE_MS: Ms = 5_000;

impl Judge {
    /// Judges who is in, and what everybody has.
    pub(super) fn converged(&mut self, at: Ms) {
        for who in 0..self.users.len() {
            let user = &self.users[who];
            if user.rude || !user.wants {
                continue;
            }
            // Healing ends a dial that hangs; then it takes one more.
            let due = user.since.max(user.dials_at).max(self.heal) + 2 * DIAL_MS + SETTLE_MS;
            let (inside, since) = (user.inside, user.since);
            if !inside && at > due {
                let sentence = format!("{} wants in, was last heard of at {} ms, and is not in", self.call(who), since);
                self.broke(Promise::Converged, at, sentence);
            }
            // A connection that died in silence is noticed after a while.
            let certain = self.heal + SILENCE_MS + ANSWER_MS + SETTLE_MS;
            if inside && at > certain && at > since + SETTLE_MS {
                self.is_up_to_date(at, who);
            }
        }
    }

    fn is_up_to_date(&mut self, at: Ms, who: usize) {
        let user = &self.users[who];
        let nick = user.nick.expect("who is in has a nick");
        let name = self.names.spell(nick);
        let sitting = self.ledger.nicks.get(&nick).and_then(|id| self.ledger.sessions.get(id));
        if sitting.is_none_or(|sitting| sitting.state == State::Detached) {
            let sentence = format!("{} believes to be in as {name}, and the server has {sitting:?}", self.call(who));
            return self.broke(Promise::Converged, at, sentence);
        }
        let long_ago = |asked: Ms| asked + SILENCE_MS + ANSWER_MS + SETTLE_MS < at;
        if let Some((_, asked)) = user.pending.iter().find(|(_, asked)| long_ago(*asked)) {
            let sentence = format!("{} asked something at {asked} ms and was never told of it", self.call(who));
            self.broke(Promise::NothingDropped, at, sentence);
        }
        let halls: Vec<_> = self.ledger.rooms.values().filter(|hall| hall.members.contains(&nick)).collect();
        for place in halls.iter().filter_map(|hall| hall.name).map(Where::Room).collect::<Vec<_>>() {
            self.has_all(at, who, place);
        }
    }

    /// Whether a user has all of a room up to what was said a while ago.
    fn has_all(&mut self, at: Ms, who: usize, place: Where) {
        let Some(book) = self.books.get(&place) else { return };
        let Some(old) = book.kept.iter().rev().find(|kept| kept.at + SETTLE_MS < at) else { return };
        let (number, track) = (old.entry.number, self.users[who].tracks.get(&place));
        if track.is_some_and(|track| track.shaken || track.last.is_some_and(|last| last >= number)) {
            return;
        }
        let last = track.and_then(|track| track.last);
        let sentence = format!(
            "{} is in, and of {} it has {}",
            self.call(who),
            self.spell(place, number),
            last.map_or_else(|| "nothing".to_owned(), |last| format!("what came up to number {last}"))
        );
        self.broke(Promise::Converged, at, sentence);
    }
}
