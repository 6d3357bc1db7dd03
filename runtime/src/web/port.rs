//! A connection to the port of web pages: requests one after the other, or a websocket.
//!
//! Owns how many such connections there may be. Which page is asked for the [`super::site`] knows.

use super::http::{self, Head, Rewound, Unread};
use super::site::Site;
use super::{handshake, monitor};
use crate::world::World;
use futures_lite::AsyncWriteExt;
use hobnob_machine::network::Network;
use hobnob_spec::profile::Dialect;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tide::StatusCode;
use tide::http::{Method, Response};

/// How many connections a port has at most for pages; websockets of the chat are not counted.
const CONNECTIONS_MAX: usize = 1_024;
/// How many of them one address may have; a browser takes six.
const CONNECTIONS_PER_ADDRESS_MAX: usize = 256;
/// How many requests a connection may bring.
const REQUESTS_MAX: usize = 1_000;

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
struct Place {
    crowd: Arc<Crowd>,
    addr: IpAddr,
}

impl Crowd {
    /// With the networks whose connections may be those of many.
    pub(crate) fn new(shared: Vec<Network>) -> Self {
        Self { shared, here: Mutex::default() }
    }

    /// A place for one from there, if there is one.
    fn enter(self: &Arc<Self>, addr: IpAddr) -> Option<Place> {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = here.values().sum();
        let shared = self.shared.iter().any(|network| network.contains(addr));
        let count = here.entry(addr).or_default();
        let full = all >= CONNECTIONS_MAX || (!shared && *count >= CONNECTIONS_PER_ADDRESS_MAX);
        *count += usize::from(!full);
        let crowd = Arc::clone(self);
        (!full).then_some(Place { crowd, addr })
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
        let head = match Head::read(world, &mut stream).await {
            Ok(head) => head,
            Err(Unread::Over) => return None,
            Err(Unread::Refused(status, why)) => {
                refuse(world, &mut stream, (status, why)).await;
                return None;
            }
        };
        if let Err(why) = site.names.admit_same_port(head.header("host"), head.header("origin")) {
            refuse(world, &mut stream, (StatusCode::Forbidden, why)).await;
            return None;
        }
        if head.upgrades && matches!(head.path(), CHAT | MONITOR) {
            return upgrade(world, stream, head, site).await;
        }
        let (method, lasts) = (head.request().method(), head.lasts);
        let mut request = match head.whole(world, &mut stream).await {
            Ok(request) => request,
            Err(Unread::Over) => return None,
            Err(Unread::Refused(status, why)) => {
                refuse(world, &mut stream, (status, why)).await;
                return None;
            }
        };
        request.set_peer_addr(Some(peer));
        let response = site.respond(request).await;
        if !http::write(world, &mut stream, response, (method, lasts)).await || !lasts {
            break;
        }
    }
    // Nobody is there to be told that it could not be closed.
    let _ = stream.close().await;
    None
}

/// Answers what cannot be taken, and ends the connection.
async fn refuse<W: World>(world: &W, stream: &mut Rewound<W::Stream>, (status, why): (StatusCode, &str)) {
    let mut response = Response::new(status);
    response.set_body(format!("{why}\n"));
    super::site::harden(&mut response);
    http::write(world, stream, response, (Method::Get, false)).await;
    // Nobody is there to be told that it could not be closed.
    let _ = stream.close().await;
}

/// Makes a websocket of a connection.
async fn upgrade<W: World>(
    world: &W,
    mut stream: Rewound<W::Stream>,
    head: Head,
    site: &Site,
) -> Option<(W::Stream, Dialect)> {
    let to_monitor = head.path() == MONITOR;
    if to_monitor && !site.doorman.admits(head.request()) {
        refuse(world, &mut stream, (StatusCode::Unauthorized, "The monitor is open with its token only.")).await;
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
