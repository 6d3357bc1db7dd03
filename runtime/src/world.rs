//! The seam between the runtime and where it runs: sockets, clocks, tasks and chance.
//!
//! Everything above it is the same code in production and in a simulator, so nothing above it names a socket, a timer,
//! a thread or a clock of any one runtime. It knows nothing of the chat.

use futures_io::{AsyncRead, AsyncWrite};
use hobnob_spec::messages::{Secret, Time};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Where the runtime runs.
pub trait World: Clone + Send + Sync + 'static {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// The half of a connection that is read.
    type Reader: AsyncRead + Unpin + Send + 'static;
    /// The half of a connection that is written; closing it tells the other side that nothing more comes.
    type Writer: AsyncWrite + Unpin + Send + 'static;
    /// A port that is listened on.
    type Listener: Send + Sync + 'static;

    /// Listens on `addr`, which is `HOST:PORT`; port 0 takes any that is free.
    fn bind(&self, addr: &str) -> impl Future<Output = io::Result<Self::Listener>> + Send;
    /// The address that a listener got.
    fn local_addr(listener: &Self::Listener) -> io::Result<SocketAddr>;
    /// The next connection of a listener, and who is at its other end.
    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;
    /// Connects to `addr`, which is `HOST:PORT`.
    fn connect(&self, addr: &str) -> impl Future<Output = io::Result<Self::Stream>> + Send;
    /// The two halves of a connection. What is written leaves at once.
    fn split(stream: Self::Stream) -> (Self::Reader, Self::Writer);

    /// Time since the world began; it never runs backwards.
    fn now(&self) -> Duration;
    /// The time of day, which somebody may set, also backwards.
    fn wall(&self) -> Time;
    /// Sleeps until [`World::now`] is `at`.
    fn sleep_until(&self, at: Duration) -> impl Future<Output = ()> + Send;
    /// Runs a task that never blocks.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static);
    /// Runs a task that may block on a disk or a person: a thread of its own, or a task in a simulator.
    fn spawn_aside(&self, name: &str, task: impl Future<Output = ()> + Send + 'static);
    /// Fills `bytes` with what nobody can guess.
    fn fill_random(&self, bytes: &mut [u8]);

    /// A secret that nobody can guess.
    fn secret(&self) -> Secret {
        let mut bytes = [0; 16];
        self.fill_random(&mut bytes);
        Secret(bytes)
    }

    /// A seed for the generator of a machine.
    fn seed(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_random(&mut bytes);
        u64::from_be_bytes(bytes)
    }
}
