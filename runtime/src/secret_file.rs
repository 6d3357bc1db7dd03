//! Secrets in files that nobody else may read, made once: the operator's key, and the token that opens the monitor.

use crate::os;
use hobnob_spec::messages::Secret;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The file of the operator's key in the data folder.
pub const OPERATOR_KEY: &str = "operator.key";
/// The file of the monitor's token in the data folder.
pub const MONITOR_TOKEN: &str = "monitor.token";

/// Why there is no secret.
#[derive(Debug)]
pub enum SecretError {
    /// The file cannot be read or written.
    Io(PathBuf, io::Error),
    /// The file holds something else.
    NoSecret(PathBuf),
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "the secret in {} cannot be used: {error}", path.display()),
            Self::NoSecret(path) => write!(
                f,
                "{} holds no secret, which has 32 hexadecimal digits; delete it to have a new one made",
                path.display()
            ),
        }
    }
}

impl std::error::Error for SecretError {}

/// Reads the secret of a file. Where there is no file, it is made with a `fresh` secret.
pub fn read_or_make(path: &Path, fresh: impl FnOnce() -> Secret) -> Result<Secret, SecretError> {
    let fail = |error| SecretError::Io(path.to_owned(), error);
    let mut file = os::open_private_file(path).map_err(fail)?;
    // One that somebody copied here may be open to all.
    os::make_private(&file).map_err(fail)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(fail)?;
    if text.is_empty() {
        let key = fresh();
        writeln!(file, "{}", key.to_hex()).map_err(fail)?;
        return Ok(key);
    }
    Secret::from_hex(text.trim()).ok_or_else(|| SecretError::NoSecret(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_from_then_on() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join(OPERATOR_KEY);
        let made = read_or_make(&path, || Secret([7; 16])).expect("a key can be made");
        let read = read_or_make(&path, || Secret([8; 16])).expect("a key can be read");
        assert!(made.same_as(&Secret([7; 16])) && read.same_as(&made));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_a_secret_that_was_open_to_all() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join(MONITOR_TOKEN);
        std::fs::write(&path, Secret([7; 16]).to_hex()).expect("a file can be written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("it is ours");
        read_or_make(&path, || Secret([8; 16])).expect("a secret can be read");
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_with_something_else_is_no_key() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join(OPERATOR_KEY);
        std::fs::write(&path, "swordfish\n").expect("a file can be written");
        let error = read_or_make(&path, || Secret([7; 16])).expect_err("that is no key");
        assert!(error.to_string().contains("32 hexadecimal digits"), "{error}");
    }
}
