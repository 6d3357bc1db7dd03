//! Executes the transfer table: files on their way to the server, and the list of those that arrived.
//!
//! Owns sizes, offsets and digests. The bytes themselves are the shell's: they come neither here nor into the journal.

use super::Server;
use super::guards::seat;
use super::turn::{Asking, Turn};
use crate::io::{Action, Filing, Out, Pair, RoomId, SessionId, Shelf, TransferFired};
use hobnob_spec::files::{Digest, FileName};
use hobnob_spec::limits::{OUTCOMES_KEPT, PIECE_BYTES_MAX};
use hobnob_spec::messages::{Answer, Attached, Body, Message, Time};
use hobnob_spec::names::{Nick, TextError};
use hobnob_spec::profile::Absent;
use hobnob_spec::row::Next;
use hobnob_spec::session::Event as SessionEvent;
use hobnob_spec::transfer::{Alarm, Effect, Event, Guard, State, cell};
use serde::{Deserialize, Serialize};

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Transfer {
    pub(super) state: State,
    pub(super) owner: SessionId,
    to: To,
    name: FileName,
    media: String,
    size: u64,
    digest: Digest,
    /// How many bytes are there.
    received: u64,
    /// The number of the owner's request that the end will answer.
    awaited: Option<u64>,
    /// When nothing came for too long; set exactly while bytes are awaited.
    stalls_at: Option<Time>,
}

/// For whom a file is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum To {
    Room(RoomId),
    With(Pair, Nick),
}

/// A file that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct File {
    /// The name that its keeper gave it.
    name: String,
    size: u64,
    /// Where the message stands that told of it.
    shelf: Shelf,
    number: u64,
}

/// A file that is offered.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) name: Option<FileName>,
    pub(super) media: String,
    pub(super) size: u64,
    pub(super) digest: Digest,
}

/// A transfer under way, as the file keeper must know it after a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTransfer {
    /// Its number, which the file will have, too.
    pub transfer: u64,
    /// The name under which it was offered.
    pub name: FileName,
    /// The size that was promised, in bytes.
    pub size: u64,
    /// The digest that was promised.
    pub digest: Digest,
}

impl Server {
    /// The transfers under way, in the order of their beginning.
    pub fn transfers(&self) -> impl Iterator<Item = OpenTransfer> {
        self.transfers.iter().map(|(id, transfer)| OpenTransfer {
            transfer: *id,
            name: transfer.name.clone(),
            size: transfer.size,
            digest: transfer.digest,
        })
    }

    /// The names under which files are kept.
    pub fn kept_files(&self) -> impl Iterator<Item = &str> {
        self.files.values().map(|file| file.name.as_str())
    }

    /// The transfer that a request names, and whether it is under way and this session's. The number 0 is the
    /// session's latest: who sends a small file in one piece need not wait to hear its number.
    pub(super) fn transfer_named(&self, session: SessionId, named: u64) -> (u64, Option<u64>) {
        let own = |transfer: &Transfer| transfer.owner == session && transfer.state != State::Forsaken;
        if named > 0 {
            return (named, self.transfers.get(&named).filter(|transfer| own(transfer)).map(|_| named));
        }
        let latest = self.transfers.iter().rev().find(|(_, transfer)| own(transfer)).map(|(id, _)| *id);
        let seat = self.sessions[&session].seat.as_ref();
        let over = seat.and_then(|seat| seat.outcomes.back()).map_or(0, |(transfer, _)| *transfer);
        (latest.unwrap_or(over), latest)
    }

    /// The session's transfer of the very file that a request offers, if there is one.
    pub(super) fn transfer_offered(&self, turn: &Turn) -> Option<u64> {
        let (offer, to) = (turn.offer.as_ref()?, self.offered_to(turn)?);
        let same = |transfer: &Transfer| {
            (transfer.owner, transfer.size, &transfer.digest) == (turn.session, offer.size, &offer.digest)
                && Some(&transfer.name) == offer.name.as_ref()
                && transfer.state != State::Forsaken
                && match (&transfer.to, &to) {
                    (To::Room(one), To::Room(other)) => one == other,
                    (To::With(one, _), To::With(other, _)) => one == other,
                    (To::Room(_), To::With(..)) | (To::With(..), To::Room(_)) => false,
                }
        };
        self.transfers.iter().find(|(_, transfer)| same(transfer)).map(|(id, _)| *id)
    }

    fn offered_to(&self, turn: &Turn) -> Option<To> {
        let session = &self.sessions[&turn.session];
        match (&turn.room, &turn.nick) {
            (Asking::Room(room), _) => Some(To::Room(*room)),
            (Asking::NoRoom, Some(Ok(nick))) if session.seat.is_some() => {
                Some(To::With(self.named_pair(session, turn)?, nick.clone()))
            }
            (Asking::NoRoom | Asking::NoSuchRoom, _) => None,
        }
    }

    pub(super) fn transfers_enough(&self, session: SessionId) -> bool {
        let own = self.transfers.values().filter(|transfer| transfer.owner == session).count() as u64;
        let limits = &self.config.limits;
        own >= limits.transfers_per_session_max || self.transfers.len() as u64 >= limits.transfers_max
    }

    pub(super) fn files_full(&self, turn: &Turn) -> bool {
        let limits = &self.config.limits;
        let size = turn.offer.as_ref().map_or(0, |offer| offer.size);
        let coming: u64 = self.transfers.values().map(|transfer| transfer.size).sum();
        let bytes = self.files_bytes.saturating_add(coming).saturating_add(size);
        (self.files.len() + self.transfers.len()) as u64 >= limits.files_kept_max || bytes > limits.files_bytes_max
    }

    /// Whether a session can read the message that told of a file.
    pub(super) fn may_fetch(&self, turn: &Turn) -> bool {
        let Some(file) = self.files.get(&turn.named) else { return false };
        let seat = seat(&self.sessions[&turn.session]);
        match &file.shelf {
            Shelf::Room(key) => self.room_ids.get(key).is_some_and(|room| seat.rooms.contains_key(room)),
            Shelf::Pair(pair) => seat.talks.get(pair).is_some_and(|after| file.number > *after),
        }
    }

    /// Begins a transfer.
    pub(super) fn begin_transfer(&mut self, turn: &mut Turn) {
        let to = self.offered_to(turn).expect("an offer to nobody has rows of its own");
        let offer = turn.offer.take().expect("only an offer begins a transfer");
        let transfer = Transfer {
            state: State::Receiving,
            owner: turn.session,
            to,
            name: offer.name.expect("a bad name has a row of its own"),
            media: hobnob_spec::files::media_type(&offer.media).to_owned(),
            size: offer.size,
            digest: offer.digest,
            received: 0,
            awaited: None,
            stalls_at: None,
        };
        let id = self.next_transfer;
        self.next_transfer += 1;
        self.transfers.insert(id, transfer);
        turn.transfer = Some(id);
        turn.at_transfers.push((id, Event::Begun));
    }

    /// Tells the transfers of a session that their owner goes.
    pub(super) fn leave_transfers(&self, turn: &mut Turn) {
        let own = |transfer: &Transfer| transfer.owner == turn.session && transfer.state != State::Forsaken;
        let gone: Vec<_> = self.transfers.iter().filter(|(_, transfer)| own(transfer)).map(|(id, _)| *id).collect();
        turn.at_transfers.extend(gone.into_iter().map(|id| (id, Event::OwnerGone)));
    }

    pub(super) fn tell_outcome(&self, turn: &Turn, out: &mut Out) {
        let outcomes = &seat(&self.sessions[&turn.session]).outcomes;
        let outcome = outcomes.iter().find(|(transfer, _)| *transfer == turn.named);
        let (_, answer) = outcome.expect("the row asks whether the outcome is known");
        self.answer(turn, answer.clone(), out);
    }

    pub(super) fn fetch_piece(&self, turn: &Turn, out: &mut Out) {
        let file = self.files.get(&turn.named).expect("a file that is not there has a row of its own");
        let offset = turn.chunk.0.min(file.size);
        let len = (file.size - offset).min(PIECE_BYTES_MAX as u64);
        let (number, name) = (turn.number, file.name.clone());
        let conn = self.sessions[&turn.session].conn;
        out.actions.extend(conn.map(|conn| Action::ReadPiece { conn, number, name, offset, len }));
    }

    // ── Events

    /// Takes what the file keeper says. What comes of a transfer that is over was told before.
    pub(super) fn take_filing(&mut self, id: u64, filing: Filing, out: &mut Out) {
        let Some(transfer) = self.transfers.get(&id) else { return };
        let mut turn = Turn::bare(self.now, transfer.owner, SessionEvent::Chunk);
        if let To::With(_, nick) = &transfer.to {
            turn.target = self.nicks.get(&self.key(nick.as_str())).copied();
            turn.nick = Some(Ok(nick.clone()));
        }
        let event = match filing {
            Filing::Kept { name, text } => {
                turn.text = text.ok_or(TextError::Empty);
                turn.kept_as = name;
                Event::Verified
            }
            Filing::Damaged => Event::Damaged,
            Filing::NoSpace => Event::NoSpace,
        };
        if !cell(transfer.state, event).is_empty() {
            self.take_at_transfer(id, event, turn, out);
        }
    }

    /// Takes how many bytes of a transfer are on the disk after a start.
    pub(super) fn take_reopened(&mut self, id: u64, len: u64, out: &mut Out) {
        let Some(transfer) = self.transfers.get(&id) else { return };
        let turn = Turn { chunk: (0, len), ..Turn::bare(self.now, transfer.owner, SessionEvent::Chunk) };
        self.take_at_transfer(id, Event::Reopened, turn, out);
    }

    pub(super) fn take_stalled(&mut self, id: u64, out: &mut Out) {
        let owner = self.transfers[&id].owner;
        self.take_at_transfer(id, Event::Stalled, Turn::bare(self.now, owner, SessionEvent::Chunk), out);
    }

    fn take_at_transfer(&mut self, id: u64, event: Event, mut turn: Turn, out: &mut Out) {
        turn.at_transfers.push((id, event));
        self.hand_to_transfers(&mut turn, out);
        self.settle();
    }

    /// Fires the rows of the transfers at which a turn has raised something.
    pub(super) fn hand_to_transfers(&mut self, turn: &mut Turn, out: &mut Out) {
        for (id, event) in std::mem::take(&mut turn.at_transfers) {
            self.fire_transfer(id, event, turn, out);
        }
    }

    fn fire_transfer(&mut self, id: u64, event: Event, turn: &mut Turn, out: &mut Out) {
        let state = self.transfers[&id].state;
        let rows = cell(state, event);
        let at = rows.iter().position(|row| self.transfer_holds(row.0, id, turn));
        let at = at.unwrap_or_else(|| panic!("{event:?} cannot come to a transfer that is {state:?}"));
        for effect in rows[at].1 {
            self.apply_to_transfer(*effect, id, turn, out);
        }
        let row = u8::try_from(at).expect("a cell has a few rows");
        out.transfers.push(TransferFired { at: turn.now, transfer: id, state, event, row });
        match rows[at].2 {
            Next::Stay => {}
            Next::Become(next) => {
                self.transfer_mut(id).state = next;
                if cell(next, Event::Stalled).is_empty() {
                    self.unwatch(id);
                }
            }
            Next::End => {
                self.unwatch(id);
                self.transfers.remove(&id);
            }
        }
    }

    // ── Guards

    fn transfer_holds(&self, guard: Guard, id: u64, turn: &Turn) -> bool {
        let transfer = &self.transfers[&id];
        let owner = || &self.sessions[&transfer.owner];
        let (offset, len) = turn.chunk;
        match guard {
            Guard::Always => true,
            // A start says how many bytes are on the disk, and an offer brings none.
            Guard::Whole => len >= transfer.size,
            Guard::Astray => len == 0 || offset != transfer.received || len > transfer.size - transfer.received,
            Guard::Last => transfer.received + len == transfer.size,
            Guard::EndAwaited => transfer.awaited.is_some(),
            Guard::OwnerMuted => owner().muted_until.is_some(),
            Guard::OutOfRoom => matches!(transfer.to, To::Room(room) if !seat(owner()).rooms.contains_key(&room)),
            Guard::AbsentForGood => {
                turn.nick.is_some() && turn.target.is_none() && self.profile(owner()).absent != Absent::Store
            }
            Guard::MailFull => self.mail_is_full(owner(), turn),
            Guard::ToRoom => matches!(transfer.to, To::Room(_)),
            Guard::RecipientAway => turn.target.is_none_or(|target| self.sessions[&target].conn.is_none()),
        }
    }

    // ── Effects

    fn apply_to_transfer(&mut self, effect: Effect, id: u64, turn: &mut Turn, out: &mut Out) {
        match effect {
            Effect::TellReady => {
                let from = self.transfers[&id].received;
                self.answer_once(turn, Answer::Ready { transfer: id, from }, out);
            }
            Effect::TellTaken => self.answer(turn, Answer::Taken { to: self.transfers[&id].received }, out),
            Effect::Done => self.tell_done(turn, out),
            Effect::Refuse(no) => self.refuse(no, turn, out),
            Effect::AwaitEnd => self.transfer_mut(id).awaited = Some(turn.number),
            Effect::TellEarlier => {
                let to = self.transfers[&id].received;
                self.answer_awaited(id, Answer::Taken { to }, out);
            }
            Effect::WriteChunk => {
                let (offset, len) = turn.chunk;
                self.transfer_mut(id).received += len;
                out.actions.push(Action::WriteChunk { transfer: id, offset });
            }
            Effect::SetBack => {
                let transfer = self.transfer_mut(id);
                transfer.received = transfer.received.min(turn.chunk.1);
            }
            Effect::CheckFile => {
                let Transfer { name, size, digest, .. } = self.transfers[&id].clone();
                out.actions.push(Action::CheckFile { transfer: id, name, size, digest });
            }
            Effect::DiscardPart => out.actions.push(Action::DiscardPart { transfer: id }),
            Effect::RemoveFile => out.actions.push(Action::RemoveFile { name: turn.kept_as.clone() }),
            Effect::KeepFile => self.keep_file(id, turn),
            Effect::Post => {
                let To::Room(room) = self.transfers[&id].to else { unreachable!("a private file has its own rows") };
                let (nick, body) = self.told_by(id, turn);
                self.post(room, turn, nick, body, out);
            }
            Effect::KeepPrivate => {
                let (_, body) = self.told_by(id, turn);
                self.keep_private(turn, body, out);
            }
            Effect::SendPrivate => self.send_private(turn, out),
            Effect::Succeed => {
                let entry = turn.posted.as_ref().expect("a file is told of before it is acknowledged");
                let answer = Answer::Filed { file: id, number: entry.number, at: entry.at };
                self.end_transfer(id, answer, out);
            }
            Effect::Fail(no) => self.end_transfer(id, Answer::Refused { no, wait_ms: None }, out),
            Effect::Arm(Alarm::Stall) => {
                self.unwatch(id);
                let at = turn.now.plus(self.config.limits.transfer_stall_ms);
                self.transfer_mut(id).stalls_at = Some(at);
                self.stalls.insert((at, id));
            }
        }
    }

    /// Whose message tells of a file, and what it says.
    fn told_by(&self, id: u64, turn: &Turn) -> (Nick, Body) {
        let transfer = &self.transfers[&id];
        let attached = Attached {
            file: id,
            name: transfer.name.clone(),
            media: transfer.media.clone(),
            size: transfer.size,
            digest: transfer.digest,
            text: turn.text.as_ref().ok().cloned(),
        };
        (seat(&self.sessions[&transfer.owner]).nick.clone(), Body::Attached(attached))
    }

    fn keep_file(&mut self, id: u64, turn: &Turn) {
        let transfer = &self.transfers[&id];
        let shelf = match &transfer.to {
            To::Room(room) => Shelf::Room(self.rooms[room].key.clone()),
            To::With(pair, _) => Shelf::Pair(pair.clone()),
        };
        let number = turn.posted.as_ref().expect("a file is told of before it is listed").number;
        let file = File { name: turn.kept_as.clone(), size: transfer.size, shelf, number };
        self.files_bytes += file.size;
        self.files.insert(id, file);
    }

    /// Notes for the owner what came of a transfer, and answers whatever awaits it.
    fn end_transfer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        let owner = self.transfers[&id].owner;
        self.answer_awaited(id, answer.clone(), out);
        if let Some(seat) = self.sessions.get_mut(&owner).and_then(|session| session.seat.as_mut()) {
            seat.outcomes.push_back((id, answer));
            if seat.outcomes.len() > OUTCOMES_KEPT {
                seat.outcomes.pop_front();
            }
        }
    }

    /// Answers the request that awaits the end, if there is one, over whatever connection its owner has.
    fn answer_awaited(&mut self, id: u64, answer: Answer, out: &mut Out) {
        let transfer = self.transfer_mut(id);
        let Some(number) = transfer.awaited.take() else { return };
        let owner = transfer.owner;
        let conn = self.sessions.get(&owner).and_then(|session| session.conn);
        out.actions.extend(conn.map(|conn| Action::Send { conn, message: Message::Answer { number, answer } }));
    }

    fn unwatch(&mut self, id: u64) {
        if let Some(at) = self.transfer_mut(id).stalls_at.take() {
            self.stalls.remove(&(at, id));
        }
    }

    /// Puts off all time-outs of transfers by so many milliseconds.
    pub(super) fn forgive_transfers(&mut self, ms: u64) {
        self.stalls.clear();
        for (id, transfer) in &mut self.transfers {
            if let Some(at) = &mut transfer.stalls_at {
                *at = at.plus(ms);
                self.stalls.insert((*at, *id));
            }
        }
    }

    fn transfer_mut(&mut self, id: u64) -> &mut Transfer {
        self.transfers.get_mut(&id).expect("a transfer in its turn is there")
    }

    /// Asserts what must hold of transfers and files between any two steps.
    pub(super) fn check_transfers(&self) {
        for (id, transfer) in &self.transfers {
            let owned = self.sessions.get(&transfer.owner).is_some_and(|session| session.seat.is_some());
            assert!(owned || transfer.state == State::Forsaken, "a transfer has an owner who has joined");
            assert!(transfer.received <= transfer.size, "no more bytes are taken than were promised");
            let receiving = transfer.state == State::Receiving;
            assert!(receiving || transfer.received == transfer.size, "only what is whole is compared");
            assert_eq!(transfer.stalls_at.is_some(), receiving, "bytes are awaited for a while only");
            if let Some(at) = transfer.stalls_at {
                assert!(self.stalls.contains(&(at, *id)), "a time-out that is set rings");
            }
            assert!(*id < self.next_transfer, "transfers are numbered in order");
        }
        let set = self.transfers.values().filter(|transfer| transfer.stalls_at.is_some()).count();
        assert_eq!(set, self.stalls.len(), "a time-out is some transfer's");
        let bytes: u64 = self.files.values().map(|file| file.size).sum();
        assert_eq!(bytes, self.files_bytes, "the bytes of files are counted");
    }
}
