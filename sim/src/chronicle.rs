//! What happened in a run, in the order of time, for people: the source of traces and diagrams.
//!
//! Owns the moments. Draws nothing: see [`crate::diagram`]. A run without readers keeps none.

use crate::plan::Ms;
use hobnob_machine::{ClientFired, Fired, RelayFired};
use std::collections::BTreeMap;

/// Which way something goes over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dir {
    /// To the server.
    Up,
    /// To the client.
    Down,
}

/// A connection, as the simulation counts them from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wire(pub u64);

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A user wished something (or a rude peer did something), in the words of the plan.
    Wished {
        /// Who.
        client: usize,
        /// What.
        text: String,
    },
    /// A user was shown something.
    Shown {
        /// Who.
        client: usize,
        /// What, in a few words.
        text: String,
    },
    /// A connection stands.
    Connected {
        /// Whose.
        client: usize,
        /// Which.
        wire: Wire,
    },
    /// Something was handed to the network. What is sent over a wire one way arrives in that order, or not at all.
    Sent {
        /// Whose connection.
        client: usize,
        /// Which.
        wire: Wire,
        /// Which way.
        dir: Dir,
        /// What, in a few words.
        text: String,
    },
    /// The first thing that was sent that way over that wire and has not arrived yet arrives.
    Arrived {
        /// Whose connection.
        client: usize,
        /// Which.
        wire: Wire,
        /// Which way.
        dir: Dir,
    },
    /// One side of a connection is told that it is over.
    Ended {
        /// Whose connection.
        client: usize,
        /// Which.
        wire: Wire,
        /// Who is told: at the end of which way.
        dir: Dir,
    },
    /// A row of the session table fired.
    Fired(Fired),
    /// A row of a client's table fired.
    ClientFired {
        /// Whose.
        client: usize,
        /// Which.
        fired: ClientFired,
    },
    /// A row of a relay's table fired.
    RelayFired {
        /// Which relay, by its place among the names.
        relay: usize,
        /// For which of its clients, as it counts them from 1.
        client: u64,
        /// Which.
        fired: RelayFired,
    },
    /// A fault begins, or ends.
    Fault {
        /// In the words of the plan.
        text: String,
        /// Whose connection it is about, if it is about one.
        client: Option<usize>,
        /// Whether it begins.
        begins: bool,
    },
    /// The server started: for the how-manieth time, and with how many records of its journal.
    Started {
        /// 1 for the first time.
        life: u32,
        /// How many records it has.
        records: u64,
    },
    /// The server went down.
    Down {
        /// How many records of its journal are kept.
        kept: u64,
        /// How many records were lost.
        lost: u64,
    },
    /// A promise was broken.
    Broken {
        /// Its name.
        promise: &'static str,
        /// What was wrong.
        sentence: String,
    },
}

/// What happened, in the order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chronicle {
    /// Who took part, by place; relays stand behind the others.
    pub names: Vec<String>,
    /// Who dials a relay: and which, both by place. All others dial the server.
    pub dials: BTreeMap<usize, usize>,
    /// Each moment with its time.
    pub moments: Vec<(Ms, Moment)>,
}
