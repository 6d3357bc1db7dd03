//! A user's session at the server: its words, its table, and the laws of that table.

mod laws;
mod table;
mod words;

pub use laws::{Law, broken_law};
pub use table::{NEVER, Row, cell};
pub use words::{Alarm, Effect, Event, Guard, News, No, Source, State, Why};
