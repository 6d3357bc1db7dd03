//! The monitor's door, and what it is told: a page for who has the token, and a websocket on which things happen.
//!
//! Owns the token and how it is shown: in the link that the server prints, in a cookie that no script can read, or in
//! a header. The token is compared in constant time, and who shows a wrong one waits.

use super::handshake::bounds;
use super::http::{Rewound, in_time};
use super::site::{Site, html, says};
use crate::hub::desk::Desk;
use crate::world::World;
use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::Message;
use async_tungstenite::tungstenite::protocol::CloseFrame;
use async_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use futures_io::{AsyncRead, AsyncWrite};
use futures_lite::{FutureExt, StreamExt};
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
/// How many digits of the token's digest are in the cookie's name, so that two servers of one host keep theirs apart.
const DIGITS: usize = 8;

/// Waits for so long.
pub(super) type Pause = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Who lets people into the monitor.
pub(super) struct Doorman {
    token: Secret,
    cookie: String,
    pause: Pause,
    /// One who showed a wrong token waits at a time.
    bench: (async_channel::Sender<()>, async_channel::Receiver<()>),
}

impl fmt::Debug for Doorman {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Doorman")
    }
}

impl Doorman {
    pub(super) fn new(token: Secret, pause: Pause) -> Self {
        let digest = crate::files::digest_of(&token.0).to_hex();
        let cookie = format!("hobnob-monitor-{}", &digest[..DIGITS]);
        Self { token, cookie, pause, bench: async_channel::bounded(1) }
    }

    /// Whether a request comes with the token, in its cookie or as a bearer's.
    pub(super) fn admits(&self, request: &Request) -> bool {
        let values = |name: &str| request.header(name).into_iter().flatten();
        let bearer = values("authorization").filter_map(|value| value.as_str().strip_prefix("Bearer "));
        let cookies = values("cookie").flat_map(|value| value.as_str().split(';'));
        let cookie = cookies.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == self.cookie);
        bearer.chain(cookie.map(|(_, value)| value)).any(|shown| self.knows(shown))
    }

    fn knows(&self, shown: &str) -> bool {
        Secret::from_hex(shown.trim()).is_some_and(|shown| shown.same_as(&self.token))
    }

    /// The cookie with which a browser shows the token from now on.
    fn cookie(&self) -> String {
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.token.to_hex())
    }

    /// Lets who showed a wrong token wait, and says so on the console.
    pub(super) async fn turn_away(&self, peer: Option<&str>) {
        tracing::warn!("somebody at {} showed a wrong token for the monitor", peer.unwrap_or("an unknown address"));
        let (sit, rise) = &self.bench;
        // Both ends are here: there is no end to wait for.
        let _ = sit.send(()).await;
        (self.pause)(WRONG).await;
        let _ = rise.recv().await;
    }
}

/// What a link to the monitor, or its form, brings.
#[derive(Deserialize)]
struct Shown {
    token: Option<String>,
}

/// Answers with the monitor's page for who has the token, and else with the form that asks for it.
pub(super) async fn page(request: tide::Request<Site>) -> tide::Result {
    let Site { pages, doorman, .. } = request.state();
    if let Some(token) = request.query::<Shown>().ok().and_then(|shown| shown.token) {
        return Ok(answer_token(&request, &token).await);
    }
    Ok(if doorman.admits(request.as_ref()) {
        html(StatusCode::Ok, pages.page("monitor.html"))
    } else {
        html(StatusCode::Unauthorized, pages.page("login.html"))
    })
}

/// Takes the form that asks for the token.
pub(super) async fn log_in(mut request: tide::Request<Site>) -> tide::Result {
    let shown: Shown = request.body_form().await?;
    Ok(answer_token(&request, shown.token.as_deref().unwrap_or_default()).await)
}

async fn answer_token(request: &tide::Request<Site>, token: &str) -> Response {
    let Site { pages, doorman, .. } = request.state();
    if !doorman.knows(token) {
        doorman.turn_away(request.remote()).await;
        return html(StatusCode::Unauthorized, pages.page("login.html"));
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
    let doorman = &request.state().doorman;
    if doorman.admits(request.as_ref()) {
        return Ok(());
    }
    if request.header("authorization").is_some() {
        doorman.turn_away(request.remote()).await;
    }
    let mut response = says(StatusCode::Unauthorized, "This is open with the monitor's token only.");
    response.insert_header("www-authenticate", "Bearer");
    Err(response)
}

/// Answers the request with which the monitor's websocket begins.
pub(super) async fn shake_hands<S>(stream: Rewound<S>) -> Option<WebSocketStream<Rewound<S>>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    async_tungstenite::accept_async_with_config(stream, Some(bounds())).await.ok()
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
        assert!(doorman.admits(&request(Some(("cookie", format!("a=b; {pair}"))))));
        assert!(doorman.admits(&request(Some(("authorization", format!("Bearer {token}"))))));
        for (name, value) in [
            ("cookie", pair.replace(&token, &other)),
            ("cookie", format!("hobnob-monitor={token}")),
            ("cookie", token.clone()),
            ("authorization", format!("Bearer {other}")),
            ("authorization", token.clone()),
            ("authorization", "Bearer ".to_owned()),
        ] {
            assert!(!doorman.admits(&request(Some((name, value.clone())))), "{name}: {value}");
        }
        assert!(!doorman.admits(&request(None)));
    }

    #[test]
    fn no_script_reads_the_cookie_and_no_other_site_sends_it() {
        let cookie = doorman().cookie();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
}
