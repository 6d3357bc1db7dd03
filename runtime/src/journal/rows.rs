//! The rows of the message store: what is kept of each entry, and how an entry is built from it again.
//!
//! Owns the columns. Does not know how they are kept or printed.

use crate::message_log::Line;
use hobnob_machine::{Pair, Shelf};
use hobnob_spec::avatar::{Avatar, Emoji};
use hobnob_spec::files::{Digest, FileName};
use hobnob_spec::messages::{Attached, Body, Entry, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::session::{No, Why};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What goes into the store.
#[derive(Debug, Clone)]
pub enum Stored {
    /// An entry of a room.
    Room {
        /// The room's name as names are compared.
        key: Arc<str>,
        /// The room's name.
        name: RoomName,
        /// The entry.
        entry: Arc<Entry>,
    },
    /// An entry of a private conversation.
    Private {
        /// The conversation.
        pair: Pair,
        /// For whom.
        to: Nick,
        /// The entry.
        entry: Arc<Entry>,
    },
    /// A join that was refused. It has no number and is in nobody's history.
    Rejected {
        /// When.
        at: Time,
        /// The nick that was asked for, without control characters and shortened.
        nick: String,
        /// Why it was refused.
        no: No,
    },
}

macro_rules! kinds {
    ($( $(#[doc = $doc:literal])* $Kind:ident = $name:literal, )*) => {
        /// What a row of the store tells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $( $(#[doc = $doc])* $Kind, )* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$( Self::$Kind, )*];

            /// The kind as it stands in the store and in the message log.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$Kind => $name, )* }
            }
        }
    };
}
kinds! {
    /// Something was said in a room.
    Say = "say",
    /// Something was said to one user.
    Private = "private",
    /// A file was sent to a room.
    File = "file",
    /// A file was sent to one user.
    PrivateFile = "private-file",
    /// A user joined the chat.
    Joined = "joined",
    /// A user left the chat.
    Left = "left",
    /// A user came into a room.
    Entered = "entered",
    /// A user went out of a room.
    LeftRoom = "left-room",
    /// A user was muted.
    Muted = "muted",
    /// A user may talk again.
    Unmuted = "unmuted",
    /// A user has another avatar, or none any more.
    Avatar = "avatar",
    /// A join was refused.
    Rejected = "rejected",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        Self::ALL.iter().copied().find(|kind| kind.name() == text).ok_or_else(|| format!("the kinds are {}", names()))
    }
}

/// A row of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place in the order of all rows.
    pub id: u64,
    /// The record that brought it.
    pub seq: u64,
    /// Its number in its room or conversation; a refusal has none.
    pub number: Option<u64>,
    /// When the server took it.
    pub at: Time,
    /// What it tells.
    pub kind: Kind,
    /// The room.
    pub room: Option<String>,
    /// Who said it, or to whom it happened.
    pub sender: String,
    /// For whom alone it was said.
    pub recipient: Option<String>,
    /// What was said, what a text file holds or how another file is called, the meaning of the reason, or an avatar.
    pub text: Option<String>,
    /// Why somebody left or was refused, by name; until when somebody is muted, in milliseconds; a file or an avatar, in
    /// JSON.
    pub detail: Option<String>,
}

impl Row {
    /// The row as people read it.
    pub fn line(&self) -> Line<'_> {
        Line {
            at: self.at,
            kind: self.kind,
            room: self.room.as_deref(),
            sender: &self.sender,
            recipient: self.recipient.as_deref(),
            text: self.text.as_deref(),
            until: until(self.kind, self.detail.as_deref()),
        }
    }

    /// The entry that the row was made of; a refusal is none.
    pub fn entry(&self) -> Option<Entry> {
        let (number, nick) = (self.number?, Nick::parse_any(&self.sender).ok()?);
        let body = match self.kind {
            Kind::Say | Kind::Private => Body::Text(Text::parse(self.text.clone()?).ok()?),
            Kind::File | Kind::PrivateFile => Body::Attached(attached(self.detail.as_deref()?, self.text.as_deref())?),
            Kind::Joined => Body::Joined(avatar(self.detail.as_deref())?),
            Kind::Left => Body::Left(Why::ALL.iter().copied().find(|why| Some(why.name()) == self.detail.as_deref())?),
            Kind::Entered => Body::Entered(avatar(self.detail.as_deref())?),
            Kind::LeftRoom => Body::LeftRoom,
            Kind::Muted => Body::Muted { until: until(self.kind, self.detail.as_deref())? },
            Kind::Unmuted => Body::Unmuted,
            Kind::Avatar => Body::Avatar(avatar(self.detail.as_deref())?),
            Kind::Rejected => return None,
        };
        Some(Entry { number, at: self.at, nick, body })
    }
}

/// A file as the store keeps it beside its text.
#[derive(Serialize, Deserialize)]
struct FileDetail {
    file: u64,
    name: FileName,
    media: String,
    size: u64,
    digest: Digest,
    /// Whether the row's text is what the file holds.
    text: bool,
}

fn file_detail(file: &Attached) -> String {
    let Attached { file, name, media, size, digest, text } = file.clone();
    let detail = FileDetail { file, name, media, size, digest, text: text.is_some() };
    serde_json::to_string(&detail).expect("a file is made of what JSON can hold")
}

fn attached(detail: &str, text: Option<&str>) -> Option<Attached> {
    let FileDetail { file, name, media, size, digest, text: has_text } = serde_json::from_str(detail).ok()?;
    let text = text.filter(|_| has_text).and_then(|text| Text::parse(text.to_owned()).ok());
    Some(Attached { file, name, media, size, digest, text })
}

/// What somebody's avatar is, as people read it and as the store keeps it.
fn worn(avatar: Option<&Avatar>) -> (Option<&str>, Option<String>) {
    let text = avatar.map(|avatar| avatar.emoji().map_or("a picture", Emoji::as_str));
    let json = |avatar| serde_json::to_string(avatar).expect("an avatar is made of what JSON can hold");
    (text, avatar.map(json))
}

/// The avatar that a detail tells, or that it tells none; `None` where it is no avatar.
#[expect(clippy::option_option, reason = "no avatar is one of the things that a row can say")]
fn avatar(detail: Option<&str>) -> Option<Option<Avatar>> {
    detail.map_or(Some(None), |json| serde_json::from_str(json).ok().map(Some))
}

fn until(kind: Kind, detail: Option<&str>) -> Option<Time> {
    if kind == Kind::Muted { detail?.parse().ok().map(Time) } else { None }
}

/// What a row consists of, borrowed from what goes into the store.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    pub(crate) shelf: Option<String>,
    pub(crate) number: Option<u64>,
    pub(crate) detail: Option<String>,
    pub(crate) line: Line<'a>,
}

impl Stored {
    /// Whether the row is what this brings, but for its place.
    pub(crate) fn is(&self, row: &Row) -> bool {
        let columns = self.columns();
        columns.line == row.line() && columns.number == row.number && columns.detail == row.detail
    }

    /// The columns of the row.
    pub(crate) fn columns(&self) -> Columns<'_> {
        match self {
            Self::Room { key, name, entry } => {
                let (kind, text, detail) = told(&entry.body, Kind::Say);
                let shelf = Some(room_shelf(key));
                let line = line(entry, kind, Some(name.as_str()), None, text);
                Columns { shelf, number: Some(entry.number), detail, line }
            }
            Self::Private { pair, to, entry } => {
                let (kind, text, detail) = told(&entry.body, Kind::Private);
                let line = line(entry, kind, None, Some(to.as_str()), text);
                Columns { shelf: Some(pair_shelf(pair)), number: Some(entry.number), detail, line }
            }
            Self::Rejected { at, nick, no } => {
                let text = Some(no.meaning());
                let line = Line {
                    at: *at,
                    kind: Kind::Rejected,
                    room: None,
                    sender: nick,
                    recipient: None,
                    text,
                    until: None,
                };
                Columns { shelf: None, number: None, detail: Some(no.name().to_owned()), line }
            }
        }
    }
}

fn line<'a>(
    entry: &'a Entry,
    kind: Kind,
    room: Option<&'a str>,
    recipient: Option<&'a str>,
    text: Option<&'a str>,
) -> Line<'a> {
    let until = match &entry.body {
        Body::Muted { until } => Some(*until),
        Body::Text(_)
        | Body::Attached(_)
        | Body::Joined(_)
        | Body::Left(_)
        | Body::Entered(_)
        | Body::LeftRoom
        | Body::Unmuted
        | Body::Avatar(_) => None,
    };
    Line { at: entry.at, kind, room, sender: entry.nick.as_str(), recipient, text, until }
}

/// Kind, text and detail of what an entry says.
fn told(body: &Body, talk: Kind) -> (Kind, Option<&str>, Option<String>) {
    let of = |kind, avatar| {
        let (text, detail) = worn(avatar);
        (kind, text, detail)
    };
    match body {
        Body::Text(text) => (talk, Some(text.as_str()), None),
        Body::Attached(file) => {
            let kind = if talk == Kind::Private { Kind::PrivateFile } else { Kind::File };
            let text = file.text.as_ref().map_or(file.name.as_str(), Text::as_str);
            (kind, Some(text), Some(file_detail(file)))
        }
        Body::Joined(avatar) => of(Kind::Joined, avatar.as_ref()),
        Body::Left(why) => (Kind::Left, Some(why.meaning()), Some(why.name().to_owned())),
        Body::Entered(avatar) => of(Kind::Entered, avatar.as_ref()),
        Body::LeftRoom => (Kind::LeftRoom, None, None),
        Body::Muted { until } => (Kind::Muted, None, Some(until.0.to_string())),
        Body::Unmuted => (Kind::Unmuted, None, None),
        Body::Avatar(avatar) => of(Kind::Avatar, avatar.as_ref()),
    }
}

/// How a shelf is called in the store. No name holds `#`, `@` or a comma.
pub(super) fn shelf_name(shelf: &Shelf) -> String {
    match shelf {
        Shelf::Room(key) => room_shelf(key),
        Shelf::Pair(pair) => pair_shelf(pair),
    }
}

fn room_shelf(key: &str) -> String {
    format!("#{key}")
}

fn pair_shelf(Pair(one, other): &Pair) -> String {
    format!("@{one},{other}")
}
