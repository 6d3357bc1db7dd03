//! A websocket, as far as the measurement needs one: Hobnob's messages as JSON, a frame for each.
//!
//! Owns how a request becomes a client's frame and how the server's frames become messages. Expects the server to be
//! Hobnob, which sends whole frames and nothing that nobody asked for.

use super::link::{cannot_connect, gone};
use crate::exit::Failure;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use hobnob_spec::messages::{Asked, Message};
use smol::net::TcpStream;

/// The longest head of an answer to a handshake, in bytes.
const HEAD_BYTES_MAX: usize = 4 << 10;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;

/// Asks for a websocket and reads the head of the answer, and not a byte more.
pub(super) async fn shake_hands(stream: &mut TcpStream, addr: &str) -> Result<(), Failure> {
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: hobnob.1.json\r\n\r\n"
    );
    let failed = |error| cannot_connect(addr, &error);
    stream.write_all(request.as_bytes()).await.map_err(failed)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_BYTES_MAX {
        let mut byte = [0];
        stream.read_exact(&mut byte).await.map_err(failed)?;
        head.push(byte[0]);
    }
    match head.starts_with(b"HTTP/1.1 101 ") {
        true => Ok(()),
        false => Err(gone(&format!("it opened no websocket: {:?}", String::from_utf8_lossy(&head).lines().next()))),
    }
}

/// Appends a request as a client's frame. Its mask is zeros: nobody stands between a measurement and its server.
pub(super) fn ask(asked: &Asked, out: &mut Vec<u8>) {
    let payload = serde_json::to_vec(asked).expect("a request is JSON");
    out.push(FIN | TEXT);
    match u8::try_from(payload.len()) {
        Ok(len) if len < 126 => out.push(MASKED | len),
        Ok(_) | Err(_) => match u16::try_from(payload.len()) {
            Ok(len) => {
                out.push(MASKED | 126);
                out.extend_from_slice(&len.to_be_bytes());
            }
            Err(_) => {
                out.push(MASKED | 127);
                out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
            }
        },
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&payload);
}

/// The reading side: what came of a frame that is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Frames(Vec<u8>);

impl Frames {
    /// Gives each message that has come to `hear`.
    pub(super) fn read(&mut self, bytes: &[u8], mut hear: impl FnMut(Message)) -> Result<(), Failure> {
        self.0.extend_from_slice(bytes);
        let mut at = 0;
        while let Some((kind, payload, after)) = frame(&self.0[at..]) {
            let payload = &self.0[at..][payload];
            match kind {
                TEXT => hear(serde_json::from_slice(payload).map_err(|_| gone("it sent what is no message"))?),
                CLOSE => return Err(gone("it ended a websocket")),
                _ => return Err(gone("it sent a frame that nobody asked for")),
            }
            at += after;
        }
        self.0.drain(..at);
        Ok(())
    }
}

/// The first frame, if all of it is there: its kind, where its payload is, and where it ends.
fn frame(bytes: &[u8]) -> Option<(u8, std::ops::Range<usize>, usize)> {
    let (kind, len) = (bytes.first()? & 0x0f, *bytes.get(1)?);
    let (begin, len) = match len {
        126 => (4, u64::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)),
        len => (2, u64::from(len)),
    };
    let end = usize::try_from(len).ok()?.checked_add(begin)?;
    (bytes.len() >= end).then_some((kind, begin..end, end))
}
