//! How the server goes down, what its disk keeps of it, and how it comes up again.
//!
//! Owns what is to be otherwise at the next start: the time of day, the settings.

use super::World;
use super::chance::{between, draw};
use super::disk::Checkpoint;
use super::heap::Event;
use super::hub::{Hub, wall};
use crate::meddle::{Honest, Meddle};
use crate::plan::{Crash, Durability, Fault, Ms};
use crate::promise::Promise;
use hobnob_machine::{Config, Input, Out, Server};
use hobnob_spec::messages::Time;

/// A moment at which a server may be made to die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A batch is stepped and not yet durable.
    BeforeAppend,
    /// A batch is durable and nothing of it has been said.
    AfterAppend,
}

/// What the plan has in store for the server.
#[derive(Debug)]
pub(super) struct Fate {
    genesis: Config,
    /// The settings that the server is started with.
    config: Config,
    /// By how much the time of day is set.
    jump_ms: i64,
    /// What is otherwise from the next start on.
    next_start: Vec<Fault>,
    /// A death that waits for its moment.
    pub(super) armed: Option<(Moment, Fault)>,
    pub(super) down_ms: Ms,
    /// How the server went down last, while it is down.
    pub(super) how: Option<Crash>,
    /// It went down with all its records, and nothing but they had changed it.
    whole: bool,
}

impl Fate {
    pub(super) fn new(config: Config) -> Self {
        let genesis = config.clone();
        let next_start = Vec::new();
        Self { genesis, config, jump_ms: 0, next_start, armed: None, down_ms: 0, how: None, whole: false }
    }

    /// Something is otherwise from the next start on.
    pub(super) fn at_next_start(&mut self, fault: &Fault) {
        self.next_start.push(fault.clone());
    }
}

impl<M: Meddle> World<'_, '_, M> {
    /// Lets the server die if this is the moment that its death waits for.
    pub(super) fn crashes_at(&mut self, moment: Moment) -> bool {
        let ripe = self.now < self.plan.heal_ms;
        let Some((_, fault)) = self.fate.armed.take_if(|(armed, _)| ripe && *armed == moment) else { return false };
        let Fault::Crash { how, down_ms } = fault else { return false };
        self.witness.fault(self.now, &fault, true);
        self.fate.down_ms = down_ms;
        self.go_down(how);
        true
    }

    /// The server is gone from one moment to the next.
    pub(super) fn go_down(&mut self, how: Crash) {
        let Some(hub) = self.hub.take() else { return };
        hub.server.check();
        self.turn_open = false;
        let stepped = self.disk.records.len();
        if let Some(batch) = hub.keeper.under_way
            && self.is_written_anyway(how)
        {
            self.disk.appended = batch.through;
            self.disk.store(batch.rows);
        }
        let kept = self.kept(how).min(stepped);
        self.disk.lose(kept);
        self.disk.free_at = self.now;
        self.fate.whole = kept == stepped && !hub.woken;
        self.last_server = hub.server;
        self.fate.how = Some(how);
        let dark = matches!(how, Crash::PowerCut | Crash::Torn);
        for wire in 0..self.wires.len() {
            self.end_without_server(wire, dark);
        }
        self.witness.down(self.now, kept as u64, (stepped - kept) as u64);
        let up = (self.now + self.fate.down_ms).min(self.plan.heal_ms.max(self.now));
        self.heap.push(up, Event::Start);
    }

    /// Whether a batch that was being written is whole, though nobody was told.
    fn is_written_anyway(&self, how: Crash) -> bool {
        match how {
            Crash::Kill | Crash::PowerCut => {
                let safe = matches!(self.plan.setting.durability, Durability::Always) || how == Crash::Kill;
                safe && !self.weather.ground.unwritable && draw(self.plan.seed, "torn", self.now, 0).is_multiple_of(2)
            }
            Crash::Torn | Crash::AfterAppend | Crash::BeforeAppend | Crash::Stop => false,
        }
    }

    /// How many records a crash keeps.
    fn kept(&mut self, how: Crash) -> usize {
        let (appended, synced) = (self.disk.appended, self.disk.synced);
        let unsafe_ones = appended.saturating_sub(synced) as u64;
        let drawn = draw(self.plan.seed, "lost", self.now, 0);
        let lost = match how {
            Crash::Kill | Crash::AfterAppend | Crash::BeforeAppend | Crash::Stop => 0,
            // Under `Always` what is appended is synced, but for a batch that nobody was told of.
            Crash::PowerCut if matches!(self.plan.setting.durability, Durability::Always) => 0,
            Crash::PowerCut => between(drawn, (0, unsafe_ones)),
            Crash::Torn => between(drawn, (1.min(unsafe_ones), unsafe_ones)),
        };
        let durable = appended as u64 - lost;
        usize::try_from(self.meddle.kept(durable)).unwrap_or(usize::MAX)
    }

    /// A killed process leaves its connections to the system, which ends them; without power nobody does.
    fn end_without_server(&mut self, wire: usize, dark: bool) {
        let found = &mut self.wires[wire];
        let open = found.accepted && !found.down.ended;
        let had_line = found.line.take().is_some();
        if !open || !had_line {
            return;
        }
        if dark {
            found.dead = true;
            found.down.give_up();
            found.down.holed = true;
            found.down.ended = true;
        } else {
            found.down.give_up();
            self.pump_down(wire);
        }
    }

    /// The server starts, for the first time or with what its disk kept.
    pub(super) fn start_server(&mut self) {
        if self.hub.is_some() {
            return;
        }
        self.life += 1;
        self.fate.how = None;
        self.change_for_start();
        let server = self.recover();
        let is_new = self.disk.records.is_empty();
        self.witness.started(self.now, self.life, &self.disk.records, &server);
        let earliest = self.disk.last().max(server.now());
        let base = wall(self.now, self.fate.jump_ms).max(earliest);
        let opened = self.disk.records.iter().filter_map(|(_, input)| match input {
            Input::Opened { conn, .. } => Some(conn.0 + 1),
            _ => None,
        });
        let next_conn = opened.max().unwrap_or(1);
        let config = Config { nick_case: server.config().nick_case, ..self.fate.config.clone() };
        let other = *server.config() != config;
        let mut hub = Hub::new(server, next_conn, base, self.now, self.disk.records.len());
        hub.first.extend(other.then_some(Input::Configured(Box::new(config))));
        hub.first.extend((!is_new).then_some(Input::Restarted));
        self.hub = Some(hub);
        let life = self.life;
        if matches!(self.plan.setting.durability, Durability::Interval) {
            self.heap.push(self.now + 1_000, Event::SyncDue(life));
        }
        self.begin_turn();
    }

    fn change_for_start(&mut self) {
        for fault in std::mem::take(&mut self.fate.next_start) {
            match &fault {
                Fault::Clock { jump_ms } => self.fate.jump_ms = self.fate.jump_ms.saturating_add(*jump_ms),
                Fault::Set { limit, value } => {
                    if let Some(limit) = self.fate.config.limits.named_mut(limit) {
                        *limit = *value;
                    }
                }
                _ => continue,
            }
            self.witness.fault(self.now, &fault, true);
        }
    }

    // ── Replay

    /// The machine that the records make, from the newest snapshot on.
    fn recover(&mut self) -> Server {
        if self.life == 1 {
            return self.last_server.clone();
        }
        let live = self.disk.records.len() as u64;
        // An honest run pays nothing for the seam.
        if std::any::type_name::<M>() != std::any::type_name::<Honest>() {
            let as_kept = self.disk.records.clone();
            self.meddle.recovers(&mut self.disk.records);
            if self.disk.records != as_kept {
                self.disk.checkpoints.clear();
                self.disk.appended = self.disk.records.len();
                self.disk.synced = self.disk.synced.min(self.disk.appended);
                self.fate.whole = false;
            }
        }
        // What stopped with all its records is what they make: that is looked at often enough, and dear.
        if self.fate.whole && !draw(self.plan.seed, "live", self.now, live).is_multiple_of(4) {
            return self.last_server.clone();
        }
        let newest = self.disk.checkpoints.pop();
        let server = self.replay(newest.as_ref());
        if self.fate.whole {
            let live = self.last_server.clone();
            self.compare(&server, &live, "and the server that took it");
        }
        if newest.is_some() && draw(self.plan.seed, "whole", self.now, live).is_multiple_of(4) {
            let whole = self.replay(None);
            self.compare(&whole, &server, "from its beginning and from its newest snapshot");
        }
        self.disk.checkpoints.extend(newest);
        server
    }

    /// The machine that all records make.
    fn replay(&self, from: Option<&Checkpoint>) -> Server {
        let (mut server, begin) = match from {
            Some(Checkpoint { server, records }) => (server.clone(), *records),
            None => (Server::new(self.fate.genesis.clone(), draw(self.plan.seed, "server", 0, 0)), 0),
        };
        let mut out = Out::default();
        for (at, input) in &self.disk.records[begin..] {
            server.step(*at, input.clone(), &mut out);
            out.clear();
        }
        server
    }

    /// At the end, whether the journal makes the server that took it: in some worlds, for it costs as much again.
    pub(super) fn compare_with_replay(&mut self) {
        if !draw(self.plan.seed, "end", 0, 0).is_multiple_of(8) {
            return;
        }
        let Some(hub) = &self.hub else { return };
        let live = hub.server.clone();
        let again = self.replay(None);
        self.compare(&again, &live, "and the server that took it");
    }

    fn compare(&mut self, one: &Server, other: &Server, which: &str) {
        let at = one.now().max(other.now());
        if !same_at(at, one, other) {
            let sentence =
                format!("the journal of {} records makes two different machines: {which}", self.disk.records.len());
            self.witness.broke(self.now, Promise::Replayed, sentence);
        }
    }
}

/// Whether two machines are the same once both have rung what is due.
fn same_at(at: Time, one: &Server, other: &Server) -> bool {
    let mut out = Out::default();
    let [one, other] = [one, other].map(|server| {
        let mut server = server.clone();
        server.step(at, Input::Wake, &mut out);
        server
    });
    one == other
}
