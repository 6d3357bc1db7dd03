//! Seed 003's test run with real processes: four clients type into the menu, and see what the course says they see.
//!
//! Each test is one step of that run (the sixth, an attachment, stands with the files). Times of day differ from run
//! to run, so they are compared by their form. Off a terminal nobody echoes what is typed, so the client ends the line of
//! each prompt itself.

use hobnob_tests::process::Process;
use std::path::Path;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

const MENU: &str = "Please select one of the following options:\n\n\
    1. Get a report of the chatroom from the server.\n\
    2. Request to join the chatroom.\n\
    3. Quit the program.\n\n\
    Your choice: ";

const WELCOME: &str = "The server welcomes you to the chatroom.\n\
    Type lowercase 'q' and press enter at any time to quit the chatroom.\n\
    Type lowercase 'a' and press enter at any time to upload an attachment to the chatroom.\n\
    Here is a history of the chatroom.\n";

/// A classroom server and how to reach it.
struct Classroom {
    addr: String,
    _server: Process,
}

impl Classroom {
    fn open() -> Self {
        let arguments = ["server", "--listen", "127.0.0.1:0", "--profile", "classroom", "--data", ":memory:"];
        let mut server = Process::start("the server", Path::new(HOBNOB), &arguments);
        let addr = server.listens();
        Self { addr, _server: server }
    }

    /// Somebody starts the client and sees the menu.
    fn client(&self, name: &str) -> Process {
        let mut client = Process::start(name, Path::new(HOBNOB), &["client", &self.addr]);
        assert_eq!(client.until(MENU), MENU, "{name} sees the menu first");
        client
    }

    /// Somebody starts the client and joins; gives also the history that was shown.
    fn joined(&self, name: &str) -> (Process, String) {
        let mut client = self.client(name);
        let history = join(&mut client, name);
        (client, history)
    }
}

/// Chooses 2 and a name that is free; gives the history that is shown.
fn join(client: &mut Process, name: &str) -> String {
    client.type_line("2");
    assert_eq!(client.until("username: "), "\nPlease enter a username: ");
    client.type_line(name);
    assert_eq!(client.until(WELCOME), format!("\n{WELCOME}"));
    let history = client.until(&format!("Server: {name} joined the chatroom.\n"));
    timeless(&history)
}

/// The text with each `[HH:MM:SS]` as `[time]`.
fn timeless(text: &str) -> String {
    let is_time = |at: &str| {
        let bytes = at.as_bytes();
        let digits = [1, 2, 4, 5, 7, 8];
        bytes.len() >= 10
            && (bytes[0], bytes[3], bytes[6], bytes[9]) == (b'[', b':', b':', b']')
            && digits.iter().all(|digit| bytes[*digit].is_ascii_digit())
    };
    let mut rest = text;
    let mut out = String::new();
    while let Some(next) = rest.chars().next() {
        let (shown, length) = if is_time(rest) { ("[time]", 10) } else { (&rest[..next.len_utf8()], next.len_utf8()) };
        out.push_str(shown);
        rest = &rest[length..];
    }
    out
}

fn sees(client: &mut Process, line: &str) {
    let seen = client.until(&format!("{line}\n"));
    assert_eq!(timeless(&seen), format!("[time] {line}\n"));
}

#[test]
fn step_1_the_report_of_an_empty_chatroom_and_of_one_with_users() {
    let room = Classroom::open();
    let mut cool = room.client("Cool");
    cool.type_line("1");
    assert_eq!(cool.until(MENU), format!("\nThere are no active users in the chatroom.\n{MENU}"));
    let (_fun, _) = room.joined("Fun");
    cool.type_line("1");
    let one = cool.until(MENU);
    assert!(one.starts_with("\nThere is 1 active user in the chatroom.\n1. Fun at IP: 127.0.0.1 and port: "), "{one}");
    let (_fire, _) = room.joined("Fire");
    cool.type_line("1");
    let two = cool.until(MENU);
    let lines: Vec<_> = two.trim_start().lines().collect();
    assert_eq!(lines[0], "There are 2 active users in the chatroom.");
    for (line, name) in lines[1..3].iter().zip(["1. Fun", "2. Fire"]) {
        let port =
            line.strip_prefix(&format!("{name} at IP: 127.0.0.1 and port: ")).and_then(|rest| rest.strip_suffix('.'));
        assert!(port.is_some_and(|port| port.parse::<u16>().is_ok()), "{line}");
    }
}

#[test]
fn step_2_joining_shows_welcome_and_history_and_tells_the_others() {
    let room = Classroom::open();
    let (mut cool, history) = room.joined("Cool");
    assert_eq!(history, "[time] Server: Cool joined the chatroom.\n");
    let (_fun, history) = room.joined("Fun");
    assert_eq!(history, "[time] Server: Cool joined the chatroom.\n[time] Server: Fun joined the chatroom.\n");
    sees(&mut cool, "Server: Fun joined the chatroom.");
}

#[test]
fn step_3_a_name_in_use_is_rejected_and_the_menu_comes_back() {
    let room = Classroom::open();
    let (_cool, _) = room.joined("Cool");
    let mut fun = room.client("Fun");
    fun.type_line("2");
    fun.until("Please enter a username: ");
    fun.type_line("Cool");
    let rejected = "The server rejects the join request. Another user is using this username.\n";
    assert_eq!(fun.until(MENU), format!("\n{rejected}{MENU}"));
    join(&mut fun, "Fun");
}

#[test]
fn step_4_a_fourth_user_is_rejected_whatever_the_name() {
    let room = Classroom::open();
    let _three: Vec<_> = ["Cool", "Fun", "Fire"].map(|name| room.joined(name)).into();
    let mut sad = room.client("Sad");
    for name in ["Sad", "Cool"] {
        sad.type_line("2");
        sad.until("Please enter a username: ");
        sad.type_line(name);
        let rejected = "The server rejects the join request. The chatroom has reached its maximum capacity.\n";
        assert_eq!(sad.until(MENU), format!("\n{rejected}{MENU}"));
    }
}

#[test]
fn step_5_what_somebody_says_everybody_sees_once_in_one_order() {
    let room = Classroom::open();
    let (mut cool, _) = room.joined("Cool");
    let (mut fun, _) = room.joined("Fun");
    let (mut fire, _) = room.joined("Fire");
    cool.until("Fire joined the chatroom.\n");
    fun.until("Fire joined the chatroom.\n");
    fire.type_line("Hey guys! I just joined.");
    for client in [&mut cool, &mut fun, &mut fire] {
        sees(client, "Fire: Hey guys! I just joined.");
    }
    cool.type_line("Welcome, Fire.");
    for client in [&mut cool, &mut fun, &mut fire] {
        sees(client, "Cool: Welcome, Fire.");
    }
}

#[test]
fn step_7_who_quits_sees_the_menu_and_the_others_are_told() {
    let room = Classroom::open();
    let (mut cool, _) = room.joined("Cool");
    let (mut fire, _) = room.joined("Fire");
    cool.until("Fire joined the chatroom.\n");
    fire.type_line("q");
    assert_eq!(fire.until(MENU), MENU, "the quitter does not see that it left");
    sees(&mut cool, "Server: Fire left the chatroom.");
    cool.type_line("Buy Fire.");
    sees(&mut cool, "Cool: Buy Fire.");
    fire.type_line("3");
    assert!(fire.ended().success());
    assert!(!fire.printed().contains("Buy Fire."), "who is out of the room hears nothing");
}

#[test]
fn step_8_who_comes_back_gets_the_whole_history() {
    let room = Classroom::open();
    let (mut cool, _) = room.joined("Cool");
    let (mut fire, _) = room.joined("Fire");
    fire.type_line("I must go.");
    cool.until("Fire: I must go.\n");
    fire.type_line("q");
    fire.until(MENU);
    cool.until("Fire left the chatroom.\n");
    cool.type_line("Buy Fire.");
    cool.until("Cool: Buy Fire.\n");
    // The first joining stands in the history, too; the second one ends it.
    let first = join(&mut fire, "Fire");
    let history = first + &timeless(&fire.until("Server: Fire joined the chatroom.\n"));
    let whole = [
        "Server: Cool joined the chatroom.",
        "Server: Fire joined the chatroom.",
        "Fire: I must go.",
        "Server: Fire left the chatroom.",
        "Cool: Buy Fire.",
        "Server: Fire joined the chatroom.",
    ];
    assert_eq!(history, whole.map(|line| format!("[time] {line}\n")).concat());
}
