//! What all text dialects keep of their client, and how they tell it what the machine says.

use super::Ask;
use super::words::{self, Values};
use crate::wire::contents::Contents;
use crate::wire::door::Foreign;
use crate::wire::zone::Zone;
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Message, NAME_BYTES_MAX, Past, Place, Request};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::profile::{Announcements, Dialect, Profile};
use hobnob_spec::session::{No, Why};
use hobnob_spec::voice::Happening;
use std::collections::VecDeque;

/// How many requests may be under way; of more the first one's answer is told in general words.
const UNDER_WAY_MAX: usize = 4_096;

/// A client that does not number its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Peer {
    pub(super) dialect: Dialect,
    pub(super) lobby: RoomName,
    pub(super) zone: Zone,
    /// The nick, while the client has one.
    pub(super) nick: Option<Nick>,
    /// Why the last thing that was not understood was not, if that is known.
    pub(super) garbled: Option<&'static str>,
    /// Why nothing more is understood of it.
    pub(super) strange: Option<Foreign>,
    echo: bool,
    announcements: Announcements,
    /// The number of the last request.
    last: u64,
    under_way: VecDeque<(u64, Wish)>,
}

/// What a request was for, as far as its answer's words depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Report,
    /// That nick, please.
    Join(String),
    Say,
    /// To that user.
    Private(String),
    /// That file sent, to somebody alone or to all.
    File {
        name: String,
        to: Option<String>,
    },
    /// That avatar, which was sent with the wish to join.
    Picture,
    /// Into that room.
    Enter(String),
    /// Out of that room.
    Leave(String),
    /// The nick back.
    Quit,
    /// The nick back, and the end of the connection.
    Exit,
    /// A sign of life that the client did not send itself.
    Pulse,
}

impl Peer {
    pub(super) fn new(dialect: Dialect, profile: &Profile, lobby: RoomName, zone: Zone) -> Self {
        Self {
            dialect,
            lobby,
            zone,
            nick: None,
            garbled: None,
            strange: None,
            echo: profile.echo,
            announcements: profile.announcements,
            last: 0,
            under_way: VecDeque::new(),
        }
    }

    /// Numbers a request.
    pub(super) fn ask(&mut self, request: Request, wish: Wish, asks: &mut Vec<Ask>) {
        asks.push(Ask::Asked(self.number(request, wish)));
    }

    pub(super) fn join(&mut self, nick: &str, avatar: Option<String>, asks: &mut Vec<Ask>) {
        let nick = clipped(nick.trim());
        self.ask(Request::Join { nick: nick.clone(), token: None, avatar }, Wish::Join(nick), asks);
    }

    /// Says something in a room.
    pub(super) fn talk(&mut self, room: &str, text: &str, asks: &mut Vec<Ask>) {
        self.ask(Request::Say { room: room.to_owned(), text: text.to_owned() }, Wish::Say, asks);
    }

    pub(super) fn private(&mut self, to: &str, text: &str, asks: &mut Vec<Ask>) {
        let to = clipped(to);
        self.ask(Request::Private { to: to.clone(), text: text.to_owned() }, Wish::Private(to), asks);
    }

    /// The nick back, if the client has or awaits one, and the end of the connection.
    pub(super) fn exit(&mut self, asks: &mut Vec<Ask>) {
        if self.nick.is_some() || self.under_way.iter().any(|(_, wish)| matches!(wish, Wish::Join(_))) {
            self.ask(Request::Quit, Wish::Exit, asks);
        } else {
            self.reply(Happening::Exit, &Values::default(), asks);
        }
        asks.push(Ask::Bye);
    }

    pub(super) fn pulse(&mut self) -> Asked {
        self.number(Request::Ping, Wish::Pulse)
    }

    /// Answers at once.
    pub(super) fn reply(&self, happening: Happening, values: &Values<'_>, asks: &mut Vec<Ask>) {
        let mut bytes = Vec::new();
        self.write(happening, values, &mut bytes);
        if !bytes.is_empty() {
            asks.push(Ask::Reply(bytes));
        }
    }

    /// Writes a happening in the client's words.
    pub(super) fn write(&self, happening: Happening, values: &Values<'_>, out: &mut Vec<u8>) {
        words::write(self.dialect, happening, values, self.zone, out);
    }

    /// What an answered request was for.
    pub(super) fn answered(&mut self, number: u64) -> Option<Wish> {
        let at = self.under_way.iter().position(|(asked, _)| *asked == number)?;
        let (_, wish) = self.under_way.remove(at)?;
        if self.under_way.is_empty() {
            // An idle connection keeps nothing.
            self.under_way = VecDeque::new();
        }
        Some(wish)
    }

    /// Writes the answer to a request, and keeps what it says of the client.
    pub(super) fn tell_answer(&mut self, wish: Option<&Wish>, answer: &Answer, out: &mut Vec<u8>) {
        if let Answer::Welcome { nick, .. } | Answer::Back { nick, .. } = answer {
            self.nick = Some(nick.clone());
        }
        let own = self.nick.clone();
        let mut values = Values { nick: own.as_ref().map_or("", Nick::as_str), ..Values::default() };
        if let Some(Wish::Private(to) | Wish::File { to: Some(to), .. }) = wish {
            values.nick = to;
        }
        if let Some(Wish::Enter(room) | Wish::Leave(room)) = wish {
            values.room = room;
        }
        match answer {
            Answer::Refused { no, wait_ms } => {
                values.reason = no.meaning().to_owned();
                if let (No::Malformed, Some(why)) = (no, self.garbled.take()) {
                    values.reason = format!("{} {why}", no.meaning());
                }
                if let Some(Wish::File { name, .. }) = wish.filter(|_| !matches!(no, No::FileNameBad | No::NotJoined)) {
                    values.reason = format!("{name}: {}", no.meaning());
                }
                values.wait_ms = wait_ms.unwrap_or(0);
            }
            Answer::Report(active) => values.users = active,
            Answer::Members(present) => values.nicks = present.iter().map(|one| one.nick.as_str()).collect(),
            Answer::Rooms(rooms) => values.nicks = rooms.iter().map(|line| line.room.as_str()).collect(),
            Answer::Room { room, .. } => values.room = room.as_str(),
            Answer::Posted { at, .. } => values.at = *at,
            Answer::Filed { at, .. } => values.at = *at,
            Answer::Done
            | Answer::Welcome { .. }
            | Answer::Back { .. }
            | Answer::Page { .. }
            | Answer::Ready { .. }
            | Answer::Taken { .. }
            | Answer::Piece { .. }
            | Answer::Pong => {}
        }
        self.write(happening(wish, answer), &values, out);
        if let Answer::Posted { slow_down: true, .. } = answer {
            self.write(Happening::SlowDown, &values, out);
        }
        if let (Some(Wish::Join(wished)), Answer::Welcome { nick, .. }) = (wish, answer)
            && wished != nick.as_str()
        {
            self.write(Happening::Renamed, &values, out);
        }
        if matches!((wish, answer), (Some(Wish::Quit | Wish::Exit), Answer::Done)) {
            self.nick = None;
        }
    }

    /// Writes a message that is no answer and no history of a room.
    pub(super) fn tell(&self, message: &Message, out: &mut Vec<u8>) {
        self.tell_with(message, &Contents::default(), out);
    }

    /// The same, with what small files hold.
    pub(super) fn tell_with(&self, message: &Message, files: &Contents, out: &mut Vec<u8>) {
        let own = self.nick.as_ref().map_or("", Nick::as_str);
        match message {
            Message::Answer { .. } | Message::Earlier { place: Place::Room(_), .. } => {}
            Message::Live { place: Place::With(_), entry } => {
                let values = Values { own, content: files.of(entry), ..Values::of(entry) };
                self.write(Happening::Private, &values, out);
            }
            Message::Live { place: Place::Room(room), entry } => {
                let values = Values { room: room.as_str(), content: files.of(entry), ..Values::of(entry) };
                self.write(Happening::of(&entry.body), &values, out);
            }
            Message::Earlier { place: Place::With(_), past: Past::History | Past::Missed | Past::Late, entries } => {
                for entry in entries.iter().filter(|entry| Some(&entry.nick) != self.nick.as_ref()) {
                    let values = Values { own, content: files.of(entry), ..Values::of(entry) };
                    self.write(Happening::PrivateLate, &values, out);
                }
            }
            Message::Ping => self.write(Happening::Ping, &Values::default(), out),
            Message::Goodbye { why } => {
                let happening = if *why == Why::NickTaken { Happening::EndTaken } else { Happening::End };
                let strange = self.strange.filter(|_| *why == Why::Foreign);
                let reason = strange.map_or_else(|| why.meaning().to_owned(), |foreign| foreign.to_string());
                self.write(happening, &Values { reason, ..Values::default() }, out);
            }
        }
    }

    /// Whether the client is told of an entry of a room that it hears.
    pub(super) fn hears(&self, entry: &Entry) -> bool {
        let own = self.nick.as_ref() == Some(&entry.nick);
        match entry.body {
            Body::Text(_) | Body::Attached(_) => self.echo || !own,
            // Nobody is muted without being told.
            Body::Muted { .. } | Body::Unmuted if own => true,
            Body::Joined(_)
            | Body::Left(_)
            | Body::Entered(_)
            | Body::LeftRoom
            | Body::Muted { .. }
            | Body::Unmuted
            | Body::Avatar(_) => match self.announcements {
                Announcements::All => true,
                Announcements::Others => !own,
                Announcements::None => false,
            },
        }
    }

    pub(super) fn number(&mut self, request: Request, wish: Wish) -> Asked {
        self.last += 1;
        if self.under_way.len() == UNDER_WAY_MAX {
            self.under_way.pop_front();
        }
        self.under_way.push_back((self.last, wish));
        Asked { number: self.last, request }
    }
}

/// What an answer is to the client.
fn happening(wish: Option<&Wish>, answer: &Answer) -> Happening {
    match (answer, wish) {
        (Answer::Refused { no: No::NickTaken, .. }, Some(Wish::Join(_))) => Happening::JoinTaken,
        (Answer::Refused { .. }, Some(Wish::Join(_))) => Happening::JoinRefused,
        // The join was refused before, with a reason.
        (Answer::Refused { no: No::NotJoined, .. }, Some(Wish::Picture)) => Happening::Posted,
        (Answer::Refused { no: No::NotJoined, .. }, _) => Happening::NotJoined,
        (Answer::Refused { wait_ms: Some(_), .. }, _) => Happening::RefusedMuted,
        (Answer::Refused { .. }, Some(Wish::Private(_) | Wish::File { to: Some(_), .. })) => Happening::Undelivered,
        (Answer::Refused { no: No::Malformed, .. }, _) => Happening::Malformed,
        (Answer::Refused { .. }, _) => Happening::Refused,
        (Answer::Done, Some(Wish::Quit)) => Happening::Goodbye,
        (Answer::Done, Some(Wish::Exit)) => Happening::Exit,
        (Answer::Done, Some(Wish::Leave(_))) => Happening::OutOfRoom,
        (Answer::Done | Answer::Page { .. }, _) => Happening::Done,
        (Answer::Report(active), _) if active.is_empty() => Happening::ReportNobody,
        (Answer::Report(_) | Answer::Members(_), _) => Happening::Report,
        (Answer::Welcome { .. }, _) => Happening::Welcome,
        (Answer::Back { .. }, _) => Happening::Back,
        (Answer::Posted { waits: true, .. }, Some(Wish::Private(_))) => Happening::Waits,
        (Answer::Posted { .. }, Some(Wish::Private(_))) => Happening::Sent,
        (Answer::Filed { .. }, Some(Wish::File { to: Some(_), .. })) => Happening::Sent,
        (Answer::Posted { .. } | Answer::Filed { .. }, _) => Happening::Posted,
        (Answer::Ready { .. } | Answer::Taken { .. } | Answer::Piece { .. }, _) => Happening::Posted,
        (Answer::Room { .. }, _) => Happening::InRoom,
        (Answer::Rooms(_), _) => Happening::Rooms,
        (Answer::Pong, _) => Happening::Pong,
    }
}

/// A name as long as a request may have; a longer one is none, and is refused in the same words.
pub(super) fn clipped(name: &str) -> String {
    name[..name.floor_char_boundary(NAME_BYTES_MAX)].to_owned()
}
