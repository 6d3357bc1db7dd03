//! Files as messages name them: names that are safe on any disk, digests, and bytes.
//!
//! Owns what a file's name may be. Knows nothing of folders and of who sends which file.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// The longest name of a file, in characters.
pub const FILE_NAME_CHARS_MAX: usize = 100;
/// The longest name of a file, in bytes: what a file system allows, less what makes a name unique.
pub const FILE_NAME_BYTES_MAX: usize = 200;
/// What no name of a file may hold: each means something to a shell or a file system of some kind.
pub const FILE_NAME_FORBIDDEN: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
/// Names that are devices on some systems, whatever follows their first dot.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A file's name without a folder: 1 to [`FILE_NAME_CHARS_MAX`] characters that any file system takes for a plain name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(Arc<str>);

impl FileName {
    /// Parses a name, leaving out the folders before it; `None` where what is left is no name of a file.
    pub fn parse(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let short = name.chars().nth(FILE_NAME_CHARS_MAX).is_none() && name.len() <= FILE_NAME_BYTES_MAX;
        let plain = |c: char| !c.is_control() && !FILE_NAME_FORBIDDEN.contains(&c) && !crate::names::invisible(c);
        let edges = ['.', ' '];
        let good = short
            && !name.is_empty()
            && name.chars().all(plain)
            && !name.starts_with(edges)
            && !name.ends_with(edges)
            && !is_device(name);
        good.then(|| Self(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with a number before its extension, for one that is taken.
    pub fn numbered(&self, number: u64) -> String {
        match self.0.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem} ({number}).{extension}"),
            None => format!("{} ({number})", self.0),
        }
    }
}

/// Whether a name is that of a device on some system.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt")).is_some_and(|rest| {
        matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    });
    numbered || DEVICES.contains(&stem.as_str())
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl TryFrom<String> for FileName {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).filter(|name| name.as_str() == text).ok_or("not a file's name")
    }
}

/// What a media type may be: `type/subtype` of letters, digits and a few signs; anything else is bytes of any kind.
pub fn media_type(text: &str) -> &str {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_');
    let part = |part: &str| !part.is_empty() && part.len() <= 60 && part.chars().all(sign);
    let good = text.split_once('/').is_some_and(|(kind, subtype)| part(kind) && part(subtype));
    if good { text } else { "application/octet-stream" }
}

/// The SHA-256 of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Writes 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex()[..12])
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(&self.to_hex()) } else { to.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = String::deserialize(from)?;
            return Self::from_hex(&text).ok_or_else(|| Error::custom("not a digest"));
        }
        let bytes = Bytes::deserialize(from)?;
        bytes.0.try_into().map(Self).map_err(|_| Error::custom("a digest has 32 bytes"))
    }
}

/// Part of a file; base64 where messages are text.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Bytes(pub Vec<u8>);

/// Base64 with or without what fills up its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Bytes {
    /// Writes base64.
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }

    /// Reads base64 of either alphabet, with or without what fills up its end, also in lines.
    pub fn from_base64(text: &str) -> Option<Self> {
        let digit = |c: char| match c {
            '\r' | '\n' | ' ' => None,
            '-' => Some('+'),
            '_' => Some('/'),
            c => Some(c),
        };
        BASE64.decode(text.chars().filter_map(digit).collect::<String>()).ok().map(Self)
    }
}

/// Bytes are counted in a trace and not printed.
impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(&self.to_base64()) } else { to.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = String::deserialize(from)?;
            return Self::from_base64(&text).ok_or_else(|| Error::custom("not base64"));
        }
        from.deserialize_byte_buf(BytesVisitor)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = list.next_element()? {
            bytes.push(byte);
        }
        Ok(Bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_names_anywhere() {
        for (path, name) in [
            ("coolfile1.txt", "coolfile1.txt"),
            ("attachments/coolfile1.txt", "coolfile1.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a b.png", "a b.png"),
            ("über.tar.gz", "über.tar.gz"),
            ("console", "console"),
        ] {
            assert_eq!(FileName::parse(path).expect("a name").as_str(), name, "{path}");
        }
        let long = "x".repeat(FILE_NAME_CHARS_MAX + 1);
        let bad = [
            "",
            "/",
            "..",
            ".",
            "a/..",
            ".hidden",
            "a.",
            "a ",
            "a\0b",
            "a\nb",
            "a\u{1b}[2Jb",
            "c:",
            "a*b",
            "NUL",
            "nul.txt",
            "COM1",
            "lpt9.log",
            "con .txt",
            "a\u{202e}gpj.exe",
            &long,
        ];
        for bad in bad {
            assert_eq!(FileName::parse(bad), None, "{bad:?} is no name of a file");
        }
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number_before_its_extension() {
        let numbered = |name: &str| FileName::parse(name).expect("a name").numbered(2);
        assert_eq!(numbered("a.txt"), "a (2).txt");
        assert_eq!(numbered("a.tar.gz"), "a.tar (2).gz");
        assert_eq!(numbered("README"), "README (2)");
    }

    #[test]
    fn what_is_no_media_type_is_bytes_of_any_kind() {
        assert_eq!(media_type("image/svg+xml"), "image/svg+xml");
        for bad in ["", "image", "/png", "image/", "a b/c", "text/plain; charset=x", "a/\u{1b}"] {
            assert_eq!(media_type(bad), "application/octet-stream", "{bad:?}");
        }
    }

    #[test]
    fn digests_are_read_as_they_are_written() {
        let digest = Digest(std::array::from_fn(|at| u8::try_from(at).expect("32 is a small number")));
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        assert_eq!(Digest::from_hex("00"), None);
    }
}
