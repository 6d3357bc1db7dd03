//! A file that comes in one piece with its offer, as text clients send it.
//!
//! Turns it into what the machine takes: an offer with size and digest, then bytes where the server says to go on. Keeps
//! nothing of the file itself.

use super::Ask;
use super::peer::{Peer, Wish, clipped};
use hobnob_spec::avatar::PictureKind;
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::limits::{CHUNK_BYTES_MAX, CONTENT_BYTES_MAX};
use hobnob_spec::messages::{Answer, Asked, Attached, For, NAME_BYTES_MAX, Request};
use sha2::Digest as _;

/// What is told of a file.
pub(super) enum Told<'a> {
    /// What it holds.
    Text(&'a str),
    /// What it holds, which is no text.
    Base64(String),
    /// Its name and size, and why not more.
    Sentence(String),
}

/// A file as a client sends it.
pub(super) struct Content {
    bytes: Vec<u8>,
    media: String,
}

/// Where the file that was offered last goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attachment {
    /// The transfer, how many of its bytes are there, and what it was offered for.
    ready: Option<(u64, u64, Option<Wish>)>,
    /// The number of the request with its last bytes, until that is answered.
    end: Option<u64>,
}

/// What a payload holds: a text, or what stands there in base64 or as a `data:` address; `None` where it cannot be read.
pub(super) fn content(payload: String, encoding: &str) -> Option<Content> {
    let (media, data) = data_address(&payload);
    let coded = encoding.eq_ignore_ascii_case("base64");
    let bytes = if coded || media.is_some() && encoding.is_empty() { base64(data) } else { None };
    match bytes {
        Some(bytes) => {
            let kind = PictureKind::of_bytes(&bytes).map(PictureKind::media);
            let media = media.or(kind).unwrap_or("application/octet-stream").to_owned();
            Some(Content { bytes, media })
        }
        None if coded => None,
        None => Some(Content { bytes: payload.into_bytes(), media: "text/plain".to_owned() }),
    }
}

/// What is told of a file, of which `content` is at hand.
pub(super) fn told<'a>(file: &'a Attached, content: Option<&'a [u8]>) -> Told<'a> {
    let plain = |text: &&str| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match (content, &file.text) {
        (Some(content), _) => match std::str::from_utf8(content).ok().filter(plain) {
            Some(text) => Told::Text(text),
            None => Told::Base64(Bytes(content.to_vec()).to_base64()),
        },
        (None, Some(text)) => Told::Text(text.as_str()),
        (None, None) if file.size > CONTENT_BYTES_MAX as u64 => {
            Told::Sentence(named(file, &format!("more than the {CONTENT_BYTES_MAX} bytes that one object brings")))
        }
        (None, None) => Told::Sentence(named(file, "which cannot be handed on any more")),
    }
}

/// A file by its name and size, and what there is to say of it.
pub(super) fn named(file: &Attached, more: &str) -> String {
    format!("(sent the file {} of {} bytes, {more})", file.name, file.size)
}

/// Offers a file to a room, or to one user.
pub(super) fn offer(peer: &mut Peer, to: &str, path: &str, content: Content, asks: &mut Vec<Ask>) {
    let to = Some(clipped(to)).filter(|to| !to.is_empty());
    let place = to.clone().map_or_else(|| For::Room(peer.lobby.to_string()), For::With);
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path).trim();
    let name = base[..base.floor_char_boundary(4 * NAME_BYTES_MAX)].to_owned();
    let wish = Wish::File { name: name.clone(), to };
    let content = Content { media: clipped(&content.media), ..content };
    attach(peer, (place, name), content, wish, asks);
}

/// Asks to take what is offered, with its bytes behind that.
fn attach(peer: &mut Peer, (place, name): (For, String), content: Content, wish: Wish, asks: &mut Vec<Ask>) {
    let Content { bytes, media } = content;
    let (size, digest) = (bytes.len() as u64, Digest(sha2::Sha256::digest(&bytes).into()));
    peer.ask(Request::Attach { place, name, media, size, digest }, wish, asks);
    asks.push(Ask::Bytes(bytes));
}

/// The bytes that base64 stands for.
fn base64(text: &str) -> Option<Vec<u8>> {
    Bytes::from_base64(text).map(|Bytes(bytes)| bytes)
}

/// The kind and the base64 of a `data:` address; else all of the text, of no kind.
fn data_address(text: &str) -> (Option<&str>, &str) {
    let address = text.strip_prefix("data:").and_then(|address| address.split_once(";base64,"));
    address.map_or((None, text), |(media, data)| (Some(media), data))
}

/// A picture that stands in an object as base64, or as a `data:` address, and what kind it is.
pub(super) fn picture(text: &str) -> Option<(PictureKind, Vec<u8>)> {
    let bytes = base64(data_address(text).1)?;
    Some((PictureKind::of_bytes(&bytes)?, bytes))
}

/// Offers a picture, which is to be the client's avatar.
pub(super) fn offer_picture(peer: &mut Peer, kind: PictureKind, bytes: Vec<u8>, asks: &mut Vec<Ask>) {
    let (name, media) = (format!("avatar.{}", kind.extension()), kind.media().to_owned());
    attach(peer, (For::Avatar, name), Content { bytes, media }, Wish::Picture, asks);
}

impl Attachment {
    /// Whether its end is not answered yet.
    pub(super) fn busy(&self) -> bool {
        self.end.is_some()
    }

    /// Takes the answer to an offer, or to some of its bytes.
    pub(super) fn answered(&mut self, number: u64, wish: Option<&Wish>, answer: &Answer) {
        if self.end == Some(number) {
            self.end = None;
        }
        if let Answer::Ready { transfer, from } = answer {
            self.ready = Some((*transfer, *from, wish.cloned()));
        }
    }

    /// The requests with the bytes that the server wants: one at least, whose answer is the end of the file.
    pub(super) fn chunks(&mut self, bytes: &[u8], peer: &mut Peer) -> Vec<Asked> {
        let Some((transfer, from, wish)) = self.ready.take() else { return Vec::new() };
        let start = usize::try_from(from).map_or(bytes.len(), |from| from.min(bytes.len()));
        let (mut asked, mut at, all) = (Vec::new(), start, bytes.len());
        while at < all || asked.is_empty() {
            let end = all.min(at + CHUNK_BYTES_MAX);
            let (offset, bytes) = (at as u64, Bytes(bytes[at..end].to_vec()));
            // The answer to the last one is that to the file.
            let wish = wish.as_ref().filter(|wish| end == all && matches!(wish, Wish::File { .. }));
            let wish = wish.cloned().unwrap_or(Wish::Say);
            asked.push(peer.number(Request::Chunk { transfer, offset, bytes }, wish));
            at = end;
        }
        self.end = asked.last().map(|asked| asked.number);
        asked
    }
}
