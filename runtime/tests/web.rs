//! Pages, files, monitor and API against a real server over loopback, asked by bytes as they stand on the wire.

#![expect(clippy::disallowed_types, reason = "who asks here is the real world")]

use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::Message as Frame;
use async_tungstenite::tungstenite::client::IntoClientRequest;
use async_tungstenite::tungstenite::http::HeaderValue;
use futures_lite::{AsyncReadExt, AsyncWriteExt, FutureExt, StreamExt};
use hobnob_machine::Config;
use hobnob_runtime::files::digest_of;
use hobnob_runtime::journal::{DataFolder, Durability, Journal, Keeping, Nothing, Retention, Sqlite};
use hobnob_runtime::message_log::Layout;
use hobnob_runtime::web::WebSettings;
use hobnob_runtime::{Listener, ServerSettings, SmolWorld, World, serve};
use hobnob_spec::files::Bytes;
use hobnob_spec::messages::{Secret, VERSION};
use hobnob_spec::profile::Profile;
use serde_json::{Value, json};
use smol::net::TcpStream;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// What is waited for comes in this time, or not at all.
const LONG: Duration = Duration::from_secs(30);
/// What opens the monitor.
const TOKEN: Secret = Secret([7; 16]);
/// What an operator shows.
const KEY: Secret = Secret([9; 16]);

fn run(test: impl AsyncFnOnce(SocketAddr)) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let keeping = Keeping { durability: Durability::Never, retention: Retention::Forever, layout: Layout::Off };
    let journal = DataFolder::open(folder.path()).and_then(|folder| Sqlite::open(folder, keeping));
    run_on(Box::new(journal.expect("a journal can be begun")), Some(folder.path()), test);
}

fn run_on(journal: Box<dyn Journal>, folder: Option<&Path>, test: impl AsyncFnOnce(SocketAddr)) {
    let world = SmolWorld::new();
    let settings = ServerSettings {
        listeners: vec![Listener::http("127.0.0.1:0", Profile::open())],
        config: Config { operator_key: Some(KEY), store: folder.is_some(), ..Config::default() },
        status_every: None,
        web: WebSettings { token: Some(TOKEN), log: folder.map(Path::to_owned), ..WebSettings::default() },
        ..ServerSettings::default()
    };
    world.clone().run(async {
        let server = serve(world.clone(), journal, settings).await.expect("a free port can be had");
        let over = async {
            world.sleep_until(world.now() + LONG).await;
            panic!("what the test waits for did not come");
        };
        test(server.addrs()[0]).or(over).await;
        server.stop();
        server.ended().await.expect("the journal can be closed");
    });
}

/// An answer, taken apart.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("it is text")
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("it is JSON: {}", self.text()))
    }
}

/// Sends bytes, and takes the answer of a connection that ends behind it.
async fn send(addr: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    // What is refused before its end need not be taken to its end.
    let _ = stream.write_all(bytes).await;
    let mut came = Vec::new();
    let _ = stream.read_to_end(&mut came).await;
    let end = came.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8(came[..end].to_vec()).expect("a head is text");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an answer has a status");
    Answer { status, head, body: came[end + 4..].to_vec() }
}

async fn ask(addr: SocketAddr, method: &str, target: &str, more: &str) -> Answer {
    let request = format!("{method} {target} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{more}\r\n");
    send(addr, request.as_bytes()).await
}

async fn get(addr: SocketAddr, target: &str) -> Answer {
    ask(addr, "GET", target, "").await
}

fn bearer() -> String {
    format!("Authorization: Bearer {}\r\n", TOKEN.to_hex())
}

async fn post(addr: SocketAddr, target: &str, more: &str, body: &str) -> Answer {
    let request = format!(
        "POST {target} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nContent-Length: {}\r\n{more}\r\n{body}",
        body.len()
    );
    send(addr, request.as_bytes()).await
}

/// Somebody who chats over the port of pages.
struct Chatter {
    socket: WebSocketStream<TcpStream>,
    nick: String,
    token: Secret,
    number: u64,
}

impl Chatter {
    async fn join(addr: SocketAddr, nick: &str) -> Self {
        let socket = websocket(addr, "/ws", None).await.expect("a websocket can be had");
        let token = Secret(digest_of(nick.as_bytes()).0[..16].try_into().expect("a digest is longer"));
        let mut chatter = Self { socket, nick: nick.to_owned(), token, number: 0 };
        let join = json!({ "Join": { "nick": nick, "token": token, "avatar": null } });
        assert_eq!(chatter.ask(join).await["Welcome"]["nick"], nick);
        chatter
    }

    /// Asks, and gives the answer.
    async fn ask(&mut self, request: Value) -> Value {
        self.number += 1;
        let asked = json!({ "number": self.number, "request": request });
        self.socket.send(Frame::text(asked.to_string())).await.expect("the connection takes it");
        loop {
            let message = self.hear().await;
            if message["Answer"]["number"] == self.number {
                return message["Answer"]["answer"].clone();
            }
        }
    }

    async fn hear(&mut self) -> Value {
        loop {
            match self.socket.next().await.expect("something comes").expect("it is a frame") {
                Frame::Text(text) => return serde_json::from_str(&text).expect("it is JSON"),
                Frame::Ping(_) | Frame::Pong(_) => {}
                other => panic!("{other:?} is no message"),
            }
        }
    }

    /// Sends a file, and gives its number.
    async fn sends(&mut self, place: Value, name: &str, bytes: &[u8]) -> u64 {
        let offer = json!({ "Attach": { "place": place, "name": name, "media": "text/html", "size": bytes.len(),
                                        "digest": digest_of(bytes) } });
        let ready = self.ask(offer).await;
        let chunk = Bytes(bytes.to_vec());
        let chunk = json!({ "Chunk": { "transfer": ready["Ready"]["transfer"], "offset": 0, "bytes": chunk } });
        self.ask(chunk).await["Filed"]["file"].as_u64().expect("the file arrives")
    }

    /// The address at which this user finds a file.
    fn address(&self, file: u64, name: &str) -> String {
        let proof = digest_of(format!("hobnob file {file} {}", self.token.to_hex()).as_bytes()).to_hex();
        format!("/files/{file}/{name}?as={}&proof={proof}", self.nick)
    }
}

async fn websocket(addr: SocketAddr, path: &str, cookie: Option<&str>) -> Result<WebSocketStream<TcpStream>, u16> {
    let mut request = format!("ws://{addr}{path}").into_client_request().expect("it is an address");
    if let Some(cookie) = cookie {
        request.headers_mut().insert("cookie", HeaderValue::from_str(cookie).expect("it is a header's value"));
    }
    let stream = TcpStream::connect(addr).await.expect("the server listens");
    match async_tungstenite::client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(async_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn pages_come_with_all_that_keeps_them_safe() {
    run(async |addr| {
        let page = get(addr, "/").await;
        assert_eq!(page.status, 200);
        let policy = page.header("content-security-policy").expect("a page has a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let text = page.text();
        let folder = &text[text.find("/web/").expect("a page names its files")..][..21];
        let protocol = get(addr, &format!("{folder}/protocol.json")).await;
        assert_eq!(protocol.json()["version"], VERSION);
        assert!(protocol.header("cache-control").is_some_and(|kept| kept.contains("immutable")));
        let other = get(addr, "/web/0123456789abcdef/protocol.json").await;
        assert_eq!((other.status, other.header("cache-control")), (200, Some("no-store")));
        let head = ask(addr, "HEAD", "/", "").await;
        assert_eq!((head.status, head.body.len()), (200, 0));
    });
}

#[test]
fn requests_on_one_connection_are_answered_in_their_order() {
    run(async |addr| {
        let one = format!("GET /health HTTP/1.1\r\nHost: {addr}\r\n\r\n");
        let two = format!("GET /ready HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        let first = send(addr, format!("{one}{two}").as_bytes()).await;
        let rest = first.text();
        assert!(rest.starts_with("ok\n") && rest.ends_with("ready\n"), "{rest}");
    });
}

#[test]
fn who_asks_whether_to_go_on_is_told_to() {
    run(async |addr| {
        let form = "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n";
        let body = format!("token={}", TOKEN.to_hex());
        let answer = post(addr, "/monitor/login", form, &body).await;
        assert_eq!((answer.status, answer.text().starts_with("HTTP/1.1 200 OK")), (100, true), "{}", answer.head);
    });
}

#[test]
fn what_is_no_request_of_ours_is_refused() {
    run(async |addr| {
        for (request, status) in [
            ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
            ("\u{1}\u{2}\u{3}\r\n\r\n".to_owned(), 400),
            (format!("GET /{} HTTP/1.1\r\nHost: {addr}\r\n\r\n", "x".repeat(9_000)), 431),
            (format!("GET / HTTP/1.1\r\nHost: {addr}\r\n{}\r\n", "A: b\r\n".repeat(100)), 431),
            (format!("POST /api/act HTTP/1.1\r\nHost: {addr}\r\nContent-Length: 20000\r\n\r\n"), 413),
            (format!("POST /api/act HTTP/1.1\r\nHost: {addr}\r\nTransfer-Encoding: chunked\r\n\r\n"), 411),
            (format!("GET / HTTP/1.1\r\nHost: {addr}\r\nHost: {addr}\r\n\r\n"), 400),
            ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(), 403),
            (format!("GET / HTTP/1.1\r\nHost: {addr}\r\nOrigin: http://evil.example\r\n\r\n"), 403),
            (format!("GET / HTTP/1.1\r\nHost: {addr}\r\nOrigin: http://127.0.0.1:1\r\n\r\n"), 403),
        ] {
            let answer = send(addr, request.as_bytes()).await;
            assert_eq!(answer.status, status, "{} for {}", answer.head, request.escape_debug());
            assert_eq!(answer.header("connection"), Some("close"));
        }
        for target in [
            "/nothing",
            "/web/x/../../etc/passwd",
            "/web/x/..%2f..%2fCargo.toml",
            "/files/1/..%2f..",
            "/web/x/chat.html",
        ] {
            assert_eq!(get(addr, target).await.status, 404, "{target}");
        }
        assert_eq!(ask(addr, "DELETE", "/", "").await.status, 405);
        // The server lives on.
        assert_eq!(get(addr, "/health").await.status, 200);
    });
}

#[test]
fn the_monitor_is_open_with_its_token_only() {
    run(async |addr| {
        assert_eq!(get(addr, "/monitor").await.status, 401);
        for path in ["/api/report", "/api/log", "/api/stats", "/api/table"] {
            assert_eq!(get(addr, path).await.status, 401, "{path}");
        }
        let order = r#"{"act":"kick","nick":"ann"}"#;
        assert_eq!(post(addr, "/api/act", "Content-Type: application/json\r\n", order).await.status, 401);
        assert_eq!(websocket(addr, "/monitor/ws", None).await.err(), Some(401));
        let wrong = Secret([8; 16]).to_hex();
        let refused = get(addr, &format!("/monitor?token={wrong}")).await;
        assert_eq!((refused.status, refused.header("set-cookie")), (401, None));
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        assert_eq!(post(addr, "/monitor/login", form, &format!("token={wrong}")).await.status, 401);

        let opened = get(addr, &format!("/monitor?token={}", TOKEN.to_hex())).await;
        let by_form = post(addr, "/monitor/login", form, &format!("token={}", TOKEN.to_hex())).await;
        let cookie = opened.header("set-cookie").expect("a cookie comes").to_owned();
        assert_eq!(by_form.header("set-cookie"), Some(&*cookie));
        let cookie = cookie.split(';').next().expect("a cookie has a pair");
        assert_eq!(ask(addr, "GET", "/monitor", &format!("Cookie: {cookie}\r\n")).await.status, 200);
        assert_eq!(ask(addr, "GET", "/api/report", &format!("Cookie: {cookie}\r\n")).await.status, 200);
        assert!(websocket(addr, "/monitor/ws", Some(cookie)).await.is_ok());
    });
}

#[test]
fn the_api_is_as_it_is_described() {
    run(async |addr| {
        let mut ann = Chatter::join(addr, "ann").await;
        ann.ask(json!({ "Say": { "room": "lobby", "text": "one" } })).await;
        ann.ask(json!({ "Private": { "to": "bob", "text": "two" } })).await;
        let described = get(addr, "/api/openapi.json").await.json();
        let paths = described["paths"].as_object().expect("paths are described");
        for (path, methods) in paths.iter().filter(|(path, _)| !path.contains('{')) {
            let Some(described_get) = methods.get("get") else { continue };
            let answer = ask(addr, "GET", path, &bearer()).await;
            assert_eq!(answer.status, 200, "{path}");
            let mut response = &described_get["responses"]["200"];
            if let Some(name) = response["$ref"].as_str() {
                response = described.pointer(name.trim_start_matches('#')).expect("what is referred to is there");
                fits(&answer.json(), &response["content"]["application/json"]["schema"], path);
            }
        }
        let log = ask(addr, "GET", "/api/log?kind=say,private", &bearer()).await.json();
        let texts: Vec<_> = log["lines"].as_array().expect("a list").iter().map(|line| &line["text"]).collect();
        assert_eq!(texts, ["two", "one"]);
        let before = log["lines"][0]["id"].as_u64().expect("a line has a place");
        let older = ask(addr, "GET", &format!("/api/log?kind=say,private&before={before}"), &bearer()).await.json();
        assert_eq!(older["lines"].as_array().map(Vec::len), Some(1));
        let csv = ask(addr, "GET", "/api/log?format=csv&nick=BOB", &bearer()).await;
        assert!(
            csv.text().starts_with("time,kind,") && csv.text().ends_with(",private,,ann,bob,two\n"),
            "{}",
            csv.text()
        );
        for wrong in ["kind=shout", "format=xml", "limit=many"] {
            assert_eq!(ask(addr, "GET", &format!("/api/log?{wrong}"), &bearer()).await.status, 400, "{wrong}");
        }
        let metrics = get(addr, "/metrics").await.text();
        assert!(metrics.contains("hobnob_messages_total 2") && metrics.ends_with("# EOF\n"), "{metrics}");
    });
}

/// Whether a value has what a schema requires.
fn fits(value: &Value, schema: &Value, path: &str) {
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("a name is text");
        assert!(value.get(name).is_some(), "{path} tells {name}: {value}");
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        fits(&value[name], schema, &format!("{path}.{name}"));
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema.get("items").is_some()) {
        fits(item, &schema["items"], &format!("{path}[]"));
    }
}

#[test]
fn files_are_for_who_may_see_them_and_run_nowhere() {
    run(async |addr| {
        let (mut ann, mut bob) = (Chatter::join(addr, "ann").await, Chatter::join(addr, "bob").await);
        let cid = Chatter::join(addr, "cid").await;
        let page = b"<script>alert(1)</script>".repeat(100);
        let shown = ann.sends(json!({ "Room": "lobby" }), "a page.html", &page).await;
        let answer = get(addr, &bob.address(shown, "a%20page.html")).await;
        assert_eq!((answer.status, &answer.body), (200, &page));
        assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename*=UTF-8''a%20page.html"));

        let part = ask(addr, "GET", &bob.address(shown, "x"), "Range: bytes=8-20\r\n").await;
        assert_eq!((part.status, &*part.text()), (206, "alert(1)</scr"));
        assert_eq!(part.header("content-range"), Some("bytes 8-20/2500"));
        assert_eq!(ask(addr, "GET", &bob.address(shown, "x"), "Range: bytes=2500-\r\n").await.status, 416);

        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 40]].concat();
        let secret = ann.sends(json!({ "With": "bob" }), "cat.png", &png).await;
        let picture = get(addr, &bob.address(secret, "cat.png")).await;
        assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
        assert!(picture.header("content-disposition").is_some_and(|shown| shown.starts_with("inline")));
        let saved = get(addr, &format!("{}&download", bob.address(secret, "cat.png"))).await;
        assert!(saved.header("content-disposition").is_some_and(|saved| saved.starts_with("attachment")));

        assert_eq!(get(addr, &cid.address(secret, "cat.png")).await.status, 404, "it is not Cid's");
        let forged = bob.address(secret, "x").replace("as=bob", "as=ann");
        assert_eq!(get(addr, &forged).await.status, 404, "a proof is its session's");
        let other = bob.address(shown, "x").replace(&format!("/files/{shown}/"), &format!("/files/{secret}/"));
        assert_eq!(get(addr, &other).await.status, 404, "a proof is that of one file");
        assert_eq!(get(addr, &format!("/files/{secret}/x")).await.status, 404);
        assert_eq!(ask(addr, "GET", &format!("/files/{secret}/x"), &bearer()).await.body, png, "the operator may");
        bob.ask(json!("Quit")).await;
        assert_eq!(get(addr, &bob.address(secret, "x")).await.status, 404, "who is gone has no proof");
    });
}

#[test]
fn the_monitor_hears_what_happens() {
    run(async |addr| {
        let opened = get(addr, &format!("/monitor?token={}", TOKEN.to_hex())).await;
        let cookie = opened.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie comes");
        let mut monitor = websocket(addr, "/monitor/ws", Some(cookie)).await.expect("the monitor is open");
        let mut ann = Chatter::join(addr, "ann").await;
        ann.ask(json!({ "Private": { "to": "bob", "text": "a secret" } })).await;
        let (mut lines, mut sampled, mut fired) = (Vec::new(), false, 0);
        while !(lines.contains(&json!("a secret")) && sampled && fired > 2) {
            let frame = monitor.next().await.expect("news come").expect("they are frames");
            let news: Value = serde_json::from_str(frame.to_text().expect("news are text")).expect("news are JSON");
            lines.extend(news["lines"].as_array().expect("a list").iter().map(|line| line["text"].clone()));
            sampled |= news["sample"]["clients"] == 1;
            fired += news["fired"]["session"].as_array().expect("a list").len();
        }
    });
}

#[test]
fn what_the_operator_orders_at_the_monitor_is_done() {
    run(async |addr| {
        let mut ann = Chatter::join(addr, "ann").await;
        let order = async |order: &str| {
            // What a proxy says of whom it serves is nothing to go by.
            let proxy = "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7\r\n";
            let more = format!("{}{proxy}Content-Type: application/json\r\n", bearer());
            let answer = post(addr, "/api/act", &more, order).await;
            (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap_or_default())
        };
        let (status, answer) = order(r#"{"act":"mute","nick":"ann","ms":60000}"#).await;
        assert_eq!((status, &answer["done"]), (200, &json!(true)), "{answer}");
        let refused = ann.ask(json!({ "Say": { "room": "lobby", "text": "x" } })).await;
        assert_eq!(refused["Refused"]["no"], "Muted");
        let report = ask(addr, "GET", "/api/report", &bearer()).await.json();
        assert_eq!(
            (&report["users"][0]["state"], report["guests"].as_array().map(Vec::len)),
            (&json!("Muted"), Some(0))
        );
        assert_eq!(order(r#"{"act":"unmute","nick":"ann"}"#).await.0, 200);
        assert_eq!(order(r#"{"act":"unmute","nick":"ann"}"#).await.1["refused"], "NotMuted");
        assert_eq!(order(r#"{"act":"kick","nick":"bob"}"#).await.1["refused"], "Absent");
        assert_eq!(order(r#"{"act":"kick","nick":"ann"}"#).await.0, 200);
        while ann.hear().await["Goodbye"]["why"] != "Kicked" {}
        for wrong in [r#"{"act":"sing","nick":"ann"}"#, r#"{"act":"mute","nick":"ann"}"#, "{", ""] {
            assert_eq!(order(wrong).await.0, 422, "{wrong}");
        }
        let form = format!("{}Content-Type: text/plain\r\n", bearer());
        assert_eq!(post(addr, "/api/act", &form, r#"{"act":"kick","nick":"ann"}"#).await.status, 415);
    });
}

#[test]
fn where_nothing_is_kept_the_latest_lines_are_looked_through() {
    run_on(Box::new(Nothing), None, async |addr| {
        let mut ann = Chatter::join(addr, "ann").await;
        for text in ["one", "two", "three"] {
            ann.ask(json!({ "Say": { "room": "lobby", "text": text } })).await;
        }
        ann.ask(json!({ "Private": { "to": "Bob", "text": "for you" } })).await;
        let texts = async |query: &str| {
            let log = ask(addr, "GET", &format!("/api/log?{query}"), &bearer()).await.json();
            assert_eq!(log["kept"], false);
            let lines = log["lines"].as_array().expect("a list").clone();
            lines.iter().map(|line| line["text"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(texts("kind=say&limit=2").await, ["three", "two"]);
        assert_eq!(texts("nick=bob").await, ["for you"]);
        assert_eq!(texts("room=LOBBY&grep=O&kind=say").await, ["two", "one"]);
        assert_eq!(texts("until=1").await, [""; 0]);
        let csv = ask(addr, "GET", "/api/log?format=csv&kind=say", &bearer()).await.text();
        assert!(csv.starts_with("time,") && csv.ends_with(",three\n"), "{csv}");
    });
}
