//! The relay's shell, on real sockets of this computer.

use futures_lite::{AsyncReadExt, AsyncWriteExt};
use hobnob_machine::RelayConfig;
use hobnob_machine::wire::proxy;
use hobnob_runtime::relay::{RelaySettings, relay};
use hobnob_runtime::{SmolWorld, World};
use hobnob_spec::profile::Dialect;

/// A relay before `upstream`.
fn settings(upstream: String) -> RelaySettings {
    RelaySettings {
        listen: vec!["127.0.0.1:0".into()],
        upstream,
        dialects: vec![Dialect::Plain],
        config: RelayConfig { trust_relay: Vec::new(), ..RelayConfig::default() },
        status_every: None,
        texts: false,
    }
}

#[test]
fn a_relay_runs_on_when_its_handle_is_dropped() {
    let world = SmolWorld::new();
    world.run(async {
        let server = world.bind("127.0.0.1:0").await.expect("loopback has a free port");
        let upstream = SmolWorld::local_addr(&server).expect("a bound listener has an address");
        let handle =
            relay(world.clone(), settings(upstream.to_string()), None).await.expect("loopback has a free port");
        let addr = handle.addrs()[0];
        drop(handle);
        let mut client = world.connect(&addr.to_string()).await.expect("the relay listens");
        client.write_all(b"ann\nhello\n").await.expect("the relay reads");
        let (mut passed, _) = SmolWorld::accept(&server).await.expect("the relay dials");
        let mut heard = vec![0; 28 + b"*ann\nhello\n".len()];
        passed.read_exact(&mut heard).await.expect("the relay passes on what was said");
        assert!(matches!(proxy::read(&heard), proxy::Read::Whole { len: 28, addr: Some(_) }), "the header comes first");
        assert_eq!(&heard[28..], b"*ann\nhello\n");
    });
}

#[test]
fn a_relay_that_is_told_to_stop_stops() {
    let world = SmolWorld::new();
    world.run(async {
        let handle =
            relay(world.clone(), settings("127.0.0.1:9".into()), None).await.expect("loopback has a free port");
        handle.stop();
        handle.ended().await;
        assert!(world.connect(&handle.addrs()[0].to_string()).await.is_err(), "nobody listens");
    });
}
