//! The first nick of a client that sends objects: the USERNAME of the first one that asks to join.

use super::MARK;
use crate::wire::door::objects::{Step, Within};
use crate::wire::tongue::flags::nick_asked;
use hobnob_spec::limits::OBJECT_BYTES_MAX;
use std::ops::Range;

/// The field that holds the nick.
const NICK_FIELD: &str = "USERNAME";

/// Passes on objects, whole ones, until one asks for a nick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Objects {
    within: Within,
    rest: Vec<u8>,
    /// The object is longer than any may be, and passes as it is.
    passing: bool,
    done: bool,
}

impl Objects {
    /// Takes bytes and says how many; all of them, unless the nick has gone.
    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        for (at, &byte) in bytes.iter().enumerate() {
            let mut ends = false;
            self.within = match self.within.step(byte) {
                Step::Goes(within) => within,
                Step::Begins => Within::Object { depth: 1 },
                Step::Strays => Within::Rubbish,
                Step::Ends | Step::Breaks => {
                    ends = true;
                    Within::Between
                }
            };
            self.rest.push(byte);
            self.passing |= self.rest.len() > OBJECT_BYTES_MAX;
            match self.within {
                Within::Object { .. } | Within::String { .. } if !self.passing => {}
                Within::Object { .. } | Within::String { .. } => out.append(&mut self.rest),
                Within::Between if ends && !std::mem::take(&mut self.passing) => self.take(out),
                Within::Between | Within::Rubbish => out.append(&mut self.rest),
            }
            if self.done {
                return at + 1;
            }
        }
        bytes.len()
    }

    pub(super) fn waits(&self) -> bool {
        self.within == Within::Rubbish
    }

    pub(super) fn end_rubbish(&mut self) {
        if self.waits() {
            self.within = Within::Between;
        }
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

    /// An object ends here, or what began as one.
    fn take(&mut self, out: &mut Vec<u8>) {
        let rest = std::mem::take(&mut self.rest);
        let text = std::str::from_utf8(&rest).ok();
        let asked = text.and_then(|text| Some((text, nick_asked(text)?, value_of(text, NICK_FIELD)?)));
        let Some((text, nick, value)) = asked else { return out.extend_from_slice(&rest) };
        self.done = true;
        if nick.as_bytes().first() == Some(&MARK) {
            return out.extend_from_slice(&rest);
        }
        let inner = &text[value.clone()];
        if let Some(string) = inner.strip_prefix('"') {
            let at = value.start + 1 + (string.len() - string.trim_start().len());
            out.extend_from_slice(&rest[..at]);
            out.push(MARK);
            out.extend_from_slice(&rest[at..]);
        } else {
            // A number, which is taken for the name that it looks like.
            out.extend_from_slice(&rest[..value.start]);
            out.extend_from_slice(format!("\"*{nick}\"").as_bytes());
            out.extend_from_slice(&rest[value.end..]);
        }
    }
}

/// Where the value of a field stands in an object that is known to be JSON.
fn value_of(object: &str, field: &str) -> Option<Range<usize>> {
    let bytes = object.as_bytes();
    let mut at = object.find('{')? + 1;
    loop {
        at += bytes[at..].iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','))?;
        let key = at..value_end(bytes, at);
        at = key.end + bytes[key.end..].iter().position(|byte| *byte == b':')? + 1;
        at += bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace())?;
        let value = at..value_end(bytes, at);
        let name = serde_json::from_str::<String>(&object[key]).ok()?;
        if name == field {
            return Some(value);
        }
        at = value.end;
    }
}

/// Where the value ends that begins at a place.
fn value_end(bytes: &[u8], from: usize) -> usize {
    let (mut depth, mut string, mut escaped) = (0_usize, false, false);
    for (at, &byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if string => escaped = true,
            b'"' => {
                string = !string;
                if !string && depth == 0 {
                    return at + 1;
                }
            }
            _ if string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            _ => {}
        }
    }
    bytes.len()
}
