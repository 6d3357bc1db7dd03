//! The first nick of a native client: in the first request to join.

use super::MARK;
use crate::wire::native::{self, HEAD_BYTES, HELLO_BYTES, MAGIC};
use hobnob_spec::limits::FRAME_BYTES_MAX;
use hobnob_spec::messages::{Asked, Request};

/// Passes on frames, whole ones, until one asks for a nick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Frames {
    greeted: bool,
    rest: Vec<u8>,
    done: bool,
}

impl Frames {
    /// Takes bytes and says how many; all of them, unless the nick has gone.
    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while at < bytes.len() && !self.done {
            let wanted = self.length().saturating_sub(self.rest.len()).clamp(1, bytes.len() - at);
            self.rest.extend_from_slice(&bytes[at..at + wanted]);
            at += wanted;
            if self.is_strange() {
                // The server will say what it thinks of it.
                self.done = true;
                out.append(&mut self.rest);
            } else if self.rest.len() == self.length() {
                self.take(out);
            }
        }
        at
    }

    pub(super) fn kept(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    pub(super) fn give_up(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rest);
    }

    /// How long the unit is, as far as that shows.
    fn length(&self) -> usize {
        match (self.greeted, self.rest.first_chunk::<HEAD_BYTES>()) {
            (false, _) => HELLO_BYTES,
            (true, None) => HEAD_BYTES,
            (true, Some(head)) => HEAD_BYTES + payload(*head),
        }
    }

    /// Whether this is no hello, or a frame that no server takes.
    fn is_strange(&self) -> bool {
        let shown = self.rest.len().min(MAGIC.len());
        match self.greeted {
            false => self.rest[..shown] != MAGIC[..shown],
            true => self.rest.first_chunk::<HEAD_BYTES>().is_some_and(|head| payload(*head) > FRAME_BYTES_MAX),
        }
    }

    /// A whole unit is there.
    fn take(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.greeted, true) {
            return out.append(&mut self.rest);
        }
        if let Some(mut asked) = native::decode::<Asked>(&self.rest[HEAD_BYTES..])
            && let Request::Join { nick, .. } = &mut asked.request
            && !nick.trim().is_empty()
        {
            self.done = true;
            if !nick.starts_with(char::from(MARK)) {
                nick.insert(0, char::from(MARK));
                if native::ask(&asked, out) {
                    return self.rest.clear();
                }
            }
        }
        out.append(&mut self.rest);
    }
}

fn payload(head: [u8; HEAD_BYTES]) -> usize {
    usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX - HEAD_BYTES)
}
