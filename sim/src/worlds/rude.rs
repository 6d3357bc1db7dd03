//! Peers that hold to no manners: they speak the dialect by hand, or not at all.
//!
//! Owns their connections and numbers. They answer nothing, not even a ping, and read whatever comes; what comes in lines
//! of text is told.

use super::sim_world::{Host, SimWorld};
use super::stage::{Note, Stage, now_ms};
use crate::plan::{Deed, FaultKind, Raw, What};
use async_channel::Sender;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use hobnob_machine::wire::{native, proxy};
use hobnob_runtime::World;
use hobnob_spec::messages::{Asked, Request, Secret};
use std::future::pending;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A token that nobody has.
const NOBODYS: Secret = Secret([9; 16]);
/// How far back a peer goes that goes on with a number which it used before.
const BACK: u64 = 3;

/// A connection that somebody rude attends to.
struct Attended {
    bytes: Sender<Vec<u8>>,
    greeted: bool,
    /// There as long as the connection is the latest one.
    _latest: Arc<()>,
}

/// What somebody hears who speaks a text dialect.
struct Lines {
    stage: Arc<Stage>,
    who: usize,
    /// Gone when there is a later connection: what two connections hear has no common order.
    latest: Weak<()>,
    /// The beginning of a line; `None` for whoever types nothing.
    rest: Option<Vec<u8>>,
}

impl Lines {
    fn new(stage: Arc<Stage>, who: usize, latest: Weak<()>) -> Self {
        let types = stage
            .plan
            .steps
            .iter()
            .any(|step| matches!(&step.what, What::Does(other, Deed::Type { .. }) if *other == who));
        Self { stage, who, latest, rest: types.then(Vec::new) }
    }

    fn hear(&mut self, bytes: &[u8]) {
        let Some(rest) = &mut self.rest else { return };
        rest.extend_from_slice(bytes);
        // Objects have no newline between them; they end with a brace.
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'}')) {
            let line: Vec<u8> = rest.drain(..=end).collect();
            let line = plain(&String::from_utf8_lossy(&line));
            if !line.is_empty() && self.latest.strong_count() > 0 {
                self.stage.note(now_ms(), Note::Heard { who: self.who, line });
            }
        }
    }
}

/// A line without its colours.
fn plain(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| plain += part.split_once('m').map_or(part, |(_, text)| text));
    plain.trim().to_owned()
}

/// Somebody rude.
struct Rude {
    world: SimWorld,
    who: usize,
    number: u64,
    token: Option<Secret>,
    last: Option<Asked>,
    attended: Option<Attended>,
    /// Connections that stand open and are not attended to.
    left: Vec<Sender<Vec<u8>>>,
}

/// One who holds to no manners; it never ends.
pub(super) async fn rude(stage: Arc<Stage>, who: usize) {
    let world = SimWorld::new(&stage, Host::Person(who), 0);
    let mut rude = Rude { world, who, number: 0, token: None, last: None, attended: None, left: Vec::new() };
    for (at, deed) in stage.deeds_of(who) {
        rude.world.sleep_until(Duration::from_millis(at)).await;
        stage.note(now_ms(), Note::Does { who, life: 0, deed: deed.clone() });
        rude.does(deed);
    }
    pending::<()>().await;
}

impl Rude {
    fn does(&mut self, deed: Deed) {
        let stage = Arc::clone(&self.world.stage);
        let misdeed = |kind| stage.note(now_ms(), Note::Misdeed(kind));
        match deed {
            Deed::Join { nick, avatar } => {
                stage.wishes(self.who, &nick);
                let token = self.world.secret();
                self.token = Some(token);
                self.ask(Request::Join { nick, token: Some(token), avatar });
            }
            Deed::JoinBare { nick, avatar } => {
                stage.wishes(self.who, &nick);
                self.ask(Request::Join { nick, token: None, avatar });
            }
            Deed::Return { own } => {
                let token = self.token.filter(|_| own).unwrap_or(NOBODYS);
                self.ask(Request::Resume { token, have: Vec::new() });
            }
            Deed::Ask(request) => self.ask(request),
            Deed::Flood { room, times, text } => {
                misdeed(FaultKind::Flood);
                Deed::flood_lines(&room, times, &text).for_each(|line| self.ask(line));
            }
            Deed::Quit | Deed::Logout => self.ask(Request::Quit),
            Deed::Close | Deed::HangUp | Deed::Die => self.attended = None,
            Deed::Knock => self.knock(),
            Deed::Repeat => {
                if let Some(asked) = self.last.clone() {
                    misdeed(FaultKind::Repeat);
                    self.send_asked(&asked);
                }
            }
            Deed::Relay { host } => {
                let mut header = Vec::new();
                match Deed::relayed_addr(host) {
                    Some(addr) => proxy::write(addr, addr, &mut header),
                    None => header.extend_from_slice(&[&proxy::SIGNATURE[..], &[0x20, 0, 0, 0]].concat()),
                }
                self.send_first(header);
            }
            Deed::Backdate => {
                misdeed(FaultKind::Repeat);
                self.number = self.number.saturating_sub(BACK);
            }
            Deed::Type { line } => {
                self.attended().greeted = true;
                self.send(format!("{line}\n").into_bytes());
            }
            Deed::Send(raw) => {
                misdeed(match raw {
                    Raw::Garbage => FaultKind::Garbage,
                    Raw::BadHello | Raw::BadHeader => FaultKind::BadHello,
                    Raw::HalfFrame => FaultKind::HalfFrame,
                    Raw::HugeFrame => FaultKind::HugeFrame,
                });
                self.send_raw(raw);
            }
        }
    }

    /// Opens a connection; the one before stays as it is.
    fn knock(&mut self) {
        let (bytes, more) = async_channel::unbounded::<Vec<u8>>();
        let latest = Arc::new(());
        let mut lines = Lines::new(Arc::clone(&self.world.stage), self.who, Arc::downgrade(&latest));
        let left = self.attended.replace(Attended { bytes, greeted: false, _latest: latest });
        self.left.extend(left.map(|left| left.bytes));
        let (world, addr) = (self.world.clone(), self.world.stage.addr_for(self.who));
        self.world.spawn(async move {
            let Ok(stream) = world.connect(&addr).await else { return };
            let (mut reader, mut writer) = SimWorld::split(stream);
            let mut buffer = vec![0; 4 << 10];
            let reads = async {
                while let Ok(count @ 1..) = reader.read(&mut buffer).await {
                    lines.hear(&buffer[..count]);
                }
            };
            let writes = async {
                while let Ok(bytes) = more.recv().await {
                    if writer.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
            };
            // Whatever ends first ends both.
            futures_lite::future::or(reads, writes).await;
        });
    }

    fn ask(&mut self, request: Request) {
        self.number += 1;
        let asked = Asked { number: self.number, request };
        self.send_asked(&asked);
        self.last = Some(asked);
    }

    fn send_asked(&mut self, asked: &Asked) {
        let mut bytes = Vec::new();
        native::ask(asked, &mut bytes);
        self.send(bytes);
    }

    fn send_raw(&mut self, raw: Raw) {
        match raw {
            Raw::Garbage => self.send(vec![0, 0, 0, 3, 0xc1, 0xc1, 0xc1]),
            Raw::BadHello => {
                let fresh = self.attended().greeted;
                self.attended().greeted = true;
                self.send(if fresh { b"\xf0HNB\xff\xff".to_vec() } else { b"GET / HTTP/1.1\r\n\r\n".to_vec() });
            }
            Raw::BadHeader => self.send_first([&proxy::SIGNATURE[..], &[0x99, 9, 9, 9]].concat()),
            Raw::HalfFrame => {
                let mut bytes = Vec::new();
                let say = Request::Say { room: "lobby".to_owned(), text: "half of this".to_owned() };
                native::ask(&Asked { number: self.number + 1, request: say }, &mut bytes);
                bytes.truncate(bytes.len() / 2);
                self.send(bytes);
            }
            Raw::HugeFrame => self.send(vec![0xff, 0xff, 0xff, 0xf0, 1, 2, 3]),
        }
    }

    fn attended(&mut self) -> &mut Attended {
        if self.attended.as_ref().is_none_or(|attended| attended.bytes.is_closed()) {
            self.knock();
        }
        self.attended.as_mut().expect("it has just knocked")
    }

    /// Sends bytes that no hello comes before. A connection that is over takes nothing.
    fn send_first(&mut self, bytes: Vec<u8>) {
        drop(self.attended().bytes.try_send(bytes));
    }

    /// Sends bytes, after a hello where there was none.
    fn send(&mut self, mut bytes: Vec<u8>) {
        let attended = self.attended();
        if !std::mem::replace(&mut attended.greeted, true) {
            let mut hello = Vec::new();
            native::hello(&mut hello);
            hello.append(&mut bytes);
            bytes = hello;
        }
        // A connection that is over takes nothing.
        drop(attended.bytes.try_send(bytes));
    }
}
