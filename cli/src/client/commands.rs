//! What a line typed in the chat means. Parses and decides nothing.

use hobnob_spec::messages::{Request, Secret, Where};
use std::time::Duration;

/// How many older messages `/history` asks for when it is not told.
const HISTORY_DEFAULT: u64 = 20;

/// What `/help` prints.
pub(super) const HELP: &str = "\
q                     quit the chatroom
a                     upload an attachment
/send [NICK] PATH     send a file to this room, or to one user only
/get [FILE]           fetch a file that was sent before, by its name or number, or list them
/avatar WHAT          wear an emoji, a picture (its path) or nothing (off); with a nick, see what somebody wears
/msg NICK TEXT        say something to one user only
/who                  who is in this room
/rooms                which rooms there are
/enter ROOM           go into a room, which begins if there is none of that name, or back to one you are in
/leave [ROOM]         go out of a room
/history [N]          the last N messages of this room (20)
/report               who is active, from which address
/operator KEY         become an operator, with the key of the server
/mute NICK TIME       as an operator: let nobody hear that user, for example for 10m
/unmute NICK          as an operator: let that user talk again
/kick NICK            as an operator: throw that user out
//TEXT                say a line that begins with a slash";

/// What the client carries out by itself, in every dialogue alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Own {
    /// Send a file.
    Send {
        /// To whom; `None` for the room.
        to: Option<String>,
        /// Where it is.
        path: String,
    },
    /// Fetch a file that was sent before, by its number or its name; list them where none is named.
    Get(Option<String>),
    /// Wear an emoji, the picture at a path, or nothing; or show what somebody wears.
    Avatar(String),
    /// Show the commands.
    Help,
    /// Not understood, and why.
    Wrong(String),
}

/// What a line is where the words of a course come first, and lines need no slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed<'a> {
    /// The client's own command.
    Own(Own),
    /// The course's.
    Course(&'a str),
}

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing.
    Empty,
    /// Leave the chatroom.
    Quit,
    /// Upload an attachment.
    Attach,
    /// A command that the client carries out.
    Own(Own),
    /// Ask the server.
    Ask(Request),
    /// Not understood, and why.
    Wrong(String),
}

/// What `/help` adds where the words of a course come first.
pub(super) const OWN_HELP: &str = "\
/send [NICK] PATH     send a file to this room, or to one user only
/get [FILE]           fetch a file that was sent before, by its name or number, or list them
/avatar WHAT          wear an emoji, a picture (its path) or nothing (off); with a nick, see what somebody wears
//send, //get, //help say a line that begins like one of these commands";

/// Reads a line where the words of a course come first: only what begins like one of the client's own commands is one. A
/// slash more makes a line of the course's of it.
pub(super) fn typed(line: &str) -> Typed<'_> {
    let words = line.trim_start_matches('/');
    let (name, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    match (line.len() - words.len(), own(name, rest.trim())) {
        (1, Some(own)) => Typed::Own(own),
        (2.., Some(_)) => Typed::Course(&line[1..]),
        (_, Some(_) | None) => Typed::Course(line),
    }
}

fn own(name: &str, rest: &str) -> Option<Own> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    Some(match (name, words.as_slice()) {
        ("help", _) => Own::Help,
        ("send", []) => Own::Wrong(usage("/send [NICK] PATH")),
        ("send", [one]) => Own::Send { to: None, path: (*one).to_owned() },
        // A path with blanks is one where there is such a file; else the first word is a nick.
        ("send", [to, ..]) => match std::path::Path::new(rest).is_file() {
            true => Own::Send { to: None, path: rest.to_owned() },
            false => Own::Send { to: Some((*to).to_owned()), path: rest[to.len()..].trim_start().to_owned() },
        },
        ("get", []) => Own::Get(None),
        ("get", _) => Own::Get(Some(rest.to_owned())),
        ("avatar", []) => {
            Own::Wrong(usage("/avatar EMOJI, /avatar PATH or /avatar off, and /avatar NICK shows what somebody wears"))
        }
        ("avatar", _) => Own::Avatar(rest.to_owned()),
        (_, _) => return None,
    })
}

fn usage(form: &str) -> String {
    format!("This command is written {form}")
}

/// Reads a line that was typed in `room`.
pub(super) fn parse(line: &str, room: &str) -> Line {
    let say = |text: &str| Line::Ask(Request::Say { room: room.to_owned(), text: text.to_owned() });
    match line.trim_end_matches(['\r', '\n']) {
        text if text.trim().is_empty() => Line::Empty,
        "q" => Line::Quit,
        "a" => Line::Attach,
        text => match text.strip_prefix('/') {
            None => say(text),
            Some(rest) if rest.starts_with('/') => say(rest),
            Some(rest) => command(rest, room),
        },
    }
}

fn command(typed: &str, room: &str) -> Line {
    let (name, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    let rest = rest.trim();
    let words: Vec<&str> = rest.split_whitespace().collect();
    let ask = Line::Ask;
    let usage = |form: &str| Line::Wrong(usage(form));
    if let Some(own) = own(name, rest) {
        return Line::Own(own);
    }
    match (name, words.as_slice()) {
        ("msg", [to, _, ..]) => {
            let text = rest[to.len()..].trim_start();
            ask(Request::Private { to: (*to).to_owned(), text: text.to_owned() })
        }
        ("msg", _) => usage("/msg NICK TEXT"),
        ("who", []) => ask(Request::Who { room: Some(room.to_owned()) }),
        ("who", [one]) => ask(Request::Who { room: Some((*one).to_owned()) }),
        ("who", _) => usage("/who"),
        ("rooms", []) => ask(Request::Rooms),
        ("rooms", _) => usage("/rooms"),
        ("report", []) => ask(Request::Report),
        ("report", _) => usage("/report"),
        ("enter", [one]) => ask(Request::Enter { room: (*one).to_owned() }),
        ("enter", _) => usage("/enter ROOM"),
        ("leave", []) => ask(Request::Leave { room: room.to_owned() }),
        ("leave", [one]) => ask(Request::Leave { room: (*one).to_owned() }),
        ("leave", _) => usage("/leave [ROOM]"),
        ("history", []) => history(room, HISTORY_DEFAULT),
        ("history", [count]) => match count.parse() {
            Ok(count) if count > 0 => history(room, count),
            _ => usage("/history [N], where N is how many messages"),
        },
        ("history", _) => usage("/history [N]"),
        ("operator", [key]) => match Secret::from_hex(key) {
            Some(key) => ask(Request::Operate { key }),
            None => Line::Wrong("The operator's key has 32 hexadecimal digits".to_owned()),
        },
        ("operator", _) => usage("/operator KEY"),
        ("mute", [nick, time]) => match humantime::parse_duration(time).map(millis) {
            Ok(0) => Line::Wrong("A mute lasts longer than no time at all; /unmute lets a user talk again".to_owned()),
            Ok(ms) => ask(Request::Mute { nick: (*nick).to_owned(), ms }),
            Err(error) => Line::Wrong(format!("{time:?} is no time, such as 30s or 10m: {error}")),
        },
        ("mute", _) => usage("/mute NICK TIME, for example /mute Ann 10m"),
        ("unmute", [nick]) => ask(Request::Unmute { nick: (*nick).to_owned() }),
        ("unmute", _) => usage("/unmute NICK"),
        ("kick", [nick]) => ask(Request::Kick { nick: (*nick).to_owned() }),
        ("kick", _) => usage("/kick NICK"),
        (name, _) => Line::Wrong(format!(
            "There is no command /{name}; /help shows the commands, and //{typed} says a line that begins with a slash"
        )),
    }
}

fn history(room: &str, limit: u64) -> Line {
    Line::Ask(Request::History { place: Where::Room(room.to_owned()), before: None, limit })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Line {
        Line::Ask(Request::Say { room: "lobby".into(), text: text.into() })
    }

    #[test]
    fn a_line_is_talk_unless_it_is_a_word_of_the_menu_or_a_command() {
        assert_eq!(parse("Hello there", "lobby"), said("Hello there"));
        assert_eq!(parse("quit", "lobby"), said("quit"));
        assert_eq!(parse("//etc/hosts", "lobby"), said("/etc/hosts"));
        assert_eq!(parse(" q", "lobby"), said(" q"));
        assert_eq!(parse("q\r\n", "lobby"), Line::Quit);
        assert_eq!(parse("a", "lobby"), Line::Attach);
        assert_eq!(parse("/get", "lobby"), Line::Own(Own::Get(None)));
        assert_eq!(parse("/get my notes.txt ", "lobby"), Line::Own(Own::Get(Some("my notes.txt".to_owned()))));
        assert_eq!(parse("  \t", "lobby"), Line::Empty);
    }

    #[test]
    fn where_the_words_of_a_course_come_first_only_own_commands_need_a_second_slash_to_be_said() {
        assert_eq!(typed("/get"), Typed::Own(Own::Get(None)));
        assert_eq!(typed("/send  a.txt"), Typed::Own(Own::Send { to: None, path: "a.txt".into() }));
        let to = Own::Send { to: Some("Ann".into()), path: "a  b.txt".into() };
        assert_eq!(typed("/send Ann a  b.txt"), Typed::Own(to));
        assert!(matches!(typed("/send"), Typed::Own(Own::Wrong(_))));
        for (line, said) in [
            ("send a.txt", "send a.txt"),
            ("//send a.txt", "/send a.txt"),
            ("///send a.txt", "//send a.txt"),
            ("/sender a.txt", "/sender a.txt"),
            ("//etc/hosts", "//etc/hosts"),
            (" /get", " /get"),
            ("", ""),
        ] {
            assert_eq!(typed(line), Typed::Course(said), "{line:?}");
        }
    }

    #[test]
    fn commands_are_read_with_their_parts() {
        let private = Request::Private { to: "Ann".into(), text: "psst,  you".into() };
        assert_eq!(parse("/msg  Ann   psst,  you", "lobby"), Line::Ask(private));
        let mute = Request::Mute { nick: "Ann".into(), ms: 600_000 };
        assert_eq!(parse("/mute Ann 10m", "lobby"), Line::Ask(mute));
        assert_eq!(parse("/leave", "tea"), Line::Ask(Request::Leave { room: "tea".into() }));
        for wrong in [
            "/msg Ann",
            "/msg",
            "/mute Ann",
            "/mute Ann soon",
            "/mute Ann 0s",
            "/enter",
            "/history x",
            "/operator 12",
            "/nope",
        ] {
            assert!(matches!(parse(wrong, "lobby"), Line::Wrong(_)), "{wrong} is answered with how it is written");
        }
    }
}
