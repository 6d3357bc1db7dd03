//! Executes the transfer table: files on their way to the server, and the list of those that arrived.
//!
//! Owns sizes, offsets and digests. The bytes themselves are the shell's: they come neither here nor into the journal.

mod rows;

use super::Server;
use super::guards::seat;
use super::session::Seat;
use super::turn::{Asking, Turn};
use crate::io::{Action, Out, Pair, RoomId, SessionId, Shelf};
use hobnob_spec::avatar::{Avatar, PictureKind};
use hobnob_spec::files::{Digest, FileName};
use hobnob_spec::limits::PIECE_BYTES_MAX;
use hobnob_spec::messages::{Secret, Time};
use hobnob_spec::names::Nick;
use hobnob_spec::transfer::{Event, State};
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
    /// To be its owner's avatar.
    Avatar(PictureKind),
    With(Pair, Nick),
}

/// A file that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct File {
    /// The name that its keeper gave it.
    name: String,
    size: u64,
    shown: Shown,
}

/// To whom a file is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Shown {
    /// To who can read the message that told of it: where it stands, and its number.
    By(Shelf, u64),
    /// To all who are in: it is this session's avatar.
    Worn(SessionId),
}

/// A file that is offered.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) name: Option<FileName>,
    pub(super) media: String,
    pub(super) size: u64,
    pub(super) digest: Digest,
    /// Whether it is to be an avatar.
    pub(super) worn: bool,
}

impl Offer {
    /// The kind of picture that it is said to be.
    pub(super) fn picture(&self) -> Option<PictureKind> {
        PictureKind::of_media(&self.media)
    }
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

/// A whole file, as its keeper knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The name that its keeper gave it.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
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
                    (To::Avatar(one), To::Avatar(other)) => one == other,
                    (To::Room(_), To::With(..) | To::Avatar(_))
                    | (To::With(..), To::Room(_) | To::Avatar(_))
                    | (To::Avatar(_), To::Room(_) | To::With(..)) => false,
                }
        };
        self.transfers.iter().find(|(_, transfer)| same(transfer)).map(|(id, _)| *id)
    }

    fn offered_to(&self, turn: &Turn) -> Option<To> {
        let session = &self.sessions[&turn.session];
        let offer = turn.offer.as_ref()?;
        if offer.worn {
            return offer.picture().map(To::Avatar);
        }
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

    /// Whether a file is shown to a session.
    pub(super) fn may_fetch(&self, turn: &Turn) -> bool {
        let file = self.files.get(&turn.named);
        file.is_some_and(|file| self.is_shown(file, seat(&self.sessions[&turn.session])))
    }

    /// A file by its number, whoever may see it.
    pub fn stored_file(&self, file: u64) -> Option<StoredFile> {
        self.files.get(&file).map(|file| StoredFile { name: file.name.clone(), size: file.size })
    }

    /// A file by its number, if it is shown to the user of that nick and `knows` says so of the session's token.
    pub fn file_for(&self, nick: &str, knows: impl FnOnce(&Secret) -> bool, file: u64) -> Option<StoredFile> {
        let seat = self.sessions[self.nicks.get(&self.key(nick))?].seat.as_ref()?;
        let shown = self.files.get(&file).is_some_and(|file| self.is_shown(file, seat));
        (shown && seat.token.as_ref().is_some_and(knows)).then(|| self.stored_file(file)).flatten()
    }

    fn is_shown(&self, file: &File, seat: &Seat) -> bool {
        match &file.shown {
            Shown::By(Shelf::Room(key), _) => self.room_ids.get(key).is_some_and(|room| seat.rooms.contains_key(room)),
            Shown::By(Shelf::Pair(pair), number) => seat.talks.get(pair).is_some_and(|after| number > after),
            Shown::Worn(_) => true,
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

    /// Takes a whole file off the list, and has its keeper remove it.
    pub(super) fn remove_file(&mut self, id: u64, out: &mut Out) {
        let file = self.files.remove(&id).expect("a picture that is worn is listed");
        self.files_bytes -= file.size;
        out.actions.push(Action::RemoveFile { name: file.name });
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

    /// Whether a file is this session's avatar.
    pub(super) fn is_worn(&self, file: u64, by: SessionId) -> bool {
        self.files.get(&file).is_some_and(|file| file.shown == Shown::Worn(by))
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
        for (id, file) in &self.files {
            if let Shown::Worn(by) = file.shown {
                let seat = self.sessions.get(&by).and_then(|session| session.seat.as_ref());
                let worn = seat.and_then(|seat| seat.avatar.as_ref()).and_then(Avatar::file);
                assert_eq!(worn, Some(*id), "a picture is kept while it is worn");
            }
        }
        let bytes: u64 = self.files.values().map(|file| file.size).sum();
        assert_eq!(bytes, self.files_bytes, "the bytes of files are counted");
    }
}
