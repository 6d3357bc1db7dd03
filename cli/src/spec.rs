//! `hobnob spec`: prints the protocol from its tables, all of it or one part.

use crate::exit::{self, ExitCode, Failure};
use clap::ValueEnum;
use hobnob_spec::manual::{self, Chapter, Manual};
use std::path::PathBuf;

/// What `hobnob spec` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hobnob spec                       the whole protocol
  hobnob spec Muted Say             what happens when the muted speak, with the meaning of each word
  hobnob spec Muted                 all that can happen to the muted
  hobnob spec Kick                  what a kick does in each state
  hobnob spec LeaveRooms            every row that has this effect
  hobnob spec --table client        a client's own connection
  hobnob spec --format dot --table session | dot -Tsvg > session.svg")]
pub(crate) struct SpecArgs {
    /// Only this: a state, an event, a state and an event, a guard or an effect; upper or lower case
    #[arg(value_name = "WORD", num_args = 0..=2)]
    words: Vec<String>,
    /// Only this table
    #[arg(long, value_parser = ["session", "client", "relay"])]
    table: Option<String>,
    /// In which form
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "words")]
    format: Format,
    /// Write it into this file; it is replaced when all is ready
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// docs/PROTOCOL.md
    Markdown,
    /// For programs
    Json,
    /// For Graphviz: the moves between the states
    Dot,
}

/// Prints the manual, or the part asked for.
pub(crate) fn run(args: SpecArgs) -> Result<ExitCode, Failure> {
    let mut manual = Manual::new();
    if let Some(table) = &args.table {
        manual.tables.retain(|chapter| chapter.name == table);
    }
    let only = args.table.as_ref().and_then(|_| manual.tables.first());
    let page = match (args.words.as_slice(), args.format) {
        ([], Format::Text) => manual::text(&manual, only),
        ([], Format::Markdown) => manual::markdown(&manual),
        ([], Format::Json) => json(&manual, only)?,
        ([], Format::Dot) => manual.tables.iter().map(manual::dot).collect(),
        ([state, event], _) => cell(&manual.tables, state, event)?,
        ([word, ..], _) => anything(&manual.tables, word)?,
    };
    match args.out {
        Some(path) => std::fs::write(&path, page).map_err(|error| {
            Failure::new(ExitCode::Failed, format_args!("cannot write {}: {error}", path.display()))
        })?,
        None => exit::print(&page)?,
    }
    Ok(ExitCode::Fine)
}

fn json(manual: &Manual, only: Option<&Chapter>) -> Result<String, Failure> {
    let text = match only {
        Some(chapter) => serde_json::to_string_pretty(chapter),
        None => serde_json::to_string_pretty(manual),
    };
    Ok(text.map_err(|error| Failure::new(ExitCode::Failed, error))? + "\n")
}

/// The cell that two words name, in the first table that has both.
fn cell(tables: &[Chapter], state: &str, event: &str) -> Result<String, Failure> {
    for chapter in tables {
        let found = chapter
            .cells
            .iter()
            .find(|cell| cell.state.eq_ignore_ascii_case(state) && cell.event.eq_ignore_ascii_case(event));
        if let Some(cell) = found {
            return Ok(manual::cell_text(chapter, cell));
        }
    }
    let states = tables.iter().flat_map(|chapter| chapter.states.iter().map(|term| term.name.as_ref()));
    let states: Vec<&str> = states.collect();
    let Some(of) = tables.iter().find(|chapter| chapter.states.iter().any(|term| same(&term.name, state))) else {
        return Err(unknown("state", state, &states));
    };
    let events: Vec<&str> = of.events.iter().map(|happening| happening.name).collect();
    Err(unknown(&format!("event of the {} table", of.name), event, &events))
}

/// What one word names: a state, else an event, else a guard, an effect or a law.
fn anything(tables: &[Chapter], word: &str) -> Result<String, Failure> {
    for chapter in tables {
        if let Some(state) = chapter.states.iter().find(|term| same(&term.name, word)) {
            return Ok(manual::state_text(chapter, &state.name));
        }
    }
    let mut parts = Vec::new();
    for chapter in tables {
        if let Some(event) = chapter.events.iter().find(|happening| same(happening.name, word)) {
            parts.push(manual::event_text(chapter, event.name));
        }
        let lists = [&chapter.guards, &chapter.effects, &chapter.laws];
        let found = lists.into_iter().flatten().find(|term| same(&term.name, word));
        parts.extend(found.and_then(|term| manual::word_text(chapter, &term.name)));
    }
    if !parts.is_empty() {
        return Ok(parts.join("\n"));
    }
    let mut known: Vec<&str> = Vec::new();
    for chapter in tables {
        known.extend(chapter.states.iter().map(|term| term.name.as_ref()));
        known.extend(chapter.events.iter().map(|happening| happening.name));
        let lists = [&chapter.guards, &chapter.effects, &chapter.laws];
        known.extend(lists.into_iter().flatten().map(|term| term.name.as_ref()));
    }
    Err(unknown("word", word, &known))
}

fn same(name: &str, asked: &str) -> bool {
    name.eq_ignore_ascii_case(asked)
}

/// There is no such word; names the likeliest one, and all of them if they are not too many.
fn unknown(sort: &str, asked: &str, known: &[&str]) -> Failure {
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &asked.to_lowercase());
    let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let hint = match nearest {
        Some(name) if likeness(name) > 0.7 => format!("; did you mean {name}?"),
        _ => String::from("."),
    };
    let list = if known.len() <= 40 { format!(" There are: {}.", known.join(", ")) } else { String::new() };
    Failure::new(ExitCode::Usage, format_args!("there is no {sort} {asked}{hint}{list}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_names_the_likeliest_and_the_list() {
        let tables = Manual::new().tables;
        let failure = cell(&tables, "Mutd", "Say").expect_err("there is no such state");
        assert!(failure.sentence.contains("did you mean Muted?"), "{}", failure.sentence);
        assert!(failure.sentence.contains("Guest, Member, Muted, Detached"), "{}", failure.sentence);
        let failure = cell(&tables, "muted", "sai").expect_err("there is no such event");
        assert!(failure.sentence.contains("did you mean Say?"), "{}", failure.sentence);
    }

    #[test]
    fn the_tables_that_can_be_named_are_those_that_there_are() {
        for name in ["session", "client", "relay"] {
            assert!(Manual::new().table(name).is_some(), "{name} can be named on the command line");
        }
        assert_eq!(Manual::new().tables.len(), 3, "a table that is added can be named on the command line");
    }
}
