//! Tells the witness what the hosts noted, and what the server makes of each record: by a second machine.
//!
//! Owns that machine and the list of records that are kept.

use super::stage::Note;
use crate::plan::{Fault, Ms, Plan, What};
use crate::promise::Promise;
use crate::witness::{Look, Outcome, Witness};
use hobnob_machine::{Conn, Input, Out, Server};
use hobnob_runtime::journal::Genesis;
use hobnob_spec::messages::Time;
use std::collections::BTreeSet;

/// Whoever tells.
#[derive(Debug)]
pub(super) struct Teller<'p> {
    plan: &'p Plan,
    witness: Witness<'p>,
    genesis: Option<Genesis>,
    records: Vec<(Time, Input)>,
    shadow: Option<Server>,
    out: Out,
    /// The last connection before the latest start, until the server has said what became of those.
    before_start: Option<Conn>,
    /// Steps of the plan that have met something.
    met: BTreeSet<usize>,
}

impl<'p> Teller<'p> {
    pub(super) fn new(plan: &'p Plan, look: Look) -> Self {
        Self {
            plan,
            witness: Witness::new(plan, look),
            genesis: None,
            records: Vec::new(),
            shadow: None,
            out: Out::default(),
            before_start: None,
            met: BTreeSet::new(),
        }
    }

    /// Tells all notes.
    pub(super) fn tell(&mut self, notes: Vec<(Ms, Note)>) {
        for (at, note) in notes {
            self.tell_one(at, note);
        }
    }

    fn tell_one(&mut self, at: Ms, note: Note) {
        let witness = &mut self.witness;
        match note {
            Note::Does { who, life, deed } => witness.does(at, who, life, &deed),
            Note::Misdeed(kind) => witness.misdeed(kind),
            Note::Shown { who, life, shown } => witness.shown(at, who, life, &shown),
            Note::Connected { who, wire } => witness.connected(at, who, wire),
            Note::Carried { column, who, wire } => witness.carried(at, column, who, wire),
            Note::Relayed { column, client, fired } => witness.relay(at, column, client, fired),
            Note::Heard { who, line } => witness.heard(at, who, &line),
            Note::Passed { who, wire, message } => witness.passed(at, who, wire, &message),
            Note::Asked { who, wire, asked } => witness.asked(at, who, wire, &asked),
            Note::Told { who, wire, message } => witness.told(at, who, wire, &message),
            Note::Arrived { who, wire, dir } => witness.arrived(at, who, wire, dir),
            Note::Ended { who, wire, dir } => witness.ended(at, who, wire, dir),
            Note::Began(genesis) => self.genesis = Some(*genesis),
            Note::Started { life, records, recovered } => self.started(at, life, records, recovered),
            Note::Appended { records, woke } => self.appended(at, records, woke),
            Note::Met(step) => self.met(at, step),
            Note::Broke { promise, sentence } => witness.broke(at, promise, sentence),
        }
    }

    /// A step of the plan met something; it counts once.
    pub(super) fn met(&mut self, at: Ms, step: usize) {
        if self.met.insert(step) {
            self.witness.fault(at, self.fault(step), true);
        }
    }

    /// A step of the plan is over.
    pub(super) fn over(&mut self, at: Ms, step: usize) {
        if self.met.contains(&step) {
            self.witness.fault(at, self.fault(step), false);
        }
    }

    /// The server went down; so many records are kept, and so many had not been written yet.
    pub(super) fn down(&mut self, at: Ms, kept: u64, unwritten: u64) {
        let had = self.records.len() as u64;
        self.records.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
        self.shadow = None;
        self.witness.down(at, kept, had.saturating_sub(kept) + unwritten);
    }

    /// The tier itself saw a promise broken.
    pub(super) fn broke(&mut self, at: Ms, promise: Promise, sentence: String) {
        self.witness.broke(at, promise, sentence);
    }

    /// The world ends.
    pub(super) fn end(mut self, at: Ms) -> Outcome {
        let shadow = match self.shadow.take() {
            Some(shadow) => shadow,
            None => self.replay(),
        };
        self.witness.end(at, &shadow, self.records)
    }

    fn fault(&self, step: usize) -> &'p Fault {
        match &self.plan.steps[step].what {
            What::Fails(fault) => fault,
            What::Does(..) => unreachable!("only faults meet something"),
        }
    }

    /// The machine that the records make.
    fn replay(&self) -> Server {
        let (config, seed) = match &self.genesis {
            Some(genesis) => (genesis.config.clone(), genesis.seed),
            None => (self.plan.setting.config().expect("the settings of a plan are checked when it is read"), 0),
        };
        let (mut server, mut out) = (Server::new(config, seed), Out::default());
        for (time, input) in &self.records {
            out.clear();
            server.step(*time, input.clone(), &mut out);
        }
        server
    }

    fn started(&mut self, at: Ms, life: u32, records: u64, recovered: Option<Box<Server>>) {
        if records != self.records.len() as u64 {
            let had = self.records.len();
            let sentence = format!("the server recovered {records} records of the {had} that its journal holds");
            self.witness.broke(at, Promise::Replayed, sentence);
        }
        let shadow = self.replay();
        self.before_start = shadow.sessions().filter_map(|view| view.conn).max();
        if let Some(recovered) = recovered {
            let mut same = shadow.clone();
            // A snapshot's machine may have rung alarms after the last record.
            same.step(recovered.now(), Input::Wake, &mut Out::default());
            // What is due at the very time of the last record may have rung in both, or in neither.
            if same != *recovered && shadow != *recovered {
                let sentence = format!("the machine made again from {records} records is not what all of them make");
                self.witness.broke(at, Promise::Replayed, sentence);
            }
        }
        self.witness.started(at, life, &self.records, &shadow);
        self.shadow = Some(shadow);
    }

    fn appended(&mut self, at: Ms, records: Vec<(Time, Input)>, woke: Option<Time>) {
        for (time, input) in records {
            self.step(at, time, &input);
            self.records.push((time, input));
        }
        if let Some(time) = woke {
            self.step(at, time, &Input::Wake);
        }
        self.look_for_ghosts(at);
    }

    /// No connection outlives its server; the first thing that a new one writes says so.
    fn look_for_ghosts(&mut self, at: Ms) {
        let (Some(last), Some(shadow)) = (self.before_start.take(), &self.shadow) else { return };
        let ghost = shadow.sessions().find(|view| view.conn.is_some_and(|conn| conn <= last));
        if let Some(ghost) = ghost {
            let nick = ghost.nick.map_or("a guest".to_owned(), |nick| nick.to_string());
            let sentence = format!("{nick} is taken for connected, by a connection to the server before this one");
            self.witness.broke(at, Promise::ListedPresent, sentence);
        }
    }

    fn step(&mut self, at: Ms, time: Time, input: &Input) {
        let Some(shadow) = &mut self.shadow else { return };
        self.out.clear();
        shadow.step(time, input.clone(), &mut self.out);
        self.witness.stepped(at, time, input, &self.out, shadow);
    }
}
