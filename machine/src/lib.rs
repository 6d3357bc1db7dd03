//! The pure machines that execute the tables of `hobnob-spec`, and the wire dialects.
//!
//! Nothing here asks a clock, an operating system, a thread or a generator of its own: time, bytes and secrets come in
//! as values, and what is to be done comes out as values. Start with [`Server::step`].

#![forbid(unsafe_code)]

mod chance;
pub mod client;
pub mod config;
pub mod io;
pub mod network;
pub mod relay;
pub mod server;
pub mod wire;

pub use client::{
    Client, ClientAction, ClientFired, ClientInput, ClientOut, Download, DownloadStep, Shown, Upload, UploadStep, When,
};
pub use config::Config;
pub use io::{Action, Conn, Filing, Fired, Input, Out, Pair, RoomId, SessionId, Shelf, TransferFired};
pub use relay::{Relay, RelayAction, RelayConfig, RelayFired, RelayInput};
pub use server::{OpenTransfer, RoomView, Server, SessionView, StoredFile};
