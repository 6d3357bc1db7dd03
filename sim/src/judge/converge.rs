//! The end: when all faults are over, everybody who stayed is in and has all that was said.

use super::Judge;
use super::book::{Kept, Where};
use super::names::Name;
use crate::plan::{Ms, Plan};
use crate::promise::Promise;
use hobnob_machine::SessionId;
use hobnob_spec::client::{ANSWER_MS, DIAL_MS, PAGE_PAUSE_MS, PAUSE_LONGEST_MS, SILENCE_MS};
use hobnob_spec::session::State;

/// How long the network may take over what is under way, at most, and a machine that is busy.
const SETTLE_MS: Ms = 5_000;
/// How long one page of what was missed may take: it is refused once, asked for again after a pause, and comes.
const PAGE_MS: Ms = PAGE_PAUSE_MS + 500;
/// How long whoever wants in may be out when all faults are over, however often it says that it dials again: a silent
/// connection is given up, the longest pause with all its jitter is waited out, and the server is reached.
const RETURN_MS: Ms = SILENCE_MS + ANSWER_MS + PAUSE_LONGEST_MS + PAUSE_LONGEST_MS / 2 + DIAL_MS + SETTLE_MS;

impl Judge {
    /// A relay has as many clients as it may have, connections that died in silence among them: whether those who come
    /// through it get in is luck.
    pub fn bars(&mut self, plan: &Plan, column: usize) {
        let comes_through = |who: &usize| {
            let chain = std::iter::successors(Some(*who), |column| Some(plan.relay_column(plan.relay_of(*column)?)));
            chain.into_iter().any(|passed| passed == column)
        };
        self.barred.extend((0..plan.people()).filter(comes_through));
    }

    /// Judges who is in, and what everybody has.
    pub(super) fn converged(&mut self, at: Ms) {
        for who in 0..self.users.len() {
            let user = &self.users[who];
            if user.rude || !user.wants || (!user.inside && self.barred.contains(&who)) {
                continue;
            }
            // Healing ends a dial that hangs; then it takes one more.
            let due = user.since.max(user.dials_at).max(self.heal) + 2 * DIAL_MS + SETTLE_MS;
            let at_last = user.wants_since.max(self.heal) + RETURN_MS;
            let (inside, since) = (user.inside, user.since);
            if !inside && (at > due || at >= at_last) {
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
        let rooms: Vec<_> = halls.iter().filter_map(|hall| hall.name).map(Where::Room).collect();
        for place in &rooms {
            self.has_all(at, who, *place, rooms.len() as u64);
        }
        let id = *self.ledger.nicks.get(&nick).expect("its session was found");
        let talks = self.books.keys().filter(|place| matches!(place, Where::Pair(a, b) if *a == nick || *b == nick));
        for place in talks.copied().collect::<Vec<_>>() {
            self.has_all_private(at, who, (place, nick, id));
        }
    }

    /// Whether a user has what a session's parties said in a conversation up to a while ago. Of a conversation of which
    /// the server keeps only a part, or none, what a dead connection swallowed may be gone, and so
    /// may mail that waited for longer than it may, by a clock that jumped.
    fn has_all_private(&mut self, at: Ms, who: usize, (place, nick, id): (Where, Name, SessionId)) {
        let Some(book) = self.books.get(&place) else { return };
        let track = self.users[who].tracks.get(&place);
        if !self.is_all_kept(place) || self.talks_may_jump(place) || track.is_some_and(|track| track.shaken) {
            return;
        }
        let own = self.names.spell(nick).to_lowercase();
        let out_at = self.users[who].out_at;
        let its = |kept: &&Kept| {
            let said = kept.entry.nick.as_str().to_lowercase() == own;
            let party = if said { kept.from } else { kept.to };
            match party {
                Some(party) => party == id && kept.at >= out_at,
                None => !said,
            }
        };
        let (latest, mail_age) = (self.latest, self.mail_age_min);
        let in_time = |kept: &&Kept| latest.since(kept.entry.at) <= mail_age;
        let old = book.kept.iter().filter(|kept| kept.at + SETTLE_MS < at).filter(in_time).filter(its);
        let missing = old.map(|kept| kept.entry.number).find(|number| !track.is_some_and(|track| track.has(*number)));
        if let Some(number) = missing {
            let sentence = format!("{} is in, and was never shown {}", self.call(who), self.spell(place, number));
            self.broke(Promise::Converged, at, sentence);
        }
    }

    /// Whether a user has all of a room up to what was said a while ago, and so long ago that what it missed was to be
    /// had: by pages, of which each is asked for at the second try at the latest.
    fn has_all(&mut self, at: Ms, who: usize, place: Where, rooms: u64) {
        let Some(book) = self.books.get(&place) else { return };
        let Some(old) = book.kept.iter().rev().find(|kept| kept.at + SETTLE_MS < at) else { return };
        let (number, track) = (old.entry.number, self.users[who].tracks.get(&place));
        if track.is_some_and(|track| track.shaken || track.last.is_some_and(|last| last >= number)) {
            return;
        }
        let last = track.and_then(|track| track.last);
        let missing = book.kept.iter().filter(|kept| last.is_none_or(|last| last < kept.entry.number));
        let (count, longest) =
            missing.fold((0, 1), |(count, longest), kept| (count + 1, kept.entry.bytes().max(longest)));
        let (entries, outbox) = self.page_min;
        let page = (outbox / 2 / rooms.max(1) / longest).min(entries).max(1);
        let began = self.users[who].since.max(self.heal);
        if at < began + SILENCE_MS + ANSWER_MS + SETTLE_MS + rooms * PAGE_MS * Ms::div_ceil(count, page) {
            return;
        }
        let sentence = format!(
            "{} is in, and of {} it has {}",
            self.call(who),
            self.spell(place, number),
            last.map_or_else(|| "nothing".to_owned(), |last| format!("what came up to number {last}"))
        );
        self.broke(Promise::Converged, at, sentence);
    }
}
