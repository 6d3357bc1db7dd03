//! The server's disk: its journal, and the store of messages that goes with it.
//!
//! Owns what survives a server. How long the disk takes, and when it fails, is drawn by the world.

use crate::plan::Ms;
use hobnob_machine::{Action, Input, Server, Shelf};
use hobnob_runtime::files::Memory;
use hobnob_spec::messages::{Answer, Entry, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An entry on its way into the store.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The record that brought it; what an alarm brought goes with the record after it.
    pub(super) record: usize,
    pub(super) shelf: Shelf,
    pub(super) entry: Arc<Entry>,
}

/// Which entries are asked for.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) shelf: Shelf,
    pub(super) after: u64,
    pub(super) before: u64,
    pub(super) limit: u64,
    pub(super) bytes_max: u64,
}

/// A machine as it was after so many records.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    pub(super) records: usize,
    pub(super) server: Server,
}

/// What a disk holds.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// Every record that was stepped; those from `appended` on are in memory only.
    pub(super) records: Vec<(Time, Input)>,
    /// So many are written: a killed process loses none of them.
    pub(super) appended: usize,
    /// So many are safe from a power cut.
    pub(super) synced: usize,
    pub(super) checkpoints: Vec<Checkpoint>,
    /// The store, each entry with its record.
    shelves: BTreeMap<Shelf, Vec<(usize, Arc<Entry>)>>,
    /// What users sent.
    pub(super) files: Memory,
    /// When the disk is done with what it was asked for.
    pub(super) free_at: Ms,
}

impl Disk {
    /// Writes rows into the store. An entry that is there already stays as it is.
    pub(super) fn store(&mut self, rows: impl IntoIterator<Item = Row>) {
        for Row { record, shelf, entry } in rows {
            let entries = self.shelves.entry(shelf).or_default();
            match entries.last() {
                Some((_, last)) if last.number >= entry.number => {
                    if let Err(at) = entries.binary_search_by_key(&entry.number, |(_, kept)| kept.number) {
                        entries.insert(at, (record, entry));
                    }
                }
                Some(_) | None => entries.push((record, entry)),
            }
        }
    }

    /// Loses everything from record `kept` on, counted from 0.
    pub(super) fn lose(&mut self, kept: usize) {
        let whole = kept >= self.appended;
        self.records.truncate(kept);
        self.appended = self.appended.min(kept);
        self.synced = self.appended;
        self.checkpoints.retain(|checkpoint| checkpoint.records <= kept);
        if !whole {
            for entries in self.shelves.values_mut() {
                entries.retain(|(record, _)| *record < kept);
            }
        }
    }

    /// The time of the last thing that the disk knows of.
    pub(super) fn last(&self) -> Time {
        let stored = self.shelves.values().filter_map(|entries| entries.last()).map(|(_, entry)| entry.at).max();
        let recorded = self.records.last().map(|(at, _)| *at);
        stored.max(recorded).unwrap_or_default()
    }

    /// Reads a page of the store.
    pub(super) fn page(&self, query: &Query) -> Answer {
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        let (mut bytes, mut more) = (0, false);
        let shelf = self.shelves.get(&query.shelf).map_or(&[][..], Vec::as_slice);
        let upto = shelf.partition_point(|(_, entry)| entry.number < query.before);
        for (_, entry) in shelf[..upto].iter().rev().take_while(|(_, entry)| entry.number > query.after) {
            bytes += entry.bytes();
            if entries.len() as u64 >= query.limit || (!entries.is_empty() && bytes > query.bytes_max) {
                more = true;
                break;
            }
            entries.push(Arc::clone(entry));
        }
        entries.reverse();
        Answer::Page { entries, more }
    }
}

/// What an action brings to the store.
pub(super) fn stored(action: &Action, server: &Server) -> Option<(Shelf, Arc<Entry>)> {
    match action {
        Action::Deliver { name, entry, .. } => Some((Shelf::Room(server.key(name.as_str())), Arc::clone(entry))),
        Action::Keep { pair, entry, .. } => Some((Shelf::Pair(pair.clone()), Arc::clone(entry))),
        Action::Send { .. }
        | Action::Hear { .. }
        | Action::Unhear { .. }
        | Action::ReadPage { .. }
        | Action::WriteChunk { .. }
        | Action::CheckFile { .. }
        | Action::DiscardPart { .. }
        | Action::RemoveFile { .. }
        | Action::ReadPiece { .. }
        | Action::Close { .. } => None,
    }
}
