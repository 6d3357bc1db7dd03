//! Listens to what is written to a connection, for the witness.
//!
//! Owns where frames end; what they hold is read by the dialect's own reader. Changes no byte.

use super::stage::Note;
use crate::chronicle::{Dir, Wire};
use hobnob_machine::wire::native::{AskedReader, HEAD_BYTES, HELLO_BYTES, MessageReader, Read};
use hobnob_spec::limits::ANSWER_BYTES_MAX;
use hobnob_spec::messages::{Asked, Message};

/// What was heard.
pub(super) enum Said {
    Asked(Box<Asked>),
    Told(Box<Message>),
}

impl Said {
    pub(super) fn note(self, who: usize, wire: Wire) -> Note {
        match self {
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
}

impl Tap {
    pub(super) fn new(dir: Dir) -> Self {
        let ear = match dir {
            Dir::Up => Ear::Up(AskedReader::default()),
            Dir::Down => Ear::Down(MessageReader::default()),
        };
        Self { ear, unit: Vec::new(), greeted: false, deaf: false }
    }

    /// Listens to the next bytes. `said` hears each whole message, and after how many of these bytes it ends.
    pub(super) fn listen(&mut self, bytes: &[u8], mut said: impl FnMut(usize, Said)) {
        let mut at = 0;
        while at < bytes.len() && !self.deaf {
            let wanted = self.length().saturating_sub(self.unit.len()).max(1).min(bytes.len() - at);
            self.unit.extend_from_slice(&bytes[at..at + wanted]);
            at += wanted;
            if self.unit.len() == self.length() {
                self.hear(at, &mut said);
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
