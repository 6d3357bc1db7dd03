//! What must hold over the client's table, checked while compiling.
//!
//! A broken law stops the build and names the cell and the law; the manual prints the same sentences.

use super::table::{Row, cell};
use super::words::{Alarm, Effect, Event, Guard, Source, State};
use crate::lawful::lawful;
use crate::row::Next;
use crate::words::words;
use Effect::*;

words! {
    /// A sentence that every cell of the client's table obeys.
    pub enum Law {
        /// A pair that can come to pass has rows, and a pair that cannot has none.
        RowsWherePossible,
        /// A cell ends in Always, and has it only there.
        EndsInAlways,
        /// A guard appears once in a cell.
        GuardOnce,
        /// A client never ends: it goes offline and may dial again.
        NeverEnds,
        /// What the user asks is kept, or given back at once.
        AskedIsKept,
        /// Whoever goes offline gives back all that is kept, and forgets the seat; and so does whoever is refused.
        NothingDropped,
        /// A connection is given up once, by whoever leaves it.
        ConnectionGivenUp,
        /// A client dials when it comes to dial, and then only, with an alarm for it, and stops what did not end by itself.
        DialIsTimed,
        /// A client that is away has drawn a pause and told it.
        AwayIsTimed,
        /// A connection is watched from its opening, and whoever asked for a sign of life waits for it.
        ConnectionWatched,
        /// Who is welcomed has taken the seat before it is told, and then sends what waits.
        JoinIsWhole,
        /// Who is back has taken the seat before it is told, and sends again before it sends what waits.
        ReturnIsWhole,
        /// Who lost the session says what may be lost before it joins anew.
        RejoinIsWhole,
        /// A new connection shows token or nick before anything else.
        SeatFirst,
        /// The loss, the end and the failure of a connection are told to the user.
        TroubleTold,
        /// An answer to the user is told once, and makes place for what waits.
        AnswerTold,
        /// A message is shown or held back at most once, and what is held back is asked for or released.
        EntryOnce,
        /// What a page brings is held back, and then it is asked for more or all is released.
        PageIsSpent,
        /// An alarm ends what rang it, or is set again.
        AlarmIsSpent,
        /// Whoever is offline has been told so, as the last word.
        OutIsTold,
    }
}

lawful!("client");

const fn holds(law: Law, state: State, event: Event, rows: &[Row]) -> bool {
    match law {
        Law::RowsWherePossible => possible(state, event) != rows.is_empty(),
        Law::EndsInAlways => ends_in_always(rows),
        Law::GuardOnce => guard_once(rows),
        Law::NeverEnds
        | Law::AskedIsKept
        | Law::NothingDropped
        | Law::ConnectionGivenUp
        | Law::DialIsTimed
        | Law::AwayIsTimed
        | Law::ConnectionWatched
        | Law::JoinIsWhole
        | Law::ReturnIsWhole
        | Law::RejoinIsWhole
        | Law::SeatFirst
        | Law::TroubleTold
        | Law::AnswerTold
        | Law::EntryOnce
        | Law::PageIsSpent
        | Law::AlarmIsSpent
        | Law::OutIsTold => rows_obey(law, state, event, rows),
    }
}

const fn row_obeys(law: Law, state: State, event: Event, row: &Row) -> bool {
    way_obeys(law, state, event, row) && talk_obeys(law, state, event, row)
}

/// The state in which a row leaves the client.
const fn after(state: State, row: &Row) -> State {
    match row.2 {
        Next::Become(next) => next,
        Next::Stay | Next::End => state,
    }
}

const fn is(a: State, b: State) -> bool {
    a.index() == b.index()
}

/// The laws about the way from state to state; true for the others.
const fn way_obeys(law: Law, state: State, event: Event, row: &Row) -> bool {
    let Row { 0: guard, 1: does, 2: next } = row;
    let then = after(state, row);
    let stays = is(state, then);
    match law {
        Law::NeverEnds => !matches!(next, Next::End) && (matches!(next, Next::Stay) == stays),
        Law::NothingDropped => {
            let gives_up = !stays && (is(then, State::Offline) || is(then, State::Ready) && !state.dials());
            gives_up == in_order(does, &[TellUnsure, TellUnsent, ForgetSeat])
                && gives_up == has(does, TellUnsent)
                && gives_up == has(does, ForgetSeat)
        }
        Law::ConnectionGivenUp => {
            let gives = count(does, HangUp) + count(does, LetGo);
            gives == (state.connected() && !then.connected()) as usize
                && has(does, LetGo) == matches!(event, Event::Lost)
                && (gives == 0 || has(&[does[0]], HangUp) || has(&[does[0]], LetGo))
        }
        Law::DialIsTimed => {
            let comes = !state.dials() && then.dials();
            let ended = matches!(event, Event::Opened | Event::DialFailed);
            comes == in_order(does, &[Dial, Arm(Alarm::Dial)])
                && comes == has(does, Dial)
                && comes == arms(does, Alarm::Dial)
                && has(does, StopDial) == (state.dials() && !then.dials() && !ended)
                && (!comes || is(then, State::Dialing) == is(state, State::Offline))
        }
        Law::AwayIsTimed => {
            let leaves = !stays && is(then, State::Away);
            leaves == in_order(does, &[PutOffDial, TellRetry])
                && leaves == has(does, PutOffDial)
                && leaves == has(does, TellRetry)
        }
        Law::ConnectionWatched => {
            let opens = !state.connected() && then.connected();
            (!opens || arms(does, Alarm::Silence))
                && (arms(does, Alarm::Answer)
                    == (matches!(event, Event::Silent) && !matches!(guard, Guard::HeardSince)))
                && (!arms(does, Alarm::Answer) || in_order(does, &[SendPing, Arm(Alarm::Answer)]))
                && (!matches!(event, Event::Pinged) || has(does, SendPing))
                && (!matches!(event, Event::Overdue)
                    || matches!(guard, Guard::HeardSince) == (stays && arms(does, Alarm::Silence)))
        }
        Law::SeatFirst => {
            let opens = !state.connected() && then.connected();
            (has(does, SendJoin) == (!stays && is(then, State::Joining)))
                && (has(does, SendResume) == (!stays && is(then, State::Resuming)))
                && (!has(does, SendResume) || matches!(guard, Guard::HasSeat))
                && (!opens || has(does, SendWaiting) == is(then, State::Ready))
                && (!has(does, SendWaiting) || matches!(then, State::Ready | State::Joined))
        }
        Law::AlarmIsSpent => {
            !matches!(event.source(), Source::Clock)
                || !stays
                || arms(does, Alarm::Silence)
                || arms(does, Alarm::Answer)
                || has(does, AskPages)
        }
        Law::OutIsTold => {
            let asked = matches!(event, Event::AskQuit | Event::AskLogout | Event::AskClose);
            let stays_connected = matches!(event, Event::LogoutDone);
            has(does, TellOut) == (stays_connected || is(then, State::Offline) && (!stays || asked))
                && (!stays_connected || is(then, State::Ready))
                && (!has(does, TellOut) || has(&[does[does.len() - 1]], TellOut))
        }
        Law::AskedIsKept
        | Law::JoinIsWhole
        | Law::ReturnIsWhole
        | Law::RejoinIsWhole
        | Law::TroubleTold
        | Law::AnswerTold
        | Law::EntryOnce
        | Law::PageIsSpent
        | Law::RowsWherePossible
        | Law::EndsInAlways
        | Law::GuardOnce => true,
    }
}

/// The laws about what is said on the way; true for the others.
const fn talk_obeys(law: Law, state: State, event: Event, row: &Row) -> bool {
    let Row { 0: guard, 1: does, 2: next } = row;
    let then = after(state, row);
    match law {
        Law::AskedIsKept => {
            let kept = count(does, Keep) + count(does, TellTooMany);
            let joins = count(does, KeepJoin) + count(does, TellAlready);
            let goes = matches!(event, Event::AskQuit | Event::AskLogout);
            let keeps = count(does, KeepQuit) + count(does, KeepLogout);
            let quits = keeps + matches!(guard, Guard::QuitWanted) as usize;
            kept == matches!(event, Event::Ask) as usize
                && has(does, TellTooMany) == matches!(guard, Guard::QueueFull)
                && joins == matches!(event, Event::AskJoin) as usize
                && (!goes || quits == !is(then, State::Offline) as usize)
                && has(does, KeepLogout) <= (matches!(event, Event::AskLogout) && is(state, State::Joined))
                && (!goes || keeps <= has(does, SendWaiting) as usize || !is(state, State::Joined))
                && (!has(does, Keep)
                    || state.dials()
                    || has(does, SendWaiting) == matches!(state, State::Ready | State::Joined))
        }
        Law::JoinIsWhole => {
            let welcomed = matches!(event, Event::Welcomed);
            welcomed == in_order(does, &[TakeSeat, TellWelcome, AskAfresh, ReenterRooms, SendWaiting])
                && welcomed == has(does, TakeSeat)
                && welcomed == has(does, AskAfresh)
                && welcomed <= matches!(next, Next::Become(State::Joined))
                && matches!(event, Event::JoinRefused) == has(does, TellRefusal)
        }
        Law::ReturnIsWhole => {
            let back = matches!(event, Event::WelcomedBack);
            let lost = back && is(state, State::Joining);
            back == in_order(does, &[TellBack, SendAgain, SendWaiting])
                && lost == in_order(does, &[TakeLostSeat, TellBack, ReenterRooms, SendAgain])
                && lost == has(does, TakeLostSeat)
                && (back && !lost) == in_order(does, &[TakeSeatBack, TellBack])
                && (back && !lost) == has(does, TakeSeatBack)
                && back == has(does, SendAgain)
                && back <= matches!(next, Next::Become(State::Joined))
        }
        Law::RejoinIsWhole => {
            let rejoins = matches!(event, Event::ReturnRefused) && is(then, State::Joining);
            rejoins == in_order(does, &[TellUnsure, LoseSeat, SendJoin]) && rejoins == has(does, LoseSeat)
        }
        Law::TroubleTold => {
            let failed = is(state, State::Dialing) && matches!(event, Event::DialFailed | Event::DialOver);
            let lost = matches!(event, Event::Lost | Event::Overdue) && !matches!(guard, Guard::HeardSince);
            failed == has(does, TellUnreachable)
                && lost == has(does, TellLost)
                && matches!(event, Event::Dismissed) == has(does, TellGoodbye)
                && matches!(event, Event::Foreign) == has(does, TellForeign)
        }
        Law::AnswerTold => {
            let answered = matches!(event, Event::Answered);
            let flows = matches!(state, State::Ready | State::Joined);
            count(does, TellAnswer) == answered as usize
                && (!answered || has(does, SendWaiting) == flows)
                && has(does, FollowRoom) == matches!(guard, Guard::RoomEntered)
                && has(does, UnfollowRoom) == matches!(guard, Guard::RoomLeft)
                && has(does, NoteLeft) == matches!(guard, Guard::RoomLeftForNow)
                && has(does, NoteAvatar) == matches!(guard, Guard::AvatarTaken)
                && has(does, ShowOwn) == matches!(guard, Guard::PrivateTaken)
                && (!has(does, ShowOwn) || in_order(does, &[ShowOwn, TellAnswer]))
        }
        Law::EntryOnce => {
            let told = matches!(event, Event::Told);
            let joined = is(state, State::Joined);
            let known = matches!(guard, Guard::KnownAlready) || !joined;
            let handled = count(does, ShowEntry) + count(does, Hold);
            handled == (told && !known) as usize
                && has(does, NoteShown) == matches!(guard, Guard::OwnUnanswered)
                && (!has(does, NoteShown) || in_order(does, &[ShowEntry, NoteShown]))
                && has(does, ShowRecalled) == (matches!(event, Event::Recalled) && !known)
                && (!has(does, Hold) || has(does, AskPage) == matches!(guard, Guard::HoleBefore))
                && (has(does, Hold) == matches!(guard, Guard::HoleBefore | Guard::HoleOpen))
                && (!(told && matches!(guard, Guard::HoldFull)) || in_order(does, &[Release, ShowEntry]))
        }
        Law::PageIsSpent => {
            let page = matches!(event, Event::PageCame | Event::PageRefused);
            let ends = matches!(guard, Guard::PageEndsHole);
            let spent = count(does, AskPage) + count(does, Release) + arms(does, Alarm::Page) as usize;
            (!page || spent == 1 && has(does, Release) == has(does, SendWaiting))
                && (!ends || in_order(does, &[TakePage, Release]))
                && (!has(does, TakePage) || ends || in_order(does, &[TakePage, AskPage]))
                && has(does, TakePage) == (matches!(event, Event::PageCame) && !matches!(guard, Guard::HoldFull))
                && arms(does, Alarm::Page) == matches!(guard, Guard::AskedTooFast)
                && has(does, AskPages) == matches!(event, Event::PageDue)
        }
        Law::NeverEnds
        | Law::NothingDropped
        | Law::ConnectionGivenUp
        | Law::DialIsTimed
        | Law::AwayIsTimed
        | Law::ConnectionWatched
        | Law::SeatFirst
        | Law::AlarmIsSpent
        | Law::OutIsTold
        | Law::RowsWherePossible
        | Law::EndsInAlways
        | Law::GuardOnce => true,
    }
}

/// Whether a pair can come to pass at all.
const fn possible(state: State, event: Event) -> bool {
    use Event::*;
    match event {
        Ask | AskJoin | AskQuit | AskLogout | AskClose => true,
        Opened | DialFailed | DialOver => state.dials(),
        Lost | Foreign | Answered | Stray | Told | Recalled | Pinged | Dismissed | Silent | Overdue => {
            state.connected()
        }
        Welcomed | JoinRefused => matches!(state, State::Joining),
        WelcomedBack => matches!(state, State::Joining | State::Resuming),
        ReturnRefused => matches!(state, State::Resuming),
        QuitDone | LogoutDone | PageCame | PageRefused | PageDue => matches!(state, State::Joined),
        RetryDue => matches!(state, State::Away),
    }
}
