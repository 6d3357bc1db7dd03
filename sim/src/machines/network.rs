//! The network between them: what is sent arrives in order after a while, or not at all.
//!
//! Owns delays and losses, and how much may be under way. Knows messages only by their size.

use super::World;
use super::chance::{between, draw};
use super::heap::Event;
use super::wire::{Down, Flying, Pipe, Up, WINDOW_BYTES, Wire, bytes_down, bytes_up};
use crate::chronicle::{self, Dir};
use crate::meddle::Meddle;
use crate::plan::{Crash, Ms};
use std::rc::Rc;

/// A client that reads a byte at a time reads so many in a millisecond.
const DRIP_BYTES_PER_MS: u64 = 4;

impl<M: Meddle> World<'_, '_, M> {
    /// The name of a connection for the witness.
    pub(super) fn wire_name(wire: usize) -> chronicle::Wire {
        chronicle::Wire(wire as u64 + 1)
    }

    /// Tells the witness that a connection ended one way, if it is somebody's.
    pub(super) fn tells_end(&mut self, wire: usize, dir: Dir) {
        if let Some(who) = self.wires[wire].who {
            self.witness.ended(self.now, who, Self::wire_name(wire), dir);
        }
    }

    /// When what is sent now arrives.
    pub(super) fn due(&self, column: Option<usize>, dir: Dir) -> Ms {
        let air = self.weather.air(column);
        let leaves = self.now.max(air.hold_until);
        let key = (column.map_or(0, |column| column as u64 + 1) << 1) | u64::from(dir == Dir::Up);
        let mut due = leaves + between(draw(self.plan.seed, "net", key, self.now), self.plan.setting.latency_ms);
        due += air.lag_ms;
        if air.jitter_ms > 0 {
            due += between(draw(self.plan.seed, "jit", key, self.now), (0, air.jitter_ms));
        }
        due
    }

    /// Somebody reaches for the server, or for the relay before it. Returns the connection that may come of it.
    pub(super) fn dial(&mut self, who: Option<usize>, listener: u16) -> usize {
        let gate = who.and_then(|who| self.gates.of(who));
        self.dial_over(Wire::new(who, gate, listener))
    }

    /// Reaches for the other end of a connection that is to be.
    pub(super) fn dial_over(&mut self, new: Wire) -> usize {
        let wire = self.wires.len();
        let (column, is_own) = (new.column, new.dialed_for.is_none());
        self.wires.push(new);
        let air = self.weather.air(column);
        if air.impostor && is_own && column.is_some_and(|who| !self.plan.is_rude(who)) {
            self.meets_impostor(wire);
        } else if self.weather.ground.refuses || air.cut_up {
            self.heap.push(self.now, Event::DialFails(wire));
        } else {
            self.heap.push(self.due(column, Dir::Up), Event::Knock(wire));
        }
        wire
    }

    /// The wish for a connection reaches the server, or a relay.
    pub(super) fn knock(&mut self, wire: usize) {
        let Wire { column, gate, client_gone: gone, .. } = self.wires[wire];
        if gone {
            return;
        }
        let air = self.weather.air(column);
        let open = match gate {
            Some(gate) => self.gates.is_up(gate),
            None => self.hub.as_ref().is_some_and(|hub| hub.stops_at.is_none()),
        };
        if !open {
            // A computer without power does not even refuse.
            let dark = self.hub.is_none() && matches!(self.fate.how, Some(Crash::PowerCut | Crash::Torn));
            if (gate.is_some() || !dark) && !air.cut_down {
                self.heap.push(self.due(column, Dir::Down), Event::DialFails(wire));
            }
            return;
        }
        let due = self.due(column, Dir::Down);
        let found = &mut self.wires[wire];
        found.accepted = true;
        found.down.last_due = due;
        if air.cut_down {
            found.down.holed = true;
        } else {
            self.heap.push(due, Event::Stands(wire));
        }
        match gate {
            Some(gate) => self.comes_to_gate(wire, gate),
            None => self.welcome(wire),
        }
    }

    /// The connection stands, as its client sees it.
    pub(super) fn stands(&mut self, wire: usize) {
        let found = &mut self.wires[wire];
        if found.client_gone || found.up.ended {
            return;
        }
        found.stands = true;
        if let Some(pair) = found.dialed_for {
            return self.gate_reaches(pair);
        }
        if found.who.is_some() {
            // A header comes before all else.
            let header = |(up, _): &(Up, u64)| matches!(up, Up::Relayed(_) | Up::BadHeader);
            let at = found.up.waits.iter().take_while(|waiting| header(waiting)).count();
            found.up.waits.insert(at, (Up::Hello, bytes_up(&Up::Hello)));
            found.up.waiting_bytes += bytes_up(&Up::Hello);
        }
        self.pump_up(wire);
    }

    /// A client sends something.
    pub(super) fn send_up(&mut self, wire: usize, what: Up) {
        let bytes = bytes_up(&what);
        self.wires[wire].up.push(what, bytes);
        self.pump_up(wire);
    }

    /// The server's outbox gets something.
    pub(super) fn send_down(&mut self, wire: usize, what: Down) {
        let bytes = bytes_down(&what);
        self.wires[wire].down.push(what, bytes);
    }

    /// Hands to the network what a client has to send and may.
    pub(super) fn pump_up(&mut self, wire: usize) {
        let Wire { who, column, .. } = self.wires[wire];
        let air = self.weather.air(column);
        if !self.wires[wire].stands || (air.stalls_writes && !self.wires[wire].client_gone) {
            return;
        }
        loop {
            let found = &mut self.wires[wire];
            if found.up.flying_bytes >= WINDOW_BYTES {
                break;
            }
            let Some((item, bytes)) = found.up.waits.pop_front() else { break };
            found.up.waiting_bytes -= bytes;
            if let (Up::Asked(asked), Some(who)) = (&item, who) {
                self.witness.asked(self.now, who, Self::wire_name(wire), asked);
            }
            if found.dead {
                // Whoever writes to a computer that has started anew learns that it knows nothing of the connection.
                if self.hub.is_some() && !air.cut_up && !air.cut_down {
                    self.reset_by_peer(wire);
                }
                return;
            }
            let due = self.due(column, Dir::Up);
            if self.wires[wire].up.fly(Flying::Item(item, bytes), air.cut_up, due) {
                self.heap.push(self.wires[wire].up.last_due, Event::Arrive(wire, Dir::Up));
            }
        }
        if self.wires[wire].up.may_end() {
            let due = self.due(column, Dir::Up);
            if self.wires[wire].up.fly(Flying::End, air.cut_up, due) {
                self.heap.push(self.wires[wire].up.last_due, Event::Arrive(wire, Dir::Up));
            }
        }
        if let Some(pair) = self.wires[wire].dialed_for {
            self.gate_goes_on(pair);
        }
    }

    /// Hands to the network what the server has to send and may.
    pub(super) fn pump_down(&mut self, wire: usize) {
        let Wire { who, column, gate, pair, .. } = self.wires[wire];
        let air = self.weather.air(column);
        if gate.is_some_and(|gate| self.weather.air(Some(self.plan.relay_column(gate))).stalls_down) {
            return;
        }
        loop {
            let found = &mut self.wires[wire];
            if found.down.flying_bytes >= WINDOW_BYTES {
                break;
            }
            let Some((item, bytes)) = found.down.waits.pop_front() else { break };
            found.down.waiting_bytes -= bytes;
            if let (Down::Message(message), Some(who)) = (&item, who) {
                let message = Rc::clone(message);
                self.hands_down(who, wire, &message);
            }
            let due = self.due(column, Dir::Down);
            if self.wires[wire].down.fly(Flying::Item(item, bytes), air.cut_down, due) {
                self.heap.push(self.wires[wire].down.last_due, Event::Arrive(wire, Dir::Down));
            }
        }
        if self.wires[wire].down.may_end() {
            let due = self.due(column, Dir::Down);
            if self.wires[wire].down.fly(Flying::End, air.cut_down, due) {
                self.heap.push(self.wires[wire].down.last_due, Event::Arrive(wire, Dir::Down));
            }
        }
        if let Some(pair) = pair {
            self.gate_goes_on(pair);
        }
    }

    fn reset_by_peer(&mut self, wire: usize) {
        let column = self.wires[wire].column;
        self.wires[wire].up.cut();
        let due = self.due(column, Dir::Down) + self.plan.setting.latency_ms.0;
        let down = &mut self.wires[wire].down;
        down.flying.clear();
        down.flying_bytes = 0;
        down.last_due = due;
        down.holed = false;
        down.flying.push_back((due, Flying::End));
        self.heap.push(due, Event::Arrive(wire, Dir::Down));
    }

    /// A client forgets a connection: what waits is dropped, and the server hears of it when the network lets it.
    pub(super) fn drop_by_client(&mut self, wire: usize) {
        let found = &mut self.wires[wire];
        if std::mem::replace(&mut found.client_gone, true) {
            return;
        }
        found.up.give_up();
        found.down.flying.clear();
        let (column, accepted) = (found.column, found.accepted);
        if accepted && !found.dead && found.up.may_end() {
            let cut = self.weather.air(column).cut_up;
            let due = self.due(column, Dir::Up);
            if self.wires[wire].up.fly(Flying::End, cut, due) {
                self.heap.push(self.wires[wire].up.last_due, Event::Arrive(wire, Dir::Up));
            }
        }
    }

    /// The next thing that the server's end of a connection may read now.
    pub(super) fn next_up(&mut self, wire: usize) -> Option<Flying<Up>> {
        let taken = self.wires[wire].up.take(self.now);
        if let (Some(Flying::Item(Up::Asked(_), _)), Some(who)) = (&taken, self.wires[wire].who) {
            self.witness.arrived(self.now, who, Self::wire_name(wire), Dir::Up);
        }
        if taken.is_some() {
            self.pump_up(wire);
        }
        taken
    }

    /// The next thing that a client's end of a connection may read now.
    pub(super) fn next_down(&mut self, wire: usize) -> Option<Flying<Down>> {
        let Wire { who, column, .. } = self.wires[wire];
        let air = self.weather.air(column);
        if air.stalls_reads || self.wires[wire].client_gone {
            return None;
        }
        let taken = self.wires[wire].down.take(self.now)?;
        if let Flying::Item(_, bytes) = &taken {
            if air.drips {
                let busy = self.now + bytes / DRIP_BYTES_PER_MS;
                self.wires[wire].down.busy_until = busy;
                self.heap.push(busy, Event::Arrive(wire, Dir::Down));
            }
            self.pump_down(wire);
        }
        if let (Flying::Item(Down::Message(_), _), Some(who)) = (&taken, who) {
            self.witness.arrived(self.now, who, Self::wire_name(wire), Dir::Down);
        }
        Some(taken)
    }
}

impl<T> Pipe<T> {
    /// Whether the end may be sent: nothing waits before it.
    fn may_end(&self) -> bool {
        self.closing && !self.ended && self.waits.is_empty()
    }

    /// Sends something, which arrives unless it is lost or comes after what is. Returns whether it does.
    fn fly(&mut self, what: Flying<T>, lost: bool, due: Ms) -> bool {
        match &what {
            Flying::Item(_, bytes) => self.flying_bytes += bytes,
            Flying::End => self.ended = true,
        }
        self.holed |= lost;
        if self.holed {
            return false;
        }
        self.last_due = self.last_due.max(due);
        self.flying.push_back((self.last_due, what));
        true
    }

    /// Takes what has arrived first.
    fn take(&mut self, now: Ms) -> Option<Flying<T>> {
        if self.busy_until > now || self.flying.front().is_none_or(|(due, _)| *due > now) {
            return None;
        }
        let (_, what) = self.flying.pop_front().expect("it was seen");
        if let Flying::Item(_, bytes) = &what {
            self.flying_bytes -= bytes;
        }
        Some(what)
    }
}
