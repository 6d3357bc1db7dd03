//! The hub: the one task that owns the machine.
//!
//! Turn by turn it takes what has come, steps the machine, and says what the machine ordered as soon as the journal
//! has the inputs that caused it. Decides nothing about the chat.

mod behind;
mod coming;
mod gate;
mod orders;
mod stop;

use super::clock::Clock;
use super::console;
use super::desk::{Counter, Query};
use super::feed::Feed;
use super::files::FileDesk;
use super::gauges::Gauges;
use super::keeper::{Keeper, Kept};
use super::lines::Lines;
use super::outbox::Written;
use super::reader::Heard;
use super::tally::Tally;
use super::turn::Turn;
use crate::files::FileDone;
use crate::journal::{Checkpoint, Done, JournalError, OutputDigest};
use crate::world::World;
use async_channel::{Receiver, Sender};
use behind::Behind;
use futures_lite::FutureExt;
use hobnob_machine::wire::tongue::Ask;
use hobnob_machine::wire::zone::Zone;
use hobnob_machine::{Conn, Input, Out, Server};
use hobnob_spec::messages::Time;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How many times a turn listens to the readers at most.
const TURN_HEARD_MAX: usize = 512;
/// How many inputs a turn takes at most, but for what came in its last bytes.
const TURN_INPUTS_MAX: usize = 4_096;
/// How many questions from the desk a turn answers at most.
const TURN_QUERIES_MAX: usize = 16;
/// How many bytes a turn has to say at most, but for what came in its last bytes.
const TURN_BYTES_MAX: usize = 8 << 20;
/// How often a stopping server looks whether all is done.
const STOP_LOOKS_EVERY: Duration = Duration::from_millis(10);
/// How long a connection that was told goodbye may take to end.
const LINGER: Duration = Duration::from_secs(5);

/// What a hub is made of.
pub(super) struct Parts<W: World> {
    pub(super) world: W,
    pub(super) server: Server,
    pub(super) keeper: Keeper,
    pub(super) files: FileDesk,
    /// Whether some listener's users have every step of theirs told on the console.
    pub(super) narrates: bool,
    pub(super) heard: Receiver<Heard<W>>,
    pub(super) readers: Sender<Heard<W>>,
    /// What web pages ask.
    pub(super) queries: Receiver<Query>,
    /// Whether there is a monitor that may be opened.
    pub(super) monitored: bool,
    /// Closed when the server is to stop.
    pub(super) stop: Receiver<()>,
    /// Closed when the ports are to be closed.
    pub(super) ports: Sender<()>,
    /// The time of the last record.
    pub(super) last: Time,
    pub(super) next_conn: u64,
    pub(super) status_every: Option<Duration>,
    pub(super) sync_every: Duration,
    /// Whose clocks the dialects show that show any.
    pub(super) time_zone: TimeZone,
}

/// The hub.
pub(super) struct Hub<W: World> {
    pub(super) parts: Parts<W>,
    clock: Clock<W>,
    out: Out,
    pub(super) turn: Turn,
    /// What is said without the machine while the journal cannot be written; it waits for no record.
    gate: Turn,
    pub(super) lines: Lines<W>,
    /// Connections with something new in their outbox.
    to_write: Vec<usize>,
    /// What the present unit asks.
    asks: Vec<Ask>,
    /// Inputs that come first in the next turn.
    first: VecDeque<Input>,
    /// What waits behind files, by connection.
    behind: BTreeMap<Conn, Behind>,
    pages: BTreeMap<u64, (Conn, u64)>,
    next_page: u64,
    pub(super) tally: Tally,
    pub(super) gauges: Gauges,
    pub(super) feed: Feed,
    /// Where an operator's deed is being done.
    pub(super) counter: Option<Counter>,
    /// When the present turn began.
    turn_began: Duration,
    /// Connections that were told goodbye, and when they are given up.
    lingering: VecDeque<(Duration, Conn)>,
    /// What the time zone makes of the present.
    zone: Zone,
    status_at: Option<Duration>,
    /// The status line that was printed last: nothing new is not said again.
    status_before: String,
    sync_at: Duration,
    /// When a stopping server ends at the latest.
    stops_at: Option<Duration>,
    sleep: Option<(Duration, Sleep)>,
    /// Since when everybody has been told that the server stops.
    told_at: Option<Duration>,
    closing: bool,
    closed: Option<Result<(), JournalError>>,
    /// Since when the journal cannot be written.
    failing_since: Option<Duration>,
}

type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

enum Woken<W: World> {
    Heard(Heard<W>),
    Done(Done),
    File(FileDone),
    Asked(Query),
    Time,
    Stop,
}

impl<W: World> Hub<W> {
    pub(super) fn new(parts: Parts<W>) -> Self {
        let now = parts.world.now();
        let clock = Clock::new(parts.world.clone(), parts.last);
        let gauges = Gauges::new(clock.time());
        let keeps_latest = parts.monitored && !parts.server.config().store;
        Self {
            feed: Feed::new(gauges.fired.clone(), keeps_latest),
            gauges,
            counter: None,
            turn_began: now,
            clock,
            out: Out::default(),
            turn: Turn::default(),
            gate: Turn::default(),
            lines: Lines::default(),
            to_write: Vec::new(),
            asks: Vec::new(),
            first: VecDeque::new(),
            behind: BTreeMap::new(),
            pages: BTreeMap::new(),
            next_page: 1,
            tally: Tally::default(),
            lingering: VecDeque::new(),
            zone: Zone::UTC,
            status_at: parts.status_every.map(|every| now.saturating_add(every)),
            status_before: String::new(),
            sync_at: now + parts.sync_every,
            stops_at: None,
            sleep: None,
            told_at: None,
            closing: false,
            closed: None,
            failing_since: None,
            parts,
        }
    }

    /// Looks where the clocks are at present.
    fn see_to_zone(&mut self) {
        let now = i64::try_from(self.clock.time().0).ok().and_then(|now| Timestamp::from_millisecond(now).ok());
        self.zone = now.map_or(Zone::UTC, |now| Zone(self.parts.time_zone.to_offset(now).seconds()));
    }

    /// Serves until it is told to stop, and has the journal closed. `first` are the inputs of the start.
    pub(super) async fn run(mut self, first: Vec<Input>) -> Result<(), JournalError> {
        self.first.extend(first);
        self.see_to_zone();
        self.end_turn();
        loop {
            let woken = self.wait().await;
            self.turn_began = self.parts.world.now();
            // Whoever is ready to bring something may do so first: what comes together is said together.
            futures_lite::future::yield_now().await;
            self.take_first();
            match woken {
                Woken::Heard(heard) => self.take_heard(heard),
                Woken::Done(done) => self.take_done(done),
                Woken::File(done) => self.take_file_done(done),
                Woken::Asked(query) => self.take_query(query),
                Woken::Time => self.sleep = None,
                Woken::Stop => self.begin_stop(),
            }
            self.take_all_that_came();
            self.end_turn();
            if let Some(result) = self.closed.take() {
                // Who still asks at the desk hears by the end of the answer's line that nobody answers.
                self.parts.queries.close();
                while self.parts.queries.try_recv().is_ok() {}
                return result;
            }
        }
    }

    /// Waits until something comes or is due.
    async fn wait(&mut self) -> Woken<W> {
        let deadline = self.deadline();
        if self.sleep.as_ref().is_none_or(|(at, _)| *at > deadline) {
            let world = self.parts.world.clone();
            let sleep = async move { world.sleep_until(deadline).await };
            self.sleep = Some((deadline, Box::pin(sleep)));
        }
        let (_, sleep) = self.sleep.as_mut().expect("a sleep was begun");
        let done = async {
            match self.parts.keeper.done.recv().await {
                Ok(done) => Woken::Done(done),
                Err(_) => unreachable!("the journal serves until it is told to close"),
            }
        };
        let time = async {
            sleep.await;
            Woken::Time
        };
        let heard = async {
            if self.parts.keeper.crowded() {
                return std::future::pending().await;
            }
            Woken::Heard(self.parts.heard.recv().await.expect("the hub itself keeps a sender"))
        };
        let stop = async {
            if self.stops_at.is_some() {
                return std::future::pending().await;
            }
            // Nothing is ever sent: the channel is closed.
            let _ = self.parts.stop.recv().await;
            Woken::Stop
        };
        let file = async {
            match self.parts.files.done.recv().await {
                Ok(done) => Woken::File(done),
                Err(_) => unreachable!("the keeper of files serves as long as the hub is there"),
            }
        };
        let asked = async {
            match self.parts.queries.recv().await {
                Ok(query) => Woken::Asked(query),
                // There is no port for pages.
                Err(_) => std::future::pending().await,
            }
        };
        done.or(file).or(heard).or(asked).or(time).or(stop).await
    }

    /// When something is due at the latest.
    fn deadline(&self) -> Duration {
        let wake = self.parts.server.wake_at().map(|time| self.clock.at(time));
        let wake = wake.filter(|_| !self.parts.keeper.failing());
        let linger = self.lingering.front().map(|(at, _)| *at);
        let stop = self.stops_at.map(|_| self.parts.world.now() + STOP_LOOKS_EVERY);
        let retry = self.parts.keeper.retry_at();
        let some = [wake, linger, stop, retry, self.status_at, self.feed.at()].into_iter().flatten();
        some.fold(self.sync_at, Duration::min)
    }

    fn take_all_that_came(&mut self) {
        while let Ok(done) = self.parts.keeper.done.try_recv() {
            self.take_done(done);
        }
        while let Ok(done) = self.parts.files.done.try_recv() {
            self.take_file_done(done);
        }
        self.take_first();
        let inputs_before = self.tally.inputs;
        for _ in 0..TURN_HEARD_MAX {
            let inputs = self.tally.inputs - inputs_before;
            if self.parts.keeper.crowded() || self.turn.bytes >= TURN_BYTES_MAX || inputs >= TURN_INPUTS_MAX as u64 {
                break;
            }
            let Ok(heard) = self.parts.heard.try_recv() else { break };
            self.take_heard(heard);
        }
        // Who asks at the desk, or wants the server to stop, is heard in a flood, too.
        for _ in 0..TURN_QUERIES_MAX {
            let Ok(query) = self.parts.queries.try_recv() else { break };
            self.take_query(query);
        }
        if self.stops_at.is_none() && self.parts.stop.is_closed() {
            self.begin_stop();
        }
        self.see_to_time();
        self.take_behind();
    }

    /// Takes the inputs that waited, if the journal can be written.
    fn take_first(&mut self) {
        while !self.parts.keeper.failing()
            && let Some(input) = self.first.pop_front()
        {
            self.step(input);
        }
    }

    /// Does what is due.
    fn see_to_time(&mut self) {
        let now = self.parts.world.now();
        let time = self.clock.time();
        if !self.parts.keeper.failing() && self.parts.server.wake_at().is_some_and(|at| at <= time) {
            self.out.clear();
            self.parts.server.step(time, Input::Wake, &mut self.out);
            self.parts.keeper.woke(&self.out, &self.parts.server);
            self.feed.take(None, &self.out, &self.parts.server);
            self.carry_out();
            // Who was pinged and has no word for the answer has answered.
            self.take_first();
        }
        if self.status_at.is_some_and(|at| at <= now) {
            self.status_at = self.parts.status_every.map(|every| now.saturating_add(every));
            let line = self.tally.line(self.lines.len(), self.parts.keeper.lag());
            if line != self.status_before {
                tracing::info!("status: {line}");
                self.status_before = line;
            }
        }
        if self.sync_at <= now {
            self.sync_at = now + self.parts.sync_every;
            self.see_to_zone();
            self.parts.keeper.sync();
            if self.parts.monitored {
                let sample = self.gauges.sample(time, &self.tally, self.lines.len(), self.parts.keeper.lag());
                self.feed.sample(sample);
            }
        }
        self.see_to_watchers(now);
        while let Some((_, conn)) = self.lingering.pop_front_if(|(at, _)| *at <= now) {
            if let Some(slot) = self.lines.slot(conn) {
                self.lines.at(slot).outbox.give_up();
            }
        }
        if let Some(at) = self.stops_at {
            self.see_to_stop(at <= now);
        }
    }

    // ── What comes

    fn take_done(&mut self, done: Done) {
        let now = self.parts.world.now();
        match self.parts.keeper.take(done, now) {
            Kept::Nothing => {}
            Kept::Appended => {
                if let Some(since) = self.failing_since.take() {
                    tracing::info!("the journal can be written again; all goes on");
                    let ms = u64::try_from(now.saturating_sub(since).as_millis()).unwrap_or(u64::MAX);
                    self.first.push_front(Input::Outage { ms });
                }
            }
            Kept::Failed(error) => {
                if self.failing_since.is_none() {
                    self.failing_since = Some(now);
                    tracing::error!("{error}; requests are refused until the journal can be written again");
                }
            }
            Kept::Page(tag, page) => self.answer_page(tag, page),
            Kept::Closed(result) => self.closed = Some(result),
        }
    }

    pub(super) fn step(&mut self, input: Input) {
        let now = self.clock.time();
        self.parts.last = now;
        self.out.clear();
        self.tally.inputs += 1;
        self.parts.keeper.begin(now, &input);
        let joining = self.feed.before(now, &input);
        self.parts.server.step(now, input, &mut self.out);
        self.parts.keeper.end(&self.out, &self.parts.server);
        self.feed.take(joining.as_ref(), &self.out, &self.parts.server);
        self.carry_out();
    }

    // ── What may be said

    fn end_turn(&mut self) {
        if !self.gate.is_empty() {
            let said = self.gate.end(&mut self.lines, self.turn_began);
            self.tally.deliveries += said.deliveries;
            self.tally.bytes_out += said.release(&mut self.lines, &mut self.to_write);
        }
        if !self.turn.is_empty() {
            let said = self.turn.end(&mut self.lines, self.turn_began);
            self.parts.keeper.hold(said);
        }
        let Parts { server, world, keeper, last, next_conn, .. } = &mut self.parts;
        keeper.submit(world.now(), |pending, next| checkpoint(server, next, *last, *next_conn, pending));
        self.remove_files();
        let Self { tally, gauges, lines, to_write, parts, .. } = self;
        let now = parts.world.now();
        tally.bytes_out += parts.keeper.release(lines, to_write, |deliveries, began| {
            tally.deliveries += deliveries;
            gauges.delivered(deliveries, now.saturating_sub(began));
        });
        self.write_all();
    }

    /// Writes to everybody who got something new.
    fn write_all(&mut self) {
        let limit = self.parts.server.config().limits.outbox_bytes_max;
        for slot in std::mem::take(&mut self.to_write) {
            let Some(line) = self.lines.find(slot) else { continue };
            line.to_write = false;
            match line.outbox.write_now() {
                Written::All | Written::Broken => continue,
                Written::Short => self.parts.world.spawn(Arc::clone(&line.outbox).drain(self.parts.world.clone())),
                Written::Waiting => {}
            }
            if line.outbox.waiting() as u64 > limit && !line.overflowed && !line.closed {
                line.overflowed = true;
                line.outbox.give_up();
                self.first.push_back(Input::TooSlow { conn: line.conn });
            }
        }
    }
}

fn checkpoint(server: &Server, next: u64, at: Time, next_conn: u64, pending: OutputDigest) -> Checkpoint {
    Checkpoint { next, at, next_conn, pending, server: server.clone() }
}
