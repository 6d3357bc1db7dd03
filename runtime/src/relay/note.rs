//! What a relay notes of its clients, for its log.

use hobnob_machine::RelayFired;
use hobnob_spec::messages::Time;
use std::net::SocketAddr;

/// Something that happened with a client of a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayNote {
    /// When, by the time of day.
    pub at: Time,
    /// Which client: they are counted from 1.
    pub client: u64,
    /// The user's own address, as far as it is known.
    pub addr: SocketAddr,
    /// What.
    pub what: RelayNoted,
}

/// What is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayNoted {
    /// A row of the relay's table fired.
    Fired(RelayFired),
    /// The client said so many bytes, which are these if it speaks text and that was asked for.
    Up(usize, Option<Vec<u8>>),
    /// The server said so many bytes, which are these if the client speaks text and that was asked for.
    Down(usize, Option<Vec<u8>>),
    /// Both connections are over; so many bytes went to the server, and so many to the client.
    Over(u64, u64),
}
