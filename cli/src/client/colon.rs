//! The dialogue of seed 001: one is in a room, where every line is talk, or outside, where lines are commands.
//!
//! Pure: lines and shown things in, text and wishes out. Its words stand in the voice of the dialect `colon`.

use super::commands::{self, Typed};
use super::dialogue::{Base, Dialogue, FileWish, Prompt, Wishes, private_file};
use super::words::Style;
use crate::exit::{ExitCode, Failure};
use hobnob_machine::wire::tongue::Values;
use hobnob_machine::{Shown, When};
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Answer, Body, Entry, Past, Place, Request, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::profile::Dialect;
use hobnob_spec::session::No;
use hobnob_spec::voice::Happening;
use std::collections::VecDeque;

/// Where the nick is typed.
const USERNAME: &str = "Enter username: ";
/// Where the recipient of a message is typed.
const RECIPIENT: &str = "Recipient: ";
/// Where the message is typed.
const MESSAGE: &str = "Message: ";
/// What a message to nobody is answered with.
const NO_RECIPIENT: &str = "There is no recipient.";
/// What can be typed outside rooms.
const COMMANDS: &str =
    "This is no command; there are: message, who, join ROOM, leave, exit and RECIPIENT:MESSAGE; /help tells more.";
/// And what it does; the client's own commands stand below.
const HELP: &str = "\
join ROOM             go into a room, in which every line is talk but leave and the commands with a slash
leave                 go out of the room
RECIPIENT:MESSAGE     say something to one user only; message asks for both
who                   who is active
exit                  leave the chat";

/// Where the dialogue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// A nick is awaited.
    Naming,
    /// The server's welcome is awaited.
    Joining,
    /// The user is in the chat, in a room or outside.
    Chatting,
    /// The recipient of a message is awaited.
    Addressing,
    /// The message to this recipient is awaited.
    Writing(String),
    /// The end of the connection is awaited.
    Leaving,
    /// The program ends.
    Over,
}

/// The dialogue.
pub(super) struct Colon {
    base: Base,
    stage: Stage,
    /// The nick that was asked for.
    wished: String,
    /// The room that the user talks in.
    room: Option<RoomName>,
    /// Whether the prompt of the next line depends on an answer.
    moving: bool,
    /// Who was told last to have left the chat, and when that was.
    gone: Option<(Nick, Time)>,
}

impl Colon {
    pub(super) fn new(addr: String, style: Style, wishes: Wishes) -> Self {
        let base = Base::new(Dialect::Colon, addr, style, wishes);
        let nick = base.wishes.nick.clone();
        let wished = String::new();
        let mut colon = Self { base, stage: Stage::Naming, wished, room: None, moving: false, gone: None };
        if let Some(nick) = nick {
            colon.join(nick);
        }
        colon
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

    /// A name, bare or as the assignment writes it.
    fn named(&mut self, line: &str) {
        match line.trim() {
            "server:exit" => self.stage = Stage::Over,
            name => {
                let bare = name.strip_prefix("server:register").unwrap_or(name);
                self.join(bare.trim().to_owned());
            }
        }
    }

    fn said(&mut self, line: &str) {
        let line = match commands::typed(line) {
            Typed::Own(own) => return self.base.own(own, self.room.as_ref(), HELP),
            Typed::Course(line) => line,
        };
        let Some(room) = &self.room else { return self.command(line.trim()) };
        match line.trim() {
            "leave" | "server:leave" => self.leave_room(),
            "" => {}
            _ => {
                let room = room.as_str().to_owned();
                self.base.ask(Request::Say { room, text: line.to_owned() });
            }
        }
    }

    fn command(&mut self, line: &str) {
        let typed = match line.split_once(':') {
            Some((to, command)) if to.trim().eq_ignore_ascii_case("server") => command.trim(),
            Some((to, _)) if to.trim().is_empty() => return self.base.complain(Happening::Refused, NO_RECIPIENT),
            Some((to, text)) => return self.private(to.trim(), text.trim_start()),
            None => line,
        };
        let (word, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
        match (word, rest.trim()) {
            ("", "") | ("leave", "") => {}
            ("message", "") => self.stage = Stage::Addressing,
            ("who", "") => self.base.ask(Request::Report),
            ("join", room) => self.enter(room),
            ("exit", "") => self.leave(Intent::Quit),
            ("register", _) => self.base.complain(Happening::Refused, No::AlreadyJoined.meaning()),
            _ => self.base.complain(Happening::Refused, COMMANDS),
        }
    }

    fn private(&mut self, to: &str, text: &str) {
        self.base.ask(Request::Private { to: to.to_owned(), text: text.to_owned() });
    }

    /// Into a room. In the lobby one is already, so to begin to hear it needs no answer.
    fn enter(&mut self, room: &str) {
        if room == self.base.lobby.as_str() {
            self.base.tell(Happening::InRoom, &Values { room, ..Values::default() });
            self.room = Some(self.base.lobby.clone());
        } else {
            self.moving = true;
            self.base.ask(Request::Enter { room: room.to_owned() });
        }
    }

    fn leave_room(&mut self) {
        let Some(room) = self.room.take() else { return };
        if room == self.base.lobby {
            self.base.tell(Happening::OutOfRoom, &Values { room: room.as_str(), ..Values::default() });
        } else {
            self.moving = true;
            self.base.ask(Request::Leave { room: room.as_str().to_owned() });
        }
    }

    fn answered(&mut self, request: &Request, answer: &Answer) {
        self.moving &= !matches!(request, Request::Enter { .. } | Request::Leave { .. });
        match (request, answer) {
            (Request::Enter { .. }, Answer::Room { room, .. }) => self.room = Some(room.clone()),
            // Who went out by force of circumstances goes back this way.
            (Request::Enter { room }, Answer::Refused { no: No::InRoom, .. }) => {
                self.room = RoomName::parse(room);
                return self.base.tell(Happening::InRoom, &Values { room, ..Values::default() });
            }
            _ => {}
        }
        self.base.tell_answer(request, answer);
    }

    fn entry(&mut self, place: &Place, entry: &Entry, when: When) {
        let own = self.base.is_own(&entry.nick);
        let values = Values::of(entry);
        let happening = match (place, when) {
            (Place::With(_), _) if own => return,
            (Place::With(_), When::Live) => Happening::Private,
            (Place::With(_), When::Past(_)) => Happening::PrivateLate,
            // All are told who left the chat, and once.
            (Place::Room(room), When::Live) if matches!(entry.body, Body::Left(_)) => {
                let heard = *room == self.base.lobby || self.room.as_ref() == Some(room);
                let gone = Some((entry.nick.clone(), entry.at));
                if own || !heard || self.gone == gone {
                    return;
                }
                self.gone = gone;
                Happening::of(&entry.body)
            }
            (Place::Room(room), _) if self.room.as_ref() != Some(room) => return,
            (Place::Room(_), When::Past(Past::History)) => Happening::of(&entry.body).earlier(),
            (Place::Room(_), _)
                if own
                    && !matches!(
                        entry.body,
                        Body::Text(_) | Body::Attached(_) | Body::Muted { .. } | Body::Unmuted
                    ) =>
            {
                return;
            }
            (Place::Room(_), When::Live | When::Past(_)) => Happening::of(&entry.body),
        };
        let (room, file) = match place {
            Place::Room(room) => (room.as_str(), None),
            Place::With(_) => ("", private_file(entry)),
        };
        self.base.tell(happening, &Values { room, text: file.as_deref().unwrap_or(values.text), ..values });
    }

    fn welcome(&mut self, nick: Nick, lobby: RoomName) {
        let again = self.stage != Stage::Joining;
        self.base.welcomed(nick, &self.wished, again);
        if !again {
            self.base.lobby = lobby;
            self.chat();
            // The last one is where lines are said.
            for room in std::mem::take(&mut self.base.wishes.rooms) {
                self.enter(&room);
            }
        }
    }

    fn chat(&mut self) {
        if self.stage == Stage::Joining {
            self.stage = Stage::Chatting;
        }
        if self.base.ended {
            self.leave(Intent::Quit);
        }
    }

    /// The link is offline: another name is asked for where one was refused, else the program ends.
    fn out(&mut self) {
        self.base.nick = None;
        let again = self.stage == Stage::Naming && !self.base.ended && self.base.failure.is_none();
        if !again {
            self.stage = Stage::Over;
        }
    }
}

impl Dialogue for Colon {
    fn take_lines(&mut self) -> Vec<String> {
        self.base.take_lines()
    }

    fn prompt(&self) -> Option<Prompt> {
        match &self.stage {
            Stage::Naming => Some(Prompt::Question(USERNAME)),
            Stage::Addressing => Some(Prompt::Question(RECIPIENT)),
            Stage::Writing(_) => Some(Prompt::Question(MESSAGE)),
            Stage::Chatting if self.moving => None,
            Stage::Chatting => Some(Prompt::Talk(match &self.room {
                Some(room) => format!("[{room}] > "),
                None => "> ".to_owned(),
            })),
            Stage::Joining | Stage::Leaving | Stage::Over => None,
        }
    }

    fn over(&mut self) -> Option<Result<ExitCode, Failure>> {
        (self.stage == Stage::Over).then(|| self.base.end())
    }

    fn typed(&mut self, line: &str) {
        match std::mem::replace(&mut self.stage, Stage::Chatting) {
            Stage::Naming => self.named(line),
            Stage::Chatting => self.said(line),
            Stage::Addressing if line.trim().is_empty() => self.base.complain(Happening::Refused, NO_RECIPIENT),
            Stage::Addressing => self.stage = Stage::Writing(line.trim().to_owned()),
            Stage::Writing(to) => self.private(&to, line.trim_start()),
            stage @ (Stage::Joining | Stage::Leaving | Stage::Over) => self.stage = stage,
        }
    }

    fn end_of_input(&mut self) {
        self.base.ended = true;
        match self.stage {
            Stage::Naming => self.stage = Stage::Over,
            Stage::Chatting | Stage::Addressing | Stage::Writing(_) => self.leave(Intent::Quit),
            Stage::Joining | Stage::Leaving | Stage::Over => {}
        }
    }

    fn shown(&mut self, shown: Shown) {
        match shown {
            Shown::Welcome { nick, room, .. } => self.welcome(nick, room),
            Shown::Back { nick, .. } => {
                self.base.back(nick);
                self.chat();
            }
            Shown::Refused { no, wait_ms } => {
                self.base.rejected(no, wait_ms);
                self.stage = if self.base.failure.is_some() || self.base.ended { Stage::Over } else { Stage::Naming };
            }
            Shown::Entry { place, entry, when } => self.entry(&place, &entry, when),
            Shown::Answer { request, answer } => self.answered(&request, &answer),
            Shown::Unreachable { reason } => self.base.failure = Some(self.base.unreachable(reason.as_deref())),
            Shown::AlreadyJoined => self.base.complain(Happening::Refused, No::AlreadyJoined.meaning()),
            Shown::Gap { .. } | Shown::Lost => {}
            Shown::TooMany { ref request } | Shown::Unsent { ref request } | Shown::Unsure { ref request } => {
                self.moving &= !matches!(request, Request::Enter { .. } | Request::Leave { .. });
                self.base.trouble(&shown);
            }
            Shown::Retry { .. } | Shown::Goodbye { .. } | Shown::Foreign => {
                self.moving = false;
                self.base.trouble(&shown);
            }
            Shown::Out => self.out(),
        }
    }

    fn file_wishes(&mut self) -> Vec<FileWish> {
        std::mem::take(&mut self.base.file_wishes)
    }

    fn hears(&self, place: &Place) -> bool {
        match place {
            Place::Room(room) => self.room.as_ref() == Some(room),
            Place::With(_) => true,
        }
    }

    fn intents(&mut self) -> &mut VecDeque<Intent> {
        &mut self.base.intents
    }
}
