//! What the hub holds back until the journal has it.
//!
//! Owns the batch that is being filled, the one that is being appended, and the turns that wait for them. One batch is
//! under way at a time; what happens meanwhile goes into the next, so that a slow disk makes batches larger.

use super::lines::Lines;
use super::turn::Said;
use crate::journal::{
    BATCH_RECORDS_MAX, Batch, Checkpoint, Done, Durability, Job, JournalError, OutputDigest, Page, PageQuery,
};
use crate::world::World;
use async_channel::{Receiver, Sender};
use hobnob_machine::{Input, Out, Server};
use hobnob_spec::messages::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// How many bytes are held back at most before the hub takes no more requests.
const HELD_BYTES_MAX: usize = 32 << 20;
/// How many bytes of records one batch gets at most before the hub takes no more requests.
const BATCH_BYTES_MAX: usize = 16 << 20;
/// How many pages are read at the same time at most.
const PAGES_MAX: usize = 1_000;
/// How many jobs the journal may have before it: pages, a batch, a snapshot, a sync, and the end.
pub(super) const JOBS_MAX: usize = PAGES_MAX + 8;
/// How long after a failure the same batch is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How the journal is used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keeping {
    /// When a commit is safe from a power cut.
    pub(super) durability: Durability,
    /// After how many records a snapshot is taken.
    pub(super) snapshot_every: u64,
}

/// What comes of a report of the journal's.
pub(super) enum Kept {
    /// Nothing that anybody waits for.
    Nothing,
    /// A batch is durable as the policy says: turns may be said.
    Appended,
    /// The batch could not be appended.
    Failed(JournalError),
    /// A page, for the request of that tag.
    Page(u64, Result<Page, JournalError>),
    /// The journal is closed.
    Closed(Result<(), JournalError>),
}

/// The hub's side of the journal.
pub(super) struct Keeper {
    jobs: Sender<Job>,
    pub(super) done: Receiver<Done>,
    keeping: Keeping,
    /// Whether there is a journal that keeps anything.
    keeps: bool,
    digest: OutputDigest,
    open: Batch,
    /// The number of the batch that is being filled.
    open_number: u64,
    /// An empty batch, while none is under way.
    spare: Option<Batch>,
    /// How many records the batch under way has.
    under_way: u64,
    /// The last attempt to append failed.
    failing: bool,
    /// A sync is under way.
    syncing: bool,
    /// How many pages are being read, or wait to be.
    reading: usize,
    /// Pages to be read, each with the number of the batch that it waits for: what a page is to have may be in there,
    /// and in nobody's memory any more.
    pages: VecDeque<(u64, Job)>,
    /// The batch that could not be appended, and when to try again.
    refused: Option<(Batch, Duration)>,
    /// Turns, each with the number of the batch that it waits for.
    held: VecDeque<(u64, Said)>,
    /// Files that are to be removed, and the batch that each waits for.
    removals: VecDeque<(u64, String)>,
    held_bytes: usize,
    since_snapshot: u64,
    /// The journal was told to close: it takes nothing more.
    closing: bool,
}

impl Keeper {
    /// A keeper whose next record is number `next`.
    pub(super) fn new(
        jobs: Sender<Job>,
        done: Receiver<Done>,
        keeping: Keeping,
        keeps: bool,
        (next, digest): (u64, OutputDigest),
    ) -> Self {
        Self {
            jobs,
            done,
            keeping,
            keeps,
            digest,
            open: Batch::new(next),
            open_number: 1,
            spare: Some(Batch::new(next)),
            under_way: 0,
            failing: false,
            syncing: false,
            reading: 0,
            pages: VecDeque::new(),
            refused: None,
            held: VecDeque::new(),
            removals: VecDeque::new(),
            held_bytes: 0,
            since_snapshot: 0,
            closing: false,
        }
    }

    /// Begins a record, before the machine takes the input.
    pub(super) fn begin(&mut self, at: Time, input: &Input) {
        if self.keeps {
            self.open.begin(at, input);
        }
    }

    /// Ends the record with what the machine made of it.
    pub(super) fn end(&mut self, out: &Out, server: &Server) {
        if self.keeps {
            self.open.end(&mut self.digest, out, server);
            self.since_snapshot += 1;
        }
    }

    /// Takes in what a wake brought.
    pub(super) fn woke(&mut self, out: &Out, server: &Server) {
        if self.keeps {
            self.open.woke(&mut self.digest, out, server);
        }
    }

    /// Whether so much is held back that the hub takes no more requests.
    pub(super) fn crowded(&self) -> bool {
        self.held_bytes >= HELD_BYTES_MAX
            || self.open.bytes() >= BATCH_BYTES_MAX
            || self.open.count() >= BATCH_RECORDS_MAX / 2
    }

    /// Whether the journal cannot be written at present.
    pub(super) fn failing(&self) -> bool {
        self.failing
    }

    /// When the batch that could not be appended is tried again; not once the journal was told to close.
    pub(super) fn retry_at(&self) -> Option<Duration> {
        self.refused.as_ref().filter(|_| !self.closing).map(|(_, at)| *at)
    }

    /// How many records are not durable yet.
    pub(super) fn lag(&self) -> u64 {
        self.open.count() + self.under_way
    }

    /// Whether all that was stepped is durable and said.
    pub(super) fn idle(&self) -> bool {
        self.open.is_empty() && self.spare.is_some() && self.held.is_empty()
    }

    /// Holds a turn back until it may be said.
    pub(super) fn hold(&mut self, said: Said) {
        let waits_for = self.last_batch();
        self.held_bytes += said.bytes;
        self.held.push_back((waits_for, said));
    }

    /// A file is to be removed when the journal has what its removal follows from: until then whoever starts again from
    /// the journal may need it.
    pub(super) fn remove_later(&mut self, name: String) {
        let waits_for = self.last_batch();
        self.removals.push_back((waits_for, name));
    }

    /// The next file that may be removed.
    pub(super) fn next_removal(&mut self) -> Option<String> {
        let appended = self.appended();
        self.removals.pop_front_if(|(waits_for, _)| *waits_for <= appended).map(|(_, name)| name)
    }

    /// Puts everything that may be said into the outboxes, and returns how many bytes they are. `told` hears of each turn
    /// how many messages it brings, and when what caused it came.
    pub(super) fn release<W: World>(
        &mut self,
        lines: &mut Lines<W>,
        to_write: &mut Vec<usize>,
        mut told: impl FnMut(u64, Duration),
    ) -> u64 {
        let appended = self.appended();
        let mut bytes = 0;
        while let Some((_, said)) = self.held.pop_front_if(|(waits_for, _)| *waits_for <= appended) {
            self.held_bytes -= said.bytes;
            told(said.deliveries, said.began);
            bytes += said.release(lines, to_write);
        }
        bytes
    }

    /// Sends the batch that is being filled on its way, if there is anything in it and none is under way.
    pub(super) fn submit(&mut self, now: Duration, snapshot: impl FnOnce(OutputDigest, u64) -> Checkpoint) {
        if self.closing {
            return;
        }
        if let Some((batch, _)) = self.refused.take_if(|(_, at)| *at <= now) {
            return self.give(Job::Append(batch));
        }
        if self.open.is_empty() {
            return;
        }
        let Some(mut empty) = self.spare.take() else { return };
        let next = self.open.next();
        empty.restart(next);
        let batch = std::mem::replace(&mut self.open, empty);
        self.under_way = batch.count();
        self.open_number += 1;
        self.give(Job::Append(batch));
        if self.since_snapshot >= self.keeping.snapshot_every {
            self.since_snapshot = 0;
            self.give(Job::Keep(Box::new(snapshot(self.digest.clone(), next))));
        }
    }

    /// Has a page read when all is appended that was stepped before it, unless too many are being read.
    pub(super) fn read(&mut self, tag: u64, query: PageQuery) -> bool {
        let may = self.reading < PAGES_MAX && !self.closing;
        if may {
            self.reading += 1;
            self.pages.push_back((self.last_batch(), Job::Page { tag, query }));
            self.give_pages();
        }
        may
    }

    fn give_pages(&mut self) {
        let appended = self.appended();
        while let Some((_, page)) = self.pages.pop_front_if(|(waits_for, _)| *waits_for <= appended && !self.closing) {
            self.give(page);
        }
    }

    /// The number of the batch that has the last record, or what a wake brought after it.
    fn last_batch(&self) -> u64 {
        match (self.keeps, self.open.is_empty()) {
            (false, _) => 0,
            (true, true) => self.open_number - 1,
            (true, false) => self.open_number,
        }
    }

    /// The number of the last batch that is appended.
    fn appended(&self) -> u64 {
        self.open_number - 1 - u64::from(self.spare.is_none())
    }

    /// Has everything made safe from a power cut, where that is not done with each batch.
    pub(super) fn sync(&mut self) {
        if self.keeps && !self.closing && !self.syncing && matches!(self.keeping.durability, Durability::Interval) {
            self.syncing = true;
            self.give(Job::Sync);
        }
    }

    /// Ends the journal with a snapshot, when all that was stepped is appended.
    pub(super) fn close(&mut self, snapshot: impl FnOnce(OutputDigest, u64) -> Checkpoint) {
        if self.keeps && self.open.is_empty() && self.spare.is_some() {
            self.give(Job::Keep(Box::new(snapshot(self.digest.clone(), self.open.next()))));
        }
        self.give(Job::Close);
        self.closing = true;
    }

    /// Takes a report of the journal's.
    pub(super) fn take(&mut self, done: Done, now: Duration) -> Kept {
        match done {
            Done::Appended { batch, through: _ } => {
                self.spare = Some(batch);
                self.under_way = 0;
                self.failing = false;
                self.give_pages();
                Kept::Appended
            }
            Done::Refused { batch, error } => {
                self.failing = true;
                self.refused = Some((batch, now + RETRY_AFTER));
                Kept::Failed(error)
            }
            Done::Page { tag, page } => {
                self.reading -= 1;
                Kept::Page(tag, page)
            }
            Done::Kept(result) | Done::Synced(result) => {
                self.syncing = false;
                if let Err(error) = result {
                    tracing::warn!("{error}");
                }
                Kept::Nothing
            }
            Done::Closed(result) => Kept::Closed(result),
        }
    }

    fn give(&self, job: Job) {
        self.jobs.try_send(job).expect("the journal serves until it is told to close, and has place for all jobs");
    }
}
