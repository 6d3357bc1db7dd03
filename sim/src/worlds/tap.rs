//! Listens to what is written to a connection, for the witness.
//!
//! Owns where frames end; what they hold is read by the dialect's own reader. Changes no byte.

use super::stage::Note;
use crate::chronicle::{Dir, Wire};
use hobnob_machine::wire::native::{AskedReader, HEAD_BYTES, HELLO_BYTES, MessageReader, Read};
use hobnob_machine::wire::proxy;
use hobnob_spec::limits::ANSWER_BYTES_MAX;
use hobnob_spec::messages::{Asked, Message};

/// What was heard.
pub(super) enum Said {
    Asked(Box<Asked>),
    Told(Box<Message>),
}

impl Said {
    /// What is noted of it; whoever passes on what the server told says nothing of its own.
    pub(super) fn note(self, who: usize, wire: Wire, passes: bool) -> Note {
        match self {
            Self::Told(message) if passes => Note::Passed { who, wire, message },
            Self::Asked(asked) => Note::Asked { who, wire, asked },
            Self::Told(message) => Note::Told { who, wire, message },
        }
    }
}

#[derive(Debug)]
enum Ear {
    Up(AskedReader),
    Down(MessageReader),
}

/// A tap on one way of a connection.
#[derive(Debug)]
pub(super) struct Tap {
    ear: Ear,
    /// The bytes of a unit whose end has not come.
    unit: Vec<u8>,
    greeted: bool,
    deaf: bool,
    /// The beginning of a relay's header, which comes first.
    header: Option<Vec<u8>>,
}

impl Tap {
    pub(super) fn new(dir: Dir, behind_header: bool) -> Self {
        let ear = match dir {
            Dir::Up => Ear::Up(AskedReader::default()),
            Dir::Down => Ear::Down(MessageReader::default()),
        };
        Self { ear, unit: Vec::new(), greeted: false, deaf: false, header: behind_header.then(Vec::new) }
    }

    /// Listens to the next bytes. `said` hears each whole message, and after how many of these bytes it ends.
    pub(super) fn listen(&mut self, bytes: &[u8], mut said: impl FnMut(usize, Said)) {
        let mut at = self.pass_header(bytes);
        while at < bytes.len() && !self.deaf {
            let wanted = self.length().saturating_sub(self.unit.len()).max(1).min(bytes.len() - at);
            self.unit.extend_from_slice(&bytes[at..at + wanted]);
            at += wanted;
            if self.unit.len() == self.length() {
                self.hear(at, &mut said);
            }
        }
    }

    /// How many of the bytes belong to the header.
    fn pass_header(&mut self, bytes: &[u8]) -> usize {
        let Some(header) = &mut self.header else { return 0 };
        let before = header.len();
        header.extend_from_slice(bytes);
        match proxy::read(header) {
            proxy::Read::Part => bytes.len(),
            proxy::Read::Whole { len, .. } => {
                self.header = None;
                len - before
            }
            proxy::Read::Absent | proxy::Read::Bad => {
                self.deaf = true;
                bytes.len()
            }
        }
    }

    /// How long the unit is, as far as that shows.
    fn length(&self) -> usize {
        if !self.greeted {
            return HELLO_BYTES;
        }
        match self.unit.first_chunk::<HEAD_BYTES>() {
            None => HEAD_BYTES,
            Some(head) => HEAD_BYTES + u32::from_be_bytes(*head) as usize,
        }
    }

    fn hear(&mut self, at: usize, said: &mut impl FnMut(usize, Said)) {
        if self.greeted && self.unit.len() == HEAD_BYTES && self.unit != [0; HEAD_BYTES] {
            self.deaf = self.length() > HEAD_BYTES + ANSWER_BYTES_MAX;
            return;
        }
        let unit = std::mem::take(&mut self.unit);
        let (mut deaf, mut greeted) = (false, self.greeted);
        match &mut self.ear {
            Ear::Up(reader) => reader.read(&unit, |read| match read {
                Read::Item(asked) => said(at, Said::Asked(Box::new(asked))),
                Read::Hello => greeted = true,
                Read::Garbled => {}
                Read::Foreign(_) => deaf = true,
            }),
            Ear::Down(reader) => reader.read(&unit, |read| match read {
                Read::Item(message) => said(at, Said::Told(Box::new(message))),
                Read::Hello => greeted = true,
                Read::Garbled => {}
                Read::Foreign(_) => deaf = true,
            }),
        }
        (self.deaf, self.greeted) = (deaf, greeted);
        self.unit = unit;
        self.unit.clear();
    }
}
