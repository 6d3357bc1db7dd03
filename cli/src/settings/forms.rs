//! The forms that people write lists, times and addresses in.

use super::{NOBODY, OFF};
use hobnob_machine::network::Network;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A list; in the environment it stands in one line, with commas.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// All that are named.
    pub(crate) fn all(&self) -> Vec<&str> {
        match self {
            Self::One(all) => all.split(',').map(str::trim).collect(),
            Self::Many(all) => all.iter().map(String::as_str).collect(),
        }
    }

    /// Addresses and networks, or the word for none.
    pub(crate) fn networks(&self) -> Result<Vec<Network>, String> {
        match self.all().as_slice() {
            [NOBODY] => Ok(Vec::new()),
            all => {
                all.iter().map(|text| text.parse().map_err(|why| format!("{text:?} is no network: {why}"))).collect()
            }
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

/// A time such as `30s`, or the word for none.
pub(crate) fn span(text: &str, none: &str) -> Result<Option<Duration>, String> {
    if text == none || (none == OFF && text == "0") {
        return Ok(None);
    }
    match humantime::parse_duration(text) {
        Ok(time) if time.is_zero() && none == OFF => Ok(None),
        Ok(time) => Ok(Some(time)),
        Err(error) => Err(format!("{}; write 30s, 2h or {none}", no_time(text, &error))),
    }
}

/// What is wrong with a time; most often its unit is missing.
fn no_time(text: &str, error: &humantime::DurationError) -> String {
    match text.parse::<u64>() {
        Ok(number) => format!("{number} of what? A time has a unit"),
        Err(_) => format!("{text:?} is no time: {error}"),
    }
}

/// A time such as `5s`; of all times only 0 needs no unit.
pub(crate) fn milliseconds(text: &str) -> Result<u64, String> {
    if text == "0" {
        return Ok(0);
    }
    let time = humantime::parse_duration(text).map_err(|error| {
        let number = text.parse().unwrap_or(30_u64);
        format!("{}; write {number}s or 10m", no_time(text, &error))
    })?;
    Ok(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
