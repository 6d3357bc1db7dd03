//! The simulated disk: a journal that outlives the server, in memory or in files, and its troubles.
//!
//! Owns when a write fails, when the server dies of one, and what a crash leaves. In files it is the runtime's own
//! journal, which then has to make do with what a killed process left.

use super::memory::{Drawer, Memory};
use super::stage::{Note, Stage, now_ms};
use crate::plan::{Crash, Fault, Plan, What};
use hobnob_machine::{Config, Input};
use hobnob_runtime::journal::{
    Batch, Chain, DataFolder, Durability, Each, FILE, Genesis, Journal, JournalError, Keeping, Page, PageQuery,
    Position, Snapshot, Sqlite, Stored, Trouble, recover, unseal,
};
use hobnob_spec::messages::Time;
use std::fs;
use std::io;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// One in so many worlds has its journal in files.
const FILES_ONE_IN: u64 = 8;

/// Where the journal is.
#[derive(Debug)]
enum Place {
    Memory(Arc<Mutex<Memory>>),
    Files(TempDir),
}

/// The disk.
#[derive(Debug)]
pub(super) struct Disk {
    place: Place,
    /// The number of the next record.
    next: u64,
    begun: bool,
    /// Steps of the plan that make it fail, by place, while they last.
    pub(super) full: Vec<usize>,
    pub(super) failing: Vec<usize>,
    pub(super) unreadable: Vec<usize>,
    /// How long everything takes, and because of which step.
    pub(super) slow: Vec<(usize, u64)>,
    /// The server dies at the next append: how, and because of which step.
    pub(super) trap: Option<(Crash, usize)>,
    /// How many records the batch had with which the server died.
    pub(super) died_with: u64,
}

impl Disk {
    pub(super) fn new(plan: &Plan) -> Self {
        let place = if is_in_files(plan) {
            Place::Files(tempfile::tempdir().expect("a temporary folder can be made"))
        } else {
            Place::Memory(Arc::new(Mutex::new(Memory::new(durability(plan)))))
        };
        Self {
            place,
            next: 1,
            begun: false,
            full: Vec::new(),
            failing: Vec::new(),
            unreadable: Vec::new(),
            slow: Vec::new(),
            trap: None,
            died_with: 0,
        }
    }

    /// The number of the record that would come next.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Whether the journal has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether a power cut could lose anything.
    pub(super) fn has_unsynced(&self) -> bool {
        match &self.place {
            Place::Memory(memory) => super::stage::lock(memory).has_unsynced(),
            Place::Files(_) => false,
        }
    }

    /// The power is cut.
    pub(super) fn lose_power(&mut self, torn: bool, rng: &mut fastrand::Rng) {
        match &self.place {
            Place::Memory(memory) => {
                let mut memory = super::stage::lock(memory);
                memory.lose_power(torn, rng);
                self.next = memory.next();
            }
            Place::Files(_) => {}
        }
    }

    /// The process is killed: files stay as they are, though whoever held them would have put them in order on
    /// letting go.
    pub(super) fn leave_as_it_is(&mut self) -> io::Result<()> {
        let Place::Files(folder) = &mut self.place else { return Ok(()) };
        let copy = tempfile::tempdir()?;
        for name in [FILE.to_owned(), format!("{FILE}-wal")] {
            match fs::copy(folder.path().join(&name), copy.path().join(&name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        *folder = copy;
        Ok(())
    }

    /// Replays the journal from its first record, whatever snapshots there are. Fails where it does not give what it
    /// gave.
    pub(super) fn replay(&mut self) -> Result<(), JournalError> {
        if !self.begun {
            return Ok(());
        }
        self.leave_as_it_is().expect("a temporary folder can be copied");
        let ignored = Genesis { seed: 0, config: Config::default() };
        recover(&mut Whole(self.open()?), ignored).map(drop)
    }

    /// The trouble of a write, and which step is to blame.
    fn trouble(&self) -> Option<(usize, JournalError)> {
        if let Some(step) = self.full.first() {
            return Some((*step, JournalError::new(Trouble::DiskFull, "the simulated disk is full")));
        }
        let step = self.failing.first()?;
        Some((*step, JournalError::new(Trouble::Storage, "the simulated disk cannot be written")))
    }

    fn open(&self) -> Result<Box<dyn Journal>, JournalError> {
        match &self.place {
            Place::Memory(memory) => Ok(Box::new(Drawer(Arc::clone(memory)))),
            Place::Files(folder) => {
                // No power is cut where files are, so nothing need wait for a real disk.
                let keeping = Keeping { durability: Durability::Never, ..Keeping::default() };
                Ok(Box::new(Sqlite::open(DataFolder::open(folder.path())?, keeping)?))
            }
        }
    }
}

/// Whether a plan's journal is in files: only where no power is cut, which files cannot be told.
fn is_in_files(plan: &Plan) -> bool {
    let cut = |what: &What| matches!(what, What::Fails(Fault::Crash { how: Crash::PowerCut | Crash::Torn, .. }));
    plan.seed.is_multiple_of(FILES_ONE_IN) && !plan.steps.iter().any(|step| cut(&step.what))
}

/// The plan's durability as the runtime calls it.
pub(super) fn durability(plan: &Plan) -> Durability {
    match plan.setting.durability {
        crate::plan::Durability::Always => Durability::Always,
        crate::plan::Durability::Interval => Durability::Interval,
        crate::plan::Durability::Never => Durability::Never,
    }
}

/// The journal that a server has of the disk.
pub(super) struct Drive {
    stage: Arc<Stage>,
    inner: Box<dyn Journal>,
    /// The chained hash at its end, once it has been read.
    chain: Option<Chain>,
}

impl Drive {
    /// Opens the journal. Fails when its files cannot be used.
    pub(super) fn open(stage: &Arc<Stage>) -> Result<Self, JournalError> {
        let inner = stage.disk().open()?;
        Ok(Self { stage: Arc::clone(stage), inner, chain: None })
    }

    /// Fails when the disk does; whatever step is to blame has met something.
    fn write(&self) -> Result<(), JournalError> {
        let trouble = self.stage.disk().trouble();
        trouble.map_or(Ok(()), |(step, error)| {
            self.stage.note(now_ms(), Note::Met(step));
            Err(error)
        })
    }

    /// Has the server die here, if the trap is set for that.
    fn dies(&self, when: &[Crash], records: u64) -> bool {
        let mut disk = self.stage.disk();
        let Some((_, step)) = disk.trap.take_if(|(how, _)| when.contains(how)) else { return false };
        disk.died_with = records;
        drop(disk);
        self.stage.fate().died = Some(step);
        true
    }

    /// A batch with no record brings the store what alarms brought: then nothing is lost that was decided.
    fn is_worth_dying_for(batch: &Batch) -> bool {
        batch.count() > 0
    }
}

impl Journal for Drive {
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError> {
        let begun = self.stage.disk().begun;
        if !begun {
            self.write()?;
        }
        let genesis = self.inner.begin(genesis)?;
        if !begun {
            self.stage.disk().begun = true;
            self.stage.note(now_ms(), Note::Began(Box::new(genesis.clone())));
        }
        Ok(genesis)
    }

    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        self.inner.snapshots()
    }

    fn read(&mut self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        let position = self.inner.read(from, each)?;
        self.chain = Some(position.chain);
        Ok(position)
    }

    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        self.write()?;
        if Self::is_worth_dying_for(batch) && self.dies(&[Crash::BeforeAppend, Crash::Torn], batch.count()) {
            return Err(JournalError::new(Trouble::Storage, "nobody hears this: the server has died"));
        }
        let before = self.chain.expect("a journal is read to its end before it is appended to");
        let through = self.inner.append(batch)?;
        self.chain = Some(batch.seal(before));
        self.stage.disk().next = batch.next();
        self.stage.note(now_ms(), appended(batch, before));
        if Self::is_worth_dying_for(batch) {
            self.dies(&[Crash::AfterAppend], 0);
        }
        Ok(through)
    }

    fn keep(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.write()?;
        self.inner.keep(snapshot)
    }

    fn page(&mut self, query: &PageQuery) -> Result<Page, JournalError> {
        let unreadable = self.stage.disk().unreadable.first().copied();
        if let Some(step) = unreadable {
            self.stage.note(now_ms(), Note::Met(step));
            return Err(JournalError::new(Trouble::Storage, "the simulated disk cannot be read"));
        }
        self.inner.page(query)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.write()?;
        self.inner.sync()
    }
}

/// A journal without its snapshots.
struct Whole(Box<dyn Journal>);

impl Journal for Whole {
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError> {
        self.0.begin(genesis)
    }

    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        Ok((Vec::new(), Vec::new()))
    }

    fn read(&mut self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        self.0.read(from, each)
    }

    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        self.0.append(batch)
    }

    fn keep(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.0.keep(snapshot)
    }

    fn page(&mut self, query: &PageQuery) -> Result<Page, JournalError> {
        self.0.page(query)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.0.sync()
    }
}

/// What the witness is told of a batch.
fn appended(batch: &Batch, before: Chain) -> Note {
    let mut records: Vec<(Time, Input)> = Vec::new();
    let read = unseal(batch.blob(), batch.first(), batch.count(), before, |record, _| {
        let input = rmp_serde::from_slice(record.input).expect("what was just written can be read");
        records.push((record.at, input));
        Ok(true)
    });
    read.expect("what was just sealed is whole");
    let next = batch.next();
    let after = batch.rows().iter().filter(|(seq, _)| *seq == next).filter_map(|(_, stored)| match stored {
        Stored::Room { entry, .. } | Stored::Private { entry, .. } => Some(entry.at),
        Stored::Rejected { .. } => None,
    });
    Note::Appended { records, woke: after.max() }
}
