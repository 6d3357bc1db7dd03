//! The journal: every input of the server's machine in order, durable before anything is promised.
//!
//! Owns what a journal can do, the loop that serves it, and its errors. It blocks, so it lives on a thread of its own;
//! [`serve`] is the same code on that thread and in a simulator. Knows no clock: every time comes with a record.

pub(crate) mod batch;
mod chain;
mod folder;
mod nothing;
mod reading;
pub(crate) mod recovery;
pub(crate) mod rows;
mod sqlite;
pub(crate) mod store;

pub use batch::{Batch, OutputDigest};
pub use chain::{Chain, Record, unseal};
pub use folder::DataFolder;
pub use nothing::Nothing;
pub use recovery::{Recovered, recover};
pub use rows::{Kind, Row, Stored};
pub use sqlite::{FILE, Keeping, Sqlite};
pub use store::{Reader, Search};

use async_channel::{Receiver, Sender};
use hobnob_machine::{Config, Shelf};
use hobnob_spec::messages::{Entry, Time};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The form of the journal that this program writes; another one is refused.
pub const FORMAT: u32 = 1;
/// How many records of one batch there may be; the hub ends a batch there.
pub const BATCH_RECORDS_MAX: u64 = 1 << 16;

/// Where a journal begins: what the machine was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genesis {
    /// The seed of the machine's chance.
    pub seed: u64,
    /// The settings it began with.
    pub config: Config,
}

/// When a commit is safe from a power cut. A killed process loses nothing under any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Before anything is promised.
    #[default]
    Always,
    /// Whenever the hub sends [`Job::Sync`].
    Interval,
    /// When the operating system thinks so.
    Never,
}

/// How long records are kept. Messages are kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retention {
    /// For ever: the journal replays from its beginning.
    #[default]
    Forever,
    /// Records older than so many milliseconds, and older than the older of the kept snapshots, are deleted.
    AgeMs(u64),
}

/// A snapshot as it is kept: the machine after all records before `next`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The number of the first record that the machine has not seen.
    pub next: u64,
    /// The time of the last record that it has seen.
    pub at: Time,
    /// The first connection number that no record has used.
    pub next_conn: u64,
    /// The outputs since the last record, which the digest of the next one covers.
    pub pending: OutputDigest,
    /// The machine, as MessagePack.
    pub server: Vec<u8>,
}

/// Where the next record goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The number of the next record; the first is 1.
    pub next: u64,
    /// The time of the last record, or of the last message if that is later.
    pub at: Time,
    /// The chained hash over all records before.
    pub chain: Chain,
}

/// Which entries of a shelf are read: `after < number < before`, the newest `limit` of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// Of which room or conversation.
    pub shelf: Shelf,
    /// Only higher numbers than this.
    pub after: u64,
    /// Only lower numbers than this.
    pub before: u64,
    /// At most so many.
    pub limit: u64,
    /// At most about so many bytes, but for one entry.
    pub bytes_max: u64,
}

/// Entries of the store, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Arc<Entry>>,
    /// Whether the store has more of them, older ones.
    pub more: bool,
}

/// What becomes of a record that is read: `Break` ends the reading.
pub type Each<'a> = &'a mut dyn FnMut(Record<'_>) -> Result<ControlFlow<()>, JournalError>;

/// A journal with its store of messages. All of it blocks.
pub trait Journal: Send {
    /// Where the journal begins; a new one begins with `genesis` and keeps it.
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError>;

    /// The kept snapshots that are whole, newest first, and a sentence for each that is not.
    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError>;

    /// Reads the records from number `from` on, verifies the chain record by record, and returns where it ends.
    /// Fails with [`Trouble::Corrupt`] at a record that is not as it was written.
    fn read(&mut self, from: u64, each: Each<'_>) -> Result<Position, JournalError>;

    /// Appends a batch and what it brought to the store, all or nothing, as durable as the policy says, and returns
    /// the number of the last record that is. After an error the same batch can be appended again.
    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError>;

    /// Keeps a snapshot of the machine as it is after the last appended record, and drops all but the last two.
    fn keep(&mut self, snapshot: &Snapshot) -> Result<(), JournalError>;

    /// Reads a page of the store.
    fn page(&mut self, query: &PageQuery) -> Result<Page, JournalError>;

    /// Makes everything appended so far safe from a power cut.
    fn sync(&mut self) -> Result<(), JournalError>;
}

/// What the hub asks of the journal; each job is answered by one [`Done`], in the same order.
#[derive(Debug)]
pub enum Job {
    /// Append a batch.
    Append(Batch),
    /// Read a page; the tag comes back with it.
    Page {
        /// Whatever the hub wants to find the request by.
        tag: u64,
        /// What is read.
        query: PageQuery,
    },
    /// Keep a snapshot. The hub sends it after the batch with the last record that the machine has seen.
    Keep(Box<Checkpoint>),
    /// Make everything safe from a power cut.
    Sync,
    /// Sync, and end the loop.
    Close,
}

/// A machine on its way to become a [`Snapshot`]; serializing it is the journal's work, not the hub's.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The number of the first record that the machine has not seen.
    pub next: u64,
    /// The time of the last record that it has seen.
    pub at: Time,
    /// The first connection number that no record has used.
    pub next_conn: u64,
    /// The outputs since the last record.
    pub pending: OutputDigest,
    /// The machine.
    pub server: hobnob_machine::Server,
}

impl Checkpoint {
    /// Serializes the machine.
    pub fn serialize(&self) -> Snapshot {
        Snapshot {
            next: self.next,
            at: self.at,
            next_conn: self.next_conn,
            pending: self.pending.clone(),
            server: rmp_serde::to_vec(&self.server).expect("the machine is made of what MessagePack can hold"),
        }
    }
}

/// How a job ended.
#[derive(Debug)]
pub enum Done {
    /// The batch is appended.
    Appended {
        /// The batch, empty, to be used again.
        batch: Batch,
        /// The number of the last record that is durable.
        through: u64,
    },
    /// The batch is not appended. Nothing of it is kept; it can be sent again as it is.
    Refused {
        /// The batch, as it was.
        batch: Batch,
        /// Why.
        error: JournalError,
    },
    /// A page, or why there is none.
    Page {
        /// The tag of the job.
        tag: u64,
        /// The page.
        page: Result<Page, JournalError>,
    },
    /// The snapshot is kept, or not: nothing is lost without it.
    Kept(Result<(), JournalError>),
    /// Everything is safe from a power cut, or not.
    Synced(Result<(), JournalError>),
    /// The loop has ended.
    Closed(Result<(), JournalError>),
}

/// Serves jobs in their order until it is told to close, or nobody is left who could tell. Blocks in the journal, so
/// a World gives it a thread of its own.
pub async fn serve(mut journal: Box<dyn Journal>, jobs: Receiver<Job>, done: Sender<Done>) {
    while let Ok(job) = jobs.recv().await {
        let end = match job {
            Job::Close => {
                let synced = journal.sync();
                // Whoever hears that the journal is closed may open it.
                drop(journal);
                drop(done.send(Done::Closed(synced)).await);
                return;
            }
            Job::Append(batch) => append(&mut *journal, batch),
            Job::Page { tag, query } => Done::Page { tag, page: journal.page(&query) },
            Job::Keep(checkpoint) => Done::Kept(journal.keep(&checkpoint.serialize())),
            Job::Sync => Done::Synced(journal.sync()),
        };
        if done.send(end).await.is_err() {
            return;
        }
    }
}

fn append(journal: &mut dyn Journal, mut batch: Batch) -> Done {
    match journal.append(&mut batch) {
        Ok(through) => {
            batch.clear();
            Done::Appended { batch, through }
        }
        Err(error) => Done::Refused { batch, error },
    }
}

/// What kind of trouble a journal is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is no room on the disk; there may be later.
    DiskFull,
    /// The disk cannot be read or written.
    Storage,
    /// The data folder cannot be made, opened or written.
    Folder,
    /// Another server uses the data folder.
    InUse,
    /// The file is no journal, or of another version.
    Foreign,
    /// What is read is not what was written.
    Corrupt,
    /// The machine does something else than it did when the record was made.
    Diverged,
}

/// Why a journal could not do something: a kind for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalError {
    /// The kind.
    pub trouble: Trouble,
    /// The record at which it happened, if it is about one.
    pub seq: Option<u64>,
    /// What was wrong, where, and what to do.
    pub sentence: String,
}

impl JournalError {
    /// An error of a kind, with its sentence.
    pub fn new(trouble: Trouble, sentence: impl Into<String>) -> Self {
        Self { trouble, seq: None, sentence: sentence.into() }
    }

    /// An error about one record.
    pub fn at(trouble: Trouble, seq: u64, sentence: impl Into<String>) -> Self {
        Self { trouble, seq: Some(seq), sentence: sentence.into() }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for JournalError {}
