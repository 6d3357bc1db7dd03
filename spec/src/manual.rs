//! The manual: everything the protocol says, gathered from the tables, words, limits and messages.
//!
//! Owns how the protocol is put into words and pictures, and no fact about it: what is printed here is read from the
//! declarations. [`Manual`] is plain data that can be serialized; [`markdown()`], [`text()`] and [`dot()`] render it.

mod chapter;
mod graph;
mod markdown;
mod prose;
mod text;

pub use chapter::{Cell, Chapter, Deed, Happening, Line, Term, Then};
pub use graph::dot;
pub use markdown::markdown;
pub use text::{cell_text, event_text, state_text, text, word_text};

use crate::avatar::Avatar;
use crate::client::{self, Client};
use crate::limits::Limits;
use crate::messages::{
    Active, Answer, Asked, Attached, Body, Entry, For, Have, Message, Past, Place, Presence, Request, RoomLine,
    StillIn, Where,
};
use crate::profile::{Absent, Announcements, Dialect, Flood, JoinHistory, NickCase, NickTaken, Profile};
use crate::relay::{self, Relay};
use crate::session::{No, Session, Why};
use crate::shapes::Shape;
use crate::transfer::Transfer;
use crate::voice;
use crate::words::Words;
use serde::Serialize;

/// The whole protocol as data.
#[derive(Debug, Clone, Serialize)]
pub struct Manual {
    /// One chapter for each table.
    pub tables: Vec<Chapter>,
    /// What travels between client and server, and the parts of it.
    pub messages: Vec<Shape>,
    /// Why a request is refused.
    pub refusals: Vec<Term>,
    /// Why a session or its connection ended.
    pub endings: Vec<Term>,
    /// The bounds.
    pub limits: Vec<Limit>,
    /// The bounds of a client, which are not set.
    pub client_limits: Vec<ClientLimit>,
    /// The bounds of a relay.
    pub relay_limits: Vec<ClientLimit>,
    /// What a profile sets, and how the profiles set it.
    pub profiles: Vec<Setting>,
    /// In which words each dialect tells each happening.
    pub voices: Vec<Voice>,
}

/// A bound that an operator can set.
#[derive(Debug, Clone, Serialize)]
pub struct Limit {
    /// What it is called in the settings.
    pub name: &'static str,
    /// What it counts.
    pub unit: &'static str,
    /// What it is unless it is set.
    pub default: u64,
    /// What it is for.
    pub reason: &'static str,
}

/// A bound of a client or a relay.
#[derive(Debug, Clone, Serialize)]
pub struct ClientLimit {
    /// What it is called.
    pub name: &'static str,
    /// What it is; a name that ends in `_MS` counts milliseconds.
    pub value: u64,
    /// What it is for.
    pub reason: &'static str,
}

/// One setting of a profile.
#[derive(Debug, Clone, Serialize)]
pub struct Setting {
    /// What it is called in the settings.
    pub name: &'static str,
    /// What it decides.
    pub meaning: &'static str,
    /// The words it may be set to; empty where it is a number or a name.
    pub choices: Vec<Term>,
    /// What it is in each of [`Profile::NAMES`].
    pub values: Vec<String>,
}

/// How the dialects tell one happening.
#[derive(Debug, Clone, Serialize)]
pub struct Voice {
    /// The happening.
    pub happening: &'static str,
    /// What happened.
    pub meaning: &'static str,
    /// How each of [`Dialect::ALL`] tells it; nothing where it does not.
    pub phrases: Vec<Option<String>>,
}

impl Manual {
    /// Gathers the manual.
    pub fn new() -> Self {
        let limits = Limits::TABLE.iter();
        Self {
            tables: vec![
                Chapter::of::<Session>(),
                Chapter::of::<Transfer>(),
                Chapter::of::<Client>(),
                Chapter::of::<Relay>(),
            ],
            messages: vec![
                Asked::SHAPE,
                Request::SHAPE,
                Message::SHAPE,
                Answer::SHAPE,
                Entry::SHAPE,
                Body::SHAPE,
                Attached::SHAPE,
                Past::SHAPE,
                Place::SHAPE,
                Where::SHAPE,
                For::SHAPE,
                Have::SHAPE,
                StillIn::SHAPE,
                Presence::SHAPE,
                Active::SHAPE,
                Avatar::SHAPE,
                RoomLine::SHAPE,
            ],
            refusals: Term::all::<No>(),
            endings: Term::all::<Why>(),
            limits: limits.map(|&(name, unit, default, reason)| Limit { name, unit, default, reason }).collect(),
            client_limits: bounds(client::BOUNDS),
            relay_limits: bounds(relay::BOUNDS),
            profiles: settings(),
            voices: voices(),
        }
    }

    /// The chapter of that table.
    pub fn table(&self, name: &str) -> Option<&Chapter> {
        self.tables.iter().find(|chapter| chapter.name == name)
    }
}

impl Default for Manual {
    fn default() -> Self {
        Self::new()
    }
}

/// What the dialects say, side by side.
fn voices() -> Vec<Voice> {
    let voice = |&happening: &voice::Happening| Voice {
        happening: happening.name(),
        meaning: happening.meaning(),
        phrases: Dialect::ALL.iter().map(|&dialect| voice::phrase(dialect, happening).shown()).collect(),
    };
    voice::Happening::ALL.iter().map(voice).collect()
}

fn bounds(of: &[(&'static str, u64, &'static str)]) -> Vec<ClientLimit> {
    of.iter().map(|&(name, value, reason)| ClientLimit { name, value, reason }).collect()
}

/// The settings of the profiles, side by side.
fn settings() -> Vec<Setting> {
    let profiles: Vec<Profile> =
        Profile::NAMES.iter().map(|name| Profile::named(name).expect("a listed profile exists")).collect();
    let all = |value: fn(&Profile) -> String| profiles.iter().map(value).collect::<Vec<_>>();
    let row = |field: &crate::shapes::Field| {
        // A field that is added to the profile stops the build here until it is printed.
        let Profile {
            name: _,
            nick_taken: _,
            capacity: _,
            absent: _,
            history: _,
            flood: _,
            nick_case: _,
            dialects: _,
            echo: _,
            announcements: _,
        } = profiles[0];
        let (choices, values) = match field.name {
            "nick_taken" => (choices::<NickTaken>(), all(|profile| lower(profile.nick_taken))),
            "capacity" => (Vec::new(), all(|profile| profile.capacity.to_string())),
            "absent" => (choices::<Absent>(), all(|profile| lower(profile.absent))),
            "history" => (choices::<JoinHistory>(), all(|profile| lower(profile.history))),
            "flood" => (choices::<Flood>(), all(|profile| lower(profile.flood))),
            "nick_case" => (choices::<NickCase>(), all(|profile| lower(profile.nick_case))),
            "dialects" => (
                choices::<Dialect>(),
                all(|profile| profile.dialects.iter().copied().map(lower).collect::<Vec<_>>().join(", ")),
            ),
            "echo" => (Vec::new(), all(|profile| if profile.echo { "yes" } else { "no" }.into())),
            "announcements" => (choices::<Announcements>(), all(|profile| lower(profile.announcements))),
            other => unreachable!("the profile has no setting {other}"),
        };
        Setting { name: field.name, meaning: field.meaning, choices, values }
    };
    Profile::SHAPE.fields.iter().filter(|field| field.name != "name").map(row).collect()
}

/// The words of a setting, as they are written in the configuration.
fn choices<W: Words>() -> Vec<Term> {
    W::ALL.iter().map(|&word| Term { name: lower(word).into(), meaning: word.meaning() }).collect()
}

fn lower<W: Words>(word: W) -> String {
    word.name().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The types that a message may name without being explained among the messages: words with lists of their own,
    /// and what the introduction to the messages explains.
    const KNOWN: &[&str] = &[
        "Nick",
        "RoomName",
        "FileName",
        "Text",
        "Bytes",
        "Emoji",
        "PictureKind",
        "Digest",
        "String",
        "Time",
        "Secret",
        "SocketAddr",
        "No",
        "Why",
        "State",
        "u64",
        "bool",
    ];

    #[test]
    fn every_type_that_a_message_names_is_explained() {
        let manual = Manual::new();
        let shapes = &manual.messages;
        let fields =
            shapes.iter().flat_map(|shape| shape.fields.iter().chain(shape.forms.iter().flat_map(|f| f.fields)));
        let held = shapes.iter().flat_map(|shape| shape.forms.iter().filter_map(|form| form.holds));
        for kind in fields.map(|field| field.kind).chain(held) {
            let words = kind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            for word in words.filter(|word| !["Vec", "Arc", "Option"].contains(word)) {
                let told = KNOWN.contains(&word) || shapes.iter().any(|shape| shape.name == word);
                assert!(told, "{word} is named by a message and explained nowhere");
            }
        }
    }

    #[test]
    fn the_committed_manual_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/PROTOCOL.md");
        let committed = std::fs::read_to_string(path).expect("docs/PROTOCOL.md can be read").replace("\r\n", "\n");
        assert!(
            committed == markdown(&Manual::new()),
            "docs/PROTOCOL.md is stale: the tables say something else. Refresh it with\n    \
             cargo run -p hobnob -- spec --format markdown --out docs/PROTOCOL.md\nand read the diff."
        );
    }

    #[test]
    fn every_cell_that_can_come_to_pass_is_in_the_manual() {
        let manual = Manual::new();
        let page = markdown(&manual);
        for chapter in &manual.tables {
            for cell in chapter.cells.iter().filter(|cell| !cell.lines.is_empty()) {
                for deed in cell.lines.iter().flat_map(|line| &line.effects) {
                    assert!(page.contains(&format!("`{}`", deed.text)), "{} is printed", deed.text);
                }
            }
        }
    }
}
