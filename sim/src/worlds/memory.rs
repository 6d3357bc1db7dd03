//! A journal with its store, in memory, that outlives the server: what the simulated disk holds.
//!
//! Owns what is safe from a power cut. A batch is kept whole or not at all, as SQLite's journal does.

use super::stage::lock;
use hobnob_machine::Shelf;
use hobnob_runtime::journal::{
    Batch, Chain, Durability, Each, Genesis, Journal, JournalError, Page, PageQuery, Position, Snapshot, Stored,
    Trouble, unseal,
};
use hobnob_spec::messages::{Entry, Time};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// How many snapshots a journal keeps.
const SNAPSHOTS_KEPT: usize = 2;

/// Something that was written, in the order of writing.
#[derive(Debug)]
enum Written {
    Batch { first: u64, count: u64, at: Time, chain: Chain, blob: Vec<u8> },
    Snapshot(Snapshot),
}

/// What is in memory.
#[derive(Debug)]
pub(super) struct Memory {
    durability: Durability,
    genesis: Option<Genesis>,
    written: Vec<Written>,
    /// So many of what was written are safe from a power cut.
    synced: usize,
    /// The store: each entry with the place of what brought it.
    store: BTreeMap<Shelf, BTreeMap<u64, (usize, Arc<Entry>)>>,
    position: Option<Position>,
}

/// The journal that a server has of it.
#[derive(Debug, Clone)]
pub(super) struct Drawer(pub(super) Arc<Mutex<Memory>>);

impl Memory {
    pub(super) fn new(durability: Durability) -> Self {
        Self { durability, genesis: None, written: Vec::new(), synced: 0, store: BTreeMap::new(), position: None }
    }

    /// The number of the record that would come next.
    pub(super) fn next(&self) -> u64 {
        let ends = self.written.iter().rev().find_map(|written| match written {
            Written::Batch { first, count, .. } => Some(first + count),
            Written::Snapshot(_) => None,
        });
        ends.unwrap_or(1)
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

    fn read(&self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        let genesis = self.genesis.as_ref().expect("a journal is begun before it is read");
        let mut position = Position { next: 1, at: Time(0), chain: Chain::of(genesis) };
        for written in &self.written {
            let Written::Batch { first, count, at, chain, blob } = written else { continue };
            assert_eq!(*first, position.next, "what was written goes on where the journal ended");
            if *count == 0 {
                continue;
            }
            if first + count <= from {
                position = Position { next: first + count, at: *at, chain: *chain };
                continue;
            }
            let (mut goes_on, mut last) = (true, position);
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
        }
        Ok(position)
    }

    fn page(&self, query: &PageQuery) -> Page {
        let mut page = Page::default();
        let after = query.after.saturating_add(1);
        let Some(entries) = self.store.get(&query.shelf).filter(|_| after < query.before) else { return page };
        let mut bytes = 0;
        for (_, entry) in entries.range(after..query.before).rev().map(|(_, kept)| kept) {
            bytes += entry.bytes();
            let fits = page.entries.is_empty() || bytes <= query.bytes_max;
            if page.entries.len() as u64 >= query.limit || !fits {
                page.more = true;
                break;
            }
            page.entries.push(Arc::clone(entry));
        }
        page.entries.reverse();
        page
    }
}

impl Journal for Drawer {
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError> {
        Ok(lock(&self.0).genesis.get_or_insert(genesis).clone())
    }

    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        let memory = lock(&self.0);
        let snapshots = memory.written.iter().rev().filter_map(|written| match written {
            Written::Snapshot(snapshot) => Some(snapshot.clone()),
            Written::Batch { .. } => None,
        });
        Ok((snapshots.take(SNAPSHOTS_KEPT).collect(), Vec::new()))
    }

    fn read(&mut self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        let mut memory = lock(&self.0);
        let position = memory.read(from, each)?;
        memory.position = Some(position);
        Ok(Position { at: position.at.max(memory.told_at()), ..position })
    }

    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        let mut memory = lock(&self.0);
        let position = memory.position.expect("a journal is read to its end before it is appended to");
        assert_eq!(batch.first(), position.next, "a batch goes on where the journal ends");
        let chain = batch.seal(position.chain);
        memory.add(batch, chain);
        let at = if batch.count() > 0 { batch.at() } else { position.at };
        memory.position = Some(Position { next: batch.next(), at, chain });
        Ok(batch.next() - 1)
    }

    fn keep(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        let mut memory = lock(&self.0);
        let position = memory.position.expect("a journal is read to its end before a snapshot is taken");
        if snapshot.next != position.next {
            return Err(JournalError::new(Trouble::Storage, "the snapshot is not of the journal's end"));
        }
        memory.written.push(Written::Snapshot(snapshot.clone()));
        memory.commit();
        Ok(())
    }

    fn page(&mut self, query: &PageQuery) -> Result<Page, JournalError> {
        Ok(lock(&self.0).page(query))
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        let mut memory = lock(&self.0);
        memory.synced = memory.written.len();
        Ok(())
    }
}
