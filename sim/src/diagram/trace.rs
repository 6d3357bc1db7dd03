//! A chronicle in columns: time, who, what happened, and which row fired.

use super::flight::{Flight, Flights, Landing};
use crate::chronicle::{Chronicle, Dir, Moment};
use crate::plan::Ms;
use crate::plan::line::write_time;
use hobnob_machine::{ClientFired, Fired, RelayFired};
use hobnob_spec::relay;
use hobnob_spec::row::Next;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

/// How wide the column of what happened is at most.
const WHAT_WIDEST: usize = 72;

/// One line of a trace.
struct Line {
    at: Ms,
    who: String,
    what: String,
    row: String,
}

/// The trace of a chronicle, a line for each moment, the arrival of what was sent on the line of its sending.
pub fn trace(chronicle: &Chronicle) -> String {
    let flights = Flights::of(chronicle);
    let causes = causes(chronicle, &flights);
    let lines: Vec<Line> = chronicle
        .moments
        .iter()
        .enumerate()
        .filter_map(|(place, (at, moment))| {
            let (who, mut what, row) = columns(chronicle, &flights, place, moment)?;
            if !row.is_empty()
                && let Some(cause) = causes[place]
            {
                what = if what.is_empty() { cause.into() } else { format!("{what}: {cause}") };
            }
            Some(Line { at: *at, who, what, row })
        })
        .collect();
    let width = |of: fn(&Line) -> &str, least: usize| {
        lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0).max(least)
    };
    let (who, what) = (width(|line| &line.who, 3), width(|line| &line.what, 4).min(WHAT_WIDEST));
    let mut text = format!("{:<9}  {:<who$}  {:<what$}  ROW\n", "TIME", "WHO", "WHAT");
    let mut last = None;
    for line in &lines {
        let time = if last == Some(line.at) { String::new() } else { write_time(line.at) };
        last = Some(line.at);
        let line = format!("{time:<9}  {:<who$}  {:<what$}  {}", line.who, line.what, line.row);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// For each row that fired, what had just come in: only the first row after it has it.
fn causes<'a>(chronicle: &'a Chronicle, flights: &Flights) -> Vec<Option<&'a str>> {
    let server = chronicle.names.len();
    let mut came: BTreeMap<usize, &str> = BTreeMap::new();
    let cause = |(place, (_, moment)): (usize, &'a (Ms, Moment))| match moment {
        Moment::Arrived { client, dir, .. } => {
            let sent = flights.at(place).map(|flight| &chronicle.moments[flight.sent].1);
            if let Some(Moment::Sent { text, .. }) = sent {
                let dialed = chronicle.dials.get(client).copied().unwrap_or(server);
                came.insert(if *dir == Dir::Up { dialed } else { *client }, text);
            }
            None
        }
        Moment::Fired(_) => came.remove(&server),
        Moment::ClientFired { client, .. } => came.remove(client),
        Moment::Wished { .. }
        | Moment::Shown { .. }
        | Moment::Connected { .. }
        | Moment::Sent { .. }
        | Moment::RelayFired { .. }
        | Moment::Ended { .. }
        | Moment::Fault { .. }
        | Moment::Started { .. }
        | Moment::Down { .. }
        | Moment::Broken { .. } => None,
    };
    chronicle.moments.iter().enumerate().map(cause).collect()
}

fn columns(
    chronicle: &Chronicle,
    flights: &Flights,
    place: usize,
    moment: &Moment,
) -> Option<(String, String, String)> {
    let name = |client: &usize| name_of(chronicle, *client).to_owned();
    let relay_of = |client: &usize| {
        chronicle.dials.get(client).map_or_else(String::new, |relay| format!(" {} ", name_of(chronicle, *relay)))
    };
    let plain = |who: String, what: String| Some((who, what, String::new()));
    match moment {
        Moment::Wished { client, text } => plain(name(client), text.clone()),
        Moment::Shown { client, text } => plain(name(client), format!("sees {text}")),
        Moment::Connected { client, wire } => plain(name(client), format!("connection {} stands", wire.0)),
        Moment::Sent { client, wire, dir, text } => {
            let way = match dir {
                Dir::Up => format!("{} →{}", name(client), relay_of(client)),
                Dir::Down => format!("{}→ {}", relay_of(client).trim_start(), name(client)),
            };
            let end = flights.at(place).map_or_else(String::new, fate);
            plain(way, format!("{text}  ({}, {end})", wire.0))
        }
        Moment::Arrived { .. } => None,
        Moment::Ended { client, wire, dir: Dir::Down } => plain(name(client), format!("connection {} ends", wire.0)),
        Moment::Ended { client, wire, dir: Dir::Up } => {
            let dialed = chronicle.dials.get(client).map_or_else(|| "server".into(), &name);
            plain(dialed, format!("connection {} of {} ends", wire.0, name(client)))
        }
        Moment::Fired(fired) => Some(("server".into(), whose(chronicle, place, fired), row(fired))),
        Moment::ClientFired { client, fired } => Some((name(client), String::new(), client_row(fired))),
        Moment::RelayFired { relay, client, fired } => {
            Some((name(relay), format!("client {client}"), relay_row(fired)))
        }
        Moment::Fault { text, begins: true, .. } => plain("*".into(), text.clone()),
        Moment::Fault { text, begins: false, .. } => plain("*".into(), format!("over: {text}")),
        Moment::Started { life, records } => plain("server".into(), started(*life, *records)),
        Moment::Down { kept, lost } => plain("server".into(), down(*kept, *lost)),
        Moment::Broken { promise, sentence } => plain("BROKEN".into(), format!("{promise}: {sentence}")),
    }
}

fn fate(flight: &Flight) -> String {
    match flight.end {
        Landing::Arrived(_, at) => format!("arrives {}", write_time(at)),
        Landing::Lost => "LOST".into(),
        Landing::UnderWay => "under way".into(),
    }
}

/// The name of one who takes part.
pub(super) fn name_of(chronicle: &Chronicle, client: usize) -> &str {
    chronicle.names.get(client).map_or("somebody", String::as_str)
}

/// That the server starts.
pub(super) fn started(life: u32, records: u64) -> String {
    match life {
        0 | 1 if records == 0 => "starts".into(),
        _ => format!("starts for the {} time, with {}", ordinal(life), counted(records, "record")),
    }
}

/// That the server goes down.
pub(super) fn down(kept: u64, lost: u64) -> String {
    let lost = if lost == 0 { "none is lost".into() } else { format!("{} LOST", counted(lost, "record")) };
    format!("goes down; {} kept, {lost}", counted(kept, "record"))
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A number with its noun.
pub(super) fn counted(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Whose row of the session table it is: by the nick, and for a guest by the one that it gets later, if it gets one.
pub(super) fn whose(chronicle: &Chronicle, place: usize, fired: &Fired) -> String {
    let nick = fired.nick.as_ref().or_else(|| {
        let later = chronicle.moments[place..].iter().map(|(_, moment)| moment);
        // After a server lost records, another session may have the number.
        let mut same = later.take_while(|moment| !matches!(moment, Moment::Down { lost: 1.., .. }));
        same.find_map(|moment| match moment {
            Moment::Fired(later) if later.session == fired.session => later.nick.as_ref(),
            _ => None,
        })
    });
    nick.map_or_else(|| format!("session {}", fired.session.0), ToString::to_string)
}

/// A row of the session table in a few words: `Guest, Join, NickTaken → Member`.
pub(super) fn row(fired: &Fired) -> String {
    row_words(fired.state, fired.event, fired.row().0, fired.row().2)
}

/// A row of the client's table in a few words.
pub(super) fn client_row(fired: &ClientFired) -> String {
    row_words(fired.state, fired.event, fired.row().0, fired.row().2)
}

/// A row of a relay's table in a few words.
pub(super) fn relay_row(fired: &RelayFired) -> String {
    let row = &relay::cell(fired.state, fired.event)[usize::from(fired.row)];
    row_words(fired.state, fired.event, row.0, row.2)
}

fn row_words<State: Display>(state: State, event: impl Display, guard: impl Display, next: Next<State>) -> String {
    let guard = match guard.to_string() {
        always if always == "Always" => String::new(),
        guard => format!(", {guard}"),
    };
    let next = match next {
        Next::Stay => String::new(),
        Next::Become(state) => format!(" → {state}"),
        Next::End => " → over".into(),
    };
    format!("{state}, {event}{guard}{next}")
}
