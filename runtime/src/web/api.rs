//! What programs ask the server, with the monitor's token: who is there, what was said, what is counted, the tables;
//! and what the operator orders. `openapi.json` describes all of it.

use super::line::LogLine;
use super::monitor::only_operator;
use super::protocol;
use super::site::{Reading, Site, says};
use crate::hub::desk::{Outcome, Present, Query};
use crate::journal::{JournalError, Search, Stored};
use crate::message_log::Layout;
use hobnob_machine::SessionView;
use hobnob_spec::messages::{Answer, Time};
use hobnob_spec::session::State;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::time::Duration;
use tide::http::mime;
use tide::{Request, Response, StatusCode};

/// How many lines are given where nobody says how many.
const LINES: u64 = 100;
/// How many lines are given at once as JSON.
const LINES_MAX: u64 = 1_000;
/// How many bytes of text they have together, but for one line; older ones are left out.
const BYTES_MAX: usize = 4 << 20;
/// How many lines an export has at most, and how many bytes; `hobnob log` gives all.
const EXPORT_LINES_MAX: u64 = 100_000;
const EXPORT_BYTES_MAX: usize = 64 << 20;
/// How long an order may take to be kept.
const PATIENCE: Duration = Duration::from_secs(10);
/// The description of this interface.
const DESCRIPTION: &str = include_str!("openapi.json");

fn json_of(status: StatusCode, value: &impl Serialize) -> Response {
    let text = serde_json::to_string(value).expect("it is made of what JSON can hold");
    Response::builder(status).body(text).content_type(mime::JSON).build()
}

fn stopping() -> Response {
    says(StatusCode::ServiceUnavailable, "The server is stopping.")
}

/// Answers with the description of this interface.
pub(super) async fn description(_: Request<Site>) -> tide::Result {
    Ok(Response::builder(StatusCode::Ok).body(DESCRIPTION).content_type(mime::JSON).build())
}

/// Answers with who is there.
pub(super) async fn report(request: Request<Site>) -> tide::Result {
    if let Err(refusal) = only_operator(&request).await {
        return Ok(refusal);
    }
    let Some(present) = request.state().desk.ask(Query::Report).await else { return Ok(stopping()) };
    let (users, guests): (Vec<_>, Vec<_>) = present.iter().partition(|present| present.session.nick.is_some());
    let users: Vec<Value> = users.into_iter().map(user).collect();
    let guests: Vec<Value> = guests.into_iter().map(|guest| json!({ "addr": shown(guest.session.addr) })).collect();
    Ok(json_of(StatusCode::Ok, &json!({ "users": users, "guests": guests })))
}

fn user(present: &Present) -> Value {
    let SessionView { session: _, state, conn: _, addr, listener, nick, joined, avatar, muted_until, rooms: _ } =
        &present.session;
    json!({
        "nick": nick,
        "state": state.name(),
        "addr": shown(*addr),
        "listener": listener,
        "joined": joined,
        "avatar": avatar,
        "muted_until": muted_until.filter(|_| *state == State::Muted || *state == State::Detached),
        "rooms": present.rooms,
    })
}

/// An IPv4 address in the clothes of IPv6 is shown as what it is.
fn shown(addr: SocketAddr) -> String {
    SocketAddr::new(addr.ip().to_canonical(), addr.port()).to_string()
}

/// Which lines of the message log are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    since: Option<u64>,
    until: Option<u64>,
    before: Option<u64>,
    nick: Option<String>,
    room: Option<String>,
    grep: Option<String>,
    /// One kind, or several with commas between.
    kind: Option<String>,
    limit: Option<u64>,
    format: Option<String>,
}

impl Asked {
    /// What is looked for; fails with what is wrong, as a sentence.
    fn search(self) -> Result<(Search, Option<Layout>), String> {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let kinds = filled(self.kind).unwrap_or_default();
        let kinds = kinds.split(',').filter(|kind| !kind.is_empty()).map(str::parse).collect::<Result<_, _>>()?;
        let layout = match self.format.as_deref() {
            None | Some("json") => None,
            Some("jsonl") => Some(Layout::Json),
            Some("csv") => Some(Layout::Csv),
            Some(_) => return Err("the formats are json, jsonl and csv".to_owned()),
        };
        let (usual, most) = if layout.is_some() { (EXPORT_LINES_MAX, EXPORT_LINES_MAX) } else { (LINES, LINES_MAX) };
        let search = Search {
            since: self.since.map(Time),
            until: self.until.map(Time),
            before: self.before,
            nick: filled(self.nick),
            room: filled(self.room).map(|room| room.trim_start_matches('#').to_owned()),
            grep: filled(self.grep),
            kinds,
            limit: Some(self.limit.unwrap_or(usual).min(most)),
        };
        Ok((search, layout))
    }
}

/// Answers with lines of the message log: as JSON the newest first, as a file the oldest first.
pub(super) async fn log(request: Request<Site>) -> tide::Result {
    if let Err(refusal) = only_operator(&request).await {
        return Ok(refusal);
    }
    let asked: Result<Asked, _> = request.query();
    let asked = asked.map_err(|_| "the times and numbers are whole numbers".to_owned()).and_then(Asked::search);
    let (search, layout) = match asked {
        Ok(asked) => asked,
        Err(why) => return Ok(says(StatusCode::BadRequest, &format!("That cannot be looked for: {why}."))),
    };
    let Some(log) = &request.state().log else {
        let Some(latest) = request.state().desk.ask(Query::Latest).await else { return Ok(stopping()) };
        return Ok(file(in_memory(&latest, &search, layout), layout));
    };
    let (to, found) = async_channel::bounded(1);
    let reading: Reading = Box::new(move |reader| {
        // Who asked may have gone.
        drop(to.try_send(read(reader, &search, layout)));
    });
    if log.send(reading).await.is_err() {
        return Ok(stopping());
    }
    Ok(match found.recv().await {
        Ok(Ok(text)) => file(text, layout),
        Ok(Err(error)) => says(StatusCode::InternalServerError, &error.to_string()),
        Err(_) => says(StatusCode::ServiceUnavailable, "The message log cannot be read; the console says why."),
    })
}

fn read(reader: &crate::journal::Reader, search: &Search, layout: Option<Layout>) -> Result<Vec<u8>, JournalError> {
    let Some(layout) = layout else {
        let mut rows = Newest::new(BYTES_MAX);
        reader.search(search, |row| {
            rows.push(row.text.as_ref().map_or(0, String::len), row.clone());
            ControlFlow::Continue(())
        })?;
        let lines: Vec<_> = rows.items.iter().rev().map(|(_, row)| LogLine::of_row(row)).collect();
        return Ok(json!({ "lines": lines, "kept": true }).to_string().into_bytes());
    };
    let (zone, mut lines) = (TimeZone::UTC, Newest::new(EXPORT_BYTES_MAX));
    reader.search(search, |row| {
        let mut line = Vec::new();
        layout.write(&row.line(), &zone, &mut line);
        lines.push(line.len(), line);
        ControlFlow::Continue(())
    })?;
    let heading = layout.heading().as_bytes().to_vec();
    Ok(lines.items.into_iter().fold(heading, |mut text, (_, line)| {
        text.extend(line);
        text
    }))
}

/// What is looked for of the latest lines, which stand newest first.
fn in_memory(latest: &[Stored], search: &Search, layout: Option<Layout>) -> Vec<u8> {
    let limit = usize::try_from(search.limit.unwrap_or(LINES)).unwrap_or(usize::MAX);
    let fit = latest.iter().filter(|stored| search.fits(&stored.columns().line)).take(limit);
    let Some(layout) = layout else {
        let lines: Vec<_> = fit.map(LogLine::of_stored).collect();
        return json!({ "lines": lines, "kept": false }).to_string().into_bytes();
    };
    let (zone, mut text) = (TimeZone::UTC, layout.heading().as_bytes().to_vec());
    for stored in fit.collect::<Vec<_>>().into_iter().rev() {
        layout.write(&stored.columns().line, &zone, &mut text);
    }
    text
}

/// The newest of what comes, within a number of bytes.
struct Newest<T> {
    items: VecDeque<(usize, T)>,
    bytes: usize,
    bytes_max: usize,
}

impl<T> Newest<T> {
    fn new(bytes_max: usize) -> Self {
        Self { items: VecDeque::new(), bytes: 0, bytes_max }
    }

    fn push(&mut self, bytes: usize, item: T) {
        self.items.push_back((bytes, item));
        self.bytes += bytes;
        while self.bytes > self.bytes_max && self.items.len() > 1 {
            let oldest = self.items.pop_front();
            self.bytes -= oldest.map_or(0, |(bytes, _)| bytes);
        }
    }
}

fn file(text: Vec<u8>, layout: Option<Layout>) -> Response {
    let (kind, name) = match layout {
        None | Some(Layout::Text | Layout::Off) => ("application/json", None),
        Some(Layout::Csv) => ("text/csv; charset=utf-8", Some("messages.csv")),
        Some(Layout::Json) => ("application/x-ndjson; charset=utf-8", Some("messages.jsonl")),
    };
    let mut response = Response::builder(StatusCode::Ok).body(text).content_type(kind).build();
    if let Some(name) = name {
        response.insert_header("content-disposition", format!("attachment; filename=\"{name}\""));
    }
    response
}

/// Answers with what is counted.
pub(super) async fn stats(request: Request<Site>) -> tide::Result {
    if let Err(refusal) = only_operator(&request).await {
        return Ok(refusal);
    }
    Ok(match request.state().desk.ask(Query::Stats).await {
        Some(stats) => json_of(StatusCode::Ok, &*stats),
        None => stopping(),
    })
}

/// Answers with the tables, and how often their rows fired.
pub(super) async fn table(request: Request<Site>) -> tide::Result {
    if let Err(refusal) = only_operator(&request).await {
        return Ok(refusal);
    }
    let Some(stats) = request.state().desk.ask(Query::Stats).await else { return Ok(stopping()) };
    let text = protocol::tables(&stats.fired);
    Ok(Response::builder(StatusCode::Ok).body(text).content_type(mime::JSON).build())
}

/// What the operator orders.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "lowercase", deny_unknown_fields)]
enum Act {
    Mute { nick: String, ms: u64 },
    Unmute { nick: String },
    Kick { nick: String },
}

impl From<Act> for hobnob_spec::messages::Request {
    fn from(act: Act) -> Self {
        match act {
            Act::Mute { nick, ms } => Self::Mute { nick, ms },
            Act::Unmute { nick } => Self::Unmute { nick },
            Act::Kick { nick } => Self::Kick { nick },
        }
    }
}

/// Has the server do what the operator orders, and answers with what came of it.
pub(super) async fn act(mut request: Request<Site>) -> tide::Result {
    if let Err(refusal) = only_operator(&request).await {
        return Ok(refusal);
    }
    // A form of another site's can have no such type without that the browser asks first.
    if request.content_type().is_none_or(|kind| kind.essence() != "application/json") {
        return Ok(says(StatusCode::UnsupportedMediaType, "An order is JSON."));
    }
    let Ok(act) = request.body_json::<Act>().await else {
        return Ok(says(
            StatusCode::UnprocessableEntity,
            "An order is {\"act\":\"mute\",\"nick\":…,\"ms\":…}, unmute or kick.",
        ));
    };
    let Some(addr) = request.peer_addr().and_then(|addr| addr.parse().ok()) else { return Ok(stopping()) };
    let ordered = hobnob_spec::messages::Request::from(act);
    if !ordered.fits() {
        return Ok(says(StatusCode::UnprocessableEntity, "The nick is too long."));
    }
    let Site { desk, doorman, .. } = request.state();
    let asking = desk.ask(|to| Query::Act { addr, request: ordered, to });
    let Some(outcome) = doorman.in_time(PATIENCE, asking).await else {
        return Ok(says(StatusCode::ServiceUnavailable, "The order was taken, and waits for the disk."));
    };
    Ok(match outcome {
        Some(Outcome::Answered(Answer::Refused { no, .. })) => {
            json_of(StatusCode::Conflict, &json!({ "refused": no.name(), "meaning": no.meaning() }))
        }
        Some(Outcome::Answered(_)) => json_of(StatusCode::Ok, &json!({ "done": true })),
        Some(Outcome::SentAway(why)) => {
            json_of(StatusCode::Conflict, &json!({ "refused": why.name(), "meaning": why.meaning() }))
        }
        None => stopping(),
    })
}
