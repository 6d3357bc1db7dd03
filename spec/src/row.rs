//! The form of every table: rows of guard, effects and next state.
//!
//! Owns no vocabulary: each table brings its own words.

use crate::words::{Word, Words};

/// One line of a protocol: when this holds, do that, go there.
///
/// The first row of a cell whose guard holds fires: its effects in order, then the move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Row<Guard: 'static, Effect: 'static, State: 'static>(pub Guard, pub &'static [Effect], pub Next<State>);

/// Where a row leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next<State> {
    /// The state stays as it is.
    Stay,
    /// The state becomes another one (or is entered again).
    Become(State),
    /// The session is over.
    End,
}

impl<State: std::fmt::Display> std::fmt::Display for Next<State> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stay => f.pad("Stay"),
            Self::Become(state) => f.pad(&format!("Become({state})")),
            Self::End => f.pad("End"),
        }
    }
}

/// A table with its words, for those who read any table: manual, diagrams, coverage.
pub trait Table {
    /// Where the one that the table is about can stand.
    type State: Words;
    /// What can happen to it.
    type Event: Words;
    /// What a row asks before it fires.
    type Guard: Words;
    /// What a row does.
    type Effect: Word;
    /// The sentences that every cell obeys.
    type Law: Words;

    /// What the table is called on the command line.
    const NAME: &'static str;
    /// What the table is about, in a sentence.
    const ABOUT: &'static str;
    /// The state in which everything begins.
    const FIRST: Self::State;
    /// Name and meaning of every effect, whatever it carries.
    const EFFECTS: &'static [(&'static str, &'static str)];

    /// The rows of a cell; none where the pair cannot come to pass.
    fn cell(state: Self::State, event: Self::Event) -> &'static [Row<Self::Guard, Self::Effect, Self::State>];

    /// Who brings an event, in a sentence.
    fn source(event: Self::Event) -> &'static str;

    /// Whether an effect says no to a request.
    fn refuses(effect: Self::Effect) -> bool;
}
