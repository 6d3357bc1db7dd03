//! Those who speak a text dialect: what they hear is compared with the log, line by line.
//!
//! Owns how far each has heard of each room. Where a power cut may take what was said, nothing is judged: numbers come
//! again.

use super::Judge;
use super::book::Where;
use crate::plan::{Deed, Durability, Ms, Plan, What};
use crate::promise::{Breach, Promise};
use hobnob_spec::messages::Body;
use std::collections::{BTreeMap, BTreeSet};

/// What those hear who speak a text dialect.
#[derive(Debug, Clone, Default)]
pub(super) struct Ears {
    /// Whether there is anybody.
    listens: bool,
    /// What clients said and is not in the log.
    unstored: BTreeSet<String>,
    /// The last message of a room that somebody heard over the latest connection.
    last: BTreeMap<(usize, Where), u64>,
}

impl Ears {
    pub(super) fn of(plan: &Plan) -> Self {
        let types = plan.steps.iter().any(|step| matches!(step.what, What::Does(_, Deed::Type { .. })));
        Self { listens: types && plan.setting.durability == Durability::Always, ..Self::default() }
    }

    /// Something was said, which the log may get.
    pub(super) fn spoken(&mut self, text: &str) {
        if self.listens {
            self.unstored.insert(text.trim().to_owned());
        }
    }

    /// The log has it.
    pub(super) fn stored(&mut self, text: &str) {
        self.unstored.remove(text.trim());
    }
}

impl Judge {
    /// Somebody has another connection: history comes again.
    pub fn connects(&mut self, who: usize) {
        self.ears.last.retain(|(other, _), _| *other != who);
    }

    /// Somebody hears a line.
    pub fn heard(&mut self, at: Ms, who: usize, line: &str) -> Vec<Breach> {
        if self.ears.listens {
            self.hears(at, who, line);
        }
        self.take()
    }

    fn hears(&mut self, at: Ms, who: usize, line: &str) {
        let (mut again, mut next) = (None, None);
        for (place, book) in self.books.iter().filter(|(place, _)| matches!(place, Where::Room(_))) {
            let last = self.ears.last.get(&(who, *place)).copied();
            for kept in book.kept.iter().rev() {
                let Body::Text(text) = &kept.entry.body else { continue };
                if holds(line, text.as_str()) && holds(line, kept.entry.nick.as_str()) {
                    let number = kept.entry.number;
                    if last.is_some_and(|last| number <= last) {
                        again = again.or(Some((number, last)));
                        break;
                    }
                    next = Some((*place, number));
                }
            }
        }
        let name = &self.people[who];
        if let Some((place, number)) = next {
            self.ears.last.insert((who, place), number);
        } else if let Some((number, last)) = again {
            let sentence = format!("{name} hears {line:?}, which is #{number}, after #{}", last.unwrap_or_default());
            self.broke(Promise::OneOrder, at, sentence);
        } else if let Some(text) = self.ears.unstored.iter().find(|text| text.len() > 2 && holds(line, text)) {
            let sentence = format!("{name} hears {line:?}, and {text:?} was never taken into the log");
            self.broke(Promise::MutedUnheard, at, sentence);
        }
    }
}

/// Whether a line holds a text, and not as a part of a longer word.
fn holds(line: &str, text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '*' | '~' | '_');
    !text.is_empty()
        && line
            .match_indices(text)
            .any(|(at, _)| !line[..at].ends_with(is_word) && !line[at + text.len()..].starts_with(is_word))
}

#[cfg(test)]
mod tests {
    use super::super::book::{Book, Kept, Seen};
    use super::*;
    use hobnob_spec::messages::{Entry, Time};
    use hobnob_spec::names::{Nick, Text};
    use std::sync::Arc;

    /// A judge of a world in which ann said some texts in the lobby, and dan listens.
    fn judge(texts: &[&str]) -> Judge {
        let text =
            "name = ''\nclients = ['ann']\nrude = ['dan']\nheal = '1s'\nend = '2s'\nsteps = ['0s dan types: dan']";
        let mut judge = Judge::new(&toml::from_str(text).expect("it is a plan"));
        let kept = |(place, text): (usize, &&str)| Kept {
            entry: Arc::new(Entry {
                number: place as u64 + 1,
                at: Time(0),
                nick: Nick::parse("ann").expect("it is a nick"),
                body: Body::Text(Text::parse((*text).to_owned()).expect("it is a text")),
            }),
            seq: 0,
            recorded: true,
            at: 0,
            seen: Seen::No,
            from: None,
            to: None,
            to_seq: 0,
        };
        let book = Book { room: None, last: 0, kept: texts.iter().enumerate().map(kept).collect() };
        let lobby = Where::Room(judge.names.of("lobby"));
        judge.books.insert(lobby, book);
        judge
    }

    fn broken(judge: &mut Judge, line: &str) -> Option<Promise> {
        judge.heard(0, 1, line).first().map(|breach| breach.promise)
    }

    #[test]
    fn lines_are_heard_once_and_in_order_until_there_is_another_connection() {
        let mut judge = judge(&["one", "two", "one", "three"]);
        for line in ["ann: one", "ann: two", "Welcome", "ann: one", "ann: three"] {
            assert_eq!(broken(&mut judge, line), None, "{line}");
        }
        judge.connects(1);
        assert_eq!(broken(&mut judge, "ann: two"), None);
        assert_eq!(broken(&mut judge.clone(), "ann: two"), Some(Promise::OneOrder), "twice");
        assert_eq!(broken(&mut judge, "ann: three"), None);
        assert_eq!(broken(&mut judge, "ann: one"), Some(Promise::OneOrder), "too late");
    }

    #[test]
    fn what_never_came_into_the_log_is_not_heard() {
        let mut judge = judge(&["one"]);
        judge.ears.spoken("hush");
        assert_eq!(broken(&mut judge, "ann: one"), None);
        assert_eq!(broken(&mut judge, "ann: hush"), Some(Promise::MutedUnheard));
    }

    #[test]
    fn a_text_is_found_where_it_is_no_part_of_a_word() {
        assert!(holds("*ann (in lobby): c1.3", "c1.3") && holds("*ann (in lobby): c1.3", "*ann"));
        assert!(!holds("ann: c1.31", "c1.3") && !holds("*ann: hello", "ann") && !holds("ann: hello", ""));
    }
}
