//! The reading side of a new connection: which dialect it speaks, and the units in its bytes.
//!
//! Owns the telling apart by the first bytes, the ends of units, and their bounds. What a unit means is the
//! [`super::tongue::Tongue`]'s; a door keeps nothing but an incomplete unit.

mod lines;
pub(in crate::wire) mod objects;
pub(in crate::wire) mod telling;
#[cfg(test)]
mod tests;

use super::native::{self, AskedReader, Read};
use hobnob_spec::messages::Asked;
use hobnob_spec::profile::Dialect;
use lines::Lines;
use objects::Objects;
use std::net::SocketAddr;
use telling::{Taken, Told};

pub use hobnob_spec::limits::QUIET_MS;
pub use lines::LINE_BYTES_MAX;

/// One request's worth of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A request of the native dialect.
    Asked(Asked),
    /// A line, a chunk that ended in quiet, or a whole JSON object, without the newline.
    Text(String),
    /// Something that is no request: not UTF-8, too long, no JSON. The next unit may be good.
    Garbled,
    /// What the transport itself answers: these bytes, in order with the other answers.
    Reply(Vec<u8>),
    /// The transport says that the peer is done.
    Bye,
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
    /// The native dialect, through a listener that does not take it.
    NativeUnwelcome,
    /// A header of the PROXY protocol that is none.
    Header,
    /// Objects of Python, pickled.
    Pickle,
    /// Text that is none of the listener's dialects.
    Word,
    /// Bytes that are none of the listener's dialects, and no text.
    Unknown,
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Native(foreign) => return foreign.fmt(f),
            Self::NativeUnwelcome => "Hobnob's own dialect is not spoken here.",
            Self::Header => "The relay's header cannot be read.",
            Self::Pickle => "Pickled Python objects are not taken: please send JSON, one object for each message.",
            Self::Word | Self::Unknown => "This is none of the protocols that are spoken here.",
        })
    }
}

/// The reading side of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    taken: Taken,
    stage: Stage,
}

/// What the next bytes belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// The first bytes, which tell no dialect yet, behind a header or where one may still come.
    Telling {
        first: Vec<u8>,
        header: bool,
    },
    Native(AskedReader),
    Lines(Lines),
    Objects(Objects),
    /// Nothing more can be understood.
    Over,
}

impl Door {
    /// The door of a new connection, through a listener that takes these dialects (at least one).
    pub fn new(dialects: &[Dialect]) -> Self {
        Self { taken: Taken::new(dialects), stage: Stage::Telling { first: Vec::new(), header: true } }
    }

    /// Reads the next bytes of the connection and gives what it finds to `found`, in order.
    pub fn read(&mut self, bytes: &[u8], mut found: impl FnMut(Found)) {
        let Stage::Telling { first, header } = &mut self.stage else {
            self.stage.read(bytes, &mut found);
            return;
        };
        let mut first = std::mem::take(first);
        let mut header = *header;
        first.extend_from_slice(bytes);
        if header {
            match take_header(&mut first, &mut found) {
                Some(read) => header = !read,
                None => {
                    self.refuse(Foreign::Header, &mut found);
                    return;
                }
            }
        }
        let told = if header {
            Told::Part
        } else {
            if !self.taken.names_first() {
                // Blank lines tell nothing, however many come.
                first.drain(..first.len() - first.trim_ascii_start().len());
            }
            self.taken.tell(&first, false)
        };
        self.take(told, first, header, &mut found);
    }

    /// Whether the bytes so far end within a unit that [`QUIET_MS`] of quiet would end.
    pub fn waits_for_quiet(&self) -> bool {
        match &self.stage {
            Stage::Telling { first, header } => !header && self.taken.waits(first),
            Stage::Lines(lines) => lines.waits(),
            Stage::Objects(objects) => objects.waits(),
            Stage::Native(_) | Stage::Over => false,
        }
    }

    /// Takes the quiet that ended a unit: nothing came for [`QUIET_MS`].
    pub fn quiet(&mut self, mut found: impl FnMut(Found)) {
        if !self.waits_for_quiet() {
            return;
        }
        if let Stage::Telling { first, header } = &mut self.stage {
            let (first, header) = (std::mem::take(first), *header);
            let told = self.taken.tell(&first, true);
            self.take(told, first, header, &mut found);
        }
        self.stage.quiet(&mut found);
    }

    /// How many bytes are kept until the rest of their unit comes.
    pub fn kept(&self) -> usize {
        match &self.stage {
            Stage::Telling { first, .. } => first.len(),
            Stage::Native(reader) => reader.kept(),
            Stage::Lines(lines) => lines.kept(),
            Stage::Objects(objects) => objects.kept(),
            Stage::Over => 0,
        }
    }

    /// Goes on with what the first bytes tell.
    fn take(&mut self, told: Told, first: Vec<u8>, header: bool, found: &mut impl FnMut(Found)) {
        let dialect = match told {
            Told::Part => {
                self.stage = Stage::Telling { first, header };
                return;
            }
            Told::Foreign(foreign) => return self.refuse(foreign, found),
            Told::Speaks(dialect) => dialect,
        };
        self.stage = match dialect {
            // Its reader finds the hello by itself.
            Dialect::Native => Stage::Native(AskedReader::default()),
            Dialect::Flags => Stage::Objects(Objects::default()),
            Dialect::Colon | Dialect::Command => Stage::Lines(Lines::new(false)),
            Dialect::Plain => Stage::Lines(Lines::new(true)),
            Dialect::WebText | Dialect::WebBinary => unreachable!("no first bytes tell of a websocket"),
        };
        if dialect != Dialect::Native {
            found(Found::Speaks(dialect));
        }
        self.stage.read(&first, found);
    }

    /// Ends the reading, in the words of the dialect that a stranger is told in.
    fn refuse(&mut self, foreign: Foreign, found: &mut impl FnMut(Found)) {
        self.stage = Stage::Over;
        found(Found::Speaks(self.taken.told_in(foreign)));
        found(Found::Foreign(foreign));
    }
}

impl Stage {
    fn read(&mut self, bytes: &[u8], found: &mut impl FnMut(Found)) {
        let mut over = false;
        match self {
            Self::Native(reader) => reader.read(bytes, |read| {
                found(match read {
                    Read::Hello => Found::Speaks(Dialect::Native),
                    Read::Item(asked) => Found::Unit(Unit::Asked(asked)),
                    Read::Garbled => Found::Unit(Unit::Garbled),
                    Read::Foreign(foreign) => {
                        over = true;
                        Found::Foreign(Foreign::Native(foreign))
                    }
                });
            }),
            Self::Lines(lines) => lines.read(bytes, &mut |unit| found(Found::Unit(unit))),
            Self::Objects(objects) => objects.read(bytes, &mut |unit| found(Found::Unit(unit))),
            Self::Telling { .. } | Self::Over => {}
        }
        if over {
            *self = Self::Over;
        }
    }

    fn quiet(&mut self, found: &mut impl FnMut(Found)) {
        match self {
            Self::Lines(lines) => lines.end(&mut |unit| found(Found::Unit(unit))),
            Self::Objects(objects) => objects.end_rubbish(),
            Self::Telling { .. } | Self::Native(_) | Self::Over => {}
        }
    }
}

/// Takes the header off the first bytes, and says whether it is known if there is one; `None` if it is bad.
fn take_header(first: &mut Vec<u8>, found: &mut impl FnMut(Found)) -> Option<bool> {
    use super::proxy;
    Some(match proxy::read(first) {
        proxy::Read::Absent => true,
        proxy::Read::Part => false,
        proxy::Read::Whole { len, addr } => {
            first.drain(..len);
            addr.into_iter().for_each(|addr| found(Found::Relayed(addr)));
            true
        }
        proxy::Read::Bad => return None,
    })
}

/// A text's bytes as a unit, without the end of its line; nothing where there is nothing in it.
fn unit(mut bytes: Vec<u8>) -> Option<Unit> {
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    if bytes.is_empty() {
        return None;
    }
    Some(String::from_utf8(bytes).map_or(Unit::Garbled, Unit::Text))
}
