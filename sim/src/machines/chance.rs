//! What the plan leaves open, drawn from its seed, and panics that are findings.
//!
//! Every draw is a hash of what it is for, so that a plan with a line less draws the same for all that is left.

use crate::plan::Ms;
use std::cell::{Cell, RefCell};
use std::panic::{self, UnwindSafe};
use std::sync::Once;

/// Draws a number for something.
pub(super) fn draw(seed: u64, what: &str, a: u64, b: u64) -> u64 {
    let what = what.bytes().fold(0_u64, |sum, byte| sum.rotate_left(8) ^ u64::from(byte));
    mix(mix(mix(seed ^ what) ^ a) ^ b)
}

/// Draws a time between two, both included.
pub(super) fn between(drawn: u64, (low, high): (Ms, Ms)) -> Ms {
    low + drawn % (high.saturating_sub(low) + 1)
}

const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs something whose panic is a finding and not a crash: returns what it said and where, and prints nothing.
pub(crate) fn quietly<T>(run: impl FnOnce() -> T + UnwindSafe) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                return usual(info);
            }
            let place = info.location().map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
            let said = info.payload_as_str().unwrap_or("a panic without a word");
            SAID.set(format!("{said}{place}"));
        }));
    });
    let before = QUIET.replace(true);
    let ran = panic::catch_unwind(run);
    QUIET.set(before);
    ran.map_err(|_| SAID.take())
}
