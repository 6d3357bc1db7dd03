//! The relay's machine: executes the relay's table for one client and its pair of connections.
//!
//! Owns the state, the alarms and the user's address, as a value; it never sees a byte that passes. Its shell keeps the
//! bytes, and is told here whose they are and when both connections end.

use crate::network::Network;
use hobnob_spec::messages::Time;
use hobnob_spec::relay::{self, Alarm, Effect, Event, Guard, State, cell};
use hobnob_spec::row::Next;
use std::net::{IpAddr, SocketAddr};

/// What an operator can set about a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayConfig {
    /// From where clients may be relays themselves.
    pub trust_relay: Vec<Network>,
    /// How many clients there may be at once.
    pub clients_max: u64,
    /// How long a client is kept while the server cannot be reached, in milliseconds.
    pub patience_ms: u64,
    /// How long nothing may pass before both connections end, in milliseconds.
    pub idle_ms: u64,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            trust_relay: Network::loopback(),
            clients_max: relay::CLIENTS_MAX,
            patience_ms: relay::PATIENCE_MS,
            idle_ms: relay::IDLE_MS,
        }
    }
}

impl RelayConfig {
    /// Whether clients from an address may be relays themselves.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        Network::any_contains(&self.trust_relay, ip)
    }
}

/// What happens to one client's pair of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayInput {
    /// The client connected, and there are so many others.
    Came {
        /// How many.
        others: u64,
    },
    /// The client's first bytes are a header, which tells the user's own address or nothing.
    HeaderCame {
        /// The address.
        addr: Option<SocketAddr>,
    },
    /// The client's first bytes are a header that cannot be read.
    HeaderBad,
    /// The client's first bytes are no header.
    NoHeader,
    /// The client says no more.
    ClientEnded,
    /// The connection to the client is gone.
    ClientLost,
    /// The server was reached.
    Reached,
    /// The server could not be reached.
    NotReached,
    /// The server says no more.
    ServerEnded,
    /// The connection to the server is gone.
    ServerLost,
    /// All that waited for the client is written.
    Written,
    /// Something passed, either way.
    Passed,
    /// Whether the client speaks lines of text has shown.
    Speaks {
        /// Whether it does.
        lines: bool,
    },
    /// Time has passed.
    Wake,
    /// The relay is stopping.
    Stopping,
}

/// What the shell is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayAction {
    /// Reach for the server.
    Dial,
    /// Give up reaching for the server.
    StopDial,
    /// Put the header that tells this address before all that waits for the server.
    SendHeader {
        /// The user's own address.
        addr: SocketAddr,
    },
    /// Tell the client this sentence, if it speaks lines of text.
    Say(&'static str),
    /// End the half that writes to the server, behind all that waits for it.
    FinishServer,
    /// Tell when all that waits for the client is written: nothing more comes.
    FinishClient,
    /// End the connection to the client.
    EndClient,
    /// End the connection to the server.
    EndServer,
}

/// A row that fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RelayFired {
    /// In which state.
    pub state: State,
    /// At what.
    pub event: Event,
    /// The place of the row in its cell.
    pub row: u8,
}

/// What a client that speaks lines is told when the server is away.
pub const AWAY: &str = "The server is away; trying again.";
/// What a client that speaks lines is told when the server was away for too long.
pub const GONE: &str = "The server cannot be reached; please try again later.";

/// A relay's view of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    config: RelayConfig,
    /// `None` when it is over.
    state: Option<State>,
    /// The client's address, or the one that its header told.
    addr: SocketAddr,
    /// From where the connection came.
    peer: SocketAddr,
    speaks_lines: bool,
    /// The client said no more before the server was reached.
    done: bool,
    told: bool,
    pause_ms: u64,
    passed: Time,
    alarms: [Option<Time>; Alarm::ALL.len()],
}

impl Relay {
    /// For a client that connects from an address; [`RelayInput::Came`] is to come first.
    pub fn new(config: RelayConfig, peer: SocketAddr) -> Self {
        Self {
            config,
            state: Some(State::Arriving),
            addr: peer,
            peer,
            speaks_lines: false,
            done: false,
            told: false,
            pause_ms: relay::PAUSE_MS,
            passed: Time(0),
            alarms: [None; Alarm::ALL.len()],
        }
    }

    /// Takes one input at time `now`, after the alarms that fell due before it. What it brings is added to `actions`
    /// and `fired`.
    ///
    /// # Panics
    /// When an input comes that cannot come in the state.
    pub fn step(&mut self, now: Time, input: RelayInput, actions: &mut Vec<RelayAction>, fired: &mut Vec<RelayFired>) {
        while let Some((at, alarm)) = self.next_alarm().filter(|(at, _)| *at <= now) {
            self.alarms[alarm.index()] = None;
            self.fire(at, alarm.event(), None, actions, fired);
        }
        let (event, brought) = match input {
            RelayInput::Wake => return,
            RelayInput::Passed => return self.passed = now,
            RelayInput::Speaks { lines } => return self.speaks_lines = lines,
            RelayInput::Came { others } => (Event::Came, Some(Brought::Others(others))),
            RelayInput::HeaderCame { addr } => (Event::HeaderCame, addr.map(Brought::Addr)),
            RelayInput::HeaderBad => (Event::HeaderBad, None),
            RelayInput::NoHeader => (Event::NoHeader, None),
            RelayInput::ClientEnded => (Event::ClientEnded, None),
            RelayInput::ClientLost => (Event::ClientLost, None),
            RelayInput::Reached => (Event::Reached, None),
            RelayInput::NotReached => (Event::NotReached, None),
            RelayInput::ServerEnded => (Event::ServerEnded, None),
            RelayInput::ServerLost => (Event::ServerLost, None),
            RelayInput::Written => (Event::Written, None),
            RelayInput::Stopping => (Event::Stopping, None),
        };
        self.fire(now, event, brought, actions, fired);
    }

    /// When to step with [`RelayInput::Wake`] at the latest.
    pub fn wake_at(&self) -> Option<Time> {
        self.next_alarm().map(|(at, _)| at)
    }

    /// Where it stands; `None` when it is over.
    pub fn state(&self) -> Option<State> {
        self.state
    }

    /// The user's address, as far as it is known.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    fn next_alarm(&self) -> Option<(Time, Alarm)> {
        let set = Alarm::ALL.iter().filter_map(|alarm| Some((self.alarms[alarm.index()]?, *alarm)));
        set.min_by_key(|(at, alarm)| (*at, alarm.index()))
    }

    /// Fires the first row of the cell whose guard holds. What comes when all is over has no one to come to.
    fn fire(
        &mut self,
        now: Time,
        event: Event,
        brought: Option<Brought>,
        actions: &mut Vec<RelayAction>,
        fired: &mut Vec<RelayFired>,
    ) {
        let Some(state) = self.state else { return };
        let rows = cell(state, event);
        let at = rows.iter().position(|row| self.holds(row.0, now, brought));
        let at = at.unwrap_or_else(|| panic!("{event} cannot come to a relay that is {state}"));
        for effect in rows[at].1 {
            self.apply(*effect, now, brought, actions);
        }
        fired.push(RelayFired { state, event, row: u8::try_from(at).expect("a cell has a few rows") });
        match rows[at].2 {
            Next::Stay => {}
            Next::Become(state) => {
                self.state = Some(state);
                for alarm in Alarm::ALL {
                    if cell(state, alarm.event()).is_empty() {
                        self.alarms[alarm.index()] = None;
                    }
                }
            }
            Next::End => {
                self.state = None;
                self.alarms = [None; Alarm::ALL.len()];
            }
        }
    }

    fn holds(&self, guard: Guard, now: Time, brought: Option<Brought>) -> bool {
        match guard {
            Guard::Always => true,
            Guard::Crowded => matches!(brought, Some(Brought::Others(others)) if others >= self.config.clients_max),
            Guard::AddressUntold => !matches!(brought, Some(Brought::Addr(_))),
            Guard::MayBeRelayed => self.config.trusts(self.peer.ip()),
            Guard::ClientDone => self.done,
            Guard::Untold => self.speaks_lines && !self.told,
            Guard::PassedSince => self.passed.plus(self.config.idle_ms) > now,
        }
    }

    fn apply(&mut self, effect: Effect, now: Time, brought: Option<Brought>, actions: &mut Vec<RelayAction>) {
        match effect {
            Effect::TakeAddress => {
                let Some(Brought::Addr(addr)) = brought else {
                    unreachable!("a header without an address has its row")
                };
                self.addr = addr;
            }
            Effect::NoteDone => self.done = true,
            Effect::Dial => actions.push(RelayAction::Dial),
            Effect::StopDial => actions.push(RelayAction::StopDial),
            Effect::PutOffDial => {
                self.alarms[Alarm::Retry.index()] = Some(now.plus(self.pause_ms));
                self.pause_ms = (self.pause_ms * 2).min(relay::PAUSE_LONGEST_MS);
            }
            Effect::SendHeader => {
                self.passed = now;
                actions.push(RelayAction::SendHeader { addr: self.addr });
            }
            Effect::SayAway => {
                self.told = true;
                actions.push(RelayAction::Say(AWAY));
            }
            Effect::SayGone => actions.push(RelayAction::Say(GONE)),
            Effect::FinishServer => actions.push(RelayAction::FinishServer),
            Effect::FinishClient => actions.push(RelayAction::FinishClient),
            Effect::EndClient => actions.push(RelayAction::EndClient),
            Effect::EndServer => actions.push(RelayAction::EndServer),
            Effect::Arm(alarm) => self.alarms[alarm.index()] = Some(self.rings_at(alarm, now)),
        }
    }

    fn rings_at(&self, alarm: Alarm, now: Time) -> Time {
        match alarm {
            Alarm::Header => now.plus(relay::HEADER_MS),
            Alarm::Dial => now.plus(relay::DIAL_MS),
            Alarm::Retry => now.plus(self.pause_ms),
            Alarm::Patience => now.plus(self.config.patience_ms),
            Alarm::Idle => self.passed.plus(self.config.idle_ms).max(now.plus(1)),
            Alarm::Drain => now.plus(relay::DRAIN_MS),
        }
    }
}

/// What an event brings with it.
#[derive(Debug, Clone, Copy)]
enum Brought {
    Others(u64),
    Addr(SocketAddr),
}
