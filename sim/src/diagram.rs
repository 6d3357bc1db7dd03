//! Shows what happened to a person: traces in columns and sequence diagrams.
//!
//! Owns the forms. Reads a [`crate::chronicle::Chronicle`] and changes nothing.

mod flight;
mod html;
pub mod recorded;
mod scene;
mod svg;
#[cfg(test)]
mod tests;
mod text;
mod tips;
mod trace;
pub mod words;

pub use flight::{Flight, Flights, Landing};
pub use html::{MOMENTS_MOST, Page, html, page};
pub use text::{WIDTH_LEAST, text};
pub use trace::trace;

use crate::plan::Plan;
use crate::plan::line::{write_step, write_time};
use crate::witness::Outcome;
use std::fmt::Write as _;

/// How wide the explanation of a failure is drawn.
const WIDTH: usize = 120;
/// How many moments an explanation draws at most.
const DRAWN_MOST: usize = 600;

/// Explains a run to somebody at a terminal: the broken promise, the seed, the command that repeats the run, the plan, the
/// trace in columns and the sequence diagram.
pub fn explain(plan: &Plan, outcome: &Outcome, command: &str) -> String {
    let mut text = String::new();
    match outcome.broken.first() {
        Some(breach) => {
            let at = write_time(breach.at);
            let _ = writeln!(text, "BROKEN at {at}: {} ({})\n", breach.sentence, breach.promise.name());
            let _ = writeln!(text, "The promise: {}", breach.promise.sentence());
        }
        None => text += "Every promise was kept.\n",
    }
    let _ = writeln!(text, "The seed:    {}\nRepeat it:   {command}\n", plan.seed);
    let _ = writeln!(text, "What was planned ({}; healed at {}):", plan.name, write_time(plan.heal_ms));
    for step in &plan.steps {
        let _ = writeln!(text, "  {}", write_step(plan, step));
    }
    if !outcome.chronicle.moments.is_empty() {
        let _ = writeln!(text, "\nWhat happened:\n\n{}", trace(&outcome.chronicle));
        let _ = writeln!(text, "Who sent what to whom:\n\n{}", self::text(&outcome.chronicle, WIDTH, DRAWN_MOST));
    }
    text
}
