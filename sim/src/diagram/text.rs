//! A sequence diagram for a terminal: a narrow lane for everybody on the left, words on the right.

use super::flight::{Flight, Flights, Landing};
use super::trace::{client_row, counted, down, name_of, relay_row, row, started, whose};
use crate::chronicle::{Chronicle, Dir, Moment, Wire};
use crate::plan::Ms;
use crate::plan::line::write_time;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer columns than this hold no diagram.
pub const WIDTH_LEAST: usize = 60;
/// How wide the column of times is.
const TIME: usize = 9;
/// How wide a lane is at most.
const LANE_WIDEST: usize = 10;
/// What takes longer to arrive is drawn where it is sent and where it arrives.
const SLOW_MS: Ms = 300;

/// The diagram of a chronicle, `width` columns wide, without moments beyond the first `most`.
pub fn text(chronicle: &Chronicle, width: usize, most: usize) -> String {
    let width = width.max(WIDTH_LEAST);
    let mut page = Page::new(chronicle, width);
    let flights = Flights::of(chronicle);
    page.heading();
    for (place, (at, moment)) in chronicle.moments.iter().enumerate().take(most) {
        page.moment(&flights, place, *at, moment);
    }
    if let Some(left) = chronicle.moments.len().checked_sub(most).filter(|left| *left > 0) {
        page.text += &format!("{:<TIME$}  … and {} more\n", "", counted(left as u64, "moment"));
    }
    let (sent, lost) = flights.count();
    page.text += &format!("\n{} sent, {lost} lost.\n", counted(sent as u64, "message"));
    page.text += "▶ ◀ arrives   ┄ is slow   ✗ is lost   ● a user wishes or sees   ╳ trouble\n";
    page.text += "■ a row of the session table   □ of the client's   ┊ without a connection\n";
    page.text
}

struct Page<'a> {
    chronicle: &'a Chronicle,
    text: String,
    /// How wide each lane is; the last one is the server's.
    lane: usize,
    words: usize,
    last: Option<Ms>,
    /// The connections that each client has.
    connected: BTreeMap<usize, BTreeSet<Wire>>,
    up: bool,
}

/// What is drawn on a line, beside the lanes.
enum Mark {
    At(usize, char),
    /// From the lane, to the lane, where it ends.
    Arrow(usize, usize, Tip),
    Everywhere(char),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tip {
    There,
    Half(char),
}

impl<'a> Page<'a> {
    fn new(chronicle: &'a Chronicle, width: usize) -> Self {
        let names = chronicle.names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("server".len());
        let room = (width - TIME - 4) / 2;
        let lanes = chronicle.names.len() + 1;
        let lane = (names + 2).min(LANE_WIDEST).min((room / lanes).max(3)) | 1;
        let words = width.saturating_sub(TIME + 2 + lane * lanes + 1).max(20);
        Self { chronicle, text: String::new(), lane, words, last: None, connected: BTreeMap::new(), up: false }
    }

    fn server(&self) -> usize {
        self.chronicle.names.len()
    }

    fn heading(&mut self) {
        let mut line = format!("{:<TIME$}  ", "TIME");
        for name in self.chronicle.names.iter().map(String::as_str).chain(["server"]) {
            let short: String = name.chars().take(self.lane - 1).collect();
            line += &format!("{short:^lane$}", lane = self.lane);
        }
        self.text += line.trim_end();
        self.text.push('\n');
    }

    fn moment(&mut self, flights: &Flights, place: usize, at: Ms, moment: &Moment) {
        let name = |client: &usize| name_of(self.chronicle, *client);
        match moment {
            Moment::Wished { client, text } => {
                let words = format!("{} {text}", name(client));
                self.line(at, &Mark::At(*client, '●'), &words);
            }
            Moment::Shown { client, text } => {
                let words = format!("{} sees {text}", name(client));
                self.line(at, &Mark::At(*client, '●'), &words);
            }
            Moment::Connected { client, wire } => {
                self.connected.entry(*client).or_default().insert(*wire);
                let words = format!("{} is connected", name(client));
                self.line(at, &Mark::Arrow(*client, self.dialed(*client), Tip::There), &words);
            }
            Moment::Ended { client, wire, dir } => {
                let (lane, who) = match dir {
                    Dir::Down => (*client, name(client).to_owned()),
                    Dir::Up => match self.chronicle.dials.get(client) {
                        Some(relay) => (*relay, name(relay).to_owned()),
                        None => (self.server(), "the server".to_owned()),
                    },
                };
                if *dir == Dir::Down {
                    self.connected.entry(*client).or_default().remove(wire);
                }
                let words = format!("{who} learns that connection {} of {} is over", wire.0, name(client));
                self.line(at, &Mark::At(lane, '╳'), &words);
            }
            Moment::Sent { client, dir, text, .. } => self.sent(flights.at(place), at, *client, *dir, text),
            Moment::Arrived { client, dir, .. } => self.arrived(flights.at(place), at, *client, *dir),
            Moment::Fired(fired) => {
                let words = format!("  {}: {}", whose(self.chronicle, place, fired), row(fired));
                self.line(at, &Mark::At(self.server(), '■'), &words);
            }
            Moment::ClientFired { client, fired } => {
                let words = format!("  {}", client_row(fired));
                self.line(at, &Mark::At(*client, '□'), &words);
            }
            Moment::RelayFired { relay, client, fired } => {
                let words = format!("  client {client}: {}", relay_row(fired));
                self.line(at, &Mark::At(*relay, '□'), &words);
            }
            Moment::Fault { text, client, begins } => {
                let words = if *begins { format!("* {text}") } else { format!("* over: {text}") };
                self.line(at, &Mark::At(client.unwrap_or(self.server()), '╳'), &words);
            }
            Moment::Started { life, records } => {
                self.up = true;
                let words = format!("the server {}", started(*life, *records));
                self.line(at, &Mark::At(self.server(), '┬'), &words);
            }
            Moment::Down { kept, lost } => {
                let words = format!("the server {}", down(*kept, *lost));
                self.line(at, &Mark::At(self.server(), '╳'), &words);
                self.up = false;
            }
            Moment::Broken { promise, sentence } => {
                let words = format!("BROKEN: {promise}: {sentence}");
                self.line(at, &Mark::Everywhere('═'), &words);
            }
        }
    }

    fn sent(&mut self, flight: Option<&Flight>, at: Ms, client: usize, dir: Dir, text: &str) {
        let (from, to) = self.ends(client, dir);
        match flight.map(|flight| flight.end) {
            Some(Landing::Arrived(_, arrives)) if arrives - at < SLOW_MS => {
                self.line(at, &Mark::Arrow(from, to, Tip::There), text);
            }
            Some(Landing::Arrived(_, arrives)) => {
                let words = format!("{text} (arrives at {})", write_time(arrives));
                self.line(at, &Mark::Arrow(from, to, Tip::Half('┄')), &words);
            }
            Some(Landing::UnderWay) => {
                self.line(at, &Mark::Arrow(from, to, Tip::Half('┄')), &format!("{text} (under way)"));
            }
            Some(Landing::Lost) | None => {
                self.line(at, &Mark::Arrow(from, to, Tip::Half('✗')), &format!("{text} (LOST)"));
            }
        }
    }

    /// What was fast is drawn where it was sent.
    fn arrived(&mut self, flight: Option<&Flight>, at: Ms, client: usize, dir: Dir) {
        let Some(flight) = flight.filter(|flight| at - flight.sent_at >= SLOW_MS) else { return };
        let Some((_, Moment::Sent { text, .. })) = self.chronicle.moments.get(flight.sent) else { return };
        let (from, to) = self.ends(client, dir);
        let words = format!("{text} (sent at {})", write_time(flight.sent_at));
        self.line(at, &Mark::Arrow(from, to, Tip::There), &words);
    }

    /// Whom somebody dials: a relay, or the server.
    fn dialed(&self, client: usize) -> usize {
        self.chronicle.dials.get(&client).copied().unwrap_or(self.server())
    }

    fn ends(&self, client: usize, dir: Dir) -> (usize, usize) {
        let dialed = self.dialed(client);
        match dir {
            Dir::Up => (client, dialed),
            Dir::Down => (dialed, client),
        }
    }

    fn line(&mut self, at: Ms, mark: &Mark, words: &str) {
        let time = if self.last == Some(at) { String::new() } else { write_time(at) };
        self.last = Some(at);
        let mut lanes = self.lanes();
        self.draw(&mut lanes, mark);
        let mut lanes: String = lanes.into_iter().collect();
        for (place, words) in wrap(words, self.words).iter().enumerate() {
            let time = if place == 0 { time.as_str() } else { "" };
            let line = format!("{time:<TIME$}  {lanes} {words}");
            self.text += line.trim_end();
            self.text.push('\n');
            lanes = self.lanes().into_iter().collect();
        }
    }

    fn lanes(&self) -> Vec<char> {
        let mut lanes = vec![' '; self.lane * (self.server() + 1)];
        for lane in 0..=self.server() {
            let is_on = if lane == self.server() {
                self.up
            } else {
                self.connected.get(&lane).is_some_and(|wires| !wires.is_empty())
            };
            lanes[self.middle(lane)] = if is_on { '│' } else { '┊' };
        }
        lanes
    }

    const fn middle(&self, lane: usize) -> usize {
        lane * self.lane + self.lane / 2
    }

    fn draw(&self, lanes: &mut [char], mark: &Mark) {
        match *mark {
            Mark::At(lane, sign) => lanes[self.middle(lane)] = sign,
            Mark::Everywhere(sign) => lanes.fill(sign),
            Mark::Arrow(from, to, tip) => {
                let (from, to) = (self.middle(from), self.middle(to));
                let right = from < to;
                let last = match tip {
                    Tip::There => {
                        if right {
                            to - 1
                        } else {
                            to + 1
                        }
                    }
                    Tip::Half(_) => {
                        if right {
                            from + self.lane / 2 + 1
                        } else {
                            from - self.lane / 2 - 1
                        }
                    }
                };
                for sign in &mut lanes[from.min(last)..=from.max(last)] {
                    *sign = if *sign == ' ' { '─' } else { '┼' };
                }
                lanes[from] = if right { '├' } else { '┤' };
                lanes[last] = match tip {
                    Tip::There => {
                        if right {
                            '▶'
                        } else {
                            '◀'
                        }
                    }
                    Tip::Half(sign) => sign,
                };
            }
        }
    }
}

/// The words in lines of at most so many characters, broken at blanks where there are any.
pub(super) fn wrap(words: &str, width: usize) -> Vec<String> {
    let indent = words.len() - words.trim_start().len();
    let mut lines = vec![" ".repeat(indent)];
    let mut fresh = true;
    for word in words.trim_start().split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let line = lines.last_mut().expect("there is always a line");
        if line.chars().count() + word.len() + usize::from(!fresh) <= width {
            if !fresh {
                line.push(' ');
            }
            line.extend(word);
        } else {
            if !fresh {
                lines.push(" ".repeat(indent + 2));
            }
            let room = width - indent - 2;
            while word.len() > room {
                let rest = word.split_off(room);
                lines.last_mut().expect("there is always a line").extend(word);
                lines.push(" ".repeat(indent + 2));
                word = rest;
            }
            lines.last_mut().expect("there is always a line").extend(word);
        }
        fresh = false;
    }
    lines
}
