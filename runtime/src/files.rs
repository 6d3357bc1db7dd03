//! The keeper of files: where the bytes of files are that users send.
//!
//! Owns the bytes and the names under which they stand on a disk. Which bytes belong where, and whether a file is as
//! promised, the machine and the digest say; who may have a file it does not know.

mod folder;
mod memory;

pub use folder::{Folder, settle};
pub use memory::Memory;

use async_channel::{Receiver, Sender};
use hobnob_machine::{Filing, OpenTransfer};
use hobnob_spec::files::{Digest, FileName};
use hobnob_spec::limits::CONTENT_BYTES_MAX;
use hobnob_spec::names::Text;
use std::collections::BTreeSet;
use std::io;

/// How many bytes a file may have at most to be looked at as a text.
const TEXT_BYTES_MAX: usize = 4 * hobnob_spec::names::TEXT_CHARS_MAX;

/// A place where files are kept. It may block: it lives where the journal does, aside.
pub trait Files: Send {
    /// Writes bytes of a part.
    fn write(&mut self, transfer: u64, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Compares a part with what was promised, and keeps it under a name that no other file has, safe from a power
    /// cut. A part that is not kept is removed.
    fn finish(&mut self, transfer: u64, name: &FileName, size: u64, digest: &Digest) -> Filing;
    /// Removes a part.
    fn discard(&mut self, transfer: u64);
    /// Removes a whole file.
    fn remove(&mut self, name: &str);
    /// Reads part of a whole file; fewer bytes where the file ends.
    fn read(&mut self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>>;
    /// After a start: says how many bytes of each open transfer are there, in their order, and removes all other
    /// parts. A file that was finished and that nobody was told of (it is not `known`) becomes a part again.
    fn reopen(&mut self, open: &[OpenTransfer], known: &BTreeSet<String>) -> Vec<u64>;
}

/// What a keeper of files is told.
#[derive(Debug)]
pub(crate) enum FileJob {
    Write {
        transfer: u64,
        offset: u64,
        bytes: Vec<u8>,
    },
    Finish {
        transfer: u64,
        name: FileName,
        size: u64,
        digest: Digest,
    },
    Discard {
        transfer: u64,
    },
    Remove {
        name: String,
    },
    Read {
        tag: u64,
        name: String,
        offset: u64,
        len: usize,
    },
    /// Read, and tell who asks.
    ReadFor {
        name: String,
        offset: u64,
        len: usize,
        to: Sender<io::Result<Vec<u8>>>,
    },
}

/// What a keeper of files says.
#[derive(Debug)]
pub(crate) enum FileDone {
    /// So many bytes were written, or not.
    Wrote {
        bytes: usize,
    },
    Filed {
        transfer: u64,
        filing: Filing,
        /// What a small file holds.
        content: Option<Vec<u8>>,
    },
    Read {
        tag: u64,
        piece: io::Result<Vec<u8>>,
    },
}

/// Serves until nobody has jobs any more. With `shows` it reads what small files hold when they are whole.
pub(crate) async fn serve(mut files: Box<dyn Files>, shows: bool, jobs: Receiver<FileJob>, done: Sender<FileDone>) {
    while let Ok(job) = jobs.recv().await {
        let says = match job {
            FileJob::Write { transfer, offset, bytes } => {
                let wrote = FileDone::Wrote { bytes: bytes.len() };
                if let Err(error) = files.write(transfer, offset, &bytes) {
                    tracing::warn!("a file that is being sent cannot be written: {error}");
                    files.discard(transfer);
                    if done.send(FileDone::Filed { transfer, filing: Filing::NoSpace, content: None }).await.is_err() {
                        return;
                    }
                }
                wrote
            }
            FileJob::Finish { transfer, name, size, digest } => {
                let filing = files.finish(transfer, &name, size, &digest);
                let small = usize::try_from(size).ok().filter(|size| shows && *size <= CONTENT_BYTES_MAX);
                let content = match (&filing, small) {
                    // Who would be told what it holds is told its name then.
                    (Filing::Kept { name, .. }, Some(size)) => files.read(name, 0, size).ok(),
                    (Filing::Kept { .. } | Filing::Damaged | Filing::NoSpace, _) => None,
                };
                FileDone::Filed { transfer, filing, content }
            }
            FileJob::Discard { transfer } => {
                files.discard(transfer);
                continue;
            }
            FileJob::Remove { name } => {
                files.remove(&name);
                continue;
            }
            FileJob::ReadFor { name, offset, len, to } => {
                // Who asked may have gone.
                drop(to.try_send(files.read(&name, offset, len)));
                continue;
            }
            FileJob::Read { tag, name, offset, len } => FileDone::Read { tag, piece: files.read(&name, offset, len) },
        };
        if done.send(says).await.is_err() {
            return;
        }
    }
}

/// What a file holds, if that is a text that could be said. Lines may end as on any system.
pub fn text_of(bytes: Vec<u8>) -> Option<Text> {
    if bytes.len() > TEXT_BYTES_MAX {
        return None;
    }
    let text = String::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
    Text::parse(text).ok()
}

/// Counts and digests bytes as they come.
#[derive(Default)]
pub struct Digesting(sha2::Sha256);

impl Digesting {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.0, bytes);
    }

    /// The digest of all that came.
    pub fn digest(self) -> Digest {
        Digest(sha2::Digest::finalize(self.0).into())
    }
}

impl std::fmt::Debug for Digesting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digesting")
    }
}

/// The SHA-256 of some bytes.
pub fn digest_of(bytes: &[u8]) -> Digest {
    let mut digesting = Digesting::default();
    digesting.update(bytes);
    digesting.digest()
}
