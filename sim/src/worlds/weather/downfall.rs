//! How the server goes down, and what its disk keeps.

use super::{Ending, Weather};
use crate::plan::{Crash, Fault, Ms, What};
use crate::promise::Promise;
use crate::worlds::stage::SERVER;

impl Weather<'_, '_> {
    /// The plan has the server go down; it may be that it does so later.
    pub(super) fn crash(&mut self, now: Ms, step: usize, how: Crash) {
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
    pub(super) fn see_to_server(&mut self, now: Ms) {
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
