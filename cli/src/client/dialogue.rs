//! What all dialogues have in common: the form that the loop drives, and how the words of a dialect get on a screen.
//!
//! Pure, like every dialogue: lines and shown things in, text and wishes out.

use super::commands::{OWN_HELP, Own};
use super::words::{self, Style};
use crate::exit::{ExitCode, Failure};
use hobnob_machine::Shown;
use hobnob_machine::wire::tongue::{Values, fill};
use hobnob_machine::wire::zone::Zone;
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Answer, Body, Entry, Place, Request, Secret, Time, Where};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::profile::Dialect;
use hobnob_spec::session::No;
use hobnob_spec::voice::{Happening, Phrase, phrase};
use std::collections::VecDeque;

/// What the dialogue of seed 004 says when a command was carried out.
pub(super) const SUCCESS: &str = "Success";
/// And when it was not.
pub(super) const FAILURE: &str = "Failure";

/// What the user asked for on the command line.
#[derive(Debug, Clone, Default)]
pub(super) struct Wishes {
    /// Join at once under this nick.
    pub(super) nick: Option<String>,
    /// Enter these rooms after joining.
    pub(super) rooms: Vec<String>,
    /// Show this key after joining.
    pub(super) operator: Option<Secret>,
}

/// What stands before a line that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Prompt {
    /// A question that is printed in any case.
    Question(&'static str),
    /// The label of the room, for who sees what is typed.
    Talk(String),
}

/// What a user wishes for about files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileWish {
    /// Send the file at a path.
    Send(Where, String),
    /// Fetch a file that was told of, by its number or its name.
    Get(String),
    /// List the files that were told of.
    List,
    /// Wear an emoji, the picture at a path, or nothing; or see what somebody wears.
    Avatar(String),
}

/// A way to talk with a user.
pub(super) trait Dialogue {
    /// The lines that are to be printed.
    fn take_lines(&mut self) -> Vec<String>;

    /// What the line that is awaited is; `None` while none is.
    fn prompt(&self) -> Option<Prompt>;

    /// Whether the program ends, and how.
    fn over(&mut self) -> Option<Result<ExitCode, Failure>>;

    /// Takes a typed line.
    fn typed(&mut self, line: &str);

    /// No more lines come: what was asked is answered first, then the client quits.
    fn end_of_input(&mut self);

    /// Takes what the link shows.
    fn shown(&mut self, shown: Shown);

    /// What is wished for about files since this was asked last.
    fn file_wishes(&mut self) -> Vec<FileWish>;

    /// Whether the user is told what comes from a place.
    fn hears(&self, _place: &Place) -> bool {
        true
    }

    /// What is wished for, in order.
    fn intents(&mut self) -> &mut VecDeque<Intent>;
}

/// What the dialogues of the text dialects keep alike.
#[derive(Debug)]
pub(super) struct Base {
    /// In whose words the user is told.
    voice: Dialect,
    addr: String,
    style: Style,
    pub(super) wishes: Wishes,
    pub(super) nick: Option<Nick>,
    pub(super) lobby: RoomName,
    /// Whether the connection was lost and is not back.
    away: bool,
    /// Whether no more lines come.
    pub(super) ended: bool,
    /// How the program ends, if not well.
    pub(super) failure: Option<Failure>,
    pub(super) lines: Vec<String>,
    pub(super) file_wishes: Vec<FileWish>,
    pub(super) intents: VecDeque<Intent>,
}

impl Base {
    pub(super) fn new(voice: Dialect, addr: String, style: Style, wishes: Wishes) -> Self {
        Self {
            voice,
            addr,
            style,
            wishes,
            nick: None,
            lobby: RoomName::parse("lobby").expect("lobby is a room's name"),
            away: false,
            ended: false,
            failure: None,
            lines: Vec::new(),
            file_wishes: Vec::new(),
            intents: VecDeque::new(),
        }
    }

    pub(super) fn print(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Tells a happening in the words of the dialect, if it has any.
    pub(super) fn tell(&mut self, happening: Happening, values: &Values<'_>) {
        self.tell_as(self.voice, happening, values);
    }

    /// Tells a happening in the words of another dialect.
    pub(super) fn tell_as(&mut self, voice: Dialect, happening: Happening, values: &Values<'_>) {
        if let Phrase::Line(template) = phrase(voice, happening) {
            let template = on_screen(voice, template, self.style.colour);
            let line = fill(&template, values, self.zone(values.at), " ");
            self.print(line);
        }
    }

    /// Tells why something cannot be done.
    pub(super) fn complain(&mut self, happening: Happening, reason: impl Into<String>) {
        self.tell(happening, &Values { reason: reason.into(), ..Values::default() });
    }

    /// Does what the client does by itself; files without a recipient go to `room`. `help` is what the course's own words
    /// are.
    pub(super) fn own(&mut self, own: Own, room: Option<&RoomName>, help: &str) {
        let wish = match own {
            Own::Send { to: Some(to), path } => FileWish::Send(Where::With(to), path),
            Own::Send { to: None, path } => match room {
                Some(room) => FileWish::Send(Where::Room(room.as_str().to_owned()), path),
                None => return self.print("Not sent: you are in no room; /send NICK PATH sends a file to one user."),
            },
            Own::Get(Some(named)) => FileWish::Get(named),
            Own::Get(None) => FileWish::List,
            Own::Avatar(what) => FileWish::Avatar(what),
            Own::Help => return self.print(format!("{help}\n{OWN_HELP}")),
            Own::Wrong(why) => return self.print(format!("{why}.")),
        };
        self.file_wishes.push(wish);
    }

    pub(super) fn paint(&self, text: &str, code: &str) -> String {
        if self.style.colour { format!("\u{1b}[1m\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Tells an answer in the words of the dialect.
    pub(super) fn tell_answer(&mut self, request: &Request, answer: &Answer) {
        let mut values = Values::default();
        match request {
            Request::Private { to, .. } => values.nick = to,
            Request::Enter { room } | Request::Leave { room } => values.room = room,
            _ => {}
        }
        match answer {
            Answer::Refused { no, wait_ms } => {
                no.meaning().clone_into(&mut values.reason);
                values.wait_ms = wait_ms.unwrap_or(0);
            }
            Answer::Report(active) => values.users = active,
            Answer::Members(present) => values.nicks = present.iter().map(|one| one.nick.as_str()).collect(),
            Answer::Rooms(rooms) => values.nicks = rooms.iter().map(|line| line.room.as_str()).collect(),
            Answer::Room { room, .. } => values.room = room.as_str(),
            _ => {}
        }
        self.tell(happening(request, answer), &values);
        if let Answer::Posted { slow_down: true, .. } = answer {
            self.tell(Happening::SlowDown, &values);
        }
    }

    /// Joining was refused: that is the program's failure where the nick came from the command line.
    pub(super) fn rejected(&mut self, no: No, wait_ms: Option<u64>) {
        if self.wishes.nick.is_some() {
            self.failure = Some(Failure::new(ExitCode::CannotConnect, no.meaning()));
            return;
        }
        let taken = no == No::NickTaken;
        let values = Values { reason: no.meaning().to_owned(), wait_ms: wait_ms.unwrap_or(0), ..Values::default() };
        self.tell(if taken { Happening::JoinTaken } else { Happening::JoinRefused }, &values);
    }

    /// The user is in, or in again; says so the first time, and tells a nick that is not the one wished for.
    pub(super) fn welcomed(&mut self, nick: Nick, wished: &str, again: bool) {
        let back = std::mem::take(&mut self.away);
        let values = Values { nick: nick.as_str(), ..Values::default() };
        if again {
            self.tell_back(back);
        } else {
            self.tell(Happening::Welcome, &values);
            if nick.as_str() != wished {
                self.tell(Happening::Renamed, &values);
            }
        }
        if let Some(key) = self.wishes.operator {
            self.intents.push_back(Intent::Ask(Request::Operate { key }));
        }
        self.nick = Some(nick);
    }

    /// The connection is back, and the session too.
    pub(super) fn back(&mut self, nick: Nick) {
        self.nick = Some(nick);
        let back = std::mem::take(&mut self.away);
        self.tell_back(back);
    }

    fn tell_back(&mut self, back: bool) {
        self.reached();
        if back {
            self.print("Connected again.");
        }
    }

    /// The server answers: that it could not be reached before, or ended the connection, is no failure any more.
    pub(super) fn reached(&mut self) {
        self.failure.take_if(|failure| failure.code == ExitCode::CannotConnect);
    }

    /// What is told of the connection in every dialogue alike.
    pub(super) fn trouble(&mut self, shown: &Shown) {
        match shown {
            Shown::Retry { pause_ms } => {
                let what = if self.away { "Still no connection" } else { "Connection lost" };
                self.away = true;
                self.print(format!("{what}; trying again in {} …", words::pause(*pause_ms)));
            }
            Shown::Goodbye { why } => self.ends(Happening::End, why.meaning()),
            Shown::Foreign => {
                self.ends(Happening::End, "The server speaks another protocol, or another version of it.");
            }
            Shown::TooMany { .. } => {
                self.complain(Happening::Refused, "Too much waits already; please try again later.");
            }
            Shown::Unsent { request } | Shown::Unsure { request } => self.given_back(request),
            _ => {}
        }
    }

    /// The server cannot be reached: told, and the program's failure.
    pub(super) fn unreachable(&self, reason: Option<&str>) -> Failure {
        let reason = reason.map_or("it does not answer", |text| text.split(" (os error").next().unwrap_or(text));
        let sentence =
            format!("Cannot reach a server at {}: {reason}. Is it running? `hobnob server` starts one.", self.addr);
        Failure::new(ExitCode::CannotConnect, sentence)
    }

    /// Tells why the connection ends, and keeps that it ended against the user's will.
    pub(super) fn ends(&mut self, happening: Happening, reason: &str) {
        self.complain(happening, reason);
        self.failure.get_or_insert_with(|| Failure::new(ExitCode::CannotConnect, ""));
    }

    fn given_back(&mut self, request: &Request) {
        if let Request::Say { text, .. } | Request::Private { text, .. } = request {
            let sentence = format!("It is not known whether this arrived: {text:?}");
            self.complain(Happening::Refused, sentence);
            if self.ended {
                self.failure.get_or_insert_with(|| {
                    Failure::new(ExitCode::Failed, "not all that was typed arrived (see above)")
                });
            }
        }
    }

    pub(super) fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    /// How the program ends.
    pub(super) fn end(&mut self) -> Result<ExitCode, Failure> {
        self.failure.take().map_or(Ok(ExitCode::Fine), Err)
    }

    pub(super) fn ask(&mut self, request: Request) {
        self.intents.push_back(Intent::Ask(request));
    }

    pub(super) fn is_own(&self, nick: &Nick) -> bool {
        self.nick.as_ref() == Some(nick)
    }

    /// How far the clocks on the wall were from UTC then.
    fn zone(&self, at: Time) -> Zone {
        Zone(words::stamp(at).to_zoned(self.style.zone.clone()).offset().seconds())
    }
}

/// How a private file is told that is no text: what comes from one user has no words for files of its own.
pub(super) fn private_file(entry: &Entry) -> Option<String> {
    match &entry.body {
        Body::Attached(file) if file.text.is_none() => {
            Some(format!("(sent {}, {})", file.name, words::size(file.size)))
        }
        Body::Attached(_) | Body::Text(_) | Body::Joined(_) | Body::Left(_) => None,
        Body::Entered(_) | Body::LeftRoom | Body::Muted { .. } | Body::Unmuted | Body::Avatar(_) => None,
    }
}

/// A phrase of a dialect without what the course's own clients need it for: they print what comes as it comes, over the
/// prompt that stands there. A line editor clears the line itself.
fn on_screen(voice: Dialect, template: &str, colour: bool) -> String {
    match voice {
        Dialect::Command => of_command(template),
        Dialect::Native | Dialect::WebText | Dialect::WebBinary | Dialect::Flags | Dialect::Colon | Dialect::Plain => {
            painted(template, colour)
        }
    }
}

/// What the course's client of seed 004 prints at a line of the wire.
fn of_command(template: &str) -> String {
    match template.split_once(' ').unwrap_or((template, "")) {
        ("SENDTO", message) => message.replacen(' ', ": ", 1),
        ("RESPONSE", "ok") => SUCCESS.to_owned(),
        ("RESPONSE", _) => FAILURE.to_owned(),
        ("LIST", nicks) => nicks.to_owned(),
        _ => template.to_owned(),
    }
}

fn painted(template: &str, colour: bool) -> String {
    let mut escapes = String::new();
    let mut rest = template.trim_start_matches('\r');
    while let Some((escape, behind)) = rest.strip_prefix('\u{1b}').and_then(|rest| rest.split_once('m')) {
        escapes.push_str(&format!("\u{1b}{escape}m"));
        rest = behind;
    }
    let words = rest.trim_start_matches(' ');
    if colour {
        return escapes + words;
    }
    let mut pieces = words.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or(piece, |(_, behind)| behind))
}

/// What an answer is to the user.
fn happening(request: &Request, answer: &Answer) -> Happening {
    match (answer, request) {
        (Answer::Refused { wait_ms: Some(_), .. }, _) => Happening::RefusedMuted,
        (Answer::Refused { .. }, Request::Private { .. }) => Happening::Undelivered,
        (Answer::Refused { .. }, _) => Happening::Refused,
        (Answer::Done, Request::Leave { .. }) => Happening::OutOfRoom,
        (Answer::Report(active), _) if active.is_empty() => Happening::ReportNobody,
        (Answer::Report(_) | Answer::Members(_), _) => Happening::Report,
        (Answer::Posted { waits: true, .. }, Request::Private { .. }) => Happening::Waits,
        (Answer::Posted { .. }, Request::Private { .. }) => Happening::Sent,
        (Answer::Posted { .. }, _) => Happening::Posted,
        (Answer::Room { .. }, _) => Happening::InRoom,
        (Answer::Rooms(_), _) => Happening::Rooms,
        (Answer::Welcome { .. }, _) => Happening::Welcome,
        (Answer::Back { .. }, _) => Happening::Back,
        (Answer::Pong, _) => Happening::Pong,
        (Answer::Filed { .. } | Answer::Ready { .. } | Answer::Taken { .. } | Answer::Piece { .. }, _) => {
            Happening::Posted
        }
        (Answer::Done | Answer::Page { .. }, _) => Happening::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_their_escapes_where_there_is_no_colour_and_their_returns_in_any_case() {
        let template = "\r\u{1b}[1m\u{1b}[35m {nick}: \u{1b}[0m{text}";
        assert_eq!(on_screen(Dialect::Plain, template, false), "{nick}: {text}");
        assert_eq!(on_screen(Dialect::Plain, template, true), "\u{1b}[1m\u{1b}[35m{nick}: \u{1b}[0m{text}");
        assert_eq!(on_screen(Dialect::Colon, "{nick}: {text}", false), "{nick}: {text}");
    }

    #[test]
    fn nobody_sees_a_line_of_the_wire_of_seed_004() {
        for happening in Happening::ALL {
            if let Phrase::Line(template) = phrase(Dialect::Command, *happening) {
                let shown = on_screen(Dialect::Command, template, false);
                for word in ["SENDTO", "RESPONSE", "LIST"] {
                    assert!(!shown.contains(word), "{happening:?} is shown as {shown:?}");
                }
            }
        }
        assert_eq!(on_screen(Dialect::Command, "SENDTO Server {reason}", false), "Server: {reason}");
    }
}
