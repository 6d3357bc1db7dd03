//! `hobnob log`: reads the messages of a server, also while it runs.

use crate::exit::{ExitCode, Failure};
use crate::when;
use hobnob_runtime::journal::{Kind, Reader, Search};
use hobnob_runtime::message_log::Layout;
use hobnob_spec::messages::Time;
use jiff::tz::TimeZone;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// What `hobnob log` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hobnob log --since 1h
  hobnob log --nick ann --grep holiday
  hobnob log --since 2026-11-20 --until '2026-11-21 12:00' --room lobby --format csv > day.csv
  hobnob log --kind rejected --limit 20")]
pub(crate) struct LogArgs {
    /// The data folder of the server
    #[arg(long, value_name = "DIR", default_value = "hobnob-data", env = "HOBNOB_DATA")]
    data: PathBuf,
    /// Not before this time: a date, a date and time, or how long ago (1h, 2days)
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    since: Option<Time>,
    /// Before this time
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    until: Option<Time>,
    /// Only what this user sent, got alone, or did
    #[arg(long)]
    nick: Option<String>,
    /// Only this room
    #[arg(long)]
    room: Option<String>,
    /// Only lines with this in the text; capitals do not matter
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// Only this kind; may be given more than once
    #[arg(long, value_parser = kind_parser())]
    kind: Vec<Kind>,
    /// How the lines are laid out
    #[arg(long, value_parser = layout_parser(), default_value = "text")]
    format: Layout,
    /// Only the newest so many
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

fn kind_parser() -> impl clap::builder::TypedValueParser<Value = Kind> {
    use clap::builder::TypedValueParser;
    let names = clap::builder::PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.name()));
    names.map(|name| name.parse().expect("only names of kinds are taken"))
}

fn layout_parser() -> impl clap::builder::TypedValueParser<Value = Layout> {
    use clap::builder::TypedValueParser;
    let names = clap::builder::PossibleValuesParser::new(["text", "csv", "json"]);
    names.map(|name| name.parse().expect("only names of layouts are taken"))
}

/// Prints the lines, oldest first.
pub(crate) fn run(args: LogArgs) -> Result<ExitCode, Failure> {
    let reader = Reader::open(&args.data).map_err(|error| Failure::new(ExitCode::Failed, error))?;
    let search = Search {
        since: args.since,
        until: args.until,
        before: None,
        nick: args.nick,
        room: args.room.map(|room| room.trim_start_matches('#').to_owned()),
        grep: args.grep,
        kinds: args.kind,
        limit: args.limit,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = out.write_all(args.format.heading().as_bytes());
    let (mut line, zone) = (Vec::new(), TimeZone::system());
    let mut nothing = true;
    let found = reader.search(&search, |row| {
        nothing = false;
        line.clear();
        args.format.write(&row.line(), &zone, &mut line);
        written = out.write_all(&line);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    found.map_err(|error| Failure::new(ExitCode::Failed, error))?;
    written.and_then(|()| out.flush()).map_err(|error| Failure::output(&error))?;
    if nothing {
        eprintln!("nothing matched");
    }
    Ok(ExitCode::Fine)
}
