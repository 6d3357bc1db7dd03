//! The ways to make a plan smaller, each a plan from a plan.

use crate::plan::{Deed, Durability, Fault, Ms, Plan, Setting, Step, What};
use hobnob_spec::messages::Request;
use hobnob_spec::profile::NickCase;

/// The distances from the line before to which a line may be pulled.
pub(super) const GAPS_MS: &[Ms] = &[0, 100, 1_000, 5_000];
/// How many characters of a text are enough to know it by.
const TEXT_CHARS: usize = 12;

/// The plan without some of its lines.
pub(super) fn without_steps(plan: &Plan, from: usize, size: usize) -> Plan {
    let mut plan = plan.clone();
    let to = (from + size).min(plan.steps.len());
    plan.steps.drain(from..to);
    plan
}

/// The plan without one who takes part, and without what only concerned that one.
pub(super) fn without_person(plan: &Plan, who: usize) -> Plan {
    let place = |relay: usize| plan.relays[relay].of.iter().position(|name| name == plan.name_of(who));
    let relayed = plan.relay_of(who).and_then(|relay| Some((relay, place(relay)?)));
    let mut plan = relayed.map_or_else(|| plan.clone(), |(relay, client)| without_relayed(plan, relay, client));
    if plan.is_rude(who) {
        plan.rude.remove(who - plan.clients.len());
    } else {
        plan.clients.remove(who);
    }
    plan.steps.retain(|step| concerns(&step.what) != Some(who));
    for step in &mut plan.steps {
        renumber(&mut step.what, who);
    }
    plan
}

fn concerns(what: &What) -> Option<usize> {
    match what {
        What::Does(who, _) => Some(*who),
        What::Fails(fault) => fault.who(),
    }
}

fn renumber(what: &mut What, gone: usize) {
    let who = match what {
        What::Does(who, _) => Some(who),
        What::Fails(fault) => fault_who(fault),
    };
    if let Some(who) = who {
        *who -= usize::from(*who > gone);
    }
}

const fn fault_who(fault: &mut Fault) -> Option<&mut usize> {
    match fault {
        Fault::Partition { who, .. }
        | Fault::Hold { who, .. }
        | Fault::Lag { who, .. }
        | Fault::Jitter { who, .. }
        | Fault::Reset { who }
        | Fault::HalfOpen { who, .. }
        | Fault::StallReads { who, .. }
        | Fault::StallWrites { who, .. }
        | Fault::Drip { who, .. }
        | Fault::Impostor { who, .. } => Some(who),
        Fault::ResetAll
        | Fault::Refuse { .. }
        | Fault::Crash { .. }
        | Fault::Clock { .. }
        | Fault::Set { .. }
        | Fault::DiskFull { .. }
        | Fault::WriteErrors { .. }
        | Fault::SlowDisk { .. }
        | Fault::Unreadable { .. }
        | Fault::Crowd { .. }
        | Fault::RelayCrash { .. }
        | Fault::RelayStop { .. }
        | Fault::RelayCut { .. }
        | Fault::RelayHold { .. }
        | Fault::RelaySlow { .. } => None,
    }
}

const fn fault_relay(fault: &mut Fault) -> Option<&mut usize> {
    match fault {
        Fault::RelayCrash { relay, .. }
        | Fault::RelayStop { relay, .. }
        | Fault::RelayCut { relay, .. }
        | Fault::RelayHold { relay, .. }
        | Fault::RelaySlow { relay, .. } => Some(relay),
        Fault::Partition { .. }
        | Fault::Hold { .. }
        | Fault::Lag { .. }
        | Fault::Jitter { .. }
        | Fault::Reset { .. }
        | Fault::HalfOpen { .. }
        | Fault::StallReads { .. }
        | Fault::StallWrites { .. }
        | Fault::Drip { .. }
        | Fault::Impostor { .. }
        | Fault::ResetAll
        | Fault::Refuse { .. }
        | Fault::Crash { .. }
        | Fault::Clock { .. }
        | Fault::Set { .. }
        | Fault::DiskFull { .. }
        | Fault::WriteErrors { .. }
        | Fault::SlowDisk { .. }
        | Fault::Unreadable { .. }
        | Fault::Crowd { .. } => None,
    }
}

/// The plan without a relay, and without what was only about it; whoever came through it dials the server.
pub(super) fn without_relay(plan: &Plan, relay: usize) -> Plan {
    let mut plan = plan.clone();
    let gone = plan.relays.remove(relay);
    // Whoever came through it, and was passed on to another one, comes through that one.
    for other in &mut plan.relays {
        if let Some(place) = other.of.iter().position(|name| *name == gone.name) {
            other.of.splice(place..=place, gone.of.clone());
        }
    }
    plan.relays.retain(|relay| !relay.of.is_empty());
    plan.steps.retain(|step| !matches!(&step.what, What::Fails(fault) if fault.relay() == Some(relay)));
    for step in &mut plan.steps {
        if let What::Fails(fault) = &mut step.what
            && let Some(other) = fault_relay(fault)
        {
            *other -= usize::from(*other > relay);
        }
    }
    plan
}

/// The plan with somebody, by name, dialing the server.
pub(super) fn without_relayed(plan: &Plan, relay: usize, client: usize) -> Plan {
    let mut plan = plan.clone();
    plan.relays[relay].of.remove(client);
    if plan.relays[relay].of.is_empty() { without_relay(&plan, relay) } else { plan }
}

/// The simplest setting: everything as usual, nothing drawn.
pub(super) fn simplest(plan: &Plan) -> Setting {
    Setting { latency_ms: (10, 10), chop: false, operators: plan.setting.operators, ..Setting::default() }
}

/// Each way to simplify a setting.
pub(super) const SIMPLER: &[fn(&Setting) -> Setting] = &[
    |setting| Setting { chop: false, ..setting.clone() },
    |setting| Setting { latency_ms: (10, 10), ..setting.clone() },
    |setting| Setting { latency_ms: (setting.latency_ms.0, setting.latency_ms.0), ..setting.clone() },
    |setting| Setting { profiles: Setting::default().profiles, ..setting.clone() },
    |setting| Setting { profiles: setting.profiles.iter().take(1).cloned().collect(), ..setting.clone() },
    |setting| Setting { limits: Setting::default().limits, ..setting.clone() },
    |setting| Setting { nick_case: NickCase::Fold, ..setting.clone() },
    |setting| Setting { lobby: Setting::default().lobby, ..setting.clone() },
    |setting| Setting { durability: Durability::Always, ..setting.clone() },
    |setting| Setting { snapshot_every: Setting::default().snapshot_every, ..setting.clone() },
    |setting| Setting { operators: false, ..setting.clone() },
];

/// The same thing, smaller; `None` where nothing is smaller.
pub(super) fn smaller(what: &What) -> Option<What> {
    match what {
        What::Does(who, deed) => smaller_deed(deed).map(|deed| What::Does(*who, deed)),
        What::Fails(fault) => {
            let mut fault = fault.clone();
            shorten_fault(&mut fault).then_some(What::Fails(fault))
        }
    }
}

fn smaller_deed(deed: &Deed) -> Option<Deed> {
    let shorter =
        |text: &String| (text.chars().count() > TEXT_CHARS).then(|| text.chars().take(TEXT_CHARS).collect::<String>());
    match deed {
        Deed::Flood { room, times, text } if *times > 1 => {
            Some(Deed::Flood { room: room.clone(), times: times / 2, text: text.clone() })
        }
        Deed::Ask(Request::Say { room, text }) => {
            shorter(text).map(|text| Deed::Ask(Request::Say { room: room.clone(), text }))
        }
        Deed::Ask(Request::Private { to, text }) => {
            shorter(text).map(|text| Deed::Ask(Request::Private { to: to.clone(), text }))
        }
        Deed::Flood { .. }
        | Deed::Join { .. }
        | Deed::Ask(_)
        | Deed::Quit
        | Deed::Logout
        | Deed::Close
        | Deed::Die
        | Deed::Knock
        | Deed::HangUp
        | Deed::JoinBare { .. }
        | Deed::Return { .. }
        | Deed::Repeat
        | Deed::Backdate
        | Deed::Relay { .. }
        | Deed::Type { .. }
        | Deed::Send(_) => None,
    }
}

/// Halves what lasts, to whole tenths of a second; says whether anything became shorter.
fn shorten_fault(fault: &mut Fault) -> bool {
    let lasts = match fault {
        Fault::Partition { for_ms, .. }
        | Fault::Hold { for_ms, .. }
        | Fault::Lag { for_ms, .. }
        | Fault::Jitter { for_ms, .. }
        | Fault::Refuse { for_ms }
        | Fault::StallReads { for_ms, .. }
        | Fault::StallWrites { for_ms, .. }
        | Fault::Drip { for_ms, .. }
        | Fault::Impostor { for_ms, .. }
        | Fault::DiskFull { for_ms }
        | Fault::WriteErrors { for_ms }
        | Fault::SlowDisk { for_ms, .. }
        | Fault::Unreadable { for_ms }
        | Fault::Crowd { for_ms, .. }
        | Fault::Crash { down_ms: for_ms, .. }
        | Fault::RelayCrash { down_ms: for_ms, .. }
        | Fault::RelayStop { down_ms: for_ms, .. }
        | Fault::RelayCut { for_ms, .. }
        | Fault::RelayHold { for_ms, .. }
        | Fault::RelaySlow { for_ms, .. } => for_ms,
        Fault::Reset { .. } | Fault::ResetAll | Fault::HalfOpen { .. } | Fault::Clock { .. } | Fault::Set { .. } => {
            return false;
        }
    };
    let half = (*lasts / 2).next_multiple_of(100);
    let shorter = half < *lasts;
    *lasts = half.min(*lasts);
    shorter
}

/// The plan with everything from a line on so much sooner that the line comes `gap` after the one before it.
pub(super) fn sooner(plan: &Plan, place: usize, gap: Ms) -> Plan {
    let mut plan = plan.clone();
    let before = place.checked_sub(1).map_or(0, |before| plan.steps[before].at);
    let pull = plan.steps[place].at.saturating_sub(before + gap);
    for Step { at, .. } in &mut plan.steps[place..] {
        *at -= pull;
    }
    plan.heal_ms -= pull.min(plan.heal_ms);
    plan.end_ms -= pull.min(plan.end_ms);
    plan
}

/// The plan whose faults are over sooner, if they may be.
pub(super) fn healed_sooner(plan: &Plan) -> Plan {
    let last = plan.steps.last().map_or(0, |step| step.at);
    let heal_ms = (plan.heal_ms / 2).next_multiple_of(1_000).max(last).min(plan.heal_ms);
    let pull = plan.heal_ms - heal_ms;
    Plan { heal_ms, end_ms: plan.end_ms - pull, ..plan.clone() }
}

/// The plan with less time after its healing.
pub(super) fn ended_sooner(plan: &Plan) -> Plan {
    let after = plan.end_ms - plan.heal_ms;
    let shorter = (after / 2).next_multiple_of(1_000).min(after);
    Plan { end_ms: plan.heal_ms + shorter, ..plan.clone() }
}
