//! The judge: is told what happens, and says which promises that breaks.
//!
//! Owns what has to be remembered for that. Believes nobody: what users were shown is compared with what the log
//! holds, and what the log holds with what was said.

use crate::chronicle::Wire;
use crate::plan::{Deed, Ms, Plan};
use crate::promise::Breach;
use hobnob_machine::{Client, Input, Out, Server, Shown};
use hobnob_spec::messages::{Message, Time};

/// Holds a run to its promises.
#[derive(Debug, Clone)]
pub struct Judge {}

#[allow(unused_variables, clippy::unused_self)]
impl Judge {
    /// A judge of a run that has not begun.
    pub fn new(plan: &Plan) -> Self {
        Self {}
    }

    /// Somebody does something.
    pub fn does(&mut self, at: Ms, who: usize, life: u32, deed: &Deed) -> Vec<Breach> {
        Vec::new()
    }

    /// A user is shown something.
    pub fn shown(&mut self, at: Ms, who: usize, life: u32, shown: &Shown) -> Vec<Breach> {
        Vec::new()
    }

    /// A client after a step.
    pub fn client(&mut self, at: Ms, who: usize, client: &Client) -> Vec<Breach> {
        Vec::new()
    }

    /// The server says something over a connection.
    pub fn told(&mut self, at: Ms, who: usize, wire: Wire, message: &Message) -> Vec<Breach> {
        Vec::new()
    }

    /// The server took an input.
    pub fn stepped(&mut self, at: Ms, time: Time, input: &Input, out: &Out, server: &Server) -> Vec<Breach> {
        Vec::new()
    }

    /// How many texts an output posted.
    pub fn posted_by(&self, out: &Out) -> u64 {
        0
    }

    /// A server starts with these records.
    pub fn started(&mut self, at: Ms, records: &[(Time, Input)], server: &Server) -> Vec<Breach> {
        Vec::new()
    }

    /// The server is down.
    pub fn down(&mut self, at: Ms, kept: u64, lost: u64) -> Vec<Breach> {
        Vec::new()
    }

    /// The world ends.
    pub fn end(&mut self, at: Ms, server: &Server, records: &[(Time, Input)]) -> Vec<Breach> {
        Vec::new()
    }
}
