//! What the pages know of the protocol, printed from its tables: a browser's client executes the client's table, and
//! the monitor draws the server's.

use crate::hub::gauges::Fired;
use hobnob_machine::Config;
use hobnob_spec::client::{self, Client};
use hobnob_spec::limits::{CHUNK_BYTES_MAX, PIECE_BYTES_MAX};
use hobnob_spec::messages::VERSION;
use hobnob_spec::names::{NICK_CHARS_MAX, ROOM_CHARS_MAX, TEXT_CHARS_MAX};
use hobnob_spec::row::{Next, Table};
use hobnob_spec::session::{No, Session, Why};
use hobnob_spec::transfer::Transfer;
use hobnob_spec::words::{Word, Words};
use serde_json::{Map, Value, json};

/// What the chat's page knows: the client's table with its bounds, the server's limits, and the sentences for reasons.
pub(super) fn of_client(config: &Config) -> String {
    let limits = &config.limits;
    json!({
        "version": VERSION,
        "name": "Hobnob",
        "lobby": config.lobby,
        "limits": {
            "text_chars": TEXT_CHARS_MAX,
            "nick_chars": NICK_CHARS_MAX,
            "room_chars": ROOM_CHARS_MAX,
            "chunk_bytes": CHUNK_BYTES_MAX,
            "piece_bytes": PIECE_BYTES_MAX,
            "file_bytes": limits.file_bytes_max,
            "picture_bytes": limits.picture_bytes_max,
            "page_entries": limits.page_entries_max,
            "rooms_per_session": limits.rooms_per_session_max,
        },
        "client": {
            "initial": Client::FIRST.name(),
            "cells": cells::<Client>(),
            "window": client::WINDOW,
            "queue": client::QUEUE_MAX,
            "held": client::HELD_MAX,
            "places": client::PLACES_MAX,
            "page_entries": client::PAGE_ENTRIES,
            "dial_ms": client::DIAL_MS,
            "silence_ms": client::SILENCE_MS,
            "answer_ms": client::ANSWER_MS,
            "pause_ms": client::PAUSE_MS,
            "pause_longest_ms": client::PAUSE_LONGEST_MS,
            "page_pause_ms": client::PAGE_PAUSE_MS,
        },
        "no": meanings::<No>(),
        "why": meanings::<Why>(),
    })
    .to_string()
}

/// The cells of a table that can come to pass, by state and event: lists of guard, effects and next state.
fn cells<T: Table>() -> Value {
    let cell = |state: &T::State, event: &T::Event| {
        let rows = T::cell(*state, *event);
        let row = |row: &hobnob_spec::row::Row<T::Guard, T::Effect, T::State>| {
            let effects: Vec<String> = row.1.iter().map(ToString::to_string).collect();
            json!([row.0.name(), effects, next(row.2)])
        };
        (!rows.is_empty()).then(|| (event.name().to_owned(), rows.iter().map(row).collect()))
    };
    let of = |state: &T::State| -> Map<String, Value> {
        T::Event::ALL.iter().filter_map(|event| cell(state, event)).collect()
    };
    T::State::ALL.iter().map(|state| (state.name().to_owned(), Value::from(of(state)))).collect()
}

/// Where a row leads; `null` where it leads nowhere else.
fn next<S: Word>(next: Next<S>) -> Option<&'static str> {
    match next {
        Next::Stay => None,
        Next::Become(state) => Some(state.name()),
        Next::End => Some("End"),
    }
}

fn terms<W: Words>() -> Value {
    W::ALL.iter().map(|word| json!({ "name": word.name(), "meaning": word.meaning() })).collect()
}

fn meanings<W: Words>() -> Map<String, Value> {
    W::ALL.iter().map(|word| (word.name().to_owned(), word.meaning().into())).collect()
}

/// The server's tables as the monitor draws them. Their rows stand in the order in which firing is counted.
pub(super) fn tables(fired: &Fired) -> String {
    let Fired { session, transfer } = fired;
    json!({ "tables": [table::<Session>(session), table::<Transfer>(transfer)] }).to_string()
}

/// A table with its words, and with how often each of its rows fired.
fn table<T: Table>(fired: &[u64]) -> Value {
    let rows = T::State::ALL.iter().flat_map(|state| {
        T::Event::ALL.iter().flat_map(move |event| {
            T::cell(*state, *event).iter().zip(0u64..).map(move |(row, place)| {
                let effects: Vec<String> = row.1.iter().map(ToString::to_string).collect();
                json!({
                    "state": state.name(),
                    "event": event.name(),
                    "row": place,
                    "guard": row.0.name(),
                    "effects": effects,
                    "next": next(row.2),
                })
            })
        })
    });
    json!({
        "name": T::NAME,
        "about": T::ABOUT,
        "states": terms::<T::State>(),
        "events": terms::<T::Event>(),
        "guards": terms::<T::Guard>(),
        "effects": T::EFFECTS.iter().map(|(name, meaning)| json!({ "name": name, "meaning": meaning })).collect::<Value>(),
        "rows": rows.collect::<Value>(),
        "fired": fired,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_clients_table_is_told() {
        let told: Value = serde_json::from_str(&of_client(&Config::default())).expect("it is JSON");
        let mut rows = 0;
        for state in client::State::ALL {
            for event in client::Event::ALL {
                for (place, row) in client::cell(*state, *event).iter().enumerate() {
                    let told = &told["client"]["cells"][state.name()][event.name()][place];
                    assert_eq!(told[0], row.0.name());
                    assert_eq!(told[1].as_array().expect("effects are a list").len(), row.1.len());
                    rows += 1;
                }
            }
        }
        assert!(rows > 100, "the table has more than {rows} rows");
        assert_eq!(told["no"]["Muted"], No::Muted.meaning());
    }

    #[test]
    fn rows_stand_in_the_order_in_which_they_are_counted() {
        let fired = Fired { session: vec![0, 7], transfer: Vec::new() };
        let told: Value = serde_json::from_str(&tables(&fired)).expect("it is JSON");
        let told = &told["tables"];
        assert_eq!(told[0]["fired"][1], 7);
        let rows = told[0]["rows"].as_array().expect("rows are a list");
        let first =
            hobnob_spec::session::cell(hobnob_spec::session::State::ALL[0], hobnob_spec::session::Event::ALL[0]);
        assert_eq!(rows[first.len()]["row"], 0);
        assert_eq!(rows[0]["state"], hobnob_spec::session::State::ALL[0].name());
    }
}
