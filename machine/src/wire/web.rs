//! The dialects of the websocket: each of Hobnob's messages is one message of the websocket, as JSON or as MessagePack.
//!
//! Owns how a message becomes a frame of the server's, which nobody masks, so that all who hear a room share its bytes.
//! What clients send is taken out of its frames by the shell's library.

use super::door::Unit;
use super::native;
use hobnob_spec::limits::{ANSWER_BYTES_MAX, FRAME_BYTES_MAX};
use hobnob_spec::messages::{Asked, Message};
use hobnob_spec::profile::Dialect;
use hobnob_spec::session::Why;

/// The longest message that a client may send, in bytes: JSON needs more for the same request.
pub const ASKED_BYTES_MAX: usize = 2 * FRAME_BYTES_MAX;
/// The longest message of the server's, in bytes.
pub const SAID_BYTES_MAX: usize = 2 * ANSWER_BYTES_MAX;
/// The longest reason that the frame which ends a websocket can hold, in bytes (RFC 6455, 5.5).
const REASON_BYTES_MAX: usize = 123;
/// The code with which the websocket of a user ends whom the server's own words told the first reason; the others
/// follow in their order.
const CODE_OF_FIRST: u16 = 4_000;

const FIN: u8 = 0x80;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;

/// What the messages of a websocket are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Texts, which are JSON.
    Text,
    /// Bytes, which are MessagePack.
    Binary,
}

impl Form {
    fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::WebText => Self::Text,
            Dialect::WebBinary => Self::Binary,
            Dialect::Native | Dialect::Flags | Dialect::Colon | Dialect::Command | Dialect::Plain => {
                unreachable!("a websocket carries a dialect of the web, not {dialect:?}")
            }
        }
    }
}

/// Takes one message of a client's.
pub fn read(dialect: Dialect, payload: &[u8]) -> Unit {
    let asked = match Form::of(dialect) {
        Form::Text => serde_json::from_slice(payload).ok(),
        Form::Binary => native::decode::<Asked>(payload),
    };
    asked.map_or(Unit::Garbled, Unit::Asked)
}

/// Appends a message's frame, and behind a goodbye the frame that ends the websocket. A list that would pass
/// [`SAID_BYTES_MAX`] loses its last lines, a page its oldest.
pub fn say(dialect: Dialect, message: &Message, out: &mut Vec<u8>) {
    let form = Form::of(dialect);
    native::say_shortened(message, |message| {
        let (kind, payload) = match form {
            Form::Text => (TEXT, serde_json::to_vec(message).expect("our messages are JSON")),
            Form::Binary => (BINARY, rmp_serde::to_vec(message).expect("our messages are MessagePack")),
        };
        let fits = payload.len() <= SAID_BYTES_MAX;
        if fits {
            frame(kind, &payload, out);
        }
        fits
    });
    if let Message::Goodbye { why } = message {
        close(code(*why), why.meaning(), out);
    }
}

/// Appends the frame that ends a websocket.
pub fn close(code: u16, reason: &str, out: &mut Vec<u8>) {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..reason.floor_char_boundary(REASON_BYTES_MAX)]);
    frame(CLOSE, &payload, out);
}

/// The code with which a websocket ends whose user is told so: 1001 where the server stops, else one of ours.
pub fn code(why: Why) -> u16 {
    match why {
        Why::Stopping => 1_001,
        why => CODE_OF_FIRST + u16::try_from(why.index()).expect("there are few reasons"),
    }
}

/// Appends a whole message as one frame (RFC 6455, 5.2).
fn frame(kind: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(FIN | kind);
    match payload.len() {
        len @ 0..=125 => out.push(u8::try_from(len).expect("it is less")),
        len @ 126..=0xffff => {
            out.push(126);
            out.extend_from_slice(&u16::try_from(len).expect("it is less").to_be_bytes());
        }
        len => {
            out.push(127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;
    use hobnob_spec::messages::{Answer, Request};

    #[test]
    fn a_request_is_read_in_either_dialect() {
        let asked = Asked { number: 7, request: Request::Say { room: "lobby".into(), text: "hej \u{1f44b}".into() } };
        let json = serde_json::to_vec(&asked).expect("a request is JSON");
        assert_eq!(read(Dialect::WebText, &json), Unit::Asked(asked.clone()));
        let packed = rmp_serde::to_vec(&asked).expect("a request is MessagePack");
        assert_eq!(read(Dialect::WebBinary, &packed), Unit::Asked(asked));
        assert_eq!(read(Dialect::WebText, b"{}"), Unit::Garbled);
        assert_eq!(read(Dialect::WebBinary, &json), Unit::Garbled);
    }

    #[test]
    fn a_message_is_one_frame_whatever_its_length() {
        for len in [1, 60, 126, 4_000, 30_000] {
            let bytes = hobnob_spec::files::Bytes(vec![b'x'; len]);
            let message = Message::Answer { number: 1, answer: Answer::Piece { offset: 1 << 40, bytes } };
            for dialect in [Dialect::WebText, Dialect::WebBinary] {
                let mut out = Vec::new();
                say(dialect, &message, &mut out);
                let (head, payload) = match out[1] {
                    126 => (4, usize::from(u16::from_be_bytes([out[2], out[3]]))),
                    127 => {
                        (10, usize::try_from(u64::from_be_bytes(out[2..10].try_into().expect("eight"))).expect("small"))
                    }
                    short => (2, usize::from(short)),
                };
                assert_eq!(out.len(), head + payload, "{dialect:?} of {len}");
                let again: Message = match Form::of(dialect) {
                    Form::Text => serde_json::from_slice(&out[head..]).expect("it is JSON"),
                    Form::Binary => rmp_serde::from_slice(&out[head..]).expect("it is MessagePack"),
                };
                assert_eq!(again, message);
            }
        }
    }

    #[test]
    fn a_goodbye_ends_the_websocket_with_its_reason() {
        let mut out = Vec::new();
        say(Dialect::WebText, &Message::Goodbye { why: Why::Kicked }, &mut out);
        let close = out.len() - 4 - Why::Kicked.meaning().len();
        assert_eq!(out[close..close + 2], [0x88, 2 + u8::try_from(Why::Kicked.meaning().len()).expect("it is short")]);
        assert_eq!(out[close + 2..close + 4], code(Why::Kicked).to_be_bytes());
        assert!(out.ends_with(Why::Kicked.meaning().as_bytes()));
        assert_eq!(code(Why::Stopping), 1_001);
    }
}
