//! The client on a real terminal: what is typed faster than it is read is said all the same, in its order.
//!
//! Another client, off a terminal, tells what arrived. Pseudo-terminals are a thing of Unix.

#![cfg(unix)]

use hobnob_spec::messages::{Answer, Body, Message, Request, Secret};
use hobnob_tests::native::Native;
use hobnob_tests::process::Process;
use nix::sys::termios::{LocalFlags, tcgetattr};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

/// Eight lines, together longer than what the line editor reads at once.
fn lines() -> Vec<String> {
    (1..=8).map(|number| format!("{number} {}", "nothing is lost ".repeat(16).trim())).collect()
}

/// Somebody who sits at a terminal.
struct Typist {
    child: Child,
    keyboard: File,
}

impl Typist {
    fn sit_down(arguments: &[&str]) -> Self {
        let ends = nix::pty::openpty(None, None).expect("there are pseudo-terminals");
        let copy = || Stdio::from(ends.slave.try_clone().expect("a descriptor can be copied"));
        let mut command = Command::new(HOBNOB);
        command.args(arguments).env_remove("RUST_LOG").env("TERM", "xterm").env("NO_COLOR", "1");
        let child = command.stdin(copy()).stdout(copy()).stderr(copy()).spawn().expect("the client can be started");
        let keyboard = File::from(ends.master);
        let mut screen = keyboard.try_clone().expect("a descriptor can be copied");
        // Nobody looks at the screen, but it must not fill up. At its end, reading it fails.
        std::thread::spawn(move || std::io::copy(&mut screen, &mut std::io::sink()));
        Self { child, keyboard }
    }

    /// Presses all these keys in one go.
    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("the terminal takes what is typed");
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A server, its address, and somebody there who tells what arrives.
fn chat() -> (Process, String, Process) {
    let arguments = ["server", "--listen", "127.0.0.1:0", "--profile", "classroom", "--data", ":memory:"];
    let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
    let addr = server.listens();
    let mut witness = Process::start("Bob", Path::new(HOBNOB), &["client", &addr, "--nick", "Bob"]);
    witness.until("Bob joined the chatroom.\n");
    (server, addr, witness)
}

/// Whether all the lines arrive in their order, each once.
fn arrive(witness: &mut Process) {
    for line in lines() {
        let until = witness.until(&format!("Ann: {line}\n"));
        assert_eq!(until.matches("Ann: ").count(), 1, "nothing comes twice or out of order: {until}");
    }
    witness.until("Ann left the chatroom.\n");
}

#[test]
fn lines_typed_in_one_go_are_all_said() {
    let (_server, addr, mut witness) = chat();
    let mut ann = Typist::sit_down(&["client", &addr, "--nick", "Ann"]);
    witness.until("Ann joined the chatroom.\n");
    ann.types(&format!("{}\rq\r", lines().join("\r")));
    arrive(&mut witness);
}

#[test]
fn a_whole_visit_may_be_typed_ahead_of_the_menu() {
    let (_server, addr, mut witness) = chat();
    let mut ann = Typist::sit_down(&["client", &addr]);
    ann.types(&format!("2\rAnn\r{}\rq\r3\r", lines().join("\r")));
    witness.until("Ann joined the chatroom.\n");
    arrive(&mut witness);
    assert!(ann.child.wait().expect("the client can be waited for").success(), "the menu's 3 came through as well");
}

#[test]
fn who_is_thrown_out_in_the_middle_of_a_line_gets_the_terminal_back_as_it_was() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    let arguments = ["server", "--listen", "127.0.0.1:0", "--data", data];
    let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
    let addr = server.listens();
    let key = std::fs::read_to_string(folder.path().join("operator.key")).expect("the server wrote its key");
    let key = Secret::from_hex(key.trim()).expect("a key is hexadecimal");
    let mut operator = Native::connect(&addr).expect("the server listens");
    operator.ask(1, Request::Join { nick: "Bob".into(), token: None, avatar: None }).expect("the server reads");
    operator.ask(2, Request::Operate { key }).expect("the server reads");
    assert_eq!(operator.answer(2).expect("the server answers").0, Answer::Done);
    let mut ann = Typist::sit_down(&["client", &addr, "--nick", "Ann"]);
    let before = tcgetattr(&ann.keyboard).expect("a terminal has a mode");
    ann.types("Here I am.\r");
    let arrived = std::iter::from_fn(|| operator.next_message().ok()).any(|message| match message {
        Message::Live { entry, .. } => matches!(&entry.body, Body::Text(text) if text.as_str() == "Here I am."),
        _ => false,
    });
    assert!(arrived, "Ann is there");
    ann.types("half a li");
    operator.ask(3, Request::Kick { nick: "Ann".into() }).expect("the server reads");
    ann.child.wait().expect("whoever is thrown out ends");
    let after = tcgetattr(&ann.keyboard).expect("a terminal has a mode");
    assert!(before.local_flags.contains(LocalFlags::ICANON | LocalFlags::ECHO), "the terminal was an ordinary one");
    assert_eq!(after.local_flags, before.local_flags);
}
