//! One client of a relay: its pair of connections, and the bytes that wait for either side.
//!
//! Owns those bytes, within their bounds: while too many wait for one side, nothing is read from the other. Decides
//! nothing: it tells the machine what happened and does what the machine says.

use super::Shared;
use super::note::{RelayNote, RelayNoted};
use crate::world::World;
use futures_io::{AsyncRead, AsyncWrite};
use futures_lite::{AsyncWriteExt, FutureExt, future};
use hobnob_machine::wire::door::QUIET_MS;
use hobnob_machine::wire::proxy;
use hobnob_machine::wire::star::{self, Star};
use hobnob_machine::{Relay, RelayAction, RelayInput};
use hobnob_spec::messages::Time;
use hobnob_spec::profile::Dialect;
use hobnob_spec::relay::{DRAIN_MS, State, WAITING_BYTES_MAX};
use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::Duration;

/// How much is read at once.
const READ_BYTES: usize = 16 << 10;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

/// From where to where a connection came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) number: u64,
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
}

/// A dial under way: the connection, or why there is none.
type Dial<W> = Pin<Box<dyn Future<Output = io::Result<<W as World>::Stream>> + Send>>;

/// One side of the pair.
struct Side<W: World> {
    from: W::Reader,
    to: W::Writer,
    /// What waits to be written to it.
    waits: Vec<u8>,
    /// It may say more.
    open: bool,
    /// It takes nothing any more.
    dead: bool,
    /// Nothing more comes for it behind what waits.
    finishing: bool,
}

impl<W: World> Side<W> {
    fn new(stream: W::Stream, waits: Vec<u8>) -> Self {
        let (from, to) = W::split(stream);
        Self { from, to, waits, open: true, dead: false, finishing: false }
    }
}

/// One client of the relay.
pub(super) struct Pair<W: World> {
    shared: Arc<Shared<W>>,
    way: Way,
    relay: Relay,
    star: Star,
    /// When the star finder takes the quiet for the end of a unit.
    quiet_at: Option<Duration>,
    /// The client's first bytes, while they may be a header.
    first: Vec<u8>,
    client: Side<W>,
    server: Option<Side<W>>,
    dial: Option<Dial<W>>,
    /// What waits for a server that has not been reached.
    early: Vec<u8>,
    /// How many bytes went to the server, and to the client.
    passed: (u64, u64),
    notes: Vec<RelayNote>,
}

/// What a turn brought.
enum Turn<W: World> {
    Stopped,
    Rang,
    Dialed(io::Result<W::Stream>),
    FromClient(io::Result<Vec<u8>>),
    FromServer(io::Result<Vec<u8>>),
    ToClient(io::Result<usize>),
    ToServer(io::Result<usize>),
}

impl<W: World> Pair<W> {
    pub(super) fn new(shared: Arc<Shared<W>>, stream: W::Stream, way: Way) -> Self {
        Self {
            relay: Relay::new(shared.settings.config.clone(), way.peer),
            star: Star::new(&shared.settings.dialects),
            shared,
            way,
            quiet_at: None,
            first: Vec::new(),
            client: Side::new(stream, Vec::new()),
            server: None,
            dial: None,
            early: Vec::new(),
            passed: (0, 0),
            notes: Vec::new(),
        }
    }

    /// Passes bytes until it is over.
    pub(super) async fn run(mut self, others: u64) {
        self.step(RelayInput::Came { others });
        self.tell_notes().await;
        while self.relay.state().is_some() {
            let turn = self.turn().await;
            self.take(turn);
            if self.client.finishing && self.client.waits.is_empty() {
                self.step(RelayInput::Written);
            }
            self.finish_server().await;
            self.tell_notes().await;
        }
        self.end().await;
    }

    /// Waits for the first thing to happen.
    async fn turn(&mut self) -> Turn<W> {
        let now = self.shared.world.now();
        let wakes = self.relay.wake_at().map(|at| Duration::from_millis(at.0));
        let rings_at = [wakes, self.quiet_at].into_iter().flatten().min();
        let arriving = self.relay.state() == Some(State::Arriving);
        let Self { shared, client, server, dial, early, .. } = self;
        let stopped = async {
            shared.stops().await;
            Turn::Stopped
        };
        let rang = async {
            match rings_at {
                None => future::pending().await,
                Some(at) => {
                    shared.world.sleep_until(at.max(now)).await;
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
        let limit = usize::try_from(WAITING_BYTES_MAX).expect("a small bound");
        let waits_up = server.as_ref().map_or(early.len(), |server| server.waits.len());
        let reads_client = client.open && (waits_up < limit || arriving);
        let (from_client, to_client) = (&mut client.from, &mut client.to);
        let client_says = read(from_client, reads_client);
        let client_takes = write(to_client, &client.waits, !client.dead);
        let room_down = client.dead || client.waits.len() < limit;
        let talked = async {
            match server {
                None => {
                    let says = async { Turn::FromClient(client_says.await) };
                    let takes = async { Turn::ToClient(client_takes.await) };
                    takes.or(says).await
                }
                Some(server) => {
                    let server_says = read(&mut server.from, server.open && room_down);
                    let server_takes = write(&mut server.to, &server.waits, !server.dead && server.open);
                    let takes = async { Turn::ToClient(client_takes.await) };
                    let server_takes = async { Turn::ToServer(server_takes.await) };
                    let says = async { Turn::FromClient(client_says.await) };
                    let server_says = async { Turn::FromServer(server_says.await) };
                    takes.or(server_takes).or(server_says).or(says).await
                }
            }
        };
        stopped.or(rang).or(dialed).or(talked).await
    }

    fn take(&mut self, turn: Turn<W>) {
        match turn {
            Turn::Stopped => self.step(RelayInput::Stopping),
            Turn::Rang => self.ring(),
            Turn::Dialed(Ok(stream)) => {
                self.dial = None;
                self.server = Some(Side::new(stream, std::mem::take(&mut self.early)));
                self.step(RelayInput::Reached);
            }
            Turn::Dialed(Err(error)) => {
                tracing::debug!("the server cannot be reached: {error}");
                self.dial = None;
                self.step(RelayInput::NotReached);
            }
            Turn::FromClient(Ok(bytes)) if !bytes.is_empty() => self.client_said(&bytes),
            Turn::FromClient(ended) => {
                self.client.open = false;
                let input = if ended.is_ok() { RelayInput::ClientEnded } else { RelayInput::ClientLost };
                self.client_over(input);
            }
            Turn::FromServer(Ok(bytes)) if !bytes.is_empty() => self.server_said(&bytes),
            Turn::FromServer(ended) => {
                if let Some(server) = &mut self.server {
                    server.open = false;
                    server.waits.clear();
                }
                self.step(if ended.is_ok() { RelayInput::ServerEnded } else { RelayInput::ServerLost });
            }
            Turn::ToClient(Ok(count)) if count > 0 => {
                self.client.waits.drain(..count);
                self.step(RelayInput::Passed);
            }
            // What it said last may still be read; then its end shows.
            Turn::ToClient(_) => {
                self.client.dead = true;
                self.client.waits.clear();
            }
            Turn::ToServer(Ok(count)) if count > 0 => {
                if let Some(server) = &mut self.server {
                    server.waits.drain(..count);
                }
                self.step(RelayInput::Passed);
            }
            Turn::ToServer(_) => {
                if let Some(server) = &mut self.server {
                    server.dead = true;
                    server.waits.clear();
                }
            }
        }
    }

    /// An alarm of the machine's, or the quiet that the star finder waits for.
    fn ring(&mut self) {
        let now = self.shared.world.now();
        if self.quiet_at.is_some_and(|at| at <= now) {
            self.quiet_at = None;
            let mut out = Vec::new();
            self.star.quiet(&mut out);
            self.show_dialect();
            self.pass_up(&out);
        }
        let arriving = self.relay.state() == Some(State::Arriving);
        self.step(RelayInput::Wake);
        if arriving && self.relay.state() != Some(State::Arriving) {
            // What began like a header is none.
            let first = std::mem::take(&mut self.first);
            self.find_star(&first);
        }
    }

    fn client_said(&mut self, bytes: &[u8]) {
        self.step(RelayInput::Passed);
        if self.relay.state() != Some(State::Arriving) {
            return self.find_star(bytes);
        }
        self.first.extend_from_slice(bytes);
        let (input, len) = match proxy::read(&self.first) {
            proxy::Read::Part => return,
            proxy::Read::Whole { len, addr } => (RelayInput::HeaderCame { addr }, len),
            proxy::Read::Absent => (RelayInput::NoHeader, 0),
            proxy::Read::Bad => (RelayInput::HeaderBad, 0),
        };
        self.step(input);
        let first = std::mem::take(&mut self.first);
        self.find_star(&first[len..]);
    }

    /// What a client says goes on to the server, with a star before its first nick.
    fn find_star(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.star.is_done() {
            return self.pass_up(bytes);
        }
        let mut out = Vec::new();
        self.star.read(bytes, &mut out);
        self.show_dialect();
        let quiet = Duration::from_millis(QUIET_MS);
        self.quiet_at = self.star.waits_for_quiet().then(|| self.shared.world.now() + quiet);
        self.pass_up(&out);
    }

    fn show_dialect(&mut self) {
        let lines = match self.star.dialect() {
            None | Some(Dialect::Native | Dialect::Flags | Dialect::WebText | Dialect::WebBinary) => false,
            Some(Dialect::Colon | Dialect::Command | Dialect::Plain) => true,
        };
        self.step(RelayInput::Speaks { lines });
    }

    fn pass_up(&mut self, bytes: &[u8]) {
        // What the server does not take any more is read nevertheless: so the client's end shows.
        let over = self.server.as_ref().is_some_and(|server| server.dead || !server.open);
        if bytes.is_empty() || over {
            return;
        }
        self.passed.0 += bytes.len() as u64;
        self.shared.tally.up.fetch_add(bytes.len() as u64, Relaxed);
        let text = self.text_of(bytes);
        self.note(RelayNoted::Up(bytes.len(), text));
        match &mut self.server {
            Some(server) => server.waits.extend_from_slice(bytes),
            None => self.early.extend_from_slice(bytes),
        }
    }

    fn server_said(&mut self, bytes: &[u8]) {
        self.step(RelayInput::Passed);
        self.passed.1 += bytes.len() as u64;
        self.shared.tally.down.fetch_add(bytes.len() as u64, Relaxed);
        let text = self.text_of(bytes);
        self.note(RelayNoted::Down(bytes.len(), text));
        if !self.client.dead {
            self.client.waits.extend_from_slice(bytes);
        }
    }

    /// The client says no more: what the star finder kept goes on before that is told.
    fn client_over(&mut self, input: RelayInput) {
        let mut out = Vec::new();
        self.star.end(&mut out);
        self.quiet_at = None;
        self.pass_up(&out);
        self.step(input);
    }

    fn step(&mut self, input: RelayInput) {
        let now = self.shared.world.now();
        let now = Time(u64::try_from(now.as_millis()).expect("the world is younger than a u64 of milliseconds"));
        let (mut actions, mut fired) = (Vec::new(), Vec::new());
        self.relay.step(now, input, &mut actions, &mut fired);
        for row in fired {
            self.note(RelayNoted::Fired(row));
        }
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: RelayAction) {
        match action {
            RelayAction::Dial => {
                let (world, addr) = (self.shared.world.clone(), self.shared.settings.upstream.clone());
                self.dial = Some(Box::pin(async move { world.connect(&addr).await }));
            }
            RelayAction::StopDial => self.dial = None,
            RelayAction::SendHeader { addr } => {
                let mut header = Vec::new();
                proxy::write(addr, self.way.local, &mut header);
                if let Some(server) = &mut self.server {
                    header.append(&mut server.waits);
                    server.waits = header;
                }
            }
            RelayAction::Say(sentence) => star::say(self.star.dialect(), sentence, &mut self.client.waits),
            RelayAction::FinishServer => {
                if let Some(server) = &mut self.server {
                    server.finishing = true;
                }
            }
            RelayAction::FinishClient => self.client.finishing = true,
            // Both end when the state is over; see the end.
            RelayAction::EndClient | RelayAction::EndServer => {}
        }
    }

    /// Ends the half that writes to the server, when nothing waits for it any more.
    async fn finish_server(&mut self) {
        if let Some(server) = &mut self.server
            && server.finishing
            && server.waits.is_empty()
        {
            server.finishing = false;
            // A connection that is gone needs no end.
            drop(server.to.close().await);
        }
    }

    /// Writes what waits for the client, for a while, and ends both connections.
    async fn end(mut self) {
        self.note(RelayNoted::Over(self.passed.0, self.passed.1));
        self.tell_notes().await;
        let Self { shared, mut client, server, .. } = self;
        let until = shared.world.now() + Duration::from_millis(DRAIN_MS);
        let rest = async {
            if !client.dead {
                // A client that does not read has had its time.
                drop(client.to.write_all(&client.waits).await);
                drop(client.to.close().await);
            }
            if let Some(mut server) = server {
                drop(server.to.close().await);
            }
        };
        rest.or(shared.world.sleep_until(until)).await;
    }

    fn text_of(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let texts = match self.star.dialect() {
            None | Some(Dialect::Native | Dialect::WebText | Dialect::WebBinary) => false,
            Some(Dialect::Flags | Dialect::Colon | Dialect::Command | Dialect::Plain) => self.shared.settings.texts,
        };
        (texts && self.shared.log.is_some()).then(|| bytes.to_vec())
    }

    fn note(&mut self, what: RelayNoted) {
        if self.shared.log.is_some() {
            let at = self.shared.world.wall();
            self.notes.push(RelayNote { at, client: self.way.number, addr: self.relay.addr(), what });
        }
    }

    async fn tell_notes(&mut self) {
        for note in self.notes.drain(..) {
            if let Some(log) = &self.shared.log {
                // A log that is gone has told why.
                drop(log.send(note).await);
            }
        }
    }
}

/// Reads what there is, if it may.
async fn read<R: AsyncRead + Unpin>(from: &mut R, may: bool) -> io::Result<Vec<u8>> {
    if !may {
        return future::pending().await;
    }
    poll_fn(|cx| {
        SCRATCH.with_borrow_mut(|scratch| match Pin::new(&mut *from).poll_read(cx, scratch) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(count)) => Poll::Ready(Ok(scratch[..count].to_vec())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
        })
    })
    .await
}

/// Writes of what waits as much as is taken, if anything waits.
async fn write<T: AsyncWrite + Unpin>(to: &mut T, waits: &[u8], may: bool) -> io::Result<usize> {
    if waits.is_empty() || !may {
        return future::pending().await;
    }
    to.write(waits).await
}
