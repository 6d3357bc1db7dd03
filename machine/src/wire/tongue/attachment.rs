//! A file that comes in one piece with its offer, as text clients send it.
//!
//! Turns it into what the machine takes: an offer with size and digest, then bytes where the server says to go on. Keeps
//! nothing of the file itself.

use super::Ask;
use super::peer::{Peer, Wish, clipped};
use hobnob_spec::avatar::PictureKind;
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::limits::CHUNK_BYTES_MAX;
use hobnob_spec::messages::{Answer, Asked, For, NAME_BYTES_MAX, Request};
use sha2::Digest as _;

/// What a text client's file is, as it cannot be anything else.
const MEDIA: &str = "text/plain";

/// Where the file that was offered last goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attachment {
    /// The transfer, and how many of its bytes are there.
    ready: Option<(u64, u64)>,
    /// The number of the request with its last bytes, until that is answered.
    end: Option<u64>,
}

/// Offers a file to a room, or to one user.
pub(super) fn offer(peer: &mut Peer, to: &str, path: &str, content: &str, asks: &mut Vec<Ask>) {
    let (place, wish) = if to.is_empty() {
        (For::Room(peer.lobby.to_string()), Wish::Say)
    } else {
        (For::With(clipped(to)), Wish::Private(clipped(to)))
    };
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path).trim();
    let name = base[..base.floor_char_boundary(4 * NAME_BYTES_MAX)].to_owned();
    let (size, digest) = (content.len() as u64, Digest(sha2::Sha256::digest(content).into()));
    peer.ask(Request::Attach { place, name, media: MEDIA.to_owned(), size, digest }, wish, asks);
    asks.push(Ask::Bytes(content.as_bytes().to_vec()));
}

/// A picture that stands in an object as base64, or as a `data:` address, and what kind it is.
pub(super) fn picture(text: &str) -> Option<(PictureKind, Vec<u8>)> {
    let text = text.strip_prefix("data:").and_then(|data| data.split_once(";base64,")).map_or(text, |(_, data)| data);
    let bytes = base64(text)?;
    Some((PictureKind::of_bytes(&bytes)?, bytes))
}

/// Offers a picture, which is to be the client's avatar.
pub(super) fn offer_picture(peer: &mut Peer, kind: PictureKind, bytes: Vec<u8>, asks: &mut Vec<Ask>) {
    let (size, digest) = (bytes.len() as u64, Digest(sha2::Sha256::digest(&bytes).into()));
    let (name, media) = (format!("avatar.{}", kind.extension()), kind.media().to_owned());
    peer.ask(Request::Attach { place: For::Avatar, name, media, size, digest }, Wish::Picture, asks);
    asks.push(Ask::Bytes(bytes));
}

/// Reads base64, with or without what fills up its end.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let [.., byte] = (held >> bits).to_be_bytes();
            bytes.push(byte);
        }
    }
    Some(bytes)
}

impl Attachment {
    /// Whether its end is not answered yet.
    pub(super) fn busy(&self) -> bool {
        self.end.is_some()
    }

    /// Takes the answer to an offer, or to some of its bytes.
    pub(super) fn answered(&mut self, number: u64, answer: &Answer) {
        if self.end == Some(number) {
            self.end = None;
        }
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
        self.end = asked.last().map(|asked| asked.number);
        asked
    }
}
