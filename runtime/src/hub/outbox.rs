//! What waits for one connection, and how it is written.
//!
//! Owns the writing half of a connection. Whoever releases messages writes them at once, all that wait in one call;
//! only when the socket takes no more does a task take over until the outbox is empty. Knows no messages, only bytes.

use crate::world::World;
use futures_io::AsyncWrite;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The most pieces that go into one write.
const PIECES_PER_WRITE: usize = 64;
/// How many empty places an outbox keeps for the next pieces.
const PLACES_KEPT: usize = 8;
/// How many times as long as itself the bytes may be that a waiting piece shares.
const SHARED_TIMES_MAX: usize = 4;

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
    /// The socket takes no more at present.
    Short,
    /// A task waits for the socket already.
    Waiting,
    /// The connection is of no more use.
    Broken,
}

/// One connection's outbox, shared by the hub, its reader and, while the socket is full, a writing task.
pub(super) struct Outbox<W: World>(Mutex<Inside<W>>);

struct Inside<W: World> {
    /// `None` once the connection is given up.
    writer: Option<W::Writer>,
    pieces: VecDeque<Piece>,
    /// The bytes of all pieces.
    waiting: usize,
    /// Nothing is added; the writer is closed once nothing waits.
    closing: bool,
    /// A task waits for the socket; this wakes it.
    drainer: Option<Waker>,
    draining: bool,
    /// Wakes the reader when the connection is given up.
    reader: Option<Waker>,
}

impl<W: World> Outbox<W> {
    pub(super) fn new(writer: W::Writer) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inside {
            writer: Some(writer),
            pieces: VecDeque::new(),
            waiting: 0,
            closing: false,
            drainer: None,
            draining: false,
            reader: None,
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
            Poll::Ready(Ok(())) => Written::All,
            Poll::Ready(Err(_)) => {
                inside.give_up();
                Written::Broken
            }
            Poll::Pending => {
                inside.draining = true;
                inside.pieces.iter_mut().for_each(Piece::slim);
                Written::Short
            }
        }
    }

    /// Writes until nothing waits; for a task of its own after [`Written::Short`].
    pub(super) async fn drain(self: Arc<Self>) {
        poll_fn(|cx| {
            let mut inside = self.inside();
            let polled = inside.poll_write(cx, false);
            match polled {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => inside.give_up(),
                Poll::Pending => {
                    inside.drainer = Some(cx.waker().clone());
                    return Poll::Pending;
                }
            }
            inside.draining = false;
            inside.drainer = None;
            Poll::Ready(())
        })
        .await;
    }

    /// Drops what waits and the connection with it.
    pub(super) fn give_up(&self) {
        self.inside().give_up();
    }

    /// Whether the connection was given up; if not, `reader` is woken when it is.
    pub(super) fn over(&self, reader: &Waker) -> bool {
        let mut inside = self.inside();
        if inside.writer.is_some() && !inside.reader.as_ref().is_some_and(|kept| kept.will_wake(reader)) {
            inside.reader = Some(reader.clone());
        }
        inside.writer.is_none()
    }
}

impl<W: World> Inside<W> {
    /// Writes until nothing waits. With `once`, a socket that took less than it was given is full.
    fn poll_write(&mut self, cx: &mut Context<'_>, once: bool) -> Poll<io::Result<()>> {
        let Some(writer) = &mut self.writer else { return Poll::Ready(Ok(())) };
        while self.waiting > 0 {
            let mut slices = [IoSlice::new(&[]); PIECES_PER_WRITE];
            let (mut count, mut offered) = (0, 0);
            for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
                *slice = IoSlice::new(piece.slice());
                offered += piece.len();
                count += 1;
            }
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
        }
        if self.pieces.capacity() > PLACES_KEPT {
            self.pieces = VecDeque::new();
        }
        if self.closing { Pin::new(writer).poll_close(cx) } else { Poll::Ready(Ok(())) }
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
