//! Mouse and keyboard, as the browser gets them from a person.

/// What the browser must know of a key: its name, its code, its number, and the text it types.
pub(super) struct Key {
    pub(super) key: String,
    pub(super) code: String,
    pub(super) number: u32,
    pub(super) text: Option<String>,
    /// 1 Alt, 2 Control, 4 Meta, 8 Shift.
    pub(super) modifiers: u32,
}

/// Keys that type nothing, or something else than their name.
const NAMED: &[(&str, u32, Option<&str>)] = &[
    ("Backspace", 8, None),
    ("Tab", 9, None),
    ("Enter", 13, Some("\r")),
    ("Escape", 27, None),
    ("PageUp", 33, None),
    ("PageDown", 34, None),
    ("End", 35, None),
    ("Home", 36, None),
    ("ArrowLeft", 37, None),
    ("ArrowUp", 38, None),
    ("ArrowRight", 39, None),
    ("ArrowDown", 40, None),
    ("Delete", 46, None),
    ("F6", 117, None),
];

/// Reads a key as people write it: `Enter`, `Shift+Tab`, `Control+k`, `a`.
///
/// # Panics
/// When there is no such key.
pub(super) fn parse(written: &str) -> Key {
    let (before, name) = match written.rsplit_once('+') {
        Some((before, name)) if !name.is_empty() => (before, name),
        _ => ("", written),
    };
    let modifiers = before.split('+').filter(|held| !held.is_empty()).map(|held| match held {
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        "Shift" => 8,
        other => panic!("{other:?} is no key that is held"),
    });
    let modifiers = modifiers.sum();
    if let Some((key, number, text)) = NAMED.iter().find(|(key, ..)| *key == name) {
        // With Control or Alt held, a key types nothing.
        let text = text.filter(|_| modifiers & 3 == 0).map(str::to_owned);
        return Key { key: (*key).into(), code: (*key).into(), number: *number, text, modifiers };
    }
    if name == "Space" {
        return Key { key: " ".into(), code: "Space".into(), number: 32, text: Some(" ".into()), modifiers };
    }
    let mut letters = name.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { panic!("{written:?} is no known key") };
    let upper = letter.to_ascii_uppercase();
    let code = match upper {
        'A'..='Z' => format!("Key{upper}"),
        '0'..='9' => format!("Digit{upper}"),
        '/' => "Slash".into(),
        _ => String::new(),
    };
    let number = if upper == '/' { 191 } else { u32::from(upper) };
    let text = (modifiers & 7 == 0).then(|| letter.to_string());
    Key { key: letter.to_string(), code, number, text, modifiers }
}
