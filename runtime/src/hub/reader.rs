//! The tasks that bring the hub what comes from outside: one per listener, one per connection.
//!
//! They turn bytes into the units of a dialect and decide nothing else. An idle connection has no buffer and no timer:
//! its bytes are read into a buffer that all share, and only an incomplete unit is kept.

use super::Transport;
use super::outbox::{Outbox, Reading};
use crate::web::door::WebDoor;
use crate::web::origin::Names;
use crate::web::port::Crowd;
use crate::web::{Site, handshake, in_time, port};
use crate::world::World;
use async_channel::{Receiver, Sender};
use futures_io::AsyncRead;
use futures_lite::FutureExt;
use hobnob_machine::Conn;
use hobnob_machine::wire::door::{Door, Found, QUIET_MS};
use hobnob_spec::profile::Dialect;
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
/// How long the handshake of a websocket may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The reading side of a connection, by its transport.
pub(super) enum AnyDoor {
    Tcp(Door),
    // On the heap, so that other connections have no place for it.
    Web(Box<WebDoor>),
}

impl AnyDoor {
    fn waits_for_quiet(&self) -> bool {
        match self {
            Self::Tcp(door) => door.waits_for_quiet(),
            Self::Web(_) => false,
        }
    }

    fn quiet(&mut self, found: &mut Vec<Found>) {
        match self {
            Self::Tcp(door) => door.quiet(|some| found.push(some)),
            Self::Web(_) => {}
        }
    }

    fn read(&mut self, bytes: &[u8], found: &mut Vec<Found>) {
        match self {
            Self::Tcp(door) => door.read(bytes, |some| found.push(some)),
            Self::Web(door) => door.read(bytes, |some| found.push(some)),
        }
    }
}

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
        /// What its messages carry, where the handshake of a websocket has said so.
        speaks: Option<Dialect>,
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

/// What there is to know about a port.
pub(super) struct Port {
    /// Which of the listeners it is.
    pub(super) number: u16,
    pub(super) transport: Transport,
    /// Under which names browsers may come.
    pub(super) names: Arc<Names>,
    /// What is served to them.
    pub(super) site: Option<Site>,
    /// How many of them there are that have no place in the chat yet.
    pub(super) crowd: Arc<Crowd>,
}

/// Accepts connections until `close` is closed. A system without a connection to spare is waited for.
pub(super) async fn accept<W: World>(
    world: W,
    listener: W::Listener,
    port: Port,
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
                let came = |stream, speaks| Heard::Came { stream, addr, listener: port.number, speaks };
                match port.transport {
                    Transport::Tcp => {
                        if hub.send(came(stream, None)).await.is_err() {
                            return;
                        }
                    }
                    Transport::Http => {
                        let (listener, site) = (port.number, port.site.clone());
                        let (world_of, hub, crowd) = (world.clone(), hub.clone(), Arc::clone(&port.crowd));
                        let Some(site) = site else { continue };
                        world.spawn(async move {
                            let served = port::serve(&world_of, stream, addr, (&site, &crowd)).await;
                            if let Some((stream, speaks)) = served {
                                // When the hub is gone, nobody needs to know.
                                drop(hub.send(Heard::Came { stream, addr, listener, speaks: Some(speaks) }).await);
                            }
                        });
                    }
                    Transport::WebSocket => {
                        let (listener, names) = (port.number, Arc::clone(&port.names));
                        let (world_of, hub) = (world.clone(), hub.clone());
                        // Who comes while too many shake hands is let go: nobody else is to wait for them.
                        let Some(place) = port.crowd.enter(addr.ip()) else { continue };
                        world.spawn(async move {
                            let deadline = world_of.now() + HANDSHAKE;
                            let shaking = handshake::shake_hands(stream, &names);
                            let shaken = in_time(&world_of, deadline, shaking).await.flatten();
                            drop(place);
                            if let Some((stream, speaks)) = shaken {
                                // When the hub is gone, nobody needs to know.
                                drop(hub.send(Heard::Came { stream, addr, listener, speaks: Some(speaks) }).await);
                            }
                        });
                    }
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
    mut door: AnyDoor,
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
                    door.quiet(&mut found);
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
async fn read_some<W: World>(reader: &mut W::Reader, outbox: &Outbox<W>, door: &mut AnyDoor) -> Read {
    poll_fn(|cx| {
        match outbox.allows(cx.waker()) {
            Reading::Reads => {}
            Reading::Rests => return Poll::Pending,
            Reading::Over => return Poll::Ready(Read::End),
        }
        SCRATCH.with_borrow_mut(|scratch| match Pin::new(&mut *reader).poll_read(cx, scratch) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Read::End),
            Poll::Ready(Ok(count)) => {
                let mut found = Vec::new();
                door.read(&scratch[..count], &mut found);
                Poll::Ready(Read::Some(found, count))
            }
        })
    })
    .await
}
