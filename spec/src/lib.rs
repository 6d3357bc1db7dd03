//! The Hobnob protocol, declared once: words, tables, laws, limits, profiles and messages.
//!
//! This crate says what the protocol *is*. It executes nothing, asks no clock and does no I/O; the machine runs the
//! tables, and the manual, the traces and the tests read them. Start with [`session::cell`].

#![forbid(unsafe_code)]

pub mod avatar;
mod bounds;
pub mod client;
pub mod files;
mod lawful;
pub mod limits;
pub mod manual;
pub mod messages;
pub mod names;
pub mod profile;
pub mod relay;
pub mod row;
pub mod session;
pub mod shapes;
pub mod transfer;
pub mod voice;
pub mod words;
