//! Runs a journal through the machine again and compares, bit for bit.
//!
//! Owns what a difference is: an input that is not as it was recorded, outputs other than those of then, or a store
//! that tells something else. Only reads the journal, also while a server writes it.

use crate::journal::batch::stored_by;
use crate::journal::recovery::Player;
use crate::journal::rows::Stored;
use crate::journal::{JournalError, Reader, Record, Row, Trouble, store};
use crate::message_log::{Layout, Line};
use hobnob_machine::{Action, Input, Out, Server};
use hobnob_spec::messages::Time;
use jiff::tz::TimeZone;
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// How many rows of the store are read at once.
const ROWS_AT_ONCE: u64 = 1024;

/// Where a replay ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Until {
    /// With the journal.
    #[default]
    End,
    /// After the record of this number.
    Record(u64),
    /// After the last record that is not later.
    Time(Time),
}

/// What kind of difference was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Differs {
    /// The record is not as it was written, or missing.
    Record,
    /// The machine does something else than it did.
    Outputs,
    /// The store of messages tells something else.
    Store,
}

/// The first difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The number of the record.
    pub seq: u64,
    /// Its time, if it can be read.
    pub at: Option<Time>,
    /// What differs.
    pub differs: Differs,
    /// The same in a sentence.
    pub sentence: String,
    /// The input as it stands in the journal, if it can be read.
    pub input: Option<Input>,
    /// What the machine does, with the alarms before it.
    pub actions: Vec<Action>,
    /// What that brings to the store, as the message log would show it.
    pub expected: Vec<String>,
    /// What the store holds of the record.
    pub found: Vec<String>,
}

/// How a replay ended.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The first record that was replayed.
    pub from: u64,
    /// How many were.
    pub records: u64,
    /// The time of the last one.
    pub at: Time,
    /// The machine after it.
    pub server: Server,
    /// The first difference, at which the replay stopped.
    pub difference: Option<Difference>,
    /// What was found damaged and could be done without, a sentence each.
    pub notes: Vec<String>,
}

/// A record that was replayed.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Its number.
    pub seq: u64,
    /// Its time.
    pub at: Time,
    /// What the server took.
    pub input: &'a Input,
    /// What that brought, and the alarms before it.
    pub out: &'a Out,
    /// The machine after it.
    pub server: &'a Server,
}

/// Runs a journal through the machine, from its beginning or from its oldest snapshot, up to the first difference.
/// `each` sees number, time and outputs of every record. Fails only when the journal cannot be read at all.
pub fn replay(reader: &Reader, until: Until, mut each: impl FnMut(u64, Time, &Out)) -> Result<Replayed, JournalError> {
    replay_steps(reader, until, |step| each(step.seq, step.at, step.out))
}

/// Like [`replay`], for those who want to see the inputs and the machine too.
pub fn replay_steps(reader: &Reader, until: Until, each: impl FnMut(Step<'_>)) -> Result<Replayed, JournalError> {
    replay_from(reader, until, |_| {}, each)
}

/// Like [`replay_steps`]; `begin` sees the machine before the first record.
pub fn replay_from(
    reader: &Reader,
    until: Until,
    begin: impl FnOnce(&Server),
    mut each: impl FnMut(Step<'_>),
) -> Result<Replayed, JournalError> {
    let (player, notes) = start(reader)?;
    begin(&player.server);
    let from = player.next;
    let rows = Rows::from(reader, from)?;
    let mut run = Run { reader, player, rows, from, difference: None };
    let read = reader.read(from, &mut |record| {
        if until.is_before(record) {
            return Ok(ControlFlow::Break(()));
        }
        let input = run.take(record)?;
        let Some(input) = input.filter(|_| run.difference.is_none()) else { return Ok(ControlFlow::Break(())) };
        let Player { out, server, .. } = &run.player;
        each(Step { seq: record.seq, at: record.at, input: &input, out, server });
        Ok(ControlFlow::Continue(()))
    });
    match read {
        Ok(_) => {}
        Err(error) if error.seq.is_some() => run.difference = Some(run.damaged(&error)),
        Err(error) => return Err(error),
    }
    let Run { player, difference, .. } = run;
    let bad = difference.as_ref().is_some_and(|difference| difference.seq < player.next);
    let records = player.next - from - u64::from(bad);
    Ok(Replayed { from, records, at: player.at, server: player.server, difference, notes })
}

impl Until {
    fn is_before(self, record: Record<'_>) -> bool {
        match self {
            Self::End => false,
            Self::Record(last) => record.seq > last,
            Self::Time(last) => record.at > last,
        }
    }
}

/// The machine at the beginning of what is kept.
fn start(reader: &Reader) -> Result<(Player, Vec<String>), JournalError> {
    let (genesis, (snapshots, mut notes)) = (reader.genesis()?, reader.snapshots()?);
    let kept_from = reader.kept_from()?;
    if kept_from == 1 {
        return Ok((Player::at_genesis(genesis), notes));
    }
    for snapshot in snapshots.into_iter().rev() {
        let next = snapshot.next;
        match Player::at_snapshot(snapshot) {
            Ok(player) => return Ok((player, notes)),
            Err(error) => notes.push(format!("the snapshot before record {next} is of another form: {error}")),
        }
    }
    let sentence = format!(
        "the records before {kept_from} are not kept any more, and there is no whole snapshot to begin with{}",
        notes.iter().map(|note| format!("; {note}")).collect::<String>()
    );
    Err(JournalError::new(Trouble::Corrupt, sentence))
}

struct Run<'a> {
    reader: &'a Reader,
    player: Player,
    rows: Rows<'a>,
    from: u64,
    difference: Option<Difference>,
}

impl Run<'_> {
    /// Takes a record, says what it holds, and notes the difference if there is one.
    fn take(&mut self, record: Record<'_>) -> Result<Option<Input>, JournalError> {
        let played = self.player.play(record);
        let input = self.reader_input(record);
        let expected = stored_by(record.at, input.as_ref(), &self.player.out, &self.player.server);
        let found = self.rows.of(record.seq)?;
        let (differs, sentence) = match played {
            Err(error) if error.trouble == Trouble::Diverged && input.is_none() => return Err(error),
            Err(_) => (Differs::Outputs, "the machine does something else than it did when this was recorded"),
            Ok(()) if self.agree(record.seq, &expected, &found) => return Ok(input),
            Ok(()) => (Differs::Store, "the store of messages does not hold what the record brought"),
        };
        self.difference = Some(Difference {
            seq: record.seq,
            at: Some(record.at),
            differs,
            sentence: format!("record {}: {sentence}", record.seq),
            input,
            actions: self.player.out.actions.clone(),
            expected: expected.iter().map(|stored| shown(&stored.columns().line)).collect(),
            found: found.iter().map(|row| shown(&row.line())).collect(),
        });
        Ok(None)
    }

    fn reader_input(&self, record: Record<'_>) -> Option<Input> {
        crate::journal::recovery::decode(record).ok()
    }

    /// Whether the store holds what it should. A snapshot may have been taken when alarms had already brought part of
    /// what the store notes under the record that follows it.
    fn agree(&self, seq: u64, expected: &[Stored], found: &[Row]) -> bool {
        let skipped = if seq == self.from { found.len().saturating_sub(expected.len()) } else { 0 };
        let found = &found[skipped..];
        expected.len() == found.len() && expected.iter().zip(found).all(|(stored, row)| stored.is(row))
    }

    /// The difference that a record is which is not as it was written.
    fn damaged(&mut self, error: &JournalError) -> Difference {
        let seq = error.seq.expect("the caller saw that the error is about a record");
        let (at, input) = self.reader.peek(seq).unzip();
        let mut out = Out::default();
        if let (Some(at), Some(input)) = (at, input.clone())
            && !matches!(input, Input::Opened { .. })
        {
            self.player.server.clone().step(at, input, &mut out);
        }
        let found = self.rows.of(seq).unwrap_or_default();
        let expected = at.map(|at| stored_by(at, input.as_ref(), &out, &self.player.server)).unwrap_or_default();
        Difference {
            seq,
            at,
            differs: Differs::Record,
            sentence: error.sentence.clone(),
            input,
            actions: out.actions,
            expected: expected.iter().map(|stored| shown(&stored.columns().line)).collect(),
            found: found.iter().map(|row| shown(&row.line())).collect(),
        }
    }
}

/// A line as the message log would show it, in UTC.
fn shown(line: &Line<'_>) -> String {
    let mut text = Vec::new();
    Layout::Text.write(line, &TimeZone::UTC, &mut text);
    String::from_utf8_lossy(&text).trim_end().to_owned()
}

/// The rows of the store, record by record.
struct Rows<'a> {
    reader: &'a Reader,
    last: u64,
    ahead: VecDeque<Row>,
}

impl<'a> Rows<'a> {
    fn from(reader: &'a Reader, seq: u64) -> Result<Self, JournalError> {
        let last = store::last_row_before(&reader.db, seq).map_err(|error| reader.trouble(&error))?;
        Ok(Self { reader, last, ahead: VecDeque::new() })
    }

    /// The rows up to those of a record; asked for with rising numbers.
    fn of(&mut self, seq: u64) -> Result<Vec<Row>, JournalError> {
        let mut rows = Vec::new();
        loop {
            if self.ahead.is_empty() {
                let more = store::some_rows_after(&self.reader.db, self.last, ROWS_AT_ONCE);
                self.ahead = more.map_err(|error| self.reader.trouble(&error))?.into();
            }
            match self.ahead.pop_front_if(|row| row.seq <= seq) {
                Some(row) => {
                    self.last = row.id;
                    rows.push(row);
                }
                None => return Ok(rows),
            }
        }
    }
}
