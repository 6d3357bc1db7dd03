//! **The protocol**: what each event does to a session in each state.
//!
//! Read a cell as: in this state, when this happens, the first row whose guard holds fires: its effects in order, then
//! the move. The words are explained in [`super::words`], the laws that hold over the table in [`super::laws`].
//! Nothing about a session is decided anywhere else.

use super::words::{Alarm, Effect, Event, Guard, News, No, State, Why};
use crate::row::Next::{Become, End, Stay};
use crate::transfer::Event as AtTransfer;
use Effect::*;
use Event::*;
use Guard::*;
use State::{Detached, Guest, Member, Muted};

/// One line of the session table.
pub type Row = crate::row::Row<Guard, Effect, State>;
use crate::row::Row as R;

/// The pair cannot come to pass; the machine asserts it, and the laws say which pairs may be so.
pub const NEVER: &[Row] = &[];

/// What happens to a session in `state` at `event`.
#[rustfmt::skip]
pub const fn cell(state: State, event: Event) -> &'static [Row] {
    match (state, event) {
        // ── A guest has a connection and no nick. It may ask for the report, join, return, go and, being an operator, act;
        //    nothing else.
        (Guest, Opened) => &[
            R(AddressCrowded,   &[Farewell(Why::Crowded)],                                              End),
            R(Always,           &[Arm(Alarm::Handshake)],                                               Stay)],
        // A relay passes on whose connection it is, before anything else. Only who is trusted to be one is believed.
        (Guest, Relayed) => &[
            R(RelayNotTrusted,  &[Farewell(Why::Foreign)],                                              End),
            R(RelayTellsLate,   &[Farewell(Why::Foreign)],                                              End),
            R(AddressCrowded,   &[Farewell(Why::Crowded)],                                              End),
            R(Always,           &[TakeAddress],                                                         Stay)],
        (Guest, Join) => &[
            R(TokenKnown,       &[HandOver, Raise(Returned)],                                           End),
            R(StillMuted,       &[Refuse(No::Muted)],                                                   Stay),
            R(Full,             &[Refuse(No::Full)],                                                    Stay),
            R(NickUnfitCloses,  &[Farewell(Why::NickUnfit)],                                            End),
            R(NickBad,          &[Refuse(No::NickBad)],                                                 Stay),
            R(NickReserved,     &[Refuse(No::NickReserved)],                                            Stay),
            R(AvatarBad,        &[Refuse(No::AvatarBad)],                                               Stay),
            R(NickTakenCloses,  &[Farewell(Why::NickTaken)],                                            End),
            R(NickTakenForGood, &[Refuse(No::NickTaken)],                                               Stay),
            R(NickTaken,        &[TakeSuffixedNick, TakeAvatar, Welcome, EnterLobby, Announce(News::Joined), DeliverLate, Arm(Alarm::Quiet)], Become(Member)),
            R(Always,           &[TakeNick, TakeAvatar, Welcome, EnterLobby, Announce(News::Joined), DeliverLate, Arm(Alarm::Quiet)], Become(Member))],
        (Guest, Resume) => &[
            R(TokenKnown,       &[HandOver, Raise(Returned)],                                           End),
            R(Always,           &[Refuse(No::SessionOver)],                                             Stay)],
        (Guest, Wear | Say | Private | Enter | Leave | Who | Rooms | History | Attach | Chunk | Cancel | Fetch | Quit) => &[
            R(Always,           &[Refuse(No::NotJoined)],                                               Stay)],

        // Quitting does not shorten a mute: it stays with the connection, and with the nick.
        (Guest, MuteOver) => &[
            R(Always,           &[LiftMute],                                                            Stay)],

        // ── Anybody with a connection may ask for the report and for a sign of life.
        (Guest | Member | Muted, Report) => &[
            R(AsksTooFast,      &[Refuse(No::AsksTooFast)],                                             Stay),
            R(Always,           &[SpendAsk, TellReport],                                                Stay)],
        (Guest | Member | Muted, Ping) => &[
            R(Always,           &[TellPong],                                                            Stay)],

        // ── A member talks. Who is about to be muted for talking too fast is told before.
        (Member, Say) => &[
            R(NotInRoom,        &[Refuse(No::NotInRoom)],                                               Stay),
            R(TextEmpty,        &[Refuse(No::TextEmpty)],                                               Stay),
            R(TextLong,         &[Refuse(No::TextLong)],                                                Stay),
            R(TextUnsafe,       &[Refuse(No::TextUnsafe)],                                              Stay),
            R(TooFastOnceMore,  &[Farewell(Why::Flooding), LeaveRooms(Why::Flooding), GiveNickBack],    End),
            R(TooFast,          &[StartMute, Refuse(No::Muted), Announce(News::Muted), Arm(Alarm::Mute)], Become(Muted)),
            R(NearlyTooFast,    &[Spend, Post, TellSlowDown],                                           Stay),
            R(Always,           &[Spend, Post, TellPosted],                                             Stay)],
        (Member, Private) => &[
            R(NickBad,          &[Refuse(No::NickBad)],                                                 Stay),
            R(ToItself,         &[Refuse(No::ToItself)],                                                Stay),
            R(TextEmpty,        &[Refuse(No::TextEmpty)],                                               Stay),
            R(TextLong,         &[Refuse(No::TextLong)],                                                Stay),
            R(TextUnsafe,       &[Refuse(No::TextUnsafe)],                                              Stay),
            R(TooFastOnceMore,  &[Farewell(Why::Flooding), LeaveRooms(Why::Flooding), GiveNickBack],    End),
            R(TooFast,          &[StartMute, Refuse(No::Muted), Announce(News::Muted), Arm(Alarm::Mute)], Become(Muted)),
            R(AbsentRefused,    &[Spend, Refuse(No::Absent)],                                           Stay),
            R(AbsentDiscarded,  &[Spend, Done],                                                         Stay),
            R(MailFull,         &[Spend, Refuse(No::MailFull)],                                         Stay),
            R(Absent,           &[Spend, KeepPrivate, TellWaiting],                                     Stay),
            R(RecipientDetached, &[Spend, KeepPrivate, TellPosted],                                     Stay),
            R(NearlyTooFast,    &[Spend, KeepPrivate, SendPrivate, TellSlowDown],                       Stay),
            R(Always,           &[Spend, KeepPrivate, SendPrivate, TellPosted],                         Stay)],
        // Entering is heard by all in the room, so it costs what talking costs.
        (Member, Enter) => &[
            R(RoomBad,          &[Refuse(No::RoomBad)],                                                 Stay),
            R(InRoom,           &[Refuse(No::InRoom)],                                                  Stay),
            R(RoomsEnough,      &[Refuse(No::RoomsEnough)],                                             Stay),
            R(RoomCrowded,      &[Refuse(No::RoomCrowded)],                                             Stay),
            R(RoomsFull,        &[Refuse(No::RoomsFull)],                                               Stay),
            R(TooFastOnceMore,  &[Farewell(Why::Flooding), LeaveRooms(Why::Flooding), GiveNickBack],    End),
            R(TooFast,          &[StartMute, Refuse(No::Muted), Announce(News::Muted), Arm(Alarm::Mute)], Become(Muted)),
            R(Always,           &[Spend, EnterRoom, TellRoom, AnnounceHere(News::Entered)],             Stay)],

        // What is seen beside the nick others hear of, too. A picture comes by the transfer table.
        (Member, Wear) => &[
            R(AvatarBad,        &[Refuse(No::AvatarBad)],                                               Stay),
            R(TooFastOnceMore,  &[Farewell(Why::Flooding), LeaveRooms(Why::Flooding), GiveNickBack],    End),
            R(TooFast,          &[StartMute, Refuse(No::Muted), Announce(News::Muted), Arm(Alarm::Mute)], Become(Muted)),
            R(Always,           &[Spend, TakeAvatar, Done, Announce(News::Avatar)],                     Stay)],

        // ── A member offers a file, which others hear of when all of it is there: see the transfer table.
        (Member, Attach) => &[
            R(NickBad,          &[Refuse(No::NickBad)],                                                 Stay),
            R(ToItself,         &[Refuse(No::ToItself)],                                                Stay),
            R(NotInRoom,        &[Refuse(No::NotInRoom)],                                               Stay),
            R(FileNameBad,      &[Refuse(No::FileNameBad)],                                             Stay),
            R(PictureBad,       &[Refuse(No::PictureBad)],                                              Stay),
            R(PictureLarge,     &[Refuse(No::PictureLarge)],                                            Stay),
            R(FileLarge,        &[Refuse(No::FileLarge)],                                               Stay),
            R(TransferBegun,    &[Hand(AtTransfer::Offered)],                                           Stay),
            R(TooFastOnceMore,  &[Farewell(Why::Flooding), LeaveRooms(Why::Flooding), GiveNickBack],    End),
            R(TooFast,          &[StartMute, Refuse(No::Muted), Announce(News::Muted), Arm(Alarm::Mute)], Become(Muted)),
            R(AbsentForGood,    &[Refuse(No::Absent)],                                                  Stay),
            R(MailFull,         &[Refuse(No::MailFull)],                                                Stay),
            R(TransfersEnough,  &[Refuse(No::TransfersEnough)],                                         Stay),
            R(FilesFull,        &[Refuse(No::FilesFull)],                                               Stay),
            R(Always,           &[Spend, BeginTransfer],                                                Stay)],
        (Member, Chunk) => &[
            R(TransferEnded,    &[TellOutcome],                                                         Stay),
            R(NoTransfer,       &[Refuse(No::TransferOver)],                                            Stay),
            R(Always,           &[Hand(AtTransfer::Chunk)],                                             Stay)],
        (Muted, Chunk) => &[
            R(TransferEnded,    &[TellOutcome],                                                         Stay),
            R(Always,           &[Refuse(No::Muted)],                                                   Stay)],
        (Member | Muted, Cancel) => &[
            R(NoTransfer,       &[Refuse(No::TransferOver)],                                            Stay),
            R(Always,           &[Hand(AtTransfer::Cancelled)],                                         Stay)],

        // ── The muted listen. They may ask, leave, quit and, being operators, act; but nothing that others would hear as
        //    talk. Of a mute and its end all rooms of the muted are told, themselves included.
        (Muted, Wear | Say | Private | Enter | Attach) => &[
            R(Always,           &[Refuse(No::Muted)],                                                   Stay)],
        (Muted, MuteOver | Unsilenced) => &[
            R(Always,           &[LiftMute, Announce(News::Unmuted)],                                   Become(Member))],

        // ── Both may ask, leave rooms and quit.
        (Member | Muted, Join | Resume) => &[
            R(Always,           &[Refuse(No::AlreadyJoined)],                                           Stay)],
        (Member | Muted, Leave) => &[
            R(NotInRoom,        &[Refuse(No::NotInRoom)],                                               Stay),
            R(Always,           &[LeaveRoom, Done, AnnounceHere(News::LeftRoom)],                       Stay)],
        (Member | Muted, Who) => &[
            R(AsksTooFast,      &[Refuse(No::AsksTooFast)],                                             Stay),
            R(NotInRoom,        &[Refuse(No::NotInRoom)],                                               Stay),
            R(Always,           &[SpendAsk, TellMembers],                                               Stay)],
        (Member | Muted, Rooms) => &[
            R(AsksTooFast,      &[Refuse(No::AsksTooFast)],                                             Stay),
            R(Always,           &[SpendAsk, TellRooms],                                                 Stay)],
        (Member | Muted, History) => &[
            R(AsksTooFast,      &[Refuse(No::AsksTooFast)],                                             Stay),
            R(NickBad,          &[Refuse(No::NickBad)],                                                 Stay),
            R(NotInRoom,        &[Refuse(No::NotInRoom)],                                               Stay),
            R(OlderStored,      &[SpendAsk, FetchPage],                                                 Stay),
            R(Always,           &[SpendAsk, TellPage],                                                  Stay)],
        // The bytes of a file are asked for piece by piece, by whoever can read the message that told of it.
        (Member | Muted, Fetch) => &[
            R(NoFile,           &[Refuse(No::NoFile)],                                                  Stay),
            R(Always,           &[FetchPiece],                                                          Stay)],
        (Member | Muted, Quit) => &[
            R(Always,           &[LeaveRooms(Why::Quit), GiveNickBack, Done, Arm(Alarm::Quiet)],        Become(Guest))],
        (Member | Muted, Again) => &[
            R(AnswerKept,       &[TellAgain],                                                           Stay),
            R(Always,           &[Refuse(No::OutOfOrder)],                                              Stay)],

        // ── An operator is whoever showed the key, and needs no nick for it. Who joins stays one, and so does a session that
        //    its owner comes back to; what a guest was that hands its connection over is over with it, and who quits is one
        //    no more. What is done to others is theirs to decide, by rows below.
        (Guest | Member | Muted, Operate) => &[
            R(AsksTooFast,      &[Refuse(No::AsksTooFast)],                                             Stay),
            R(KeyWrong,         &[SpendAsk, Refuse(No::KeyWrong)],                                      Stay),
            R(Always,           &[MakeOperator, Done],                                                  Stay)],
        (Guest | Member | Muted, Event::Mute) => &[
            R(NotOperator,      &[Refuse(No::NotOperator)],                                             Stay),
            R(TargetAbsent,     &[Refuse(No::Absent)],                                                  Stay),
            R(Always,           &[Done, Raise(Silenced)],                                               Stay)],
        (Guest | Member | Muted, Unmute) => &[
            R(NotOperator,      &[Refuse(No::NotOperator)],                                             Stay),
            R(LeaverMuted,      &[LiftLeaversMute, Done],                                               Stay),
            R(TargetAbsent,     &[Refuse(No::Absent)],                                                  Stay),
            R(TargetNotMuted,   &[Refuse(No::NotMuted)],                                                Stay),
            R(Always,           &[Done, Raise(Unsilenced)],                                             Stay)],
        (Guest | Member | Muted, Kick) => &[
            R(NotOperator,      &[Refuse(No::NotOperator)],                                             Stay),
            R(TargetAbsent,     &[Refuse(No::Absent)],                                                  Stay),
            R(Always,           &[Done, Raise(Kicked)],                                                 Stay)],
        (Member | Muted, Silenced) => &[
            R(Always,           &[Silence, Announce(News::Muted), Arm(Alarm::Mute)],                    Become(Muted))],
        (Member | Muted, Kicked) => &[
            R(Always,           &[Farewell(Why::Kicked), LeaveRooms(Why::Kicked), GiveNickBack],        End)],

        // ── The owner comes back while the old connection still seems to be alive.
        (Member | Muted, Returned) => &[
            R(Always,           &[DropGhost, TakeOver, WelcomeBack, CatchUp],                           Stay)],

        // ── A detached session waits for its owner. What is said to it meanwhile it gets on returning.
        (Detached, Returned) => &[
            R(StillMuted,       &[TakeOver, WelcomeBack, CatchUp, Arm(Alarm::Quiet)],                   Become(Muted)),
            R(Always,           &[TakeOver, WelcomeBack, CatchUp, Arm(Alarm::Quiet)],                   Become(Member))],
        (Detached, ResumeOver) => &[
            R(Always,           &[LeaveRooms(Why::Lost), GiveNickBack],                                 End)],
        (Detached, MuteOver) => &[
            R(Always,           &[LiftMute, Announce(News::Unmuted)],                                   Stay)],
        (Detached, Unsilenced) => &[
            R(Always,           &[LiftMute, Disarm(Alarm::Mute), Announce(News::Unmuted)],              Stay)],
        (Detached, Silenced) => &[
            R(Always,           &[Silence, Announce(News::Muted), Arm(Alarm::Mute)],                    Stay)],
        (Detached, Kicked) => &[
            R(Always,           &[LeaveRooms(Why::Kicked), GiveNickBack],                               End)],
        (Detached, Stopping) => &[
            R(Always,           &[],                                                                    Stay)],

        // ── Ways to lose the connection, beside those above: one too many from an address (Opened), flooding (Say,
        //    Private, Enter), being kicked, being replaced (Returned). Whoever has a resume token keeps the session for
        //    a while, unless it was ended for what its client did or, being idle, did not. (Handing a connection over to
        //    the session that its token names ends the guest, and not the connection; quitting keeps it.)
        (Guest, Garbled) => &[
            R(GarbledEnough,    &[Farewell(Why::Malformed)],                                            End),
            R(Always,           &[CountGarbled, Refuse(No::Malformed)],                                 Stay)],
        (Member | Muted, Garbled) => &[
            R(GarbledEnough,    &[Farewell(Why::Malformed), LeaveRooms(Why::Malformed), GiveNickBack],  End),
            R(Always,           &[CountGarbled, Refuse(No::Malformed)],                                 Stay)],
        (Guest, Foreign) => &[
            R(Always,           &[Farewell(Why::Foreign)],                                              End)],
        (Member | Muted, Foreign | Relayed) => &[
            R(Always,           &[Farewell(Why::Foreign), LeaveRooms(Why::Foreign), GiveNickBack],      End)],
        (Guest, TooSlow) => &[
            R(Always,           &[HangUp],                                                              End)],
        (Member | Muted, TooSlow) => &[
            R(NoToken,          &[HangUp, LeaveRooms(Why::TooSlow), GiveNickBack],                      End),
            R(Always,           &[HangUp, Arm(Alarm::Resume)],                                          Become(Detached))],
        (Guest, Lost) => &[
            R(Always,           &[LetGo],                                                               End)],
        (Member | Muted, Lost) => &[
            R(NoToken,          &[LetGo, LeaveRooms(Why::Lost), GiveNickBack],                          End),
            R(Always,           &[LetGo, Arm(Alarm::Resume)],                                           Become(Detached))],
        // Who asked something, and be it the report, is no stranger any more, and watched as members are.
        (Guest, HandshakeOver) => &[
            R(AskedBefore,      &[Arm(Alarm::Quiet)],                                                   Stay),
            R(Always,           &[Farewell(Why::NotJoining)],                                           End)],
        (Guest | Member | Muted, Quiet) => &[
            R(HeardSince,       &[Arm(Alarm::Quiet)],                                                   Stay),
            R(Always,           &[SendPing, Arm(Alarm::Idle)],                                          Stay)],
        (Guest, Idle) => &[
            R(HeardSince,       &[Arm(Alarm::Quiet)],                                                   Stay),
            R(Always,           &[Farewell(Why::Idle)],                                                 End)],
        (Member | Muted, Idle) => &[
            R(HeardSince,       &[Arm(Alarm::Quiet)],                                                   Stay),
            R(Always,           &[Farewell(Why::Idle), LeaveRooms(Why::Idle), GiveNickBack],            End)],
        (Guest, Stopping) => &[
            R(Always,           &[Farewell(Why::Stopping)],                                             End)],
        (Member | Muted, Stopping) => &[
            R(NoToken,          &[Farewell(Why::Stopping), LeaveRooms(Why::Stopping), GiveNickBack],    End),
            R(Always,           &[Farewell(Why::Stopping), Arm(Alarm::Resume)],                         Become(Detached))],

        // ── What cannot come to pass: a guest has nothing to repeat, no nick to be named by and no such alarm;
        //    a connection opens once; whoever talks is not muted; and without a connection nothing is asked.
        (Guest, Again | ResumeOver | Returned | Silenced | Unsilenced | Kicked) => NEVER,
        (Member, MuteOver | Unsilenced) => NEVER,
        (Member | Muted, Opened | HandshakeOver | ResumeOver) => NEVER,
        (Detached, Report | Join | Wear | Resume | Say | Private | Enter | Leave | Who | Rooms | History | Ping | Attach | Chunk
            | Cancel | Fetch | Quit | Operate | Event::Mute | Unmute | Kick | Again) => NEVER,
        (Detached, Opened | Relayed | Garbled | Foreign | TooSlow | Lost | HandshakeOver | Quiet | Idle) => NEVER,
    }
}
