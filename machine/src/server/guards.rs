//! The guards of the session table: questions that change nothing.

use super::Server;
use super::bucket::Rate;
use super::session::{Came, Seat, Session};
use super::turn::{Asking, Turn};
use crate::io::{Pair, RoomId};
use hobnob_spec::files::FILE_NAME_BYTES_MAX;
use hobnob_spec::messages::Time;
use hobnob_spec::names::{NickError, TextError};
use hobnob_spec::profile::{Absent, Flood, NickTaken, Profile};
use hobnob_spec::session::{Alarm, Event, Guard, State};

impl Server {
    /// Whether a guard holds.
    pub(super) fn holds(&self, guard: Guard, turn: &Turn) -> bool {
        let session = &self.sessions[&turn.session];
        match guard {
            Guard::Always => true,
            Guard::AddressCrowded => self.address_is_crowded(session, turn),
            Guard::RelayNotTrusted => !self.config.trusts(session.addr.ip()),
            Guard::RelayTellsLate => session.came != Came::Untold,
            Guard::Full => self.is_full(session),
            Guard::NickUnfitCloses => {
                matches!(turn.nick, Some(Err(_))) && self.profile(session).nick_taken == NickTaken::Close
            }
            Guard::NickBad => matches!(turn.nick, Some(Err(NickError::Bad))),
            Guard::NickReserved => matches!(turn.nick, Some(Err(NickError::Reserved))),
            Guard::AvatarBad => turn.emoji == Some(None),
            Guard::NickTakenCloses => self.nick_taken(turn) && self.profile(session).nick_taken == NickTaken::Close,
            Guard::NickTakenForGood => self.nick_taken(turn) && self.profile(session).nick_taken == NickTaken::Reject,
            Guard::NickTaken => self.nick_taken(turn),
            Guard::TokenKnown => turn.target.is_some(),
            Guard::RoomBad => turn.room_name.is_none(),
            Guard::NotInRoom => match turn.room {
                Asking::NoRoom => false,
                Asking::NoSuchRoom => true,
                Asking::Room(room) => !is_in(session, room),
            },
            Guard::InRoom => matches!(turn.room, Asking::Room(room) if is_in(session, room)),
            Guard::RoomsEnough => seat(session).rooms.len() as u64 >= self.config.limits.rooms_per_session_max,
            Guard::RoomCrowded => matches!(turn.room, Asking::Room(room)
                if self.rooms[&room].members.len() as u64 >= self.config.limits.room_members_max),
            Guard::RoomsFull => turn.room == Asking::NoSuchRoom && !self.room_may_begin(),
            Guard::TextEmpty => turn.text == Err(TextError::Empty),
            Guard::TextLong => turn.text == Err(TextError::Long),
            Guard::TextUnsafe => turn.text == Err(TextError::Unsafe),
            Guard::TooFast => self.talks_too_fast(session, turn.now),
            Guard::NearlyTooFast => !session.warned && session.says.is_low(turn.now, self.say_rate()),
            Guard::TooFastOnceMore => {
                self.profile(session).flood == Flood::Disconnect
                    && self.talks_too_fast(session, turn.now)
                    && self.mutes_counted(session, turn.now) + 1 >= self.config.limits.mutes_patience
            }
            Guard::AsksTooFast => !session.asks.ready(turn.now, self.ask_rate()),
            Guard::ToItself => turn.target == Some(turn.session),
            Guard::AbsentRefused => turn.target.is_none() && self.profile(session).absent == Absent::Error,
            Guard::AbsentDiscarded => turn.target.is_none() && self.profile(session).absent == Absent::Discard,
            Guard::MailFull => self.mail_is_full(session, turn),
            Guard::Absent => turn.target.is_none(),
            Guard::RecipientDetached => {
                turn.target.is_some_and(|target| self.sessions[&target].state == State::Detached)
            }
            Guard::AbsentForGood => self.is_absent_for_good(session, turn),
            Guard::FileNameBad => turn.offer.as_ref().is_some_and(|offer| offer.name.is_none()),
            Guard::PictureBad => {
                turn.offer.as_ref().is_some_and(|offer| offer.worn && (offer.size == 0 || offer.picture().is_none()))
            }
            Guard::PictureLarge => {
                turn.offer.as_ref().is_some_and(|offer| offer.worn && offer.size > self.config.limits.picture_bytes_max)
            }
            Guard::FileLarge => turn.offer.as_ref().is_some_and(|offer| offer.size > self.config.limits.file_bytes_max),
            Guard::TransferBegun => turn.transfer.is_some(),
            Guard::TransfersEnough => self.transfers_enough(turn.session),
            Guard::FilesFull => self.files_full(turn),
            Guard::TransferEnded => seat(session).outcomes.iter().any(|(transfer, _)| *transfer == turn.named),
            Guard::NoTransfer => turn.transfer.is_none(),
            Guard::NoFile => !self.may_fetch(turn),
            Guard::AnswerKept => seat(session).answer_to(turn.number).is_some(),
            Guard::OlderStored => self.config.store && self.page_reaches_below(session, turn),
            Guard::KeyWrong => match (&self.config.operator_key, &turn.token) {
                (Some(key), Some(shown)) => !key.same_as(shown),
                (None, _) | (_, None) => true,
            },
            Guard::NotOperator => !session.operator,
            Guard::TargetAbsent => turn.target.is_none(),
            Guard::TargetNotMuted => turn.target.is_none_or(|target| self.sessions[&target].muted_until.is_none()),
            Guard::GarbledEnough => session.garbled + 1 >= self.config.limits.garbled_max,
            Guard::NoToken => seat(session).token.is_none(),
            Guard::AskedBefore => session.asked,
            Guard::HeardSince => {
                let alarm = if turn.event == Event::Quiet { Alarm::Quiet } else { Alarm::Idle };
                self.rings_at(session, alarm, turn.now) > turn.now
            }
            Guard::StillMuted => session.muted_until.is_some() || self.leaver_muted_until(turn).is_some(),
            Guard::LeaverMuted => turn.target.is_none() && self.leaver_muted_until(turn).is_some(),
        }
    }

    /// The profile of a session's listener.
    pub(super) fn profile(&self, session: &Session) -> &Profile {
        let profiles = &self.config.profiles;
        profiles.get(usize::from(session.listener)).unwrap_or(&profiles[0])
    }

    pub(super) fn say_rate(&self) -> Rate {
        Rate { burst: self.config.limits.say_burst, per_second: self.config.limits.say_per_second }
    }

    pub(super) fn ask_rate(&self) -> Rate {
        Rate { burst: self.config.limits.ask_burst, per_second: self.config.limits.ask_per_second }
    }

    /// How many of a session's mutes still count.
    pub(super) fn mutes_counted(&self, session: &Session, now: Time) -> u64 {
        let memory = self.config.limits.mute_memory_ms;
        session.mutes.iter().filter(|at| now.since(**at) <= memory).count() as u64
    }

    /// Until when whoever left the nick that a request names is muted, if that is not over.
    pub(super) fn leaver_muted_until(&self, turn: &Turn) -> Option<Time> {
        let Some(Ok(nick)) = &turn.nick else { return None };
        self.leavers_muted.get(&self.key(nick.as_str())).copied().filter(|until| *until > turn.now)
    }

    /// The conversation that a request names.
    pub(super) fn named_pair(&self, session: &Session, turn: &Turn) -> Option<Pair> {
        let Some(Ok(nick)) = &turn.nick else { return None };
        Some(Pair::of(&seat(session).key, &self.key(nick.as_str())))
    }

    /// Whether the address has too many connections, this one included. What a relay tells does not count there yet, and
    /// a relay's own address has as many as it has users.
    fn address_is_crowded(&self, session: &Session, turn: &Turn) -> bool {
        let own = session.addr.ip();
        let ip = turn.relayed.map_or(own, |addr| addr.ip());
        let connections = self.addresses.get(&ip).copied().unwrap_or(0) + u64::from(ip != own);
        connections > self.config.limits.connections_per_address_max && !self.config.trusts(ip)
    }

    fn is_full(&self, session: &Session) -> bool {
        let here = self.members_by_listener.get(&session.listener).copied().unwrap_or(0);
        here >= self.profile(session).capacity || self.nicks.len() as u64 >= self.config.limits.members_max
    }

    fn nick_taken(&self, turn: &Turn) -> bool {
        matches!(&turn.nick, Some(Ok(nick)) if self.nicks.contains_key(&self.key(nick.as_str())))
    }

    fn talks_too_fast(&self, session: &Session, now: Time) -> bool {
        !session.says.ready(now, self.say_rate())
    }

    /// Whether a file is for a nick that nobody has, and the profile keeps nothing for later.
    pub(super) fn is_absent_for_good(&self, session: &Session, turn: &Turn) -> bool {
        turn.nick.is_some() && turn.target.is_none() && self.profile(session).absent != Absent::Store
    }

    pub(super) fn mail_is_full(&self, session: &Session, turn: &Turn) -> bool {
        let Some(pair) = self.named_pair(session, turn) else { return false };
        // A file's name counts, too.
        let bytes = turn.text.as_ref().map_or(0, |text| text.as_str().len())
            + FILE_NAME_BYTES_MAX * usize::from(turn.event != Event::Private);
        let (own, limits) = (&seat(session).key, &self.config.limits);
        let to = pair.other(own);
        // Whose file arrives while it is away may have messages waiting in the same conversation itself.
        if self.talks.would_forget(&pair, own, bytes as u64, limits) == Some(true) {
            return true;
        }
        let attached = turn.target.is_some_and(|target| self.sessions[&target].conn.is_some());
        // What is sent at once does not wait; it only needs a conversation.
        match attached {
            true => !self.talks.has_place_for(&pair, limits),
            false => self.talks.is_full_for(&pair, to, bytes as u64, limits),
        }
    }

    fn page_reaches_below(&self, session: &Session, turn: &Turn) -> bool {
        match turn.room {
            Asking::Room(room) => self.rooms[&room].log.reaches_below(turn.span),
            Asking::NoRoom => self.named_pair(session, turn).is_some_and(|pair| {
                let span = self.private_span(seat(session), &pair, turn.span);
                self.talks.talk(&pair).is_some_and(|talk| talk.log.reaches_below(span))
            }),
            Asking::NoSuchRoom => false,
        }
    }
}

/// The seat of a session that is asked something only those who joined are asked.
pub(super) fn seat(session: &Session) -> &Seat {
    session.seat.as_deref().expect("the table asks this only of a session that has joined")
}

fn is_in(session: &Session, room: RoomId) -> bool {
    seat(session).rooms.contains_key(&room)
}
