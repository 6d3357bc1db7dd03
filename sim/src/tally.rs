//! What a run did, in numbers, and how the numbers of many runs add up.

use crate::coverage::{Clients, Coverage, Relays, Rows};
use crate::plan::{FaultKind, Ms};
use std::collections::BTreeMap;

/// What one run, or several, did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many worlds.
    pub worlds: u64,
    /// Virtual time.
    pub virtual_ms: Ms,
    /// Inputs that servers took.
    pub inputs: u64,
    /// Lines and private messages that were taken.
    pub posted: u64,
    /// Messages that users were shown.
    pub shown: u64,
    /// How often each kind of fault was carried out. A fault that met nothing (a reset without a connection) is not.
    pub faults: BTreeMap<FaultKind, u64>,
    /// Which rows of the session table fired.
    pub coverage: Coverage,
    /// Which rows of the client's table fired: only the machines tier sees them.
    pub client_coverage: Rows<Clients>,
    /// Which rows of a relay's table fired: only the worlds tier has relays.
    pub relay_coverage: Rows<Relays>,
}

impl Tally {
    /// Counts a fault that was carried out.
    pub fn fault(&mut self, kind: FaultKind) {
        *self.faults.entry(kind).or_insert(0) += 1;
    }

    /// Adds what another run did.
    pub fn add(&mut self, other: &Self) {
        self.worlds += other.worlds;
        self.virtual_ms += other.virtual_ms;
        self.inputs += other.inputs;
        self.posted += other.posted;
        self.shown += other.shown;
        for (kind, times) in &other.faults {
            *self.faults.entry(*kind).or_insert(0) += times;
        }
        self.coverage.add(&other.coverage);
        self.client_coverage.add(&other.client_coverage);
        self.relay_coverage.add(&other.relay_coverage);
    }
}
