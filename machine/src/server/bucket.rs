//! A token bucket: so many at once, so many a second in the long run. Whole numbers only, so that it is the same
//! on every machine.

use hobnob_spec::messages::Time;
use serde::{Deserialize, Serialize};

/// Tokens are counted in thousandths: a rate of one a second is one thousandth a millisecond.
const TOKEN: u64 = 1_000;

/// How many at once, and how many a second; a rate of 0 sets no limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) burst: u64,
    pub(super) per_second: u64,
}

/// What has been spent lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Bucket {
    /// Thousandths of tokens that were missing to a full bucket at `at`.
    spent: u64,
    at: Time,
}

impl Bucket {
    /// Whether there is a token.
    pub(super) fn ready(&self, now: Time, rate: Rate) -> bool {
        rate.per_second == 0 || self.missing(now, rate) + TOKEN <= full(rate)
    }

    /// Whether nothing is missing.
    pub(super) fn is_full(&self, now: Time, rate: Rate) -> bool {
        rate.per_second == 0 || self.missing(now, rate) == 0
    }

    /// Whether some were taken lately, and fewer than three tokens are left: one for now, and one at most for later.
    pub(super) fn is_low(&self, now: Time, rate: Rate) -> bool {
        !self.is_full(now, rate) && self.missing(now, rate) + 3 * TOKEN > full(rate)
    }

    /// Takes a token, whether or not there is one.
    pub(super) fn spend(&mut self, now: Time, rate: Rate) {
        self.spent = (self.missing(now, rate) + TOKEN).min(full(rate));
        self.at = now;
    }

    fn missing(&self, now: Time, rate: Rate) -> u64 {
        self.spent.saturating_sub(now.since(self.at).saturating_mul(rate.per_second))
    }
}

/// What a full bucket holds.
fn full(rate: Rate) -> u64 {
    rate.burst.max(1).saturating_mul(TOKEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_followed_by_the_rate() {
        let rate = Rate { burst: 3, per_second: 2 };
        let mut bucket = Bucket::default();
        let start = Time(1_000_000);
        for _ in 0..3 {
            assert!(bucket.ready(start, rate));
            bucket.spend(start, rate);
        }
        assert!(!bucket.ready(start.plus(499), rate));
        assert!(bucket.ready(start.plus(500), rate), "half a second brings one of two a second");
        bucket.spend(start.plus(500), rate);
        assert!(!bucket.ready(start.plus(500), rate));
        assert!(bucket.ready(start.plus(60_000), rate));
    }

    #[test]
    fn a_rate_of_zero_sets_no_limit() {
        let rate = Rate { burst: 0, per_second: 0 };
        let mut bucket = Bucket::default();
        for _ in 0..1_000 {
            assert!(bucket.ready(Time(5), rate));
            bucket.spend(Time(5), rate);
        }
    }
}
