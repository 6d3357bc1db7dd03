//! Draws plans: the seed decides what a world is like before it decides what happens in it (swarm testing).
//!
//! Owns the dice and their weights: how many there are and how they behave, which faults exist and how dense they are.
//! Carries nothing out.

mod avatars;
mod deeds;
mod dialects;
mod faults;
mod recorded;
mod relayed;
mod relays;
mod scenes;
mod setting;

pub use faults::GROUPS;
pub use recorded::from_journal;

use crate::plan::{Deed, FaultKind, Ms, Plan, Step, What};
use deeds::{Talk, WRONG_KEY};
use fastrand::Rng;
use hobnob_spec::client::{ANSWER_MS, DIAL_MS, PAUSE_LONGEST_MS, SILENCE_MS};
use hobnob_spec::messages::Request;

/// How long faults last in a world, if nobody says otherwise.
pub const LENGTH_MS: Ms = 40_000;

/// How long after healing everybody who stayed has converged: whoever connected at the last moment, and whose request
/// was lost, notices by its time-outs, waits out the longest pause that it draws, and dials once more. Five seconds are
/// for what is said then.
pub const CONVERGE_MS: Ms = SILENCE_MS + ANSWER_MS + PAUSE_LONGEST_MS * 3 / 2 + DIAL_MS + 5_000;

/// How many clients are drawn at most.
const CLIENTS_MAX: usize = 6;
/// How many of those without manners are drawn at most.
const RUDE_MAX: usize = 2;

/// What a drawn plan should be like, where that is not left to the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knobs {
    /// How many clients; `None` leaves it to the seed.
    pub clients: Option<usize>,
    /// Which faults there are.
    pub faults: Faults,
    /// How long faults last, in milliseconds, before all is healed; the world goes on for [`CONVERGE_MS`] after.
    pub length_ms: Ms,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { clients: None, faults: Faults::Heavy, length_ms: LENGTH_MS }
    }
}

/// Which faults there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Faults {
    /// None: a network and a disk as they should be, and nobody rude.
    None,
    /// A few.
    Light,
    /// Many, of the kinds that the seed chooses.
    Heavy,
    /// Only these, as many as in heavy weather. A clock and settings change at a start, so they bring a stop along.
    Only(Vec<FaultKind>),
}

/// The plan of a seed.
pub fn draw(seed: u64, knobs: &Knobs) -> Plan {
    let mut rng = Rng::with_seed(seed);
    let kinds = faults::draw_kinds(&mut rng, &knobs.faults);
    let clients = knobs.clients.unwrap_or_else(|| rng.usize(1..=CLIENTS_MAX));
    let rude = draw_rude(&mut rng, &knobs.faults, &kinds);
    let mut plan = Plan {
        name: format!("seed {seed}"),
        about: String::new(),
        seed,
        clients: (1..=clients).map(|number| format!("c{number}")).collect(),
        rude: (1..=rude).map(|number| format!("r{number}")).collect(),
        relays: Vec::new(),
        setting: setting::draw_setting(&mut rng, &kinds),
        steps: Vec::new(),
        heal_ms: knobs.length_ms,
        end_ms: knobs.length_ms + CONVERGE_MS,
        expect: Vec::new(),
    };
    let scenes = scenes::set_stage(seed, &knobs.faults, &mut plan);
    let mut gates = relayed::set_up(seed, &knobs.faults, &mut plan);
    let mut drawing = Drawing { talk: Talk::draw(&mut rng, &plan), plan, rng, kinds, late: Vec::new() };
    for who in 0..drawing.plan.people() {
        drawing.live(who);
    }
    drawing.fail(&knobs.faults);
    drawing.relay();
    drawing.play_scenes(&scenes);
    drawing.fail_relays(&mut gates);
    drawing.close();
    let mut plan = drawing.plan;
    dialects::add(seed, &knobs.faults, &mut plan);
    avatars::add(seed, &knobs.faults, &mut plan);
    plan
}

/// How many rude peers there are: none where nothing may go wrong, one at least where a kind of fault needs one.
fn draw_rude(rng: &mut Rng, faults: &Faults, kinds: &[FaultKind]) -> usize {
    let needed = usize::from(kinds.iter().any(|kind| faults::needs_rude(*kind)));
    match faults {
        Faults::None => 0,
        Faults::Only(_) => needed,
        Faults::Light => rng.usize(..RUDE_MAX),
        Faults::Heavy => rng.usize(needed..=RUDE_MAX),
    }
}

/// A plan under the pen.
#[derive(Debug)]
struct Drawing {
    plan: Plan,
    rng: Rng,
    talk: Talk,
    /// Which faults there are.
    kinds: Vec<FaultKind>,
    /// Who does not come back as soon as all is healed.
    late: Vec<usize>,
}

impl Drawing {
    fn does(&mut self, at: Ms, who: usize, deed: Deed) {
        if at < self.plan.heal_ms {
            self.plan.steps.push(Step { at, what: What::Does(who, deed) });
        }
    }

    fn has(&self, kind: FaultKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// All is healed: every client comes back and says a last line; so does, later, whoever had been refused.
    fn close(&mut self) {
        let lobby = self.plan.setting.lobby.clone();
        let late = self.plan.end_ms - 5_000;
        for who in 0..self.plan.clients.len() {
            let name = self.plan.name_of(who).to_owned();
            for (time, word) in [(self.plan.heal_ms, "healed"), (late, "last")] {
                if time < late && self.late.contains(&who) {
                    continue;
                }
                let at = time + self.rng.u64(10..500);
                let join = Deed::Join { nick: name.clone(), avatar: None };
                let say = Deed::Ask(Request::Say { room: lobby.clone(), text: format!("{name}.{word}") });
                self.plan.steps.push(Step { at, what: What::Does(who, join) });
                self.plan.steps.push(Step { at: at + 500, what: What::Does(who, say) });
            }
        }
        self.plan.steps.sort_by_key(|step| step.at);
    }
}

/// One of several.
fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knobs() -> [Knobs; 4] {
        let only = Faults::Only(vec![FaultKind::Partition, FaultKind::Garbage]);
        [Faults::None, Faults::Light, Faults::Heavy, only].map(|faults| Knobs { faults, ..Knobs::default() })
    }

    #[test]
    fn a_drawn_plan_survives_being_written_and_read() {
        for seed in 0..1_000 {
            let plan = draw(seed, &knobs()[seed as usize % 4]);
            let text = toml::to_string(&plan).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let read: Plan = toml::from_str(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            for (drawn, read) in plan.steps.iter().zip(&read.steps) {
                assert_eq!(drawn, read, "seed {seed}");
            }
            assert_eq!(plan, read, "seed {seed}");
        }
    }

    #[test]
    fn every_kind_of_fault_is_in_one_group() {
        let grouped: Vec<_> = GROUPS.iter().flat_map(|(_, kinds)| kinds.iter()).collect();
        for kind in FaultKind::ALL {
            assert_eq!(grouped.iter().filter(|found| **found == kind).count(), 1, "{}", kind.name());
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_plan() {
        for knobs in knobs() {
            assert_eq!(draw(7, &knobs), draw(7, &knobs));
            assert_ne!(draw(7, &knobs).steps, draw(8, &knobs).steps);
        }
    }

    #[test]
    fn every_kind_of_fault_is_drawn_and_only_those_that_are_asked_for() {
        let mut drawn = std::collections::BTreeSet::new();
        for seed in 0..200 {
            for knobs in knobs() {
                let kinds: Vec<_> = faults::kinds_of(&draw(seed, &knobs)).collect();
                match &knobs.faults {
                    Faults::None => assert!(kinds.is_empty(), "seed {seed}: {kinds:?}"),
                    Faults::Only(only) => {
                        assert!(kinds.iter().all(|kind| only.contains(kind)), "seed {seed}: {kinds:?}");
                    }
                    Faults::Light | Faults::Heavy => {}
                }
                drawn.extend(kinds);
            }
        }
        let missing: Vec<_> = FaultKind::ALL.iter().filter(|kind| !drawn.contains(kind)).collect();
        assert!(missing.is_empty(), "never drawn in 200 seeds: {missing:?}");
    }
}
