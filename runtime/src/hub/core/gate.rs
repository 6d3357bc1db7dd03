//! What the hub says by itself while the journal cannot be written: that nothing can be kept.
//!
//! It waits for no record, and reaches no machine.

use super::{Hub, LINGER};
use crate::world::World;
use hobnob_machine::Input;
use hobnob_machine::wire::tongue::Ask;
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use hobnob_spec::session::No;

impl<W: World> Hub<W> {
    /// Whether newcomers are sent away.
    pub(in crate::hub) fn gate_is_closed(&self) -> bool {
        self.parts.keeper.failing() || self.stops_at.is_some()
    }

    /// Sends a newcomer away: at once where the dialect is certain, else when it shows, or after a while.
    pub(super) fn meet_at_gate(&mut self, slot: usize, certain: bool) {
        if certain {
            self.refuse_at_gate(slot, 0);
            self.end_line(slot, true);
        } else {
            self.lingering.push_back((self.parts.world.now() + LINGER, self.lines.at(slot).conn));
        }
    }

    /// What can be answered while nothing can be kept: that nothing can be kept.
    pub(super) fn answer_at_gate(&mut self, slot: usize, ask: Ask) {
        match ask {
            Ask::Asked(Asked { number, request: Request::Ping }) => {
                let message = Message::Answer { number, answer: Answer::Pong };
                self.gate.send(&mut self.lines, slot, &message);
            }
            // Whoever returns is not refused, which would end the session, but sent away like a newcomer.
            Ask::Asked(Asked { request: Request::Resume { .. }, .. }) => {
                self.refuse_at_gate(slot, 0);
                self.send_away(slot);
            }
            Ask::Asked(Asked { number, .. }) => self.refuse_at_gate(slot, number),
            // They go with an offer, which was refused.
            Ask::Bytes(_) => {}
            Ask::Garbled => self.refuse_at_gate(slot, 0),
            Ask::Reply(bytes) => self.gate.reply(&mut self.lines, slot, &bytes),
            Ask::Bye => self.send_away(slot),
        }
    }

    /// Ends a connection now, and lets the machine know when the journal can be written again.
    pub(super) fn send_away(&mut self, slot: usize) {
        let line = self.lines.at(slot);
        if line.met {
            self.first.push_back(Input::Lost { conn: line.conn });
        }
        self.end_line(slot, true);
    }

    pub(super) fn refuse_at_gate(&mut self, slot: usize, number: u64) {
        self.tally.refuse(No::StorageFull);
        let answer = Answer::Refused { no: No::StorageFull, wait_ms: None };
        self.gate.send(&mut self.lines, slot, &Message::Answer { number, answer });
    }
}
