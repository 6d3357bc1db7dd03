//! The settings of a server: their names, and what they mean. How they are gathered stands in `crate::settings`.
//!
//! Starts nothing.

mod amounts;
mod profiles;
#[cfg(test)]
mod tests;

use crate::exit::{ExitCode, Failure};
use crate::settings::{self, Flags, OFF, OneOrMany, Rank, check_addr, one_of, span, wrong};
use amounts::{Amount, set_limit, shown, time_zone};
use figment::Figment;
use figment::providers::{Env, Serialized};
use figment::value::{Dict, Value};
use hobnob_machine::Config;
use hobnob_machine::network::Network;
use hobnob_runtime::journal::{Durability, Retention};
use hobnob_runtime::message_log::Layout;
use hobnob_runtime::web::WebSettings;
use hobnob_runtime::web::origin::Names;
use hobnob_runtime::web::pages::Source;
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

/// The settings as people write them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    listen: OneOrMany,
    http: String,
    ws: String,
    web_name: OneOrMany,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<String>,
    #[serde(default)]
    limits: BTreeMap<String, Amount>,
    /// Printed on their own, with all that is not set.
    #[serde(default, skip_serializing)]
    profiles: Given,
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

impl Default for Written {
    fn default() -> Self {
        let table = Limits::TABLE.iter();
        Self {
            listen: OneOrMany::Many(vec!["127.0.0.1:18000".into()]),
            http: "127.0.0.1:18080".into(),
            ws: "127.0.0.1:18081".into(),
            web_name: OneOrMany::Many(Vec::new()),
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
            pages: None,
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
    let (figment, mut written) = settings::gather::<Written>("server", file, environment(), flags)?;
    // Where nothing says otherwise, a course's server listens where its clients look for it.
    if Rank::of(&figment, "listen") == Rank::Default {
        let port = Profile::usual_port(&written.profile);
        written.listen = OneOrMany::Many(vec![format!("127.0.0.1:{port}")]);
    }
    Ok((figment, written))
}

/// `HOBNOB_SYNC=never`, `HOBNOB_LIMITS_SAY_BURST=20`; what is no setting of the server is another command's.
fn environment() -> Env {
    let names = Figment::from(Serialized::defaults(Written::default())).find_value("").ok();
    let mut known: Vec<String> =
        names.as_ref().and_then(Value::as_dict).into_iter().flat_map(Dict::keys).cloned().collect();
    known.extend(["capacity", "nick_case", "operator_key_file", "pages"].map(String::from));
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

impl Written {
    /// Parses every setting. `figment` says where each comes from.
    pub(super) fn parse(&self, figment: &Figment) -> Result<Settings, Failure> {
        let wrong = |key: &str, sentence: String| wrong(figment, key, &sentence);
        let profiles = self.profiles(figment).map_err(|(key, sentence)| wrong(&key, sentence))?;
        profiles.named(&self.profile).map_err(|sentence| wrong("profile", sentence))?;
        for (key, number) in [("capacity", self.capacity), ("snapshot_every", Some(self.snapshot_every))] {
            if number == Some(0) {
                return Err(wrong(key, "0 makes no sense here; the least is 1".into()));
            }
        }
        let listeners = self.listeners(&profiles).map_err(|sentence| wrong("listen", sentence))?;
        let pages = self.web_port(figment, &profiles, ("http", &self.http), Listener::http);
        let pages = pages.map_err(|sentence| wrong("http", sentence))?;
        let websocket = self.web_port(figment, &profiles, ("ws", &self.ws), Listener::websocket);
        let websocket = websocket.map_err(|sentence| wrong("ws", sentence))?;
        if let Some(folder) = self.pages.as_ref().filter(|folder| !Path::new(folder).is_dir()) {
            return Err(wrong("pages", format!("{folder:?} is no folder")));
        }
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
        let trust_relay = self.trust_relay.networks().map_err(|sentence| wrong("trust_relay", sentence))?;
        let data = (self.data != MEMORY).then(|| PathBuf::from(&self.data));
        let config = Config { lobby, nick_case, limits, store: data.is_some(), trust_relay, ..Config::default() };
        let server = ServerSettings {
            listeners: listeners.into_iter().chain(pages).chain(websocket).collect(),
            web: WebSettings {
                names: Names::new(self.web_name.all().into_iter().map(str::to_owned)),
                pages: self.pages.as_ref().map_or(Source::Embedded, |folder| Source::Folder(folder.into())),
                ..WebSettings::default()
            },
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

    /// A port for browsers; nothing where it is left out. One that nobody asked for may be missing.
    fn web_port(
        &self,
        figment: &Figment,
        profiles: &Profiles,
        (key, text): (&str, &str),
        listener: fn(String, Profile) -> Listener,
    ) -> Result<Option<Listener>, String> {
        if text == OFF {
            return Ok(None);
        }
        let (name, addr) = text.split_once('=').unwrap_or((&self.profile, text));
        let profile = profiles.named(name).map_err(|sentence| format!("profile: {sentence}"))?;
        check_addr(addr)?;
        let optional = Rank::of(figment, key) == Rank::Default;
        Ok(Some(Listener { optional, ..listener(addr.to_owned(), profile) }))
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
            Ok(Listener::tcp(addr, profile))
        };
        listen.into_iter().map(parse).collect()
    }
}

/// The settings as a file that says where each comes from.
pub(super) fn printed(figment: &Figment, written: &Written, settings: &Settings) -> Result<String, Failure> {
    let (mut text, tables) = settings::printed("server", figment, written);
    if written.nick_case.is_none() {
        let case = settings.server.config.nick_case.name().to_ascii_lowercase();
        text.push_str(&format!("{:<44}# as the listeners' profiles say\n", format!("# nick_case = \"{case}\"")));
    }
    let profiles = written.profiles(figment).map_err(|(_, sentence)| Failure::new(ExitCode::Usage, sentence))?;
    let given = |key: &str| figment.find_metadata(key).map(settings::origin);
    Ok(text + &tables + &profiles.printed(&written.profiles, given))
}
