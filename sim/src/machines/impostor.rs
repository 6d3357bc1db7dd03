//! Somebody who answers a client in the server's place.
//!
//! Owns what it says: old words of the server, nonsense, or nothing. It never lets anybody in, and what it repeats of the
//! server's answers is true, so that nobody is made to believe what no client could doubt.

use super::World;
use super::chance::draw;
use super::heap::Event;
use super::wire::{Down, Flying, Up};
use crate::meddle::Meddle;
use crate::plan::Ms;
use hobnob_spec::client::SILENCE_MS;
use hobnob_spec::messages::{Answer, Message};
use hobnob_spec::session::Why;
use std::rc::Rc;

/// How many of the server's words it remembers.
const WORDS_MAX: usize = 24;
/// How long it takes, at least, between two times that it speaks.
const SPEAKS_MS: Ms = 5_000;

/// How an impostor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// Answers with nonsense.
    Foreign,
    /// Answers with old words, and says no more.
    Repeats,
    /// Says something when the client has asked for a sign of life.
    Late,
    /// Says something now and then.
    Often,
    /// Answers with old words, and hangs up.
    HangsUp,
    /// Lets the client wait, and says goodbye as a server that stops.
    Stops,
    /// Lets the client wait, and says goodbye for good.
    Kicks,
}

const MOODS: [Mood; 7] =
    [Mood::Foreign, Mood::Repeats, Mood::Late, Mood::Often, Mood::HangsUp, Mood::Stops, Mood::Kicks];

impl<M: Meddle> World<'_, '_, M> {
    fn chance(&self, wire: usize, what: u64) -> u64 {
        draw(self.plan.seed, "impostor", wire as u64, what)
    }

    fn mood(&self, wire: usize) -> Mood {
        MOODS[(self.chance(wire, 0) % MOODS.len() as u64) as usize]
    }

    /// A fault begins: every other time it gets between a client and the server while they talk.
    pub(super) fn impostor_comes(&mut self, who: usize) {
        let Some(wire) = self.clients.get(who).and_then(|person| person.wire) else { return };
        if self.chance(wire, 1).is_multiple_of(2) && self.wires[wire].stands && !self.wires[wire].impostor {
            self.send_down(wire, Down::Foreign);
            self.pump_down(wire);
        }
    }

    /// The fault is over: it hangs up, but an impostor who was there until all was healed leaves without a word.
    pub(super) fn impostor_goes(&mut self, who: usize) {
        let Some(wire) = self.clients[who].wire else { return };
        if self.wires[wire].impostor && self.now < self.plan.heal_ms {
            self.wires[wire].down.closing = true;
            self.pump_down(wire);
        }
    }

    /// A client dials, and somebody else answers.
    pub(super) fn meets_impostor(&mut self, wire: usize) {
        let who = self.wires[wire].who;
        self.wires[wire].impostor = true;
        let due = self.due(who, crate::chronicle::Dir::Down);
        self.heap.push(due, Event::Stands(wire));
        self.send_down(wire, Down::Hello);
        self.pump_down(wire);
        let later = self.chance(wire, 2) % SPEAKS_MS;
        match self.mood(wire) {
            Mood::Late => self.heap.push(due + SILENCE_MS + 500 + later, Event::Impostor(wire)),
            Mood::Often | Mood::Stops | Mood::Kicks => self.heap.push(due + SPEAKS_MS + later, Event::Impostor(wire)),
            Mood::Foreign | Mood::Repeats | Mood::HangsUp => {}
        }
    }

    /// A client says something to it.
    pub(super) fn impostor_hears(&mut self, wire: usize, what: &Flying<Up>) {
        if !matches!(what, Flying::Item(Up::Asked(_), _)) || std::mem::replace(&mut self.wires[wire].heard, true) {
            return;
        }
        match self.mood(wire) {
            Mood::Foreign => {
                self.send_down(wire, Down::Foreign);
                self.pump_down(wire);
            }
            Mood::Repeats => self.repeat_old_words(wire),
            Mood::HangsUp => {
                self.repeat_old_words(wire);
                self.wires[wire].down.closing = true;
                self.pump_down(wire);
            }
            Mood::Late | Mood::Often | Mood::Stops | Mood::Kicks => {}
        }
    }

    /// It is time for it to speak.
    pub(super) fn impostor_speaks(&mut self, wire: usize) {
        let who = self.wires[wire].who;
        if self.wires[wire].client_gone || !self.weather.air(who).impostor {
            return;
        }
        match self.mood(wire) {
            Mood::Often => {
                self.repeat_old_words(wire);
                let later = self.chance(wire, self.now) % SPEAKS_MS;
                self.heap.push(self.now + SPEAKS_MS + later, Event::Impostor(wire));
            }
            Mood::Stops => self.says_goodbye(wire, Why::Stopping),
            Mood::Kicks => self.says_goodbye(wire, Why::Kicked),
            Mood::Late | Mood::Repeats | Mood::Foreign | Mood::HangsUp => self.repeat_old_words(wire),
        }
    }

    fn says_goodbye(&mut self, wire: usize, why: Why) {
        self.send_down(wire, Down::Message(Rc::new(Message::Goodbye { why })));
        self.pump_down(wire);
    }

    fn repeat_old_words(&mut self, wire: usize) {
        let Some(who) = self.wires[wire].who else { return };
        let words: Vec<_> = self.clients[who].lately.iter().cloned().collect();
        for word in words.into_iter().chain([Rc::new(Message::Ping)]) {
            self.send_down(wire, Down::Message(word));
        }
        self.pump_down(wire);
    }

    /// Notes what is handed to the network on its way to somebody.
    pub(super) fn hands_down(&mut self, who: usize, wire: usize, message: &Rc<Message>) {
        if self.wires[wire].impostor {
            return self.witness.forged(self.now, who, Self::wire_name(wire), message);
        }
        if self.wires[wire].gate.is_some() {
            return self.witness.passed(self.now, who, Self::wire_name(wire), message);
        }
        self.witness.told(self.now, who, Self::wire_name(wire), message);
        if self.has_impostor && !self.plan.is_rude(who) && is_harmless(message) {
            let lately = &mut self.clients[who].lately;
            lately.push_back(Rc::clone(message));
            if lately.len() > WORDS_MAX {
                lately.pop_front();
            }
        }
    }
}

/// Whether a client that hears it once more, at another time, is not led to believe what is not so.
fn is_harmless(message: &Message) -> bool {
    match message {
        Message::Live { .. } | Message::Earlier { .. } | Message::Ping => true,
        Message::Answer { answer, .. } => match answer {
            Answer::Report(_)
            | Answer::Posted { .. }
            | Answer::Members(_)
            | Answer::Rooms(_)
            | Answer::Page { .. }
            | Answer::Ready { .. }
            | Answer::Taken { .. }
            | Answer::Filed { .. }
            | Answer::Piece { .. }
            | Answer::Pong
            | Answer::Refused { .. } => true,
            Answer::Welcome { .. } | Answer::Back { .. } | Answer::Room { .. } | Answer::Done => false,
        },
        Message::Goodbye { .. } => false,
    }
}
