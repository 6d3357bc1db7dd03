//! What the client has on the disk: files that it sends, and parts of files that come.
//!
//! A part is locked as long as its client lives and removed when it is not kept, so that whatever part is not locked was
//! left by a client that was killed, and goes when the next one starts.

use crate::client::pictures::{self, HEAD_BYTES};
use hobnob_runtime::files::{Digesting, settle};
use hobnob_spec::files::{Bytes, FileName};
use hobnob_spec::messages::Attached;
use hobnob_spec::session::No;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How the names of parts begin and end. No file that comes begins with a dot.
const PART: (&str, &str) = (".hobnob-", ".part");
/// How large the file of a picture may be to be shown, in bytes.
const PICTURE_BYTES_MAX: u64 = 32 << 20;
/// How many parts there may be in a folder, of all clients.
const PARTS_MAX: u32 = 1_000;

pub(super) type Opened = (String, File, u64, hobnob_spec::files::Digest);

/// Opens a file that is to be sent: its name, size and digest.
pub(super) fn open(path: &Path) -> io::Result<Opened> {
    let plain = fs::metadata(path).map_err(|error| io::Error::other(spoken(&error)))?;
    if !plain.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    let name = path.file_name().and_then(|name| name.to_str()).and_then(FileName::parse);
    let name = name.ok_or_else(|| io::Error::other(No::FileNameBad.meaning().trim_end_matches('.')))?;
    let mut file = File::open(path).map_err(|error| io::Error::other(spoken(&error)))?;
    let (mut digesting, mut size, mut buffer) = (Digesting::default(), 0, vec![0; 64 << 10]);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((name.to_string(), file, size, digesting.digest()));
        }
        digesting.update(&buffer[..count]);
        size += count as u64;
    }
}

/// Reads part of a file that is being sent.
pub(super) fn read(file: &mut File, offset: u64, len: u64) -> io::Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    Ok(Bytes(bytes))
}

/// Whether a file begins as a picture does, and is no larger than is shown.
pub(super) fn is_picture(path: &Path) -> bool {
    let mut head = Vec::new();
    let file = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    file.is_ok() && pictures::is_picture(&head) && fs::metadata(path).is_ok_and(|file| file.len() <= PICTURE_BYTES_MAX)
}

/// A file on its way to the disk. What is not kept is removed.
pub(super) struct Part {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    digesting: Digesting,
}

impl Part {
    /// A part of its own in a folder, which is made if there is none.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        for number in 1..=PARTS_MAX {
            let path = folder.join(format!("{}{number}{}", PART.0, PART.1));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    // Where nothing can be locked, nothing is swept either. Whoever sweeps may have been quicker.
                    let _ = file.try_lock();
                    if path.exists() {
                        return Ok(Self { folder: folder.to_owned(), path, file, digesting: Digesting::default() });
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many files are incomplete"))
    }

    /// Takes the next bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digesting.update(bytes);
        self.file.write_all(bytes)
    }

    /// Gives the file its name if it is as promised, or the first name like it that is free: where it is then.
    pub(super) fn keep(mut self, attached: &Attached) -> io::Result<PathBuf> {
        if std::mem::take(&mut self.digesting).digest() != attached.digest {
            return Err(io::Error::other(No::FileDamaged.meaning()));
        }
        settle(&self.path, &self.folder, &attached.name).map(|name| self.folder.join(name))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It is gone where it was kept.
        drop(fs::remove_file(&self.path));
    }
}

/// Removes the parts in a folder that clients left that were killed.
pub(super) fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_part = name.to_str().is_some_and(|name| name.starts_with(PART.0) && name.ends_with(PART.1));
        let plain = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_part && plain && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// An error of the system's without its number.
pub(super) fn spoken(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}
