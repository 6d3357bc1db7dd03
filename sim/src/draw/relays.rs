//! Draws what the rude do who say that they are relays.

use super::{Drawing, pick};
use crate::plan::{Deed, KEY, Ms};
use hobnob_spec::messages::Request;

/// How long after one such deed the next one comes at most.
const PAUSE_MS: Ms = 12_000;

impl Drawing {
    /// Lets the rude say that they are relays: at the right time, too late, and where nobody trusts them.
    pub(super) fn relay(&mut self) {
        self.plan.setting.trust_relays = self.rng.u8(..4) != 0;
        self.crowd_one_address();
        for who in self.plan.clients.len()..self.plan.people() {
            let mut at = self.rng.u64(0..2 * PAUSE_MS);
            while at < self.plan.heal_ms {
                self.relay_once(at, who);
                at += self.rng.u64(1..=2 * PAUSE_MS);
            }
        }
    }

    /// Seldom two say that they are passed on from one address, which may have one connection.
    fn crowd_one_address(&mut self) {
        if self.plan.rude.len() < 2 || self.rng.u8(..4) != 0 {
            return;
        }
        self.plan.setting.trust_relays = true;
        self.plan.setting.limits.insert("connections_per_address_max".into(), 1);
        let at = self.rng.u64(0..PAUSE_MS);
        for who in self.plan.clients.len()..self.plan.people() {
            self.does(at, who, Deed::HangUp);
            self.does(at + 1, who, Deed::Knock);
            self.does(at + 2, who, Deed::Relay { host: 1 });
        }
    }

    fn relay_once(&mut self, at: Ms, who: usize) {
        let host = self.rng.u8(1..4);
        let name = self.plan.name_of(who).to_owned();
        let star = *pick(&mut self.rng, &["", "*", "*", "**"]);
        let nick = format!("{star}{name}");
        let relay = Deed::Relay { host };
        match self.rng.u8(..6) {
            // In the middle of whatever it does.
            0 => self.does(at, who, relay),
            // Having muted itself.
            1 => {
                self.does(at, who, Deed::JoinBare { nick: name.clone(), avatar: None });
                self.does(at + 10, who, Deed::Ask(Request::Operate { key: KEY }));
                self.does(at + 20, who, Deed::Ask(Request::Mute { nick: name, ms: 3_000 }));
                self.does(at + 30, who, relay);
            }
            // Twice.
            2 => {
                self.does(at, who, Deed::Knock);
                self.does(at, who, relay.clone());
                self.does(at, who, relay);
            }
            _ => {
                self.does(at, who, Deed::Knock);
                self.does(at, who, relay);
                self.does(at + 1, who, Deed::JoinBare { nick, avatar: None });
            }
        }
    }
}
