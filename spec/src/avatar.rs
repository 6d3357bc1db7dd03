//! Avatars: what is seen beside a user's nick, an emoji or a picture.
//!
//! Owns what counts as an emoji, and the kinds of pictures. A picture's bytes are a file's: here they are only told apart
//! by their beginning.

use crate::files::Digest;
use crate::shapes::shapes;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The longest emoji, in bytes: a family of four with skin tones.
pub const EMOJI_BYTES_MAX: usize = 48;
/// What joins several emoji to one.
const JOINER: char = '\u{200d}';
/// What makes an emoji of a sign that is text otherwise.
const AS_EMOJI: char = '\u{fe0f}';
/// What makes a key of a digit.
const KEYCAP: char = '\u{20e3}';

/// One emoji: a pictograph with its skin tone, several that are joined, a flag or a keycap. No list of all emoji is
/// asked, so that those of tomorrow are taken, too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Emoji(Arc<str>);

impl Emoji {
    /// Parses one emoji, without anything round it.
    pub fn parse(text: &str) -> Option<Self> {
        let flag = |c: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
        let one = match text.chars().collect::<Vec<_>>().as_slice() {
            _ if text.len() > EMOJI_BYTES_MAX => false,
            ['0'..='9' | '#' | '*', KEYCAP] | ['0'..='9' | '#' | '*', AS_EMOJI, KEYCAP] => true,
            [one, other] if flag(*one) => flag(*other),
            _ => text.split(JOINER).all(is_pictograph),
        };
        one.then(|| Self(text.into()))
    }

    /// The emoji.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a string is one pictograph, with what may follow it: a variation, a skin tone, and the tags of a region's flag.
fn is_pictograph(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    let Some(base) = chars.next() else { return false };
    let varied = chars.next_if_eq(&AS_EMOJI).is_some();
    let toned = chars.next_if(|c| ('\u{1f3fb}'..='\u{1f3ff}').contains(c)).is_some();
    let tags: Vec<char> = chars.by_ref().take_while(|c| ('\u{e0020}'..='\u{e007f}').contains(c)).collect();
    let tagged = tags.is_empty() || tags.ends_with(&['\u{e007f}']);
    let whole = text.chars().count() == 1 + usize::from(varied) + usize::from(toned) + tags.len();
    let drawn = match base {
        '\u{1f1e6}'..='\u{1f1ff}' => false,
        '\u{1f000}'..='\u{1faff}' | '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' => true,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{24c2}' => varied,
        '\u{2190}'..='\u{21ff}' | '\u{25a0}'..='\u{25ff}' | '\u{2900}'..='\u{297f}' => varied,
        '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' => varied,
        _ => false,
    };
    drawn && whole && tagged
}

impl fmt::Display for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Emoji> for String {
    fn from(emoji: Emoji) -> Self {
        emoji.0.as_ref().to_owned()
    }
}

impl TryFrom<String> for Emoji {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an emoji")
    }
}

words! {
    /// What kind of picture an avatar can be.
    #[serde(rename_all = "lowercase")]
    pub enum PictureKind {
        /// `image/png`.
        Png,
        /// `image/jpeg`.
        Jpeg,
        /// `image/gif`.
        Gif,
        /// `image/webp`.
        Webp,
    }
}

impl PictureKind {
    /// The media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// What stands behind the last dot of such a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }

    /// The kind that a media type names.
    pub fn of_media(media: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.media().eq_ignore_ascii_case(media))
    }

    /// The kind that some bytes are, by their beginning.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            Some(Self::Gif)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }
}

shapes! {
    /// What is seen beside a user's nick.
    #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Avatar {
        /// An emoji.
        Emoji(Emoji),
        /// A picture, which everybody who is in can fetch.
        Picture {
            /// What it is fetched by. A changed picture has another number.
            file: u64,
            /// What kind of picture it is, as its owner says.
            kind: PictureKind,
            /// Its size in bytes.
            size: u64,
            /// Its SHA-256.
            digest: Digest,
        },
    }
}

impl Avatar {
    /// The emoji, if it is one.
    pub fn emoji(&self) -> Option<&Emoji> {
        match self {
            Self::Emoji(emoji) => Some(emoji),
            Self::Picture { .. } => None,
        }
    }

    /// The picture's file, if it is one.
    pub fn file(&self) -> Option<u64> {
        match self {
            Self::Emoji(_) => None,
            Self::Picture { file, .. } => Some(*file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_one_picture_and_nothing_else() {
        for good in ["🦊", "👍", "👍🏽", "❤️", "❤", "⭐", "👩‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "#⃣", "⌚", "↔️", "™️", "🫠"]
        {
            assert_eq!(Emoji::parse(good).as_ref().map(Emoji::as_str), Some(good), "{good} is an emoji");
        }
        let long = ["🦊"; 12].join("\u{200d}");
        let bad = [
            "",
            " ",
            "a",
            "ä",
            "1",
            "🦊🦊",
            "🦊 ",
            " 🦊",
            "a🦊",
            "🦊a",
            "🇫",
            "🇫🇷🇫",
            "→",
            "™",
            "\u{fe0f}",
            "\u{200d}",
            "🦊\u{200d}",
            "\u{200d}🦊",
            "🦊\u{202e}",
            "\u{1b}[31m",
            "🦊\n",
            "日",
            "🏴\u{e0067}",
            "🦊\u{fe0f}\u{fe0f}",
            &long,
        ];
        for bad in bad {
            assert_eq!(Emoji::parse(bad), None, "{bad:?} is not one emoji");
        }
    }

    #[test]
    fn pictures_are_told_apart_by_their_beginning_and_by_their_media_type() {
        let kinds: &[(&[u8], Option<PictureKind>)] = &[
            (b"\x89PNG\r\n\x1a\n....", Some(PictureKind::Png)),
            (b"\xff\xd8\xff\xe0", Some(PictureKind::Jpeg)),
            (b"GIF89a", Some(PictureKind::Gif)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(PictureKind::Webp)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"\x89PNG", None),
            (b"<svg>", None),
            (b"", None),
        ];
        for (bytes, kind) in kinds {
            assert_eq!(PictureKind::of_bytes(bytes), *kind, "{bytes:?}");
        }
        for kind in PictureKind::ALL {
            assert_eq!(PictureKind::of_media(kind.media()), Some(*kind));
        }
        assert_eq!(PictureKind::of_media("image/svg+xml"), None);
    }
}
