//! What is sent and shown, in a few words.
//!
//! Owns the wording of traces, diagrams and expectations: one form for each thing, the same wherever it is read. What is
//! long is cut; what is secret is never named.

use crate::plan::line::{write_request, write_time};
use hobnob_machine::{Shown, When};
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::{Answer, Asked, Body, Entry, Have, Message, Past, Place, Presence, Request};
use hobnob_spec::session::State;

/// How many characters of something that was said are shown.
const TEXT_CHARS: usize = 120;
/// How many of many things are named.
const NAMED: usize = 6;

/// A request with its number: `3: says in lobby: hello`.
pub fn asked(asked: &Asked) -> String {
    format!("{}: {}", asked.number, request(&asked.request))
}

/// A request: `says in lobby: hello`.
pub fn request(request: &Request) -> String {
    match request {
        Request::Resume { have, .. } if have.is_empty() => "returns".into(),
        Request::Resume { have, .. } => format!("returns, has {}", list(have.iter().map(self::have), "nothing")),
        Request::Report
        | Request::Join { .. }
        | Request::Wear { .. }
        | Request::Say { .. }
        | Request::Private { .. }
        | Request::Enter { .. }
        | Request::Leave { .. }
        | Request::Who { .. }
        | Request::Rooms
        | Request::History { .. }
        | Request::Attach { .. }
        | Request::Chunk { .. }
        | Request::Cancel { .. }
        | Request::Fetch { .. }
        | Request::Ping
        | Request::Quit
        | Request::Operate { .. }
        | Request::Mute { .. }
        | Request::Unmute { .. }
        | Request::Kick { .. } => cut(&write_request(request)),
    }
}

/// A message of the server's: `3: posted #7`, `lobby #7 ann: hello`.
pub fn message(message: &Message) -> String {
    match message {
        Message::Answer { number, answer } => format!("{number}: {}", self::answer(answer)),
        Message::Live { place, entry } => format!("{} {}", self::place(place), self::entry(entry)),
        Message::Earlier { place, past, entries } => {
            let place = self::place(place);
            match entries.as_slice() {
                [] => format!("{} of {place}: nothing", past_word(*past)),
                [only] => format!("{}: {place} {}", past_word(*past), entry(only)),
                [first, .., last] => {
                    let count = entries.len();
                    format!("{}: {place} #{} to #{}, {count} messages", past_word(*past), first.number, last.number)
                }
            }
        }
        Message::Ping => "are you there?".into(),
        Message::Goodbye { why } => format!("goodbye: {why}"),
    }
}

/// What a user is shown: `lobby #7 ann: hello`, `refused NickTaken`, `says in lobby: hello → posted #7`.
pub fn shown(shown: &Shown) -> String {
    match shown {
        Shown::Welcome { nick, room, members } => format!("welcome as {nick}, in {room}, with {}", presences(members)),
        Shown::Back { nick, muted_ms, rooms } => {
            let rooms = list(rooms.iter().map(|still| format!("{} to #{}", still.room, still.last)), "no room");
            format!("back as {nick}{}, in {rooms}", muted(*muted_ms))
        }
        Shown::Refused { no, wait_ms } => format!("refused {no}{}", wait(*wait_ms)),
        Shown::Entry { place, entry, when } => {
            let past = match when {
                When::Live => String::new(),
                When::Past(past) => format!("{}: ", past_word(*past)),
            };
            format!("{past}{} {}", self::place(place), self::entry(entry))
        }
        Shown::Gap { place, missing } => format!("{} lacks {missing} messages", self::place(place)),
        Shown::Answer { request, answer } => format!("{} → {}", self::request(request), self::answer(answer)),
        Shown::TooMany { request } => format!("{} → too much waits, not taken", self::request(request)),
        Shown::Unsent { request } => format!("{} → given back unsent", self::request(request)),
        Shown::Unsure { request } => format!("{} → unsure whether it arrived", self::request(request)),
        Shown::AlreadyJoined => "joined or joining already".into(),
        Shown::Unreachable { reason: Some(reason) } => format!("unreachable, {}", cut(reason)),
        Shown::Unreachable { reason: None } => "unreachable, it took too long".into(),
        Shown::Lost => "connection lost".into(),
        Shown::Retry { pause_ms } => format!("tries again, in {}", write_time(*pause_ms)),
        Shown::Goodbye { why } => format!("goodbye {why}"),
        Shown::Foreign => "the server speaks another protocol".into(),
        Shown::Out => "out".into(),
    }
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Refused { no, wait_ms } => format!("refused {no}{}", wait(*wait_ms)),
        Answer::Done => "done".into(),
        Answer::Report(active) => {
            format!("{} active, {}", active.len(), list(active.iter().map(|user| &user.nick), "nobody"))
        }
        Answer::Welcome { nick, room, members, last } => {
            format!("welcome as {nick}, in {room} after #{last}, with {}", presences(members))
        }
        Answer::Back { nick, muted_ms, rooms } => {
            let rooms = list(rooms.iter().map(|still| format!("{} to #{}", still.room, still.last)), "no room");
            format!("back as {nick}{}, in {rooms}", muted(*muted_ms))
        }
        Answer::Posted { number, waits: false, .. } => format!("posted #{number}"),
        Answer::Posted { number, waits: true, .. } => format!("posted #{number}, it waits"),
        Answer::Room { room, last } => format!("in {room}, after #{last}"),
        Answer::Members(members) => format!("there are {}", presences(members)),
        Answer::Rooms(rooms) => {
            format!("rooms {}", list(rooms.iter().map(|line| format!("{} ({})", line.room, line.members)), "none"))
        }
        Answer::Page { entries, more } => {
            let more = if *more { ", there are older ones" } else { "" };
            match entries.as_slice() {
                [] => format!("page of nothing{more}"),
                [only] => format!("page of {}{more}", entry(only)),
                [first, .., last] => format!("page of #{} to #{}{more}", first.number, last.number),
            }
        }
        Answer::Ready { transfer, from } => format!("transfer {transfer} from {from}"),
        Answer::Taken { to } => format!("taken to {to}"),
        Answer::Filed { file, number, .. } => format!("file {file} is #{number}"),
        Answer::Piece { offset, bytes } => format!("piece of {} at {offset}", bytes.0.len()),
        Answer::Pong => "pong".into(),
    }
}

/// An entry with its number: `#7 ann: hello`.
fn entry(entry: &Entry) -> String {
    let (number, nick) = (entry.number, &entry.nick);
    match &entry.body {
        Body::Text(text) => format!("#{number} {nick}: {}", cut(text.as_str())),
        Body::Attached(file) => format!("#{number} {nick} sent {}, {} bytes", cut(file.name.as_str()), file.size),
        Body::Joined(None) => format!("#{number} {nick} joined"),
        Body::Joined(Some(avatar)) => format!("#{number} {nick} joined with {}", worn(avatar)),
        Body::Left(why) => format!("#{number} {nick} left, {why}"),
        Body::Entered(_) => format!("#{number} {nick} came in"),
        Body::LeftRoom => format!("#{number} {nick} went out"),
        Body::Muted { until } => format!("#{number} {nick} is muted, for {}", write_time(until.since(entry.at))),
        Body::Unmuted => format!("#{number} {nick} may talk again"),
        Body::Avatar(None) => format!("#{number} {nick} wears nothing"),
        Body::Avatar(Some(avatar)) => format!("#{number} {nick} wears {}", worn(avatar)),
    }
}

/// An avatar: `🦊`, `picture 7`.
fn worn(avatar: &Avatar) -> String {
    match avatar {
        Avatar::Emoji(emoji) => emoji.to_string(),
        Avatar::Picture { file, .. } => format!("picture {file}"),
    }
}

const fn past_word(past: Past) -> &'static str {
    match past {
        Past::History => "history",
        Past::Missed => "missed",
        Past::Late => "late",
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Room(room) => room.to_string(),
        Place::With(nick) => format!("@{nick}"),
    }
}

fn have(have: &Have) -> String {
    format!("{} to #{}", place(&have.place), have.number)
}

fn presences(members: &[Presence]) -> String {
    let members = members.iter().map(|member| match member.state {
        State::Member => member.nick.to_string(),
        State::Guest | State::Muted | State::Detached => {
            format!("{} ({})", member.nick, member.state.name().to_lowercase())
        }
    });
    list(members, "nobody")
}

fn muted(ms: Option<u64>) -> String {
    ms.map_or_else(String::new, |ms| format!(", muted for {}", write_time(ms)))
}

fn wait(ms: Option<u64>) -> String {
    ms.map_or_else(String::new, |ms| format!(", for {}", write_time(ms)))
}

fn list(items: impl ExactSizeIterator<Item = impl ToString>, none: &str) -> String {
    let count = items.len();
    let mut named: Vec<String> = items.take(NAMED).map(|item| item.to_string()).collect();
    if count > NAMED {
        named.push(format!("{} more", count - NAMED));
    }
    if named.is_empty() { none.into() } else { named.join(" and ") }
}

/// A text on one line, cut if it is long.
pub fn cut(text: &str) -> String {
    let clean = |c: char| if c.is_control() { '·' } else { c };
    let mut short: String = text.chars().take(TEXT_CHARS).map(clean).collect();
    let all = text.chars().count();
    if all > TEXT_CHARS {
        short += &format!("… ({all} characters)");
    }
    short
}
