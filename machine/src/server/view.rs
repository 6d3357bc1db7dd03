//! Read-only views of the machine, for summaries, monitors and tests. Nothing here changes anything.

use super::Server;
use crate::io::{Conn, RoomId, SessionId};
use hobnob_spec::avatar::Avatar;
use hobnob_spec::messages::Time;
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::session::State;
use std::net::SocketAddr;

/// A session, as others may look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Which session.
    pub session: SessionId,
    /// Where it stands.
    pub state: State,
    /// Its connection, if it has one.
    pub conn: Option<Conn>,
    /// Address and port of its latest connection.
    pub addr: SocketAddr,
    /// Through which listener it came.
    pub listener: u16,
    /// Its nick, once it has joined.
    pub nick: Option<Nick>,
    /// When it joined.
    pub joined: Option<Time>,
    /// What is seen beside the nick.
    pub avatar: Option<Avatar>,
    /// Until when it is muted.
    pub muted_until: Option<Time>,
    /// Its rooms.
    pub rooms: Vec<RoomId>,
}

/// A room, as others may look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// Which room.
    pub room: RoomId,
    /// Its name.
    pub name: RoomName,
    /// How many are in it.
    pub members: usize,
    /// The number of its last message.
    pub last: u64,
}

impl Server {
    /// All sessions, in the order of their coming.
    pub fn sessions(&self) -> impl Iterator<Item = SessionView> {
        self.sessions.iter().map(|(id, session)| SessionView {
            session: *id,
            state: session.state,
            conn: session.conn,
            addr: session.addr,
            listener: session.listener,
            nick: session.seat.as_ref().map(|seat| seat.nick.clone()),
            joined: session.seat.as_ref().map(|seat| seat.joined),
            avatar: session.seat.as_ref().and_then(|seat| seat.avatar.clone()),
            muted_until: session.muted_until,
            rooms: session.seat.iter().flat_map(|seat| seat.rooms.keys().copied()).collect(),
        })
    }

    /// All rooms, in the order of their beginning.
    pub fn rooms(&self) -> impl Iterator<Item = RoomView> {
        self.rooms.iter().map(|(id, room)| RoomView {
            room: *id,
            name: room.name.clone(),
            members: room.members.len(),
            last: room.log.last,
        })
    }

    /// The time of the latest step.
    pub fn now(&self) -> Time {
        self.now
    }
}
