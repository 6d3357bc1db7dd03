//! Which arrival belongs to which sending: what is sent over a wire one way arrives in that order, or not at all.

use crate::chronicle::{Chronicle, Dir, Moment, Wire};
use crate::plan::Ms;
use std::collections::{BTreeMap, VecDeque};

/// How long something may be under way at the end of a chronicle without being called lost.
const UNDER_WAY_MS: Ms = 1_000;

/// Something that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flight {
    /// The place of the sending in the chronicle.
    pub sent: usize,
    /// When.
    pub sent_at: Ms,
    /// What came of it.
    pub end: Landing,
}

/// What came of something that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// It arrived: at which place in the chronicle, and when.
    Arrived(usize, Ms),
    /// It never arrived.
    Lost,
    /// It was under way when the chronicle ended.
    UnderWay,
}

/// Every flight of a chronicle, by the places of its sending and of its arrival.
#[derive(Debug, Clone, Default)]
pub struct Flights {
    flights: Vec<Flight>,
    by_moment: BTreeMap<usize, usize>,
}

impl Flights {
    /// The flights of a chronicle.
    pub fn of(chronicle: &Chronicle) -> Self {
        let mut flights = Self::default();
        let mut under_way: BTreeMap<(usize, Wire, Dir), VecDeque<usize>> = BTreeMap::new();
        let mut over: BTreeMap<(usize, Wire), ()> = BTreeMap::new();
        for (place, (at, moment)) in chronicle.moments.iter().enumerate() {
            match moment {
                Moment::Sent { client, wire, dir, .. } => {
                    under_way.entry((*client, *wire, *dir)).or_default().push_back(flights.flights.len());
                    flights.by_moment.insert(place, flights.flights.len());
                    flights.flights.push(Flight { sent: place, sent_at: *at, end: Landing::UnderWay });
                }
                Moment::Arrived { client, wire, dir } => {
                    let first = under_way.get_mut(&(*client, *wire, *dir)).and_then(VecDeque::pop_front);
                    if let Some(flight) = first {
                        flights.flights[flight].end = Landing::Arrived(place, *at);
                        flights.by_moment.insert(place, flight);
                    }
                }
                Moment::Ended { client, wire, .. } => drop(over.insert((*client, *wire), ())),
                Moment::Wished { .. }
                | Moment::Shown { .. }
                | Moment::Connected { .. }
                | Moment::Fired(_)
                | Moment::ClientFired { .. }
                | Moment::RelayFired { .. }
                | Moment::Fault { .. }
                | Moment::Started { .. }
                | Moment::Down { .. }
                | Moment::Broken { .. } => {}
            }
        }
        let end = chronicle.moments.last().map_or(0, |(at, _)| *at);
        for ((client, wire, _), waiting) in under_way {
            for flight in waiting {
                let flight = &mut flights.flights[flight];
                if over.contains_key(&(client, wire)) || flight.sent_at + UNDER_WAY_MS < end {
                    flight.end = Landing::Lost;
                }
            }
        }
        flights
    }

    /// The flight that begins or ends at a place of the chronicle.
    pub fn at(&self, place: usize) -> Option<&Flight> {
        self.by_moment.get(&place).map(|flight| &self.flights[*flight])
    }

    /// How many were sent, and how many of them were lost.
    pub fn count(&self) -> (usize, usize) {
        let lost = self.flights.iter().filter(|flight| flight.end == Landing::Lost).count();
        (self.flights.len(), lost)
    }
}
