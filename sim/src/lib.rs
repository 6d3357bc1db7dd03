//! Doubts about Hobnob: walks, worlds with faults, and promises that every run is held to.
//!
//! A [`plan::Plan`] says what will happen. Two tiers carry it out: [`machines`] joins the bare machines by a heap of
//! events, [`worlds`] runs the shipping server and client on turmoil. Both tell a [`witness::Witness`], which holds
//! the run to every [`promise::Promise`]. Nothing here is used by a server or a client.

#![forbid(unsafe_code)]

pub mod audience;
pub mod character;
pub mod chronicle;
pub mod coverage;
pub mod diagram;
pub mod draw;
pub mod explore;
pub mod judge;
pub mod machines;
pub mod meddle;
pub mod plan;
pub mod planted;
pub mod player;
pub mod promise;
pub mod scenario;
pub mod search;
pub mod shrink;
pub mod tally;
pub mod walk;
pub mod witness;
pub mod worlds;

pub use audience::Audience;
pub use character::Character;
pub use coverage::Coverage;
pub use plan::Plan;
pub use promise::{Breach, Promise};
pub use tally::Tally;
pub use walk::{Trace, Walk};
pub use witness::{Look, Outcome, Witness};
