//! How the server starts, stops and fails, as its operator meets it.

use hobnob_spec::messages::{Answer, Message, Request, Secret};
use hobnob_spec::session::{No, Why};
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

fn serve(arguments: &[&str]) -> (Process, String) {
    let mut server = Process::start("the server", Path::new(HOBNOB), &[&["server"], arguments].concat());
    let addr = server.listens();
    (server, addr)
}

fn hobnob(arguments: &[&str]) -> Output {
    Command::new(HOBNOB).args(arguments).env("NO_COLOR", "1").output().expect("the binary runs")
}

/// What a start that must fail says; it must be one clear line and a code that is no success.
fn complaint(arguments: &[&str]) -> String {
    let output = hobnob(arguments);
    let said = String::from_utf8(output.stderr).expect("complaints are text");
    assert!(!output.status.success(), "{arguments:?} must not succeed");
    assert!(!said.contains("panicked"), "a complaint is no panic: {said}");
    said
}

fn join(addr: &str, nick: &str) -> Native {
    let mut native = Native::connect(addr).expect("the server listens");
    native
        .ask(1, Request::Join { nick: nick.into(), token: Some(Secret([9; 16])), avatar: None })
        .expect("the server reads");
    let (answer, _) = native.answer(1).expect("the server answers");
    assert!(matches!(answer, Answer::Welcome { .. }), "{answer:?}");
    native
}

fn say(text: &str) -> Request {
    Request::Say { room: "lobby".into(), text: text.into() }
}

#[test]
fn a_port_in_use_is_said_in_a_sentence() {
    let (_server, addr) = serve(&["--listen", "127.0.0.1:0", "--data", ":memory:"]);
    let said = complaint(&["server", "--listen", &addr, "--data", ":memory:"]);
    assert!(said.contains(&addr) && said.lines().count() == 1, "{said}");
}

#[test]
fn a_data_folder_in_use_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    let (_server, _) = serve(&["--listen", "127.0.0.1:0", "--data", data]);
    let said = complaint(&["server", "--listen", "127.0.0.1:0", "--data", data]);
    assert!(said.contains(data) && said.lines().count() == 1, "{said}");
}

#[test]
fn a_configuration_that_cannot_be_read_is_said_with_file_and_word() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let file = folder.path().join("hobnob.toml");
    let path = file.to_str().expect("a temporary folder has a plain name");
    let missing = complaint(&["server", "--config", path, "--print-config"]);
    assert!(missing.contains(path), "{missing}");
    for (text, culprit) in
        [("capacity = 'many'", "capacity"), ("no_such_key = 1", "no_such_key"), ("= = =", "hobnob.toml")]
    {
        std::fs::write(&file, text).expect("the file can be written");
        let said = complaint(&["server", "--config", path, "--print-config"]);
        assert!(said.contains(culprit) && said.contains("hobnob.toml"), "{text}: {said}");
    }
}

#[test]
fn what_is_set_where_is_printed() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let file = folder.path().join("hobnob.toml");
    std::fs::write(&file, "capacity = 7\n[limits]\nidle_ms = \"3m\"\n").expect("the file can be written");
    let path = file.to_str().expect("a temporary folder has a plain name");
    let mut command = Command::new(HOBNOB);
    command
        .args(["server", "--config", path, "--say-burst", "4", "--print-config"])
        .env("HOBNOB_LIMITS_RESUME_MS", "90s");
    let output = command.output().expect("the binary runs");
    let printed = String::from_utf8(output.stdout).expect("settings are text");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let whence = [
        ("capacity = 7", "hobnob.toml"),
        ("idle_ms = \"3m\"", "hobnob.toml"),
        ("resume_ms = \"90s\"", "the environment"),
        ("say_burst = \"4\"", "a flag"),
        ("mail_max = 100", "default"),
    ];
    for (setting, origin) in whence {
        let line = printed.lines().find(|line| line.starts_with(setting));
        assert!(line.is_some_and(|line| line.contains(origin)), "{setting} comes from {origin}:\n{printed}");
    }
    std::fs::write(&file, &printed).expect("the file can be written");
    let again = hobnob(&["server", "--config", path, "--print-config"]);
    assert!(again.status.success(), "what is printed can be read: {}", String::from_utf8_lossy(&again.stderr));
}

#[test]
fn a_stopping_server_tells_its_clients_and_keeps_all_that_was_said() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    let (mut server, addr) = serve(&["--listen", "127.0.0.1:0", "--data", data]);
    let mut ann = join(&addr, "Ann");
    ann.ask(2, say("Remember me.")).expect("the server reads");
    assert!(matches!(ann.answer(2).expect("the server answers").0, Answer::Posted { .. }));
    server.signal("TERM");
    let goodbye = std::iter::from_fn(|| ann.next_message().ok()).last();
    assert_eq!(goodbye, Some(Message::Goodbye { why: Why::Stopping }), "the last word is a goodbye");
    assert_eq!(server.ended().code(), Some(0));
    let (_server, addr) = serve(&["--listen", "127.0.0.1:0", "--data", data]);
    let mut ann = Native::connect(&addr).expect("the server is back");
    ann.ask(3, Request::Resume { token: Secret([9; 16]), have: Vec::new() }).expect("the server reads");
    let (answer, _) = ann.answer(3).expect("the server answers");
    assert!(matches!(answer, Answer::Back { .. }), "{answer:?}");
    let Message::Earlier { entries, .. } = ann.next_message().expect("what was missed comes") else {
        panic!("history")
    };
    assert_eq!(entries.len(), 2, "{entries:?}");
}

#[test]
fn an_interrupt_stops_cleanly_too() {
    let (mut server, _) = serve(&["--listen", "127.0.0.1:0", "--data", ":memory:"]);
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let (mut server, addr) = serve(&["--listen", "127.0.0.1:0", "--data", ":memory:"]);
    let mut ann = join(&addr, "Ann");
    server.signal("TERM");
    // The server waits a while for a client that was told goodbye and stays.
    let goodbye =
        std::iter::from_fn(|| ann.next_message().ok()).find(|message| matches!(message, Message::Goodbye { .. }));
    assert_eq!(goodbye, Some(Message::Goodbye { why: Why::Stopping }));
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(130));
}

#[test]
fn the_message_log_has_the_very_times_that_the_clients_saw() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    let (mut server, addr) = serve(&["--listen", "127.0.0.1:0", "--data", data]);
    let mut ann = join(&addr, "Ann");
    let mut times = Vec::new();
    for number in 2..7 {
        ann.ask(number, say(&format!("Line {number}"))).expect("the server reads");
        let Answer::Posted { at, .. } = ann.answer(number).expect("the server answers").0 else { panic!("posted") };
        times.push(at.0);
    }
    server.signal("TERM");
    server.ended();
    let log = hobnob(&["log", "--data", data, "--grep", "Line", "--format", "json"]);
    let lines = String::from_utf8(log.stdout).expect("a log is text");
    assert_eq!(lines.lines().count(), 5, "{lines}\n{}", String::from_utf8_lossy(&log.stderr));
    let file = std::fs::read_to_string(folder.path().join("messages.log")).expect("there is a message log");
    for (line, at) in lines.lines().zip(times) {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let time = line["time"].as_str().expect("a line has a time");
        let logged: jiff::Timestamp = time.parse().expect("the time is RFC 3339");
        assert_eq!(u64::try_from(logged.as_millisecond()), Ok(at), "the same time, to the millisecond");
        assert!(file.contains(time), "{time} stands in the file, too:\n{file}");
    }
}

/// A small file system of its own. Only root may make one; elsewhere the test says so and ends.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("there is a place for temporary folders");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn grow(&self, size: &str) {
        let grown = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(self.0.path()).status();
        assert!(grown.expect("mount runs").success(), "the disk grows");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).status());
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount("3m") else {
        println!("not run: only root may mount a small disk");
        return;
    };
    let data = disk.0.path().to_str().expect("a temporary folder has a plain name");
    let arguments = ["--listen", "127.0.0.1:0", "--data", data, "--say-per-second", "0"];
    let (mut server, addr) = serve(&arguments);
    let mut ann = join(&addr, "Ann");
    ann.set_patience(Duration::from_millis(50)).expect("the connection is there");
    let mut posted = Vec::new();
    'talk: for number in 2.. {
        assert!(number < 900, "a disk of 3 MB does not take 3.6 MB");
        ann.ask(number, say(&format!("{number} {}", "x".repeat(4_000)))).expect("the server reads");
        loop {
            match ann.answer(number) {
                Ok((Answer::Posted { .. }, _)) => break posted.push(number),
                Ok((other, _)) => panic!("neither posted nor held back: {other:?}"),
                // What cannot be kept is not answered; somebody else is told that nothing can be kept.
                Err(_) if full(&addr) => break 'talk,
                Err(_) => {}
            }
        }
    }
    server.complaint("refused until");
    disk.grow("64m");
    let mut ann = returned(&addr);
    ann.ask(10_000, say("There is room again.")).expect("the server reads");
    let (answer, _) = ann.answer(10_000).expect("the server answers");
    assert!(matches!(answer, Answer::Posted { .. }), "{answer:?}");
    server.kill();
    let (_server, addr) = serve(&arguments);
    let log = hobnob(&["log", "--data", data, "--nick", "Ann", "--format", "json"]);
    let lines = String::from_utf8(log.stdout).expect("a log is text");
    for number in &posted {
        let said = lines.lines().filter(|line| line.contains(&format!("\"{number} x"))).count();
        assert_eq!(said, 1, "message {number} was acknowledged, and is there once");
    }
    drop(returned(&addr));
}

/// Whether the server refuses newcomers because nothing can be kept.
fn full(addr: &str) -> bool {
    let mut other = Native::connect(addr).expect("the server listens");
    let answer = other.ask(1, Request::Report).and_then(|()| other.next_message());
    matches!(answer, Ok(Message::Answer { answer: Answer::Refused { no: No::StorageFull, .. }, .. }))
}

/// Ann, back again as soon as the server takes her.
fn returned(addr: &str) -> Native {
    loop {
        let mut ann = Native::connect(addr).expect("the server listens");
        if ann.ask(9_999, Request::Resume { token: Secret([9; 16]), have: Vec::new() }).is_err() {
            continue;
        }
        match ann.next_message() {
            Ok(Message::Answer { answer: Answer::Back { .. }, .. }) => return ann,
            Ok(Message::Answer { answer: Answer::Refused { no: No::StorageFull, .. }, .. }) | Err(_) => {
                std::thread::sleep(Duration::from_millis(50));
            }
            other => panic!("neither back nor full: {other:?}"),
        }
    }
}
