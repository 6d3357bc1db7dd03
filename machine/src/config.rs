//! What an operator can set about a server. Part of the machine's state, and so of the journal.

use crate::network::Network;
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::Secret;
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{NickCase, Profile};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The settings of a server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Config {
    /// The room in which everybody is on joining.
    pub lobby: RoomName,
    /// Whether `John` and `john` are one nick.
    pub nick_case: NickCase,
    /// The profile of each listener, in the order of the listeners.
    pub profiles: Vec<Profile>,
    /// The bounds.
    pub limits: Limits,
    /// What an operator shows to be one; `None` where there are none.
    pub operator_key: Option<Secret>,
    /// Whether a store keeps the messages that the machine no longer does.
    pub store: bool,
    /// From where connections may be relayed: only there a header that tells another address is believed.
    #[serde(default = "Network::loopback")]
    pub trust_relay: Vec<Network>,
}

impl Config {
    /// Whether connections from an address may be relayed.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        Network::any_contains(&self.trust_relay, ip)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            lobby: RoomName::parse("lobby").expect("lobby is a room's name"),
            nick_case: NickCase::Fold,
            profiles: vec![Profile::open()],
            limits: Limits::default(),
            operator_key: None,
            store: false,
            trust_relay: Network::loopback(),
        }
    }
}
