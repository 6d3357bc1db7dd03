//! The journal on a disk: one SQLite file that holds the records, the snapshots and the store of messages.
//!
//! Owns the schema and what one transaction holds: the records of a batch, what they brought to the store, and how far
//! the message log is written. Any tool that reads SQLite can read it while the server runs.

use super::chain::Chain;
use super::reading::{read_genesis, read_records, read_snapshots, snapshot_hash};
use super::rows::shelf_name;
use super::store;
use super::{
    Batch, DataFolder, Durability, Each, FORMAT, Genesis, Journal, JournalError, Page, PageQuery, Position, Retention,
    Snapshot, Trouble,
};
use crate::message_log::{Layout, MessageLog, Progress};
use crate::os;
use hobnob_spec::messages::Time;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The journal's file in the data folder.
pub const FILE: &str = "hobnob.db";
/// How many snapshots are kept: the newest, and one to go back to should it be damaged.
const SNAPSHOTS_KEPT: u64 = 2;
/// What the write-ahead log may keep of the disk once it is written back.
const WAL_BYTES_KEPT: i64 = 16 << 20;
/// Marks the file as ours: "hobn".
const APPLICATION: i64 = 0x686f_626e;

const SCHEMA: &str = "
CREATE TABLE genesis (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    genesis BLOB NOT NULL,              -- seed and settings, MessagePack
    kept_from INTEGER NOT NULL,         -- the first record that is kept
    kept_chain BLOB NOT NULL            -- the chained hash before it
);
CREATE TABLE batches (
    first INTEGER PRIMARY KEY,          -- the number of its first record
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,                -- of its last record, ms since 1970
    chain BLOB NOT NULL,                -- the chained hash after its last record
    records BLOB NOT NULL
);
CREATE TABLE snapshots (
    next INTEGER PRIMARY KEY,           -- the first record that the machine has not seen
    at INTEGER NOT NULL,
    next_conn INTEGER NOT NULL,
    chain BLOB NOT NULL,
    pending BLOB NOT NULL,
    server BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,               -- the record that brought it
    shelf TEXT,                         -- #room or @one,other, as names are compared
    number INTEGER,                     -- in its shelf
    at INTEGER NOT NULL,                -- ms since 1970
    kind TEXT NOT NULL,
    room TEXT,
    sender TEXT NOT NULL,
    recipient TEXT,
    text TEXT,
    detail TEXT
);
CREATE UNIQUE INDEX messages_by_number ON messages (shelf, number) WHERE shelf IS NOT NULL;
CREATE INDEX messages_by_time ON messages (at);
CREATE TABLE message_log (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    layout TEXT NOT NULL,
    base INTEGER NOT NULL,              -- the file begins after this row
    written INTEGER NOT NULL,           -- and holds the rows up to this one
    length INTEGER NOT NULL             -- which take so many bytes
);
";

/// How the journal is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keeping {
    /// When a commit is safe from a power cut.
    pub durability: Durability,
    /// How long records are kept.
    pub retention: Retention,
    /// How the message log is written.
    pub layout: Layout,
}

/// The journal in the data folder.
#[derive(Debug)]
pub struct Sqlite {
    db: Connection,
    path: PathBuf,
    keeping: Keeping,
    /// Where the next record goes on; known once the journal has begun.
    position: Option<Position>,
    log: MessageLog,
    /// The data folder is ours as long as this lives.
    folder: DataFolder,
}

impl Sqlite {
    /// Opens the journal of a data folder, and makes it if there is none.
    pub fn open(folder: DataFolder, keeping: Keeping) -> Result<Self, JournalError> {
        let path = folder.path().join(FILE);
        drop(os::open_private_file(&path).map_err(|error| {
            JournalError::new(Trouble::Folder, format!("the journal {} cannot be opened: {error}", path.display()))
        })?);
        let fail = |error: rusqlite::Error| trouble(&path, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(&path, flags).map_err(fail)?;
        prepare(&mut db, &path, keeping.durability)?;
        let log = MessageLog::open(folder.path(), keeping.layout, read_progress(&db).map_err(fail)?);
        Ok(Self { db, path, keeping, position: None, log, folder })
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Bounds the file to so many pages of 4 KiB, as a full disk does.
    pub fn bound_pages(&mut self, pages: u32) -> Result<(), JournalError> {
        let bounded = self.db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()));
        bounded.map_err(|error| trouble(&self.path, &error))
    }

    fn commit(&mut self, batch: &Batch, chain: Chain) -> rusqlite::Result<Vec<(u64, usize)>> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if batch.count() > 0 {
            tx.prepare_cached("INSERT INTO batches (first, count, at, chain, records) VALUES (?, ?, ?, ?, ?)")?
                .execute(params![int(batch.first()), int(batch.count()), int(batch.at().0), chain.0, batch.blob()])?;
        }
        let kept = store::insert(&tx, batch.rows())?;
        let progress = self.log.progress_to_save();
        if let Some(progress) = progress {
            save_progress(&tx, progress)?;
        }
        tx.commit()?;
        if let Some(progress) = progress {
            self.log.saved(progress);
        }
        Ok(kept)
    }

    fn insert_snapshot(&mut self, snapshot: &Snapshot, chain: Chain) -> rusqlite::Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let pending = rmp_serde::to_vec(&snapshot.pending).expect("bytes are what MessagePack can hold");
        let hash = snapshot_hash(snapshot, &pending, &chain);
        tx.execute(
            "INSERT OR REPLACE INTO snapshots (next, at, next_conn, chain, pending, server, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![
                int(snapshot.next),
                int(snapshot.at.0),
                int(snapshot.next_conn),
                chain.0,
                pending,
                snapshot.server,
                hash
            ],
        )?;
        tx.execute(
            "DELETE FROM snapshots WHERE next NOT IN (SELECT next FROM snapshots ORDER BY next DESC LIMIT ?)",
            params![int(SNAPSHOTS_KEPT)],
        )?;
        forget(&tx, self.keeping.retention, snapshot.at)?;
        tx.commit()
    }
}

impl Journal for Sqlite {
    fn begin(&mut self, genesis: Genesis) -> Result<Genesis, JournalError> {
        let genesis = begin(&self.db, &self.path, genesis)?;
        self.log.catch_up(&self.db);
        Ok(genesis)
    }

    fn snapshots(&mut self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        read_snapshots(&self.db, &self.path)
    }

    fn read(&mut self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        let position = read_records(&self.db, &self.path, from, each).map_err(|error| located(&self.path, error))?;
        self.position = Some(position);
        // What alarms brought after the last record was told, too: its time must not come again.
        let told: Option<i64> = self
            .db
            .query_row("SELECT max(at) FROM messages", [], |row| row.get(0))
            .map_err(|error| trouble(&self.path, &error))?;
        let told = Time(told.unwrap_or(0).cast_unsigned());
        Ok(Position { at: position.at.max(told), ..position })
    }

    fn append(&mut self, batch: &mut Batch) -> Result<u64, JournalError> {
        let position = self.position.expect("a journal is read to its end before it is appended to");
        assert_eq!(batch.first(), position.next, "a batch goes on where the journal ends");
        let chain = batch.seal(position.chain);
        let kept = self.commit(batch, chain).map_err(|error| trouble(&self.path, &error))?;
        let at = if batch.count() > 0 { batch.at() } else { position.at };
        self.position = Some(Position { next: batch.next(), at, chain });
        self.log.write(&self.db, kept.iter().map(|(id, at)| (*id, batch.rows()[*at].1.columns().line)));
        Ok(batch.next() - 1)
    }

    fn keep(&mut self, snapshot: &Snapshot) -> Result<(), JournalError> {
        let position = self.position.expect("a journal is read to its end before a snapshot is taken");
        if snapshot.next != position.next {
            let sentence = format!(
                "the snapshot before record {} is not kept: the journal ends before record {}",
                snapshot.next, position.next
            );
            return Err(JournalError::new(Trouble::Storage, sentence));
        }
        self.insert_snapshot(snapshot, position.chain).map_err(|error| trouble(&self.path, &error))
    }

    fn page(&mut self, query: &PageQuery) -> Result<Page, JournalError> {
        store::page(&self.db, &shelf_name(&query.shelf), query).map_err(|error| trouble(&self.path, &error))
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.log.catch_up(&self.db);
        if let Some(progress) = self.log.progress_to_save() {
            save_progress(&self.db, progress).map_err(|error| trouble(&self.path, &error))?;
            self.log.saved(progress);
        }
        sync_wal(&self.path)?;
        // Moves into the file what no reader holds back, and waits for none: `hobnob replay` may read for minutes.
        let moved = self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        moved.map_err(|error| trouble(&self.path, &error))
    }
}

/// Deletes the batches that are older than the retention and than the older of the kept snapshots.
fn forget(tx: &Transaction<'_>, retention: Retention, now: Time) -> rusqlite::Result<()> {
    let Retention::AgeMs(age) = retention else { return Ok(()) };
    let oldest: Option<i64> = tx.query_row("SELECT min(next) FROM snapshots", [], |row| row.get(0))?;
    let Some(oldest) = oldest else { return Ok(()) };
    let before = int(now.0.saturating_sub(age));
    let last: Option<(i64, i64, [u8; 32])> = tx
        .query_row(
            "SELECT first, count, chain FROM batches WHERE first + count <= ? AND at < ? ORDER BY first DESC LIMIT 1",
            params![oldest, before],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((first, count, chain)) = last else { return Ok(()) };
    tx.execute("DELETE FROM batches WHERE first <= ?", params![first])?;
    tx.execute("UPDATE genesis SET kept_from = ?, kept_chain = ?", params![first + count, chain])?;
    Ok(())
}

/// Sets the file up, and refuses one that is not ours.
fn prepare(db: &mut Connection, path: &Path, durability: Durability) -> Result<(), JournalError> {
    let fail = |error: rusqlite::Error| trouble(path, &error);
    db.busy_timeout(std::time::Duration::from_secs(5)).map_err(fail)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
    db.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT).map_err(fail)?;
    let synchronous = match durability {
        Durability::Always => "FULL",
        Durability::Interval => "NORMAL",
        Durability::Never => "OFF",
    };
    db.pragma_update(None, "synchronous", synchronous).map_err(fail)?;
    let empty: bool = db.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0)).map_err(fail)?;
    if empty {
        let tx = db.transaction().map_err(fail)?;
        tx.execute_batch(SCHEMA).map_err(fail)?;
        tx.pragma_update(None, "application_id", APPLICATION).map_err(fail)?;
        tx.pragma_update(None, "user_version", FORMAT).map_err(fail)?;
        tx.commit().map_err(fail)?;
    }
    check_format(db, path)
}

/// Refuses a file that is no journal, or one of another form.
pub(super) fn check_format(db: &Connection, path: &Path) -> Result<(), JournalError> {
    let number = |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = number("application_id").map_err(|error| trouble(path, &error))?;
    let format = number("user_version").map_err(|error| trouble(path, &error))?;
    if application != APPLICATION {
        return Err(JournalError::new(Trouble::Foreign, format!("{} is not a journal of Hobnob", path.display())));
    }
    if format != i64::from(FORMAT) {
        let sentence =
            format!("{} is a journal of form {format}, and this version of Hobnob reads form {FORMAT}", path.display());
        return Err(JournalError::new(Trouble::Foreign, sentence));
    }
    Ok(())
}

fn begin(db: &Connection, path: &Path, genesis: Genesis) -> Result<Genesis, JournalError> {
    if let Some(known) = read_genesis(db, path)? {
        return Ok(known);
    }
    let bytes = rmp_serde::to_vec(&genesis).expect("settings are made of what MessagePack can hold");
    let insert = "INSERT INTO genesis (id, genesis, kept_from, kept_chain) VALUES (1, ?, 1, ?)";
    db.execute(insert, params![bytes, Chain::of(&genesis).0]).map_err(|error| trouble(path, &error))?;
    Ok(genesis)
}

fn read_progress(db: &Connection) -> rusqlite::Result<Progress> {
    let progress = db
        .query_row("SELECT layout, base, written, length FROM message_log", [], |row| {
            Ok(Progress {
                layout: row.get::<_, String>(0)?.parse().unwrap_or(Layout::Off),
                base: row.get::<_, i64>(1)?.cast_unsigned(),
                written: row.get::<_, i64>(2)?.cast_unsigned(),
                length: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        })
        .optional()?;
    Ok(progress.unwrap_or_default())
}

fn save_progress(db: &Connection, progress: Progress) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO message_log (id, layout, base, written, length) VALUES (1, ?, ?, ?, ?)")?
        .execute(params![
            progress.layout.to_string(),
            int(progress.base),
            int(progress.written),
            int(progress.length)
        ])?;
    Ok(())
}

/// Makes the write-ahead log beside the file safe from a power cut; all that is not in the file is there.
fn sync_wal(path: &Path) -> Result<(), JournalError> {
    let mut wal = path.to_owned().into_os_string();
    wal.push("-wal");
    let synced = File::options().write(true).open(&wal).and_then(|file| file.sync_data());
    match synced {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let sentence = format!("the journal {}: it cannot be made safe: {error}", path.display());
            Err(JournalError::new(Trouble::Storage, sentence))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Adds to an error about a record where it is, and what to do.
fn located(path: &Path, error: JournalError) -> JournalError {
    if error.trouble != Trouble::Corrupt {
        return error;
    }
    let sentence = format!(
        "the journal {}: {}; `hobnob replay` shows what can be read, and a server begins anew in another data folder",
        path.display(),
        error.sentence
    );
    JournalError { sentence, ..error }
}

/// A number as SQLite keeps it. None of ours comes near the bound.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The error for what SQLite says.
pub(super) fn trouble(path: &Path, error: &rusqlite::Error) -> JournalError {
    let (trouble, what) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (Trouble::DiskFull, "the disk is full".to_owned()),
        Some(ErrorCode::NotADatabase) => (Trouble::Foreign, "this is not a journal of Hobnob".to_owned()),
        Some(ErrorCode::DatabaseCorrupt) => (Trouble::Corrupt, format!("the file is damaged ({error})")),
        Some(_) | None => (Trouble::Storage, error.to_string()),
    };
    JournalError::new(trouble, format!("the journal {}: {what}", path.display()))
}
