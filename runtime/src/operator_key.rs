//! The operator's key: a secret in a file that nobody else may read, made once.

use crate::os;
use hobnob_spec::messages::Secret;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The key's file in the data folder.
pub const FILE: &str = "operator.key";

/// Why there is no operator's key.
#[derive(Debug)]
pub enum KeyError {
    /// The file cannot be read or written.
    Io(PathBuf, io::Error),
    /// The file holds something else.
    NoKey(PathBuf),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "the operator's key {} cannot be used: {error}", path.display()),
            Self::NoKey(path) => write!(
                f,
                "{} holds no operator's key, which has 32 hexadecimal digits; delete it to have a new one made",
                path.display()
            ),
        }
    }
}

impl std::error::Error for KeyError {}

/// Reads the key of a file. Where there is no file, it is made with a `fresh` key.
pub fn read_or_make(path: &Path, fresh: impl FnOnce() -> Secret) -> Result<Secret, KeyError> {
    let fail = |error| KeyError::Io(path.to_owned(), error);
    let mut file = os::open_private_file(path).map_err(fail)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(fail)?;
    if text.is_empty() {
        let key = fresh();
        writeln!(file, "{}", key.to_hex()).map_err(fail)?;
        return Ok(key);
    }
    Secret::from_hex(text.trim()).ok_or_else(|| KeyError::NoKey(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_from_then_on() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join(FILE);
        let made = read_or_make(&path, || Secret([7; 16])).expect("a key can be made");
        let read = read_or_make(&path, || Secret([8; 16])).expect("a key can be read");
        assert!(made.same_as(&Secret([7; 16])) && read.same_as(&made));
    }

    #[test]
    fn a_file_with_something_else_is_no_key() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join(FILE);
        std::fs::write(&path, "swordfish\n").expect("a file can be written");
        let error = read_or_make(&path, || Secret([7; 16])).expect_err("that is no key");
        assert!(error.to_string().contains("32 hexadecimal digits"), "{error}");
    }
}
