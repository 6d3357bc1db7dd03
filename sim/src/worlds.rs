//! The turmoil tier: the shipping server, relay and client in a world with faults.
//!
//! Owns a [`hobnob_runtime::World`] on turmoil, a simulated disk behind the journal's seam, and whoever drives them as
//! a plan says. Nothing above the seam is made again for it: framing, outboxes, recovery and reconnecting are the
//! runtime's own.

mod disk;
mod ear;
mod hosts;
mod memory;
mod network;
mod rude;
mod sim_world;
mod stage;
mod stream;
mod tap;
mod telling;
mod weather;

use crate::plan::{Fault, Ms, Plan, What};
use crate::planted::RelayBug;
use crate::witness::{Look, Outcome};
use stage::{SERVER, Stage};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use telling::Teller;
use weather::Weather;

pub use sim_world::{SimListener, SimWorld};
pub use stream::{SimReader, SimStream, SimWriter};

/// How much virtual time passes on each host before the next host has its turn.
const TICK_MS: Ms = 10;
/// How many pieces may wait at a socket or a listener; turmoil takes an overflow of the latter for a mistake.
const SOCKET_PIECES: usize = 4_096;
/// How long turmoil would let a world live.
const FOR_EVER: Duration = Duration::from_secs(1 << 30);

/// Carries out a plan with the runtime's own server, relays and clients.
///
/// # Panics
/// When the plan's settings are none: whoever reads a plan checks them.
pub fn run(plan: &Plan, look: Look) -> Outcome {
    run_planted(plan, look, None)
}

/// The same, with a bug in the relays.
///
/// # Panics
/// When the plan's settings are none: whoever reads a plan checks them.
pub fn run_planted(plan: &Plan, look: Look, bug: Option<RelayBug>) -> Outcome {
    let stage = Arc::new(Stage::new(plan, look.chronicle || look.digest, bug));
    let (least, most) = plan.setting.latency_ms;
    let mut builder = turmoil::Builder::new();
    builder
        .rng_seed(plan.seed)
        .epoch(SystemTime::UNIX_EPOCH + Duration::from_millis(crate::plan::BEGIN_MS))
        .simulation_duration(FOR_EVER)
        .tick_duration(Duration::from_millis(TICK_MS))
        .min_message_latency(Duration::from_millis(least.max(1)))
        .max_message_latency(Duration::from_millis(most.max(least).max(1)))
        .tcp_capacity(SOCKET_PIECES);
    let mut sim = builder.build();
    let server = Arc::clone(&stage);
    sim.host(SERVER, move || {
        let stage = Arc::clone(&server);
        async move {
            hosts::server(stage).await;
            Ok(())
        }
    });
    for relay in 0..plan.relays.len() {
        let (name, column) = (stage.host_name(plan.relay_column(relay)), plan.relay_column(relay));
        let host = Arc::clone(&stage);
        sim.host(name.clone(), move || {
            let stage = Arc::clone(&host);
            async move {
                hosts::relay(stage, relay).await;
                Ok(())
            }
        });
        let ip = sim.lookup(&*name);
        stage.network().hosts.insert(ip, column);
    }
    for who in 0..plan.people() {
        let name = stage.host_name(who);
        let ip = sim.lookup(&*name);
        stage.network().hosts.insert(ip, who);
        let (stage, is_rude) = (Arc::clone(&stage), plan.is_rude(who));
        sim.client(name, async move {
            if is_rude {
                rude::rude(stage, who).await;
            } else {
                hosts::client(stage, who).await;
            }
            Ok(())
        });
    }
    if plan.steps.iter().any(|step| matches!(step.what, What::Fails(Fault::Crowd { .. }))) {
        let stage = Arc::clone(&stage);
        sim.client("crowd", async move {
            hosts::crowd(stage).await;
            Ok(())
        });
    }
    Weather::new(sim, stage, plan, Teller::new(plan, look), TICK_MS).run()
}
