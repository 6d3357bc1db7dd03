//! The simulated disk: a journal with its store, in memory, that outlives the server.
//!
//! Owns what is kept at a crash, and the disk's troubles. A batch is kept whole or not at all, as SQLite's journal does.

use super::stage::{Note, Stage, now_ms};
use crate::plan::{Crash, Plan};
use hobnob_machine::{Input, Shelf};
use hobnob_runtime::journal::{
    Batch, Chain, Durability, Each, Genesis, Journal, JournalError, Page, PageQuery, Position, Snapshot, Stored,
    Trouble, unseal,
};
use hobnob_spec::messages::{Body, Entry, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many snapshots a journal keeps.
const SNAPSHOTS_KEPT: usize = 2;

/// Something that was written, in the order of writing.
#[derive(Debug)]
enum Written {
    Batch { first: u64, count: u64, at: Time, chain: Chain, blob: Vec<u8> },
    Snapshot(Snapshot),
}

/// The disk.
#[derive(Debug)]
pub(super) struct Disk {
    durability: Durability,
    genesis: Option<Genesis>,
    written: Vec<Written>,
    /// So many of what was written are safe from a power cut.
    synced: usize,
    /// The store: each entry with the place of what brought it.
    store: BTreeMap<Shelf, BTreeMap<u64, (usize, Arc<Entry>)>>,
    position: Option<Position>,
    /// Steps of the plan that make it fail, by place: those that last.
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
        Self {
            durability: durability(plan),
            genesis: None,
            written: Vec::new(),
            synced: 0,
            store: BTreeMap::new(),
            position: None,
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
        let batches = self.written.iter().rev();
        let mut ends = batches.filter_map(|written| match written {
            Written::Batch { first, count, .. } => Some(first + count),
            Written::Snapshot(_) => None,
        });
        ends.next().unwrap_or(1)
    }

    /// Whether a power cut could lose anything.
    pub(super) fn has_unsynced(&self) -> bool {
        self.synced < self.written.len()
    }

    /// The power is cut: what was written after the last sync may be gone from some place on. When it is torn,
    /// something is.
    pub(super) fn lose_power(&mut self, torn: bool, rng: &mut fastrand::Rng) {
        let unsynced = self.written.len() - self.synced;
        if unsynced > 0 {
            let kept = self.synced + rng.usize(0..=unsynced - usize::from(torn));
            self.written.truncate(kept);
            for entries in self.store.values_mut() {
                entries.retain(|_, (place, _)| *place < kept);
            }
        }
        self.synced = self.written.len();
        self.position = None;
    }

    /// The trouble of a write, and which step is to blame.
    fn trouble(&self) -> Option<(usize, JournalError)> {
        if let Some(step) = self.full.first() {
            return Some((*step, JournalError::new(Trouble::DiskFull, "the simulated disk is full")));
        }
        let step = self.failing.first()?;
        Some((*step, JournalError::new(Trouble::Storage, "the simulated disk cannot be written")))
    }

    fn add(&mut self, batch: &Batch, chain: Chain) {
        let place = self.written.len();
        self.written.push(Written::Batch {
            first: batch.first(),
            count: batch.count(),
            at: batch.at(),
            chain,
            blob: batch.blob().to_vec(),
        });
        for (_, stored) in batch.rows() {
            let (shelf, entry) = match stored {
                Stored::Room { key, entry, .. } => (Shelf::Room(Arc::clone(key)), entry),
                Stored::Private { pair, entry, .. } => (Shelf::Pair(pair.clone()), entry),
                Stored::Rejected { .. } => continue,
            };
            self.store.entry(shelf).or_default().entry(entry.number).or_insert_with(|| (place, Arc::clone(entry)));
        }
        self.commit();
    }

    fn commit(&mut self) {
        if self.durability == Durability::Always {
            self.synced = self.written.len();
        }
    }

    fn told_at(&self) -> Time {
        let entries = self.store.values().flat_map(BTreeMap::values);
        entries.map(|(_, entry)| entry.at).max().unwrap_or_default()
    }
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
#[derive(Debug)]
pub(super) struct Drive {
    stage: Arc<Stage>,
}

impl Drive {
    pub(super) fn new(stage: &Arc<Stage>) -> Self {
        Self { stage: Arc::clone(stage) }
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
}

impl Journal for Drive {
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError> {
        if let Some(known) = &self.stage.disk().genesis {
            return Ok(known.clone());
        }
        self.write()?;
        self.stage.disk().genesis = Some(genesis.clone());
        self.stage.note(now_ms(), Note::Began(Box::new(genesis.clone())));
        Ok(genesis)
    }

    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        let disk = self.stage.disk();
        let snapshots = disk.written.iter().rev().filter_map(|written| match written {
            Written::Snapshot(snapshot) => Some(snapshot.clone()),
            Written::Batch { .. } => None,
        });
        Ok((snapshots.take(SNAPSHOTS_KEPT).collect(), Vec::new()))
    }

    fn read(&mut self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        let mut disk = self.stage.disk();
        let genesis = disk.genesis.as_ref().expect("a journal is begun before it is read");
        let mut position = Position { next: 1, at: Time(0), chain: Chain::of(genesis) };
        for written in &disk.written {
            let Written::Batch { first, count, at, chain, blob } = written else { continue };
            assert_eq!(*first, position.next, "what was written goes on where the journal ended");
            if first + count > from && *count > 0 {
                let mut goes_on = true;
                let mut last = position;
                unseal(blob, *first, *count, position.chain, |record, chain| {
                    if record.seq >= from {
                        goes_on = each(record)?.is_continue();
                    }
                    last = Position { next: record.seq + 1, at: record.at, chain };
                    Ok(goes_on)
                })?;
                position = last;
                if !goes_on {
                    break;
                }
            } else if *count > 0 {
                position = Position { next: first + count, at: *at, chain: *chain };
            }
        }
        disk.position = Some(position);
        Ok(Position { at: position.at.max(disk.told_at()), ..position })
    }

    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        self.write()?;
        if self.dies(&[Crash::BeforeAppend, Crash::Torn], batch.count()) {
            return Err(JournalError::new(Trouble::Storage, "nobody hears this: the server has died"));
        }
        let mut disk = self.stage.disk();
        let position = disk.position.expect("a journal is read to its end before it is appended to");
        assert_eq!(batch.first(), position.next, "a batch goes on where the journal ends");
        let chain = batch.seal(position.chain);
        disk.add(batch, chain);
        let at = if batch.count() > 0 { batch.at() } else { position.at };
        disk.position = Some(Position { next: batch.next(), at, chain });
        drop(disk);
        self.stage.note(now_ms(), appended(batch, position.chain));
        self.dies(&[Crash::AfterAppend], 0);
        Ok(batch.next() - 1)
    }

    fn keep(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        self.write()?;
        let mut disk = self.stage.disk();
        let position = disk.position.expect("a journal is read to its end before a snapshot is taken");
        if snapshot.next != position.next {
            return Err(JournalError::new(Trouble::Storage, "the snapshot is not of the journal's end"));
        }
        disk.written.push(Written::Snapshot(snapshot.clone()));
        disk.commit();
        Ok(())
    }

    fn page(&mut self, query: &PageQuery) -> Result<Page, JournalError> {
        let disk = self.stage.disk();
        if let Some(step) = disk.unreadable.first().copied() {
            drop(disk);
            self.stage.note(now_ms(), Note::Met(step));
            return Err(JournalError::new(Trouble::Storage, "the simulated disk cannot be read"));
        }
        let Some(entries) = disk.store.get(&query.shelf) else { return Ok(Page::default()) };
        let (mut page, mut bytes) = (Page::default(), 0);
        let after = query.after.saturating_add(1);
        if after > query.before {
            return Ok(page);
        }
        for (_, entry) in entries.range(after..query.before).rev().map(|(_, kept)| kept) {
            bytes += text_bytes(entry);
            let fits = page.entries.is_empty() || bytes <= query.bytes_max;
            if page.entries.len() as u64 >= query.limit || !fits {
                page.more = true;
                break;
            }
            page.entries.push(Arc::clone(entry));
        }
        page.entries.reverse();
        Ok(page)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.write()?;
        let mut disk = self.stage.disk();
        disk.synced = disk.written.len();
        Ok(())
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

fn text_bytes(entry: &Entry) -> usize {
    match &entry.body {
        Body::Text(text) => text.as_str().len(),
        Body::Joined | Body::Left(_) | Body::Entered | Body::LeftRoom | Body::Muted { .. } | Body::Unmuted => 0,
    }
}
