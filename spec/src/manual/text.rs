//! The manual for a terminal: plain text, at most [`WIDTH`] columns where words allow.

use super::chapter::{Cell, Chapter, Line, Then};
use super::markdown::kind;
use super::{Manual, Term};

const WIDTH: usize = 100;

/// All of the manual, or one table of it.
pub fn text(manual: &Manual, table: Option<&Chapter>) -> String {
    let mut out = String::new();
    if let Some(chapter) = table {
        chapter_text(&mut out, chapter);
        return out;
    }
    for chapter in &manual.tables {
        chapter_text(&mut out, chapter);
    }
    for shape in &manual.messages {
        title(&mut out, &format!("Message {}: {}", shape.name, shape.meaning));
        for field in shape.fields {
            entry(&mut out, field.name, &format!("{}. {}", kind(field.kind), field.meaning));
        }
        for form in shape.forms {
            let parts = form.fields.iter().map(|field| format!("{} ({})", field.name, kind(field.kind)));
            let parts = form.holds.map(kind).into_iter().chain(parts).collect::<Vec<_>>().join(", ");
            let parts = if parts.is_empty() { parts } else { format!(" Holds {parts}.") };
            entry(&mut out, form.name, &format!("{}{parts}", form.meaning));
        }
    }
    title(&mut out, "Refusal reasons");
    terms(&mut out, &manual.refusals);
    title(&mut out, "Why a session or a connection ends");
    terms(&mut out, &manual.endings);
    title(&mut out, "Limits");
    for limit in &manual.limits {
        entry(&mut out, limit.name, &format!("{} {}. {}", limit.default, limit.unit, limit.reason));
    }
    for limit in manual.client_limits.iter().chain(&manual.relay_limits) {
        entry(&mut out, limit.name, &format!("{}. {}", limit.value, limit.reason));
    }
    title(&mut out, "Profiles");
    for setting in &manual.profiles {
        let each = crate::profile::Profile::NAMES.iter().zip(&setting.values);
        let values = each.map(|(profile, value)| format!("{profile}: {value}")).collect::<Vec<_>>().join(", ");
        entry(&mut out, setting.name, &format!("{} {values}.", setting.meaning));
    }
    title(&mut out, "What the dialects say");
    for voice in &manual.voices {
        entry(&mut out, voice.happening, voice.meaning);
        for (dialect, phrase) in crate::profile::Dialect::ALL.iter().zip(&voice.phrases) {
            entry(&mut out, "", &format!("{}: {}", dialect.name().to_lowercase(), phrase.as_deref().unwrap_or("–")));
        }
    }
    out
}

/// One state: its cells, row by row.
pub fn state_text(chapter: &Chapter, state: &str) -> String {
    let mut out = String::new();
    let meaning = chapter.states.iter().find(|term| term.name == state).map_or("", |term| term.meaning);
    title(&mut out, &format!("{state}: {meaning}"));
    for (events, cell) in chapter.merged(state) {
        wrapped(&mut out, "  ", "    ", &events.join(", "));
        cell.lines.iter().for_each(|line| short_line(&mut out, line));
    }
    let never = chapter.never(state);
    if !never.is_empty() {
        wrapped(&mut out, "  ", "    ", &format!("Cannot come to pass: {}.", never.join(", ")));
    }
    out
}

/// One event, in every state in which it can come to pass.
pub fn event_text(chapter: &Chapter, event: &str) -> String {
    let mut out = String::new();
    if let Some(happening) = chapter.events.iter().find(|happening| happening.name == event) {
        title(&mut out, &format!("{event}: {}", happening.meaning));
        out += &format!("  Brought by: {}\n", happening.source);
    }
    for cell in chapter.cells.iter().filter(|cell| cell.event == event) {
        out += &format!("  {}{}\n", cell.state, if cell.lines.is_empty() { ": cannot come to pass" } else { "" });
        cell.lines.iter().for_each(|line| short_line(&mut out, line));
    }
    out
}

/// One cell, with the meaning of each of its words.
pub fn cell_text(chapter: &Chapter, cell: &Cell) -> String {
    let mut out = format!("{}, {}\n", cell.state, cell.event);
    let state = chapter.states.iter().find(|term| term.name == cell.state);
    let event = chapter.events.iter().find(|happening| happening.name == cell.event);
    entry(&mut out, cell.state, state.map_or("", |term| term.meaning));
    entry(&mut out, cell.event, event.map_or("", |happening| happening.meaning));
    if cell.lines.is_empty() {
        out += "\nThis cannot come to pass.\n";
    }
    for (at, line) in cell.lines.iter().enumerate() {
        out += &format!("\nRow {}: {}\n", at + 1, line.guard.name);
        if line.guard.name != "Always" {
            wrapped(&mut out, "  if: ", "      ", line.guard.meaning);
        }
        for deed in &line.effects {
            let carried = deed.carried.map_or(String::new(), |meaning| format!(" ({meaning})"));
            entry(&mut out, &deed.text, &format!("{}{carried}", deed.meaning));
        }
        out += &match line.next {
            Then::Stays => format!("  then it stays {}\n", cell.state),
            Then::Becomes(state) => format!("  then it becomes {state}\n"),
            Then::Ends => "  then it ends\n".into(),
        };
    }
    out
}

/// A guard, an effect or a law: what it means and every row that has it; `None` where the table has no such word.
pub fn word_text(chapter: &Chapter, word: &str) -> Option<String> {
    let lists = [("guard", &chapter.guards), ("effect", &chapter.effects), ("law", &chapter.laws)];
    let mut out = String::new();
    for (sort, list) in lists {
        let Some(term) = list.iter().find(|term| term.name == word) else { continue };
        title(
            &mut out,
            &format!("{word}, a {sort} of the {} table: {}", chapter.name, term.meaning)
                .replace("a effect", "an effect"),
        );
        for cell in &chapter.cells {
            for line in &cell.lines {
                let has = match sort {
                    "guard" => line.guard.name == word,
                    _ => line.effects.iter().any(|deed| deed.name == word),
                };
                if has {
                    out += &format!("  {}, {}\n", cell.state, cell.event);
                    short_line(&mut out, line);
                }
            }
        }
    }
    (!out.is_empty()).then_some(out)
}

fn chapter_text(out: &mut String, chapter: &Chapter) {
    title(out, &format!("The {} table: {}", chapter.name, chapter.about));
    overview(out, chapter);
    for state in &chapter.states {
        *out += &state_text(chapter, &state.name);
    }
    title(out, &format!("Events of the {} table", chapter.name));
    for event in &chapter.events {
        entry(out, event.name, &format!("{} ({})", event.meaning, event.source.trim_end_matches('.')));
    }
    for (name, list) in [("Guards", &chapter.guards), ("Effects", &chapter.effects), ("Laws", &chapter.laws)] {
        title(out, &format!("{name} of the {} table", chapter.name));
        terms(out, list);
    }
}

fn overview(out: &mut String, chapter: &Chapter) {
    let column = |state: &Term| {
        let cells = chapter.cells.iter().filter(|cell| cell.state == state.name);
        cells.map(|cell| cell.gist().chars().count()).chain([state.name.len()]).max().unwrap_or(0) + 2
    };
    let first = chapter.events.iter().map(|event| event.name.len()).max().unwrap_or(0) + 2;
    *out += &format!("  {:first$}", "");
    for state in &chapter.states {
        *out += &format!("{:1$}", state.name, column(state));
    }
    *out = format!("{}\n", out.trim_end());
    for event in &chapter.events {
        let mut row = format!("  {:first$}", event.name);
        for state in &chapter.states {
            let gist = chapter.cell(&state.name, event.name).map_or(String::new(), Cell::gist);
            row += &format!("{gist:0$}", column(state));
        }
        *out += &format!("{}\n", row.trim_end());
    }
}

/// A row in one line, or a few if it is long.
fn short_line(out: &mut String, line: &Line) {
    let effects = line.effects.iter().map(|deed| deed.text.as_str()).collect::<Vec<_>>().join(", ");
    let effects = if effects.is_empty() { "nothing" } else { &effects };
    let then = match line.next {
        Then::Stays => String::new(),
        Then::Becomes(_) | Then::Ends => format!(" → {}", line.next),
    };
    let guard = format!("    {:17} ", line.guard.name);
    wrapped(out, &guard, &" ".repeat(guard.chars().count() + 2), &format!("{effects}{then}"));
}

fn title(out: &mut String, text: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    wrapped(out, "", "  ", text);
}

fn terms(out: &mut String, terms: &[Term]) {
    terms.iter().for_each(|term| entry(out, &term.name, term.meaning));
}

fn entry(out: &mut String, word: &str, meaning: &str) {
    let word = format!("  {word:22} ");
    wrapped(out, &word, &" ".repeat(25), meaning);
}

/// Adds a paragraph, broken between words.
fn wrapped(out: &mut String, first: &str, rest: &str, text: &str) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            *out += line.trim_end();
            out.push('\n');
            rest.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line += word;
        empty = false;
    }
    *out += line.trim_end();
    out.push('\n');
}
