//! The forms that people write numbers, times and limits in.

use super::LOCAL;
use crate::settings::{OFF, milliseconds, one_of};
use hobnob_spec::limits::{HISTORY_FRAME_BYTES, Limits};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A limit as people write it: a number, a time such as `2m`, or `off`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Amount {
    Number(u64),
    Text(String),
}

/// A limit in its form for people.
pub(super) fn shown(name: &str, value: u64) -> Amount {
    if name.ends_with("_ms") {
        Amount::Text(humantime::format_duration(Duration::from_millis(value)).to_string())
    } else if value == 0 && name.ends_with("_per_second") {
        Amount::Text(OFF.into())
    } else {
        Amount::Number(value)
    }
}

/// Whose clocks are shown: `utc`, `local`, an offset such as `+02:00`, or a place such as `Europe/Berlin`.
pub(super) fn time_zone(text: &str) -> Result<TimeZone, String> {
    if text == LOCAL {
        return Ok(TimeZone::system());
    }
    if text.eq_ignore_ascii_case("utc") {
        return Ok(TimeZone::UTC);
    }
    if text.starts_with(['+', '-']) {
        let offset = jiff::fmt::temporal::DateTimeParser::new().parse_time_zone(text);
        return offset.map_err(|error| format!("{text:?} is no offset such as +02:00: {error}"));
    }
    TimeZone::get(text).map_err(|_| format!("there is no zone {text:?}; write utc, local, +02:00 or Europe/Berlin"))
}

pub(super) fn set_limit(limits: &mut Limits, name: &str, amount: &Amount) -> Result<(), String> {
    let number = match amount {
        Amount::Text(text) if text == OFF && is_off_at_0(name) => 0,
        Amount::Number(number) if name.ends_with("_ms") => milliseconds(&number.to_string())?,
        Amount::Text(text) if name.ends_with("_ms") => milliseconds(text)?,
        Amount::Number(number) => *number,
        Amount::Text(text) => text.parse().map_err(|error| format!("{text:?} is no number: {error}"))?,
    };
    let mut all: BTreeMap<&str, u64> = Limits::TABLE.iter().map(|(name, ..)| *name).zip(limits.values()).collect();
    let Some(value) = all.get_mut(name) else {
        let names: Vec<&str> = Limits::TABLE.iter().map(|(name, ..)| *name).collect();
        return Err(one_of(name, &names));
    };
    let least = least(name);
    if number < least {
        let unit = if name.ends_with("_ms") { " ms" } else { "" };
        return Err(format!("{number}{unit} makes no sense here; the least is {least}{unit}"));
    }
    *value = number;
    let all: BTreeMap<String, u64> = all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let value = serde_json::to_value(all).expect("numbers with names are JSON");
    *limits = serde_json::from_value(value).expect("every limit has its number");
    Ok(())
}

/// Whether the limit can be written as `off`.
pub(super) fn is_off_at_0(name: &str) -> bool {
    least(name) == 0 && (name.ends_with("_ms") || name.ends_with("_per_second"))
}

/// The least value of a limit with which a server is of any use.
pub(super) fn least(name: &str) -> u64 {
    match name {
        "say_per_second" | "ask_per_second" | "resume_ms" | "mute_memory_ms" => 0,
        "mail_max" | "mail_age_ms" | "waiting_conversations_max" => 0,
        // Whoever reads at once has to get the history.
        "outbox_bytes_max" => HISTORY_FRAME_BYTES as u64,
        _ => 1,
    }
}
