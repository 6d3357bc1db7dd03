//! The links between those who take part and the server: cut, held back, slow.
//!
//! Owns what turmoil is told of them.

use super::{Weather, host_name, take_out};
use crate::plan::{Fault, Ms, Way};
use crate::worlds::stage::SERVER;
use std::time::Duration;

/// What is wrong with the link between one who takes part and the server.
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
        fn change<T: PartialEq>(list: &mut Vec<T>, what: T, begins: bool) {
            if begins {
                list.push(what);
            } else {
                take_out(list, &what);
            }
        }
        let Some(who) = fault.who() else { return };
        let air = &mut self.airs[who];
        match fault {
            Fault::Partition { way, .. } => change(&mut air.cuts, *way, begins),
            Fault::Hold { .. } => change(&mut air.holds, (), begins),
            Fault::Lag { ms, .. } => change(&mut air.lag, *ms, begins),
            Fault::Jitter { ms, .. } => change(&mut air.jitter, *ms, begins),
            other => unreachable!("{other:?} is no fault of a link"),
        }
        self.apply(who);
    }

    /// Tells turmoil what has changed about a link.
    fn apply(&mut self, who: usize) {
        let name = host_name(who);
        let wanted = self.wanted(who);
        let air = &mut self.airs[who];
        if air.told != wanted {
            match air.told {
                State::Healthy => {}
                State::Held => self.sim.release(&*name, SERVER),
                State::CutUp | State::CutDown | State::Cut => self.sim.repair(&*name, SERVER),
            }
            match wanted {
                State::Healthy => {}
                State::Held => self.sim.hold(&*name, SERVER),
                State::CutUp => self.sim.partition_oneway(&*name, SERVER),
                State::CutDown => self.sim.partition_oneway(SERVER, &*name),
                State::Cut => self.sim.partition(&*name, SERVER),
            }
            air.told = wanted;
        }
        let (least, most) = self.plan.setting.latency_ms;
        let (lag, jitter) = (air.lag.iter().sum::<Ms>(), air.jitter.iter().sum::<Ms>());
        let least = least.max(1) + lag;
        self.sim.set_link_latency(&*name, SERVER, Duration::from_millis(least));
        let most = Duration::from_millis(least.max(most + lag) + jitter);
        self.sim.set_link_max_message_latency(&*name, SERVER, most);
    }

    fn wanted(&self, who: usize) -> State {
        let air = &self.airs[who];
        let cut = |ways: [Way; 2]| air.cuts.iter().any(|way| ways.contains(way));
        match (cut([Way::Both, Way::Up]), cut([Way::Both, Way::Down])) {
            _ if self.dark => State::Cut,
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
            (0..self.airs.len()).for_each(|who| self.apply(who));
        }
    }
}
