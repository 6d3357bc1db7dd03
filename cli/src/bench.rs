//! `hobnob bench`: measures a server over real sockets, and checks every delivery while it does.
//!
//! One thread plays all users, so that the figures are the server's and not a scheduler's. It speaks the native
//! dialect, or JSON over websockets, and knows the protocol only by its messages.

mod figures;
mod idle;
mod link;
mod pairs;
mod process;
mod rooms;
mod tally;
mod web;

use crate::exit::{self, ExitCode, Failure};
use clap::ValueEnum;
use figures::Figures;
use process::Process;
use std::time::Duration;

/// What `hobnob bench` takes.
#[derive(clap::Args)]
#[command(after_help = "\
The server's rate limit would mute the publishers; start the server to be measured without it and with room for all:
  hobnob server --data :memory: --say-per-second 0 --ask-per-second 0

Workloads (a message counts as outstanding until every member of its room has it):
  bulk    1 room of 100 members, 1 publisher, 32 messages outstanding
  four    1 room of 100 members, 4 publishers, 8 messages outstanding each
  rooms   50 rooms of 20 members, 1 publisher each, 4 messages outstanding
  single  1 room of 100 members, 1 publisher, 1 message outstanding
  busy    1 room of 100 members, 1,000 messages a second by the clock, whether or not the last ones arrived;
          latency counts from the time at which a message should have been sent (no coordinated omission)
  pairs   500 pairs of users, each pair playing ping-pong with private messages
  idle    1,000 connections that say nothing: memory for each, as guests and as members, of a fresh server

Examples:
  hobnob bench
  hobnob bench --workload bulk,busy --seconds 10 --pid $(pidof hobnob)
  hobnob bench 192.0.2.7:18000 --workload bulk --messages 100000 --json
  hobnob bench 127.0.0.1:18081 --over websocket --workload busy --members 1000 --rate 20")]
pub(crate) struct BenchArgs {
    /// The server
    #[arg(default_value = "127.0.0.1:18000", value_name = "ADDR")]
    addr: String,
    /// Which workloads, one after the other
    #[arg(long, value_enum, value_delimiter = ',', default_value = "all")]
    workload: Vec<Workload>,
    /// How long each workload lasts at most
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// How many messages each workload sends at most
    #[arg(long, value_name = "N")]
    messages: Option<u64>,
    /// How many rooms, instead of the workload's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    rooms: Option<u64>,
    /// How many members a room has, pairs there are or connections idle, instead of the workload's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=50_000))]
    members: Option<u64>,
    /// How many messages may be outstanding for each publisher, instead of the workload's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100))]
    outstanding: Option<u64>,
    /// How many messages a second `busy` sends
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: u64,
    /// How many bytes each text has
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(48..=60_000))]
    bytes: u64,
    /// What carries the messages: connections of their own, or websockets, for which ADDR is the port of those
    #[arg(long, value_enum, default_value = "tcp")]
    over: Over,
    /// The server's process, to measure its CPU time and memory (on Linux)
    #[arg(long)]
    pid: Option<u32>,
    /// Print JSON: one object for each workload, one on a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Workload {
    All,
    Bulk,
    Four,
    Rooms,
    Single,
    Busy,
    Pairs,
    Idle,
}

/// What carries the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Over {
    /// Connections in the native dialect.
    Tcp,
    /// Websockets in the dialect `hobnob.1.json`.
    Websocket,
}

/// What all workloads have in common.
struct Setting {
    addr: String,
    over: Over,
    lasts: Duration,
    messages_max: u64,
    text_bytes: usize,
    process: Process,
}

/// Runs the workloads one after the other.
pub(crate) fn run(args: &BenchArgs) -> Result<ExitCode, Failure> {
    // Memory shows only on a server that was not busy yet, so idle comes first.
    let every = [
        Workload::Idle,
        Workload::Bulk,
        Workload::Four,
        Workload::Rooms,
        Workload::Single,
        Workload::Busy,
        Workload::Pairs,
    ];
    let chosen = if args.workload.contains(&Workload::All) { every.to_vec() } else { args.workload.clone() };
    let setting = Setting {
        addr: args.addr.clone(),
        over: args.over,
        lasts: Duration::from_secs(args.seconds),
        messages_max: args.messages.unwrap_or(u64::MAX),
        text_bytes: usize::try_from(args.bytes).expect("a text's length is bounded"),
        process: Process::new(args.pid)?,
    };
    let mut code = ExitCode::Fine;
    if !args.json {
        exit::print(&figures::heading(&setting))?;
    }
    for workload in chosen {
        let figures = measure(workload, args, &setting)?;
        if !figures.wrong.is_empty() {
            code = ExitCode::Wrong;
        }
        exit::print(&if args.json { figures.json()? } else { figures.text() })?;
    }
    Ok(code)
}

fn measure(workload: Workload, args: &BenchArgs, setting: &Setting) -> Result<Figures, Failure> {
    let or = |set: Option<u64>, unset: u64| usize::try_from(set.unwrap_or(unset)).expect("sizes are bounded");
    let rooms = |name, rooms, members, publishers, outstanding| rooms::Plan {
        name,
        rooms: or(args.rooms, rooms),
        members: or(args.members, members),
        publishers,
        outstanding: or(args.outstanding, outstanding),
        rate: None,
    };
    let executor = smol::LocalExecutor::new();
    smol::block_on(executor.run(async {
        match workload {
            Workload::All => unreachable!("all has been replaced by each of them"),
            Workload::Bulk => rooms::run(&executor, &rooms("bulk", 1, 100, 1, 32), setting).await,
            Workload::Four => rooms::run(&executor, &rooms("four", 1, 100, 4, 8), setting).await,
            Workload::Rooms => rooms::run(&executor, &rooms("rooms", 50, 20, 1, 4), setting).await,
            Workload::Single => rooms::run(&executor, &rooms("single", 1, 100, 1, 1), setting).await,
            Workload::Busy => {
                let plan = rooms::Plan { rate: Some(args.rate), ..rooms("busy", 1, 100, 1, 1) };
                rooms::run(&executor, &plan, setting).await
            }
            Workload::Pairs => pairs::run(&executor, or(args.members, 500), setting).await,
            Workload::Idle => idle::run(or(args.members, 1_000), setting).await,
        }
    }))
}
