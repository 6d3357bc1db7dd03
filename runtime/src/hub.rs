//! A server: listeners and readers, the hub that owns the machine, and the journal, started and stopped together.
//!
//! Owns what can be set about a running server besides the machine's own settings. Start with [`serve`].

mod clock;
mod console;
mod core;
pub(crate) mod desk;
pub(crate) mod feed;
mod files;
pub(crate) mod gauges;
mod keeper;
mod lines;
mod outbox;
mod reader;
mod tally;
#[cfg(test)]
mod tests;
mod turn;

pub use console::WINDOW;

use self::core::{Hub, Parts};
use self::desk::Desk;
use self::files::FileDesk;
use self::keeper::{JOBS_MAX, Keeper};
use crate::files::{Files, Memory};
use crate::journal::{self, Durability, Genesis, Journal, JournalError, Recovered, recover};
use crate::web::handshake::SUBPROTOCOLS;
use crate::web::port::Crowd;
use crate::web::{self, WebSettings};
use crate::world::World;
use async_channel::{Receiver, Sender};
use hobnob_machine::{Config, Input};
use hobnob_spec::profile::{Dialect, Profile};
use jiff::tz::TimeZone;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How many pieces of news the readers may have for the hub before they wait.
const HEARD_MAX: usize = 1_024;
/// How often the journal is made safe from a power cut under [`Durability::Interval`].
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// A port, and how those who come through it are treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// `HOST:PORT`; port 0 takes any that is free.
    pub addr: String,
    /// The profile of its users.
    pub profile: Profile,
    /// What the bytes are that pass through it.
    pub transport: Transport,
    /// Whether the server goes without the port, with a warning, where it cannot be had.
    pub optional: bool,
}

impl Listener {
    /// A port for connections that carry a dialect's own bytes.
    pub fn tcp(addr: impl Into<String>, profile: Profile) -> Self {
        Self { addr: addr.into(), profile, transport: Transport::Tcp, optional: false }
    }

    /// A port for websockets.
    pub fn websocket(addr: impl Into<String>, profile: Profile) -> Self {
        Self { transport: Transport::WebSocket, ..Self::web(addr.into(), profile) }
    }

    /// A port for pages, and for websockets on their paths.
    pub fn http(addr: impl Into<String>, profile: Profile) -> Self {
        Self { transport: Transport::Http, ..Self::web(addr.into(), profile) }
    }

    fn web(addr: String, profile: Profile) -> Self {
        let dialects = SUBPROTOCOLS.iter().map(|(_, dialect)| *dialect).collect();
        Self::tcp(addr, Profile { dialects, ..profile })
    }
}

/// What the bytes are that pass through a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A dialect's own.
    Tcp,
    /// Those of a websocket, behind its handshake.
    WebSocket,
    /// Requests of HTTP, one of which may begin a websocket.
    Http,
}

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The ports, at least one.
    pub listeners: Vec<Listener>,
    /// The machine's settings. Its profiles are taken from the listeners.
    pub config: Config,
    /// When what was acknowledged is safe from a power cut.
    pub durability: Durability,
    /// After how many records a snapshot of the machine is taken, so that a start need not replay them.
    pub snapshot_every: u64,
    /// How often the status line is printed; `None` for never.
    pub status_every: Option<Duration>,
    /// Whose clocks the dialects show that show any.
    pub time_zone: TimeZone,
    /// How pages are served, where a port is for them.
    pub web: WebSettings,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listeners: vec![Listener::tcp("127.0.0.1:18000", Profile::open())],
            config: Config::default(),
            durability: Durability::Always,
            snapshot_every: 100_000,
            status_every: Some(Duration::from_secs(30)),
            time_zone: TimeZone::UTC,
            web: WebSettings::default(),
        }
    }
}

/// Why a server cannot start.
#[derive(Debug)]
pub enum StartError {
    /// A port cannot be had.
    Port {
        /// Which.
        addr: String,
        /// Why.
        error: io::Error,
    },
    /// The journal cannot be used.
    Journal(JournalError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port { addr, error } if error.kind() == io::ErrorKind::AddrInUse => {
                write!(f, "another program listens on {addr} already; stop it, or choose another port with --listen")
            }
            Self::Port { addr, error } => write!(f, "cannot listen on {addr}: {error}; choose another with --listen"),
            Self::Journal(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

impl From<JournalError> for StartError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

/// A server that runs. It stops when it is told to, or when this is dropped.
#[derive(Debug)]
pub struct ServerHandle {
    addrs: Vec<Option<SocketAddr>>,
    stop: Sender<()>,
    ended: Receiver<Result<(), JournalError>>,
}

impl ServerHandle {
    /// The addresses of the listeners, in their order, without the optional ones that could not be had.
    pub fn addrs(&self) -> Vec<SocketAddr> {
        self.addrs.iter().flatten().copied().collect()
    }

    /// The address of one listener, by its place; `None` for an optional one that could not be had.
    pub fn addr(&self, listener: usize) -> Option<SocketAddr> {
        self.addrs.get(listener).copied().flatten()
    }

    /// Tells the server to stop: no more connections, everybody is told, outboxes are drained, the journal is synced.
    pub fn stop(&self) {
        self.stop.close();
    }

    /// Waits until the server has stopped. Fails when the journal could not be closed.
    pub async fn ended(&self) -> Result<(), JournalError> {
        self.ended.recv().await.expect("a server says how it ended")
    }
}

/// Starts a server on `journal` that keeps the files of its users in memory. See [`serve_with`].
pub async fn serve<W: World>(
    world: W,
    journal: Box<dyn Journal>,
    settings: ServerSettings,
) -> Result<ServerHandle, StartError> {
    serve_with(world, journal, Box::new(Memory::new()), settings).await
}

/// Starts a server on `journal`, with the files of its users in `files`: makes again what the journal holds, and then listens. Fails when a port cannot be
/// had or the journal cannot be used.
pub async fn serve_with<W: World>(
    world: W,
    mut journal: Box<dyn Journal>,
    mut files: Box<dyn Files>,
    settings: ServerSettings,
) -> Result<ServerHandle, StartError> {
    let config = Config {
        profiles: settings.listeners.iter().map(|listener| listener.profile.clone()).collect(),
        ..settings.config.clone()
    };
    let keeps = config.store;
    let recovered = recover(journal.as_mut(), Genesis { seed: world.seed(), config: config.clone() })?;
    for note in &recovered.notes {
        tracing::warn!("{note}");
    }
    if !recovered.is_new {
        tracing::info!("recovered the journal up to record {}", recovered.next - 1);
    }
    let present = Config { nick_case: recovered.server.config().nick_case, ..config.clone() };
    let mut first = first_inputs(&recovered, config);
    first.extend(reopen(&recovered.server, files.as_mut()));
    let (listeners, addrs) = bind(&world, &settings.listeners).await?;
    let (jobs, jobs_end) = async_channel::bounded(JOBS_MAX);
    let (done_end, done) = async_channel::bounded(JOBS_MAX);
    world.spawn_aside("journal", journal::serve(journal, jobs_end, done_end));
    let (readers, heard) = async_channel::bounded(HEARD_MAX);
    let (stop, stopped) = async_channel::bounded(1);
    let (ports, ports_closed) = async_channel::bounded::<()>(1);
    let (desk, queries) = Desk::new();
    let names = Arc::new(settings.web.names.clone());
    let monitored = settings.listeners.iter().any(|listener| listener.transport == Transport::Http);
    let site = monitored.then(|| web::open(&world, settings.web.clone(), &present, desk));
    for ((number, listener), Listener { transport, .. }) in (0..).zip(listeners).zip(&settings.listeners) {
        let Some(listener) = listener else { continue };
        let crowd = Arc::new(Crowd::new(present.trust_relay.clone()));
        let port = reader::Port { number, transport: *transport, names: Arc::clone(&names), site: site.clone(), crowd };
        let accept = reader::accept(world.clone(), listener, port, readers.clone(), ports_closed.clone());
        world.spawn(accept);
    }
    let keeping = keeper::Keeping { durability: settings.durability, snapshot_every: settings.snapshot_every };
    let Recovered { server, next, at, next_conn, pending, .. } = recovered;
    let keeper = Keeper::new(jobs, done, keeping, keeps, (next, pending));
    let (status_every, sync_every) = (settings.status_every, SYNC_EVERY);
    // What the machine was set to before the journal's end is not what it is set to from now on.
    let profiles = || settings.listeners.iter().map(|listener| &listener.profile);
    let shows = profiles().any(|profile| profile.dialects.contains(&Dialect::Flags));
    let narrates = profiles().any(console::narrates);
    let hub = Hub::new(Parts {
        world: world.clone(),
        files: FileDesk::open(&world, files, shows),
        narrates,
        server,
        keeper,
        heard,
        readers,
        queries,
        monitored,
        stop: stopped,
        ports,
        last: at,
        next_conn,
        status_every,
        sync_every,
        time_zone: settings.time_zone,
    });
    let (says, ended) = async_channel::bounded(1);
    world.spawn(async move {
        // Whoever started the server may have lost interest.
        drop(says.try_send(hub.run(first).await));
    });
    Ok(ServerHandle { addrs, stop, ended })
}

/// What a machine that was made again has to know first.
fn first_inputs(recovered: &Recovered, config: Config) -> Vec<Input> {
    let mut first = Vec::new();
    let nick_case = recovered.server.config().nick_case;
    if nick_case != config.nick_case {
        tracing::warn!("how nicks are told apart stays as it was when the data folder began: {nick_case:?}");
    }
    let config = Config { nick_case, ..config };
    if *recovered.server.config() != config {
        first.push(Input::Configured(Box::new(config)));
    }
    if !recovered.is_new {
        first.push(Input::Restarted);
    }
    first
}

/// What is on the disk of the files that were on their way.
fn reopen(server: &hobnob_machine::Server, files: &mut dyn Files) -> Vec<Input> {
    let open: Vec<_> = server.transfers().collect();
    let held = files.reopen(&open, &server.kept_files().map(str::to_owned).collect());
    open.iter().zip(held).map(|(open, len)| Input::Reopened { transfer: open.transfer, len }).collect()
}

/// The ports, each with its address; nothing for an optional one that cannot be had.
type Ports<W> = (Vec<Option<<W as World>::Listener>>, Vec<Option<SocketAddr>>);

async fn bind<W: World>(world: &W, wanted: &[Listener]) -> Result<Ports<W>, StartError> {
    let (mut listeners, mut addrs) = (Vec::new(), Vec::new());
    for Listener { addr, optional, .. } in wanted {
        let fail = |error| StartError::Port { addr: addr.clone(), error };
        let bound = match world.bind(addr).await {
            Ok(listener) => Some((W::local_addr(&listener).map_err(fail)?, listener)),
            Err(error) if *optional => {
                tracing::warn!("going without the port {addr}: {error}");
                None
            }
            Err(error) => return Err(fail(error)),
        };
        let (addr, listener) = bound.unzip();
        addrs.push(addr);
        listeners.push(listener);
    }
    Ok((listeners, addrs))
}
