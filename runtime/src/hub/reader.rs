//! The tasks that bring the hub what comes from outside: one per listener, one per connection.
//!
//! They turn bytes into the units of a dialect and decide nothing else. An idle connection has no buffer and no timer:
//! its bytes are read into a buffer that all share, and only an incomplete unit is kept.

use super::outbox::Outbox;
use crate::world::World;
use async_channel::{Receiver, Sender};
use futures_io::AsyncRead;
use futures_lite::FutureExt;
use hobnob_machine::Conn;
use hobnob_machine::wire::door::{Door, Found, QUIET_MS};
use std::cell::RefCell;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// How much is read at once. It bounds what one connection brings in one turn, too.
const READ_BYTES: usize = 16 << 10;
/// How long a listener rests when the system has no connection to spare.
const ACCEPT_REST: Duration = Duration::from_millis(100);

/// What comes to the hub from outside.
pub(super) enum Heard<W: World> {
    /// Somebody connected.
    Came {
        /// The connection.
        stream: W::Stream,
        /// From where.
        addr: SocketAddr,
        /// Through which listener.
        listener: u16,
    },
    /// Bytes came over a connection.
    Bytes {
        /// The place of its line.
        slot: usize,
        /// The connection.
        conn: Conn,
        /// What was in the bytes.
        found: Vec<Found>,
        /// How many they were.
        bytes: usize,
    },
    /// Nothing comes any more.
    Gone {
        /// The place of its line.
        slot: usize,
        /// The connection.
        conn: Conn,
    },
}

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

/// Accepts connections until `close` is closed. A system without a connection to spare is waited for.
pub(super) async fn accept<W: World>(
    world: W,
    listener: W::Listener,
    number: u16,
    hub: Sender<Heard<W>>,
    close: Receiver<()>,
) {
    let mut short = false;
    while !close.is_closed() {
        let closed = async {
            // Nothing is ever sent: the channel is closed.
            let _ = close.recv().await;
            Err(std::io::ErrorKind::Interrupted.into())
        };
        match W::accept(&listener).or(closed).await {
            Ok((stream, addr)) => {
                short = false;
                if hub.send(Heard::Came { stream, addr, listener: number }).await.is_err() {
                    return;
                }
            }
            Err(_) if close.is_closed() => return,
            Err(error) => {
                if !short && !passing(&error) {
                    tracing::warn!("cannot accept a connection: {error}; trying again until it works");
                    short = true;
                }
                world.sleep_until(world.now() + ACCEPT_REST).await;
            }
        }
    }
}

/// Whether the peer was merely gone before it was accepted.
fn passing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::*;
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

/// Reads a connection until it ends or is given up.
pub(super) async fn read<W: World>(
    (world, mut reader): (W, W::Reader),
    outbox: Arc<Outbox<W>>,
    (slot, conn): (usize, Conn),
    mut door: Door,
    hub: Sender<Heard<W>>,
) {
    loop {
        let read = if door.waits_for_quiet() {
            let quiet_at = world.now() + Duration::from_millis(QUIET_MS);
            // On the heap, so that a connection which waits for nothing has no place for a timer.
            let quiet = Box::pin(async {
                world.sleep_until(quiet_at).await;
                Read::Quiet
            });
            read_some(&mut reader, &outbox, &mut door).or(quiet).await
        } else {
            read_some(&mut reader, &outbox, &mut door).await
        };
        let ended = matches!(read, Read::End);
        let (found, bytes) = match read {
            Read::Some(found, bytes) => (found, bytes),
            Read::Quiet | Read::End => {
                let mut found = Vec::new();
                if door.waits_for_quiet() {
                    door.quiet(|some| found.push(some));
                }
                (found, 0)
            }
        };
        let news = !found.is_empty() || bytes > 0;
        if news && hub.send(Heard::Bytes { slot, conn, found, bytes }).await.is_err() {
            return;
        }
        if ended {
            // When the hub is gone, nobody needs to know.
            return drop(hub.send(Heard::Gone { slot, conn }).await);
        }
        // The others come first before the same connection brings more.
        futures_lite::future::yield_now().await;
    }
}

/// What reading brought.
enum Read {
    /// What was in the next bytes, and how many they were.
    Some(Vec<Found>, usize),
    /// Nothing for a while.
    Quiet,
    /// Nothing comes any more.
    End,
}

/// Reads the next bytes.
async fn read_some<W: World>(reader: &mut W::Reader, outbox: &Outbox<W>, door: &mut Door) -> Read {
    poll_fn(|cx| {
        if outbox.over(cx.waker()) {
            return Poll::Ready(Read::End);
        }
        if outbox.resting() {
            return Poll::Pending;
        }
        SCRATCH.with_borrow_mut(|scratch| match Pin::new(&mut *reader).poll_read(cx, scratch) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Read::End),
            Poll::Ready(Ok(count)) => {
                let mut found = Vec::new();
                door.read(&scratch[..count], |some| found.push(some));
                Poll::Ready(Read::Some(found, count))
            }
        })
    })
    .await
}
