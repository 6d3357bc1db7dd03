//! The reading side of a websocket: takes its messages out of their frames.
//!
//! Owns the library's socket over bytes in memory, so that nothing here reads or waits. What the websocket itself has
//! to answer (a pong, the end) is bytes that go out in order with everything else.

use super::handshake::bounds;
use async_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use async_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use async_tungstenite::tungstenite::{Error, Message, WebSocket};
use hobnob_machine::wire::door::{Found, Unit};
use hobnob_machine::wire::web;
use hobnob_spec::profile::Dialect;
use std::io::{self, Read, Write};

/// The reading side of a websocket whose handshake is over.
#[derive(Debug)]
pub struct WebDoor {
    dialect: Dialect,
    socket: WebSocket<Pipe>,
    over: bool,
}

/// What came and is not read yet, and what is to go.
#[derive(Debug, Default)]
struct Pipe {
    came: Vec<u8>,
    read: usize,
    goes: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = &self.came[self.read..];
        if rest.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        Ok(count)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.goes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WebDoor {
    /// For a websocket whose messages carry this dialect.
    pub fn new(dialect: Dialect) -> Self {
        let socket = WebSocket::from_raw_socket(Pipe::default(), Role::Server, Some(bounds()));
        Self { dialect, socket, over: false }
    }

    /// Reads the next bytes of the connection and gives what it finds to `found`, in order.
    pub fn read(&mut self, bytes: &[u8], mut found: impl FnMut(Found)) {
        if self.over {
            return;
        }
        let pipe = self.socket.get_mut();
        pipe.came.clear();
        pipe.read = 0;
        pipe.came.extend_from_slice(bytes);
        loop {
            let read = self.socket.read();
            let ends = match read {
                Ok(message) => {
                    let unit = match (&message, self.dialect) {
                        (Message::Text(text), Dialect::WebText) => Some(web::read(self.dialect, text.as_bytes())),
                        (Message::Binary(bytes), Dialect::WebBinary) => Some(web::read(self.dialect, bytes)),
                        (Message::Text(_) | Message::Binary(_), _) => Some(Unit::Garbled),
                        (Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_), _) => None,
                    };
                    unit.into_iter().for_each(|unit| found(Found::Unit(unit)));
                    false
                }
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    self.refuse(&error);
                    true
                }
            };
            self.hand_over(&mut found);
            if ends {
                self.over = true;
                found(Found::Unit(Unit::Bye));
                return;
            }
        }
        self.hand_over(&mut found);
        // Big messages are seldom: their room is not kept.
        let pipe = self.socket.get_mut();
        (pipe.came, pipe.read) = (Vec::new(), 0);
    }

    /// Gives what the websocket itself answers.
    fn hand_over(&mut self, found: &mut impl FnMut(Found)) {
        // Memory takes all bytes; what has ended has nothing more to say.
        drop(self.socket.flush());
        let goes = std::mem::take(&mut self.socket.get_mut().goes);
        if !goes.is_empty() {
            found(Found::Unit(Unit::Reply(goes)));
        }
    }

    /// Ends what cannot be understood, with the code that says why (RFC 6455, 7.4.1).
    fn refuse(&mut self, error: &Error) {
        let code = match error {
            Error::ConnectionClosed | Error::AlreadyClosed => return,
            Error::Utf8(_) => CloseCode::Invalid,
            Error::Capacity(_) => CloseCode::Size,
            _ => CloseCode::Protocol,
        };
        // A websocket that is ending already has said why.
        drop(self.socket.close(Some(CloseFrame { code, reason: error.to_string().into() })));
    }
}
