//! A client's own connection: its words, its table, the laws of that table, and its bounds.

mod laws;
mod table;
mod words;

pub use laws::{Law, broken_law};
pub use table::{NEVER, Row, cell};
pub use words::{Alarm, Effect, Event, Guard, Source, State};

use crate::bounds::bounds;

bounds! {
    /// How long reaching the server may take, in milliseconds, before the client gives up or tries again.
    DIAL_MS: u64 = 10_000;
    /// How long nothing may be heard, in milliseconds, before the client asks for a sign of life.
    SILENCE_MS: u64 = 30_000;
    /// How long the sign of life may take, in milliseconds, before the connection counts as lost.
    ANSWER_MS: u64 = 10_000;
    /// The first pause before dialing again, in milliseconds; each one after is twice as long.
    PAUSE_MS: u64 = 500;
    /// The longest pause before dialing again, in milliseconds, before its jitter of half of it either way.
    PAUSE_LONGEST_MS: u64 = 30_000;
    /// How long the client waits, in milliseconds, before it asks again for a page that was refused for haste.
    PAGE_PAUSE_MS: u64 = 1_000;
    /// How many requests may be under way at once; less than the answers that a server keeps for a returning client.
    WINDOW: usize = 64;
    /// How many requests may be kept, those under way included; the next one is given back to the user.
    QUEUE_MAX: usize = 256;
    /// How many messages are held back for those before them; when it is reached they are shown, and the hole is told.
    HELD_MAX: usize = 1_000;
    /// How many rooms and conversations a client keeps track of; the one that rested longest makes place.
    PLACES_MAX: usize = 1_000;
    /// How many messages the client asks for in one page.
    PAGE_ENTRIES: u64 = 100;
}

/// The client's table, for the readers of any table.
#[derive(Debug, Clone, Copy)]
pub struct Client;

impl crate::row::Table for Client {
    type State = State;
    type Event = Event;
    type Guard = Guard;
    type Effect = Effect;
    type Law = Law;

    const NAME: &'static str = "client";
    const ABOUT: &'static str = "A client's own connection to the server.";
    const FIRST: State = State::Offline;
    const EFFECTS: &'static [(&'static str, &'static str)] = Effect::MEANINGS;

    fn cell(state: State, event: Event) -> &'static [Row] {
        cell(state, event)
    }

    fn source(event: Event) -> &'static str {
        event.source().meaning()
    }

    fn refuses(_: Effect) -> bool {
        false
    }
}
