//! Builds a scene from a chronicle, moment by moment.

use super::super::flight::{Flights, Landing};
use super::super::text::wrap;
use super::super::tips;
use super::super::trace::{client_row, down, relay_row, row, started, whose};
use super::{Arrow, Band, Column, Item, LINE, Scene, Side, Tick, Tip, Tone, columns};
use crate::chronicle::{Chronicle, Dir, Moment, Wire};
use crate::plan::Ms;
use crate::plan::line::write_time;
use hobnob_machine::Fired;
use hobnob_spec::row::Next;
use hobnob_spec::session::Effect;
use std::collections::{BTreeMap, BTreeSet};

/// A silence of this length is told beside the axis.
const PAUSE_MS: Ms = 1_000;
/// The words that a fault begins with which is over at once: its marks are the server's own.
const CRASHES: &[&str] = &["kill", "power cut", "torn", "after append", "before append", "stop for"];

/// The scene of the first `most` moments of a chronicle.
pub(in super::super) fn build(chronicle: &Chronicle, most: usize) -> Scene {
    let (lanes, middle, width) = columns(chronicle);
    let scene = Scene {
        lanes,
        middle,
        width,
        items: Vec::new(),
        arrows: Vec::new(),
        bands: Vec::new(),
        ticks: Vec::new(),
        height: 0,
        left_out: chronicle.moments.len().saturating_sub(most),
    };
    let mut builder = Builder {
        chronicle,
        flights: Flights::of(chronicle),
        scene,
        floor: 10,
        cursors: BTreeMap::new(),
        last: None,
        is_new: true,
        arrows: BTreeMap::new(),
        wires: BTreeMap::new(),
        up_since: None,
        open: Vec::new(),
        told: None,
    };
    for (place, (at, moment)) in chronicle.moments.iter().enumerate().take(most) {
        builder.pass(*at);
        builder.moment(place, *at, moment);
    }
    builder.finish()
}

struct Builder<'a> {
    chronicle: &'a Chronicle,
    flights: Flights,
    scene: Scene,
    /// Nothing more may stand above this.
    floor: i32,
    /// How far down each column is filled.
    cursors: BTreeMap<Column, i32>,
    last: Option<Ms>,
    /// Whether nothing stands at this time yet.
    is_new: bool,
    /// The arrow of each sending.
    arrows: BTreeMap<usize, usize>,
    /// The connections of each client, and since where it has any.
    wires: BTreeMap<usize, (BTreeSet<Wire>, i32)>,
    up_since: Option<i32>,
    /// The bands that have not ended.
    open: Vec<usize>,
    /// The last thing that the server told, for others who are told the same.
    told: Option<Told>,
}

struct Told {
    text: String,
    names: String,
    /// Which item says so.
    item: usize,
}

impl Builder<'_> {
    /// Lets time pass: the longer the pause, the more room, but never much.
    fn pass(&mut self, at: Ms) {
        let pause = at - self.last.unwrap_or(at).min(at);
        if self.last.is_some() && pause > 0 {
            let doublings = i32::try_from((pause / 4 + 1).ilog2()).expect("a logarithm is small");
            self.floor += (3 + doublings * 3).min(36);
        }
        if self.last != Some(at) {
            self.told = None;
            let pause = (pause >= PAUSE_MS).then_some(pause);
            self.is_new = true;
            self.scene.ticks.push(Tick { y: self.floor, at, pause });
        }
        self.last = Some(at);
    }

    /// The next free place in a column.
    fn place(&mut self, column: Column, height: i32) -> i32 {
        let y = match column {
            Column::Across => self.cursors.values().copied().max().unwrap_or(0).max(self.floor),
            Column::Client(_) | Column::Server => self.cursors.get(&column).copied().unwrap_or(0).max(self.floor),
        };
        if let Some(tick) = self.scene.ticks.last_mut()
            && self.is_new
        {
            tick.y = y;
            self.is_new = false;
        }
        self.floor = y;
        match column {
            Column::Across => {
                self.floor = y + height;
                self.cursors.values_mut().for_each(|cursor| *cursor = y + height);
            }
            Column::Client(_) | Column::Server => drop(self.cursors.insert(column, y + height)),
        }
        y
    }

    /// Puts a text into a column, and says where.
    fn put(&mut self, column: Column, tone: Tone, text: &str, tip: String) -> i32 {
        let lines = self.wrapped(column, tone, text);
        let count = i32::try_from(lines.len()).expect("a text has a few lines");
        let height = LINE * count + if tone.is_boxed() { 6 } else { 2 };
        let y = self.place(column, height + 2);
        self.scene.items.push(Item { column, y, tone, lines, tip });
        y
    }

    /// Puts a mark without words on the lane of a client, for a row that says nothing new.
    fn dot(&mut self, column: Column, tip: String) {
        let y = self.place(column, 9);
        self.scene.items.push(Item { column, y, tone: Tone::ClientRow, lines: Vec::new(), tip });
    }

    fn moment(&mut self, place: usize, at: Ms, moment: &Moment) {
        let when = write_time(at);
        match moment {
            Moment::Wished { client, text } => {
                let tip = format!("{when}: {} wishes: {text}", self.name(*client));
                self.put(Column::Client(*client), Tone::Wish, text, tip);
            }
            Moment::Shown { client, text } => {
                let tip = format!("{when}: {} is shown: {text}", self.name(*client));
                self.put(Column::Client(*client), Tone::Shown, text, tip);
            }
            Moment::Connected { client, wire } => self.connected(at, *client, *wire),
            Moment::Sent { client, wire, dir: Dir::Up, text } => {
                let tip = format!("{when}: {} sends over connection {}: {text}", self.name(*client), wire.0);
                let y = self.put(Column::Client(*client), Tone::Sent, text, tip);
                self.takes_off(place, *client, Dir::Up, y, text);
            }
            Moment::Sent { client, wire, dir: Dir::Down, text } => self.tell(place, at, *client, *wire, text),
            Moment::Arrived { client, dir, .. } => self.arrive(place, *client, *dir),
            Moment::Ended { client, wire, dir } => self.ended(at, *client, *wire, *dir),
            Moment::Fired(fired) => {
                let text = format!("{}: {}", whose(self.chronicle, place, fired), row(fired));
                let tip = format!("{when}: {}", tips::row(fired));
                self.put(Column::Server, tone_of(fired), &text, tip);
            }
            Moment::ClientFired { client, fired } => {
                let tip = format!("{when}: {}: {}", self.name(*client), tips::client_row(fired));
                let row = fired.row();
                if row.0 == hobnob_spec::client::Guard::Always && row.2 == Next::Stay {
                    self.dot(Column::Client(*client), tip);
                } else {
                    self.put(Column::Client(*client), Tone::ClientRow, &client_row(fired), tip);
                }
            }
            Moment::RelayFired { relay, client, fired } => {
                let tip = format!("{when}: {}: {}", self.name(*relay), tips::relay_row(fired));
                let text = format!("client {client}: {}", relay_row(fired));
                self.put(Column::Client(*relay), Tone::ClientRow, &text, tip);
            }
            Moment::Fault { text, client, begins } => self.fault(at, text, *client, *begins),
            Moment::Started { life, records } => {
                let y = self.put(Column::Server, Tone::Up, &format!("▶ {}", started(*life, *records)), when);
                self.up_since = Some(y);
            }
            Moment::Down { kept, lost } => {
                let y = self.put(Column::Server, Tone::Down, &format!("✕ {}", down(*kept, *lost)), when);
                let up = self.up_since.take();
                self.scene.middle.up.extend(up.map(|up| (up, y)));
            }
            Moment::Broken { promise, sentence } => {
                let text = format!("BROKEN PROMISE, {promise}: {sentence}");
                self.put(Column::Across, Tone::Broken, &text, when);
            }
        }
    }

    fn name(&self, client: usize) -> &str {
        super::super::trace::name_of(self.chronicle, client)
    }

    fn connected(&mut self, at: Ms, client: usize, wire: Wire) {
        let tip = format!("{}: connection {} of {} stands", write_time(at), wire.0, self.name(client));
        let y = self.put(Column::Client(client), Tone::Connection, &format!("connected ({})", wire.0), tip);
        let (wires, since) = self.wires.entry(client).or_insert((BTreeSet::new(), y));
        if wires.is_empty() {
            *since = y;
        }
        wires.insert(wire);
    }

    fn ended(&mut self, at: Ms, client: usize, wire: Wire, dir: Dir) {
        let name = self.name(client).to_owned();
        match dir {
            Dir::Up => {
                let (column, learns) = match self.chronicle.dials.get(&client) {
                    Some(relay) => (Column::Client(*relay), self.name(*relay)),
                    None => (Column::Server, "the server"),
                };
                let tip = format!("{}: {learns} learns that this connection is over", write_time(at));
                self.put(column, Tone::Connection, &format!("connection {} of {name} is over", wire.0), tip);
            }
            Dir::Down => {
                let tip = format!("{}: {name} learns that this connection is over", write_time(at));
                let text = format!("connection {} is over", wire.0);
                let y = self.put(Column::Client(client), Tone::Connection, &text, tip);
                self.unwire(client, wire, y);
            }
        }
    }

    fn unwire(&mut self, client: usize, wire: Wire, y: i32) {
        let Some((wires, since)) = self.wires.get_mut(&client) else { return };
        if wires.remove(&wire) && wires.is_empty() {
            self.scene.lanes[client].connected.push((*since, y + LINE));
        }
    }

    /// The server tells something; who is told the same next is named with the others.
    fn tell(&mut self, place: usize, at: Ms, client: usize, wire: Wire, text: &str) {
        let name = self.name(client).to_owned();
        if let Some(relay) = self.chronicle.dials.get(&client) {
            let tip = format!("{}: {} passes on to {name}: {text}", write_time(at), self.name(*relay));
            let y = self.put(Column::Client(*relay), Tone::Sent, &format!("→ {name}: {text}"), tip);
            return self.takes_off(place, client, Dir::Down, y, text);
        }
        let last = self.scene.items.len().wrapping_sub(1);
        let again = self.told.take().filter(|told| told.item == last && told.text == text);
        let (y, told) = if let Some(mut told) = again {
            told.names = format!("{}, {name}", told.names);
            let lines = self.wrapped(Column::Server, Tone::Sent, &format!("→ {}: {text}", told.names));
            let item = &mut self.scene.items[told.item];
            let more = i32::try_from(lines.len() - item.lines.len()).expect("lines are few");
            item.lines = lines;
            item.tip += &format!("\n… and over connection {} to {name}", wire.0);
            let y = item.y;
            *self.cursors.entry(Column::Server).or_default() += more * LINE;
            (y, told)
        } else {
            let tip = format!("{}: the server sends over connection {} to {name}: {text}", write_time(at), wire.0);
            let y = self.put(Column::Server, Tone::Sent, &format!("→ {name}: {text}"), tip);
            (y, Told { text: text.to_owned(), names: name, item: self.scene.items.len() - 1 })
        };
        self.told = Some(told);
        self.takes_off(place, client, Dir::Down, y, text);
    }

    fn wrapped(&self, column: Column, tone: Tone, text: &str) -> Vec<String> {
        let (_, width) = self.scene.texts(column);
        wrap(text, usize::try_from((width - 12) / tone.char_width()).expect("a column is wide"))
    }

    /// Draws what was sent as far as it is known where: the rest on its arrival.
    fn takes_off(&mut self, place: usize, client: usize, dir: Dir, y: i32, text: &str) {
        let Some(flight) = self.flights.at(place) else { return };
        let (from, to) = self.ends(client, dir);
        let about = match flight.end {
            Landing::Arrived(_, at) => {
                format!("{text}\nsent {}, arrives {}", write_time(flight.sent_at), write_time(at))
            }
            Landing::Lost => format!("{text}\nsent {}, lost", write_time(flight.sent_at)),
            Landing::UnderWay => format!("{text}\nsent {}, under way at the end", write_time(flight.sent_at)),
        };
        let tip = match flight.end {
            Landing::Arrived(..) | Landing::UnderWay => Tip::UnderWay,
            Landing::Lost => Tip::Lost,
        };
        let near = if from < to { super::GAP * 3 / 5 } else { -super::GAP * 3 / 5 };
        let middle = (from + near, y + LINE + 6);
        self.arrows.insert(place, self.scene.arrows.len());
        self.scene.arrows.push(Arrow { from: (from, y + 9), to: middle, tip, down: dir == Dir::Down, about });
    }

    /// The column of whom somebody dials: a relay's, or the server's.
    fn dialed(&self, client: usize) -> Column {
        self.chronicle.dials.get(&client).map_or(Column::Server, |relay| Column::Client(*relay))
    }

    fn arrive(&mut self, place: usize, client: usize, dir: Dir) {
        let Some(arrow) = self.flights.at(place).and_then(|flight| self.arrows.get(&flight.sent)).copied() else {
            return;
        };
        let column = match dir {
            Dir::Up => self.dialed(client),
            Dir::Down => Column::Client(client),
        };
        self.floor = self.floor.max(self.scene.arrows[arrow].from.1 - 3);
        let y = self.place(column, 5);
        let (_, x) = self.ends(client, dir);
        let arrow = &mut self.scene.arrows[arrow];
        arrow.to = (x, y + 9);
        arrow.tip = Tip::There;
    }

    /// Where what is sent over a client's connection begins and ends.
    fn ends(&self, client: usize, dir: Dir) -> (i32, i32) {
        let lane = &self.scene.lanes[client];
        let relay = self.chronicle.dials.get(&client).map(|relay| &self.scene.lanes[*relay]);
        let other = match (lane.side, relay) {
            (Side::Left, None) => self.scene.middle.left,
            (Side::Right, None) => self.scene.middle.left + self.scene.middle.width,
            // Relays stand between their clients and the server.
            (_, Some(relay)) => relay.left,
        };
        match dir {
            Dir::Up => (lane.x, other),
            Dir::Down => (other, lane.x),
        }
    }

    fn fault(&mut self, at: Ms, text: &str, client: Option<usize>, begins: bool) {
        let column = client.map_or(Column::Server, Column::Client);
        if !begins {
            let y = self.put(column, Tone::Healed, &format!("over: {text}"), write_time(at));
            let open = self.open.iter().position(|band| self.scene.bands[*band].about == text);
            if let Some(open) = open {
                let band = self.open.remove(open);
                self.scene.bands[band].to = y + LINE;
            }
            return;
        }
        let y = self.put(column, Tone::Trouble, &format!("⚡ {text}"), format!("{}: trouble", write_time(at)));
        if text.contains(" for ") && !CRASHES.iter().any(|crash| text.starts_with(crash)) {
            let inside = self.open.iter().filter(|band| self.scene.bands[**band].column == column).count();
            let depth = i32::try_from(inside).expect("faults are few");
            self.open.push(self.scene.bands.len());
            self.scene.bands.push(Band { column, from: y, to: y, depth, about: text.to_owned() });
        }
    }

    fn finish(mut self) -> Scene {
        let end = self.cursors.values().copied().max().unwrap_or(0).max(self.floor) + 24;
        for (client, (wires, since)) in &self.wires {
            if !wires.is_empty() {
                self.scene.lanes[*client].connected.push((*since, end));
            }
        }
        if let Some(up) = self.up_since {
            self.scene.middle.up.push((up, end));
        }
        for band in &self.open {
            self.scene.bands[*band].to = end;
        }
        self.scene.height = end;
        self.scene
    }
}

fn tone_of(fired: &Fired) -> Tone {
    let row = fired.row();
    let refuses = row.1.iter().any(|effect| matches!(effect, Effect::Refuse(_)));
    match row.2 {
        Next::End => Tone::Ends,
        _ if refuses => Tone::Refuses,
        Next::Become(_) => Tone::Moves,
        Next::Stay => Tone::Stays,
    }
}
