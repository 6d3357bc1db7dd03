//! Explains what broke: shrunk, saved, and told with the command that repeats it.

use super::{SimArgs, cannot_write};
use crate::exit::Failure;
use hobnob_sim::diagram::explain;
use hobnob_sim::plan::line::write_time;
use hobnob_sim::scenario::Scenario;
use hobnob_sim::search::{Failed, Found, Tier};
use hobnob_sim::shrink::shrink;
use hobnob_sim::{Look, Outcome, Plan, Promise};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// How many smaller plans are tried for a failure: a world of the machines tier takes a millisecond, one on turmoil a
/// hundred.
const fn tries(tier: Tier) -> u32 {
    match tier {
        Tier::Machines => 3_000,
        Tier::Worlds => 200,
    }
}

/// A failure, for people and for programs.
pub(super) struct Explained {
    failed: Failed,
    command: String,
    saved: Option<PathBuf>,
    events: usize,
    /// What people are told of it.
    pub(super) text: String,
}

impl Explained {
    /// For programs.
    pub(super) fn json(&self) -> serde_json::Value {
        json!({
            "seed": self.failed.seed,
            "tier": self.failed.tier.name(),
            "promise": self.failed.breach.promise.name(),
            "at_ms": self.failed.breach.at,
            "sentence": self.failed.breach.sentence,
            "command": self.command,
            "saved": self.saved.as_ref().map(|path| path.display().to_string()),
            "events": self.events,
        })
    }
}

/// Explains the failures of a search. The first of each promise and tier is shrunk and saved; the very first is told in
/// full, the others in a line.
pub(super) fn failures(args: &SimArgs, found: &Found, plan: &dyn Fn(u64) -> Plan) -> Result<Vec<Explained>, Failure> {
    let mut seen: BTreeSet<(Promise, Tier)> = BTreeSet::new();
    let mut all = Vec::new();
    for failed in &found.failed {
        let first = seen.insert((failed.breach.promise, failed.tier));
        let whole = plan(failed.seed);
        let explained = if first { shrunk(args, failed, &whole, all.is_empty())? } else { known(args, failed, &whole) };
        all.push(explained);
    }
    Ok(all)
}

/// What broke once more is told in a line.
fn known(args: &SimArgs, failed: &Failed, plan: &Plan) -> Explained {
    let command = args.command(failed.tier, failed.seed);
    let text = line(failed, &command);
    Explained { failed: failed.clone(), command, saved: None, events: plan.steps.len(), text }
}

fn line(failed: &Failed, command: &str) -> String {
    let (promise, sentence) = (failed.breach.promise.name(), &failed.breach.sentence);
    format!("{promise}: {sentence}\n  {command}\n")
}

fn shrunk(args: &SimArgs, failed: &Failed, plan: &Plan, in_full: bool) -> Result<Explained, Failure> {
    let (tier, command) = (failed.tier, args.command(failed.tier, failed.seed));
    // A run that differs from itself, or panics elsewhere, breaks nothing by itself; it is saved as it was drawn.
    let promise = failed.breach.promise;
    let breaks = tier.breaks_again(plan, promise).is_some();
    let mut again = |plan: &Plan| tier.breaks_again(plan, promise);
    let small = if breaks { shrink(plan, &mut again, tries(tier)).plan } else { plan.clone() };
    let small = Plan { about: format!("Shrunk from `{command}`."), ..small };
    let path = args.save.join(format!("{}-{}-{}.toml", failed.breach.promise.name(), tier.name(), failed.seed));
    std::fs::create_dir_all(&args.save).map_err(|error| cannot_write(&args.save, &error))?;
    let scenario = Scenario { plan: small.clone(), tiers: vec![tier], expect: Vec::new() };
    std::fs::write(&path, scenario.write()).map_err(|error| cannot_write(&path, &error))?;
    let events = small.steps.len();
    let mut text = if in_full && breaks {
        let mut outcome = tier.run(&small, Look { chronicle: true, digest: false });
        if outcome.broken.is_empty() {
            outcome.broken.extend(again(&small));
        }
        let mut text = explain(&small, &outcome, &command);
        text += &format!("These {events} lines are what {} drawn ones were shrunk to.\n", plan.steps.len());
        text
    } else {
        line(failed, &command)
    };
    text += &format!("  hobnob sim --tier {} --scenario {}\n\n", tier.name(), path.display());
    Ok(Explained { failed: failed.clone(), command, saved: Some(path), events, text })
}

/// What is said of a scenario's run.
pub(super) fn scenario(
    name: &str,
    tier: Tier,
    plan: &Plan,
    outcome: &Outcome,
    command: &str,
    wrong: &[String],
) -> String {
    let end = write_time(plan.end_ms);
    if wrong.is_empty() {
        return format!("{name} ({}): as written, in {end} of virtual time\n", tier.name());
    }
    let sentences: String = wrong.iter().map(|sentence| format!("  {sentence}\n")).collect();
    format!("{}\n{name} ({}): not as written:\n{sentences}", explain(plan, outcome, command), tier.name())
}
