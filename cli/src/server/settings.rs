//! The settings of a server: defaults, then a file, then the environment, then flags.
//!
//! Owns their names, their forms for people, and the complaints about them. Starts nothing.

use crate::exit::{ExitCode, Failure};
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile as Layer, Provider};
use hobnob_machine::Config;
use hobnob_runtime::journal::{Durability, Retention};
use hobnob_runtime::message_log::Layout;
use hobnob_runtime::{Listener, ServerSettings};
use hobnob_spec::limits::Limits;
use hobnob_spec::names::RoomName;
use hobnob_spec::profile::{NickCase, Profile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What stands before the name of a setting in the environment.
const ENV_PREFIX: &str = "HOBNOB_";
/// Stands for a store that keeps nothing.
const MEMORY: &str = ":memory:";
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
    sync: String,
    status_every: String,
    log_format: String,
    keep_journal: String,
    snapshot_every: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_key_file: Option<String>,
    #[serde(default)]
    limits: BTreeMap<String, Amount>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// A limit as people write it: a number, a time such as `2m`, or `off`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Amount {
    Number(u64),
    Text(String),
}

/// The settings as the server takes them.
pub(super) struct Settings {
    pub(super) server: ServerSettings,
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
            sync: "always".into(),
            status_every: "30s".into(),
            log_format: "text".into(),
            keep_journal: "forever".into(),
            snapshot_every: ServerSettings::default().snapshot_every,
            operator_key_file: None,
            limits: table.map(|(name, _, default, _)| ((*name).to_owned(), shown(name, *default))).collect(),
        }
    }
}

/// A limit in its form for people.
fn shown(name: &str, value: u64) -> Amount {
    if name.ends_with("_ms") {
        Amount::Text(humantime::format_duration(Duration::from_millis(value)).to_string())
    } else if value == 0 && name.ends_with("_per_second") {
        Amount::Text(OFF.into())
    } else {
        Amount::Number(value)
    }
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
        Ok(written) => Ok((figment, written)),
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
            key.starts_with("limits_") || known.contains(&key)
        })
        .map(|key| match key.as_str().to_ascii_lowercase().strip_prefix("limits_") {
            Some(limit) => format!("limits.{limit}").into(),
            None => key.into(),
        })
}

/// Reads the file once for itself, so that a complaint can name the line.
fn read_file(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(ExitCode::CannotStart, format_args!("cannot read the configuration {shown}: {error}"))
    })?;
    if let Err(error) = text.parse::<toml::Table>() {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let what = error.message();
        let sentence = format!("the configuration {shown}, line {line}, is no TOML: {what}");
        return Err(Failure::new(ExitCode::Usage, sentence));
    }
    Ok(text)
}

/// One sentence about what is wrong with the settings, and where.
fn complaint(error: &figment::Error, file: Option<&Path>, text: Option<&str>) -> Failure {
    use figment::error::Kind;
    let key = error.path.join(".");
    let what = match &error.kind {
        Kind::UnknownField(field, _) => format!("there is no setting `{field}`; see `hobnob server --print-config`"),
        Kind::InvalidType(found, wanted) => format!("`{key}` is {found}, but it has to be {wanted}"),
        other => format!("`{key}`: {other}"),
    };
    let from_file = error
        .metadata
        .as_ref()
        .is_some_and(|metadata| metadata.source.as_ref().is_some_and(|s| s.file_path().is_some()));
    let place = match (file, text) {
        (Some(path), Some(text)) if from_file => {
            let name = match &error.kind {
                Kind::UnknownField(field, _) => field.as_str(),
                _ => error.path.last().map_or("", String::as_str),
            };
            format!("the configuration {}{}: ", path.display(), line_of(text, name))
        }
        _ => error.metadata.as_ref().map_or(String::new(), |metadata| format!("{}: ", metadata.name)),
    };
    Failure::new(ExitCode::Usage, format!("{place}{what}"))
}

/// `, line N` where a setting stands.
fn line_of(text: &str, name: &str) -> String {
    let at = text.lines().position(|line| {
        let line = line.trim_start().trim_start_matches(['[', '"']);
        line.strip_prefix(name)
            .is_some_and(|rest| rest.trim_start_matches('"').trim_start().starts_with(['=', ']', '.']))
    });
    at.map_or(String::new(), |at| format!(", line {}", at + 1))
}

impl Written {
    /// Parses every setting. `figment` says where each comes from.
    pub(super) fn parse(&self, figment: &Figment) -> Result<Settings, Failure> {
        let wrong = |key: &str, sentence: String| {
            let from =
                figment.find_metadata(key).map_or(String::new(), |metadata| format!(" (from {})", origin(metadata)));
            Failure::new(ExitCode::Usage, format!("`{key}`{from}: {sentence}"))
        };
        let listeners = self.listeners().map_err(|sentence| wrong("listen", sentence))?;
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
        let status_every = span(&self.status_every, OFF).map_err(|sentence| wrong("status_every", sentence))?;
        let data = (self.data != MEMORY).then(|| PathBuf::from(&self.data));
        let config = Config { lobby, nick_case, limits, store: data.is_some(), ..Config::default() };
        let snapshot_every = self.snapshot_every.max(1);
        let server = ServerSettings { listeners, config, durability, snapshot_every, status_every };
        let operator_key_file = self.operator_key_file.as_ref().map(PathBuf::from);
        Ok(Settings { server, data, retention, layout, operator_key_file })
    }

    /// `ADDR` or `PROFILE=ADDR`, each.
    fn listeners(&self) -> Result<Vec<Listener>, String> {
        let listen: Vec<&str> = match &self.listen {
            OneOrMany::One(all) => all.split(',').map(str::trim).collect(),
            OneOrMany::Many(all) => all.iter().map(String::as_str).collect(),
        };
        if listen.is_empty() {
            return Err("there has to be an address to listen on, such as 127.0.0.1:18000".into());
        }
        let parse = |text: &str| {
            let (name, addr) = text.split_once('=').unwrap_or((&self.profile, text));
            let mut profile =
                Profile::named(name).ok_or_else(|| format!("profile: {}", one_of(name, Profile::NAMES)))?;
            profile.capacity = self.capacity.unwrap_or(profile.capacity);
            let port = addr.rsplit_once(':').map(|(host, port)| (!host.is_empty(), port.parse::<u16>().is_ok()));
            match port {
                Some((true, true)) => Ok(Listener { addr: addr.to_owned(), profile }),
                _ => Err(format!("{addr:?} is no address; it has the form HOST:PORT, such as 127.0.0.1:18000")),
            }
        };
        listen.into_iter().map(parse).collect()
    }
}

fn one_of(found: &str, names: &[&str]) -> String {
    format!("there is no {found:?}; it is one of {}", names.join(", "))
}

/// A time such as `30s`, or the word for none.
fn span(text: &str, none: &str) -> Result<Option<Duration>, String> {
    if text == none || (none == OFF && text == "0") {
        return Ok(None);
    }
    let parsed = humantime::parse_duration(text);
    parsed.map(Some).map_err(|error| format!("{text:?} is no time: {error}; write 30s, 2h or {none}"))
}

fn set_limit(limits: &mut Limits, name: &str, amount: &Amount) -> Result<(), String> {
    let number = match amount {
        Amount::Number(number) => *number,
        Amount::Text(text) if text == OFF && name.ends_with("_per_second") => 0,
        Amount::Text(text) => match text.parse() {
            Ok(number) => number,
            Err(_) if name.ends_with("_ms") => {
                let time = humantime::parse_duration(text)
                    .map_err(|error| format!("{text:?} is no time: {error}; write 30s or 10m"))?;
                u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
            }
            Err(error) => return Err(format!("{text:?} is no number: {error}")),
        },
    };
    let mut all: BTreeMap<&str, u64> = Limits::TABLE.iter().map(|(name, ..)| *name).zip(limits.values()).collect();
    let Some(value) = all.get_mut(name) else {
        let names: Vec<&str> = Limits::TABLE.iter().map(|(name, ..)| *name).collect();
        return Err(one_of(name, &names));
    };
    *value = number;
    let all: BTreeMap<String, u64> = all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let value = serde_json::to_value(all).expect("numbers with names are JSON");
    *limits = serde_json::from_value(value).expect("every limit has its number");
    Ok(())
}

/// The settings as a file that says where each comes from.
pub(super) fn printed(figment: &Figment, written: &Written) -> String {
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
    text + &tables
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

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(pairs: &[(&str, &str)]) -> Flags {
        Flags(pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect())
    }

    fn limit(name: &str, value: &str) -> Flags {
        let limits: Dict = [(name.to_owned(), Value::from(value))].into();
        Flags([("limits".to_owned(), Value::from(limits))].into())
    }

    /// The settings of a file and flags, or the complaint.
    fn settings(file: &str, flags: Flags) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("hobnob.toml");
        std::fs::write(&path, file).expect("a file can be written");
        let (figment, written) = gather(Some(&path), flags).map_err(|failure| failure.sentence)?;
        written.parse(&figment).map_err(|failure| failure.sentence)
    }

    fn complaint(file: &str, flags: Flags) -> String {
        settings(file, flags).err().expect("somebody complains")
    }

    #[test]
    fn flags_go_before_the_file_and_the_file_before_the_defaults() {
        let file = "sync = \"never\"\nlobby = \"hall\"\n[limits]\nidle_ms = \"1h\"\n";
        let settings = settings(file, flags(&[("lobby", "den")])).expect("these are settings");
        assert_eq!(settings.server.durability, Durability::Never);
        assert_eq!(settings.server.config.lobby.as_str(), "den");
        assert_eq!(settings.server.config.limits.idle_ms, 3_600_000);
        assert_eq!(settings.server.config.limits.say_burst, Limits::default().say_burst);
    }

    #[test]
    fn what_is_printed_can_be_read_again() {
        let (figment, written) = gather(None, flags(&[("sync", "interval")])).expect("these are settings");
        let text = printed(&figment, &written);
        assert!(
            text.lines().any(|line| line.starts_with("sync = \"interval\"") && line.ends_with("# a flag")),
            "{text}"
        );
        let again = settings(&text, flags(&[])).expect("what was printed is a configuration");
        assert_eq!(again.server.durability, Durability::Interval);
    }

    #[test]
    fn each_listener_has_its_profile() {
        let listen = "listen = [\"127.0.0.1:1\", \"classroom=127.0.0.1:2\"]";
        let settings = settings(listen, flags(&[])).expect("these are settings");
        let names: Vec<&str> =
            settings.server.listeners.iter().map(|listener| listener.profile.name.as_str()).collect();
        assert_eq!(names, ["open", "classroom"]);
        assert_eq!(settings.server.config.nick_case, NickCase::Fold, "one listener folds");
    }

    #[test]
    fn a_rate_may_be_off_and_a_time_is_a_time() {
        let off = settings("", limit("say_per_second", "off")).expect("a rate may be off");
        assert_eq!(off.server.config.limits.say_per_second, 0);
        let muted = settings("", limit("mute_ms", "90s")).expect("a limit may be a time");
        assert_eq!(muted.server.config.limits.mute_ms, 90_000);
    }

    #[test]
    fn complaints_name_the_line_and_the_setting() {
        let unknown = complaint("sync = \"never\"\nlsten = \"x\"\n", flags(&[]));
        assert!(unknown.contains("hobnob.toml, line 2") && unknown.contains("`lsten`"), "{unknown}");
        let torn = complaint("sync = \"never\"\n[limits\n", flags(&[]));
        assert!(torn.contains("line 2"), "{torn}");
        let sync = complaint("", flags(&[("sync", "sometimes")]));
        assert!(sync.contains("always, interval, never") && sync.contains("a flag"), "{sync}");
        let addr = complaint("", flags(&[("listen", "nowhere")]));
        assert!(addr.contains("HOST:PORT"), "{addr}");
        let limit = complaint("", limit("say_bursts", "3"));
        assert!(limit.contains("say_burst,"), "{limit}");
    }
}
