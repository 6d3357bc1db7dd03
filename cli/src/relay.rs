//! `hobnob relay`: starts a relay, says where it listens, and stops it when told to.

mod settings;

use crate::exit::{self, ExitCode, Failure};
use crate::settings::Flags;
use async_channel::Receiver;
use figment::value::{Dict, Value};
use hobnob_runtime::{RelayNote, RelayNoted, SmolWorld, World, os, relay};
use settings::Settings;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many notes may wait for the log's file; then the relay waits.
const NOTES_MAX: usize = 1_024;

/// What `hobnob relay` takes. Every setting can also stand in a file or in the environment.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hobnob relay --upstream 192.0.2.10:18000                  listen on 127.0.0.1:18100
  hobnob relay --listen 0.0.0.0:18100 --upstream chat:18000 --log relay.log
  hobnob relay --listen 127.0.0.1:5002 --upstream chat:5001 --profile tata
  hobnob relay --print-config > relay.toml                  all settings, to be changed and given with --config
  HOBNOB_RELAY_UPSTREAM=chat:18000 hobnob relay

Its users' nicks begin with a star. The server believes it only from addresses that it was told to trust:
  hobnob server --trust-relay 192.0.2.20

Stop it with Ctrl-C; a second Ctrl-C ends it at once.")]
pub(crate) struct RelayArgs {
    /// Listen on this address; may be given several times; 127.0.0.1:18100 by default
    #[arg(long, value_name = "HOST:PORT")]
    listen: Vec<String>,
    /// Where the server is
    #[arg(long, value_name = "HOST:PORT")]
    upstream: Option<String>,
    /// The profile of the server's listener there, which says what its clients speak; all dialects by default
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Write what passes into this file: a line for each event and each piece, with time, address and bytes
    #[arg(long, value_name = "FILE")]
    log: Option<String>,
    /// Write into the log also what users of text dialects say and read
    #[arg(long)]
    log_text: bool,
    /// Believe clients from this address, or network, that they are relays themselves; none for nobody; may be given
    /// several times; this computer by default
    #[arg(long, value_name = "ADDR[/BITS]")]
    trust_relay: Vec<String>,
    /// How many clients it takes at once
    #[arg(long, value_name = "CLIENTS")]
    clients_max: Option<u64>,
    /// How long a client is kept while the server cannot be reached; 30s by default
    #[arg(long, value_name = "TIME")]
    patience: Option<String>,
    /// How long nothing may pass before both connections end; 15m by default
    #[arg(long, value_name = "TIME")]
    idle: Option<String>,
    /// How often the status line is printed, such as 30s, or off
    #[arg(long, value_name = "TIME")]
    status_every: Option<String>,
    /// Read settings from this file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print all settings, and where each comes from, and start nothing
    #[arg(long)]
    print_config: bool,
}

impl RelayArgs {
    fn flags(&self) -> Flags {
        let mut flags = Dict::new();
        for (key, list) in [("listen", &self.listen), ("trust_relay", &self.trust_relay)] {
            let all = || list.iter().flat_map(|given| given.split(',')).map(str::to_owned).collect::<Vec<_>>();
            flags.extend((!list.is_empty()).then(|| (key.to_owned(), Value::from(all()))));
        }
        let texts = [
            ("upstream", &self.upstream),
            ("profile", &self.profile),
            ("log", &self.log),
            ("patience", &self.patience),
            ("idle", &self.idle),
            ("status_every", &self.status_every),
        ];
        for (key, text) in texts {
            flags.extend(text.clone().map(|text| (key.to_owned(), Value::from(text))));
        }
        flags.extend(self.clients_max.map(|count| ("clients_max".to_owned(), Value::from(count))));
        flags.extend(self.log_text.then(|| ("log_text".to_owned(), Value::from(true))));
        Flags(flags)
    }
}

/// Runs a relay until it is told to stop.
pub(crate) fn run(args: &RelayArgs) -> Result<ExitCode, Failure> {
    let (figment, written) = settings::gather(args.config.as_deref(), args.flags())?;
    if args.print_config {
        // Also without a server: what is printed may be what is to be filled in.
        written.check(&figment)?;
        exit::print(&settings::printed(&figment, &written))?;
        return Ok(ExitCode::Fine);
    }
    let Settings { relay: settings, log } = written.parse(&figment)?;
    crate::server::start_log();
    let world = SmolWorld::new();
    let (notes_to, notes) = async_channel::bounded(NOTES_MAX);
    let (written, writing) = async_channel::bounded::<()>(1);
    let log = match &log {
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
            Some(notes_to)
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
