//! A chronicle of what a journal recorded: inputs with their times, and what the machine makes of them.
//!
//! Owns what can be told from a journal. It knows when the server took a request and what it said to that, not when
//! either was on its way: arrows arrive at once, and nothing is ever lost.

use super::words;
use crate::chronicle::{Chronicle, Dir, Moment, Wire};
use crate::plan::Ms;
use crate::plan::line::write_time;
use hobnob_machine::{Action, Conn, Input, Out, RoomId, Server};
use hobnob_spec::messages::{Answer, Message, Place, Time};
use hobnob_spec::session::Source;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many lanes are drawn; the quietest share one.
const LANES_MOST: usize = 9;

/// Listens to a replay.
#[derive(Debug)]
pub struct Recorder {
    /// How many moments are kept: the last ones.
    most: usize,
    /// Each with its record and its time; whoever it is about is named by the number of a connection.
    moments: VecDeque<(u64, Time, Moment)>,
    /// The record that is taken.
    seq: u64,
    left_out: u64,
    /// The nick that a connection had first.
    nicks: BTreeMap<Conn, String>,
    /// Who hears a room.
    hearers: BTreeMap<RoomId, BTreeSet<Conn>>,
    open: BTreeSet<Conn>,
    begun: bool,
    lives: u32,
}

/// What a replay brought.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The moments, with times since the first of them.
    pub chronicle: Chronicle,
    /// The first record of which something is told.
    pub first: u64,
    /// The time of the first moment.
    pub begin: Time,
    /// How many moments before it were left out.
    pub left_out: u64,
    /// How many users share the lane of the others.
    pub others: usize,
}

impl Recorder {
    /// A listener who keeps the last `most` moments.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            moments: VecDeque::new(),
            seq: 0,
            left_out: 0,
            nicks: BTreeMap::new(),
            hearers: BTreeMap::new(),
            open: BTreeSet::new(),
            begun: false,
            lives: 1,
        }
    }

    /// How many moments are kept.
    pub fn len(&self) -> usize {
        self.moments.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.moments.is_empty()
    }

    /// Takes a record: its number and time, what the server took, what that brought, and the machine after it.
    /// `is_wanted` says whether it is to be told, and not only remembered for those after it.
    pub fn take(&mut self, seq: u64, at: Time, input: &Input, out: &Out, server: &Server, is_wanted: bool) {
        self.seq = seq;
        let most = if is_wanted { self.most } else { 0 };
        let most = std::mem::replace(&mut self.most, most);
        if !self.begun {
            self.begin(seq, at, server);
        }
        let (rang, brought): (Vec<_>, Vec<_>) =
            out.fired.iter().partition(|fired| fired.event.source() == Source::Clock);
        rang.into_iter().for_each(|fired| self.put(fired.at, Moment::Fired(fired.clone())));
        self.input(seq, at, input);
        brought.into_iter().for_each(|fired| self.put(fired.at, Moment::Fired(fired.clone())));
        for action in &out.actions {
            self.action(at, action);
        }
        self.most = most;
    }

    fn begin(&mut self, seq: u64, at: Time, server: &Server) {
        self.begun = true;
        self.put(at, Moment::Started { life: 1, records: seq - 1 });
        if seq == 1 {
            return;
        }
        for session in server.sessions() {
            let Some(conn) = session.conn else { continue };
            self.open.insert(conn);
            self.nicks.extend(session.nick.map(|nick| (conn, nick.to_string())));
            for room in session.rooms {
                self.hearers.entry(room).or_default().insert(conn);
            }
        }
    }

    fn put(&mut self, at: Time, moment: Moment) {
        if self.most == 0 {
            return;
        }
        if self.moments.len() == self.most {
            self.moments.pop_front();
            self.left_out += 1;
        }
        self.moments.push_back((self.seq, at, moment));
    }

    fn input(&mut self, seq: u64, at: Time, input: &Input) {
        let fault = |text: &str, client| Moment::Fault { text: text.to_owned(), client, begins: true };
        match input {
            Input::Opened { conn, .. } => {
                self.open.insert(*conn);
                self.put(at, Moment::Connected { client: lane(*conn), wire: Wire(conn.0) });
            }
            Input::Relayed { conn, addr } => self.sent(at, *conn, Dir::Up, format!("on behalf of {addr}")),
            Input::Asked { conn, asked } => self.sent(at, *conn, Dir::Up, words::asked(asked)),
            Input::Chunk { conn, number, transfer, offset, len } => {
                let text = format!("{number}: sends {len} at {offset} of {transfer}");
                self.sent(at, *conn, Dir::Up, text);
            }
            Input::Filed { .. } | Input::Reopened { .. } => {}
            Input::Garbled { conn } => self.sent(at, *conn, Dir::Up, "something that is no request".into()),
            Input::Foreign { conn } => self.sent(at, *conn, Dir::Up, "something of another protocol".into()),
            Input::TooSlow { conn } => self.put(at, fault("its reader is too slow", Some(lane(*conn)))),
            Input::Lost { conn } => {
                self.ended(at, *conn, Dir::Up);
                self.close(at, *conn);
            }
            Input::Wake => {}
            Input::Configured(_) => self.put(at, fault("the settings are changed", None)),
            Input::Restarted => {
                self.lives += 1;
                self.put(at, Moment::Down { kept: seq - 1, lost: 0 });
                for conn in std::mem::take(&mut self.open) {
                    self.ended(at, conn, Dir::Down);
                }
                self.hearers.clear();
                self.put(at, Moment::Started { life: self.lives, records: seq - 1 });
            }
            Input::Outage { ms } => self.put(at, fault(&format!("nothing was kept, {}", write_time(*ms)), None)),
            Input::Stopping => self.put(at, fault("the server is stopping", None)),
        }
    }

    fn action(&mut self, at: Time, action: &Action) {
        match action {
            Action::Send { conn, message } => {
                if let Message::Answer { answer: Answer::Welcome { nick, .. } | Answer::Back { nick, .. }, .. } =
                    message
                {
                    self.nicks.entry(*conn).or_insert_with(|| nick.to_string());
                }
                self.sent(at, *conn, Dir::Down, words::message(message));
            }
            Action::Deliver { room, name, entry } => {
                let message = Message::Live { place: Place::Room(name.clone()), entry: entry.clone() };
                let text = words::message(&message);
                for conn in self.hearers.get(room).cloned().unwrap_or_default() {
                    self.sent(at, conn, Dir::Down, text.clone());
                }
            }
            Action::Hear { conn, room } => drop(self.hearers.entry(*room).or_default().insert(*conn)),
            Action::Unhear { conn, room } => {
                self.hearers.entry(*room).or_default().remove(conn);
            }
            Action::ReadPage { conn, number, .. } => {
                self.sent(at, *conn, Dir::Down, format!("{number}: a page from the store"));
            }
            Action::ReadPiece { conn, number, .. } => {
                self.sent(at, *conn, Dir::Down, format!("{number}: a piece of a file"));
            }
            Action::WriteChunk { .. }
            | Action::CheckFile { .. }
            | Action::DiscardPart { .. }
            | Action::RemoveFile { .. } => {}
            Action::Close { conn } => self.close(at, *conn),
            Action::Keep { .. } => {}
        }
    }

    fn close(&mut self, at: Time, conn: Conn) {
        for hearers in self.hearers.values_mut() {
            hearers.remove(&conn);
        }
        if self.open.remove(&conn) {
            self.ended(at, conn, Dir::Down);
        }
    }

    fn sent(&mut self, at: Time, conn: Conn, dir: Dir, text: String) {
        let (client, wire) = (lane(conn), Wire(conn.0));
        self.put(at, Moment::Sent { client, wire, dir, text });
        self.put(at, Moment::Arrived { client, wire, dir });
    }

    fn ended(&mut self, at: Time, conn: Conn, dir: Dir) {
        self.put(at, Moment::Ended { client: lane(conn), wire: Wire(conn.0), dir });
    }

    /// What was kept, with a lane for each user.
    pub fn finish(self) -> Recorded {
        let begin = self.moments.iter().map(|(_, at, _)| *at).min().unwrap_or(Time(0));
        let mut names: BTreeMap<String, u64> = BTreeMap::new();
        let name_of = |conn: usize| {
            let conn = Conn(conn as u64);
            self.nicks.get(&conn).cloned().unwrap_or_else(|| "no nick".to_owned())
        };
        let mut order: Vec<String> = Vec::new();
        for client in self.moments.iter().filter_map(|(_, _, moment)| client_of(moment)) {
            let name = name_of(client);
            if !names.contains_key(&name) {
                order.push(name.clone());
            }
            *names.entry(name).or_insert(0) += 1;
        }
        let others = fold_quiet(&mut order, &names);
        let place = |client: usize| {
            let name = name_of(client);
            order.iter().position(|found| *found == name).unwrap_or(order.len().saturating_sub(1))
        };
        let mut last: Ms = 0;
        let moments = self.moments.iter().map(|(_, at, moment)| {
            last = last.max(at.since(begin));
            let mut moment = moment.clone();
            if let Some(client) = client_of_mut(&mut moment) {
                *client = place(*client);
            }
            (last, moment)
        });
        let moments = with_earlier_connections(moments.collect());
        let first = self.moments.front().map_or(0, |(seq, _, _)| *seq);
        Recorded {
            chronicle: Chronicle { names: order, moments, ..Chronicle::default() },
            first,
            begin,
            left_out: self.left_out,
            others,
        }
    }
}

/// Puts the quietest together, if there are many; says how many.
fn fold_quiet(order: &mut Vec<String>, counts: &BTreeMap<String, u64>) -> usize {
    if order.len() <= LANES_MOST {
        return 0;
    }
    let mut busiest: Vec<_> = order.iter().map(|name| (u64::MAX - counts[name], name.clone())).collect();
    busiest.sort();
    let kept: BTreeSet<_> = busiest.into_iter().take(LANES_MOST - 1).map(|(_, name)| name).collect();
    let before = order.len();
    order.retain(|name| kept.contains(name));
    let others = before - order.len();
    order.push(format!("{others} others"));
    others
}

/// Whoever is heard of without having come has been there from the beginning.
fn with_earlier_connections(moments: Vec<(Ms, Moment)>) -> Vec<(Ms, Moment)> {
    let mut known = BTreeSet::new();
    let mut earlier = Vec::new();
    for (_, moment) in &moments {
        let (client, wire, comes) = match moment {
            Moment::Connected { client, wire } => (*client, *wire, true),
            Moment::Sent { client, wire, .. } | Moment::Ended { client, wire, .. } => (*client, *wire, false),
            _ => continue,
        };
        if known.insert(wire) && !comes {
            earlier.push((0, Moment::Connected { client, wire }));
        }
    }
    earlier.into_iter().chain(moments).collect()
}

fn lane(conn: Conn) -> usize {
    usize::try_from(conn.0).expect("connections are fewer than memory has places")
}

fn client_of(moment: &Moment) -> Option<usize> {
    client_of_mut(&mut moment.clone()).copied()
}

const fn client_of_mut(moment: &mut Moment) -> Option<&mut usize> {
    match moment {
        Moment::Wished { client, .. }
        | Moment::Shown { client, .. }
        | Moment::Connected { client, .. }
        | Moment::Sent { client, .. }
        | Moment::Arrived { client, .. }
        | Moment::Ended { client, .. }
        | Moment::ClientFired { client, .. } => Some(client),
        Moment::RelayFired { relay, .. } => Some(relay),
        Moment::Fault { client, .. } => client.as_mut(),
        Moment::Fired(_) | Moment::Started { .. } | Moment::Down { .. } | Moment::Broken { .. } => None,
    }
}
