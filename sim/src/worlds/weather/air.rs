//! The links between those who take part, the relays and the server: cut, held back, slow.
//!
//! Owns what turmoil is told of them.

use super::{Weather, take_out};
use crate::plan::{Fault, Ms, Side, Way};
use crate::worlds::stage::SERVER;
use std::time::Duration;

/// What is wrong with the link between one who takes part, or a relay, and what it dials.
#[derive(Debug, Clone, Default)]
pub(super) struct Air {
    cuts: Vec<Way>,
    holds: Vec<()>,
    lag: Vec<Ms>,
    jitter: Vec<Ms>,
    /// What turmoil was told.
    told: State,
}

/// The state of a link of turmoil's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    Healthy,
    Held,
    CutUp,
    CutDown,
    Cut,
}

impl Weather<'_, '_> {
    /// A fault of a link begins or ends.
    pub(super) fn change_air(&mut self, fault: &Fault, begins: bool) {
        for column in self.parties(fault) {
            self.change_air_of(column, fault, begins);
        }
    }

    /// Whose link to what they dial a fault is about.
    fn parties(&self, fault: &Fault) -> Vec<usize> {
        match fault {
            Fault::RelayCut { relay, side: Side::Clients, .. }
            | Fault::RelayHold { relay, side: Side::Clients, .. } => {
                (0..self.airs.len()).filter(|column| self.plan.relay_of(*column) == Some(*relay)).collect()
            }
            Fault::RelayCut { relay, .. } | Fault::RelayHold { relay, .. } => vec![self.plan.relay_column(*relay)],
            other => other.who().into_iter().collect(),
        }
    }

    fn change_air_of(&mut self, column: usize, fault: &Fault, begins: bool) {
        fn change<T: PartialEq>(list: &mut Vec<T>, what: T, begins: bool) {
            if begins {
                list.push(what);
            } else {
                take_out(list, &what);
            }
        }
        let air = &mut self.airs[column];
        match fault {
            Fault::Partition { way, .. } | Fault::RelayCut { way, .. } => change(&mut air.cuts, *way, begins),
            Fault::Hold { .. } | Fault::RelayHold { .. } => change(&mut air.holds, (), begins),
            Fault::Lag { ms, .. } => change(&mut air.lag, *ms, begins),
            Fault::Jitter { ms, .. } => change(&mut air.jitter, *ms, begins),
            other => unreachable!("{other:?} is no fault of a link"),
        }
        self.apply(column);
    }

    /// Tells turmoil what has changed about a link.
    fn apply(&mut self, column: usize) {
        let (name, other) = (self.stage.host_name(column), self.stage.dialed_by(column));
        let wanted = self.wanted(column, &other);
        let air = &mut self.airs[column];
        if air.told != wanted {
            match air.told {
                State::Healthy => {}
                State::Held => self.sim.release(&*name, &*other),
                State::CutUp | State::CutDown | State::Cut => self.sim.repair(&*name, &*other),
            }
            match wanted {
                State::Healthy => {}
                State::Held => self.sim.hold(&*name, &*other),
                State::CutUp => self.sim.partition_oneway(&*name, &*other),
                State::CutDown => self.sim.partition_oneway(&*other, &*name),
                State::Cut => self.sim.partition(&*name, &*other),
            }
            air.told = wanted;
        }
        let (least, most) = self.plan.setting.latency_ms;
        let (lag, jitter) = (air.lag.iter().sum::<Ms>(), air.jitter.iter().sum::<Ms>());
        let least = least.max(1) + lag;
        self.sim.set_link_latency(&*name, &*other, Duration::from_millis(least));
        let most = Duration::from_millis(least.max(most + lag) + jitter);
        self.sim.set_link_max_message_latency(&*name, &*other, most);
    }

    fn wanted(&self, column: usize, other: &str) -> State {
        let air = &self.airs[column];
        let cut = |ways: [Way; 2]| air.cuts.iter().any(|way| ways.contains(way));
        match (cut([Way::Both, Way::Up]), cut([Way::Both, Way::Down])) {
            _ if self.dark && other == SERVER => State::Cut,
            (true, true) => State::Cut,
            (true, false) => State::CutUp,
            (false, true) => State::CutDown,
            (false, false) if !air.holds.is_empty() => State::Held,
            (false, false) => State::Healthy,
        }
    }

    /// The server's computer loses its power, or has it again.
    pub(super) fn set_dark(&mut self, dark: bool) {
        if self.dark != dark {
            self.dark = dark;
            (0..self.airs.len()).for_each(|column| self.apply(column));
        }
    }
}
