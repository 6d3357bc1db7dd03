//! A plan: everything that will happen in a simulated world, line by line, before it begins.
//!
//! Owns the vocabulary of deeds and faults that both tiers carry out, so that a run can be written down, read by a
//! person, made smaller and run again. Draws nothing by itself: what a plan leaves open (latencies, where writes are
//! cut) is drawn from its seed.

pub mod deed;
pub mod fault;
pub mod gate;
pub mod line;

pub use deed::{Deed, Raw};
pub use fault::{Crash, Fault, FaultKind, Way};
pub use gate::{Relay, Side};

use hobnob_machine::Config;
use hobnob_spec::messages::Secret;
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{NickCase, Profile};
use hobnob_spec::relay;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Milliseconds of virtual time since the world began.
pub type Ms = u64;

/// The time of day when every world begins: some time in 2026.
pub const BEGIN_MS: u64 = 1_790_000_000_000;
/// The key of those operators that there are.
pub const KEY: Secret = Secret([7; 16]);

/// What will happen in a world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "line::Written", into = "line::Written")]
pub struct Plan {
    /// What the world is called.
    pub name: String,
    /// What it is about, in a sentence or two.
    pub about: String,
    /// Decides what the lines leave open: latencies, where writes are cut, tokens, jitter.
    pub seed: u64,
    /// The clients: the real thing, with a plan in place of a person.
    pub clients: Vec<String>,
    /// Peers that hold to no manners: they speak the dialect by hand, or not at all.
    pub rude: Vec<String>,
    /// Who stands between some of them and the server.
    pub relays: Vec<Relay>,
    /// How the server and the network are set.
    pub setting: Setting,
    /// What happens, in the order of time.
    pub steps: Vec<Step>,
    /// When all faults are over: partitions are repaired, the server is up, the disk is well.
    pub heal_ms: Ms,
    /// When the world ends. Between healing and the end whoever stayed converges.
    pub end_ms: Ms,
    /// What must be so beside the promises; see [`crate::scenario`].
    pub expect: Vec<String>,
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// When.
    pub at: Ms,
    /// What.
    pub what: What,
}

/// What a line does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    /// A client (by its place in [`Plan::names`]) does something.
    Does(usize, Deed),
    /// Something goes wrong.
    Fails(Fault),
}

/// How the server and the network are set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Setting {
    /// The profile of each listener; clients come through them in turn.
    pub profiles: Vec<ProfileSetting>,
    /// Limits that are not as usual, by name.
    pub limits: BTreeMap<String, u64>,
    /// Whether `John` and `john` are one nick.
    pub nick_case: NickCase,
    /// The default room.
    pub lobby: String,
    /// Whether there are operators; their key is [`KEY`].
    pub operators: bool,
    /// Whether those who take part are trusted, by the server and by relays, when they say that they are relays.
    pub trust_relays: bool,
    /// When what was acknowledged is safe from a power cut.
    pub durability: Durability,
    /// After how many records the server takes a snapshot.
    pub snapshot_every: u64,
    /// The shortest and the longest time that something takes from host to host, in milliseconds.
    pub latency_ms: (u64, u64),
    /// Whether writes are cut into pieces and merged at random.
    pub chop: bool,
    /// How many clients a relay passes on at once.
    pub relay_clients_max: u64,
    /// How long a relay keeps a client while the server cannot be reached, in milliseconds.
    pub relay_patience_ms: u64,
    /// How long nothing may pass through a relay before it ends both connections, in milliseconds.
    pub relay_idle_ms: u64,
}

/// A profile by name or in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProfileSetting {
    /// One that comes with Hobnob.
    Named(String),
    /// One of the plan's own.
    Own(Profile),
}

/// When a commit is safe from a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is named like the setting of the server")]
pub enum Durability {
    #[default]
    Always,
    Interval,
    Never,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            profiles: vec![ProfileSetting::Named("open".into())],
            limits: BTreeMap::new(),
            nick_case: NickCase::Fold,
            lobby: "lobby".into(),
            operators: true,
            trust_relays: false,
            durability: Durability::Always,
            snapshot_every: 200,
            latency_ms: (1, 20),
            chop: true,
            relay_clients_max: relay::CLIENTS_MAX,
            relay_patience_ms: relay::PATIENCE_MS,
            relay_idle_ms: relay::IDLE_MS,
        }
    }
}

impl Setting {
    /// The server's settings, or which word of the plan is none.
    pub fn config(&self) -> Result<Config, String> {
        let mut config = Config {
            lobby: RoomName::parse(&self.lobby).ok_or_else(|| format!("`{}` is no name of a room", self.lobby))?,
            nick_case: self.nick_case,
            operator_key: self.operators.then_some(KEY),
            store: true,
            ..Config::default()
        };
        if self.trust_relays {
            // Where everybody who takes part is.
            config.trust_relay = vec!["10.0.0.0/16".parse().expect("it is a network")];
        }
        // Where relays are.
        config.trust_relay.push("10.1.0.0/16".parse().expect("it is a network"));
        if self.profiles.is_empty() {
            return Err("there is no profile; give at least `profiles = [\"open\"]`".into());
        }
        let profiles = self.profiles.iter().map(|profile| match profile {
            ProfileSetting::Own(profile) => Ok(profile.clone()),
            ProfileSetting::Named(name) => Profile::named(name).ok_or_else(|| {
                format!("there is no profile `{name}`; those that there are: {}", Profile::NAMES.join(", "))
            }),
        });
        config.profiles = profiles.collect::<Result<_, _>>()?;
        for (name, value) in &self.limits {
            let limit = config.limits.named_mut(name);
            *limit.ok_or_else(|| format!("there is no limit `{name}`; `hobnob spec` names those that there are"))? =
                *value;
        }
        Ok(config)
    }

    /// Through which listener a client comes.
    pub fn listener_of(&self, client: usize) -> usize {
        client % self.profiles.len()
    }
}

impl Plan {
    /// The names of all who take part: clients, then the rude.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.clients.iter().chain(&self.rude).map(String::as_str)
    }

    /// The name of one who takes part.
    pub fn name_of(&self, client: usize) -> &str {
        self.names().nth(client).expect("a step names somebody who takes part")
    }

    /// The place of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names().position(|found| found == name)
    }

    /// How many take part.
    pub fn people(&self) -> usize {
        self.clients.len() + self.rude.len()
    }

    /// Whether this one holds to no manners.
    pub fn is_rude(&self, client: usize) -> bool {
        client >= self.clients.len()
    }

    /// The resume token of a client's life (a client that dies begins another one).
    pub fn token(&self, client: usize, life: u32) -> Secret {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&(client as u64 + 1).to_be_bytes());
        bytes[8..12].copy_from_slice(&life.to_be_bytes());
        bytes[12..].copy_from_slice(b"life");
        Secret(bytes)
    }
}
