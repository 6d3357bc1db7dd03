//! The pages of the server in a real browser.
#![cfg(unix)]

mod chat;
mod harness;
mod lockstep;
mod monitor;
mod pictures;
mod server;
mod walk;
