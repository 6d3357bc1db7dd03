//! Plays stories: text files in which `>` lines happen and `<` lines come of it.
//!
//! A story is played against the bare server's machine; [`play`] gives the same text with the outcomes renewed, so a
//! test compares the two and a snapshot tool writes what changed. The language of the lines is in
//! `tests/stories/README.md`.

mod shown;
mod words;

use hobnob_machine::{Action, Config, Conn, Input, Out, RoomId, Server};
use hobnob_spec::messages::{Asked, Request, Secret, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// Plays a story and gives its text with the outcomes renewed.
///
/// # Panics
/// When a line cannot be understood, with its number; and when the machine breaks one of its own promises.
pub fn play(story: &str) -> String {
    let mut stage = Stage::new();
    let mut played = String::new();
    for (at, line) in story.lines().enumerate() {
        if line.starts_with('<') {
            continue;
        }
        played.push_str(line);
        played.push('\n');
        let outcome = match line.split_at_checked(2) {
            Some(("> ", happens)) => stage.happen(happens),
            Some(("= ", setting)) => stage.set(setting).map(|()| Vec::new()),
            _ if line.is_empty() || line.starts_with('#') => Ok(Vec::new()),
            _ => Err("a line begins with '> ', '< ', '= ' or '#'".to_owned()),
        };
        for line in outcome.unwrap_or_else(|wrong| panic!("line {}: {wrong}: {line}", at + 1)) {
            played.push_str("< ");
            played.push_str(&line);
            played.push('\n');
        }
    }
    played
}

/// A client of the story.
#[derive(Debug)]
struct Actor {
    conn: Option<Conn>,
    token: Secret,
    with_token: bool,
    sent: Vec<Asked>,
}

/// The server and everybody who plays.
#[derive(Debug)]
struct Stage {
    config: Config,
    server: Option<Server>,
    now: Time,
    actors: BTreeMap<String, Actor>,
    /// Whose each connection is or was.
    conns: BTreeMap<Conn, String>,
    hearing: BTreeMap<RoomId, BTreeSet<Conn>>,
}

/// What an operator of a story shows.
const KEY: Secret = Secret([7; 16]);

impl Stage {
    fn new() -> Self {
        let config = Config { operator_key: Some(KEY), ..Config::default() };
        Self {
            config,
            server: None,
            now: Time(0),
            actors: BTreeMap::new(),
            conns: BTreeMap::new(),
            hearing: BTreeMap::new(),
        }
    }

    /// Something happens; tells what came of it.
    fn happen(&mut self, line: &str) -> Result<Vec<String>, String> {
        if let Some(span) = line.strip_prefix("wait ") {
            let span = humantime::parse_duration(span).map_err(|wrong| wrong.to_string())?;
            let until = self.now.plus(u64::try_from(span.as_millis()).map_err(|wrong| wrong.to_string())?);
            return Ok(self.wait(until));
        }
        if let Some(span) = line.strip_prefix("the disk is full for ") {
            let span = humantime::parse_duration(span).map_err(|wrong| wrong.to_string())?;
            let ms = u64::try_from(span.as_millis()).map_err(|wrong| wrong.to_string())?;
            self.now = self.now.plus(ms);
            return Ok(self.step(Input::Outage { ms }));
        }
        match line {
            "the server stops" => return Ok(self.step(Input::Stopping)),
            "the server restarts" => {
                self.hearing.clear();
                self.actors.values_mut().for_each(|actor| actor.conn = None);
                return Ok(self.step(Input::Restarted));
            }
            _ => {}
        }
        if let Some(told) = line.strip_prefix("transfer ") {
            let input = words::filing(told)?;
            return Ok(self.step(input));
        }
        let (name, act) = line.split_once(' ').ok_or("somebody does something")?;
        if act.starts_with("opens") {
            return self.open(name, act);
        }
        let actor = self.actors.get_mut(name).ok_or("nobody of that name has opened a connection")?;
        let conn = actor.conn.ok_or("this client has no connection")?;
        let input = match act {
            _ if act.starts_with("is relayed from ") => {
                let addr = act.trim_start_matches("is relayed from ").parse().map_err(|_| "an address is IP:PORT")?;
                Input::Relayed { conn, addr }
            }
            "is lost" => Input::Lost { conn },
            "is slow" => Input::TooSlow { conn },
            "sends garbage" => Input::Garbled { conn },
            "sends foreign bytes" => Input::Foreign { conn },
            _ => Input::Asked { conn, asked: actor.ask(act)? },
        };
        if matches!(input, Input::Lost { .. }) {
            actor.conn = None;
            self.unhear(conn);
        }
        Ok(self.step(input))
    }

    /// A client opens a connection: `opens [from ADDR] [via LISTENER] [without token] [like CLIENT]`.
    fn open(&mut self, name: &str, act: &str) -> Result<Vec<String>, String> {
        let conn = Conn(self.conns.len() as u64 + 1);
        let mut addr = SocketAddr::from(([127, 0, 0, 1], 5000 + u16::try_from(conn.0).map_err(|_| "too many")?));
        let (mut listener, mut with_token, mut like) = (0, true, None);
        let words: Vec<_> = act.split(' ').skip(1).collect();
        for pair in words.chunks(2) {
            match pair {
                ["from", from] => addr = from.parse().map_err(|_| "an address is IP:PORT")?,
                ["via", via] => listener = via.parse().map_err(|_| "a listener is a number")?,
                ["without", "token"] => with_token = false,
                ["like", other] => like = Some(self.actors.get(*other).ok_or("nobody of that name")?.token),
                _ => return Err("opens [from ADDR] [via LISTENER] [without token] [like CLIENT]".into()),
            }
        }
        let own = Secret([u8::try_from(self.actors.len() + 1).map_err(|_| "too many")?; 16]);
        let token = like.unwrap_or(own);
        let actor = self.actors.entry(name.to_owned());
        let actor = actor.or_insert(Actor { conn: None, token, with_token, sent: Vec::new() });
        actor.conn = Some(conn);
        self.conns.insert(conn, name.to_owned());
        Ok(self.step(Input::Opened { conn, addr, listener }))
    }

    /// Lets time pass, waking the machine when it wants to be woken.
    fn wait(&mut self, until: Time) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(at) = self.server().wake_at().filter(|at| *at <= until) {
            self.now = at;
            told.extend(self.step(Input::Wake));
        }
        self.now = until;
        told
    }

    fn server(&mut self) -> &mut Server {
        let config = &self.config;
        self.server.get_or_insert_with(|| Server::new(config.clone(), 1))
    }

    fn step(&mut self, input: Input) -> Vec<String> {
        let (now, mut out) = (self.now, Out::default());
        self.server().step(now, input, &mut out);
        self.server().check();
        let mut told = Vec::new();
        for action in out.actions {
            told.extend(self.carry_out(&action));
        }
        told
    }

    /// Does what a shell would do, and tells it.
    fn carry_out(&mut self, action: &Action) -> Option<String> {
        match action {
            Action::Send { conn, message } => Some(format!("{}: {}", self.conns[conn], shown::message(message))),
            Action::Deliver { room, name, entry } => {
                let hearing = self.hearing.get(room).into_iter().flatten().map(|conn| self.conns[conn].as_str());
                let hearing = hearing.collect::<Vec<_>>().join(", ");
                let who = if hearing.is_empty() { "nobody" } else { &hearing };
                Some(format!("{who}: {name} {}", shown::entry(entry)))
            }
            Action::Keep { to, entry, .. } => Some(format!("kept for {to}: {}", shown::entry(entry))),
            Action::Hear { conn, room } => {
                self.hearing.entry(*room).or_default().insert(*conn);
                None
            }
            Action::Unhear { conn, room } => {
                self.hearing.entry(*room).or_default().remove(conn);
                None
            }
            Action::ReadPage { conn, number, shelf, after, before, limit, .. } => {
                let (who, shelf) = (&self.conns[conn], shown::shelf(shelf));
                Some(format!("{who}: #{number} from the store: {limit} of {shelf} between {after} and {before}"))
            }
            Action::WriteChunk { transfer, offset } => Some(format!("disk: transfer {transfer} goes on at {offset}")),
            Action::CheckFile { transfer, name, size, .. } => {
                Some(format!("disk: transfer {transfer} is compared: {name} of {size}"))
            }
            Action::DiscardPart { transfer } => Some(format!("disk: transfer {transfer} is discarded")),
            Action::RemoveFile { name } => Some(format!("disk: {name} is removed")),
            Action::ReadPiece { conn, number, name, offset, len } => {
                Some(format!("{}: #{number} from the disk: {len} of {name} at {offset}", self.conns[conn]))
            }
            Action::Close { conn } => {
                self.unhear(*conn);
                let who = self.conns[conn].clone();
                let actor = self.actors.get_mut(&who).expect("a connection is somebody's");
                actor.conn = actor.conn.filter(|open| open != conn);
                Some(format!("{who} is hung up"))
            }
        }
    }

    fn unhear(&mut self, conn: Conn) {
        for hearing in self.hearing.values_mut() {
            hearing.remove(&conn);
        }
    }

    /// Changes a setting: before the first line it is the server's, after it the operator changes it.
    fn set(&mut self, setting: &str) -> Result<(), String> {
        words::set(&mut self.config, setting)?;
        if self.server.is_some() {
            let config = self.config.clone();
            self.step(Input::Configured(Box::new(config)));
        }
        Ok(())
    }
}

impl Actor {
    /// The request that a line makes, numbered; `again N` sends the request of that number once more.
    fn ask(&mut self, act: &str) -> Result<Asked, String> {
        if let Some(number) = act.strip_prefix("sends again ") {
            let number: u64 = number.parse().map_err(|_| "a request has a number")?;
            let sent = self.sent.iter().find(|asked| asked.number == number);
            return sent.cloned().ok_or("there was no request of that number".into());
        }
        let mut request = words::request(act)?;
        match &mut request {
            Request::Join { token, .. } => *token = self.with_token.then_some(self.token),
            Request::Resume { token, .. } => *token = self.token,
            Request::Operate { key } => *key = if act.ends_with("wrong key") { Secret([8; 16]) } else { KEY },
            Request::Wear { .. }
            | Request::Report
            | Request::Say { .. }
            | Request::Private { .. }
            | Request::Enter { .. } => {}
            Request::Attach { .. } | Request::Chunk { .. } | Request::Cancel { .. } | Request::Fetch { .. } => {}
            Request::Leave { .. } | Request::Who { .. } | Request::Rooms | Request::History { .. } => {}
            Request::Ping | Request::Quit | Request::Mute { .. } | Request::Unmute { .. } | Request::Kick { .. } => {}
        }
        let asked = Asked { number: self.sent.len() as u64 + 1, request };
        self.sent.push(asked.clone());
        Ok(asked)
    }
}
