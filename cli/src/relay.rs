//! `hobnob relay`: starts a relay, says where it listens, and stops it when told to.

use crate::exit::{self, ExitCode, Failure};
use async_channel::Receiver;
use hobnob_machine::RelayConfig;
use hobnob_machine::network::Network;
use hobnob_runtime::{RelayNote, RelayNoted, RelaySettings, SmolWorld, World, os, relay};
use hobnob_spec::profile::{Dialect, Profile};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How many notes may wait for the log's file; then the relay waits.
const NOTES_MAX: usize = 1_024;
/// Stands for no relay that is trusted.
const NOBODY: &str = "none";

/// What `hobnob relay` takes. Every setting can also stand in the environment.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hobnob relay --upstream 192.0.2.10:18000                  listen on 127.0.0.1:18100
  hobnob relay --listen 0.0.0.0:18100 --upstream chat:18000 --log relay.log
  hobnob relay --listen 127.0.0.1:5002 --upstream chat:5001 --profile tata
  HOBNOB_RELAY_UPSTREAM=chat:18000 hobnob relay

Its users' nicks begin with a star. The server believes it only from addresses that it was told to trust:
  hobnob server --trust-relay 192.0.2.20

Stop it with Ctrl-C; a second Ctrl-C ends it at once.")]
pub(crate) struct RelayArgs {
    /// Listen on this address; may be given several times
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "HOBNOB_RELAY_LISTEN",
        value_delimiter = ',',
        default_value = "127.0.0.1:18100"
    )]
    listen: Vec<String>,
    /// Where the server is
    #[arg(long, value_name = "HOST:PORT", env = "HOBNOB_RELAY_UPSTREAM")]
    upstream: String,
    /// The profile of the server's listener there, which says what its clients speak; all dialects by default
    #[arg(long, value_name = "NAME", env = "HOBNOB_RELAY_PROFILE")]
    profile: Option<String>,
    /// Write what passes into this file: a line for each event and each piece, with time, address and bytes
    #[arg(long, value_name = "FILE", env = "HOBNOB_RELAY_LOG")]
    log: Option<PathBuf>,
    /// Write into the log also what users of text dialects say and read
    #[arg(long, env = "HOBNOB_RELAY_LOG_TEXT", requires = "log")]
    log_text: bool,
    /// Believe clients from this address, or network, that they are relays themselves; none for nobody; may be given
    /// several times; this computer by default
    #[arg(long, value_name = "ADDR[/BITS]", env = "HOBNOB_RELAY_TRUST_RELAY", value_delimiter = ',')]
    trust_relay: Vec<String>,
    /// How many clients it takes at once
    #[arg(long, value_name = "CLIENTS", env = "HOBNOB_RELAY_CLIENTS_MAX", default_value_t = RelayConfig::default().clients_max, value_parser = clap::value_parser!(u64).range(1..))]
    clients_max: u64,
    /// How long a client is kept while the server cannot be reached
    #[arg(long, value_name = "TIME", env = "HOBNOB_RELAY_PATIENCE", default_value = "30s", value_parser = humantime::parse_duration)]
    patience: Duration,
    /// How long nothing may pass before both connections end
    #[arg(long, value_name = "TIME", env = "HOBNOB_RELAY_IDLE", default_value = "15m", value_parser = humantime::parse_duration)]
    idle: Duration,
    /// How often the status line is printed, such as 30s, or off
    #[arg(long, value_name = "TIME", env = "HOBNOB_RELAY_STATUS_EVERY", default_value = "30s")]
    status_every: String,
}

impl RelayArgs {
    fn settings(&self) -> Result<RelaySettings, String> {
        for addr in self.listen.iter().chain([&self.upstream]) {
            crate::server::check_addr(addr)?;
        }
        let dialects = match &self.profile {
            None => Dialect::ALL.to_vec(),
            Some(name) => {
                let profile = Profile::named(name);
                let names = || format!("there is no profile {name:?}; it is one of {}", Profile::NAMES.join(", "));
                profile.ok_or_else(names)?.dialects
            }
        };
        let status_every = match self.status_every.as_str() {
            "off" => None,
            text => Some(humantime::parse_duration(text).map_err(|error| format!("{text:?} is no time: {error}"))?),
        };
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
        let config = RelayConfig {
            trust_relay: self.trusted()?,
            clients_max: self.clients_max,
            patience_ms: ms(self.patience),
            idle_ms: ms(self.idle),
        };
        Ok(RelaySettings {
            listen: self.listen.clone(),
            upstream: self.upstream.clone(),
            dialects,
            config,
            status_every: status_every.filter(|every| !every.is_zero()),
            texts: self.log_text,
        })
    }

    fn trusted(&self) -> Result<Vec<Network>, String> {
        match self.trust_relay.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => Ok(Network::loopback()),
            [NOBODY] => Ok(Vec::new()),
            all => {
                all.iter().map(|text| text.parse().map_err(|why| format!("{text:?} is no network: {why}"))).collect()
            }
        }
    }
}

/// Runs a relay until it is told to stop.
pub(crate) fn run(args: &RelayArgs) -> Result<ExitCode, Failure> {
    let settings = args.settings().map_err(|sentence| Failure::new(ExitCode::Usage, sentence))?;
    crate::server::start_log();
    let world = SmolWorld::new();
    let (log, notes) = async_channel::bounded(NOTES_MAX);
    let (written, writing) = async_channel::bounded::<()>(1);
    let log = match &args.log {
        None => None,
        Some(path) => {
            let file = open(path)?;
            let shown = path.display().to_string();
            world.spawn_aside("relay log", async move {
                if let Err(error) = write_log(file, notes).await {
                    tracing::error!("the log {shown} cannot be written any more: {error}");
                }
                drop(written);
            });
            Some(log)
        }
    };
    let upstream = settings.upstream.clone();
    let logs = log.is_some();
    world.run(async {
        let handle = relay(world.clone(), settings, log).await;
        let handle = Arc::new(handle.map_err(|error| Failure::new(ExitCode::CannotStart, error))?);
        let stopped = Arc::clone(&handle);
        os::on_stop(move || stopped.stop())
            .map_err(|error| Failure::new(ExitCode::CannotStart, format_args!("no signals: {error}")))?;
        for addr in handle.addrs() {
            tracing::info!("listening on {addr} for {upstream}");
            exit::print(&format!("listening on {addr}\n"))?;
        }
        handle.ended().await;
        if logs {
            // The log ends with its last note.
            let _ = writing.recv().await;
        }
        tracing::info!("stopped");
        Ok(ExitCode::Fine)
    })
}

fn open(path: &Path) -> Result<File, Failure> {
    let file = File::options().create(true).append(true).open(path);
    file.map_err(|error| {
        Failure::new(ExitCode::CannotStart, format_args!("cannot open the log {}: {error}", path.display()))
    })
}

/// Writes notes as they come, and what is written out whenever none waits.
async fn write_log(file: File, notes: Receiver<RelayNote>) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    while let Ok(note) = notes.recv().await {
        writeln!(file, "{}", line(&note))?;
        if notes.is_empty() {
            file.flush()?;
        }
    }
    file.flush()
}

/// A line of the log: time, client, the user's address, and what happened.
fn line(note: &RelayNote) -> String {
    let at = i64::try_from(note.at.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let at = at.unwrap_or_default().to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z");
    let what = match &note.what {
        RelayNoted::Fired(fired) => {
            let row = hobnob_spec::relay::cell(fired.state, fired.event)[usize::from(fired.row)];
            let does: Vec<String> = row.1.iter().map(ToString::to_string).collect();
            format!("{} {} {} {}", fired.state, fired.event, row.0, does.join(" ")).trim_end().to_owned()
        }
        RelayNoted::Up(bytes, text) => passed("to the server", *bytes, text.as_deref()),
        RelayNoted::Down(bytes, text) => passed("to the client", *bytes, text.as_deref()),
        RelayNoted::Over(up, down) => format!("over: {up} bytes to the server, {down} to the client"),
    };
    format!("{at} #{} {} {what}", note.client, note.addr)
}

/// What passed; text with all escaped that is no plain character.
fn passed(way: &str, bytes: usize, text: Option<&[u8]>) -> String {
    let text = text.map(|text| format!(" {:?}", String::from_utf8_lossy(text))).unwrap_or_default();
    format!("{bytes} bytes {way}{text}")
}
