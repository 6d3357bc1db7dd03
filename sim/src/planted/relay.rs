//! Bugs of relays: what passes between the shipping relay and its connections is changed on the way.
//!
//! Owns a [`World`] around another one, in which the relay runs. The promise listens within it: what it hears is what
//! really left.

use super::bugs;
use crate::promise::Promise;
use futures_io::{AsyncRead, AsyncWrite};
use hobnob_machine::wire::native::{self, AskedReader, Read};
use hobnob_machine::wire::proxy::HEAD_BYTES;
use hobnob_runtime::World;
use hobnob_spec::messages::{Asked, Request, Time};
use hobnob_spec::profile::Dialect;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

bugs! {
    /// A deliberate bug of relays.
    pub enum RelayBug {
        /// Where a write was short, one byte more than was written is taken for written.
        ShortWriteDrops = "short-write-drops" => [BytesEqual],
        /// Where a write was short, the last byte is written again.
        ShortWriteRepeats = "short-write-repeats" => [BytesEqual],
        /// What a short write left is forgotten.
        ShortWriteForgets = "short-write-forgets" => [BytesEqual],
        /// A nick gets two stars.
        StarsTwice = "stars-twice" => [BytesEqual],
        /// A nick gets no star.
        StarForgotten = "star-forgotten" => [BytesEqual],
        /// The two halves of what is written change places.
        PiecesSwapped = "pieces-swapped" => [BytesEqual],
        /// What was written last over one connection is written again over the next one.
        WritesToSuccessor = "writes-to-successor" => [BytesEqual],
        /// What one client is told is told to another as well.
        ClientsCrossed = "clients-crossed" => [BytesEqual],
        /// The server is told the relay's own address.
        AddressHidden = "address-hidden" => [BytesEqual],
    }
}

/// A world with one bug in all that is written there.
#[derive(Debug, Clone)]
pub(crate) struct Meddled<W> {
    world: W,
    bug: Bug,
}

/// A bug, and what was written last in its world, over connections to the server and to clients.
#[derive(Debug, Clone)]
pub(crate) struct Bug {
    kind: RelayBug,
    last: Arc<Mutex<[Vec<u8>; 2]>>,
}

/// A connection in that world.
#[derive(Debug)]
pub(crate) struct MeddledStream<S> {
    inner: S,
    up: bool,
    bug: Bug,
}

/// The half that is written.
#[derive(Debug)]
pub(crate) struct MeddledWriter<T> {
    inner: T,
    up: bool,
    bug: Bug,
    /// How often it was written.
    writes: u64,
    /// What is to be written before anything else.
    pending: Vec<u8>,
}

impl<W> Meddled<W> {
    pub(crate) fn new(world: W, kind: RelayBug) -> Self {
        Self { world, bug: Bug { kind, last: Arc::default() } }
    }
}

impl RelayBug {
    /// The dialects that a relay with this bug is set to, which is set to these.
    pub(crate) fn dialects(self, dialects: Vec<Dialect>) -> Vec<Dialect> {
        if self == Self::StarForgotten { vec![Dialect::Plain] } else { dialects }
    }
}

impl<T: AsyncWrite + Unpin> MeddledWriter<T> {
    /// Writes what is pending, as far as it is taken.
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            match Pin::new(&mut self.inner).poll_write(cx, &self.pending) {
                Poll::Ready(Ok(count)) => drop(self.pending.drain(..count)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// What is written in place of these bytes; `None` for just these.
    fn instead(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut last = self.bug.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut last[usize::from(self.up)], bytes.to_vec());
        match self.bug.kind {
            RelayBug::StarsTwice if self.up => with_another_star(bytes),
            RelayBug::PiecesSwapped if self.writes > 1 && bytes.len() > 1 => {
                let mut swapped = bytes.to_vec();
                swapped.rotate_left(bytes.len() / 2);
                Some(swapped)
            }
            RelayBug::WritesToSuccessor if self.up && self.writes == 2 => Some([&before, bytes].concat()),
            RelayBug::ClientsCrossed if !self.up && self.writes > 3 && before != bytes => {
                Some([bytes, &before].concat())
            }
            RelayBug::AddressHidden if self.up && self.writes == 1 => {
                let mut hidden = bytes.to_vec();
                hidden.get_mut(HEAD_BYTES).into_iter().for_each(|byte| *byte = 127);
                Some(hidden)
            }
            RelayBug::StarsTwice
            | RelayBug::PiecesSwapped
            | RelayBug::WritesToSuccessor
            | RelayBug::ClientsCrossed
            | RelayBug::AddressHidden
            | RelayBug::ShortWriteDrops
            | RelayBug::ShortWriteRepeats
            | RelayBug::ShortWriteForgets
            | RelayBug::StarForgotten => None,
        }
    }

    /// How many bytes are taken for written, of so many of which so many were.
    fn taken(&self, written: usize, all: usize) -> usize {
        match self.bug.kind {
            RelayBug::ShortWriteDrops if written < all => written + 1,
            RelayBug::ShortWriteRepeats if written < all => written.max(2) - 1,
            RelayBug::ShortWriteForgets => all,
            RelayBug::ShortWriteDrops
            | RelayBug::ShortWriteRepeats
            | RelayBug::StarsTwice
            | RelayBug::StarForgotten
            | RelayBug::PiecesSwapped
            | RelayBug::WritesToSuccessor
            | RelayBug::ClientsCrossed
            | RelayBug::AddressHidden => written,
        }
    }
}

/// The frame with one star more before the nick that it asks for, if it does.
fn with_another_star(frame: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut starred) = (Vec::new(), None);
    native::hello(&mut bytes);
    bytes.extend_from_slice(frame);
    AskedReader::default().read(&bytes, |read| {
        if let Read::Item(Asked { number, request: Request::Join { nick, token, avatar } }) = read {
            starred = Some(Asked { number, request: Request::Join { nick: format!("*{nick}"), token, avatar } });
        }
    });
    let mut out = Vec::new();
    native::ask(&starred?, &mut out).then_some(out)
}

impl<S: AsyncRead + Unpin> AsyncRead for MeddledStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_read(cx, bytes)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for MeddledStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for MeddledWriter<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(this.drain(cx))?;
        this.writes += 1;
        if let Some(instead) = this.instead(bytes) {
            this.pending = instead;
            // What is not taken at once is written before what comes next.
            return match this.drain(cx) {
                Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                Poll::Ready(Ok(())) | Poll::Pending => Poll::Ready(Ok(bytes.len())),
            };
        }
        let written = ready!(Pin::new(&mut this.inner).poll_write(cx, bytes))?;
        Poll::Ready(Ok(this.taken(written, bytes.len())))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}

impl<W: World> World for Meddled<W> {
    type Stream = MeddledStream<W::Stream>;
    type Reader = W::Reader;
    type Writer = MeddledWriter<W::Writer>;
    type Listener = (W::Listener, Bug);

    async fn bind(&self, addr: &str) -> io::Result<Self::Listener> {
        Ok((self.world.bind(addr).await?, self.bug.clone()))
    }

    fn local_addr(listener: &Self::Listener) -> io::Result<SocketAddr> {
        W::local_addr(&listener.0)
    }

    async fn accept((listener, bug): &Self::Listener) -> io::Result<(Self::Stream, SocketAddr)> {
        let (inner, peer) = W::accept(listener).await?;
        Ok((MeddledStream { inner, up: false, bug: bug.clone() }, peer))
    }

    async fn connect(&self, addr: &str) -> io::Result<Self::Stream> {
        let inner = self.world.connect(addr).await?;
        Ok(MeddledStream { inner, up: true, bug: self.bug.clone() })
    }

    fn split(MeddledStream { inner, up, bug }: Self::Stream) -> (Self::Reader, Self::Writer) {
        let (reader, inner) = W::split(inner);
        (reader, MeddledWriter { inner, up, bug, writes: 0, pending: Vec::new() })
    }

    fn now(&self) -> Duration {
        self.world.now()
    }

    fn wall(&self) -> Time {
        self.world.wall()
    }

    fn sleep_until(&self, at: Duration) -> impl Future<Output = ()> + Send {
        self.world.sleep_until(at)
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.world.spawn(task);
    }

    fn spawn_aside(&self, name: &str, task: impl Future<Output = ()> + Send + 'static) {
        self.world.spawn_aside(name, task);
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.world.fill_random(bytes);
    }
}
