//! How long the port of pages waits for what does not come, in a world whose clock runs a hundred times as fast.

#![expect(clippy::disallowed_types, reason = "who asks here is the real world")]

use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt};
use hobnob_runtime::journal::Nothing;
use hobnob_runtime::{Listener, ServerSettings, SmolWorld, World, serve};
use hobnob_spec::messages::Time;
use hobnob_spec::profile::Profile;
use smol::net::{TcpListener, TcpStream};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// How many times as fast its clock runs.
const HASTE: u32 = 100;

/// The real world in haste.
#[derive(Clone)]
struct Hasty(SmolWorld);

impl World for Hasty {
    type Stream = TcpStream;
    type Reader = TcpStream;
    type Writer = TcpStream;
    type Listener = TcpListener;

    async fn bind(&self, addr: &str) -> io::Result<TcpListener> {
        self.0.bind(addr).await
    }

    fn local_addr(listener: &TcpListener) -> io::Result<SocketAddr> {
        SmolWorld::local_addr(listener)
    }

    async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
        SmolWorld::accept(listener).await
    }

    async fn connect(&self, addr: &str) -> io::Result<TcpStream> {
        self.0.connect(addr).await
    }

    fn split(stream: TcpStream) -> (TcpStream, TcpStream) {
        SmolWorld::split(stream)
    }

    fn now(&self) -> Duration {
        self.0.now() * HASTE
    }

    fn wall(&self) -> Time {
        self.0.wall()
    }

    async fn sleep_until(&self, at: Duration) {
        self.0.sleep_until(at / HASTE).await;
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(task);
    }

    fn spawn_aside(&self, name: &str, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn_aside(name, task);
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.0.fill_random(bytes);
    }
}

/// Says something, and then a letter now and then for as long as it is taken; gives what was answered.
async fn drips(world: &SmolWorld, addr: SocketAddr, begins: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    stream.write_all(begins.as_bytes()).await.expect("the server takes it");
    let mut writer = stream.clone();
    let dripping = async {
        loop {
            world.sleep_until(world.now() + Duration::from_millis(5)).await;
            if writer.write_all(b"a").await.is_err() {
                return std::future::pending().await;
            }
        }
    };
    let mut came = Vec::new();
    let reading = async {
        // A connection that is cut while something is on its way ends with an error.
        let _ = stream.read_to_end(&mut came).await;
    };
    let over = async {
        world.sleep_until(world.now() + Duration::from_secs(20)).await;
        panic!("the server waits for ever for what follows {begins:?}");
    };
    reading.or(dripping).or(over).await;
    String::from_utf8(came).expect("the server says text")
}

#[test]
fn who_brings_a_request_letter_by_letter_is_let_go() {
    let world = SmolWorld::new();
    let settings = ServerSettings {
        listeners: vec![
            Listener::http("127.0.0.1:0", Profile::open()),
            Listener::websocket("127.0.0.1:0", Profile::open()),
        ],
        status_every: None,
        ..ServerSettings::default()
    };
    world.clone().run(async {
        let server = serve(Hasty(world.clone()), Box::new(Nothing), settings).await.expect("a free port can be had");
        let (pages, sockets) = (server.addrs()[0], server.addrs()[1]);
        for begins in [
            "G".to_owned(),
            format!("GET / HTTP/1.1\r\nHost: {pages}\r\nA: "),
            format!("POST /api/act HTTP/1.1\r\nHost: {pages}\r\nContent-Length: 10000\r\n\r\n"),
        ] {
            assert_eq!(drips(&world, pages, &begins).await, "", "it is let go without a word");
        }
        assert_eq!(drips(&world, sockets, "GET / HTTP/1.1\r\nA: ").await, "");
        // Who got an answer may ask again for a while, and then is let go, too.
        let served = format!("GET /health HTTP/1.1\r\nHost: {pages}\r\n\r\n");
        assert!(drips(&world, pages, &served).await.ends_with("ok\n"));
        server.stop();
        server.ended().await.expect("the journal keeps nothing");
    });
}
