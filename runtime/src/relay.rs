//! The relay's shell: takes in clients, opens one connection to the server for each, and passes bytes.
//!
//! Owns the listeners and the count of clients; one task per client owns its pair of connections. What becomes of a
//! pair is its machine's to decide, and which byte is added the star finder's.

mod note;
mod pair;

pub use note::{RelayNote, RelayNoted};

use crate::world::World;
use async_channel::{Receiver, Sender};
use futures_lite::FutureExt;
use hobnob_machine::RelayConfig;
use hobnob_spec::profile::Dialect;
use pair::{Pair, Way};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How long a listener rests when the system has no connection to spare.
const ACCEPT_REST: Duration = Duration::from_millis(100);

/// How a relay is set.
#[derive(Debug, Clone)]
pub struct RelaySettings {
    /// Where it listens, each `HOST:PORT`; port 0 takes any that is free.
    pub listen: Vec<String>,
    /// Where the server is, `HOST:PORT`.
    pub upstream: String,
    /// The dialects that the server takes there.
    pub dialects: Vec<Dialect>,
    /// What its machines are set to.
    pub config: RelayConfig,
    /// How often a line says how it does; `None` for never.
    pub status_every: Option<Duration>,
    /// Whether notes hold the bytes of text dialects.
    pub texts: bool,
}

/// What a relay has done.
#[derive(Debug, Default)]
pub struct RelayTally {
    /// How many clients there are.
    pub clients: AtomicU64,
    /// How many there have been.
    pub came: AtomicU64,
    /// How many bytes went to the server.
    pub up: AtomicU64,
    /// How many bytes went to clients.
    pub down: AtomicU64,
}

/// A relay that runs. It runs on when this is dropped.
#[derive(Debug)]
pub struct RelayHandle {
    addrs: Vec<SocketAddr>,
    stop: Sender<()>,
    alive: Receiver<()>,
    tally: Arc<RelayTally>,
}

impl RelayHandle {
    /// The addresses that it listens on, in the order of the settings.
    pub fn addrs(&self) -> &[SocketAddr] {
        &self.addrs
    }

    /// Has it stop: nobody is taken in any more, and all connections end.
    pub fn stop(&self) {
        self.stop.close();
    }

    /// Waits until it has stopped.
    pub async fn ended(&self) {
        // Nothing is ever sent: the channel is closed by the last task that ends.
        let _ = self.alive.recv().await;
    }

    /// What it has done.
    pub fn tally(&self) -> &RelayTally {
        &self.tally
    }
}

/// What all tasks of a relay share.
struct Shared<W: World> {
    world: W,
    settings: RelaySettings,
    log: Option<Sender<RelayNote>>,
    tally: Arc<RelayTally>,
    stop: Receiver<()>,
    /// Kept, for the relay stops when its channel is closed, and a handle that is dropped is no word to stop.
    _stopper: Sender<()>,
}

/// Starts a relay. What happens is noted to `log`, which slows the relay down when it is full.
///
/// # Errors
/// When an address cannot be listened on.
pub async fn relay<W: World>(
    world: W,
    settings: RelaySettings,
    log: Option<Sender<RelayNote>>,
) -> io::Result<RelayHandle> {
    let mut listeners = Vec::new();
    let mut addrs = Vec::new();
    for addr in &settings.listen {
        let listener = world
            .bind(addr)
            .await
            .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {addr}: {error}")))?;
        addrs.push(W::local_addr(&listener)?);
        listeners.push(listener);
    }
    let (stop, stopped) = async_channel::bounded(1);
    let (living, alive) = async_channel::bounded(1);
    let tally = Arc::new(RelayTally::default());
    let shared = Arc::new(Shared {
        world: world.clone(),
        settings,
        log,
        tally: Arc::clone(&tally),
        stop: stopped,
        _stopper: stop.clone(),
    });
    for listener in listeners {
        world.spawn(accept(Arc::clone(&shared), listener, living.clone()));
    }
    if let Some(every) = shared.settings.status_every {
        world.spawn(tell_status(Arc::clone(&shared), every));
    }
    Ok(RelayHandle { addrs, stop, alive, tally })
}

impl<W: World> Shared<W> {
    /// Waits until the relay stops.
    async fn stops(&self) {
        // Nothing is ever sent: the channel is closed.
        let _ = self.stop.recv().await;
    }
}

async fn accept<W: World>(shared: Arc<Shared<W>>, listener: W::Listener, living: Sender<()>) {
    let local = W::local_addr(&listener).ok();
    loop {
        let stopped = async {
            shared.stops().await;
            None
        };
        match async { Some(W::accept(&listener).await) }.or(stopped).await {
            None => return,
            Some(Ok((stream, peer))) => {
                let others = shared.tally.clients.fetch_add(1, Relaxed);
                let number = shared.tally.came.fetch_add(1, Relaxed) + 1;
                let (shared, living) = (Arc::clone(&shared), living.clone());
                let world = shared.world.clone();
                world.spawn(async move {
                    let way = Way { number, peer, local: local.unwrap_or(peer) };
                    Pair::new(Arc::clone(&shared), stream, way).run(others).await;
                    shared.tally.clients.fetch_sub(1, Relaxed);
                    drop(living);
                });
            }
            Some(Err(error)) => {
                tracing::debug!("cannot accept a connection: {error}");
                shared.world.sleep_until(shared.world.now() + ACCEPT_REST).await;
            }
        }
    }
}

/// Says now and then how the relay does.
async fn tell_status<W: World>(shared: Arc<Shared<W>>, every: Duration) {
    let mut at = shared.world.now();
    loop {
        at += every;
        let rang = async {
            shared.world.sleep_until(at).await;
            true
        };
        let stopped = async {
            shared.stops().await;
            false
        };
        if !rang.or(stopped).await {
            return;
        }
        let RelayTally { clients, came, up, down } = &*shared.tally;
        let (clients, came) = (clients.load(Relaxed), came.load(Relaxed));
        let (up, down) = (up.load(Relaxed), down.load(Relaxed));
        tracing::info!("{clients} clients now, {came} in all; {up} bytes to the server, {down} to clients");
    }
}
