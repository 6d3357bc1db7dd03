//! Each course's dialogue at real terminals, through real processes: what a person types, and sees on the screen.
//!
//! A screen is compared as a whole, byte for byte but for blanks at the ends of lines, after each step; times of day
//! and ports differ from run to run and are compared by their form. Pseudo-terminals are a thing of Unix.

#![cfg(unix)]

use hobnob_tests::process::Process;
use hobnob_tests::terminal::{Person, formal};
use std::path::Path;
use std::process::{Command, Stdio};

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");
fn sit_down(name: &'static str, arguments: &[&str], coloured: bool) -> Person {
    let colour: &[(&str, &str)] = if coloured { &[("NO_COLOR", "")] } else { &[] };
    Person::sit_down(name, Path::new(HOBNOB), arguments, colour)
}

/// A server with one profile, and where it listens.
struct Server {
    process: Process,
    port: String,
}

impl Server {
    fn of(profile: &str) -> Self {
        let arguments = ["server", "--port", "0", "--profile", profile, "--data", ":memory:"];
        let mut process = Process::start("the server", Path::new(HOBNOB), &arguments);
        process.until("listening on 127.0.0.1:");
        let port = process.until("\n").trim().to_owned();
        Self { process, port }
    }

    /// Somebody who starts the client of seed 001 as its README says.
    fn messenger(&self, name: &'static str) -> Person {
        let arguments = ["client", "--host", "127.0.0.1", "--port", &self.port, "--ui", "colon"];
        let mut person = sit_down(name, &arguments, false);
        person.sees(&[], "Enter username: ");
        person
    }

    fn registered(&self, name: &'static str) -> Person {
        let mut person = self.messenger(name);
        person.types(name);
        person.sees(&[&format!("Registered as {name}.")], "> ");
        person
    }
}

#[test]
fn messenger_readme_a_team_talks_and_a_message_waits_for_bob() {
    let server = Server::of("messenger");
    let mut alice = server.registered("Alice");
    let mut bob = server.messenger("Bob");
    bob.types("Alice");
    bob.sees(&["ERROR Another user is using this username. Please choose a different one."], "Enter username: ");
    bob.types("Bob");
    bob.sees(&["Registered as Bob."], "> ");
    alice.types("who");
    alice.sees(&["Active users: Alice, Bob"], "> ");
    alice.types("leave");
    alice.sees(&[], "> ");
    for person in [&mut alice, &mut bob] {
        person.types("join teamchat");
        person.sees(&["You joined teamchat."], "[teamchat] > ");
    }
    alice.hears(&["Bob joined teamchat."]);
    alice.types("Hello team!");
    alice.sees(&["Alice (in teamchat): Hello team!"], "[teamchat] > ");
    bob.hears(&["Alice (in teamchat): Hello team!"]);
    bob.types("exit");
    bob.sees(&["Bob (in teamchat): exit"], "[teamchat] > ");
    alice.hears(&["Bob (in teamchat): exit"]);
    bob.types("leave");
    bob.sees(&["You left teamchat."], "> ");
    alice.hears(&["Bob left teamchat."]);
    bob.types("exit");
    bob.is_gone();
    alice.hears(&["Bob left the chat."]);
    alice.types("leave");
    alice.sees(&["You left teamchat."], "> ");
    alice.types("message");
    alice.sees(&[], "Recipient: ");
    alice.types("Bob");
    alice.sees(&[], "Message: ");
    alice.types("Where are you?");
    alice.sees(&["Bob is offline; the message is stored."], "> ");
    let mut bob = server.messenger("Bob");
    bob.types("Bob");
    bob.sees(&["Registered as Bob.", "Alice: Where are you? (sent date time)"], "> ");
    alice.types("exit");
    alice.is_gone();
}

#[test]
fn messenger_assignment_commands_begin_with_server() {
    let server = Server::of("messenger");
    let mut alice = server.messenger("Alice");
    alice.types("server:register Alice");
    alice.sees(&["Registered as Alice."], "> ");
    let mut bob = server.messenger("Bob");
    bob.types("server:register Bob");
    bob.sees(&["Registered as Bob."], "> ");
    alice.types("server:who");
    alice.sees(&["Active users: Alice, Bob"], "> ");
    alice.types("Bob:Hello Bob!");
    alice.sees(&["Sent to Bob."], "> ");
    bob.hears(&["Alice: Hello Bob!"]);
    bob.types("Alice:see http://example.org: it is good");
    bob.sees(&["Sent to Alice."], "> ");
    alice.hears(&["Bob: see http://example.org: it is good"]);
    bob.types("server:exit");
    bob.is_gone();
    alice.hears(&["Bob left the chat."]);
    alice.types("server:who");
    alice.sees(&["Active users: Alice"], "> ");
}

#[test]
fn tata_tesla_and_albert_say_hello_world() {
    let mut server = Server::of("tata");
    assert_eq!(server.process.until("WORKING \n"), "\t\t\t\tSERVER WORKING \n");
    let mut enter = |name: &'static str| {
        let mut person = sit_down(name, &["client", "127.0.0.1", &server.port, "--ui", "tata"], false);
        person.sees(&["CREATING NEW ID:"], "Enter username: ");
        person.types(name);
        person.sees(&["Welcome to chat room. Enter 'tata' anytime to exit"], "You: ");
        let line = server.process.until("\n");
        let port = line.strip_prefix("Client (127.0.0.1, ").and_then(|rest| rest.split_once(')'));
        let (port, rest) = port.unwrap_or_else(|| panic!("the server's window shows who came: {line:?}"));
        assert!(port.parse::<u16>().is_ok() && rest == format!(" connected  [ {name} ]\n"), "{line:?}");
        (person, format!("Client (127.0.0.1, {port}) is offline  [ {name} ]\n"))
    };
    let (mut tesla, tesla_goes) = enter("tesla");
    let (mut albert, albert_goes) = enter("albert");
    tesla.hears(&["albert joined the conversation "]);
    assert!(tesla.raw("conversation \r\n").contains("albert joined the conversation \r\n"));
    tesla.types("hello");
    tesla.sees(&[], "You: ");
    albert.hears(&["tesla: hello"]);
    albert.types("world");
    albert.sees(&[], "You: ");
    tesla.hears(&["albert: world"]);
    albert.types("/msg tesla psst");
    tesla.hears(&["albert (private): psst"]);
    albert.sees(&[], "You: ");
    albert.types("tata");
    albert.raw("DISCONNECTED!!");
    albert.is_gone();
    tesla.hears(&["albert left the conversation"]);
    assert_eq!(server.process.until("\n"), albert_goes);
    let raw = tesla.raw("left the conversation");
    assert!(!raw.contains("\u{1b}[1m") && !raw.contains("\u{1b}[3"), "NO_COLOR is obeyed: {raw:?}");
    tesla.types("tata");
    tesla.is_gone();
    assert_eq!(server.process.until("\n"), tesla_goes);
}

#[test]
fn tata_asks_for_the_host_ends_where_the_name_is_taken_and_is_painted() {
    let mut server = Server::of("tata");
    let addr = format!("127.0.0.1:{}", server.port);
    let mut tesla = sit_down("tesla", &["client", "--ui", "tata"], true);
    tesla.sees(&[], "Enter host ip address: ");
    tesla.types(&addr);
    tesla.sees(&["CREATING NEW ID:"], "Enter username: ");
    tesla.types("tesla");
    tesla.sees(&["Welcome to chat room. Enter 'tata' anytime to exit"], "You: ");
    let mut other = sit_down("other", &["client", &addr, "--ui", "tata"], false);
    other.sees(&["CREATING NEW ID:"], "Enter username: ");
    other.types("tesla");
    other.raw("DISCONNECTED!!");
    assert!(other.raw("taken!").contains("Username already taken!\r\n"));
    let mut albert = sit_down("albert", &["client", &addr, "--ui", "tata", "--nick", "albert"], false);
    albert.sees(&["Welcome to chat room. Enter 'tata' anytime to exit"], "You: ");
    tesla.hears(&["albert joined the conversation "]);
    albert.types("world");
    tesla.hears(&["albert: world"]);
    let bold = |code: &str, text: &str| format!("\u{1b}[1m\u{1b}[{code}m{text}\u{1b}[0m");
    for painted in [
        bold("34", "CREATING NEW ID:"),
        bold("34", "Enter username: "),
        bold("32", "Welcome to chat room. Enter 'tata' anytime to exit"),
        bold("33", "You: "),
        bold("32", "albert joined the conversation "),
        bold("35", "albert: ") + "world",
    ] {
        tesla.raw(&painted);
    }
    albert.kill();
    let line = server.process.until("[ albert ]\n");
    let error = " is offline (error)  [ albert ]\n";
    let line = if line.ends_with(error) { line } else { server.process.until("[ albert ]\n") };
    assert!(line.ends_with(error), "{line:?}");
}

#[test]
fn tata_cannot_connect_where_no_server_is() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        listener.local_addr().expect("it is bound").port().to_string()
    };
    let mut client = Process::start("tesla", Path::new(HOBNOB), &["client", "127.0.0.1", &port, "--ui", "tata"]);
    client.type_line("tesla");
    assert_eq!(client.until("server\n"), "CREATING NEW ID:\nEnter username: \nCan't connect to the server\n");
    assert_eq!(client.ended().code(), Some(4));
}

#[test]
fn sendto_every_command_has_its_answer_or_its_error() {
    let server = Server::of("sendto");
    let sit_down = |name| sit_down(name, &["client", "127.0.0.1", &server.port, "--ui", "command"], false);
    let (mut john, mut bob) = (sit_down("John"), sit_down("Bob"));
    let long = "x".repeat(21);
    let dialogue = [
        ("list", "Nobody is logged in"),
        ("list all", "Invalid command"),
        ("logout", "Failure"),
        ("sendto Bob Hi", "Failure"),
        ("login", "Bad username"),
        ("login John Smith", "Bad username"),
        (&format!("login {long}"), "Bad username"),
        ("login a:b", "Failure"),
        ("login John", "Success"),
        ("login Jack", "Failure"),
        ("list", "John"),
        ("sendto Bob Hi", "Failure"),
        ("sendto JohnHello", "Bad username"),
        (&format!("sendto {long} Hi"), "Bad username"),
        ("logout now", "Invalid command"),
        ("exit now", "Invalid command"),
        ("dance", "Invalid command"),
    ];
    for (typed, answered) in dialogue {
        john.types(typed);
        john.sees(&[answered], "");
    }
    bob.types("login John");
    bob.sees(&["Failure"], "");
    bob.types("login john");
    bob.sees(&["Success"], "");
    bob.types("logout");
    bob.sees(&["Success"], "");
    bob.types("login Bob");
    bob.sees(&["Success"], "");
    bob.types("list");
    bob.sees(&["John\nBob"], "");
    bob.types("sendto John Hi how are you?");
    bob.sees(&["Success"], "");
    john.hears(&["Bob: Hi how are you?"]);
    john.types("logout");
    john.sees(&["Success"], "");
    bob.types("sendto John Hello?");
    bob.sees(&["Failure"], "");
    john.types("list");
    john.sees(&["Bob"], "");
    for person in [&mut john, &mut bob] {
        person.types("exit");
        person.is_gone();
    }
}

const MENU: &[&str] = &[
    "Please select one of the following options:",
    "",
    "1. Get a report of the chatroom from the server.",
    "2. Request to join the chatroom.",
    "3. Quit the program.",
    "",
];
const CHOICE: &str = "Your choice: ";
const WELCOME: &[&str] = &[
    "The server welcomes you to the chatroom.",
    "Type lowercase 'q' and press enter at any time to quit the chatroom.",
    "Type lowercase 'a' and press enter at any time to upload an attachment to the chatroom.",
    "Here is a history of the chatroom.",
];

/// Chooses 2 and a name, and sees the history.
fn join(person: &mut Person, name: &str, history: &[&str]) {
    person.types("2");
    person.sees(&[], "Please enter a username: ");
    person.types(name);
    person.sees(&[WELCOME, history].concat(), "");
}

/// Chooses 2 and a name, and is rejected.
fn be_rejected(person: &mut Person, name: &str, why: &str) {
    person.types("2");
    person.sees(&[], "Please enter a username: ");
    person.types(name);
    let rejected = format!("The server rejects the join request. {why}");
    person.sees(&[&[rejected.as_str()], MENU].concat(), CHOICE);
}

#[test]
fn classroom_cool_fun_fire_and_sad_as_far_as_text_goes() {
    let server = Server::of("classroom");
    let sit_down = |name| {
        let mut person = sit_down(name, &["client", "--port", &server.port], false);
        person.sees(MENU, CHOICE);
        person
    };
    let mut cool = sit_down("Cool");
    cool.types("1");
    cool.sees(&[&["There are no active users in the chatroom."], MENU].concat(), CHOICE);
    let cool_joined = "[time] Server: Cool joined the chatroom.";
    let fun_joined = "[time] Server: Fun joined the chatroom.";
    join(&mut cool, "Cool", &[cool_joined]);
    let mut fun = sit_down("Fun");
    join(&mut fun, "Fun", &[cool_joined, fun_joined]);
    cool.hears(&[fun_joined]);
    let mut fire = sit_down("Fire");
    let report = [
        "There are 2 active users in the chatroom.",
        "1. Cool at IP: 127.0.0.1 and port: N.",
        "2. Fun at IP: 127.0.0.1 and port: N.",
    ];
    fire.types("1");
    fire.sees(&[&report, MENU].concat(), CHOICE);
    be_rejected(&mut fire, "Cool", "Another user is using this username.");
    let fire_joined = "[time] Server: Fire joined the chatroom.";
    join(&mut fire, "Fire", &[cool_joined, fun_joined, fire_joined]);
    let mut sad = sit_down("Sad");
    be_rejected(&mut sad, "Cool", "The chatroom has reached its maximum capacity.");
    sad.types("3");
    sad.is_gone();
    fire.types("Hey guys! I just joined.");
    let hey = "[time] Fire: Hey guys! I just joined.";
    fire.sees(&[hey], "");
    cool.hears(&[fire_joined, hey]);
    fun.hears(&[fire_joined, hey]);
    fire.types("q");
    fire.sees(MENU, CHOICE);
    let fire_left = "[time] Server: Fire left the chatroom.";
    cool.hears(&[fire_left]);
    fun.hears(&[fire_left]);
    cool.types("Buy Fire.");
    let buy = "[time] Cool: Buy Fire.";
    cool.sees(&[buy], "");
    fun.hears(&[buy]);
    join(&mut fire, "Fire", &[cool_joined, fun_joined, fire_joined, hey, fire_left, buy, fire_joined]);
}

#[test]
fn each_demonstration_plays_to_its_end_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let plays = [
        ("classroom", "    Fire │ [time] Cool: Buy Fire.\n"),
        ("messenger", "     Bob │ Alice (in teamchat): Hello team!\n"),
        ("tata", "   tesla │ albert: world\n"),
        ("sendto", "    John │ Bob: Hi how are you?\n"),
        ("open", "    John │ Cool (in lobby): Hey guys!\n"),
    ];
    for (name, line) in plays {
        let mut command = Command::new(HOBNOB);
        let command = command.args(["demo", name, "--fast"]).current_dir(folder.path()).env("TZ", "UTC");
        let output = command.output().expect("hobnob can be started");
        let printed = formal(&String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{name}: {}\n{printed}", String::from_utf8_lossy(&output.stderr));
        assert!(printed.contains(line), "{name} shows {line:?}:\n{printed}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder is there").count(), 0, "{name} leaves nothing");
    }
}

#[test]
fn hobnob_alone_offers_a_menu_at_a_terminal_and_help_elsewhere() {
    let mut person = sit_down("somebody", &[], false);
    person.raw("1. Start a server on this computer.\r\n2. Join a chat.\r\n3. Start a relay");
    person.presses("5\r");
    person.is_gone();
    let output = Command::new(HOBNOB).stdin(Stdio::null()).output().expect("hobnob can be started");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Usage: hobnob <COMMAND>"));
}

#[test]
fn a_courses_server_listens_where_its_clients_look() {
    for (profile, port) in [("open", 18_000), ("classroom", 18_000), ("messenger", 8_080), ("tata", 5_001)] {
        let output = Command::new(HOBNOB).args(["server", "--profile", profile, "--print-config"]).output();
        let printed = String::from_utf8(output.expect("hobnob can be started").stdout).expect("settings are text");
        assert!(printed.contains(&format!("listen = [\"127.0.0.1:{port}\"]")), "{profile}:\n{printed}");
    }
    let output = Command::new(HOBNOB).args(["server", "--port", "8080", "--print-config"]).output();
    let printed = String::from_utf8(output.expect("hobnob can be started").stdout).expect("settings are text");
    assert!(printed.contains("listen = [\"127.0.0.1:8080\"]"), "{printed}");
}
