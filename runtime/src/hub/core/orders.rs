//! How the hub carries out what the machine orders.

use super::Hub;
use super::LINGER;
use super::console;
use crate::journal::{JournalError, Page, PageQuery};
use crate::world::World;
use hobnob_machine::{Action, Conn, Input};
use hobnob_spec::messages::{Answer, Message};
use hobnob_spec::session::No;
use std::net::SocketAddr;

impl<W: World> Hub<W> {
    pub(super) fn carry_out(&mut self) {
        let mut out = std::mem::take(&mut self.out);
        self.tally.count(&out);
        self.gauges.count(&out);
        if tracing::enabled!(tracing::Level::WARN) {
            for (at, fired) in out.fired.iter().enumerate() {
                let slot = fired.conn.and_then(|conn| self.lines.slot(conn));
                let by = console::raiser(&out.fired, at).map_or_else(console::Operator::default, |by| {
                    console::Operator { nick: by.nick.as_ref(), addr: by.conn.and_then(|conn| self.addr_of(conn)) }
                });
                let Some(slot) = slot else {
                    console::tell(fired, by, fired.conn.and_then(|conn| self.addr_of(conn)), false);
                    continue;
                };
                let line = self.lines.at(slot);
                let profile = &self.parts.server.config().profiles[usize::from(line.listener)];
                console::tell(fired, by, Some(line.addr), console::narrates(profile));
                console::tell_window(fired, line.addr, profile);
            }
        }
        for action in out.actions.drain(..) {
            self.act(action);
        }
        self.out = out;
    }

    /// The address of a connection: of a user's, or of the counter's.
    fn addr_of(&mut self, conn: Conn) -> Option<SocketAddr> {
        let line = self.lines.slot(conn).map(|slot| self.lines.at(slot).addr);
        line.or_else(|| self.counter.as_ref().and_then(|counter| counter.addr_of(conn)))
    }

    pub(super) fn act(&mut self, action: Action) {
        let Self { turn, lines, .. } = self;
        match action {
            Action::Deliver { room, name, entry } => {
                console::tell_of_file(&entry, Some(&name), self.parts.narrates);
                turn.deliver(lines, room, (&name, &entry), self.zone);
            }
            // The journal stores it.
            Action::Keep { entry, .. } => console::tell_of_file(&entry, None, self.parts.narrates),
            Action::Send { conn, message } => {
                if let Some(counter) = &mut self.counter {
                    counter.hear(conn, &message);
                }
                if let Some(slot) = lines.slot(conn) {
                    turn.send(lines, slot, &message);
                    let pulse = matches!(message, Message::Ping).then(|| lines.at(slot).tongue.pulse()).flatten();
                    self.first.extend(pulse.map(|asked| Input::Asked { conn, asked }));
                }
            }
            Action::Hear { conn, room } => {
                if let Some(slot) = lines.slot(conn) {
                    turn.hear(lines, slot, room);
                }
            }
            Action::Unhear { conn, room } => {
                if let Some(slot) = lines.slot(conn) {
                    turn.unhear(lines, slot, room);
                }
            }
            Action::ReadPage { conn, number, shelf, after, before, limit, bytes_max } => {
                let query = PageQuery { shelf, after, before, limit, bytes_max };
                self.read_page(conn, number, query);
            }
            Action::WriteChunk { .. }
            | Action::CheckFile { .. }
            | Action::DiscardPart { .. }
            | Action::RemoveFile { .. }
            | Action::ReadPiece { .. } => self.act_on_file(action),
            Action::Close { conn } => {
                if let Some(slot) = lines.slot(conn) {
                    self.end_line(slot, false);
                }
            }
        }
    }

    pub(super) fn read_page(&mut self, conn: Conn, number: u64, query: PageQuery) {
        let tag = self.next_page;
        if self.parts.keeper.read(tag, query) {
            self.next_page += 1;
            self.pages.insert(tag, (conn, number));
        } else if let Some(slot) = self.lines.slot(conn) {
            let answer = Answer::Refused { no: No::AsksTooFast, wait_ms: None };
            self.turn.send(&mut self.lines, slot, &Message::Answer { number, answer });
        }
    }

    pub(super) fn answer_page(&mut self, tag: u64, page: Result<Page, JournalError>) {
        let (conn, number) = self.pages.remove(&tag).expect("a page was asked for");
        let Some(slot) = self.lines.slot(conn) else { return };
        if self.lines.at(slot).closed {
            return;
        }
        match page {
            Ok(Page { entries, more }) => {
                let answer = Answer::Page { entries, more };
                self.turn.send(&mut self.lines, slot, &Message::Answer { number, answer });
            }
            Err(error) => {
                tracing::warn!("{error}");
                self.refuse_at_gate(slot, number);
            }
        }
    }

    /// Ends a connection when what waits for it is written, or after a while. At the gate it waits for no record.
    pub(super) fn end_line(&mut self, slot: usize, at_gate: bool) {
        self.turn.unhear_all(&mut self.lines, slot);
        self.lines.at(slot).closed = true;
        if at_gate {
            self.gate.close(slot);
        } else {
            self.turn.close(slot);
        }
        self.lingering.push_back((self.parts.world.now() + LINGER, self.lines.at(slot).conn));
    }
}
