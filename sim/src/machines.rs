//! The machines tier: the bare machines of a server, its clients and relays, joined by a heap of events in virtual time.
//!
//! Owns a model of the shell around them: connections, a disk, a journal before every word. There is no byte and no
//! task in it, so that thousands of worlds run where the real shell runs ten. What is true of frames, sockets and
//! files is the turmoil tier's.

pub(crate) mod chance;
mod crash;
mod disk;
mod faults;
mod files;
mod gates;
mod heap;
mod hub;
mod impostor;
mod keeper;
mod network;
mod person;
mod rude;
mod stop;
mod turn;
mod weather;
mod wire;

use crate::chronicle::Dir;
use crate::meddle::Meddle;
use crate::plan::{Ms, Plan, What};
use crate::promise::Promise;
use crate::witness::{Look, Outcome, Witness};
use disk::Disk;
use gates::Gates;
use heap::{Event, Heap};
use hobnob_machine::{ClientInput, Input, Server};
use hub::Hub;
use person::Person;
use rude::Rude;
use std::panic::AssertUnwindSafe;
use weather::Weather;
use wire::Wire;

/// A machine's own check is asked after every so many steps of all machines, and when a machine's time is over: it costs
/// as much as the step.
const CHECK_EVERY: u64 = 16;

/// A world under way.
struct World<'p, 'm, M> {
    plan: &'p Plan,
    meddle: &'m mut M,
    witness: Witness<'p>,
    now: Ms,
    heap: Heap,
    weather: Weather,
    wires: Vec<Wire>,
    clients: Vec<Person>,
    rude: Vec<Rude>,
    gates: Gates,
    /// Connections of strangers, each with the line of the plan that brought it.
    strangers: Vec<(usize, usize)>,
    disk: Disk,
    /// The server, while it is up.
    hub: Option<Hub>,
    /// The server as it was when it went down.
    last_server: Server,
    /// How often the server started.
    life: u32,
    fate: crash::Fate,
    /// Whether the plan has the server go down: only then is anything kept to make it again from.
    may_crash: bool,
    /// Whether the plan has an impostor: only then is anything kept that one can repeat.
    has_impostor: bool,
    turn_open: bool,
    /// How many steps machines have made.
    steps: u64,
    /// Room for what a server or a client takes in a step.
    taken: Vec<Input>,
    client_taken: Vec<ClientInput>,
}

/// Carries out a plan with the bare machines. `meddle` may put a bug in. Ends at the first promise that is broken.
///
/// # Panics
/// When the plan's setting is none: a plan that was drawn or read has a good one.
pub fn run<M: Meddle>(plan: &Plan, look: Look, meddle: &mut M) -> Outcome {
    let mut world = World::new(plan, look, meddle);
    let ran = chance::quietly(AssertUnwindSafe(|| world.go()));
    let World { mut witness, now, hub, last_server, disk, .. } = world;
    let server = hub.map_or(last_server, |hub| hub.server);
    let records = disk.records;
    match ran {
        Ok(()) if witness.is_broken() => witness.end_broken(now, records),
        Ok(()) => witness.end(now, &server, records),
        Err(sentence) => {
            witness.broke(now, Promise::Sound, sentence);
            witness.end_broken(now, records)
        }
    }
}

impl<'p, 'm, M: Meddle> World<'p, 'm, M> {
    fn new(plan: &'p Plan, look: Look, meddle: &'m mut M) -> Self {
        let config = plan.setting.config().expect("the settings of a plan are checked when it is drawn or read");
        let server = Server::new(config.clone(), chance::draw(plan.seed, "server", 0, 0));
        Self {
            meddle,
            witness: Witness::new(plan, look),
            now: 0,
            heap: Heap::default(),
            weather: Weather::new(plan),
            wires: Vec::new(),
            clients: (0..plan.clients.len()).map(|who| Person::new(plan.seed, who)).collect(),
            rude: plan.rude.iter().map(|_| Rude::default()).collect(),
            gates: Gates::new(plan),
            strangers: Vec::new(),
            disk: Disk::default(),
            hub: None,
            last_server: server,
            life: 0,
            fate: crash::Fate::new(config),
            may_crash: plan.steps.iter().any(|step| matches!(step.what, What::Fails(crate::plan::Fault::Crash { .. }))),
            has_impostor: plan
                .steps
                .iter()
                .any(|step| matches!(step.what, What::Fails(crate::plan::Fault::Impostor { .. }))),
            turn_open: false,
            steps: 0,
            taken: Vec::new(),
            client_taken: Vec::new(),
            plan,
        }
    }

    /// Lives until the end, or until a promise is broken.
    fn go(&mut self) {
        self.start_server();
        let mut steps = self.plan.steps.iter().enumerate().peekable();
        while !self.witness.is_broken() {
            let step_at = steps.peek().map(|(_, step)| step.at);
            let event = self.heap.peek();
            let event_comes = event.is_some_and(|(at, _)| step_at.is_none_or(|step_at| at < step_at));
            let next = if event_comes { event.map(|(at, _)| at) } else { step_at };
            let same_turn = event_comes && event.is_some_and(|(at, event)| at == self.now && event.is_servers());
            if self.turn_open && !same_turn {
                self.end_turn();
                continue;
            }
            let Some(at) = next.filter(|at| *at <= self.plan.end_ms) else { break };
            self.now = at;
            if event_comes {
                let (_, event) = self.heap.pop().expect("it was seen");
                self.happen(event);
            } else if let Some((line, step)) = steps.next() {
                match &step.what {
                    What::Does(who, deed) => self.does(*who, deed),
                    What::Fails(fault) => self.fails(line, fault),
                }
            }
        }
        if !self.witness.is_broken() {
            self.now = self.plan.end_ms;
            self.hub.iter().for_each(|hub| hub.server.check());
            self.clients.iter().for_each(|person| person.client.check());
            self.compare_with_replay();
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::FaultEnds(line) => self.fault_ends(line),
            Event::Knock(wire) => self.knock(wire),
            Event::Stands(wire) => self.stands(wire),
            Event::DialFails(wire) => self.dial_fails(wire),
            Event::Arrive(wire, Dir::Up) => self.read_up(wire),
            Event::Arrive(wire, Dir::Down) => self.read_down(wire),
            Event::Gone(wire) => self.gone(wire),
            Event::Linger(wire) => self.linger_over(wire),
            Event::ClientWake(who) => self.client_wake(who),
            Event::Impostor(wire) => self.impostor_speaks(wire),
            Event::Start => self.start_server(),
            Event::GateUp(line, gate) => self.gate_comes_up(line, gate),
            Event::PairWake(pair) => self.pair_wake(pair),
            Event::PairGoesOn(pair) => self.pair_goes_on(pair),
            Event::PairDrained(pair) => self.pair_drained(pair),
            Event::ServerWake(life)
            | Event::Appended(life)
            | Event::Retry(life)
            | Event::PageRead(life, _)
            | Event::FileDone(life, _)
            | Event::SyncDue(life)
            | Event::Synced(life, _)
            | Event::StopLook(life) => {
                if self.hub.is_some() && life == self.life {
                    self.happen_to_server(event);
                }
            }
        }
    }
}
