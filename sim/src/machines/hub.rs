//! The server's shell: takes what comes, steps the machine, carries out what it orders.
//!
//! Owns the mirror of who hears what. A model of the shipping hub, decision by decision: what is said waits for the
//! journal, which is the keeper's.

use super::disk::{Query, Row, stored};
use super::heap::Event;
use super::turn::Turn;
use super::wire::{Down, Flying, Line, Up, Wire};
use super::{CHECK_EVERY, World};
use crate::chronicle::Dir;
use crate::meddle::Meddle;
use crate::plan::{BEGIN_MS, Ms};
use hobnob_machine::{Action, Conn, Input, Out, RoomId, Server};
use hobnob_spec::messages::{Answer, Asked, Message, Place, Request, Time};
use hobnob_spec::session::No;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// How long a connection that was told goodbye may take to end.
const LINGER_MS: Ms = 5_000;

/// A server that is up.
pub(super) struct Hub {
    pub(super) server: Server,
    pub(super) out: Out,
    pub(super) turn: Turn,
    /// What is said without the machine while the journal cannot be written; it waits for no record.
    pub(super) gate: Turn,
    conns: BTreeMap<Conn, usize>,
    rooms: BTreeMap<RoomId, Vec<usize>>,
    /// Inputs that come first in the next turn.
    pub(super) first: VecDeque<Input>,
    pub(super) next_conn: u64,
    /// What the machine's time was when the world's was `began`.
    pub(super) base: Time,
    pub(super) began: Ms,
    /// When it is foreseen to look for alarms.
    wake: Option<Ms>,
    /// Alarms have rung that no record tells of yet.
    pub(super) woken: bool,
    pub(super) keeper: super::keeper::Keeper,
    pub(super) files: super::files::FileDesk,
    /// When a stopping server ends at the latest.
    pub(super) stops_at: Option<Ms>,
    /// Since when everybody has been told that the server stops.
    pub(super) told_at: Option<Ms>,
}

impl Hub {
    pub(super) fn new(server: Server, next_conn: u64, base: Time, began: Ms, records: usize) -> Self {
        Self {
            server,
            out: Out::default(),
            turn: Turn::default(),
            gate: Turn::default(),
            conns: BTreeMap::new(),
            rooms: BTreeMap::new(),
            first: VecDeque::new(),
            next_conn,
            base,
            began,
            wake: None,
            woken: false,
            keeper: super::keeper::Keeper::new(records),
            files: super::files::FileDesk::default(),
            stops_at: None,
            told_at: None,
        }
    }

    /// What the machine's time is.
    pub(super) fn time(&self, now: Ms) -> Time {
        self.base.plus(now - self.began)
    }

    /// The place of a connection; `None` once it is gone.
    pub(super) fn wire(&self, conn: Conn) -> Option<usize> {
        self.conns.get(&conn).copied()
    }
}

impl<M: Meddle> World<'_, '_, M> {
    /// The server, which is up.
    pub(super) fn hub(&mut self) -> &mut Hub {
        self.hub.as_mut().expect("whatever comes to the server comes while it is up")
    }

    fn line(&mut self, wire: usize) -> &mut Line {
        self.wires[wire].line.as_mut().expect("the server knows the connection")
    }

    // ── Turns

    /// A turn begins, unless one has: what waited comes first.
    pub(super) fn begin_turn(&mut self) {
        self.turn_open = true;
        self.take_first();
    }

    pub(super) fn take_first(&mut self) {
        while !self.hub().keeper.failing
            && let Some(input) = self.hub().first.pop_front()
        {
            self.step(input);
        }
    }

    /// A turn ends: alarms that are due ring, and what the turn has to say is held until the journal has it.
    pub(super) fn end_turn(&mut self) {
        self.turn_open = false;
        if self.hub.is_none() {
            return;
        }
        let now = self.now;
        let hub = self.hub();
        if !hub.keeper.failing && hub.server.wake_at().is_some_and(|at| at <= hub.time(now)) {
            self.step(Input::Wake);
        }
        self.say_turn();
        if self.hub.is_some() {
            self.foresee_wake();
            if !self.hub().first.is_empty() && !self.hub().keeper.failing {
                let life = self.life;
                self.heap.push(now, Event::ServerWake(life));
            }
        }
    }

    fn foresee_wake(&mut self) {
        let (now, life) = (self.now, self.life);
        let hub = self.hub();
        let Some(at) = hub.server.wake_at().filter(|_| !hub.keeper.failing) else { return };
        let at = (hub.began + at.since(hub.base)).max(now);
        if hub.wake.is_none_or(|wake| wake > at || wake <= now) {
            hub.wake = Some(at);
            self.heap.push(at, Event::ServerWake(life));
        }
    }

    // ── What comes

    /// Takes in a connection.
    pub(super) fn welcome(&mut self, wire: usize) {
        self.begin_turn();
        let Wire { who, listener, dialed_for, .. } = self.wires[wire];
        let hub = self.hub();
        let conn = Conn(hub.next_conn);
        hub.next_conn += 1;
        hub.conns.insert(conn, wire);
        let failing = hub.keeper.failing;
        self.wires[wire].line = Some(Line {
            conn,
            hears: Vec::new(),
            greeted: false,
            met: !failing,
            closed: false,
            overflowed: false,
            given_up: false,
            gone: false,
        });
        if let Some(who) = who.filter(|_| dialed_for.is_none()) {
            self.witness.connected(self.now, who, Self::wire_name(wire));
        }
        if failing {
            self.refuse_at_gate(wire, 0);
            self.end_line(wire, true);
        } else {
            self.step(Input::Opened { conn, addr: self.address(wire), listener });
        }
    }

    /// Reads what has come over a connection.
    pub(super) fn read_up(&mut self, wire: usize) {
        if let Some(pair) = self.wires[wire].pair {
            return self.pair_reads_up(pair);
        }
        while let Some(what) = self.next_up(wire) {
            if self.wires[wire].impostor {
                self.impostor_hears(wire, &what);
            }
            let Some(line) = &self.wires[wire].line else { continue };
            if line.given_up || line.gone {
                continue;
            }
            self.begin_turn();
            match what {
                Flying::End => {
                    self.tells_end(wire, Dir::Up);
                    self.gone(wire);
                }
                Flying::Item(item, _) if !self.line(wire).closed => self.take_read(wire, item),
                Flying::Item(..) => {}
            }
            if self.hub.is_none() {
                return;
            }
        }
    }

    fn take_read(&mut self, wire: usize, read: Up) {
        if self.hub().keeper.failing {
            return self.answer_at_gate(wire, &read);
        }
        let conn = self.line(wire).conn;
        match read {
            Up::Hello => self.greet_now(wire),
            Up::Relayed(Some(addr)) => self.step(Input::Relayed { conn, addr }),
            Up::Asked(asked) => self.ask(conn, asked),
            Up::Garbled => self.step(Input::Garbled { conn }),
            Up::Foreign | Up::BadHeader => self.step(Input::Foreign { conn }),
            Up::Half | Up::Line | Up::Relayed(None) => {}
        }
    }

    /// Nothing comes any more over a connection.
    pub(super) fn gone(&mut self, wire: usize) {
        if self.hub.is_none() {
            return;
        }
        let Some(line) = &mut self.wires[wire].line else { return };
        if std::mem::replace(&mut line.gone, true) {
            return;
        }
        let (conn, closed, met) = (line.conn, line.closed, line.met);
        self.begin_turn();
        if !closed {
            self.step_or_wait(Input::Lost { conn });
        }
        if self.hub().keeper.failing {
            self.give_up(wire);
        }
        self.unhear_all(wire);
        let hub = self.hub();
        hub.conns.remove(&conn);
        let turn = if met { &mut hub.turn } else { &mut hub.gate };
        turn.orders.push(super::turn::Order::Free { wire });
    }

    /// A connection that was told goodbye has had its time.
    pub(super) fn linger_over(&mut self, wire: usize) {
        let Some(line) = &self.wires[wire].line else { return };
        if self.hub.is_some() && !line.given_up && !line.gone {
            self.give_up(wire);
        }
    }

    pub(super) fn step_or_wait(&mut self, input: Input) {
        if self.hub().keeper.failing { self.hub().first.push_back(input) } else { self.step(input) }
    }

    // ── The machine

    /// Steps the machine, notes the record, and carries out what it orders.
    pub(super) fn step(&mut self, input: Input) {
        let now = self.now;
        let Some(hub) = &mut self.hub else { return };
        let time = hub.time(now);
        let mut inputs = std::mem::take(&mut self.taken);
        inputs.push(input);
        self.meddle.server_takes(&hub.server, time, &mut inputs);
        for input in inputs.drain(..) {
            let Some(hub) = &mut self.hub else { return };
            let mut out = std::mem::take(&mut hub.out);
            out.clear();
            hub.server.step(time, input.clone(), &mut out);
            self.meddle.server_gave(&hub.server, time, &input, &mut out);
            self.witness.stepped(now, time, &input, &out, &hub.server);
            self.steps += 1;
            if self.steps.is_multiple_of(CHECK_EVERY) {
                hub.server.check();
            }
            let record = self.disk.records.len();
            for (shelf, entry) in out.actions.iter().filter_map(|action| stored(action, &hub.server)) {
                hub.keeper.open_rows.push(Row { record, shelf, entry });
            }
            hub.woken = matches!(input, Input::Wake);
            if !hub.woken {
                self.disk.records.push((time, input));
            }
            self.meddle.shell_carries(&hub.server, time, &mut out);
            let mut actions = std::mem::take(&mut out.actions);
            hub.out = out;
            for action in actions.drain(..) {
                self.act(action);
            }
            self.hub().out.actions = actions;
        }
        self.taken = inputs;
    }

    fn act(&mut self, action: Action) {
        let hub = self.hub();
        match action {
            Action::Deliver { room, name, entry } => {
                let Hub { turn, rooms, .. } = hub;
                if let Some(hearers) = rooms.get(&room) {
                    turn.deliver(room, Message::Live { place: Place::Room(name), entry }, hearers);
                }
            }
            // The disk stores it.
            Action::Keep { .. } => {}
            Action::Send { conn, message } => {
                if let Some(wire) = hub.wire(conn) {
                    self.send(wire, message);
                }
            }
            Action::Hear { conn, room } => {
                if let Some(wire) = hub.wire(conn)
                    && !self.line(wire).hears.contains(&room)
                {
                    self.line(wire).hears.push(room);
                    self.hub().rooms.entry(room).or_default().push(wire);
                }
            }
            Action::Unhear { conn, room } => {
                if let Some(wire) = hub.wire(conn) {
                    self.unhear(wire, room);
                }
            }
            Action::ReadPage { conn, number, shelf, after, before, limit, bytes_max } => {
                self.read_page(conn, number, Query { shelf, after, before, limit, bytes_max });
            }
            Action::WriteChunk { .. }
            | Action::CheckFile { .. }
            | Action::DiscardPart { .. }
            | Action::RemoveFile { .. }
            | Action::ReadPiece { .. } => self.act_on_file(action),
            Action::Close { conn } => {
                if let Some(wire) = hub.wire(conn) {
                    self.end_line(wire, false);
                }
            }
        }
    }

    /// A message for one connection. The last one comes after all that the connection heard before.
    pub(super) fn send(&mut self, wire: usize, message: Message) {
        if matches!(message, Message::Goodbye { .. }) {
            for room in self.line(wire).hears.clone() {
                self.hub().turn.cut(wire, room);
            }
        }
        self.greet(wire);
        self.hub().turn.send(wire, message);
    }

    fn unhear(&mut self, wire: usize, room: RoomId) {
        let hears = &mut self.line(wire).hears;
        let Some(at) = hears.iter().position(|heard| *heard == room) else { return };
        hears.swap_remove(at);
        let hub = self.hub();
        hub.turn.cut(wire, room);
        if let Some(hearers) = hub.rooms.get_mut(&room) {
            hearers.retain(|hearer| *hearer != wire);
        }
    }

    fn unhear_all(&mut self, wire: usize) {
        for room in self.line(wire).hears.clone() {
            self.unhear(wire, room);
        }
    }

    /// Our hello, once and before anything else. It promises nothing, so it waits for nothing.
    fn greet(&mut self, wire: usize) {
        if !std::mem::replace(&mut self.line(wire).greeted, true) {
            self.send_down(wire, Down::Hello);
        }
    }

    fn greet_now(&mut self, wire: usize) {
        self.greet(wire);
        self.pump_down(wire);
    }

    /// Ends a connection when what waits for it is written, or after a while. At the gate it waits for no record.
    fn end_line(&mut self, wire: usize, at_gate: bool) {
        self.unhear_all(wire);
        self.line(wire).closed = true;
        let hub = self.hub();
        let turn = if at_gate { &mut hub.gate } else { &mut hub.turn };
        turn.orders.push(super::turn::Order::Close { wire });
        self.heap.push(self.now + LINGER_MS, Event::Linger(wire));
    }

    /// Drops what waits for a connection, and the connection with it.
    pub(super) fn give_up(&mut self, wire: usize) {
        let Some(line) = &mut self.wires[wire].line else { return };
        if std::mem::replace(&mut line.given_up, true) {
            return;
        }
        self.wires[wire].down.give_up();
        self.pump_down(wire);
        self.heap.push(self.now, Event::Gone(wire));
    }

    // ── The gate

    /// What can be answered while nothing can be kept: that nothing can be kept.
    fn answer_at_gate(&mut self, wire: usize, read: &Up) {
        match read {
            Up::Hello => self.greet_now(wire),
            Up::Asked(Asked { number, request: Request::Ping }) => {
                let message = Message::Answer { number: *number, answer: Answer::Pong };
                self.send_at_gate(wire, message);
            }
            // Whoever returns is not refused, which would end the session, but sent away like a newcomer.
            Up::Asked(Asked { request: Request::Resume { .. }, .. }) => {
                self.refuse_at_gate(wire, 0);
                self.send_away(wire);
            }
            Up::Asked(Asked { number, .. }) => self.refuse_at_gate(wire, *number),
            Up::Garbled => self.refuse_at_gate(wire, 0),
            Up::Foreign | Up::BadHeader => self.send_away(wire),
            Up::Relayed(Some(addr)) => {
                let conn = self.line(wire).conn;
                self.hub().first.push_back(Input::Relayed { conn, addr: *addr });
            }
            Up::Half | Up::Line | Up::Relayed(None) => {}
        }
    }

    fn send_away(&mut self, wire: usize) {
        let conn = self.line(wire).conn;
        self.hub().first.push_back(Input::Lost { conn });
        self.end_line(wire, true);
    }

    pub(super) fn refuse_at_gate(&mut self, wire: usize, number: u64) {
        let answer = Answer::Refused { no: No::StorageFull, wait_ms: None };
        self.send_at_gate(wire, Message::Answer { number, answer });
    }

    fn send_at_gate(&mut self, wire: usize, message: Message) {
        self.greet(wire);
        self.hub().gate.send(wire, message);
    }

    /// From where a connection comes: an address of one's own, and a port for each.
    pub(super) fn address(&self, wire: usize) -> SocketAddr {
        let port = 1_024 + u16::try_from(wire % 60_000).expect("it is less than 60,000");
        let people = self.plan.people();
        let (net, host) = match self.wires[wire].column {
            None => (9, u16::from_be_bytes([9, 9])),
            Some(column) if column < people => (0, u16::try_from(column + 1).unwrap_or(u16::MAX)),
            Some(column) => (1, u16::try_from(column - people + 1).unwrap_or(u16::MAX)),
        };
        let [high, low] = host.to_be_bytes();
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, net, high, low)), port)
    }

    /// Whether a connection has been ended by the machine.
    pub(super) fn is_closed(&self, wire: usize) -> bool {
        self.wires[wire].line.as_ref().is_none_or(|line| line.closed)
    }
}

/// The time of day, as a clock shows it that was set by so much.
pub(super) fn wall(now: Ms, jump_ms: i64) -> Time {
    Time(BEGIN_MS.saturating_add(now).saturating_add_signed(jump_ms))
}
