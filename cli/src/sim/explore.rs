//! `hobnob sim explore`: searches small worlds to the end.
//!
//! Owns what is printed of it. What a small world is and how it is searched is the simulator's.

use crate::exit::{ExitCode, Failure, print};
use hobnob_runtime::os;
use hobnob_sim::explore::{Bounds, Explored, Scope, explore};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What `hobnob sim explore` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A small world has two or three users with a few things to do, and a few cuts, crashes and alarms to spare. Every order
of all that is tried, with the real machines of server and clients, and no state is looked at twice.

Examples:
  hobnob sim explore                 every small world, to the end
  hobnob sim explore --list          which there are
  hobnob sim explore talk --depth 20 one of them, twenty steps deep")]
pub(crate) struct ExploreArgs {
    /// Which small worlds [default: all]
    #[arg(value_name = "WORLD")]
    worlds: Vec<String>,
    /// List the small worlds
    #[arg(long)]
    list: bool,
    /// Go so many steps deep [default: to the end]
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
    /// Stop after so many states of a world
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    states: u64,
    /// On how many threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Print JSON, a line for each world
    #[arg(long)]
    json: bool,
}

/// Searches what was asked for.
pub(crate) fn run(args: &ExploreArgs) -> Result<ExitCode, Failure> {
    if args.list {
        let lines = Scope::all().into_iter().map(|scope| format!("{:<10} {}\n", scope.name, scope.about));
        print(&lines.collect::<String>())?;
        return Ok(ExitCode::Fine);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    os::on_stop(move || stopping.store(true, Relaxed))
        .map_err(|error| Failure::new(ExitCode::Failed, format_args!("cannot listen for signals: {error}")))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.jobs.map_or(cores, usize::from);
    let bounds = Bounds { depth: args.depth.unwrap_or(usize::MAX), states: args.states, threads };
    let mut code = ExitCode::Fine;
    for scope in scopes(&args.worlds)? {
        let began = Instant::now();
        let explored = watch(args, &scope, bounds, &stop);
        let took = began.elapsed();
        print(&if args.json { as_json(&scope, &explored, took) } else { as_text(&scope, &explored, took) })?;
        if explored.broken.is_some() {
            code = ExitCode::Failed;
        }
        if stop.load(Relaxed) {
            break;
        }
    }
    Ok(code)
}

fn scopes(names: &[String]) -> Result<Vec<Scope>, Failure> {
    if names.is_empty() {
        return Ok(Scope::all());
    }
    let known = || Scope::all().iter().map(|scope| scope.name).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        let none = || format!("there is no small world `{name}`; those that there are: {}", known());
        Scope::named(name).ok_or_else(|| Failure::new(ExitCode::Usage, none()))
    };
    names.iter().map(find).collect()
}

/// Searches one world and shows how far it is.
fn watch(args: &ExploreArgs, scope: &Scope, bounds: Bounds, stop: &AtomicBool) -> Explored {
    let bar = if io::stderr().is_terminal() && !args.json { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{spinner} {prefix}: {human_pos} states, {per_sec}");
    bar.set_style(style.expect("the template is one"));
    bar.set_prefix(scope.name);
    let explored = explore(scope, bounds, &|states| {
        bar.set_position(states);
        !stop.load(Relaxed)
    });
    bar.finish_and_clear();
    explored
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate")]
fn rate(explored: &Explored, took: Duration) -> u64 {
    (explored.states as f64 / took.as_secs_f64().max(0.001)) as u64
}

fn as_text(scope: &Scope, explored: &Explored, took: Duration) -> String {
    let depth = explored.depth.map_or_else(String::new, |depth| format!(", {depth} steps deep"));
    let whole = if explored.complete { "to the end" } else { "not to the end" };
    let mut text = format!(
        "{:<10} {} states, {} steps, {} ends{depth}, {whole}, in {:.1} s ({} states/s)\n",
        scope.name,
        explored.states,
        explored.steps,
        explored.ends,
        took.as_secs_f64(),
        rate(explored, took),
    );
    if let Some(way) = &explored.broken {
        let _ = writeln!(text, "\nBroken: {}\n  {}\n  {}\n", way.promise.name(), way.promise.sentence(), way.sentence);
        for (number, step) in (1..).zip(&way.steps) {
            let _ = writeln!(text, "{number:>4}  {step}");
        }
    }
    text
}

fn as_json(scope: &Scope, explored: &Explored, took: Duration) -> String {
    let broken = explored
        .broken
        .as_ref()
        .map(|way| json!({ "promise": way.promise.name(), "sentence": way.sentence, "steps": way.steps }));
    let line = json!({
        "world": scope.name,
        "states": explored.states,
        "steps": explored.steps,
        "ends": explored.ends,
        "depth": explored.depth,
        "complete": explored.complete,
        "seconds": took.as_secs_f64(),
        "broken": broken,
    });
    line.to_string() + "\n"
}
