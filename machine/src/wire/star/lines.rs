//! The first nick of a client that sends lines: behind `login` or `register`, or the first line of all.

use super::MARK;
use hobnob_spec::profile::Dialect;

/// The word that leaves, in the dialect `plain`; it is no nick.
const LEAVES: &[u8] = b"tata";
/// The longest word that tells anything.
const WORD_BYTES_MAX: usize = b"register".len();

/// Passes on lines until one asks for a nick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines {
    dialect: Dialect,
    at: At,
    /// The word that is being read, as far as it may tell something. It has gone already.
    word: Vec<u8>,
    /// What may be the word that leaves, and has not gone.
    kept: Vec<u8>,
}

/// Where the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before or in the first word of a line.
    Word,
    /// Behind the word `server`, where a colon may come.
    Server,
    /// Before or in the word behind `server:`.
    Order,
    /// Before the nick.
    Nick,
    /// Where nothing tells anything until the line ends.
    Rest,
    /// Behind the nick's first character.
    Done,
}

impl Lines {
    pub(super) fn new(dialect: Dialect) -> Self {
        let mut lines = Self { dialect, at: At::Word, word: Vec::new(), kept: Vec::new() };
        lines.at = lines.first();
        lines
    }

    /// Takes bytes and says how many; all of them, unless the nick has gone.
    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        for (at, &byte) in bytes.iter().enumerate() {
            self.take(byte, out);
            if self.is_done() {
                return at + 1;
            }
        }
        bytes.len()
    }

    /// The line ends here.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        if self.kept.trim_ascii_end() == LEAVES {
            out.append(&mut self.kept);
        }
        self.begin_nick(out);
        if !self.is_done() {
            self.word.clear();
            self.at = self.first();
        }
    }

    pub(super) fn waits(&self) -> bool {
        !self.kept.is_empty() || self.at != self.first() || !self.word.is_empty()
    }

    pub(super) fn kept(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn is_done(&self) -> bool {
        self.at == At::Done
    }

    /// Where a line begins.
    fn first(&self) -> At {
        if self.dialect == Dialect::Plain { At::Nick } else { At::Word }
    }

    fn take(&mut self, byte: u8, out: &mut Vec<u8>) {
        if byte == b'\n' {
            self.end(out);
            return out.push(byte);
        }
        let blank = byte.is_ascii_whitespace();
        match self.at {
            At::Nick if blank && self.kept.is_empty() => out.push(byte),
            At::Nick => self.take_nick(byte, out),
            At::Word | At::Order if blank && self.word.is_empty() => out.push(byte),
            At::Word | At::Order if blank || byte == b':' => {
                out.push(byte);
                self.at = self.behind(byte);
                self.word.clear();
            }
            At::Word | At::Order => {
                out.push(byte);
                if self.word.len() <= WORD_BYTES_MAX {
                    self.word.push(byte);
                }
            }
            At::Server => {
                out.push(byte);
                self.at = match byte {
                    b':' => At::Order,
                    _ if blank => At::Server,
                    _ => At::Rest,
                };
            }
            At::Rest | At::Done => out.push(byte),
        }
    }

    /// What comes behind the word that a byte ends.
    fn behind(&self, byte: u8) -> At {
        let word = self.word.as_slice();
        match (self.dialect, byte) {
            (Dialect::Command, b' ') if word == b"login" => At::Nick,
            (Dialect::Colon, b':') if self.at == At::Word && word.eq_ignore_ascii_case(b"server") => At::Order,
            (Dialect::Colon, b':') => At::Rest,
            (Dialect::Colon, _) if word == b"register" => At::Nick,
            (Dialect::Colon, _) if self.at == At::Word && word.eq_ignore_ascii_case(b"server") => At::Server,
            _ => At::Rest,
        }
    }

    /// A byte of the nick. Of the dialect `plain` the word that leaves is none, so it is kept until that shows.
    fn take_nick(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.kept.push(byte);
        let may_leave = match self.kept.get(..LEAVES.len()) {
            None => LEAVES.starts_with(&self.kept),
            Some(word) => word == LEAVES && self.kept[LEAVES.len()..].trim_ascii().is_empty(),
        };
        if self.dialect != Dialect::Plain || !may_leave || self.kept.len() > 2 * LEAVES.len() {
            self.begin_nick(out);
        }
    }

    /// What is kept begins a nick.
    fn begin_nick(&mut self, out: &mut Vec<u8>) {
        if self.kept.is_empty() {
            return;
        }
        if self.kept[0] != MARK {
            out.push(MARK);
        }
        out.append(&mut self.kept);
        self.at = At::Done;
    }
}
