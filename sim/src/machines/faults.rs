//! What goes wrong, line by line of the plan.
//!
//! Owns which faults meet something: only those are counted.

use super::World;
use super::crash::Moment;
use super::heap::Event;
use super::wire::Wire;
use crate::chronicle::Dir;
use crate::meddle::Meddle;
use crate::plan::{Crash, Fault, Ms, Side, Way};

impl<M: Meddle> World<'_, '_, M> {
    /// A fault of the plan begins.
    pub(super) fn fails(&mut self, line: usize, fault: &Fault) {
        if self.now >= self.plan.heal_ms {
            return;
        }
        match fault {
            Fault::Partition { for_ms, .. }
            | Fault::Hold { for_ms, .. }
            | Fault::Lag { for_ms, .. }
            | Fault::Jitter { for_ms, .. }
            | Fault::Refuse { for_ms }
            | Fault::StallReads { for_ms, .. }
            | Fault::StallWrites { for_ms, .. }
            | Fault::Drip { for_ms, .. }
            | Fault::RelayCut { for_ms, .. }
            | Fault::RelayHold { for_ms, .. }
            | Fault::RelaySlow { for_ms, .. }
            | Fault::DiskFull { for_ms }
            | Fault::WriteErrors { for_ms }
            | Fault::SlowDisk { for_ms, .. }
            | Fault::Unreadable { for_ms } => self.lasts(line, *for_ms, fault),
            Fault::Impostor { who, for_ms } => {
                self.lasts(line, *for_ms, fault);
                self.impostor_comes(*who);
            }
            Fault::Crowd { count, for_ms } => {
                self.lasts(line, *for_ms, fault);
                for stranger in 0..*count {
                    let listener = u16::try_from(self.plan.setting.listener_of(stranger as usize)).unwrap_or(0);
                    let wire = self.dial(None, listener);
                    self.strangers.push((line, wire));
                }
            }
            Fault::Reset { who } => self.reset(fault, Some(*who)),
            Fault::ResetAll => self.reset(fault, None),
            Fault::HalfOpen { who, untold } => self.half_open(fault, *who, *untold),
            Fault::Crash { how, down_ms } => self.crash(fault, *how, *down_ms),
            Fault::Clock { .. } | Fault::Set { .. } => self.fate.at_next_start(fault),
            Fault::RelayCrash { relay, down_ms } => self.gate_goes_down(line, fault, *relay, *down_ms, true),
            Fault::RelayStop { relay, down_ms } => self.gate_goes_down(line, fault, *relay, *down_ms, false),
        }
    }

    fn lasts(&mut self, line: usize, for_ms: Ms, fault: &Fault) {
        let end = (self.now + for_ms).min(self.plan.heal_ms);
        self.witness.fault(self.now, fault, true);
        self.weather.begin(line, end, fault);
        self.heap.push(end, Event::FaultEnds(line));
    }

    /// A fault that lasted is over.
    pub(super) fn fault_ends(&mut self, line: usize) {
        let Some(fault) = self.weather.end(line) else { return };
        self.witness.fault(self.now, &fault, false);
        match fault {
            Fault::StallReads { who, .. } | Fault::Drip { who, .. } => {
                for wire in self.open_wires(Some(who)) {
                    self.read_down(wire);
                }
            }
            Fault::StallWrites { who, .. } => {
                for wire in self.open_wires(Some(who)) {
                    self.pump_up(wire);
                }
            }
            Fault::RelaySlow { relay, side: Side::Server, .. } => {
                for wire in self.open_wires(Some(self.plan.relay_column(relay))) {
                    self.pump_up(wire);
                }
            }
            Fault::RelaySlow { relay, side: Side::Clients, .. } => {
                let written = |wire: &Wire| wire.gate == Some(relay) && wire.accepted && !wire.down.ended;
                for wire in (0..self.wires.len()).filter(|wire| written(&self.wires[*wire])).collect::<Vec<_>>() {
                    self.pump_down(wire);
                }
            }
            Fault::Impostor { who, .. } => self.impostor_goes(who),
            Fault::Crowd { .. } => {
                let (gone, stay) = std::mem::take(&mut self.strangers).into_iter().partition(|(of, _)| *of == line);
                self.strangers = stay;
                let gone: Vec<(usize, usize)> = gone;
                for (_, wire) in gone {
                    self.drop_by_client(wire);
                }
            }
            Fault::Partition { .. }
            | Fault::Hold { .. }
            | Fault::Lag { .. }
            | Fault::Jitter { .. }
            | Fault::Reset { .. }
            | Fault::ResetAll
            | Fault::HalfOpen { .. }
            | Fault::Refuse { .. }
            | Fault::Crash { .. }
            | Fault::Clock { .. }
            | Fault::Set { .. }
            | Fault::DiskFull { .. }
            | Fault::WriteErrors { .. }
            | Fault::SlowDisk { .. }
            | Fault::Unreadable { .. }
            | Fault::RelayCrash { .. }
            | Fault::RelayStop { .. }
            | Fault::RelayCut { .. }
            | Fault::RelayHold { .. } => {}
        }
    }

    /// The connections that somebody's client or a relay has dialed, by column, or everybody.
    fn open_wires(&self, column: Option<usize>) -> Vec<usize> {
        let mine = |owner: Option<usize>| column.is_none() || owner == column;
        let open = self.wires.iter().enumerate();
        open.filter(|(_, wire)| wire.stands && !wire.client_gone && !wire.impostor && mine(wire.column))
            .map(|(at, _)| at)
            .collect()
    }

    /// Cuts the connections of somebody's client, or everybody's: what was under way is lost. A fault that meets none is
    /// not told of.
    fn cut_wires(&mut self, fault: &Fault, who: Option<usize>) -> Vec<usize> {
        let wires = self.open_wires(who);
        if !wires.is_empty() {
            self.witness.fault(self.now, fault, true);
        }
        for wire in &wires {
            self.wires[*wire].up.cut();
            self.wires[*wire].down.cut();
        }
        wires
    }

    /// Both sides are told, and what was under way is lost.
    fn reset(&mut self, fault: &Fault, who: Option<usize>) {
        for wire in self.cut_wires(fault, who) {
            self.tell_server(wire);
            self.tell_client(wire);
        }
    }

    /// One side is gone and the other is never told.
    fn half_open(&mut self, fault: &Fault, who: usize, untold: Way) {
        let wires = self.open_wires(Some(who));
        if !wires.is_empty() {
            self.witness.fault(self.now, fault, true);
        }
        for wire in wires {
            self.wires[wire].up.swallow();
            self.wires[wire].down.swallow();
            self.pump_down(wire);
            match untold {
                Way::Up | Way::Both => self.tell_client(wire),
                Way::Down => self.tell_server(wire),
            }
        }
    }

    fn tell_server(&mut self, wire: usize) {
        if let Some(pair) = self.wires[wire].pair {
            self.gate_loses_client(pair);
        } else if self.wires[wire].line.is_some() {
            self.tells_end(wire, Dir::Up);
            if self.hub.is_some() {
                self.heap.push(self.now, Event::Gone(wire));
            }
        }
    }

    fn tell_client(&mut self, wire: usize) {
        let Some(who) = self.wires[wire].who else {
            self.wires[wire].client_gone = true;
            return;
        };
        if std::mem::replace(&mut self.wires[wire].client_gone, true) {
            return;
        }
        self.witness.ended(self.now, who, Self::wire_name(wire), Dir::Down);
        if let Some(pair) = self.wires[wire].dialed_for {
            self.gate_loses_server(pair, wire);
        } else if self.plan.is_rude(who) {
            self.rude_loses(who, wire);
        } else if self.clients[who].wire == Some(wire) {
            self.client_loses(who);
        }
    }

    fn crash(&mut self, fault: &Fault, how: Crash, down_ms: Ms) {
        if self.hub.is_none() {
            return;
        }
        match how {
            Crash::AfterAppend => self.fate.armed = Some((Moment::AfterAppend, fault.clone())),
            Crash::BeforeAppend => self.fate.armed = Some((Moment::BeforeAppend, fault.clone())),
            Crash::Kill | Crash::PowerCut | Crash::Torn => {
                self.witness.fault(self.now, fault, true);
                self.fate.down_ms = down_ms;
                self.go_down(how);
            }
            Crash::Stop => {
                if self.hub().stops_at.is_none() {
                    self.witness.fault(self.now, fault, true);
                    self.fate.down_ms = down_ms;
                    self.begin_stop();
                }
            }
        }
    }
}
