//! Fires the rows of the transfer table: which events come, what their guards ask, and what their effects do.

use super::super::Server;
use super::super::guards::seat;
use super::super::turn::Turn;
use super::{File, Shown, To, Transfer};
use crate::io::{Action, Filing, Out, Shelf, TransferFired};
use hobnob_spec::avatar::Avatar;
use hobnob_spec::limits::OUTCOMES_KEPT;
use hobnob_spec::messages::{Answer, Attached, Body, Message};
use hobnob_spec::names::{Nick, TextError};
use hobnob_spec::row::Next;
use hobnob_spec::session::{Event as SessionEvent, News};
use hobnob_spec::transfer::{Alarm, Effect, Event, Guard, cell};

impl Server {
    /// Takes what the file keeper says. What comes of a transfer that is over was told before.
    pub(in crate::server) fn take_filing(&mut self, id: u64, filing: Filing, out: &mut Out) {
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
    pub(in crate::server) fn take_reopened(&mut self, id: u64, len: u64, out: &mut Out) {
        let Some(transfer) = self.transfers.get(&id) else { return };
        let turn = Turn { chunk: (0, len), ..Turn::bare(self.now, transfer.owner, SessionEvent::Chunk) };
        self.take_at_transfer(id, Event::Reopened, turn, out);
    }

    pub(in crate::server) fn take_stalled(&mut self, id: u64, out: &mut Out) {
        let owner = self.transfers[&id].owner;
        self.take_at_transfer(id, Event::Stalled, Turn::bare(self.now, owner, SessionEvent::Chunk), out);
    }

    fn take_at_transfer(&mut self, id: u64, event: Event, mut turn: Turn, out: &mut Out) {
        turn.at_transfers.push((id, event));
        self.hand_to_transfers(&mut turn, out);
        self.settle();
    }

    /// Fires the rows of the transfers at which a turn has raised something.
    pub(in crate::server) fn hand_to_transfers(&mut self, turn: &mut Turn, out: &mut Out) {
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
            Guard::AbsentForGood => self.is_absent_for_good(owner(), turn),
            Guard::MailFull => self.mail_is_full(owner(), turn),
            Guard::ToWear => matches!(transfer.to, To::Avatar(_)),
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
            Effect::Wear => {
                let Transfer { owner, to: To::Avatar(kind), size, digest, .. } = self.transfers[&id] else {
                    unreachable!("a file that is said to others has its own rows")
                };
                self.take_avatar(owner, Some(Avatar::Picture { file: id, kind, size, digest }), out);
            }
            Effect::Announce => self.announce(turn, News::Avatar, out),
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
                let number = match &self.transfers[&id].to {
                    To::Avatar(_) => 0,
                    To::Room(_) | To::With(..) => told_as(turn),
                };
                let answer = Answer::Filed { file: id, number, at: turn.now };
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
        let shown = match &transfer.to {
            To::Room(room) => Shown::By(Shelf::Room(self.rooms[room].key.clone()), told_as(turn)),
            To::With(pair, _) => Shown::By(Shelf::Pair(pair.clone()), told_as(turn)),
            To::Avatar(_) => Shown::Worn(transfer.owner),
        };
        let file = File { name: turn.kept_as.clone(), size: transfer.size, shown };
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
}

/// The number of the message that told of a file.
fn told_as(turn: &Turn) -> u64 {
    turn.posted.as_ref().expect("a file is told of before it is listed and acknowledged").number
}
