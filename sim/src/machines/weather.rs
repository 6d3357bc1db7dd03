//! Which faults last at present, and what they do to whom.
//!
//! Owns the list of them. Asks nobody and tells nobody.

use crate::plan::{Fault, Ms, Way};

/// What lasts between one who takes part and the server.
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
    pub(super) airs: Vec<Air>,
    pub(super) ground: Ground,
}

impl Weather {
    /// Fair weather for so many.
    pub(super) fn new(people: usize) -> Self {
        Self { lasting: Vec::new(), airs: vec![Air::default(); people], ground: Ground::default() }
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

    /// What lasts between somebody and the server; strangers have fair weather.
    pub(super) fn air(&self, who: Option<usize>) -> Air {
        who.map_or_else(Air::default, |who| self.airs[who])
    }

    fn sum_up(&mut self) {
        self.ground = Ground::default();
        self.airs.fill(Air::default());
        for (_, end, fault) in &self.lasting {
            let ground = &mut self.ground;
            let airs = &mut self.airs;
            match fault {
                Fault::Partition { who, way, .. } => {
                    airs[*who].cut_up |= matches!(way, Way::Both | Way::Up);
                    airs[*who].cut_down |= matches!(way, Way::Both | Way::Down);
                }
                Fault::Hold { who, .. } => airs[*who].hold_until = airs[*who].hold_until.max(*end),
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
                | Fault::RelayStop { .. }
                | Fault::RelayCut { .. }
                | Fault::RelayHold { .. }
                | Fault::RelaySlow { .. } => {}
            }
        }
    }
}
