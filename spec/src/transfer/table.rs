//! **A file on its way to the server**: what each event does to a transfer in each state.
//!
//! Read a cell as: in this state, when this happens, the first row whose guard holds fires: its effects in order, then
//! the move. Whether a file may be offered at all is the session's table to say. A file is told of only when all of it
//! is there and is what was promised: nobody ever hears of half a file. A picture that is to be its owner's avatar comes
//! the same way, and is worn then.

use super::words::{Alarm, Effect, Event, Guard, State};
use crate::row::Next::{Become, End, Stay};
use crate::session::No;
use Effect::*;
use Event::*;
use Guard::*;
use State::{Checking, Forsaken, Receiving};

/// One line of the transfer table.
pub type Row = crate::row::Row<Guard, Effect, State>;
use crate::row::Row as R;

/// The pair cannot come to pass; the machine asserts it, and the laws say which pairs may be so.
pub const NEVER: &[Row] = &[];

/// What happens to a transfer in `state` at `event`.
#[rustfmt::skip]
pub const fn cell(state: State, event: Event) -> &'static [Row] {
    match (state, event) {
        // ── The owner offers a file. One that was broken off goes on where it was.
        (Receiving, Begun) => &[
            R(Whole,            &[TellReady, CheckFile],                                    Become(Checking)),
            R(Always,           &[TellReady, Arm(Alarm::Stall)],                            Stay)],
        (Receiving, Offered) => &[
            R(Always,           &[TellReady, Arm(Alarm::Stall)],                            Stay)],
        (Checking, Offered) => &[
            R(Always,           &[TellReady],                                               Stay)],

        // ── Bytes come in order. Others are not taken: the answer says where to go on.
        (Receiving, Chunk) => &[
            R(Astray,           &[TellTaken],                                               Stay),
            R(Last,             &[WriteChunk, AwaitEnd, CheckFile],                         Become(Checking)),
            R(Always,           &[WriteChunk, TellTaken, Arm(Alarm::Stall)],                Stay)],
        (Checking, Chunk) => &[
            R(EndAwaited,       &[TellEarlier, AwaitEnd],                                   Stay),
            R(Always,           &[AwaitEnd],                                                Stay)],

        // ── What the file keeper finds. Only here others hear of the file, by its owner's standing at this moment.
        (Checking, Verified) => &[
            R(OwnerMuted,       &[RemoveFile, Fail(No::Muted)],                             End),
            R(ToWear,           &[Wear, Announce, KeepFile, Succeed],                       End),
            R(OutOfRoom,        &[RemoveFile, Fail(No::NotInRoom)],                         End),
            R(AbsentForGood,    &[RemoveFile, Fail(No::Absent)],                            End),
            R(MailFull,         &[RemoveFile, Fail(No::MailFull)],                          End),
            R(ToRoom,           &[Post, KeepFile, Succeed],                                 End),
            R(RecipientAway,    &[KeepPrivate, KeepFile, Succeed],                          End),
            R(Always,           &[KeepPrivate, SendPrivate, KeepFile, Succeed],             End)],
        (Checking, Damaged) => &[
            R(Always,           &[Fail(No::FileDamaged)],                                   End)],
        (Checking, NoSpace) => &[
            R(Always,           &[Fail(No::StorageFull)],                                   End)],
        (Receiving, NoSpace) => &[
            R(Always,           &[DiscardPart, Fail(No::StorageFull)],                      End)],

        // ── Ways to break off, beside those above. Nothing is left behind.
        (Receiving, Cancelled) => &[
            R(Always,           &[DiscardPart, Done],                                       End)],
        (Checking, Cancelled) => &[
            R(Always,           &[Refuse(No::FileWhole)],                                   Stay)],
        (Receiving, Stalled) => &[
            R(Always,           &[DiscardPart, Fail(No::TransferOver)],                     End)],
        (Receiving, OwnerGone) => &[
            R(Always,           &[DiscardPart],                                             End)],
        (Checking, OwnerGone) => &[
            R(Always,           &[Fail(No::SessionOver)],                                   Become(Forsaken))],
        (Forsaken, Verified) => &[
            R(Always,           &[RemoveFile],                                              End)],
        (Forsaken, Damaged | NoSpace) => &[
            R(Always,           &[],                                                        End)],

        // ── After the server started again a transfer goes on with what is on the disk.
        (Receiving, Reopened) => &[
            R(Always,           &[SetBack, Arm(Alarm::Stall)],                              Stay)],
        (Checking, Reopened) => &[
            R(Whole,            &[CheckFile],                                               Stay),
            R(Always,           &[SetBack, Arm(Alarm::Stall)],                              Become(Receiving))],
        (Forsaken, Reopened) => &[
            R(Always,           &[DiscardPart],                                             End)],

        // ── What cannot come to pass: a transfer begins once, only a whole file is compared, what is compared cannot
        //    stall, and nobody asks for what has no owner.
        (Checking | Forsaken, Begun | Stalled) => NEVER,
        (Receiving, Verified | Damaged) => NEVER,
        (Forsaken, Offered | Chunk | Cancelled | OwnerGone) => NEVER,
    }
}
