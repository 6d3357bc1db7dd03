//! The relay's machine: all that can come in each state, in every order that chance finds.

use hobnob_machine::relay::{AWAY, GONE};
use hobnob_machine::{Relay, RelayAction, RelayConfig, RelayFired, RelayInput};
use hobnob_spec::messages::Time;
use hobnob_spec::relay::{Event, IDLE_MS, PATIENCE_MS, State, cell};
use std::collections::BTreeSet;
use std::net::SocketAddr;

const LOCAL: &str = "127.0.0.1:4000";
const STRANGER: &str = "192.0.2.7:4000";

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// A relay under way, with its clock.
struct Run {
    relay: Relay,
    now: u64,
    actions: Vec<RelayAction>,
    fired: Vec<RelayFired>,
}

impl Run {
    fn new(peer: &str) -> Self {
        Self {
            relay: Relay::new(RelayConfig::default(), addr(peer)),
            now: 1_000,
            actions: Vec::new(),
            fired: Vec::new(),
        }
    }

    fn step(&mut self, input: RelayInput) -> Vec<RelayAction> {
        self.actions.clear();
        self.relay.step(Time(self.now), input, &mut self.actions, &mut self.fired);
        self.actions.clone()
    }

    fn wait(&mut self, ms: u64) -> Vec<RelayAction> {
        self.now += ms;
        self.step(RelayInput::Wake)
    }
}

#[test]
fn the_server_is_told_the_address_that_a_relay_before_told() {
    let mut run = Run::new(LOCAL);
    assert!(run.step(RelayInput::Came { others: 0 }).is_empty(), "it may be a relay itself");
    let told = addr(STRANGER);
    assert_eq!(run.step(RelayInput::HeaderCame { addr: Some(told) }), [RelayAction::Dial]);
    assert_eq!(run.step(RelayInput::Reached), [RelayAction::SendHeader { addr: told }]);
    let mut run = Run::new(STRANGER);
    assert_eq!(run.step(RelayInput::Came { others: 0 }), [RelayAction::Dial], "a stranger is none");
    assert_eq!(run.step(RelayInput::Reached), [RelayAction::SendHeader { addr: told }]);
}

#[test]
fn a_server_that_is_away_is_tried_with_growing_pauses_until_patience_is_over() {
    let mut run = Run::new(STRANGER);
    run.step(RelayInput::Came { others: 0 });
    run.step(RelayInput::Speaks { lines: true });
    let began = run.now;
    assert_eq!(run.step(RelayInput::NotReached), [RelayAction::Say(AWAY)]);
    let mut pauses = Vec::new();
    loop {
        let at = run.relay.wake_at().expect("something will ring").0;
        pauses.push(at - run.now);
        if run.wait(at - run.now) != [RelayAction::Dial] {
            break;
        }
        assert!(run.step(RelayInput::NotReached).is_empty(), "it is told once");
    }
    assert!(pauses.starts_with(&[200, 400, 800, 1_600, 3_200, 5_000, 5_000]), "{pauses:?}");
    assert_eq!(run.actions, [RelayAction::Say(GONE), RelayAction::EndClient]);
    assert_eq!((run.now - began, run.relay.state()), (PATIENCE_MS, None));
}

#[test]
fn silence_ends_both_connections_and_traffic_puts_that_off() {
    let mut run = Run::new(STRANGER);
    run.step(RelayInput::Came { others: 0 });
    run.step(RelayInput::Reached);
    for _ in 0..3 {
        assert!(run.wait(IDLE_MS - 1).is_empty());
        run.step(RelayInput::Passed);
    }
    assert!(run.wait(IDLE_MS - 1).is_empty());
    assert_eq!(run.wait(1), [RelayAction::EndClient, RelayAction::EndServer]);
}

#[test]
fn one_client_too_many_is_hung_up() {
    let mut run = Run::new(STRANGER);
    let others = RelayConfig::default().clients_max;
    assert_eq!(run.step(RelayInput::Came { others }), [RelayAction::EndClient]);
}

/// What may come next, as a shell would bring it.
fn inputs(state: State) -> Vec<RelayInput> {
    let brought = [
        (Event::Came, RelayInput::Came { others: 0 }),
        (Event::Came, RelayInput::Came { others: u64::MAX }),
        (Event::HeaderCame, RelayInput::HeaderCame { addr: None }),
        (Event::HeaderCame, RelayInput::HeaderCame { addr: Some(addr(STRANGER)) }),
        (Event::HeaderBad, RelayInput::HeaderBad),
        (Event::NoHeader, RelayInput::NoHeader),
        (Event::ClientEnded, RelayInput::ClientEnded),
        (Event::ClientLost, RelayInput::ClientLost),
        (Event::Reached, RelayInput::Reached),
        (Event::NotReached, RelayInput::NotReached),
        (Event::ServerEnded, RelayInput::ServerEnded),
        (Event::ServerLost, RelayInput::ServerLost),
        (Event::Written, RelayInput::Written),
        (Event::Stopping, RelayInput::Stopping),
    ];
    let possible = brought.into_iter().filter(|(event, _)| !cell(state, *event).is_empty());
    possible
        .map(|(_, input)| input)
        .chain([RelayInput::Passed, RelayInput::Speaks { lines: true }, RelayInput::Wake])
        .collect()
}

#[test]
fn every_row_of_the_relay_s_table_fires_and_every_pair_ends() {
    let mut seen = BTreeSet::new();
    for seed in 0..3_000_u64 {
        let mut chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut draw = |below: usize| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            usize::try_from(chance % below as u64).expect("it is small")
        };
        let mut run = Run::new([LOCAL, STRANGER][draw(2)]);
        let others = if draw(9) == 0 { u64::MAX } else { 0 };
        run.step(RelayInput::Came { others });
        for _ in 0..200 {
            let Some(state) = run.relay.state() else { break };
            let mut may = inputs(state);
            may.retain(|input| !matches!(input, RelayInput::Came { .. }));
            // Some servers never come back.
            let away = seed.is_multiple_of(5) && matches!(state, State::Reaching | State::Waiting);
            run.now += draw(3) as u64;
            match draw(3) {
                _ if away && state == State::Reaching => drop(run.step(RelayInput::NotReached)),
                die if die == 0 || away => {
                    let at = run.relay.wake_at().expect("an alarm runs in every state").0;
                    run.wait(at.saturating_sub(run.now));
                }
                _ => drop(run.step(may.swap_remove(draw(may.len())))),
            }
        }
        assert!(run.relay.state().is_none(), "seed {seed}: the pair is over in the end");
        seen.extend(run.fired.iter().map(|fired| (fired.state, fired.event, fired.row)));
    }
    for (state, event) in State::ALL.iter().flat_map(|state| Event::ALL.iter().map(move |event| (*state, *event))) {
        for row in 0..cell(state, event).len() {
            let row = u8::try_from(row).expect("a cell has a few rows");
            assert!(seen.contains(&(state, event, row)), "({state}, {event}) row {row} never fired");
        }
    }
}
