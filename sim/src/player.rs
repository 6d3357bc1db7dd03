//! A player: one client as a walk plays it. Remembers what an honest client would remember, and learns it from the
//! messages alone.

use hobnob_machine::Conn;
use hobnob_spec::messages::{Answer, Asked, Have, Message, Place, Request, Secret};
use std::collections::{BTreeMap, VecDeque};

/// How many requests a player remembers, to send one again.
const SENT_MAX: usize = 16;

/// One client.
#[derive(Debug, Clone, Default)]
pub struct Player {
    /// Its connection, if it has one.
    pub conn: Option<Conn>,
    /// The token that its session was given.
    pub token: Option<Secret>,
    /// Whether it believes that it has a nick.
    pub seated: bool,
    /// Its latest transfer, and how many bytes of it were taken.
    pub transfer: Option<(u64, u64)>,
    number: u64,
    sent: VecDeque<Asked>,
    have: BTreeMap<Place, u64>,
}

impl Player {
    /// Gives a request its number and remembers it.
    pub fn ask(&mut self, request: Request) -> Asked {
        self.number += 1;
        let asked = Asked { number: self.number, request };
        if self.sent.len() == SENT_MAX {
            self.sent.pop_front();
        }
        self.sent.push_back(asked.clone());
        asked
    }

    /// The requests that it remembers.
    pub fn sent(&self) -> &VecDeque<Asked> {
        &self.sent
    }

    /// The last number that it has of each place.
    pub fn have(&self) -> Vec<Have> {
        self.have.iter().map(|(place, number)| Have { place: place.clone(), number: *number }).collect()
    }

    /// Its connection is gone.
    pub fn lose(&mut self) {
        self.conn = None;
    }

    /// Learns from a message.
    pub fn hear(&mut self, message: &Message) {
        match message {
            Message::Answer { number, answer } => self.answered(*number, answer),
            Message::Live { place, entry } => drop(self.have.insert(place.clone(), entry.number)),
            Message::Earlier { place, entries, .. } => {
                if let Some(last) = entries.last() {
                    self.have.insert(place.clone(), last.number);
                }
            }
            Message::Ping | Message::Goodbye { .. } => {}
        }
    }

    fn answered(&mut self, number: u64, answer: &Answer) {
        match answer {
            Answer::Welcome { room, last, .. } => {
                self.seated = true;
                self.have = BTreeMap::from([(Place::Room(room.clone()), *last)]);
            }
            Answer::Back { .. } => self.seated = true,
            Answer::Ready { transfer, from } => self.transfer = Some((*transfer, *from)),
            Answer::Taken { to } => {
                if let Some((_, taken)) = &mut self.transfer {
                    *taken = *to;
                }
            }
            Answer::Room { room, last } => drop(self.have.insert(Place::Room(room.clone()), *last)),
            Answer::Done => {
                let quit = |asked: &Asked| asked.number == number && asked.request == Request::Quit;
                if self.sent.iter().any(quit) {
                    self.seated = false;
                }
            }
            Answer::Refused { .. }
            | Answer::Report(_)
            | Answer::Posted { .. }
            | Answer::Members(_)
            | Answer::Rooms(_)
            | Answer::Page { .. }
            | Answer::Filed { .. }
            | Answer::Piece { .. }
            | Answer::Pong => {}
        }
    }
}
