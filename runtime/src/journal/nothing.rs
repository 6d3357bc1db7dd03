//! A journal that keeps nothing, for `--data :memory:`. Its machine begins anew each time and has no store.

use super::{Batch, Chain, Each, Genesis, Journal, JournalError, Page, PageQuery, Position, Snapshot};
use hobnob_spec::messages::Time;

/// Drops every record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Journal for Nothing {
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError> {
        Ok(genesis)
    }

    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        Ok((Vec::new(), Vec::new()))
    }

    fn read(&mut self, from: u64, _: Each<'_>) -> Result<Position, JournalError> {
        Ok(Position { next: from, at: Time(0), chain: Chain([0; 32]) })
    }

    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        Ok(batch.next() - 1)
    }

    fn keep(&mut self, _: &Snapshot) -> Result<(), JournalError> {
        Ok(())
    }

    fn page(&mut self, _: &PageQuery) -> Result<Page, JournalError> {
        Ok(Page::default())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        Ok(())
    }
}
