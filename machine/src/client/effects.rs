//! What the rows of the client's table do, one thing each.

use super::io::{ClientAction, ClientOut, Shown};
use super::order::Track;
use super::{Case, Client, Pending, When, Whose};
use hobnob_spec::client::{
    ANSWER_MS, Alarm, DIAL_MS, Effect, PAGE_PAUSE_MS, PAUSE_LONGEST_MS, PAUSE_MS, SILENCE_MS, WINDOW,
};
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Have, Place, Request, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use std::sync::Arc;

impl Client {
    pub(super) fn apply(&mut self, now: Time, effect: Effect, case: &Case, out: &mut ClientOut) {
        match effect {
            Effect::Keep => self.keep(case),
            Effect::KeepJoin => {
                if let Case::Wished(wish) = case {
                    self.wish = Some(wish.clone());
                }
            }
            Effect::KeepQuit => {
                self.queue.push_back(Pending::new(Request::Quit, Whose::Quit));
            }
            Effect::KeepLogout => {
                self.queue.push_back(Pending::new(Request::Quit, Whose::Logout));
            }
            Effect::Dial => out.actions.push(ClientAction::Dial),
            Effect::StopDial => out.actions.push(ClientAction::StopDial),
            Effect::PutOffDial => self.put_off_dial(now),
            Effect::HangUp => {
                out.actions.push(ClientAction::HangUp);
                self.drop_connection();
            }
            Effect::LetGo => self.drop_connection(),
            Effect::SendJoin => self.send_join(out),
            Effect::SendResume => self.send_resume(out),
            Effect::SendPing => {
                self.send(Request::Ping, out);
            }
            Effect::SendAgain => self.send_again(out),
            // A connection answers in order: what still has a number was sent over one that is gone, by a guest.
            Effect::AskAfresh => self.queue.iter_mut().for_each(|pending| pending.number = None),
            Effect::SendWaiting => self.send_waiting(out),
            Effect::TakeSeat
            | Effect::TakeSeatBack
            | Effect::TakeLostSeat
            | Effect::ReenterRooms
            | Effect::LoseSeat
            | Effect::ForgetSeat
            | Effect::FollowRoom
            | Effect::NoteLeft
            | Effect::NoteAvatar
            | Effect::UnfollowRoom => self.apply_to_seat(effect, case),
            Effect::ShowEntry
            | Effect::ShowRecalled
            | Effect::ShowOwn
            | Effect::NoteShown
            | Effect::Hold
            | Effect::AskPage
            | Effect::AskPages
            | Effect::TakePage
            | Effect::Release => self.apply_to_order(effect, case, out),
            Effect::TellUnsure => self.give_back(true, out),
            Effect::TellUnsent => self.give_back(false, out),
            Effect::TellWelcome
            | Effect::TellBack
            | Effect::TellRefusal
            | Effect::TellAnswer
            | Effect::TellTooMany
            | Effect::TellAlready
            | Effect::TellUnreachable
            | Effect::TellLost
            | Effect::TellRetry
            | Effect::TellGoodbye
            | Effect::TellForeign
            | Effect::TellOut => out.actions.extend(self.told(now, effect, case).map(ClientAction::Show)),
            Effect::Arm(alarm) => self.arm(now, alarm),
        }
    }

    fn apply_to_seat(&mut self, effect: Effect, case: &Case) {
        match (effect, case) {
            (Effect::TakeSeat, Case::Seat(Answer::Welcome { nick, room, last, .. })) => {
                self.take_seat(nick, room, *last);
            }
            (Effect::TakeSeatBack, Case::Seat(Answer::Back { nick, rooms, .. })) => {
                self.seat_is(nick);
                let still = |name: &RoomName| rooms.iter().any(|still| still.room == *name);
                self.places.retain(|place, track| !matches!(place, Place::Room(room) if track.left || !still(room)));
                for room in rooms {
                    // Its stay begins where the server says: it may not have heard yet that it went in, or in again. And a
                    // server that lost its last messages in a power cut gives their numbers again.
                    let track = self.track(&Place::Room(room.room.clone()));
                    track.last = track.last.max(room.since).min(room.last);
                }
            }
            (Effect::TakeLostSeat, Case::Seat(Answer::Back { nick, rooms, .. })) => {
                self.seat_is(nick);
                self.places.values_mut().for_each(|track| track.last = 0);
                // Its rooms have numbers of their own; history and what was missed in them come now.
                for room in rooms {
                    let track = self.track(&Place::Room(room.room.clone()));
                    (track.last, track.left) = (room.since, false);
                }
            }
            (Effect::ReenterRooms, Case::Seat(Answer::Welcome { room, .. })) => self.reenter_rooms(&[room]),
            (Effect::ReenterRooms, Case::Seat(Answer::Back { rooms, .. })) => {
                self.reenter_rooms(&rooms.iter().map(|room| &room.room).collect::<Vec<_>>());
            }
            (Effect::LoseSeat, _) => {
                self.seat = None;
                self.queue.iter_mut().for_each(|pending| pending.number = None);
            }
            (Effect::ForgetSeat, _) => {
                self.seat = None;
                self.wish = None;
                self.places.clear();
                self.pauses = 0;
            }
            (Effect::FollowRoom, Case::Reply(entered, Answer::Room { room, last })) => {
                for pending in self.queue.iter_mut().filter(|pending| pending.room.is_none()) {
                    if pending.leaves().is_some() && pending.leaves() == entered.enters() {
                        pending.room = Some(room.clone());
                    }
                }
                let track = self.track(&Place::Room(room.clone()));
                track.follow_from(*last);
            }
            (Effect::UnfollowRoom, Case::Reply(pending, _)) => {
                if let Some(left) = self.place_left(pending) {
                    self.places.remove(&left);
                    self.queue.retain(|pending| pending.whose != Whose::Hole(left.clone()));
                }
            }
            (Effect::NoteLeft, Case::Reply(pending, _)) => {
                let left = self.place_left(pending);
                if let Some(track) = left.and_then(|place| self.places.get_mut(&place)) {
                    track.left = true;
                }
            }
            (Effect::NoteAvatar, Case::Reply(Pending { request: Request::Wear { avatar }, .. }, _)) => {
                if let Some(wish) = &mut self.wish {
                    wish.avatar.clone_from(avatar);
                }
            }
            (effect, _) => unreachable!("{effect} stands where its answer is"),
        }
    }

    fn apply_to_order(&mut self, effect: Effect, case: &Case, out: &mut ClientOut) {
        match (effect, case) {
            (Effect::ShowEntry | Effect::ShowRecalled, Case::Entry(place, entry, when)) => {
                self.show_entry(place, entry, *when, out);
            }
            (Effect::NoteShown, Case::Entry(place, entry, _)) => {
                let at = self.own_unanswered(place, entry).expect("the row's guard found it");
                self.queue[at].shown = true;
            }
            (Effect::Hold, Case::Entry(place, entry, when)) => self.hold(place, entry, *when),
            (Effect::AskPage, Case::Entry(place, ..))
            | (Effect::AskPage, Case::Reply(Pending { whose: Whose::Hole(place), .. }, _)) => self.ask_page(place, out),
            (Effect::AskPages, _) => self.ask_pages(out),
            (Effect::TakePage, Case::Reply(Pending { whose: Whose::Hole(place), .. }, answer)) => {
                self.take_page(place, answer);
            }
            (Effect::Release, Case::Entry(place, ..))
            | (Effect::Release, Case::Reply(Pending { whose: Whose::Hole(place), .. }, _)) => self.release(place, out),
            (Effect::ShowOwn, Case::Reply(pending, Answer::Posted { number, at, .. })) => {
                if let Some((place, entry)) = self.own(&pending.request, *number, *at) {
                    self.show_entry(&place, &entry, When::Live, out);
                }
            }
            (effect, _) => unreachable!("{effect} stands where its message is"),
        }
    }

    /// What the user is told; `None` where the event carries nothing to tell.
    fn told(&self, now: Time, effect: Effect, case: &Case) -> Option<Shown> {
        Some(match (effect, case) {
            (Effect::TellWelcome, Case::Seat(Answer::Welcome { nick, room, members, .. })) => {
                Shown::Welcome { nick: nick.clone(), room: room.clone(), members: members.clone() }
            }
            (Effect::TellBack, Case::Seat(Answer::Back { nick, muted_ms, rooms })) => {
                Shown::Back { nick: nick.clone(), muted_ms: *muted_ms, rooms: rooms.clone() }
            }
            (Effect::TellRefusal, Case::Seat(Answer::Refused { no, wait_ms })) => {
                Shown::Refused { no: *no, wait_ms: *wait_ms }
            }
            (Effect::TellAnswer, Case::Reply(pending, answer)) => {
                Shown::Answer { request: pending.request.clone(), answer: answer.clone() }
            }
            (Effect::TellTooMany, Case::Asked(request)) => Shown::TooMany { request: request.clone() },
            (Effect::TellAlready, _) => Shown::AlreadyJoined,
            (Effect::TellUnreachable, Case::Failed(reason)) => Shown::Unreachable { reason: Some(reason.clone()) },
            (Effect::TellUnreachable, _) => Shown::Unreachable { reason: None },
            (Effect::TellLost, _) => Shown::Lost,
            (Effect::TellRetry, _) => {
                Shown::Retry { pause_ms: self.alarms.get(&Alarm::Retry).map_or(0, |at| at.since(now)) }
            }
            (Effect::TellGoodbye, Case::Ended(why)) => Shown::Goodbye { why: *why },
            (Effect::TellForeign, _) => Shown::Foreign,
            (Effect::TellOut, _) => Shown::Out,
            (effect, _) => unreachable!("{effect} stands where there is something to tell"),
        })
    }

    /// The next number; it rises over all that is sent, so that the server can tell what it passed before.
    pub(super) fn number(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }

    fn keep(&mut self, case: &Case) {
        if let Case::Asked(request) = case {
            self.queue.push_back(Pending::new(request.clone(), Whose::User));
        }
    }

    fn send(&mut self, request: Request, out: &mut ClientOut) -> u64 {
        let number = self.number();
        out.actions.push(ClientAction::Send(Asked { number, request }));
        number
    }

    fn send_join(&mut self, out: &mut ClientOut) {
        let wish = self.wish.clone().expect("whoever joins has a wish");
        self.opening =
            Some(self.send(Request::Join { nick: wish.nick, token: Some(wish.token), avatar: wish.avatar }, out));
    }

    fn send_resume(&mut self, out: &mut ClientOut) {
        let token = self.wish.as_ref().expect("whoever returns joined with a token").token;
        let had =
            |(place, track): &(&Place, &Track)| !track.left && (track.last > 0 || matches!(place, Place::Room(_)));
        let seen = self.places.iter().filter(had);
        let have = seen.map(|(place, track)| Have { place: place.clone(), number: track.last }).collect();
        self.opening = Some(self.send(Request::Resume { token, have }, out));
    }

    fn send_again(&mut self, out: &mut ClientOut) {
        for pending in &mut self.queue {
            pending.number = pending.number.filter(|_| pending.request.event().applied_once());
            let Some(number) = pending.number else { continue };
            out.actions.push(ClientAction::Send(Asked { number, request: pending.request.clone() }));
        }
    }

    fn send_waiting(&mut self, out: &mut ClientOut) {
        // What has a number stands before what has none: the order of the queue is that of the wire.
        self.queue.make_contiguous().sort_by_key(|pending| pending.number.is_none());
        let under_way = self.queue.iter().filter(|pending| pending.number.is_some()).count();
        for _ in under_way..WINDOW {
            let Some(at) = self.queue.iter().position(|pending| pending.number.is_none()) else { break };
            let number = self.send(self.queue[at].request.clone(), out);
            let room = self.queue[at].leaves().and_then(|name| self.room_named(name)).cloned();
            let pending = &mut self.queue[at];
            (pending.number, pending.room) = (Some(number), room.or(pending.room.take()));
        }
    }

    /// Draws a pause of half to one and a half of a length that doubles with every attempt.
    fn put_off_dial(&mut self, now: Time) {
        let length = PAUSE_MS.saturating_mul(1 << self.pauses.min(16)).min(PAUSE_LONGEST_MS);
        self.pauses += 1;
        let pause = length / 2 + crate::chance::draw(&mut self.chance) % (length + 1);
        self.alarms.insert(Alarm::Retry, now.plus(pause));
    }

    fn arm(&mut self, now: Time, alarm: Alarm) {
        self.heard_since &= !matches!(alarm, Alarm::Silence | Alarm::Answer);
        let at = match alarm {
            Alarm::Retry => now.plus(PAUSE_MS),
            Alarm::Dial => now.plus(DIAL_MS),
            Alarm::Silence => self.heard.plus(SILENCE_MS).max(now.plus(1)),
            Alarm::Answer => now.plus(ANSWER_MS),
            Alarm::Page => now.plus(PAGE_PAUSE_MS),
        };
        self.alarms.insert(alarm, at);
    }

    fn seat_is(&mut self, nick: &Nick) {
        self.seat = Some(nick.clone());
        // What was shown to another nick is of other conversations, which have numbers of their own.
        self.places.retain(|place, track| matches!(place, Place::Room(_)) || track.own.as_ref() == Some(nick));
        self.pauses = 0;
        if let Some(wish) = &mut self.wish {
            nick.as_str().clone_into(&mut wish.nick);
        }
    }

    fn take_seat(&mut self, nick: &Nick, lobby: &RoomName, last: u64) {
        self.seat_is(nick);
        self.places.values_mut().for_each(|track| track.last = 0);
        let track = self.track(&Place::Room(lobby.clone()));
        (track.last, track.left) = (last, false);
    }

    /// The room of exactly that name, if its numbers are followed.
    fn room_named(&self, name: &str) -> Option<&RoomName> {
        self.places.keys().find_map(|place| match place {
            Place::Room(room) if room.as_str() == name => Some(room),
            Place::Room(_) | Place::With(_) => None,
        })
    }

    /// The room that a request left. Only where `Hall` and `hall` are one room is it by another name than its own: when
    /// there was one of exactly the name that the user gave, it is that one and no other.
    fn place_left(&self, pending: &Pending) -> Option<Place> {
        let name = pending.leaves()?;
        if let Some(room) = &pending.room {
            return Some(Place::Room(room.clone()));
        }
        let left = |place: &&Place| matches!(place, Place::Room(room) if same_name(room.as_str(), name));
        self.places.keys().find(left).cloned()
    }

    /// Whether the user has asked to enter a room.
    pub(super) fn enters(&self, room: &str) -> bool {
        self.queue.iter().any(|pending| pending.enters().is_some_and(|again| same_name(again, room)))
    }

    /// A new session is in the lobby only; the other rooms of the old one are asked for again.
    fn reenter_rooms(&mut self, within: &[&RoomName]) {
        let others = self.places.iter().rev().filter(|(_, track)| !track.left).filter_map(|(place, _)| match place {
            Place::Room(room) if !within.contains(&room) => Some(room.as_str().to_owned()),
            Place::Room(_) | Place::With(_) => None,
        });
        for room in others {
            let request = Request::Enter { room };
            self.queue.push_front(Pending::new(request, Whose::User));
        }
    }

    /// Gives back what was sent and may have been applied, or all the rest.
    fn give_back(&mut self, unsure: bool, out: &mut ClientOut) {
        let maybe_applied = |p: &Pending| p.number.is_some() && p.request.event().applied_once();
        for pending in std::mem::take(&mut self.queue) {
            if unsure && !maybe_applied(&pending) {
                self.queue.push_back(pending);
                continue;
            }
            match (pending.whose, unsure) {
                (Whose::User, true) => out.actions.push(ClientAction::Show(Shown::Unsure { request: pending.request })),
                (Whose::User, false) => {
                    out.actions.push(ClientAction::Show(Shown::Unsent { request: pending.request }));
                }
                (Whose::Quit | Whose::Logout | Whose::Hole(_), _) => {}
            }
        }
    }

    /// Where the request is kept that said this private message, if it was sent and neither answered nor shown.
    pub(super) fn own_unanswered(&self, place: &Place, entry: &Entry) -> Option<usize> {
        let (Place::With(with), Body::Text(said)) = (place, &entry.body) else { return None };
        let said_by = |pending: &Pending| {
            matches!(&pending.request, Request::Private { to, text }
                if text == said.as_str() && same_name(to, with.as_str()))
        };
        let open = |pending: &Pending| pending.number.is_some() && !pending.shown && said_by(pending);
        if self.seat.as_ref() == Some(&entry.nick) { self.queue.iter().position(open) } else { None }
    }

    /// The user's own private message as a message of its conversation.
    fn own(&self, request: &Request, number: u64, at: Time) -> Option<(Place, Arc<Entry>)> {
        let Request::Private { to, text } = request else { return None };
        let place = Place::With(Nick::parse_any(to).ok()?);
        let body = Body::Text(Text::parse(text.clone()).ok()?);
        let entry = Arc::new(Entry { number, at, nick: self.seat.clone()?, body });
        Some((place, entry))
    }
}

fn same_name(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}
