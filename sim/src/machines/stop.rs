//! How a server stops that is told to: everybody is told, outboxes are drained, the journal is closed.

use super::World;
use super::heap::Event;
use crate::meddle::Meddle;
use crate::plan::{Crash, Ms};
use hobnob_machine::Input;

/// How long a stopping server waits for its readers and its disk.
const PATIENCE_MS: Ms = 3_000;
/// How long those who were told goodbye have to end their connections before a stopping server does.
const GRACE_MS: Ms = 250;
/// How often a stopping server looks whether all is done.
const LOOKS_EVERY_MS: Ms = 10;

impl<M: Meddle> World<'_, '_, M> {
    /// Tells the server to stop.
    pub(super) fn begin_stop(&mut self) {
        let (now, life) = (self.now, self.life);
        if self.hub().stops_at.is_some() {
            return;
        }
        self.begin_turn();
        self.hub().stops_at = Some(now + PATIENCE_MS);
        if !self.hub().keeper.failing {
            self.step(Input::Stopping);
        }
        self.heap.push(now + LOOKS_EVERY_MS, Event::StopLook(life));
    }

    /// Ends the server once everybody was told and gone, or patience is over.
    pub(super) fn see_to_stop(&mut self, life: u32) {
        let now = self.now;
        let lines = || self.wires.iter().filter(|wire| wire.line.is_some());
        let (written, empty) = (lines().all(|wire| wire.down.waiting_bytes == 0), lines().next().is_none());
        let records = self.disk.records.len();
        let hub = self.hub();
        let told = written && hub.keeper.idle(records);
        let gone = told && *hub.told_at.get_or_insert(now) + GRACE_MS <= now;
        let over = hub.stops_at.is_some_and(|at| at <= now);
        if (told && empty) || gone || over {
            self.go_down(Crash::Stop);
        } else {
            self.heap.push(now + LOOKS_EVERY_MS, Event::StopLook(life));
        }
    }
}
