//! Websockets against the real server, by bytes as a browser sends them.

use hobnob_tests::process::Process;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

/// A server with a port for websockets, and what stands behind `listening on` and behind `for websockets on`.
fn start() -> (Process, String, String) {
    let arguments = ["server", "--listen", "127.0.0.1:0", "--ws", "127.0.0.1:0", "--data", ":memory:"];
    let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
    server.until("listening on ");
    let addr = server.until("\n");
    server.until("listening for websockets on ");
    let web = server.until("\n");
    (server, addr.trim().to_owned(), web.trim().to_owned())
}

/// The head of the answer to a handshake, and the connection.
fn shake_hands(addr: &str, more: &str) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(addr).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time can be set");
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it goes");
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("the server answers") == 1 {
        head.push(byte[0]);
    }
    (String::from_utf8(head).expect("it is text"), stream)
}

/// Sends a text message, masked with zeros.
fn say(stream: &mut TcpStream, message: &Value) {
    let text = message.to_string();
    let len = u16::try_from(text.len()).expect("it is short").to_be_bytes();
    stream.write_all(&[&[0x81, 0xfe, len[0], len[1], 0, 0, 0, 0], text.as_bytes()].concat()).expect("it goes");
}

/// The next message.
fn hear(stream: &mut TcpStream) -> Value {
    let mut read = |count: usize| {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).expect("a frame comes");
        bytes
    };
    let head = read(2);
    let len = match head[1] {
        126 => usize::from(u16::from_be_bytes(read(2).try_into().expect("two bytes"))),
        short => usize::from(short),
    };
    assert_eq!(head[0], 0x81, "it is text, whole and not masked");
    serde_json::from_slice(&read(len)).expect("it is JSON")
}

#[test]
fn a_browser_and_a_terminal_talk() {
    let (_server, addr, web) = start();
    let (head, mut ann) = shake_hands(&web, "Sec-WebSocket-Protocol: hobnob.1.json\r\n");
    assert!(head.starts_with("HTTP/1.1 101 ") && head.to_lowercase().contains("hobnob.1.json"), "{head}");
    say(&mut ann, &json!({ "number": 1, "request": { "Join": { "nick": "Ann", "token": null, "avatar": null } } }));
    assert_eq!(hear(&mut ann)["Answer"]["answer"]["Welcome"]["nick"], "Ann");
    let mut bob = Process::start("Bob", Path::new(HOBNOB), &["client", &addr, "--nick", "Bob"]);
    bob.until("Ann joined");
    say(&mut ann, &json!({ "number": 2, "request": { "Say": { "room": "lobby", "text": "from a page" } } }));
    bob.until("Ann: from a page");
    bob.type_line("from a terminal");
    while hear(&mut ann)["Live"]["entry"]["body"]["Text"] != "from a terminal" {}
}

#[test]
fn a_measurement_over_websockets_gets_every_message_once_and_in_order() {
    let arguments = ["server", "--listen", "127.0.0.1:0", "--ws", "127.0.0.1:0", "--data", ":memory:"];
    let unbounded = ["--say-per-second", "0", "--ask-per-second", "0"];
    let mut server = Process::start("the server", Path::new(HOBNOB), &[&arguments[..], &unbounded].concat());
    server.until("listening for websockets on ");
    let addr = server.until("\n");
    let arguments = ["bench", addr.trim(), "--over", "websocket", "--workload", "single", "--members", "7"];
    let output = std::process::Command::new(HOBNOB).args(arguments).args(["--messages", "40"]).output();
    let output = output.expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("280 deliveries of 40 messages") && told.contains("nothing lost"), "{told}");
}

#[test]
fn a_page_of_somebody_elses_is_turned_away() {
    let (_server, _, web) = start();
    let (head, _) = shake_hands(&web, "Origin: http://evil.example\r\n");
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
}

#[test]
fn a_port_that_was_asked_for_must_be_had() {
    let (_first, _, web) = start();
    let arguments = ["server", "--listen", "127.0.0.1:0", "--ws", &web, "--data", ":memory:"];
    let output = std::process::Command::new(HOBNOB).args(arguments).output().expect("it starts");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&web) && said.contains("another program listens"), "{said}");
}
