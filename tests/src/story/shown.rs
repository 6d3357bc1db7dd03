//! How a story shows what the server does.

use hobnob_machine::Shelf;
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::{Answer, Body, Entry, Message, Past, Place, Presence, Time};
use hobnob_spec::session::State;
use std::sync::Arc;
use std::time::Duration;

/// A message to a client.
pub(super) fn message(message: &Message) -> String {
    match message {
        Message::Answer { number, answer } => format!("#{number} {}", self::answer(answer)),
        Message::Live { place, entry } => format!("{} {}", self::place(place), self::entry(entry)),
        Message::Earlier { place, past, entries } => {
            let past = match past {
                Past::History => "history of",
                Past::Missed => "missed in",
                Past::Late => "waited from",
            };
            format!("{past} {}: {}", self::place(place), self::entries(entries))
        }
        Message::Ping => "are you there?".into(),
        Message::Goodbye { why } => format!("goodbye, {why}: {}", why.meaning()),
    }
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Refused { no, wait_ms: None } => format!("refused, {no}: {}", no.meaning()),
        Answer::Refused { no, wait_ms: Some(ms) } => format!("refused for {}, {no}: {}", span(*ms), no.meaning()),
        Answer::Done => "done".into(),
        Answer::Report(active) => {
            let lines = active.iter().map(|user| {
                format!("{}{} at {} since {}", face(user.avatar.as_ref()), user.nick, user.addr, clock(user.joined))
            });
            format!("{} active: {}", active.len(), joined(lines))
        }
        Answer::Welcome { nick, room, members, last } => {
            format!("welcome, {nick}, to {room} after {last}, with {}", presences(members))
        }
        Answer::Back { nick, muted_ms, rooms } => {
            let muted = muted_ms.map(|ms| format!(", muted for {}", span(ms))).unwrap_or_default();
            let rooms = rooms.iter().map(|still| format!("{} {}", still.room, still.last));
            format!("welcome back, {nick}{muted}, in {}", joined(rooms))
        }
        Answer::Posted { number, slow_down: true, .. } => format!("posted as {number}, told to slow down"),
        Answer::Posted { number, waits: false, .. } => format!("posted as {number}"),
        Answer::Posted { number, waits: true, .. } => format!("posted as {number}, waiting"),
        Answer::Room { room, last } => format!("in {room} after {last}"),
        Answer::Members(members) => presences(members),
        Answer::Rooms(rooms) => joined(rooms.iter().map(|line| format!("{} ({})", line.room, line.members))),
        Answer::Page { entries, more } => {
            format!("page: {}{}", self::entries(entries), if *more { " (and older)" } else { "" })
        }
        Answer::Ready { transfer, from } => format!("transfer {transfer} may come from {from}"),
        Answer::Taken { to } => format!("taken to {to}"),
        Answer::Filed { file, number, .. } => format!("file {file} arrived as {number}"),
        Answer::Piece { offset, bytes } => format!("piece of {} at {offset}", bytes.0.len()),
        Answer::Pong => "pong".into(),
    }
}

/// An entry: number, time, and what it says.
pub(super) fn entry(entry: &Entry) -> String {
    let (number, nick) = (entry.number, &entry.nick);
    match &entry.body {
        Body::Text(text) if text.as_str().len() > 200 => {
            format!("{number} {nick}: ({} characters)", text.as_str().chars().count())
        }
        Body::Text(text) => format!("{number} {nick}: {}", text.as_str().replace('\n', "\\n").replace('\t', "\\t")),
        Body::Attached(file) => {
            let text = file.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
            format!("{number} {nick} sent {} (file {} of {}){text}", file.name, file.file, file.size)
        }
        Body::Joined(avatar) => format!("{number} {}{nick} joined", face(avatar.as_ref())),
        Body::Left(why) => format!("{number} {nick} left ({why})"),
        Body::Entered(avatar) => format!("{number} {}{nick} came in", face(avatar.as_ref())),
        Body::LeftRoom => format!("{number} {nick} went out"),
        Body::Muted { until } => format!("{number} {nick} is muted until {}", clock(*until)),
        Body::Unmuted => format!("{number} {nick} may talk again"),
        Body::Avatar(None) => format!("{number} {nick} wears nothing"),
        Body::Avatar(avatar) => format!("{number} {}{nick} wears it", face(avatar.as_ref())),
    }
}

/// A room or conversation of the store.
pub(super) fn shelf(shelf: &Shelf) -> String {
    match shelf {
        Shelf::Room(room) => room.to_string(),
        Shelf::Pair(pair) => format!("{} and {}", pair.0, pair.1),
    }
}

fn entries(entries: &[Arc<Entry>]) -> String {
    joined(entries.iter().map(|entry| self::entry(entry)))
}

fn place(place: &Place) -> String {
    match place {
        Place::Room(room) => room.to_string(),
        Place::With(nick) => format!("@{nick}"),
    }
}

fn presences(members: &[Presence]) -> String {
    joined(members.iter().map(|member| match member.state {
        State::Member => format!("{}{}", face(member.avatar.as_ref()), member.nick),
        State::Guest | State::Muted | State::Detached => {
            format!("{}{} ({})", face(member.avatar.as_ref()), member.nick, member.state)
        }
    }))
}

/// What stands before a nick.
fn face(avatar: Option<&Avatar>) -> String {
    match avatar {
        None => String::new(),
        Some(Avatar::Emoji(emoji)) => format!("{emoji} "),
        Some(Avatar::Picture { file, kind, .. }) => format!("[{kind} {file}] "),
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { "nothing".into() } else { items.join("; ") }
}

fn span(ms: u64) -> String {
    humantime::format_duration(Duration::from_millis(ms)).to_string()
}

/// Time since the story began.
fn clock(at: Time) -> String {
    format!("{}:{:02}", at.0 / 60_000, at.0 / 1_000 % 60)
}
