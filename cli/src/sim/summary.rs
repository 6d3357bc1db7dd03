//! What a search did, in numbers, for people and for programs.

use super::SimArgs;
use super::report::Explained;
use hobnob_sim::Tally;
use hobnob_sim::plan::FaultKind;
use hobnob_sim::search::{Found, Tier};
use serde_json::json;
use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;

/// How many of the rarest rows are named.
const RAREST: usize = 5;

/// The numbers of a search.
pub(super) struct Summary<'a> {
    pub(super) found: &'a Found,
    /// The seeds that were asked for.
    pub(super) seeds: Range<u64>,
    /// How long it took.
    pub(super) took: Duration,
    /// How many worlds ran at once.
    pub(super) jobs: usize,
}

impl Summary<'_> {
    /// For people.
    pub(super) fn text(&self, args: &SimArgs) -> String {
        let found = self.found;
        let failed: u64 = found.broken.values().sum();
        let mut text = match failed {
            0 => format!("{}: every promise was kept.\n", self.which()),
            _ => format!("{}: promises were broken {}.\n", self.which(), times(failed)),
        };
        for (promise, count) in &found.broken {
            let _ = writeln!(text, "  {:<20} {}", promise.name(), times(*count));
        }
        if args.seed.is_none() {
            let _ = writeln!(text, "{} on {} at once.", seconds(self.took), self.jobs);
        }
        self.figures(&mut text, args.seed.is_none());
        if found.unnoticed > 0 {
            let worlds = grouped(found.unnoticed);
            let _ =
                writeln!(text, "\nRun again with another private text, which nobody else may notice: {worlds} worlds.");
        }
        let tally = found.tally();
        faults(&mut text, &tally);
        rows(&mut text, &tally, found.tallies.get(&Tier::Machines));
        text
    }

    fn which(&self) -> String {
        let done = self.found.seeds;
        match self.seeds.end - self.seeds.start {
            1 => format!("Seed {}", self.seeds.start),
            all if done == all => format!("Seeds {}..{}", self.seeds.start, self.seeds.end),
            _ => format!("{} seeds from {} on", grouped(done), self.seeds.start),
        }
    }

    /// A line for each tier. Rates belong to a search; the same seed twice says the same.
    fn figures(&self, text: &mut String, rates: bool) {
        let head = ["worlds", "virtual time", "inputs", "messages", "deliveries"];
        let _ = write!(text, "\n{:<9}", "");
        for (place, word) in head.iter().enumerate() {
            *text += &format!("{word:>width$}", width = if place == 1 { 22 } else { 14 });
        }
        if rates {
            let _ = write!(text, "{:>16}{:>18}", "worlds/s a core", "virtual per wall");
        }
        for (tier, tally) in &self.found.tallies {
            let virtual_time = seconds(Duration::from_secs(minutes_of(tally.virtual_ms)));
            let _ = write!(text, "\n{:<9}{:>14}{virtual_time:>22}", tier.name(), grouped(tally.worlds));
            for number in [tally.inputs, tally.posted, tally.shown] {
                let _ = write!(text, "{:>14}", grouped(number));
            }
            if rates {
                let (per_second, speed) = self.rates(*tier, tally);
                let _ = write!(text, "{per_second:>16}{:>18}", format!("{} x", grouped(speed)));
            }
        }
        text.push('\n');
    }

    /// Worlds each second, and virtual time per wall time, of one core.
    fn rates(&self, tier: Tier, tally: &Tally) -> (String, u64) {
        let busy = self.found.busy.get(&tier).copied().unwrap_or_default().as_micros().max(1);
        let tenths = u64::try_from(u128::from(tally.worlds) * 10_000_000 / busy).unwrap_or(u64::MAX);
        let speed = u64::try_from(u128::from(tally.virtual_ms) * 1_000 / busy).unwrap_or(u64::MAX);
        (if tenths < 1_000 { format!("{}.{}", tenths / 10, tenths % 10) } else { grouped(tenths / 10) }, speed)
    }

    /// For programs.
    pub(super) fn json(&self, failures: &[Explained]) -> serde_json::Value {
        let found = self.found;
        let tally = found.tally();
        let tiers = found.tallies.iter().map(|(tier, tally)| {
            let busy = found.busy.get(tier).copied().unwrap_or_default();
            let numbers = json!({
                "worlds": tally.worlds,
                "virtual_ms": tally.virtual_ms,
                "inputs": tally.inputs,
                "messages": tally.posted,
                "deliveries": tally.shown,
                "core_ms": u64::try_from(busy.as_millis()).unwrap_or(u64::MAX),
            });
            (tier.name().to_owned(), numbers)
        });
        let (reached, declared) = tally.coverage.reached();
        let (client_reached, client_declared) = tally.client_coverage.reached();
        let (relay_reached, relay_declared) = tally.relay_coverage.reached();
        json!({
            "seeds": { "from": self.seeds.start, "to": self.seeds.end, "done": found.seeds },
            "took_ms": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "jobs": self.jobs,
            "unnoticed": found.unnoticed,
            "tiers": tiers.collect::<serde_json::Map<_, _>>(),
            "faults": by_name(tally.faults.iter().map(|(kind, count)| (kind.name(), *count))),
            "rows": {
                "reached": reached,
                "declared": declared,
                "unreached": tally.coverage.unreached(),
                "rarest": tally.coverage.rarest(RAREST).into_iter().map(|(row, times)| json!({ "row": row, "times": times })).collect::<Vec<_>>(),
            },
            "client_rows": {
                "reached": client_reached,
                "declared": client_declared,
                "unreached": tally.client_coverage.unreached(),
            },
            "relay_rows": {
                "reached": relay_reached,
                "declared": relay_declared,
                "unreached": tally.relay_coverage.unreached(),
            },
            "broken": by_name(found.broken.iter().map(|(promise, count)| (promise.name(), *count))),
            "failures": failures.iter().map(Explained::json).collect::<Vec<_>>(),
        })
    }
}

fn by_name<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> serde_json::Map<String, serde_json::Value> {
    counts.map(|(name, count)| (name.to_owned(), count.into())).collect()
}

fn faults(text: &mut String, tally: &Tally) {
    let _ = write!(text, "\nFaults, {} of {} kinds:", tally.faults.len(), FaultKind::ALL.len());
    for (place, (kind, count)) in tally.faults.iter().enumerate() {
        let _ =
            write!(text, "{}{:<15}{:>9}", if place % 4 == 0 { "\n  " } else { "    " }, kind.name(), grouped(*count));
    }
    text.push('\n');
}

fn rows(text: &mut String, tally: &Tally, machines: Option<&Tally>) {
    let (reached, declared) = tally.coverage.reached();
    let _ = writeln!(text, "\nRows of the session table: {reached} of {declared} reached; the rarest:");
    for (row, times) in tally.coverage.rarest(RAREST) {
        let _ = writeln!(text, "{:>11}  {row}", grouped(times));
    }
    if let Some(machines) = machines {
        let (reached, declared) = machines.client_coverage.reached();
        let _ = writeln!(text, "Rows of the client's table: {reached} of {declared} reached.");
    }
    let (reached, declared) = tally.relay_coverage.reached();
    let _ = writeln!(text, "Rows of the relay's table: {reached} of {declared} reached.");
}

fn times(count: u64) -> String {
    match count {
        1 => "once".into(),
        _ => format!("{} times", grouped(count)),
    }
}

/// Whole seconds, or milliseconds of what is shorter.
fn seconds(time: Duration) -> String {
    let whole = if time < Duration::from_secs(10) {
        Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    } else {
        Duration::from_secs(time.as_secs())
    };
    humantime::format_duration(whole).to_string()
}

/// Seconds of virtual time; of more than an hour whole minutes.
const fn minutes_of(virtual_ms: u64) -> u64 {
    if virtual_ms < 3_600_000 { virtual_ms / 1_000 } else { virtual_ms / 60_000 * 60 }
}

/// Thousands apart: `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_grouped() {
        let grouped: Vec<_> = [0, 999, 1_000, 1_234_567].map(super::grouped).into();
        assert_eq!(grouped, ["0", "999", "1,000", "1,234,567"]);
    }
}
