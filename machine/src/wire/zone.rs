//! How far the clocks on the wall are from UTC, and what they show: for dialects that write the time of day.
//!
//! Knows one offset, and no rules of summer time: whoever owns the machine's shell looks those up, for as long as a
//! connection or a turn lasts.

use hobnob_spec::messages::Time;

/// So many seconds are clocks ahead of UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Zone(pub i32);

impl Zone {
    /// Clocks that show UTC.
    pub const UTC: Self = Self(0);

    /// What clocks show, as `20:36:22`.
    pub fn time(self, at: Time) -> String {
        let second = self.seconds(at).rem_euclid(86_400);
        format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
    }

    /// What calendars show, as `2026-11-21`.
    pub fn date(self, at: Time) -> String {
        // Years of this reckoning begin in March, so that a leap day is the last of its year, in eras of 400 years.
        let days = self.seconds(at).div_euclid(86_400) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + i64::from(month <= 2);
        format!("{year:04}-{month:02}-{day:02}")
    }

    fn seconds(self, at: Time) -> i64 {
        i64::try_from(at.0 / 1_000).expect("a u64's thousandth is an i64") + i64::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(zone: Zone, second: u64) -> String {
        format!("{} {}", zone.date(Time(second * 1_000)), zone.time(Time(second * 1_000)))
    }

    #[test]
    fn clocks_and_calendars_show_what_they_should() {
        let shows = [
            (0, 0, "1970-01-01 00:00:00"),
            (0, 951_782_399, "2000-02-28 23:59:59"),
            (0, 951_782_400, "2000-02-29 00:00:00"),
            (0, 1_709_251_199, "2024-02-29 23:59:59"),
            (0, 1_735_689_599, "2024-12-31 23:59:59"),
            (7_200, 1_735_689_599, "2025-01-01 01:59:59"),
            (-3_600, 0, "1969-12-31 23:00:00"),
            (19_800, 4_107_542_400, "2100-03-01 05:30:00"),
        ];
        for (offset, second, wanted) in shows {
            assert_eq!(shown(Zone(offset), second), wanted);
        }
    }
}
