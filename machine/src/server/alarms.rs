//! Time: which alarms are set, when they ring, and that each rings at its own due time however late the wake.

use super::Server;
use super::session::Session;
use super::turn::Turn;
use crate::io::{Out, SessionId};
use hobnob_spec::messages::Time;
use hobnob_spec::session::Alarm;

impl Server {
    /// Rings all alarms that are due by `now`, in order.
    pub(super) fn ring_alarms(&mut self, now: Time, out: &mut Out) {
        while let Some(at) = self.wake_at().filter(|at| *at <= now) {
            if let Some(stalled) = self.stalls.first().filter(|(stall, _)| *stall == at).map(|(_, id)| *id) {
                self.now = self.now.max(at);
                self.take_stalled(stalled, out);
                continue;
            }
            let (at, session, alarm) = *self.alarms.first().expect("what is due is an alarm or a time-out");
            self.disarm(session, alarm);
            self.now = self.now.max(at);
            self.take(Turn::bare(self.now, session, alarm.event()), out);
        }
    }

    /// Puts off all alarms that wait for somebody by so many milliseconds.
    pub(super) fn forgive(&mut self, ms: u64) {
        self.forgive_transfers(ms);
        for (id, session) in &mut self.sessions {
            session.heard = session.heard.plus(ms);
            for alarm in [Alarm::Handshake, Alarm::Quiet, Alarm::Idle, Alarm::Resume] {
                if let Some(at) = &mut session.alarms[alarm.index()] {
                    self.alarms.remove(&(*at, *id, alarm));
                    *at = at.plus(ms);
                    self.alarms.insert((*at, *id, alarm));
                }
            }
        }
    }

    /// When an alarm of a session rings that is set (or asked about) at `now`.
    pub(super) fn rings_at(&self, session: &Session, alarm: Alarm, now: Time) -> Time {
        let limits = &self.config.limits;
        match alarm {
            Alarm::Handshake => now.plus(limits.handshake_ms),
            Alarm::Quiet => session.heard.plus(limits.idle_ms.max(2) / 2),
            Alarm::Idle => session.heard.plus(limits.idle_ms.max(2)),
            Alarm::Mute => session.muted_until.expect("a mute is set before its alarm"),
            Alarm::Resume => now.plus(limits.resume_ms),
        }
    }

    pub(super) fn disarm(&mut self, id: SessionId, alarm: Alarm) {
        let session = self.sessions.get_mut(&id).expect("a session in its turn is there");
        if let Some(at) = session.alarms[alarm.index()].take() {
            self.alarms.remove(&(at, id, alarm));
        }
    }
}
