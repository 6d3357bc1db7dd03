//! Draws relays, who comes through them, and what goes wrong with them.
//!
//! Owns a dice of its own, so that the rest of a world is the same with and without relays.

use super::faults::draw_span;
use super::{Drawing, Faults, pick};
use crate::plan::{Deed, Fault, FaultKind, Plan, Raw, Relay, Setting, Side, Way};
use fastrand::Rng;

/// What sets the dice of relays apart from that of their world.
const DICE: u64 = 0x9a7e_9a7e_9a7e;

/// The relays' dice, and what goes wrong with them.
#[derive(Debug)]
pub(super) struct Gates {
    rng: Rng,
    kinds: Vec<FaultKind>,
}

/// Sets up relays: in half of the worlds in heavy weather, in some in light weather, and where their faults are asked
/// for.
pub(super) fn set_up(seed: u64, faults: &Faults, plan: &mut Plan) -> Gates {
    let mut rng = Rng::with_seed(seed ^ DICE);
    let all = || FaultKind::ALL.iter().copied().filter(|kind| kind.is_of_relays());
    let some = |rng: &mut Rng, of: u8| all().filter(|_| rng.u8(..of) == 0).collect();
    let (has, kinds): (bool, Vec<FaultKind>) = match faults {
        Faults::None => (false, Vec::new()),
        Faults::Light => (rng.u8(..6) == 0, some(&mut rng, 6)),
        Faults::Heavy => (rng.bool(), some(&mut rng, 2)),
        Faults::Only(kinds) => {
            let kinds: Vec<_> = kinds.iter().copied().filter(|kind| kind.is_of_relays()).collect();
            (!kinds.is_empty(), kinds)
        }
    };
    if has {
        draw_relays(&mut rng, plan);
    }
    Gates { rng, kinds }
}

/// One relay or two, and somebody at least who comes through each.
fn draw_relays(rng: &mut Rng, plan: &mut Plan) {
    let count = if plan.people() > 2 && rng.u8(..4) == 0 { 2 } else { 1 };
    let mut people: Vec<String> = plan.names().map(str::to_owned).collect();
    rng.shuffle(&mut people);
    let share = rng.usize(count..=people.len());
    for number in 0..count {
        let of = people.iter().take(share).skip(number).step_by(count).cloned().collect();
        plan.relays.push(Relay { name: format!("gate{}", number + 1), of });
    }
    // Seldom a relay stands behind another one.
    if rng.u8(..4) == 0 {
        let of = vec![plan.relays[0].name.clone()];
        plan.relays.push(Relay { name: "outer".into(), of });
    }
    let people = plan.people() as u64;
    let usual = Setting::default();
    plan.setting.relay_patience_ms = *pick(rng, &[usual.relay_patience_ms, usual.relay_patience_ms, 1_000]);
    // Longer than clients are silent: they ask every half minute.
    plan.setting.relay_idle_ms = *pick(rng, &[usual.relay_idle_ms, usual.relay_idle_ms, 35_000]);
    plan.setting.relay_clients_max = *pick(rng, &[usual.relay_clients_max, usual.relay_clients_max, 2 * people + 1]);
}

impl Drawing {
    /// Lets things go wrong with relays until all is healed.
    pub(super) fn fail_relays(&mut self, gates: &mut Gates) {
        let Gates { rng, kinds } = gates;
        if self.plan.relays.is_empty() || kinds.is_empty() {
            return;
        }
        for who in self.plan.clients.len()..self.plan.people() {
            if self.plan.relay_of(who).is_some() && rng.bool() {
                let at = rng.u64(0..self.plan.heal_ms);
                let header = if rng.bool() { Deed::Relay { host: 0 } } else { Deed::Send(Raw::BadHeader) };
                self.does(at, who, Deed::Knock);
                self.does(at, who, header);
                self.does(at, who, Deed::JoinBare { nick: self.plan.name_of(who).to_owned(), avatar: None });
            }
        }
        let pause = *pick(rng, &[2_000, 5_000, 10_000]);
        let mut at = rng.u64(0..=pause);
        while at < self.plan.heal_ms {
            let kind = *pick(rng, kinds);
            let fault = draw_fault(rng, &self.plan, kind);
            self.fails(at, fault);
            at += rng.u64(1..=2 * pause);
        }
    }
}

fn draw_fault(rng: &mut Rng, plan: &Plan, kind: FaultKind) -> Fault {
    let relay = rng.usize(..plan.relays.len());
    let for_ms = draw_span(rng);
    let one_way = if rng.bool() { Way::Up } else { Way::Down };
    let cut = |side, way| Fault::RelayCut { relay, side, way, for_ms };
    match kind {
        FaultKind::RelayCrash => Fault::RelayCrash { relay, down_ms: for_ms / 3 },
        FaultKind::RelayStop => Fault::RelayStop { relay, down_ms: for_ms / 3 },
        FaultKind::RelayPartition => cut(Side::Server, Way::Both),
        FaultKind::RelayOneWay => cut(Side::Server, one_way),
        FaultKind::RelayHold => Fault::RelayHold { relay, side: Side::Server, for_ms },
        FaultKind::RelaySlow => Fault::RelaySlow { relay, side: Side::Server, for_ms },
        FaultKind::RelayClientsPartition => cut(Side::Clients, Way::Both),
        FaultKind::RelayClientsOneWay => cut(Side::Clients, one_way),
        FaultKind::RelayClientsHold => Fault::RelayHold { relay, side: Side::Clients, for_ms },
        FaultKind::RelayClientsSlow => Fault::RelaySlow { relay, side: Side::Clients, for_ms },
        other => unreachable!("{} is not about relays", other.name()),
    }
}
