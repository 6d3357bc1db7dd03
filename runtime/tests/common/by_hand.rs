//! A websocket by hand: its handshake as it stands on the wire.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use smol::net::TcpStream;
use std::net::SocketAddr;

/// A connection whose handshake is over; `more` are headers, each with its line's end.
pub(crate) async fn shake_hands(addr: SocketAddr, path: &str, more: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    stream.set_nodelay(true).expect("a connection has that");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{more}\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("it goes");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).await.expect("the handshake is answered");
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    stream
}
