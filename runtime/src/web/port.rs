//! A connection to the port of web pages: requests one after the other, or a websocket.
//!
//! Owns how many such connections there may be. Which page is asked for the [`super::site`] knows.

use super::http::{self, Head, Rewound, Unread};
use super::site::Site;
use super::{handshake, monitor};
use crate::world::World;
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use hobnob_machine::network::Network;
use hobnob_spec::profile::Dialect;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tide::StatusCode;
use tide::http::{Method, Response};

/// How many connections a port has at most for pages, or for handshakes of websockets; a websocket of the chat is
/// counted no more once it stands.
const CONNECTIONS_MAX: usize = 1_024;
/// How many of them one address may have; a browser takes six.
const CONNECTIONS_PER_ADDRESS_MAX: usize = 256;
/// How many requests a connection may bring.
const REQUESTS_MAX: usize = 1_000;

/// How long what nobody reads may take to come, and how often some of it is taken, behind a refusal.
const UNREAD: Duration = Duration::from_secs(1);
const UNREAD_READS_MAX: usize = 16;

/// Where the chat's websocket is, on the port of pages.
const CHAT: &str = "/ws";
/// Where the monitor's is.
const MONITOR: &str = "/monitor/ws";

/// The connections of a port, counted.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    /// Whose connections may be those of many: a proxy's.
    shared: Vec<Network>,
    here: Mutex<BTreeMap<IpAddr, usize>>,
}

/// A place among the connections, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    crowd: Arc<Crowd>,
    addr: IpAddr,
}

impl Crowd {
    /// With the networks whose connections may be those of many.
    pub(crate) fn new(shared: Vec<Network>) -> Self {
        Self { shared, here: Mutex::default() }
    }

    /// A place for one from there, if there is one.
    pub(crate) fn enter(self: &Arc<Self>, addr: IpAddr) -> Option<Place> {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = here.values().sum();
        let shared = self.shared.iter().any(|network| network.contains(addr));
        let count = here.get(&addr).copied().unwrap_or_default();
        if all >= CONNECTIONS_MAX || (!shared && count >= CONNECTIONS_PER_ADDRESS_MAX) {
            return None;
        }
        here.insert(addr, count + 1);
        // Made only here: a place that is dropped gives one back.
        Some(Place { crowd: Arc::clone(self), addr })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut here = self.crowd.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = here.get_mut(&self.addr) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.addr);
            }
        }
    }
}

/// Serves a connection until it ends, or until it has become a websocket of the chat.
pub(crate) async fn serve<W: World>(
    world: &W,
    stream: W::Stream,
    peer: SocketAddr,
    (site, crowd): (&Site, &Arc<Crowd>),
) -> Option<(W::Stream, Dialect)> {
    let mut stream = Rewound::new(stream);
    let Some(_place) = crowd.enter(peer.ip()) else {
        refuse(world, &mut stream, (StatusCode::ServiceUnavailable, "Too many connections; try again later.")).await;
        return None;
    };
    for _ in 0..REQUESTS_MAX {
        match answer(world, &mut stream, peer, site).await {
            Ok(Next::Another) => {}
            Ok(Next::Websocket(head)) => return upgrade(world, stream, *head, site).await,
            Ok(Next::End) => break,
            Err(Unread::Over) => return None,
            Err(Unread::Refused(status, why)) => {
                refuse(world, &mut stream, (status, why)).await;
                return None;
            }
        }
    }
    // Nobody is there to be told that it could not be closed.
    let _ = stream.close().await;
    None
}

/// What comes behind a request.
enum Next {
    /// Another one.
    Another,
    /// A websocket, which this one asks for.
    Websocket(Box<Head>),
    /// Nothing.
    End,
}

/// Reads a request and answers it, unless it asks for a websocket.
async fn answer<W: World>(
    world: &W,
    stream: &mut Rewound<W::Stream>,
    peer: SocketAddr,
    site: &Site,
) -> Result<Next, Unread> {
    let head = Head::read(world, stream).await?;
    let admitted = site.names.admit_same_port(head.header("host"), head.header("origin"));
    admitted.map_err(|why| Unread::Refused(StatusCode::Forbidden, why))?;
    if head.upgrades && matches!(head.path(), CHAT | MONITOR) {
        return Ok(Next::Websocket(Box::new(head)));
    }
    let (method, lasts) = (head.request().method(), head.lasts);
    let mut request = head.whole(world, stream).await?;
    request.set_peer_addr(Some(peer));
    let response = site.respond(request).await;
    let written = http::write(world, stream, response, (method, lasts)).await;
    Ok(if written && lasts { Next::Another } else { Next::End })
}

/// Answers what cannot be taken, and ends the connection.
async fn refuse<W: World>(world: &W, stream: &mut Rewound<W::Stream>, (status, why): (StatusCode, &str)) {
    let mut response = Response::new(status);
    response.set_body(format!("{why}\n"));
    super::site::harden(&mut response);
    http::write(world, stream, response, (Method::Get, false)).await;
    // Nobody is there to be told that it could not be closed.
    let _ = stream.close().await;
    // What is still on its way is taken, for a while: an answer behind it could be lost with it.
    let mut rest = [0; 4 << 10];
    for _ in 0..UNREAD_READS_MAX {
        let reading = async { stream.read(&mut rest).await.is_ok_and(|count| count > 0) };
        if http::in_time(world, world.now() + UNREAD, reading).await != Some(true) {
            return;
        }
    }
}

/// Makes a websocket of a connection.
async fn upgrade<W: World>(
    world: &W,
    mut stream: Rewound<W::Stream>,
    head: Head,
    site: &Site,
) -> Option<(W::Stream, Dialect)> {
    let to_monitor = head.path() == MONITOR;
    if to_monitor && let Err(status) = site.doorman.admit(head.request()).await {
        refuse(world, &mut stream, (status, "The monitor is open with its token only.")).await;
        return None;
    }
    head.unread(&mut stream);
    let deadline = world.now() + http::REQUEST;
    if to_monitor {
        let socket = http::in_time(world, deadline, monitor::shake_hands(stream)).await.flatten()?;
        monitor::tell(world, socket, &site.desk).await;
        return None;
    }
    let shaken = http::in_time(world, deadline, handshake::shake_hands(stream, &site.names)).await.flatten();
    shaken.and_then(|(stream, dialect)| Some((stream.into_inner()?, dialect)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn one_address_too_many_is_turned_away_and_a_place_that_is_left_is_free() {
        let crowd = Arc::new(Crowd::new(Network::loopback()));
        let addr = IpAddr::from([192, 0, 2, 1]);
        let mut places: Vec<_> = (0..CONNECTIONS_PER_ADDRESS_MAX).map(|_| crowd.enter(addr)).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(crowd.enter(addr).is_none(), "it has as many as it may have");
        assert!(crowd.enter(IpAddr::from([192, 0, 2, 2])).is_some(), "another one has none yet");
        places.pop();
        places.push(crowd.enter(addr));
        assert!(places.last().is_some_and(Option::is_some));
        let shared: Vec<_> = std::iter::from_fn(|| crowd.enter(Ipv4Addr::LOCALHOST.into())).collect();
        assert_eq!(shared.len(), CONNECTIONS_MAX - CONNECTIONS_PER_ADDRESS_MAX, "who may be many has what is left");
        drop((places, shared));
        assert!(crowd.here.lock().expect("nobody panicked").is_empty(), "nothing is kept of who is gone");
    }
}
