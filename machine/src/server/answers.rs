//! The effects that answer a request.

use super::Server;
use super::guards::seat;
use super::log::Span;
use super::session::{Seat, Session};
use super::turn::{Asking, Turn};
use crate::io::{Action, Out, SessionId, Shelf};
use hobnob_spec::limits::{HISTORY_FRAME_BYTES, PAGE_BYTES_MAX};
use hobnob_spec::messages::{Active, Answer, Entry, Message, Past, Place, Presence, RoomLine, StillIn};
use hobnob_spec::profile::JoinHistory;
use hobnob_spec::session::No;
use std::sync::Arc;

impl Server {
    pub(super) fn refuse(&mut self, no: No, turn: &Turn, out: &mut Out) {
        let until = self.sessions[&turn.session].muted_until.or_else(|| self.leaver_muted_until(turn));
        let wait_ms = if no == No::Muted { until.map(|until| until.since(turn.now)) } else { None };
        self.answer_once(turn, Answer::Refused { no, wait_ms }, out);
    }

    pub(super) fn tell_done(&mut self, turn: &Turn, out: &mut Out) {
        self.answer_once(turn, Answer::Done, out);
    }

    pub(super) fn tell_posted(&mut self, turn: &Turn, waits: bool, slow_down: bool, out: &mut Out) {
        let entry = turn.posted.as_ref().expect("a message is kept before it is acknowledged");
        self.answer_once(turn, Answer::Posted { number: entry.number, at: entry.at, waits, slow_down }, out);
    }

    pub(super) fn tell_room(&mut self, turn: &Turn, out: &mut Out) {
        let Asking::Room(room) = turn.room else { unreachable!("a room is entered before it is told") };
        let name = self.rooms[&room].name.clone();
        let last = self.rooms[&room].log.last;
        self.answer_once(turn, Answer::Room { room: name.clone(), last }, out);
        self.send_history(turn, &Place::Room(name), room, out);
    }

    pub(super) fn tell_again(&self, turn: &Turn, out: &mut Out) {
        let kept = seat(&self.sessions[&turn.session]).answer_to(turn.number);
        let answer = kept.expect("the row asks whether the answer is kept").clone();
        self.answer(turn, answer, out);
    }

    pub(super) fn tell_pong(&self, turn: &Turn, out: &mut Out) {
        self.answer(turn, Answer::Pong, out);
    }

    pub(super) fn tell_report(&self, turn: &Turn, out: &mut Out) {
        let active = self.nicks.values().map(|id| {
            let seat = seat(&self.sessions[id]);
            Active { nick: seat.nick.clone(), addr: seat.joined_from, joined: seat.joined, avatar: seat.avatar.clone() }
        });
        let mut active: Vec<_> = active.collect();
        active.sort_by(|a, b| (a.joined, &a.nick).cmp(&(b.joined, &b.nick)));
        self.answer(turn, Answer::Report(active), out);
    }

    pub(super) fn tell_members(&self, turn: &Turn, out: &mut Out) {
        let members = match turn.room {
            Asking::Room(room) => self.presences(self.rooms[&room].members.iter()),
            Asking::NoRoom | Asking::NoSuchRoom => self.presences(self.nicks.values()),
        };
        self.answer(turn, Answer::Members(members), out);
    }

    pub(super) fn tell_rooms(&self, turn: &Turn, out: &mut Out) {
        let line =
            |room: &super::session::Room| RoomLine { room: room.name.clone(), members: room.members.len() as u64 };
        let rooms = self.room_ids.values().map(|id| line(&self.rooms[id])).collect();
        self.answer(turn, Answer::Rooms(rooms), out);
    }

    pub(super) fn tell_page(&self, turn: &Turn, out: &mut Out) {
        let session = &self.sessions[&turn.session];
        let bytes_max = self.page_bytes(seat(session));
        let (entries, more) = match turn.room {
            Asking::Room(room) => self.rooms[&room].log.page(turn.span, bytes_max, self.config.store),
            Asking::NoRoom | Asking::NoSuchRoom => {
                let pair = self.named_pair(session, turn).expect("a bad nick has a row of its own");
                let span = self.private_span(seat(session), &pair, turn.span);
                self.talks.talk(&pair).map(|talk| talk.log.page(span, bytes_max, self.config.store)).unwrap_or_default()
            }
        };
        self.answer(turn, Answer::Page { entries, more }, out);
    }

    pub(super) fn fetch_page(&self, turn: &Turn, out: &mut Out) {
        let session = &self.sessions[&turn.session];
        let (shelf, span) = match turn.room {
            Asking::Room(room) => (Shelf::Room(Arc::clone(&self.rooms[&room].key)), turn.span),
            Asking::NoRoom | Asking::NoSuchRoom => {
                let pair = self.named_pair(session, turn).expect("a bad nick has a row of its own");
                let span = self.private_span(seat(session), &pair, turn.span);
                (Shelf::Pair(pair), span)
            }
        };
        let (number, bytes_max) = (turn.number, self.page_bytes(seat(session)));
        let Span { after, before, limit } = span;
        let read = |conn| Action::ReadPage { conn, number, shelf, after, before, limit, bytes_max };
        out.actions.extend(session.conn.map(read));
    }

    /// How many bytes one page brings at most: a page of each of its rooms at once fits into the session's outbox.
    fn page_bytes(&self, seat: &Seat) -> u64 {
        self.outbox_share(seat).min(PAGE_BYTES_MAX as u64)
    }

    /// How many bytes of each of its rooms may be sent to a session at once: with all of them its outbox is half full.
    /// More than an outbox holds would end the connection, at every return anew.
    pub(super) fn outbox_share(&self, seat: &Seat) -> u64 {
        self.config.limits.outbox_bytes_max / 2 / seat.rooms.len().max(1) as u64
    }

    pub(super) fn welcome(&self, turn: &Turn, out: &mut Out) {
        let lobby = &self.rooms[&self.lobby];
        let answer = Answer::Welcome {
            nick: seat(&self.sessions[&turn.session]).nick.clone(),
            room: lobby.name.clone(),
            members: self.presences(lobby.members.iter()),
            last: lobby.log.last,
        };
        self.answer(turn, answer, out);
        self.send_history(turn, &Place::Room(lobby.name.clone()), self.lobby, out);
    }

    pub(super) fn welcome_back(&self, turn: &Turn, out: &mut Out) {
        let seat = seat(&self.sessions[&turn.session]);
        let still_in = |(id, since): (&crate::io::RoomId, &u64)| {
            let room: &super::session::Room = &self.rooms[id];
            StillIn { room: room.name.clone(), last: room.log.last, since: *since }
        };
        let answer = Answer::Back {
            nick: seat.nick.clone(),
            muted_ms: self.sessions[&turn.session].muted_until.map(|until| until.since(turn.now)),
            rooms: seat.rooms.iter().map(still_in).collect(),
        };
        self.answer(turn, answer, out);
    }

    /// Sends the history of a room as the profile gives it.
    fn send_history(&self, turn: &Turn, place: &Place, room: crate::io::RoomId, out: &mut Out) {
        let count = if self.tells_history(turn) { u64::MAX } else { 0 };
        let log = &self.rooms[&room].log;
        self.send_earlier(turn, place, Past::History, log.latest(log.last, count).cloned().collect(), out);
    }

    /// Whether whoever enters a room gets its history.
    pub(super) fn tells_history(&self, turn: &Turn) -> bool {
        match self.profile(&self.sessions[&turn.session]).history {
            JoinHistory::All => true,
            JoinHistory::None => false,
        }
    }

    /// Sends earlier entries in frames of a bounded size.
    pub(super) fn send_earlier(&self, turn: &Turn, place: &Place, past: Past, entries: Vec<Arc<Entry>>, out: &mut Out) {
        let mut frame = Vec::new();
        let mut bytes = 0;
        for entry in entries {
            let size = entry.bytes();
            if bytes + size > HISTORY_FRAME_BYTES as u64 && !frame.is_empty() {
                let entries = std::mem::take(&mut frame);
                self.send(turn, Message::Earlier { place: place.clone(), past, entries }, out);
                bytes = 0;
            }
            bytes += size;
            frame.push(entry);
        }
        if !frame.is_empty() {
            self.send(turn, Message::Earlier { place: place.clone(), past, entries: frame }, out);
        }
    }

    /// Sends a message over the session's connection.
    pub(super) fn send(&self, turn: &Turn, message: Message, out: &mut Out) {
        let conn = self.sessions[&turn.session].conn;
        out.actions.extend(conn.map(|conn| Action::Send { conn, message }));
    }

    pub(super) fn answer(&self, turn: &Turn, answer: Answer, out: &mut Out) {
        self.send(turn, Message::Answer { number: turn.number, answer }, out);
    }

    /// Answers, and keeps the answer if the request is one that is applied once.
    pub(super) fn answer_once(&mut self, turn: &Turn, answer: Answer, out: &mut Out) {
        self.answer(turn, answer.clone(), out);
        let kept = self.config.limits.answers_kept;
        let session = self.sessions.get_mut(&turn.session).expect("a session in its turn is there");
        if let Some(seat) = session.seat.as_mut().filter(|_| turn.event.applied_once()) {
            seat.keep_answer(turn.number, answer, kept);
        }
    }

    fn presences<'a>(&'a self, members: impl Iterator<Item = &'a SessionId>) -> Vec<Presence> {
        let presence = |session: &Session| {
            let Seat { nick, avatar, .. } = seat(session);
            Presence { nick: nick.clone(), state: session.state, avatar: avatar.clone() }
        };
        let mut presences: Vec<_> = members.map(|id| presence(&self.sessions[id])).collect();
        presences.sort_by(|a, b| a.nick.cmp(&b.nick));
        presences
    }
}
