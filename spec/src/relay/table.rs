//! **The relay's side of the protocol**: what each event does to one client's pair of connections in each state.
//!
//! Read a cell as: in this state, when this happens, the first row whose guard holds fires: its effects in order, then
//! the move. The words are explained in [`super::words`], the laws that hold over the table in [`super::laws`].
//! Bytes pass without asking the table; it decides whose they are, and when both connections end.

use super::words::{Alarm, Effect, Event, Guard, State};
use crate::row::Next::{Become, End, Stay};
use Effect::*;
use Event::*;
use Guard::*;
use State::{Arriving, ClientGone, Passing, Reaching, ServerGone, Waiting};

/// One line of the relay's table.
pub type Row = crate::row::Row<Guard, Effect, State>;
use crate::row::Row as R;

/// The pair cannot come to pass; the machine asserts it, and the laws say which pairs may be so.
pub const NEVER: &[Row] = &[];

/// What happens to a pair of connections in `state` at `event`.
#[rustfmt::skip]
pub const fn cell(state: State, event: Event) -> &'static [Row] {
    match (state, event) {
        // ── Somebody comes. Behind a relay there may be another: whoever is trusted to be one may tell whose it is.
        (Arriving, Came) => &[
            R(Crowded,          &[EndClient],                                               End),
            R(MayBeRelayed,     &[Arm(Alarm::Header)],                                      Stay),
            R(Always,           &[Dial, Arm(Alarm::Dial), Arm(Alarm::Patience)],            Become(Reaching))],
        (Arriving, HeaderCame) => &[
            R(AddressUntold,    &[Dial, Arm(Alarm::Dial), Arm(Alarm::Patience)],            Become(Reaching)),
            R(Always,           &[TakeAddress, Dial, Arm(Alarm::Dial), Arm(Alarm::Patience)], Become(Reaching))],
        (Arriving, NoHeader | HeaderOver) => &[
            R(Always,           &[Dial, Arm(Alarm::Dial), Arm(Alarm::Patience)],            Become(Reaching))],
        (Arriving, HeaderBad) => &[
            R(Always,           &[EndClient],                                               End)],

        // ── The server is reached, or tried again for a while.
        (Reaching, Reached) => &[
            R(ClientDone,       &[SendHeader, FinishServer, Arm(Alarm::Drain)],             Become(ClientGone)),
            R(Always,           &[SendHeader, Arm(Alarm::Idle)],                            Become(Passing))],
        (Reaching, NotReached) => &[
            R(ClientDone,       &[EndClient],                                               End),
            R(Untold,           &[SayAway, PutOffDial],                                     Become(Waiting)),
            R(Always,           &[PutOffDial],                                              Become(Waiting))],
        (Reaching, DialOver) => &[
            R(ClientDone,       &[StopDial, EndClient],                                     End),
            R(Untold,           &[StopDial, SayAway, PutOffDial],                           Become(Waiting)),
            R(Always,           &[StopDial, PutOffDial],                                    Become(Waiting))],
        (Waiting, RetryDue) => &[
            R(Always,           &[Dial, Arm(Alarm::Dial)],                                  Become(Reaching))],
        (Reaching, PatienceOver) => &[
            R(Always,           &[StopDial, SayGone, EndClient],                            End)],
        (Waiting, PatienceOver) => &[
            R(Always,           &[SayGone, EndClient],                                      End)],

        // ── When one side goes, so does the other, after what waits for it was written.
        (Arriving | Waiting, ClientEnded | ClientLost) => &[
            R(Always,           &[EndClient],                                               End)],
        // Whoever says all it has to say at once, and then no more, is heard nevertheless.
        (Reaching, ClientEnded) => &[
            R(Always,           &[NoteDone],                                                Stay)],
        (Reaching, ClientLost) => &[
            R(Always,           &[StopDial, EndClient],                                     End)],
        (Passing, ClientEnded | ClientLost) => &[
            R(Always,           &[FinishServer, Arm(Alarm::Drain)],                         Become(ClientGone))],
        (Passing | ClientGone, ServerEnded) | (Passing, ServerLost) => &[
            R(Always,           &[FinishClient, Arm(Alarm::Drain)],                         Become(ServerGone))],
        (ServerGone, ClientEnded) => &[
            R(Always,           &[],                                                        Stay)],
        (ClientGone, ServerLost) | (ServerGone, ClientLost | Written) => &[
            R(Always,           &[EndClient, EndServer],                                    End)],
        (ClientGone | ServerGone, DrainOver) => &[
            R(Always,           &[EndClient, EndServer],                                    End)],

        // ── Half-open connections do not pile up.
        (Passing, Idle) => &[
            R(PassedSince,      &[Arm(Alarm::Idle)],                                        Stay),
            R(Always,           &[EndClient, EndServer],                                    End)],

        // ── The relay stops.
        (Arriving | Waiting, Stopping) => &[
            R(Always,           &[EndClient],                                               End)],
        (Reaching, Stopping) => &[
            R(Always,           &[StopDial, EndClient],                                     End)],
        (Passing | ClientGone | ServerGone, Stopping) => &[
            R(Always,           &[EndClient, EndServer],                                    End)],

        // ── What cannot come to pass: a client comes once and begins once, a connection that does not stand brings
        //    nothing, a side ends once, and an alarm is dropped where it cannot ring.
        (Reaching | Waiting | Passing | ClientGone | ServerGone, Came | HeaderCame | HeaderBad | NoHeader | HeaderOver)
            => NEVER,
        (Arriving | Waiting | Passing | ClientGone | ServerGone, Reached | NotReached | DialOver) => NEVER,
        (Arriving | Reaching | Waiting, ServerEnded | ServerLost | Written | Idle | DrainOver) => NEVER,
        (Arriving | Reaching | Passing | ClientGone | ServerGone, RetryDue) => NEVER,
        (Arriving | Passing | ClientGone | ServerGone, PatienceOver) => NEVER,
        (Passing, Written | DrainOver) | (ClientGone, Written | Idle | ClientEnded | ClientLost) => NEVER,
        (ServerGone, Idle | ServerEnded | ServerLost) => NEVER,
    }
}
