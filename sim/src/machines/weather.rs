//! Which faults last at present, and what they do to whom.
//!
//! Owns the list of them. Asks nobody and tells nobody.

use crate::plan::{Fault, Ms, Plan, Side, Way};

/// What lasts between one who takes part, or a relay, and what it dials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Air {
    pub(super) cut_up: bool,
    pub(super) cut_down: bool,
    /// What is sent waits until then.
    pub(super) hold_until: Ms,
    pub(super) lag_ms: Ms,
    pub(super) jitter_ms: Ms,
    pub(super) stalls_reads: bool,
    pub(super) stalls_writes: bool,
    pub(super) drips: bool,
    /// Who dials reaches somebody else.
    pub(super) impostor: bool,
    /// What a relay writes to its clients goes nowhere.
    pub(super) stalls_down: bool,
}

impl Air {
    fn cut(&mut self, way: Way) {
        self.cut_up |= matches!(way, Way::Both | Way::Up);
        self.cut_down |= matches!(way, Way::Both | Way::Down);
    }

    fn hold(&mut self, until: Ms) {
        self.hold_until = self.hold_until.max(until);
    }
}

/// What lasts on the server's side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ground {
    pub(super) refuses: bool,
    /// The disk is full, or every write fails.
    pub(super) unwritable: bool,
    pub(super) unreadable: bool,
    pub(super) slow_ms: Ms,
}

/// All that lasts.
#[derive(Debug)]
pub(super) struct Weather {
    /// The places of the lines whose faults last, with their end.
    lasting: Vec<(usize, Ms, Fault)>,
    /// Of each column, through which relay it goes; relays stand behind people.
    through: Vec<Option<usize>>,
    people: usize,
    pub(super) airs: Vec<Air>,
    pub(super) ground: Ground,
}

impl Weather {
    /// Fair weather for all who take part in a plan, and its relays.
    pub(super) fn new(plan: &Plan) -> Self {
        let people = plan.people();
        let through: Vec<_> = (0..people + plan.relays.len()).map(|column| plan.relay_of(column)).collect();
        let airs = vec![Air::default(); through.len()];
        Self { lasting: Vec::new(), through, people, airs, ground: Ground::default() }
    }

    /// A fault begins and lasts until `end`.
    pub(super) fn begin(&mut self, line: usize, end: Ms, fault: &Fault) {
        self.lasting.push((line, end, fault.clone()));
        self.sum_up();
    }

    /// The fault of that line is over. Returns it if it lasted.
    pub(super) fn end(&mut self, line: usize) -> Option<Fault> {
        let at = self.lasting.iter().position(|(lasting, ..)| *lasting == line)?;
        let (.., fault) = self.lasting.remove(at);
        self.sum_up();
        Some(fault)
    }

    /// What lasts between one and what it dials; strangers have fair weather.
    pub(super) fn air(&self, column: Option<usize>) -> Air {
        column.map_or_else(Air::default, |column| self.airs[column])
    }

    fn sum_up(&mut self) {
        self.ground = Ground::default();
        self.airs.fill(Air::default());
        for (_, end, fault) in &self.lasting {
            let ground = &mut self.ground;
            let airs = &mut self.airs;
            let links = |relay: usize, side: Side| {
                let column = self.people + relay;
                let links = self.through.iter().enumerate();
                links.filter(move |(at, through)| match side {
                    Side::Clients => **through == Some(relay),
                    Side::Server => *at == column,
                })
            };
            match fault {
                Fault::Partition { who, way, .. } => airs[*who].cut(*way),
                Fault::RelayCut { relay, side, way, .. } => links(*relay, *side).for_each(|(at, _)| airs[at].cut(*way)),
                Fault::Hold { who, .. } => airs[*who].hold(*end),
                Fault::RelayHold { relay, side, .. } => links(*relay, *side).for_each(|(at, _)| airs[at].hold(*end)),
                Fault::RelaySlow { relay, side: Side::Clients, .. } => airs[self.people + relay].stalls_down = true,
                Fault::RelaySlow { relay, side: Side::Server, .. } => airs[self.people + relay].stalls_writes = true,
                Fault::Lag { who, ms, .. } => airs[*who].lag_ms += ms,
                Fault::Jitter { who, ms, .. } => airs[*who].jitter_ms += ms,
                Fault::StallReads { who, .. } => airs[*who].stalls_reads = true,
                Fault::StallWrites { who, .. } => airs[*who].stalls_writes = true,
                Fault::Drip { who, .. } => airs[*who].drips = true,
                Fault::Impostor { who, .. } => airs[*who].impostor = true,
                Fault::Refuse { .. } => ground.refuses = true,
                Fault::DiskFull { .. } | Fault::WriteErrors { .. } => ground.unwritable = true,
                Fault::SlowDisk { ms, .. } => ground.slow_ms += ms,
                Fault::Unreadable { .. } => ground.unreadable = true,
                Fault::Crowd { .. }
                | Fault::Reset { .. }
                | Fault::ResetAll
                | Fault::HalfOpen { .. }
                | Fault::Crash { .. }
                | Fault::Clock { .. }
                | Fault::Set { .. }
                | Fault::RelayCrash { .. }
                | Fault::RelayStop { .. } => {}
            }
        }
    }
}
