//! The settings of a relay: their names, and what they mean. How they are gathered stands in `crate::settings`.

#[cfg(test)]
mod tests;

use crate::exit::{ExitCode, Failure};
use crate::settings::{self, Flags, OFF, OneOrMany, check_addr, milliseconds, one_of, span, wrong};
use figment::Figment;
use figment::providers::Env;
use hobnob_machine::RelayConfig;
use hobnob_machine::network::Network;
use hobnob_runtime::RelaySettings;
use hobnob_spec::profile::{Dialect, Profile};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What stands before the name of a setting in the environment.
const ENV_PREFIX: &str = "HOBNOB_RELAY_";

/// The settings as people write them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    listen: OneOrMany,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    log_text: bool,
    trust_relay: OneOrMany,
    clients_max: u64,
    patience: String,
    idle: String,
    status_every: String,
}

/// What those settings are called that may be missing.
const OPTIONAL: [(&str, &str); 3] = [
    ("upstream", "HOST:PORT; it has to be set"),
    ("profile", "NAME; all dialects are spoken"),
    ("log", "FILE; nothing is logged"),
];

/// The settings as the relay takes them.
pub(super) struct Settings {
    pub(super) relay: RelaySettings,
    pub(super) log: Option<PathBuf>,
}

impl Default for Written {
    fn default() -> Self {
        let config = RelayConfig::default();
        let time = |ms| humantime::format_duration(Duration::from_millis(ms)).to_string();
        Self {
            listen: OneOrMany::Many(vec!["127.0.0.1:18100".into()]),
            upstream: None,
            profile: None,
            log: None,
            log_text: false,
            trust_relay: OneOrMany::Many(Network::loopback().iter().map(ToString::to_string).collect()),
            clients_max: config.clients_max,
            patience: time(config.patience_ms),
            idle: time(config.idle_ms),
            status_every: "30s".into(),
        }
    }
}

/// Puts the settings together, with where each comes from.
pub(super) fn gather(file: Option<&Path>, flags: Flags) -> Result<(Figment, Written), Failure> {
    settings::gather("relay", file, Env::prefixed(ENV_PREFIX), flags)
}

impl Written {
    /// Parses every setting. `figment` says where each comes from.
    pub(super) fn parse(&self, figment: &Figment) -> Result<Settings, Failure> {
        let Some(upstream) = &self.upstream else {
            let sentence = "`upstream` is not set: where is the server? `--upstream HOST:PORT` says it";
            return Err(Failure::new(ExitCode::Usage, sentence));
        };
        self.parse_for(upstream, figment)
    }

    /// Looks whether all that is set is right, also where it is not said yet where the server is.
    pub(super) fn check(&self, figment: &Figment) -> Result<(), Failure> {
        self.parse_for(self.upstream.as_deref().unwrap_or("127.0.0.1:18000"), figment).map(drop)
    }

    fn parse_for(&self, upstream: &str, figment: &Figment) -> Result<Settings, Failure> {
        let relay = self.relay(upstream.to_owned()).map_err(|(key, sentence)| wrong(figment, key, &sentence))?;
        Ok(Settings { relay, log: self.log.as_ref().map(PathBuf::from) })
    }

    /// All settings, or the key of the one that is wrong, and how.
    fn relay(&self, upstream: String) -> Result<RelaySettings, (&'static str, String)> {
        let listen: Vec<String> = self.listen.all().into_iter().map(str::to_owned).collect();
        if listen.is_empty() {
            return Err(("listen", "there has to be an address to listen on, such as 127.0.0.1:18100".into()));
        }
        listen.iter().try_for_each(|addr| check_addr(addr)).map_err(|sentence| ("listen", sentence))?;
        check_addr(&upstream).map_err(|sentence| ("upstream", sentence))?;
        let dialects = match &self.profile {
            // What a websocket carries is not told by a connection's first bytes.
            None => Dialect::ALL.iter().copied().filter(|dialect| !dialect.is_of_web()).collect(),
            Some(name) => match Profile::named(name) {
                Some(profile) => profile.dialects,
                None => return Err(("profile", one_of(name, Profile::NAMES))),
            },
        };
        if self.log_text && self.log.is_none() {
            return Err(("log_text", "there is no log to write it into; `log` names its file".into()));
        }
        if self.clients_max == 0 {
            return Err(("clients_max", "0 makes no sense here; the least is 1".into()));
        }
        let ms = |key, text: &str| match milliseconds(text) {
            Ok(0) => Err((key, "no time at all makes no sense here; the least is 1ms".into())),
            Ok(ms) => Ok(ms),
            Err(sentence) => Err((key, sentence)),
        };
        let config = RelayConfig {
            trust_relay: self.trust_relay.networks().map_err(|sentence| ("trust_relay", sentence))?,
            clients_max: self.clients_max,
            patience_ms: ms("patience", &self.patience)?,
            idle_ms: ms("idle", &self.idle)?,
        };
        let status_every = span(&self.status_every, OFF).map_err(|sentence| ("status_every", sentence))?;
        Ok(RelaySettings { listen, upstream, dialects, config, status_every, texts: self.log_text })
    }
}

/// The settings as a file that says where each comes from. Those that are missing are remarks.
pub(super) fn printed(figment: &Figment, written: &Written) -> String {
    let (text, tables) = settings::printed("relay", figment, written);
    text + &settings::missing(figment, &OPTIONAL) + &tables
}
