//! The words of the client's table, each with its meaning.

use super::super::words::words;

words! {
    /// Where a client stands.
    pub enum State {
        /// Has no connection and wants none.
        Offline,
        /// Reaches for the server for the first time, to ask or to join.
        Dialing,
        /// Has a connection and no nick; may ask for the report.
        Ready,
        /// Has asked for a nick and waits for the answer.
        Joining,
        /// Has a nick and a connection, and may talk.
        Joined,
        /// Lost its connection while it had or wanted a nick, and waits to dial again.
        Away,
        /// Reaches for the server again.
        Redialing,
        /// Has a new connection, has shown its resume token, and waits for the answer.
        Resuming,
    }
}

words! {
    /// What can happen to a client.
    pub enum Event {
        /// The user asks something, or says something.
        Ask,
        /// The user asks for a nick and a place in the chat.
        AskJoin,
        /// The user wants to go, when all that was asked before has been answered.
        AskQuit,
        /// The user wants to give the nick back and stay connected, when all that was asked before has been answered.
        AskLogout,
        /// The user wants no connection any more, at once.
        AskClose,

        /// The server was reached.
        Opened,
        /// The server could not be reached.
        DialFailed,
        /// The connection is gone.
        Lost,
        /// Bytes came that are no message of this protocol, or not of this version of it.
        Foreign,

        /// The server answers: you are in.
        Welcomed,
        /// The server refuses the nick.
        JoinRefused,
        /// The server answers: you are still in.
        WelcomedBack,
        /// The server answers: the session is over.
        ReturnRefused,
        /// The server answers what the user asked.
        Answered,
        /// The server answers that the nick was given back, or refuses to take it.
        QuitDone,
        /// The server answers that the nick was given back, and the connection is to stay.
        LogoutDone,
        /// The server sends older messages that the client itself asked for, to fill a hole.
        PageCame,
        /// The server refuses older messages that the client itself asked for.
        PageRefused,
        /// The server answers what nobody waits for.
        Stray,
        /// The server tells a message, as it happens or because it was missed.
        Told,
        /// The server tells a message from before the client came.
        Recalled,
        /// The server asks for a sign of life.
        Pinged,
        /// The server says that it ends the connection.
        Dismissed,

        /// The pause before dialing again is over.
        RetryDue,
        /// The time to reach the server is over.
        DialOver,
        /// Nothing was heard for a while.
        Silent,
        /// The sign of life did not come.
        Overdue,
        /// A page that was refused for haste may be asked for again.
        PageDue,
    }
}

words! {
    /// Who brings an event.
    pub enum Source {
        /// The user.
        User,
        /// The connection.
        Connection,
        /// The server.
        Server,
        /// A time-out.
        Clock,
    }
}

words! {
    /// A time-out that a client can have pending. It is dropped in a state in which it cannot ring.
    pub enum Alarm {
        /// Rings when the client may dial again.
        Retry,
        /// Rings when the server should have been reached.
        Dial,
        /// Rings when nothing was heard for a while.
        Silence,
        /// Rings when a sign of life should have come.
        Answer,
        /// Rings when refused pages may be asked for again.
        Page,
    }
}

words! {
    /// A question about the client that a row asks before it fires; asking changes nothing.
    pub enum Guard {
        /// Always.
        Always,
        /// As many requests are kept as may be.
        QueueFull,
        /// The user asked for a nick.
        JoinWanted,
        /// The user asked to go already.
        QuitWanted,
        /// The server welcomed the client, and it did not hear since that the session is over.
        HasSeat,
        /// The server ends the connection for a reason that lets the client come back.
        MayReturn,
        /// The answer says that the client is in the room that it asked to enter.
        RoomEntered,
        /// The answer says that the client is out of the room that it asked to leave, and it asks to enter it again.
        RoomLeftForNow,
        /// The answer says that the client is out of the room that it asked to leave.
        RoomLeft,
        /// The answer says that the avatar was changed, or taken off, as the client asked.
        AvatarTaken,
        /// The answer says that the private message was taken, and the message was not shown yet.
        PrivateTaken,
        /// The message was shown, or is held back, already.
        KnownAlready,
        /// The message is the user's own in a private conversation, and its answer is still to come.
        OwnUnanswered,
        /// As many messages are held back as may be.
        HoldFull,
        /// An earlier message of the room is missing and asked for.
        HoleOpen,
        /// Messages between the last one of the room and this one are missing.
        HoleBefore,
        /// The page reaches the last message that was shown, or there is nothing older.
        PageEndsHole,
        /// The client was refused because it asks too fast.
        AskedTooFast,
        /// Something was heard while the alarm was pending.
        HeardSince,
    }
}

words! {
    /// One thing that a row does. None asks a question: that is the guards' part.
    pub phrases Effect {
        /// Keeps the request until it is answered.
        Keep,
        /// Keeps the nick and the avatar wished for, and the resume token.
        KeepJoin,
        /// Keeps the wish to go, behind all that was asked before.
        KeepQuit,
        /// Keeps the wish to give the nick back and stay connected, behind all that was asked before.
        KeepLogout,

        /// Reaches for the server.
        Dial,
        /// Gives up reaching for the server.
        StopDial,
        /// Draws a pause, longer than the last, after which the client dials again.
        PutOffDial,
        /// Ends the connection, and forgets what was held back on it.
        HangUp,
        /// Forgets the connection that is gone, and what was held back on it.
        LetGo,

        /// Asks for the nick, with the avatar.
        SendJoin,
        /// Shows the resume token and the last number of each place.
        SendResume,
        /// Asks for a sign of life, which is one too.
        SendPing,
        /// Sends again what was sent and not answered: under its number what may be applied once, afresh what only reads.
        SendAgain,
        /// Takes what was sent and not answered for never sent: no session had it, for it was sent without one.
        AskAfresh,
        /// Sends what was never sent, as far as the window allows.
        SendWaiting,

        /// Takes the nick and the default room that the server gave, and begins to number anew.
        TakeSeat,
        /// Takes the nick and the rooms that the server says are still the client's.
        TakeSeatBack,
        /// Takes the nick of a session whose welcome was lost, and begins to number anew.
        TakeLostSeat,
        /// Asks for the rooms again in which the client was, before all that waits.
        ReenterRooms,
        /// The session is over: what waits belongs to the next one.
        LoseSeat,
        /// Forgets nick, token, rooms and what was shown of them.
        ForgetSeat,
        /// Follows the numbers of the room.
        FollowRoom,
        /// Keeps the numbers of the room until it is entered again: sent again, leaving and entering may both have been
        /// applied long ago, and what was missed since then was shown.
        NoteLeft,
        /// Keeps the avatar, to be asked for with the nick if the session is lost.
        NoteAvatar,
        /// Follows the numbers of the room no more.
        UnfollowRoom,

        /// Shows the message, and remembers its number.
        ShowEntry,
        /// Shows the message as one from before.
        ShowRecalled,
        /// Shows the user's own private message.
        ShowOwn,
        /// Remembers of the request whose message is shown that its answer need not show it.
        NoteShown,
        /// Holds the message back until those before it are there.
        Hold,
        /// Asks for the page before the first message that is held back in the room.
        AskPage,
        /// Asks for the next page in every room in which one was refused.
        AskPages,
        /// Holds back the messages of the page.
        TakePage,
        /// Shows what was held back in the room, in order, and tells how many are missing.
        Release,

        /// Tells the user that the client is in.
        TellWelcome,
        /// Tells the user that the client is in again.
        TellBack,
        /// Tells the user why the nick was refused.
        TellRefusal,
        /// Tells the user what the server answers.
        TellAnswer,
        /// Tells the user that too much waits already, and gives the request back.
        TellTooMany,
        /// Tells the user that the client is in, or about to be, already.
        TellAlready,
        /// Gives back what is kept, was sent and may have been applied: it is not known whether it arrived.
        TellUnsure,
        /// Gives back all that is kept and was not applied.
        TellUnsent,
        /// Tells the user that the server cannot be reached, and why.
        TellUnreachable,
        /// Tells the user that the connection is lost.
        TellLost,
        /// Tells the user when the client dials again.
        TellRetry,
        /// Tells the user why the server ends the connection.
        TellGoodbye,
        /// Tells the user that the peer speaks another protocol, or another version.
        TellForeign,
        /// Tells the user that the client is offline.
        TellOut,

        /// Sets an alarm.
        Arm(Alarm),
    }
}

impl Event {
    /// Who brings this event.
    pub const fn source(self) -> Source {
        use Event::*;
        match self {
            Ask | AskJoin | AskQuit | AskLogout | AskClose => Source::User,
            Opened | DialFailed | Lost | Foreign => Source::Connection,
            Welcomed | JoinRefused | WelcomedBack | ReturnRefused | Answered | QuitDone | LogoutDone | PageCame
            | PageRefused | Stray | Told | Recalled | Pinged | Dismissed => Source::Server,
            RetryDue | DialOver | Silent | Overdue | PageDue => Source::Clock,
        }
    }
}

impl Alarm {
    /// The event that it rings as.
    pub const fn event(self) -> Event {
        match self {
            Self::Retry => Event::RetryDue,
            Self::Dial => Event::DialOver,
            Self::Silence => Event::Silent,
            Self::Answer => Event::Overdue,
            Self::Page => Event::PageDue,
        }
    }
}

impl State {
    /// Whether the client has a connection.
    pub const fn connected(self) -> bool {
        matches!(self, Self::Ready | Self::Joining | Self::Joined | Self::Resuming)
    }

    /// Whether the client reaches for the server.
    pub const fn dials(self) -> bool {
        matches!(self, Self::Dialing | Self::Redialing)
    }
}
