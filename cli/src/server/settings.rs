//! The settings of a server: defaults, then a file, then the environment, then flags.
//!
//! Owns their names, their forms for people, and the complaints about them. Starts nothing.

mod amounts;
mod complaints;
mod profiles;
#[cfg(test)]
mod tests;

use crate::exit::{ExitCode, Failure};
use amounts::{Amount, set_limit, shown, span, time_zone};
use complaints::{complaint, line_in, one_of, read_file};
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile as Layer, Provider};
use hobnob_machine::Config;
use hobnob_machine::network::Network;
use hobnob_runtime::journal::{Durability, Retention};
use hobnob_runtime::message_log::Layout;
use hobnob_runtime::{Listener, ServerSettings};
use hobnob_spec::limits::Limits;
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{NickCase, Profile};
use profiles::{Given, Profiles};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What stands before the name of a setting in the environment.
const ENV_PREFIX: &str = "HOBNOB_";
/// Stands for a store that keeps nothing.
const MEMORY: &str = ":memory:";
/// Stands for what the computer's own clock shows.
const LOCAL: &str = "local";
/// Stands for no relay that is trusted.
const NOBODY: &str = "none";
/// Stands for no bound, or for never.
const OFF: &str = "off";

/// The settings as people write them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    listen: OneOrMany,
    profile: String,
    data: String,
    lobby: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nick_case: Option<String>,
    time_zone: String,
    sync: String,
    status_every: String,
    log_format: String,
    keep_journal: String,
    snapshot_every: u64,
    trust_relay: OneOrMany,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_key_file: Option<String>,
    #[serde(default)]
    limits: BTreeMap<String, Amount>,
    /// Printed on their own, with all that is not set.
    #[serde(default, skip_serializing)]
    profiles: Given,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The settings as the server takes them.
pub(super) struct Settings {
    pub(super) server: ServerSettings,
    /// The profile of listeners that name none.
    pub(super) profile: String,
    /// The data folder; `None` where nothing is kept.
    pub(super) data: Option<PathBuf>,
    pub(super) retention: Retention,
    pub(super) layout: Layout,
    pub(super) operator_key_file: Option<PathBuf>,
}

/// The flags that were given, by the names of the settings.
pub(super) struct Flags(pub(super) Dict);

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named("a flag")
    }

    fn data(&self) -> Result<Map<Layer, Dict>, figment::Error> {
        Ok(Map::from([(Layer::Default, self.0.clone())]))
    }
}

impl Default for Written {
    fn default() -> Self {
        let table = Limits::TABLE.iter();
        Self {
            listen: OneOrMany::Many(vec!["127.0.0.1:18000".into()]),
            profile: "open".into(),
            data: "hobnob-data".into(),
            lobby: "lobby".into(),
            capacity: None,
            nick_case: None,
            time_zone: LOCAL.into(),
            sync: "always".into(),
            status_every: "30s".into(),
            log_format: "text".into(),
            keep_journal: "forever".into(),
            snapshot_every: ServerSettings::default().snapshot_every,
            trust_relay: OneOrMany::Many(Network::loopback().iter().map(ToString::to_string).collect()),
            operator_key_file: None,
            limits: table.map(|(name, _, default, _)| ((*name).to_owned(), shown(name, *default))).collect(),
            profiles: Given::new(),
        }
    }
}

/// The flags for knobs of profiles, as a table.
pub(super) fn knobs_from_flags(flags: &[String]) -> Result<Dict, Failure> {
    profiles::from_flags(flags).map_err(|sentence| Failure::new(ExitCode::Usage, format!("`--set`: {sentence}")))
}

/// Puts the settings together, with where each comes from.
pub(super) fn gather(file: Option<&Path>, flags: Flags) -> Result<(Figment, Written), Failure> {
    let mut figment = Figment::new().merge(Serialized::defaults(Written::default()));
    let text = file.map(read_file).transpose()?;
    if let Some(path) = file {
        figment = figment.merge(Toml::file_exact(path));
    }
    figment = figment.merge(environment()).merge(flags);
    match figment.extract::<Written>() {
        Ok(mut written) => {
            // Where nothing says otherwise, a course's server listens where its clients look for it.
            if Rank::of(&figment, "listen") == Rank::Default {
                let port = Profile::usual_port(&written.profile);
                written.listen = OneOrMany::Many(vec![format!("127.0.0.1:{port}")]);
            }
            Ok((figment, written))
        }
        Err(error) => Err(complaint(&error, file, text.as_deref())),
    }
}

/// `HOBNOB_SYNC=never`, `HOBNOB_LIMITS_SAY_BURST=20`; what is no setting of the server is another command's.
fn environment() -> Env {
    let names = Figment::from(Serialized::defaults(Written::default())).find_value("").ok();
    let mut known: Vec<String> =
        names.as_ref().and_then(Value::as_dict).into_iter().flat_map(Dict::keys).cloned().collect();
    known.extend(["capacity", "nick_case", "operator_key_file"].map(String::from));
    Env::prefixed(ENV_PREFIX)
        .filter(move |key| {
            let key = key.as_str().to_ascii_lowercase();
            key.starts_with("limits_") || key.starts_with("profiles_") || known.contains(&key)
        })
        .map(|key| {
            let lower = key.as_str().to_ascii_lowercase();
            match (lower.strip_prefix("limits_"), profiles::key_of(&lower)) {
                (Some(limit), _) => format!("limits.{limit}").into(),
                (None, Some(knob)) => knob.into(),
                (None, None) => key.into(),
            }
        })
}

/// How near to the operator a setting was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Default,
    File,
    Environment,
    Flag,
}

impl Rank {
    fn of(figment: &Figment, key: &str) -> Self {
        match figment.find_metadata(key) {
            Some(metadata) if metadata.source.as_ref().is_some_and(|s| s.file_path().is_some()) => Self::File,
            Some(metadata) if metadata.name.contains("environment") => Self::Environment,
            Some(metadata) if metadata.name.contains("flag") => Self::Flag,
            Some(_) | None => Self::Default,
        }
    }
}

impl Written {
    /// Parses every setting. `figment` says where each comes from.
    pub(super) fn parse(&self, figment: &Figment) -> Result<Settings, Failure> {
        let wrong = |key: &str, sentence: String| {
            let from = figment
                .find_metadata(key)
                .map_or(String::new(), |metadata| format!(" (from {}{})", origin(metadata), line_in(metadata, key)));
            Failure::new(ExitCode::Usage, format!("`{key}`{from}: {sentence}"))
        };
        let profiles = self.profiles(figment).map_err(|(key, sentence)| wrong(&key, sentence))?;
        profiles.named(&self.profile).map_err(|sentence| wrong("profile", sentence))?;
        for (key, number) in [("capacity", self.capacity), ("snapshot_every", Some(self.snapshot_every))] {
            if number == Some(0) {
                return Err(wrong(key, "0 makes no sense here; the least is 1".into()));
            }
        }
        let listeners = self.listeners(&profiles).map_err(|sentence| wrong("listen", sentence))?;
        let mut limits = Limits::default();
        for (name, amount) in &self.limits {
            set_limit(&mut limits, name, amount).map_err(|sentence| wrong(&format!("limits.{name}"), sentence))?;
        }
        let lobby = RoomName::parse(&self.lobby)
            .ok_or_else(|| wrong("lobby", format!("{:?} is no room's name", self.lobby)))?;
        let nick_case = match self.nick_case.as_deref() {
            None if listeners.iter().all(|listener| listener.profile.nick_case == NickCase::Exact) => NickCase::Exact,
            None | Some("fold") => NickCase::Fold,
            Some("exact") => NickCase::Exact,
            Some(other) => return Err(wrong("nick_case", one_of(other, &["fold", "exact"]))),
        };
        let durability = match self.sync.as_str() {
            "always" => Durability::Always,
            "interval" => Durability::Interval,
            "never" => Durability::Never,
            other => return Err(wrong("sync", one_of(other, &["always", "interval", "never"]))),
        };
        let layout =
            self.log_format.parse().map_err(|_| wrong("log_format", one_of(&self.log_format, Layout::NAMES)))?;
        let retention = match span(&self.keep_journal, "forever").map_err(|sentence| wrong("keep_journal", sentence))? {
            None => Retention::Forever,
            Some(age) => Retention::AgeMs(u64::try_from(age.as_millis()).unwrap_or(u64::MAX)),
        };
        let time_zone = time_zone(&self.time_zone).map_err(|sentence| wrong("time_zone", sentence))?;
        let status_every = span(&self.status_every, OFF).map_err(|sentence| wrong("status_every", sentence))?;
        let trust_relay = self.trusted().map_err(|sentence| wrong("trust_relay", sentence))?;
        let data = (self.data != MEMORY).then(|| PathBuf::from(&self.data));
        let config = Config { lobby, nick_case, limits, store: data.is_some(), trust_relay, ..Config::default() };
        let server = ServerSettings {
            listeners,
            config,
            durability,
            snapshot_every: self.snapshot_every,
            status_every,
            time_zone,
        };
        let operator_key_file = self.operator_key_file.as_ref().map(PathBuf::from);
        Ok(Settings { server, profile: self.profile.clone(), data, retention, layout, operator_key_file })
    }

    fn profiles(&self, figment: &Figment) -> Result<Profiles, profiles::Wrong> {
        Profiles::of(&self.profiles, self.capacity, figment)
    }

    /// Addresses and networks, or the word for none.
    fn trusted(&self) -> Result<Vec<Network>, String> {
        match self.trust_relay.all().as_slice() {
            [NOBODY] => Ok(Vec::new()),
            all => {
                all.iter().map(|text| text.parse().map_err(|why| format!("{text:?} is no network: {why}"))).collect()
            }
        }
    }

    /// `ADDR` or `PROFILE=ADDR`, each.
    fn listeners(&self, profiles: &Profiles) -> Result<Vec<Listener>, String> {
        let listen = self.listen.all();
        if listen.is_empty() {
            return Err("there has to be an address to listen on, such as 127.0.0.1:18000".into());
        }
        let parse = |text: &str| {
            let (name, addr) = text.split_once('=').unwrap_or((&self.profile, text));
            let profile = profiles.named(name).map_err(|sentence| format!("profile: {sentence}"))?;
            check_addr(addr)?;
            Ok(Listener { addr: addr.to_owned(), profile })
        };
        listen.into_iter().map(parse).collect()
    }
}

impl OneOrMany {
    /// All that are named; in the environment they stand in one line, with commas.
    fn all(&self) -> Vec<&str> {
        match self {
            Self::One(all) => all.split(',').map(str::trim).collect(),
            Self::Many(all) => all.iter().map(String::as_str).collect(),
        }
    }
}

/// Whether it has the form of an address.
pub(crate) fn check_addr(addr: &str) -> Result<(), String> {
    match addr.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(()),
        Some((host, port)) if !host.is_empty() && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
            Err(format!("the port {port} of {addr:?} is too large; the largest is {}", u16::MAX))
        }
        _ => Err(format!("{addr:?} is no address; it has the form HOST:PORT, such as 127.0.0.1:18000")),
    }
}

/// The settings as a file that says where each comes from.
pub(super) fn printed(figment: &Figment, written: &Written, settings: &Settings) -> Result<String, Failure> {
    let value = toml::Value::try_from(written).expect("settings are what TOML can hold");
    let mut text = String::from("# hobnob server: the settings, and where each comes from\n");
    let mut tables = String::new();
    for (key, value) in value.as_table().into_iter().flatten() {
        if let Some(table) = value.as_table() {
            tables.push_str(&format!("\n[{key}]\n"));
            for (name, value) in table {
                let from = from(figment, &format!("{key}.{name}"));
                tables.push_str(&format!("{:<44}# {from}\n", format!("{name} = {value}")));
            }
        } else {
            text.push_str(&format!("{:<44}# {}\n", format!("{key} = {value}"), from(figment, key)));
        }
    }
    if written.nick_case.is_none() {
        let case = settings.server.config.nick_case.name().to_ascii_lowercase();
        text.push_str(&format!("{:<44}# as the listeners' profiles say\n", format!("# nick_case = \"{case}\"")));
    }
    let profiles = written.profiles(figment).map_err(|(_, sentence)| Failure::new(ExitCode::Usage, sentence))?;
    let given = |key: &str| figment.find_metadata(key).map(origin);
    Ok(text + &tables + &profiles.printed(&written.profiles, given))
}

fn from(figment: &Figment, key: &str) -> String {
    figment.find_metadata(key).map_or_else(|| "default".into(), origin)
}

/// Where a value comes from, for people.
fn origin(metadata: &Metadata) -> String {
    match metadata.source.as_ref().and_then(|source| source.file_path()) {
        Some(path) => path.display().to_string(),
        None if metadata.name.contains("environment") => "the environment".into(),
        None if metadata.name.contains("flag") => "a flag".into(),
        None => "default".into(),
    }
}
