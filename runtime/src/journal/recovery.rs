//! Makes the machine of a journal again: the newest whole snapshot, and the records after it.
//!
//! Owns the order of doing so and what is told when it cannot be done. Never mends anything.

use super::{Genesis, Journal, JournalError, OutputDigest, Record, Snapshot, Trouble, chain};
use hobnob_machine::{Input, Out, Server};
use hobnob_spec::messages::Time;
use std::ops::ControlFlow;

/// A machine as a journal left it. No connection of it is left: unless the journal is new, the first input is
/// [`Input::Restarted`], after [`Input::Configured`] if the settings are others.
#[derive(Debug, Clone)]
pub struct Recovered {
    /// The machine.
    pub server: Server,
    /// The number of the next record.
    pub next: u64,
    /// The time of the last record, alarm or message; no later time may be before it.
    pub at: Time,
    /// The first connection number that was never used.
    pub next_conn: u64,
    /// The outputs since the last record, for its successor's digest.
    pub pending: OutputDigest,
    /// How many records were replayed.
    pub replayed: u64,
    /// Whether the journal has just begun.
    pub is_new: bool,
    /// What was found damaged and could be done without, a sentence each.
    pub notes: Vec<String>,
}

/// Begins the journal with `genesis`, or recovers what it holds. Fails at the first record that is not as it was
/// written, or of which the machine makes something else than it did.
pub fn recover(journal: &mut dyn Journal, genesis: Genesis) -> Result<Recovered, JournalError> {
    let genesis = journal.begin(genesis)?;
    let (snapshots, mut notes) = journal.snapshots()?;
    let mut player = start(genesis, snapshots, &mut notes);
    let from = player.next;
    let mut difference = None;
    let position = journal.read(from, &mut |record| match player.play(record) {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) => {
            difference = Some(error);
            Ok(ControlFlow::Break(()))
        }
    })?;
    if let Some(error) = difference {
        return Err(error);
    }
    if position.next < from {
        return Err(chain::damaged(position.next, "is missing, though a snapshot was taken after it"));
    }
    let Player { server, next, at, next_conn, pending, .. } = player;
    let (replayed, is_new) = (next - from, next == 1);
    // A snapshot's machine may have rung alarms after the last record.
    let at = at.max(position.at).max(server.now());
    Ok(Recovered { server, next, at, next_conn, pending, replayed, is_new, notes })
}

/// The machine at the newest snapshot that can be read, or at the beginning.
fn start(genesis: Genesis, snapshots: Vec<Snapshot>, notes: &mut Vec<String>) -> Player {
    for snapshot in snapshots {
        let next = snapshot.next;
        match Player::at_snapshot(snapshot) {
            Ok(player) => return player,
            Err(error) => notes.push(format!("the snapshot before record {next} is of another form: {error}")),
        }
    }
    Player::at_genesis(genesis)
}

/// A machine that takes records, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    /// The machine.
    pub(crate) server: Server,
    /// What the last record brought, and the alarms before it.
    pub(crate) out: Out,
    /// The number of the next record.
    pub(crate) next: u64,
    /// The time of the last record.
    pub(crate) at: Time,
    next_conn: u64,
    pending: OutputDigest,
}

impl Player {
    /// A new machine.
    pub(crate) fn at_genesis(genesis: Genesis) -> Self {
        let server = Server::new(genesis.config, genesis.seed);
        Self { server, out: Out::default(), next: 1, at: Time(0), next_conn: 1, pending: OutputDigest::default() }
    }

    /// The machine as a snapshot kept it.
    pub(crate) fn at_snapshot(snapshot: Snapshot) -> Result<Self, rmp_serde::decode::Error> {
        Ok(Self {
            server: rmp_serde::from_slice(&snapshot.server)?,
            out: Out::default(),
            next: snapshot.next,
            at: snapshot.at,
            next_conn: snapshot.next_conn,
            pending: snapshot.pending,
        })
    }

    /// Takes one record, and fails when the machine makes something else of it than it did.
    pub(crate) fn play(&mut self, record: Record<'_>) -> Result<(), JournalError> {
        let input = decode(record)?;
        if let Input::Opened { conn, .. } = &input {
            self.next_conn = self.next_conn.max(conn.0.saturating_add(1));
        }
        self.out.clear();
        self.server.step(record.at, input, &mut self.out);
        self.pending.fold(&self.out);
        (self.next, self.at) = (record.seq + 1, record.at);
        if self.pending.take() == record.digest {
            return Ok(());
        }
        let sentence = format!(
            "record {}: the machine does something else than it did when this was recorded; \
             `hobnob replay` shows the difference. The version of Hobnob that wrote the journal can still open it",
            record.seq
        );
        Err(JournalError::at(Trouble::Diverged, record.seq, sentence))
    }
}

/// The input of a record.
pub(crate) fn decode(record: Record<'_>) -> Result<Input, JournalError> {
    rmp_serde::from_slice(record.input).map_err(|error| {
        let sentence = format!("record {} holds no input that this version of Hobnob knows: {error}", record.seq);
        JournalError::at(Trouble::Diverged, record.seq, sentence)
    })
}
