//! The bytes of small files, for dialects that tell of a file with what it holds.
//!
//! Owns how many are kept. Whoever finds none here tells of a file by its name and size; who may hear of it is not
//! asked here.

use hobnob_spec::limits::CONTENT_BYTES_MAX;
use hobnob_spec::messages::{Body, Entry};
use std::collections::BTreeMap;

/// How many bytes are kept; of more the oldest files are forgotten.
const CONTENTS_BYTES_MAX: usize = 32 * CONTENT_BYTES_MAX;

/// What the latest small files hold, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    files: BTreeMap<u64, Vec<u8>>,
    bytes: usize,
}

impl Contents {
    /// Keeps what a file holds, unless it is longer than [`CONTENT_BYTES_MAX`].
    pub fn keep(&mut self, file: u64, bytes: Vec<u8>) {
        if bytes.len() > CONTENT_BYTES_MAX {
            return;
        }
        self.bytes += bytes.len();
        self.bytes -= self.files.insert(file, bytes).map_or(0, |before| before.len());
        while self.bytes > CONTENTS_BYTES_MAX {
            let Some((_, oldest)) = self.files.pop_first() else { return };
            self.bytes -= oldest.len();
        }
    }

    /// What the file holds that an entry tells of, if it tells of one and that is kept.
    pub fn of(&self, entry: &Entry) -> Option<&[u8]> {
        let Body::Attached(file) = &entry.body else { return None };
        self.files.get(&file.file).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_make_place_and_long_ones_are_not_kept() {
        let mut contents = Contents::default();
        contents.keep(0, vec![0; CONTENT_BYTES_MAX + 1]);
        assert_eq!(contents, Contents::default());
        for file in 1..=33 {
            contents.keep(file, vec![0; CONTENT_BYTES_MAX]);
        }
        contents.keep(33, vec![1]);
        let kept: Vec<_> = contents.files.keys().copied().collect();
        assert_eq!(kept, (2..=33).collect::<Vec<_>>());
        assert_eq!(contents.bytes, 31 * CONTENT_BYTES_MAX + 1);
    }
}
