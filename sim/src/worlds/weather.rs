//! Drives a world tick by tick, and does to it what the plan says when its time has come.
//!
//! Owns when troubles begin and end. One that met nothing is not counted.

mod air;
mod downfall;

use self::air::Air;
use super::network::Trouble;
use super::stage::{Stage, chance};
use super::telling::Teller;
use crate::machines::chance::quietly;
use crate::plan::{Fault, Ms, Plan, Side, What};
use crate::promise::Promise;
use crate::witness::Outcome;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use turmoil::Sim;

/// Something that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ending {
    at: Ms,
    step: usize,
}

/// Whoever drives the world.
pub(super) struct Weather<'p, 's> {
    sim: Sim<'s>,
    stage: Arc<Stage>,
    plan: &'p Plan,
    teller: Teller<'p>,
    tick: Ms,
    airs: Vec<Air>,
    /// The server's computer is without power.
    dark: bool,
    endings: Vec<Ending>,
    /// The step that has the server stop.
    stopping: Option<usize>,
    rng: fastrand::Rng,
}

impl<'p, 's> Weather<'p, 's> {
    pub(super) fn new(sim: Sim<'s>, stage: Arc<Stage>, plan: &'p Plan, teller: Teller<'p>, tick: Ms) -> Self {
        Self {
            sim,
            stage,
            plan,
            teller,
            tick,
            airs: vec![Air::default(); plan.people() + plan.relays.len()],
            dark: false,
            endings: Vec::new(),
            stopping: None,
            rng: chance(plan.seed, "weather", 0),
        }
    }

    /// Lives until the end.
    pub(super) fn run(mut self) -> Outcome {
        let plan = self.plan;
        let mut steps = plan.steps.iter().enumerate().peekable();
        let (mut now, mut healed) = (0, false);
        while now < plan.end_ms {
            self.end_what_is_over(now);
            while let Some((place, step)) = steps.next_if(|(_, step)| step.at <= now) {
                if let What::Fails(fault) = &step.what
                    && now < plan.heal_ms
                {
                    self.begin(now, place, fault);
                }
            }
            if now >= plan.heal_ms && !std::mem::replace(&mut healed, true) {
                self.stage.disk().trap = None;
            }
            let stepped = quietly(AssertUnwindSafe(|| self.sim.step().map_err(|error| error.to_string())));
            if let Ok(Err(error)) | Err(error) = stepped {
                self.teller.broke(now, Promise::Sound, format!("the simulation cannot go on: {error}"));
                break;
            }
            now += self.tick;
            self.teller.tell(self.stage.take_notes());
            self.see_to_server(now);
        }
        drop(self.sim);
        if let Err(error) = self.stage.disk().replay() {
            self.teller.broke(now, Promise::Replayed, format!("the journal does not replay: {error}"));
        }
        self.teller.end(now)
    }

    fn begin(&mut self, now: Ms, step: usize, fault: &Fault) {
        match fault {
            Fault::Partition { for_ms, .. }
            | Fault::Hold { for_ms, .. }
            | Fault::Lag { for_ms, .. }
            | Fault::Jitter { for_ms, .. }
            | Fault::RelayCut { for_ms, .. }
            | Fault::RelayHold { for_ms, .. } => {
                self.change_air(fault, true);
                // It meets whatever is sent or dialed.
                self.teller.met(now, step);
                self.lasts(now, step, *for_ms);
            }
            Fault::StallReads { who, for_ms } | Fault::StallWrites { who, for_ms } | Fault::Drip { who, for_ms } => {
                self.stage.network().change(*who, |trouble| stall(trouble, fault, true));
                let met = self.stage.network().is_connected(*who);
                self.at_once(now, step, met);
                self.lasts(now, step, *for_ms);
            }
            Fault::RelayCrash { relay, down_ms } => self.crash_relay(now, step, *relay, *down_ms),
            Fault::RelayStop { relay, down_ms } => self.stop_relay(now, step, *relay, *down_ms),
            Fault::RelaySlow { relay, side, for_ms } => {
                let met = self.slow_relay(*relay, *side, true);
                self.at_once(now, step, met);
                self.lasts(now, step, *for_ms);
            }
            Fault::Reset { who } => {
                let met = self.stage.network().reset(*who);
                self.at_once(now, step, met);
            }
            Fault::ResetAll => {
                let met = self.stage.network().reset_all();
                self.at_once(now, step, met);
            }
            Fault::HalfOpen { who, untold } => {
                let met = self.stage.network().half_open(*who, *untold);
                self.at_once(now, step, met);
            }
            Fault::Crash { how, .. } => self.crash(now, step, *how),
            // Its words are messages and not bytes: only the tier without bytes has it.
            Fault::Impostor { .. } => {}
            Fault::Clock { .. } | Fault::Set { .. } => self.stage.fate().at_start.push(step),
            Fault::Refuse { for_ms }
            | Fault::DiskFull { for_ms }
            | Fault::WriteErrors { for_ms }
            | Fault::SlowDisk { for_ms, .. }
            | Fault::Unreadable { for_ms }
            // The strangers know the plan.
            | Fault::Crowd { for_ms, .. } => {
                self.change_ground(step, fault, true);
                self.lasts(now, step, *for_ms);
            }
        }
    }

    fn finish(&mut self, now: Ms, step: usize) {
        let plan = self.plan;
        let What::Fails(fault) = &plan.steps[step].what else { unreachable!("only faults end") };
        match fault {
            Fault::Partition { .. }
            | Fault::Hold { .. }
            | Fault::Lag { .. }
            | Fault::Jitter { .. }
            | Fault::RelayCut { .. }
            | Fault::RelayHold { .. } => {
                self.change_air(fault, false);
            }
            Fault::StallReads { who, .. } | Fault::StallWrites { who, .. } | Fault::Drip { who, .. } => {
                self.stage.network().change(*who, |trouble| stall(trouble, fault, false));
            }
            Fault::Crash { .. } => self.set_dark(false),
            Fault::RelaySlow { relay, side, .. } => drop(self.slow_relay(*relay, *side, false)),
            // It starts by itself.
            Fault::RelayCrash { .. } | Fault::RelayStop { .. } => {}
            Fault::Refuse { .. }
            | Fault::DiskFull { .. }
            | Fault::WriteErrors { .. }
            | Fault::SlowDisk { .. }
            | Fault::Unreadable { .. }
            | Fault::Crowd { .. } => self.change_ground(step, fault, false),
            Fault::Reset { .. }
            | Fault::ResetAll
            | Fault::HalfOpen { .. }
            | Fault::Impostor { .. }
            | Fault::Clock { .. }
            | Fault::Set { .. } => unreachable!("what is done at once does not end"),
        }
        self.teller.over(now, step);
    }

    /// A fault of the server's computer begins or ends: places of steps are kept, so that each knows what it met.
    fn change_ground(&mut self, step: usize, fault: &Fault, begins: bool) {
        let (mut network, mut disk) = (self.stage.network(), self.stage.disk());
        let list = match fault {
            Fault::Refuse { .. } => &mut network.refusing,
            Fault::DiskFull { .. } => &mut disk.full,
            Fault::WriteErrors { .. } => &mut disk.failing,
            Fault::Unreadable { .. } => &mut disk.unreadable,
            Fault::SlowDisk { ms, .. } if begins => return disk.slow.push((step, *ms)),
            Fault::SlowDisk { .. } => return disk.slow.retain(|(other, _)| *other != step),
            Fault::Crowd { .. } => return,
            other => unreachable!("{other:?} is no fault of the server's computer"),
        };
        if begins {
            list.push(step);
        } else {
            take_out(list, &step);
        }
    }

    fn end_what_is_over(&mut self, now: Ms) {
        let over: Vec<usize> =
            self.endings.iter().filter(|ending| ending.at <= now).map(|ending| ending.step).collect();
        self.endings.retain(|ending| ending.at > now);
        for step in over {
            self.finish(now, step);
        }
    }

    // ── How faults begin

    /// A relay dies, if it was up, and starts again later.
    fn crash_relay(&mut self, now: Ms, step: usize, relay: usize, down_ms: Ms) {
        let starts_at = now.saturating_add(down_ms).min(self.plan.heal_ms.max(now));
        let was_up = {
            let gate = &mut self.stage.gates()[relay];
            let was_up = gate.life > 0 && gate.starts_at <= now;
            gate.starts_at = gate.starts_at.max(starts_at);
            gate.stop = None;
            was_up
        };
        if was_up {
            self.sim.bounce(self.stage.host_name(self.plan.relay_column(relay)));
            self.teller.met(now, step);
            self.endings.push(Ending { at: starts_at, step });
        }
    }

    /// A relay is told to stop, if it is up, and starts again later.
    fn stop_relay(&mut self, now: Ms, step: usize, relay: usize, down_ms: Ms) {
        let starts_at = now.saturating_add(down_ms).min(self.plan.heal_ms.max(now));
        let stop = {
            let gate = &mut self.stage.gates()[relay];
            gate.starts_at = gate.starts_at.max(starts_at);
            gate.stop.take()
        };
        if let Some(stop) = stop {
            stop.close();
            self.teller.met(now, step);
            self.endings.push(Ending { at: starts_at, step });
        }
    }

    /// What a relay writes to a side goes nowhere, or goes on; says whether there is a connection at that side.
    fn slow_relay(&mut self, relay: usize, side: Side, begins: bool) -> bool {
        let column = self.plan.relay_column(relay);
        let mut network = self.stage.network();
        network.change(column, |trouble| {
            let count = match side {
                Side::Clients => &mut trouble.stalls_down,
                Side::Server => &mut trouble.stalls_writes,
            };
            *count = if begins { *count + 1 } else { *count - 1 };
        });
        match side {
            Side::Clients => network.is_dialed(column),
            Side::Server => network.is_connected(column),
        }
    }

    fn lasts(&mut self, now: Ms, step: usize, for_ms: Ms) {
        self.endings.push(Ending { at: now.saturating_add(for_ms).min(self.plan.heal_ms), step });
    }

    fn at_once(&mut self, now: Ms, step: usize, met: bool) {
        if met {
            self.teller.met(now, step);
        }
    }
}

fn take_out<T: PartialEq>(from: &mut Vec<T>, what: &T) {
    if let Some(at) = from.iter().position(|other| other == what) {
        from.remove(at);
    }
}

/// Whether a client reads and writes, and how.
fn stall(trouble: &mut Trouble, fault: &Fault, begins: bool) {
    let count = match fault {
        Fault::StallReads { .. } => &mut trouble.stalls_reads,
        Fault::StallWrites { .. } => &mut trouble.stalls_writes,
        Fault::Drip { .. } => &mut trouble.drips,
        other => unreachable!("{other:?} is no stall"),
    };
    *count = if begins { *count + 1 } else { *count - 1 };
}
