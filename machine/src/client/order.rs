//! What was shown of each room and conversation, and what is held back until the messages before it are there.

use super::io::{ClientAction, ClientOut, Shown, When};
use super::{Case, Client, Pending, Whose};
use hobnob_spec::client::{PAGE_ENTRIES, PLACES_MAX};
use hobnob_spec::messages::{Answer, Asked, Entry, Past, Place, Request, Time, Where};
use hobnob_spec::names::Nick;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Messages that are held back, by number.
type Held = BTreeMap<u64, (Arc<Entry>, When)>;

/// What is known of a room or conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Track {
    /// The number of the last message of this session that was shown, or was there before it began.
    pub(super) last: u64,
    /// Time and number of the last message that was shown, in whichever session: a server that kept nothing over its
    /// restart numbers from 1 again, but not earlier.
    shown: (Time, u64),
    /// The messages after a hole that is being filled.
    pub(super) hole: Option<Held>,
    /// The room was left, and the user has asked to enter it again.
    pub(super) left: bool,
    /// The user's nick when it began: a conversation is that of two nicks.
    pub(super) own: Option<Nick>,
}

impl Track {
    pub(super) fn check(&self, place: &Place) {
        if let Some(held) = &self.hole {
            let (first, _) = held.first_key_value().expect("a hole is kept for the messages after it");
            assert!(*first > self.last, "what is held back was not shown");
            assert!(matches!(place, Place::Room(_)), "holes are those of rooms");
        }
    }

    /// The room goes on after this number; what is held back from before it comes with the history.
    pub(super) fn follow_from(&mut self, last: u64) {
        self.left = false;
        self.last = self.last.max(last);
        if let Some(held) = &mut self.hole {
            *held = held.split_off(&(self.last + 1));
        }
        self.hole = self.hole.take().filter(|held| !held.is_empty());
    }

    fn see(&mut self, place: &Place, entry: &Entry, when: When) {
        let newer = (entry.at, entry.number) > self.shown;
        self.shown = self.shown.max((entry.at, entry.number));
        if when != When::Past(Past::History) {
            // A server that lost its last messages in a power cut gives their numbers again. Of a room it says so to who
            // returns; of a conversation only the time shows it.
            let again = newer && matches!(place, Place::With(_));
            self.last = if again { entry.number } else { self.last.max(entry.number) };
        }
    }
}

/// Whether a message was shown or is held back.
pub(super) fn is_known(track: &Track, place: &Place, entry: &Entry, when: When) -> bool {
    let shown = (entry.at, entry.number) <= track.shown;
    let held = track.hole.as_ref().is_some_and(|held| held.contains_key(&entry.number));
    match (when, place) {
        (When::Past(Past::History), _) => shown,
        (_, Place::Room(_)) => entry.number <= track.last || held,
        (_, Place::With(_)) => shown,
    }
}

/// Whether nothing more is to be had by asking for another page.
pub(super) fn page_ends_hole(track: &Track, entries: &[Arc<Entry>], more: bool) -> bool {
    let first_held = track.hole.as_ref().and_then(|held| held.keys().next().copied());
    match (entries.first(), first_held) {
        (Some(first), Some(held)) => !more || first.number <= track.last.saturating_add(1) || first.number >= held,
        (None, _) | (_, None) => true,
    }
}

impl Client {
    /// The place that an event is about.
    pub(super) fn place<'a>(&self, case: &'a Case) -> Option<&'a Place> {
        match case {
            Case::Entry(place, ..) => Some(place),
            Case::Reply(Pending { whose: Whose::Hole(place), .. }, _) => Some(place),
            Case::Reply(..)
            | Case::Nothing
            | Case::Asked(_)
            | Case::Wished(_)
            | Case::Failed(_)
            | Case::Seat(_)
            | Case::Ended(_) => None,
        }
    }

    pub(super) fn hole(&self, case: &Case) -> Option<&Held> {
        self.place(case).and_then(|place| self.places.get(place)).and_then(|track| track.hole.as_ref())
    }

    /// The track of a place, which begins if there is none; the one that rested longest makes place.
    pub(super) fn track(&mut self, place: &Place) -> &mut Track {
        if !self.places.contains_key(place) && self.places.len() >= PLACES_MAX {
            let rested = |(place, track): &(&Place, &Track)| (matches!(place, Place::Room(_)), track.shown);
            let oldest = self.places.iter().min_by_key(rested).map(|(place, _)| place.clone());
            self.places.remove(&oldest.expect("there are as many places as may be"));
        }
        let own = &self.seat;
        self.places.entry(place.clone()).or_insert_with(|| Track { own: own.clone(), ..Track::default() })
    }

    pub(super) fn show_entry(&mut self, place: &Place, entry: &Arc<Entry>, when: When, out: &mut ClientOut) {
        self.track(place).see(place, entry, when);
        let shown = Shown::Entry { place: place.clone(), entry: Arc::clone(entry), when };
        out.actions.push(ClientAction::Show(shown));
    }

    pub(super) fn hold(&mut self, place: &Place, entry: &Arc<Entry>, when: When) {
        self.track(place).hole.get_or_insert_default().insert(entry.number, (Arc::clone(entry), when));
    }

    /// Holds back what the page brings of the hole.
    pub(super) fn take_page(&mut self, place: &Place, answer: &Answer) {
        let Answer::Page { entries, .. } = answer else { return };
        let Some(track) = self.places.get_mut(place) else { return };
        let Some(held) = track.hole.as_mut() else { return };
        let first = *held.keys().next().expect("a hole is kept for the messages after it");
        for entry in entries.iter().filter(|entry| track.last < entry.number && entry.number < first) {
            held.insert(entry.number, (Arc::clone(entry), When::Past(Past::Missed)));
        }
    }

    /// Asks for the page before what is held back.
    pub(super) fn ask_page(&mut self, place: &Place, out: &mut ClientOut) {
        let Place::Room(room) = place else { return };
        let held = self.places.get(place).and_then(|track| track.hole.as_ref());
        let before = held.and_then(|held| held.keys().next().copied());
        let place_asked = Where::Room(room.as_str().to_owned());
        let request = Request::History { place: place_asked, before, limit: PAGE_ENTRIES };
        let number = self.number();
        out.actions.push(ClientAction::Send(Asked { number, request: request.clone() }));
        let whose = Whose::Hole(place.clone());
        self.queue.push_back(Pending { number: Some(number), ..Pending::new(request, whose) });
    }

    /// Asks for the pages of all holes for which none is under way.
    pub(super) fn ask_pages(&mut self, out: &mut ClientOut) {
        let open = self.places.iter().filter(|(_, track)| track.hole.is_some()).map(|(place, _)| place);
        let asked = |place: &Place| self.queue.iter().any(|pending| pending.whose == Whose::Hole(place.clone()));
        let idle: Vec<Place> = open.filter(|place| !asked(place)).cloned().collect();
        for place in idle {
            self.ask_page(&place, out);
        }
    }

    /// Shows what was held back, and says what is missing.
    pub(super) fn release(&mut self, place: &Place, out: &mut ClientOut) {
        self.queue.retain(|pending| pending.whose != Whose::Hole(place.clone()));
        let held = self.track(place).hole.take().unwrap_or_default();
        for (number, (entry, when)) in held {
            let missing = number.saturating_sub(self.track(place).last.saturating_add(1));
            if missing > 0 {
                out.actions.push(ClientAction::Show(Shown::Gap { place: place.clone(), missing }));
            }
            self.show_entry(place, &entry, when, out);
        }
    }

    /// Forgets what was held back on a connection that ends: after returning the server sends it again.
    pub(super) fn drop_connection(&mut self) {
        self.opening = None;
        self.queue.retain(|pending| !matches!(pending.whose, Whose::Hole(_)));
        for track in self.places.values_mut() {
            track.hole = None;
        }
    }
}

#[cfg(test)]
mod tests;
