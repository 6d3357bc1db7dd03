//! What must hold between any two steps. Each assertion is a sentence about the machine, and a bug if it fails.

use super::Server;
use super::session::{Seat, Session};
use crate::io::SessionId;
use hobnob_spec::avatar::Avatar;
use hobnob_spec::session::{Alarm, State, cell};

impl Server {
    /// Asserts what must hold between any two steps; tests call it after every step.
    ///
    /// # Panics
    /// When something does not hold, with a sentence that says what.
    pub fn check(&self) {
        for (id, session) in &self.sessions {
            self.check_session(*id, session);
        }
        for (conn, id) in &self.conns {
            assert_eq!(self.sessions[id].conn, Some(*conn), "a connection is its session's");
        }
        let connected = self.sessions.values().filter(|session| session.conn.is_some()).count();
        assert_eq!(connected, self.conns.len(), "a session's connection leads to it");
        assert_eq!(self.addresses.values().sum::<u64>(), self.conns.len() as u64, "connections are counted by address");
        let seated = self.sessions.values().filter(|session| session.seat.is_some()).count();
        assert_eq!(seated, self.nicks.len(), "a nick has one owner and an owner one nick");
        assert_eq!(self.members_by_listener.values().sum::<u64>(), seated as u64, "members are counted by listener");
        let alarms = self.sessions.values().flat_map(|session| session.alarms.iter().flatten()).count();
        assert_eq!(alarms, self.alarms.len(), "an alarm is some session's");
        self.check_rooms();
        self.talks.check(&self.config.limits);
        self.check_transfers();
    }

    fn check_session(&self, id: SessionId, session: &Session) {
        let (guest, detached) = (session.state == State::Guest, session.state == State::Detached);
        assert_eq!(session.seat.is_none(), guest, "a guest has no nick, and everybody else one");
        assert_eq!(session.conn.is_none(), detached, "the detached have no connection, and everybody else one");
        for alarm in Alarm::ALL {
            if let Some(at) = session.alarms[alarm.index()] {
                assert!(!cell(session.state, alarm.event()).is_empty(), "an alarm that is set has rows");
                assert!(self.alarms.contains(&(at, id, *alarm)), "an alarm that is set rings");
                assert!(at >= self.now, "an alarm that was due has rung");
            }
        }
        let set = |alarm: Alarm| session.alarms[alarm.index()].is_some();
        assert!(guest || !set(Alarm::Handshake), "only a guest's time to say something runs");
        assert_eq!(set(Alarm::Resume), detached, "the time to return of the detached runs");
        let watched = set(Alarm::Handshake) || set(Alarm::Quiet) || set(Alarm::Idle);
        assert_eq!(watched, !detached, "silence is noticed");
        let muted = session.muted_until.is_some();
        let free = session.state == State::Member;
        assert!(
            !(muted && free) && (muted || session.state != State::Muted),
            "the muted have a mute, and members none"
        );
        assert_eq!(muted, set(Alarm::Mute), "a mute ends");
        if let Some(seat) = &session.seat {
            self.check_seat(id, seat);
        }
    }

    fn check_seat(&self, id: SessionId, seat: &Seat) {
        assert_eq!(self.nicks.get(&seat.key), Some(&id), "a nick leads to its owner");
        assert_eq!(self.key(seat.nick.as_str()), seat.key, "a nick is compared by its key");
        if let Some(token) = &seat.token {
            assert_eq!(self.tokens.get(token), Some(&id), "a resume token leads to its session");
        }
        assert!(seat.answers.len() as u64 <= self.config.limits.answers_kept, "no more answers are kept than may be");
        let picture = seat.avatar.as_ref().and_then(Avatar::file);
        assert!(picture.is_none_or(|file| self.is_worn(file, id)), "a picture that is worn is kept");
        assert!(seat.answers.iter().is_sorted_by(|a, b| a.0 < b.0), "kept answers are in order");
        for room in seat.rooms.keys() {
            assert!(self.rooms[room].members.contains(&id), "who is in a room is among its members");
        }
    }

    fn check_rooms(&self) {
        assert!(self.rooms.contains_key(&self.lobby), "there is a lobby");
        assert_eq!(self.rooms.len(), self.room_ids.len(), "a room has one name");
        let few = self.rooms.len() as u64 <= self.config.limits.rooms_max;
        assert!(few || self.forgettable_room().is_none(), "no more rooms are kept than may be, or somebody is in");
        for (id, room) in &self.rooms {
            room.log.check();
            assert!(room.log.in_bounds(&self.config.limits), "no more of a room is kept than may be");
            assert_eq!(self.room_ids.get(&room.key), Some(id), "a room's name leads to it");
            for member in &room.members {
                let seat = self.sessions[member].seat.as_ref().expect("a member of a room has joined");
                assert!(seat.rooms.contains_key(id), "a member of a room is in it");
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
