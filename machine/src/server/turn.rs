//! What one event brings with it, parsed once at the door, and what its row notes on the way.

use super::Server;
use super::keys::fold;
use super::log::Span;
use super::session::Came;
use super::transfers::Offer;
use crate::io::{Conn, RoomId, SessionId};
use hobnob_spec::avatar::Emoji;
use hobnob_spec::files::FileName;
use hobnob_spec::messages::{Asked, Entry, For, Have, Request, Secret, Time, Where};
use hobnob_spec::names::{Nick, NickError, RoomName, Text, TextError};
use hobnob_spec::session::Event;
use hobnob_spec::transfer;
use std::net::SocketAddr;
use std::sync::Arc;

/// The event that is being taken, with all that guards may ask and effects may use.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) now: Time,
    pub(super) session: SessionId,
    pub(super) event: Event,
    /// The number of the request; 0 where there is none.
    pub(super) number: u64,
    /// The nick that is wished for or named, if the request has one.
    pub(super) nick: Option<Result<Nick, NickError>>,
    /// The emoji that the request brings, if it brings something; the reason of a bad one is that it is none.
    pub(super) emoji: Option<Option<Emoji>>,
    /// The session that the nick or the token names.
    pub(super) target: Option<SessionId>,
    pub(super) token: Option<Secret>,
    pub(super) room: Asking,
    /// The room's name, where a room may begin.
    pub(super) room_name: Option<RoomName>,
    pub(super) text: Result<Text, TextError>,
    pub(super) have: Vec<Have>,
    pub(super) span: Span,
    /// For how long an operator mutes.
    pub(super) mute_ms: u64,
    /// The address that a relay tells.
    pub(super) relayed: Option<SocketAddr>,
    /// The connection that is given up to another session.
    pub(super) handed: Option<Handed>,
    /// The message that the row has kept.
    pub(super) posted: Option<Arc<Entry>>,
    /// The file that is offered.
    pub(super) offer: Option<Offer>,
    /// The number of the transfer or the file that the request names.
    pub(super) named: u64,
    /// The session's own transfer that the request is about.
    pub(super) transfer: Option<u64>,
    /// Where bytes of a file begin, and how many they are.
    pub(super) chunk: (u64, u64),
    /// The name that its keeper gave a file.
    pub(super) kept_as: String,
    /// What the row raises at transfers, once it is done.
    pub(super) at_transfers: Vec<(u64, transfer::Event)>,
    /// What the row raises, once it is done.
    pub(super) raised: Vec<Event>,
}

/// A connection that is given up, with what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handed {
    pub(super) conn: Conn,
    pub(super) addr: SocketAddr,
    pub(super) came: Came,
}

/// Which room a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// All of the chat, or no room at all.
    NoRoom,
    /// A room that there is.
    Room(RoomId),
    /// A room that there is not.
    NoSuchRoom,
}

impl Turn {
    /// An event that brings nothing with it.
    pub(super) fn bare(now: Time, session: SessionId, event: Event) -> Self {
        Self {
            now,
            session,
            event,
            number: 0,
            nick: None,
            emoji: None,
            target: None,
            token: None,
            room: Asking::NoRoom,
            room_name: None,
            text: Err(TextError::Empty),
            have: Vec::new(),
            span: Span { after: 0, before: u64::MAX, limit: 0 },
            mute_ms: 0,
            relayed: None,
            handed: None,
            posted: None,
            offer: None,
            named: 0,
            transfer: None,
            chunk: (0, 0),
            kept_as: String::new(),
            at_transfers: Vec::new(),
            raised: Vec::new(),
        }
    }

    /// The same event's consequence at another session.
    pub(super) fn raised_at(cause: &mut Self, session: SessionId, event: Event) -> Self {
        Self {
            number: cause.number,
            have: std::mem::take(&mut cause.have),
            mute_ms: cause.mute_ms,
            handed: cause.handed,
            ..Self::bare(cause.now, session, event)
        }
    }
}

impl Server {
    /// Parses a request: here strings become names and texts, and a number that was passed becomes a repetition.
    pub(super) fn parse(&self, now: Time, session: SessionId, asked: Asked) -> Turn {
        let event = match &self.sessions[&session].seat {
            Some(seat) if asked.request.event().applied_once() && asked.number <= seat.applied => Event::Again,
            Some(_) | None => asked.request.event(),
        };
        let mut turn = Turn { number: asked.number, ..Turn::bare(now, session, event) };
        match asked.request {
            Request::Report | Request::Rooms | Request::Ping | Request::Quit => {}
            Request::Wear { avatar } => turn.emoji = avatar.map(|avatar| Emoji::parse(&avatar)),
            Request::Join { nick, token, avatar } => {
                turn.emoji = avatar.map(|avatar| Emoji::parse(&avatar));
                turn.nick = Some(match self.sessions[&session].came {
                    Came::ByRelay => Nick::parse_relayed(&nick),
                    Came::Untold | Came::Directly => Nick::parse(&nick),
                });
                turn.token = token;
                turn.target = token.and_then(|token| self.tokens.get(&token).copied());
            }
            Request::Resume { token, have } => {
                turn.target = self.tokens.get(&token).copied();
                turn.have = have;
            }
            Request::Say { room, text } => {
                turn.room = self.asking(&room);
                turn.text = Text::parse(text);
            }
            Request::Private { to, text } => {
                self.parse_named(&mut turn, &to);
                turn.text = Text::parse(text);
            }
            Request::Enter { room } => {
                turn.room = self.asking(&room);
                turn.room_name = RoomName::parse(&room);
            }
            Request::Leave { room } => turn.room = self.asking(&room),
            Request::Who { room } => turn.room = room.map_or(Asking::NoRoom, |room| self.asking(&room)),
            Request::History { place, before, limit } => self.parse_history(&mut turn, place, before, limit),
            Request::Attach { place, name, media, size, digest } => {
                let worn = place == For::Avatar;
                match place {
                    For::Room(room) => turn.room = self.asking(&room),
                    For::With(nick) => self.parse_named(&mut turn, &nick),
                    For::Avatar => {}
                }
                turn.offer = Some(Offer { name: FileName::parse(&name), media, size, digest, worn });
                turn.transfer = self.transfer_offered(&turn);
            }
            Request::Chunk { transfer, offset, bytes } => {
                return self.parse_chunk(now, session, asked.number, (transfer, offset, bytes.0.len() as u64));
            }
            Request::Cancel { transfer } => {
                (turn.named, turn.transfer) = self.transfer_named(session, transfer);
            }
            Request::Fetch { file, offset } => {
                turn.named = file;
                turn.chunk = (offset, 0);
            }
            Request::Operate { key } => turn.token = Some(key),
            Request::Mute { nick, ms } => {
                self.parse_named(&mut turn, &nick);
                turn.mute_ms = ms;
            }
            Request::Unmute { nick } | Request::Kick { nick } => self.parse_named(&mut turn, &nick),
        }
        turn
    }

    /// Parses what a client sends of a file, of which only the length comes here.
    pub(super) fn parse_chunk(
        &self,
        now: Time,
        session: SessionId,
        number: u64,
        (named, offset, len): (u64, u64, u64),
    ) -> Turn {
        let (named, transfer) = self.transfer_named(session, named);
        Turn { number, named, transfer, chunk: (offset, len), ..Turn::bare(now, session, Event::Chunk) }
    }

    fn parse_named(&self, turn: &mut Turn, nick: &str) {
        turn.nick = Some(Nick::parse_any(nick));
        turn.target = self.nicks.get(&*fold(self.config.nick_case, nick)).copied();
    }

    fn parse_history(&self, turn: &mut Turn, place: Where, before: Option<u64>, limit: u64) {
        match place {
            Where::Room(room) => turn.room = self.asking(&room),
            Where::With(nick) => self.parse_named(turn, &nick),
        }
        let limit = limit.clamp(1, self.config.limits.page_entries_max.max(1));
        turn.span = Span { after: 0, before: before.unwrap_or(u64::MAX), limit };
    }

    fn asking(&self, room: &str) -> Asking {
        self.room_ids.get(&*fold(self.config.nick_case, room)).map_or(Asking::NoSuchRoom, |id| Asking::Room(*id))
    }
}
