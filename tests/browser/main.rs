//! The pages of the server in a real browser.
#![cfg(unix)]

mod harness;
