//! Profiles: how one listener's users are treated. A profile is data; the table's guards ask it.

use crate::shapes::shapes;
use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a guest meets whose nick is somebody's already.
    #[serde(rename_all = "lowercase")]
    pub enum NickTaken {
        /// A random number behind the nick: `User` becomes `User123`.
        Suffix,
        /// A refusal; the connection stays and may try again.
        Reject,
    }
}

words! {
    /// What becomes of a private message to a nick that nobody has.
    #[serde(rename_all = "lowercase")]
    pub enum Absent {
        /// It is kept and delivered late.
        Store,
        /// It is refused.
        Error,
        /// It is discarded.
        Discard,
    }
}

words! {
    /// What history a user gets on joining and on entering a room.
    #[serde(rename_all = "lowercase")]
    pub enum JoinHistory {
        /// All that the machine keeps of the room.
        All,
        /// None.
        None,
    }
}

words! {
    /// What becomes of a user who goes on talking too fast.
    #[serde(rename_all = "lowercase")]
    pub enum Flood {
        /// Muted, each time for twice as long.
        Mute,
        /// Muted, and disconnected when the profile's patience is over.
        Disconnect,
    }
}

words! {
    /// Whether `John` and `john` are one nick: a setting of the whole server, for two users who look alike must not differ
    /// by the listener they came through.
    #[serde(rename_all = "lowercase")]
    pub enum NickCase {
        /// They are one.
        Fold,
        /// They are two.
        Exact,
    }
}

shapes! {
    /// How the users of one listener are treated.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub struct Profile {
        /// What the profile is called on the command line.
        pub name: String,
        /// What a guest meets whose nick is taken.
        pub nick_taken: NickTaken,
        /// How many members may have joined through it.
        pub capacity: u64,
        /// What becomes of a private message to nobody.
        pub absent: Absent,
        /// What history a user gets on joining.
        pub history: JoinHistory,
        /// What becomes of a user who goes on talking too fast.
        pub flood: Flood,
        /// How nicks are told apart when all listeners have this profile.
        pub nick_case: NickCase,
    }
}

impl Profile {
    /// The names of the profiles that come with Hobnob.
    pub const NAMES: &'static [&'static str] = &["open", "classroom"];

    /// The default: everybody is welcome.
    pub fn open() -> Self {
        Self {
            name: "open".into(),
            nick_taken: NickTaken::Suffix,
            capacity: 10_000,
            absent: Absent::Store,
            history: JoinHistory::All,
            flood: Flood::Mute,
            nick_case: NickCase::Fold,
        }
    }

    /// Seed 003: three users, whose names must differ.
    pub fn classroom() -> Self {
        Self {
            name: "classroom".into(),
            nick_taken: NickTaken::Reject,
            capacity: 3,
            absent: Absent::Error,
            history: JoinHistory::All,
            flood: Flood::Mute,
            nick_case: NickCase::Exact,
        }
    }

    /// The profile of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "open" => Some(Self::open()),
            "classroom" => Some(Self::classroom()),
            _ => None,
        }
    }
}
