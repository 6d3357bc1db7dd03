//! The world of production: smol's sockets and timers, one executor, the operating system's clock and chance.
//!
//! Owns the executor. Decides nothing about the chat.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is the real world behind the seam")]

use crate::world::World;
use async_io::Timer;
use hobnob_spec::messages::Time;
use smol::Executor;
use smol::net::{TcpListener, TcpStream};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Production. Its tasks run inside [`SmolWorld::run`], on the thread that calls it.
#[derive(Clone)]
pub struct SmolWorld {
    executor: Arc<Executor<'static>>,
    began: Instant,
}

impl SmolWorld {
    /// A world that begins now.
    #[allow(clippy::disallowed_methods, reason = "the seam is where the clock is read")]
    #[allow(clippy::new_without_default, reason = "a world begins; it has no default")]
    pub fn new() -> Self {
        Self { executor: Arc::new(Executor::new()), began: Instant::now() }
    }

    /// Runs a future and the world's tasks on this thread until the future is ready.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        smol::block_on(self.executor.run(future))
    }
}

impl World for SmolWorld {
    type Stream = TcpStream;
    type Reader = TcpStream;
    type Writer = TcpStream;
    type Listener = TcpListener;

    async fn bind(&self, addr: &str) -> io::Result<TcpListener> {
        TcpListener::bind(addr).await
    }

    fn local_addr(listener: &TcpListener) -> io::Result<SocketAddr> {
        listener.local_addr()
    }

    async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, addr) = listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, addr))
    }

    async fn connect(&self, addr: &str) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    fn split(stream: TcpStream) -> (TcpStream, TcpStream) {
        (stream.clone(), stream)
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    #[allow(clippy::disallowed_methods, reason = "the seam is where the clock is read")]
    fn wall(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    async fn sleep_until(&self, at: Duration) {
        Timer::at(self.began + at).await;
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.executor.spawn(task).detach();
    }

    fn spawn_aside(&self, name: &str, task: impl Future<Output = ()> + Send + 'static) {
        // Not smol's own way to block: that would let this thread wait for the sockets of the others, and every
        // readiness would cost a switch between two threads.
        let thread = std::thread::Builder::new().name(name.to_owned());
        let spawned = thread.spawn(move || futures_lite::future::block_on(task));
        spawned.expect("a thread can be had at the start of the program");
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_lite::{AsyncReadExt, AsyncWriteExt};

    #[test]
    fn halves_of_a_connection_carry_bytes_both_ways() {
        let world = SmolWorld::new();
        world.run(async {
            let listener = world.bind("127.0.0.1:0").await.expect("loopback has a free port");
            let addr = SmolWorld::local_addr(&listener).expect("a bound listener has an address");
            let ours = world.connect(&addr.to_string()).await.expect("somebody listens");
            let (theirs, peer) = SmolWorld::accept(&listener).await.expect("somebody connected");
            assert!(peer.ip().is_loopback());
            let ((mut read, _), (_, mut write)) = (SmolWorld::split(ours), SmolWorld::split(theirs));
            world.spawn(async move {
                write.write_all(b"hi").await.expect("the other side reads");
                write.close().await.expect("a connection can be closed");
            });
            let mut heard = Vec::new();
            read.read_to_end(&mut heard).await.expect("the other side closes");
            assert_eq!(heard, b"hi");
        });
    }

    #[test]
    fn sleeping_takes_as_long_as_was_asked() {
        let world = SmolWorld::new();
        let at = world.now() + Duration::from_millis(20);
        world.run(world.sleep_until(at));
        assert!(world.now() >= at);
        assert_ne!(world.secret(), world.secret());
    }
}
