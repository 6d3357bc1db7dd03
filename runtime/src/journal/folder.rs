//! The data folder: made private, and used by one server at a time.

use super::{JournalError, Trouble};
use crate::os;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A data folder that is this server's alone for as long as the value lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if there is none, and locks it. Fails when it cannot be used, or another server uses it.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        os::make_private_folder(path).map_err(|error| unusable(path, &error))?;
        let lock_path = path.join("lock");
        let mut lock = os::open_private_file(&lock_path).map_err(|error| unusable(&lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(path, &mut lock)),
            Err(TryLockError::Error(error)) => return Err(unusable(&lock_path, &error)),
        }
        let written =
            lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| writeln!(lock, "{}", std::process::id()));
        // The number is only a courtesy to whoever finds the folder in use: a full disk must not keep a server down.
        drop(written);
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> JournalError {
    let sentence = format!("the data folder cannot be used: {}: {error}", path.display());
    JournalError::new(Trouble::Folder, sentence)
}

fn in_use(path: &Path, lock: &mut File) -> JournalError {
    let mut text = String::new();
    let pid = lock.read_to_string(&mut text).ok().and_then(|_| text.trim().parse::<u32>().ok());
    let by = pid.map_or_else(|| "another server".to_owned(), |pid| format!("another server (process {pid})"));
    let sentence =
        format!("the data folder {} is in use by {by}; stop that one, or choose another with --data", path.display());
    JournalError::new(Trouble::InUse, sentence)
}
