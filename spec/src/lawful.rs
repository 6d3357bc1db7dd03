//! Makes a table lawful: what every table needs to state its laws and to have them checked while compiling.
//!
//! Owns the `lawful!` macro and nothing else. A `const fn` cannot be generic over enums, so each table gets its own
//! copy of these few functions from here.

/// Checks all laws over all cells while compiling, and gives the laws their common verbs.
///
/// The module brings `State`, `Event`, `Law`, `Guard`, `Effect`, `Alarm`, `Row`, `cell`, and
/// `const fn holds(Law, State, Event, &[Row]) -> bool`, which asks `rows_obey` where a law is one of single rows:
/// `const fn row_obeys(Law, State, Event, &Row) -> bool`.
macro_rules! lawful {
    ($what:literal) => {
        /// The first law that a cell breaks, if any.
        pub const fn broken_law(state: State, event: Event) -> Option<Law> {
            let rows = cell(state, event);
            let mut at = 0;
            while at < Law::ALL.len() {
                let law = Law::ALL[at];
                if !holds(law, state, event, rows) {
                    return Some(law);
                }
                at += 1;
            }
            None
        }

        const _: () = {
            let mut s = 0;
            while s < State::ALL.len() {
                let mut e = 0;
                while e < Event::ALL.len() {
                    if let Some(law) = broken_law(State::ALL[s], Event::ALL[e]) {
                        stop_the_build(State::ALL[s], Event::ALL[e], law);
                    }
                    e += 1;
                }
                s += 1;
            }
        };

        const fn stop_the_build(state: State, event: Event, law: Law) {
            let (state, event) = (state.name(), event.name());
            let parts =
                ["the ", $what, " cell (", state, ", ", event, ") breaks the law ", law.name(), ": ", law.meaning()];
            let mut text = [b' '; 300];
            let mut end = 0;
            let mut p = 0;
            while p < parts.len() {
                let part = parts[p].as_bytes();
                let mut b = 0;
                while b < part.len() && end < text.len() {
                    text[end] = part[b];
                    end += 1;
                    b += 1;
                }
                p += 1;
            }
            match std::str::from_utf8(&text) {
                Ok(text) => panic!("{}", text.trim_ascii()),
                Err(_) => panic!("the laws are written in ASCII"),
            }
        }

        const fn ends_in_always(rows: &[Row]) -> bool {
            let mut at = 0;
            while at < rows.len() {
                if matches!(rows[at].0, Guard::Always) != (at + 1 == rows.len()) {
                    return false;
                }
                at += 1;
            }
            true
        }

        const fn guard_once(rows: &[Row]) -> bool {
            let mut a = 0;
            while a < rows.len() {
                let mut b = a + 1;
                while b < rows.len() {
                    if rows[a].0.index() == rows[b].0.index() {
                        return false;
                    }
                    b += 1;
                }
                a += 1;
            }
            true
        }

        /// Whether each row by itself obeys the law.
        const fn rows_obey(law: Law, state: State, event: Event, rows: &[Row]) -> bool {
            let mut at = 0;
            while at < rows.len() {
                if !row_obeys(law, state, event, &rows[at]) {
                    return false;
                }
                at += 1;
            }
            true
        }

        /// Whether this alarm is set.
        const fn arms(effects: &[Effect], alarm: Alarm) -> bool {
            let mut at = 0;
            while at < effects.len() {
                if let Effect::Arm(set) = effects[at]
                    && set.index() == alarm.index()
                {
                    return true;
                }
                at += 1;
            }
            false
        }

        /// How often an effect of this name is among the effects, whatever it carries.
        const fn count(effects: &[Effect], effect: Effect) -> usize {
            let mut sum = 0;
            let mut at = 0;
            while at < effects.len() {
                sum += (effects[at].index() == effect.index()) as usize;
                at += 1;
            }
            sum
        }

        const fn has(effects: &[Effect], effect: Effect) -> bool {
            count(effects, effect) > 0
        }

        /// Whether the wanted effects are among the effects in this order, whatever they carry.
        const fn in_order(effects: &[Effect], wanted: &[Effect]) -> bool {
            let mut found = 0;
            let mut at = 0;
            while at < effects.len() {
                if found < wanted.len() && effects[at].index() == wanted[found].index() {
                    found += 1;
                }
                at += 1;
            }
            found == wanted.len()
        }
    };
}
pub(crate) use lawful;
