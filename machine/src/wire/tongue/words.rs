//! Fills the templates of [`hobnob_spec::voice`] and writes them as bytes.

use super::flags;
use crate::wire::zone::Zone;
use hobnob_spec::avatar::{Avatar, Emoji};
use hobnob_spec::messages::{Active, Attached, Body, Entry, Time};
use hobnob_spec::profile::Dialect;
use hobnob_spec::voice::{Happening, Phrase, REPORT_USER, phrase};

/// What can be put into a template.
#[derive(Debug, Clone, Default)]
pub struct Values<'a> {
    /// Who said it, or of whom it tells.
    pub nick: &'a str,
    /// The nick of the client that is told.
    pub own: &'a str,
    /// The room.
    pub room: &'a str,
    /// What was said.
    pub text: &'a str,
    /// The name of a file.
    pub file: &'a str,
    /// The file that is told of.
    pub attached: Option<&'a Attached>,
    /// What it holds, if that is at hand.
    pub content: Option<&'a [u8]>,
    /// What is seen beside the nick.
    pub avatar: Option<&'a Avatar>,
    /// When.
    pub at: Time,
    /// Until when.
    pub until: Time,
    /// Why not, in a sentence.
    pub reason: String,
    /// How many milliseconds it will be so.
    pub wait_ms: u64,
    /// What was said earlier, line by line.
    pub history: &'a str,
    /// Nicks, or the names of rooms.
    pub nicks: Vec<&'a str>,
    /// Active users.
    pub users: &'a [Active],
}

impl<'a> Values<'a> {
    /// What an entry tells.
    pub fn of(entry: &'a Entry) -> Self {
        let values = Self { nick: entry.nick.as_str(), at: entry.at, ..Self::default() };
        match &entry.body {
            Body::Text(text) => Self { text: text.as_str(), ..values },
            Body::Attached(file) => {
                let text = file.text.as_ref().map_or(file.name.as_str(), |text| text.as_str());
                Self { text, file: file.name.as_str(), attached: Some(file), ..values }
            }
            Body::Muted { until } => Self { until: *until, ..values },
            Body::Joined(Some(avatar)) | Body::Avatar(Some(avatar)) => Self { avatar: Some(avatar), ..values },
            Body::Joined(None)
            | Body::Avatar(None)
            | Body::Left(_)
            | Body::Entered(_)
            | Body::LeftRoom
            | Body::Unmuted => values,
        }
    }
}

/// Writes a happening in a dialect's words, all of it at the end of `out`.
pub(super) fn write(dialect: Dialect, happening: Happening, values: &Values<'_>, zone: Zone, out: &mut Vec<u8>) {
    match phrase(dialect, happening) {
        Phrase::Nothing | Phrase::Itself => {}
        Phrase::Line(template) => {
            // A line is one line: whoever could begin another could speak in another's name.
            let line = fill(template, values, zone, " ");
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        Phrase::Object(template) => {
            let to = matches!(happening, Happening::Private | Happening::PrivateLate);
            flags::tell(None, template, to, values, zone, out);
        }
        Phrase::Flagged(flag, template) => {
            flags::tell(Some(flag), template, false, values, zone, out);
        }
    }
}

/// Fills a template. Newlines in what people said become `newline`.
pub fn fill(template: &str, values: &Values<'_>, zone: Zone, newline: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        out += before;
        let Some((name, behind)) = from.split_once('}') else { break };
        value(name, values, zone, newline, &mut out);
        rest = behind;
    }
    out += rest;
    out
}

fn value(name: &str, values: &Values<'_>, zone: Zone, newline: &str, out: &mut String) {
    match name.split_once(':').unwrap_or((name, "")) {
        ("nick", _) => *out += values.nick,
        ("room", _) => *out += values.room,
        ("text", _) => *out += &values.text.replace('\n', newline),
        ("file", _) => *out += values.file,
        ("avatar", _) => *out += values.avatar.map_or("", shown),
        ("time", _) => *out += &zone.time(values.at),
        ("date", _) => *out += &zone.date(values.at),
        ("until", _) => {
            *out += &zone.date(values.until);
            out.push(' ');
            *out += &zone.time(values.until);
        }
        ("reason", _) => *out += &values.reason,
        ("wait", _) => *out += &duration(values.wait_ms),
        ("history", _) => *out += values.history,
        ("nicks", between) => {
            let users = values.users.iter().map(|user| user.nick.as_str());
            *out += &values.nicks.iter().copied().chain(users).collect::<Vec<_>>().join(between);
        }
        ("faces", between) => {
            let faces = values.users.iter().map(|user| match user.avatar.as_ref().and_then(Avatar::emoji) {
                Some(emoji) => format!("{emoji} {}", user.nick),
                None => user.nick.to_string(),
            });
            let nicks = values.nicks.iter().map(ToString::to_string);
            *out += &nicks.chain(faces).collect::<Vec<_>>().join(between);
        }
        ("users", between) => *out += &values.users.iter().zip(1..).map(user).collect::<Vec<_>>().join(between),
        (unknown, _) => unreachable!("a test fills every template: {unknown}"),
    }
}

/// An avatar among words.
fn shown(avatar: &Avatar) -> &str {
    avatar.emoji().map_or("a picture", Emoji::as_str)
}

/// A line of the report.
fn user((user, count): (&Active, usize)) -> String {
    REPORT_USER
        .replace("{count}", &count.to_string())
        .replace("{nick}", user.nick.as_str())
        .replace("{ip}", &user.addr.ip().to_canonical().to_string())
        .replace("{port}", &user.addr.port().to_string())
}

/// A time to wait, in whole seconds, or minutes where it is long: `10 s`, `8 min`.
fn duration(ms: u64) -> String {
    match ms.div_ceil(1_000) {
        seconds @ ..=120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}
