//! What the server tells its operator while it runs: each step, and counts that agree with its log.

use hobnob_runtime::files::digest_of;
use hobnob_spec::files::Bytes;
use hobnob_spec::messages::{Answer, For, Request, Secret};
use hobnob_spec::session::No;
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

fn serve(more: &[&str]) -> (Process, String) {
    let arguments = [&["server", "--listen", "127.0.0.1:0"], more].concat();
    let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
    let addr = server.listens();
    (server, addr)
}

fn join(addr: &str, nick: &str) -> Native {
    let mut client = Native::connect(addr).expect("the server listens");
    client.ask(1, Request::Join { nick: nick.into(), token: None, avatar: None }).expect("the server reads");
    assert!(matches!(client.answer(1).expect("the server answers").0, Answer::Welcome { .. }));
    client
}

#[test]
fn the_status_line_counts_what_the_log_holds() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    let (mut server, addr) = serve(&["--data", data, "--status-every", "200ms"]);
    let mut ann = join(&addr, "Ann");
    let _bob = join(&addr, "Bob");
    for number in 2..6 {
        let text = format!("Line {number}");
        let request = match number {
            5 => Request::Private { to: "Bob".into(), text },
            _ => Request::Say { room: "lobby".into(), text },
        };
        ann.ask(number, request).expect("the server reads");
        assert!(matches!(ann.answer(number).expect("the server answers").0, Answer::Posted { .. }));
    }
    let line = server.complaint("messages in 4, ");
    assert!(line.contains("clients 2 (peak 2), "), "{line}");
    server.signal("TERM");
    server.ended();
    let log = Command::new(HOBNOB).args(["log", "--data", data, "--grep", "Line", "--format", "json"]).output();
    let lines = String::from_utf8(log.expect("hobnob can be started").stdout).expect("a log is text");
    assert_eq!(lines.lines().count(), 4, "as many as were counted:\n{lines}");
}

#[test]
fn an_operator_without_a_nick_is_told_by_its_address() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let (mut server, addr) = serve(&["--data", folder.path().to_str().expect("a temporary folder has a plain name")]);
    let key = std::fs::read_to_string(folder.path().join("operator.key")).expect("the server wrote its key");
    let key = Secret::from_hex(key.trim()).expect("a key is hexadecimal");
    let mut operator = Native::connect(&addr).expect("the server listens");
    let _bob = join(&addr, "Bob");
    let mute = || Request::Mute { nick: "Bob".into(), ms: 60_000 };
    let wrong = Request::Operate { key: Secret([0; 16]) };
    let orders = [
        (wrong, Answer::Refused { no: No::KeyWrong, wait_ms: None }, "showed a wrong operator's key"),
        (Request::Operate { key }, Answer::Done, " is an operator"),
        (mute(), Answer::Done, "Bob was muted by the operator at 127.0.0.1:"),
        (Request::Unmute { nick: "Bob".into() }, Answer::Done, "Bob was unmuted by the operator at 127.0.0.1:"),
        (Request::Kick { nick: "Bob".into() }, Answer::Done, "Bob was kicked by the operator at 127.0.0.1:"),
    ];
    for ((request, answer, told), number) in orders.into_iter().zip(1..) {
        operator.ask(number, request).expect("the server reads");
        assert_eq!(operator.answer(number).expect("the server answers").0, answer);
        server.complaint(told);
    }
}

#[test]
fn the_server_tells_each_step_and_nobody_types_into_it() {
    let (mut server, addr) = serve(&["--data", ":memory:", "--profile", "classroom"]);
    server.end_input();
    let mut cool = join(&addr, "Cool");
    server.complaint(" connected");
    server.complaint(" joined as Cool");
    let _fun = join(&addr, "Fun");
    let asked = [
        (Request::Report, "Cool asked for the report"),
        (Request::Say { room: "lobby".into(), text: "Hi".into() }, "Cool said something to all in a room"),
        (Request::Enter { room: "den".into() }, "Cool entered a room"),
        (
            Request::Private { to: "Fun".into(), text: "psst".into() },
            "Cool sent a private message, which was delivered",
        ),
        (Request::Enter { room: "den".into() }, "Cool was refused Enter because: "),
    ];
    for (number, (request, told)) in (2..).zip(asked) {
        cool.ask(number, request).expect("the server reads");
        let line = server.complaint(told);
        assert!(!line.contains("psst"), "what is private is not told: {line}");
    }
    let mut other = Native::connect(&addr).expect("the server listens");
    other.ask(1, Request::Join { nick: "Cool".into(), token: None, avatar: None }).expect("the server reads");
    server.complaint(" was rejected because: Another user is using this username.");
    for (number, place) in [(7, For::Room("lobby".into())), (9, For::With("Fun".into()))] {
        let (name, media, digest) = ("secret.txt".to_owned(), String::new(), digest_of(b"psst"));
        cool.ask(number, Request::Attach { place, name, media, size: 4, digest }).expect("the server reads");
        server.complaint("Cool began to send a file");
        let chunk = Request::Chunk { transfer: 0, offset: 0, bytes: Bytes(b"psst".into()) };
        cool.ask(number + 1, chunk).expect("the server reads");
        let sent = ["Cool sent the file secret.txt (4 bytes) to all in lobby", "Cool sent a private file (4 bytes)"];
        let line = server.complaint(sent[usize::from(number == 9)]);
        assert!(number == 7 || !line.contains("secret"), "what is private is not told: {line}");
    }
    cool.ask(11, Request::Quit).expect("the server reads");
    server.complaint("Cool left because: The user quit.");
}

/// How much of the processor's time a process has had, in hundredths of a second.
fn processor_time(process: &Process) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).expect("the process is there");
    // The name, in brackets, may hold blanks; behind it stand the state and what follows.
    let (_, rest) = stat.rsplit_once(") ").expect("a name stands in brackets");
    rest.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("it is a number")).sum()
}

#[test]
fn who_waits_for_talk_uses_no_processor_time() {
    let (server, addr) = serve(&["--profile", "tata", "--data", ":memory:"]);
    let clients = ["tesla", "albert"].map(|nick| {
        let mut client = Process::start(nick, Path::new(HOBNOB), &["client", &addr, "--nick", nick]);
        client.until("Here is a history of the chatroom.");
        client
    });
    let all: Vec<Process> = clients.into_iter().chain([server]).collect();
    std::thread::sleep(Duration::from_secs(2));
    let before: Vec<u64> = all.iter().map(processor_time).collect();
    std::thread::sleep(Duration::from_secs(3));
    let used: Vec<u64> = all.iter().zip(before).map(|(process, before)| processor_time(process) - before).collect();
    assert!(used.iter().all(|ticks| *ticks <= 30), "hundredths of a second of the processor in 3 s: {used:?}");
}
