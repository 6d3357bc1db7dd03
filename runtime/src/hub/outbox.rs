//! What waits for one connection, and how it is written.
//!
//! Owns the writing half of a connection. Whoever releases messages writes them at once, all that wait in one call;
//! only when the socket takes no more does a task take over until the outbox is empty. Knows no messages, only bytes,
//! and of those of the text dialects that a message ends with a newline: their clients take what one `recv` brings for
//! one message, so each is written by itself, with a pause before the next.

use crate::world::World;
use futures_io::AsyncWrite;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The most pieces that go into one write.
const PIECES_PER_WRITE: usize = 64;
/// How many empty places an outbox keeps for the next pieces.
const PLACES_KEPT: usize = 8;
/// How many times as long as itself the bytes may be that a waiting piece shares.
const SHARED_TIMES_MAX: usize = 4;

/// The pause between two messages to a client that takes what comes at once for one.
const PACE: Duration = Duration::from_millis(10);
/// When more lines than this wait, they are written without pauses: a flood neither waits long nor fills the outbox.
const PACED_LINES_MAX: usize = 16;

/// Bytes that several outboxes share, or a part of them.
#[derive(Clone)]
pub(super) struct Piece {
    bytes: Arc<Vec<u8>>,
    start: usize,
    end: usize,
}

impl Piece {
    /// The bytes from `start` to `end`.
    pub(super) fn of(bytes: &Arc<Vec<u8>>, start: usize, end: usize) -> Self {
        Self { bytes: Arc::clone(bytes), start, end }
    }

    /// All of these bytes.
    pub(super) fn whole(bytes: Vec<u8>) -> Self {
        let end = bytes.len();
        Self { bytes: Arc::new(bytes), start: 0, end }
    }

    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    fn slice(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Has its own bytes where it would keep much more alive than itself.
    fn slim(&mut self) {
        if self.bytes.capacity() > SHARED_TIMES_MAX * self.len() {
            *self = Self::whole(self.slice().to_vec());
        }
    }
}

/// How far writing came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Nothing waits.
    All,
    /// The socket takes no more at present, or there is a pause before the next message.
    Short,
    /// A task waits for the socket already.
    Waiting,
    /// The connection is of no more use.
    Broken,
}

/// What the reader of a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// It reads.
    Reads,
    /// It rests for a while.
    Rests,
    /// It ends: the connection was given up.
    Over,
}

/// One connection's outbox, shared by the hub, its reader and, while the socket is full, a writing task.
pub(super) struct Outbox<W: World>(Mutex<Inside<W>>);

struct Inside<W: World> {
    /// `None` once the connection is given up.
    writer: Option<W::Writer>,
    pieces: VecDeque<Piece>,
    /// The bytes of all pieces.
    waiting: usize,
    /// Every line is written by itself.
    paced: bool,
    /// Nothing is added; the writer is closed once nothing waits.
    closing: bool,
    /// A task waits for the socket; this wakes it.
    drainer: Option<Waker>,
    draining: bool,
    /// Wakes the reader when the connection is given up.
    reader: Option<Waker>,
    /// Nothing is read for a while.
    resting: bool,
}

impl<W: World> Outbox<W> {
    pub(super) fn new(writer: W::Writer) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inside {
            writer: Some(writer),
            pieces: VecDeque::new(),
            waiting: 0,
            paced: false,
            closing: false,
            drainer: None,
            draining: false,
            reader: None,
            resting: false,
        })))
    }

    fn inside(&self) -> MutexGuard<'_, Inside<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a piece, unless nothing more is taken.
    pub(super) fn push(&self, mut piece: Piece) {
        let mut inside = self.inside();
        if inside.draining {
            piece.slim();
        }
        if inside.writer.is_some() && !inside.closing {
            inside.waiting += piece.len();
            inside.pieces.push_back(piece);
        }
    }

    /// From here on every line is written by itself.
    pub(super) fn pace(&self) {
        self.inside().paced = true;
    }

    /// Takes no more; what waits is written first.
    pub(super) fn close(&self) {
        self.inside().closing = true;
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        self.inside().waiting
    }

    /// Writes what the socket takes at once.
    pub(super) fn write_now(&self) -> Written {
        let mut inside = self.inside();
        if inside.draining {
            return Written::Waiting;
        }
        match inside.poll_write(&mut Context::from_waker(Waker::noop()), true) {
            Poll::Ready(Ok(true)) => Written::All,
            Poll::Ready(Err(_)) => {
                inside.give_up();
                Written::Broken
            }
            Poll::Ready(Ok(false)) | Poll::Pending => {
                inside.draining = true;
                inside.pieces.iter_mut().for_each(Piece::slim);
                Written::Short
            }
        }
    }

    /// Writes what the socket takes at once of all that waits, without pauses: for a connection that is given up next.
    pub(super) fn write_last(&self) {
        let mut inside = self.inside();
        inside.paced = false;
        // Nobody is there to be told that it could not be written.
        let _ = inside.poll_write(&mut Context::from_waker(Waker::noop()), true);
    }

    /// Writes until nothing waits; for a task of its own after [`Written::Short`].
    pub(super) async fn drain(self: Arc<Self>, world: W) {
        loop {
            if self.inside().paced {
                world.sleep_until(world.now() + PACE).await;
            }
            if self.drain_some().await {
                return;
            }
        }
    }

    /// Writes until nothing waits, or until a pause; says whether nothing waits.
    async fn drain_some(&self) -> bool {
        poll_fn(|cx| {
            let mut inside = self.inside();
            let polled = inside.poll_write(cx, false);
            match polled {
                Poll::Ready(Ok(true)) => {}
                Poll::Ready(Ok(false)) => return Poll::Ready(false),
                Poll::Ready(Err(_)) => inside.give_up(),
                Poll::Pending => {
                    inside.drainer = Some(cx.waker().clone());
                    return Poll::Pending;
                }
            }
            inside.draining = false;
            inside.drainer = None;
            Poll::Ready(true)
        })
        .await
    }

    /// Drops what waits and the connection with it.
    pub(super) fn give_up(&self) {
        self.inside().give_up();
    }

    /// What the reader may do. Where it may not read, `reader` is woken when that changes.
    pub(super) fn allows(&self, reader: &Waker) -> Reading {
        let mut inside = self.inside();
        if inside.writer.is_none() {
            return Reading::Over;
        }
        if !inside.reader.as_ref().is_some_and(|kept| kept.will_wake(reader)) {
            inside.reader = Some(reader.clone());
        }
        if inside.resting { Reading::Rests } else { Reading::Reads }
    }

    /// Lets the reader rest, or wakes it.
    pub(super) fn rest(&self, rest: bool) {
        let mut inside = self.inside();
        inside.resting = rest;
        if let (false, Some(reader)) = (rest, &inside.reader) {
            reader.wake_by_ref();
        }
    }
}

impl<W: World> Inside<W> {
    /// Writes until nothing waits, or until a pause, and says whether nothing waits. With `once`, a socket that took
    /// less than it was given is full.
    fn poll_write(&mut self, cx: &mut Context<'_>, once: bool) -> Poll<io::Result<bool>> {
        let Some(writer) = &mut self.writer else { return Poll::Ready(Ok(true)) };
        while self.waiting > 0 {
            let mut line = if self.paced { first_line(&self.pieces) } else { None };
            let mut slices = [IoSlice::new(&[]); PIECES_PER_WRITE];
            let (mut count, mut offered) = (0, 0);
            for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
                let bytes = piece.slice();
                let bytes = &bytes[..bytes.len().min(line.map_or(usize::MAX, |line| line - offered))];
                *slice = IoSlice::new(bytes);
                offered += bytes.len();
                count += 1;
            }
            line.take_if(|line| *line > offered);
            let written = match Pin::new(&mut *writer).poll_write_vectored(cx, &slices[..count]) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => written,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            };
            self.waiting -= written;
            drop_front(&mut self.pieces, written);
            if once && written < offered {
                return Poll::Pending;
            }
            if line.is_some() && written == offered {
                return Poll::Ready(Ok(false));
            }
        }
        if self.pieces.capacity() > PLACES_KEPT {
            self.pieces = VecDeque::new();
        }
        if self.closing { Pin::new(writer).poll_close(cx).map_ok(|()| true) } else { Poll::Ready(Ok(true)) }
    }

    fn give_up(&mut self) {
        self.writer = None;
        self.pieces = VecDeque::new();
        self.waiting = 0;
        for waker in [self.reader.take(), self.drainer.take()].into_iter().flatten() {
            waker.wake();
        }
    }
}

/// How many bytes the first line has, its newline included; `None` where none ends, or more than [`PACED_LINES_MAX`] do.
fn first_line(pieces: &VecDeque<Piece>) -> Option<usize> {
    let (mut first, mut before, mut lines) = (None, 0, 0);
    for piece in pieces {
        for (at, byte) in piece.slice().iter().enumerate() {
            if *byte == b'\n' {
                first.get_or_insert(before + at + 1);
                lines += 1;
            }
            if lines > PACED_LINES_MAX {
                return None;
            }
        }
        before += piece.len();
    }
    first
}

/// Takes so many bytes off the front.
fn drop_front(pieces: &mut VecDeque<Piece>, mut bytes: usize) {
    while let Some(first) = pieces.front_mut() {
        if bytes < first.len() {
            first.start += bytes;
            return;
        }
        bytes -= first.len();
        pieces.pop_front();
    }
}
