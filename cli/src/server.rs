//! `hobnob server`: starts a server, says where it listens, and stops it when told to.

mod limit_args;
mod settings;

use crate::exit::{self, ExitCode, Failure};
use crate::settings::Flags;
use figment::value::{Dict, Value};
use hobnob_machine::Config;
use hobnob_runtime::files::{Files, Folder, Memory};
use hobnob_runtime::journal::{DataFolder, Journal, Keeping, Nothing, Sqlite};
use hobnob_runtime::{SmolWorld, Transport, WINDOW, World, os, secret_file, serve_with};
use hobnob_spec::profile::Dialect;
use limit_args::LimitArgs;
use settings::Settings;
use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

/// Where the files of users are, in the data folder.
const DOWNLOADS: &str = "downloads";

/// What `hobnob server` takes. Every setting can also stand in a file or in the environment.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hobnob server                                     chat on this computer; data in ./hobnob-data
  hobnob server --listen 0.0.0.0:18000              for the whole network
  hobnob server --profile classroom --data :memory: three users, nothing kept
  hobnob server --profile messenger --port 8080     for the clients of one course
  hobnob server --listen 127.0.0.1:18000 --listen classroom=127.0.0.1:18001
  hobnob server --profile classroom --set classroom.capacity=5 --set classroom.echo=false
  hobnob server --say-burst 20 --say-per-second off --idle 1h
  hobnob server --print-config > hobnob.toml        all settings, to be changed and given with --config
  HOBNOB_SYNC=interval HOBNOB_LIMITS_MUTE_MS=30s hobnob server

All listeners are doors to one server: its rooms, nicks and history are the same behind each of them. With
--data :memory: every start is a start afresh, as a grader may want it. Clients that speak text cannot be asked for a
sign of life, so --idle does not close their connections.

The console tells who comes and goes, and of the users of profiles whose first dialect is flags, such as classroom,
every step; HOBNOB_LOG=debug tells every step of all users, HOBNOB_LOG=warn only what is wrong.

Stop it with Ctrl-C; a second Ctrl-C ends it at once.")]
pub(crate) struct ServerArgs {
    /// Listen on this address; PROFILE=HOST:PORT for another profile there; may be given several times
    #[arg(long, value_name = "[PROFILE=]HOST:PORT")]
    listen: Vec<String>,
    /// Listen on this port of this computer: short for --listen 127.0.0.1:PORT
    #[arg(long, value_name = "PORT", conflicts_with = "listen")]
    port: Option<u16>,
    /// How users are treated, and which dialects are spoken: open, classroom, messenger, tata, sendto, or one of your own
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The data folder, or :memory: to keep nothing
    #[arg(long, value_name = "FOLDER")]
    data: Option<String>,
    /// Set a knob of a profile; may be given several times; see --print-config for all of them
    #[arg(long, value_name = "PROFILE.KNOB=VALUE")]
    set: Vec<String>,
    /// Whose clocks are shown where a dialect shows any: local, utc, +02:00 or Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// How many members each listener takes
    #[arg(long, value_name = "MEMBERS")]
    capacity: Option<u64>,
    /// The room in which everybody is on joining
    #[arg(long, value_name = "ROOM")]
    lobby: Option<String>,
    /// Whether John and john are one nick: fold (they are) or exact (they are not)
    #[arg(long, value_name = "HOW")]
    nick_case: Option<String>,
    /// When what was acknowledged is safe from a power cut: always, interval (within a second) or never
    #[arg(long, value_name = "WHEN")]
    sync: Option<String>,
    /// How often the status line is printed, such as 30s, or off
    #[arg(long, value_name = "TIME")]
    status_every: Option<String>,
    /// The form of the message log: text, csv, json or off
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// How long the journal is kept, such as 30d, or forever
    #[arg(long, value_name = "TIME")]
    keep_journal: Option<String>,
    /// After how many records the server's state is kept, so that a start need not replay them
    #[arg(long, value_name = "RECORDS")]
    snapshot_every: Option<u64>,
    /// Serve the pages for browsers here; off for not at all [default: 127.0.0.1:18080, if it is free]
    #[arg(long, value_name = "[PROFILE=]ADDR")]
    http: Option<String>,
    /// Take websockets here; off for not at all [default: 127.0.0.1:18081, if it is free]
    #[arg(long, value_name = "[PROFILE=]ADDR")]
    ws: Option<String>,
    /// Let browsers come under this name, too, such as chat.example.org; localhost and addresses are known; may be
    /// given several times
    #[arg(long, value_name = "NAME")]
    web_name: Vec<String>,
    /// Read the files of the pages from this folder at every request: for who works on them
    #[arg(long, value_name = "FOLDER")]
    pages: Option<String>,
    /// Believe connections from this address, or network, that they are relayed; none for nobody; may be given several
    /// times; this computer by default
    #[arg(long, value_name = "ADDR[/BITS]")]
    trust_relay: Vec<String>,
    /// Where the operator's key is; operator.key in the data folder by default
    #[arg(long, value_name = "FILE")]
    operator_key_file: Option<String>,
    /// Read settings from this file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print all settings, and where each comes from, and start nothing
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

impl ServerArgs {
    fn flags(&self) -> Result<Flags, Failure> {
        let mut flags = Dict::new();
        if !self.listen.is_empty() {
            flags.insert("listen".into(), Value::from(self.listen.clone()));
        }
        if !self.web_name.is_empty() {
            flags.insert("web_name".into(), Value::from(self.web_name.clone()));
        }
        if !self.trust_relay.is_empty() {
            flags.insert("trust_relay".into(), Value::from(self.trust_relay.clone()));
        }
        if let Some(port) = self.port {
            flags.insert("listen".into(), Value::from(vec![format!("127.0.0.1:{port}")]));
        }
        let texts = [
            ("http", &self.http),
            ("ws", &self.ws),
            ("pages", &self.pages),
            ("profile", &self.profile),
            ("data", &self.data),
            ("lobby", &self.lobby),
            ("nick_case", &self.nick_case),
            ("time_zone", &self.time_zone),
            ("sync", &self.sync),
            ("status_every", &self.status_every),
            ("log_format", &self.log_format),
            ("keep_journal", &self.keep_journal),
            ("operator_key_file", &self.operator_key_file),
        ];
        for (key, text) in texts {
            flags.extend(text.clone().map(|text| (key.to_owned(), Value::from(text))));
        }
        for (key, number) in [("capacity", self.capacity), ("snapshot_every", self.snapshot_every)] {
            flags.extend(number.map(|number| (key.to_owned(), Value::from(number))));
        }
        let limits: Dict = self.limits.0.iter().map(|(name, value)| ((*name).into(), value.clone().into())).collect();
        if !limits.is_empty() {
            flags.insert("limits".into(), Value::from(limits));
        }
        let knobs = settings::knobs_from_flags(&self.set)?;
        if !knobs.is_empty() {
            flags.insert("profiles".into(), Value::from(knobs));
        }
        Ok(Flags(flags))
    }
}

/// Runs a server until it is told to stop.
pub(crate) fn run(args: &ServerArgs) -> Result<ExitCode, Failure> {
    let (figment, written) = settings::gather(args.config.as_deref(), args.flags()?)?;
    let settings = written.parse(&figment)?;
    if args.print_config {
        exit::print(&settings::printed(&figment, &written, &settings)?)?;
        return Ok(ExitCode::Fine);
    }
    start_log();
    let world = SmolWorld::new();
    let usual = settings.profile.clone();
    let (journal, files, settings) = open(&world, settings)?;
    let token = settings.web.token.unwrap_or_else(|| world.secret());
    let listeners = settings.listeners.clone();
    let window = settings.listeners.iter().any(|listener| listener.profile.dialects.first() == Some(&Dialect::Plain));
    world.run(async {
        let server = serve_with(world.clone(), journal, files, settings).await.map_err(|error| cannot_start(&error))?;
        // Whoever reads that it listens may already want it to stop.
        let server = std::sync::Arc::new(server);
        let stopped = std::sync::Arc::clone(&server);
        os::on_stop(move || stopped.stop()).map_err(|error| cannot_start(&format_args!("no signals: {error}")))?;
        for (number, listener) in listeners.iter().enumerate() {
            let (Some(addr), profile) = (server.addr(number), &listener.profile.name) else { continue };
            tracing::info!("listening on {addr} with the profile {profile}");
            let named = if *profile == usual { String::new() } else { format!(" ({profile})") };
            let what = match listener.transport {
                Transport::Tcp => "",
                Transport::WebSocket => "for websockets ",
                Transport::Http => "for browsers ",
            };
            exit::print(&format!("listening {what}on {addr}{named}\n"))?;
            if listener.transport == Transport::Http {
                let (pages, token) = (page_addr(addr), token.to_hex());
                exit::print(&format!("chat at http://{pages}/\nmonitor at http://{pages}/monitor?token={token}\n"))?;
            }
        }
        if window {
            exit::print(WORKING)?;
        }
        if !server.addrs().iter().all(|addr| addr.ip().is_loopback()) {
            tracing::warn!("what is said here is not encrypted yet: anybody on the way can read it");
        }
        server.ended().await.map_err(|error| Failure::new(ExitCode::Failed, error))?;
        tracing::info!("stopped");
        Ok(ExitCode::Fine)
    })
}

/// Where a browser of this computer finds the pages that are served at an address.
fn page_addr(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, addr.port())
}

fn cannot_start(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(ExitCode::CannotStart, error)
}

/// What a server keeps things in, and how it is set.
type Opened = (Box<dyn Journal>, Box<dyn Files>, hobnob_runtime::ServerSettings);

/// Opens the data folder with all that is in it.
fn open(world: &SmolWorld, settings: Settings) -> Result<Opened, Failure> {
    let Settings { mut server, profile: _, data, retention, layout, operator_key_file } = settings;
    let folder = data.as_deref().map(DataFolder::open).transpose().map_err(|error| cannot_start(&error))?;
    let token_file = folder.as_ref().map(|folder| folder.path().join(secret_file::MONITOR_TOKEN));
    let token = token_file.map(|path| secret_file::read_or_make(&path, || world.secret()));
    let token = token.transpose().map_err(|error| cannot_start(&error))?.unwrap_or_else(|| world.secret());
    server.web.token = Some(token);
    server.web.log = folder.as_ref().map(|folder| folder.path().to_owned());
    let key_file =
        operator_key_file.or_else(|| folder.as_ref().map(|folder| folder.path().join(secret_file::OPERATOR_KEY)));
    if let Some(path) = key_file {
        let key = secret_file::read_or_make(&path, || world.secret()).map_err(|error| cannot_start(&error))?;
        server.config = Config { operator_key: Some(key), ..server.config };
        tracing::info!("the operator's key is in {}", path.display());
    } else {
        // Nobody knows it but the monitor, for whose acts the machine asks it.
        server.config.operator_key = Some(world.secret());
    }
    let keeping = Keeping { durability: server.durability, retention, layout };
    let files: Box<dyn Files> = match &folder {
        Some(folder) => {
            let path = folder.path().join(DOWNLOADS);
            let opened = Folder::open(&path);
            Box::new(opened.map_err(|error| cannot_start(&format_args!("cannot use {}: {error}", path.display())))?)
        }
        None => Box::new(Memory::new()),
    };
    let journal: Box<dyn Journal> = match folder {
        Some(folder) => Box::new(Sqlite::open(folder, keeping).map_err(|error| cannot_start(&error))?),
        None => Box::new(Nothing),
    };
    Ok((journal, files, server))
}

/// What the course of the dialect `plain` has first in its server's window.
const WORKING: &str = "\t\t\t\tSERVER WORKING \n";

/// The console: brief lines on standard error, in colour on a terminal unless `NO_COLOR` is set. `HOBNOB_LOG` says
/// how much: error, warn, info, debug. What a course wants in its server's window goes to standard output, as it is.
pub(crate) fn start_log() {
    use tracing_subscriber::filter::Targets;
    use tracing_subscriber::prelude::*;
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_env("HOBNOB_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let apart = format!("{WINDOW}=off").parse().expect("a target and a level are a directive");
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = !plain && std::io::stderr().is_terminal();
    let console = fmt::layer().with_target(false).with_ansi(colour).with_writer(std::io::stderr);
    let window = fmt::layer().without_time().with_level(false).with_target(false).with_ansi(false);
    tracing_subscriber::registry()
        .with(console.with_filter(filter.add_directive(apart)))
        .with(window.with_writer(std::io::stdout).with_filter(Targets::new().with_target(WINDOW, tracing::Level::INFO)))
        .init();
}
