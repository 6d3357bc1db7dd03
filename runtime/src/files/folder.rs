//! Files in a folder: whole ones under names that users know, parts under numbers in a folder within.
//!
//! Never follows a link and never writes over anything: a part is made anew or continued where it is a plain file, and a
//! whole file gets its name by a step that fails where the name is taken.

use super::{Digesting, Files, TEXT_BYTES_MAX, text_of};
use hobnob_machine::{Filing, OpenTransfer};
use hobnob_spec::files::{Digest, FileName};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The folder of the parts, within the folder of the files. No file of a user's begins with a dot.
const PARTS: &str = ".parts";
/// How many numbers are tried behind a name that is taken.
const NUMBERS_MAX: u64 = 100_000;

/// A folder with files.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The part that was written last, kept open for the next bytes.
    open: Option<(u64, File)>,
}

impl Folder {
    /// Opens the folder, which is made if there is none. Fails when it cannot be made.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fs::create_dir_all(path.join(PARTS))?;
        Ok(Self { path, open: None })
    }

    fn part(&self, transfer: u64) -> PathBuf {
        self.path.join(PARTS).join(format!("{transfer}.part"))
    }

    fn part_file(&mut self, transfer: u64) -> io::Result<&mut File> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != transfer) {
            let path = self.part(transfer);
            if fs::symlink_metadata(&path).is_ok_and(|meta| !meta.is_file()) {
                return Err(io::Error::other("the part of a file is no plain file"));
            }
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
            self.open = Some((transfer, file));
        }
        Ok(&mut self.open.as_mut().expect("it was just opened").1)
    }

    /// Compares a part and gives it a name; what goes wrong is an error of the disk's.
    fn try_finish(&mut self, transfer: u64, name: &FileName, size: u64, digest: &Digest) -> io::Result<Filing> {
        let path = self.part(transfer);
        let file = self.part_file(transfer)?;
        file.sync_all()?;
        self.open = None;
        let found = look_at(&path)?;
        if (found.size, found.digest) != (size, *digest) {
            fs::remove_file(&path)?;
            return Ok(Filing::Damaged);
        }
        let name = settle(&path, &self.path, name)?;
        sync_folder(&self.path)?;
        Ok(Filing::Kept { name, text: found.bytes.and_then(text_of) })
    }

    /// A whole file that nobody was told of and that is this transfer's, from before a crash.
    fn untold(&self, transfer: &OpenTransfer, known: &BTreeSet<String>) -> Option<PathBuf> {
        for number in 1..NUMBERS_MAX {
            let name = if number == 1 { transfer.name.as_str().to_owned() } else { transfer.name.numbered(number) };
            let path = self.path.join(&name);
            let meta = fs::symlink_metadata(&path).ok()?;
            let same = meta.is_file() && meta.len() == transfer.size && !known.contains(&name);
            if same && look_at(&path).is_ok_and(|found| found.digest == transfer.digest) {
                return Some(path);
            }
        }
        None
    }
}

impl Files for Folder {
    fn write(&mut self, transfer: u64, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let file = self.part_file(transfer)?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn finish(&mut self, transfer: u64, name: &FileName, size: u64, digest: &Digest) -> Filing {
        self.try_finish(transfer, name, size, digest).unwrap_or_else(|error| {
            tracing::warn!("the file {name} cannot be kept: {error}");
            self.discard(transfer);
            Filing::NoSpace
        })
    }

    fn discard(&mut self, transfer: u64) {
        self.open.take_if(|(open, _)| *open == transfer);
        remove(&self.part(transfer));
    }

    fn remove(&mut self, name: &str) {
        remove(&self.path.join(name));
    }

    fn read(&mut self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let path = self.path.join(name);
        if !fs::symlink_metadata(&path)?.is_file() {
            return Err(io::Error::other("it is no plain file"));
        }
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(len);
        file.take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn reopen(&mut self, open: &[OpenTransfer], known: &BTreeSet<String>) -> Vec<u64> {
        for transfer in open {
            let part = self.part(transfer.transfer);
            if !part.exists()
                && let Some(whole) = self.untold(transfer, known)
                && let Err(error) = fs::rename(&whole, &part)
            {
                tracing::warn!("the file {} cannot be gone on with: {error}", transfer.name);
            }
        }
        for entry in fs::read_dir(self.path.join(PARTS)).into_iter().flatten().flatten() {
            if !open.iter().any(|transfer| self.part(transfer.transfer) == entry.path()) {
                remove(&entry.path());
            }
        }
        let length = |transfer: &OpenTransfer| fs::metadata(self.part(transfer.transfer)).map_or(0, |meta| meta.len());
        open.iter().map(length).collect()
    }
}

/// Moves a part to the first name of its own in a folder that is free, and returns the name. A hard link is made for it,
/// for that fails where something is; where there are no hard links an empty file holds the name until the part takes its
/// place. Fails when the disk does, or when very many names are taken.
pub fn settle(part: &Path, folder: &Path, name: &FileName) -> io::Result<String> {
    for number in 1..NUMBERS_MAX {
        let name = if number == 1 { name.as_str().to_owned() } else { name.numbered(number) };
        let path = folder.join(&name);
        if fs::hard_link(part, &path).is_ok() {
            return fs::remove_file(part).map(|()| name);
        }
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return fs::rename(part, &path).map(|()| name),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many files have this name"))
}

/// What a file holds.
struct Found {
    size: u64,
    digest: Digest,
    /// All of it, if it is little.
    bytes: Option<Vec<u8>>,
}

/// Reads all of a file.
fn look_at(path: &Path) -> io::Result<Found> {
    let mut file = File::open(path)?;
    let (mut digesting, mut size, mut all) = (Digesting::default(), 0, Some(Vec::new()));
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(Found { size, digest: digesting.digest(), bytes: all });
        }
        digesting.update(&buffer[..count]);
        size += count as u64;
        all = all.filter(|all| all.len() + count <= TEXT_BYTES_MAX);
        if let Some(all) = &mut all {
            all.extend_from_slice(&buffer[..count]);
        }
    }
}

/// Removes a file, or says why it stays.
fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!("{} cannot be removed: {error}", path.display());
    }
}

/// Makes the names in a folder safe from a power cut, where folders can be synced.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::digest_of;
    use super::*;

    fn name(text: &str) -> FileName {
        FileName::parse(text).expect("a name of a file")
    }

    fn finished(folder: &mut Folder, transfer: u64, text: &str, bytes: &[u8]) -> Filing {
        folder.write(transfer, 0, bytes).expect("there is space");
        folder.finish(transfer, &name(text), bytes.len() as u64, &digest_of(bytes))
    }

    #[test]
    fn a_file_is_kept_under_its_name_and_nothing_is_written_over() {
        let home = tempfile::tempdir().expect("a folder can be made");
        let mut folder = Folder::open(home.path()).expect("a folder can be opened");
        for (transfer, kept) in [(1, "a.txt"), (2, "a (2).txt"), (3, "a (3).txt")] {
            let bytes = format!("file {transfer}\n");
            let Filing::Kept { name, text } = finished(&mut folder, transfer, "a.txt", bytes.as_bytes()) else {
                panic!("the file is kept")
            };
            assert_eq!(name, kept);
            assert_eq!(text.expect("it is a text").as_str(), bytes);
            assert_eq!(folder.read(&name, 5, 99).expect("it can be read"), &bytes.as_bytes()[5..]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_neither_followed_nor_replaced() {
        let home = tempfile::tempdir().expect("a folder can be made");
        let other = home.path().join("other");
        fs::write(&other, "mine").expect("a file can be written");
        let mut folder = Folder::open(home.path().join("files")).expect("a folder can be opened");
        std::os::unix::fs::symlink(&other, home.path().join("files/a.txt")).expect("a link can be made");
        let filing = finished(&mut folder, 1, "a.txt", b"theirs");
        assert!(matches!(filing, Filing::Kept { name, .. } if name == "a (2).txt"));
        assert_eq!(fs::read(&other).expect("it is still there"), b"mine");
        assert!(folder.read("a.txt", 0, 10).is_err(), "what a link leads to is not read");
    }

    #[test]
    fn other_bytes_than_promised_leave_nothing_behind() {
        let home = tempfile::tempdir().expect("a folder can be made");
        let mut folder = Folder::open(home.path()).expect("a folder can be opened");
        folder.write(1, 0, b"abc").expect("there is space");
        assert_eq!(folder.finish(1, &name("a.txt"), 3, &digest_of(b"abd")), Filing::Damaged);
        folder.write(2, 0, b"abc").expect("there is space");
        assert_eq!(folder.finish(2, &name("a.txt"), 4, &digest_of(b"abc")), Filing::Damaged);
        assert_eq!(fs::read_dir(home.path().join(PARTS)).expect("it is there").count(), 0);
        assert!(!home.path().join("a.txt").exists());
    }

    #[test]
    fn after_a_start_open_parts_are_there_and_others_are_gone() {
        let home = tempfile::tempdir().expect("a folder can be made");
        let mut folder = Folder::open(home.path()).expect("a folder can be opened");
        folder.write(1, 0, b"abc").expect("there is space");
        folder.write(2, 0, b"abcd").expect("there is space");
        let whole = finished(&mut folder, 3, "c.txt", b"untold");
        assert!(matches!(whole, Filing::Kept { .. }));
        let open = |transfer, text, bytes: &[u8]| OpenTransfer {
            transfer,
            name: name(text),
            size: bytes.len() as u64,
            digest: digest_of(bytes),
        };
        let mut again = Folder::open(home.path()).expect("a folder can be opened");
        let held = again.reopen(&[open(1, "a", b"abcdef"), open(3, "c.txt", b"untold")], &BTreeSet::new());
        assert_eq!(held, [3, 6], "what is there is counted, and a file that nobody was told of goes on as a part");
        assert!(!home.path().join("c.txt").exists());
        assert!(!again.part(2).exists(), "what no transfer owns is removed");
    }
}
