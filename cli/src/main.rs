//! `hobnob`: the command line. Parses arguments, calls one command, and turns its end into an exit code.
//!
//! Owns the list of commands. What a command does stands in its module; a new command is one `mod` line, one variant
//! of [`Command`] and one arm of [`run`].

#![forbid(unsafe_code)]

mod bench;
mod check;
mod client;
mod completions;
mod demo;
mod exit;
mod log;
mod relay;
mod replay;
mod server;
mod settings;
mod sim;
mod spec;
mod start;
mod when;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use exit::{ExitCode, Failure};
use std::ffi::OsString;

/// A self-hosted chat whose whole protocol is one table.
#[derive(Parser)]
#[command(name = "hobnob", version, after_help = "See `hobnob help COMMAND` for each command, with examples.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a server
    Server(Box<server::ServerArgs>),
    /// Join a chat
    Client(Box<client::ClientArgs>),
    /// Pass connections on to a server, with a star before the users' nicks
    Relay(Box<relay::RelayArgs>),
    /// See a course's dialogue played by real processes
    Demo(demo::DemoArgs),
    /// Print what was said and what happened, also while the server runs
    Log(log::LogArgs),
    /// Run a journal through the machine again, and show the first difference
    Replay(replay::ReplayArgs),
    /// Hold a recorded run to every promise that a journal can tell of
    Check(check::CheckArgs),
    /// Print the protocol: all of it, a state, a cell or a word
    Spec(spec::SpecArgs),
    /// Run worlds full of faults against every promise, and explain what breaks
    Sim(Box<sim::SimArgs>),
    /// Measure a server over real sockets, checking every delivery
    Bench(bench::BenchArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write the pages of all commands into a folder
    Man(completions::ManArgs),
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Server(args) => server::run(&args),
        Command::Client(args) => client::run(&args),
        Command::Relay(args) => relay::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Log(args) => log::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Check(args) => check::run(args),
        Command::Spec(args) => spec::run(args),
        Command::Sim(args) => sim::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => completions::run_man(args),
    }
}

/// The command line as clap knows it, with the exit codes in its long help.
fn command_line() -> clap::Command {
    Cli::command().after_long_help(exit::codes_help())
}

fn main() -> std::process::ExitCode {
    let given: Vec<OsString> = std::env::args_os().collect();
    let words = if given.len() == 1 && start::somebody_is_there() { start::chosen() } else { Some(given) };
    let Some(words) = words else { return ExitCode::Fine.into() };
    let parsed = Cli::from_arg_matches(&command_line().get_matches_from(words));
    match run(parsed.unwrap_or_else(|error| error.exit()).command) {
        Ok(code) => code.into(),
        Err(failure) => {
            if !failure.sentence.is_empty() {
                eprintln!("hobnob: {}", failure.sentence);
            }
            failure.code.into()
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command_line().debug_assert();
    }
}
