//! Avatars, with real processes: given on joining, seen by the others beside the nick, kept over a lost connection.

use hobnob_tests::process::Process;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");
/// The smallest picture that looks like one.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and nothing that a screen could show";

/// A server with a data folder, and a folder for what clients wear and fetch.
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

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, bytes).expect("a file can be written");
        path.to_str().expect("the path is text").to_owned()
    }

    fn downloads_of(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn client(&self, name: &str, avatar: Option<&str>) -> Process {
        let downloads = self.downloads_of(name);
        let downloads = downloads.to_str().expect("the folder's name is text");
        let mut arguments = vec!["client", &self.addr, "--nick", name, "--downloads", downloads];
        arguments.extend(avatar.iter().flat_map(|avatar| ["--avatar", avatar]));
        let mut client = Process::start(name, Path::new(HOBNOB), &arguments);
        client.until(&format!("{name} joined the chatroom.\n"));
        client
    }

    /// The names of the files that the server keeps.
    fn kept(&self) -> Vec<String> {
        let folder = fs::read_dir(self.home.path().join("data/downloads")).expect("there is a folder for files");
        let names = folder.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<_> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names
    }

    /// Waits until the server keeps files of these names and no others; it removes files aside.
    fn until_kept(&self, names: &[&str]) {
        for _ in 0..1_000 {
            if self.kept() == names {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("{:?} are kept, and not {names:?}", self.kept());
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
fn an_emoji_is_given_on_joining_and_seen_beside_every_message() {
    let chat = Chat::open();
    let mut ann = chat.client("Ann", None);
    let mut bob = chat.client("Bob", Some("🦊"));
    ann.until("Server: 🦊 Bob joined the chatroom.\n");
    bob.type_line("Good morning.");
    ann.until("] 🦊 Bob: Good morning.\n");
    ann.type_line("/who");
    ann.until("In lobby: Ann, 🦊 Bob.\n");
    ann.type_line("/report");
    ann.until("🦊 Bob at IP: 127.0.0.1");
    // Who joins later sees it, too, and it can be changed and taken off.
    let mut cyd = chat.client("Cyd", None);
    bob.type_line("/avatar 🐙");
    bob.until("You wear 🐙.\n");
    bob.type_line("As you see.");
    for other in [&mut ann, &mut cyd] {
        other.until_all(&["Server: Bob wears 🐙.\n", "] 🐙 Bob: As you see.\n"]);
    }
    bob.type_line("/avatar off");
    bob.until("You wear nothing beside your nick any more.\n");
    bob.type_line("As you do not see.");
    cyd.until("] Bob: As you do not see.\n");
}

#[test]
fn a_picture_is_given_on_joining_before_the_first_message_and_fetched_by_who_wants_to_see_it() {
    let chat = Chat::open();
    let mut ann = chat.client("Ann", None);
    let mut bob = chat.client("Bob", Some(&chat.file("me.png", PNG)));
    bob.type_line("Good morning.");
    ann.until("Server: Bob has a picture; /avatar Bob shows it.\n");
    ann.until("] 🖼 Bob: Good morning.\n");
    bob.until("(Your picture is worn.)\n");
    ann.type_line("/avatar Bob");
    ann.until("(Bob.png is in ");
    assert_eq!(fs::read(chat.downloads_of("Ann").join("Bob.png")).expect("it was fetched"), PNG, "byte for byte");
    chat.until_kept(&["me.png"]);
    // Another one takes its place, and when its owner goes nothing is left.
    bob.type_line(&format!("/avatar {}", chat.file("new.gif", b"GIF89a and so on")));
    bob.until("(Your picture is worn.)\n");
    chat.until_kept(&["new.gif"]);
    bob.type_line("q");
    ann.until("Bob left the chatroom.\n");
    chat.until_kept(&[]);
}

#[test]
fn who_returns_after_the_server_was_killed_still_wears_what_it_wore() {
    let mut chat = Chat::open();
    let mut ann = chat.client("Ann", Some("🦊"));
    let mut bob = chat.client("Bob", Some(&chat.file("me.png", PNG)));
    ann.until("Server: Bob has a picture");
    chat.server.kill();
    (chat.server, chat.addr) = start(chat.home.path(), &chat.addr);
    for client in [&mut ann, &mut bob] {
        client.until("Connected again.\n");
    }
    chat.until_kept(&["me.png"]);
    bob.type_line("Still here.");
    ann.until("] 🖼 Bob: Still here.\n");
    let mut cyd = chat.client("Cyd", None);
    cyd.type_line("/who");
    cyd.until("In lobby: 🦊 Ann, 🖼 Bob, Cyd.\n");
}

#[test]
fn what_cannot_be_worn_is_told_before_anything_is_sent() {
    let chat = Chat::open();
    let large = chat.file("large.png", &[PNG, &[0; 64 << 10]].concat());
    let page = chat.file("page.png", b"<html>");
    for (avatar, why) in [
        (large.as_str(), "a picture for an avatar has at most 64 KiB"),
        (page.as_str(), "is no PNG, JPEG, GIF or WebP picture"),
        ("fox", "is neither one emoji nor a file"),
    ] {
        let told = Command::new(HOBNOB).args(["client", &chat.addr, "--nick", "Bob", "--avatar", avatar]).output();
        let told = told.expect("the client can be started");
        let complaint = String::from_utf8_lossy(&told.stderr);
        assert_eq!(told.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(why), "{complaint}");
    }
    let mut ann = chat.client("Ann", None);
    ann.type_line("/avatar fox");
    ann.until("Not worn: \"fox\" is neither one emoji nor a file; nor is it somebody's nick.\n");
    ann.type_line("/report");
    ann.until("There is 1 active user");
    assert!(!ann.printed().contains("Bob"), "{}", ann.printed());
}
