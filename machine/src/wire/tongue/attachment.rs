//! A file that comes in one piece with its offer, as text clients send it.
//!
//! Turns it into what the machine takes: an offer with size and digest, then bytes where the server says to go on. Keeps
//! nothing of the file itself.

use super::Ask;
use super::peer::{Peer, Wish, clipped};
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::limits::CHUNK_BYTES_MAX;
use hobnob_spec::messages::{Answer, Asked, NAME_BYTES_MAX, Request, Where};
use sha2::Digest as _;

/// What a text client's file is, as it cannot be anything else.
const MEDIA: &str = "text/plain";

/// Where the file that was offered last goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attachment {
    /// The transfer, and how many of its bytes are there.
    ready: Option<(u64, u64)>,
}

/// Offers a file to a room, or to one user.
pub(super) fn offer(peer: &mut Peer, to: &str, path: &str, content: &str, asks: &mut Vec<Ask>) {
    let (place, wish) = if to.is_empty() {
        (Where::Room(peer.lobby.to_string()), Wish::Say)
    } else {
        (Where::With(clipped(to)), Wish::Private(clipped(to)))
    };
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path).trim();
    let name = base[..base.floor_char_boundary(4 * NAME_BYTES_MAX)].to_owned();
    let (size, digest) = (content.len() as u64, Digest(sha2::Sha256::digest(content).into()));
    peer.ask(Request::Attach { place, name, media: MEDIA.to_owned(), size, digest }, wish, asks);
    asks.push(Ask::Bytes(content.as_bytes().to_vec()));
}

impl Attachment {
    /// Takes the answer to an offer.
    pub(super) fn answered(&mut self, answer: &Answer) {
        if let Answer::Ready { transfer, from } = answer {
            self.ready = Some((*transfer, *from));
        }
    }

    /// The requests with the bytes that the server wants: one at least, whose answer is the end of the file.
    pub(super) fn chunks(&mut self, bytes: &[u8], peer: &mut Peer) -> Vec<Asked> {
        let Some((transfer, from)) = self.ready.take() else { return Vec::new() };
        let start = usize::try_from(from).map_or(bytes.len(), |from| from.min(bytes.len()));
        let mut asked = Vec::new();
        let mut at = start;
        while at < bytes.len() || asked.is_empty() {
            let end = bytes.len().min(at + CHUNK_BYTES_MAX);
            let (offset, bytes) = (at as u64, Bytes(bytes[at..end].to_vec()));
            asked.push(peer.number(Request::Chunk { transfer, offset, bytes }, Wish::Say));
            at = end;
        }
        asked
    }
}
