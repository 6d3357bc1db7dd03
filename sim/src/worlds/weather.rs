//! Drives a world tick by tick, and does to it what the plan says when its time has come.
//!
//! Owns the state of turmoil's links and the server's crashes. A fault that met nothing is not counted.

use super::stage::{SERVER, Stage, chance};
use super::telling::Teller;
use crate::machines::chance::quietly;
use crate::plan::{Crash, Fault, Ms, Plan, Way, What};
use crate::promise::Promise;
use crate::witness::Outcome;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use turmoil::Sim;

/// What is wrong with the link between one who takes part and the server.
#[derive(Debug, Clone, Default)]
struct Air {
    cuts: Vec<Way>,
    holds: u32,
    lag: Vec<Ms>,
    jitter: Vec<Ms>,
    /// What turmoil was told.
    told: State,
}

/// The state of a link of turmoil's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Healthy,
    Held,
    CutUp,
    CutDown,
    Cut,
}

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
            airs: vec![Air::default(); plan.people()],
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
            Fault::Partition { who, way, for_ms } => {
                self.airs[*who].cuts.push(*way);
                self.on_link(now, step, *who, *for_ms);
            }
            Fault::Hold { who, for_ms } => {
                self.airs[*who].holds += 1;
                self.on_link(now, step, *who, *for_ms);
            }
            Fault::Lag { who, ms, for_ms } => {
                self.airs[*who].lag.push(*ms);
                self.on_link(now, step, *who, *for_ms);
            }
            Fault::Jitter { who, ms, for_ms } => {
                self.airs[*who].jitter.push(*ms);
                self.on_link(now, step, *who, *for_ms);
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
            Fault::Refuse { for_ms } => {
                self.stage.network().refusing.push(step);
                self.lasts(now, step, *for_ms);
            }
            Fault::StallReads { who, for_ms } => {
                self.stage.network().change(*who, |trouble| trouble.stalls_reads += 1);
                self.on_line(now, step, *who, *for_ms);
            }
            Fault::StallWrites { who, for_ms } => {
                self.stage.network().change(*who, |trouble| trouble.stalls_writes += 1);
                self.on_line(now, step, *who, *for_ms);
            }
            Fault::Drip { who, for_ms } => {
                self.stage.network().change(*who, |trouble| trouble.drips += 1);
                self.on_line(now, step, *who, *for_ms);
            }
            Fault::Crash { how, .. } => self.crash(now, step, *how),
            Fault::Clock { .. } | Fault::Set { .. } => self.stage.fate().at_start.push(step),
            Fault::DiskFull { for_ms } => {
                self.stage.disk().full.push(step);
                self.lasts(now, step, *for_ms);
            }
            Fault::WriteErrors { for_ms } => {
                self.stage.disk().failing.push(step);
                self.lasts(now, step, *for_ms);
            }
            Fault::SlowDisk { ms, for_ms } => {
                self.stage.disk().slow.push((step, *ms));
                self.lasts(now, step, *for_ms);
            }
            Fault::Unreadable { for_ms } => {
                self.stage.disk().unreadable.push(step);
                self.lasts(now, step, *for_ms);
            }
            // The strangers know the plan.
            Fault::Crowd { for_ms, .. } => self.lasts(now, step, *for_ms),
        }
    }

    fn finish(&mut self, now: Ms, step: usize) {
        let plan = self.plan;
        let What::Fails(fault) = &plan.steps[step].what else { unreachable!("only faults end") };
        match fault {
            Fault::Partition { who, way, .. } => {
                take_out(&mut self.airs[*who].cuts, way);
                self.apply(*who);
            }
            Fault::Hold { who, .. } => {
                self.airs[*who].holds -= 1;
                self.apply(*who);
            }
            Fault::Lag { who, ms, .. } => {
                take_out(&mut self.airs[*who].lag, ms);
                self.apply(*who);
            }
            Fault::Jitter { who, ms, .. } => {
                take_out(&mut self.airs[*who].jitter, ms);
                self.apply(*who);
            }
            Fault::Refuse { .. } => take_out(&mut self.stage.network().refusing, &step),
            Fault::StallReads { who, .. } => self.stage.network().change(*who, |trouble| trouble.stalls_reads -= 1),
            Fault::StallWrites { who, .. } => self.stage.network().change(*who, |trouble| trouble.stalls_writes -= 1),
            Fault::Drip { who, .. } => self.stage.network().change(*who, |trouble| trouble.drips -= 1),
            Fault::Crash { .. } => self.power_is_back(),
            Fault::DiskFull { .. } => take_out(&mut self.stage.disk().full, &step),
            Fault::WriteErrors { .. } => take_out(&mut self.stage.disk().failing, &step),
            Fault::SlowDisk { .. } => self.stage.disk().slow.retain(|(other, _)| *other != step),
            Fault::Unreadable { .. } => take_out(&mut self.stage.disk().unreadable, &step),
            Fault::Reset { .. }
            | Fault::ResetAll
            | Fault::HalfOpen { .. }
            | Fault::Clock { .. }
            | Fault::Set { .. }
            | Fault::Crowd { .. } => {}
        }
        self.teller.over(now, step);
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

    fn lasts(&mut self, now: Ms, step: usize, for_ms: Ms) {
        self.endings.push(Ending { at: now.saturating_add(for_ms).min(self.plan.heal_ms), step });
    }

    fn at_once(&mut self, now: Ms, step: usize, met: bool) {
        if met {
            self.teller.met(now, step);
        }
    }

    /// A fault of a link: it meets whatever is sent or dialed.
    fn on_link(&mut self, now: Ms, step: usize, who: usize, for_ms: Ms) {
        self.apply(who);
        self.teller.met(now, step);
        self.lasts(now, step, for_ms);
    }

    /// A fault of a connection, which counts where there is one.
    fn on_line(&mut self, now: Ms, step: usize, who: usize, for_ms: Ms) {
        let met = self.stage.network().is_connected(who);
        self.at_once(now, step, met);
        self.lasts(now, step, for_ms);
    }

    // ── The links

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
            (false, false) if air.holds > 0 => State::Held,
            (false, false) => State::Healthy,
        }
    }

    fn set_dark(&mut self, dark: bool) {
        if self.dark != dark {
            self.dark = dark;
            (0..self.airs.len()).for_each(|who| self.apply(who));
        }
    }

    fn power_is_back(&mut self) {
        self.set_dark(false);
    }

    // ── The server

    fn crash(&mut self, now: Ms, step: usize, how: Crash) {
        if !self.stage.fate().up {
            return;
        }
        let unsynced = self.stage.disk().has_unsynced();
        match how {
            Crash::Kill | Crash::PowerCut => self.go_down(now, step, how),
            Crash::Torn if unsynced => self.go_down(now, step, how),
            Crash::Torn | Crash::AfterAppend | Crash::BeforeAppend => self.stage.disk().trap = Some((how, step)),
            Crash::Stop => {
                let stop = self.stage.fate().stop.take();
                if let Some(stop) = stop {
                    stop.close();
                    self.stopping = Some(step);
                    self.teller.met(now, step);
                }
            }
        }
    }

    /// Has the server go down where it died or stopped during the tick.
    fn see_to_server(&mut self, now: Ms) {
        let (died, stopped) = {
            let fate = self.stage.fate();
            (fate.died, fate.stopped)
        };
        if let Some(step) = died {
            let What::Fails(Fault::Crash { how, .. }) = self.plan.steps[step].what else {
                unreachable!("only crashes set traps")
            };
            self.go_down(now, step, how);
        } else if stopped {
            match self.stopping {
                Some(step) => self.go_down(now, step, Crash::Stop),
                None => self.teller.broke(now, Promise::Sound, "the server ended, and nobody had told it to".into()),
            }
        }
    }

    fn go_down(&mut self, now: Ms, step: usize, how: Crash) {
        let What::Fails(Fault::Crash { down_ms, .. }) = self.plan.steps[step].what else {
            unreachable!("only a crash has the server go down")
        };
        self.teller.met(now, step);
        let cut = matches!(how, Crash::PowerCut | Crash::Torn);
        self.set_dark(cut);
        let (kept, unwritten) = {
            let mut disk = self.stage.disk();
            let unwritten = std::mem::take(&mut disk.died_with);
            if cut {
                let torn = how == Crash::Torn && unwritten == 0;
                disk.lose_power(torn, &mut self.rng);
            }
            disk.trap = None;
            (disk.next() - 1, unwritten)
        };
        let starts_at = now.saturating_add(down_ms).min(self.plan.heal_ms.max(now));
        {
            let mut fate = self.stage.fate();
            (fate.died, fate.stopped, fate.up, fate.stop) = (None, false, false, None);
            fate.starts_at = starts_at;
        }
        self.stopping = None;
        if how != Crash::Stop {
            self.stage.disk().leave_as_it_is().expect("a temporary folder can be copied");
        }
        self.sim.bounce(SERVER);
        self.teller.down(now, kept, unwritten);
        self.endings.push(Ending { at: starts_at, step });
    }
}

/// The host of one who takes part.
pub(super) fn host_name(who: usize) -> String {
    format!("person-{who}")
}

fn take_out<T: PartialEq>(from: &mut Vec<T>, what: &T) {
    if let Some(at) = from.iter().position(|other| other == what) {
        from.remove(at);
    }
}
