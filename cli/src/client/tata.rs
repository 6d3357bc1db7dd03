//! The dialogue of seed 002: a name, then lines of talk for all, until `tata`.
//!
//! Pure: lines and shown things in, text and wishes out. Its words stand in the voice of the dialect `plain`, and what
//! only this side prints stands here. What one says oneself is not shown again: it stands behind `You: `.

use super::commands::{self, Typed};
use super::dialogue::{Base, Dialogue, FileWish, Prompt, Wishes, private_file};
use super::words::Style;
use crate::exit::{ExitCode, Failure};
use hobnob_machine::wire::tongue::Values;
use hobnob_machine::{Shown, When};
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Body, Entry, Past, Place, Request};
use hobnob_spec::names::Nick;
use hobnob_spec::profile::Dialect;
use hobnob_spec::session::{No, Why};
use hobnob_spec::voice::Happening;
use std::collections::VecDeque;

/// Where the address is typed, when the command line names none.
pub(super) const HOST: &str = "Enter host ip address: ";
/// What is printed first.
const NEW_ID: &str = "CREATING NEW ID:";
/// Where the nick is typed.
const USERNAME: &str = "Enter username: ";
const USERNAME_PAINTED: &str = "\u{1b}[1m\u{1b}[34mEnter username: \u{1b}[0m";
/// What stands before what one says oneself.
const YOU: &str = "You: ";
/// What is printed when no server answers.
const UNREACHABLE: &str = "Can't connect to the server";
/// What is printed last.
const DISCONNECTED: &str = "DISCONNECTED!!";

const RED: &str = "31";
const YELLOW: &str = "33";
const BLUE: &str = "34";

/// What `/help` prints above the client's own commands.
const HELP: &str = "\
tata                  leave
/msg NICK TEXT        say something to one user only
/who                  who is here";

/// Where the dialogue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A nick is awaited.
    Naming,
    /// The server's welcome is awaited.
    Joining,
    /// The user is in the chat.
    Chatting,
    /// The end of the connection is awaited.
    Leaving,
    /// The program ends.
    Over,
}

/// The dialogue.
pub(super) struct Tata {
    base: Base,
    colour: bool,
    stage: Stage,
    /// The nick that was asked for.
    wished: String,
    /// Whether there was a connection, the end of which is told.
    connected: bool,
}

impl Tata {
    pub(super) fn new(addr: String, style: Style, wishes: Wishes) -> Self {
        let colour = style.colour;
        let base = Base::new(Dialect::Plain, addr, style, wishes);
        let mut tata = Self { base, colour, stage: Stage::Naming, wished: String::new(), connected: true };
        match tata.base.wishes.nick.clone() {
            Some(nick) => tata.join(nick),
            None => tata.base.print(tata.base.paint(NEW_ID, BLUE)),
        }
        tata
    }

    fn join(&mut self, nick: String) {
        self.stage = Stage::Joining;
        self.wished.clone_from(&nick);
        self.base.intents.push_back(Intent::Join(nick));
    }

    fn leave(&mut self, how: Intent) {
        self.stage = Stage::Leaving;
        self.base.intents.push_back(how);
    }

    fn said(&mut self, line: &str) {
        let line = match commands::typed(line) {
            Typed::Own(own) => {
                let lobby = self.base.lobby.clone();
                return self.base.own(own, Some(&lobby), HELP);
            }
            Typed::Course(line) => line,
        };
        let word = line.trim();
        match word.strip_prefix("/msg ").and_then(|rest| rest.trim_start().split_once(' ')) {
            Some((to, text)) => self.base.ask(Request::Private { to: to.to_owned(), text: text.to_owned() }),
            None if word == "tata" => self.leave(Intent::Quit),
            None if word == "/who" => self.base.ask(Request::Report),
            None if word.is_empty() => {}
            None => {
                let room = self.base.lobby.as_str().to_owned();
                self.base.ask(Request::Say { room, text: line.to_owned() });
            }
        }
    }

    fn entry(&mut self, place: &Place, entry: &Entry, when: When) {
        let own = self.base.is_own(&entry.nick);
        let happening = match (place, when) {
            (Place::With(_), _) if own => return,
            (Place::With(_), When::Live) => Happening::Private,
            (Place::With(_), When::Past(_)) => Happening::PrivateLate,
            (Place::Room(_), _) if own && !matches!(entry.body, Body::Muted { .. } | Body::Unmuted) => return,
            (Place::Room(_), When::Past(Past::History)) => Happening::of(&entry.body).earlier(),
            (Place::Room(_), When::Live | When::Past(_)) => Happening::of(&entry.body),
        };
        let (room, file) = match place {
            Place::Room(room) => (room.as_str(), None),
            Place::With(_) => ("", private_file(entry)),
        };
        let values = Values::of(entry);
        self.base.tell(happening, &Values { room, text: file.as_deref().unwrap_or(values.text), ..values });
    }

    fn chat(&mut self, nick: Nick, again: bool) {
        self.base.welcomed(nick, &self.wished, again);
        if self.stage == Stage::Joining {
            self.stage = Stage::Chatting;
        }
        if self.base.ended {
            self.leave(Intent::Quit);
        }
    }

    /// A nick that is somebody's ends the program, as it ends the course's client.
    fn taken(&mut self) {
        self.base.ends(Happening::EndTaken, No::NickTaken.meaning());
    }
}

impl Dialogue for Tata {
    fn take_lines(&mut self) -> Vec<String> {
        self.base.take_lines()
    }

    fn prompt(&self) -> Option<Prompt> {
        match self.stage {
            Stage::Naming => Some(Prompt::Question(if self.colour { USERNAME_PAINTED } else { USERNAME })),
            Stage::Chatting => Some(Prompt::Talk(self.base.paint(YOU, YELLOW))),
            Stage::Joining | Stage::Leaving | Stage::Over => None,
        }
    }

    fn over(&mut self) -> Option<Result<ExitCode, Failure>> {
        (self.stage == Stage::Over).then(|| self.base.end())
    }

    fn typed(&mut self, line: &str) {
        match self.stage {
            Stage::Naming => self.join(line.trim().to_owned()),
            Stage::Chatting => self.said(line),
            Stage::Joining | Stage::Leaving | Stage::Over => {}
        }
    }

    fn end_of_input(&mut self) {
        self.base.ended = true;
        match self.stage {
            Stage::Naming => self.stage = Stage::Over,
            Stage::Chatting => self.leave(Intent::Quit),
            Stage::Joining | Stage::Leaving | Stage::Over => {}
        }
    }

    fn shown(&mut self, shown: Shown) {
        match shown {
            Shown::Welcome { nick, room, .. } => {
                let again = self.stage != Stage::Joining;
                self.base.lobby = room;
                self.chat(nick, again);
            }
            Shown::Back { nick, .. } => self.chat(nick, self.stage != Stage::Joining),
            Shown::Refused { no: No::NickTaken, .. } | Shown::Goodbye { why: Why::NickTaken } => {
                self.taken();
                self.leave(Intent::Close);
            }
            Shown::Refused { no, .. } => {
                self.base.ends(Happening::JoinRefused, no.meaning());
                self.leave(Intent::Close);
            }
            Shown::Entry { place, entry, when } => self.entry(&place, &entry, when),
            Shown::Answer { request, answer } => self.base.tell_answer(&request, &answer),
            Shown::Unreachable { .. } => {
                self.connected = false;
                self.base.print(self.base.paint(UNREACHABLE, RED));
                self.base.failure = Some(Failure::new(ExitCode::CannotConnect, ""));
            }
            Shown::Gap { .. } | Shown::Lost | Shown::AlreadyJoined => {}
            Shown::TooMany { .. } | Shown::Unsent { .. } | Shown::Unsure { .. } => self.base.trouble(&shown),
            Shown::Retry { .. } | Shown::Goodbye { .. } | Shown::Foreign => self.base.trouble(&shown),
            Shown::Out if self.stage == Stage::Over => {}
            Shown::Out => {
                self.stage = Stage::Over;
                if self.connected {
                    self.base.print(self.base.paint(DISCONNECTED, RED));
                }
            }
        }
    }

    fn file_wishes(&mut self) -> Vec<FileWish> {
        std::mem::take(&mut self.base.file_wishes)
    }

    fn intents(&mut self) -> &mut VecDeque<Intent> {
        &mut self.base.intents
    }
}
