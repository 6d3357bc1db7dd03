//! Where everything of a drawn sequence diagram stands: lanes side by side, time downwards.
//!
//! Owns the places, in pixels. Draws nothing: see [`super::svg`]. Nothing stands above what happened before it, and
//! whatever has a text stands in the column of whom it is about, so that no text covers another.

mod building;

pub(super) use building::build;

use crate::chronicle::Chronicle;
use crate::plan::Ms;
use std::collections::BTreeSet;

/// How high a line of text is.
pub(super) const LINE: i32 = 16;
/// How wide the space is in which nothing but arrows stands, beside each client's lane.
pub(super) const GAP: i32 = 64;
/// On which side of the server somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The column of one who takes part; the lane itself is its edge towards the server.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) side: Side,
    /// Where the lane is.
    pub(super) x: i32,
    /// Where the texts begin, and how wide they may be.
    pub(super) left: i32,
    pub(super) width: i32,
    /// Between which heights there was a connection.
    pub(super) connected: Vec<(i32, i32)>,
}

/// The server's column, which is drawn as a band.
#[derive(Debug, Clone)]
pub(super) struct Middle {
    pub(super) left: i32,
    pub(super) width: i32,
    /// Between which heights the server was up.
    pub(super) up: Vec<(i32, i32)>,
}

/// Whose column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Client(usize),
    Server,
    /// All of them.
    Across,
}

/// What kind of thing a text is about; drawings differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A user wishes something.
    Wish,
    /// A user is shown something.
    Shown,
    /// Something is sent.
    Sent,
    /// A row fired: and the session stays as it is.
    Stays,
    /// … and becomes something else.
    Moves,
    /// … and is over.
    Ends,
    /// … and refuses.
    Refuses,
    /// A row of a client's table fired.
    ClientRow,
    /// A connection begins or ends.
    Connection,
    /// A fault begins.
    Trouble,
    /// A fault is over.
    Healed,
    /// The server starts.
    Up,
    /// The server goes down.
    Down,
    /// A promise was broken.
    Broken,
}

impl Tone {
    /// What its drawings are called in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Wish => "wish",
            Self::Shown => "shown",
            Self::Sent => "sent",
            Self::Stays => "row stays",
            Self::Moves => "row moves",
            Self::Ends => "row ends",
            Self::Refuses => "row refuses",
            Self::ClientRow => "clientrow",
            Self::Connection => "conn",
            Self::Trouble => "trouble",
            Self::Healed => "healed",
            Self::Up => "up",
            Self::Down => "down",
            Self::Broken => "broken",
        }
    }

    /// How wide a character is, roughly, with some to spare.
    pub(super) const fn char_width(self) -> i32 {
        match self {
            Self::Wish | Self::Trouble | Self::Up | Self::Down | Self::Broken => 8,
            Self::ClientRow => 6,
            Self::Shown
            | Self::Sent
            | Self::Stays
            | Self::Moves
            | Self::Ends
            | Self::Refuses
            | Self::Connection
            | Self::Healed => 7,
        }
    }

    /// Whether it stands in a box.
    pub(super) const fn is_boxed(self) -> bool {
        match self {
            Self::Wish
            | Self::Shown
            | Self::Stays
            | Self::Moves
            | Self::Ends
            | Self::Refuses
            | Self::ClientRow
            | Self::Trouble
            | Self::Up
            | Self::Down
            | Self::Broken => true,
            Self::Sent | Self::Connection | Self::Healed => false,
        }
    }
}

/// A text at its place.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) column: Column,
    pub(super) y: i32,
    pub(super) tone: Tone,
    pub(super) lines: Vec<String>,
    /// What is told of it on pointing at it.
    pub(super) tip: String,
}

/// How an arrow ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tip {
    There,
    Lost,
    UnderWay,
}

/// Something that was sent, from its sending to its arrival.
#[derive(Debug, Clone)]
pub(super) struct Arrow {
    pub(super) from: (i32, i32),
    pub(super) to: (i32, i32),
    pub(super) tip: Tip,
    pub(super) down: bool,
    pub(super) about: String,
}

/// A fault that lasts.
#[derive(Debug, Clone)]
pub(super) struct Band {
    pub(super) column: Column,
    pub(super) from: i32,
    pub(super) to: i32,
    /// How many others it lies in.
    pub(super) depth: i32,
    pub(super) about: String,
}

/// A mark at the axis of time.
#[derive(Debug, Clone)]
pub(super) struct Tick {
    pub(super) y: i32,
    pub(super) at: Ms,
    /// How long nothing happened before it, if that is worth a word.
    pub(super) pause: Option<Ms>,
}

/// Everything at its place.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) lanes: Vec<Lane>,
    pub(super) middle: Middle,
    pub(super) items: Vec<Item>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) bands: Vec<Band>,
    pub(super) ticks: Vec<Tick>,
    pub(super) width: i32,
    pub(super) height: i32,
    /// How many moments did not fit.
    pub(super) left_out: usize,
}

impl Scene {
    /// Where the texts of a column begin, and how wide they may be.
    pub(super) fn texts(&self, column: Column) -> (i32, i32) {
        match column {
            Column::Client(client) => (self.lanes[client].left, self.lanes[client].width),
            Column::Server => (self.middle.left + 8, self.middle.width - 16),
            Column::Across => (12, self.width - 24),
        }
    }
}

/// From left to right: who comes through relays, the relays, the server, all others. Without relays half of the clients
/// stand left of the server. Says too how many stand left.
fn order(chronicle: &Chronicle) -> (Vec<usize>, usize) {
    let (count, dials) = (chronicle.names.len(), &chronicle.dials);
    if dials.is_empty() {
        return ((0..count).collect(), count.div_ceil(2));
    }
    let relays: BTreeSet<usize> = dials.values().copied().collect();
    let others = (0..count).filter(|place| !dials.contains_key(place) && !relays.contains(place));
    let relayed = dials.keys().filter(|place| !relays.contains(place));
    let mut order: Vec<usize> = relayed.chain(&relays).copied().collect();
    let lefts = order.len();
    order.extend(others);
    (order, lefts)
}

/// The columns, each at the place of its name.
fn columns(chronicle: &Chronicle) -> (Vec<Lane>, Middle, i32) {
    let (order, lefts) = order(chronicle);
    let names = &chronicle.names;
    let width = match names.len() {
        0..=2 => 250,
        3 => 220,
        4 | 5 => 190,
        _ => 170,
    };
    let mut x = 8;
    let mut lanes = Vec::new();
    let mut middle = Middle { left: x, width: 310, up: Vec::new() };
    for (place, client) in order.iter().copied().enumerate() {
        if place == lefts {
            middle.left = x;
            x += middle.width;
        }
        let side = if place < lefts { Side::Left } else { Side::Right };
        let (left, lane) = match side {
            Side::Left => (x, x + width + 8),
            Side::Right => (x + GAP + 8, x + GAP),
        };
        let name = names[client].clone();
        lanes.push((client, Lane { name, side, x: lane, left, width, connected: Vec::new() }));
        x += width + 8 + GAP;
    }
    if lefts == names.len() {
        middle.left = x;
        x += middle.width;
    }
    lanes.sort_by_key(|(client, _)| *client);
    let lanes = lanes.into_iter().map(|(_, lane)| lane).collect();
    (lanes, middle, x + 8)
}
