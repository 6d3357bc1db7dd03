//! Which rows of the tables have fired. Reads the tables themselves, so that a new row is asked for at once.

use hobnob_machine::{ClientFired, Fired, RelayFired, TransferFired};
use hobnob_spec::session::{Event, State, cell};
use hobnob_spec::{client, relay, transfer};
use std::collections::BTreeMap;

/// How often each row of the server's tables has fired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    fired: BTreeMap<(State, Event, u8), u64>,
    transfers: BTreeMap<(transfer::State, transfer::Event, u8), u64>,
}

impl Coverage {
    /// Counts a row that fired.
    pub fn count(&mut self, fired: &Fired) {
        *self.fired.entry((fired.state, fired.event, fired.row)).or_insert(0) += 1;
    }

    /// Counts a row of a transfer that fired.
    pub fn count_transfer(&mut self, fired: &TransferFired) {
        *self.transfers.entry((fired.state, fired.event, fired.row)).or_insert(0) += 1;
    }

    /// Adds what another walk has reached.
    pub fn add(&mut self, other: &Self) {
        for (row, times) in &other.fired {
            *self.fired.entry(*row).or_insert(0) += times;
        }
        for (row, times) in &other.transfers {
            *self.transfers.entry(*row).or_insert(0) += times;
        }
    }

    /// How many rows have fired, and how many there are.
    pub fn reached(&self) -> (usize, usize) {
        (self.fired.len() + self.transfers.len(), all_rows().count() + transfer_rows().count())
    }

    /// The rows that never fired, each by state, event and guard. A guard that never failed shows as the rows below
    /// it, one that never held as its own.
    pub fn unreached(&self) -> Vec<String> {
        let named = |(state, event, row): (State, Event, u8)| {
            format!("({state}, {event}) {}", cell(state, event)[usize::from(row)].0)
        };
        let unreached = all_rows().filter(|row| !self.fired.contains_key(row)).map(named);
        let transfers = transfer_rows().filter(|row| !self.transfers.contains_key(row));
        unreached.chain(transfers.map(named_transfer_row)).collect()
    }

    /// The rows that fired least, with how often.
    pub fn rarest(&self, count: usize) -> Vec<(String, u64)> {
        let named = |((state, event, row), times): (&(State, Event, u8), &u64)| {
            (format!("({state}, {event}) {}", cell(*state, *event)[usize::from(*row)].0), *times)
        };
        let transfers = self.transfers.iter().map(|(row, times)| (named_transfer_row(*row), *times));
        let mut rows: Vec<_> = self.fired.iter().map(named).chain(transfers).collect();
        rows.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        rows.truncate(count);
        rows
    }
}

fn all_rows() -> impl Iterator<Item = (State, Event, u8)> {
    State::ALL.iter().flat_map(|state| {
        Event::ALL.iter().flat_map(move |event| {
            let rows = u8::try_from(cell(*state, *event).len()).expect("a cell has a few rows");
            (0..rows).map(move |row| (*state, *event, row))
        })
    })
}

fn named_transfer_row((state, event, row): (transfer::State, transfer::Event, u8)) -> String {
    format!("transfer ({state}, {event}) {}", transfer::cell(state, event)[usize::from(row)].0)
}

fn transfer_rows() -> impl Iterator<Item = (transfer::State, transfer::Event, u8)> {
    transfer::State::ALL.iter().flat_map(|state| {
        transfer::Event::ALL.iter().flat_map(move |event| {
            let rows = u8::try_from(transfer::cell(*state, *event).len()).expect("a cell has a few rows");
            (0..rows).map(move |row| (*state, *event, row))
        })
    })
}

/// How often each row of the client's table has fired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientCoverage {
    fired: BTreeMap<(client::State, client::Event, u8), u64>,
}

impl ClientCoverage {
    /// Counts a row that fired.
    pub fn count(&mut self, fired: &ClientFired) {
        *self.fired.entry((fired.state, fired.event, fired.row)).or_insert(0) += 1;
    }

    /// Adds what another run has reached.
    pub fn add(&mut self, other: &Self) {
        for (row, times) in &other.fired {
            *self.fired.entry(*row).or_insert(0) += times;
        }
    }

    /// How many rows have fired, and how many there are.
    pub fn reached(&self) -> (usize, usize) {
        (self.fired.len(), client_rows().count())
    }

    /// The rows that never fired, each by state, event and guard.
    pub fn unreached(&self) -> Vec<String> {
        let missed = client_rows().filter(|row| !self.fired.contains_key(row));
        missed.map(|(state, event, row)| named_client_row(state, event, row)).collect()
    }

    /// The rows that fired least, with how often.
    pub fn rarest(&self, count: usize) -> Vec<(String, u64)> {
        let mut rows: Vec<_> = self.fired.iter().collect();
        rows.sort_by_key(|(row, times)| (**times, **row));
        let named = |((state, event, row), times): (&(client::State, client::Event, u8), &u64)| {
            (named_client_row(*state, *event, *row), *times)
        };
        rows.into_iter().take(count).map(named).collect()
    }
}

fn named_client_row(state: client::State, event: client::Event, row: u8) -> String {
    format!("({state}, {event}) {}", client::cell(state, event)[usize::from(row)].0)
}

fn client_rows() -> impl Iterator<Item = (client::State, client::Event, u8)> {
    client::State::ALL.iter().flat_map(|state| {
        client::Event::ALL.iter().flat_map(move |event| {
            let rows = u8::try_from(client::cell(*state, *event).len()).expect("a cell has a few rows");
            (0..rows).map(move |row| (*state, *event, row))
        })
    })
}

/// How often each row of a relay's table has fired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelayCoverage {
    fired: BTreeMap<(relay::State, relay::Event, u8), u64>,
}

impl RelayCoverage {
    /// Counts a row that fired.
    pub fn count(&mut self, fired: RelayFired) {
        *self.fired.entry((fired.state, fired.event, fired.row)).or_insert(0) += 1;
    }

    /// Adds what another run has reached.
    pub fn add(&mut self, other: &Self) {
        for (row, times) in &other.fired {
            *self.fired.entry(*row).or_insert(0) += times;
        }
    }

    /// How many rows have fired, and how many there are.
    pub fn reached(&self) -> (usize, usize) {
        (self.fired.len(), relay_rows().count())
    }

    /// The rows that never fired, each by state, event and guard.
    pub fn unreached(&self) -> Vec<String> {
        let missed = relay_rows().filter(|row| !self.fired.contains_key(row));
        let named = |(state, event, row): (relay::State, relay::Event, u8)| {
            format!("({state}, {event}) {}", relay::cell(state, event)[usize::from(row)].0)
        };
        missed.map(named).collect()
    }
}

fn relay_rows() -> impl Iterator<Item = (relay::State, relay::Event, u8)> {
    relay::State::ALL.iter().flat_map(|state| {
        relay::Event::ALL.iter().flat_map(move |event| {
            let rows = u8::try_from(relay::cell(*state, *event).len()).expect("a cell has a few rows");
            (0..rows).map(move |row| (*state, *event, row))
        })
    })
}
