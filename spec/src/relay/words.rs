//! The words of the relay's table, each with its meaning.

use super::super::words::words;

words! {
    /// Where a relay stands with one client.
    pub enum State {
        /// The client is there; whether it is a relay itself has not shown.
        Arriving,
        /// Reaches for the server.
        Reaching,
        /// The server cannot be reached; waits to dial again.
        Waiting,
        /// Both connections stand, and bytes pass.
        Passing,
        /// The client says no more; what waits for the server is written, and the server may still answer.
        ClientGone,
        /// The server says no more; what waits for the client is written.
        ServerGone,
    }
}

words! {
    /// What can happen to a relay's pair of connections.
    pub enum Event {
        /// The client connected.
        Came,
        /// The client begins with a header of the PROXY protocol: it is a relay itself.
        HeaderCame,
        /// The client begins with a header that cannot be read.
        HeaderBad,
        /// The client does not begin with a header.
        NoHeader,
        /// The client says no more.
        ClientEnded,
        /// The connection to the client is gone.
        ClientLost,

        /// The server was reached.
        Reached,
        /// The server could not be reached.
        NotReached,
        /// The server says no more.
        ServerEnded,
        /// The connection to the server is gone.
        ServerLost,
        /// All that waited for the client is written.
        Written,

        /// The time to begin with a header is over.
        HeaderOver,
        /// The time to reach the server is over.
        DialOver,
        /// The pause before dialing again is over.
        RetryDue,
        /// The client was kept as long as one is kept without a server.
        PatienceOver,
        /// Nothing passed for the idle time.
        Idle,
        /// The time to read the rest is over.
        DrainOver,
        /// The relay is stopping.
        Stopping,
    }
}

words! {
    /// Who brings an event.
    pub enum Source {
        /// The connection to the client.
        Client,
        /// The connection to the server.
        Server,
        /// A time-out.
        Clock,
        /// Whoever runs the relay.
        Operator,
    }
}

words! {
    /// A time-out that can be pending. It is dropped in a state in which it cannot ring.
    pub enum Alarm {
        /// Rings when a relay would have sent its header.
        Header,
        /// Rings when the server should have been reached.
        Dial,
        /// Rings when the relay may dial again.
        Retry,
        /// Rings when the client was kept long enough without a server.
        Patience,
        /// Rings when nothing passed for the idle time.
        Idle,
        /// Rings when the rest should have been read.
        Drain,
    }
}

words! {
    /// A question that a row asks before it fires; asking changes nothing.
    pub enum Guard {
        /// Always.
        Always,
        /// The relay has as many clients as it may have.
        Crowded,
        /// The client's header tells no address: it speaks for itself.
        AddressUntold,
        /// The client comes from an address that is trusted to be a relay's.
        MayBeRelayed,
        /// The client speaks lines of text, and was not told yet that the server is away.
        Untold,
        /// The client said no more before the server was reached.
        ClientDone,
        /// Something passed while the alarm was pending.
        PassedSince,
    }
}

words! {
    /// One thing that a row does. None asks a question: that is the guards' part.
    pub phrases Effect {
        /// Takes the address that the client's header tells for the user's own.
        TakeAddress,
        /// Remembers that the client says no more; what it said waits for the server.
        NoteDone,
        /// Reaches for the server.
        Dial,
        /// Gives up reaching for the server.
        StopDial,
        /// Makes a pause, longer than the last, after which the relay dials again.
        PutOffDial,
        /// Tells the server the user's own address, before all that the user says.
        SendHeader,
        /// Tells the client, in a line of its dialect, that the server is away and is tried again.
        SayAway,
        /// Tells the client, if it speaks lines of text, that the server is away and that it was tried long enough.
        SayGone,
        /// Tells the server, behind all that waits for it, that nothing more comes.
        FinishServer,
        /// Tells the client, behind all that waits for it, that nothing more comes.
        FinishClient,
        /// Ends the connection to the client.
        EndClient,
        /// Ends the connection to the server.
        EndServer,
        /// Sets an alarm.
        Arm(Alarm),
    }
}

impl Event {
    /// Who brings this event.
    pub const fn source(self) -> Source {
        use Event::*;
        match self {
            Came | HeaderCame | HeaderBad | NoHeader | ClientEnded | ClientLost | Written => Source::Client,
            Reached | NotReached | ServerEnded | ServerLost => Source::Server,
            HeaderOver | DialOver | RetryDue | PatienceOver | Idle | DrainOver => Source::Clock,
            Stopping => Source::Operator,
        }
    }
}

impl Alarm {
    /// The event that it rings as.
    pub const fn event(self) -> Event {
        match self {
            Self::Header => Event::HeaderOver,
            Self::Dial => Event::DialOver,
            Self::Retry => Event::RetryDue,
            Self::Patience => Event::PatienceOver,
            Self::Idle => Event::Idle,
            Self::Drain => Event::DrainOver,
        }
    }
}

impl State {
    /// Whether the connection to the server stands.
    pub const fn connected(self) -> bool {
        matches!(self, Self::Passing | Self::ClientGone | Self::ServerGone)
    }
}
