//! A file on its way to the server: its words, its table, and the laws of that table.

mod laws;
mod table;
mod words;

pub use laws::{Law, broken_law};
pub use table::{NEVER, Row, cell};
pub use words::{Alarm, Effect, Event, Guard, Source, State};

/// The transfer table, for the readers of any table.
#[derive(Debug, Clone, Copy)]
pub struct Transfer;

impl crate::row::Table for Transfer {
    type State = State;
    type Event = Event;
    type Guard = Guard;
    type Effect = Effect;
    type Law = Law;

    const NAME: &'static str = "transfer";
    const ABOUT: &'static str = "A file on its way to the server.";
    const FIRST: State = State::Receiving;
    const EFFECTS: &'static [(&'static str, &'static str)] = Effect::MEANINGS;

    fn cell(state: State, event: Event) -> &'static [Row] {
        cell(state, event)
    }

    fn source(event: Event) -> &'static str {
        event.source().meaning()
    }

    fn refuses(effect: Effect) -> bool {
        matches!(effect, Effect::Refuse(_) | Effect::Fail(_))
    }
}
