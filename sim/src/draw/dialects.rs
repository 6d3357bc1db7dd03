//! Draws somebody who speaks a text dialect by hand.
//!
//! Owns a dice of its own, and adds its person behind all others, so that the rest of a world is the same without it.
//! Only the worlds tier has bytes to type.

use super::{Faults, pick};
use crate::plan::{Deed, Ms, Plan, Step, What};
use fastrand::Rng;
use hobnob_spec::profile::Dialect;

/// What sets the dice apart from that of their world.
const DICE: u64 = 0x0b1a_b1ab_1ab1;
/// What the person is called, as long as nobody else is.
pub(super) const NAME: &str = "typist";
/// How long after a line the next one comes at most.
const PAUSE_MS: Ms = 4_000;

/// Adds somebody in some of the worlds in heavy weather, whose plans are sorted again.
pub(super) fn add(seed: u64, faults: &Faults, plan: &mut Plan) {
    let mut rng = Rng::with_seed(seed ^ DICE);
    if *faults != Faults::Heavy || rng.u8(..4) != 0 {
        return;
    }
    let who = plan.people();
    plan.rude.push(NAME.into());
    // A line that comes in two parts, with quiet between them, is two lines: the network keeps a short one whole.
    plan.setting.chop = false;
    if let Some(relay) = plan.relays.first_mut().filter(|_| rng.bool()) {
        relay.of.push(NAME.into());
    }
    let listener = plan.setting.listener_of(plan.relay_of(who).unwrap_or(who));
    let config = plan.setting.config().expect("drawn settings are settings");
    let texts: Vec<Dialect> =
        config.profiles[listener].dialects.iter().copied().filter(|dialect| dialect.has_words()).collect();
    let Some(dialect) = texts.get(rng.usize(..texts.len().max(1))).copied() else { return };
    let (mut at, mut number) = (rng.u64(0..PAUSE_MS), 0);
    while at < plan.heal_ms {
        let lobby = plan.setting.lobby.clone();
        let mut lines = hello(dialect, &lobby);
        for _ in 0..rng.u8(1..12) {
            number += 1;
            lines.push(says(&mut rng, dialect, plan, &format!("{NAME}.{number}")));
        }
        plan.steps.push(Step { at, what: What::Does(who, Deed::Knock) });
        for line in lines {
            at += rng.u64(40..PAUSE_MS);
            if at < plan.heal_ms {
                plan.steps.push(Step { at, what: What::Does(who, Deed::Type { line }) });
            }
        }
        at += rng.u64(0..PAUSE_MS);
    }
    plan.steps.sort_by_key(|step| step.at);
}

/// What one types to be in, and to be heard by all.
fn hello(dialect: Dialect, lobby: &str) -> Vec<String> {
    match dialect {
        Dialect::Colon => vec![format!("server:register {NAME}"), format!("server:join {lobby}")],
        Dialect::Command => vec![format!("login {NAME}")],
        Dialect::Plain => vec![NAME.into()],
        Dialect::Flags => vec![format!("{{\"JOIN_REQUEST_FLAG\": 1, \"USERNAME\": \"{NAME}\"}}")],
        Dialect::Native | Dialect::WebText | Dialect::WebBinary => Vec::new(),
    }
}

fn says(rng: &mut Rng, dialect: Dialect, plan: &Plan, text: &str) -> String {
    let to: &String = pick(rng, &plan.clients);
    let to = plan.known_as(to);
    match dialect {
        Dialect::Command if rng.bool() => format!("sendto {to} {text}"),
        Dialect::Command => format!("say {text}"),
        Dialect::Flags => format!("{{\"PAYLOAD\": \"{text}\"}}"),
        Dialect::Colon | Dialect::Plain | Dialect::Native | Dialect::WebText | Dialect::WebBinary => text.to_owned(),
    }
}
