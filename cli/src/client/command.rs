//! The dialogue of seed 004: every line begins with a command, and every command that is sent has one answer.
//!
//! Pure: lines and shown things in, text and wishes out. A line that is wrong in itself is told so, and nothing is sent.

use super::commands::{self, Own, Typed};
use super::dialogue::{Base, Dialogue, FAILURE, FileWish, Prompt, SUCCESS, Wishes, private_file};
use super::words::Style;
use crate::exit::{ExitCode, Failure};
use hobnob_machine::wire::tongue::Values;
use hobnob_machine::{Shown, When};
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Answer, Body, Entry, Past, Place, Request};
use hobnob_spec::names::{NICK_CHARS_MAX, TEXT_CHARS_MAX};
use hobnob_spec::profile::Dialect;
use hobnob_spec::voice::Happening;
use std::collections::VecDeque;

const BAD_USERNAME: &str = "Bad username";
const BAD_MESSAGE: &str = "Bad message";
const INVALID_COMMAND: &str = "Invalid command";
/// The list when nobody is logged in; no username has a blank.
const NOBODY: &str = "Nobody is logged in";

/// What `/help` prints above the client's own commands.
const HELP: &str = "\
login NAME            log in under this name
list                  who is logged in
sendto NAME TEXT      say something to one user
say TEXT              say something to all
logout                log out
exit                  end the program";

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Login(String),
    List,
    Ask(Request),
    Logout,
    Exit,
    Wrong(&'static str),
}

/// Where the dialogue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The connection is awaited.
    Connecting,
    /// A command is awaited.
    Ready,
    /// The answer to a command is awaited.
    Asking,
    /// The end of the session is awaited.
    LoggingOut,
    /// The end of the connection is awaited.
    Leaving,
    /// The program ends.
    Over,
}

/// The dialogue.
pub(super) struct Command {
    base: Base,
    stage: Stage,
    /// The nick that was asked for.
    wished: String,
    /// Whether the user was told that no server answers.
    unreached: bool,
}

impl Command {
    /// Connects at once: a report that nobody reads needs a connection.
    pub(super) fn new(addr: String, style: Style, wishes: Wishes) -> Self {
        let mut base = Base::new(Dialect::Command, addr, style, wishes);
        base.ask(Request::Report);
        Self { base, stage: Stage::Connecting, wished: String::new(), unreached: false }
    }

    fn said(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let line = match commands::typed(line) {
            Typed::Own(Own::Send { .. }) if self.base.nick.is_none() => return self.base.print(FAILURE),
            Typed::Own(own) => {
                let lobby = self.base.lobby.clone();
                return self.base.own(own, Some(&lobby), HELP);
            }
            Typed::Course(line) => line,
        };
        match parse(line, self.base.lobby.as_str()) {
            Line::Wrong(why) => self.base.print(why),
            Line::Login(_) if self.base.nick.is_some() => self.base.print(FAILURE),
            Line::Login(nick) => self.login(nick),
            Line::List => self.ask(Request::Report),
            Line::Ask(_) if self.base.nick.is_none() => self.base.print(FAILURE),
            Line::Ask(request) => self.ask(request),
            Line::Logout if self.base.nick.is_none() => self.base.print(FAILURE),
            Line::Logout => {
                self.stage = Stage::LoggingOut;
                self.base.intents.push_back(Intent::Logout);
            }
            Line::Exit => self.exit(),
        }
    }

    fn login(&mut self, nick: String) {
        self.stage = Stage::Asking;
        self.wished.clone_from(&nick);
        self.base.intents.push_back(Intent::Join(nick));
    }

    fn ask(&mut self, request: Request) {
        self.stage = Stage::Asking;
        self.base.ask(request);
    }

    fn exit(&mut self) {
        self.stage = Stage::Leaving;
        self.base.intents.push_back(if self.base.nick.is_some() { Intent::Quit } else { Intent::Close });
    }

    /// A command was answered, and the next one is awaited.
    fn settle(&mut self, line: &str) {
        if !line.is_empty() {
            self.base.print(line);
        }
        if matches!(self.stage, Stage::Connecting | Stage::Asking) {
            self.stage = Stage::Ready;
        }
        if self.base.ended && self.stage == Stage::Ready {
            self.exit();
        }
    }

    fn answered(&mut self, request: &Request, answer: &Answer) {
        self.reached();
        match (self.stage, answer) {
            (Stage::Connecting, _) => {
                self.settle("");
                if let Some(nick) = self.base.wishes.nick.take() {
                    self.login(nick);
                }
            }
            (_, Answer::Report(active)) if active.is_empty() => self.settle(NOBODY),
            (_, Answer::Report(active)) => {
                let nicks: Vec<&str> = active.iter().map(|user| user.nick.as_str()).collect();
                self.settle(&nicks.join("\n"));
            }
            (_, Answer::Refused { .. }) => self.settle(FAILURE),
            _ if matches!(request, Request::Say { .. } | Request::Private { .. }) => {
                self.settle(SUCCESS);
                if let Answer::Posted { slow_down: true, .. } = answer {
                    self.base.tell_as(Dialect::Colon, Happening::SlowDown, &Values::default());
                }
            }
            _ => {}
        }
    }

    /// Messages are shown to who is logged in; those to all are set apart by their room.
    fn entry(&mut self, place: &Place, entry: &Entry, when: When) {
        let own = self.base.is_own(&entry.nick);
        let text = matches!(entry.body, Body::Text(_) | Body::Attached(_));
        let happening = match (place, when) {
            (Place::With(_), _) if own => return,
            (Place::With(_), When::Live) => Happening::Private,
            (Place::With(_), When::Past(_)) => Happening::PrivateLate,
            (Place::Room(_), When::Past(Past::History)) => return,
            (Place::Room(room), _) if text && !own && *room == self.base.lobby => Happening::of(&entry.body),
            (Place::Room(_), _) if own && matches!(entry.body, Body::Muted { .. } | Body::Unmuted) => {
                Happening::of(&entry.body)
            }
            (Place::Room(_), When::Live | When::Past(_)) => return,
        };
        let (room, file) = match place {
            Place::Room(room) => (room.as_str(), None),
            Place::With(_) => ("", private_file(entry)),
        };
        let values = Values::of(entry);
        let values = Values { room, text: file.as_deref().unwrap_or(values.text), ..values };
        self.base.tell_as(Dialect::Colon, happening, &values);
    }

    /// At the start the program ends with the reason; later the user sees it, and the command has its one answer.
    fn unreachable(&mut self, reason: Option<&str>) {
        let failure = self.base.unreachable(reason);
        if self.stage == Stage::Connecting {
            self.base.failure = Some(failure);
        } else {
            self.base.failure = Some(Failure::new(failure.code, ""));
            if !std::mem::replace(&mut self.unreached, true) {
                self.base.print(failure.sentence);
            }
        }
    }

    /// The server answers.
    fn reached(&mut self) {
        self.unreached = false;
        self.base.reached();
    }

    /// The session is over, or the connection.
    fn out(&mut self) {
        self.base.nick = None;
        match self.stage {
            Stage::Connecting | Stage::Leaving | Stage::Over => self.stage = Stage::Over,
            Stage::LoggingOut => {
                self.stage = Stage::Asking;
                self.settle(SUCCESS);
            }
            Stage::Asking => self.settle(FAILURE),
            Stage::Ready => {}
        }
    }
}

impl Dialogue for Command {
    fn take_lines(&mut self) -> Vec<String> {
        self.base.take_lines()
    }

    fn prompt(&self) -> Option<Prompt> {
        (self.stage == Stage::Ready).then(|| Prompt::Talk(String::new()))
    }

    fn over(&mut self) -> Option<Result<ExitCode, Failure>> {
        (self.stage == Stage::Over).then(|| self.base.end())
    }

    fn typed(&mut self, line: &str) {
        if self.stage == Stage::Ready {
            self.said(line);
        }
    }

    fn end_of_input(&mut self) {
        self.base.ended = true;
        if self.stage == Stage::Ready {
            self.exit();
        }
    }

    fn shown(&mut self, shown: Shown) {
        match shown {
            Shown::Welcome { nick, room, .. } => {
                self.base.lobby = room;
                self.reached();
                if self.stage == Stage::Asking {
                    self.settle(SUCCESS);
                }
                if nick.as_str() != self.wished {
                    self.base.print(format!("Your username is {nick}"));
                }
                self.base.nick = Some(nick);
            }
            Shown::Back { nick, .. } => self.base.back(nick),
            Shown::Refused { .. } => {
                self.reached();
                self.settle(FAILURE);
            }
            Shown::AlreadyJoined => self.settle(FAILURE),
            Shown::Entry { place, entry, when } => self.entry(&place, &entry, when),
            Shown::Answer { request, answer } => self.answered(&request, &answer),
            Shown::Unreachable { reason } => self.unreachable(reason.as_deref()),
            // Nobody has typed anything yet that could be answered.
            Shown::Unsent { .. } | Shown::Unsure { .. } if self.stage == Stage::Connecting => {
                let ended = || Failure::new(ExitCode::CannotConnect, "The server ended the connection.");
                self.base.failure.get_or_insert_with(ended);
            }
            Shown::Gap { .. } | Shown::Lost => {}
            Shown::TooMany { .. } | Shown::Unsent { .. } | Shown::Unsure { .. } => self.settle(FAILURE),
            Shown::Retry { .. } | Shown::Goodbye { .. } | Shown::Foreign => self.base.trouble(&shown),
            Shown::Out => self.out(),
        }
    }

    fn file_wishes(&mut self) -> Vec<FileWish> {
        std::mem::take(&mut self.base.file_wishes)
    }

    fn intents(&mut self) -> &mut VecDeque<Intent> {
        &mut self.base.intents
    }
}

/// Reads a line as the course's rules say.
fn parse(line: &str, lobby: &str) -> Line {
    let line = line.trim_start();
    let (word, rest) = line.split_once(' ').unwrap_or((line.trim_end(), ""));
    let words: Vec<&str> = rest.split_whitespace().collect();
    let long = |name: &str| name.chars().nth(NICK_CHARS_MAX).is_some();
    match (word, words.as_slice()) {
        ("login", [name]) if !long(name) => Line::Login((*name).to_owned()),
        ("login", _) => Line::Wrong(BAD_USERNAME),
        ("list", []) => Line::List,
        ("logout", []) => Line::Logout,
        ("exit", []) => Line::Exit,
        ("sendto", _) => match rest.trim_start().split_once(' ') {
            Some((to, text)) if !long(to) && !text.trim().is_empty() => {
                let request = Request::Private { to: to.to_owned(), text: text.to_owned() };
                short(text).then_some(request).map_or(Line::Wrong(BAD_MESSAGE), Line::Ask)
            }
            Some(_) | None => Line::Wrong(BAD_USERNAME),
        },
        ("say", [_, ..]) if short(rest) => Line::Ask(Request::Say { room: lobby.to_owned(), text: rest.to_owned() }),
        ("say", _) => Line::Wrong(BAD_MESSAGE),
        _ => Line::Wrong(INVALID_COMMAND),
    }
}

fn short(text: &str) -> bool {
    text.chars().nth(TEXT_CHARS_MAX).is_none()
}
