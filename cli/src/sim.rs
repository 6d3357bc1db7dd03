//! `hobnob sim`: runs drawn, written or recorded worlds under faults, and explains what breaks.
//!
//! Owns what is asked for on the command line and in which order it is done. What a world is and what it promises is the
//! simulator's. The process's clock is asked here, for figures alone.

mod explore;
mod faults;
mod report;
mod source;
mod summary;

use crate::exit::{ExitCode, Failure, print};
use hobnob_runtime::os;
use hobnob_sim::draw::{Faults, LENGTH_MS};
use hobnob_sim::search::{Found, Progress, Search, Tier, search};
use hobnob_sim::{Look, Plan, diagram};
use indicatif::{ProgressBar, ProgressStyle};
use source::Source;
use std::io::{self, IsTerminal};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use summary::Summary;

/// How many seeds are searched if nobody says otherwise.
const SEEDS: u64 = 1_000;
/// How often the progress is drawn.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// What `hobnob sim` takes.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Two tiers carry the worlds out. `machines` joins the bare machines by a heap of events: a thousand worlds a second.
`worlds` runs the shipping server and client on a simulated network, disk and clock. With `both`, one seed in twenty
runs as such a world too. Every run is held to every promise; docs/SIMULATION.md lists promises and faults.

The exit code is 1 when a promise was broken: what broke is then shrunk, explained and saved.

Examples:
  hobnob sim                                     a thousand seeds
  hobnob sim --for 10m --until-failure           until something breaks
  hobnob sim --seed 7 --diagram seed-7.html      one world, drawn
  hobnob sim --tier worlds --seeds 0..100 --clients 5 --faults only=partition,crash
  hobnob sim --scenario tests/scenarios/*.toml   worlds written by hand
  hobnob sim --from hobnob-data --seeds 0..100   what was recorded, with faults")]
pub(crate) struct SimArgs {
    #[command(subcommand)]
    command: Option<SimCommand>,
    /// Who carries the worlds out: machines, worlds or both
    #[arg(long, value_name = "TIER", default_value = "both", value_parser = ["machines", "worlds", "both"])]
    tier: String,
    /// Which seeds: A..B, without B [default: 0..1000]
    #[arg(long, value_name = "A..B", value_parser = read_seeds, conflicts_with = "seed")]
    seeds: Option<Range<u64>>,
    /// One seed alone
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Go on for so long, such as 10m
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration, conflicts_with = "seed")]
    time: Option<Duration>,
    /// How many clients each world has [default: 1 to 6, as the seed draws]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=64))]
    clients: Option<u64>,
    /// Which faults there are: none, light, heavy, or only=KIND,KIND by kinds or groups
    #[arg(long, value_name = "FAULTS", default_value = "heavy", value_parser = faults::read)]
    faults: Faults,
    /// How long faults last in each world, in virtual time [default: 40s]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    length: Option<Duration>,
    /// Stop at the first failure
    #[arg(long)]
    until_failure: bool,
    /// Run each world twice; both runs must be equal to the last bit
    #[arg(long)]
    twice: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write a sequence diagram of the run: a page for any browser; needs --seed or one --scenario
    #[arg(long, value_name = "OUT.html")]
    diagram: Option<PathBuf>,
    /// Run worlds that are written in files
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["seeds", "seed", "time", "from", "clients"])]
    scenario: Vec<PathBuf>,
    /// Take what people do from a journal (a data folder, or the file hobnob.db in it), and add faults
    #[arg(long, value_name = "JOURNAL", conflicts_with = "clients")]
    from: Option<PathBuf>,
    /// Save failing worlds in this folder, as scenarios
    #[arg(long, value_name = "FOLDER", default_value = "hobnob-sim")]
    save: PathBuf,
    /// How many worlds run at once [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    jobs: Option<u64>,
}

/// What else `hobnob sim` does.
#[derive(clap::Subcommand)]
enum SimCommand {
    /// Searches small worlds to the end: every order of everything
    Explore(explore::ExploreArgs),
}

fn read_seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || "seeds are A..B, such as 0..1000".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let seeds = from.parse().map_err(|_| wrong())?..to.parse().map_err(|_| wrong())?;
    if seeds.is_empty() { Err("there is no seed between the two".into()) } else { Ok(seeds) }
}

impl SimArgs {
    fn tiers(&self) -> Vec<Tier> {
        Tier::ALL.iter().copied().filter(|tier| self.tier == "both" || self.tier == tier.name()).collect()
    }

    fn length_ms(&self) -> u64 {
        self.length.map_or(LENGTH_MS, |length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX / 2))
    }

    /// The command that repeats a seed in a tier.
    fn command(&self, tier: Tier, seed: u64) -> String {
        let mut command = format!("hobnob sim --tier {} --seed {seed}", tier.name());
        if let Some(clients) = self.clients {
            command += &format!(" --clients {clients}");
        }
        if self.faults != Faults::Heavy {
            command += &format!(" --faults {}", faults::write(&self.faults));
        }
        if let Some(length) = self.length {
            command += &format!(" --length {}", humantime::format_duration(length).to_string().replace(' ', ""));
        }
        if let Some(journal) = &self.from {
            command += &format!(" --from {}", journal.display());
        }
        command
    }
}

/// Runs what was asked for.
pub(crate) fn run(args: &SimArgs) -> Result<ExitCode, Failure> {
    if let Some(SimCommand::Explore(args)) = &args.command {
        return explore::run(args);
    }
    if args.length_ms() == 0 || args.length_ms() > 24 * 3_600_000 {
        return Err(Failure::new(ExitCode::Usage, "a world lasts between a millisecond and a day; see --length"));
    }
    if !args.scenario.is_empty() {
        return run_scenarios(args);
    }
    if args.diagram.is_some() && args.seed.is_none() {
        return Err(Failure::new(ExitCode::Usage, "a diagram shows one run: give --seed N, or one --scenario FILE"));
    }
    let source = Source::of(args)?;
    let seeds = match (args.seed, &args.seeds, args.time) {
        (Some(seed), ..) => seed..seed.saturating_add(1),
        (None, Some(seeds), _) => seeds.clone(),
        (None, None, Some(_)) => 0..u64::MAX,
        (None, None, None) => 0..SEEDS,
    };
    let began = Instant::now();
    let plan = |seed| source.plan(seed);
    let clock = || began.elapsed();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(cores, |jobs| usize::try_from(jobs).expect("it is at most 1024"));
    let tiers = args.tiers();
    let until_failure = args.until_failure;
    let searched = Search { plan: &plan, clock: &clock, tiers, seeds, jobs, until_failure, twice: args.twice };
    let found = watch(&searched, args.time, args.json)?;
    let summary = Summary { found: &found, seeds: searched.seeds.clone(), took: began.elapsed(), jobs };
    let failures = report::failures(args, &found, &plan)?;
    if let (Some(path), Some(seed)) = (&args.diagram, args.seed) {
        let tier = found.failed.first().map_or(searched.tiers[0], |failed| failed.tier);
        draw(path, &plan(seed), tier, &args.command(tier, seed))?;
    }
    match args.json {
        true => print(&(summary.json(&failures).to_string() + "\n"))?,
        false => {
            let told: String = failures.iter().map(|failure| failure.text.as_str()).collect();
            print(&(told + &summary.text(args)))?;
        }
    }
    Ok(if found.broken.is_empty() { ExitCode::Fine } else { ExitCode::Failed })
}

/// Searches, shows how far it is, and stops it when its time is over or somebody asks for it.
fn watch(searched: &Search<'_>, time: Option<Duration>, json: bool) -> Result<Found, Failure> {
    let progress = Arc::new(Progress::default());
    let stopping = Arc::clone(&progress);
    os::on_stop(move || stopping.stop.store(true, Relaxed))
        .map_err(|error| Failure::new(ExitCode::Failed, format_args!("cannot listen for signals: {error}")))?;
    let shown = io::stderr().is_terminal() && !json && searched.seeds.end - searched.seeds.start > 1;
    let bar = if shown { bar(searched, time) } else { ProgressBar::hidden() };
    let began = Instant::now();
    let found = std::thread::scope(|scope| {
        let searching = scope.spawn(|| search(searched, &progress));
        let mut slept = Duration::from_millis(1);
        while !searching.is_finished() {
            std::thread::sleep(slept);
            slept = (slept * 2).min(DRAWN_EVERY);
            let gone = began.elapsed();
            if time.is_some_and(|time| gone >= time) {
                progress.stop.store(true, Relaxed);
            }
            let seeds = progress.seeds.load(Relaxed);
            let at = if time.is_some() { u64::try_from(gone.as_millis()).unwrap_or(u64::MAX) } else { seeds };
            bar.set_position(at);
            let rate = u128::from(seeds) * 1_000 / gone.as_millis().max(1);
            bar.set_message(format!("{seeds} seeds, {rate}/s, {} failed", progress.failed.load(Relaxed)));
        }
        searching.join()
    });
    bar.finish_and_clear();
    found.map_err(|_| Failure::new(ExitCode::Failed, "the search itself panicked; this is a bug of the simulator"))
}

fn bar(searched: &Search<'_>, time: Option<Duration>) -> ProgressBar {
    let length = match time {
        Some(time) => u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        None => searched.seeds.end - searched.seeds.start,
    };
    let style = ProgressStyle::with_template("[{bar:40}] {percent:>3} %  {msg}").expect("it is a good template");
    ProgressBar::new(length).with_style(style.progress_chars("=> "))
}

/// Runs a plan once more and draws a page of it.
fn draw(path: &Path, plan: &Plan, tier: Tier, command: &str) -> Result<(), Failure> {
    let outcome = tier.run(plan, Look { chronicle: true, digest: false });
    std::fs::write(path, diagram::html(plan, &outcome, command)).map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(ExitCode::Failed, format_args!("cannot write {}: {error}", path.display()))
}

/// Runs worlds that are written in files.
fn run_scenarios(args: &SimArgs) -> Result<ExitCode, Failure> {
    if args.diagram.is_some() && args.scenario.len() > 1 {
        return Err(Failure::new(ExitCode::Usage, "a diagram shows one run: give one --scenario FILE"));
    }
    let asked = args.tiers();
    let (mut runs, mut wrong) = (Vec::new(), 0);
    for path in &args.scenario {
        let name = path.display().to_string();
        let scenario = source::scenario(path)?;
        for tier in scenario.tiers.iter().copied().filter(|tier| asked.contains(tier)) {
            let command = format!("hobnob sim --tier {} --scenario {name}", tier.name());
            let outcome = tier.run(&scenario.plan, Look { chronicle: true, digest: false });
            if let Some(page) = args.diagram.as_ref().filter(|_| runs.is_empty()) {
                let html = diagram::html(&scenario.plan, &outcome, &command);
                std::fs::write(page, html).map_err(|error| cannot_write(page, &error))?;
            }
            let sentences = scenario.wrong(&outcome);
            wrong += usize::from(!sentences.is_empty());
            if !args.json {
                print(&report::scenario(&name, tier, &scenario.plan, &outcome, &command, &sentences))?;
            }
            runs.push(serde_json::json!({ "scenario": name, "tier": tier.name(), "wrong": sentences }));
        }
    }
    match args.json {
        true => print(&(serde_json::json!({ "runs": runs, "wrong": wrong }).to_string() + "\n"))?,
        false if runs.is_empty() => print("No scenario is for that tier.\n")?,
        false if wrong == 0 => print(&format!("All {} runs came out as written.\n", runs.len()))?,
        false => print(&format!("{wrong} of {} runs came out otherwise than written.\n", runs.len()))?,
    }
    Ok(if wrong == 0 { ExitCode::Fine } else { ExitCode::Failed })
}
