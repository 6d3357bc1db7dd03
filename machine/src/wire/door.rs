//! The reading side of a new connection: which dialect it speaks, and the units in its bytes.
//!
//! Owns the telling apart by the first bytes, the ends of units, and their bounds. What a unit means is the
//! [`super::tongue::Tongue`]'s; a door keeps nothing but an incomplete unit.

use super::native::{self, AskedReader, Read};
use hobnob_spec::messages::Asked;
use hobnob_spec::profile::Dialect;
use std::net::SocketAddr;

/// How long a text dialect waits for the rest of a unit that has no newline, in milliseconds: the clients of courses
/// send one command by one call, without a newline.
pub const QUIET_MS: u64 = 30;

/// One request's worth of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A request of the native dialect.
    Asked(Asked),
    /// A line, a chunk that ended in quiet, or a whole JSON object, without the newline.
    Text(String),
    /// Something that is no request: not UTF-8, too long, no JSON. The next unit may be good.
    Garbled,
}

/// What a door found in the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A header of the PROXY protocol, before anything else: the user's own address and port.
    Relayed(SocketAddr),
    /// The dialect shows. It comes once, before any unit.
    Speaks(Dialect),
    /// A unit.
    Unit(Unit),
    /// Nothing that follows can be understood. It is the last thing a door finds.
    Foreign(Foreign),
}

/// Why nothing more can be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// The native dialect's reasons.
    Native(native::Foreign),
}

/// The reading side of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    native: AskedReader,
}

impl Door {
    /// The door of a new connection, through a listener that takes these dialects (at least one).
    pub fn new(_dialects: &[Dialect]) -> Self {
        Self { native: AskedReader::default() }
    }

    /// Reads the next bytes of the connection and gives what it finds to `found`, in order.
    pub fn read(&mut self, bytes: &[u8], mut found: impl FnMut(Found)) {
        self.native.read(bytes, |read| {
            found(match read {
                Read::Hello => Found::Speaks(Dialect::Native),
                Read::Item(asked) => Found::Unit(Unit::Asked(asked)),
                Read::Garbled => Found::Unit(Unit::Garbled),
                Read::Foreign(foreign) => Found::Foreign(Foreign::Native(foreign)),
            });
        });
    }

    /// Whether the bytes so far end within a unit that [`QUIET_MS`] of quiet would end.
    pub fn waits_for_quiet(&self) -> bool {
        false
    }

    /// Takes the quiet that ended a unit: nothing came for [`QUIET_MS`].
    pub fn quiet(&mut self, _found: impl FnMut(Found)) {}
}
