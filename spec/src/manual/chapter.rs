//! A table as plain data, whichever table it is.

use crate::row::{Next, Table};
use crate::words::{Word, Words};
use serde::Serialize;
use std::borrow::Cow;

/// A word with its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The word.
    pub name: Cow<'static, str>,
    /// What it means, in a sentence.
    pub meaning: &'static str,
}

/// What can happen, and who brings it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happening {
    /// The event's name.
    pub name: &'static str,
    /// What happens, in a sentence.
    pub meaning: &'static str,
    /// Who brings it.
    pub source: &'static str,
}

/// One effect of a row, with what it carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deed {
    /// The effect's name, without what it carries.
    pub name: &'static str,
    /// The effect as it stands in the row.
    pub text: String,
    /// What it does.
    pub meaning: &'static str,
    /// What the word that it carries means.
    pub carried: Option<&'static str>,
    /// Whether it says no to a request.
    pub refuses: bool,
}

/// Where a row leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// Nowhere else.
    Stays,
    /// Into another state, or into the same one once more.
    Becomes(&'static str),
    /// Out: it is over.
    Ends,
}

/// One row of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What has to hold.
    pub guard: Term,
    /// What is done, in this order.
    pub effects: Vec<Deed>,
    /// Where it leads.
    pub next: Then,
}

/// What an event does in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The state's name.
    pub state: &'static str,
    /// The event's name.
    pub event: &'static str,
    /// The rows; none where the pair cannot come to pass.
    pub lines: Vec<Line>,
}

/// A table with all its words.
#[derive(Debug, Clone, Serialize)]
pub struct Chapter {
    /// What the table is called.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// In which state everything begins.
    pub first: &'static str,
    /// The states.
    pub states: Vec<Term>,
    /// The events.
    pub events: Vec<Happening>,
    /// The guards.
    pub guards: Vec<Term>,
    /// The effects, whatever they carry.
    pub effects: Vec<Term>,
    /// The laws over the table.
    pub laws: Vec<Term>,
    /// Every pair of state and event, state by state.
    pub cells: Vec<Cell>,
}

impl Term {
    /// Every word of a vocabulary.
    pub fn all<W: Words>() -> Vec<Self> {
        W::ALL.iter().map(|&word| Self::of(word)).collect()
    }

    fn of<W: Word>(word: W) -> Self {
        Self { name: word.name().into(), meaning: word.meaning() }
    }
}

impl Chapter {
    /// Reads a table.
    pub fn of<T: Table>() -> Self {
        let events = T::Event::ALL.iter();
        let effects = T::EFFECTS.iter();
        let pairs = T::State::ALL.iter().flat_map(|&state| T::Event::ALL.iter().map(move |&event| (state, event)));
        Self {
            name: T::NAME,
            about: T::ABOUT,
            first: T::FIRST.name(),
            states: Term::all::<T::State>(),
            events: events
                .map(|&event| Happening { name: event.name(), meaning: event.meaning(), source: T::source(event) })
                .collect(),
            guards: Term::all::<T::Guard>(),
            effects: effects.map(|&(name, meaning)| Term { name: name.into(), meaning }).collect(),
            laws: Term::all::<T::Law>(),
            cells: pairs.map(|(state, event)| Cell::of::<T>(state, event)).collect(),
        }
    }

    /// The cell of a state and an event, by their names.
    pub fn cell(&self, state: &str, event: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.state == state && cell.event == event)
    }

    /// The cells of a state that can come to pass, those with the same rows together: the events' names and a cell.
    pub(super) fn merged(&self, state: &str) -> Vec<(Vec<&'static str>, &Cell)> {
        let mut groups: Vec<(Vec<&'static str>, &Cell)> = Vec::new();
        for cell in self.cells.iter().filter(|cell| cell.state == state && !cell.lines.is_empty()) {
            match groups.iter_mut().find(|(_, first)| first.lines == cell.lines) {
                Some((events, _)) => events.push(cell.event),
                None => groups.push((vec![cell.event], cell)),
            }
        }
        groups
    }

    /// The events of a state that cannot come to pass.
    pub(super) fn never(&self, state: &str) -> Vec<&'static str> {
        let cells = self.cells.iter().filter(|cell| cell.state == state && cell.lines.is_empty());
        cells.map(|cell| cell.event).collect()
    }
}

impl Cell {
    fn of<T: Table>(state: T::State, event: T::Event) -> Self {
        let deed = |&effect: &T::Effect| Deed {
            name: effect.name(),
            text: effect.to_string(),
            meaning: effect.meaning(),
            carried: effect.carried_meaning(),
            refuses: T::refuses(effect),
        };
        let lines = T::cell(state, event).iter().map(|row| Line {
            guard: Term::of(row.0),
            effects: row.1.iter().map(deed).collect(),
            next: match row.2 {
                Next::Stay => Then::Stays,
                Next::Become(next) => Then::Becomes(next.name()),
                Next::End => Then::Ends,
            },
        });
        Self { state: state.name(), event: event.name(), lines: lines.collect() }
    }

    /// Where the cell can lead, in a few words.
    pub(super) fn gist(&self) -> String {
        let refused = |line: &Line| line.next == Then::Stays && line.effects.iter().any(|deed| deed.refuses);
        let mut ways: Vec<String> = Vec::new();
        if self.lines.iter().any(|line| line.next == Then::Stays && !refused(line)) {
            ways.push("stays".into());
        }
        for line in &self.lines {
            if let Then::Becomes(state) = line.next
                && !ways.iter().any(|way| way == state)
            {
                ways.push(state.into());
            }
        }
        if self.lines.iter().any(|line| line.next == Then::Ends) {
            ways.push("ends".into());
        }
        if self.lines.iter().any(refused) {
            ways.push("refused".into());
        }
        if ways.is_empty() { "–".into() } else { ways.join(", ") }
    }
}

impl std::fmt::Display for Then {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Stays => "stays",
            Self::Becomes(state) => state,
            Self::Ends => "ends",
        })
    }
}
