//! The judge: is told what happens, and says which promises that breaks.
//!
//! Owns what has to be remembered for that. Believes nobody: what users were shown is compared with what the log
//! holds, and what the log holds with what was said. One half looks at the server alone (what it took, what it gave,
//! which rows fired) and can judge a recorded journal; the other looks at the users. A promise that is broken is told
//! once a run.

mod answers;
mod book;
mod converge;
mod ears;
mod ends;
mod hash;
pub mod journal;
mod ledger;
mod log;
mod names;
mod order;
mod rows;
pub mod unnoticed;
mod users;

use crate::chronicle::Wire;
use crate::plan::{Crash, Deed, Durability, Fault, Ms, Plan};
use crate::promise::{Breach, Promise};
use book::{Books, Where};
use ears::Ears;
use hobnob_machine::{Action, Input, Out, Server, Shown};
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::{Body, Entry, Message, Time};
use hobnob_spec::profile::NickCase;
use hobnob_spec::session::Event;
use ledger::Ledger;
use log::Step;
use names::{Name, Names};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use users::{Said, User};

/// Holds a run to its promises.
#[derive(Debug, Clone)]
pub struct Judge {
    durability: Durability,
    names: Names,
    books: Books,
    ledger: Ledger,
    /// How many records the journal has.
    records: u64,
    /// Whether a server has started.
    begun: bool,
    /// Whether alarms rang since the last record: a machine that is made again has not heard them yet.
    woken: bool,
    /// Whether the run began with a machine that had been somewhere: what was before is not known.
    resumed: bool,
    /// The fewest conversations that were kept in memory; beyond them numbers may jump.
    talks_min: u64,
    /// The fewest entries and bytes of a place that were kept in memory.
    kept_min: (u64, u64),
    /// The fewest entries of a page, and the least room of a connection's outbox in bytes.
    page_min: (u64, u64),
    /// The latest time of the server's clock, and the least age of mail that it does not keep any more.
    latest: Time,
    mail_age_min: u64,
    /// The end of the history that is being sent.
    history: Option<(Name, u64)>,
    /// Before which messages, each somebody's coming into a room, its author was sent the room's history.
    recalled: BTreeSet<(Where, u64)>,
    /// Answers of this step.
    answers: Vec<(hobnob_machine::Conn, u64)>,
    /// The requests that the ends of transfers will answer, and those that ends have answered.
    awaited: answers::Awaited,
    /// Whether somebody came or went in this step.
    moved: bool,
    /// What somebody was told of that an alarm brought, and a crash took back: it comes again.
    owed: BTreeMap<(Where, u64), Arc<Entry>>,
    /// What a power cut took, as it may: it may still be on its way to somebody.
    lost: BTreeMap<(Where, u64), Vec<Arc<Entry>>>,
    /// Whether the crash that is under way may take what was acknowledged.
    may_lose: bool,
    users: Vec<User>,
    /// Whom a relay has turned away that had as many clients as it may have, when all faults were over.
    barred: BTreeSet<usize>,
    /// What those hear who speak a text dialect.
    ears: Ears,
    people: Vec<String>,
    heal: Ms,
    /// How often each text was said and stored.
    texts: BTreeMap<u64, Said>,
    /// Whose nick a connection has.
    wires: BTreeMap<Wire, Name>,
    found: Vec<Breach>,
    /// Which promises were found broken, a bit each.
    told: u64,
}

impl Judge {
    /// A judge of a run that has not begun.
    pub fn new(plan: &Plan) -> Self {
        let users = (0..plan.people()).map(|who| User { rude: plan.is_rude(who), ..User::default() });
        Self {
            durability: plan.setting.durability,
            users: users.collect(),
            ears: Ears::of(plan),
            people: plan.names().map(str::to_owned).collect(),
            heal: plan.heal_ms,
            ..Self::of_journal(plan.setting.nick_case)
        }
    }

    /// A judge of a journal, which nobody tells of users.
    pub fn of_journal(nick_case: NickCase) -> Self {
        Self {
            durability: Durability::Always,
            names: Names::new(nick_case),
            books: Books::default(),
            ledger: Ledger::default(),
            records: 0,
            begun: false,
            woken: false,
            resumed: false,
            talks_min: u64::MAX,
            kept_min: (u64::MAX, u64::MAX),
            page_min: (u64::MAX, u64::MAX),
            latest: Time::default(),
            mail_age_min: u64::MAX,
            history: None,
            recalled: BTreeSet::new(),
            answers: Vec::new(),
            awaited: answers::Awaited::default(),
            moved: false,
            owed: BTreeMap::new(),
            lost: BTreeMap::new(),
            may_lose: false,
            users: Vec::new(),
            barred: BTreeSet::new(),
            ears: Ears::default(),
            people: Vec::new(),
            heal: 0,
            texts: BTreeMap::new(),
            wires: BTreeMap::new(),
            found: Vec::new(),
            told: 0,
        }
    }

    /// Somebody does something.
    pub fn does(&mut self, at: Ms, who: usize, life: u32, deed: &Deed) -> Vec<Breach> {
        self.done(at, who, life, deed);
        self.take()
    }

    /// A user is shown something.
    pub fn shown(&mut self, at: Ms, who: usize, life: u32, shown: &Shown) -> Vec<Breach> {
        self.shows(at, who, life, shown);
        self.take()
    }

    /// The server says something over a connection.
    pub fn told(&mut self, at: Ms, who: usize, wire: Wire, message: &Message) -> Vec<Breach> {
        let _ = who;
        self.tells(at, wire, message);
        self.take()
    }

    /// The server took an input.
    pub fn stepped(&mut self, at: Ms, time: Time, input: &Input, out: &Out, server: &Server) -> Vec<Breach> {
        self.latest = self.latest.max(time);
        self.records += u64::from(!matches!(input, Input::Wake));
        self.woken = matches!(input, Input::Wake) && (self.woken || !out.fired.is_empty());
        let was_open = answers::asked(input).is_some_and(|(conn, _)| self.ledger.conns.contains_key(&conn));
        if let Input::Configured(config) = input {
            self.notes_limits(&config.limits);
        }
        for fired in &out.fired {
            self.row(at, fired, (input, out, server));
        }
        self.pictures(out, server);
        let again = out.fired.last().is_some_and(|fired| fired.event == Event::Again);
        let step = Step { at, input, server };
        for action in &out.actions {
            match action {
                Action::Send { conn, message } => self.sent(step, *conn, message, again),
                Action::Deliver { room, name, entry } => self.delivered(step, *room, name, entry),
                Action::Keep { pair, to, entry } => self.kept(step, pair, to, entry),
                Action::ReadPage { conn, number, .. } => self.count_answer(*conn, *number),
                Action::ReadPiece { conn, number, .. } => self.count_answer(*conn, *number),
                Action::WriteChunk { .. }
                | Action::CheckFile { .. }
                | Action::DiscardPart { .. }
                | Action::RemoveFile { .. }
                | Action::Hear { .. }
                | Action::Unhear { .. }
                | Action::Close { .. } => {}
            }
        }
        self.history = None;
        self.judge_answers(step, was_open, &out.transfers);
        self.opened(step);
        if std::mem::take(&mut self.moved) {
            self.compare(at, server, Promise::CountersEqualLog);
        }
        self.take()
    }

    /// How many texts an output posted.
    pub fn posted_by(&self, out: &Out) -> u64 {
        let texts = out.actions.iter().filter(|action| match action {
            Action::Deliver { entry, .. } | Action::Keep { entry, .. } => matches!(entry.body, Body::Text(_)),
            Action::Send { .. }
            | Action::Hear { .. }
            | Action::Unhear { .. }
            | Action::ReadPage { .. }
            | Action::WriteChunk { .. }
            | Action::CheckFile { .. }
            | Action::DiscardPart { .. }
            | Action::RemoveFile { .. }
            | Action::ReadPiece { .. }
            | Action::Close { .. } => false,
        });
        texts.count() as u64
    }

    /// A server starts with these records.
    pub fn started(&mut self, at: Ms, records: &[(Time, Input)], server: &Server) -> Vec<Breach> {
        self.starts(at, records.len() as u64, server);
        self.take()
    }

    /// Something goes wrong with the world.
    pub fn fault(&mut self, fault: &Fault) {
        if let Fault::Crash { how, .. } = fault {
            let cut = matches!(how, Crash::PowerCut | Crash::Torn);
            self.may_lose |= cut && self.durability != Durability::Always;
        }
    }

    /// The server is down.
    pub fn down(&mut self, at: Ms, kept: u64, lost: u64) -> Vec<Breach> {
        let _ = (at, kept, lost);
        Vec::new()
    }

    /// The world ends.
    pub fn end(&mut self, at: Ms, server: &Server, records: &[(Time, Input)]) -> Vec<Breach> {
        let _ = records;
        self.compare(at, server, Promise::CountersEqualLog);
        self.owes(at);
        self.converged(at);
        self.take()
    }

    fn notes_limits(&mut self, limits: &Limits) {
        self.talks_min = self.talks_min.min(limits.conversations_max);
        if limits.mail_age_ms > 0 {
            self.mail_age_min = self.mail_age_min.min(limits.mail_age_ms);
        }
        let (entries, bytes) = self.kept_min;
        self.kept_min = (entries.min(limits.kept_entries_max), bytes.min(limits.kept_bytes_max));
        let (entries, bytes) = self.page_min;
        self.page_min = (entries.min(limits.page_entries_max), bytes.min(limits.outbox_bytes_max));
    }

    fn opened(&mut self, step: Step<'_>) {
        let Input::Opened { conn, addr, .. } = step.input else { return };
        let (count, most) = (
            self.ledger.addresses.get(&addr.ip()).copied().unwrap_or(0),
            step.server.config().limits.connections_per_address_max,
        );
        let counted = !step.server.config().trusts(addr.ip());
        if count > most && counted && self.ledger.conns.contains_key(conn) {
            let sentence = format!("{} has {count} connections of at most {most}", addr.ip());
            self.broke(Promise::Capacity, step.at, sentence);
        }
    }

    /// Notes a broken promise; the second time is not told.
    fn broke(&mut self, promise: Promise, at: Ms, sentence: String) {
        let bit = 1 << promise as u64;
        if self.told & bit == 0 {
            self.told |= bit;
            self.found.push(Breach { promise, at, sentence });
        }
    }

    fn take(&mut self) -> Vec<Breach> {
        if self.found.is_empty() { Vec::new() } else { std::mem::take(&mut self.found) }
    }
}
