//! The manual as Markdown: `docs/PROTOCOL.md`.

use super::chapter::{Cell, Chapter, Term};
use super::{Manual, graph, prose};
use crate::profile::{Dialect, Profile};
use crate::shapes::{Field, Shape};

/// The manual as a Markdown page.
pub fn markdown(manual: &Manual) -> String {
    let mut out = String::from(prose::INTRODUCTION);
    for chapter in &manual.tables {
        table(&mut out, chapter);
    }
    messages(&mut out, &manual.messages);
    out += "\n## Refusal reasons\n\nThe code and the sentence that the user reads.\n\n";
    terms(&mut out, "Reason", &manual.refusals);
    out += "\n## Why a session or a connection ends\n\n";
    terms(&mut out, "Reason", &manual.endings);
    limits(&mut out, manual);
    profiles(&mut out, manual);
    out += &prose::wire();
    out += &prose::dialects();
    voices(&mut out, manual);
    out
}

fn table(out: &mut String, chapter: &Chapter) {
    *out += &format!("\n## The {} table\n\n{}\n", chapter.name, chapter.about);
    *out += &format!("\n### Overview of the {} table\n\n{}\n", chapter.name, prose::OVERVIEW);
    overview(out, chapter);
    *out += &format!("\n### Moves of the {} table\n\n{}\n", chapter.name, prose::DIAGRAM);
    *out += &format!("```mermaid\n{}```\n", graph::mermaid(chapter));
    for state in &chapter.states {
        *out += &format!("\n### {}\n\n{}\n\n", state.name, state.meaning);
        *out += "| Event | Guard | Effects | Then |\n|---|---|---|---|\n";
        for (events, cell) in chapter.merged(&state.name) {
            lines(out, &events, cell);
        }
        let never = chapter.never(&state.name);
        if !never.is_empty() {
            *out += &format!("\nCannot come to pass: {}.\n", codes(never));
        }
    }
    *out += &format!("\n### Words of the {} table\n\n", chapter.name);
    *out += "| Event | What happens | Who brings it |\n|---|---|---|\n";
    for event in &chapter.events {
        *out += &format!("| `{}` | {} | {} |\n", event.name, event.meaning, event.source);
    }
    *out += "\n";
    terms(out, "Guard", &chapter.guards);
    *out += "\n";
    terms(out, "Effect", &chapter.effects);
    *out += &format!("\n### Laws of the {} table\n\n", chapter.name);
    *out += "Every cell obeys them; a cell that does not stops the build.\n\n";
    terms(out, "Law", &chapter.laws);
}

fn overview(out: &mut String, chapter: &Chapter) {
    let states: Vec<&str> = chapter.states.iter().map(|state| state.name.as_ref()).collect();
    *out += &format!("| | {} |\n|---|{}\n", states.join(" | "), "---|".repeat(states.len()));
    for event in &chapter.events {
        let gists = states.iter().map(|state| chapter.cell(state, event.name).map_or(String::new(), Cell::gist));
        *out += &format!("| `{}` | {} |\n", event.name, gists.collect::<Vec<_>>().join(" | "));
    }
}

fn lines(out: &mut String, events: &[&'static str], cell: &Cell) {
    let mut heading = codes(events.iter().copied());
    for line in &cell.lines {
        let effects = codes(line.effects.iter().map(|deed| deed.text.as_str()));
        let effects = if effects.is_empty() { "nothing".into() } else { effects };
        let then = match line.next {
            super::Then::Becomes(_) => format!("**{}**", line.next),
            super::Then::Ends | super::Then::Stays => line.next.to_string(),
        };
        *out += &format!("| {heading} | `{}` | {effects} | {then} |\n", line.guard.name);
        heading.clear();
    }
}

fn messages(out: &mut String, shapes: &[Shape]) {
    *out += &format!("\n## Messages\n\n{}", prose::messages());
    for shape in shapes {
        *out += &format!("\n### `{}`\n\n{}\n\n", shape.name, linkless(shape.meaning));
        if shape.forms.is_empty() {
            *out += "| Field | Holds | Meaning |\n|---|---|---|\n";
            for field in shape.fields {
                *out += &format!("| `{}` | {} | {} |\n", field.name, kind(field.kind), linkless(field.meaning));
            }
        } else {
            *out += "| Form | Meaning | Holds |\n|---|---|---|\n";
            for form in shape.forms {
                let parts = form.holds.map(kind).into_iter().chain(form.fields.iter().map(part));
                let parts = parts.collect::<Vec<_>>().join("<br>");
                *out += &format!("| `{}` | {} | {parts} |\n", form.name, linkless(form.meaning));
            }
        }
    }
}

fn part(field: &Field) -> String {
    format!("`{}`: {}. {}", field.name, kind(field.kind), linkless(field.meaning))
}

fn limits(out: &mut String, manual: &Manual) {
    *out += "\n## Limits\n\nA server's operator can set each of them.\n\n";
    *out += "| Limit | Default | What it is for |\n|---|---|---|\n";
    for limit in &manual.limits {
        *out += &format!("| `{}` | {} {} | {} |\n", limit.name, grouped(limit.default), limit.unit, limit.reason);
    }
    for (whose, limits) in [("A client's own", &manual.client_limits), ("A relay's own", &manual.relay_limits)] {
        *out += &format!("\n### {whose}\n\n| Limit | Value | What it is for |\n|---|---|---|\n");
        for limit in limits {
            *out += &format!("| `{}` | {} | {} |\n", limit.name, grouped(limit.value), limit.reason);
        }
    }
}

fn profiles(out: &mut String, manual: &Manual) {
    *out += "\n## Profiles\n\nA profile says how the users of one listener are treated.\n\n";
    let names = Profile::NAMES.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    *out += &format!("| Setting | Meaning | {} |\n|---|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for setting in &manual.profiles {
        let values = setting.values.join(" | ");
        let choices = setting.choices.iter().map(|choice| format!("<br>`{}`: {}", choice.name, choice.meaning));
        let choices = choices.collect::<String>();
        *out += &format!("| `{}` | {}{choices} | {values} |\n", setting.name, linkless(setting.meaning));
    }
}

fn voices(out: &mut String, manual: &Manual) {
    *out += &format!("\n### What the text dialects say\n\n{}\n", prose::VOICES);
    let texts = || Dialect::ALL.iter().enumerate().filter(|(_, dialect)| dialect.has_words());
    let names = texts().map(|(_, dialect)| format!("`{}`", dialect.name().to_lowercase())).collect::<Vec<_>>();
    *out += &format!("| Happening | Meaning | {} |\n|---|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for voice in &manual.voices {
        let phrases = texts().map(|(at, _)| voice.phrases[at].as_deref().unwrap_or("–"));
        let phrases = phrases.collect::<Vec<_>>().join(" | ");
        *out += &format!("| `{}` | {} | {phrases} |\n", voice.happening, voice.meaning);
    }
}

fn terms(out: &mut String, title: &str, terms: &[Term]) {
    *out += &format!("| {title} | Meaning |\n|---|---|\n");
    for term in terms {
        *out += &format!("| `{}` | {} |\n", term.name, term.meaning);
    }
}

fn codes<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A Rust type in words: `Vec<Arc<Entry>>` is a list of `Entry`.
pub(super) fn kind(rust: &str) -> String {
    let inside = |wrapper: &str| rust.strip_prefix(wrapper)?.strip_prefix('<')?.strip_suffix('>');
    if let Some(inner) = inside("Vec") {
        return format!("list of {}", kind(inner));
    }
    if let Some(inner) = inside("Option") {
        return format!("{} or nothing", kind(inner));
    }
    if let Some(inner) = inside("Arc") {
        return kind(inner);
    }
    match rust {
        "u64" => "number".into(),
        "bool" => "yes or no".into(),
        "String" => "string".into(),
        other => format!("`{other}`"),
    }
}

/// A doc comment without the brackets that make links of its words in rustdoc.
fn linkless(text: &str) -> String {
    text.replace("[`", "`").replace("`]", "`")
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
