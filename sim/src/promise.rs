//! The promises that every run is held to, by name.
//!
//! Owns their names and sentences. How each is judged is the judge's: see [`crate::judge`].

use crate::plan::Ms;

macro_rules! promises {
    ($( $(#[doc = $doc:literal])* $Promise:ident = $name:literal, )*) => {
        /// A promise that the chat makes to its users.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Promise { $( $(#[doc = $doc])* $Promise, )* }

        impl Promise {
            /// Every promise.
            pub const ALL: &'static [Self] = &[$( Self::$Promise, )*];

            /// What it is called in summaries and scenarios.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$Promise => $name, )* }
            }

            /// What it says.
            pub const fn sentence(self) -> &'static str {
                match self { $( Self::$Promise => concat!($($doc),*).trim_ascii(), )* }
            }

            /// The promise of that name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|promise| promise.name() == name)
            }
        }
    };
}

promises! {
    /// What was acknowledged is in the log, at the number that was acknowledged, and stays there.
    AcknowledgedKept = "acknowledged-kept",
    /// What was said once is in the log once at most.
    StoredOnce = "stored-once",
    /// Nobody is shown a message twice.
    ShownOnce = "shown-once",
    /// Whoever is in a room sees its messages in one order, without holes, from coming to going; a hole is told.
    OneOrder = "one-order",
    /// A number of a place means the same message to everybody, and to the log.
    SameMessage = "same-message",
    /// What one user says stands in the log in the order in which it was said.
    SaidInOrder = "said-in-order",
    /// What is in the log was said by whom it names.
    OnlySaid = "only-said",
    /// A private message is seen by its two parties only.
    PrivateToTwo = "private-to-two",
    /// What a private message says changes nothing for anybody else, to the byte.
    Unnoticed = "unnoticed",
    /// A nick has at most one owner.
    OneOwner = "one-owner",
    /// No more are in than may be: on the server, through a listener, in a room, from an address.
    Capacity = "capacity",
    /// History on joining and live messages after it have neither a gap nor an overlap.
    HistoryMeetsLive = "history-meets-live",
    /// What is counted (a room's last number, its members, the report) is what the log says.
    CountersEqualLog = "counters-equal-log",
    /// The muted are not heard, and a mute ends when it was said to end.
    MutedUnheard = "muted-unheard",
    /// Who is listed is who is there.
    ListedPresent = "listed-present",
    /// What is told of an avatar is what its owner wears.
    AvatarTrue = "avatar-true",
    /// Every request gets one answer, or its connection ends.
    OneAnswer = "one-answer",
    /// What a user typed is answered, given back, or called unsure: never dropped without a word.
    NothingDropped = "nothing-dropped",
    /// Queues and memories stay within their bounds.
    Bounded = "bounded",
    /// When all faults are over, everybody who stayed is in, and has all that was said, before the end.
    Converged = "converged",
    /// The journal replays to the same state.
    Replayed = "replayed",
    /// The machines hold together: their own checks find nothing, and nothing panics.
    Sound = "sound",
    /// Nothing that promises anything is said before the journal has what caused it.
    JournalBeforeWord = "journal-before-word",
    /// The times of a place's messages never run backwards.
    TimeForward = "time-forward",
    /// Through a relay bytes come out as they went in, both ways, but for the star before the first nick.
    BytesEqual = "bytes-equal",
}

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub promise: Promise,
    /// When.
    pub at: Ms,
    /// What was wrong, in one sentence with names and numbers.
    pub sentence: String,
}
