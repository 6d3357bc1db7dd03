//! Units that end with their closing brace: the JSON objects of the dialect `flags`.

use super::{Unit, unit};
use hobnob_spec::limits::OBJECT_BYTES_MAX;

/// Reads objects. What they hold is not looked at, but for strings, in which a brace is no brace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Objects {
    rest: Vec<u8>,
    within: Within,
    /// The object is too long; what remains of it is passed over.
    passing: bool,
}

/// Where the next byte stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::wire) enum Within {
    /// Between two objects, where blanks may stand.
    #[default]
    Between,
    /// In an object, so many braces deep.
    Object { depth: u32 },
    /// In a string of an object.
    String { depth: u32, escaped: bool },
    /// In something that is no object. It ends at a newline, at a brace, or in quiet.
    Rubbish,
}

/// What a byte is.
pub(in crate::wire) enum Step {
    /// Part of what it stands in.
    Goes(Within),
    /// The first byte of an object.
    Begins,
    /// The last byte of an object.
    Ends,
    /// The first byte of something that is no object.
    Strays,
    /// A newline in a string: no JSON has one, and the next object begins behind it.
    Breaks,
}

impl Objects {
    pub(super) fn read(&mut self, bytes: &[u8], found: &mut impl FnMut(Unit)) {
        // Where what is not yet kept of the object begins.
        let mut start = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            match self.within.step(byte) {
                Step::Goes(within) => self.within = within,
                Step::Begins => {
                    self.within = Within::Object { depth: 1 };
                    start = at;
                }
                Step::Ends => {
                    self.take(&bytes[start..=at], found);
                    self.end(found, unit);
                }
                Step::Breaks => self.end(found, |_| Some(Unit::Garbled)),
                Step::Strays => {
                    self.within = Within::Rubbish;
                    found(Unit::Garbled);
                }
            }
        }
        match self.within {
            Within::Object { .. } | Within::String { .. } => self.take(&bytes[start..], found),
            Within::Between | Within::Rubbish => {}
        }
    }

    /// Quiet ends what is no object.
    pub(super) fn end_rubbish(&mut self) {
        if self.waits() {
            self.within = Within::Between;
        }
    }

    pub(super) fn waits(&self) -> bool {
        self.within == Within::Rubbish
    }

    pub(super) fn kept(&self) -> usize {
        self.rest.len()
    }

    fn take(&mut self, part: &[u8], found: &mut impl FnMut(Unit)) {
        if self.passing {
            return;
        }
        if self.rest.len() + part.len() > OBJECT_BYTES_MAX {
            self.rest = Vec::new();
            self.passing = true;
            found(Unit::Garbled);
            return;
        }
        self.rest.extend_from_slice(part);
    }

    fn end(&mut self, found: &mut impl FnMut(Unit), unit: impl FnOnce(Vec<u8>) -> Option<Unit>) {
        self.within = Within::Between;
        let rest = std::mem::take(&mut self.rest);
        if !std::mem::take(&mut self.passing)
            && let Some(unit) = unit(rest)
        {
            found(unit);
        }
    }
}

impl Within {
    pub(in crate::wire) fn step(self, byte: u8) -> Step {
        let within = match (self, byte) {
            (Self::Between | Self::Rubbish, b'{') => return Step::Begins,
            (Self::Between, b' ' | b'\t' | b'\r' | b'\n') => self,
            (Self::Between, _) => return Step::Strays,
            (Self::Rubbish, b'\n') => Self::Between,
            (Self::Rubbish, _) => self,
            (Self::Object { depth }, b'{') => Self::Object { depth: depth.saturating_add(1) },
            (Self::Object { depth: 1 }, b'}') => return Step::Ends,
            (Self::Object { depth }, b'}') => Self::Object { depth: depth - 1 },
            (Self::Object { depth }, b'"') => Self::String { depth, escaped: false },
            (Self::Object { .. }, _) => self,
            (Self::String { .. }, b'\n') => return Step::Breaks,
            (Self::String { depth, escaped: true }, _) => Self::String { depth, escaped: false },
            (Self::String { depth, escaped: false }, b'\\') => Self::String { depth, escaped: true },
            (Self::String { depth, escaped: false }, b'"') => Self::Object { depth },
            (Self::String { .. }, _) => self,
        };
        Step::Goes(within)
    }
}
