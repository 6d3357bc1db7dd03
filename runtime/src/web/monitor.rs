//! The monitor's door, and what it is told: a page for who has the token, and a websocket on which things happen.
//!
//! Owns the token and how it is shown: in the link that the server prints, in a cookie that no script can read, or in
//! a header. The token is compared in constant time, and who shows a wrong one waits.

use super::handshake::bounds;
use super::http::{Rewound, in_time};
use super::site::{Site, html, says};
use crate::files::digest_of;
use crate::hub::desk::{Desk, Proof};
use crate::world::World;
use async_channel::{Receiver, Sender};
use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::Message;
use async_tungstenite::tungstenite::protocol::CloseFrame;
use async_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use futures_io::{AsyncRead, AsyncWrite};
use futures_lite::{FutureExt, StreamExt};
use hobnob_spec::files::Digest;
use hobnob_spec::messages::Secret;
use serde::Deserialize;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tide::http::Request;
use tide::{Response, StatusCode};

/// How long who shows a wrong token waits, one after the other.
const WRONG: Duration = Duration::from_secs(1);
/// How many pieces of news may wait for a watcher that reads slowly.
const UNREAD_MAX: usize = 8;
/// How long a watcher may take to take a piece of news.
const WRITE: Duration = Duration::from_secs(30);
/// How many bytes of news may wait to be written.
const WRITE_BYTES_MAX: usize = 8 << 20;
/// How many who showed a wrong token may wait.
const SEATS: usize = 8;
/// How many digits of the token's digest are in the cookie's name, so that two servers of one host keep theirs apart.
const DIGITS: usize = 8;

/// Waits for so long.
pub(super) type Pause = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Who lets people into the monitor.
pub(super) struct Doorman {
    token: Secret,
    /// The name of the cookie, and what it holds: made of the token, and no way back to it.
    cookie: (String, Digest),
    pause: Pause,
    /// Those who showed a wrong token wait here, one after the other.
    bench: Bench,
}

/// Where some may wait, and one at a time is served.
struct Bench {
    seats: (Sender<()>, Receiver<()>),
    turn: (Sender<()>, Receiver<()>),
}

/// A seat, or a turn, that is free again when this is dropped.
struct Taken<'a>(&'a Receiver<()>);

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        // It is there: whoever has this put it there.
        let _ = self.0.try_recv();
    }
}

impl fmt::Debug for Doorman {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Doorman")
    }
}

/// What a request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    Wrong,
    Token,
}

impl Doorman {
    pub(super) fn new(token: Secret, pause: Pause) -> Self {
        let name = format!("hobnob-monitor-{}", &digest_of(&token.0).to_hex()[..DIGITS]);
        let value = digest_of(format!("hobnob monitor {}", token.to_hex()).as_bytes());
        let bench = Bench { seats: async_channel::bounded(SEATS), turn: async_channel::bounded(1) };
        Self { token, cookie: (name, value), pause, bench }
    }

    /// Lets who shows the token in. Who shows a wrong one waits before hearing so; where too many wait, at once.
    pub(super) async fn admit(&self, request: &Request) -> Result<(), StatusCode> {
        match self.look(request) {
            Shown::Token => Ok(()),
            Shown::Nothing => Err(StatusCode::Unauthorized),
            Shown::Wrong => Err(self.turn_away(request.peer_addr()).await),
        }
    }

    /// What a request shows, in its cookie or as a bearer's token.
    fn look(&self, request: &Request) -> Shown {
        let values = |name: &str| request.header(name).into_iter().flatten();
        let bearers = values("authorization").filter_map(|value| value.as_str().split_once(' '));
        let bearers = bearers.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let bearers = bearers.map(|(_, token)| self.knows(token));
        let cookies = values("cookie").flat_map(|value| value.as_str().split(';'));
        let cookies = cookies.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == self.cookie.0);
        let cookies = cookies.map(|(_, value)| self.knows_cookie(value));
        bearers.chain(cookies).fold(Shown::Nothing, |shown, good| match (shown, good) {
            (Shown::Token, _) | (_, true) => Shown::Token,
            (Shown::Nothing | Shown::Wrong, false) => Shown::Wrong,
        })
    }

    fn knows(&self, shown: &str) -> bool {
        Secret::from_hex(shown.trim()).is_some_and(|shown| shown.same_as(&self.token))
    }

    fn knows_cookie(&self, shown: &str) -> bool {
        Digest::from_hex(shown).is_some_and(|shown| Proof(shown.0).same_as(&Proof(self.cookie.1.0)))
    }

    /// The cookie that a browser shows from now on.
    fn cookie(&self) -> String {
        let (name, value) = &self.cookie;
        format!("{name}={}; Path=/; HttpOnly; SameSite=Strict", value.to_hex())
    }

    /// Lets who showed a wrong token wait, says so on the console, and gives the answer's status.
    async fn turn_away(&self, peer: Option<&str>) -> StatusCode {
        tracing::warn!("somebody at {} showed a wrong token for the monitor", peer.unwrap_or("an unknown address"));
        let Bench { seats, turn } = &self.bench;
        if seats.0.try_send(()).is_err() {
            return StatusCode::TooManyRequests;
        }
        let _seat = Taken(&seats.1);
        // Both ends are here: there is no end to wait for.
        let _ = turn.0.send(()).await;
        let _turn = Taken(&turn.1);
        (self.pause)(WRONG).await;
        StatusCode::Unauthorized
    }

    /// What comes of something, if it comes within so long.
    pub(super) async fn in_time<T>(&self, within: Duration, doing: impl Future<Output = T>) -> Option<T> {
        let over = async {
            (self.pause)(within).await;
            None
        };
        async { Some(doing.await) }.or(over).await
    }
}

/// What a link to the monitor, or its form, brings.
#[derive(Deserialize)]
struct Brought {
    token: Option<String>,
}

/// Answers with the monitor's page for who has the token, and else with the form that asks for it.
pub(super) async fn page(request: tide::Request<Site>) -> tide::Result {
    let Site { pages, doorman, .. } = request.state();
    if let Some(token) = request.query::<Brought>().ok().and_then(|brought| brought.token) {
        return Ok(answer_token(&request, &token).await);
    }
    Ok(match doorman.admit(request.as_ref()).await {
        Ok(()) => html(StatusCode::Ok, pages.page("monitor.html")),
        Err(status) => html(status, pages.page("login.html")),
    })
}

/// Takes the form that asks for the token.
pub(super) async fn log_in(mut request: tide::Request<Site>) -> tide::Result {
    let brought: Brought = request.body_form().await?;
    Ok(answer_token(&request, brought.token.as_deref().unwrap_or_default()).await)
}

async fn answer_token(request: &tide::Request<Site>, token: &str) -> Response {
    let Site { pages, doorman, .. } = request.state();
    if !doorman.knows(token) {
        let status = doorman.turn_away(request.peer_addr()).await;
        return html(status, pages.page("login.html"));
    }
    // Not a redirection: behind a link of somebody else's page the browser would keep a strict cookie back.
    let mut response = html(StatusCode::Ok, ONWARD.to_owned());
    response.insert_header("set-cookie", doorman.cookie());
    response
}

/// Leads on to the monitor, without the token in the address.
const ONWARD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hobnob</title>\
                      <link rel=\"icon\" href=\"data:,\">\
                      <meta http-equiv=\"refresh\" content=\"0;url=/monitor\"><a href=\"/monitor\">To the monitor</a>";

/// Whether a request may know what only the operator may; else what to answer it.
pub(super) async fn only_operator(request: &tide::Request<Site>) -> Result<(), Response> {
    let Err(status) = request.state().doorman.admit(request.as_ref()).await else { return Ok(()) };
    let mut response = says(status, "This is open with the monitor's token only.");
    response.insert_header("www-authenticate", "Bearer");
    Err(response)
}

/// Answers the request with which the monitor's websocket begins.
pub(super) async fn shake_hands<S>(stream: Rewound<S>) -> Option<WebSocketStream<Rewound<S>>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    async_tungstenite::accept_async_with_config(stream, Some(bounds().max_write_buffer_size(WRITE_BYTES_MAX)))
        .await
        .ok()
}

/// Tells a watcher what happens, until one of both ends it.
pub(super) async fn tell<W: World>(world: &W, mut socket: WebSocketStream<Rewound<W::Stream>>, desk: &Desk) {
    let (watcher, news) = async_channel::bounded(UNREAD_MAX);
    desk.watch(watcher).await;
    loop {
        let next = async { Some(news.recv().await.ok()) };
        // It has nothing to say; reading answers its pings and its farewell.
        let heard = async { socket.next().await.and_then(Result::ok).map(|_| None) };
        let message = match heard.or(async { next.await.map(Some) }).await {
            None => return,
            Some(None) => continue,
            Some(Some(Some(news))) => Message::text(&*news),
            Some(Some(None)) => {
                let reason = "too many monitors are open, or the server stops".into();
                Message::Close(Some(CloseFrame { code: CloseCode::Again, reason }))
            }
        };
        let ends = message.is_close();
        let sent = in_time(world, world.now() + WRITE, socket.send(message)).await;
        if ends || !sent.is_some_and(|sent| sent.is_ok()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tide::http::{Method, Url};

    fn doorman() -> Doorman {
        Doorman::new(Secret([7; 16]), Arc::new(|_| Box::pin(async {})))
    }

    fn request(header: Option<(&str, String)>) -> Request {
        let mut request = Request::new(Method::Get, Url::parse("http://localhost/").expect("it is one"));
        if let Some((name, value)) = header {
            request.insert_header(name, value);
        }
        request
    }

    #[test]
    fn only_the_token_opens_the_monitor() {
        let doorman = doorman();
        let (token, other) = (Secret([7; 16]).to_hex(), Secret([8; 16]).to_hex());
        let pair = doorman.cookie();
        let pair = pair.split(';').next().expect("a cookie has a pair").to_owned();
        for (name, value) in [
            ("cookie", format!("a=b; {pair}")),
            ("authorization", format!("Bearer {token}")),
            ("authorization", format!("bearer {token}")),
        ] {
            assert_eq!(doorman.look(&request(Some((name, value)))), Shown::Token);
        }
        let (name, _) = pair.split_once('=').expect("a pair has two parts");
        for (header, value, shown) in [
            ("cookie", format!("{name}={token}"), Shown::Wrong),
            ("cookie", format!("hobnob-monitor={token}"), Shown::Nothing),
            ("cookie", token.clone(), Shown::Nothing),
            ("authorization", format!("Bearer {other}"), Shown::Wrong),
            ("authorization", "Bearer ".to_owned(), Shown::Wrong),
            ("authorization", token.clone(), Shown::Nothing),
        ] {
            assert_eq!(doorman.look(&request(Some((header, value.clone())))), shown, "{header}: {value}");
        }
        assert_eq!(doorman.look(&request(None)), Shown::Nothing);
        assert!(!pair.contains(&token), "the cookie does not tell the token");
    }

    #[test]
    fn only_some_wait_who_showed_a_wrong_token() {
        let doorman = Doorman::new(Secret([7; 16]), Arc::new(|_| Box::pin(std::future::pending())));
        let wrong = request(Some(("authorization", "Bearer x".to_owned())));
        let mut waiting: Vec<_> = (0..SEATS).map(|_| Box::pin(doorman.admit(&wrong))).collect();
        for one in &mut waiting {
            assert_eq!(futures_lite::future::block_on(futures_lite::future::poll_once(one)), None, "it waits");
        }
        let admitted = futures_lite::future::block_on(doorman.admit(&wrong));
        assert_eq!(admitted, Err(StatusCode::TooManyRequests));
        drop(waiting);
        let mut next = Box::pin(doorman.admit(&wrong));
        assert_eq!(futures_lite::future::block_on(futures_lite::future::poll_once(&mut next)), None, "seats are free");
    }

    #[test]
    fn no_script_reads_the_cookie_and_no_other_site_sends_it() {
        let cookie = doorman().cookie();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
}
