//! What the shell holds back until the journal has it, and what it asks of the disk.
//!
//! One batch is under way at a time; what happens meanwhile goes into the next. The disk does one thing after the
//! other.

use super::World;
use super::chance::{between, draw};
use super::crash::Moment;
use super::disk::{Checkpoint, Query, Row};
use super::heap::Event;
use super::turn::Order;
use crate::meddle::Meddle;
use crate::plan::{Durability, Ms};
use crate::promise::Promise;
use hobnob_machine::{Conn, Input};
use hobnob_spec::messages::{Answer, Message};
use hobnob_spec::session::No;
use std::collections::{BTreeMap, VecDeque};

/// How long after a failure the same batch is tried again.
const RETRY_AFTER_MS: Ms = 1_000;
/// How often the journal is made safe from a power cut under [`Durability::Interval`].
const SYNC_EVERY_MS: Ms = 1_000;
/// How long the disk takes for a write, and for a reading.
pub(super) const WRITE_MS: (Ms, Ms) = (1, 4);
pub(super) const READ_MS: (Ms, Ms) = (0, 2);
/// How many pages are read at the same time at most.
const PAGES_MAX: usize = 1_000;

/// A batch under way.
#[derive(Debug)]
pub(super) struct Batch {
    /// All records before this one are in it or before it.
    pub(super) through: usize,
    pub(super) rows: Vec<Row>,
    /// What is kept of the machine once the batch is written.
    checkpoint: Option<Checkpoint>,
}

/// What a turn has to say, and what it waits for.
#[derive(Debug)]
struct Held {
    batch: u64,
    /// The records that caused it are those before this one.
    through: usize,
    orders: Vec<Order>,
}

/// The shell's side of the journal.
#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) open_rows: Vec<Row>,
    open_number: u64,
    /// So many records are appended or in the batch under way.
    pub(super) given: usize,
    pub(super) under_way: Option<Batch>,
    pub(super) failing: bool,
    failing_since: Option<Ms>,
    syncing: bool,
    held: VecDeque<Held>,
    pages: BTreeMap<u64, (Conn, u64, Query)>,
    next_page: u64,
    snapshot_at: usize,
}

impl Keeper {
    pub(super) fn new(records: usize) -> Self {
        Self {
            open_rows: Vec::new(),
            open_number: 1,
            given: records,
            under_way: None,
            failing: false,
            failing_since: None,
            syncing: false,
            held: VecDeque::new(),
            pages: BTreeMap::new(),
            next_page: 1,
            snapshot_at: records,
        }
    }

    fn is_open_empty(&self, records: usize) -> bool {
        self.given == records && self.open_rows.is_empty()
    }

    /// Whether all that was stepped is durable and said.
    pub(super) fn idle(&self, records: usize) -> bool {
        self.is_open_empty(records) && self.under_way.is_none() && self.held.is_empty()
    }
}

impl<M: Meddle> World<'_, '_, M> {
    /// When the disk will have done something that it is asked for now.
    pub(super) fn disk_done_at(&mut self, what: &str, takes: (Ms, Ms)) -> Ms {
        let from = self.now.max(self.disk.free_at);
        let takes = between(draw(self.plan.seed, what, self.now, 0), takes) + self.weather.ground.slow_ms;
        self.disk.free_at = from + takes;
        from + takes
    }

    /// Ends the turn's part in the journal: holds what is to be said, writes what can be written, says what may be.
    pub(super) fn say_turn(&mut self) {
        let gate = self.hub().gate.end();
        let mut written = Vec::new();
        self.carry(gate, &mut written);
        let records = self.disk.records.len();
        let hub = self.hub();
        if !hub.turn.is_empty() {
            let orders = hub.turn.end();
            let open = !hub.keeper.is_open_empty(records);
            let batch = if open { hub.keeper.open_number } else { hub.keeper.open_number - 1 };
            hub.keeper.held.push_back(Held { batch, through: records, orders });
        }
        self.submit();
        if self.hub.is_some() {
            self.release(&mut written);
            self.write_all(written);
        }
    }

    fn submit(&mut self) {
        let (records, life) = (self.disk.records.len(), self.life);
        let keeper = &mut self.hub().keeper;
        if keeper.is_open_empty(records) || keeper.under_way.is_some() {
            return;
        }
        let has_records = keeper.given < records;
        keeper.given = records;
        keeper.open_number += 1;
        let rows = std::mem::take(&mut keeper.open_rows);
        keeper.under_way = Some(Batch { through: records, rows, checkpoint: None });
        if has_records && self.crashes_at(Moment::BeforeAppend) {
            return;
        }
        let done = self.disk_done_at("append", WRITE_MS);
        self.heap.push(done, Event::Appended(life));
        let hub = self.hub.as_mut().expect("it was up a moment ago");
        let every = usize::try_from(self.plan.setting.snapshot_every.max(1)).unwrap_or(usize::MAX);
        // A snapshot is of what the records make, so that a start can be compared with them.
        if self.may_crash && !hub.woken && records - hub.keeper.snapshot_at >= every {
            hub.keeper.snapshot_at = records;
            let checkpoint = Checkpoint { records, server: hub.server.clone() };
            hub.keeper.under_way.as_mut().expect("it was just begun").checkpoint = Some(checkpoint);
        }
    }

    /// What the disk reports.
    pub(super) fn happen_to_server(&mut self, event: Event) {
        match event {
            Event::Appended(_) => self.appended(),
            Event::Retry(life) => {
                let done = self.disk_done_at("append", WRITE_MS);
                self.heap.push(done, Event::Appended(life));
            }
            Event::PageRead(_, tag) => self.page_read(tag),
            Event::FileDone(_, tag) => self.file_done(tag),
            Event::SyncDue(life) => self.sync_due(life),
            Event::Synced(_, records) => {
                self.hub().keeper.syncing = false;
                if !self.weather.ground.unwritable {
                    self.disk.synced = self.disk.synced.max(records);
                }
            }
            Event::StopLook(life) => self.see_to_stop(life),
            Event::ServerWake(_) => self.begin_turn(),
            Event::FaultEnds(_)
            | Event::Knock(_)
            | Event::Stands(_)
            | Event::DialFails(_)
            | Event::Arrive(..)
            | Event::Gone(_)
            | Event::Linger(_)
            | Event::ClientWake(_)
            | Event::Impostor(_)
            | Event::Start
            | Event::GateUp(..)
            | Event::PairWake(_)
            | Event::PairGoesOn(_)
            | Event::PairDrained(_) => unreachable!("it is no event of the server's disk or time"),
        }
    }

    fn appended(&mut self) {
        let (now, life) = (self.now, self.life);
        self.turn_open = true;
        let unwritable = self.weather.ground.unwritable;
        let keeper = &mut self.hub().keeper;
        if unwritable {
            keeper.failing = true;
            keeper.failing_since.get_or_insert(now);
            self.heap.push(now + RETRY_AFTER_MS, Event::Retry(life));
            return;
        }
        let batch = keeper.under_way.take().expect("a batch was under way");
        keeper.failing = false;
        let outage = keeper.failing_since.take();
        let more = batch.through > self.disk.appended;
        self.disk.appended = batch.through;
        self.disk.store(batch.rows);
        self.disk.checkpoints.extend(batch.checkpoint);
        if matches!(self.plan.setting.durability, Durability::Always) {
            self.disk.synced = batch.through;
        }
        if more && self.crashes_at(Moment::AfterAppend) {
            return;
        }
        if let Some(since) = outage {
            self.hub().first.push_front(Input::Outage { ms: now - since });
        }
        self.begin_turn();
    }

    /// Begins to make the journal safe every so often, where that is how it is made safe.
    pub(super) fn sync_due(&mut self, life: u32) {
        if !matches!(self.plan.setting.durability, Durability::Interval) {
            return;
        }
        self.heap.push(self.now + SYNC_EVERY_MS, Event::SyncDue(life));
        if !std::mem::replace(&mut self.hub().keeper.syncing, true) {
            let done = self.disk_done_at("sync", WRITE_MS);
            self.heap.push(done, Event::Synced(life, self.disk.appended));
        }
    }

    // ── Pages

    /// Has a page read, unless too many are being read.
    pub(super) fn read_page(&mut self, conn: Conn, number: u64, query: Query) {
        let life = self.life;
        let keeper = &mut self.hub().keeper;
        if keeper.pages.len() >= PAGES_MAX {
            if let Some(wire) = self.hub().wire(conn) {
                let answer = Answer::Refused { no: No::AsksTooFast, wait_ms: None };
                self.send(wire, Message::Answer { number, answer });
            }
            return;
        }
        let tag = keeper.next_page;
        keeper.next_page += 1;
        keeper.pages.insert(tag, (conn, number, query));
        let done = self.disk_done_at("page", READ_MS);
        self.heap.push(done, Event::PageRead(life, tag));
    }

    fn page_read(&mut self, tag: u64) {
        let Some((conn, number, query)) = self.hub().keeper.pages.remove(&tag) else { return };
        self.begin_turn();
        let Some(wire) = self.hub().wire(conn).filter(|wire| !self.is_closed(*wire)) else { return };
        if self.weather.ground.unreadable {
            return self.refuse_at_gate(wire, number);
        }
        let answer = self.disk.page(&query);
        self.send(wire, Message::Answer { number, answer });
    }

    // ── What may be said

    /// Puts into the outboxes what may be said.
    fn release(&mut self, written: &mut Vec<usize>) {
        let first = self.meddle.words_first();
        let keeper = &self.hub().keeper;
        let appended = keeper.open_number - 1 - u64::from(keeper.under_way.is_some());
        while let Some(held) = self.hub().keeper.held.pop_front_if(|held| first || held.batch <= appended) {
            if held.through > self.disk.appended && held.orders.iter().any(|order| matches!(order, Order::Say { .. })) {
                let sentence = format!(
                    "what {} records brought is said when the journal has {}",
                    held.through, self.disk.appended
                );
                self.witness.broke(self.now, Promise::JournalBeforeWord, sentence);
            }
            self.carry(held.orders, written);
        }
    }

    fn carry(&mut self, orders: Vec<Order>, written: &mut Vec<usize>) {
        for order in orders {
            match order {
                Order::Say { wire, what } => {
                    self.send_down(wire, what);
                    written.push(wire);
                }
                Order::Close { wire } => {
                    self.wires[wire].down.closing = true;
                    written.push(wire);
                }
                Order::Free { wire } => {
                    self.give_up(wire);
                    self.wires[wire].line = None;
                }
            }
        }
    }

    /// Writes to everybody who got something new, and gives up those for whom too much waits.
    fn write_all(&mut self, mut written: Vec<usize>) {
        written.sort_unstable();
        written.dedup();
        let limit = self.hub().server.config().limits.outbox_bytes_max;
        for wire in written {
            self.pump_down(wire);
            let waiting = self.wires[wire].down.waiting_bytes;
            let Some(line) = &mut self.wires[wire].line else { continue };
            if waiting > limit && !line.overflowed && !line.closed {
                line.overflowed = true;
                let conn = line.conn;
                self.give_up(wire);
                self.hub().first.push_back(Input::TooSlow { conn });
            }
        }
    }
}
