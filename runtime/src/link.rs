//! A client's link to its server: drives the client's machine over the [`World`] seam.
//!
//! Owns one connection at most, its bytes under way, and the channel to whoever shows things to a person. It decides
//! nothing about the chat, and never waits for one thing while another is ready.

use crate::world::World;
use async_channel::{Receiver, Sender, TrySendError};
use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt, future};
use hobnob_machine::wire::native::{self, MessageReader, Read};
use hobnob_machine::{Client, ClientAction, ClientInput, ClientOut, Shown};
use hobnob_spec::messages::{Asked, Message, Request, Time};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::time::Duration;

/// How many wishes may wait for the link; whoever sends the next one waits.
const INTENTS_MAX: usize = 64;
/// How many things to show may wait for their reader; then no wish is taken. While any waits, nothing is read from
/// the connection.
const SHOWN_MAX: usize = 1_024;
/// How many bytes are read at once.
const READ_BYTES: usize = 64 << 10;

/// What a user wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Ask this, or say it: any request but joining, returning and quitting.
    Ask(Request),
    /// From now on, ask for this emoji with every nick, or for none.
    Avatar(Option<String>),
    /// Join under this nick.
    Join(String),
    /// Go, when all that was asked before has been answered.
    Quit,
    /// Give the nick back when all that was asked before has been answered, and stay connected.
    Logout,
    /// Go at once.
    Close,
}

/// The two ends of a link that a user interface holds. The link ends when the intents are dropped.
#[derive(Debug, Clone)]
pub struct Link {
    /// Where wishes go. At most 64 wait.
    pub intents: Sender<Intent>,
    /// Where what is to be shown comes from, in order.
    pub shown: Receiver<Shown>,
}

impl Link {
    /// Starts a link to the server at `addr` (`HOST:PORT`). It dials on the first wish that needs a connection.
    pub fn start<W: World>(world: &W, addr: String) -> Self {
        let (intents, wishes) = async_channel::bounded(INTENTS_MAX);
        let (show, shown) = async_channel::bounded(SHOWN_MAX);
        let driver = Driver::new(world.clone(), addr, wishes, show);
        world.spawn(driver.run());
        Self { intents, shown }
    }
}

/// A dial under way: the connection, or why there is none.
type Dial<W> = Pin<Box<dyn Future<Output = io::Result<<W as World>::Stream>> + Send>>;

/// The connection, from the moment that it stands.
struct Open<W: World> {
    from: W::Reader,
    to: W::Writer,
    reader: MessageReader,
    /// Bytes that wait to be written.
    unsent: Vec<u8>,
    /// Whether the server has said hello, and so the machine knows of the connection.
    greeted: bool,
}

/// What a turn of the loop brought.
enum Turn<W: World> {
    Showed,
    Rang,
    Dialed(io::Result<W::Stream>),
    Wrote(io::Result<usize>),
    Came(io::Result<usize>),
    Wished(Option<Intent>),
}

struct Driver<W: World> {
    world: W,
    addr: String,
    /// The emoji to ask for with a nick.
    avatar: Option<String>,
    client: Client,
    out: ClientOut,
    /// Wall time at the beginning of the world, so that time never runs backwards.
    base: Time,
    wishes: Receiver<Intent>,
    show: Sender<Shown>,
    unshown: VecDeque<Shown>,
    dial: Option<Dial<W>>,
    open: Option<Open<W>>,
    buffer: Vec<u8>,
}

impl<W: World> Driver<W> {
    fn new(world: W, addr: String, wishes: Receiver<Intent>, show: Sender<Shown>) -> Self {
        let since =
            u64::try_from(world.now().as_millis()).expect("the world is younger than the milliseconds of a u64");
        Self {
            client: Client::new(world.seed()),
            out: ClientOut::default(),
            base: Time(world.wall().0.saturating_sub(since)),
            world,
            addr,
            avatar: None,
            wishes,
            show,
            unshown: VecDeque::new(),
            dial: None,
            open: None,
            buffer: vec![0; READ_BYTES],
        }
    }

    async fn run(mut self) {
        loop {
            // Wishes come first, so that a loud server cannot keep its user from leaving.
            if self.unshown.len() < SHOWN_MAX
                && let Ok(wish) = self.wishes.try_recv()
            {
                self.wish(Some(wish));
            }
            let turn = self.turn().await;
            let ends = matches!(turn, Turn::Wished(None));
            self.take(turn);
            if ends {
                return self.flush().await;
            }
        }
    }

    /// Waits for the first thing to happen.
    async fn turn(&mut self) -> Turn<W> {
        let Self { world, client, base, wishes, show, unshown, dial, open, buffer, .. } = self;
        let showed = async {
            match unshown.front() {
                None => future::pending().await,
                // Nobody looks any more: that is told by the intents' end.
                Some(shown) if show.send(shown.clone()).await.is_err() => future::pending().await,
                Some(_) => Turn::Showed,
            }
        };
        let rang = async {
            match client.wake_at() {
                None => future::pending().await,
                Some(at) => {
                    world.sleep_until(Duration::from_millis(at.since(*base))).await;
                    Turn::Rang
                }
            }
        };
        let dialed = async {
            match dial {
                None => future::pending().await,
                Some(dial) => Turn::Dialed(dial.await),
            }
        };
        let quiet = unshown.is_empty();
        let talked = async {
            let Some(Open { from, to, unsent, .. }) = open else { return future::pending().await };
            let wrote = async {
                if unsent.is_empty() {
                    return future::pending().await;
                }
                Turn::Wrote(to.write(unsent).await)
            };
            let came = async {
                if !quiet {
                    return future::pending().await;
                }
                Turn::Came(from.read(buffer).await)
            };
            wrote.or(came).await
        };
        let crowded = unshown.len() >= SHOWN_MAX;
        let wished = async {
            if crowded {
                return future::pending().await;
            }
            Turn::Wished(wishes.recv().await.ok())
        };
        showed.or(rang).or(dialed).or(wished).or(talked).await
    }

    fn take(&mut self, turn: Turn<W>) {
        match turn {
            Turn::Showed => drop(self.unshown.pop_front()),
            Turn::Rang => self.step(ClientInput::Wake),
            Turn::Dialed(Ok(stream)) => {
                self.dial = None;
                let (from, to) = W::split(stream);
                let mut unsent = Vec::new();
                native::hello(&mut unsent);
                self.open = Some(Open { from, to, reader: MessageReader::default(), unsent, greeted: false });
            }
            Turn::Dialed(Err(error)) => {
                self.dial = None;
                self.step(ClientInput::DialFailed { reason: error.to_string() });
            }
            Turn::Wrote(Ok(count)) if count > 0 => {
                if let Some(open) = &mut self.open {
                    open.unsent.drain(..count);
                }
            }
            Turn::Came(Ok(count)) if count > 0 => self.read(count),
            Turn::Wrote(Ok(_)) | Turn::Came(Ok(_)) => self.lose("the server closed the connection".to_owned()),
            Turn::Wrote(Err(error)) | Turn::Came(Err(error)) => self.lose(error.to_string()),
            Turn::Wished(wish) => self.wish(wish),
        }
    }

    fn wish(&mut self, wish: Option<Intent>) {
        match wish {
            Some(Intent::Ask(request)) => {
                let fits = native::ask(&Asked { number: u64::MAX, request: request.clone() }, &mut Vec::new());
                if fits {
                    self.step(ClientInput::Ask(request));
                } else {
                    self.unshown.push_back(Shown::Unsent { request });
                }
            }
            Some(Intent::Avatar(avatar)) => self.avatar = avatar,
            Some(Intent::Join(nick)) => {
                let token = self.world.secret();
                self.step(ClientInput::Join { nick, token, avatar: self.avatar.clone() });
            }
            Some(Intent::Quit) => self.step(ClientInput::Quit),
            Some(Intent::Logout) => self.step(ClientInput::Logout),
            Some(Intent::Close) | None => self.step(ClientInput::Close),
        }
    }

    /// Reads what came, and stops where the machine gives the connection up.
    fn read(&mut self, count: usize) {
        let Some(open) = &mut self.open else { return };
        let mut found = Vec::new();
        open.reader.read(&self.buffer[..count], |read| found.push(read));
        for read in found {
            if self.open.is_none() {
                return;
            }
            self.found(read);
        }
    }

    fn found(&mut self, read: Read<Message>) {
        match read {
            Read::Hello => {
                if let Some(open) = &mut self.open {
                    open.greeted = true;
                }
                self.step(ClientInput::Opened);
            }
            Read::Item(message) => self.step(ClientInput::Heard(message)),
            Read::Foreign(foreign) if self.open.as_ref().is_some_and(|open| !open.greeted) => {
                self.lose(foreign.to_string());
            }
            Read::Garbled | Read::Foreign(_) => self.step(ClientInput::Foreign),
        }
    }

    /// The connection is gone, or never came to be one.
    fn lose(&mut self, reason: String) {
        let greeted = self.open.take().is_some_and(|open| open.greeted);
        self.step(if greeted { ClientInput::Lost } else { ClientInput::DialFailed { reason } });
    }

    fn step(&mut self, input: ClientInput) {
        let since =
            u64::try_from(self.world.now().as_millis()).expect("the world is younger than a u64 of milliseconds");
        self.client.step(self.base.plus(since), input, &mut self.out);
        for action in std::mem::take(&mut self.out.actions) {
            match action {
                ClientAction::Dial => {
                    let (world, addr) = (self.world.clone(), self.addr.clone());
                    self.dial = Some(Box::pin(async move { world.connect(&addr).await }));
                }
                ClientAction::StopDial | ClientAction::HangUp => {
                    self.dial = None;
                    self.open = None;
                }
                ClientAction::Send(asked) => {
                    if let Some(open) = &mut self.open {
                        native::ask(&asked, &mut open.unsent);
                    }
                }
                ClientAction::Show(shown) => self.unshown.push_back(shown),
            }
        }
        self.out.clear();
    }

    /// Hands over what can be handed over without waiting, and ends.
    async fn flush(mut self) {
        while let Some(shown) = self.unshown.pop_front() {
            if let Err(TrySendError::Full(_) | TrySendError::Closed(_)) = self.show.try_send(shown) {
                return;
            }
        }
    }
}
