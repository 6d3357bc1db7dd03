//! The wire dialects: sans-IO codecs between bytes and messages.
//!
//! All bytes from outside are parsed here, with limits. A dialect has its own small state; none knows the table, and
//! none reads, writes or waits.

pub mod contents;
pub mod door;
pub mod native;
pub mod proxy;
pub mod star;
pub mod tongue;
pub mod web;
pub mod zone;
