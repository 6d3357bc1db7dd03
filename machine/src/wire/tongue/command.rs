//! The dialect `command` of seed 004: `login NAME`, `list`, `sendto NAME TEXT`, `logout`, `exit`, and `say TEXT` for
//! all, which is ours.
//!
//! Every command but `exit` has exactly one reply: LIST for a list, RESPONSE for all else.

use super::Ask;
use super::peer::{Peer, Wish};
use super::words::Values;
use hobnob_spec::messages::{Message, Request};
use hobnob_spec::names::{NICK_CHARS_MAX, RELAY_MARK, TEXT_CHARS_MAX};
use hobnob_spec::voice::Happening;

/// A client that sends commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub(super) peer: Peer,
}

impl Command {
    pub(super) fn new(peer: Peer) -> Self {
        Self { peer }
    }

    pub(super) fn hear(&mut self, line: &str, asks: &mut Vec<Ask>) {
        let Self { peer } = self;
        let line = line.trim_start();
        let (word, rest) = line.split_once(' ').unwrap_or((line.trim_end(), ""));
        let alone = rest.trim().is_empty();
        match word {
            "login" if named(rest.trim()) => peer.join(rest, None, asks),
            "list" if alone => peer.ask(Request::Report, Wish::Report, asks),
            "logout" if alone => peer.ask(Request::Quit, Wish::Quit, asks),
            "exit" if alone => peer.exit(asks),
            "say" if !alone && short(rest) => {
                let lobby = peer.lobby.clone();
                peer.talk(lobby.as_str(), rest, asks);
            }
            "sendto" => match rest.split_once(' ') {
                Some((to, text)) if named(to) && !text.trim().is_empty() && short(text) => {
                    peer.private(to, text, asks);
                }
                Some(_) | None => malformed(peer, asks),
            },
            _ => malformed(peer, asks),
        }
    }

    pub(super) fn say(&mut self, message: &Message, out: &mut Vec<u8>) {
        match message {
            Message::Answer { number, answer } => {
                let wish = self.peer.answered(*number);
                self.peer.tell_answer(wish.as_ref(), answer, out);
            }
            Message::Live { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {
                self.peer.tell(message, out);
            }
        }
    }
}

/// A command that is wrong in itself; it is told so, and not counted as garbled, for people type it.
fn malformed(peer: &Peer, asks: &mut Vec<Ask>) {
    peer.reply(Happening::Malformed, &Values::default(), asks);
}

/// Whether it is one word and no longer than a name, which may have a relay's mark before it.
fn named(name: &str) -> bool {
    let name = name.strip_prefix(RELAY_MARK).unwrap_or(name);
    !name.is_empty() && !name.contains(char::is_whitespace) && name.chars().nth(NICK_CHARS_MAX).is_none()
}

fn short(text: &str) -> bool {
    text.chars().nth(TEXT_CHARS_MAX).is_none()
}
