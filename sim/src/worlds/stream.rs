//! A connection of a simulated world: turmoil's, cut up and merged, reset, stalled, and listened to.
//!
//! Owns what a real socket does and turmoil's does not: partial reads and writes, a window of bytes, resets. Whatever
//! is left to chance is drawn from the plan's seed and the number of the connection.

use super::ear::Ear;
use super::network::{Cable, Line};
use super::stage::{Note, Stage, chance, lock, now_ms};
use super::tap::Tap;
use crate::chronicle::Dir;
use crate::promise::Promise;
use futures_io::{AsyncRead, AsyncWrite};
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::ReadBuf;
use tokio::time::Sleep;
use turmoil::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// How many bytes of one way may be under way before the writer waits.
const WINDOW: u64 = 16 << 10;
/// One in so many reads and writes is cut.
const CUT_ONE_IN: u32 = 6;

/// One end of a connection.
#[derive(Debug)]
pub struct SimStream {
    pub(super) reader: SimReader,
    pub(super) writer: SimWriter,
}

/// The half that is read.
#[derive(Debug)]
pub struct SimReader {
    inner: Option<OwnedReadHalf>,
    line: Line,
    stage: Arc<Stage>,
    dir: Dir,
    rng: Option<fastrand::Rng>,
    rest: Option<Pin<Box<Sleep>>>,
    /// A relay is listened to.
    ear: Option<Arc<Mutex<Ear>>>,
}

/// The half that is written.
#[derive(Debug)]
pub struct SimWriter {
    inner: Option<OwnedWriteHalf>,
    line: Line,
    stage: Arc<Stage>,
    dir: Dir,
    rng: Option<fastrand::Rng>,
    tap: Option<Tap>,
    scratch: Vec<u8>,
    closed: bool,
    ear: Option<Arc<Mutex<Ear>>>,
    /// What is written is a relay's, and no word of the server's.
    passes: bool,
}

impl SimStream {
    /// The end of a connection that sends that way; a relay's is listened to.
    pub(super) fn new(
        stream: turmoil::net::TcpStream,
        line: Line,
        stage: &Arc<Stage>,
        sends: Dir,
        ear: Option<Arc<Mutex<Ear>>>,
    ) -> Self {
        let (read, write) = stream.into_split();
        let (number, who, passes) = {
            let mut cable = lock(&line);
            let end = cable.writing_end(sends);
            (end.opened, end.held) = (true, 2);
            (cable.wire.0, cable.who, cable.to.is_some() && sends == Dir::Down)
        };
        let (reads, side) = match sends {
            Dir::Up => (Dir::Down, 0),
            Dir::Down => (Dir::Up, 1),
        };
        let rng = |purpose| stage.plan.setting.chop.then(|| chance(stage.plan.seed, purpose, number * 2 + side));
        // For whom a relay's connection to the server stands shows only when the relay knows that it stands.
        let somebody = who.is_some() || !stage.plan.relays.is_empty();
        let taps = somebody && (stage.looked_at || (sends == Dir::Down && !passes));
        let behind_header = ear.is_some() && sends == Dir::Up;
        Self {
            reader: SimReader {
                inner: Some(read),
                line: Arc::clone(&line),
                stage: Arc::clone(stage),
                dir: reads,
                rng: rng("reads"),
                rest: None,
                ear: ear.clone(),
            },
            writer: SimWriter {
                inner: Some(write),
                line,
                stage: Arc::clone(stage),
                dir: sends,
                rng: rng("writes"),
                tap: taps.then(|| Tap::new(sends, behind_header)),
                scratch: Vec::new(),
                closed: false,
                ear,
                passes,
            },
        }
    }

    /// The two halves.
    pub(super) fn split(self) -> (SimReader, SimWriter) {
        (self.reader, self.writer)
    }
}

impl AsyncRead for SimStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.reader).poll_read(cx, bytes)
    }
}

impl AsyncWrite for SimStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.writer).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.writer).poll_close(cx)
    }
}

fn reset() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "the connection was reset")
}

/// How many of so many bytes are taken at once: most times all, sometimes fewer than `few`.
fn cut_up(rng: &mut Option<fastrand::Rng>, all: usize, few: usize) -> usize {
    let Some(rng) = rng.as_mut().filter(|_| all > 1) else { return all };
    if rng.u32(0..CUT_ONE_IN) == 0 { rng.usize(1..=few) } else { all }
}

/// Tells, once, that the end which reads that way knows of the connection's end.
fn end(stage: &Stage, cable: &mut Cable, dir: Dir) {
    let (who, wire) = (cable.who, cable.wire);
    let end = cable.reading_end(dir);
    if !std::mem::replace(&mut end.told, true)
        && let Some(who) = who
    {
        stage.note(now_ms(), Note::Ended { who, wire, dir });
    }
}

impl SimReader {
    /// How many bytes may be read now.
    fn limit(&mut self, wanted: usize) -> usize {
        cut_up(&mut self.rng, wanted, wanted.min(64))
    }

    /// Whether a byte may be read from one who reads a byte at a time.
    fn drip(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let rest = self.rest.get_or_insert_with(|| Box::pin(tokio::time::sleep(Duration::from_millis(1))));
        ready!(rest.as_mut().poll(cx));
        self.rest = None;
        Poll::Ready(())
    }

    /// Takes note of bytes that were read.
    fn arrive(&self, cable: &mut Cable, count: usize) {
        let (who, wire, dir) = (cable.who, cable.wire, self.dir);
        let lane = cable.lane(dir);
        lane.read += count as u64;
        while lane.ends.pop_front_if(|end| *end <= lane.read).is_some() {
            if let Some(who) = who {
                self.stage.note(now_ms(), Note::Arrived { who, wire, dir });
            }
        }
        if let Some(waker) = cable.writing_end(dir).writer.take() {
            waker.wake();
        }
    }
}

impl AsyncRead for SimReader {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut [u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let line = Arc::clone(&this.line);
        let (is_reset, dials) = {
            let mut cable = lock(&line);
            let is_reset = cable.reading_end(this.dir).reset;
            if is_reset {
                end(&this.stage, &mut cable, this.dir);
            } else {
                cable.reading_end(this.dir).reader = Some(cx.waker().clone());
            }
            (is_reset, cable.dials)
        };
        if is_reset {
            return Poll::Ready(Err(reset()));
        }
        let mut wanted = this.limit(bytes.len());
        if this.dir == Dir::Down {
            let trouble = this.stage.network().trouble(dials);
            if trouble.stalls_reads > 0 {
                return Poll::Pending;
            }
            if trouble.drips > 0 {
                ready!(this.drip(cx));
                wanted = 1;
            }
        }
        let Some(inner) = &mut this.inner else { return Poll::Ready(Err(reset())) };
        let mut buffer = ReadBuf::new(&mut bytes[..wanted]);
        let first = ready!(tokio::io::AsyncRead::poll_read(Pin::new(inner), cx, &mut buffer));
        let mut cable = lock(&line);
        if let Err(error) = first {
            end(&this.stage, &mut cable, this.dir);
            return Poll::Ready(Err(error));
        }
        if buffer.filled().is_empty() {
            end(&this.stage, &mut cable, this.dir);
            return Poll::Ready(Ok(0));
        }
        // What came in several pieces is read at once, as a real socket would have it.
        while buffer.remaining() > 0 && this.rng.as_mut().is_none_or(|rng| rng.u32(0..CUT_ONE_IN) > 0) {
            let before = buffer.filled().len();
            match tokio::io::AsyncRead::poll_read(Pin::new(&mut *inner), cx, &mut buffer) {
                Poll::Ready(Ok(())) if buffer.filled().len() > before => {}
                Poll::Ready(_) | Poll::Pending => break,
            }
        }
        let count = buffer.filled().len();
        this.arrive(&mut cable, count);
        if let Some(ear) = &this.ear {
            lock(ear).read(this.dir, buffer.filled());
        }
        Poll::Ready(Ok(count))
    }
}

impl SimWriter {
    /// Whether something may be written, and how much of so many bytes.
    fn may_write(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        let line = Arc::clone(&self.line);
        let mut cable = lock(&line);
        if cable.writing_end(self.dir).reset {
            return Poll::Ready(Err(reset()));
        }
        let stalls = match self.dir {
            Dir::Up => self.stage.network().trouble(cable.dials).stalls_writes > 0,
            Dir::Down => cable.to.is_some() && self.stage.network().trouble(cable.to).stalls_down > 0,
        };
        let lane = cable.lane(self.dir);
        let room = WINDOW.saturating_sub(lane.written - lane.read);
        if stalls || room == 0 {
            cable.writing_end(self.dir).writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let may = wanted.min(usize::try_from(room).unwrap_or(wanted));
        Poll::Ready(Ok(cut_up(&mut self.rng, may, may)))
    }

    /// Writes what stands in the scratch.
    fn write_scratch(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.scratch.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let may = ready!(self.may_write(cx, self.scratch.len()))?;
        let Some(inner) = &mut self.inner else { return Poll::Ready(Err(reset())) };
        let count = ready!(tokio::io::AsyncWrite::poll_write(Pin::new(inner), cx, &self.scratch[..may]))?;
        if let Some(ear) = &self.ear
            && let Err(sentence) = lock(ear).wrote(self.dir, &self.scratch[..count])
        {
            self.stage.note(now_ms(), Note::Broke { promise: Promise::BytesEqual, sentence });
        }
        let mut cable = lock(&self.line);
        let (who, wire) = (cable.who, cable.wire);
        let lane = cable.lane(self.dir);
        let before = lane.written;
        lane.written += count as u64;
        if let Some(tap) = &mut self.tap {
            let (stage, passes, at) = (&self.stage, self.passes, now_ms());
            tap.listen(&self.scratch[..count], |place, said| {
                let Some(who) = who else { return };
                if stage.looked_at {
                    lane.ends.push_back(before + place as u64);
                }
                stage.note(at, said.note(who, wire, passes));
            });
        }
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for SimWriter {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.scratch.clear();
        self.scratch.extend_from_slice(bytes);
        self.write_scratch(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.scratch.clear();
        for slice in slices {
            self.scratch.extend_from_slice(slice);
        }
        self.write_scratch(cx)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.closed || lock(&this.line).writing_end(this.dir).reset {
            return Poll::Ready(Ok(()));
        }
        let Some(inner) = &mut this.inner else { return Poll::Ready(Ok(())) };
        this.closed = true;
        tokio::io::AsyncWrite::poll_shutdown(Pin::new(inner), cx)
    }
}

impl Drop for SimReader {
    fn drop(&mut self) {
        let mut cable = lock(&self.line);
        let end = cable.reading_end(self.dir);
        end.held = end.held.saturating_sub(1);
        if end.silent
            && let Some(inner) = self.inner.take()
        {
            // Whoever drops it tells the other side.
            self.stage.bury(Box::new(inner));
        }
    }
}

impl Drop for SimWriter {
    fn drop(&mut self) {
        let mut cable = lock(&self.line);
        let end = cable.writing_end(self.dir);
        end.held = end.held.saturating_sub(1);
        if end.silent
            && let Some(inner) = self.inner.take()
        {
            self.stage.bury(Box::new(inner));
        }
    }
}
