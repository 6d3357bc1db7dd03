//! Where a deliberate bug can be put in: the seams of the machines tier.
//!
//! Owns the seams. An [`Honest`] run has no bug and pays nothing for them. The bugs themselves are in
//! [`crate::planted`].

use hobnob_machine::{Client, ClientInput, ClientOut, Input, Out, Server};
use hobnob_spec::messages::Time;

/// Somebody who may change what passes. Every method's default changes nothing.
pub trait Meddle {
    /// Before the server takes an input; what is left in `inputs` is taken instead of it.
    fn server_takes(&mut self, _server: &Server, _at: Time, _inputs: &mut Vec<Input>) {}

    /// After the server took an input, before anybody (the witness too) sees what came of it.
    fn server_gave(&mut self, _server: &Server, _at: Time, _input: &Input, _out: &mut Out) {}

    /// What the server gives is on its way to the connections, after the witness saw it. The shell's own bugs.
    fn shell_carries(&mut self, _server: &Server, _at: Time, _out: &mut Out) {}

    /// Whether words may leave before the journal has what caused them.
    fn words_first(&self) -> bool {
        false
    }

    /// A crash keeps so many records of those that were durable.
    fn kept(&mut self, durable: u64) -> u64 {
        durable
    }

    /// The records that a server is made again from.
    fn recovers(&mut self, _records: &mut Vec<(Time, Input)>) {}

    /// Before a client takes an input; what is left in `inputs` is taken instead of it.
    fn client_takes(&mut self, _who: usize, _client: &Client, _inputs: &mut Vec<ClientInput>) {}

    /// After a client took an input, before anybody sees what came of it.
    fn client_gave(&mut self, _who: usize, _client: &Client, _out: &mut ClientOut) {}
}

/// No bug.
#[derive(Debug, Clone, Copy, Default)]
pub struct Honest;

impl Meddle for Honest {}
