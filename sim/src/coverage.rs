//! Which rows of the tables have fired. Reads the tables themselves, so that a new row is asked for at once.

use hobnob_machine::{ClientFired, Fired, RelayFired, TransferFired};
use hobnob_spec::{client, relay, session, transfer};
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

/// A table whose rows are counted.
pub trait Table {
    /// Its states.
    type State: Copy + Ord + Debug + Display + 'static;
    /// Its events.
    type Event: Copy + Ord + Debug + Display + 'static;
    /// What stands before the name of a row, if the cell alone does not say whose it is.
    const PREFIX: &'static str;
    /// All states.
    const STATES: &'static [Self::State];
    /// All events.
    const EVENTS: &'static [Self::Event];

    /// The guards of a cell's rows, from the first to the last.
    fn guards(state: Self::State, event: Self::Event) -> impl Iterator<Item = String>;
}

/// Declares a type that stands for a table of the specification.
macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident: $table:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}

        impl Table for $name {
            type State = $table::State;
            type Event = $table::Event;
            const PREFIX: &'static str = $prefix;
            const STATES: &'static [Self::State] = &$table::State::ALL;
            const EVENTS: &'static [Self::Event] = &$table::Event::ALL;

            fn guards(state: Self::State, event: Self::Event) -> impl Iterator<Item = String> {
                $table::cell(state, event).iter().map(|row| row.0.to_string())
            }
        }
    )*};
}

tables! {
    /// The session's table.
    Sessions: session, "";
    /// The table of a file on its way to the server.
    Transfers: transfer, "transfer ";
    /// The client's table.
    Clients: client, "";
    /// The relay's table.
    Relays: relay, "";
}

/// A row by its cell and its place in it.
type Place<T> = (<T as Table>::State, <T as Table>::Event, u8);

/// How often each row of a table has fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<T: Table> {
    fired: BTreeMap<Place<T>, u64>,
}

impl<T: Table> Default for Rows<T> {
    fn default() -> Self {
        Self { fired: BTreeMap::new() }
    }
}

impl<T: Table> Rows<T> {
    fn count_row(&mut self, row: Place<T>) {
        *self.fired.entry(row).or_insert(0) += 1;
    }

    /// Adds what another run has reached.
    pub fn add(&mut self, other: &Self) {
        for (row, times) in &other.fired {
            *self.fired.entry(*row).or_insert(0) += times;
        }
    }

    /// How many rows have fired, and how many there are.
    pub fn reached(&self) -> (usize, usize) {
        (self.fired.len(), Self::all().count())
    }

    /// The rows that never fired, each by state, event and guard. A guard that never failed shows as the rows below
    /// it, one that never held as its own.
    pub fn unreached(&self) -> Vec<String> {
        Self::all().filter(|(row, _)| !self.fired.contains_key(row)).map(|(_, name)| name).collect()
    }

    /// The rows that fired least, with how often.
    pub fn rarest(&self, count: usize) -> Vec<(String, u64)> {
        let named = Self::all().filter_map(|(row, name)| Some((name, *self.fired.get(&row)?)));
        let mut rows: Vec<_> = named.collect();
        rows.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        rows.truncate(count);
        rows
    }

    fn all() -> impl Iterator<Item = (Place<T>, String)> {
        let cells = T::STATES.iter().flat_map(|state| T::EVENTS.iter().map(move |event| (*state, *event)));
        cells.flat_map(|(state, event)| {
            T::guards(state, event).enumerate().map(move |(row, guard)| {
                let row = u8::try_from(row).expect("a cell has a few rows");
                ((state, event, row), format!("{}({state}, {event}) {guard}", T::PREFIX))
            })
        })
    }
}

impl Rows<Clients> {
    /// Counts a row that fired.
    pub fn count(&mut self, fired: &ClientFired) {
        self.count_row((fired.state, fired.event, fired.row));
    }
}

impl Rows<Relays> {
    /// Counts a row that fired.
    pub fn count(&mut self, fired: RelayFired) {
        self.count_row((fired.state, fired.event, fired.row));
    }
}

/// How often each row of the server's tables has fired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    sessions: Rows<Sessions>,
    transfers: Rows<Transfers>,
}

impl Coverage {
    /// Counts a row that fired.
    pub fn count(&mut self, fired: &Fired) {
        self.sessions.count_row((fired.state, fired.event, fired.row));
    }

    /// Counts a row of a transfer that fired.
    pub fn count_transfer(&mut self, fired: &TransferFired) {
        self.transfers.count_row((fired.state, fired.event, fired.row));
    }

    /// Adds what another walk has reached.
    pub fn add(&mut self, other: &Self) {
        self.sessions.add(&other.sessions);
        self.transfers.add(&other.transfers);
    }

    /// How many rows have fired, and how many there are.
    pub fn reached(&self) -> (usize, usize) {
        let ((fired, all), (transfers, all_transfers)) = (self.sessions.reached(), self.transfers.reached());
        (fired + transfers, all + all_transfers)
    }

    /// The rows that never fired, each by state, event and guard.
    pub fn unreached(&self) -> Vec<String> {
        [self.sessions.unreached(), self.transfers.unreached()].concat()
    }

    /// The rows that fired least, with how often.
    pub fn rarest(&self, count: usize) -> Vec<(String, u64)> {
        let mut rows = [self.sessions.rarest(count), self.transfers.rarest(count)].concat();
        rows.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        rows.truncate(count);
        rows
    }
}
