//! Reads records and snapshots of a journal's file, and trusts none of them.
//!
//! Owns what is verified: every record against the chain, every batch against its own time and hash, every snapshot
//! against its hash. Writes nothing.

use super::chain::{Chain, damaged, unseal};
use super::sqlite::{int, trouble};
use super::{Each, Genesis, JournalError, Position, Snapshot, Trouble};
use hobnob_spec::messages::Time;
use rusqlite::{Connection, OptionalExtension, params};
use std::ops::ControlFlow;
use std::path::Path;

/// Reads where the journal begins.
pub(super) fn read_genesis(db: &Connection, path: &Path) -> Result<Option<Genesis>, JournalError> {
    let bytes: Option<Vec<u8>> = db
        .query_row("SELECT genesis FROM genesis", [], |row| row.get(0))
        .optional()
        .map_err(|error| trouble(path, &error))?;
    let Some(bytes) = bytes else { return Ok(None) };
    rmp_serde::from_slice(&bytes).map(Some).map_err(|error| {
        let sentence = format!("the beginning of the journal {} is not as it was written: {error}", path.display());
        JournalError::new(Trouble::Corrupt, sentence)
    })
}

/// Reads the kept snapshots, newest first, and complains of those that are not whole.
pub(super) fn read_snapshots(db: &Connection, path: &Path) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
    let fail = |error: rusqlite::Error| trouble(path, &error);
    let mut select = db
        .prepare("SELECT next, at, next_conn, chain, pending, server, hash FROM snapshots ORDER BY next DESC")
        .map_err(fail)?;
    let mut rows = select.query([]).map_err(fail)?;
    let (mut whole, mut complaints) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next().map_err(fail)? {
        let next = row.get::<_, i64>(0).map_err(fail)?.cast_unsigned();
        match read_snapshot(row) {
            Ok(Some(snapshot)) => whole.push(snapshot),
            Ok(None) | Err(_) => complaints.push(format!("the snapshot before record {next} is not as it was written")),
        }
    }
    Ok((whole, complaints))
}

fn read_snapshot(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Snapshot>> {
    let (chain, hash) = (Chain(row.get(3)?), row.get::<_, [u8; 32]>(6)?);
    let pending: Vec<u8> = row.get(4)?;
    let Ok(digest) = rmp_serde::from_slice(&pending) else { return Ok(None) };
    let snapshot = Snapshot {
        next: row.get::<_, i64>(0)?.cast_unsigned(),
        at: Time(row.get::<_, i64>(1)?.cast_unsigned()),
        next_conn: row.get::<_, i64>(2)?.cast_unsigned(),
        pending: digest,
        server: row.get(5)?,
    };
    Ok((snapshot_hash(&snapshot, &pending, &chain) == hash).then_some(snapshot))
}

/// The hash that a snapshot is kept with.
pub(super) fn snapshot_hash(snapshot: &Snapshot, pending: &[u8], chain: &Chain) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for number in [snapshot.next, snapshot.at.0, snapshot.next_conn, pending.len() as u64] {
        hasher.update(&number.to_le_bytes());
    }
    *hasher.update(&chain.0).update(pending).update(&snapshot.server).finalize().as_bytes()
}

/// Reads the records from number `from` on and verifies them.
pub(super) fn read_records(db: &Connection, path: &Path, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
    let fail = |error: rusqlite::Error| trouble(path, &error);
    let (kept_from, kept_chain) = db
        .query_row("SELECT kept_from, kept_chain FROM genesis", [], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
        .map_err(fail)?;
    let before: Option<(i64, i64, [u8; 32])> = db
        .query_row(
            "SELECT first + count, at, chain FROM batches WHERE first + count <= ? ORDER BY first DESC LIMIT 1",
            params![int(from)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .map_err(fail)?;
    let (next, at, chain) = before.unwrap_or((kept_from, 0, kept_chain));
    let mut position = Position { next: next.cast_unsigned(), at: Time(at.cast_unsigned()), chain: Chain(chain) };
    if from < position.next {
        let sentence = format!("record {from} is not kept any more; the first one kept is {}", position.next);
        return Err(JournalError::at(Trouble::Storage, from, sentence));
    }
    let mut select = db
        .prepare("SELECT first, count, at, chain, records FROM batches WHERE first >= ? ORDER BY first")
        .map_err(fail)?;
    let mut rows = select.query(params![next]).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        if read_batch(row, from, &mut position, each)?.is_break() {
            break;
        }
    }
    Ok(position)
}

/// Goes through one batch, verifies it, and moves the position behind it.
fn read_batch(
    row: &rusqlite::Row<'_>,
    from: u64,
    position: &mut Position,
    each: Each<'_>,
) -> Result<ControlFlow<()>, JournalError> {
    let expected = position.next;
    let bad = |_: rusqlite::Error| damaged(expected, "is not readable");
    let (first, count) = (row.get::<_, i64>(0).map_err(bad)?, row.get::<_, i64>(1).map_err(bad)?);
    let (chain, at) = (row.get::<_, [u8; 32]>(3).map_err(bad)?, row.get::<_, i64>(2).map_err(bad)?);
    let blob = row.get_ref(4).map_err(bad)?.as_blob().map_err(|_| damaged(expected, "is not readable"))?;
    if first != int(expected) {
        return Err(damaged(expected, "is missing"));
    }
    let count = count.cast_unsigned();
    if count == 0 || count > blob.len() as u64 {
        return Err(damaged(expected, "is cut short"));
    }
    let mut flow = ControlFlow::Continue(());
    let end = unseal(blob, expected, count, position.chain, |record, chain| {
        if record.seq >= from {
            flow = each(record)?;
        }
        *position = Position { next: record.seq + 1, at: record.at, chain };
        Ok(flow.is_continue())
    })?;
    if flow.is_continue() && (end != Chain(chain) || position.at.0 != at.cast_unsigned()) {
        return Err(damaged(position.next - 1, "does not fit the hash or the time of its batch"));
    }
    Ok(flow)
}
