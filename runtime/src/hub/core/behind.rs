//! What comes over a connection behind a file that came whole in one unit: it waits until the file's end is answered.
//!
//! A client whose dialect has a file in one piece sees its requests carried out one after the other. Meanwhile nothing
//! more is read of it, so that what waits is no more than what was read already.

use super::Hub;
use crate::world::World;
use hobnob_machine::Conn;
use hobnob_machine::wire::door::Found;
use std::collections::VecDeque;

/// What waits behind a connection's file.
pub(super) struct Behind {
    slot: usize,
    /// The file itself, while too much is under way to the disk.
    file: Option<Vec<u8>>,
    found: VecDeque<Found>,
    /// Nothing comes after that.
    gone: bool,
}

impl<W: World> Hub<W> {
    /// What waits behind a file of this connection's, if one is under way.
    pub(super) fn behind(&mut self, conn: Conn) -> Option<&mut Behind> {
        self.behind.get_mut(&conn)
    }

    /// Takes the bytes of a file that was offered.
    pub(super) fn take_file(&mut self, slot: usize, conn: Conn, file: Vec<u8>) {
        if let Some(behind) = self.behind.get_mut(&conn) {
            // Its turn has come behind another one, and whoever gave it that turn goes on with it.
            behind.file = Some(file);
            return;
        }
        self.behind.insert(conn, Behind { slot, file: Some(file), found: VecDeque::new(), gone: false });
        self.lines.at(slot).outbox.rest(true);
        self.go_on(conn);
    }

    /// Goes on with every connection whose file is through.
    pub(super) fn take_behind(&mut self) {
        if !self.behind.is_empty() {
            let waiting: Vec<Conn> = self.behind.keys().copied().collect();
            waiting.into_iter().for_each(|conn| self.go_on(conn));
        }
    }

    fn go_on(&mut self, conn: Conn) {
        let crowded = self.parts.files.crowded() || self.parts.keeper.failing();
        while let Some(behind) = self.behind.get_mut(&conn) {
            let (slot, line) = (behind.slot, self.lines.at(behind.slot));
            if line.closed {
                behind.file = None;
                behind.found.clear();
            } else if line.tongue.busy() || (behind.file.is_some() && crowded) {
                return;
            }
            if let Some(file) = behind.file.take() {
                for asked in line.tongue.chunks(&file) {
                    self.ask_at_once(conn, asked);
                }
            } else if let Some(found) = behind.found.pop_front() {
                self.take_found(slot, conn, found);
            } else {
                line.outbox.rest(false);
                let gone = behind.gone;
                self.behind.remove(&conn);
                if gone {
                    self.gone(slot, conn);
                }
            }
        }
    }
}

impl Behind {
    /// Lets something wait.
    pub(super) fn push(&mut self, found: Found) {
        self.found.push_back(found);
    }

    /// Nothing comes any more.
    pub(super) fn end(&mut self) {
        self.gone = true;
    }
}
