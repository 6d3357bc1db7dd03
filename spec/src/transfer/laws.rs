//! What must hold over the transfer table, checked while compiling.
//!
//! A broken law stops the build and names the cell and the law; the manual prints the same sentences.

use super::table::{Row, cell};
use super::words::{Alarm, Effect, Event, Guard, Source, State};
use crate::lawful::lawful;
use crate::row::Next;
use crate::session::No;
use crate::words::words;
use Effect::*;

words! {
    /// A sentence that every cell of the transfer table obeys.
    pub enum Law {
        /// A pair that can come to pass has rows, and a pair that cannot has none.
        RowsWherePossible,
        /// A cell ends in Always, and has it only there.
        EndsInAlways,
        /// A guard appears once in a cell.
        GuardOnce,
        /// Every request is answered once, or kept to be answered by the end.
        AnsweredOnce,
        /// A file is told of, listed and acknowledged together, in this order, and only when it was found to be as promised.
        ToldWhenWhole,
        /// A transfer that ends without its file leaves nothing on the disk.
        NothingLeftBehind,
        /// A transfer whose bytes are awaited has an alarm for the silent.
        SilenceIsTimed,
        /// Whoever has all bytes has them compared.
        WholeIsChecked,
        /// The owner learns what came of a transfer that it did not end itself.
        EndIsTold,
    }
}

lawful!("transfer");

const fn holds(law: Law, state: State, event: Event, rows: &[Row]) -> bool {
    match law {
        Law::RowsWherePossible => possible(state, event) != rows.is_empty(),
        Law::EndsInAlways => ends_in_always(rows),
        Law::GuardOnce => guard_once(rows),
        Law::AnsweredOnce
        | Law::ToldWhenWhole
        | Law::NothingLeftBehind
        | Law::SilenceIsTimed
        | Law::WholeIsChecked
        | Law::EndIsTold => rows_obey(law, state, event, rows),
    }
}

const fn row_obeys(law: Law, state: State, event: Event, row: &Row) -> bool {
    let Row { 0: guard, 1: does, 2: next } = row;
    let ends = matches!(next, Next::End);
    let refuse = Refuse(No::TransferOver);
    let fail = Fail(No::TransferOver);
    match law {
        Law::AnsweredOnce => {
            let answers = count(does, TellReady) + count(does, TellTaken) + count(does, Done) + count(does, refuse);
            let asked = matches!(event.source(), Source::Owner);
            answers + count(does, AwaitEnd) == asked as usize
                && has(does, TellEarlier) == matches!(guard, Guard::EndAwaited)
        }
        Law::ToldWhenWhole => {
            let told = has(does, Succeed);
            let private = has(does, KeepPrivate);
            let worn = has(does, Wear);
            told == (has(does, Post) || private || worn)
                && worn == matches!(guard, Guard::ToWear)
                && (!worn || in_order(does, &[Wear, Announce, KeepFile]))
                && worn == has(does, Announce)
                && told == has(does, KeepFile)
                && (!told || (in_order(does, &[KeepFile, Succeed]) && ends))
                && (!told || (matches!(state, State::Checking) && matches!(event, Event::Verified)))
                && (!has(does, Post) || in_order(does, &[Post, KeepFile]))
                && (!private || in_order(does, &[KeepPrivate, KeepFile]))
                && (!has(does, SendPrivate) || in_order(does, &[KeepPrivate, SendPrivate, KeepFile]))
        }
        Law::NothingLeftBehind => {
            let verified = matches!(event, Event::Verified);
            // The file keeper itself lets go of what it cannot keep.
            let gone = matches!(event, Event::Damaged | Event::NoSpace) && !matches!(state, State::Receiving);
            has(does, DiscardPart) == (ends && !verified && !gone)
                && has(does, RemoveFile) == (ends && verified && !has(does, Succeed))
        }
        Law::SilenceIsTimed => {
            let awaits = match next {
                Next::Stay => matches!(state, State::Receiving),
                Next::Become(to) => matches!(to, State::Receiving),
                Next::End => false,
            };
            arms(does, Alarm::Stall) == (awaits && !matches!(guard, Guard::Astray))
        }
        Law::WholeIsChecked => {
            let completes = matches!(guard, Guard::Whole | Guard::Last);
            has(does, CheckFile) == completes
                && has(does, WriteChunk)
                    == (matches!(event, Event::Chunk)
                        && matches!(state, State::Receiving)
                        && !matches!(guard, Guard::Astray))
        }
        Law::EndIsTold => {
            let told = has(does, fail) || has(does, Succeed);
            let owned = !matches!(state, State::Forsaken);
            let over = ends || matches!(next, Next::Become(State::Forsaken));
            let by_owner = has(does, Done) || (matches!(event, Event::OwnerGone) && ends);
            told == (over && owned && !by_owner)
        }
        Law::RowsWherePossible | Law::EndsInAlways | Law::GuardOnce => true,
    }
}

/// Whether a pair can come to pass at all.
const fn possible(state: State, event: Event) -> bool {
    use Event::*;
    match event {
        Begun | Stalled => matches!(state, State::Receiving),
        Offered | Chunk | Cancelled | OwnerGone => !matches!(state, State::Forsaken),
        Verified | Damaged => !matches!(state, State::Receiving),
        NoSpace | Reopened => true,
    }
}
