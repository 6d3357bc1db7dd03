//! One state of a small world, and what can happen in it next.
//!
//! Owns the model of connections: what is under way on each, in order, and connections of which only one side knows
//! that they are over. A step copies only the part that it changes.

use super::eyes::{Broken, Eyes, Said};
use super::scope::{Act, Scope};
use crate::promise::Promise;
use hobnob_machine::{
    Action, Client, ClientAction, ClientInput, ClientOut, Conn, Input, Out, Pair, RoomId, Server, Shelf,
};
use hobnob_spec::client::State as ClientState;
use hobnob_spec::messages::{Answer, Asked, Message, Place, Request, Secret, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;

/// What can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Next {
    /// A user does the next thing of the script.
    Act(u8),
    /// A connection comes to stand.
    Connect(u8),
    /// The server gets what is first under way to it.
    Up(u8),
    /// The server gets what is first under way to it over a connection that the user has given up.
    GhostUp(u8),
    /// The user gets what is first under way.
    Down(u8),
    /// A connection is cut: what is under way is lost, and either side is told when it is its turn.
    Cut(u8),
    /// The server is killed and starts again.
    Crash,
    /// Time passes until the next alarm.
    Pass,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = |who: &u8| char::from(b'A' + who);
        match self {
            Self::Act(who) => write!(f, "{} acts", user(who)),
            Self::Connect(who) => write!(f, "{} is connected", user(who)),
            Self::Up(who) => write!(f, "the server hears {}", user(who)),
            Self::GhostUp(who) => write!(f, "the server hears a connection that {} gave up", user(who)),
            Self::Down(who) => write!(f, "{} hears the server", user(who)),
            Self::Cut(who) => write!(f, "the connection of {} is cut", user(who)),
            Self::Crash => f.write_str("the server is killed and starts again"),
            Self::Pass => f.write_str("time passes until the next alarm"),
        }
    }
}

/// A part of a state with its hash, shared by the states that have it in common.
#[derive(Debug, Clone)]
struct Part<T>(Arc<T>, u64);

impl<T: Hash + Clone> Part<T> {
    fn new(value: T) -> Self {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        Self(Arc::new(value), hasher.finish())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum UpItem {
    Asked(Asked),
    End,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum DownItem {
    Message(Arc<Message>),
    End,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Wire {
    conn: Conn,
    up: VecDeque<UpItem>,
    down: VecDeque<DownItem>,
}

/// A user: the client, how far the script is done, what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Mind {
    client: Client,
    acted: usize,
    dials: bool,
    eyes: Eyes,
}

/// A user's connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Net {
    wire: Option<Wire>,
    /// Connections that this user has given up and the server not yet.
    ghosts: VecDeque<(Conn, VecDeque<UpItem>)>,
}

impl Net {
    /// The user knows that the connection is over; the server will.
    fn give_up(&mut self) {
        if let Some(mut wire) = self.wire.take() {
            if wire.up.back() != Some(&UpItem::End) {
                wire.up.push_back(UpItem::End);
            }
            self.ghosts.push_back((wire.conn, wire.up));
        }
    }
}

#[derive(Debug, Clone)]
struct User {
    mind: Part<Mind>,
    net: Part<Net>,
}

/// The server and what is said.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Side {
    server: Server,
    hears: BTreeMap<Conn, BTreeSet<RoomId>>,
    said: Arc<Said>,
    next_conn: u64,
}

/// A state of a small world.
#[derive(Debug, Clone)]
pub(super) struct State {
    now: Time,
    side: Part<Side>,
    users: Vec<User>,
    cuts: u8,
    crashes: u8,
    passes: u8,
}

const BEGIN: Time = Time(crate::plan::BEGIN_MS);

impl State {
    pub(super) fn first(scope: &Scope) -> Self {
        let server = Server::new(scope.config.clone(), 1);
        let client = |number: usize| Client::new(number as u64);
        let mind = |number| Mind { client: client(number), acted: 0, dials: false, eyes: Eyes::default() };
        let user = |number| User { mind: Part::new(mind(number)), net: Part::new(Net::default()) };
        Self {
            now: BEGIN,
            side: Part::new(Side { server, hears: BTreeMap::new(), said: Arc::default(), next_conn: 1 }),
            users: (0..scope.scripts.len()).map(user).collect(),
            cuts: scope.cuts,
            crashes: scope.crashes,
            passes: scope.passes,
        }
    }

    /// What tells this state from others.
    pub(super) fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.now, self.side.1, self.cuts, self.crashes, self.passes).hash(&mut hasher);
        for user in &self.users {
            (user.mind.1, user.net.1).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// What can happen next.
    pub(super) fn nexts(&self, scope: &Scope, into: &mut Vec<Next>) {
        into.clear();
        for (who, (user, script)) in (0..).zip(self.users.iter().zip(&scope.scripts)) {
            let (mind, net) = (&*user.mind.0, &*user.net.0);
            if mind.acted < script.len() {
                into.push(Next::Act(who));
            }
            if mind.dials {
                into.push(Next::Connect(who));
            }
            if !net.ghosts.is_empty() {
                into.push(Next::GhostUp(who));
            }
            let Some(wire) = &net.wire else { continue };
            if !wire.up.is_empty() {
                into.push(Next::Up(who));
            }
            if !wire.down.is_empty() {
                into.push(Next::Down(who));
            }
            if self.cuts > 0 && wire.up.back() != Some(&UpItem::End) {
                into.push(Next::Cut(who));
            }
        }
        if self.crashes > 0 {
            into.push(Next::Crash);
        }
        // Time is slow: it passes only when nothing is under way.
        let busy = into.iter().any(|next| !matches!(next, Next::Cut(_) | Next::Crash | Next::Act(_)));
        if self.passes > 0 && !busy && self.alarm().is_some() {
            into.push(Next::Pass);
        }
    }

    fn alarm(&self) -> Option<Time> {
        let clients = self.users.iter().filter_map(|user| user.mind.0.client.wake_at());
        clients.chain(self.side.0.server.wake_at()).min()
    }

    /// The state after something happened, or the promise that this breaks.
    pub(super) fn after(&self, scope: &Scope, next: Next) -> Result<Self, Broken> {
        let mut new = self.clone();
        match next {
            Next::Act(who) => new.act(scope, usize::from(who))?,
            Next::Connect(who) => new.connect(usize::from(who))?,
            Next::Up(who) => {
                let who = usize::from(who);
                let (conn, item) = new.net(who, |net| {
                    let wire = net.wire.as_mut().expect("something is under way over it");
                    (wire.conn, wire.up.pop_front().expect("something is under way"))
                });
                new.up(conn, item)?;
            }
            Next::GhostUp(who) => {
                let who = usize::from(who);
                let (conn, item) = new.net(who, |net| {
                    let (conn, up) = net.ghosts.front_mut().expect("there is one");
                    let (conn, item) = (*conn, up.pop_front().expect("it ends"));
                    if item == UpItem::End {
                        net.ghosts.pop_front();
                    }
                    (conn, item)
                });
                new.up(conn, item)?;
            }
            Next::Down(who) => new.down(usize::from(who))?,
            Next::Cut(who) => {
                new.cuts -= 1;
                new.net(usize::from(who), |net| {
                    let wire = net.wire.as_mut().expect("there is a connection to be cut");
                    wire.up = VecDeque::from([UpItem::End]);
                    wire.down = VecDeque::from([DownItem::End]);
                });
            }
            Next::Crash => new.crash()?,
            Next::Pass => new.pass()?,
        }
        Ok(new)
    }

    /// Whether all is as it should be where nothing can happen any more.
    pub(super) fn check_end(&self) -> Result<(), Broken> {
        let said = &self.side.0.said;
        for user in &self.users {
            let Mind { client, eyes, .. } = &*user.mind.0;
            if client.outstanding() != eyes.open() {
                let (kept, open) = (client.outstanding(), eyes.open());
                return Err((Promise::NothingDropped, format!("{open} requests are open and {kept} are kept")));
            }
            if client.state() != ClientState::Joined {
                continue;
            }
            if eyes.open() > 0 {
                return Err((Promise::OneAnswer, "a request has no answer though nothing is under way".into()));
            }
            for place in eyes.rooms() {
                let Place::Room(room) = place else { continue };
                let last = said.of_room(&self.key(room.as_str())).last().map_or(0, |entry| entry.number);
                if eyes.last_of(place) != Some(last) {
                    let seen = eyes.last_of(place).unwrap_or(0);
                    return Err((Promise::Converged, format!("number {last} of {room} was never shown after {seen}")));
                }
            }
        }
        Ok(())
    }

    fn key(&self, name: &str) -> Arc<str> {
        self.side.0.server.key(name)
    }

    fn net<T>(&mut self, who: usize, change: impl FnOnce(&mut Net) -> T) -> T {
        let mut net = Net::clone(&self.users[who].net.0);
        let result = change(&mut net);
        self.users[who].net = Part::new(net);
        result
    }

    fn act(&mut self, scope: &Scope, who: usize) -> Result<(), Broken> {
        let act = &scope.scripts[who][self.users[who].mind.0.acted];
        let input = match act {
            Act::Join(nick) => {
                let token = Secret([u8::try_from(who).expect("users are few") + 1; 16]);
                ClientInput::Join { nick: (*nick).to_owned(), token, avatar: None }
            }
            Act::Ask(request) => ClientInput::Ask(request.clone()),
            Act::Quit => ClientInput::Quit,
            Act::Close => ClientInput::Close,
        };
        self.step_client(who, input, |mind| {
            mind.acted += 1;
            if let Act::Ask(request) = act {
                mind.eyes.ask(request);
            }
        })
    }

    fn connect(&mut self, who: usize) -> Result<(), Broken> {
        let conn = Conn(self.side.0.next_conn);
        self.net(who, |net| net.wire = Some(Wire { conn, up: VecDeque::new(), down: VecDeque::new() }));
        let port = 1_000 + u16::try_from(conn.0).expect("connections are few");
        let addr = SocketAddr::from(([10, 0, 0, 1 + u8::try_from(who).expect("users are few")], port));
        self.step_server(Input::Opened { conn, addr, listener: 0 }, |side| {
            side.next_conn += 1;
            side.hears.insert(conn, BTreeSet::new());
        })?;
        self.step_client(who, ClientInput::Opened, |mind| mind.dials = false)
    }

    fn up(&mut self, conn: Conn, item: UpItem) -> Result<(), Broken> {
        // What comes over a connection that the server has ended itself is heard by nobody.
        if !self.side.0.hears.contains_key(&conn) {
            return Ok(());
        }
        match item {
            UpItem::Asked(asked) => self.step_server(Input::Asked { conn, asked }, |_| {}),
            UpItem::End => self.step_server(Input::Lost { conn }, |side| drop(side.hears.remove(&conn))),
        }
    }

    fn down(&mut self, who: usize) -> Result<(), Broken> {
        let item = self.net(who, |net| {
            let wire = net.wire.as_mut().expect("something is under way over it");
            let item = wire.down.pop_front().expect("something is under way");
            if item == DownItem::End {
                net.give_up();
            }
            item
        });
        let input = match item {
            DownItem::Message(message) => ClientInput::Heard(Message::clone(&message)),
            DownItem::End => ClientInput::Lost,
        };
        self.step_client(who, input, |_| {})
    }

    fn crash(&mut self) -> Result<(), Broken> {
        self.crashes -= 1;
        for who in 0..self.users.len() {
            self.net(who, |net| {
                net.ghosts.clear();
                if let Some(wire) = &mut net.wire {
                    wire.up.clear();
                    // What was said before may still arrive.
                    if wire.down.back() != Some(&DownItem::End) {
                        wire.down.push_back(DownItem::End);
                    }
                }
            });
        }
        self.step_server(Input::Restarted, |side| side.hears.clear())
    }

    fn pass(&mut self) -> Result<(), Broken> {
        self.now = self.alarm().expect("an alarm is set").max(self.now);
        self.passes -= 1;
        if self.side.0.server.wake_at().is_some_and(|at| at <= self.now) {
            self.step_server(Input::Wake, |_| {})?;
        }
        for who in 0..self.users.len() {
            if self.users[who].mind.0.client.wake_at().is_some_and(|at| at <= self.now) {
                self.step_client(who, ClientInput::Wake, |_| {})?;
            }
        }
        Ok(())
    }

    fn step_server(&mut self, input: Input, before: impl FnOnce(&mut Side)) -> Result<(), Broken> {
        let mut side = Side::clone(&self.side.0);
        before(&mut side);
        let mut out = Out::default();
        side.server.step(self.now, input, &mut out);
        side.server.check();
        for action in out.actions {
            self.carry_out(&mut side, action)?;
        }
        self.side = Part::new(side);
        Ok(())
    }

    fn carry_out(&mut self, side: &mut Side, action: Action) -> Result<(), Broken> {
        match action {
            Action::Send { conn, message } => self.send(conn, Arc::new(message)),
            Action::Deliver { room, name, entry } => {
                Arc::make_mut(&mut side.said).room(&side.server.key(name.as_str()), &entry)?;
                let hearers = side.hears.iter().filter(|(_, rooms)| rooms.contains(&room)).map(|(conn, _)| *conn);
                let message = Arc::new(Message::Live { place: Place::Room(name), entry });
                for conn in hearers.collect::<Vec<_>>() {
                    self.send(conn, Arc::clone(&message));
                }
            }
            Action::Keep { pair: Pair(one, other), entry, .. } => {
                Arc::make_mut(&mut side.said).talk((one, other), &entry)?;
            }
            Action::Hear { conn, room } => drop(side.hears.entry(conn).or_default().insert(room)),
            Action::Unhear { conn, room } => drop(side.hears.entry(conn).or_default().remove(&room)),
            Action::ReadPage { conn, number, shelf, after, before, limit, .. } => {
                let entries = match &shelf {
                    Shelf::Room(room) => side.said.of_room(room),
                    Shelf::Pair(Pair(one, other)) => side.said.of_pair(&(Arc::clone(one), Arc::clone(other))),
                };
                let within = entries.iter().filter(|entry| entry.number > after && entry.number < before);
                let mut entries: Vec<_> = within.cloned().collect();
                let skip = entries.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
                entries.drain(..skip);
                let answer = Answer::Page { entries, more: skip > 0 };
                self.send(conn, Arc::new(Message::Answer { number, answer }));
            }
            // No file is sent in this scope.
            Action::WriteChunk { .. }
            | Action::CheckFile { .. }
            | Action::DiscardPart { .. }
            | Action::RemoveFile { .. }
            | Action::ReadPiece { .. } => {}
            Action::Close { conn } => {
                side.hears.remove(&conn);
                self.tell(conn, DownItem::End);
            }
        }
        Ok(())
    }

    fn send(&mut self, conn: Conn, message: Arc<Message>) {
        self.tell(conn, DownItem::Message(message));
    }

    /// What nobody waits for any more is lost.
    fn tell(&mut self, conn: Conn, item: DownItem) {
        let whose = |user: &User| user.net.0.wire.as_ref().is_some_and(|wire| wire.conn == conn);
        let Some(who) = self.users.iter().position(whose) else { return };
        self.net(who, |net| {
            let wire = net.wire.as_mut().expect("it is this connection");
            if wire.down.back() != Some(&DownItem::End) {
                wire.down.push_back(item);
            }
        });
    }

    fn step_client(&mut self, who: usize, input: ClientInput, before: impl FnOnce(&mut Mind)) -> Result<(), Broken> {
        let mut mind = Mind::clone(&self.users[who].mind.0);
        before(&mut mind);
        let mut out = ClientOut::default();
        mind.client.step(self.now, input, &mut out);
        mind.client.check();
        let side = Arc::clone(&self.side.0);
        for action in out.actions {
            match action {
                ClientAction::Dial => mind.dials = true,
                ClientAction::StopDial => mind.dials = false,
                ClientAction::HangUp => self.net(who, Net::give_up),
                ClientAction::Send(asked) => self.net(who, |net| {
                    if let Some(wire) = &mut net.wire
                        && wire.up.back() != Some(&UpItem::End)
                    {
                        wire.up.push_back(UpItem::Asked(asked));
                    }
                }),
                ClientAction::Show(shown) => mind.eyes.see(&shown, &side.said, |name| side.server.key(name))?,
            }
        }
        self.users[who].mind = Part::new(mind);
        Ok(())
    }
}

/// What a request is, for whoever reads a way through a world.
pub(super) fn words(act: &Act) -> String {
    match act {
        Act::Join(nick) => format!("joins as {nick}"),
        Act::Ask(request) => crate::plan::line::write_request(request),
        Act::Quit => crate::plan::line::write_request(&Request::Quit),
        Act::Close => "closes".into(),
    }
}
