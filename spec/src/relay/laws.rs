//! What must hold over the relay's table, checked while compiling.
//!
//! A broken law stops the build and names the cell and the law; the manual prints the same sentences.

use super::table::{Row, cell};
use super::words::{Alarm, Effect, Event, Guard, Source, State};
use crate::lawful::lawful;
use crate::row::Next;
use crate::words::words;
use Effect::*;

words! {
    /// A sentence that every cell of the relay's table obeys.
    pub enum Law {
        /// A pair that can come to pass has rows, and a pair that cannot has none.
        RowsWherePossible,
        /// A cell ends in Always, and has it only there.
        EndsInAlways,
        /// A guard appears once in a cell.
        GuardOnce,
        /// At the end every connection that stands is given up, and not before.
        BothGivenUp,
        /// The relay dials when it comes to reach for the server, and then only, with an alarm, and stops what did not end by itself.
        DialIsTimed,
        /// A client is kept for a time when the relay reaches for the server first.
        PatienceIsTimed,
        /// Whoever waits for the server has drawn a pause.
        WaitingIsTimed,
        /// The server is told the user's address when it is reached, before all else.
        HeaderFirst,
        /// Bytes pass under an alarm for the silent.
        PassingIsTimed,
        /// When one side is gone the other is told behind what waits for it, and has a time to read it.
        RestIsTimed,
        /// An alarm ends what rang it, or is set again.
        AlarmIsSpent,
    }
}

lawful!("relay");

const fn holds(law: Law, state: State, event: Event, rows: &[Row]) -> bool {
    match law {
        Law::RowsWherePossible => possible(state, event) != rows.is_empty(),
        Law::EndsInAlways => ends_in_always(rows),
        Law::GuardOnce => guard_once(rows),
        Law::BothGivenUp
        | Law::DialIsTimed
        | Law::PatienceIsTimed
        | Law::WaitingIsTimed
        | Law::HeaderFirst
        | Law::PassingIsTimed
        | Law::RestIsTimed
        | Law::AlarmIsSpent => rows_obey(law, state, event, rows),
    }
}

const fn row_obeys(law: Law, state: State, event: Event, row: &Row) -> bool {
    let Row { 0: _, 1: does, 2: next } = row;
    let ends = matches!(next, Next::End);
    match law {
        Law::BothGivenUp => {
            ends == has(does, EndClient)
                && (ends && state.connected()) == has(does, EndServer)
                && (!has(does, EndServer) || in_order(does, &[EndClient, EndServer]))
        }
        Law::DialIsTimed => {
            let dials = matches!(next, Next::Become(State::Reaching));
            let leaves = matches!(state, State::Reaching) && !matches!(next, Next::Stay);
            let over = matches!(event, Event::Reached | Event::NotReached);
            dials == has(does, Dial) && dials == arms(does, Alarm::Dial) && (leaves && !over) == has(does, StopDial)
        }
        Law::PatienceIsTimed => {
            let first = matches!(state, State::Arriving) && matches!(next, Next::Become(State::Reaching));
            first == arms(does, Alarm::Patience)
        }
        Law::WaitingIsTimed => matches!(next, Next::Become(State::Waiting)) == has(does, PutOffDial),
        Law::HeaderFirst => {
            let reached = matches!(event, Event::Reached);
            reached == has(does, SendHeader) && (!reached || has(&[does[0]], SendHeader))
        }
        Law::PassingIsTimed => {
            let passes = matches!(next, Next::Become(State::Passing));
            passes == (arms(does, Alarm::Idle) && matches!(event, Event::Reached))
        }
        Law::RestIsTimed => {
            let server = matches!(next, Next::Become(State::ClientGone));
            let client = matches!(next, Next::Become(State::ServerGone));
            server == has(does, FinishServer)
                && client == has(does, FinishClient)
                && (server || client) == arms(does, Alarm::Drain)
        }
        Law::AlarmIsSpent => {
            !matches!(event.source(), Source::Clock) || !matches!(next, Next::Stay) || arms(does, Alarm::Idle)
        }
        Law::RowsWherePossible | Law::EndsInAlways | Law::GuardOnce => true,
    }
}

/// Whether a pair can come to pass at all.
const fn possible(state: State, event: Event) -> bool {
    use Event::*;
    match event {
        Came | HeaderCame | HeaderBad | NoHeader | HeaderOver => matches!(state, State::Arriving),
        Stopping => true,
        // A side ends once.
        ClientEnded | ClientLost => !matches!(state, State::ClientGone),
        Reached | NotReached | DialOver => matches!(state, State::Reaching),
        RetryDue => matches!(state, State::Waiting),
        PatienceOver => matches!(state, State::Reaching | State::Waiting),
        ServerEnded | ServerLost => matches!(state, State::Passing | State::ClientGone),
        Written => matches!(state, State::ServerGone),
        Idle => matches!(state, State::Passing),
        DrainOver => matches!(state, State::ClientGone | State::ServerGone),
    }
}
