//! A user's session at the server: its words, its table, and the laws of that table.

mod laws;
mod table;
mod words;

pub use laws::{Law, broken_law};
pub use table::{NEVER, Row, cell};
pub use words::{Alarm, Effect, Event, Guard, News, No, Source, State, Why};

/// The session table, for the readers of any table.
#[derive(Debug, Clone, Copy)]
pub struct Session;

impl crate::row::Table for Session {
    type State = State;
    type Event = Event;
    type Guard = Guard;
    type Effect = Effect;
    type Law = Law;

    const NAME: &'static str = "session";
    const ABOUT: &'static str = "A user's session at the server.";
    const FIRST: State = State::Guest;
    const EFFECTS: &'static [(&'static str, &'static str)] = Effect::MEANINGS;

    fn cell(state: State, event: Event) -> &'static [Row] {
        cell(state, event)
    }

    fn source(event: Event) -> &'static str {
        event.source().meaning()
    }

    fn refuses(effect: Effect) -> bool {
        matches!(effect, Effect::Refuse(_))
    }
}
