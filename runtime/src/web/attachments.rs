//! The files that users sent, for who may see them: `/files/NUMBER/NAME`.
//!
//! A browser proves by the address that it has the session's token, without showing it. Who may see which file the
//! machine says. A file is never more to a browser than a picture or some bytes: nothing that is sent here runs.

use super::site::{Site, missing, says};
use crate::hub::desk::{Claim, Desk, Proof, Query};
use futures_lite::AsyncRead;
use futures_lite::io::BufReader;
use hobnob_machine::StoredFile;
use hobnob_spec::avatar::PictureKind;
use hobnob_spec::files::Digest;
use serde::Deserialize;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tide::http::Body;
use tide::{Request, Response, StatusCode};

/// How much of a file is read at once.
const PIECE_BYTES: usize = 64 << 10;
/// How many bytes tell what kind of picture a file is.
const HEAD_BYTES: usize = 16;

#[derive(Deserialize)]
struct Asked {
    /// The nick of who asks.
    #[serde(rename = "as")]
    nick: Option<String>,
    proof: Option<String>,
}

/// Answers with a file, or a part of it.
pub(super) async fn fetch(request: Request<Site>) -> tide::Result {
    let Site { desk, doorman, .. } = request.state();
    let (Ok(file), Ok(asked)) = (request.param("file")?.parse::<u64>(), request.query::<Asked>()) else {
        return Ok(missing());
    };
    let proof = asked.proof.as_deref().and_then(Digest::from_hex).map(|digest| Proof(digest.0));
    let claim = match (asked.nick, proof) {
        (Some(nick), Some(proof)) => Claim::User { nick, proof },
        (_, _) if doorman.admit(request.as_ref()).await.is_ok() => Claim::Operator,
        (_, _) => return Ok(missing()),
    };
    let found = desk.ask(|to| Query::File { file, claim, to }).await.flatten();
    // Whether there is such a file is nobody's business who may not see it.
    let Some(StoredFile { name, size }) = found else { return Ok(missing()) };
    let range = match request.header("range").map(|range| Range::parse(range.last().as_str(), size)) {
        None | Some(Asking::All) => None,
        Some(Asking::Part(range)) => Some(range),
        Some(Asking::Nothing) => {
            let mut response = says(StatusCode::RequestedRangeNotSatisfiable, "The file has no such part.");
            response.insert_header("content-range", format!("bytes */{size}"));
            return Ok(response);
        }
    };
    let Some(Ok(head)) = piece(desk, &name, 0, HEAD_BYTES).await else {
        return Ok(says(StatusCode::InternalServerError, "The file cannot be read."));
    };
    // Given, with a value or without, where the file is to be saved and not shown.
    let saved = request.url().query_pairs().any(|(name, _)| name == "download");
    let picture = PictureKind::of_bytes(&head).filter(|_| !saved);
    let shown = request.param("name")?;
    Ok(respond(Source { desk: desk.clone(), name }, size, range, picture, shown))
}

async fn piece(desk: &Desk, name: &str, offset: u64, len: usize) -> Option<io::Result<Vec<u8>>> {
    desk.ask(|to| Query::Piece { name: name.to_owned(), offset, len, to }).await
}

/// A file that is read piece by piece.
#[derive(Clone)]
struct Source {
    desk: Desk,
    name: String,
}

fn respond(source: Source, size: u64, range: Option<Range>, picture: Option<PictureKind>, shown: &str) -> Response {
    let status = if range.is_some() { StatusCode::PartialContent } else { StatusCode::Ok };
    let Range { from, to } = range.unwrap_or(Range { from: 0, to: size });
    let length = usize::try_from(to - from).ok();
    let body =
        Body::from_reader(BufReader::new(Reading { source, at: from, end: to, piece: Vec::new(), next: None }), length);
    let mut response = Response::builder(status).body(body).build();
    // The address has the name already; of what a user wrote only what is plain goes into a header.
    let disposition = if picture.is_some() { "inline" } else { "attachment" };
    let kind = picture.map_or("application/octet-stream", PictureKind::media);
    response.insert_header("content-type", kind);
    response.insert_header("content-disposition", format!("{disposition}; filename*=UTF-8''{}", encoded(shown)));
    response.insert_header("accept-ranges", "bytes");
    // A number stands for the same bytes for ever, but who shares a computer is not to find them there for long.
    response.insert_header("cache-control", "private, max-age=600");
    if status == StatusCode::PartialContent {
        response.insert_header("content-range", format!("bytes {from}-{}/{size}", to.saturating_sub(1)));
    }
    response
}

/// What a path holds that is encoded already, as far as a header may have it.
fn encoded(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
    name.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}

/// A part of a file: from the first of its bytes to the one behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    from: u64,
    to: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    All,
    Part(Range),
    Nothing,
}

impl Range {
    /// What a header asks of a file of that size. Several parts at once are not given, but the whole (RFC 9110, 14.2).
    fn parse(header: &str, size: u64) -> Asking {
        let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
            return Asking::All;
        };
        if last.contains(',') {
            return Asking::All;
        }
        let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse::<u64>().ok().map(Some) };
        let (from, to) = match (number(first.trim()), number(last.trim())) {
            (Some(Some(from)), Some(to)) => (from, to.map_or(size, |to| to.saturating_add(1).min(size))),
            (Some(None), Some(Some(last))) => (size.saturating_sub(last), size),
            (_, _) => return Asking::All,
        };
        if from < to { Asking::Part(Self { from, to }) } else { Asking::Nothing }
    }
}

type Next = Pin<Box<dyn Future<Output = Option<io::Result<Vec<u8>>>> + Send + Sync>>;

/// Reads a part of a file from its keeper, one piece after the other.
struct Reading {
    source: Source,
    at: u64,
    end: u64,
    piece: Vec<u8>,
    next: Option<Next>,
}

impl AsyncRead for Reading {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.piece.is_empty() {
            if self.at == self.end {
                return Poll::Ready(Ok(0));
            }
            let (source, at) = (self.source.clone(), self.at);
            let len = usize::try_from(self.end - self.at).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
            let next = self
                .next
                .get_or_insert_with(|| Box::pin(async move { piece(&source.desk, &source.name, at, len).await }));
            let Poll::Ready(came) = next.as_mut().poll(cx) else { return Poll::Pending };
            self.next = None;
            self.piece = came.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into()))?;
            if self.piece.is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            self.at += self.piece.len() as u64;
        }
        let count = self.piece.len().min(into.len());
        into[..count].copy_from_slice(&self.piece[..count]);
        self.piece.drain(..count);
        Poll::Ready(Ok(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_files_are_asked_for_as_http_has_it() {
        let part = |from, to| Asking::Part(Range { from, to });
        for (header, asking) in [
            ("bytes=0-9", part(0, 10)),
            ("bytes=0-", part(0, 100)),
            ("bytes=90-200", part(90, 100)),
            ("bytes=-5", part(95, 100)),
            ("bytes=-500", part(0, 100)),
            ("bytes=100-", Asking::Nothing),
            ("bytes=5-4", Asking::Nothing),
            ("bytes=-0", Asking::Nothing),
            ("bytes=0-1,5-6", Asking::All),
            ("bytes=a-b", Asking::All),
            ("lines=1-2", Asking::All),
            ("bytes=18446744073709551615-18446744073709551615", Asking::Nothing),
        ] {
            assert_eq!(Range::parse(header, 100), asking, "{header}");
        }
        assert_eq!(Range::parse("bytes=0-", 0), Asking::Nothing);
    }

    #[test]
    fn no_name_gets_into_a_header_as_more_than_a_name() {
        assert_eq!(encoded("a%20b.png"), "a%20b.png");
        assert_eq!(encoded("a\r\nset-cookie: x\".png"), "a__set-cookie__x_.png");
    }
}
