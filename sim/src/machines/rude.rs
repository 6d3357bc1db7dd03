//! Those who hold to no manners: they speak the dialect by hand, or not at all.
//!
//! Owns the numbers that they use. They read what comes and answer nothing, not even a ping.

use super::World;
use super::person::fresh;
use super::wire::Up;
use crate::meddle::Meddle;
use crate::plan::{Deed, FaultKind, Raw};
use hobnob_spec::messages::{Asked, Request, Secret};

/// How far back a peer goes that goes on with a number which it used before.
const BACK: u64 = 3;

/// A peer without manners.
#[derive(Debug, Default)]
pub(super) struct Rude {
    /// The connection that it attends to.
    pub(super) wire: Option<usize>,
    joins: u32,
    number: u64,
    last: Option<Asked>,
    token: Option<Secret>,
    pub(super) nick: Option<String>,
}

impl<M: Meddle> World<'_, '_, M> {
    fn rude(&mut self, who: usize) -> &mut Rude {
        &mut self.rude[who - self.plan.clients.len()]
    }

    /// Somebody does something by hand.
    pub(super) fn does_by_hand(&mut self, who: usize, deed: &Deed) {
        let deed = &deed.addressed(|nick| self.plan.known_as(nick));
        self.witness.does(self.now, who, 0, deed);
        match deed {
            Deed::Knock => {
                self.knocks(who);
            }
            Deed::HangUp | Deed::Close | Deed::Die => {
                if let Some(wire) = self.rude(who).wire.take() {
                    self.drop_by_client(wire);
                }
            }
            Deed::Join { nick, avatar } => {
                self.note_nick(who, nick);
                let token = fresh(self.plan.token(who, 0), self.rude(who).joins);
                let rude = self.rude(who);
                rude.joins += 1;
                rude.token = Some(token);
                self.asks_by_hand(
                    who,
                    Request::Join { nick: nick.clone(), token: Some(token), avatar: avatar.clone() },
                );
            }
            Deed::JoinBare { nick, avatar } => {
                self.note_nick(who, nick);
                self.asks_by_hand(who, Request::Join { nick: nick.clone(), token: None, avatar: avatar.clone() });
            }
            Deed::Return { own } => {
                let token = self.rude(who).token.filter(|_| *own).unwrap_or(Secret([9; 16]));
                self.asks_by_hand(who, Request::Resume { token, have: Vec::new() });
            }
            Deed::Ask(request) => self.asks_by_hand(who, request.clone()),
            Deed::Quit | Deed::Logout => self.asks_by_hand(who, Request::Quit),
            Deed::Flood { room, times, text } => {
                self.witness.misdeed(FaultKind::Flood);
                Deed::flood_lines(room, *times, text).for_each(|line| self.asks_by_hand(who, line));
            }
            Deed::Repeat => {
                if let Some(asked) = self.rude(who).last.clone() {
                    self.witness.misdeed(FaultKind::Repeat);
                    self.sends_by_hand(who, Up::Asked(asked));
                }
            }
            Deed::Relay { host } => self.sends_by_hand(who, Up::Relayed(Deed::relayed_addr(*host))),
            Deed::Backdate => {
                self.witness.misdeed(FaultKind::Repeat);
                let rude = self.rude(who);
                rude.number = rude.number.saturating_sub(BACK);
            }
            Deed::Type { .. } => self.sends_by_hand(who, Up::Line),
            Deed::Send(raw) => {
                let (kind, up) = match raw {
                    Raw::Garbage => (FaultKind::Garbage, Up::Garbled),
                    Raw::BadHello => (FaultKind::BadHello, Up::Foreign),
                    Raw::BadHeader => (FaultKind::BadHello, Up::BadHeader),
                    Raw::HalfFrame => (FaultKind::HalfFrame, Up::Half),
                    Raw::HugeFrame => (FaultKind::HugeFrame, Up::Foreign),
                };
                self.witness.misdeed(kind);
                self.sends_by_hand(who, up);
            }
        }
    }

    fn knocks(&mut self, who: usize) -> usize {
        let listener = u16::try_from(self.plan.setting.listener_of(who)).expect("there are few listeners");
        let wire = self.dial(Some(who), listener);
        self.rude(who).wire = Some(wire);
        wire
    }

    fn asks_by_hand(&mut self, who: usize, request: Request) {
        let rude = self.rude(who);
        rude.number += 1;
        let asked = Asked { number: rude.number, request };
        rude.last = Some(asked.clone());
        self.sends_by_hand(who, Up::Asked(asked));
    }

    /// Sends over the connection that it attends to; without one it knocks first.
    fn sends_by_hand(&mut self, who: usize, what: Up) {
        let wire = match self.rude(who).wire {
            Some(wire) => wire,
            None => self.knocks(who),
        };
        let found = &mut self.wires[wire];
        // What follows half a frame is taken for the rest of it; after that nothing fits.
        let what = match (found.halves, what) {
            (0, Up::Half) => {
                found.halves = 1;
                Up::Half
            }
            (0, what) => what,
            (1, _) => {
                found.halves = 2;
                Up::Garbled
            }
            (_, _) => Up::Foreign,
        };
        self.send_up(wire, what);
    }

    /// A peer's connection is gone.
    pub(super) fn rude_loses(&mut self, who: usize, wire: usize) {
        self.rude(who).wire.take_if(|mine| *mine == wire);
    }
}
