//! Files in memory: for a server without a data folder, and for the simulator, where what is shared survives a crash.

use super::{Files, digest_of, text_of};
use hobnob_machine::{Filing, OpenTransfer};
use hobnob_spec::files::{Digest, FileName};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Files in memory. Clones are the same files.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    parts: BTreeMap<u64, Vec<u8>>,
    whole: BTreeMap<String, Vec<u8>>,
    /// Nothing can be written.
    full: bool,
}

impl Memory {
    /// Files in memory, of which there are none.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing can be written from here on.
    pub fn set_full(&self, full: bool) {
        self.held().full = full;
    }

    /// The names of the whole files.
    pub fn names(&self) -> Vec<String> {
        self.held().whole.keys().cloned().collect()
    }

    /// How many parts there are.
    pub fn parts(&self) -> usize {
        self.held().parts.len()
    }

    /// What a whole file holds.
    pub fn contents(&self, name: &str) -> Option<Vec<u8>> {
        self.held().whole.get(name).cloned()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files for Memory {
    fn write(&mut self, transfer: u64, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut held = self.held();
        if held.full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let part = held.parts.entry(transfer).or_default();
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        part.resize(offset, 0);
        part.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self, transfer: u64, name: &FileName, size: u64, digest: &Digest) -> Filing {
        let mut held = self.held();
        let part = held.parts.remove(&transfer).unwrap_or_default();
        if held.full {
            return Filing::NoSpace;
        }
        if part.len() as u64 != size || digest_of(&part) != *digest {
            return Filing::Damaged;
        }
        let mut names = std::iter::once(name.as_str().to_owned()).chain((2..).map(|number| name.numbered(number)));
        let name = names.find(|name| !held.whole.contains_key(name)).expect("numbers do not end");
        held.whole.insert(name.clone(), part.clone());
        Filing::Kept { name, text: text_of(part) }
    }

    fn discard(&mut self, transfer: u64) {
        self.held().parts.remove(&transfer);
    }

    fn remove(&mut self, name: &str) {
        self.held().whole.remove(name);
    }

    fn read(&mut self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let held = self.held();
        let whole = held.whole.get(name).ok_or(io::ErrorKind::NotFound)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(whole.len());
        Ok(whole[start..start.saturating_add(len).min(whole.len())].to_vec())
    }

    fn reopen(&mut self, open: &[OpenTransfer], known: &BTreeSet<String>) -> Vec<u64> {
        let mut held = self.held();
        for transfer in open {
            if held.parts.contains_key(&transfer.transfer) {
                continue;
            }
            let untold = |(name, bytes): &(&String, &Vec<u8>)| {
                !known.contains(*name) && bytes.len() as u64 == transfer.size && digest_of(bytes) == transfer.digest
            };
            if let Some(name) = held.whole.iter().find(untold).map(|(name, _)| name.clone()) {
                let bytes = held.whole.remove(&name).expect("it was just found");
                held.parts.insert(transfer.transfer, bytes);
            }
        }
        held.parts.retain(|part, _| open.iter().any(|transfer| transfer.transfer == *part));
        held.whole.retain(|name, _| known.contains(name));
        open.iter().map(|transfer| held.parts.get(&transfer.transfer).map_or(0, |part| part.len() as u64)).collect()
    }
}
