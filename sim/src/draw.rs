//! Draws plans: the seed decides what a world is like before it decides what happens in it (swarm testing).

use crate::plan::{FaultKind, Ms, Plan};

/// What a drawn plan should be like, where that is not left to the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knobs {
    /// How many clients; `None` leaves it to the seed.
    pub clients: Option<usize>,
    /// Which faults there are.
    pub faults: Faults,
    /// How long faults last, before all is healed; the world goes on for a while after.
    pub length_ms: Ms,
}

/// Which faults there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Faults {
    /// None: a network and a disk as they should be, and nobody rude.
    None,
    /// A few.
    Light,
    /// Many, of the kinds that the seed chooses.
    Heavy,
    /// Only these, as many as in heavy weather.
    Only(Vec<FaultKind>),
}

/// The plan of a seed.
pub fn draw(seed: u64, knobs: &Knobs) -> Plan {
    let _ = (seed, knobs);
    todo!()
}
