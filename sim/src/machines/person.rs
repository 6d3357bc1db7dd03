//! Those who take part with the real client: its machine, and a model of the link that drives it.
//!
//! Owns which connection a client has. A client that dies is another one, which knows nothing.

use super::chance::draw;
use super::heap::Event;
use super::wire::{Down, Flying, Up};
use super::{CHECK_EVERY, World};
use crate::chronicle::Dir;
use crate::meddle::Meddle;
use crate::plan::{BEGIN_MS, Deed, FaultKind, Ms};
use hobnob_machine::{Client, ClientAction, ClientInput, ClientOut, Shown};
use hobnob_spec::limits::FRAME_BYTES_MAX;
use hobnob_spec::messages::{Message, Request, Secret, Time};
use std::collections::VecDeque;
use std::rc::Rc;

/// A client and its link.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) client: Client,
    out: ClientOut,
    pub(super) life: u32,
    /// How often it wished to join in this life.
    joins: u32,
    /// Its connection, also while it only reaches for one.
    pub(super) wire: Option<usize>,
    greeted: bool,
    wake: Option<Ms>,
    /// The nick it wished for last, as most servers compare it.
    pub(super) nick: Option<String>,
    /// What an impostor can repeat to it: what it was told lately, if the plan has one.
    pub(super) lately: VecDeque<Rc<Message>>,
}

impl Person {
    pub(super) fn new(seed: u64, who: usize) -> Self {
        Self {
            client: Client::new(draw(seed, "client", who as u64, 0)),
            out: ClientOut::default(),
            life: 0,
            joins: 0,
            wire: None,
            greeted: false,
            wake: None,
            nick: None,
            lately: VecDeque::new(),
        }
    }
}

/// A resume token that nobody else has: each wish to join draws a fresh one.
pub(super) fn fresh(token: Secret, joins: u32) -> Secret {
    let mut bytes = token.0;
    if joins > 0 {
        bytes[12..].copy_from_slice(&joins.to_be_bytes());
    }
    Secret(bytes)
}

impl<M: Meddle> World<'_, '_, M> {
    /// Somebody does something.
    pub(super) fn does(&mut self, who: usize, deed: &Deed) {
        if self.plan.is_rude(who) {
            return self.does_by_hand(who, deed);
        }
        let life = self.clients[who].life;
        let deed = &deed.addressed(|nick| self.plan.known_as(nick));
        self.witness.does(self.now, who, life, deed);
        match deed {
            Deed::Join { nick, avatar } => {
                self.note_nick(who, nick);
                let person = &mut self.clients[who];
                let token = fresh(self.plan.token(who, person.life), person.joins);
                person.joins += 1;
                self.client_step(who, ClientInput::Join { nick: nick.clone(), token, avatar: avatar.clone() });
            }
            Deed::Ask(request) => self.client_asks(who, request.clone()),
            Deed::Flood { room, times, text } => {
                self.witness.misdeed(FaultKind::Flood);
                Deed::flood_lines(room, *times, text).for_each(|line| self.client_asks(who, line));
            }
            Deed::Quit => self.client_step(who, ClientInput::Quit),
            Deed::Logout => self.client_step(who, ClientInput::Logout),
            Deed::Close => self.client_step(who, ClientInput::Close),
            Deed::Die => self.client_dies(who),
            Deed::Knock
            | Deed::HangUp
            | Deed::JoinBare { .. }
            | Deed::Return { .. }
            | Deed::Repeat
            | Deed::Backdate
            | Deed::Relay { .. }
            | Deed::Type { .. }
            | Deed::Send(_) => {}
        }
    }

    /// Notes who wishes to be whom, and when two wish to be the same.
    pub(super) fn note_nick(&mut self, who: usize, nick: &str) {
        let nick = nick.to_lowercase();
        let others = self.clients.iter().map(|person| &person.nick).chain(self.rude.iter().map(|rude| &rude.nick));
        if others.enumerate().any(|(other, wished)| other != who && wished.as_ref() == Some(&nick)) {
            self.witness.misdeed(FaultKind::DuplicateLogin);
        }
        match self.clients.get_mut(who) {
            Some(person) => person.nick = Some(nick),
            None => self.rude[who - self.clients.len()].nick = Some(nick),
        }
    }

    fn client_asks(&mut self, who: usize, request: Request) {
        let bytes =
            super::wire::bytes_up(&Up::Asked(hobnob_spec::messages::Asked { number: 0, request: request.clone() }));
        if request.fits() && bytes <= FRAME_BYTES_MAX as u64 {
            self.client_step(who, ClientInput::Ask(request));
        } else {
            let life = self.clients[who].life;
            self.witness.shown(self.now, who, life, &Shown::Unsent { request });
        }
    }

    fn client_dies(&mut self, who: usize) {
        self.witness.misdeed(FaultKind::ClientDies);
        let person = &mut self.clients[who];
        person.life += 1;
        person.joins = 0;
        person.greeted = false;
        person.wake = None;
        person.nick = None;
        person.lately.clear();
        person.client = Client::new(draw(self.plan.seed, "client", who as u64, u64::from(person.life)));
        if let Some(wire) = person.wire.take() {
            self.drop_by_client(wire);
        }
    }

    // ── The link

    /// Steps a client's machine and carries out what it orders.
    pub(super) fn client_step(&mut self, who: usize, input: ClientInput) {
        let time = Time(BEGIN_MS + self.now);
        let mut inputs = std::mem::take(&mut self.client_taken);
        inputs.push(input);
        self.meddle.client_takes(who, &self.clients[who].client, &mut inputs);
        for input in inputs.drain(..) {
            let person = &mut self.clients[who];
            let mut out = std::mem::take(&mut person.out);
            out.clear();
            person.client.step(time, input, &mut out);
            self.meddle.client_gave(who, &person.client, &mut out);
            self.witness.client(self.now, who, &out.fired);
            self.steps += 1;
            if self.steps.is_multiple_of(CHECK_EVERY) {
                person.client.check();
            }
            let mut actions = std::mem::take(&mut out.actions);
            person.out = out;
            for action in actions.drain(..) {
                self.client_act(who, action);
            }
            self.clients[who].out.actions = actions;
        }
        self.client_taken = inputs;
        self.foresee_client_wake(who);
    }

    fn client_act(&mut self, who: usize, action: ClientAction) {
        match action {
            ClientAction::Dial => {
                let person = &mut self.clients[who];
                person.greeted = false;
                let listener = u16::try_from(self.plan.setting.listener_of(who)).expect("there are few listeners");
                let wire = self.dial(Some(who), listener);
                self.clients[who].wire = Some(wire);
            }
            ClientAction::StopDial | ClientAction::HangUp => {
                if let Some(wire) = self.clients[who].wire.take() {
                    self.drop_by_client(wire);
                }
            }
            ClientAction::Send(asked) => {
                if let Some(wire) = self.clients[who].wire {
                    self.send_up(wire, Up::Asked(asked));
                }
            }
            ClientAction::Show(shown) => {
                let life = self.clients[who].life;
                self.witness.shown(self.now, who, life, &shown);
            }
        }
    }

    fn foresee_client_wake(&mut self, who: usize) {
        let now = self.now;
        let person = &mut self.clients[who];
        let Some(at) = person.client.wake_at() else { return };
        let at = at.since(Time(BEGIN_MS)).max(now);
        if person.wake.is_none_or(|wake| wake > at || wake <= now) {
            person.wake = Some(at);
            self.heap.push(at, Event::ClientWake(who));
        }
    }

    /// A client's alarm may be due.
    pub(super) fn client_wake(&mut self, who: usize) {
        let person = &mut self.clients[who];
        if person.wake != Some(self.now) {
            return;
        }
        person.wake = None;
        let due = person.client.wake_at().is_some_and(|at| at <= Time(BEGIN_MS + self.now));
        if due { self.client_step(who, ClientInput::Wake) } else { self.foresee_client_wake(who) }
    }

    /// A connection could not be had.
    pub(super) fn dial_fails(&mut self, wire: usize) {
        let Some(who) = self.wires[wire].who else { return };
        self.wires[wire].client_gone = true;
        if let Some(pair) = self.wires[wire].dialed_for {
            return self.gate_reaches_nobody(pair, wire);
        }
        if self.plan.is_rude(who) {
            return self.rude_loses(who, wire);
        }
        let person = &mut self.clients[who];
        if person.wire.take_if(|mine| *mine == wire).is_some() {
            self.client_step(who, ClientInput::DialFailed { reason: "connection refused".into() });
        }
    }

    /// Reads what has come over a connection.
    pub(super) fn read_down(&mut self, wire: usize) {
        if let Some(pair) = self.wires[wire].dialed_for {
            return self.pair_reads_down(pair);
        }
        while let Some(what) = self.next_down(wire) {
            let Some(who) = self.wires[wire].who else { continue };
            if matches!(what, Flying::End) {
                self.witness.ended(self.now, who, Self::wire_name(wire), Dir::Down);
                self.drop_by_client(wire);
            }
            if self.plan.is_rude(who) {
                if matches!(what, Flying::End) {
                    self.rude_loses(who, wire);
                }
                continue;
            }
            if self.clients[who].wire != Some(wire) {
                return;
            }
            match what {
                Flying::Item(Down::Hello, _) => {
                    self.clients[who].greeted = true;
                    self.client_step(who, ClientInput::Opened);
                }
                Flying::Item(Down::Message(message), _) => {
                    let message: Message = Rc::unwrap_or_clone(message);
                    self.client_step(who, ClientInput::Heard(message));
                }
                Flying::Item(Down::Foreign, _) => self.client_step(who, ClientInput::Foreign),
                Flying::End => self.client_loses(who),
            }
        }
    }

    /// A client's connection is gone, or never came to be one.
    pub(super) fn client_loses(&mut self, who: usize) {
        let person = &mut self.clients[who];
        person.wire = None;
        let input = if std::mem::take(&mut person.greeted) {
            ClientInput::Lost
        } else {
            ClientInput::DialFailed { reason: "the server closed the connection".into() }
        };
        self.client_step(who, input);
    }
}
