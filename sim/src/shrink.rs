//! Makes a plan smaller for as long as it breaks the same promise.
//!
//! Owns what counts as smaller. Carries no plan out: whoever calls says what a plan breaks. The same plan and the same
//! answers give the same result.

mod cuts;

use crate::plan::Plan;
use crate::promise::{Breach, Promise};

/// How many other seeds are tried for a plan that lost much and breaks nothing under its own.
const OTHER_SEEDS: u64 = 3;

/// What is left of a plan.
#[derive(Debug, Clone)]
pub struct Shrunk {
    /// The smallest plan found that breaks the promise.
    pub plan: Plan,
    /// How it breaks it.
    pub breach: Breach,
    /// How many plans were tried.
    pub tries: u32,
}

/// Finds a small plan that breaks the promise which `plan` breaks, trying at most about `tries_max` plans.
///
/// # Panics
/// When the plan itself breaks nothing.
pub fn shrink(plan: &Plan, breaks: &mut dyn FnMut(&Plan) -> Option<Breach>, tries_max: u32) -> Shrunk {
    let breach = breaks(plan).expect("only a plan that breaks a promise is shrunk");
    let mut shrinking = Shrinking { promise: breach.promise, plan: plan.clone(), breach, tries: 1, tries_max, breaks };
    loop {
        let before = shrinking.plan.clone();
        shrinking.simplify_setting();
        shrinking.drop_steps();
        shrinking.drop_relays();
        shrinking.drop_people();
        shrinking.shorten();
        if shrinking.plan == before || shrinking.is_over() {
            break;
        }
    }
    let Shrinking { plan, breach, tries, .. } = shrinking;
    Shrunk { plan, breach, tries }
}

struct Shrinking<'a> {
    promise: Promise,
    plan: Plan,
    breach: Breach,
    tries: u32,
    tries_max: u32,
    breaks: &'a mut dyn FnMut(&Plan) -> Option<Breach>,
}

impl Shrinking<'_> {
    fn is_over(&self) -> bool {
        self.tries >= self.tries_max
    }

    /// Takes a smaller plan if it breaks the promise.
    fn try_plan(&mut self, plan: Plan) -> bool {
        if plan == self.plan || self.is_over() || plan.setting.config().is_err() {
            return false;
        }
        self.tries += 1;
        match (self.breaks)(&plan) {
            Some(breach) if breach.promise == self.promise => {
                self.plan = plan;
                self.breach = breach;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Takes a much smaller plan if it breaks the promise under its own seed or another: fewer lines make other draws.
    fn try_hard(&mut self, plan: &Plan) -> bool {
        if *plan == self.plan {
            return false;
        }
        (0..=OTHER_SEEDS).any(|more| self.try_plan(Plan { seed: plan.seed.wrapping_add(more), ..plan.clone() }))
    }

    fn simplify_setting(&mut self) {
        let all = Plan { setting: cuts::simplest(&self.plan), ..self.plan.clone() };
        if self.try_hard(&all) {
            return;
        }
        for simpler in cuts::SIMPLER {
            let setting = simpler(&self.plan.setting);
            self.try_plan(Plan { setting, ..self.plan.clone() });
        }
        for limit in self.plan.setting.limits.keys().cloned().collect::<Vec<_>>() {
            let mut plan = self.plan.clone();
            plan.setting.limits.remove(&limit);
            self.try_plan(plan);
        }
    }

    /// Drops halves, quarters … single lines, as long as one can be dropped.
    fn drop_steps(&mut self) {
        let mut size = self.plan.steps.len().div_ceil(2);
        while size > 0 && !self.is_over() {
            let (mut from, mut dropped) = (0, false);
            while from < self.plan.steps.len() && !self.is_over() {
                let plan = cuts::without_steps(&self.plan, from, size);
                let taken = if size >= 4 { self.try_hard(&plan) } else { self.try_plan(plan) };
                dropped |= taken;
                from += if taken { 0 } else { size };
            }
            if !dropped || size > 1 {
                size /= 2;
            }
        }
    }

    /// Drops relays, and has people dial the server.
    fn drop_relays(&mut self) {
        for relay in (0..self.plan.relays.len()).rev() {
            let plan = cuts::without_relay(&self.plan, relay);
            if self.try_hard(&plan) {
                continue;
            }
            for client in (0..self.plan.relays[relay].of.len()).rev() {
                if self.plan.relays[relay].of.len() > 1 {
                    let plan = cuts::without_relayed(&self.plan, relay, client);
                    self.try_plan(plan);
                }
            }
        }
    }

    fn drop_people(&mut self) {
        let mut who = self.plan.people();
        while who > 0 {
            who -= 1;
            if self.plan.people() > 1 {
                let plan = cuts::without_person(&self.plan, who);
                self.try_hard(&plan);
            }
        }
    }

    fn shorten(&mut self) {
        for place in 0..self.plan.steps.len() {
            while let Some(what) = cuts::smaller(&self.plan.steps[place].what) {
                let mut plan = self.plan.clone();
                plan.steps[place].what = what;
                if !self.try_plan(plan) {
                    break;
                }
            }
        }
        for place in 0..self.plan.steps.len() {
            for ms in cuts::GAPS_MS {
                let plan = cuts::sooner(&self.plan, place, *ms);
                if self.try_plan(plan) {
                    break;
                }
            }
        }
        while self.try_plan(cuts::healed_sooner(&self.plan)) {}
        while !self.is_judged_at_the_end() && self.try_plan(cuts::ended_sooner(&self.plan)) {}
    }

    /// Whether the promise is one that needs time after the healing: a world that ends too soon would break it too.
    fn is_judged_at_the_end(&self) -> bool {
        matches!(self.promise, Promise::Converged | Promise::OneAnswer | Promise::NothingDropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::line::write_step;
    use crate::plan::{Deed, Fault, FaultKind, What};

    const LARGE: &str = r#"
name = "large"
clients = ["ann", "bob", "cid"]
rude = ["eve"]
heal = "60s"
end = "100s"
steps = [
  "0s  ann joins", "1s  bob joins", "2s  cid joins", "3s  eve knocks",
  "4s  ann says in lobby: one", "5s  bob says in lobby: two", "6s  cid floods lobby 64 times: spam",
  "7s  * partition ann for 9s", "8s  * drip bob for 4s", "9s  * reset cid", "10s * kill for 8s",
  "20s eve sends garbage", "21s ann tells bob: a secret that is long", "22s bob quits", "23s bob joins",
]
[setting]
profiles = ["classroom", "open"]
limits = { mute_ms = 100, say_burst = 3 }
"#;

    /// Breaks something whenever somebody floods ten times and the server is killed after it; and something else
    /// whenever nobody is called bob.
    fn breaks(plan: &Plan) -> Option<Breach> {
        let flood =
            plan.steps.iter().position(|step| matches!(&step.what, What::Does(_, Deed::Flood { times: 10.., .. })));
        let kill = plan.steps.iter().rposition(
            |step| matches!(&step.what, What::Fails(fault @ Fault::Crash { .. }) if fault.kind() == FaultKind::Kill),
        );
        let breach = |promise| Some(Breach { promise, at: 0, sentence: String::new() });
        match (flood, kill) {
            (Some(flood), Some(kill)) if flood < kill => breach(Promise::StoredOnce),
            _ if plan.find("bob").is_none() => breach(Promise::Sound),
            _ => None,
        }
    }

    #[test]
    fn what_does_not_matter_is_dropped_and_what_matters_stays() {
        let plan: Plan = toml::from_str(LARGE).expect("it is a plan");
        let shrunk = shrink(&plan, &mut breaks, 10_000);
        let lines: Vec<_> = shrunk.plan.steps.iter().map(|step| write_step(&shrunk.plan, step)).collect();
        assert_eq!(lines, ["0s        cid floods lobby 16 times: spam", "0s        * kill for 0.1s"]);
        assert_eq!(shrunk.plan.names().collect::<Vec<_>>(), ["cid"]);
        assert!(shrunk.plan.setting.limits.is_empty() && !shrunk.plan.setting.chop);
        assert_eq!(shrunk.breach.promise, Promise::StoredOnce, "another promise is another failure");
        assert!(shrunk.tries < 150, "{} plans were tried", shrunk.tries);
    }

    #[test]
    fn relays_that_do_not_matter_are_dropped_and_their_faults_with_them() {
        let text = LARGE.replace("heal =", "relays = [\"gate: ann, cid\", \"hatch: bob, eve\"]\nheal =");
        let text = text.replace("\"20s eve", "\"19s * crash hatch for 2s\", \"19s * hold gate for 2s\", \"20s eve");
        let plan: Plan = toml::from_str(&text).expect("it is a plan");
        let held =
            |plan: &Plan| plan.steps.iter().any(|step| matches!(step.what, What::Fails(Fault::RelayHold { .. })));
        let mut breaks = |plan: &Plan| breaks(plan).filter(|_| held(plan) && plan.relay_of(0).is_some());
        let shrunk = shrink(&plan, &mut breaks, 10_000).plan;
        let lines: Vec<_> = shrunk.steps.iter().map(|step| write_step(&shrunk, step)).collect();
        let kept = ["0s        cid floods lobby 16 times: spam", "0s        * kill for 0.1s"];
        assert_eq!(lines, [kept[0], kept[1], "0s        * hold gate for 0.1s"]);
        assert_eq!(shrunk.relays.iter().map(ToString::to_string).collect::<Vec<_>>(), ["gate: ann"]);
    }

    #[test]
    fn shrinking_ends_at_its_bound_with_what_it_has() {
        let plan: Plan = toml::from_str(LARGE).expect("it is a plan");
        let shrunk = shrink(&plan, &mut breaks, 5);
        assert!(shrunk.tries <= 5 && breaks(&shrunk.plan).is_some());
    }
}
