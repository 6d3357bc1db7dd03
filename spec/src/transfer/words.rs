//! The words of the transfer table, each with its meaning.

use crate::session::No;
use crate::words::words;

words! {
    /// Where a transfer stands at the server.
    pub enum State {
        /// Bytes are awaited from the owner, connected or not.
        Receiving,
        /// All bytes are there; the file keeper compares them with what was promised.
        Checking,
        /// The owner is gone while the file keeper compares; whatever comes of it, nothing is kept.
        Forsaken,
    }
}

words! {
    /// What can happen to a transfer.
    pub enum Event {
        /// The owner offers a file, and the transfer begins.
        Begun,
        /// The owner offers the same file once more, to go on with it.
        Offered,
        /// The owner sends some of the bytes, or none to hear how far the transfer is.
        Chunk,
        /// The owner wants the transfer no more.
        Cancelled,

        /// The owner's session is over.
        OwnerGone,
        /// Nothing came for too long.
        Stalled,
        /// The server started again; so many of the bytes are on its disk.
        Reopened,

        /// The file keeper has the whole file, as promised and under a name of its own.
        Verified,
        /// The file keeper found other bytes than were promised, and has let go of them.
        Damaged,
        /// The file keeper could not write.
        NoSpace,
    }
}

words! {
    /// Who brings an event.
    pub enum Source {
        /// A request of the owner's, by a row of its session.
        Owner,
        /// A time-out of the transfer's own.
        Clock,
        /// The owner's session as it ends, or the server as a whole.
        Server,
        /// The keeper of files.
        Keeper,
    }
}

words! {
    /// A time-out of a transfer's own. A state in which it cannot ring stops it.
    pub enum Alarm {
        /// Nothing came for too long.
        Stall,
    }
}

words! {
    /// A question about the machine that a row asks before it fires; asking changes nothing.
    pub enum Guard {
        /// Always.
        Always,
        /// All bytes of the file are there.
        Whole,
        /// The bytes do not go on where the others end, or are too many, or none.
        Astray,
        /// The bytes are the last of the file.
        Last,
        /// A request of the owner's awaits the end already.
        EndAwaited,
        /// The owner is muted.
        OwnerMuted,
        /// The file is for a room that the owner is not in.
        OutOfRoom,
        /// The file is for a nick that nobody has, and the profile keeps nothing for later.
        AbsentForGood,
        /// The file is for one user, and as many messages or conversations wait as may wait.
        MailFull,
        /// The file is to be the owner's avatar.
        ToWear,
        /// The file is for a room.
        ToRoom,
        /// The file is for a user who is not connected.
        RecipientAway,
    }
}

words! {
    /// One thing that a row does. None asks a question: that is the guards' part.
    pub phrases Effect {
        /// Answers the request: which transfer it is, and with which byte it goes on.
        TellReady,
        /// Answers the request: how many bytes are there.
        TellTaken,
        /// Answers the request: done.
        Done,
        /// Answers the request: refused, and why.
        Refuse(No),
        /// Keeps the request; the end of the transfer will answer it.
        AwaitEnd,
        /// Answers the request that has awaited the end until now: how many bytes are there.
        TellEarlier,

        /// Has the runtime write the bytes, and counts them.
        WriteChunk,
        /// Counts only the bytes that are on the disk.
        SetBack,
        /// Has the file keeper compare size and digest, and give the file its name.
        CheckFile,
        /// Has the file keeper let go of the bytes that came.
        DiscardPart,
        /// Has the file keeper remove the whole file.
        RemoveFile,
        /// Lists the file among those that can be fetched by who can read its message, or, being an avatar, by who is in.
        KeepFile,

        /// Makes the picture its owner's avatar; a picture that was it before is removed.
        Wear,
        /// Tells all rooms that the owner is in what its avatar is.
        Announce,
        /// Numbers and keeps the message with the file, and sends it to all in the room.
        Post,
        /// Numbers and keeps the private message with the file; its recipient gets it now, on returning, or on joining.
        KeepPrivate,
        /// Sends the private message with the file to its recipient.
        SendPrivate,
        /// Notes for the owner that the file was taken, and answers whatever request awaits the end.
        Succeed,
        /// Notes for the owner why the file was not taken, and answers whatever request awaits the end.
        Fail(No),
        /// Sets an alarm, or sets it anew.
        Arm(Alarm),
    }
}

impl Event {
    /// Who brings this event.
    pub const fn source(self) -> Source {
        use Event::*;
        match self {
            Begun | Offered | Chunk | Cancelled => Source::Owner,
            OwnerGone | Reopened => Source::Server,
            Stalled => Source::Clock,
            Verified | Damaged | NoSpace => Source::Keeper,
        }
    }
}
