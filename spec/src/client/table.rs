//! **The client's side of the protocol**: what each event does to a client in each state.
//!
//! Read a cell as: in this state, when this happens, the first row whose guard holds fires: its effects in order, then
//! the move. The words are explained in [`super::words`], the laws that hold over the table in [`super::laws`].
//! Nothing typed is lost without a word: what is kept is answered, sent again, or given back.

use super::words::{Alarm, Effect, Event, Guard, State};
use crate::row::Next::{Become, Stay};
use Effect::*;
use Event::*;
use Guard::*;
use State::{Away, Dialing, Joined, Joining, Offline, Ready, Redialing, Resuming};

/// One line of the client's table.
pub type Row = crate::row::Row<Guard, Effect, State>;
use crate::row::Row as R;

/// The pair cannot come to pass; the machine asserts it, and the laws say which pairs may be so.
pub const NEVER: &[Row] = &[];

/// What happens to a client in `state` at `event`.
#[rustfmt::skip]
pub const fn cell(state: State, event: Event) -> &'static [Row] {
    match (state, event) {
        // ── The user asks. Whatever is asked is kept until it is answered, with or without a connection.
        (Offline, Ask) => &[
            R(Always,           &[Keep, Dial, Arm(Alarm::Dial)],                            Become(Dialing))],
        (Ready | Joined, Ask) => &[
            R(QueueFull,        &[TellTooMany],                                             Stay),
            R(Always,           &[Keep, SendWaiting],                                       Stay)],
        (Dialing | Joining | Away | Redialing | Resuming, Ask) => &[
            R(QueueFull,        &[TellTooMany],                                             Stay),
            R(Always,           &[Keep],                                                    Stay)],

        // ── The user wants in.
        (Offline, AskJoin) => &[
            R(Always,           &[KeepJoin, Dial, Arm(Alarm::Dial)],                        Become(Dialing))],
        (Dialing, AskJoin) => &[
            R(JoinWanted,       &[TellAlready],                                             Stay),
            R(Always,           &[KeepJoin],                                                Stay)],
        (Ready, AskJoin) => &[
            R(Always,           &[KeepJoin, SendJoin],                                      Become(Joining))],
        (Joining | Joined | Away | Redialing | Resuming, AskJoin) => &[
            R(Always,           &[TellAlready],                                             Stay)],

        // ── The user wants out: politely while there is a connection to be polite over, else at once.
        (Joined, AskQuit) => &[
            R(QuitWanted,       &[],                                                        Stay),
            R(Always,           &[KeepQuit, SendWaiting],                                   Stay)],
        // Out of the chat, and not of the connection: who is not in has nothing to stay for.
        (Joined, AskLogout) => &[
            R(QuitWanted,       &[],                                                        Stay),
            R(Always,           &[KeepLogout, SendWaiting],                                 Stay)],
        (Joining | Resuming, AskQuit | AskLogout) => &[
            R(QuitWanted,       &[],                                                        Stay),
            R(Always,           &[KeepQuit],                                                Stay)],
        (Offline, AskQuit | AskLogout | AskClose) => &[
            R(Always,           &[TellOut],                                                 Stay)],
        (Dialing | Redialing, AskQuit | AskLogout | AskClose) => &[
            R(Always,           &[StopDial, TellUnsure, TellUnsent, ForgetSeat, TellOut],   Become(Offline))],
        (Away, AskQuit | AskLogout | AskClose) => &[
            R(Always,           &[TellUnsure, TellUnsent, ForgetSeat, TellOut],             Become(Offline))],
        (Ready, AskQuit | AskLogout) | (Ready | Joining | Joined | Resuming, AskClose) => &[
            R(Always,           &[HangUp, TellUnsure, TellUnsent, ForgetSeat, TellOut],     Become(Offline))],
        (Joined, QuitDone) => &[
            R(Always,           &[HangUp, TellUnsure, TellUnsent, ForgetSeat, TellOut],     Become(Offline))],
        (Joined, LogoutDone) => &[
            R(Always,           &[TellUnsure, TellUnsent, ForgetSeat, TellOut],             Become(Ready))],

        // ── Reaching the server. The first time a failure is the user's to judge; later the client tries on.
        (Dialing, Opened) => &[
            R(JoinWanted,       &[Arm(Alarm::Silence), SendJoin],                           Become(Joining)),
            R(Always,           &[Arm(Alarm::Silence), SendWaiting],                        Become(Ready))],
        (Redialing, Opened) => &[
            R(HasSeat,          &[Arm(Alarm::Silence), SendResume],                         Become(Resuming)),
            R(Always,           &[Arm(Alarm::Silence), SendJoin],                           Become(Joining))],
        (Dialing, DialFailed) => &[
            R(Always,           &[TellUnreachable, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline))],
        (Dialing, DialOver) => &[
            R(Always,           &[StopDial, TellUnreachable, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline))],
        (Redialing, DialFailed) => &[
            R(Always,           &[PutOffDial, TellRetry],                                   Become(Away))],
        (Redialing, DialOver) => &[
            R(Always,           &[StopDial, PutOffDial, TellRetry],                         Become(Away))],
        (Away, RetryDue) => &[
            R(Always,           &[Dial, Arm(Alarm::Dial)],                                  Become(Redialing))],

        // ── Getting in, and in again.
        (Joining, Welcomed) => &[
            R(Always,           &[TakeSeat, TellWelcome, AskAfresh, ReenterRooms, SendWaiting], Become(Joined))],
        (Joining, JoinRefused) => &[
            R(QuitWanted,       &[HangUp, TellRefusal, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline)),
            R(Always,           &[TellRefusal, TellUnsure, TellUnsent, ForgetSeat],         Become(Ready))],
        (Joining, WelcomedBack) => &[
            R(Always,           &[TakeLostSeat, TellBack, ReenterRooms, SendAgain, SendWaiting], Become(Joined))],
        (Resuming, WelcomedBack) => &[
            R(Always,           &[TakeSeatBack, TellBack, SendAgain, SendWaiting],          Become(Joined))],
        (Resuming, ReturnRefused) => &[
            R(QuitWanted,       &[HangUp, TellUnsure, TellUnsent, ForgetSeat, TellOut],     Become(Offline)),
            R(Always,           &[TellUnsure, LoseSeat, SendJoin],                          Become(Joining))],

        // ── What the server answers.
        (Joined, Answered) => &[
            R(RoomEntered,      &[FollowRoom, TellAnswer, SendWaiting],                     Stay),
            R(RoomLeftForNow,   &[NoteLeft, TellAnswer, SendWaiting],                       Stay),
            R(RoomLeft,         &[UnfollowRoom, TellAnswer, SendWaiting],                   Stay),
            R(AvatarTaken,      &[NoteAvatar, TellAnswer, SendWaiting],                     Stay),
            R(PrivateTaken,     &[ShowOwn, TellAnswer, SendWaiting],                        Stay),
            R(Always,           &[TellAnswer, SendWaiting],                                 Stay)],
        (Ready, Answered) => &[
            R(Always,           &[TellAnswer, SendWaiting],                                 Stay)],
        (Joining | Resuming, Answered) => &[
            R(Always,           &[TellAnswer],                                              Stay)],
        (Ready | Joining | Joined | Resuming, Stray) => &[
            R(Always,           &[],                                                        Stay)],

        // ── What the server tells: each message once, in order; what is missing is asked for first.
        (Joined, Told) => &[
            R(KnownAlready,     &[],                                                        Stay),
            R(OwnUnanswered,    &[ShowEntry, NoteShown],                                    Stay),
            R(HoldFull,         &[Release, ShowEntry],                                      Stay),
            R(HoleOpen,         &[Hold],                                                    Stay),
            R(HoleBefore,       &[Hold, AskPage],                                           Stay),
            R(Always,           &[ShowEntry],                                               Stay)],
        (Joined, Recalled) => &[
            R(KnownAlready,     &[],                                                        Stay),
            R(Always,           &[ShowRecalled],                                            Stay)],
        (Joined, PageCame) => &[
            R(PageEndsHole,     &[TakePage, Release, SendWaiting],                          Stay),
            R(HoldFull,         &[Release, SendWaiting],                                    Stay),
            R(Always,           &[TakePage, AskPage],                                       Stay)],
        (Joined, PageRefused) => &[
            R(AskedTooFast,     &[Arm(Alarm::Page)],                                        Stay),
            R(Always,           &[Release, SendWaiting],                                    Stay)],
        (Joined, PageDue) => &[
            R(Always,           &[AskPages],                                                Stay)],
        // Who is not in hears of no room.
        (Ready | Joining | Resuming, Told | Recalled) => &[
            R(Always,           &[],                                                        Stay)],

        // ── Is anybody there?
        (Ready | Joining | Joined | Resuming, Pinged) => &[
            R(Always,           &[SendPing],                                                Stay)],
        (Ready | Joining | Joined | Resuming, Silent) => &[
            R(HeardSince,       &[Arm(Alarm::Silence)],                                     Stay),
            R(Always,           &[SendPing, Arm(Alarm::Answer)],                            Stay)],
        (Ready, Overdue) => &[
            R(HeardSince,       &[Arm(Alarm::Silence)],                                     Stay),
            R(Always,           &[HangUp, TellLost, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline))],
        (Joining | Joined | Resuming, Overdue) => &[
            R(HeardSince,       &[Arm(Alarm::Silence)],                                     Stay),
            R(QuitWanted,       &[HangUp, TellLost, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline)),
            R(Always,           &[HangUp, TellLost, PutOffDial, TellRetry],                 Become(Away))],

        // ── Ways to lose the connection. Who has or wants a nick, and did not ask to go, comes back.
        (Ready, Lost) => &[
            R(Always,           &[LetGo, TellLost, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline))],
        (Joining | Joined | Resuming, Lost) => &[
            R(QuitWanted,       &[LetGo, TellLost, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline)),
            R(Always,           &[LetGo, TellLost, PutOffDial, TellRetry],                  Become(Away))],
        (Ready, Dismissed) => &[
            R(Always,           &[HangUp, TellGoodbye, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline))],
        (Joining | Joined | Resuming, Dismissed) => &[
            R(QuitWanted,       &[HangUp, TellGoodbye, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline)),
            R(MayReturn,        &[HangUp, TellGoodbye, PutOffDial, TellRetry],              Become(Away)),
            R(Always,           &[HangUp, TellGoodbye, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline))],
        (Ready | Joining | Joined | Resuming, Foreign) => &[
            R(Always,           &[HangUp, TellForeign, TellUnsure, TellUnsent, ForgetSeat, TellOut], Become(Offline))],

        // ── What cannot come to pass: answers belong to what was asked in the state that asked it, what a
        //    connection brings needs one, and an alarm is dropped where it cannot ring.
        (Offline | Ready | Joining | Joined | Away | Resuming, Opened | DialFailed | DialOver) => NEVER,
        (Offline | Dialing | Away | Redialing, Lost | Foreign | Answered | Stray | Told | Recalled | Pinged | Dismissed
            | Silent | Overdue) => NEVER,
        (Offline | Dialing | Ready | Joined | Away | Redialing | Resuming, Welcomed | JoinRefused) => NEVER,
        (Offline | Dialing | Ready | Joined | Away | Redialing, WelcomedBack) => NEVER,
        (Offline | Dialing | Ready | Joining | Joined | Away | Redialing, ReturnRefused) => NEVER,
        (Offline | Dialing | Ready | Joining | Away | Redialing | Resuming, QuitDone | LogoutDone | PageCame
            | PageRefused | PageDue) => NEVER,
        (Offline | Dialing | Ready | Joining | Joined | Redialing | Resuming, RetryDue) => NEVER,
    }
}
