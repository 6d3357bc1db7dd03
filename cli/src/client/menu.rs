//! The menu's dialogue: which line means what when, and what is printed at what the link shows.
//!
//! Pure: lines and shown things in, text and wishes out. It reads no keyboard and writes to no screen.

use super::avatar::Faces;
use super::commands::{self, HELP, Line, Own};
use super::dialogue::{Dialogue, FileWish, Prompt, Wishes};
use super::words::{self, CHOICE, FILE_PATH, MENU, REJECT, SLOW_DOWN, Style, USERNAME, WELCOME};
use crate::exit::{ExitCode, Failure};
use hobnob_machine::Shown;
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Answer, Place, Request, Where};
use hobnob_spec::names::{Nick, RoomName, TEXT_CHARS_MAX};
use hobnob_spec::session::No;
use std::collections::VecDeque;

/// How many requests may be unanswered before the next line waits.
const OPEN_MAX: usize = 32;

/// Where the dialogue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A choice of the menu is awaited.
    Choosing,
    /// A nick is awaited.
    Naming,
    /// The server's report is awaited.
    Reporting,
    /// The server's welcome is awaited.
    Joining,
    /// The user is in the chat.
    Chatting,
    /// The user is in the chat, and the path of a file is awaited.
    Attaching,
    /// The end of the connection is awaited, and then the menu comes.
    Leaving,
    /// The program ends.
    Over,
}

/// The dialogue.
pub(super) struct Menu {
    addr: String,
    style: Style,
    wishes: Wishes,
    stage: Stage,
    /// The nick that was asked for.
    wished: String,
    nick: Option<Nick>,
    /// What people wear beside their nicks.
    faces: Faces,
    lobby: RoomName,
    /// The room in which typed lines are said: the last one entered.
    room: RoomName,
    /// How many requests are unanswered.
    open: usize,
    /// Whether the room of the next line depends on an answer.
    moving: bool,
    /// Whether the connection was lost and is not back.
    away: bool,
    /// Whether no server answered the last time.
    unreached: bool,
    /// Whether no more lines come.
    ended: bool,
    failure: Option<Failure>,
    /// What is to be printed, line by line.
    lines: Vec<String>,
    /// What is wished for about files.
    pub(super) file_wishes: Vec<FileWish>,
    /// What is wished for.
    pub(super) intents: VecDeque<Intent>,
}

impl Menu {
    pub(super) fn new(addr: String, style: Style, wishes: Wishes) -> Self {
        let lobby = RoomName::parse("lobby").expect("lobby is a room's name");
        let mut menu = Self {
            addr,
            style,
            wishes,
            stage: Stage::Choosing,
            wished: String::new(),
            nick: None,
            faces: Faces::default(),
            room: lobby.clone(),
            lobby,
            open: 0,
            moving: false,
            away: false,
            unreached: false,
            ended: false,
            failure: None,
            lines: Vec::new(),
            file_wishes: Vec::new(),
            intents: VecDeque::new(),
        };
        match menu.wishes.nick.clone() {
            Some(nick) => menu.join(nick),
            None => menu.offer_menu(),
        }
        menu
    }

    /// The lines that are to be printed.
    pub(super) fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    /// What the line that is awaited is; `None` while none is.
    pub(super) fn prompt(&self) -> Option<Prompt> {
        match self.stage {
            Stage::Choosing => Some(Prompt::Question(CHOICE)),
            Stage::Naming => Some(Prompt::Question(USERNAME)),
            Stage::Attaching => Some(Prompt::Question(FILE_PATH)),
            Stage::Chatting if self.moving || self.open >= OPEN_MAX => None,
            Stage::Chatting if self.room == self.lobby => Some(Prompt::Talk(String::new())),
            Stage::Chatting => Some(Prompt::Talk(format!("#{} ", self.room))),
            Stage::Reporting | Stage::Joining | Stage::Leaving | Stage::Over => None,
        }
    }

    /// Whether the program ends, and how.
    pub(super) fn over(&mut self) -> Option<Result<ExitCode, Failure>> {
        if self.stage != Stage::Over {
            return None;
        }
        let told = self.unreached.then(|| Failure::new(ExitCode::CannotConnect, ""));
        Some(self.failure.take().or(told).map_or(Ok(ExitCode::Fine), Err))
    }

    /// Takes a typed line.
    pub(super) fn typed(&mut self, line: &str) {
        match self.stage {
            Stage::Choosing => self.chosen(line.trim()),
            Stage::Naming => self.join(line.trim().to_owned()),
            Stage::Chatting => self.said(line),
            Stage::Attaching => {
                self.stage = Stage::Chatting;
                self.attach(Where::Room(self.room.as_str().to_owned()), line.trim().to_owned());
            }
            Stage::Reporting | Stage::Joining | Stage::Leaving | Stage::Over => {}
        }
    }

    /// No more lines come: what was asked is answered first, then the client quits.
    pub(super) fn end_of_input(&mut self) {
        self.ended = true;
        match self.stage {
            Stage::Choosing | Stage::Naming => self.stage = Stage::Over,
            Stage::Chatting | Stage::Attaching => self.leave(Intent::Quit),
            Stage::Reporting | Stage::Joining | Stage::Leaving | Stage::Over => {}
        }
    }

    /// Takes what the link shows.
    pub(super) fn shown(&mut self, shown: Shown) {
        self.faces.hear(&shown);
        match shown {
            Shown::Welcome { nick, room, .. } => self.welcome(nick, room),
            Shown::Back { nick, muted_ms, .. } => self.back(nick, muted_ms),
            Shown::Refused { no, wait_ms } => self.rejected(no, wait_ms),
            Shown::Entry { place, entry, when } => {
                let face = self.faces.before(&entry.nick);
                let line = self.style.entry(self.nick.as_ref(), &self.lobby, &place, (&face, &entry), when);
                self.print(line);
            }
            Shown::Gap { place, missing } => {
                let place = match &place {
                    Place::Room(room) => format!("of {room}"),
                    Place::With(nick) => format!("from {nick}"),
                };
                self.print(format!("({missing} earlier messages {place} are not kept any more.)"));
            }
            Shown::Answer { request, answer } => self.answered(&request, answer),
            Shown::TooMany { request } => self.given_back(&request, "too much waits already; please try again later"),
            Shown::Unsent { request } => self.given_back(&request, "it was not sent"),
            Shown::Unsure { request } => self.given_back(&request, "it is not known whether it arrived"),
            Shown::AlreadyJoined => self.print("You have joined already."),
            Shown::Unreachable { reason } => self.unreachable(reason.as_deref()),
            Shown::Lost | Shown::Foreign | Shown::Retry { .. } | Shown::Goodbye { .. } => self.trouble(&shown),
            Shown::Out => self.out(),
        }
    }

    fn print(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn offer_menu(&mut self) {
        self.print(MENU);
        self.stage = Stage::Choosing;
    }

    fn chosen(&mut self, choice: &str) {
        match choice {
            "1" => {
                self.stage = Stage::Reporting;
                self.ask(Request::Report);
            }
            "2" => self.stage = Stage::Naming,
            "3" => self.stage = Stage::Over,
            _ => {
                self.print("Please type 1, 2 or 3.");
                self.offer_menu();
            }
        }
    }

    fn join(&mut self, nick: String) {
        self.stage = Stage::Joining;
        self.nick = None;
        self.wished.clone_from(&nick);
        self.intents.push_back(Intent::Join(nick));
    }

    fn leave(&mut self, how: Intent) {
        self.stage = Stage::Leaving;
        self.intents.push_back(how);
    }

    fn ask(&mut self, request: Request) {
        self.open += 1;
        self.moving |= matches!(request, Request::Enter { .. } | Request::Leave { .. }) && !self.away;
        self.intents.push_back(Intent::Ask(request));
    }

    fn said(&mut self, line: &str) {
        match commands::parse(line, self.room.as_str()) {
            Line::Empty => {}
            Line::Quit => self.leave(Intent::Quit),
            Line::Attach => self.stage = Stage::Attaching,
            Line::Own(Own::Send { to, path }) => {
                let room = || Where::Room(self.room.as_str().to_owned());
                self.attach(to.map_or_else(room, Where::With), path);
            }
            Line::Own(Own::Get(Some(named))) => self.file_wishes.push(FileWish::Get(named)),
            Line::Own(Own::Get(None)) => self.file_wishes.push(FileWish::List),
            Line::Own(Own::Avatar(what)) => self.file_wishes.push(FileWish::Avatar(what)),
            Line::Own(Own::Help) => self.print(HELP),
            Line::Own(Own::Wrong(why)) | Line::Wrong(why) => self.print(format!("{why}.")),
            Line::Ask(Request::Say { text, .. } | Request::Private { text, .. })
                if text.chars().nth(TEXT_CHARS_MAX).is_some() =>
            {
                self.print(format!("Not sent: {} At most {TEXT_CHARS_MAX} characters.", No::TextLong.meaning()));
            }
            Line::Ask(request) => self.ask(request),
        }
    }

    fn attach(&mut self, place: Where, path: String) {
        if !path.is_empty() {
            self.file_wishes.push(FileWish::Send(place, path));
        }
    }

    fn welcome(&mut self, nick: Nick, lobby: RoomName) {
        let again = matches!(self.stage, Stage::Chatting | Stage::Attaching);
        self.unreached = false;
        self.away = false;
        if again {
            self.print(format!("Connected again as {nick}; the old session was over. What you missed follows."));
        } else {
            if nick.as_str() != self.wished {
                self.print(format!("Another user is using this username; yours is {nick}."));
            }
            self.print(WELCOME);
        }
        self.enter_chat(nick, Some(lobby));
        if let Some(key) = self.wishes.operator {
            self.ask(Request::Operate { key });
        }
        let rooms = if again { Vec::new() } else { self.wishes.rooms.clone() };
        rooms.into_iter().for_each(|room| self.ask(Request::Enter { room }));
    }

    fn back(&mut self, nick: Nick, muted_ms: Option<u64>) {
        self.away = false;
        self.print(if self.stage == Stage::Joining { WELCOME } else { "Connected again." });
        if let Some(ms) = muted_ms {
            self.print(format!("{} ({} left)", No::Muted.meaning(), words::pause(ms)));
        }
        self.enter_chat(nick, None);
    }

    /// From here on lines are talk; or, when no more lines come, the client leaves.
    fn enter_chat(&mut self, nick: Nick, lobby: Option<RoomName>) {
        if self.stage == Stage::Joining {
            self.stage = Stage::Chatting;
            if let Some(lobby) = lobby {
                self.room = lobby.clone();
                self.lobby = lobby;
            }
            if self.ended {
                self.leave(Intent::Quit);
            }
        }
        self.nick = Some(nick);
    }

    fn rejected(&mut self, no: No, wait_ms: Option<u64>) {
        self.unreached = false;
        let wait = wait_ms.map(|ms| format!(" ({} left)", words::pause(ms))).unwrap_or_default();
        let sentence = format!("{REJECT} {}{wait}", no.meaning());
        if self.wishes.nick.is_some() {
            self.failure = Some(Failure::new(ExitCode::CannotConnect, sentence));
        } else {
            self.print(sentence);
        }
        self.leave(Intent::Close);
    }

    fn answered(&mut self, request: &Request, answer: Answer) {
        self.unreached = false;
        self.settled(request);
        if let Answer::Posted { slow_down: true, .. } = answer {
            self.print(SLOW_DOWN);
        }
        let line = match (request, answer) {
            // Who is in several rooms goes back to one of them this way.
            (Request::Enter { room }, Answer::Refused { no: No::InRoom, .. }) => RoomName::parse(room).map(|room| {
                let line = format!("You are in the room {room}.");
                self.room = room;
                line
            }),
            (_, Answer::Refused { no, wait_ms }) => {
                let wait = wait_ms.map(|ms| format!(" ({} left)", words::pause(ms))).unwrap_or_default();
                Some(format!("{}: {}{wait}", label(request), no.meaning()))
            }
            (_, Answer::Report(active)) => Some(words::report(&active)),
            (Request::Private { to, .. }, Answer::Posted { waits: true, .. }) => {
                Some(format!("{to} is not here; the message waits."))
            }
            (Request::Private { to, .. }, Answer::Done) => {
                Some(format!("{to} is not here; the message was discarded."))
            }
            (_, Answer::Room { room, .. }) => {
                self.room = room.clone();
                Some(format!("You are in the room {room}."))
            }
            (Request::Leave { room }, Answer::Done) => {
                if room.to_lowercase() == self.room.as_str().to_lowercase() {
                    self.room = self.lobby.clone();
                }
                Some(format!("You left the room {room}."))
            }
            (Request::Who { room: Some(room) }, Answer::Members(members)) => Some(words::members(room, &members)),
            (_, Answer::Members(members)) => Some(words::members("the chat", &members)),
            (_, Answer::Rooms(rooms)) => {
                let lines: Vec<String> = rooms.iter().map(|line| format!("{}: {}", line.room, line.members)).collect();
                Some(lines.join("\n"))
            }
            (Request::History { place, .. }, Answer::Page { entries, more }) => {
                self.page(place, &entries, more);
                None
            }
            (Request::Operate { .. }, Answer::Done) => Some("You are an operator.".to_owned()),
            (Request::Mute { .. } | Request::Unmute { .. } | Request::Kick { .. }, Answer::Done) => {
                Some("Done.".to_owned())
            }
            (_, Answer::Ready { .. } | Answer::Taken { .. } | Answer::Filed { .. } | Answer::Piece { .. }) => None,
            (_, Answer::Posted { .. } | Answer::Done | Answer::Pong | Answer::Page { .. }) => None,
            (_, Answer::Welcome { .. } | Answer::Back { .. }) => None,
        };
        if let Some(line) = line {
            self.print(line);
        }
        if self.stage == Stage::Reporting {
            self.leave(Intent::Close);
        }
    }

    fn page(&mut self, place: &Where, entries: &[std::sync::Arc<hobnob_spec::messages::Entry>], more: bool) {
        let place = match place {
            Where::Room(room) => RoomName::parse(room).map(Place::Room),
            Where::With(nick) => Nick::parse_any(nick).ok().map(Place::With),
        };
        let Some(place) = place else { return };
        let when = hobnob_machine::When::Past(hobnob_spec::messages::Past::History);
        self.print(if more {
            "(The last messages; there are older ones.)"
        } else {
            "(All messages from the beginning:)"
        });
        for entry in entries {
            let face = self.faces.before(&entry.nick);
            self.print(self.style.entry(self.nick.as_ref(), &self.lobby, &place, (&face, entry), when));
        }
    }

    fn settled(&mut self, request: &Request) {
        self.open = self.open.saturating_sub(1);
        self.moving &= !matches!(request, Request::Enter { .. } | Request::Leave { .. });
    }

    fn given_back(&mut self, request: &Request, why: &str) {
        self.settled(request);
        if self.stage == Stage::Reporting {
            return;
        }
        let sentence = format!("{}: {why}.", label(request));
        if self.ended && self.failure.is_none() {
            self.failure = Some(Failure::new(ExitCode::Failed, "not all that was typed arrived (see above)"));
        }
        self.print(sentence);
    }

    fn unreachable(&mut self, reason: Option<&str>) {
        let reason = reason.map_or("it does not answer", |text| text.split(" (os error").next().unwrap_or(text));
        let sentence =
            format!("Cannot reach a server at {}: {reason}. Is it running? `hobnob server` starts one.", self.addr);
        if self.wishes.nick.is_some() || self.ended {
            self.failure = Some(Failure::new(ExitCode::CannotConnect, sentence));
        } else {
            self.unreached = true;
            self.print(sentence);
        }
    }

    fn trouble(&mut self, shown: &Shown) {
        match shown {
            Shown::Retry { pause_ms } if self.away => {
                self.print(format!("Still no connection; trying again in {} …", words::pause(*pause_ms)));
            }
            Shown::Retry { pause_ms } => {
                self.away = true;
                self.moving = false;
                self.print(format!("Connection lost; trying again in {} …", words::pause(*pause_ms)));
            }
            Shown::Goodbye { why } => self.ends(format!("The server ends the connection: {}", why.meaning())),
            Shown::Foreign => self.ends("The server speaks another protocol, or another version of it.".to_owned()),
            _ => {}
        }
    }

    /// Tells why the connection ends, also as the program's failure if nothing else can be done.
    fn ends(&mut self, sentence: String) {
        if self.wishes.nick.is_some() {
            self.failure = Some(Failure::new(ExitCode::CannotConnect, &sentence));
        }
        self.print(sentence);
    }

    /// The link is offline: back to the menu, or the end.
    fn out(&mut self) {
        self.nick = None;
        self.away = false;
        self.moving = false;
        self.open = 0;
        if self.wishes.nick.is_some() || self.ended {
            self.stage = Stage::Over;
        } else {
            self.offer_menu();
        }
    }
}

impl Dialogue for Menu {
    fn take_lines(&mut self) -> Vec<String> {
        Self::take_lines(self)
    }

    fn prompt(&self) -> Option<Prompt> {
        Self::prompt(self)
    }

    fn over(&mut self) -> Option<Result<ExitCode, Failure>> {
        Self::over(self)
    }

    fn typed(&mut self, line: &str) {
        Self::typed(self, line);
    }

    fn end_of_input(&mut self) {
        Self::end_of_input(self);
    }

    fn shown(&mut self, shown: Shown) {
        Self::shown(self, shown);
    }

    fn file_wishes(&mut self) -> Vec<FileWish> {
        std::mem::take(&mut self.file_wishes)
    }

    fn intents(&mut self) -> &mut VecDeque<Intent> {
        &mut self.intents
    }
}

/// What a request is called when it failed.
fn label(request: &Request) -> String {
    match request {
        Request::Say { text, .. } => format!("Not said: {text:?}"),
        Request::Private { to, text } => format!("Not said to {to}: {text:?}"),
        Request::Enter { room } => format!("Not entered: {room}"),
        Request::Leave { room } => format!("Not left: {room}"),
        Request::Operate { .. } => "Not an operator".to_owned(),
        Request::Wear { .. } => "Not worn".to_owned(),
        Request::Mute { nick, .. } => format!("Not muted: {nick}"),
        Request::Unmute { nick } => format!("Not unmuted: {nick}"),
        Request::Kick { nick } => format!("Not thrown out: {nick}"),
        Request::Report
        | Request::Join { .. }
        | Request::Resume { .. }
        | Request::Who { .. }
        | Request::Rooms
        | Request::Attach { .. }
        | Request::Chunk { .. }
        | Request::Cancel { .. }
        | Request::Fetch { .. }
        | Request::History { .. }
        | Request::Ping
        | Request::Quit => "Not answered".to_owned(),
    }
}
