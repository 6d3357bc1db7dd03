//! The words of the menu, byte for byte as the course prints them, and how messages are written out.

use super::avatar::before;
use hobnob_machine::When;
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::{Active, Body, Entry, Past, Place, Presence, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::session::{State, Why};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The menu, up to where the choice is typed.
pub(super) const MENU: &str = "\
Please select one of the following options:

1. Get a report of the chatroom from the server.
2. Request to join the chatroom.
3. Quit the program.
";
/// Where the choice is typed.
pub(super) const CHOICE: &str = "Your choice: ";
/// Where the nick is typed.
pub(super) const USERNAME: &str = "Please enter a username: ";
/// What is printed on joining, before the history.
pub(super) const WELCOME: &str = "\
The server welcomes you to the chatroom.
Type lowercase 'q' and press enter at any time to quit the chatroom.
Type lowercase 'a' and press enter at any time to upload an attachment to the chatroom.
Here is a history of the chatroom.";
/// What stands before the reason of a reject.
pub(super) const REJECT: &str = "The server rejects the join request.";
/// What is printed before the user would be muted.
pub(super) const SLOW_DOWN: &str = "Slow down: who talks faster than this is muted for a while.";
/// Where the path of a file is typed.
pub(super) const FILE_PATH: &str = "Please enter the file path and name: ";

/// How messages are written: in which time zone, and with colour or without.
#[derive(Debug, Clone)]
pub(super) struct Style {
    pub(super) zone: TimeZone,
    pub(super) colour: bool,
}

impl Style {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn time(&self, at: Time, format: &str) -> String {
        stamp(at).to_zoned(self.zone.clone()).strftime(format).to_string()
    }

    /// A message as a line: `[HH:MM:SS] name: text`.
    pub(super) fn entry(
        &self,
        me: Option<&Nick>,
        lobby: &RoomName,
        place: &Place,
        (face, entry): (&str, &Entry),
        when: When,
    ) -> String {
        let late = when == When::Past(Past::Late);
        let time = self.time(entry.at, if late { "%Y-%m-%d %H:%M:%S" } else { "%H:%M:%S" });
        let mark = match place {
            Place::Room(room) if room == lobby => String::new(),
            Place::Room(room) => self.paint("36", &format!("#{room} ")),
            Place::With(to) if Some(&entry.nick) == me => self.paint("35", &format!("(private to {to}) ")),
            Place::With(_) if late => self.paint("35", "(private, late) "),
            Place::With(_) => self.paint("35", "(private) "),
        };
        let named = format!("{face}{}", entry.nick);
        let (who, text) = match &entry.body {
            Body::Text(text) => (named, indented(text.as_str())),
            Body::Attached(file) => match &file.text {
                Some(text) => (named, indented(text.as_str().trim_end_matches('\n'))),
                None => (named, format!("(sent {}, {})", file.name, size(file.size))),
            },
            Body::Joined(_) => (self.server(), format!("{named} joined the chatroom.")),
            Body::Left(Why::Quit) => (self.server(), format!("{} left the chatroom.", entry.nick)),
            Body::Left(why) => (self.server(), format!("{} left the chatroom. {}", entry.nick, why.meaning())),
            Body::Entered(_) => (self.server(), format!("{named} entered the room.")),
            Body::LeftRoom => (self.server(), format!("{} left the room.", entry.nick)),
            Body::Muted { until } => {
                (self.server(), format!("{} is muted until {}.", entry.nick, self.time(*until, "%H:%M:%S")))
            }
            Body::Unmuted => (self.server(), format!("{} may talk again.", entry.nick)),
            Body::Avatar(Some(Avatar::Emoji(emoji))) => (self.server(), format!("{} wears {emoji}.", entry.nick)),
            Body::Avatar(Some(Avatar::Picture { .. })) => {
                (self.server(), format!("{} has a picture; /avatar {} shows it.", entry.nick, entry.nick))
            }
            Body::Avatar(None) => (self.server(), format!("{} wears nothing beside the nick any more.", entry.nick)),
        };
        format!("{} {mark}{who}: {text}", self.paint("2", &format!("[{time}]")))
    }

    fn server(&self) -> String {
        self.paint("1", "Server")
    }
}

/// A time as the calendar's library has it.
pub(super) fn stamp(at: Time) -> Timestamp {
    i64::try_from(at.0).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default()
}

/// A text of several lines, so that none of its lines can pass for a message.
fn indented(text: &str) -> String {
    text.replace('\n', "\n           ")
}

/// The report: who is active.
pub(super) fn report(active: &[Active]) -> String {
    let head = match active.len() {
        0 => "There are no active users in the chatroom.".to_owned(),
        1 => "There is 1 active user in the chatroom.".to_owned(),
        count => format!("There are {count} active users in the chatroom."),
    };
    let line = |(at, user): (usize, &Active)| {
        let named = format!("{}{}", before(user.avatar.as_ref()), user.nick);
        format!("\n{}. {named} at IP: {} and port: {}.", at + 1, user.addr.ip(), user.addr.port())
    };
    head + &active.iter().enumerate().map(line).collect::<String>()
}

/// Who is in a room.
pub(super) fn members(room: &str, members: &[Presence]) -> String {
    let one = |presence: &Presence| {
        let named = format!("{}{}", before(presence.avatar.as_ref()), presence.nick);
        match presence.state {
            State::Guest | State::Member => named,
            State::Muted => format!("{named} (muted)"),
            State::Detached => format!("{named} (away)"),
        }
    };
    let names: Vec<String> = members.iter().map(one).collect();
    format!("In {room}: {}.", names.join(", "))
}

/// A size for people: `12 bytes`, `340 kB`, `5.2 MB`.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// A pause for people: `0.7 s`, `12 s`.
pub(super) fn pause(ms: u64) -> String {
    if ms < 1_000 { format!("0.{} s", ms / 100) } else { format!("{} s", (ms + 500) / 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hobnob_spec::names::Text;

    fn line(place: &Place, nick: &str, body: Body, when: When) -> String {
        let style = Style { zone: TimeZone::UTC, colour: false };
        let nick = Nick::parse(nick).expect("a nick");
        let me = Nick::parse("Fun").expect("a nick");
        let lobby = RoomName::parse("lobby").expect("a room's name");
        let at = Time(1_700_000_000_000);
        style.entry(Some(&me), &lobby, place, ("", &Entry { number: 1, at, nick, body }), when)
    }

    fn text(text: &str) -> Body {
        Body::Text(Text::parse(text.into()).expect("a text"))
    }

    fn lobby() -> Place {
        Place::Room(RoomName::parse("lobby").expect("a room's name"))
    }

    #[test]
    fn messages_are_written_as_the_course_writes_them() {
        assert_eq!(line(&lobby(), "Cool", text("Hi"), When::Live), "[22:13:20] Cool: Hi");
        assert_eq!(
            line(&lobby(), "Cool", Body::Joined(None), When::Live),
            "[22:13:20] Server: Cool joined the chatroom."
        );
        let left = line(&lobby(), "Cool", Body::Left(Why::Quit), When::Live);
        assert_eq!(left, "[22:13:20] Server: Cool left the chatroom.");
    }

    #[test]
    fn private_and_late_messages_and_other_rooms_are_set_apart() {
        let with = |nick| Place::With(Nick::parse(nick).expect("a nick"));
        assert_eq!(line(&with("Cool"), "Cool", text("Hi"), When::Live), "[22:13:20] (private) Cool: Hi");
        assert_eq!(line(&with("Cool"), "Fun", text("Hi"), When::Live), "[22:13:20] (private to Cool) Fun: Hi");
        let late = line(&with("Cool"), "Cool", text("Hi"), When::Past(Past::Late));
        assert_eq!(late, "[2023-11-14 22:13:20] (private, late) Cool: Hi");
        let tea = Place::Room(RoomName::parse("tea").expect("a room's name"));
        assert_eq!(line(&tea, "Cool", text("Hi"), When::Live), "[22:13:20] #tea Cool: Hi");
    }

    #[test]
    fn a_text_of_several_lines_cannot_pass_for_another_message() {
        let faked = line(&lobby(), "Cool", text("Hi\n[22:13:20] Server: Fun left the chatroom."), When::Live);
        assert!(faked.lines().skip(1).all(|line| line.starts_with("           ")), "{faked}");
    }

    #[test]
    fn the_report_is_written_as_the_course_writes_it() {
        let one = |nick: &str, addr: &str| Active {
            nick: Nick::parse(nick).expect("a nick"),
            addr: addr.parse().expect("an address"),
            joined: Time(0),
            avatar: None,
        };
        let two = [one("Cool", "192.168.1.5:35465"), one("Fun", "192.168.1.6:7265")];
        assert_eq!(
            report(&two),
            "There are 2 active users in the chatroom.\n\
             1. Cool at IP: 192.168.1.5 and port: 35465.\n\
             2. Fun at IP: 192.168.1.6 and port: 7265."
        );
        assert!(report(&[]).starts_with("There are no active users"));
        assert!(report(&two[..1]).starts_with("There is 1 active user "));
    }
}
