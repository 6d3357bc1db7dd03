//! Requests of HTTP/1.1, read within bounds, and responses, written as they come.
//!
//! Owns every bound on what a request may cost: the bytes of its head and its body, and the time for both. What is
//! asked and answered it does not know.

use crate::world::World;
use async_h1::server::Encoder;
use futures_io::{AsyncRead, AsyncWrite};
use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tide::StatusCode;
use tide::http::headers::{CONNECTION, DATE};
use tide::http::{Method, Request, Response, Url};

/// The longest head of a request, in bytes.
pub(super) const HEAD_BYTES_MAX: usize = 8 << 10;
/// The longest body of a request, in bytes: a token, or an operator's deed.
pub(super) const BODY_BYTES_MAX: usize = 16 << 10;
/// How many headers a request may have.
const HEADERS_MAX: usize = 64;
/// How long a request may take to come.
pub(super) const REQUEST: Duration = Duration::from_secs(10);
/// How long a connection may rest between two requests.
pub(super) const REST: Duration = Duration::from_secs(30);
/// How long a part of a response may take to be taken.
const WRITE: Duration = Duration::from_secs(30);
/// How much of a response is written at once.
const WRITE_BYTES: usize = 16 << 10;

/// A connection with what was read of it too early.
#[derive(Debug)]
pub(super) struct Rewound<S> {
    read: Vec<u8>,
    at: usize,
    stream: S,
}

impl<S> Rewound<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { read: Vec::new(), at: 0, stream }
    }

    /// Puts bytes back that were read.
    fn put_back(&mut self, bytes: Vec<u8>) {
        (self.read, self.at) = (bytes, 0);
    }

    /// The connection, if nothing is left that was read too early.
    pub(super) fn into_inner(self) -> Option<S> {
        (self.at == self.read.len()).then_some(self.stream)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewound<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
        let rest = &self.read[self.at..];
        if rest.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, into);
        }
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Poll::Ready(Ok(count))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewound<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(cx)
    }
}

/// Why there is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// Nothing more comes, or not in time.
    Over,
    /// What came is refused, and why.
    Refused(StatusCode, &'static str),
}

/// The head of a request.
#[derive(Debug)]
pub(super) struct Head {
    bytes: Vec<u8>,
    request: Request,
    body: usize,
    pub(super) lasts: bool,
    /// Whether it asks for a websocket in place of an answer.
    pub(super) upgrades: bool,
}

impl Head {
    /// Reads the head of the next request.
    pub(super) async fn read<W: World, S>(world: &W, stream: &mut Rewound<S>) -> Result<Self, Unread>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut bytes = Vec::new();
        let mut deadline = world.now() + REST;
        loop {
            let mut some = [0; 2 << 10];
            let reading = async { stream.read(&mut some).await.ok().filter(|count| *count > 0) };
            let count = in_time(world, deadline, reading).await.flatten().ok_or(Unread::Over)?;
            if bytes.is_empty() {
                deadline = world.now() + REQUEST;
            }
            let before = bytes.len();
            bytes.extend_from_slice(&some[..count]);
            if let Some(end) = end_of_head(&bytes, before) {
                if end > HEAD_BYTES_MAX {
                    return Err(TOO_LONG);
                }
                stream.put_back(bytes.split_off(end));
                return parse(bytes);
            }
            if bytes.len() > HEAD_BYTES_MAX {
                return Err(TOO_LONG);
            }
        }
    }

    /// A header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name).map(|values| values.last().as_str())
    }

    /// The path that is asked for.
    pub(super) fn path(&self) -> &str {
        self.request.url().path()
    }

    /// The request as far as its head tells.
    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    /// Puts the head back, for somebody else to read.
    pub(super) fn unread<S>(self, stream: &mut Rewound<S>) {
        let mut bytes = self.bytes;
        bytes.extend_from_slice(&stream.read[stream.at..]);
        stream.put_back(bytes);
    }

    /// Reads the body, and gives the whole request.
    pub(super) async fn whole<W: World, S>(self, world: &W, stream: &mut Rewound<S>) -> Result<Request, Unread>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Self { mut request, body, .. } = self;
        if body > BODY_BYTES_MAX {
            return Err(Unread::Refused(StatusCode::PayloadTooLarge, "The body of the request is too long."));
        }
        let mut bytes = vec![0; body];
        if request.header("expect").is_some_and(|expects| expects.last().as_str().eq_ignore_ascii_case("100-continue"))
        {
            let going_on = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
            if !in_time(world, world.now() + REQUEST, going_on).await.is_some_and(|gone| gone.is_ok()) {
                return Err(Unread::Over);
            }
        }
        let reading = async { stream.read_exact(&mut bytes).await.ok() };
        in_time(world, world.now() + REQUEST, reading).await.flatten().ok_or(Unread::Over)?;
        if body > 0 {
            let kind = request.content_type();
            request.set_body(bytes);
            kind.map(|kind| request.set_content_type(kind));
        }
        Ok(request)
    }
}

const TOO_LONG: Unread =
    Unread::Refused(StatusCode::RequestHeaderFieldsTooLarge, "The head of the request is too long.");
const MALFORMED: Unread = Unread::Refused(StatusCode::BadRequest, "That is no request of HTTP/1.1.");

/// Where the head ends, if it does; what came `before` was looked at already.
fn end_of_head(bytes: &[u8], before: usize) -> Option<usize> {
    let from = before.saturating_sub(3);
    bytes[from..].windows(4).position(|four| four == b"\r\n\r\n").map(|at| from + at + 4)
}

fn parse(bytes: Vec<u8>) -> Result<Head, Unread> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(&bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(TOO_LONG),
        Ok(httparse::Status::Partial) | Err(_) => return Err(MALFORMED),
    }
    let (method, target) = (parsed.method.ok_or(MALFORMED)?, parsed.path.ok_or(MALFORMED)?);
    let method: Method = method.parse().map_err(|_| MALFORMED)?;
    let mut named = Named::default();
    for header in parsed.headers.iter() {
        named.take(header)?;
    }
    // A target that is no path is for proxies, which this is not.
    if !target.starts_with('/') {
        return Err(MALFORMED);
    }
    let host = named.host.ok_or(MALFORMED)?;
    let url = Url::parse(&format!("http://{host}{target}")).map_err(|_| MALFORMED)?;
    let mut request = Request::new(method, url);
    for header in parsed.headers.iter() {
        let value = std::str::from_utf8(header.value).map_err(|_| MALFORMED)?;
        let name = tide::http::headers::HeaderName::from_bytes(header.name.as_bytes().to_vec());
        let value = tide::http::headers::HeaderValue::from_bytes(value.as_bytes().to_vec());
        request.append_header(name.map_err(|_| MALFORMED)?, value.map_err(|_| MALFORMED)?);
    }
    let lasts = parsed.version == Some(1) && !named.closes;
    let (body, upgrades) = (named.length.unwrap_or(0), named.upgrades);
    Ok(Head { request, body, lasts, upgrades, bytes })
}

/// The headers that say where a request ends, and for whom it is.
#[derive(Default)]
struct Named {
    host: Option<String>,
    length: Option<usize>,
    closes: bool,
    upgrades: bool,
}

impl Named {
    fn take(&mut self, header: &httparse::Header<'_>) -> Result<(), Unread> {
        let value = std::str::from_utf8(header.value).map_err(|_| MALFORMED)?.trim();
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        // Two of these would be read differently by different readers.
        if is("host") {
            let good = |host: &str| {
                !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]_".contains(c))
            };
            let taken = self.host.replace(value.to_owned()).is_none();
            return if taken && good(value) { Ok(()) } else { Err(MALFORMED) };
        }
        if is("content-length") {
            let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let length = value.parse().ok().filter(|_| digits).ok_or(MALFORMED)?;
            return if self.length.replace(length).is_none() { Ok(()) } else { Err(MALFORMED) };
        }
        if is("transfer-encoding") {
            return Err(Unread::Refused(StatusCode::LengthRequired, "Say how long the body is."));
        }
        if is("connection") {
            self.closes |= value.split(',').any(|word| word.trim().eq_ignore_ascii_case("close"));
        }
        self.upgrades |= is("upgrade") && value.eq_ignore_ascii_case("websocket");
        Ok(())
    }
}

/// Writes a response; says whether all of it could be written.
pub(super) async fn write<W: World, S>(
    world: &W,
    stream: &mut S,
    mut response: Response,
    (method, lasts): (Method, bool),
) -> bool
where
    S: AsyncWrite + Unpin,
{
    response.insert_header(DATE, date(world));
    if !lasts {
        response.insert_header(CONNECTION, "close");
    }
    let mut encoder = Encoder::new(response, method);
    let mut bytes = vec![0; WRITE_BYTES];
    loop {
        // A piece of a file may take long to be read: its keeper has a queue, and answers.
        let Ok(count) = encoder.read(&mut bytes).await else { return false };
        if count == 0 {
            return in_time(world, world.now() + WRITE, stream.flush()).await.is_some_and(|flushed| flushed.is_ok());
        }
        let written = in_time(world, world.now() + WRITE, stream.write_all(&bytes[..count])).await;
        if !written.is_some_and(|written| written.is_ok()) {
            return false;
        }
    }
}

/// The time of day as HTTP writes it.
fn date<W: World>(world: &W) -> String {
    let now = i64::try_from(world.wall().0).ok().and_then(|now| jiff::Timestamp::from_millisecond(now).ok());
    now.unwrap_or_default().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// What comes of something until a deadline; `None` when it comes to nothing until then.
pub(crate) async fn in_time<W: World, T>(world: &W, deadline: Duration, doing: impl Future<Output = T>) -> Option<T> {
    let over = async {
        world.sleep_until(deadline).await;
        None
    };
    async { Some(doing.await) }.or(over).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Unread {
        parse(text.as_bytes().to_vec()).expect_err("that is no request")
    }

    #[test]
    fn a_request_is_read_with_its_headers() {
        let text = "GET /a%20b?c=d HTTP/1.1\r\nHost: localhost:1\r\nCookie: a=b\r\n\r\n";
        let head = parse(text.as_bytes().to_vec()).expect("that is a request");
        assert_eq!((head.path(), head.request.url().query()), ("/a%20b", Some("c=d")));
        assert_eq!(head.header("cookie"), Some("a=b"));
        assert!(head.lasts && !head.upgrades);
        let ends = parse(text.replace("1.1", "1.0").into_bytes()).expect("that is a request");
        assert!(!ends.lasts);
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let one = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        for more in [
            "Host: other\r\n",
            "Content-Length: 1\r\nContent-Length: 2\r\n",
            "Content-Length: +1\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 99999999999999999999999\r\n",
        ] {
            assert_eq!(refused(&format!("{one}{more}\r\n")), MALFORMED, "{more}");
        }
        let Unread::Refused(status, _) = refused(&format!("{one}Transfer-Encoding: chunked\r\n\r\n")) else {
            panic!("it is refused");
        };
        assert_eq!(status, StatusCode::LengthRequired);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for text in [
            "\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET http://other/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: local host\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "FLY / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/9\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nA b: c\r\n\r\n",
        ] {
            assert_eq!(refused(text), MALFORMED, "{text:?}");
        }
    }

    #[test]
    fn the_end_of_a_head_is_found_in_whatever_pieces_it_comes() {
        let bytes = b"GET / HTTP/1.1\r\n\r\nbody";
        for before in 0..=18 {
            assert_eq!(end_of_head(bytes, before.min(17)), Some(18));
        }
        assert_eq!(end_of_head(&bytes[..17], 0), None);
    }
}
