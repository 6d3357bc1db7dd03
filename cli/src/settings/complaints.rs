//! What is wrong with the settings, and where: one sentence that names the file, the line and what there is.

use crate::exit::{ExitCode, Failure};
use figment::Metadata;
use std::path::Path;

/// Reads the file once for itself, so that a complaint can name the line.
pub(super) fn read_file(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(ExitCode::CannotStart, format_args!("cannot read the configuration {shown}: {error}"))
    })?;
    if let Err(error) = text.parse::<toml::Table>() {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let what = error.message();
        let sentence = format!("the configuration {shown}, line {line}, is no TOML: {what}");
        return Err(Failure::new(ExitCode::Usage, sentence));
    }
    Ok(text)
}

/// One sentence about what is wrong with the settings, and where.
pub(super) fn complaint(command: &str, error: &figment::Error, file: Option<&Path>, text: Option<&str>) -> Failure {
    use figment::error::Kind;
    let key = error.path.join(".");
    let what = match &error.kind {
        Kind::UnknownField(field, _) => format!("there is no setting `{field}`; see `hobnob {command} --print-config`"),
        Kind::InvalidType(found, wanted) => format!("`{key}` is {found}, but it has to be {wanted}"),
        other => format!("`{key}`: {other}"),
    };
    let from_file = error
        .metadata
        .as_ref()
        .is_some_and(|metadata| metadata.source.as_ref().is_some_and(|s| s.file_path().is_some()));
    let place = match (file, text) {
        (Some(path), Some(text)) if from_file => {
            let mut key = error.path.clone();
            if let Kind::UnknownField(field, _) = &error.kind {
                key.push(field.clone());
            }
            format!("the configuration {}{}: ", path.display(), line_of(text, &key))
        }
        _ => error.metadata.as_ref().map_or(String::new(), |metadata| format!("{}: ", metadata.name)),
    };
    Failure::new(ExitCode::Usage, format!("{place}{what}"))
}

/// `, line N` where a setting stands: under the heading of its table if there is one, else where its name first stands.
fn line_of(text: &str, key: &[impl AsRef<str>]) -> String {
    let starts = |line: &str, name: &str| {
        let line = line.trim_start().trim_start_matches(['[', '"']);
        line.strip_prefix(name)
            .is_some_and(|rest| rest.trim_start_matches('"').trim_start().starts_with(['=', ']', '.']))
    };
    let names: Vec<&str> = key.iter().map(AsRef::as_ref).collect();
    let Some((name, tables)) = names.split_last() else { return String::new() };
    let heading = format!("[{}]", tables.join("."));
    let under = text.lines().position(|line| line.trim() == heading).filter(|_| !tables.is_empty());
    let in_table = |from: usize| {
        let lines = text.lines().enumerate().skip(from + 1);
        lines.take_while(|(_, line)| !line.trim_start().starts_with('[')).find(|(_, line)| starts(line, name))
    };
    let found = under.and_then(in_table).map(|(at, _)| at);
    let anywhere = || text.lines().position(|line| starts(line, name));
    let dotted = || text.lines().position(|line| starts(line, &names.join(".")));
    found.or_else(dotted).or(under).or_else(anywhere).map_or(String::new(), |at| format!(", line {}", at + 1))
}

/// `, line N` where a setting stands in the file that it comes from.
pub(super) fn line_in(metadata: &Metadata, key: &str) -> String {
    let path = metadata.source.as_ref().and_then(|source| source.file_path());
    let text = path.and_then(|path| std::fs::read_to_string(path).ok());
    text.map_or(String::new(), |text| line_of(&text, &key.split('.').collect::<Vec<_>>()))
}

/// That a word is none of those that there are.
pub(crate) fn one_of(found: &str, names: &[&str]) -> String {
    format!("there is no {found:?}; it is one of {}", names.join(", "))
}
