//! What the hub says by itself while the journal cannot be written: that nothing can be kept.
//!
//! It waits for no record, and reaches no machine.

use super::Hub;
use crate::world::World;
use hobnob_machine::Input;
use hobnob_machine::wire::native::Read;
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use hobnob_spec::session::No;

impl<W: World> Hub<W> {
    /// What can be answered while nothing can be kept: that nothing can be kept.
    pub(super) fn answer_at_gate(&mut self, slot: usize, read: &Read<Asked>) {
        match read {
            Read::Hello => self.greet(slot),
            Read::Item(Asked { number, request: Request::Ping }) => {
                let message = Message::Answer { number: *number, answer: Answer::Pong };
                self.gate.send(&mut self.lines, slot, &message);
            }
            // Whoever returns is not refused, which would end the session, but sent away like a newcomer.
            Read::Item(Asked { request: Request::Resume { .. }, .. }) => {
                self.refuse_at_gate(slot, 0);
                self.send_away(slot);
            }
            Read::Item(Asked { number, .. }) => self.refuse_at_gate(slot, *number),
            Read::Garbled => self.refuse_at_gate(slot, 0),
            Read::Foreign(_) => self.send_away(slot),
        }
    }

    /// Ends a connection now, and lets the machine know when the journal can be written again.
    fn send_away(&mut self, slot: usize) {
        let conn = self.lines.at(slot).conn;
        self.first.push_back(Input::Lost { conn });
        self.end_line(slot, true);
    }

    pub(super) fn refuse_at_gate(&mut self, slot: usize, number: u64) {
        self.tally.refuse(No::StorageFull);
        let answer = Answer::Refused { no: No::StorageFull, wait_ms: None };
        self.gate.send(&mut self.lines, slot, &Message::Answer { number, answer });
    }
}
