//! `hobnob demo`: plays a course's dialogue with real processes on this computer, and prints who typed and saw what.
//!
//! Owns the cast: a server and its clients, this very program, on ports that are free and with nothing kept. Nobody
//! outlives the play.

mod scenes;

use crate::exit::{self, ExitCode, Failure};
use scenes::{Scene, Step};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a play lasts, about.
const LENGTH: Duration = Duration::from_secs(10);
/// How long anybody may wait for what has to come; far longer than it ever takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What the server is called in the transcript.
const SERVER: &str = "server";

/// See a course's dialogue played by real processes.
///
/// A server and its clients are started on this computer and type what the course's users type. What they see is
/// waited for: the play stops with an error where it does not come. Nothing is kept.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  hobnob demo classroom  the chatroom of three, with its menu
  hobnob demo open       users of all five profiles in one room")]
pub(crate) struct DemoArgs {
    /// Whose dialogue
    #[arg(value_name = "PROFILE", value_parser = clap::builder::PossibleValuesParser::new(Scene::names()))]
    scene: String,
    /// Play without pauses
    #[arg(long)]
    fast: bool,
}

/// Plays the scene.
pub(crate) fn run(args: &DemoArgs) -> Result<ExitCode, Failure> {
    let scene = Scene::named(&args.scene).expect("the command line takes no other names");
    let steps = u32::try_from(scene.steps.len()).expect("a play is short");
    let mut stage = Stage::open(&scene, if args.fast { Duration::ZERO } else { LENGTH / steps })?;
    for step in scene.steps {
        stage.play(step)?;
    }
    Ok(ExitCode::Fine)
}

/// A process of the play. It is ended when the play is over, however that comes.
struct Actor {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Actor {
    fn start(name: &str, words: &[&str]) -> Result<Self, Failure> {
        let failed = |error| Failure::new(ExitCode::Failed, format!("cannot start {name}: {error}"));
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = Command::new(program);
        command.args(words).env_remove("HOBNOB_CONFIG");
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = streams.spawn().map_err(failed)?;
        let stdin = child.stdin.take();
        let lines = follow(child.stdout.take().expect("its output is piped"));
        Ok(Self { child, stdin, lines })
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The lines that a process prints, as they come.
fn follow(out: ChildStdout) -> Receiver<String> {
    let (line, lines) = channel();
    std::thread::spawn(move || {
        for read in BufReader::new(out).lines().map_while(Result::ok) {
            if line.send(read).is_err() {
                return;
            }
        }
    });
    lines
}

struct Stage {
    /// In the order in which they end: the clients first.
    clients: BTreeMap<&'static str, Actor>,
    server: Actor,
    /// Each listener's profile and where it listens.
    listeners: BTreeMap<String, String>,
    pause: Duration,
    painted: bool,
}

impl Stage {
    fn open(scene: &Scene, pause: Duration) -> Result<Self, Failure> {
        let mut words =
            vec!["server", "--data", ":memory:", "--http", "off", "--ws", "off", "--profile", scene.profiles[0]];
        let listens: Vec<String> = scene.profiles.iter().map(|profile| format!("{profile}=127.0.0.1:0")).collect();
        for listen in &listens {
            words.extend(["--listen", listen]);
        }
        let server = Actor::start("the server", &words)?;
        let painted =
            std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let mut stage = Self { clients: BTreeMap::new(), server, listeners: BTreeMap::new(), pause, painted };
        stage.note(scene.about)?;
        for profile in scene.profiles {
            let line = stage.next_line(SERVER)?;
            let addr = line.strip_prefix("listening on ").unwrap_or(&line);
            let addr = addr.split(' ').next().unwrap_or(addr).to_owned();
            stage.listeners.insert((*profile).to_owned(), addr);
            stage.print(SERVER, "│", &line)?;
        }
        Ok(stage)
    }

    fn play(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Note(text) => self.note(text),
            Step::Starts(who, ui, profile) => {
                let addr = self.listeners[*profile].clone();
                self.note(&format!("{who} starts `hobnob client {addr} --ui {ui}`."))?;
                let client = Actor::start(who, &["client", &addr, "--ui", ui])?;
                self.clients.insert(who, client);
                Ok(())
            }
            Step::Types(who, line) => {
                std::thread::sleep(self.pause);
                self.print(who, "▸", line)?;
                let actor = self.actor(who)?;
                let stdin = actor.stdin.as_mut().expect("the input of an actor stays open");
                writeln!(stdin, "{line}")
                    .and_then(|()| stdin.flush())
                    .map_err(|error| Failure::new(ExitCode::Failed, format!("{who} cannot type any more: {error}")))
            }
            Step::Sees(who, text) => loop {
                let line = self.next_line(who).map_err(|failure| {
                    Failure::new(failure.code, format!("{} It was to be: {text}", failure.sentence))
                })?;
                self.print(who, "│", &line)?;
                if line.contains(text) {
                    std::thread::sleep(self.pause);
                    return Ok(());
                }
            },
            Step::Ends(who) => {
                while let Ok(line) = self.actor(who)?.lines.recv_timeout(PATIENCE) {
                    self.print(who, "│", &line)?;
                }
                self.clients.remove(who);
                Ok(())
            }
        }
    }

    fn actor(&mut self, who: &str) -> Result<&mut Actor, Failure> {
        if who == SERVER {
            return Ok(&mut self.server);
        }
        let nobody = || Failure::new(ExitCode::Failed, format!("{who} is not there"));
        self.clients.get_mut(who).ok_or_else(nobody)
    }

    fn next_line(&mut self, who: &str) -> Result<String, Failure> {
        let line = self.actor(who)?.lines.recv_timeout(PATIENCE);
        line.map_err(|_| Failure::new(ExitCode::Failed, format!("the play stopped: {who} saw nothing more.")))
    }

    fn note(&self, text: &str) -> Result<(), Failure> {
        let text = if self.painted { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() };
        exit::print(&format!("\n{text}\n"))
    }

    fn print(&self, who: &str, mark: &str, line: &str) -> Result<(), Failure> {
        let line = match mark {
            "▸" if self.painted => format!("\u{1b}[1m{line}\u{1b}[0m"),
            _ => line.to_owned(),
        };
        exit::print(&format!("{who:>8} {mark} {line}\n"))
    }
}
