//! The message log: what was said and what happened, in a file that people can read.
//!
//! Owns the layouts of a line, and keeps the file in step with the store: exactly one line for each row, also after a
//! crash. Knows no clock; a line has the time of its entry.

mod file;

pub(crate) use file::{MessageLog, Progress};

use crate::journal::Kind;
use hobnob_spec::messages::Time;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::{self, Write};
use std::str::FromStr;

/// How a line is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// For reading: `2026-11-21T02:05:00.123+01:00 say #lobby ann: hello`.
    #[default]
    Text,
    /// For spreadsheets: a heading, and the same six columns on each line.
    Csv,
    /// For programs: a JSON object on each line.
    Json,
    /// No file is written.
    Off,
}

impl Layout {
    /// The names of the layouts.
    pub const NAMES: &'static [&'static str] = &["text", "csv", "json", "off"];

    /// The file in the data folder, if one is written.
    pub const fn file(self) -> Option<&'static str> {
        match self {
            Self::Text => Some("messages.log"),
            Self::Csv => Some("messages.csv"),
            Self::Json => Some("messages.jsonl"),
            Self::Off => None,
        }
    }

    /// What stands above the lines.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Csv => "time,kind,room,sender,recipient,text\n",
            Self::Text | Self::Json | Self::Off => "",
        }
    }

    /// Appends a line.
    pub fn write(self, line: &Line<'_>, zone: &TimeZone, out: &mut Vec<u8>) {
        match self {
            Self::Text => write_text(line, zone, out),
            Self::Csv => write_csv(line, zone, out),
            Self::Json => write_json(line, zone, out),
            Self::Off => {}
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Text => "text",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Off => "off",
        })
    }
}

impl FromStr for Layout {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Text, Self::Csv, Self::Json, Self::Off];
        let found = all.into_iter().find(|layout| layout.to_string() == text);
        found.ok_or_else(|| format!("the layouts of a log are {}", Self::NAMES.join(", ")))
    }
}

/// A line of the message log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// When the server took it.
    pub at: Time,
    /// What it tells.
    pub kind: Kind,
    /// The room.
    pub room: Option<&'a str>,
    /// Who said it, or to whom it happened.
    pub sender: &'a str,
    /// For whom alone it was said.
    pub recipient: Option<&'a str>,
    /// What was said, or the meaning of the reason.
    pub text: Option<&'a str>,
    /// Until when the sender is muted.
    pub until: Option<Time>,
}

impl Line<'_> {
    /// What was said, or why, or until when.
    fn words(&self, zone: &TimeZone) -> Option<Cow<'_, str>> {
        match (self.text, self.until) {
            (Some(text), _) => Some(text.into()),
            (None, Some(until)) => Some(format!("until {}", date_time(until, zone)).into()),
            (None, None) => None,
        }
    }
}

/// A time as RFC 3339 writes it, to the millisecond, with the offset of the zone.
pub fn date_time(at: Time, zone: &TimeZone) -> String {
    let known = i64::try_from(at.0).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let at = known.unwrap_or(Timestamp::MAX);
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn write_text(line: &Line<'_>, zone: &TimeZone, out: &mut Vec<u8>) {
    let mut text = format!("{} {}", date_time(line.at, zone), line.kind);
    if let Some(room) = line.room {
        let _ = write!(text, " #{room}");
    }
    text.push(' ');
    escape(line.sender, &mut text);
    if let Some(recipient) = line.recipient {
        let _ = write!(text, " -> {recipient}");
    }
    if let Some(words) = line.words(zone) {
        text.push_str(": ");
        escape(&words, &mut text);
    }
    text.push('\n');
    out.extend(text.into_bytes());
}

/// What is said may hold newlines and tabs: a line stays one line.
fn escape(words: &str, text: &mut String) {
    for c in words.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            c if c.is_control() => text.extend(c.escape_unicode()),
            c => text.push(c),
        }
    }
}

fn write_csv(line: &Line<'_>, zone: &TimeZone, out: &mut Vec<u8>) {
    let (at, words) = (date_time(line.at, zone), line.words(zone));
    let or_none = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let columns = [
        at,
        line.kind.to_string(),
        or_none(line.room),
        line.sender.to_owned(),
        or_none(line.recipient),
        or_none(words.as_deref()),
    ];
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 10).from_writer(out);
    let written = writer.write_record(&columns).and_then(|()| writer.flush().map_err(Into::into));
    written.expect("writing to memory does not fail");
}

fn write_json(line: &Line<'_>, zone: &TimeZone, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct Object<'a> {
        time: String,
        kind: &'a str,
        room: Option<&'a str>,
        sender: &'a str,
        recipient: Option<&'a str>,
        text: Option<&'a str>,
    }
    let words = line.words(zone);
    let object = Object {
        time: date_time(line.at, zone),
        kind: line.kind.name(),
        room: line.room,
        sender: line.sender,
        recipient: line.recipient,
        text: words.as_deref(),
    };
    serde_json::to_writer(&mut *out, &object).expect("writing to memory does not fail");
    out.push(b'\n');
}
