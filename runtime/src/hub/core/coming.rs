//! What comes to the hub over connections: newcomers, what they speak, what they ask, and their going.

use super::Hub;
use crate::hub::lines::Line;
use crate::hub::outbox::Outbox;
use crate::hub::reader::{self, AnyDoor, Heard};
use crate::web::door::WebDoor;
use crate::world::World;
use hobnob_machine::wire::door::{Door, Found};
use hobnob_machine::wire::tongue::{Ask, Tongue};
use hobnob_machine::{Conn, Input};
use hobnob_spec::profile::Dialect;
use std::net::SocketAddr;
use std::sync::Arc;

impl<W: World> Hub<W> {
    pub(super) fn take_heard(&mut self, heard: Heard<W>) {
        match heard {
            Heard::Came { stream, addr, listener, speaks } => self.welcome(stream, addr, listener, speaks),
            Heard::Bytes { slot, conn, found, bytes } => {
                self.tally.bytes_in += bytes as u64;
                for some in found {
                    // The machine may have ended the connection meanwhile: what else it sent is passed over.
                    match self.lines.same(slot, conn) {
                        Some(line) if !line.closed => {}
                        Some(_) | None => return,
                    }
                    match self.behind(conn) {
                        Some(behind) => behind.push(some),
                        None => self.take_found(slot, conn, some),
                    }
                }
            }
            Heard::Gone { slot, conn } => match self.behind(conn) {
                Some(behind) => behind.end(),
                None => self.gone(slot, conn),
            },
        }
    }

    /// Nothing comes over a connection any more.
    pub(super) fn gone(&mut self, slot: usize, conn: Conn) {
        let line = self.lines.at(slot);
        if line.met && !line.closed {
            self.step_or_wait(Input::Lost { conn });
        }
        let line = self.lines.at(slot);
        if self.parts.keeper.failing() {
            // Its place waits for the journal, and its socket need not.
            line.outbox.give_up();
        }
        // Whoever came to the gate only has nothing that waits for a record.
        let turn = if line.met { &mut self.turn } else { &mut self.gate };
        turn.free(&mut self.lines, slot);
    }

    /// Takes in a connection.
    fn welcome(&mut self, stream: W::Stream, addr: SocketAddr, listener: u16, speaks: Option<Dialect>) {
        let conn = Conn(self.parts.next_conn);
        self.parts.next_conn += 1;
        let (reader, writer) = W::split(stream);
        let outbox = Outbox::new(writer);
        let config = self.parts.server.config();
        let profile = &config.profiles[usize::from(listener)];
        let door = match speaks {
            None => AnyDoor::Tcp(Door::new(&profile.dialects)),
            Some(dialect) => AnyDoor::Web(Box::new(WebDoor::new(dialect))),
        };
        let first = speaks.unwrap_or(profile.dialects[0]);
        let certain = speaks.is_some() || profile.dialects.len() == 1;
        let tongue = Tongue::new(first, profile, &config.lobby, self.zone);
        let slot = self.lines.add(Line::new(conn, addr, listener, Arc::clone(&outbox), tongue));
        self.tally.clients_peak = self.tally.clients_peak.max(self.lines.len());
        let readers = self.parts.readers.clone();
        let world = self.parts.world.clone();
        self.parts.world.spawn(reader::read((world, reader), outbox, (slot, conn), door, readers));
        if certain {
            // There are clients that wait for the first word.
            self.greet(slot);
        }
        if self.gate_is_closed() {
            self.meet_at_gate(slot, certain);
        } else {
            self.lines.at(slot).met = true;
            self.step(Input::Opened { conn, addr, listener });
        }
    }

    pub(super) fn take_found(&mut self, slot: usize, conn: Conn, found: Found) {
        match found {
            Found::Speaks(dialect) => self.speaks(slot, dialect),
            // Who is sent away at the gate is told so when the dialect shows.
            Found::Relayed(addr) => self.step_or_wait(Input::Relayed { conn, addr }),
            Found::Unit(unit) => {
                let mut asks = std::mem::take(&mut self.asks);
                self.lines.at(slot).tongue.hear(unit, &mut asks);
                for ask in asks.drain(..) {
                    if self.lines.at(slot).closed {
                        break;
                    }
                    self.take_ask(slot, conn, ask);
                }
                asks.clear();
                self.asks = asks;
            }
            Found::Foreign(_) if self.parts.keeper.failing() || !self.lines.at(slot).met => self.send_away(slot),
            Found::Foreign(foreign) => {
                self.lines.at(slot).tongue.strange(foreign);
                self.step(Input::Foreign { conn });
            }
        }
    }

    fn take_ask(&mut self, slot: usize, conn: Conn, ask: Ask) {
        if self.parts.keeper.failing() {
            return self.answer_at_gate(slot, ask);
        }
        match ask {
            Ask::Asked(asked) => self.ask(slot, conn, asked),
            Ask::Bytes(bytes) => self.take_file(slot, conn, bytes),
            Ask::Garbled => self.step(Input::Garbled { conn }),
            Ask::Reply(bytes) => self.turn.reply(&mut self.lines, slot, &bytes),
            Ask::Bye => {
                self.step(Input::Lost { conn });
                self.end_line(slot, false);
            }
        }
    }

    /// A connection's dialect shows.
    fn speaks(&mut self, slot: usize, dialect: Dialect) {
        let line = self.lines.at(slot);
        if line.tongue.dialect() != dialect {
            let config = self.parts.server.config();
            line.tongue = Tongue::new(dialect, &config.profiles[usize::from(line.listener)], &config.lobby, self.zone);
        }
        self.greet(slot);
        if !self.lines.at(slot).met {
            self.refuse_at_gate(slot, 0);
            self.end_line(slot, true);
        }
    }

    pub(super) fn greet(&mut self, slot: usize) {
        let line = self.lines.at(slot);
        line.greet();
        if !std::mem::replace(&mut line.to_write, true) {
            self.to_write.push(slot);
        }
    }

    /// Steps now, or first thing when the journal can be written again. At most one input per connection waits.
    pub(in crate::hub) fn step_or_wait(&mut self, input: Input) {
        if self.parts.keeper.failing() { self.first.push_back(input) } else { self.step(input) }
    }
}
