//! The profiles as an operator has them: those that come with Hobnob, changed knob by knob, and own ones.
//!
//! Owns the names of the knobs, which are the fields of a profile, and the complaints about them.

use crate::settings::{Rank, one_of};
use figment::Figment;
use figment::value::{Dict, Value};
use hobnob_spec::profile::Profile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The knob of an own profile that says which profile of Hobnob's it is like.
const LIKE: &str = "like";
/// The field of a profile that is no knob.
const NAME: &str = "name";
/// The knob that is a list.
const DIALECTS: &str = "dialects";
/// The knob that counts, and has to count somebody.
const CAPACITY: &str = "capacity";
/// Where the knobs stand.
const TABLE: &str = "profiles";

/// The knobs that are set, by profile.
pub(super) type Given = BTreeMap<String, BTreeMap<String, Knob>>;

/// The value of a knob as people write it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Knob {
    Truth(bool),
    Number(u64),
    Text(String),
    List(Vec<String>),
}

/// What is wrong, and with which setting.
pub(super) type Wrong = (String, String);

/// All profiles: those that come with Hobnob, and own ones.
pub(super) struct Profiles(Vec<Profile>);

impl Profiles {
    /// Sets the knobs. `capacity` is that of all profiles whose own does not come from as near or nearer to the operator.
    pub(super) fn of(given: &Given, capacity: Option<u64>, figment: &Figment) -> Result<Self, Wrong> {
        let own = given.keys().map(String::as_str).filter(|name| !Profile::NAMES.contains(name));
        let none = BTreeMap::new();
        let mut all = Vec::new();
        for name in Profile::NAMES.iter().copied().chain(own) {
            let knobs = given.get(name).unwrap_or(&none);
            let mut profile = begin(name, knobs)?;
            for (knob, value) in knobs.iter().filter(|(knob, _)| *knob != LIKE) {
                profile = set(profile, knob, value).map_err(|sentence| (key(name, knob), sentence))?;
            }
            let nearer = Rank::of(figment, CAPACITY) > Rank::of(figment, &key(name, CAPACITY));
            profile.capacity = capacity.filter(|_| nearer).unwrap_or(profile.capacity);
            all.push(profile);
        }
        Ok(Self(all))
    }

    /// The profile of that name.
    pub(super) fn named(&self, name: &str) -> Result<Profile, String> {
        let found = self.0.iter().find(|profile| profile.name == name);
        found.cloned().ok_or_else(|| one_of(name, &self.0.iter().map(|profile| &*profile.name).collect::<Vec<_>>()))
    }

    /// All of them as tables of a file; `from` says where the setting of a key comes from, unless it is a default.
    pub(super) fn printed(&self, given: &Given, from: impl Fn(&str) -> Option<String>) -> String {
        let mut text = String::new();
        for profile in &self.0 {
            let name = &profile.name;
            text.push_str(&format!("\n[{TABLE}.{name}]\n"));
            let like = given.get(name).and_then(|knobs| knobs.get(LIKE));
            let mut lines: Vec<(String, toml::Value)> =
                like.iter().filter_map(|like| Some((LIKE.to_owned(), toml::Value::try_from(like).ok()?))).collect();
            let knobs = toml::Table::try_from(profile).expect("a profile is what TOML can hold");
            lines.extend(knobs.into_iter().filter(|(knob, _)| knob != NAME));
            for (knob, value) in lines {
                let all = || from(CAPACITY).filter(|_| knob == CAPACITY);
                let from = from(&key(name, &knob)).or_else(all).unwrap_or_else(|| "the profile".into());
                text.push_str(&format!("{:<44}# {from}\n", format!("{knob} = {value}")));
            }
        }
        text
    }
}

/// The names of all knobs.
pub(super) fn knobs() -> Vec<String> {
    let mut knobs: Vec<String> = toml::Table::try_from(Profile::open())
        .expect("a profile is what TOML can hold")
        .into_iter()
        .map(|(knob, _)| knob)
        .filter(|knob| knob != NAME)
        .collect();
    knobs.push(LIKE.into());
    knobs
}

/// The key of a knob in the environment, `profiles_classroom_nick_taken`, as it stands in a file.
pub(super) fn key_of(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix("profiles_")?;
    let split = |knob: &String| Some(key(rest.strip_suffix(knob.as_str())?.strip_suffix('_')?, knob));
    knobs().iter().find_map(split)
}

/// Flags of the form `PROFILE.KNOB=VALUE`, as a table.
pub(super) fn from_flags(flags: &[String]) -> Result<Dict, String> {
    let mut profiles: BTreeMap<String, Dict> = BTreeMap::new();
    for flag in flags {
        let (name, rest) = flag.split_once('.').unwrap_or(("", flag));
        let Some((knob, value)) = rest.split_once('=').filter(|_| !name.is_empty()) else {
            return Err(format!("{flag:?} is no knob; write PROFILE.KNOB=VALUE, such as classroom.capacity=5"));
        };
        let Ok(value) = value.parse::<Value>();
        profiles.entry(name.to_owned()).or_default().insert(knob.to_owned(), value);
    }
    Ok(profiles.into_iter().map(|(name, knobs)| (name, Value::from(knobs))).collect())
}

fn key(profile: &str, knob: &str) -> String {
    format!("{TABLE}.{profile}.{knob}")
}

/// What the profile of that name is before its knobs are set.
fn begin(name: &str, knobs: &BTreeMap<String, Knob>) -> Result<Profile, Wrong> {
    let wrong = |sentence: String| Err((format!("{TABLE}.{name}"), sentence));
    let like = knobs.get(LIKE);
    match (Profile::named(name), like) {
        (Some(profile), None) => Ok(profile),
        (Some(_), Some(_)) => wrong(format!("{name} comes with Hobnob and is like itself; leave `{LIKE}` out")),
        (None, None) => wrong(format!(
            "{}; a profile of your own says which of them it is like: {LIKE} = \"open\"",
            one_of(name, Profile::NAMES)
        )),
        (None, Some(Knob::Text(like))) => {
            if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)) {
                return wrong("a profile's name has small letters, digits, - and _".into());
            }
            let found = Profile::named(like).ok_or_else(|| (key(name, LIKE), one_of(like, Profile::NAMES)))?;
            Ok(Profile { name: name.to_owned(), ..found })
        }
        (None, Some(_)) => wrong(format!("`{LIKE}` is the name of a profile: {}", Profile::NAMES.join(", "))),
    }
}

/// Sets one knob.
fn set(profile: Profile, knob: &str, value: &Knob) -> Result<Profile, String> {
    let mut fields = serde_json::to_value(profile).expect("a profile is JSON");
    let table = fields.as_object_mut().expect("a profile has fields");
    if knob == NAME || !table.contains_key(knob) {
        let knobs = knobs();
        return Err(one_of(knob, &knobs.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    let listed;
    let value = match value {
        Knob::Text(text) if knob == DIALECTS => {
            listed = Knob::List(text.split(',').map(|one| one.trim().to_owned()).collect());
            &listed
        }
        Knob::Number(0) if knob == CAPACITY => return Err("0 makes no sense here; the least is 1".into()),
        Knob::List(list) if knob == DIALECTS && list.is_empty() => {
            return Err("a listener takes at least one dialect".into());
        }
        other => other,
    };
    table.insert(knob.to_owned(), serde_json::to_value(value).expect("what people write is JSON"));
    let profile: Profile = serde_json::from_value(fields).map_err(|error| error.to_string())?;
    match profile.dialects.iter().find(|dialect| dialect.is_of_web()) {
        Some(dialect) => Err(format!(
            "{} comes over websockets alone, which have a port of their own whatever the profile; see `--ws`",
            dialect.name().to_lowercase()
        )),
        None => Ok(profile),
    }
}
