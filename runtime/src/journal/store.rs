//! Reads and writes the message store of a journal's file.
//!
//! Owns the statements over the table of messages; what its columns mean stands in [`super::rows`].

use super::chain::peek;
use super::reading::{read_genesis, read_records, read_snapshots};
use super::recovery::decode;
use super::rows::{Kind, Row, Stored};
use super::sqlite::{check_format, int, trouble};
use super::{Each, Genesis, JournalError, Page, PageQuery, Position, Record, Snapshot, Trouble};
use crate::message_log::Line;
use hobnob_machine::Input;
use hobnob_spec::messages::Time;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params, params_from_iter};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// All columns, in the order in which [`read_row`] expects them.
const COLUMNS: &str = "id, seq, number, at, kind, room, sender, recipient, text, detail";

/// Inserts rows, and returns the place in the store and in `rows` of each that was not there already. An entry that
/// alarms brought before a crash comes again, the same, when the alarms are rung again.
pub(super) fn insert(db: &Connection, rows: &[(u64, Stored)]) -> rusqlite::Result<Vec<(u64, usize)>> {
    let mut kept = Vec::with_capacity(rows.len());
    if rows.is_empty() {
        return Ok(kept);
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO messages (seq, shelf, number, at, kind, room, sender, recipient, text, detail)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )?;
    for (at, (seq, stored)) in rows.iter().enumerate() {
        let columns = stored.columns();
        let line = &columns.line;
        let changed = insert.execute(params![
            int(*seq),
            columns.shelf,
            columns.number.map(int),
            int(line.at.0),
            line.kind.name(),
            line.room,
            line.sender,
            line.recipient,
            line.text,
            columns.detail
        ])?;
        if changed > 0 {
            kept.push((db.last_insert_rowid().cast_unsigned(), at));
        }
    }
    Ok(kept)
}

/// Reads a page: the newest entries within the bounds, oldest first.
pub(super) fn page(db: &Connection, shelf: &str, query: &PageQuery) -> rusqlite::Result<Page> {
    let mut select = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM messages WHERE shelf = ? AND number > ? AND number < ? ORDER BY number DESC"
    ))?;
    let mut rows = select.query(params![shelf, int(query.after), int(query.before)])?;
    let (mut page, mut bytes) = (Page::default(), 0);
    while let Some(row) = rows.next()? {
        let Some(entry) = read_row(row)?.entry() else { continue };
        bytes += entry.bytes();
        let fits = page.entries.is_empty() || bytes <= query.bytes_max;
        if page.entries.len() as u64 >= query.limit || !fits {
            page.more = true;
            break;
        }
        page.entries.push(Arc::new(entry));
    }
    page.entries.reverse();
    Ok(page)
}

/// Goes through the rows after row `after`, in their order.
pub(crate) fn rows_after(
    db: &Connection,
    after: u64,
    mut each: impl FnMut(&Row) -> ControlFlow<()>,
) -> rusqlite::Result<()> {
    let mut select = db.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id > ? ORDER BY id"))?;
    let mut rows = select.query(params![int(after)])?;
    while let Some(row) = rows.next()? {
        if each(&read_row(row)?).is_break() {
            break;
        }
    }
    Ok(())
}

/// The row of that place in the order of all.
pub(crate) fn row(db: &Connection, id: u64) -> rusqlite::Result<Option<Row>> {
    let mut select = db.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = ?"))?;
    let mut rows = select.query(params![int(id)])?;
    rows.next()?.map(read_row).transpose()
}

/// The rows after row `after`, at most so many, in their order.
pub(crate) fn some_rows_after(db: &Connection, after: u64, limit: u64) -> rusqlite::Result<Vec<Row>> {
    let text = format!("SELECT {COLUMNS} FROM messages WHERE id > ? ORDER BY id LIMIT ?");
    let mut select = db.prepare_cached(&text)?;
    let rows = select.query_map(params![int(after), int(limit)], read_row)?;
    rows.collect()
}

/// The last row before those that record `seq` and later ones brought; 0 when there is none.
pub(crate) fn last_row_before(db: &Connection, seq: u64) -> rusqlite::Result<u64> {
    let last = "SELECT coalesce(max(id), 0) FROM messages WHERE seq < ?";
    db.query_row(last, params![int(seq)], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}

/// Which rows of the store are looked for; all that is given has to fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Not before this time.
    pub since: Option<Time>,
    /// Before this time.
    pub until: Option<Time>,
    /// Only rows before the one of this place.
    pub before: Option<u64>,
    /// Sent by or to this nick, in any case.
    pub nick: Option<String>,
    /// Of this room, in any case.
    pub room: Option<String>,
    /// With this in the text, in any case.
    pub grep: Option<String>,
    /// Of one of these kinds, if any is named.
    pub kinds: Vec<Kind>,
    /// Only the newest so many.
    pub limit: Option<u64>,
}

impl Search {
    /// Whether a line fits that stands in no store yet. It has no place there, nor a number of lines beside it.
    pub(crate) fn fits(&self, line: &Line<'_>) -> bool {
        let Self { since, until, before: _, nick, room, grep, kinds, limit: _ } = self;
        let same =
            |one: Option<&str>, other: &String| one.is_some_and(|one| one.to_lowercase() == other.to_lowercase());
        let holds = |text: Option<&str>, part: &String| {
            text.is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
        };
        since.is_none_or(|since| line.at >= since)
            && until.is_none_or(|until| line.at < until)
            && nick.as_ref().is_none_or(|nick| same(Some(line.sender), nick) || same(line.recipient, nick))
            && room.as_ref().is_none_or(|room| same(line.room, room))
            && grep.as_ref().is_none_or(|grep| holds(line.text, grep))
            && (kinds.is_empty() || kinds.contains(&line.kind))
    }

    fn conditions(&self) -> (String, Vec<Value>) {
        let (mut wheres, mut values) = (vec!["1"], Vec::new());
        let mut add = |condition, found: Vec<Value>| {
            wheres.push(condition);
            values.extend(found);
        };
        if let Some(since) = self.since {
            add("at >= ?", vec![int(since.0).into()]);
        }
        if let Some(until) = self.until {
            add("at < ?", vec![int(until.0).into()]);
        }
        if let Some(before) = self.before {
            add("id < ?", vec![int(before).into()]);
        }
        if let Some(nick) = &self.nick {
            let nick = nick.to_lowercase();
            add("(fold(sender) = ? OR fold(recipient) = ?)", vec![nick.clone().into(), nick.into()]);
        }
        if let Some(room) = &self.room {
            add("fold(room) = ?", vec![room.to_lowercase().into()]);
        }
        if let Some(grep) = &self.grep {
            add("instr(fold(text), ?) > 0", vec![grep.to_lowercase().into()]);
        }
        let mut text = wheres.join(" AND ");
        if !self.kinds.is_empty() {
            text += &format!(" AND kind IN ({})", vec!["?"; self.kinds.len()].join(", "));
            values.extend(self.kinds.iter().map(|kind| Value::from(kind.name().to_owned())));
        }
        (text, values)
    }
}

/// A journal's file opened to be read, also while a server writes it.
#[derive(Debug)]
pub struct Reader {
    pub(crate) db: Connection,
    pub(crate) path: PathBuf,
}

impl Reader {
    /// Opens the file, or that of a data folder.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let path = if path.is_dir() { path.join(super::sqlite::FILE) } else { path.to_owned() };
        if let Err(error) = std::fs::metadata(&path) {
            let sentence = format!("there is no journal to read at {}: {error}", path.display());
            return Err(JournalError::new(Trouble::Folder, sentence));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let fail = |error: rusqlite::Error| trouble(&path, &error);
        let db = Connection::open_with_flags(&path, flags).map_err(fail)?;
        db.busy_timeout(std::time::Duration::from_secs(5)).map_err(fail)?;
        let pure = rusqlite::functions::FunctionFlags::SQLITE_DETERMINISTIC;
        db.create_scalar_function("fold", 1, pure, |context| {
            Ok(context.get::<Option<String>>(0)?.map(|text| text.to_lowercase()))
        })
        .map_err(fail)?;
        check_format(&db, &path)?;
        Ok(Self { db, path })
    }

    /// The file that is read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The error for what SQLite says about this file.
    pub(crate) fn trouble(&self, error: &rusqlite::Error) -> JournalError {
        trouble(&self.path, error)
    }

    /// The first record that is kept.
    pub fn kept_from(&self) -> Result<u64, JournalError> {
        let from = self.db.query_row("SELECT kept_from FROM genesis", [], |row| row.get::<_, i64>(0));
        from.map(i64::cast_unsigned).map_err(|error| trouble(&self.path, &error))
    }

    /// Where the journal begins.
    pub fn genesis(&self) -> Result<Genesis, JournalError> {
        let none = || JournalError::new(Trouble::Foreign, format!("{} has not begun yet", self.path.display()));
        read_genesis(&self.db, &self.path)?.ok_or_else(none)
    }

    /// The kept snapshots that are whole, newest first, and a sentence for each that is not.
    pub(crate) fn snapshots(&self) -> Result<(Vec<Snapshot>, Vec<String>), JournalError> {
        read_snapshots(&self.db, &self.path)
    }

    /// Goes through the records from number `from` on, verified against the chain.
    pub(crate) fn read(&self, from: u64, each: Each<'_>) -> Result<Position, JournalError> {
        read_records(&self.db, &self.path, from, each)
    }

    /// The input of a record as it stands there, true or not.
    pub(crate) fn peek(&self, seq: u64) -> Option<(Time, Input)> {
        let select = "SELECT first, records FROM batches WHERE first <= ? ORDER BY first DESC LIMIT 1";
        let (first, blob): (i64, Vec<u8>) =
            self.db.query_row(select, params![int(seq)], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
        let record = peek(&blob, first.cast_unsigned(), seq)?;
        decode(record).ok().map(|input| (record.at, input))
    }

    /// Goes through the rows that are looked for, oldest first.
    pub fn search(&self, search: &Search, each: impl FnMut(&Row) -> ControlFlow<()>) -> Result<(), JournalError> {
        self.run(search, each).map_err(|error| trouble(&self.path, &error))
    }

    /// Goes through the records from number `from` on, verified against the chain, with the input of each.
    pub fn records(
        &self,
        from: u64,
        mut each: impl FnMut(Record<'_>, Input) -> ControlFlow<()>,
    ) -> Result<Position, JournalError> {
        self.read(from, &mut |record| Ok(each(record, decode(record)?)))
    }

    fn run(&self, search: &Search, mut each: impl FnMut(&Row) -> ControlFlow<()>) -> rusqlite::Result<()> {
        let (conditions, mut values) = search.conditions();
        let mut text = format!("SELECT {COLUMNS} FROM messages WHERE {conditions}");
        if let Some(limit) = search.limit {
            text = format!("SELECT * FROM ({text} ORDER BY id DESC LIMIT ?)");
            values.push(int(limit).into());
        }
        let mut select = self.db.prepare(&format!("{text} ORDER BY id"))?;
        let mut rows = select.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if each(&read_row(row)?).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let number = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
    let kind: String = row.get(4)?;
    let kind = kind.parse().map_err(|error: String| {
        rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Text, error.into())
    })?;
    Ok(Row {
        id: number(0)?,
        seq: number(1)?,
        number: row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
        at: Time(number(3)?),
        kind,
        room: row.get(5)?,
        sender: row.get(6)?,
        recipient: row.get(7)?,
        text: row.get(8)?,
        detail: row.get(9)?,
    })
}
