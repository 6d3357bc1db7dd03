//! The tasks that bring the hub what comes from outside: one per listener, one per connection.
//!
//! They turn bytes into requests and decide nothing else. An idle connection has no buffer: its bytes are read into
//! one that all share, and only an incomplete frame is kept.

use super::outbox::Outbox;
use crate::world::World;
use async_channel::{Receiver, Sender};
use futures_io::AsyncRead;
use futures_lite::FutureExt;
use hobnob_machine::Conn;
use hobnob_machine::wire::native::{AskedReader, Read};
use hobnob_spec::messages::Asked;
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
        reads: Vec<Read<Asked>>,
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
    mut reader: W::Reader,
    outbox: Arc<Outbox<W>>,
    slot: usize,
    conn: Conn,
    hub: Sender<Heard<W>>,
) {
    let mut frames = AskedReader::default();
    while let Some((reads, bytes)) = read_some(&mut reader, &outbox, &mut frames).await {
        if hub.send(Heard::Bytes { slot, conn, reads, bytes }).await.is_err() {
            return;
        }
        // The others come first before the same connection brings more.
        futures_lite::future::yield_now().await;
    }
    // When the hub is gone, nobody needs to know.
    drop(hub.send(Heard::Gone { slot, conn }).await);
}

/// What is in the next bytes, and how many they were; `None` when nothing comes any more.
async fn read_some<W: World>(
    reader: &mut W::Reader,
    outbox: &Outbox<W>,
    frames: &mut AskedReader,
) -> Option<(Vec<Read<Asked>>, usize)> {
    poll_fn(|cx| {
        if outbox.over(cx.waker()) {
            return Poll::Ready(None);
        }
        SCRATCH.with_borrow_mut(|scratch| match Pin::new(&mut *reader).poll_read(cx, scratch) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(None),
            Poll::Ready(Ok(count)) => {
                let mut reads = Vec::new();
                frames.read(&scratch[..count], |read| reads.push(read));
                Poll::Ready(Some((reads, count)))
            }
        })
    })
    .await
}
