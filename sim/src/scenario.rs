//! Worlds that were written by hand, or kept because they failed once: a plan with what must come of it.
//!
//! Owns the file form: a plan's TOML (see [`crate::plan::line`]), lines of what is expected, and in which tiers it runs. A
//! file is canonical: read and written again it is the same.
//!
//! ```text
//! expect = [
//!   "bob sees ann: hello",             # also: once, 3 times
//!   "bob never sees ann: psst",
//!   "bob sees ann: one before ann: two",
//!   "ann is told refused NickTaken",   # the same as `sees`, for answers
//!   "ann is in at the end",            # also: out
//!   "row (Detached, Returned) Always fires",        # also: 3 times, never fires
//!   "client row (Joined, Told) HoleBefore fires",   # only the machines tier sees them
//!   "the server starts 3 times",
//!   "partition happens",               # any kind of fault; also: 3 times
//!   "breaks one-order",                # a failure that is kept and not mended
//! ]
//! ```
//!
//! What somebody sees is compared with the words of [`crate::diagram::words`] without the numbers of messages: `ann: hello`
//! is found in `lobby #7 ann: hello`, but not in `lobby #8 ann: hello again`.

mod expect;

pub use expect::Expect;

use crate::plan::line::{write_step, write_time};
use crate::plan::{Plan, Setting};
use crate::witness::Outcome;
use std::fmt::Write as _;
use toml::{Table, Value};

/// How a world is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The bare machines, joined by a heap of events.
    Machines,
    /// The shipping server and client on a simulated network.
    Worlds,
}

impl Tier {
    /// Every tier.
    pub const ALL: &'static [Self] = &[Self::Machines, Self::Worlds];

    /// What it is called in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Machines => "machines",
            Self::Worlds => "worlds",
        }
    }
}

/// A plan with what must come of it.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The plan; its lines of expectations are those of [`Scenario::expect`].
    pub plan: Plan,
    /// In which tiers it runs.
    pub tiers: Vec<Tier>,
    /// What must be so.
    pub expect: Vec<Expect>,
}

impl Scenario {
    /// A scenario of a plan, in these tiers. Fails with a sentence when an expectation of the plan's cannot be read.
    pub fn of(plan: Plan, tiers: Vec<Tier>) -> Result<Self, String> {
        let read = |line: &String| Expect::read(&plan, line).map_err(|wrong| format!("`{line}`: {wrong}"));
        let expect = plan.expect.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { plan, tiers, expect })
    }

    /// Reads a file that is called `name`. Fails with file, line and what to do.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        let at = |line: usize, wrong: &str| format!("{name}:{line}: {wrong}");
        let at_span = |error: &toml::de::Error| {
            let wrong = error.message();
            let line = error.span().filter(|span| span.start > 0).map(|span| line_of(text, span.start));
            at(line.or_else(|| quoted_line(text, wrong)).unwrap_or(1), wrong)
        };
        let table: Table = toml::from_str(text).map_err(|error| at_span(&error))?;
        let tiers = match table.get("tiers") {
            None => Tier::ALL.to_vec(),
            Some(value) => read_tiers(value).map_err(|wrong| at(key_line(text, "tiers").unwrap_or(1), &wrong))?,
        };
        let plan: Plan = toml::from_str(&without_key(text, "tiers")).map_err(|error| at_span(&error))?;
        Self::of(plan, tiers).map_err(|wrong| at(quoted_line(text, &wrong).unwrap_or(1), &wrong))
    }

    /// The file, as it is written. Settings that are as usual are left out.
    pub fn write(&self) -> String {
        let plan = &self.plan;
        let mut text = format!("name = {}\nabout = {}\n", quoted(&plan.name), quoted_long(&plan.about));
        if plan.seed != 0 {
            let _ = writeln!(text, "seed = {}", plan.seed);
        }
        if self.tiers != Tier::ALL {
            let tiers: Vec<_> = self.tiers.iter().map(|tier| tier.name().to_owned()).collect();
            let _ = writeln!(text, "tiers = {}", list(&tiers));
        }
        let _ = writeln!(text, "clients = {}", list(&plan.clients));
        if !plan.rude.is_empty() {
            let _ = writeln!(text, "rude = {}", list(&plan.rude));
        }
        if !plan.relays.is_empty() {
            let relays: Vec<_> = plan.relays.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "relays = {}", list(&relays));
        }
        let (heal, end) = (write_time(plan.heal_ms), write_time(plan.end_ms));
        let _ = writeln!(text, "heal = {}\nend = {}", quoted(&heal), quoted(&end));
        let steps: Vec<_> = plan.steps.iter().map(|step| write_step(plan, step)).collect();
        let _ = writeln!(text, "steps = {}", lines(&steps));
        if !plan.expect.is_empty() {
            let _ = writeln!(text, "expect = {}", lines(&plan.expect));
        }
        text + &setting(&plan.setting)
    }

    /// What is not as it must be, a sentence each: promises that were broken, and expectations that came to nothing.
    pub fn wrong(&self, outcome: &Outcome) -> Vec<String> {
        let expected = self.expect.iter().filter_map(|expect| match expect {
            Expect::Breaks(promise) => Some(*promise),
            _ => None,
        });
        let expected: Vec<_> = expected.collect();
        let broken = outcome.broken.iter().filter(|breach| !expected.contains(&breach.promise));
        let mut wrong: Vec<String> = broken
            .map(|breach| {
                let (promise, at) = (breach.promise.name(), write_time(breach.at));
                format!("the promise {promise} was broken at {at}: {}", breach.sentence)
            })
            .collect();
        for (line, expect) in self.plan.expect.iter().zip(&self.expect) {
            wrong.extend(expect.wrong(&self.plan, outcome).map(|sentence| format!("`{line}`: {sentence}")));
        }
        wrong
    }
}

fn read_tiers(value: &Value) -> Result<Vec<Tier>, String> {
    let wrong =
        || "the tiers are `tiers = [\"machines\"]`, `tiers = [\"worlds\"]`, or both by leaving them out".to_owned();
    let named = |value: &Value| Tier::ALL.iter().copied().find(|tier| value.as_str() == Some(tier.name()));
    let tiers: Option<Vec<Tier>> = value.as_array().and_then(|values| values.iter().map(named).collect());
    tiers.filter(|tiers| !tiers.is_empty()).ok_or_else(wrong)
}

fn line_of(text: &str, place: usize) -> usize {
    text.as_bytes().iter().take(place).filter(|byte| **byte == b'\n').count() + 1
}

/// The line that a sentence is about which begins by quoting it.
fn quoted_line(text: &str, wrong: &str) -> Option<usize> {
    let quoted = wrong.split('`').nth(1)?;
    text.lines().position(|line| line.contains(quoted)).map(|line| line + 1)
}

fn key_line(text: &str, key: &str) -> Option<usize> {
    let is_it = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().position(is_it).map(|line| line + 1)
}

/// The text with the line of a key left blank, so that everything else keeps its place.
fn without_key(text: &str, key: &str) -> String {
    let blank = key_line(text, key);
    let line = |(number, line): (usize, &str)| {
        if Some(number + 1) == blank { " ".repeat(line.len()) + "\n" } else { format!("{line}\n") }
    };
    text.lines().enumerate().map(line).collect()
}

/// A text between quotes. Backslashes and control characters are few enough to be escaped.
fn quoted(text: &str) -> String {
    if text.contains('"') && !text.contains('\'') && !text.chars().any(char::is_control) {
        return format!("'{text}'");
    }
    let mut safe = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => safe += "\\\"",
            '\\' => safe += "\\\\",
            '\n' => safe += "\\n",
            '\t' => safe += "\\t",
            c if c.is_control() => {
                let _ = write!(safe, "\\u{:04X}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe + "\""
}

/// A text of several lines between three quotes; of one line as usual.
fn quoted_long(text: &str) -> String {
    let plain = |c: char| c == '\n' || !c.is_control();
    if text.contains('\n') && text.chars().all(plain) && !text.contains(['\\', '"']) {
        return format!("\"\"\"\n{text}\"\"\"");
    }
    quoted(text)
}

fn list(items: &[String]) -> String {
    let items: Vec<_> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

fn lines(items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("  {},\n", quoted(item))).collect();
    format!("[\n{items}]")
}

/// What is not as usual.
fn setting(setting: &Setting) -> String {
    let table = |setting| Table::try_from(setting).expect("settings are words and numbers");
    let (mut own, usual) = (table(setting), table(&Setting::default()));
    own.retain(|key, value| usual.get(key) != Some(value));
    if own.is_empty() {
        return String::new();
    }
    let written = |(key, value): (&String, &Value)| format!("{key} = {value}\n");
    format!("\n[setting]\n{}", own.iter().map(written).collect::<String>())
}

#[cfg(test)]
mod tests;
