//! What all hosts of a world share with whoever drives it: the network's troubles, the disk, and a list of notes.
//!
//! Owns what survives a host. Notes are taken while a tick runs and told to the witness after it, in the order of time.

use super::disk::Disk;
use super::network::Network;
use crate::chronicle::{Dir, Wire};
use crate::plan::{Deed, FaultKind, Ms, Plan, What};
use crate::planted::RelayBug;
use crate::promise::Promise;
use async_channel::Sender;
use hobnob_machine::{Input, RelayFired, Server, Shown};
use hobnob_runtime::files::Memory;
use hobnob_runtime::journal::Genesis;
use hobnob_spec::messages::{Asked, Message, Time};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The server's host.
pub(super) const SERVER: &str = "server";
/// The port of the first listener; the others follow.
pub(super) const PORT: usize = 18_000;
/// The port of every relay.
pub(super) const RELAY_PORT: usize = 17_000;

/// Something that happened on a host.
#[derive(Debug)]
pub(super) enum Note {
    /// Somebody does something.
    Does { who: usize, life: u32, deed: Deed },
    /// A deed that is a fault as well was carried out.
    Misdeed(FaultKind),
    /// A user is shown something.
    Shown { who: usize, life: u32, shown: Box<Shown> },
    /// A connection stands.
    Connected { who: usize, wire: Wire },
    /// A connection of a relay, which stands in this column, to the server stands for somebody.
    Carried { column: usize, who: usize, wire: Wire },
    /// A row of a relay's table fired for its client of that number.
    Relayed { column: usize, client: u64, fired: RelayFired },
    /// Somebody who speaks a text dialect hears a line.
    Heard { who: usize, line: String },
    /// A relay hands on what it was told.
    Passed { who: usize, wire: Wire, message: Box<Message> },
    /// A request is handed to the network.
    Asked { who: usize, wire: Wire, asked: Box<Asked> },
    /// A message is handed to the network.
    Told { who: usize, wire: Wire, message: Box<Message> },
    /// What was sent first arrives.
    Arrived { who: usize, wire: Wire, dir: Dir },
    /// One side is told that a connection is over.
    Ended { who: usize, wire: Wire, dir: Dir },
    /// The journal begins.
    Began(Box<Genesis>),
    /// The server is up, and has recovered so many records, which make this machine unless they are the first.
    Started { life: u32, records: u64, recovered: Option<Box<Server>> },
    /// The journal has a batch: its records, and the time of the last thing that alarms brought after them.
    Appended { records: Vec<(Time, Input)>, woke: Option<Time> },
    /// A step of the plan, by its place, met something.
    Met(usize),
    /// A promise was broken.
    Broke { promise: Promise, sentence: String },
}

/// What all hosts share.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) plan: Plan,
    /// What the relays do wrong, if anything.
    pub(super) bug: Option<RelayBug>,
    /// Whether anybody looks at every request and arrival.
    pub(super) looked_at: bool,
    notes: Mutex<Vec<(Ms, Note)>>,
    network: Mutex<Network>,
    disk: Mutex<Disk>,
    /// What users sent: it outlives the server.
    pub(super) files: Memory,
    server: Mutex<Fate>,
    gates: Mutex<Vec<Gate>>,
    graveyard: Mutex<Grave>,
    /// Who wished for a nick last.
    nicks: Mutex<BTreeMap<String, usize>>,
}

/// Sockets whose end nobody is told of: kept until the world is over.
#[derive(Default)]
struct Grave(Vec<Box<dyn Send>>);

impl std::fmt::Debug for Grave {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} sockets", self.0.len())
    }
}

/// What becomes of a relay.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate {
    /// Not before this time does it start.
    pub(super) starts_at: Ms,
    /// How often it has been started.
    pub(super) life: u32,
    /// Closing it tells it to stop.
    pub(super) stop: Option<Sender<()>>,
}

/// What becomes of the server.
#[derive(Debug, Clone, Default)]
pub(super) struct Fate {
    /// Not before this time does it start.
    pub(super) starts_at: Ms,
    /// Closing it tells it to stop.
    pub(super) stop: Option<Sender<()>>,
    /// It has stopped.
    pub(super) stopped: bool,
    /// It died in the middle of a write; the place of the step that had it die.
    pub(super) died: Option<usize>,
    /// It serves.
    pub(super) up: bool,
    /// How often it has been started.
    pub(super) life: u32,
    /// How far the time of day is off.
    pub(super) clock_ms: i64,
    /// Steps that have an effect at the next start: by place.
    pub(super) at_start: Vec<usize>,
    /// Limits that are set to something else, by name.
    pub(super) limits: Vec<(String, u64)>,
}

impl Stage {
    pub(super) fn new(plan: &Plan, looked_at: bool, bug: Option<RelayBug>) -> Self {
        Self {
            plan: plan.clone(),
            bug,
            looked_at,
            notes: Mutex::default(),
            network: Mutex::new(Network::new(plan)),
            disk: Mutex::new(Disk::new(plan)),
            files: Memory::new(),
            server: Mutex::default(),
            gates: Mutex::new(vec![Gate::default(); plan.relays.len()]),
            graveyard: Mutex::default(),
            nicks: Mutex::default(),
        }
    }

    /// Notes something at this time.
    pub(super) fn note(&self, at: Ms, note: Note) {
        lock(&self.notes).push((at, note));
    }

    /// All notes that were taken since the last time, in the order of time.
    pub(super) fn take_notes(&self) -> Vec<(Ms, Note)> {
        let mut notes = std::mem::take(&mut *lock(&self.notes));
        notes.sort_by_key(|(at, _)| *at);
        notes
    }

    /// Somebody wishes for a nick; two who wish for the same one are a misdeed.
    pub(super) fn wishes(&self, who: usize, nick: &str) {
        let before = lock(&self.nicks).insert(nick.to_lowercase(), who);
        if before.is_some_and(|before| before != who) {
            self.note(now_ms(), Note::Misdeed(FaultKind::DuplicateLogin));
        }
    }

    /// The deeds of one who takes part, each with its time. Whoever is meant by somebody behind a relay is addressed by
    /// the nick that the relay makes of it.
    pub(super) fn deeds_of(&self, who: usize) -> Vec<(Ms, Deed)> {
        let of = |step: &crate::plan::Step| match &step.what {
            What::Does(other, deed) if *other == who => {
                Some((step.at, deed.addressed(|nick| self.plan.known_as(nick))))
            }
            What::Does(..) | What::Fails(_) => None,
        };
        self.plan.steps.iter().filter_map(of).collect()
    }

    /// Where one finds the server, or the relay that stands before it.
    pub(super) fn addr_for(&self, who: usize) -> String {
        match self.plan.relay_of(who) {
            Some(relay) => format!("{}:{RELAY_PORT}", self.host_name(self.plan.relay_column(relay))),
            None => format!("{SERVER}:{}", PORT + self.plan.setting.listener_of(who)),
        }
    }

    /// The host of one who takes part, or of a relay, by column.
    pub(super) fn host_name(&self, column: usize) -> String {
        match column.checked_sub(self.plan.people()) {
            None => format!("person-{column}"),
            Some(relay) => format!("relay-{relay}"),
        }
    }

    /// The host that one who takes part, or a relay, dials.
    pub(super) fn dialed_by(&self, column: usize) -> String {
        match self.plan.relay_of(column) {
            Some(relay) => self.host_name(self.plan.relay_column(relay)),
            None => SERVER.to_owned(),
        }
    }

    /// Keeps a socket until the world is over.
    pub(super) fn bury(&self, socket: Box<dyn Send>) {
        lock(&self.graveyard).0.push(socket);
    }

    pub(super) fn network(&self) -> MutexGuard<'_, Network> {
        lock(&self.network)
    }

    pub(super) fn disk(&self) -> MutexGuard<'_, Disk> {
        lock(&self.disk)
    }

    pub(super) fn gates(&self) -> MutexGuard<'_, Vec<Gate>> {
        lock(&self.gates)
    }

    pub(super) fn fate(&self) -> MutexGuard<'_, Fate> {
        lock(&self.server)
    }
}

/// The time on the host that runs.
pub(super) fn now_ms() -> Ms {
    let now = turmoil::sim_elapsed().expect("only hosts of a world ask for its time");
    u64::try_from(now.as_millis()).expect("a world is younger than the milliseconds of a u64")
}

/// A generator for one purpose; the same for the same plan.
pub(super) fn chance(seed: u64, purpose: &str, number: u64) -> fastrand::Rng {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes()).update(purpose.as_bytes()).update(&number.to_le_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    fastrand::Rng::with_seed(u64::from_le_bytes(bytes))
}

/// Locks; what a panicking task left is as good as any.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
