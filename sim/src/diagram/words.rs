//! What is sent and shown, in a few words.

use crate::plan::line::write_request;
use hobnob_machine::Shown;
use hobnob_spec::messages::{Asked, Message};

/// A request with its number.
pub fn asked(asked: &Asked) -> String {
    format!("{} {}", asked.number, write_request(&asked.request))
}

/// A message of the server's.
pub fn message(message: &Message) -> String {
    format!("{message:?}")
}

/// What a user is shown.
pub fn shown(shown: &Shown) -> String {
    format!("{shown:?}")
}
