//! What is expected of a run: one line, read once, and compared with what happened.

use crate::chronicle::{Dir, Moment};
use crate::diagram::{Flights, Landing};
use crate::plan::line::write_time;
use crate::plan::{FaultKind, Ms, Plan};
use crate::promise::Promise;
use crate::witness::Outcome;
use hobnob_spec::words::Words;
use hobnob_spec::{client, session};

/// How many of the things that somebody saw are told when what was expected is not among them.
const TOLD: usize = 6;

/// How often something must be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once at least.
    Ever,
    /// So often exactly; 0 is never.
    Exactly(u64),
}

/// Something that must be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// Somebody is shown (or, being rude, is sent) something.
    Sees {
        /// Who.
        who: usize,
        /// What, in the words of diagrams without numbers.
        what: String,
        /// How often.
        times: Times,
    },
    /// Somebody is shown one thing before another.
    SeesBefore {
        /// Who.
        who: usize,
        /// What comes first.
        first: String,
        /// What comes later.
        then: String,
    },
    /// A client is in, or out, when the world ends, as far as it knows.
    AtTheEnd {
        /// Who.
        who: usize,
        /// Whether it is in.
        is_in: bool,
    },
    /// A row of the session table fires.
    Row {
        /// State, event, and place in the cell.
        row: (session::State, session::Event, u8),
        /// How often.
        times: Times,
    },
    /// A row of a client's table fires; says nothing where nobody sees those rows.
    ClientRow {
        /// State, event, and place in the cell.
        row: (client::State, client::Event, u8),
        /// How often.
        times: Times,
    },
    /// The server starts.
    Starts(Times),
    /// A fault is carried out.
    Happens {
        /// Of which kind.
        kind: FaultKind,
        /// How often.
        times: Times,
    },
    /// A promise is broken.
    Breaks(Promise),
}

impl Expect {
    /// Reads a line. Fails with what to do.
    pub fn read(plan: &Plan, line: &str) -> Result<Self, String> {
        if let Some(name) = line.strip_prefix("breaks ") {
            let names = || Promise::ALL.iter().map(|promise| promise.name()).collect::<Vec<_>>().join(", ");
            let promise = Promise::named(name.trim());
            return promise
                .map(Self::Breaks)
                .ok_or_else(|| format!("there is no such promise; there are: {}", names()));
        }
        if let Some(rest) = line.strip_prefix("row ") {
            let (row, times) = read_row(rest, session::cell, |row| row.0)?;
            return Ok(Self::Row { row, times });
        }
        if let Some(rest) = line.strip_prefix("client row ") {
            let (row, times) = read_row(rest, client::cell, |row| row.0)?;
            return Ok(Self::ClientRow { row, times });
        }
        if let Some(rest) = line.strip_prefix("the server starts ") {
            return match read_times(&format!("starts {rest}")) {
                ("starts", times @ Times::Exactly(_)) => Ok(Self::Starts(times)),
                _ => Err("write `the server starts 2 times`".into()),
            };
        }
        let (name, rest) = line.split_once(' ').ok_or("nothing is said of what is expected")?;
        if let ("happens", times) = read_times(rest) {
            let kind = FaultKind::named(name).ok_or_else(|| format!("`{name}` is no kind of fault; `partition` is"))?;
            return Ok(Self::Happens { kind, times });
        }
        if rest == "never happens" {
            let kind = FaultKind::named(name).ok_or_else(|| format!("`{name}` is no kind of fault; `partition` is"))?;
            return Ok(Self::Happens { kind, times: Times::Exactly(0) });
        }
        let who = plan.find(name).ok_or_else(|| format!("nobody is called `{name}`"))?;
        read_sight(plan, who, rest)
    }

    /// What is wrong, in a sentence; `None` when it is as it must be.
    pub fn wrong(&self, plan: &Plan, outcome: &Outcome) -> Option<String> {
        match self {
            Self::Sees { who, what, times } => {
                let seen = seen_by(plan, outcome, *who);
                let found: Vec<_> = seen.iter().filter(|(_, text)| matches(text, what)).collect();
                let name = plan.name_of(*who);
                times.wrong(found.len() as u64, &format!("{name} saw it")).map(|wrong| match found.as_slice() {
                    [] => format!("{wrong}; {}", what_was_seen(name, &seen)),
                    _ => format!("{wrong}: {}", told(&found)),
                })
            }
            Self::SeesBefore { who, first, then } => seen_before(plan, outcome, *who, first, then),
            Self::AtTheEnd { who, is_in } => {
                let (was_in, since) = is_in_at_the_end(outcome, *who);
                let state = if was_in { "in" } else { "out" };
                (was_in != *is_in).then(|| {
                    format!("{} is {state}, as far as it knows, since {}", plan.name_of(*who), write_time(since))
                })
            }
            Self::Row { row, times } => {
                let is_it = |moment: &Moment| match moment {
                    Moment::Fired(fired) => (fired.state, fired.event, fired.row) == *row,
                    _ => false,
                };
                times.wrong(count(outcome, is_it), "it fired")
            }
            Self::ClientRow { row, times } => {
                let is_it = |moment: &Moment| match moment {
                    Moment::ClientFired { fired, .. } => (fired.state, fired.event, fired.row) == *row,
                    _ => false,
                };
                let seen = count(outcome, |moment| matches!(moment, Moment::ClientFired { .. }));
                if seen == 0 { None } else { times.wrong(count(outcome, is_it), "it fired") }
            }
            Self::Starts(times) => {
                times.wrong(count(outcome, |moment| matches!(moment, Moment::Started { .. })), "it started")
            }
            Self::Happens { kind, times } => {
                let happened = outcome.tally.faults.get(kind).copied().unwrap_or(0);
                times.wrong(happened, &format!("it was carried out ({})", kind.meaning()))
            }
            Self::Breaks(promise) => {
                let is_broken = outcome.broken.iter().any(|breach| breach.promise == *promise);
                (!is_broken)
                    .then(|| "it was kept; if the bug is mended, expect what is right in this line's place".into())
            }
        }
    }
}

impl Times {
    fn wrong(self, found: u64, what: &str) -> Option<String> {
        match self {
            Self::Ever if found > 0 => None,
            Self::Exactly(times) if times == found => None,
            Self::Ever => Some(format!("{what} never")),
            Self::Exactly(times) => Some(format!("{what} {} and not {}", in_words(found), in_words(times))),
        }
    }
}

fn in_words(times: u64) -> String {
    match times {
        0 => "never".into(),
        1 => "once".into(),
        _ => format!("{times} times"),
    }
}

/// Splits how often off the end.
fn read_times(text: &str) -> (&str, Times) {
    if let Some(rest) = text.strip_suffix(" once") {
        return (rest, Times::Exactly(1));
    }
    let times = text.strip_suffix(" times").and_then(|rest| rest.rsplit_once(' '));
    match times.and_then(|(rest, number)| Some((rest, number.parse().ok()?))) {
        Some((rest, number)) => (rest, Times::Exactly(number)),
        None => (text, Times::Ever),
    }
}

fn read_sight(plan: &Plan, who: usize, rest: &str) -> Result<Expect, String> {
    let at_the_end = |is_in| match plan.is_rude(who) {
        true => Err("whether the rude are in, nobody knows; say what they are told".to_owned()),
        false => Ok(Expect::AtTheEnd { who, is_in }),
    };
    match rest {
        "is in at the end" => return at_the_end(true),
        "is out at the end" => return at_the_end(false),
        _ => {}
    }
    let nothing = |what: &str| if what.is_empty() { Err("nothing is said of what".to_owned()) } else { Ok(()) };
    for never in ["never sees ", "is never told "] {
        if let Some(what) = rest.strip_prefix(never) {
            nothing(what)?;
            return Ok(Expect::Sees { who, what: what.to_owned(), times: Times::Exactly(0) });
        }
    }
    for sees in ["sees ", "is told "] {
        let Some(what) = rest.strip_prefix(sees) else { continue };
        if let Some((first, then)) = what.split_once(" before ") {
            return Ok(Expect::SeesBefore { who, first: first.to_owned(), then: then.to_owned() });
        }
        let (what, times) = read_times(what);
        nothing(what)?;
        return Ok(Expect::Sees { who, what: what.to_owned(), times });
    }
    Err(format!(
        "`{rest}` is nothing that can be expected of somebody; write `sees …`, `never sees …`, `is told …`, \
         `is in at the end` or `is out at the end`"
    ))
}

/// Reads `(State, Event) Guard fires`.
fn read_row<State: Words, Event: Words, Guard: Words, Row: 'static>(
    text: &str,
    cell: impl Fn(State, Event) -> &'static [Row],
    guard_of: impl Fn(&Row) -> Guard,
) -> Result<((State, Event, u8), Times), String> {
    let form = || "write `row (State, Event) Guard fires`, `… fires 3 times` or `… never fires`".to_owned();
    let (cell_text, rest) = text.strip_prefix('(').and_then(|text| text.split_once(") ")).ok_or_else(form)?;
    let (state, event) = cell_text.split_once(", ").ok_or_else(form)?;
    let state = named::<State>(state)?;
    let event = named::<Event>(event)?;
    let (guard, times) = match rest.strip_suffix(" never fires") {
        Some(guard) => (guard, Times::Exactly(0)),
        None => {
            let (fires, times) = read_times(rest);
            (fires.strip_suffix(" fires").ok_or_else(form)?, times)
        }
    };
    let guard = named::<Guard>(guard)?;
    let rows = cell(state, event);
    let place = rows.iter().position(|row| guard_of(row) == guard);
    let guards = || rows.iter().map(|row| guard_of(row).name()).collect::<Vec<_>>().join(", ");
    let place = place.ok_or_else(|| format!("({state}, {event}) has no row for {guard}; it has: {}", guards()))?;
    Ok(((state, event, u8::try_from(place).expect("a cell has a few rows")), times))
}

fn named<Word: Words>(name: &str) -> Result<Word, String> {
    let all = || Word::ALL.iter().map(|word| word.name()).collect::<Vec<_>>().join(", ");
    let found = Word::ALL.iter().copied().find(|word| word.name() == name);
    found.ok_or_else(|| format!("there is no `{name}` here; there are: {}", all()))
}

/// What somebody saw, and when.
fn seen_by<'a>(plan: &Plan, outcome: &'a Outcome, who: usize) -> Vec<(Ms, &'a str)> {
    let moments = &outcome.chronicle.moments;
    if plan.is_rude(who) {
        let flights = Flights::of(&outcome.chronicle);
        let heard = |(place, (at, moment)): (usize, &'a (Ms, Moment))| match moment {
            // Lines of text.
            Moment::Shown { client, text } if *client == who => Some((*at, text.as_str())),
            Moment::Sent { client, dir: Dir::Down, text, .. } if *client == who => match flights.at(place)?.end {
                Landing::Arrived(_, at) => Some((at, text.as_str())),
                Landing::Lost | Landing::UnderWay => None,
            },
            _ => None,
        };
        return moments.iter().enumerate().filter_map(heard).collect();
    }
    let shown = |(at, moment): &'a (Ms, Moment)| match moment {
        Moment::Shown { client, text } if *client == who => Some((*at, text.as_str())),
        _ => None,
    };
    moments.iter().filter_map(shown).collect()
}

fn seen_before(plan: &Plan, outcome: &Outcome, who: usize, first: &str, then: &str) -> Option<String> {
    let (seen, name) = (seen_by(plan, outcome, who), plan.name_of(who));
    let find = |what: &str| seen.iter().position(|(_, text)| matches(text, what));
    match (find(first), find(then)) {
        (Some(earlier), Some(later)) if earlier < later => None,
        (None, _) => Some(format!("{name} never saw `{first}`; {}", what_was_seen(name, &seen))),
        (_, None) => Some(format!("{name} never saw `{then}`; {}", what_was_seen(name, &seen))),
        (Some(later), Some(earlier)) => {
            Some(format!("{name} saw it the other way round: {}", told(&[&seen[earlier], &seen[later]])))
        }
    }
}

fn what_was_seen(name: &str, seen: &[(Ms, &str)]) -> String {
    let last: Vec<_> = seen.iter().skip(seen.len().saturating_sub(TOLD)).collect();
    if last.is_empty() {
        format!("{name} saw nothing at all")
    } else {
        format!("the last that {name} saw: {}", told(&last))
    }
}

fn told(seen: &[&(Ms, &str)]) -> String {
    let told = |(at, text): &&(Ms, &str)| format!("at {} `{text}`", write_time(*at));
    seen.iter().map(told).collect::<Vec<_>>().join(", ")
}

/// Whether a client believes to be in when the world ends, and since when it has believed so.
fn is_in_at_the_end(outcome: &Outcome, who: usize) -> (bool, Ms) {
    let mut is_in = (false, 0);
    for (at, moment) in &outcome.chronicle.moments {
        let now = match moment {
            Moment::Shown { client, text } if *client == who => match text.as_str() {
                text if text.starts_with("welcome as ") || text.starts_with("back as ") => true,
                "connection lost" | "out" => false,
                text if text.starts_with("goodbye ") => false,
                _ => continue,
            },
            Moment::Wished { client, text } if *client == who && text == "dies" => false,
            _ => continue,
        };
        if now != is_in.0 {
            is_in = (now, *at);
        }
    }
    is_in
}

fn count(outcome: &Outcome, is_it: impl Fn(&Moment) -> bool) -> u64 {
    outcome.chronicle.moments.iter().filter(|(_, moment)| is_it(moment)).count() as u64
}

/// Whether `what` is in `text` as whole words up to its end, or to a comma, or to an arrow; numbers of messages do not count.
fn matches(text: &str, what: &str) -> bool {
    let (text, what) = (without_numbers(text), without_numbers(what));
    text.match_indices(&what).any(|(place, _)| {
        let (before, after) = (&text[..place], &text[place + what.len()..]);
        (before.is_empty() || before.ends_with(' '))
            && (after.is_empty() || after.starts_with(',') || after.starts_with(" → "))
    })
}

fn without_numbers(text: &str) -> String {
    let is_number = |word: &&str| {
        word.strip_prefix('#')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.split(' ').filter(|word| !is_number(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_compared_word_by_word() {
        assert!(matches("lobby #7 ann: hello", "ann: hello"));
        assert!(matches("lobby #7 ann: hello", "lobby ann: hello"));
        assert!(matches("says in lobby: hello → posted #7", "posted"));
        assert!(matches("refused NickTaken, for 3s", "refused NickTaken"));
        assert!(!matches("lobby #8 ann: hello again", "ann: hello"));
        assert!(!matches("lobby #8 joann: hello", "ann: hello"));
        assert!(!matches("lobby #8 ann: spam 10", "ann: spam 1"));
    }
}
