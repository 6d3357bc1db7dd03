//! Times on the command line: RFC 3339, a date or a date and time of this place, or how long ago.

use hobnob_spec::messages::Time;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Reads a time.
pub(crate) fn parse(text: &str) -> Result<Time, String> {
    parse_at(text, &Zoned::now())
}

fn parse_at(text: &str, now: &Zoned) -> Result<Time, String> {
    let at = exact(text, now.time_zone()).or_else(|| ago(text, now)).ok_or(
        "a time is 2026-11-21, '2026-11-21 15:30', 2026-11-21T15:30:00.123+01:00, or how long ago, like 90s, 1h or 2days",
    )?;
    u64::try_from(at.as_millisecond()).map(Time).map_err(|_| "there was no chat before 1970".to_owned())
}

fn exact(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local = text.parse::<DateTime>().ok()?;
    local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

fn ago(text: &str, now: &Zoned) -> Option<Timestamp> {
    let span = humantime::parse_duration(text).ok()?;
    now.timestamp().checked_sub(span).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_all_their_forms() {
        let now: Zoned = "2026-11-21T12:00:00+01:00[Europe/Berlin]".parse().expect("a time");
        let hour = |text| parse_at(text, &now).expect("a time").0 / 3_600_000;
        let noon = hour("2026-11-21T12:00:00+01:00");
        assert_eq!(hour("2026-11-21T11:00:00Z"), noon);
        assert_eq!(hour("2026-11-21 12:00"), noon);
        assert_eq!(hour("2026-11-21"), noon - 12);
        assert_eq!(hour("2h"), noon - 2);
        assert_eq!(parse_at("2026-11-21T11:00:00.123Z", &now).expect("a time").0 % 1000, 123);
        assert!(parse_at("soon", &now).is_err_and(|error| error.contains("how long ago")));
        assert!(parse_at("1960-01-01", &now).is_err_and(|error| error.contains("1970")));
    }
}
