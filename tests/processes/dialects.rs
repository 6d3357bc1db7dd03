//! Every dialect through the real server, as clients of courses speak it: raw TCP, one command a `send`, no newline.

use hobnob_tests::course::Course;
use hobnob_tests::process::Process;
use serde_json::{Value, json};
use std::path::Path;

const HOBNOB: &str = env!("CARGO_BIN_EXE_hobnob");

/// A server and the addresses of its listeners.
struct Server {
    addrs: Vec<String>,
    process: Process,
}

impl Server {
    /// One listener for each of the profiles.
    fn of(profiles: &[&str], more: &[&str]) -> Self {
        Self::with_data(profiles, ":memory:", more)
    }

    fn with_data(profiles: &[&str], data: &str, more: &[&str]) -> Self {
        let listen: Vec<String> = profiles.iter().map(|profile| format!("{profile}=127.0.0.1:0")).collect();
        let mut arguments = vec!["server", "--data", data, "--time-zone", "utc"];
        arguments.extend(listen.iter().flat_map(|listen| ["--listen", listen]));
        arguments.extend(more);
        let mut process = Process::start("the server", Path::new(HOBNOB), &arguments);
        let addr = |_| {
            process.until("listening on ");
            let line = process.until("\n");
            line.split_whitespace().next().expect("an address is printed").to_owned()
        };
        let addrs = profiles.iter().map(addr).collect();
        Self { addrs, process }
    }

    fn connect(&self, name: &str, listener: usize) -> Course {
        Course::connect(name, &self.addrs[listener])
    }

    /// Somebody who has said the nick in the words of the listener's seed, and was let in.
    fn joined(&self, nick: &str, listener: usize, says: &str, hears: &str) -> Course {
        let mut course = self.connect(nick, listener);
        course.send(says);
        course.until(hears);
        course
    }

    fn flags(&self, nick: &str, listener: usize) -> Course {
        let mut course = self.connect(nick, listener);
        course.send(join(nick).to_string());
        assert_eq!(object(&mut course)["JOIN_ACCEPT_FLAG"], 1, "{nick} is in");
        assert_eq!(object(&mut course)["NEW_USER_FLAG"], 1, "{nick} is told of {nick}");
        course
    }

    fn colon(&self, nick: &str, listener: usize) -> Course {
        self.joined(nick, listener, &format!("server:register {nick}"), &format!("Registered as {nick}.\n"))
    }

    fn command(&self, nick: &str, listener: usize) -> Course {
        self.joined(nick, listener, &format!("login {nick}"), "RESPONSE ok\n")
    }

    fn plain(&self, nick: &str, listener: usize) -> Course {
        self.joined(nick, listener, nick, "Welcome to chat room. Enter 'tata' anytime to exit\x1b[0m\n")
    }
}

/// An object with all fields, some of them set, and one that the seed does not know.
fn flagged(set: &Value) -> Value {
    let mut object = json!({
        "REPORT_REQUEST_FLAG": 0, "REPORT_RESPONSE_FLAG": 0, "JOIN_REQUEST_FLAG": 0, "JOIN_REJECT_FLAG": 0,
        "JOIN_ACCEPT_FLAG": 0, "NEW_USER_FLAG": 0, "QUIT_REQUEST_FLAG": 0, "QUIT_ACCEPT_FLAG": 0,
        "ATTACHMENT_FLAG": 0, "NUMBER": 0, "USERNAME": "", "FILENAME": "", "PAYLOAD_LENGTH": 0, "PAYLOAD": "",
        "TIMESTAMP": "20:36:22",
    });
    for (field, value) in set.as_object().expect("fields with values") {
        object[field] = value.clone();
    }
    object
}

fn join(nick: &str) -> Value {
    flagged(&json!({"JOIN_REQUEST_FLAG": 1, "USERNAME": nick}))
}

fn talk(text: &str) -> Value {
    flagged(&json!({"PAYLOAD": text, "PAYLOAD_LENGTH": text.len()}))
}

/// The next object of the server.
fn object(course: &mut Course) -> Value {
    let line = course.line();
    serde_json::from_str(&line).unwrap_or_else(|wrong| panic!("{line:?} is no object: {wrong}"))
}

fn payload(course: &mut Course) -> String {
    object(course)["PAYLOAD"].as_str().expect("the payload is a text").to_owned()
}

/// What follows the time of day at the beginning of a payload.
fn timeless(payload: &str) -> &str {
    let (time, rest) = payload.split_at_checked(11).expect("a payload begins with the time");
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "[00:00:00] ", "{payload}");
    rest
}

/// A line without its colours.
fn plain(line: &str) -> String {
    let mut parts = line.trim_start_matches('\r').split('\x1b');
    let first = parts.next().expect("there is a first part").to_owned();
    let rest: String = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text)).collect();
    (first + &rest).trim().to_owned()
}

// ── Each dialect's own session

#[test]
fn a_classroom_is_spoken_in_objects_without_newlines() {
    let server = Server::of(&["classroom"], &[]);
    let mut cool = server.connect("Cool", 0);
    cool.send(flagged(&json!({"REPORT_REQUEST_FLAG": 1})).to_string());
    let report = object(&mut cool);
    assert_eq!(
        (&report["REPORT_RESPONSE_FLAG"], &report["NUMBER"], &report["PAYLOAD"]),
        (&json!(1), &json!(0), &json!(""))
    );
    assert_eq!(report.as_object().expect("an object").len(), 14, "all fields and no other");
    cool.send(join("Cool").to_string());
    let accept = object(&mut cool);
    assert_eq!((&accept["JOIN_ACCEPT_FLAG"], &accept["USERNAME"]), (&json!(1), &json!("Cool")));
    assert_eq!(object(&mut cool)["PAYLOAD"], "Cool joined the chatroom.");
    cool.send(talk("I am here.").to_string());
    assert_eq!(timeless(&payload(&mut cool)), "Cool: I am here.", "who speaks hears it");

    let mut fun = server.connect("Fun", 0);
    fun.send(join("Cool").to_string());
    let reject = object(&mut fun);
    assert_eq!(reject["JOIN_REJECT_FLAG"], 1);
    let taken = "The server rejects the join request. Another user is using this username.";
    assert_eq!(reject["PAYLOAD"], taken);
    fun.send(join("Fun").to_string());
    let history = payload(&mut fun);
    let lines: Vec<&str> = history.lines().map(timeless).collect();
    assert_eq!(lines, ["Server: Cool joined the chatroom.", "Cool: I am here."]);
    assert_eq!(payload(&mut cool), "Fun joined the chatroom.");

    let _fire = server.flags("Fire", 0);
    let mut sad = server.connect("Sad", 0);
    sad.send(join("Cool").to_string());
    let full = "The server rejects the join request. The chatroom has reached its maximum capacity.";
    assert_eq!(payload(&mut sad), full, "whether there is place is asked before whose name it is");

    cool.until("Fire joined the chatroom.\"}\n");
    cool.send(flagged(&json!({"QUIT_REQUEST_FLAG": 1})).to_string());
    let left = object(&mut cool);
    assert_eq!((&left["QUIT_ACCEPT_FLAG"], &left["USERNAME"]), (&json!(1), &json!("Cool")));
    fun.until("Cool left the chatroom.\"}\n");
}

#[test]
fn objects_may_come_together_and_in_pieces() {
    let server = Server::of(&["classroom"], &[]);
    let mut fun = server.connect("Fun", 0);
    fun.send(format!("{}{}\r\n{}", join("Fun"), talk("one"), talk("two {not an object}")));
    fun.until("Fun joined the chatroom.\"}\n");
    assert_eq!(timeless(&payload(&mut fun)), "Fun: one");
    assert_eq!(timeless(&payload(&mut fun)), "Fun: two {not an object}");
    fun.send_slowly(&talk("slowly").to_string());
    assert_eq!(timeless(&payload(&mut fun)), "Fun: slowly");
    let object = talk("after a pause").to_string();
    let (before, after) = object.split_at(40);
    fun.send(before);
    std::thread::sleep(std::time::Duration::from_millis(80));
    fun.send(after);
    assert_eq!(timeless(&payload(&mut fun)), "Fun: after a pause", "an object ends with its brace, not in quiet");
}

#[test]
fn a_messenger_is_spoken_with_colons() {
    let server = Server::of(&["messenger"], &[]);
    let mut alice = server.colon("Alice", 0);
    let mut bob = server.connect("Bob", 0);
    bob.send("server:register Alice");
    let taken = bob.line();
    assert!(taken.starts_with("ERROR ") && taken.contains("choose a different one"), "{taken}");
    bob.send("server:register Bob");
    assert_eq!(bob.line(), "Registered as Bob.");
    alice.send("server:who");
    assert_eq!(alice.line(), "Active users: Alice, Bob", "nobody in the lobby was told of Bob");
    alice.send("Bob:Hello Bob!");
    assert_eq!(bob.line(), "Alice: Hello Bob!");
    assert_eq!(alice.line(), "Sent to Bob.");
    bob.send("Alice: see https://example.org:8080/");
    assert_eq!(alice.line(), "Bob: see https://example.org:8080/", "only the first colon splits");
    bob.line();

    alice.send("server:join teamchat");
    assert_eq!(alice.line(), "You joined teamchat.");
    bob.send("join teamchat");
    assert_eq!(bob.line(), "You joined teamchat.");
    assert_eq!(alice.line(), "Bob joined teamchat.");
    alice.send("Hello team!");
    assert_eq!(bob.line(), "Alice (in teamchat): Hello team!");
    assert_eq!(alice.line(), "Alice (in teamchat): Hello team!");
    bob.send("exit");
    assert_eq!(alice.line(), "Bob (in teamchat): exit", "in a room every line but leave is talk");
    bob.line();
    bob.send("leave");
    assert_eq!(bob.line(), "You left teamchat.");
    assert_eq!(alice.line(), "Bob left teamchat.");
    bob.send("server:exit");
    assert_eq!(bob.rest(), "Goodbye.\n");
    assert_eq!(alice.line(), "Bob left the chat.");
    alice.send("leave");
    assert_eq!(alice.line(), "You left teamchat.");
    alice.send("who");
    assert_eq!(alice.line(), "Active users: Alice");
}

#[test]
fn sendto_is_spoken_in_commands_with_one_reply_each() {
    let server = Server::of(&["sendto"], &[]);
    let mut john = server.connect("John", 0);
    john.send("list");
    assert_eq!(john.line(), "LIST", "a list may be had without a login");
    john.send("login John");
    assert_eq!(john.line(), "RESPONSE ok");
    let mut bob = server.connect("Bob", 0);
    for (says, hears) in [
        ("login John", "RESPONSE failure"),
        ("logout", "RESPONSE failure"),
        ("sendto John hi", "RESPONSE failure"),
        ("login", "RESPONSE malformed packet"),
        ("login Bob Brown", "RESPONSE malformed packet"),
        ("sendto JohnHello", "RESPONSE malformed packet"),
        ("list all", "RESPONSE malformed packet"),
        ("dance", "RESPONSE malformed packet"),
        ("login Bob", "RESPONSE ok"),
        ("login Bobby", "RESPONSE failure"),
        ("list", "LIST John Bob"),
        ("sendto Nobody hi", "RESPONSE failure"),
        ("sendto John Hi how are you?", "RESPONSE ok"),
    ] {
        bob.send(says);
        assert_eq!(bob.line(), hears, "{says}");
    }
    assert_eq!(john.line(), "SENDTO Bob Hi how are you?", "of nothing else was John told");
    john.send("logout");
    assert_eq!(john.line(), "RESPONSE ok");
    bob.send("sendto John are you there?");
    assert_eq!(bob.line(), "RESPONSE failure");
    john.send("list");
    assert_eq!(john.line(), "LIST Bob", "a logout leaves the connection");
    bob.send("exit");
    assert_eq!(bob.rest(), "", "an exit has no reply");
}

#[test]
fn tata_is_spoken_in_bare_lines() {
    let server = Server::of(&["tata"], &[]);
    let mut tesla = server.plain("tesla", 0);
    let mut second = server.connect("a second tesla", 0);
    second.send("tesla");
    assert_eq!(plain(&second.rest()), "Username already taken!", "and the connection ends");
    let mut albert = server.plain("albert", 0);
    assert_eq!(plain(&tesla.line()), "albert joined the conversation");
    albert.send("world");
    assert_eq!(tesla.line(), "\r\x1b[1m\x1b[35m albert: \x1b[0mworld");
    tesla.send("hello");
    assert_eq!(plain(&albert.line()), "tesla: hello", "who speaks does not hear it");
    albert.send("tata");
    assert_eq!(albert.rest(), "");
    assert_eq!(plain(&tesla.line()), "albert left the conversation");
    drop(server.plain("marie", 0));
    assert_eq!(plain(&tesla.line()), "marie joined the conversation");
    assert_eq!(plain(&tesla.line()), "marie left the conversation unexpectedly");
}

// ── How bytes come and go

#[test]
fn a_command_ends_at_a_newline_or_in_quiet_however_its_bytes_come() {
    let server = Server::of(&["open"], &[]);
    let mut together = server.connect("all at once", 0);
    together.send("server:register Ann\nserver:who\r\n\nserver:join den\nhello\nleave\nserver:exit");
    let all = together.rest();
    let said = ["Registered as Ann.", "Active users: Ann", "You joined den.", "Ann joined den.", "Ann (in den): hello"];
    let wanted: String = said.iter().chain(&["You left den.", "Goodbye."]).map(|line| format!("{line}\n")).collect();
    assert_eq!(all, wanted);
    let mut slow = server.connect("byte by byte", 0);
    slow.send_slowly("login Bob\nlis");
    slow.send_slowly("t");
    assert_eq!(slow.line(), "RESPONSE ok");
    assert_eq!(slow.line(), "LIST Bob");
    let mut piped = server.connect("a pipe into nc", 0);
    piped.send("list");
    piped.end_input();
    assert_eq!(piped.rest(), "LIST Bob\n", "who ends its side still reads the answer");
}

#[test]
fn one_short_message_comes_by_one_recv() {
    let server = Server::of(&["classroom", "sendto"], &["--say-per-second", "off"]);
    let (mut cool, mut bob) = (server.flags("Cool", 0), server.command("Bob", 1));
    assert_eq!(payload(&mut cool), "Bob joined the chatroom.");
    for round in 1..20 {
        bob.send(format!("say {}", "x".repeat(round * 20)));
        let said = cool.recv();
        assert!(said.starts_with('{') && said.ends_with("}\n") && said.matches('\n').count() == 1, "{said:?}");
        assert_eq!(bob.recv(), "RESPONSE ok\n");
    }
}

// ── Together

const FIVE: [&str; 5] = ["open", "classroom", "messenger", "tata", "sendto"];

#[test]
fn five_profiles_talk_in_one_room() {
    let server = Server::of(&FIVE, &[]);
    let mut native = hobnob_tests::native::Native::connect(&server.addrs[0]).expect("the server listens");
    let nick = hobnob_spec::messages::Request::Join { nick: "Nat".into(), token: None, avatar: None };
    native.ask(1, nick).expect("the server reads");
    native.answer(1).expect("Nat is in");
    let mut cool = server.flags("Cool", 1);
    let mut alice = server.colon("Alice", 2);
    alice.send("server:join lobby");
    assert_eq!(alice.line(), "You joined lobby.");
    let mut tesla = server.plain("tesla", 3);
    let mut bob = server.command("Bob", 4);
    for (who, says) in [(&mut bob, "say from Bob"), (&mut alice, "from Alice"), (&mut tesla, "from tesla")] {
        who.send(says);
    }
    cool.send(talk("from Cool").to_string());
    let say = hobnob_spec::messages::Request::Say { room: "lobby".into(), text: "from Nat".into() };
    native.ask(2, say).expect("the server reads");

    let wanted = ["from Alice", "from Bob", "from Cool", "from Nat", "from tesla"];
    let said_to_cool = order(|| payload(&mut cool), 5);
    assert_eq!(sorted(&said_to_cool), wanted);
    assert_eq!(order(|| alice.line(), 5), said_to_cool, "everybody hears the same in the same order");
    let others = |own: &str| said_to_cool.iter().filter(|text| *text != own).cloned().collect::<Vec<_>>();
    assert_eq!(order(|| plain(&tesla.line()), 4), others("from tesla"));
    assert_eq!(order(|| bob.line(), 4), others("from Bob"));
    let mut said_to_nat = Vec::new();
    while said_to_nat.len() < 5 {
        use hobnob_spec::messages::{Body, Message};
        if let Message::Live { entry, .. } = native.next_message().expect("the server speaks")
            && let Body::Text(text) = &entry.body
        {
            said_to_nat.push(text.as_str().to_owned());
        }
    }
    assert_eq!(said_to_nat, said_to_cool);
    alice.send("leave");
    alice.until("You left lobby.\n");
    cool.send(talk("Alice does not hear this").to_string());
    bob.until("SENDTO Cool Alice does not hear this\n");
    alice.send("Cool:a word with you");
    assert_eq!(alice.line(), "Sent to Cool.", "who left the lobby hears nothing of it");
}

/// The next texts that were said, without who said them and all else.
fn order(mut next: impl FnMut() -> String, count: usize) -> Vec<String> {
    let mut said = Vec::new();
    while said.len() < count {
        let heard = next();
        said.extend(heard.split_once("from ").map(|(_, text)| format!("from {text}")));
    }
    said
}

fn sorted(texts: &[String]) -> Vec<&str> {
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts.sort_unstable();
    texts
}

#[test]
fn what_is_malformed_is_answered_in_kind_and_costs_nobody_else_anything() {
    let server = Server::of(&FIVE, &[]);
    let (mut cool, mut tesla) = (server.flags("Cool", 1), server.plain("tesla", 3));
    assert_eq!(payload(&mut cool), "tesla joined the chatroom.");
    let mut wrong = server.connect("no object", 1);
    wrong.send("{\"JOIN_REQUEST_FLAG\": }");
    assert!(payload(&mut wrong).starts_with("Server: "), "an object that says so");
    wrong.send("{]}");
    payload(&mut wrong);
    wrong.send("{,}");
    let end = wrong.rest();
    assert!(end.starts_with('{') && end.ends_with("}\n"), "the third in a row ends it, in an object: {end:?}");

    let mut colon = server.connect("no colon", 2);
    colon.send("server:dance");
    assert!(colon.line().starts_with("ERROR "));
    colon.send(b"server:register \xff\xfe");
    assert!(colon.line().starts_with("ERROR "));
    colon.send("server:register Zoe");
    assert_eq!(colon.line(), "Registered as Zoe.", "and it may go on");

    let mut command = server.connect("no command", 4);
    command.send(b"sendto \xff\xfe hi");
    assert_eq!(command.line(), "RESPONSE malformed packet");
    let mut lines = server.connect("no line", 3);
    lines.send(b"\xe2\x28\xa1");
    assert!(plain(&lines.line()).len() > 10, "a sentence");

    for listener in 0..FIVE.len() {
        let mut noise = server.connect("noise", listener);
        let bytes: Vec<u8> = (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80).collect();
        noise.try_send(bytes);
    }
    tesla.send("still here");
    let heard = cool.until("tesla: still here\"}\n");
    assert_eq!(heard.lines().count(), 2, "beside it Cool heard that Zoe joined, and nothing of all that: {heard}");
}

#[test]
fn pickled_python_is_refused_in_a_sentence() {
    let server = Server::of(&["classroom", "open"], &[]);
    for listener in [0, 1] {
        let mut pickle = server.connect("pickle", listener);
        pickle.send(b"\x80\x04\x95\x20\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x08USERNAME\x94\x8c\x04Cool\x94u.");
        let said = object(&mut pickle);
        let payload = said["PAYLOAD"].as_str().expect("the payload is a text");
        assert!(payload.contains("Pickled Python") && payload.contains("JSON"), "{payload}");
        assert_eq!(pickle.rest(), "");
    }
}

// ── Whoever is away

#[test]
fn what_is_said_to_who_is_away_is_stored_and_comes_once_also_after_a_restart() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    let profiles = ["messenger", "open"];
    {
        let mut server = Server::with_data(&profiles, data, &[]);
        let mut alice = server.colon("Alice", 0);
        for text in ["one", "two"] {
            alice.send(format!("Bob:{text}"));
            assert_eq!(alice.line(), "Bob is offline; the message is stored.");
        }
        let mut cool = server.flags("Cool", 1);
        cool.send(flagged(&json!({"PAYLOAD": "three", "TO": "Bob"})).to_string());
        assert_eq!(payload(&mut cool), "Server: Bob is away; your message will be delivered later.");
        server.process.kill();
    }
    let server = Server::with_data(&profiles, data, &[]);
    let mut bob = server.colon("Bob", 0);
    let late: Vec<String> = (0..3).map(|_| bob.line()).collect();
    for (line, begins) in late.iter().zip(["Alice: one (sent 20", "Alice: two (sent 20", "Cool: three (sent 20"]) {
        assert!(line.starts_with(begins), "late and with its time: {late:?}");
    }
    bob.send("server:exit");
    bob.rest();
    let mut bob = server.flags("Bob", 1);
    bob.send(flagged(&json!({"REPORT_REQUEST_FLAG": 1})).to_string());
    assert_eq!(object(&mut bob)["REPORT_RESPONSE_FLAG"], 1, "it comes once");
}

#[test]
fn what_is_said_to_who_is_away_is_refused_or_discarded_by_profile() {
    let knobs =
        ["--set", "messenger.absent=error", "--set", "tata.absent=discard", "--set", "classroom.absent=discard"];
    let server = Server::of(&["messenger", "sendto", "tata", "classroom"], &knobs);
    let mut alice = server.colon("Alice", 0);
    alice.send("Zoe:hello");
    let error = alice.line();
    assert!(error.starts_with("ERROR ") && error.contains("Zoe") && error.contains("not delivered"), "{error}");
    let mut bob = server.command("Bob", 1);
    bob.send("sendto Zoe hello");
    assert_eq!(bob.line(), "RESPONSE failure");
    let mut tesla = server.plain("tesla", 2);
    tesla.send("/msg Zoe hello");
    let mut cool = server.flags("Cool", 3);
    cool.send(flagged(&json!({"PAYLOAD": "hello", "TO": "Zoe"})).to_string());
    cool.send(talk("after it").to_string());
    cool.until("Cool: after it\"}\n");
    tesla.until("after it\n");
    let mut zoe = server.colon("Zoe", 0);
    zoe.send("who");
    assert!(zoe.line().starts_with("Active users: "), "nothing of it came late");
}

#[test]
fn what_waits_too_long_is_dropped() {
    let server = Server::of(&["messenger"], &["--mail-age", "300ms"]);
    let mut alice = server.colon("Alice", 0);
    alice.send("Bob:old");
    alice.line();
    std::thread::sleep(std::time::Duration::from_millis(600));
    alice.send("Bob:new");
    alice.line();
    let mut bob = server.colon("Bob", 0);
    let late = bob.line();
    assert!(late.starts_with("Alice: new (sent "), "{late}");
}

// ── Those who talk too fast

#[test]
fn who_talks_too_fast_is_warned_and_told_for_how_long_in_every_dialect_and_all_others_that_it_is_so() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let data = folder.path().to_str().expect("a temporary folder has a plain name");
    let limits = [
        "--say-burst",
        "2",
        "--say-per-second",
        "1",
        "--mute",
        "1h",
        "--mute-longest",
        "1h",
        "--status-every",
        "200ms",
    ];
    let mut server = Server::with_data(&FIVE, data, &limits);
    let mut witness = server.flags("Witness", 1);
    let told = |course: &mut Course, say: &dyn Fn(&mut Course)| {
        for _ in 0..4 {
            say(course);
        }
        // First the warning, and then the mute.
        course.until("Slow down: who talks faster than this is muted for a while");
        course.until("muted");
    };
    let mut cool = server.flags("Cool", 0);
    told(&mut cool, &|cool| cool.send(talk("spam").to_string()));
    cool.until("You may talk again in ");
    let wait = cool.line();
    assert!(wait.contains("min"), "an hour in minutes: {wait}");
    let mut alice = server.colon("Alice", 2);
    told(&mut alice, &|alice| alice.send("Cool:spam\n"));
    alice.until("You may talk again in ");
    let mut tesla = server.plain("tesla", 3);
    told(&mut tesla, &|tesla| tesla.send("spam\n"));
    tesla.until("You may talk again in ");
    let mut bob = server.command("Bob", 4);
    bob.send("say spam\nsay spam\nsay spam\nsay spam\nlist\n");
    let replies = bob.until("LIST");
    assert_eq!(replies.matches("RESPONSE failure").count(), 2, "{replies:?}");
    assert_eq!(replies.matches("SENDTO Server Slow down: ").count(), 1, "{replies:?}");
    // What Bob heard before the last answer comes before it.
    assert!(replies.contains("SENDTO Server Bob is muted until 20"), "{replies:?}");
    for nick in ["Cool", "Alice", "tesla", "Bob"] {
        witness.until(&format!("Server: {nick} is muted until 20"));
    }
    server.process.complaint("warnings 4, mutes 4");
    for nick in ["Cool", "Alice", "tesla", "Bob"] {
        server.process.complaint(&format!("{nick} was told to slow down"));
        server.process.complaint(&format!("{nick} was muted for talking too fast"));
    }
    let log = std::fs::read_to_string(folder.path().join("messages.log")).expect("there is a message log");
    assert_eq!(log.lines().filter(|line| line.contains("muted")).count(), 4, "{log}");
}

#[test]
fn a_profile_may_disconnect_who_floods() {
    let limits = ["--say-burst", "1", "--say-per-second", "1", "--mute", "1ms", "--mutes-patience", "2"];
    let knobs = ["--set", "messenger.flood=disconnect", "--set", "tata.flood=disconnect"];
    let server = Server::of(&["messenger", "tata"], &[&limits[..], &knobs[..]].concat());
    let mut alice = server.colon("Alice", 0);
    let mut tesla = server.plain("tesla", 1);
    for (course, says, nick) in [(&mut alice, "tesla:spam", "Alice"), (&mut tesla, "spam", "tesla")] {
        for _ in 0..40 {
            if !course.try_send(says) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(45));
        }
        let end = course.rest();
        let last = plain(end.lines().last().expect("it is told"));
        assert!(last.contains("too fast"), "{nick} is told why the connection ends: {end}");
    }
}

// ── What the operator sees

#[test]
fn listeners_are_printed_with_their_profiles() {
    let folder = tempfile::tempdir().expect("there is a place for temporary folders");
    let file = folder.path().join("hobnob.toml");
    std::fs::write(&file, "[profiles.club]\nlike = \"tata\"\ndialects = [\"command\", \"plain\"]\n")
        .expect("a file can be written");
    let file = file.to_str().expect("a temporary folder has a plain name");
    let server = Server::of(&["open", "club"], &["--config", file]);
    let lines: Vec<String> = server.process.printed().lines().map(str::to_owned).collect();
    assert_eq!(
        lines,
        [format!("listening on {}", server.addrs[0]), format!("listening on {} (club)", server.addrs[1])]
    );
    let mut ann = server.command("Ann", 1);
    let mut bob = server.plain("Bob", 1);
    bob.send("hello");
    ann.until("SENDTO Bob hello\n");
}

// ── Files, as a client of the classroom's course sends them

fn attachment(path: &str, content: &str) -> Value {
    flagged(&json!({"ATTACHMENT_FLAG": 1, "FILENAME": path, "PAYLOAD": content, "PAYLOAD_LENGTH": content.len()}))
}

#[test]
fn a_file_of_the_classroom_is_kept_by_the_server_and_handed_on() {
    let home = tempfile::tempdir().expect("a folder can be made");
    let data = home.path().join("data");
    let server = Server::with_data(&["classroom"], data.to_str().expect("the path is text"), &[]);
    let (mut cool, mut fun) = (server.flags("Cool", 0), server.flags("Fun", 0));
    object(&mut cool);
    let text =
        "I am on a light diet: I eat in daylight, I eat in moonlight, and sometimes, I eat in refrigerator light!";
    // Twice the same name, in one object and in many small pieces.
    cool.send(attachment("attachments/coolfile1.txt", text).to_string());
    for course in [&mut cool, &mut fun] {
        let told = object(course);
        assert_eq!((&told["ATTACHMENT_FLAG"], &told["FILENAME"]), (&json!(1), &json!("coolfile1.txt")));
        assert_eq!(timeless(told["PAYLOAD"].as_str().expect("a text")), format!("Cool: {text}"));
    }
    for piece in attachment("..\\..\\coolfile1.txt", "another\n").to_string().as_bytes().chunks(7) {
        fun.send(piece);
    }
    assert_eq!(timeless(&payload(&mut cool)), "Fun: another\n");
    let files = data.join("downloads");
    let kept = |name: &str| std::fs::read_to_string(files.join(name)).expect("the server keeps it");
    assert_eq!((kept("coolfile1.txt").as_str(), kept("coolfile1 (2).txt").as_str()), (text, "another\n"));
    // Talk goes on, and a native client fetches what a course's client sent.
    cool.send(talk("We keep chatting.").to_string());
    object(&mut fun);
    assert_eq!(timeless(&payload(&mut fun)), "Cool: We keep chatting.");
}

#[test]
fn a_server_that_starts_again_with_another_profile_tells_of_files_as_that_one_has_it() {
    let home = tempfile::tempdir().expect("a folder can be made");
    let data = home.path().join("data");
    let data = data.to_str().expect("the path is text");
    let mut before = Server::with_data(&["tata"], data, &[]);
    before.process.signal("TERM");
    assert!(before.process.ended().success());
    let mut server = Server::with_data(&["classroom"], data, &[]);
    let mut cool = server.flags("Cool", 0);
    cool.send(attachment("notes.txt", "light").to_string());
    let told = object(&mut cool);
    assert_eq!(
        (&told["ATTACHMENT_FLAG"], timeless(told["PAYLOAD"].as_str().expect("a text"))),
        (&json!(1), "Cool: light")
    );
    server.process.complaint("Cool sent the file notes.txt (5 bytes) to all in lobby");
}

#[test]
fn files_come_whole_whatever_they_hold() {
    let home = tempfile::tempdir().expect("a folder can be made");
    let data = home.path().join("data");
    let server = Server::with_data(&["classroom"], data.to_str().expect("the path is text"), &[]);
    let (mut cool, mut fun) = (server.flags("Cool", 0), server.flags("Fun", 0));
    object(&mut cool);
    let told = |told: &Value, holds: &str| {
        let payload = told["PAYLOAD"].as_str().expect("a text");
        assert_eq!((&told["ATTACHMENT_FLAG"], &told["PAYLOAD_LENGTH"]), (&json!(1), &json!(payload.chars().count())));
        assert!(timeless(payload) == format!("Cool: {holds}"), "{}", &payload[..40]);
    };
    // A text that is longer than talk may be, with lines as they are.
    let text = "one\r\ntwo\n".repeat(10_000);
    cool.send(attachment("long.txt", &text).to_string());
    told(&object(&mut fun), &text);
    told(&object(&mut cool), &text);
    // What is no text.
    let zeroes = "AAAA".repeat(30_000);
    let mut bytes = attachment("zeroes.bin", &zeroes);
    bytes["ENCODING"] = json!("base64");
    cool.send(bytes.to_string());
    for course in [&mut fun, &mut cool] {
        let object = object(course);
        told(&object, &zeroes);
        assert_eq!(object["ENCODING"], "base64");
    }
    let kept = |name: &str| std::fs::read(data.join("downloads").join(name)).expect("the server keeps it");
    assert!(kept("long.txt") == text.as_bytes() && kept("zeroes.bin") == vec![0; 90_000]);
    // Who joins has both: the text in the history, the bytes behind it.
    let mut fire = server.connect("Fire", 0);
    fire.send(join("Fire").to_string());
    let history = payload(&mut fire);
    assert!(
        history.contains(&text.replace('\r', "").replace('\n', "\n    ")[..1_000]) && history.ends_with(")"),
        "{}",
        history.len()
    );
    told(&object(&mut fire), &zeroes);
    assert_eq!(object(&mut fire)["NEW_USER_FLAG"], 1);
    assert_eq!((&object(&mut fun)["NEW_USER_FLAG"], &object(&mut cool)["NEW_USER_FLAG"]), (&json!(1), &json!(1)));
    // For one alone.
    let mut private = attachment("secret.txt", "psst");
    private["TO"] = json!("Fun");
    cool.send(private.to_string());
    assert_eq!(payload(&mut cool), "Server: Your message to Fun was delivered.");
    let told = object(&mut fun);
    assert_eq!(
        (&told["ATTACHMENT_FLAG"], &told["FILENAME"], &told["TO"]),
        (&json!(1), &json!("secret.txt"), &json!("Fun"))
    );
    assert_eq!(timeless(told["PAYLOAD"].as_str().expect("a text")), "Cool (private): psst");
    cool.send(talk("Done.").to_string());
    assert_eq!(timeless(&payload(&mut fire)), "Cool: Done.", "nobody else is told");
}

#[test]
fn what_comes_behind_a_file_is_done_after_it() {
    let server = Server::of(&["classroom"], &["--say-burst", "100"]);
    let (mut cool, mut fun) = (server.flags("Cool", 0), server.flags("Fun", 0));
    object(&mut cool);
    // A large file and many small ones, one segment for all, and talk between them.
    let mut together = attachment("large.txt", &"x".repeat(200_000)).to_string();
    for number in 0..10 {
        together += &attachment(&format!("{number}.txt"), &format!("file {number}")).to_string();
        together += &talk(&format!("That was {number}.")).to_string();
    }
    cool.send(together);
    for course in [&mut fun, &mut cool] {
        assert_eq!(object(course)["FILENAME"], "large.txt");
        for number in 0..10 {
            let told = object(course);
            assert_eq!(told["FILENAME"], format!("{number}.txt"), "{told}");
            assert_eq!(timeless(told["PAYLOAD"].as_str().expect("a text")), format!("Cool: file {number}"));
            assert_eq!(timeless(&payload(course)), format!("Cool: That was {number}."));
        }
    }
}

#[test]
fn whoever_goes_right_behind_a_file_has_sent_it() {
    let server = Server::of(&["classroom"], &[]);
    let mut fun = server.flags("Fun", 0);
    for number in 0..8 {
        let nick = format!("Cool{number}");
        let mut cool = server.flags(&nick, 0);
        let file = attachment("last.txt", &format!("the last word of {nick}")).to_string();
        let quits = number % 2 == 0;
        let quit = if quits { flagged(&json!({"QUIT_REQUEST_FLAG": 1})).to_string() } else { String::new() };
        cool.send(file + &quit);
        if number < 6 {
            cool.end_input();
        }
        if number < 4 {
            cool.rest();
        }
        drop(cool);
        assert_eq!(payload(&mut fun), format!("{nick} joined the chatroom."));
        assert_eq!(timeless(&payload(&mut fun)), format!("{nick}: the last word of {nick}"));
        assert_eq!(payload(&mut fun), format!("{nick} left the chatroom."));
    }
}

#[test]
fn what_is_wrong_with_a_file_is_told_and_keeps_nothing() {
    let home = tempfile::tempdir().expect("a folder can be made");
    let data = home.path().join("data");
    let more = ["--file-bytes-max", "10"];
    let server = Server::with_data(&["classroom"], data.to_str().expect("the path is text"), &more);
    let mut cool = server.flags("Cool", 0);
    cool.send(attachment("attachments/", "text").to_string());
    assert!(payload(&mut cool).starts_with("Server: A file's name has"));
    cool.send(attachment("a.txt", "eleven byte").to_string());
    assert_eq!(payload(&mut cool), "Server: a.txt: The file is too large.");
    cool.send(r#"{"ATTACHMENT_FLAG": 1, "FILENAME": "a.txt", "PAYLOAD": }"#);
    assert_eq!(payload(&mut cool), "Server: This was not understood. It is no JSON.");
    cool.send(attachment("a.txt", "ten bytes.").to_string());
    assert_eq!(timeless(&payload(&mut cool)), "Cool: ten bytes.");
    let names: Vec<_> = std::fs::read_dir(data.join("downloads"))
        .expect("there is a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    assert_eq!(names, ["a.txt"]);
}
