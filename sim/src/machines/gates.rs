//! Relays: the real machine of each client that comes through one, and a model of the shell around it.
//!
//! Owns what waits at a relay. A relay passes on whole messages here, with the star before the first nick; which bytes
//! it changes is the turmoil tier's to doubt.

use super::World;
use super::heap::Event;
use super::wire::{Flying, Up, WINDOW_BYTES, Wire, bytes_up};
use crate::chronicle::Dir;
use crate::meddle::Meddle;
use crate::plan::{Fault, Ms, Plan};
use hobnob_machine::{Relay, RelayAction, RelayConfig, RelayInput};
use hobnob_spec::messages::{Asked, Request, Time};
use hobnob_spec::relay::{DRAIN_MS, State};

/// How many bytes may wait at a relay for one side before nothing is read from the other.
const WAITING_BYTES: u64 = 2 * WINDOW_BYTES;

/// All relays of a world, and all clients that they ever had.
#[derive(Debug)]
pub(super) struct Gates {
    config: RelayConfig,
    /// Of each column, the relay that it dials.
    through: Vec<Option<usize>>,
    gates: Vec<Gate>,
    pairs: Vec<Pair>,
}

/// A relay.
#[derive(Debug, Clone, Default)]
struct Gate {
    /// When it comes up, while it is down.
    down_until: Option<Ms>,
    /// Its clients of the moment.
    pairs: Vec<usize>,
    /// How many it ever had.
    clients: u64,
}

/// One client of a relay.
#[derive(Debug)]
struct Pair {
    gate: usize,
    number: u64,
    relay: Relay,
    /// The connection that the client has to the relay, and the one that the relay has to the server.
    near: usize,
    far: Option<usize>,
    reached: bool,
    /// What waits for a server that has not been reached.
    early: Vec<Up>,
    early_bytes: u64,
    /// The first nick has gone, with its star.
    starred: bool,
    /// Either side may say more.
    near_open: bool,
    far_open: bool,
    /// Nothing more comes for the client behind what waits.
    finishing: bool,
    over: bool,
    /// It is foreseen to look whether more can be read.
    goes_on: bool,
    wake: Option<Ms>,
}

impl Gates {
    pub(super) fn new(plan: &Plan) -> Self {
        let people = plan.people();
        let mut trust_relay = vec!["10.1.0.0/16".parse().expect("it is a network")];
        if plan.setting.trust_relays {
            trust_relay.push("10.0.0.0/16".parse().expect("it is a network"));
        }
        Self {
            config: RelayConfig {
                trust_relay,
                clients_max: plan.setting.relay_clients_max,
                patience_ms: plan.setting.relay_patience_ms,
                idle_ms: plan.setting.relay_idle_ms,
            },
            through: (0..people + plan.relays.len()).map(|column| plan.relay_of(column)).collect(),
            gates: vec![Gate::default(); plan.relays.len()],
            pairs: Vec::new(),
        }
    }

    /// The relay that one dials, by column; `None` for who dials the server.
    pub(super) fn of(&self, column: usize) -> Option<usize> {
        self.through[column]
    }

    /// Whether a relay takes connections.
    pub(super) fn is_up(&self, gate: usize) -> bool {
        self.gates[gate].down_until.is_none()
    }
}

impl<M: Meddle> World<'_, '_, M> {
    fn pair(&mut self, pair: usize) -> &mut Pair {
        &mut self.gates.pairs[pair]
    }

    // ── Relays come and go

    /// A relay dies or is told to stop, if it is up, and comes up again later.
    pub(super) fn gate_goes_down(&mut self, line: usize, fault: &Fault, gate: usize, down_ms: Ms, dies: bool) {
        if !self.gates.is_up(gate) {
            return;
        }
        self.witness.fault(self.now, fault, true);
        let up = self.now.saturating_add(down_ms).min(self.plan.heal_ms.max(self.now));
        self.gates.gates[gate].down_until = Some(up);
        self.heap.push(up, Event::GateUp(line, gate));
        for pair in self.gates.gates[gate].pairs.clone() {
            if dies {
                self.end_pair(pair, true);
            } else {
                self.pair_step(pair, RelayInput::Stopping);
            }
        }
    }

    pub(super) fn gate_comes_up(&mut self, line: usize, gate: usize) {
        self.gates.gates[gate].down_until = None;
        if let crate::plan::What::Fails(fault) = &self.plan.steps[line].what {
            self.witness.fault(self.now, fault, false);
        }
    }

    // ── Clients of relays

    /// Somebody has connected to a relay.
    pub(super) fn comes_to_gate(&mut self, wire: usize, gate: usize) {
        let peer = self.address(wire);
        let Wire { who, dialed_for, .. } = self.wires[wire];
        if let Some(who) = who.filter(|_| dialed_for.is_none()) {
            self.witness.connected(self.now, who, Self::wire_name(wire));
        }
        let pair = self.gates.pairs.len();
        let found = &mut self.gates.gates[gate];
        let others = found.pairs.len() as u64;
        found.clients += 1;
        found.pairs.push(pair);
        self.gates.pairs.push(Pair {
            gate,
            number: found.clients,
            relay: Relay::new(self.gates.config.clone(), peer),
            near: wire,
            far: None,
            reached: false,
            early: Vec::new(),
            early_bytes: 0,
            starred: false,
            near_open: true,
            far_open: true,
            finishing: false,
            over: false,
            goes_on: false,
            wake: None,
        });
        self.wires[wire].pair = Some(pair);
        self.pair_step(pair, RelayInput::Came { others });
    }

    /// A relay's connection to the server stands, as the relay sees it.
    pub(super) fn gate_reaches(&mut self, pair: usize) {
        let column = self.plan.relay_column(self.pair(pair).gate);
        let found = self.pair(pair);
        let Some(far) = found.far.filter(|_| !found.over) else { return };
        found.reached = true;
        found.early_bytes = 0;
        for up in std::mem::take(&mut found.early) {
            let bytes = bytes_up(&up);
            self.wires[far].up.push(up, bytes);
        }
        if let Some(who) = self.wires[far].who {
            self.witness.carried(self.now, column, who, Self::wire_name(far));
        }
        self.pair_step(pair, RelayInput::Reached);
        self.pump_up(far);
        self.pair_reads_down(pair);
    }

    /// A relay's wish for a connection came to nothing.
    pub(super) fn gate_reaches_nobody(&mut self, pair: usize, wire: usize) {
        if self.pair(pair).far.take_if(|far| *far == wire).is_some() {
            self.pair_step(pair, RelayInput::NotReached);
        }
    }

    /// The connection that a client has to its relay was cut.
    pub(super) fn gate_loses_client(&mut self, pair: usize) {
        let near = self.pair(pair).near;
        self.tells_end(near, Dir::Up);
        let found = self.pair(pair);
        if std::mem::replace(&mut found.near_open, false) && !found.over {
            self.pair_step(pair, RelayInput::ClientLost);
        }
    }

    /// The connection that a relay has to the server was cut.
    pub(super) fn gate_loses_server(&mut self, pair: usize, wire: usize) {
        let found = self.pair(pair);
        if found.far == Some(wire) && std::mem::replace(&mut found.far_open, false) && !found.over {
            self.pair_step(pair, RelayInput::ServerLost);
        }
    }

    // ── What passes

    /// Reads what a client says, as long as not too much waits for the server.
    pub(super) fn pair_reads_up(&mut self, pair: usize) {
        loop {
            let Pair { near, far, reached, early_bytes, near_open, over, ref relay, .. } = self.gates.pairs[pair];
            let arriving = relay.state() == Some(State::Arriving);
            let waits = far.filter(|_| reached).map_or(early_bytes, |far| self.wires[far].up.waiting_bytes);
            if over || !near_open || (waits >= WAITING_BYTES && !arriving) {
                return;
            }
            match self.next_up(near) {
                None => return,
                Some(Flying::End) => {
                    self.tells_end(near, Dir::Up);
                    self.pair(pair).near_open = false;
                    self.pair_step(pair, RelayInput::ClientEnded);
                }
                Some(Flying::Item(item, _)) => {
                    self.pair_step(pair, RelayInput::Passed);
                    self.client_said(pair, item);
                }
            }
        }
    }

    fn client_said(&mut self, pair: usize, mut said: Up) {
        if self.pair(pair).relay.state() == Some(State::Arriving) {
            match said {
                Up::Relayed(addr) => return self.pair_step(pair, RelayInput::HeaderCame { addr }),
                Up::BadHeader => self.pair_step(pair, RelayInput::HeaderBad),
                Up::Hello | Up::Asked(_) | Up::Garbled | Up::Foreign | Up::Half | Up::Line => {
                    self.pair_step(pair, RelayInput::NoHeader);
                }
            }
        }
        if matches!(said, Up::Line) {
            self.pair_step(pair, RelayInput::Speaks { lines: true });
        }
        let found = self.pair(pair);
        if !found.starred {
            found.starred = with_star(&mut said);
        }
        let bytes = bytes_up(&said);
        match found.far.filter(|_| found.reached) {
            Some(far) if found.far_open => {
                self.wires[far].up.push(said, bytes);
                self.pump_up(far);
            }
            Some(_) => {}
            None => {
                found.early_bytes += bytes;
                found.early.push(said);
            }
        }
    }

    /// Reads what the server says, as long as not too much waits for the client.
    pub(super) fn pair_reads_down(&mut self, pair: usize) {
        loop {
            let Pair { near, far, reached, far_open, over, .. } = self.gates.pairs[pair];
            let gone = self.wires[near].client_gone;
            let Some(far) = far.filter(|_| reached && far_open && !over) else { return };
            if self.wires[near].down.waiting_bytes >= WAITING_BYTES && !gone {
                return;
            }
            match self.next_down(far) {
                None => return,
                Some(Flying::End) => {
                    self.tells_end(far, Dir::Down);
                    self.pair(pair).far_open = false;
                    self.pair_step(pair, RelayInput::ServerEnded);
                }
                Some(Flying::Item(item, _)) => {
                    self.pair_step(pair, RelayInput::Passed);
                    if !gone {
                        self.send_down(near, item);
                        self.pump_down(near);
                    }
                }
            }
        }
    }

    /// Something was taken on one of its sides: there may be room again, or nothing more to write.
    pub(super) fn gate_goes_on(&mut self, pair: usize) {
        let found = self.pair(pair);
        if !found.over && !std::mem::replace(&mut found.goes_on, true) {
            self.heap.push(self.now, Event::PairGoesOn(pair));
        }
    }

    pub(super) fn pair_goes_on(&mut self, pair: usize) {
        self.pair(pair).goes_on = false;
        self.pair_reads_up(pair);
        self.pair_reads_down(pair);
        let Pair { near, over, finishing, .. } = self.gates.pairs[pair];
        let written = self.wires[near].down.waits.is_empty() || self.wires[near].client_gone;
        if finishing && written && !over {
            self.pair_step(pair, RelayInput::Written);
        }
    }

    // ── The machine

    fn pair_step(&mut self, pair: usize, input: RelayInput) {
        let (mut actions, mut fired) = (Vec::new(), Vec::new());
        let found = &mut self.gates.pairs[pair];
        if found.over {
            return;
        }
        found.relay.step(Time(self.now), input, &mut actions, &mut fired);
        let (column, number) = (self.plan.relay_column(found.gate), found.number);
        self.steps += 1;
        for fired in fired {
            self.witness.relay(self.now, column, number, fired);
        }
        for action in actions {
            self.pair_acts(pair, action);
        }
        if self.pair(pair).relay.state().is_none() {
            self.end_pair(pair, false);
        } else {
            self.foresee_pair_wake(pair);
        }
    }

    fn pair_acts(&mut self, pair: usize, action: RelayAction) {
        let Pair { gate, near, far, .. } = self.gates.pairs[pair];
        match action {
            RelayAction::Dial => {
                let column = self.plan.relay_column(gate);
                let listener = u16::try_from(self.plan.setting.listener_of(gate)).expect("there are few listeners");
                let new = Wire::new(self.wires[near].who, self.gates.of(column), listener);
                let far = self.dial_over(Wire { column: Some(column), dialed_for: Some(pair), ..new });
                self.pair(pair).far = Some(far);
            }
            RelayAction::StopDial => {
                if let Some(far) = self.pair(pair).far.take() {
                    self.drop_by_client(far);
                }
            }
            RelayAction::SendHeader { addr } => {
                let header = Up::Relayed(Some(addr));
                let bytes = bytes_up(&header);
                let up = &mut self.wires[far.expect("it was reached")].up;
                up.waiting_bytes += bytes;
                up.waits.push_front((header, bytes));
            }
            // Whoever speaks lines has no ears here.
            RelayAction::Say(_) => {}
            RelayAction::FinishServer => {
                let far = far.expect("it was reached");
                self.wires[far].up.closing = true;
                self.pump_up(far);
            }
            RelayAction::FinishClient => {
                self.pair(pair).finishing = true;
                self.gate_goes_on(pair);
            }
            // Both end when the state is over.
            RelayAction::EndClient | RelayAction::EndServer => {}
        }
    }

    /// Ends both connections. A relay that dies drops what waits; otherwise the client has some time to take it.
    fn end_pair(&mut self, pair: usize, dies: bool) {
        let found = self.pair(pair);
        if std::mem::replace(&mut found.over, true) {
            return;
        }
        let (gate, near, far) = (found.gate, found.near, found.far.take());
        self.gates.gates[gate].pairs.retain(|other| *other != pair);
        if let Some(far) = far {
            self.drop_by_client(far);
        }
        self.wires[near].down.closing = true;
        if dies {
            self.pair_drained(pair);
        } else {
            self.pump_down(near);
            self.heap.push(self.now + DRAIN_MS, Event::PairDrained(pair));
        }
    }

    pub(super) fn pair_drained(&mut self, pair: usize) {
        let near = self.pair(pair).near;
        self.wires[near].down.give_up();
        self.pump_down(near);
    }

    fn foresee_pair_wake(&mut self, pair: usize) {
        let now = self.now;
        let found = self.pair(pair);
        let Some(Time(at)) = found.relay.wake_at() else { return };
        let at = at.max(now);
        if found.wake.is_none_or(|wake| wake > at || wake <= now) {
            found.wake = Some(at);
            self.heap.push(at, Event::PairWake(pair));
        }
    }

    pub(super) fn pair_wake(&mut self, pair: usize) {
        let now = self.now;
        let found = self.pair(pair);
        if found.over || found.wake != Some(now) {
            return;
        }
        found.wake = None;
        if found.relay.wake_at().is_some_and(|Time(at)| at <= now) {
            self.pair_step(pair, RelayInput::Wake);
        } else {
            self.foresee_pair_wake(pair);
        }
    }
}

/// Puts a star before the nick, if this is the first; says whether no star is needed any more.
fn with_star(said: &mut Up) -> bool {
    match said {
        Up::Asked(Asked { request: Request::Join { nick, .. }, .. }) if !nick.trim().is_empty() => {
            if !nick.starts_with('*') {
                nick.insert(0, '*');
            }
            true
        }
        // The server will say what it thinks of it.
        Up::Foreign | Up::Relayed(_) | Up::BadHeader => true,
        Up::Hello | Up::Asked(_) | Up::Garbled | Up::Half | Up::Line => false,
    }
}
