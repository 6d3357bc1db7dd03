//! The settings of a command: defaults, then a file, then the environment, then flags.
//!
//! Owns how they are gathered, where each comes from, the forms that several commands take them in, and the complaints.
//! Knows no setting by its name: those stand with their commands.

mod complaints;
mod forms;

use crate::exit::{ExitCode, Failure};
use complaints::{complaint, line_in, read_file};
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::{Dict, Map};
use figment::{Figment, Metadata, Profile as Layer, Provider};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;

pub(crate) use complaints::one_of;
pub(crate) use forms::{OneOrMany, check_addr, milliseconds, span};

/// Stands for no relay that is trusted.
pub(crate) const NOBODY: &str = "none";
/// Stands for no bound, or for never.
pub(crate) const OFF: &str = "off";

/// The flags that were given, by the names of the settings.
pub(crate) struct Flags(pub(crate) Dict);

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named("a flag")
    }

    fn data(&self) -> Result<Map<Layer, Dict>, figment::Error> {
        Ok(Map::from([(Layer::Default, self.0.clone())]))
    }
}

/// Puts the settings of a command together, with where each comes from.
pub(crate) fn gather<T: Default + Serialize + DeserializeOwned>(
    command: &str,
    file: Option<&Path>,
    environment: Env,
    flags: Flags,
) -> Result<(Figment, T), Failure> {
    let mut figment = Figment::new().merge(Serialized::defaults(T::default()));
    let text = file.map(read_file).transpose()?;
    if let Some(path) = file {
        figment = figment.merge(Toml::file_exact(path));
    }
    figment = figment.merge(environment).merge(flags);
    match figment.extract() {
        Ok(written) => Ok((figment, written)),
        Err(error) => Err(complaint(command, &error, file, text.as_deref())),
    }
}

/// What is wrong with a setting, with where it comes from.
pub(crate) fn wrong(figment: &Figment, key: &str, sentence: &str) -> Failure {
    let from = figment
        .find_metadata(key)
        .map_or(String::new(), |metadata| format!(" (from {}{})", origin(metadata), line_in(metadata, key)));
    Failure::new(ExitCode::Usage, format!("`{key}`{from}: {sentence}"))
}

/// The settings as a file that says where each comes from: those that stand alone, and behind them the tables.
pub(crate) fn printed(command: &str, figment: &Figment, written: &impl Serialize) -> (String, String) {
    let value = toml::Value::try_from(written).expect("settings are what TOML can hold");
    let mut text = format!("# hobnob {command}: the settings, and where each comes from\n");
    let mut tables = String::new();
    for (key, value) in value.as_table().into_iter().flatten() {
        if let Some(table) = value.as_table() {
            tables.push_str(&format!("\n[{key}]\n"));
            for (name, value) in table {
                let from = from(figment, &format!("{key}.{name}"));
                tables.push_str(&line(name, value, &from));
            }
        } else {
            text.push_str(&line(key, value, &from(figment, key)));
        }
    }
    (text, tables)
}

/// Remarks on settings that are not set: what each is called, and what is the case without it.
pub(crate) fn missing(figment: &Figment, optional: &[(&str, &str)]) -> String {
    let missing = optional.iter().filter(|(key, _)| figment.find_value(key).is_err());
    missing.map(|(key, meaning)| format!("# {key} =  # {meaning}\n")).collect()
}

/// A setting, and what is remarked behind it.
fn line(name: &str, value: &toml::Value, remark: &str) -> String {
    format!("{:<44}# {remark}\n", format!("{name} = {value}"))
}

/// How near to the operator a setting was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Default,
    File,
    Environment,
    Flag,
}

impl Rank {
    pub(crate) fn of(figment: &Figment, key: &str) -> Self {
        match figment.find_metadata(key) {
            Some(metadata) if metadata.source.as_ref().is_some_and(|s| s.file_path().is_some()) => Self::File,
            Some(metadata) if metadata.name.contains("environment") => Self::Environment,
            Some(metadata) if metadata.name.contains("flag") => Self::Flag,
            Some(_) | None => Self::Default,
        }
    }
}

fn from(figment: &Figment, key: &str) -> String {
    figment.find_metadata(key).map_or_else(|| "default".into(), origin)
}

/// Where a value comes from, for people.
pub(crate) fn origin(metadata: &Metadata) -> String {
    match metadata.source.as_ref().and_then(|source| source.file_path()) {
        Some(path) => path.display().to_string(),
        None if metadata.name.contains("environment") => "the environment".into(),
        None if metadata.name.contains("flag") => "a flag".into(),
        None => "default".into(),
    }
}
