//! The form of the records, and the hash that chains them.
//!
//! A batch is one blob of records, each: time (8 bytes, little-endian), length of the input (4), input (MessagePack),
//! digest of the outputs (16), first bytes of the chained hash up to here (8), so that a damaged record has a number.

use super::{Genesis, JournalError, Trouble};
use hobnob_spec::messages::Time;

/// How many bytes of the chained hash follow each record; the batch keeps all of the last one.
const MARK: usize = 8;
/// How many bytes precede the input.
const HEAD: usize = 12;
/// How many bytes the digest has.
pub(super) const DIGEST: usize = 16;

/// The hash over everything up to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain(pub [u8; 32]);

/// A record, as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number: 1, 2, 3 …
    pub seq: u64,
    /// When the machine took the input.
    pub at: Time,
    /// The input, as MessagePack.
    pub input: &'a [u8],
    /// The digest of all outputs since the record before.
    pub digest: [u8; DIGEST],
}

impl Chain {
    /// The hash that the first record is chained to.
    pub fn of(genesis: &Genesis) -> Self {
        let bytes = rmp_serde::to_vec(genesis).expect("settings are made of what MessagePack can hold");
        let mut hasher = blake3::Hasher::new_derive_key("hobnob journal, form 1");
        Self(*hasher.update(&bytes).finalize().as_bytes())
    }

    /// The hash after one more record.
    #[must_use]
    pub fn then(&self, record: &Record<'_>) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0).update(&record.seq.to_le_bytes()).update(&record.at.0.to_le_bytes());
        hasher.update(record.input).update(&record.digest);
        Self(*hasher.finalize().as_bytes())
    }
}

/// Begins a record in a blob: all that comes before the digest.
pub(super) fn begin(blob: &mut Vec<u8>, at: Time, input: &impl serde::Serialize) {
    blob.extend(at.0.to_le_bytes());
    let length_at = blob.len();
    blob.extend([0; 4]);
    rmp_serde::encode::write(blob, input).expect("inputs are made of what MessagePack can hold");
    let length = u32::try_from(blob.len() - length_at - 4).expect("an input is shorter than a frame, so than 4 GiB");
    blob[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
}

/// Ends the record; its mark is left empty for [`seal`].
pub(super) fn end(blob: &mut Vec<u8>, digest: [u8; DIGEST]) {
    blob.extend(digest);
    blob.extend([0; MARK]);
}

/// Chains the records of a blob and writes their marks. May be done again with the same result.
pub(super) fn seal(blob: &mut [u8], first: u64, mut chain: Chain) -> Chain {
    let (mut at, mut seq) = (0, first);
    while at < blob.len() {
        let (record, _, end) = split(&blob[at..], seq).expect("the blob was made by begin and end");
        chain = chain.then(&record);
        blob[at + end - MARK..at + end].copy_from_slice(&chain.0[..MARK]);
        at += end;
        seq += 1;
    }
    chain
}

/// Goes through the records of a blob and returns the chained hash after the last one. `each` may end it with `false`.
/// Fails at the first record that does not fit the chain.
pub fn unseal(
    blob: &[u8],
    first: u64,
    count: u64,
    mut chain: Chain,
    mut each: impl FnMut(Record<'_>, Chain) -> Result<bool, JournalError>,
) -> Result<Chain, JournalError> {
    let mut rest = blob;
    for seq in first..first + count {
        let Some((record, mark, end)) = split(rest, seq) else {
            return Err(damaged(seq, "is cut short"));
        };
        chain = chain.then(&record);
        if mark != &chain.0[..MARK] {
            return Err(damaged(seq, "is not as it was written: its hash does not fit the record before it"));
        }
        if !each(record, chain)? {
            return Ok(chain);
        }
        rest = &rest[end..];
    }
    if rest.is_empty() {
        Ok(chain)
    } else {
        Err(damaged(first + count, "has no place in its batch: there are more bytes than records"))
    }
}

/// A record of a blob as it stands there, true or not.
pub(super) fn peek(blob: &[u8], first: u64, seq: u64) -> Option<Record<'_>> {
    let mut rest = blob;
    for number in first..seq {
        let (_, _, end) = split(rest, number)?;
        rest = rest.get(end..)?;
    }
    split(rest, seq).map(|(record, _, _)| record)
}

/// The error for a record that is not as it was written.
pub(super) fn damaged(seq: u64, how: &str) -> JournalError {
    JournalError::at(Trouble::Corrupt, seq, format!("record {seq} {how}; the records up to {} are whole", seq - 1))
}

/// Splits the first record off: the record, its mark, and where it ends.
fn split(bytes: &[u8], seq: u64) -> Option<(Record<'_>, &[u8], usize)> {
    let at = u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?);
    let length = u32::from_le_bytes(bytes.get(8..HEAD)?.try_into().ok()?) as usize;
    let digest_at = HEAD.checked_add(length)?;
    let input = bytes.get(HEAD..digest_at)?;
    let digest = bytes.get(digest_at..digest_at + DIGEST)?.try_into().ok()?;
    let end = digest_at + DIGEST + MARK;
    let mark = bytes.get(digest_at + DIGEST..end)?;
    Some((Record { seq, at: Time(at), input, digest }, mark, end))
}
