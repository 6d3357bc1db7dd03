//! Which dialect the first bytes show.

use super::Foreign;
use hobnob_spec::messages::NAME_BYTES_MAX;
use hobnob_spec::profile::Dialect;

/// The words that tell the dialect `command`.
const COMMAND_WORDS: &[&[u8]] = &[b"login", b"list", b"sendto", b"logout", b"exit", b"say"];
/// The words, beside any with a colon in it, that tell the dialect `colon`.
const COLON_WORDS: &[&[u8]] = &[b"register", b"who", b"join", b"leave", b"exit"];

/// The dialects that a listener takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) struct Taken {
    first: Dialect,
    native: bool,
    flags: bool,
    colon: bool,
    command: bool,
    plain: bool,
}

/// What the first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wire) enum Told {
    /// Nothing yet; more bytes tell.
    Part,
    Speaks(Dialect),
    Foreign(Foreign),
}

impl Taken {
    pub(in crate::wire) fn new(dialects: &[Dialect]) -> Self {
        let takes = |dialect| dialects.contains(&dialect);
        Self {
            first: *dialects.first().expect("a listener takes a dialect"),
            native: takes(Dialect::Native),
            flags: takes(Dialect::Flags),
            colon: takes(Dialect::Colon),
            command: takes(Dialect::Command),
            plain: takes(Dialect::Plain),
        }
    }

    /// What the bytes that a connection begins with tell; `quiet` if the peer seems to have sent all it has to say.
    pub(in crate::wire) fn tell(&self, bytes: &[u8], quiet: bool) -> Told {
        let (blank, bytes) = bytes.split_at(bytes.len() - bytes.trim_ascii_start().len());
        // A blank line is a nick, if a bad one, whatever comes after it.
        let blank_line = blank.contains(&b'\n') || blank.len() > NAME_BYTES_MAX || bytes.is_empty() && quiet;
        if self.names_first() && blank_line {
            return Told::Speaks(Dialect::Plain);
        }
        match *bytes {
            [] | [0xf0 | 0x80] => return Told::Part,
            [0xf0, b'H', ..] if self.native => return Told::Speaks(Dialect::Native),
            [0xf0, b'H', ..] => return Told::Foreign(Foreign::NativeUnwelcome),
            [0x80, 0x02..=0x05, ..] => return Told::Foreign(Foreign::Pickle),
            // No text begins with a control character or in the middle of one.
            [0..=31 | 127..=0xc1 | 0xf5.., ..] if self.texts().next().is_some() => {
                return Told::Foreign(Foreign::Unknown);
            }
            _ => {}
        }
        match self.texts().next() {
            None => return Told::Speaks(Dialect::Native),
            Some(only) if self.texts().count() == 1 => return Told::Speaks(only),
            Some(_) => {}
        }
        if self.flags && bytes[0] == b'{' {
            return Told::Speaks(Dialect::Flags);
        }
        self.tell_by_word(bytes, quiet)
    }

    /// Whether the first line is a nick whatever is in it, so that a blank one is a bad nick.
    pub(in crate::wire) fn names_first(&self) -> bool {
        self.plain && self.texts().count() == 1
    }

    /// Whether quiet would tell what bytes that tell nothing yet are.
    pub(in crate::wire) fn waits(&self, first: &[u8]) -> bool {
        match first.trim_ascii_start() {
            [] => self.names_first() && !first.is_empty(),
            [0xf0 | 0x80] => false,
            _ => true,
        }
    }

    /// In which dialect's words a stranger is told: a pickle comes from a course that means JSON, and who writes
    /// words can read lines; all others are told in the first one's.
    pub(in crate::wire) fn told_in(&self, foreign: Foreign) -> Dialect {
        match foreign {
            Foreign::Pickle if self.flags => Dialect::Flags,
            Foreign::Word => self.texts().find(|text| *text != Dialect::Flags).unwrap_or(self.first),
            Foreign::Pickle | Foreign::NativeUnwelcome | Foreign::Header | Foreign::Unknown | Foreign::Native(_) => {
                self.first
            }
        }
    }

    /// The first word tells, when it is there.
    fn tell_by_word(&self, bytes: &[u8], quiet: bool) -> Told {
        // A longer word is none of ours, whatever ends it.
        let first = &bytes[..bytes.len().min(NAME_BYTES_MAX + 1)];
        let end = first.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b':'));
        if end.is_none() && !quiet && bytes.len() <= NAME_BYTES_MAX {
            return Told::Part;
        }
        let word = &bytes[..end.unwrap_or(bytes.len())];
        let colon = end.is_some_and(|end| bytes[end] == b':');
        if self.colon && colon {
            Told::Speaks(Dialect::Colon)
        } else if self.command && !colon && COMMAND_WORDS.contains(&word) {
            Told::Speaks(Dialect::Command)
        } else if self.colon && COLON_WORDS.contains(&word) {
            Told::Speaks(Dialect::Colon)
        } else if self.plain {
            Told::Speaks(Dialect::Plain)
        } else {
            Told::Foreign(Foreign::Word)
        }
    }

    fn texts(&self) -> impl Iterator<Item = Dialect> {
        let texts = [
            (self.flags, Dialect::Flags),
            (self.colon, Dialect::Colon),
            (self.command, Dialect::Command),
            (self.plain, Dialect::Plain),
        ];
        texts.into_iter().filter_map(|(taken, dialect)| taken.then_some(dialect))
    }
}
