//! Drives the Hobnob machines: sockets, journal, message log.
//!
//! Knows clocks, sockets and disks, and leaves every decision about the chat to the machines.

#![forbid(unsafe_code)]

pub mod files;
pub mod hub;
pub mod journal;
pub mod link;
pub mod message_log;
pub mod os;
pub mod relay;
pub mod replay;
pub mod secret_file;
pub mod smol_world;
pub mod web;
pub mod world;

pub use hub::{Listener, ServerHandle, ServerSettings, StartError, Transport, WINDOW, serve, serve_with};
pub use link::{Intent, Link};
pub use relay::{RelayHandle, RelayNote, RelayNoted, RelaySettings, RelayTally, relay};
pub use smol_world::SmolWorld;
pub use world::World;
