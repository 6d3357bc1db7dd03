//! Units that end at a newline or in quiet: the dialects `colon`, `command` and `plain`.

use super::{Unit, unit};
use hobnob_spec::messages::NAME_BYTES_MAX;
use hobnob_spec::names::TEXT_CHARS_MAX;

/// The longest line, in bytes: the longest text behind a word and a name.
pub const LINE_BYTES_MAX: usize = 4 * TEXT_CHARS_MAX + 2 * NAME_BYTES_MAX;

/// Reads lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines {
    /// Lines with nothing in them count too: the first one of the dialect `plain` is a nick, and is answered.
    empty: bool,
    rest: Vec<u8>,
    /// The line is too long; what remains of it is passed over.
    passing: bool,
}

impl Lines {
    /// A reader that finds lines with nothing in them, or passes over them.
    pub(super) fn new(empty: bool) -> Self {
        Self { empty, rest: Vec::new(), passing: false }
    }

    pub(super) fn read(&mut self, mut bytes: &[u8], found: &mut impl FnMut(Unit)) {
        while let Some(at) = bytes.iter().position(|byte| *byte == b'\n') {
            self.take(&bytes[..at], found);
            self.end(found);
            bytes = &bytes[at + 1..];
        }
        self.take(bytes, found);
    }

    /// The line ends here.
    pub(super) fn end(&mut self, found: &mut impl FnMut(Unit)) {
        let rest = std::mem::take(&mut self.rest);
        if !std::mem::take(&mut self.passing) {
            let nothing = || self.empty.then(|| Unit::Text(String::new()));
            unit(rest).or_else(nothing).into_iter().for_each(found);
        }
    }

    pub(super) fn waits(&self) -> bool {
        self.passing || !self.rest.is_empty()
    }

    pub(super) fn kept(&self) -> usize {
        self.rest.len()
    }

    fn take(&mut self, part: &[u8], found: &mut impl FnMut(Unit)) {
        if self.passing {
            return;
        }
        if self.rest.len() + part.len() > LINE_BYTES_MAX {
            self.rest = Vec::new();
            self.passing = true;
            found(Unit::Garbled);
            return;
        }
        self.rest.extend_from_slice(part);
    }
}
