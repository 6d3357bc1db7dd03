//! Who comes through which relay, and by which nick a relayed one is known.

use super::Plan;
use std::fmt::{self, Display};

/// A relay, and who comes through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// What it is called.
    pub name: String,
    /// The names of those who come through it; relays that stand before it in the plan may be among them.
    pub of: Vec<String>,
}

/// A side of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Between it and its clients.
    Clients,
    /// Between it and the server.
    Server,
}

impl Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.of.join(", "))
    }
}

impl Relay {
    /// Reads `gate: ann, bob` for a plan whose other relays and people are known.
    pub(super) fn read(plan: &Plan, line: &str) -> Result<Self, String> {
        let (name, of) = line.split_once(": ").ok_or("a relay is written as `gate: ann, bob`")?;
        let is_word = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
        if !is_word(name) {
            return Err(format!("`{name}` is no name of a relay; use one word"));
        }
        if plan.find(name).is_some() || plan.relays.iter().any(|relay| relay.name == name) {
            return Err(format!("`{name}` takes part already; give the relay a name of its own"));
        }
        let of: Vec<String> = of.split(", ").map(str::to_owned).collect();
        for client in &of {
            let relay = || plan.relays.iter().position(|relay| relay.name == *client);
            let who = plan.find(client).or_else(|| relay().map(|relay| plan.relay_column(relay)));
            let who = who.ok_or_else(|| format!("nobody is called `{client}`"))?;
            if let Some(other) = plan.relay_of(who) {
                return Err(format!("`{client}` comes through `{}` already", plan.relays[other].name));
            }
        }
        Ok(Self { name: name.to_owned(), of })
    }
}

impl Plan {
    /// Through which relay somebody comes, or another relay by its column; `None` for whoever dials the server.
    pub fn relay_of(&self, column: usize) -> Option<usize> {
        let relays = self.relays.iter().map(|relay| relay.name.as_str());
        let name = self.names().chain(relays).nth(column)?;
        self.relays.iter().position(|relay| relay.of.iter().any(|other| other == name))
    }

    /// The column of a relay in chronicles: relays stand behind those who take part.
    pub fn relay_column(&self, relay: usize) -> usize {
        self.people() + relay
    }

    /// The nick by which others know whoever joins as `nick`: a relay puts a star before it, where somebody of that name
    /// comes through one.
    pub fn known_as(&self, nick: &str) -> String {
        match self.find(nick).and_then(|who| self.relay_of(who)) {
            Some(_) => format!("*{nick}"),
            None => nick.to_owned(),
        }
    }
}
