//! Files in the dialogues of the courses: `/send` and `/get` do in each of them what they do at the menu, and what a user
//! says stays what it was.

use hobnob_tests::process::Process;
use std::fs;
use std::path::Path;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

/// A server with a data folder, and a folder for all files.
struct Chat {
    home: tempfile::TempDir,
    server: Process,
    addr: String,
}

impl Chat {
    fn open() -> Self {
        let home = tempfile::tempdir().expect("a folder can be made");
        let (server, addr) = start(home.path(), "127.0.0.1:0");
        Self { home, server, addr }
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_str().expect("the path is text").to_owned()
    }

    /// Writes a file that somebody will send.
    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).expect("a file can be written");
        path
    }

    /// What somebody has fetched under a name.
    fn fetched(&self, who: &str, name: &str) -> Vec<u8> {
        fs::read(self.home.path().join(who).join(name)).expect("it was fetched")
    }

    fn arguments<'a>(&'a self, nick: &'a str, ui: &'a str, downloads: &'a str) -> [&'a str; 8] {
        ["client", &self.addr, "--ui", ui, "--nick", nick, "--downloads", downloads]
    }

    /// Somebody who is in, and has seen `welcome`.
    fn client(&self, nick: &str, ui: &str, more: &[&str], welcome: &str) -> Process {
        let downloads = self.path(nick);
        let arguments = [&self.arguments(nick, ui, &downloads), more].concat();
        let mut client = Process::start(nick, Path::new(HOBNOB), &arguments);
        client.until(welcome);
        client
    }
}

fn start(home: &Path, listen: &str) -> (Process, String) {
    let data = home.join("data");
    let data = data.to_str().expect("the folder's name is text");
    let mut server = Process::start("the server", Path::new(HOBNOB), &["server", "--listen", listen, "--data", data]);
    let addr = server.listens();
    (server, addr)
}

#[test]
fn colon_sends_to_the_room_it_is_in_or_to_one_user() {
    let chat = Chat::open();
    let mut alice = chat.client("Alice", "colon", &["--room", "tea"], "You joined tea.\n");
    let mut bob = chat.client("Bob", "colon", &["--room", "tea"], "You joined tea.\n");
    let mut eve = chat.client("Eve", "colon", &[], "Registered as Eve.\n");
    alice.until("Bob joined tea.\n");
    let notes = chat.file("notes.txt", b"one\ntwo\n");
    alice.type_line(&format!("/send {notes}"));
    alice.until_all(&["Alice (in tea) sent notes.txt: one two", "(notes.txt arrived.)\n"]);
    bob.until("Alice (in tea) sent notes.txt: one two");
    bob.until("notes.txt.)\n");
    assert_eq!(chat.fetched("Bob", "notes.txt"), b"one\ntwo\n", "byte for byte");
    // What begins like a command is said with a slash more; every other line stays as it is.
    for (typed, said) in [("//send notes.txt", "/send notes.txt"), ("/sender", "/sender"), ("//etc", "//etc")] {
        alice.type_line(typed);
        bob.until(&format!("Alice (in tea): {said}\n"));
    }
    let bytes = chat.file("cat.bin", &[0, 1, 2]);
    alice.type_line(&format!("/send Bob {bytes}"));
    alice.until("(cat.bin arrived, for Bob alone.)\n");
    bob.until("Alice: (sent cat.bin, 3 bytes)\n");
    bob.until("cat.bin.)\n");
    // Who is in no room hears of none of it, and has nobody to send to but single users.
    eve.type_line(&format!("/send {notes}"));
    eve.until("Not sent: you are in no room");
    eve.type_line("/get");
    eve.until("No file was told of here.\n");
    eve.type_line("/help");
    eve.until("RECIPIENT:MESSAGE ");
    eve.until("/send [NICK] PATH ");
    eve.type_line(&format!("/send Alice {notes}"));
    alice.until("Eve: one two");
    assert!(!eve.printed().contains("cat.bin"), "{}", eve.printed());
    let late = chat.client("Late", "colon", &["--room", "tea"], "You joined tea.\n");
    get(late, &chat, "Late");
}

/// Who comes later fetches on demand what stands in the history.
fn get(mut late: Process, chat: &Chat, name: &str) {
    late.type_line("/get");
    late.until("  notes.txt, 8 bytes, of ");
    late.type_line("/get notes.txt");
    late.until("notes.txt.)\n");
    assert_eq!(chat.fetched(name, "notes.txt"), b"one\ntwo\n");
}

#[test]
fn command_sends_when_it_is_logged_in() {
    let chat = Chat::open();
    let notes = chat.file("notes.txt", b"one\ntwo\n");
    let downloads = chat.path("John");
    let arguments = ["client", &chat.addr, "--ui", "command", "--downloads", &downloads];
    let mut john = Process::start("John", Path::new(HOBNOB), &arguments);
    john.type_line(&format!("/send {notes}"));
    john.until("Failure\n");
    john.type_line("login John");
    john.until("Success\n");
    let mut mary = chat.client("Mary", "command", &[], "Success\n");
    john.type_line(&format!("/send {notes}"));
    john.until("(notes.txt arrived.)\n");
    mary.until_all(&["John (in lobby) sent notes.txt: one two", "notes.txt.)\n"]);
    assert_eq!(chat.fetched("Mary", "notes.txt"), b"one\ntwo\n");
    let bytes = chat.file("cat.bin", &[0, 1, 2]);
    mary.type_line(&format!("/send John {bytes}"));
    mary.until("(cat.bin arrived, for John alone.)\n");
    john.until_all(&["Mary: (sent cat.bin, 3 bytes)\n", "cat.bin.)\n"]);
    for (typed, shown) in [
        ("//send a.txt", "Invalid command\n"),
        ("/send", "This command is written /send [NICK] PATH.\n"),
        ("/get nothing.txt", "Not fetched: nothing.txt: no such file was told of here.\n"),
        ("/help", "sendto NAME TEXT "),
        ("sendto Mary /send a.txt", "Success\n"),
    ] {
        john.type_line(typed);
        john.until(shown);
    }
    mary.until("John: /send a.txt\n");
    get(chat.client("Late", "command", &[], "Success\n"), &chat, "Late");
}

#[test]
fn tata_sends_and_what_it_says_with_a_slash_more_is_said() {
    let chat = Chat::open();
    let mut tesla = chat.client("tesla", "tata", &[], "Welcome to chat room");
    let mut albert = chat.client("albert", "tata", &[], "Welcome to chat room");
    tesla.until("albert joined the conversation");
    let notes = chat.file("notes.txt", b"one\ntwo\n");
    tesla.type_line(&format!("/send {notes}"));
    tesla.until("(notes.txt arrived.)\n");
    albert.until_all(&["tesla sent notes.txt: one two", "notes.txt.)\n"]);
    let bytes = chat.file("cat.bin", &[0, 1, 2]);
    albert.type_line(&format!("/send tesla {bytes}"));
    tesla.until_all(&["albert (private): (sent cat.bin, 3 bytes)\n", "cat.bin.)\n"]);
    assert_eq!(chat.fetched("tesla", "cat.bin"), [0, 1, 2]);
    tesla.type_line("//get it");
    albert.until("tesla: /get it\n");
    albert.type_line("/help");
    albert.until("/get [FILE] ");
    get(chat.client("late", "tata", &[], "Welcome to chat room"), &chat, "late");
}

#[test]
fn a_file_of_each_dialogue_goes_on_when_the_server_was_killed() {
    for (ui, welcome) in [("colon", "You joined tea.\n"), ("command", "Success\n"), ("tata", "Welcome to chat room")] {
        let mut chat = Chat::open();
        let mut rng = fastrand::Rng::with_seed(7);
        let bytes: Vec<u8> = (0..12 << 20).map(|_| rng.u8(..)).collect();
        let path = chat.file("big.bin", &bytes);
        let rooms: &[&str] = if ui == "colon" { &["--room", "tea"] } else { &[] };
        let mut ann = chat.client("Ann", ui, rooms, welcome);
        ann.type_line(&format!("/send {path}"));
        let parts = chat.home.path().join("data/downloads/.parts");
        let under_way = || fs::read_dir(&parts).is_ok_and(|mut parts| parts.next().is_some());
        for _ in 0..10_000 {
            if under_way() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        chat.server.kill();
        assert!(under_way(), "{ui}: it was killed in the middle");
        (chat.server, _) = start(chat.home.path(), &chat.addr);
        ann.until("Connected again.\n");
        ann.until("(big.bin arrived.)\n");
        assert!(fs::read(chat.path("data/downloads/big.bin")).expect("it is kept") == bytes, "{ui}: byte for byte");
    }
}

#[cfg(unix)]
#[test]
fn a_bar_shows_at_both_ends_how_far_a_large_file_is() {
    use hobnob_tests::terminal::Person;

    for ui in ["colon", "command", "tata"] {
        let chat = Chat::open();
        let path = chat.file("big.bin", &vec![0; 1 << 20]);
        let (ann_downloads, bob_downloads) = (chat.path("Ann"), chat.path("Bob"));
        let rooms: &[&str] = if ui == "colon" { &["--room", "tea"] } else { &[] };
        let sit_down = |name, downloads| {
            Person::sit_down(name, Path::new(HOBNOB), &[&chat.arguments(name, ui, downloads), rooms].concat(), &[])
        };
        let (welcome, say, hears) = match ui {
            "colon" => ("You joined tea.", "Here.", "Bob (in tea): Here."),
            "command" => ("Success", "say Here.", "Bob (in lobby): Here."),
            _ => ("Welcome to chat room", "Here.", "Bob: Here."),
        };
        let mut ann = sit_down("Ann", &ann_downloads);
        // Not every language shows what was said before one came.
        ann.looks(welcome, |screen| screen.contents().contains(welcome));
        let mut bob = sit_down("Bob", &bob_downloads);
        // Bob is there when he has told so; what Ann types is not talk.
        bob.says(say);
        ann.looks(hears, |screen| screen.contents().contains(hears));
        ann.says(&format!("/send {path}"));
        ann.raw("Sending big.bin [========================] 1.00 MiB of 1.00 MiB");
        ann.raw("(big.bin arrived.)");
        bob.raw("Fetching big.bin [========================] 1.00 MiB of 1.00 MiB");
        bob.raw("big.bin.)");
    }
}
