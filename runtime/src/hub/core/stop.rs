//! How the hub stops: everybody is told, outboxes are drained, the journal is closed.

use super::{Hub, Parts, checkpoint};
use crate::world::World;
use hobnob_machine::Input;
use std::time::Duration;

/// How long a stopping server waits for its readers and its disk.
const STOP_PATIENCE: Duration = Duration::from_secs(3);
/// How long those who were told goodbye have to end their connections before a stopping server does.
const GOODBYE_GRACE: Duration = Duration::from_millis(250);

impl<W: World> Hub<W> {
    pub(super) fn begin_stop(&mut self) {
        self.stops_at = Some(self.parts.world.now() + STOP_PATIENCE);
        self.sleep = None;
        self.parts.ports.close();
        if !self.parts.keeper.failing() {
            self.step(Input::Stopping);
        }
    }

    /// Closes the journal once everybody was told and gone, or patience is over.
    pub(super) fn see_to_stop(&mut self, over: bool) {
        let now = self.parts.world.now();
        let told = self.parts.keeper.idle() && self.lines.all_written();
        let gone_at = if told { *self.told_at.get_or_insert(now) + GOODBYE_GRACE } else { Duration::MAX };
        if !self.closing && ((told && self.lines.len() == 0) || gone_at <= now || over) {
            self.closing = true;
            let Parts { server, keeper, last, next_conn, .. } = &mut self.parts;
            keeper.close(|pending, next| checkpoint(server, next, *last, *next_conn, pending));
        }
    }
}
