//! The witness of a run: both tiers tell it what happens, and it holds the run to its promises.
//!
//! Owns who is told what: the judge, the tally, the chronicle and the digest. Changes nothing in the world.

use crate::chronicle::{Chronicle, Dir, Moment, Wire};
use crate::judge::{Judge, unnoticed};
use crate::plan::line::{write_deed, write_fault};
use crate::plan::{Deed, Fault, FaultKind, Ms, Plan};
use crate::promise::{Breach, Promise};
use crate::tally::Tally;
use hobnob_machine::{ClientFired, Input, Out, RelayFired, Server, Shown};
use hobnob_spec::messages::{Asked, Message, Time};
use hobnob_spec::relay;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What to note beside the promises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Keep a chronicle, for a trace or a diagram.
    pub chronicle: bool,
    /// Make a digest of all that is noticed, to compare runs.
    pub digest: bool,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The promises that were broken, in the order of time; a world ends at the first one in the machines tier.
    pub broken: Vec<Breach>,
    /// What the run did.
    pub tally: Tally,
    /// What happened; empty unless it was asked for.
    pub chronicle: Chronicle,
    /// A digest of all that was noticed; 0 unless it was asked for.
    pub digest: u64,
    /// A digest for each who takes part of what that one was told and shown and when, with private texts left blank;
    /// empty unless a digest was asked for.
    pub transcripts: Vec<u64>,
    /// The journal at the end: time and input of every record that is kept.
    pub records: Vec<(Time, Input)>,
}

/// Who is told what happens in a run.
#[derive(Debug)]
pub struct Witness<'p> {
    plan: &'p Plan,
    judge: Judge,
    tally: Tally,
    chronicle: Option<Chronicle>,
    digest: Option<DefaultHasher>,
    transcripts: Vec<DefaultHasher>,
    broken: Vec<Breach>,
    /// In which column a connection is drawn that is not its user's own: a relay's to the server.
    carried: BTreeMap<Wire, usize>,
}

impl<'p> Witness<'p> {
    /// A witness of a run that has not begun.
    pub fn new(plan: &'p Plan, look: Look) -> Self {
        let relays = plan.relays.iter().map(|relay| relay.name.as_str());
        let names = plan.names().chain(relays).map(str::to_owned).collect();
        let columns = 0..plan.people() + plan.relays.len();
        let dials = columns.filter_map(|who| Some((who, plan.relay_column(plan.relay_of(who)?)))).collect();
        Self {
            plan,
            judge: Judge::new(plan),
            tally: Tally { worlds: 1, ..Tally::default() },
            chronicle: look.chronicle.then(|| Chronicle { names, dials, moments: Vec::new() }),
            digest: look.digest.then(DefaultHasher::new),
            transcripts: vec![DefaultHasher::new(); if look.digest { plan.people() } else { 0 }],
            broken: Vec::new(),
            carried: BTreeMap::new(),
        }
    }

    /// Whether a promise was broken.
    pub fn is_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// Whether there is a reader of moments: a tier need not describe what nobody reads.
    pub fn chronicles(&self) -> bool {
        self.chronicle.is_some()
    }

    /// Counts what the run did.
    pub fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Notes a moment that only readers care for.
    pub fn moment(&mut self, at: Ms, moment: impl FnOnce() -> Moment) {
        if let Some(chronicle) = &mut self.chronicle {
            chronicle.moments.push((at, moment()));
        }
    }

    /// Somebody does something. `life` counts from 0 how often the client has died.
    pub fn does(&mut self, at: Ms, who: usize, life: u32, deed: &Deed) {
        self.digest((at, who, life, 1, deed));
        self.moment(at, || Moment::Wished { client: who, text: write_deed(deed) });
        let told = self.judge.does(at, who, life, deed);
        self.take(told);
    }

    /// A user is shown something.
    pub fn shown(&mut self, at: Ms, who: usize, life: u32, shown: &Shown) {
        self.digest((at, who, life, 2, shown));
        if let Some(transcript) = self.transcripts.get_mut(who) {
            at.hash(transcript);
            unnoticed::hash_shown(shown, transcript);
        }
        self.tally.shown += u64::from(matches!(shown, Shown::Entry { .. }));
        self.moment(at, || Moment::Shown { client: who, text: crate::diagram::words::shown(shown) });
        let told = self.judge.shown(at, who, life, shown);
        self.take(told);
    }

    /// The rows of a client's table that fired. Only the machines tier can show it.
    pub fn client(&mut self, at: Ms, who: usize, fired: &[ClientFired]) {
        for fired in fired {
            self.tally.client_coverage.count(fired);
            self.moment(at, || Moment::ClientFired { client: who, fired: *fired });
        }
    }

    /// A connection stands. From the machine's `Opened` on it is known whose `conn` is.
    pub fn connected(&mut self, at: Ms, who: usize, wire: Wire) {
        self.digest((at, who, wire, 3));
        self.judge.connects(who);
        self.moment(at, || Moment::Connected { client: who, wire });
    }

    /// A connection of the relay that stands in this column, to the server, stands for somebody.
    pub fn carried(&mut self, at: Ms, column: usize, who: usize, wire: Wire) {
        self.digest((at, column, who, wire, 14));
        self.carried.insert(wire, column);
        self.moment(at, || Moment::Connected { client: column, wire });
    }

    /// A row of a relay's table fired, for its client of that number.
    pub fn relay(&mut self, at: Ms, column: usize, client: u64, fired: RelayFired) {
        self.digest((at, column, client, 15, fired));
        self.tally.relay_coverage.count(fired);
        let guard = relay::cell(fired.state, fired.event)[usize::from(fired.row)].0;
        if guard == relay::Guard::Crowded && at >= self.plan.heal_ms {
            self.judge.bars(self.plan, column);
        }
        self.moment(at, || Moment::RelayFired { relay: column, client, fired });
    }

    /// Somebody who speaks a text dialect hears a line.
    pub fn heard(&mut self, at: Ms, who: usize, line: &str) {
        self.digest((at, who, 17, line));
        self.moment(at, || Moment::Shown { client: who, text: crate::diagram::words::cut(line) });
        let told = self.judge.heard(at, who, line);
        self.take(told);
    }

    /// A relay hands on what it was told. It is shown, and judged where the server said it.
    pub fn passed(&mut self, at: Ms, who: usize, wire: Wire, message: &Message) {
        self.digest((at, who, wire, 16, message));
        let text = || crate::diagram::words::message(message);
        let client = self.column(who, wire);
        self.moment(at, || Moment::Sent { client, wire, dir: Dir::Down, text: text() });
    }

    /// The column in which a connection is drawn.
    fn column(&self, who: usize, wire: Wire) -> usize {
        self.carried.get(&wire).copied().unwrap_or(who)
    }

    /// A request is handed to the network.
    pub fn asked(&mut self, at: Ms, who: usize, wire: Wire, asked: &Asked) {
        self.digest((at, who, wire, 4, asked));
        let client = self.column(who, wire);
        self.moment(at, || Moment::Sent { client, wire, dir: Dir::Up, text: crate::diagram::words::asked(asked) });
    }

    /// A message is handed to the network by the server.
    pub fn told(&mut self, at: Ms, who: usize, wire: Wire, message: &Message) {
        self.digest((at, who, wire, 5, message));
        if let Some(transcript) = self.transcripts.get_mut(who) {
            at.hash(transcript);
            unnoticed::hash_told(message, transcript);
        }
        let client = self.column(who, wire);
        self.moment(at, || Moment::Sent {
            client,
            wire,
            dir: Dir::Down,
            text: crate::diagram::words::message(message),
        });
        let told = self.judge.told(at, who, wire, message);
        self.take(told);
    }

    /// Somebody who is not the server hands this to the network: it is shown, and judged by what it does only.
    pub fn forged(&mut self, at: Ms, who: usize, wire: Wire, message: &Message) {
        self.digest((at, who, wire, 13, message));
        self.moment(at, || Moment::Sent {
            client: who,
            wire,
            dir: Dir::Down,
            text: format!("(an impostor) {}", crate::diagram::words::message(message)),
        });
    }

    /// What was sent first and has not arrived yet arrives.
    pub fn arrived(&mut self, at: Ms, who: usize, wire: Wire, dir: Dir) {
        self.digest((at, who, wire, 6, dir));
        let client = self.column(who, wire);
        self.moment(at, || Moment::Arrived { client, wire, dir });
    }

    /// One side of a connection is told that it is over: at the end of that way.
    pub fn ended(&mut self, at: Ms, who: usize, wire: Wire, dir: Dir) {
        self.digest((at, who, wire, 7, dir));
        let client = self.column(who, wire);
        self.moment(at, || Moment::Ended { client, wire, dir });
    }

    /// The server took an input and gave this, alarms that were due before it included. `server` is the machine after
    /// it. For what an alarm alone brought, `input` is [`Input::Wake`]. In the turmoil tier this is told when the
    /// journal gets the record, by a second machine that takes the same inputs.
    pub fn stepped(&mut self, at: Ms, time: Time, input: &Input, out: &Out, server: &Server) {
        self.digest((at, 8, time, input, out));
        self.tally.inputs += u64::from(!matches!(input, Input::Wake));
        for fired in &out.fired {
            self.tally.coverage.count(fired);
            self.moment(at, || Moment::Fired(fired.clone()));
        }
        out.transfers.iter().for_each(|fired| self.tally.coverage.count_transfer(fired));
        let told = self.judge.stepped(at, time, input, out, server);
        self.tally.posted += self.judge.posted_by(out);
        self.take(told);
    }

    /// A server starts, with these records of its journal and the machine that they make.
    pub fn started(&mut self, at: Ms, life: u32, records: &[(Time, Input)], server: &Server) {
        self.digest((at, 9, life, records.len()));
        self.moment(at, || Moment::Started { life, records: records.len() as u64 });
        let told = self.judge.started(at, records, server);
        self.take(told);
    }

    /// The server is down; so many records are kept, and so many that it had taken are lost.
    pub fn down(&mut self, at: Ms, kept: u64, lost: u64) {
        self.digest((at, 10, kept, lost));
        self.moment(at, || Moment::Down { kept, lost });
        let told = self.judge.down(at, kept, lost);
        self.take(told);
    }

    /// A fault begins (and is counted), or ends.
    pub fn fault(&mut self, at: Ms, fault: &Fault, begins: bool) {
        self.digest((at, 11, fault, begins));
        if begins {
            self.tally.fault(fault.kind());
            self.judge.fault(fault);
        }
        let plan = self.plan;
        let client = fault.who().or(fault.relay().map(|relay| plan.relay_column(relay)));
        self.moment(at, || Moment::Fault { text: write_fault(plan, fault), client, begins });
    }

    /// A deed that is a fault as well was carried out.
    pub fn misdeed(&mut self, kind: FaultKind) {
        self.tally.fault(kind);
    }

    /// A promise was broken, as the tier itself can tell: a panic, a journal that does not recover.
    pub fn broke(&mut self, at: Ms, promise: Promise, sentence: String) {
        self.digest((at, 12, promise, &sentence));
        self.take(vec![Breach { promise, at, sentence }]);
    }

    /// The world ends, with these records in its journal.
    pub fn end(mut self, at: Ms, server: &Server, records: Vec<(Time, Input)>) -> Outcome {
        self.tally.virtual_ms = at;
        let told = self.judge.end(at, server, &records);
        self.take(told);
        self.sum_up(records)
    }

    /// The world ends where a promise was broken: what only shows at the end of a whole run is not judged.
    pub fn end_broken(mut self, at: Ms, records: Vec<(Time, Input)>) -> Outcome {
        self.tally.virtual_ms = at;
        self.sum_up(records)
    }

    fn sum_up(self, records: Vec<(Time, Input)>) -> Outcome {
        Outcome {
            broken: self.broken,
            tally: self.tally,
            chronicle: self.chronicle.unwrap_or_default(),
            digest: self.digest.map_or(0, |digest| digest.finish()),
            transcripts: self.transcripts.iter().map(Hasher::finish).collect(),
            records,
        }
    }

    fn take(&mut self, told: Vec<Breach>) {
        for breach in told {
            self.moment(breach.at, || Moment::Broken {
                promise: breach.promise.name(),
                sentence: breach.sentence.clone(),
            });
            self.broken.push(breach);
        }
    }

    fn digest(&mut self, what: impl Hash) {
        if let Some(digest) = &mut self.digest {
            what.hash(digest);
        }
    }
}
