//! The relay between real processes: whose connection it is, what becomes of the nick, and that nothing else changes.

use hobnob_machine::wire::native;
use hobnob_spec::messages::{Answer, Asked, Message, Request};
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");
const PATIENCE: Duration = Duration::from_secs(30);

fn start(name: &str, arguments: &[&str]) -> (Process, String) {
    let mut process = Process::start(name, Path::new(HOBNOB), arguments);
    let addr = process.listens();
    (process, addr)
}

fn serve(arguments: &[&str]) -> (Process, String) {
    start("the server", &[&["server", "--listen", "127.0.0.1:0", "--data", ":memory:"], arguments].concat())
}

fn relay(upstream: &str, arguments: &[&str]) -> (Process, String) {
    start("the relay", &[&["relay", "--listen", "127.0.0.1:0", "--upstream", upstream], arguments].concat())
}

fn connect(addr: &str) -> TcpStream {
    let stream = TcpStream::connect(addr).expect("somebody listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket has time-outs");
    stream.set_nodelay(true).expect("a socket sends at once");
    stream
}

/// Reads until a text has come.
fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut came = Vec::new();
    let mut bytes = [0; 4_096];
    while !String::from_utf8_lossy(&came).contains(text) {
        let count = stream
            .read(&mut bytes)
            .unwrap_or_else(|error| panic!("{text:?} never came ({error}) after {:?}", String::from_utf8_lossy(&came)));
        assert!(count > 0, "the connection ended before {text:?}: {:?}", String::from_utf8_lossy(&came));
        came.extend_from_slice(&bytes[..count]);
    }
    String::from_utf8_lossy(&came).into_owned()
}

fn say(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).expect("the other side reads");
}

fn join(native: &mut Native, nick: &str) -> Answer {
    native.ask(1, Request::Join { nick: nick.into(), token: None, avatar: None }).expect("the relay reads");
    native.answer(1).expect("the server answers").0
}

#[test]
fn a_native_client_becomes_a_starred_nick_and_the_report_shows_its_own_address() {
    let (_server, upstream) = serve(&[]);
    let (_relay, addr) = relay(&upstream, &[]);
    let mut native = Native::connect(&addr).expect("the relay listens");
    let Answer::Welcome { nick, .. } = join(&mut native, "Ann") else { panic!("Ann is welcome") };
    assert_eq!(nick.as_str(), "*Ann");
    // Through the relay, so that the user's own address is known to this test.
    let mut raw = connect(&addr);
    let own = raw.local_addr().expect("it is connected").to_string();
    say(&mut raw, r#"{"JOIN_REQUEST_FLAG":1,"USERNAME":"Bob"}"#);
    until(&mut raw, "*Bob");
    native.ask(2, Request::Report).expect("the relay reads");
    let Answer::Report(active) = native.answer(2).expect("the server answers").0 else { panic!("a report") };
    let bob = active.iter().find(|user| user.nick.as_str() == "*Bob").expect("Bob is active");
    assert_eq!(bob.addr.to_string(), own);
}

#[test]
fn clients_of_every_text_dialect_get_their_star() {
    let (_server, upstream) = serve(&["--profile", "open"]);
    let (_relay, addr) = relay(&upstream, &[]);
    let mut colon = connect(&addr);
    say(&mut colon, "server:register Alice");
    until(&mut colon, "Registered as *Alice.");
    let mut command = connect(&addr);
    say(&mut command, "login Carol\n");
    until(&mut command, "RESPONSE ok\n");
    say(&mut command, "list\n");
    let list = until(&mut command, "LIST ");
    assert!(list.contains("*Alice") && list.contains("*Carol"), "{list}");
    let (_tata, upstream) = serve(&["--profile", "tata"]);
    let (_relay, addr) = relay(&upstream, &["--profile", "tata"]);
    let mut albert = connect(&addr);
    say(&mut albert, "albert");
    until(&mut albert, "Welcome to chat room");
    let mut tesla = connect(&addr);
    say(&mut tesla, "tesla\n");
    until(&mut tesla, "Welcome to chat room");
    until(&mut albert, "*tesla joined the conversation");
}

#[test]
fn a_relay_behind_a_relay_keeps_one_star_and_the_first_address() {
    let (_server, upstream) = serve(&[]);
    let (_near, near) = relay(&upstream, &[]);
    let (_far, far) = relay(&near, &[]);
    let mut command = connect(&far);
    let own = command.local_addr().expect("it is connected").to_string();
    say(&mut command, "login Carol");
    until(&mut command, "RESPONSE ok\n");
    let mut native = Native::connect(&upstream).expect("the server listens");
    native.ask(1, Request::Report).expect("the server reads");
    let Answer::Report(active) = native.answer(1).expect("the server answers").0 else { panic!("a report") };
    assert_eq!((active[0].nick.as_str(), active[0].addr.to_string().as_str()), ("*Carol", own.as_str()));
}

#[test]
fn a_relay_that_is_not_trusted_is_sent_away_and_so_is_a_star_without_a_relay() {
    let (_server, upstream) = serve(&["--trust-relay", "192.0.2.1"]);
    let (_relay, addr) = relay(&upstream, &[]);
    let mut native = Native::connect(&addr).expect("the relay listens");
    native.ask(1, Request::Ping).expect("the relay reads");
    let told = std::iter::from_fn(|| native.next_message().ok()).last();
    assert!(matches!(told, Some(Message::Goodbye { .. }) | None), "{told:?}");
    let mut direct = Native::connect(&upstream).expect("the server listens");
    assert!(matches!(join(&mut direct, "*Ann"), Answer::Refused { .. }), "a star is a relay's to give");
}

/// What a client sends, and what the server would get of it, header and star aside.
fn recorded() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut frames = (Vec::new(), Vec::new());
    for (bytes, nick) in [(&mut frames.0, "Ann"), (&mut frames.1, "*Ann")] {
        native::hello(bytes);
        for number in 1..200_u64 {
            let request = match number {
                7 => Request::Join { nick: nick.into(), token: None, avatar: None },
                _ => Request::Say {
                    room: "lobby".into(),
                    text: "~".repeat(usize::try_from(number).expect("small") * 40),
                },
            };
            assert!(native::ask(&Asked { number, request }, bytes));
        }
    }
    let lines =
        |nick: &str| format!("list\nlogin {nick}\n{}", "sendto Bob hello login Ann\n".repeat(9_000)).into_bytes();
    let object = |nick: &str| {
        format!("{{\"PAYLOAD\":\"{}\"}}{{\"USERNAME\":\"{nick}\",\"JOIN_REQUEST_FLAG\":1}}", "é{".repeat(9_000))
            .into_bytes()
    };
    let noise: Vec<u8> = (0..300_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80).collect();
    let plain = |nick: &str| format!("{nick}\n{}", "login Ann\n".repeat(5_000)).into_bytes();
    vec![
        frames,
        (lines("Ann"), lines("*Ann")),
        (object("Ann"), object("*Ann")),
        (noise.clone(), noise),
        (plain("Ann"), plain("*Ann")),
    ]
}

#[test]
fn every_byte_but_the_star_passes_as_it_is_in_both_directions() {
    let upstream = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let (_relay, addr) = relay(&upstream.local_addr().expect("it listens").to_string(), &[]);
    for (sent, expected) in recorded() {
        let mut client = connect(&addr);
        let own = client.local_addr().expect("it is connected");
        let mut writer = client.try_clone().expect("a socket can be shared");
        let up = sent.clone();
        let writing = std::thread::spawn(move || {
            for piece in up.chunks(1_009) {
                writer.write_all(piece).expect("the relay reads");
            }
            writer.shutdown(Shutdown::Write).expect("a socket can be ended");
        });
        let (mut server, _) = upstream.accept().expect("the relay connects");
        let back = sent.iter().rev().copied().collect::<Vec<_>>();
        let mut teller = server.try_clone().expect("a socket can be shared");
        let down = back.clone();
        let telling = std::thread::spawn(move || teller.write_all(&down).expect("the relay reads"));
        let mut came_back = vec![0; back.len()];
        let mut came = Vec::new();
        let reading = std::thread::spawn(move || {
            server.read_to_end(&mut came).expect("the relay ends it");
            (came, server)
        });
        client.read_exact(&mut came_back).expect("the relay passes it on");
        assert!(came_back == back, "what the server says comes as it is");
        let (came, server) = reading.join().expect("it read all");
        let mut header = Vec::new();
        hobnob_machine::wire::proxy::write(own, addr.parse().expect("an address"), &mut header);
        assert_eq!(came[..header.len()], header, "the header tells the user's own address");
        assert!(came[header.len()..] == expected, "what the client says comes as it is, but for the star");
        drop(server);
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).expect("the relay ends it");
        assert!(rest.is_empty());
        writing.join().expect("it wrote all");
        telling.join().expect("it told all");
    }
}

#[test]
fn a_client_is_told_that_the_server_is_away_and_gets_in_when_it_is_back() {
    let free = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let upstream = free.local_addr().expect("it listens").to_string();
    drop(free);
    let (_relay, addr) = relay(&upstream, &[]);
    let mut colon = connect(&addr);
    say(&mut colon, "server:register Alice\n");
    until(&mut colon, "ERROR The server is away; trying again.\n");
    let (_server, _) = start("the server", &["server", "--listen", &upstream, "--data", ":memory:"]);
    until(&mut colon, "Registered as *Alice.");
}

#[test]
fn a_client_is_not_kept_for_ever_without_a_server() {
    let free = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let upstream = free.local_addr().expect("it listens").to_string();
    drop(free);
    let (_relay, addr) = relay(&upstream, &["--patience", "1s"]);
    let mut native = connect(&addr);
    let mut hello = Vec::new();
    native::hello(&mut hello);
    native.write_all(&hello).expect("the relay reads");
    let mut command = connect(&addr);
    say(&mut command, "login Carol\n");
    until(&mut command, "SENDTO Server The server cannot be reached; please try again later.\n");
    let (mut silence, mut rest) = (Vec::new(), Vec::new());
    native.read_to_end(&mut silence).expect("the relay ends it");
    command.read_to_end(&mut rest).expect("the relay ends it");
    assert!(silence.is_empty() && rest.is_empty(), "nothing else is said, and to a native client nothing at all");
}

#[test]
fn when_one_side_goes_so_does_the_other_and_the_log_tells_of_it() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let log = folder.path().join("relay.log");
    let shown = log.to_str().expect("a temporary folder has a plain name");
    let (mut server, upstream) = serve(&[]);
    let (mut relay, addr) = relay(&upstream, &["--log", shown, "--log-text"]);
    let mut colon = connect(&addr);
    let own = colon.local_addr().expect("it is connected").to_string();
    say(&mut colon, "server:register Alice\n");
    until(&mut colon, "Registered as *Alice.");
    let mut leaver = connect(&addr);
    say(&mut leaver, "server:register Bob\nserver:exit\n");
    let mut rest = Vec::new();
    leaver.read_to_end(&mut rest).expect("the server ends it, and so does the relay");
    server.kill();
    colon.read_to_end(&mut rest).expect("the relay ends it");
    relay.signal("TERM");
    assert!(relay.ended().success());
    let log = std::fs::read_to_string(&log).expect("the log is there");
    let has = |text: &str| log.lines().any(|line| line.contains(&own) && line.contains(text));
    assert!(has("Reaching Reached Always SendHeader"), "{log}");
    assert!(has(r#"bytes to the server "server:register *Alice\n""#), "{log}");
    assert!(has("over: "), "{log}");
    let at = log.split(' ').next().expect("a line begins with its time");
    assert!(at.len() == "2026-11-21T12:00:00.000+00:00".len() && at.contains('T'), "{at}");
}

#[test]
fn a_side_that_does_not_read_slows_the_other_and_costs_no_more_memory() {
    let upstream = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let (_relay, addr) = relay(&upstream.local_addr().expect("it listens").to_string(), &[]);
    let mut client = connect(&addr);
    say(&mut client, "login Ann\n");
    let (server, _) = upstream.accept().expect("the relay connects");
    client.set_write_timeout(Some(Duration::from_millis(500))).expect("a socket has time-outs");
    let piece = vec![b'~'; 64 << 10];
    let mut taken = 0_usize;
    while taken < 256 << 20 && client.write(&piece).map(|count| taken += count).is_ok() {}
    assert!(taken < 64 << 20, "the relay took {taken} bytes for a server that reads none");
    drop(server);
}

#[test]
fn a_relay_takes_its_settings_from_a_file_the_environment_and_flags() {
    let (_server, upstream) = serve(&[]);
    let home = tempfile::tempdir().expect("a folder can be made");
    let file = home.path().join("relay.toml");
    let settings = format!("upstream = \"{upstream}\"\nlisten = [\"127.0.0.1:1\"]\nclients_max = 3\nidle = \"2m\"\n");
    std::fs::write(&file, settings).expect("a file can be written");
    let path = file.to_str().expect("the path is text");
    let arguments = ["relay", "--config", path, "--listen", "127.0.0.1:0"];
    let mut command = std::process::Command::new(HOBNOB);
    let command = command.args(arguments).arg("--print-config").env("HOBNOB_RELAY_CLIENTS_MAX", "5");
    let output = command.output().expect("hobnob can be started");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("it is text");
    for (setting, origin) in [
        (format!("upstream = \"{upstream}\""), path),
        ("listen = [\"127.0.0.1:0\"]".to_owned(), "a flag"),
        ("clients_max = 5".to_owned(), "the environment"),
        ("idle = \"2m\"".to_owned(), path),
        ("patience = \"30s\"".to_owned(), "default"),
    ] {
        let line = text.lines().find(|line| line.starts_with(&setting)).unwrap_or_else(|| panic!("{setting}: {text}"));
        assert!(line.ends_with(&format!("# {origin}")), "{line}");
    }
    // And it relays with them; what was printed is a configuration, too.
    let printed = home.path().join("printed.toml");
    std::fs::write(&printed, &text).expect("a file can be written");
    for config in [path, printed.to_str().expect("the path is text")] {
        let (_relay, addr) = start("the relay", &["relay", "--config", config, "--listen", "127.0.0.1:0"]);
        let mut client = Native::connect(&addr).expect("the relay listens");
        client.ask(1, Request::Join { nick: "Ann".into(), token: None, avatar: None }).expect("the relay reads");
        let (answer, _) = client.answer(1).expect("the server answers");
        assert!(matches!(&answer, Answer::Welcome { nick, .. } if nick.as_str() == "*Ann"), "{answer:?}");
    }
    std::fs::write(&file, "upstream = \"chat:1\"\nidel = \"2m\"\n").expect("a file can be written");
    let mut wrong = Process::start("the relay", Path::new(HOBNOB), &["relay", "--config", path]);
    let complaint = wrong.complaint("idel");
    assert!(
        complaint.contains("relay.toml, line 2") && complaint.contains("hobnob relay --print-config"),
        "{complaint}"
    );
}
