//! Profiles: how one listener's users are treated. A profile is data; the table's guards ask it.

use crate::shapes::shapes;
use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// A way to write messages as bytes. A listener takes one or more and tells them apart by the first bytes.
    #[serde(rename_all = "lowercase")]
    pub enum Dialect {
        /// Hobnob's own: frames of MessagePack.
        Native,
        /// JSON objects of fourteen fields (seed 003, the CS 436 chatroom).
        Flags,
        /// Lines such as `server:who` and `RECIPIENT:MESSAGE` (seed 001, the client-server chat).
        Colon,
        /// Lines such as `login NAME` and `sendto NAME TEXT` (seed 004, the CS 3560 chatroom).
        Command,
        /// The nick first, then lines of talk (seed 002, the multi-client chat).
        Plain,
        /// Hobnob's own messages as JSON, each a text message of a websocket.
        WebText,
        /// Hobnob's own messages as MessagePack, each a binary message of a websocket.
        WebBinary,
    }
}

impl Dialect {
    /// Whether it has words of its own, for people or for the clients of courses; the others carry Hobnob's messages.
    pub const fn has_words(self) -> bool {
        match self {
            Self::Native | Self::WebText | Self::WebBinary => false,
            Self::Flags | Self::Colon | Self::Command | Self::Plain => true,
        }
    }

    /// Whether its messages come over a websocket, and not as bytes of a connection's own.
    pub const fn is_of_web(self) -> bool {
        matches!(self, Self::WebText | Self::WebBinary)
    }
}

words! {
    /// Whom of a room a listener's users hear joining, leaving, entering and being muted. It is asked where a dialect
    /// has words for it; the native dialect always tells all, for a client keeps its lists by it.
    #[serde(rename_all = "lowercase")]
    pub enum Announcements {
        /// Everybody, themselves included.
        All,
        /// Everybody but themselves.
        Others,
        /// Nobody.
        None,
    }
}

words! {
    /// What a guest meets whose nick is somebody's already, or is none that a user can have: that gets no number.
    #[serde(rename_all = "lowercase")]
    pub enum NickTaken {
        /// A random number behind the nick: `User` becomes `User123`.
        Suffix,
        /// A refusal; the connection stays and may try again.
        Reject,
        /// A word, and the end of the connection: for clients that go on talking, unaware.
        Close,
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
        /// The dialects that its listener takes; what shows none of them is refused: text in the words of the
        /// first that takes lines, all else in the first one's.
        pub dialects: Vec<Dialect>,
        /// Whether users get what they said in a room back, with its number, as the others do. A native client always
        /// does, for it keeps its order by it.
        pub echo: bool,
        /// Whom of a room its users hear coming and going.
        pub announcements: Announcements,
    }
}

impl Profile {
    /// The names of the profiles that come with Hobnob.
    pub const NAMES: &'static [&'static str] = &["open", "classroom", "messenger", "tata", "sendto"];

    /// The port that the profile's course uses, where it names one, and else Hobnob's own.
    pub fn usual_port(name: &str) -> u16 {
        match name {
            "messenger" => 8_080,
            "tata" => 5_001,
            _ => 18_000,
        }
    }

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
            dialects: vec![Dialect::Native, Dialect::Flags, Dialect::Colon, Dialect::Command],
            echo: true,
            announcements: Announcements::All,
        }
    }

    /// Seed 003: three users, whose names must differ.
    pub fn classroom() -> Self {
        Self {
            name: "classroom".into(),
            nick_taken: NickTaken::Reject,
            capacity: 3,
            absent: Absent::Error,
            nick_case: NickCase::Exact,
            dialects: vec![Dialect::Flags, Dialect::Native],
            ..Self::open()
        }
    }

    /// Seed 001: private messages that wait for whoever is away, and rooms.
    pub fn messenger() -> Self {
        Self {
            name: "messenger".into(),
            nick_taken: NickTaken::Reject,
            history: JoinHistory::None,
            nick_case: NickCase::Exact,
            dialects: vec![Dialect::Colon, Dialect::Native],
            announcements: Announcements::Others,
            ..Self::open()
        }
    }

    /// Seed 002: everybody talks to all the others, until they say `tata`.
    pub fn tata() -> Self {
        Self {
            name: "tata".into(),
            nick_taken: NickTaken::Close,
            history: JoinHistory::None,
            nick_case: NickCase::Exact,
            dialects: vec![Dialect::Plain, Dialect::Native],
            echo: false,
            announcements: Announcements::Others,
            ..Self::open()
        }
    }

    /// Seed 004: messages from one user to one other who is there.
    pub fn sendto() -> Self {
        Self {
            name: "sendto".into(),
            nick_taken: NickTaken::Reject,
            absent: Absent::Error,
            history: JoinHistory::None,
            nick_case: NickCase::Exact,
            dialects: vec![Dialect::Command, Dialect::Native],
            echo: false,
            announcements: Announcements::None,
            ..Self::open()
        }
    }

    /// The profile of that name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::open, Self::classroom, Self::messenger, Self::tata, Self::sendto];
        all.into_iter().map(|profile| profile()).find(|profile| profile.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_has_its_name_and_a_dialect() {
        for name in Profile::NAMES {
            let profile = Profile::named(name).expect("a profile that is named can be had");
            assert!(profile.name == *name && !profile.dialects.is_empty());
        }
        assert_eq!(Profile::named("nobody"), None);
    }
}
