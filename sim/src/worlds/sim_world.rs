//! The seam to the runtime: a [`World`] on turmoil.
//!
//! Owns tasks (whose panics are findings), clocks and chance. One of them stands for one life of one host.

use super::ear::Ear;
use super::network::Line;
use super::stage::{Note, Stage, chance, lock, now_ms};
use super::stream::{SimReader, SimStream, SimWriter};
use crate::chronicle::Dir;
use crate::machines::chance::quietly;
use crate::plan::BEGIN_MS;
use crate::promise::Promise;
use hobnob_runtime::World;
use hobnob_spec::messages::Time;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::Sleep;
use turmoil::net::{TcpListener, TcpStream};

/// Whose host it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    Server,
    /// One who takes part, by place.
    Person(usize),
    /// A relay, by column.
    Relay(usize),
    /// Strangers.
    Crowd,
}

impl Host {
    const fn person(self) -> Option<usize> {
        match self {
            Self::Person(who) => Some(who),
            Self::Server | Self::Relay(_) | Self::Crowd => None,
        }
    }

    /// The column of whoever dials.
    const fn column(self) -> Option<usize> {
        match self {
            Self::Person(column) | Self::Relay(column) => Some(column),
            Self::Server | Self::Crowd => None,
        }
    }

    const fn relay(self) -> Option<usize> {
        match self {
            Self::Relay(column) => Some(column),
            Self::Server | Self::Person(_) | Self::Crowd => None,
        }
    }
}

/// One life of one host.
#[derive(Debug, Clone)]
pub struct SimWorld {
    pub(super) stage: Arc<Stage>,
    host: Host,
    life: u32,
    own: Arc<Own>,
}

/// What belongs to one life.
#[derive(Debug)]
struct Own {
    rng: Mutex<fastrand::Rng>,
    /// How many secrets were drawn.
    secrets: Mutex<u32>,
    tasks: Mutex<Vec<AbortHandle>>,
    /// A relay's client that was accepted just now: the next task is its own.
    accepted: Mutex<Option<Pair>>,
    /// Whose task runs.
    running: Mutex<Option<Pair>>,
}

/// A relay's client, as the ear knows it.
type Pair = Arc<Mutex<Ear>>;

impl SimWorld {
    pub(super) fn new(stage: &Arc<Stage>, host: Host, life: u32) -> Self {
        let number = match host {
            Host::Server => 0,
            Host::Crowd => 1,
            Host::Person(column) | Host::Relay(column) => 2 + column as u64,
        };
        let rng = chance(stage.plan.seed, "world", number << 32 | u64::from(life));
        let own = Own {
            rng: Mutex::new(rng),
            secrets: Mutex::new(0),
            tasks: Mutex::default(),
            accepted: Mutex::default(),
            running: Mutex::default(),
        };
        Self { stage: Arc::clone(stage), host, life, own: Arc::new(own) }
    }

    /// Ends all tasks of this life, without a word.
    pub(super) fn kill(&self) {
        for task in lock(&self.own.tasks).drain(..) {
            task.abort();
        }
    }

    /// A future whose panic is a finding, and which stops where its host died.
    pub(super) fn watch<F: Future<Output = ()>>(&self, what: &str, task: F) -> Watched<F> {
        let pair = lock(&self.own.accepted).take();
        Watched { what: what.to_owned(), world: self.clone(), task: Box::pin(task), over: false, pair }
    }

    fn run(&self, task: impl Future<Output = ()> + 'static) {
        let handle = tokio::task::spawn_local(task);
        let mut tasks = lock(&self.own.tasks);
        if tasks.len() >= 64 {
            tasks.retain(|task| !task.is_finished());
        }
        tasks.push(handle.abort_handle());
    }

    fn is_frozen(&self) -> bool {
        self.host == Host::Server && self.stage.fate().died.is_some()
    }

    fn name(&self) -> String {
        match self.host {
            Host::Server => "the server".to_owned(),
            Host::Person(who) => self.stage.plan.name_of(who).to_owned(),
            Host::Relay(column) => self.stage.plan.relays[column - self.stage.plan.people()].name.clone(),
            Host::Crowd => "the crowd".to_owned(),
        }
    }
}

/// A task under watch.
pub(super) struct Watched<F> {
    what: String,
    world: SimWorld,
    task: Pin<Box<F>>,
    over: bool,
    /// The relay's client whose task it is.
    pair: Option<Pair>,
}

impl<F: Future<Output = ()>> Future for Watched<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.over || this.world.is_frozen() {
            return Poll::Pending;
        }
        if this.pair.is_some() {
            lock(&this.world.own.running).clone_from(&this.pair);
        }
        let polled = quietly(AssertUnwindSafe(|| this.task.as_mut().poll(cx)));
        if this.pair.is_some() {
            *lock(&this.world.own.running) = None;
        }
        match polled {
            Ok(polled) => polled,
            Err(said) => {
                this.over = true;
                let sentence = format!("{} panicked in {}: {said}", this.world.name(), this.what);
                this.world.stage.note(now_ms(), Note::Broke { promise: Promise::Sound, sentence });
                Poll::Pending
            }
        }
    }
}

/// A task that waits before each turn while the disk is slow.
struct Slow<F> {
    stage: Arc<Stage>,
    task: Pin<Box<F>>,
    rest: Option<Pin<Box<Sleep>>>,
}

impl<F: Future<Output = ()>> Future for Slow<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if this.rest.is_none()
            && let Some((step, ms)) = this.stage.disk().slow.last().copied()
        {
            this.stage.note(now_ms(), Note::Met(step));
            this.rest = Some(Box::pin(tokio::time::sleep(Duration::from_millis(ms))));
        }
        if let Some(rest) = &mut this.rest {
            ready!(rest.as_mut().poll(cx));
            this.rest = None;
        }
        this.task.as_mut().poll(cx)
    }
}

/// From where somebody comes: an address of one's own, and a port for each connection.
fn address(line: &Line, people: usize) -> SocketAddr {
    let cable = lock(line);
    let port = 1_024 + u16::try_from(cable.wire.0 % 60_000).expect("it is less than 60,000");
    let [high, low] = cable.dials.map_or([9, 9], |dials| u16::try_from(dials + 1).unwrap_or(u16::MAX).to_be_bytes());
    let net = match cable.dials {
        None => 9,
        Some(dials) if dials < people => 0,
        Some(_) => 1,
    };
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, net, high, low)), port)
}

/// Who has an address, as [`address`] makes them.
pub(super) fn who_has(addr: SocketAddr) -> Option<usize> {
    match addr.ip() {
        IpAddr::V4(ip) if ip.octets()[..2] == [10, 0] => {
            usize::from(u16::from_be_bytes([ip.octets()[2], ip.octets()[3]])).checked_sub(1)
        }
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

/// A listener, which needs to know whose connections it takes.
#[derive(Clone)]
pub struct SimListener {
    inner: Arc<TcpListener>,
    world: SimWorld,
}

impl World for SimWorld {
    type Stream = SimStream;
    type Reader = SimReader;
    type Writer = SimWriter;
    type Listener = SimListener;

    async fn bind(&self, addr: &str) -> io::Result<SimListener> {
        let inner = TcpListener::bind(addr).await?;
        Ok(SimListener { inner: Arc::new(inner), world: self.clone() })
    }

    fn local_addr(listener: &SimListener) -> io::Result<SocketAddr> {
        listener.inner.local_addr()
    }

    async fn accept(listener: &SimListener) -> io::Result<(SimStream, SocketAddr)> {
        let (stream, peer) = listener.inner.accept().await?;
        let SimWorld { stage, host, own, .. } = &listener.world;
        let people = stage.plan.people();
        let dials = stage.network().host_of(peer.ip());
        let who = dials.filter(|dials| *dials < people);
        let line = stage.network().line(peer, dials, who, host.relay());
        let addr = address(&line, people);
        let trusted = dials.is_some_and(|dials| dials >= people || stage.plan.setting.trust_relays);
        let pair = host.relay().map(|_| Arc::new(Mutex::new(Ear::new(who, addr, trusted))));
        lock(&own.accepted).clone_from(&pair);
        Ok((SimStream::new(stream, line, stage, Dir::Down, pair), addr))
    }

    async fn connect(&self, addr: &str) -> io::Result<SimStream> {
        let refusing = self.stage.network().refusing.first().copied();
        if let Some(step) = refusing {
            self.stage.note(now_ms(), Note::Met(step));
            return Err(io::Error::new(io::ErrorKind::ConnectionRefused, "refused"));
        }
        let stream = TcpStream::connect(addr).await?;
        let pair = lock(&self.own.running).clone();
        let who = pair.as_ref().map_or(self.host.person(), |pair| lock(pair).who());
        let to = self.host.column().and_then(|column| self.stage.plan.relay_of(column));
        let to = to.map(|relay| self.stage.plan.relay_column(relay));
        let local = stream.local_addr()?;
        let line = self.stage.network().line(local, self.host.column(), who, to);
        // Whoever accepted a relay did not know for whom it dials.
        lock(&line).who = who;
        if let Some(who) = who {
            let wire = lock(&line).wire;
            let note = match self.host.relay() {
                Some(column) => Note::Carried { column, who, wire },
                None => Note::Connected { who, wire },
            };
            self.stage.note(now_ms(), note);
        }
        if let Some(pair) = &pair {
            lock(pair).reached();
        }
        Ok(SimStream::new(stream, line, &self.stage, Dir::Up, pair))
    }

    fn split(stream: SimStream) -> (SimReader, SimWriter) {
        stream.split()
    }

    fn now(&self) -> Duration {
        turmoil::sim_elapsed().expect("only hosts of a world ask for its time")
    }

    fn wall(&self) -> Time {
        let now = BEGIN_MS + now_ms();
        match self.host {
            Host::Server => Time(now.saturating_add_signed(self.stage.fate().clock_ms)),
            Host::Person(_) | Host::Relay(_) | Host::Crowd => Time(now),
        }
    }

    async fn sleep_until(&self, at: Duration) {
        tokio::time::sleep(at.saturating_sub(self.now())).await;
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.run(self.watch("a task", task));
    }

    fn spawn_aside(&self, name: &str, task: impl Future<Output = ()> + Send + 'static) {
        let slow = Slow { stage: Arc::clone(&self.stage), task: Box::pin(task), rest: None };
        self.run(self.watch(name, slow));
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        if let (Some(who), Ok(secret)) = (self.host.person(), <&mut [u8; 16]>::try_from(&mut *bytes)) {
            *secret = self.stage.plan.token(who, self.life).0;
            let mut drawn = lock(&self.own.secrets);
            // Each wish to join has a token of its own; the first one is that which the plan names.
            if *drawn > 0 {
                secret[12..].copy_from_slice(&drawn.to_be_bytes());
            }
            *drawn += 1;
            return;
        }
        lock(&self.own.rng).fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Faults, Knobs, draw};

    /// What is noted when that task runs on the server's host for a while.
    fn notes(task: impl Fn(SimWorld) + 'static) -> Vec<Note> {
        let plan = draw(1, &Knobs { faults: Faults::None, ..Knobs::default() });
        let stage = Arc::new(Stage::new(&plan, false, None));
        let mut sim = turmoil::Builder::new().rng_seed(1).build();
        let world = SimWorld::new(&stage, Host::Server, 1);
        let task = Arc::new(task);
        sim.host("server", move || {
            let (task, world) = (Arc::clone(&task), world.clone());
            async move {
                task(world);
                std::future::pending().await
            }
        });
        for _ in 0..20 {
            sim.step().expect("no host ends");
        }
        stage.take_notes().into_iter().map(|(_, note)| note).collect()
    }

    #[test]
    fn a_panic_in_a_task_is_a_finding() {
        let notes = notes(|world| world.spawn(async { panic!("on purpose") }));
        let [Note::Broke { promise: Promise::Sound, sentence }] = notes.as_slice() else {
            panic!("one promise is broken, and there is {notes:?}");
        };
        assert!(sentence.starts_with("the server panicked in a task: on purpose ("), "{sentence}");
    }

    #[test]
    fn no_task_of_a_server_that_died_goes_on() {
        let step = |world: SimWorld| async move {
            for turn in 0..10 {
                world.stage.note(now_ms(), Note::Met(turn));
                if turn == 2 {
                    world.stage.fate().died = Some(0);
                }
                world.sleep_until(world.now() + Duration::from_millis(1)).await;
            }
        };
        let notes = notes(move |world| world.spawn(step(world.clone())));
        assert!(matches!(notes.as_slice(), [Note::Met(0), Note::Met(1), Note::Met(2)]), "{notes:?}");
    }

    #[test]
    fn killed_tasks_end_without_a_word() {
        let notes = notes(|world| {
            let (stage, sleeper) = (Arc::clone(&world.stage), world.clone());
            world.spawn(async move {
                sleeper.sleep_until(Duration::from_millis(5)).await;
                stage.note(now_ms(), Note::Met(0));
            });
            world.kill();
        });
        assert!(notes.is_empty(), "{notes:?}");
    }
}
