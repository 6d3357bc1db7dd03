//! Files, with real processes: they arrive whole or not at all, for whom they are meant and nobody else, while people talk.

use hobnob_runtime::files::digest_of;
use hobnob_spec::files::{Bytes, Digest};
use hobnob_spec::limits::CHUNK_BYTES_MAX;
use hobnob_spec::messages::{Answer, Body, For, Message, Request, Secret};
use hobnob_spec::session::No;
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use std::fs;
use std::path::{Path, PathBuf};

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

/// A server with a data folder, and folders for its clients.
struct Room {
    home: tempfile::TempDir,
    server: Process,
    addr: String,
}

impl Room {
    fn open() -> Self {
        let home = tempfile::tempdir().expect("a folder can be made");
        let (server, addr) = start(home.path());
        Self { home, server, addr }
    }

    /// Kills the server as a power failure would, and starts it again.
    fn kill_and_start(&mut self) {
        self.server.kill();
        (self.server, self.addr) = start(self.home.path());
    }

    fn client(&self, name: &str) -> Process {
        let downloads = self.downloads_of(name);
        let downloads = downloads.to_str().expect("the folder's name is text");
        let arguments = ["client", &self.addr, "--nick", name, "--downloads", downloads];
        let mut client = Process::start(name, Path::new(HOBNOB), &arguments);
        client.until(&format!("Server: {name} joined the chatroom.\n"));
        client
    }

    fn downloads_of(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn server_files(&self) -> PathBuf {
        self.home.path().join("data/downloads")
    }

    /// Writes a file that somebody will send.
    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, bytes).expect("a file can be written");
        path.to_str().expect("the path is text").to_owned()
    }
}

fn start(home: &Path) -> (Process, String) {
    let data = home.join("data");
    let data = data.to_str().expect("the folder's name is text");
    let mut server =
        Process::start("the server", Path::new(HOBNOB), &["server", "--listen", "127.0.0.1:0", "--data", data]);
    let addr = server.listens();
    (server, addr)
}

/// The names in a folder, in order; none where there is no folder. What begins with a dot is left out.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

/// Waits until the server holds no part of a file; it lets go of them aside, after it has answered.
fn no_parts(room: &Room) {
    let parts = || fs::read_dir(room.server_files().join(".parts")).expect("there is a folder for parts").count();
    for _ in 0..1_000 {
        if parts() == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{} parts are left", parts());
}

/// Bytes that are no text and repeat nowhere.
fn noise(len: usize) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(7);
    (0..len).map(|_| rng.u8(..)).collect()
}

#[test]
fn step_6_a_text_file_is_printed_by_all_and_kept_by_all() {
    let room = Room::open();
    let (mut cool, mut fun) = (room.client("Cool"), room.client("Fun"));
    let mut fire = room.client("Fire");
    let text =
        "I am on a light diet: I eat in daylight, I eat in moonlight, and sometimes, I eat in refrigerator light!";
    let path = room.file("coolfile1.txt", format!("{text}\r\n").as_bytes());
    fire.type_line("a");
    fire.until("Please enter the file path and name: \n");
    fire.type_line(&path);
    let line = format!("] Fire: {text}\n");
    fire.until_all(&[&line, "(coolfile1.txt arrived.)\n"]);
    for (name, client) in [("Cool", &mut cool), ("Fun", &mut fun)] {
        client.until_all(&[&line, "(coolfile1.txt is in ", "coolfile1.txt.)\n"]);
        let kept = fs::read(room.downloads_of(name).join("coolfile1.txt")).expect("it was fetched");
        assert_eq!(kept, format!("{text}\r\n").as_bytes(), "byte for byte");
    }
    assert_eq!(names(&room.server_files()), ["coolfile1.txt"]);
    assert!(names(&room.downloads_of("Fire")).is_empty(), "nobody fetches what is their own");
    fire.type_line("We keep chatting.");
    cool.until("Fire: We keep chatting.\n");
    // Who joins later has it in the history.
    let mut sad = Process::start("Sad", Path::new(HOBNOB), &["client", &room.addr, "--nick", "Sad", "--no-downloads"]);
    sad.until(&format!("] Fire: {text}\n"));
}

#[test]
fn talk_overtakes_a_file_of_sixteen_megabytes() {
    let room = Room::open();
    let (mut ann, mut bob) = (room.client("Ann"), room.client("Bob"));
    let bytes = noise(16 << 20);
    let path = room.file("big.bin", &bytes);
    ann.type_line(&format!("/send {path}"));
    for number in 0..5 {
        ann.type_line(&format!("line {number}"));
    }
    // Talk overtakes the file, of which others hear when all of it is there.
    for number in 0..5 {
        let before = bob.until(&format!("Ann: line {number}\n"));
        assert!(!before.contains("big.bin"), "{before}");
    }
    bob.until_all(&["Ann: (sent big.bin, 16.7 MB)\n", "big.bin.)\n"]);
    ann.until("(big.bin arrived.)\n");
    assert_eq!(
        digest_of(&fs::read(room.downloads_of("Bob").join("big.bin")).expect("it was fetched")),
        digest_of(&bytes)
    );
    assert_eq!(names(&room.downloads_of("Bob")), ["big.bin"], "nothing else is left");
    no_parts(&room);
}

#[test]
fn files_that_come_together_are_all_fetched_without_a_word() {
    let room = Room::open();
    let (mut ann, mut bob) = (room.client("Ann"), room.client("Bob"));
    let files: Vec<_> = (0..4_usize).map(|number| (format!("{number}.bin"), noise(100 * number))).collect();
    // By hand: all offers and their bytes at once, and nothing after.
    let mut eve = Native::connect(&room.addr).expect("the server listens");
    join(&mut eve, "Eve", 1);
    let mut number = 1;
    for (name, bytes) in &files {
        eve.ask(number + 1, offer(name, bytes)).expect("the server listens");
        let chunk = Request::Chunk { transfer: 0, offset: 0, bytes: Bytes(bytes.clone()) };
        eve.ask(number + 2, chunk).expect("the server listens");
        number += 2;
    }
    for client in [&mut ann, &mut bob] {
        let said: Vec<_> = files.iter().map(|(name, _)| format!("{name}.)\n")).collect();
        client.until_all(&said.iter().map(String::as_str).collect::<Vec<_>>());
    }
    for (name, bytes) in &files {
        assert_eq!(&fs::read(room.downloads_of("Bob").join(name)).expect("it was fetched"), bytes);
    }
}

#[test]
fn the_end_of_the_input_waits_for_the_file() {
    let room = Room::open();
    let mut bob = room.client("Bob");
    let path = room.file("notes.txt", b"one\ntwo\n");
    let mut ann = room.client("Ann");
    ann.type_line(&format!("/send {path}"));
    assert!(ann.ended().success());
    assert!(ann.printed().contains("(notes.txt arrived.)"), "{}", ann.printed());
    bob.until("Ann: one\n           two\n");
}

#[test]
fn a_file_for_one_is_seen_by_one() {
    let room = Room::open();
    let (mut ann, mut bob, mut eve) = (room.client("Ann"), room.client("Bob"), room.client("Eve"));
    let path = room.file("secret.txt", b"only you");
    ann.type_line(&format!("/send Bob {path}"));
    ann.until("(secret.txt arrived, for Bob alone.)\n");
    bob.until("(private) Ann: only you\n");
    bob.until("secret.txt.)\n");
    ann.type_line("Done.");
    eve.until("Ann: Done.\n");
    assert!(!eve.printed().contains("secret"), "{}", eve.printed());
    assert!(names(&room.downloads_of("Eve")).is_empty());
    let mut other = Native::connect(&room.addr).expect("the server listens");
    join(&mut other, "Mallory", 1);
    assert_eq!(refusal(&mut other, 2, Request::Fetch { file: 1, offset: 0 }), No::NoFile);
}

#[test]
fn a_file_that_cannot_be_sent_is_said_so() {
    let room = Room::open();
    let mut ann = room.client("Ann");
    let folder = room.home.path().to_str().expect("the path is text").to_owned();
    ann.type_line(&format!("/send {folder}/nothing.txt"));
    ann.until("No such file or directory.\n");
    ann.type_line(&format!("/send {folder}"));
    ann.until("it is no plain file.\n");
    let path = room.file("large.bin", &noise((16 << 20) + 1));
    ann.type_line(&format!("/send {path}"));
    ann.until("Not sent: large.bin: The file is too large.\n");
    let path = room.file("a.txt", b"for nobody");
    ann.type_line(&format!("/send x:y {path}"));
    ann.until("Not sent: a.txt: A nick has");
    no_parts(&room);
}

#[test]
fn a_file_that_was_missed_is_fetched_when_it_is_asked_for() {
    let room = Room::open();
    let mut ann = room.client("Ann");
    let path = room.file("notes.txt", b"for later");
    ann.type_line(&format!("/send {path}"));
    ann.until("(notes.txt arrived.)\n");
    // Who comes later has it in the history, and fetches it on demand.
    let mut bob = room.client("Bob");
    bob.type_line("/get nothing.txt");
    bob.until("Not fetched: nothing.txt: no such file was told of here.\n");
    bob.type_line("/get");
    bob.until("    1  notes.txt, 9 bytes, of Ann\n");
    assert!(names(&room.downloads_of("Bob")).is_empty(), "history alone fetches nothing");
    for name in ["notes.txt", "notes (2).txt"] {
        bob.type_line("/get notes.txt");
        bob.until(&format!("{name}.)\n"));
        assert_eq!(fs::read(room.downloads_of("Bob").join(name)).expect("it was fetched"), b"for later");
    }
}

#[cfg(unix)]
#[test]
fn a_client_that_is_killed_leaves_nothing_that_the_next_one_keeps() {
    let room = Room::open();
    let mut ann = room.client("Ann");
    let bytes = noise(16 << 20);
    let path = room.file("big.bin", &bytes);
    ann.type_line(&format!("/send {path}"));
    ann.until("(big.bin arrived.)\n");
    let parts = || {
        let entries = fs::read_dir(room.downloads_of("Bob")).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".hobnob-")).count()
    };
    let mut bob = room.client("Bob");
    bob.type_line("/get big.bin");
    for _ in 0..1_000 {
        if parts() == 1 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    bob.kill();
    assert_eq!(parts(), 1, "it was killed in the middle");
    assert!(names(&room.downloads_of("Bob")).is_empty(), "half a file has no name");
    let args = ["client", &room.addr, "--nick", "Bob2", "--downloads"];
    let downloads = room.downloads_of("Bob");
    let args: Vec<&str> = args.into_iter().chain(downloads.to_str()).collect();
    let mut again = Process::start("Bob again", Path::new(HOBNOB), &args);
    again.until("Server: Bob2 joined the chatroom.\n");
    assert_eq!(parts(), 0, "the next client removes it");
    again.type_line("/get big.bin");
    again.until("big.bin.)\n");
    assert_eq!(digest_of(&fs::read(downloads.join("big.bin")).expect("it was fetched")), digest_of(&bytes));
    assert_eq!(parts(), 0);
}

#[cfg(unix)]
#[test]
fn a_file_that_the_servers_disk_has_no_place_for_is_refused_and_talk_goes_on() {
    let home = tempfile::tempdir().expect("a folder can be made");
    let data = home.path().join("data");
    // No file of the server's may grow beyond some megabytes: its journal does not, what comes does.
    let script = "trap '' XFSZ; ulimit -f 8192; exec \"$0\" \"$@\"";
    let data = data.to_str().expect("the folder's name is text");
    let arguments = ["-c", script, HOBNOB, "server", "--listen", "127.0.0.1:0", "--data", data];
    let mut server = Process::start("the server", Path::new("sh"), &arguments);
    let addr = server.listens();
    let room = Room { home, server, addr };
    let (mut ann, mut bob) = (room.client("Ann"), room.client("Bob"));
    let path = room.file("big.bin", &noise(12 << 20));
    ann.type_line(&format!("/send {path}"));
    ann.until("Not sent: big.bin: The server's disk is full or failing");
    no_parts(&room);
    assert!(names(&room.server_files()).is_empty());
    ann.type_line("Never mind.");
    bob.until("Ann: Never mind.\n");
    assert!(!bob.printed().contains("big.bin"), "nobody hears of it");
    let path = room.file("small.txt", b"but this fits");
    ann.type_line(&format!("/send {path}"));
    bob.until("Ann: but this fits\n");
}

// ── By hand, to cut where it hurts

fn join(client: &mut Native, nick: &str, number: u64) {
    let token = Some(Secret([number as u8; 16]));
    client.ask(number, Request::Join { nick: nick.into(), token, avatar: None }).expect("the server listens");
    let (answer, _) = client.answer(number).expect("the server answers");
    assert!(matches!(answer, Answer::Welcome { .. }), "{answer:?}");
}

fn offer(name: &str, bytes: &[u8]) -> Request {
    let (size, digest) = (bytes.len() as u64, digest_of(bytes));
    Request::Attach { place: For::Room("lobby".into()), name: name.into(), media: String::new(), size, digest }
}

fn asked(client: &mut Native, number: u64, request: Request) -> Answer {
    client.ask(number, request).expect("the server listens");
    client.answer(number).expect("the server answers").0
}

fn refusal(client: &mut Native, number: u64, request: Request) -> No {
    match asked(client, number, request) {
        Answer::Refused { no, .. } => no,
        other => panic!("no refusal: {other:?}"),
    }
}

/// Sends the bytes between two offsets, and gives the last answer.
fn send(client: &mut Native, number: &mut u64, transfer: u64, bytes: &[u8], from: usize, to: usize) -> Answer {
    let mut answer = Answer::Taken { to: from as u64 };
    let mut at = from;
    while at < to {
        let end = (at + CHUNK_BYTES_MAX).min(to);
        *number += 1;
        let chunk = Request::Chunk { transfer, offset: at as u64, bytes: Bytes(bytes[at..end].to_vec()) };
        answer = asked(client, *number, chunk);
        at = end;
    }
    answer
}

#[test]
fn a_file_goes_on_after_a_cut_and_after_the_server_was_killed() {
    let mut room = Room::open();
    let bytes = noise(1 << 20);
    let (third, token) = (bytes.len() / 3, Secret([1; 16]));
    let mut number = 1;
    let mut ann = Native::connect(&room.addr).expect("the server listens");
    join(&mut ann, "Ann", number);
    number += 1;
    let Answer::Ready { transfer, from: 0 } = asked(&mut ann, number, offer("cut.bin", &bytes)) else {
        panic!("the file may come")
    };
    let taken = send(&mut ann, &mut number, transfer, &bytes, 0, third);
    assert_eq!(taken, Answer::Taken { to: third as u64 });
    ann.cut();
    let mut from = third;
    for killed in [false, true] {
        if killed {
            room.kill_and_start();
        }
        let mut again = Native::connect(&room.addr).expect("the server listens");
        number += 1;
        let back = asked(&mut again, number, Request::Resume { token, have: Vec::new() });
        assert!(matches!(back, Answer::Back { .. }), "{back:?}");
        number += 1;
        let Answer::Ready { transfer: same, from: goes_on } = asked(&mut again, number, offer("cut.bin", &bytes))
        else {
            panic!("the file may go on")
        };
        assert_eq!((same, goes_on), (transfer, from as u64), "it goes on where it was");
        let end = send(&mut again, &mut number, transfer, &bytes, from, from + third);
        assert_eq!(end, Answer::Taken { to: (from + third) as u64 });
        from += third;
        if killed {
            let end = send(&mut again, &mut number, transfer, &bytes, from, bytes.len());
            assert!(matches!(end, Answer::Filed { .. }), "{end:?}");
        }
        again.cut();
    }
    let kept = fs::read(room.server_files().join("cut.bin")).expect("it is kept");
    assert_eq!(digest_of(&kept), digest_of(&bytes));
    no_parts(&room);
}

#[test]
fn what_nobody_goes_on_with_is_gone_after_a_start() {
    let mut room = Room::open();
    let bytes = noise(100_000);
    let mut ann = Native::connect(&room.addr).expect("the server listens");
    // Without a token nobody returns.
    ann.ask(1, Request::Join { nick: "Ann".into(), token: None, avatar: None }).expect("the server listens");
    ann.answer(1).expect("the server answers");
    let mut number = 2;
    asked(&mut ann, number, offer("lost.bin", &bytes));
    send(&mut ann, &mut number, 0, &bytes, 0, 50_000);
    room.kill_and_start();
    // The session is over, and its file with it.
    no_parts(&room);
    assert!(names(&room.server_files()).is_empty());
}

#[test]
fn names_are_made_safe_and_nothing_is_written_over() {
    let room = Room::open();
    let mut ann = Native::connect(&room.addr).expect("the server listens");
    join(&mut ann, "Ann", 1);
    let mut number = 1;
    for bad in ["..", "", "a/..", ".hidden", "NUL", "con.txt", "a\u{1b}[2J", "a\0b", &"x".repeat(300)] {
        number += 1;
        assert_eq!(refusal(&mut ann, number, offer(bad, b"x")), No::FileNameBad, "{bad:?}");
    }
    for (name, text) in [("../../a.txt", "one"), ("C:\\a.txt", "two"), ("/etc/a.txt", "three")] {
        number += 1;
        asked(&mut ann, number, offer(name, text.as_bytes()));
        let end = send(&mut ann, &mut number, 0, text.as_bytes(), 0, text.len());
        assert!(matches!(end, Answer::Filed { .. }), "{end:?}");
    }
    assert_eq!(names(&room.server_files()), ["a (2).txt", "a (3).txt", "a.txt"]);
    assert_eq!(fs::read(room.server_files().join("a (3).txt")).expect("it is kept"), b"three");
    assert_eq!(names(room.home.path()), ["data"], "nothing is written elsewhere");
}

#[test]
fn other_bytes_than_promised_reach_nobody() {
    let room = Room::open();
    let mut bob = Native::connect(&room.addr).expect("the server listens");
    join(&mut bob, "Bob", 1);
    let mut ann = Native::connect(&room.addr).expect("the server listens");
    join(&mut ann, "Ann", 2);
    let Request::Attach { place, name, media, size, .. } = offer("a.txt", b"abc") else {
        unreachable!("it is an offer")
    };
    let lie = Request::Attach { place, name, media, size, digest: Digest([0; 32]) };
    let mut number = 3;
    asked(&mut ann, number, lie);
    let end = send(&mut ann, &mut number, 0, b"abc", 0, 3);
    assert!(matches!(end, Answer::Refused { no: No::FileDamaged, .. }), "{end:?}");
    number += 1;
    asked(&mut ann, number, Request::Say { room: "lobby".into(), text: "Done.".into() });
    loop {
        if let Message::Live { entry, .. } = bob.next_message().expect("the server tells") {
            assert!(!matches!(entry.body, Body::Attached(_)), "nobody hears of it");
            if matches!(entry.body, Body::Text(_)) {
                break;
            }
        }
    }
    assert!(names(&room.server_files()).is_empty());
    no_parts(&room);
}
