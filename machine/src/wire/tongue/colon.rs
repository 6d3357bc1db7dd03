//! The dialect `colon` of seed 001: `server:register NAME`, `server:who`, `server:join ROOM`, `server:leave`,
//! `server:exit`, the same words without `server:`, and `RECIPIENT:MESSAGE`.
//!
//! In a room every line is talk, but `leave` and `server:leave`. A client is in one room at a time, beside the lobby,
//! of which it hears only who left the chat until it joins it like any room.

use super::Ask;
use super::peer::{Peer, Wish, clipped};
use super::words::Values;
use hobnob_spec::messages::{Answer, Body, Entry, Message, Past, Place, Request, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::session::No;
use hobnob_spec::voice::Happening;

/// A client that sends lines with colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colon {
    pub(super) peer: Peer,
    /// The room that it talks in; as it asked for it until the machine says how it is written.
    room: Option<String>,
    /// Who was told last to have left the chat, and when that was.
    gone: Option<(Nick, Time)>,
}

impl Colon {
    pub(super) fn new(peer: Peer) -> Self {
        Self { peer, room: None, gone: None }
    }

    pub(super) fn hear(&mut self, line: &str, asks: &mut Vec<Ask>) {
        if let Some(room) = self.room.take() {
            match line.trim() {
                "leave" | "server:leave" => self.leave(room, asks),
                _ => {
                    self.peer.talk(&room, line, asks);
                    self.room = Some(room);
                }
            }
            return;
        }
        match line.split_once(':') {
            Some((to, command)) if to.trim().eq_ignore_ascii_case("server") => self.command(command.trim(), asks),
            Some((to, _)) if to.trim().is_empty() => {
                let reason = "There is no recipient before the colon.".to_owned();
                self.peer.reply(Happening::Refused, &Values { reason, ..Values::default() }, asks);
            }
            Some((to, text)) => self.peer.private(to.trim(), text.trim_start(), asks),
            None => self.command(line.trim(), asks),
        }
    }

    pub(super) fn say(&mut self, message: &Message, out: &mut Vec<u8>) {
        match message {
            Message::Answer { number, answer } => {
                let wish = self.peer.answered(*number);
                if let (Some(Wish::Enter(asked)), Answer::Refused { no: No::InRoom, .. }) = (&wish, answer) {
                    self.hear_lobby(asked, out);
                } else {
                    self.settle_room(wish.as_ref(), answer);
                    self.peer.tell_answer(wish.as_ref(), answer, out);
                }
            }
            Message::Earlier { place: Place::Room(room), past: Past::History, entries } if self.is_in(room) => {
                for entry in entries {
                    let happening = Happening::of(&entry.body).earlier();
                    self.peer.write(happening, &Values { room: room.as_str(), ..Values::of(entry) }, out);
                }
            }
            Message::Live { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {
                self.peer.tell(message, out);
            }
        }
    }

    /// All are told who left the chat, and once, though the lobby and the room tell it.
    pub(super) fn hears(&mut self, room: &RoomName, entry: &Entry) -> bool {
        let heard = match entry.body {
            Body::Left(_) if self.is_in(room) || *room == self.peer.lobby => {
                let gone = Some((entry.nick.clone(), entry.at));
                std::mem::replace(&mut self.gone, gone.clone()) != gone
            }
            Body::Left(_)
            | Body::Text(_)
            | Body::Attached(_)
            | Body::Joined(_)
            | Body::Entered(_)
            | Body::LeftRoom
            | Body::Muted { .. }
            | Body::Unmuted
            | Body::Avatar(_) => self.is_in(room),
        };
        heard && self.peer.hears(entry)
    }

    fn command(&mut self, command: &str, asks: &mut Vec<Ask>) {
        let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        match (word, rest) {
            ("register", nick) => self.peer.join(nick, None, asks),
            ("who", "") => self.peer.ask(Request::Report, Wish::Report, asks),
            ("join", room) => self.enter(clipped(room), asks),
            ("leave", "") => {}
            ("exit", "") => self.peer.exit(asks),
            _ => self.peer.reply(Happening::Unknown, &Values::default(), asks),
        }
    }

    /// Into a room. What is said next is said there, even before the answer comes.
    fn enter(&mut self, room: String, asks: &mut Vec<Ask>) {
        if room == self.peer.lobby.as_str() && self.peer.nick.is_some() {
            self.peer.reply(Happening::InRoom, &Values { room: &room, ..Values::default() }, asks);
        } else {
            self.peer.ask(Request::Enter { room: room.clone() }, Wish::Enter(room.clone()), asks);
        }
        self.room = Some(room);
    }

    fn leave(&mut self, room: String, asks: &mut Vec<Ask>) {
        if room == self.peer.lobby.as_str() {
            self.peer.reply(Happening::OutOfRoom, &Values { room: &room, ..Values::default() }, asks);
        } else {
            self.peer.ask(Request::Leave { room: room.clone() }, Wish::Leave(room), asks);
        }
    }

    /// The only room that it is in without having asked is the lobby: now it hears it.
    fn hear_lobby(&mut self, asked: &String, out: &mut Vec<u8>) {
        let lobby = self.peer.lobby.as_str().to_owned();
        self.peer.write(Happening::InRoom, &Values { room: &lobby, ..Values::default() }, out);
        if self.room.as_ref() == Some(asked) {
            self.room = Some(lobby);
        }
    }

    /// Keeps where it is, now that the machine has said so.
    fn settle_room(&mut self, wish: Option<&Wish>, answer: &Answer) {
        match wish {
            Some(Wish::Enter(asked)) if self.room.as_ref() == Some(asked) => {
                if let Answer::Room { room, .. } = answer {
                    self.room = Some(room.as_str().to_owned());
                } else {
                    self.room = None;
                }
            }
            Some(Wish::Leave(room)) if self.room.is_none() => {
                // It is in the room still, unless it never was.
                if let Answer::Refused { no, .. } = answer
                    && *no != No::NotInRoom
                {
                    self.room = Some(room.clone());
                }
            }
            Some(
                Wish::Report
                | Wish::Join(_)
                | Wish::Say
                | Wish::Private(_)
                | Wish::File { .. }
                | Wish::Picture
                | Wish::Enter(_)
                | Wish::Leave(_)
                | Wish::Quit
                | Wish::Exit
                | Wish::Pulse,
            )
            | None => {}
        }
    }

    fn is_in(&self, room: &RoomName) -> bool {
        self.room.as_deref() == Some(room.as_str())
    }
}
