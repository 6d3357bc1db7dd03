//! Doubts about the machines: a walk that leaves no row untried, and an audience that believes nothing.
//!
//! Nothing here is used by a server or a client. The tests of this package hold the promises; this library holds
//! what they share.

#![forbid(unsafe_code)]

pub mod audience;
pub mod character;
pub mod coverage;
pub mod player;
pub mod walk;

pub use audience::Audience;
pub use character::Character;
pub use coverage::Coverage;
pub use walk::{Trace, Walk};
