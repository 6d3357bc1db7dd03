//! Draws what goes wrong, and when.

use super::scenes::only_in_scenes;
use super::setting::draw_limit;
use super::{Drawing, Faults, pick};
use crate::plan::{Crash, Deed, Fault, FaultKind, Ms, Raw, Step, Way, What};
use fastrand::Rng;
use hobnob_spec::messages::Request;

/// Kinds of faults that are asked for by one word.
pub const GROUPS: &[(&str, &[FaultKind])] = {
    use FaultKind::*;
    &[
        (
            "network",
            &[
                Partition,
                PartitionUp,
                PartitionDown,
                Hold,
                Lag,
                Jitter,
                Reset,
                Herd,
                HalfOpenUp,
                HalfOpenDown,
                Refuse,
                StallReads,
                StallWrites,
                Drip,
                Crowd,
                Impostor,
            ],
        ),
        ("crash", &[Kill, PowerCut, Torn, AfterAppend, BeforeAppend, Stop]),
        ("restart", &[Clock, Set]),
        ("disk", &[DiskFull, WriteErrors, SlowDisk, Unreadable]),
        ("client", &[ClientDies, Flood, DuplicateLogin]),
        ("rude", &[Garbage, BadHello, HalfFrame, HugeFrame, Repeat]),
        (
            "relay",
            &[
                RelayCrash,
                RelayStop,
                RelayPartition,
                RelayOneWay,
                RelayHold,
                RelaySlow,
                RelayClientsPartition,
                RelayClientsOneWay,
                RelayClientsHold,
                RelayClientsSlow,
            ],
        ),
    ]
};

/// Which kinds of faults there are in a world: in heavy weather about half of all, in light weather a few.
pub(super) fn draw_kinds(rng: &mut Rng, faults: &Faults) -> Vec<FaultKind> {
    // Relays have a dice of their own.
    let apart = |kind: FaultKind| only_in_scenes(kind) || kind.is_of_relays();
    let usual = || FaultKind::ALL.iter().copied().filter(|kind| !apart(*kind));
    let some = |rng: &mut Rng, of: u8| usual().filter(|_| rng.u8(..of) == 0).collect();
    match faults {
        Faults::None => Vec::new(),
        Faults::Light => some(rng, 6),
        Faults::Heavy => some(rng, 2),
        Faults::Only(kinds) => kinds.iter().copied().filter(|kind| !kind.is_of_relays()).collect(),
    }
}

/// Whether only somebody without manners does it.
pub(super) const fn needs_rude(kind: FaultKind) -> bool {
    use FaultKind::*;
    matches!(kind, Garbage | BadHello | HalfFrame | HugeFrame | Repeat)
}

/// The kinds of fault that a plan holds, deeds that are faults included and what comes along with them left out.
#[cfg(test)]
pub(super) fn kinds_of(plan: &crate::plan::Plan) -> impl Iterator<Item = FaultKind> {
    let brings =
        plan.steps.iter().any(|step| matches!(step.what, What::Fails(Fault::Clock { .. } | Fault::Set { .. })));
    plan.steps.iter().filter_map(move |step| match &step.what {
        What::Fails(fault) => Some(fault.kind()).filter(|kind| !(brings && *kind == FaultKind::Stop)),
        What::Does(who, deed) => match deed {
            Deed::Die => Some(FaultKind::ClientDies),
            Deed::Flood { .. } => Some(FaultKind::Flood),
            Deed::Repeat | Deed::Backdate => Some(FaultKind::Repeat),
            Deed::Send(Raw::Garbage) => Some(FaultKind::Garbage),
            Deed::Send(Raw::BadHello) => Some(FaultKind::BadHello),
            Deed::Send(Raw::HalfFrame) => Some(FaultKind::HalfFrame),
            Deed::Send(Raw::HugeFrame) => Some(FaultKind::HugeFrame),
            Deed::Join { nick, .. } if !plan.is_rude(*who) && nick != plan.name_of(*who) => {
                Some(FaultKind::DuplicateLogin)
            }
            _ => None,
        },
    })
}

impl Drawing {
    /// Lets things go wrong until all is healed.
    pub(super) fn fail(&mut self, faults: &Faults) {
        if self.kinds.is_empty() {
            return;
        }
        let pause = match faults {
            Faults::None => return,
            Faults::Light => 15_000,
            Faults::Heavy | Faults::Only(_) => *pick(&mut self.rng, &[800, 2_000, 5_000]),
        };
        let mut at = self.rng.u64(0..=pause);
        while at < self.plan.heal_ms {
            let kind = *pick(&mut self.rng, &self.kinds);
            self.fail_once(at, kind);
            at += self.rng.u64(1..=2 * pause);
        }
    }

    fn fail_once(&mut self, at: Ms, kind: FaultKind) {
        use FaultKind::*;
        match kind {
            ClientDies => self.client_dies(at),
            Flood => self.floods(at),
            DuplicateLogin => self.logs_in_twice(at),
            Garbage | BadHello | HalfFrame | HugeFrame | Repeat => self.misbehaves(at, kind),
            Clock | Set => {
                let fault = self.fault(kind);
                self.fails(at, fault);
                let down_ms = self.rng.u64(100..2_000);
                self.fails(at + 1, Fault::Crash { how: Crash::Stop, down_ms });
            }
            Partition | PartitionUp | PartitionDown | Hold | Lag | Jitter | Reset | Herd | HalfOpenUp
            | HalfOpenDown | Refuse | StallReads | StallWrites | Drip | Kill | PowerCut | Torn | AfterAppend
            | BeforeAppend | Stop | DiskFull | WriteErrors | SlowDisk | Unreadable | Crowd | Impostor => {
                let fault = self.fault(kind);
                self.fails(at, fault);
            }
            RelayCrash
            | RelayStop
            | RelayPartition
            | RelayOneWay
            | RelayHold
            | RelaySlow
            | RelayClientsPartition
            | RelayClientsOneWay
            | RelayClientsHold
            | RelayClientsSlow => unreachable!("{} is drawn with the relays", kind.name()),
        }
    }

    pub(super) fn fails(&mut self, at: Ms, fault: Fault) {
        if at < self.plan.heal_ms {
            self.plan.steps.push(Step { at, what: What::Fails(fault) });
        }
    }

    fn fault(&mut self, kind: FaultKind) -> Fault {
        use FaultKind::*;
        let who = self.rng.usize(..self.plan.people());
        let for_ms = draw_span(&mut self.rng);
        let crash = |how| Fault::Crash { how, down_ms: for_ms / 3 };
        let partition = |way| Fault::Partition { who, way, for_ms };
        match kind {
            Partition => partition(Way::Both),
            PartitionUp => partition(Way::Up),
            PartitionDown => partition(Way::Down),
            Hold => Fault::Hold { who, for_ms },
            Lag => Fault::Lag { who, ms: *pick(&mut self.rng, &[100, 500, 2_000, 12_000]), for_ms },
            Jitter => Fault::Jitter { who, ms: *pick(&mut self.rng, &[50, 500, 3_000]), for_ms },
            Reset => Fault::Reset { who },
            Herd => Fault::ResetAll,
            HalfOpenUp => Fault::HalfOpen { who, untold: Way::Up },
            HalfOpenDown => Fault::HalfOpen { who, untold: Way::Down },
            Refuse => Fault::Refuse { for_ms },
            StallReads => Fault::StallReads { who, for_ms },
            StallWrites => Fault::StallWrites { who, for_ms },
            Drip => Fault::Drip { who, for_ms },
            Kill => crash(Crash::Kill),
            PowerCut => crash(Crash::PowerCut),
            Torn => crash(Crash::Torn),
            AfterAppend => crash(Crash::AfterAppend),
            BeforeAppend => crash(Crash::BeforeAppend),
            Stop => crash(Crash::Stop),
            Clock => {
                let jump = *pick(&mut self.rng, &[1, 1_500, 60_000, 3_600_000, 40_000_000_000]);
                Fault::Clock { jump_ms: if self.rng.bool() { jump } else { -jump } }
            }
            Set => {
                let (limit, value) = draw_limit(&mut self.rng);
                Fault::Set { limit, value }
            }
            DiskFull => Fault::DiskFull { for_ms },
            WriteErrors => Fault::WriteErrors { for_ms },
            SlowDisk => Fault::SlowDisk { ms: *pick(&mut self.rng, &[20, 200, 1_500]), for_ms },
            Unreadable => Fault::Unreadable { for_ms },
            Impostor => Fault::Impostor { who: who % self.plan.clients.len(), for_ms },
            Crowd => Fault::Crowd { count: self.rng.u32(1..30), for_ms },
            ClientDies | Flood | Garbage | BadHello | HalfFrame | HugeFrame | DuplicateLogin | Repeat => {
                unreachable!("{} is something that somebody does", kind.name())
            }
            RelayCrash
            | RelayStop
            | RelayPartition
            | RelayOneWay
            | RelayHold
            | RelaySlow
            | RelayClientsPartition
            | RelayClientsOneWay
            | RelayClientsHold
            | RelayClientsSlow => unreachable!("{} is drawn with the relays", kind.name()),
        }
    }

    fn client_dies(&mut self, at: Ms) {
        let who = self.rng.usize(..self.plan.clients.len());
        let nick = self.plan.name_of(who).to_owned();
        self.does(at, who, Deed::Die);
        let later = at + self.rng.u64(1..3_000);
        self.does(later, who, Deed::Join { nick, avatar: None });
    }

    fn floods(&mut self, at: Ms) {
        let who = self.rng.usize(..self.plan.people());
        let (room, text) = (self.room(who), self.text(who));
        let times = *pick(&mut self.rng, &[3, 12, 30, 100]);
        self.does(at, who, Deed::Flood { room, times, text });
    }

    /// Goes, and comes back as somebody else.
    fn logs_in_twice(&mut self, at: Ms) {
        let who = self.rng.usize(..self.plan.clients.len());
        let nick = self.plan.name_of(self.rng.usize(..self.plan.people())).to_owned();
        if !self.rng.bool() {
            self.does(at, who, Deed::Quit);
        }
        self.does(at + 1, who, Deed::Close);
        self.does(at + 2, who, Deed::Join { nick, avatar: None });
    }

    fn misbehaves(&mut self, at: Ms, kind: FaultKind) {
        if self.plan.rude.is_empty() {
            return;
        }
        let who = self.plan.clients.len() + self.rng.usize(..self.plan.rude.len());
        let deed = match kind {
            FaultKind::Garbage => Deed::Send(Raw::Garbage),
            FaultKind::BadHello => Deed::Send(Raw::BadHello),
            FaultKind::HalfFrame => Deed::Send(Raw::HalfFrame),
            FaultKind::HugeFrame => Deed::Send(Raw::HugeFrame),
            _ if self.rng.bool() => Deed::Repeat,
            _ => Deed::Backdate,
        };
        // A hello comes first or not at all.
        if matches!(deed, Deed::Send(Raw::BadHello)) {
            self.does(at, who, Deed::Knock);
        }
        for nth in 0..*pick(&mut self.rng, &[1, 1, 2, 4]) {
            self.does(at + nth, who, deed.clone());
        }
        if self.rng.u8(..4) == 0 {
            self.does(at + 5, who, Deed::Ask(Request::Ping));
        }
    }
}

/// How long something lasts: mostly a second or two, seldom long.
pub(super) fn draw_span(rng: &mut Rng) -> Ms {
    match rng.u8(..8) {
        0 => rng.u64(1..100),
        1..4 => rng.u64(100..1_500),
        4..7 => rng.u64(1_000..6_000),
        _ => rng.u64(5_000..25_000),
    }
}
