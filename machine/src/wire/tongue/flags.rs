//! The dialect `flags` of seed 003: JSON objects of fourteen fields, of whose nine flags at most one is 1.
//!
//! Fields that are missing are 0 or empty, unknown ones are passed over. The field `TO`, which is ours, makes talk
//! private. The field `AVATAR`, which is ours too, brings an emoji, or a picture as base64, with the wish to join, and
//! tells others of an emoji. The field `ENCODING`, ours, too, says that a file stands there as base64. An object without a
//! flag is talk.

mod loose;

use super::Ask;
use super::attachment::{self, Attachment, Told};
use super::peer::{Peer, Wish, clipped};
use super::words::{Values, fill};
use crate::wire::contents::Contents;
use crate::wire::zone::Zone;
use hobnob_spec::avatar::{Avatar, Emoji};
use hobnob_spec::limits::CONTENT_BYTES_MAX;
use hobnob_spec::messages::{Answer, Entry, Message, Past, Place, Request};
use hobnob_spec::names::Nick;
use hobnob_spec::profile::{Dialect, JoinHistory};
use hobnob_spec::voice::{Flag, Happening, Phrase, phrase};
use loose::{Loose, loose};
use serde::{Deserialize, Serialize};

/// What a newline in somebody's text becomes, so that nobody can write a line in somebody else's name.
pub(super) const INDENT: &str = "\n    ";

/// Why bytes are no object.
pub(super) const NO_OBJECT: &str = "It is no JSON object, or one that is too long.";
const NO_JSON: &str = "It is no JSON.";
const WRONG_FIELD: &str = "A field holds an object, or stands there twice.";

/// A client that sends objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags {
    pub(super) peer: Peer,
    pub(super) attachment: Attachment,
    /// Whether the history follows a welcome.
    history: bool,
    /// A welcome whose history has not all come.
    held: Option<Held>,
}

/// A welcome that waits for its history, for both are one object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    /// The last number of the history.
    last: u64,
    lines: Vec<String>,
    /// Objects with the files of the history that are no texts.
    files: Vec<u8>,
    /// How many bytes of files it may still bring.
    place: usize,
}

/// An object as a client sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
struct Said {
    #[serde(deserialize_with = "loose")]
    report_request_flag: Loose,
    #[serde(deserialize_with = "loose")]
    report_response_flag: Loose,
    #[serde(deserialize_with = "loose")]
    join_request_flag: Loose,
    #[serde(deserialize_with = "loose")]
    join_reject_flag: Loose,
    #[serde(deserialize_with = "loose")]
    join_accept_flag: Loose,
    #[serde(deserialize_with = "loose")]
    new_user_flag: Loose,
    #[serde(deserialize_with = "loose")]
    quit_request_flag: Loose,
    #[serde(deserialize_with = "loose")]
    quit_accept_flag: Loose,
    #[serde(deserialize_with = "loose")]
    attachment_flag: Loose,
    #[serde(deserialize_with = "loose")]
    username: Loose,
    #[serde(deserialize_with = "loose")]
    filename: Loose,
    #[serde(deserialize_with = "loose")]
    payload: Loose,
    #[serde(deserialize_with = "loose")]
    to: Loose,
    #[serde(deserialize_with = "loose")]
    encoding: Loose,
    #[serde(deserialize_with = "loose")]
    avatar: Loose,
}

/// An object as the server sends it: the fields in the order of the seed.
#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Object<'a> {
    report_request_flag: u8,
    report_response_flag: u8,
    join_request_flag: u8,
    join_reject_flag: u8,
    join_accept_flag: u8,
    new_user_flag: u8,
    quit_request_flag: u8,
    quit_accept_flag: u8,
    attachment_flag: u8,
    number: usize,
    username: &'a str,
    filename: &'a str,
    payload_length: usize,
    payload: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<&'a str>,
}

impl Flags {
    pub(super) fn new(peer: Peer, history: JoinHistory) -> Self {
        let history = match history {
            JoinHistory::All => true,
            JoinHistory::None => false,
        };
        Self { peer, attachment: Attachment::default(), history, held: None }
    }

    pub(super) fn hear(&mut self, object: &str, asks: &mut Vec<Ask>) {
        let said = match serde_json::from_str::<Said>(object) {
            Ok(said) => said,
            Err(error) => return self.garbled(if error.is_data() { WRONG_FIELD } else { NO_JSON }, asks),
        };
        let peer = &mut self.peer;
        let mut flags = Flag::ALL.iter().filter(|flag| said.flag(**flag).is_set());
        let flag = flags.next();
        if flags.next().is_some() {
            return refuse(peer, "More than one flag is 1.", asks);
        }
        match flag {
            None if said.to.0.trim().is_empty() => {
                let (lobby, text) = (peer.lobby.clone(), talk(&said.payload.0, peer.nick.as_ref()));
                peer.talk(lobby.as_str(), text, asks);
            }
            None => {
                let text = talk(&said.payload.0, peer.nick.as_ref()).to_owned();
                peer.private(said.to.0.trim(), &text, asks);
            }
            Some(Flag::ReportRequest) => peer.ask(Request::Report, Wish::Report, asks),
            Some(Flag::JoinRequest) => join(peer, &said, asks),
            Some(Flag::QuitRequest) => peer.ask(Request::Quit, Wish::Quit, asks),
            Some(Flag::Attachment) => {
                let encoding = said.encoding.0.trim();
                match attachment::content(said.payload.0, encoding) {
                    Some(content) => attachment::offer(peer, said.to.0.trim(), &said.filename.0, content, asks),
                    None => refuse(peer, "The payload is no base64.", asks),
                }
            }
            Some(Flag::ReportResponse | Flag::JoinReject | Flag::JoinAccept | Flag::NewUser | Flag::QuitAccept) => {
                refuse(peer, "Only the server sets this flag.", asks);
            }
        }
    }

    /// Something that is no request, and why.
    pub(super) fn garbled(&mut self, why: &'static str, asks: &mut Vec<Ask>) {
        self.peer.garbled = Some(why);
        asks.push(Ask::Garbled);
    }

    pub(super) fn say(&mut self, message: &Message, files: &Contents, out: &mut Vec<u8>) {
        if let (Message::Earlier { place: Place::Room(_), past: Past::History, entries }, Some(held)) =
            (message, &mut self.held)
        {
            entries.iter().for_each(|entry| held.take(entry, &self.peer, files));
            if entries.last().is_some_and(|entry| entry.number >= held.last) {
                self.settle(out);
            }
            return;
        }
        self.settle(out);
        match message {
            Message::Answer { number, answer: Answer::Welcome { nick, last, .. } } => {
                self.peer.answered(*number);
                self.peer.nick = Some(nick.clone());
                self.held = Some(Held::new(*last));
                if !self.history || *last == 0 {
                    self.settle(out);
                }
            }
            Message::Answer { number, answer } => {
                let wish = self.peer.answered(*number);
                self.attachment.answered(*number, wish.as_ref(), answer);
                self.peer.tell_answer(wish.as_ref(), answer, out);
            }
            Message::Live { .. } | Message::Earlier { .. } | Message::Ping | Message::Goodbye { .. } => {
                self.peer.tell_with(message, files, out);
            }
        }
    }

    /// Writes the welcome that was held back, with the history that came.
    pub(super) fn settle(&mut self, out: &mut Vec<u8>) {
        let Some(held) = self.held.take() else { return };
        let (nick, history) = (self.peer.nick.as_ref().map_or("", Nick::as_str), held.lines.join("\n"));
        self.peer.write(Happening::Welcome, &Values { nick, history: &history, ..Values::default() }, out);
        out.extend_from_slice(&held.files);
    }
}

/// The nick that an object asks for, if it asks for one.
pub(in crate::wire) fn nick_asked(object: &str) -> Option<String> {
    let said = serde_json::from_str::<Said>(object).ok()?;
    let joins = Flag::ALL.iter().all(|flag| said.flag(*flag).is_set() == (*flag == Flag::JoinRequest));
    joins.then(|| said.username.0.trim().to_owned()).filter(|nick| !nick.is_empty())
}

/// A wish to join, with what is to be seen beside the nick.
fn join(peer: &mut Peer, said: &Said, asks: &mut Vec<Ask>) {
    let avatar = said.avatar.0.trim();
    let picture = attachment::picture(avatar);
    let emoji = Some(clipped(avatar)).filter(|avatar| picture.is_none() && !avatar.is_empty());
    peer.join(&said.username.0, emoji, asks);
    if let Some((kind, bytes)) = picture {
        attachment::offer_picture(peer, kind, bytes, asks);
    }
}

/// A request that is refused without the machine.
fn refuse(peer: &Peer, reason: &str, asks: &mut Vec<Ask>) {
    peer.reply(Happening::Refused, &Values { reason: reason.to_owned(), ..Values::default() }, asks);
}

impl Held {
    fn new(last: u64) -> Self {
        Self { last, lines: Vec::new(), files: Vec::new(), place: CONTENT_BYTES_MAX }
    }

    /// Takes an entry of the history; what is no text in a line comes behind the welcome.
    fn take(&mut self, entry: &Entry, peer: &Peer, files: &Contents) {
        let content = files.of(entry).filter(|content| content.len() <= self.place);
        self.place -= content.map_or(0, <[u8]>::len);
        let values = Values { room: peer.lobby.as_str(), content, ..Values::of(entry) };
        let Some(file) = values.attached else { return self.lines.push(line(entry, &values, peer.zone)) };
        let text = match attachment::told(file, content) {
            Told::Text(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
            Told::Base64(_) => {
                peer.write(Happening::of(&entry.body), &values, &mut self.files);
                attachment::named(file, "it comes behind this history")
            }
            Told::Sentence(sentence) => sentence,
        };
        self.lines.push(line(entry, &Values { text: &text, ..values.clone() }, peer.zone));
    }
}

/// A line of the history.
fn line(entry: &Entry, values: &Values<'_>, zone: Zone) -> String {
    let happening = Happening::of(&entry.body);
    match phrase(Dialect::Flags, happening) {
        Phrase::Nothing | Phrase::Itself => String::new(),
        Phrase::Line(template) | Phrase::Object(template) => fill(template, values, zone, INDENT),
        Phrase::Flagged(Flag::Attachment, template) => fill(template, values, zone, INDENT),
        Phrase::Flagged(_, template) => {
            let text = fill(template, values, zone, INDENT);
            match phrase(Dialect::Flags, Happening::NewsEarlier) {
                Phrase::Object(template) => fill(template, &Values { text: &text, ..values.clone() }, zone, INDENT),
                Phrase::Nothing | Phrase::Itself | Phrase::Line(_) | Phrase::Flagged(..) => text,
            }
        }
    }
}

/// What a payload says: without the newline at its end, and without the time and the nick that some clients put before
/// it themselves.
fn talk<'a>(payload: &'a str, own: Option<&Nick>) -> &'a str {
    let payload = payload.strip_suffix('\n').unwrap_or(payload);
    let payload = payload.strip_suffix('\r').unwrap_or(payload);
    own.and_then(|own| without_time(payload)?.strip_prefix(own.as_str())?.strip_prefix(": ")).unwrap_or(payload)
}

/// What follows `[20:36:22] `.
fn without_time(payload: &str) -> Option<&str> {
    let (time, rest) = payload.strip_prefix('[')?.split_once("] ")?;
    let digits = time.len() == 8 && time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    digits.then_some(rest)
}

/// Tells something in an object. A file comes with what it holds, as it is; of one that does not fit a sentence tells,
/// which is no file's content.
pub(super) fn tell(
    flag: Option<Flag>,
    template: &str,
    private: bool,
    values: &Values<'_>,
    zone: Zone,
    out: &mut Vec<u8>,
) {
    let Some(file) = values.attached else {
        return write(flag, values, &fill(template, values, zone, INDENT), (private, None), out);
    };
    let told = |text: &str, newline| fill(template, &Values { text, ..values.clone() }, zone, newline);
    let flag = Some(Flag::Attachment);
    match attachment::told(file, values.content) {
        Told::Text(text) => write(flag, values, &told(text, "\n"), (private, None), out),
        Told::Base64(text) => write(flag, values, &told(&text, "\n"), (private, Some("base64")), out),
        Told::Sentence(text) => {
            write(None, &Values { file: "", ..values.clone() }, &told(&text, INDENT), (private, None), out);
        }
    }
}

/// Writes an object, all of it at the end of `out`, and a newline.
fn write(
    flag: Option<Flag>,
    values: &Values<'_>,
    payload: &str,
    (private, encoding): (bool, Option<&str>),
    out: &mut Vec<u8>,
) {
    let is = |other: Flag| u8::from(flag == Some(other));
    let object = Object {
        report_request_flag: is(Flag::ReportRequest),
        report_response_flag: is(Flag::ReportResponse),
        join_request_flag: is(Flag::JoinRequest),
        join_reject_flag: is(Flag::JoinReject),
        join_accept_flag: is(Flag::JoinAccept),
        new_user_flag: is(Flag::NewUser),
        quit_request_flag: is(Flag::QuitRequest),
        quit_accept_flag: is(Flag::QuitAccept),
        attachment_flag: is(Flag::Attachment),
        number: values.users.len(),
        username: match flag {
            Some(Flag::JoinAccept | Flag::NewUser | Flag::QuitAccept) => values.nick,
            Some(
                Flag::ReportRequest
                | Flag::ReportResponse
                | Flag::JoinRequest
                | Flag::JoinReject
                | Flag::QuitRequest
                | Flag::Attachment,
            )
            | None => "",
        },
        filename: values.file,
        payload_length: payload.chars().count(),
        payload,
        to: private.then_some(values.own),
        encoding,
        avatar: values.avatar.and_then(Avatar::emoji).map(Emoji::as_str),
    };
    serde_json::to_writer(&mut *out, &object).expect("a vector takes all bytes and an object has no map");
    out.push(b'\n');
}

impl Said {
    fn flag(&self, flag: Flag) -> &Loose {
        match flag {
            Flag::ReportRequest => &self.report_request_flag,
            Flag::ReportResponse => &self.report_response_flag,
            Flag::JoinRequest => &self.join_request_flag,
            Flag::JoinReject => &self.join_reject_flag,
            Flag::JoinAccept => &self.join_accept_flag,
            Flag::NewUser => &self.new_user_flag,
            Flag::QuitRequest => &self.quit_request_flag,
            Flag::QuitAccept => &self.quit_accept_flag,
            Flag::Attachment => &self.attachment_flag,
        }
    }
}
