//! The form of every table: rows of guard, effects and next state.
//!
//! Owns no vocabulary: each table brings its own words.

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
