//! A relay's pair of connections, one to the client and one to the server: its words, its table, the laws of that
//! table, and its bounds.

mod laws;
mod table;
mod words;

pub use laws::{Law, broken_law};
pub use table::{NEVER, Row, cell};
pub use words::{Alarm, Effect, Event, Guard, Source, State};

use crate::bounds::bounds;

bounds! {
    /// How long a client that may itself be a relay may take, in milliseconds, to begin with its header.
    HEADER_MS: u64 = 250;
    /// How long reaching the server may take, in milliseconds, before the relay tries again.
    DIAL_MS: u64 = 10_000;
    /// The first pause before dialing again, in milliseconds; each one after is twice as long.
    PAUSE_MS: u64 = 200;
    /// The longest pause before dialing again, in milliseconds.
    PAUSE_LONGEST_MS: u64 = 5_000;
    /// How long a client is kept, in milliseconds, while the server cannot be reached.
    PATIENCE_MS: u64 = 30_000;
    /// How long nothing may pass, in milliseconds, before both connections end; longer than a server lets its members be silent.
    IDLE_MS: u64 = 900_000;
    /// How long, when one side is gone, the other one may take to read the rest, in milliseconds.
    DRAIN_MS: u64 = 5_000;
    /// How many clients a relay passes on at once; one more is hung up.
    CLIENTS_MAX: u64 = 10_000;
    /// How many bytes may wait for a slow side; then nothing more is read from the other one.
    WAITING_BYTES_MAX: u64 = 65_536;
}

/// The relay's table, for the readers of any table.
#[derive(Debug, Clone, Copy)]
pub struct Relay;

impl crate::row::Table for Relay {
    type State = State;
    type Event = Event;
    type Guard = Guard;
    type Effect = Effect;
    type Law = Law;

    const NAME: &'static str = "relay";
    const ABOUT: &'static str = "A relay's pair of connections, one to the client and one to the server.";
    const FIRST: State = State::Arriving;
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
