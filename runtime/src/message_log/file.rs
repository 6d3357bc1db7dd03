//! The file of the message log, kept in step with the store.
//!
//! The store remembers in the transaction of each commit how far the file was written before it. At the start the file
//! is cut back to that, and what the store has beyond is written again: a line is never lost and never twice.

use super::{Layout, Line};
use crate::journal::store;
use crate::os;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// After so many bytes, what is gathered for the file is written.
const WRITE_BYTES: usize = 64 << 10;

/// How far the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The layout of the file.
    pub(crate) layout: Layout,
    /// The file begins after this row of the store.
    pub(crate) base: u64,
    /// It holds the rows up to this one.
    pub(crate) written: u64,
    /// Which take so many bytes.
    pub(crate) length: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Self { layout: Layout::Off, base: 0, written: 0, length: 0 }
    }
}

/// The message log of a data folder.
#[derive(Debug)]
pub(crate) struct MessageLog {
    path: PathBuf,
    zone: TimeZone,
    progress: Progress,
    saved: Progress,
    /// The file, once it is known to be in step with `progress`.
    file: Option<File>,
    buffer: Vec<u8>,
}

impl MessageLog {
    /// The log of a folder, as the store remembers it. Touches no file yet.
    pub(crate) fn open(folder: &Path, layout: Layout, saved: Progress) -> Self {
        let path = folder.join(layout.file().unwrap_or_default());
        let progress = Progress { layout, ..saved };
        Self { path, zone: TimeZone::system(), progress, saved, file: None, buffer: Vec::new() }
    }

    /// How far the file is written, if the store does not know yet.
    pub(crate) fn progress_to_save(&self) -> Option<Progress> {
        (self.progress != self.saved && self.file.is_some()).then_some(self.progress)
    }

    /// The store knows.
    pub(crate) fn saved(&mut self, progress: Progress) {
        self.saved = progress;
    }

    /// Appends lines for rows that were committed. When that fails, a later call writes what is missing.
    pub(crate) fn write<'a>(&mut self, db: &Connection, lines: impl Iterator<Item = (u64, Line<'a>)>) {
        let Some(file) = &mut self.file else {
            return self.catch_up(db);
        };
        self.buffer.clear();
        let mut written = self.progress.written;
        for (id, line) in lines {
            self.progress.layout.write(&line, &self.zone, &mut self.buffer);
            written = id;
        }
        let result = file.write_all(&self.buffer);
        self.advance(result, written);
    }

    /// Brings the file in step with the store, if it is not known to be.
    pub(crate) fn catch_up(&mut self, db: &Connection) {
        if self.file.is_some() || self.progress.layout == Layout::Off {
            return;
        }
        if let Err(error) = self.repair(db) {
            self.complain(&error);
        }
    }

    fn advance(&mut self, result: io::Result<()>, written: u64) {
        match result {
            Ok(()) => {
                self.progress.written = written;
                self.progress.length += self.buffer.len() as u64;
            }
            Err(error) => {
                self.file = None;
                self.complain(&error);
            }
        }
        self.buffer.clear();
    }

    fn complain(&self, error: &io::Error) {
        tracing::warn!(file = %self.path.display(), %error, "the message log is behind; it is written again later");
    }

    fn repair(&mut self, db: &Connection) -> io::Result<()> {
        let is_new = !self.path.exists();
        let mut file = os::open_private_file(&self.path)?;
        if self.progress.layout != self.saved.layout {
            // Another layout is another file: it is to hold all that the store has.
            self.progress = Progress { layout: self.progress.layout, ..Progress::default() };
        } else if is_new {
            // Somebody moved the file away: the new one goes on where that one ends.
            self.progress.base = self.progress.written;
            self.progress.length = 0;
        }
        if !self.is_in_step(db, &mut file)? {
            self.find_step(db, &mut file)?;
        }
        file.set_len(self.progress.length)?;
        file.seek(SeekFrom::Start(self.progress.length))?;
        self.write_missing(db, file)
    }

    /// Whether the file has at least the length that it should have, and the last line there is that of the last row.
    fn is_in_step(&self, db: &Connection, file: &mut File) -> io::Result<bool> {
        let Progress { layout, base, written, length } = self.progress;
        if length == 0 || file.metadata()?.len() < length {
            return Ok(false);
        }
        let mut expected = Vec::new();
        if written == base {
            expected.extend(layout.heading().as_bytes());
        } else {
            let Some(row) = store::row(db, written).map_err(io::Error::other)? else { return Ok(false) };
            layout.write(&row.line(), &self.zone, &mut expected);
        }
        let Some(at) = length.checked_sub(expected.len() as u64) else { return Ok(false) };
        let mut found = vec![0; expected.len()];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut found)?;
        Ok(found == expected)
    }

    /// Compares the file with the store from its beginning, and goes on after the last line that is right.
    fn find_step(&mut self, db: &Connection, file: &mut File) -> io::Result<()> {
        file.rewind()?;
        let mut reader = BufReader::new(file);
        let mut step = Progress { written: self.progress.base, length: 0, ..self.progress };
        let heading = step.layout.heading().as_bytes();
        if same(&mut reader, heading)? {
            step.length = heading.len() as u64;
            let mut result = Ok(());
            let mut line = Vec::new();
            let walked = store::rows_after(db, step.base, |row| {
                line.clear();
                step.layout.write(&row.line(), &self.zone, &mut line);
                match same(&mut reader, &line) {
                    Ok(true) => {
                        step.written = row.id;
                        step.length += line.len() as u64;
                        return ControlFlow::Continue(());
                    }
                    Ok(false) => {}
                    Err(error) => result = Err(error),
                }
                ControlFlow::Break(())
            });
            walked.map_err(io::Error::other)?;
            result?;
        }
        self.progress = step;
        Ok(())
    }

    /// Writes what the store has beyond the file.
    fn write_missing(&mut self, db: &Connection, mut file: File) -> io::Result<()> {
        let mut progress = self.progress;
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        if progress.length == 0 {
            buffer.extend(progress.layout.heading().as_bytes());
        }
        let mut result = Ok(());
        let walked = store::rows_after(db, progress.written, |row| {
            progress.layout.write(&row.line(), &self.zone, &mut buffer);
            progress.written = row.id;
            if buffer.len() >= WRITE_BYTES {
                result = file.write_all(&buffer);
                progress.length += buffer.len() as u64;
                buffer.clear();
            }
            if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        walked.map_err(io::Error::other)?;
        result?;
        file.write_all(&buffer)?;
        progress.length += buffer.len() as u64;
        buffer.clear();
        (self.buffer, self.progress, self.file) = (buffer, progress, Some(file));
        Ok(())
    }
}

/// Whether the next bytes are these.
fn same(reader: &mut impl Read, bytes: &[u8]) -> io::Result<bool> {
    let mut found = vec![0; bytes.len()];
    match reader.read_exact(&mut found) {
        Ok(()) => Ok(found == bytes),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
