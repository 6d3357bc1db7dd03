//! Names and texts, parsed once at the door: what is built here needs no second check.
//!
//! Owns the alphabets. Knows nothing of who uses which name.

use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The longest nick, in characters (seed 004 allows 20).
pub const NICK_CHARS_MAX: usize = 20;
/// The longest name of a room, in characters.
pub const ROOM_CHARS_MAX: usize = 32;
/// The longest text of one message, in characters (seed 004 allows 65,535).
pub const TEXT_CHARS_MAX: usize = 65_535;
/// What no name may hold besides white space and control characters: each separates something in one of the dialects.
pub const NAME_FORBIDDEN: &[char] = &[':', ',', '@', '#', '/', '!', '&'];
/// What a relay puts before the nicks of its users.
pub const RELAY_MARK: char = '*';
/// Names that are not a user's, in any spelling of case.
pub const NICKS_RESERVED: &[&str] = &["server"];

/// Why a string is no nick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NickError {
    /// Too short, too long, or a character outside the alphabet.
    Bad,
    /// One of [`NICKS_RESERVED`], or it begins with [`RELAY_MARK`] and no relay put it there.
    Reserved,
}

/// A user's name: 1 to [`NICK_CHARS_MAX`] characters, none of them white space, control or [`NAME_FORBIDDEN`], and
/// before them a relay's mark if the user came through one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nick(Arc<str>);

/// A room's name: 1 to [`ROOM_CHARS_MAX`] characters of the same alphabet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName(Arc<str>);

/// What somebody says: 1 to [`TEXT_CHARS_MAX`] characters, no control characters but newline and tab, so that nobody
/// can send terminal escapes to somebody else's screen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

/// Why a string is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// Nothing but white space.
    Empty,
    /// More than [`TEXT_CHARS_MAX`] characters.
    Long,
    /// A control character other than newline and tab.
    Unsafe,
}

impl Nick {
    /// Parses a nick that a user asks for.
    pub fn parse(text: &str) -> Result<Self, NickError> {
        let nick = Self::parse_any(text)?;
        let reserved =
            text.starts_with(RELAY_MARK) || NICKS_RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text));
        if reserved { Err(NickError::Reserved) } else { Ok(nick) }
    }

    /// Parses a nick that somebody asks for through a relay, which marks its users by a star; a user's own nick may
    /// follow it, and no second star.
    pub fn parse_relayed(text: &str) -> Result<Self, NickError> {
        match text.strip_prefix(RELAY_MARK) {
            Some(own) => Self::parse(own).and_then(|_| Self::parse_any(text)),
            None => Self::parse(text),
        }
    }

    /// Parses a nick that names somebody, reserved or not. A relay's mark does not count for its length.
    pub fn parse_any(text: &str) -> Result<Self, NickError> {
        let mark = usize::from(text.starts_with(RELAY_MARK));
        if named(text, NICK_CHARS_MAX + mark) { Ok(Self(text.into())) } else { Err(NickError::Bad) }
    }

    /// The nick with a number behind it, shortened to stay a nick.
    pub fn suffixed(&self, number: u64) -> Self {
        let digits = number.to_string();
        let mark = usize::from(self.0.starts_with(RELAY_MARK));
        let room = NICK_CHARS_MAX + mark - digits.len().min(NICK_CHARS_MAX - 1);
        let mut name: String = self.0.chars().take(room).collect();
        name.extend(digits.chars().take(NICK_CHARS_MAX - 1));
        Self(name.into())
    }
}

impl RoomName {
    /// Parses a room's name.
    pub fn parse(text: &str) -> Option<Self> {
        named(text, ROOM_CHARS_MAX).then(|| Self(text.into()))
    }
}

impl Text {
    /// Parses what somebody says, keeping the string.
    pub fn parse(text: String) -> Result<Self, TextError> {
        let printable_ascii = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if printable_ascii && text.len() <= TEXT_CHARS_MAX {
            return if text.bytes().all(|byte| byte == b' ') { Err(TextError::Empty) } else { Ok(Self(text)) };
        }
        if text.chars().nth(TEXT_CHARS_MAX).is_some() {
            return Err(TextError::Long);
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(TextError::Unsafe);
        }
        if text.trim().is_empty() { Err(TextError::Empty) } else { Ok(Self(text)) }
    }

    /// The text as it was said.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a string may be a name of at most `chars_max` characters.
fn named(text: &str, chars_max: usize) -> bool {
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && !NAME_FORBIDDEN.contains(&c) && !invisible(c);
    !text.is_empty() && text.chars().nth(chars_max).is_none() && text.chars().all(allowed)
}

/// Characters that show nothing or turn the direction of writing: two names that look alike must not differ by them.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

macro_rules! reads_as_str {
    ($($Name:ident: $parse:expr, $complaint:literal;)*) => { $(
        impl $Name {
            /// The name as it was given.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl Borrow<str> for $Name { fn borrow(&self) -> &str { &self.0 } }
        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(&self.0) }
        }
        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&self.0, f) }
        }
        impl From<$Name> for String { fn from(name: $Name) -> String { name.0.as_ref().to_owned() } }
        impl TryFrom<String> for $Name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> { $parse(&text).ok_or($complaint) }
        }
    )* };
}
reads_as_str! {
    Nick: |text: &str| Nick::parse_any(text).ok(), "not a nick";
    RoomName: RoomName::parse, "not a room's name";
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        text.0
    }
}

impl TryFrom<String> for Text {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text).map_err(|_| "not a text that can be said")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicks_keep_to_their_alphabet() {
        for good in ["a", "Cool", "Zoë", "日本", "a.b-c_d", "01234567890123456789", "observer"] {
            assert!(Nick::parse(good).is_ok(), "{good:?} is a nick");
        }
        let bad = [
            "",
            " ",
            "a b",
            "a\u{7}",
            "a:b",
            "a,b",
            "a@b",
            "a#b",
            "a/b",
            "a!b",
            "a&b",
            "a\u{200b}b",
            "012345678901234567890",
        ];
        for bad in bad {
            assert_eq!(Nick::parse(bad), Err(NickError::Bad), "{bad:?} is no nick");
        }
        for reserved in ["server", "Server", "SERVER", "*ann", "*"] {
            assert_eq!(Nick::parse(reserved), Err(NickError::Reserved), "{reserved:?} is reserved");
        }
    }

    #[test]
    fn only_a_relay_marks_its_users() {
        let long = "*01234567890123456789";
        for good in ["*ann", "ann", "*a", long] {
            assert_eq!(Nick::parse_relayed(good).map(|nick| nick.to_string()), Ok(good.to_owned()));
        }
        assert_eq!(Nick::parse(long), Err(NickError::Reserved), "the mark does not count for the length");
        for reserved in ["**ann", "*server", "server", "**"] {
            assert_eq!(Nick::parse_relayed(reserved), Err(NickError::Reserved), "{reserved:?} is reserved");
        }
        for bad in ["*", "* ann", "*012345678901234567890", ""] {
            assert_eq!(Nick::parse_relayed(bad), Err(NickError::Bad), "{bad:?} is no nick");
        }
        let suffixed = Nick::parse_relayed(long).expect("a nick").suffixed(123);
        assert_eq!(suffixed.as_str(), "*01234567890123456123", "it keeps its mark");
    }

    #[test]
    fn a_suffixed_nick_is_still_a_nick() {
        let long = Nick::parse("01234567890123456789").expect("twenty characters are a nick");
        for (nick, number) in [(Nick::parse("User").expect("a nick"), 123), (long.clone(), 7), (long, u64::MAX)] {
            let suffixed = nick.suffixed(number);
            assert!(Nick::parse(suffixed.as_str()).is_ok(), "{suffixed} is a nick");
        }
        assert_eq!(Nick::parse("User").expect("a nick").suffixed(123).as_str(), "User123");
    }

    #[test]
    fn texts_keep_to_their_bounds() {
        assert!(Text::parse("Hi\tthere,\nall of you: ünïcödé".into()).is_ok());
        assert_eq!(Text::parse(String::new()), Err(TextError::Empty));
        assert_eq!(Text::parse(" \n\t ".into()), Err(TextError::Empty));
        assert_eq!(Text::parse("\u{1b}[31m".into()), Err(TextError::Unsafe));
        assert_eq!(Text::parse("\u{9b}31m".into()), Err(TextError::Unsafe), "C1 controls are controls");
        assert!(Text::parse("ü".repeat(TEXT_CHARS_MAX)).is_ok(), "the bound counts characters");
        assert_eq!(Text::parse("x".repeat(TEXT_CHARS_MAX + 1)), Err(TextError::Long));
    }
}
