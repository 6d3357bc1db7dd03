//! Scenes of operators who have no nick.

use super::{Drawing, LONG_MS};
use crate::draw::{WRONG_KEY, pick};
use crate::plan::{Deed, KEY, Ms};
use hobnob_spec::messages::Request;

/// How many times somebody guesses the key: more often than anybody may ask at once, where that is little.
const GUESSES: u64 = 6;
/// How long who quits is gone for certain, in milliseconds.
const GONE_MS: Ms = 1_500;

impl Drawing {
    /// Somebody without a nick keeps order, or would like to; perhaps it joins later, goes on, and gives its nick back.
    pub(super) fn operator_without_nick(&mut self, at: Ms, client: usize) {
        let who = self.somebody_rude();
        self.leave_alone(at, who);
        self.does(at, who, Deed::HangUp);
        self.does(at + 1, who, Deed::Knock);
        if self.rng.u8(..3) == 0 {
            for nth in 0..self.rng.u64(1..=GUESSES) {
                self.does(at + 2 + nth, who, Deed::Ask(Request::Operate { key: WRONG_KEY }));
            }
        }
        if self.rng.u8(..5) != 0 {
            self.does(at + 10, who, Deed::Ask(Request::Operate { key: KEY }));
        }
        let at = self.keeps_order(at + 20, who, client);
        if self.rng.u8(..3) == 0 {
            let at = self.mutes_who_leaves(at, who, client);
            self.keeps_order(at, who, client);
        }
        if self.rng.bool() {
            let nick = self.plan.name_of(who).to_owned();
            self.does(at, who, Deed::JoinBare { nick, avatar: None });
            let at = self.keeps_order(at + 1, who, client);
            self.does(at, who, Deed::Quit);
            self.keeps_order(at + 1, who, client);
        }
    }

    /// Orders what operators order, of somebody who may be there.
    fn keeps_order(&mut self, at: Ms, who: usize, client: usize) -> Ms {
        let pause = *pick(&mut self.rng, &[1, 60, 700]);
        let mut at = at;
        for _ in 0..self.rng.usize(2..7) {
            let nick = if self.rng.u8(..4) == 0 { self.nick(who) } else { self.plan.name_of(client).to_owned() };
            let request = match self.rng.u8(..7) {
                0 => Request::Kick { nick },
                1..4 => Request::Unmute { nick },
                _ => Request::Mute { nick, ms: *pick(&mut self.rng, &[900, LONG_MS]) },
            };
            self.does(at, who, Deed::Ask(request));
            at += pause;
        }
        at
    }

    /// A mute stays with the nick of who leaves, until it is lifted.
    fn mutes_who_leaves(&mut self, at: Ms, who: usize, client: usize) -> Ms {
        let nick = self.plan.name_of(client).to_owned();
        self.does(at, client, Deed::Join { nick: nick.clone(), avatar: None });
        let at = at + GONE_MS;
        self.does(at, who, Deed::Ask(Request::Mute { nick: nick.clone(), ms: 2 * LONG_MS }));
        self.does(at + 1, client, Deed::Logout);
        self.does(at + GONE_MS, who, Deed::Ask(Request::Unmute { nick: nick.clone() }));
        self.does(at + 2 * GONE_MS, client, Deed::Join { nick, avatar: None });
        at + 2 * GONE_MS
    }
}
