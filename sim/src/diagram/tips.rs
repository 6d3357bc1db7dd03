//! What a row means, in the sentences of the tables, for those who point at it.

use hobnob_machine::{ClientFired, Fired, RelayFired};
use hobnob_spec::relay;
use hobnob_spec::row::Next;
use hobnob_spec::words::Word;
use std::fmt::Write as _;

/// A row of the session table, with the sentences of its words.
pub(super) fn row(fired: &Fired) -> String {
    let row = fired.row();
    explained(fired.state, fired.event, row.0, row.1, row.2)
}

/// A row of the client's table, with the sentences of its words.
pub(super) fn client_row(fired: &ClientFired) -> String {
    let row = fired.row();
    explained(fired.state, fired.event, row.0, row.1, row.2)
}

/// A row of a relay's table, with the sentences of its words.
pub(super) fn relay_row(fired: &RelayFired) -> String {
    let row = &relay::cell(fired.state, fired.event)[usize::from(fired.row)];
    explained(fired.state, fired.event, row.0, row.1, row.2)
}

fn explained<State: Word, Effect: Word>(
    state: State,
    event: impl Word,
    guard: impl Word,
    effects: &[Effect],
    next: Next<State>,
) -> String {
    let mut text = format!("in {state}, at {event}: {}", event.meaning());
    if guard.name() != "Always" {
        let _ = write!(text, "\n{guard}: {}", guard.meaning());
    }
    for effect in effects {
        let _ = write!(text, "\n• {effect}: {}", effect.meaning());
        if let Some(carried) = effect.carried_meaning() {
            let _ = write!(text, " {carried}");
        }
    }
    let _ = match next {
        Next::Stay => write!(text, "\nIt stays {state}."),
        Next::Become(next) => write!(text, "\nIt becomes {next}: {}", next.meaning()),
        Next::End => write!(text, "\nIt is over."),
    };
    text
}
