//! `hobnob replay`: runs a journal through the machine again, and shows the first difference.

mod drawing;

use crate::exit::{ExitCode, Failure, print};
use crate::when;
use drawing::Drawing;
use hobnob_machine::Fired;
use hobnob_runtime::journal::Reader;
use hobnob_runtime::message_log::date_time;
use hobnob_runtime::replay::{Difference, Replayed, Until, replay_steps};
use hobnob_spec::messages::Time;
use hobnob_spec::names::Nick;
use jiff::tz::TimeZone;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// What `hobnob replay` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Every record is verified against the hash that chains them, every output against its digest, and every message
against the store. The exit code is 0 when all is as it was, and 5 at the first difference, which is shown.

Examples:
  hobnob replay hobnob-data
  hobnob replay hobnob-data --trace | less
  hobnob replay hobnob-data/hobnob.db --at '2026-11-21 15:30'
  hobnob replay hobnob-data --diagram out.html --from 1200 --until 1300
  hobnob replay hobnob-data --verify --json")]
pub(crate) struct ReplayArgs {
    /// The journal: a data folder, or the file hobnob.db in it
    journal: PathBuf,
    /// Verify, and print one sentence
    #[arg(long, conflicts_with = "trace")]
    verify: bool,
    /// Print a line for each row that fired: when, who, state, event, guard and what became of the session
    #[arg(long)]
    trace: bool,
    /// Stop after the record of this number
    #[arg(long, value_name = "N", conflicts_with = "at")]
    until: Option<u64>,
    /// Stop after the last record before or at this time: a date and time, or how long ago
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    at: Option<Time>,
    /// Draw who said what to whom, and which rows fired, as a page for a browser
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    diagram: Option<PathBuf>,
    /// Begin the diagram with the record of this number; without it the last moments are drawn
    #[arg(long, value_name = "N", requires = "diagram")]
    from: Option<u64>,
    /// Print JSON: an object per line of the trace, and one for the end
    #[arg(long)]
    json: bool,
}

/// Replays the journal and prints what was asked for.
#[expect(clippy::needless_pass_by_value, reason = "every command owns its arguments")]
pub(crate) fn run(args: ReplayArgs) -> Result<ExitCode, Failure> {
    let failed = |error| Failure::new(ExitCode::Failed, error);
    let reader = Reader::open(&args.journal).map_err(failed)?;
    let until = match (args.until, args.at) {
        (Some(number), _) => Until::Record(number),
        (None, Some(at)) => Until::Time(at),
        (None, None) => Until::End,
    };
    let mut trace = Trace { out: BufWriter::new(io::stdout().lock()), zone: TimeZone::system(), written: Ok(()) };
    if args.trace && !args.json {
        trace.heading();
    }
    let mut drawing = args.diagram.as_ref().map(|_| Drawing::new(args.from));
    let replayed = replay_steps(&reader, until, |step| {
        if args.trace {
            step.out.fired.iter().for_each(|fired| trace.line(step.seq, fired, args.json));
        }
        if let Some(drawing) = &mut drawing {
            drawing.take(step);
        }
    });
    let replayed = replayed.map_err(failed)?;
    let Trace { mut out, zone, written } = trace;
    written.and_then(|()| out.flush()).map_err(|error| Failure::output(&error))?;
    drop(out);
    let name = reader.path().display().to_string();
    if let (Some(drawing), Some(file)) = (drawing, &args.diagram) {
        drawing.write(file, &name, &replayed, &zone)?;
    }
    if args.json {
        print(&(as_json(&name, &replayed).to_string() + "\n"))?;
    } else {
        print(&as_text(&name, &replayed, !args.verify && !args.trace, &zone))?;
    }
    Ok(if replayed.difference.is_some() { ExitCode::Differs } else { ExitCode::Fine })
}

struct Trace<'a> {
    out: BufWriter<io::StdoutLock<'a>>,
    zone: TimeZone,
    written: io::Result<()>,
}

impl Trace<'_> {
    fn heading(&mut self) {
        self.columns(["RECORD", "TIME", "WHO", "STATE", "EVENT", "ROW", "GUARD", "NEXT"]);
    }

    fn line(&mut self, seq: u64, fired: &Fired, json: bool) {
        let row = fired.row();
        if json {
            let object = json!({
                "record": seq,
                "time": date_time(fired.at, &self.zone),
                "session": fired.session.0,
                "connection": fired.conn.map(|conn| conn.0),
                "nick": fired.nick.as_ref().map(Nick::as_str),
                "state": fired.state.name(),
                "event": fired.event.name(),
                "row": fired.row,
                "guard": row.0.to_string(),
                "effects": row.1.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "next": row.2.to_string(),
            });
            return self.put(&(object.to_string() + "\n"));
        }
        let who = fired.nick.as_ref().map_or_else(|| format!("session {}", fired.session.0), ToString::to_string);
        self.columns([
            &seq.to_string(),
            &date_time(fired.at, &self.zone),
            &who,
            fired.state.name(),
            fired.event.name(),
            &fired.row.to_string(),
            &row.0.to_string(),
            &row.2.to_string(),
        ]);
    }

    fn columns(&mut self, [record, time, who, state, event, row, guard, next]: [&str; 8]) {
        let line =
            format!("{record:>8}  {time:<29}  {who:<20}  {state:<8}  {event:<13}  {row:>3}  {guard:<17}  {next}\n");
        self.put(&line);
    }

    fn put(&mut self, text: &str) {
        if self.written.is_ok() {
            self.written = self.out.write_all(text.as_bytes());
        }
    }
}

fn as_text(name: &str, replayed: &Replayed, with_state: bool, zone: &TimeZone) -> String {
    let mut text: String = replayed.notes.iter().map(|note| format!("note: {note}\n")).collect();
    if let Some(difference) = &replayed.difference {
        text += &difference_text(name, difference, zone);
    } else if replayed.records == 0 {
        let _ = writeln!(text, "{name}: no records from {} on.", replayed.from);
    } else {
        let last = replayed.from + replayed.records - 1;
        let _ = writeln!(
            text,
            "{name}: records {} to {last}, the last at {}: every input, output and message is as it was recorded.",
            replayed.from,
            date_time(replayed.at, zone),
        );
    }
    if with_state {
        text += &state_text(replayed, zone);
    }
    text
}

fn difference_text(name: &str, difference: &Difference, zone: &TimeZone) -> String {
    let at = difference.at.map_or_else(|| "a time that cannot be read".to_owned(), |at| date_time(at, zone));
    let mut text = format!("{name}: {}\nrecord:  {}, at {at}\n", difference.sentence, difference.seq);
    let input = difference.input.as_ref().map_or_else(|| "cannot be read".to_owned(), |input| format!("{input:?}"));
    let _ = writeln!(text, "input:   {input}");
    if difference.actions.is_empty() && difference.expected.is_empty() && difference.found.is_empty() {
        // The record itself was altered: what it would bring was not looked at.
        return text;
    }
    list(&mut text, "the machine does now", difference.actions.iter().map(|action| format!("{action:?}")));
    list(&mut text, "which brings to the store", difference.expected.iter().cloned());
    list(&mut text, "the store holds", difference.found.iter().cloned());
    text
}

fn list(text: &mut String, title: &str, lines: impl ExactSizeIterator<Item = String>) {
    if lines.len() == 0 {
        let _ = writeln!(text, "{title}: nothing");
        return;
    }
    let _ = writeln!(text, "{title}:");
    lines.for_each(|line| *text += &format!("  {line}\n"));
}

fn state_text(replayed: &Replayed, zone: &TimeZone) -> String {
    let server = &replayed.server;
    let mut text = String::from("\nSessions:\n");
    for session in server.sessions() {
        let who = session.nick.map_or_else(|| format!("session {}", session.session.0), |nick| nick.to_string());
        let _ = write!(text, "  {who:<20}  {:<8}  {}", session.state.name(), session.addr);
        if let Some(until) = session.muted_until {
            let _ = write!(text, "  muted until {}", date_time(until, zone));
        }
        text.push('\n');
    }
    text += "Rooms:\n";
    for room in server.rooms() {
        let _ = writeln!(text, "  {:<32}  {} members, last message {}", room.name, room.members, room.last);
    }
    text
}

fn as_json(name: &str, replayed: &Replayed) -> serde_json::Value {
    let zone = &TimeZone::UTC;
    let difference = replayed.difference.as_ref().map(|difference| {
        json!({
            "record": difference.seq,
            "time": difference.at.map(|at| date_time(at, zone)),
            "differs": format!("{:?}", difference.differs).to_lowercase(),
            "sentence": difference.sentence,
            "input": difference.input.as_ref().map(|input| format!("{input:?}")),
            "actions": difference.actions.iter().map(|action| format!("{action:?}")).collect::<Vec<_>>(),
            "expected": difference.expected,
            "found": difference.found,
        })
    });
    let sessions = replayed.server.sessions().map(|session| {
        json!({
            "session": session.session.0,
            "nick": session.nick.as_ref().map(Nick::as_str),
            "state": session.state.name(),
            "address": session.addr.to_string(),
            "muted_until": session.muted_until.map(|until| date_time(until, zone)),
        })
    });
    let rooms = replayed
        .server
        .rooms()
        .map(|room| json!({ "room": room.name.as_str(), "members": room.members, "last": room.last }));
    json!({
        "journal": name,
        "from": replayed.from,
        "records": replayed.records,
        "time": date_time(replayed.at, zone),
        "equal": replayed.difference.is_none(),
        "difference": difference,
        "notes": replayed.notes,
        "sessions": sessions.collect::<Vec<_>>(),
        "rooms": rooms.collect::<Vec<_>>(),
    })
}
