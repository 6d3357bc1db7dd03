//! The words of the session table, each with its meaning.

use super::super::words::words;
use crate::transfer::Event as TransferEvent;

words! {
    /// Where a user's session stands at the server.
    pub enum State {
        /// Has a connection and no nick yet.
        Guest,
        /// Has a nick and a connection, and may talk.
        Member,
        /// Has a nick and a connection, may listen but not talk for a while.
        Muted,
        /// Has a nick and no connection; its owner may return with the resume token.
        Detached,
    }
}

words! {
    /// What can happen to a session.
    pub enum Event {
        /// The client asks who is active.
        Report,
        /// The client asks for a nick and a place in the chat.
        Join,
        /// The client comes back with a resume token.
        Resume,
        /// The client changes its avatar to an emoji, or to none.
        Wear,
        /// The client says something in a room.
        Say,
        /// The client says something to one user.
        Private,
        /// The client goes into a room, which begins if there is none of that name.
        Enter,
        /// The client goes out of a room.
        Leave,
        /// The client asks who is in a room, or in all of the chat.
        Who,
        /// The client asks which rooms there are.
        Rooms,
        /// The client asks for older messages.
        History,
        /// The client asks for a sign of life.
        Ping,
        /// The client offers a file to a room or to one user.
        Attach,
        /// The client sends some of a file's bytes.
        Chunk,
        /// The client wants a transfer no more.
        Cancel,
        /// The client asks for some of the bytes of a file that it heard of.
        Fetch,
        /// The client gives back its nick.
        Quit,
        /// The client shows the operator's key; it needs no nick for that, nor for what operators do.
        Operate,
        /// An operator asks to mute somebody.
        Mute,
        /// An operator asks to lift somebody's mute.
        Unmute,
        /// An operator asks to throw somebody out.
        Kick,
        /// A request came whose number was passed before: the client sends again what it got no answer to.
        Again,

        /// The connection was accepted.
        Opened,
        /// A relay tells whose connection it passes on.
        Relayed,
        /// Bytes came that are no request; the next ones may be.
        Garbled,
        /// Bytes came after which nothing can be understood: another protocol, or another version of ours.
        Foreign,
        /// The connection's outbox is full: its reader is too slow.
        TooSlow,
        /// The connection is gone.
        Lost,

        /// The time to ask something first is over.
        HandshakeOver,
        /// Nothing was heard for half of the idle time.
        Quiet,
        /// Nothing was heard for the idle time.
        Idle,
        /// The mute has run out.
        MuteOver,
        /// The time to return is over.
        ResumeOver,

        /// The owner came back over another connection.
        Returned,
        /// An operator muted this session.
        Silenced,
        /// An operator lifted this session's mute.
        Unsilenced,
        /// An operator threw this session out.
        Kicked,
        /// The server is stopping.
        Stopping,
    }
}

words! {
    /// Who brings an event.
    pub enum Source {
        /// A request of the session's own client.
        Client,
        /// The session's connection.
        Connection,
        /// A time-out of the session's own.
        Clock,
        /// Another session's row, or the server as a whole.
        Server,
    }
}

words! {
    /// A time-out that a session can have pending.
    pub enum Alarm {
        /// Rings when a guest should have asked something.
        Handshake,
        /// Rings when nothing was heard for half of the idle time.
        Quiet,
        /// Rings when nothing was heard for the idle time.
        Idle,
        /// Rings when the mute runs out.
        Mute,
        /// Rings when a detached session should have returned.
        Resume,
    }
}

words! {
    /// A question about the machine that a row asks before it fires; asking changes nothing.
    pub enum Guard {
        /// Always.
        Always,
        /// The address of the connection has as many connections as one address may have, and is not trusted to be a relay's.
        AddressCrowded,
        /// The connection does not come from an address that is trusted to be a relay's.
        RelayNotTrusted,
        /// Something came over the connection before.
        RelayTellsLate,
        /// The profile or the server has as many members as it may have.
        Full,
        /// The nick is not one that a user can have, or is reserved, and the profile ends the connection.
        NickUnfitCloses,
        /// The nick is not one that a user can have.
        NickBad,
        /// The nick is reserved: a word that is nobody's name, or one that a relay's mark begins and no relay passed on.
        NickReserved,
        /// The avatar is not one emoji.
        AvatarBad,
        /// The nick is somebody's, and the profile ends the connection.
        NickTakenCloses,
        /// The nick is somebody's, and the profile gives no other.
        NickTakenForGood,
        /// The nick is somebody's, and the profile adds a number to it.
        NickTaken,
        /// The resume token belongs to a session that still is.
        TokenKnown,
        /// The name is not one that a room can have.
        RoomBad,
        /// The session is not in that room.
        NotInRoom,
        /// The session is in that room already.
        InRoom,
        /// The session is in as many rooms as it may be in.
        RoomsEnough,
        /// The room has as many members as it may have.
        RoomCrowded,
        /// There are as many rooms as there may be, and somebody is in each of them.
        RoomsFull,
        /// The text is empty.
        TextEmpty,
        /// The text is too long.
        TextLong,
        /// The text holds control characters other than newline and tab.
        TextUnsafe,
        /// The session talks faster than it may.
        TooFast,
        /// The session talked lately, has one more message than this at most before it talks faster than it may, and was
        /// not told so since it last was silent for long enough.
        NearlyTooFast,
        /// The session talks faster than it may once more, and the profile's patience is over.
        TooFastOnceMore,
        /// The session asks faster than it may.
        AsksTooFast,
        /// The recipient's nick is its own.
        ToItself,
        /// Nobody has the recipient's nick, and the profile refuses what cannot be delivered.
        AbsentRefused,
        /// Nobody has the recipient's nick, and the profile discards what cannot be delivered.
        AbsentDiscarded,
        /// As many messages or conversations wait as may wait, beside those that waited for nobody too long.
        MailFull,
        /// Nobody has the recipient's nick.
        Absent,
        /// The recipient is detached.
        RecipientDetached,
        /// Nobody has the recipient's nick, and the profile keeps nothing for later.
        AbsentForGood,
        /// The name is not one that a file can have.
        FileNameBad,
        /// The file is to be the session's avatar, and is empty or no PNG, JPEG, GIF or WebP.
        PictureBad,
        /// The file is to be the session's avatar, and is larger than one may be.
        PictureLarge,
        /// The file is larger than files may be.
        FileLarge,
        /// A transfer of this very file to this very place is under way.
        TransferBegun,
        /// As many transfers are under way, of the session or in all, as may be.
        TransfersEnough,
        /// The server keeps as many files, or bytes of files, as it may.
        FilesFull,
        /// It is known what came of the transfer.
        TransferEnded,
        /// The session has no such transfer.
        NoTransfer,
        /// There is no such file, or none that the session has heard of.
        NoFile,
        /// The answer to the repeated request is kept.
        AnswerKept,
        /// Part of the page asked for is older than what the machine keeps, and a store has it.
        OlderStored,
        /// The key is not the operator's.
        KeyWrong,
        /// The session has not shown the operator's key.
        NotOperator,
        /// Nobody has the nick that the operator names.
        TargetAbsent,
        /// Nobody has the nick that the operator names, and whoever had it was muted on leaving, and still is.
        LeaverMuted,
        /// The user whom the operator names is not muted.
        TargetNotMuted,
        /// It is garbled as often in a row as may be.
        GarbledEnough,
        /// The session has no resume token.
        NoToken,
        /// The session asked something since its connection opened.
        AskedBefore,
        /// Something was heard while the alarm was pending.
        HeardSince,
        /// The session, or whoever had the nick before, was muted on leaving, and the mute still runs.
        StillMuted,
    }
}

words! {
    /// Why a request is refused: a stable code, and a sentence for people.
    pub enum No {
        /// The chatroom has reached its maximum capacity.
        Full,
        /// A nick has 1 to 20 characters and no white space, control character or any of : , @ # / ! &.
        NickBad,
        /// This nick is reserved.
        NickReserved,
        /// Another user is using this username.
        NickTaken,
        /// The session is over; please join again.
        SessionOver,
        /// Please join first.
        NotJoined,
        /// You have joined already.
        AlreadyJoined,
        /// A room's name has 1 to 32 characters and no white space, control character or any of : , @ # / ! &.
        RoomBad,
        /// You are not in that room.
        NotInRoom,
        /// You are in that room already.
        InRoom,
        /// You are in as many rooms as one user may be in; please leave one first.
        RoomsEnough,
        /// That room is full.
        RoomCrowded,
        /// The server has as many rooms as it can have.
        RoomsFull,
        /// There is no text.
        TextEmpty,
        /// The text is too long.
        TextLong,
        /// The text holds control characters.
        TextUnsafe,
        /// You are muted.
        Muted,
        /// You ask too fast; please wait a moment.
        AsksTooFast,
        /// This is your own nick.
        ToItself,
        /// There is no user of that nick.
        Absent,
        /// Too many messages wait already, for that user or in all.
        MailFull,
        /// A request of this number was passed, and its answer is not kept.
        OutOfOrder,
        /// The operator's key is not right.
        KeyWrong,
        /// Only an operator may do this.
        NotOperator,
        /// That user is not muted.
        NotMuted,
        /// This was not understood.
        Malformed,
        /// A file's name has 1 to 100 characters, no control characters and none of / \ : * ? " < > |, does not begin or end with a dot or a space, and is no name of a device such as nul or com1.
        FileNameBad,
        /// The file is too large.
        FileLarge,
        /// An avatar is one emoji or a picture, and this is no emoji.
        AvatarBad,
        /// A picture for an avatar is a PNG, JPEG, GIF or WebP.
        PictureBad,
        /// The picture is too large for an avatar.
        PictureLarge,
        /// Too many files are on their way already; please wait for one to arrive.
        TransfersEnough,
        /// The server keeps as many files as it can.
        FilesFull,
        /// There is no such transfer, or it was broken off.
        TransferOver,
        /// All of the file is there already.
        FileWhole,
        /// The file did not arrive as it was sent.
        FileDamaged,
        /// There is no such file.
        NoFile,
        /// The server's disk is full or failing: nothing can be kept now; please try again later.
        StorageFull,
    }
}

words! {
    /// Why a session or its connection ended.
    pub enum Why {
        /// The user quit.
        Quit,
        /// The connection was lost for good.
        Lost,
        /// An operator threw the user out.
        Kicked,
        /// Nothing was heard for too long.
        Idle,
        /// Messages were not read fast enough.
        TooSlow,
        /// The user talked too fast too often.
        Flooding,
        /// Too many messages in a row were not understood.
        Malformed,
        /// The peer does not speak this protocol, or not this version of it.
        Foreign,
        /// Nothing was asked in the time that there was for it.
        NotJoining,
        /// There are too many connections from this address.
        Crowded,
        /// Another user is using this username.
        NickTaken,
        /// This is not a username that a user can have.
        NickUnfit,
        /// The user came back over another connection.
        Replaced,
        /// The server is stopping.
        Stopping,
    }
}

words! {
    /// What a room is told about one of its members, and keeps in its history.
    pub enum News {
        /// The user joined the chat.
        Joined,
        /// The user came into the room.
        Entered,
        /// The user went out of the room.
        LeftRoom,
        /// The user was muted.
        Muted,
        /// The user may talk again.
        Unmuted,
        /// The user has another avatar, or none any more.
        Avatar,
    }
}

words! {
    /// One thing that a row does. None asks a question: that is the guards' part.
    pub phrases Effect {
        /// Answers the request: refused, and why.
        Refuse(No),
        /// Answers the request: done.
        Done,
        /// Answers the request with the nick, address, port and time of joining of each active user.
        TellReport,
        /// Answers the request with the members of the room, or of the chat.
        TellMembers,
        /// Answers the request with the rooms and how many are in each.
        TellRooms,
        /// Answers the request with a page of older messages that the machine keeps.
        TellPage,
        /// Has the runtime answer the request with a page of older messages from the store.
        FetchPage,
        /// Answers the request with a sign of life.
        TellPong,
        /// Answers the request as it was answered before.
        TellAgain,
        /// Answers the request with number and time of the message it brought.
        TellPosted,
        /// Answers the request with number and time of the message it brought, and tells the session to slow down.
        TellSlowDown,
        /// Answers the request with number and time of the message it brought, which waits for its recipient.
        TellWaiting,
        /// Begins a transfer, whose first row answers the request.
        BeginTransfer,
        /// Raises an event at the transfer that the request names, whose row answers the request or keeps it.
        Hand(TransferEvent),
        /// Answers the request with what came of the transfer.
        TellOutcome,
        /// Has the runtime answer the request with bytes of the file.
        FetchPiece,
        /// Answers the request: the session is in the room, whose history follows as the profile gives it.
        TellRoom,
        /// Answers the request: the final nick and who is there, followed by the history as the profile gives it.
        Welcome,
        /// Answers the request over the new connection: the session goes on, its rooms and their last numbers.
        WelcomeBack,

        /// Makes the address and port that the relay told the session's own.
        TakeAddress,
        /// Makes the nick the session's own.
        TakeNick,
        /// Makes the nick with a random number behind it the session's own.
        TakeSuffixedNick,
        /// Makes the emoji of the request the session's avatar, or takes the avatar off it if there is none; a picture that
        /// it had is removed.
        TakeAvatar,
        /// Makes the nick and the resume token nobody's; a mute that still runs stays with the nick, the session's picture
        /// is removed, its transfers learn that their owner is gone, and the session is no operator's any more.
        GiveNickBack,
        /// Puts the session into the default room.
        EnterLobby,
        /// Puts the session into the room.
        EnterRoom,
        /// Takes the session out of the room.
        LeaveRoom,
        /// Takes the session out of all its rooms and tells those who stay why it left.
        LeaveRooms(Why),
        /// Tells the news to every room that the session is in.
        Announce(News),
        /// Tells the news to the room of the request.
        AnnounceHere(News),

        /// Takes a token for talking out of the session's bucket.
        Spend,
        /// Takes a token for asking out of the session's bucket.
        SpendAsk,
        /// Numbers and keeps the message, and sends it to all in the room.
        Post,
        /// Numbers and keeps the private message; its recipient gets it now, on returning, or on joining.
        KeepPrivate,
        /// Sends the private message to its recipient.
        SendPrivate,
        /// Sends the private messages that waited for this nick, but for those that waited too long.
        DeliverLate,
        /// Sends what the session missed, after the numbers that the client named; of a room the newest that an outbox
        /// has place for, and its history once more to who has nothing from after entering it.
        CatchUp,

        /// Mutes the session for its talking, each time twice as long as the last.
        StartMute,
        /// Mutes the session for as long as the operator said.
        Silence,
        /// Takes the mute off the session.
        LiftMute,
        /// Takes the mute off the nick that was left.
        LiftLeaversMute,
        /// Makes the session an operator's, until it gives its nick back or ends.
        MakeOperator,
        /// Raises an event at the session whose nick or token the request names.
        Raise(Event),

        /// Counts bytes that were no request.
        CountGarbled,
        /// Tells the client why its connection ends, and ends it.
        Farewell(Why),
        /// Ends the connection without a word.
        HangUp,
        /// Forgets the connection that is gone.
        LetGo,
        /// Gives the connection up to the session of the resume token.
        HandOver,
        /// Tells the client's old connection that it was replaced, and ends it.
        DropGhost,
        /// Makes the connection that was handed over the session's own.
        TakeOver,
        /// Asks the client for a sign of life.
        SendPing,
        /// Sets an alarm.
        Arm(Alarm),
        /// Takes an alarm off that the next state would still hear.
        Disarm(Alarm),
    }
}

impl Event {
    /// Who brings this event.
    pub const fn source(self) -> Source {
        use Event::*;
        match self {
            Report | Join | Wear | Resume | Say | Private | Enter | Leave | Who | Rooms | History | Ping | Attach
            | Chunk | Cancel | Fetch | Quit | Operate | Mute | Unmute | Kick | Again => Source::Client,
            Opened | Relayed | Garbled | Foreign | TooSlow | Lost => Source::Connection,
            HandshakeOver | Quiet | Idle | MuteOver | ResumeOver => Source::Clock,
            Returned | Silenced | Unsilenced | Kicked | Stopping => Source::Server,
        }
    }

    /// Whether a request changes something that a client must be able to rely on: it is applied once however often
    /// it is sent, and answered again.
    pub const fn applied_once(self) -> bool {
        use Event::*;
        match self {
            Wear | Say | Private | Enter | Leave | Attach | Cancel | Quit | Operate | Mute | Unmute | Kick => true,
            Report | Join | Resume | Who | Rooms | History | Ping | Chunk | Fetch | Again => false,
            Opened | Relayed | Garbled | Foreign | TooSlow | Lost => false,
            HandshakeOver | Quiet | Idle | MuteOver | ResumeOver => false,
            Returned | Silenced | Unsilenced | Kicked | Stopping => false,
        }
    }
}

impl Alarm {
    /// The event that ringing brings.
    pub const fn event(self) -> Event {
        match self {
            Self::Handshake => Event::HandshakeOver,
            Self::Quiet => Event::Quiet,
            Self::Idle => Event::Idle,
            Self::Mute => Event::MuteOver,
            Self::Resume => Event::ResumeOver,
        }
    }
}
