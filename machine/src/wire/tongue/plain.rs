//! The dialect `plain` of seed 002: the first chunk is the nick, then every line is talk; `tata` leaves. Ours are
//! `/msg NICK TEXT`, `/who` and `/help`, which no course's client sends by itself.

use super::Ask;
use super::peer::{Peer, Wish};
use super::words::Values;
use hobnob_spec::messages::{Answer, Message, Past, Place, Request};
use hobnob_spec::voice::Happening;

/// A client that sends a nick and then lines of talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    pub(super) peer: Peer,
    /// Whether the next chunk is talk: a nick was sent, and not refused.
    named: bool,
}

impl Plain {
    pub(super) fn new(peer: Peer) -> Self {
        Self { peer, named: false }
    }

    pub(super) fn hear(&mut self, line: &str, asks: &mut Vec<Ask>) {
        let Self { peer, named } = self;
        let word = line.trim();
        if word == "tata" {
            return peer.exit(asks);
        }
        if !*named {
            *named = true;
            return peer.join(word, None, asks);
        }
        match word.strip_prefix("/msg ").and_then(|rest| rest.trim_start().split_once(' ')) {
            Some((to, text)) => peer.private(to, text, asks),
            None if line.is_empty() => {}
            None if word == "/help" => peer.reply(Happening::Help, &Values::default(), asks),
            None if word == "/who" => peer.ask(Request::Report, Wish::Report, asks),
            None => {
                let lobby = peer.lobby.clone();
                peer.talk(lobby.as_str(), line, asks);
            }
        }
    }

    pub(super) fn say(&mut self, message: &Message, out: &mut Vec<u8>) {
        match message {
            Message::Answer { number, answer } => {
                let wish = self.peer.answered(*number);
                if matches!((&wish, answer), (Some(Wish::Join(_)), Answer::Refused { .. })) {
                    self.named = false;
                }
                self.peer.tell_answer(wish.as_ref(), answer, out);
            }
            Message::Earlier { place: Place::Room(room), past: Past::History, entries } => {
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
}
