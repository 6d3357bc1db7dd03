//! The web: websockets as one more transport of the chat.
//!
//! Nothing of the protocol is decided here: a websocket's messages are units like those of any other dialect, and pages
//! are clients like any other.

pub mod door;
pub mod handshake;
pub mod origin;
