//! Mouse and keyboard, as the browser gets them from a person, and files that are chosen.

use super::Page;
use super::page::FIND;
use serde_json::json;
use std::path::Path;

impl Page {
    /// Clicks an element, as a mouse does: it must be visible, and nothing may lie upon it.
    ///
    /// # Panics
    /// When it cannot be clicked.
    #[track_caller]
    pub fn click(&self, named: &str) {
        self.press_mouse(named, 1);
    }

    /// Clicks an element twice.
    ///
    /// # Panics
    /// When it cannot be clicked.
    #[track_caller]
    pub fn double_click(&self, named: &str) {
        self.press_mouse(named, 2);
    }

    /// Moves the mouse upon an element.
    ///
    /// # Panics
    /// When it cannot be reached.
    #[track_caller]
    pub fn hover(&self, named: &str) {
        self.press_mouse(named, 0);
    }

    #[track_caller]
    fn press_mouse(&self, named: &str, clicks: u32) {
        // The middle of the element, once it is still and nothing lies upon it.
        let middle = format!(
            "(async () => {{ const it = {FIND}({}); if (!it) return null; it.scrollIntoView({{ block: 'nearest' }}); \
             const place = () => {{ const box = it.getBoundingClientRect(); \
               return [box.x + box.width / 2, box.y + box.height / 2]; }}; \
             const frame = () => new Promise(requestAnimationFrame); \
             await frame(); await frame(); const first = place(); await frame(); await frame(); const then = place(); \
             if (first[0] !== then[0] || first[1] !== then[1] || it.disabled) return null; \
             const top = document.elementFromPoint(...then); \
             return top && (it.contains(top) || top.contains(it) || it.labels && [...it.labels].some(l => l.contains(top))) \
               ? then : null; }})()",
            json!(named)
        );
        let at = self.wait_for(&middle);
        let event = |kind: &str, count: u32| {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let parameters = json!({ "type": kind, "x": at[0], "y": at[1], "button": button, "clickCount": count });
            self.call("Input.dispatchMouseEvent", parameters);
        };
        event("mouseMoved", 0);
        for count in 1..=clicks {
            event("mousePressed", count);
            event("mouseReleased", count);
        }
    }

    /// Types a text where the focus is, as an input method does.
    ///
    /// # Panics
    /// When the browser is gone.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Clicks a field, empties it, and types a text into it.
    ///
    /// # Panics
    /// When there is no such field.
    #[track_caller]
    pub fn fill(&self, named: &str, text: &str) {
        self.click(named);
        self.press("Control+a");
        self.eval("document.activeElement.select?.()");
        self.press("Delete");
        self.type_text(text);
    }

    /// Chooses an option of a `select` by its value, as a person does, with the events of that.
    ///
    /// # Panics
    /// When there is no such option.
    #[track_caller]
    pub fn choose(&self, named: &str, value: &str) {
        self.wait_for(&format!(
            "(() => {{ const it = {FIND}({}); if (!it) return false; it.focus(); it.value = {}; \
             if (it.value !== {1}) return false; for (const kind of ['input', 'change']) \
             it.dispatchEvent(new Event(kind, {{ bubbles: true }})); return true; }})()",
            json!(named),
            json!(value)
        ));
    }

    /// Presses a key: `Enter`, `Shift+Tab`, `Control+k`, `a`.
    ///
    /// # Panics
    /// When there is no such key.
    #[track_caller]
    pub fn press(&self, written: &str) {
        let key = parse(written);
        let parameters = |kind: &str| {
            json!({ "type": kind, "key": key.key, "code": key.code, "windowsVirtualKeyCode": key.number,
                "modifiers": key.modifiers })
        };
        let mut down = parameters(if key.text.is_some() { "keyDown" } else { "rawKeyDown" });
        if let Some(text) = &key.text {
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", down);
        self.call("Input.dispatchKeyEvent", parameters("keyUp"));
    }

    /// Chooses files for an `<input type="file">`, which may be hidden.
    ///
    /// # Panics
    /// When there is no such input.
    #[track_caller]
    pub fn set_files(&self, named: &str, files: &[&Path]) {
        let found = self.call("Runtime.evaluate", json!({ "expression": format!("{FIND}({})", json!(named)) }));
        let Some(object) = found["result"]["objectId"].as_str() else { self.fail(&format!("there is no {named}")) };
        self.call("DOM.setFileInputFiles", json!({ "files": files, "objectId": object }));
    }
}

/// What the browser must know of a key: its name, its code, its number, and the text it types.
struct Key {
    key: String,
    code: String,
    number: u32,
    text: Option<String>,
    /// 1 Alt, 2 Control, 4 Meta, 8 Shift.
    modifiers: u32,
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
fn parse(written: &str) -> Key {
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
