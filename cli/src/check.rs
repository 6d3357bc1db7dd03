//! `hobnob check`: holds a recorded run to the promises that the chat makes, as far as a journal can tell.

use crate::exit::{ExitCode, Failure, print};
use hobnob_machine::Server;
use hobnob_runtime::journal::Reader;
use hobnob_runtime::message_log::date_time;
use hobnob_runtime::replay::{Replayed, Step, Until, replay_from};
use hobnob_sim::judge::journal::{Check, Finding};
use hobnob_sim::{Breach, Promise};
use jiff::tz::TimeZone;
use serde_json::json;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// After how many records the machine is asked whether it holds together.
const CHECK_EVERY: u64 = 64;

/// What `hobnob check` takes.
#[derive(clap::Args)]
#[command(after_help = "\
The journal is run through the machine again, and every message, answer, list and mute in it is compared with what
went before. What users were shown stands in no journal: for those promises there is `hobnob sim`. The exit code is 0
when every promise was kept, and 5 when one was broken or the journal is damaged.

Examples:
  hobnob check hobnob-data
  hobnob check hobnob-data/hobnob.db --json")]
pub(crate) struct CheckArgs {
    /// The journal: a data folder, or the file hobnob.db in it
    journal: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Checks the journal and prints what was found.
#[expect(clippy::needless_pass_by_value, reason = "every command owns its arguments")]
pub(crate) fn run(args: CheckArgs) -> Result<ExitCode, Failure> {
    let failed = |error| Failure::new(ExitCode::Failed, error);
    let reader = Reader::open(&args.journal).map_err(failed)?;
    let check = RefCell::new(None);
    let mut unsound = None;
    let begin = |server: &Server| *check.borrow_mut() = Some(Check::begin(server));
    let replayed = replay_from(&reader, Until::End, begin, |Step { seq, at, input, out, server }| {
        let mut check = check.borrow_mut();
        check.as_mut().expect("a replay begins before it takes a record").take(seq, at, input, out, server);
        if seq % CHECK_EVERY == 0 && unsound.is_none() {
            unsound = is_unsound(seq, server);
        }
    });
    let replayed = replayed.map_err(failed)?;
    let differs = replayed.difference.as_ref().map(|difference| (difference.seq, difference.sentence.clone()));
    let last = (replayed.from + replayed.records).saturating_sub(1);
    let check = check.into_inner().expect("a replay begins");
    let unsound = unsound.or_else(|| if differs.is_none() { is_unsound(last, &replayed.server) } else { None });
    let mut findings = check.end(last, &replayed.server, differs);
    for finding in findings.iter_mut().filter(|finding| finding.promise == Promise::Sound) {
        finding.broken = finding.broken.take().or_else(|| unsound.clone());
    }
    let name = reader.path().display().to_string();
    if args.json {
        print(&(as_json(&name, &replayed, &findings).to_string() + "\n"))?;
    } else {
        print(&as_text(&name, &replayed, &findings))?;
    }
    let broken = findings.iter().any(|finding| finding.broken.is_some());
    Ok(if broken { ExitCode::Differs } else { ExitCode::Fine })
}

/// What the machine says that does not hold, if anything.
fn is_unsound(record: u64, server: &Server) -> Option<Breach> {
    let said = catch_unwind(AssertUnwindSafe(|| server.check())).err()?;
    let words =
        said.downcast_ref::<String>().cloned().or_else(|| said.downcast_ref::<&str>().map(|it| (*it).to_owned()));
    let sentence = words.unwrap_or_else(|| "the machine does not hold together".to_owned());
    Some(Breach { promise: Promise::Sound, at: record, sentence })
}

fn as_text(name: &str, replayed: &Replayed, findings: &[Finding]) -> String {
    let mut text: String = replayed.notes.iter().map(|note| format!("note: {note}\n")).collect();
    let zone = TimeZone::system();
    if replayed.records == 0 {
        let _ = writeln!(text, "{name}: no records from {} on.", replayed.from);
    } else {
        let last = replayed.from + replayed.records - 1;
        let at = date_time(replayed.at, &zone);
        let _ = writeln!(text, "{name}: records {} to {last}, the last at {at}.", replayed.from);
    }
    for finding in findings {
        let verdict = match (&finding.broken, finding.looked_at) {
            (Some(_), _) => "BROKEN",
            (None, Some(_)) => "kept",
            (None, None) => "-",
        };
        let what = match finding.looked_at {
            Some(count) => format!("{count} {}", finding.things),
            None => finding.things.to_owned(),
        };
        let _ = writeln!(text, "{verdict:<6}  {:<19}  {what}", finding.promise.name());
        if let Some(breach) = &finding.broken {
            let _ = writeln!(
                text,
                "        {}\n        record {}: {}",
                finding.promise.sentence(),
                breach.at,
                breach.sentence
            );
        }
    }
    let broken = findings.iter().filter(|finding| finding.broken.is_some()).count();
    let judged = findings.iter().filter(|finding| finding.looked_at.is_some()).count();
    let _ = match broken {
        0 => writeln!(text, "All {judged} promises that a journal can tell of were kept."),
        1 => writeln!(text, "One promise was broken."),
        broken => writeln!(text, "{broken} promises were broken."),
    };
    text
}

fn as_json(name: &str, replayed: &Replayed, findings: &[Finding]) -> serde_json::Value {
    let promises = findings.iter().map(|finding| {
        json!({
            "promise": finding.promise.name(),
            "sentence": finding.promise.sentence(),
            "judged": finding.looked_at.is_some(),
            "looked_at": finding.looked_at,
            "things": finding.things,
            "kept": finding.looked_at.map(|_| finding.broken.is_none()),
            "record": finding.broken.as_ref().map(|breach| breach.at),
            "broken": finding.broken.as_ref().map(|breach| breach.sentence.clone()),
        })
    });
    json!({
        "journal": name,
        "from": replayed.from,
        "records": replayed.records,
        "time": date_time(replayed.at, &TimeZone::UTC),
        "kept": findings.iter().all(|finding| finding.broken.is_none()),
        "notes": replayed.notes,
        "promises": promises.collect::<Vec<_>>(),
    })
}
