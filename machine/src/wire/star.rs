//! A relay's mark: finds the first nick that a client asks for, in whatever dialect, and puts one `*` before it.
//!
//! Owns the place of that one byte. Every other byte passes as it came, and what came before the nick was whole is kept
//! only where it must be known whole: the first word, a native frame, an object. It ends units where a
//! [`super::door::Door`] ends them, and understands nothing else of what it passes on.

mod frames;
mod lines;
mod objects;
#[cfg(test)]
mod tests;

use super::door::telling::{Taken, Told};
use frames::Frames;
use hobnob_spec::profile::Dialect;
use hobnob_spec::voice::{Happening, Phrase, phrase};
use lines::Lines;
use objects::Objects;

/// What a relay puts before a nick, as a byte.
const MARK: u8 = b'*';

/// What goes from one client to the server, until its first nick has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Star {
    taken: Taken,
    dialect: Option<Dialect>,
    stage: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// The first word, which tells no dialect yet.
    Telling(Vec<u8>),
    Native(Frames),
    Flags(Objects),
    Lines(Lines),
    /// All that comes passes as it is.
    Done,
}

impl Star {
    /// For a new connection to a listener that takes these dialects (at least one).
    pub fn new(dialects: &[Dialect]) -> Self {
        Self { taken: Taken::new(dialects), dialect: None, stage: Stage::Telling(Vec::new()) }
    }

    /// Takes the next bytes of the client, and appends to `out` what goes on to the server.
    pub fn read(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        if let Stage::Telling(first) = &mut self.stage {
            if first.is_empty() {
                // Blanks tell nothing, and no nick begins with one.
                let blanks = bytes.len() - bytes.trim_ascii_start().len();
                out.extend_from_slice(&bytes[..blanks]);
                bytes = &bytes[blanks..];
            }
            first.extend_from_slice(bytes);
            return self.tell(false, out);
        }
        self.stage.read(bytes, out);
    }

    /// Whether the bytes so far end within a unit that [`super::door::QUIET_MS`] of quiet would end.
    pub fn waits_for_quiet(&self) -> bool {
        match &self.stage {
            Stage::Telling(first) => self.taken.waits(first),
            Stage::Flags(objects) => objects.waits(),
            Stage::Lines(lines) => lines.waits(),
            Stage::Native(_) | Stage::Done => false,
        }
    }

    /// Takes the quiet that ended a unit.
    pub fn quiet(&mut self, out: &mut Vec<u8>) {
        if matches!(self.stage, Stage::Telling(_)) {
            self.tell(true, out);
        }
        match &mut self.stage {
            Stage::Lines(lines) => lines.end(out),
            Stage::Flags(objects) => objects.end_rubbish(),
            Stage::Telling(_) | Stage::Native(_) | Stage::Done => {}
        }
        self.stage.settle();
    }

    /// Nothing more comes from the client: what is kept goes on as it is.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.waits_for_quiet() {
            self.quiet(out);
        }
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Telling(first) => out.extend_from_slice(&first),
            Stage::Native(frames) => frames.give_up(out),
            Stage::Flags(objects) => objects.give_up(out),
            // Quiet has let all of a line go.
            Stage::Lines(_) | Stage::Done => {}
        }
    }

    /// The dialect that the first bytes showed.
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// Whether all that comes passes as it is.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// How many bytes are kept. It is less than the longest frame, object or name and the bytes of one reading.
    pub fn kept(&self) -> usize {
        match &self.stage {
            Stage::Telling(first) => first.len(),
            Stage::Native(frames) => frames.kept(),
            Stage::Flags(objects) => objects.kept(),
            Stage::Lines(lines) => lines.kept(),
            Stage::Done => 0,
        }
    }

    /// Goes on with what the first word tells.
    fn tell(&mut self, quiet: bool, out: &mut Vec<u8>) {
        let Stage::Telling(first) = &mut self.stage else { return };
        let told = self.taken.tell(first, quiet);
        let next = match told {
            Told::Part => return,
            Told::Foreign(_) => Stage::Done,
            Told::Speaks(dialect) => {
                self.dialect = Some(dialect);
                match dialect {
                    Dialect::Native => Stage::Native(Frames::default()),
                    Dialect::Flags => Stage::Flags(Objects::default()),
                    Dialect::Colon | Dialect::Command | Dialect::Plain => Stage::Lines(Lines::new(dialect)),
                    Dialect::WebText | Dialect::WebBinary => unreachable!("no first bytes tell of a websocket"),
                }
            }
        };
        let first = std::mem::take(first);
        self.stage = next;
        self.stage.read(&first, out);
    }
}

impl Stage {
    fn read(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let taken = match self {
            Self::Telling(_) | Self::Done => 0,
            Self::Native(frames) => frames.read(bytes, out),
            Self::Flags(objects) => objects.read(bytes, out),
            Self::Lines(lines) => lines.read(bytes, out),
        };
        self.settle();
        if *self == Self::Done {
            out.extend_from_slice(&bytes[taken..]);
        }
    }

    /// Once the nick has gone nothing needs to be looked at.
    fn settle(&mut self) {
        let done = match self {
            Self::Native(frames) => frames.is_done(),
            Self::Flags(objects) => objects.is_done(),
            Self::Lines(lines) => lines.is_done(),
            Self::Telling(_) | Self::Done => false,
        };
        if done {
            *self = Self::Done;
        }
    }
}

/// Appends a sentence that the relay itself says to a client: one line, where the dialect is lines of text. In the
/// others, and before the dialect shows, the relay says nothing, for it would stand where only the server's words may.
pub fn say(dialect: Option<Dialect>, sentence: &str, out: &mut Vec<u8>) {
    let Some(dialect) = dialect else { return };
    match phrase(dialect, Happening::End) {
        Phrase::Line(template) => {
            out.extend_from_slice(template.replace("{reason}", sentence).as_bytes());
            out.push(b'\n');
        }
        Phrase::Nothing | Phrase::Itself | Phrase::Object(_) | Phrase::Flagged(..) => {}
    }
}
