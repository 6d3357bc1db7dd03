//! What can go wrong in a world.

use super::{Ms, Side};

/// Which way of a connection a fault takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// Both.
    Both,
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// How a server goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Crash {
    /// The process is killed: what it wrote, it wrote.
    Kill,
    /// The power is cut: what was not synced may be gone, from some record on.
    PowerCut,
    /// The power is cut, and the last record that was not synced is torn.
    Torn,
    /// The process dies when a batch is durable and nothing of it has been said: at the first such moment.
    AfterAppend,
    /// The process dies when a batch is stepped and not yet durable: at the first such moment.
    BeforeAppend,
    /// Nobody crashes: it is told to stop and stops.
    Stop,
}

/// Something that goes wrong at a time. Whatever lasts ends by itself, and at [`super::Plan::heal_ms`] at the latest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fault {
    /// What is sent between a client and the server is lost, without a word to either.
    Partition {
        /// Between whom and the server.
        who: usize,
        /// Which way.
        way: Way,
        /// How long.
        for_ms: Ms,
    },
    /// What is sent between a client and the server waits, and then arrives.
    Hold {
        /// Between whom and the server.
        who: usize,
        /// How long.
        for_ms: Ms,
    },
    /// Everything between a client and the server takes so much longer.
    Lag {
        /// Between whom and the server.
        who: usize,
        /// How much longer.
        ms: Ms,
        /// How long this lasts.
        for_ms: Ms,
    },
    /// Each thing between a client and the server takes longer by a chance of its own.
    Jitter {
        /// Between whom and the server.
        who: usize,
        /// How much longer at most.
        ms: Ms,
        /// How long this lasts.
        for_ms: Ms,
    },
    /// The connection of a client is reset: both sides are told, what was under way is lost.
    Reset {
        /// Whose.
        who: usize,
    },
    /// All connections are reset at once, so that all come back at once.
    ResetAll,
    /// One side of a client's connection is gone and the other is never told.
    HalfOpen {
        /// Whose connection.
        who: usize,
        /// Who is not told: [`Way::Up`] the server, [`Way::Down`] the client, [`Way::Both`] is not used.
        untold: Way,
    },
    /// Whoever connects is refused.
    Refuse {
        /// How long.
        for_ms: Ms,
    },
    /// A client does not read what comes.
    StallReads {
        /// Who.
        who: usize,
        /// How long.
        for_ms: Ms,
    },
    /// What a client writes goes nowhere for a while, as with a full window.
    StallWrites {
        /// Who.
        who: usize,
        /// How long.
        for_ms: Ms,
    },
    /// A client reads a byte at a time.
    Drip {
        /// Who.
        who: usize,
        /// How long.
        for_ms: Ms,
    },
    /// The server goes down and comes up again.
    Crash {
        /// How.
        how: Crash,
        /// How long it is down.
        down_ms: Ms,
    },
    /// The time of day is another one when the server starts next.
    Clock {
        /// By how many milliseconds; a negative number sets it back.
        jump_ms: i64,
    },
    /// The server's settings are others when it starts next.
    Set {
        /// The limit.
        limit: String,
        /// Its value from then on.
        value: u64,
    },
    /// The disk is full.
    DiskFull {
        /// How long.
        for_ms: Ms,
    },
    /// Every write fails.
    WriteErrors {
        /// How long.
        for_ms: Ms,
    },
    /// Everything that the disk does takes longer.
    SlowDisk {
        /// How much longer each.
        ms: Ms,
        /// How long this lasts.
        for_ms: Ms,
    },
    /// Older messages cannot be read.
    Unreadable {
        /// How long.
        for_ms: Ms,
    },
    /// Strangers open connections, say nothing, and go.
    Crowd {
        /// How many.
        count: u32,
        /// How long they stay.
        for_ms: Ms,
    },
    /// Whoever answers a client when it dials is not the server: it repeats what the server said to that client, talks
    /// nonsense, or says nothing. It lets nobody in. Only the machines tier has it.
    Impostor {
        /// Whom it answers.
        who: usize,
        /// How long.
        for_ms: Ms,
    },
    /// A relay dies and comes up again. Only the worlds tier has relays.
    RelayCrash {
        /// Which, by place.
        relay: usize,
        /// How long it is down.
        down_ms: Ms,
    },
    /// A relay is told to stop, stops, and is started again.
    RelayStop {
        /// Which, by place.
        relay: usize,
        /// How long after the word it is started.
        down_ms: Ms,
    },
    /// What is sent at a side of a relay is lost, without a word to either.
    RelayCut {
        /// Which, by place.
        relay: usize,
        /// At which side.
        side: Side,
        /// Which way.
        way: Way,
        /// How long.
        for_ms: Ms,
    },
    /// What is sent at a side of a relay waits, and then arrives.
    RelayHold {
        /// Which, by place.
        relay: usize,
        /// At which side.
        side: Side,
        /// How long.
        for_ms: Ms,
    },
    /// A side of a relay takes nothing of what the relay writes, as with a full window.
    RelaySlow {
        /// Which, by place.
        relay: usize,
        /// Which side.
        side: Side,
        /// How long.
        for_ms: Ms,
    },
}

macro_rules! kinds {
    ($( $(#[doc = $doc:literal])* $Kind:ident = $name:literal, )*) => {
        /// What kinds of trouble there are, for choosing and counting.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultKind { $( $(#[doc = $doc])* $Kind, )* }

        impl FaultKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$( Self::$Kind, )*];

            /// What it is called on the command line and in summaries.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$Kind => $name, )* }
            }

            /// What it is, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $( Self::$Kind => concat!($($doc),*).trim_ascii(), )* }
            }

            /// The kind of that name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    /// What is sent between a client and the server is lost both ways.
    Partition = "partition",
    /// What a client sends is lost.
    PartitionUp = "partition-up",
    /// What the server sends to a client is lost.
    PartitionDown = "partition-down",
    /// What is sent waits and then arrives.
    Hold = "hold",
    /// Everything takes longer.
    Lag = "lag",
    /// Each thing takes longer by a chance of its own.
    Jitter = "jitter",
    /// A connection is reset.
    Reset = "reset",
    /// All connections are reset, and all come back at once.
    Herd = "herd",
    /// The server is not told that a client is gone.
    HalfOpenUp = "half-open-up",
    /// The client is not told that the server hung up.
    HalfOpenDown = "half-open-down",
    /// Whoever connects is refused.
    Refuse = "refuse",
    /// A client does not read.
    StallReads = "stall-reads",
    /// A client's writes go nowhere.
    StallWrites = "stall-writes",
    /// A client reads a byte at a time.
    Drip = "drip",
    /// The server is killed.
    Kill = "kill",
    /// The power is cut, and what was not synced is gone from some record on.
    PowerCut = "power-cut",
    /// The power is cut in the middle of a record.
    Torn = "torn",
    /// The server dies between writing and answering.
    AfterAppend = "after-append",
    /// The server dies between deciding and writing.
    BeforeAppend = "before-append",
    /// The server is stopped and started.
    Stop = "stop",
    /// The time of day is set forward or back between two starts.
    Clock = "clock",
    /// The settings are changed between two starts.
    Set = "set",
    /// The disk is full.
    DiskFull = "disk-full",
    /// Every write fails.
    WriteErrors = "write-errors",
    /// The disk is slow.
    SlowDisk = "slow-disk",
    /// Older messages cannot be read.
    Unreadable = "unreadable",
    /// Strangers open connections and say nothing.
    Crowd = "crowd",
    /// Somebody else answers in the server's place.
    Impostor = "impostor",
    /// A client dies and starts again, knowing nothing.
    ClientDies = "client-dies",
    /// A client says far too much at once.
    Flood = "flood",
    /// Somebody sends frames that hold no request.
    Garbage = "garbage",
    /// Somebody speaks another protocol.
    BadHello = "bad-hello",
    /// Somebody sends half of a frame.
    HalfFrame = "half-frame",
    /// Somebody claims to send more than may be.
    HugeFrame = "huge-frame",
    /// Two want to be the same nick.
    DuplicateLogin = "duplicate-login",
    /// Somebody sends a request again, or out of order.
    Repeat = "repeat",
    /// A relay dies and starts again.
    RelayCrash = "relay-crash",
    /// A relay is stopped and started.
    RelayStop = "relay-stop",
    /// What is sent between a relay and the server is lost both ways.
    RelayPartition = "relay-partition",
    /// What is sent between a relay and the server is lost one way.
    RelayOneWay = "relay-one-way",
    /// What is sent between a relay and the server waits and then arrives.
    RelayHold = "relay-hold",
    /// The server takes nothing of what a relay writes.
    RelaySlow = "relay-slow",
    /// What is sent between a relay and its clients is lost both ways.
    RelayClientsPartition = "relay-clients-partition",
    /// What is sent between a relay and its clients is lost one way.
    RelayClientsOneWay = "relay-clients-one-way",
    /// What is sent between a relay and its clients waits and then arrives.
    RelayClientsHold = "relay-clients-hold",
    /// The clients take nothing of what their relay writes.
    RelayClientsSlow = "relay-clients-slow",
}

impl Fault {
    /// Its kind.
    pub const fn kind(&self) -> FaultKind {
        match self {
            Self::Partition { way: Way::Both, .. } => FaultKind::Partition,
            Self::Partition { way: Way::Up, .. } => FaultKind::PartitionUp,
            Self::Partition { way: Way::Down, .. } => FaultKind::PartitionDown,
            Self::Hold { .. } => FaultKind::Hold,
            Self::Lag { .. } => FaultKind::Lag,
            Self::Jitter { .. } => FaultKind::Jitter,
            Self::Reset { .. } => FaultKind::Reset,
            Self::ResetAll => FaultKind::Herd,
            Self::HalfOpen { untold: Way::Down, .. } => FaultKind::HalfOpenDown,
            Self::HalfOpen { untold: Way::Up | Way::Both, .. } => FaultKind::HalfOpenUp,
            Self::Refuse { .. } => FaultKind::Refuse,
            Self::StallReads { .. } => FaultKind::StallReads,
            Self::StallWrites { .. } => FaultKind::StallWrites,
            Self::Drip { .. } => FaultKind::Drip,
            Self::Crash { how, .. } => match how {
                Crash::Kill => FaultKind::Kill,
                Crash::PowerCut => FaultKind::PowerCut,
                Crash::Torn => FaultKind::Torn,
                Crash::AfterAppend => FaultKind::AfterAppend,
                Crash::BeforeAppend => FaultKind::BeforeAppend,
                Crash::Stop => FaultKind::Stop,
            },
            Self::Clock { .. } => FaultKind::Clock,
            Self::Set { .. } => FaultKind::Set,
            Self::DiskFull { .. } => FaultKind::DiskFull,
            Self::WriteErrors { .. } => FaultKind::WriteErrors,
            Self::SlowDisk { .. } => FaultKind::SlowDisk,
            Self::Unreadable { .. } => FaultKind::Unreadable,
            Self::Crowd { .. } => FaultKind::Crowd,
            Self::Impostor { .. } => FaultKind::Impostor,
            Self::RelayCrash { .. } => FaultKind::RelayCrash,
            Self::RelayStop { .. } => FaultKind::RelayStop,
            Self::RelayCut { side: Side::Server, way: Way::Both, .. } => FaultKind::RelayPartition,
            Self::RelayCut { side: Side::Server, way: Way::Up | Way::Down, .. } => FaultKind::RelayOneWay,
            Self::RelayCut { side: Side::Clients, way: Way::Both, .. } => FaultKind::RelayClientsPartition,
            Self::RelayCut { side: Side::Clients, way: Way::Up | Way::Down, .. } => FaultKind::RelayClientsOneWay,
            Self::RelayHold { side: Side::Server, .. } => FaultKind::RelayHold,
            Self::RelayHold { side: Side::Clients, .. } => FaultKind::RelayClientsHold,
            Self::RelaySlow { side: Side::Server, .. } => FaultKind::RelaySlow,
            Self::RelaySlow { side: Side::Clients, .. } => FaultKind::RelayClientsSlow,
        }
    }

    /// Whose connection it is about, if it is about one.
    pub const fn who(&self) -> Option<usize> {
        match self {
            Self::Partition { who, .. }
            | Self::Hold { who, .. }
            | Self::Lag { who, .. }
            | Self::Jitter { who, .. }
            | Self::Reset { who }
            | Self::HalfOpen { who, .. }
            | Self::StallReads { who, .. }
            | Self::StallWrites { who, .. }
            | Self::Drip { who, .. }
            | Self::Impostor { who, .. } => Some(*who),
            Self::ResetAll
            | Self::Refuse { .. }
            | Self::Crash { .. }
            | Self::Clock { .. }
            | Self::Set { .. }
            | Self::DiskFull { .. }
            | Self::WriteErrors { .. }
            | Self::SlowDisk { .. }
            | Self::Unreadable { .. }
            | Self::Crowd { .. }
            | Self::RelayCrash { .. }
            | Self::RelayStop { .. }
            | Self::RelayCut { .. }
            | Self::RelayHold { .. }
            | Self::RelaySlow { .. } => None,
        }
    }

    /// Which relay it is about, if it is about one.
    pub const fn relay(&self) -> Option<usize> {
        match self {
            Self::RelayCrash { relay, .. }
            | Self::RelayStop { relay, .. }
            | Self::RelayCut { relay, .. }
            | Self::RelayHold { relay, .. }
            | Self::RelaySlow { relay, .. } => Some(*relay),
            Self::Partition { .. }
            | Self::Hold { .. }
            | Self::Lag { .. }
            | Self::Jitter { .. }
            | Self::Reset { .. }
            | Self::HalfOpen { .. }
            | Self::StallReads { .. }
            | Self::StallWrites { .. }
            | Self::Drip { .. }
            | Self::Impostor { .. }
            | Self::ResetAll
            | Self::Refuse { .. }
            | Self::Crash { .. }
            | Self::Clock { .. }
            | Self::Set { .. }
            | Self::DiskFull { .. }
            | Self::WriteErrors { .. }
            | Self::SlowDisk { .. }
            | Self::Unreadable { .. }
            | Self::Crowd { .. } => None,
        }
    }
}

impl FaultKind {
    /// Whether it is about a relay.
    pub const fn is_of_relays(self) -> bool {
        use FaultKind::*;
        matches!(
            self,
            RelayCrash
                | RelayStop
                | RelayPartition
                | RelayOneWay
                | RelayHold
                | RelaySlow
                | RelayClientsPartition
                | RelayClientsOneWay
                | RelayClientsHold
                | RelayClientsSlow
        )
    }
}
