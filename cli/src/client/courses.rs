//! The dialogues of the courses as their users see them, without keyboard, screen or server.

use super::colon::Colon;
use super::command::Command;
use super::dialogue::{Dialogue, Prompt, Wishes};
use super::tata::Tata;
use super::words::Style;
use crate::exit::ExitCode;
use hobnob_machine::{Shown, When};
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Active, Answer, Body, Entry, Past, Place, Request, Time};
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::session::{No, Why};
use jiff::tz::TimeZone;
use std::sync::Arc;

fn style(colour: bool) -> Style {
    Style { zone: TimeZone::UTC, colour }
}

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).expect("a room's name")
}

fn welcome(name: &str) -> Shown {
    Shown::Welcome { nick: nick(name), room: room("lobby"), members: vec![] }
}

fn entry(place: Place, who: &str, body: Body, when: When) -> Shown {
    let entry = Entry { number: 1, at: Time(1_700_000_000_000), nick: nick(who), body };
    Shown::Entry { place, entry: Arc::new(entry), when }
}

fn text(text: &str) -> Body {
    Body::Text(Text::parse(text.into()).expect("a text"))
}

fn in_room(name: &str, who: &str, body: Body) -> Shown {
    entry(Place::Room(room(name)), who, body, When::Live)
}

fn private(who: &str, said: &str) -> Shown {
    entry(Place::With(nick(who)), who, text(said), When::Live)
}

fn late(who: &str, said: &str) -> Shown {
    entry(Place::With(nick(who)), who, text(said), When::Past(Past::Late))
}

fn answer(request: Request, answer: Answer) -> Shown {
    Shown::Answer { request, answer }
}

fn refused(request: Request, no: No) -> Shown {
    answer(request, Answer::Refused { no, wait_ms: None })
}

fn active(names: &[&str]) -> Answer {
    let addr = "127.0.0.1:1".parse().expect("an address");
    Answer::Report(names.iter().map(|name| Active { nick: nick(name), addr, joined: Time(0), avatar: None }).collect())
}

fn say(room: &str, text: &str) -> Request {
    Request::Say { room: room.into(), text: text.into() }
}

fn to(nick: &str, text: &str) -> Request {
    Request::Private { to: nick.into(), text: text.into() }
}

fn posted(waits: bool) -> Answer {
    Answer::Posted { number: 1, at: Time(0), waits, slow_down: false }
}

/// What was said was taken, and is enough for now.
fn hasty() -> Answer {
    Answer::Posted { number: 1, at: Time(0), waits: false, slow_down: true }
}

#[test]
fn who_nears_the_limit_is_told_in_every_course() {
    const WORDS: &str = "Slow down: who talks faster than this is muted for a while";
    let dialogues: [(Box<dyn Dialogue>, &[&str]); 3] = [
        (Box::new(Colon::new("chat:1".into(), style(false), as_nick("Ann"))), &[]),
        (Box::new(Tata::new("chat:1".into(), style(false), as_nick("Ann"))), &[]),
        (Box::new(Command::new("chat:1".into(), style(false), Wishes::default())), &["login Ann", "say hi"]),
    ];
    for (mut dialogue, lines) in dialogues {
        dialogue.shown(answer(Request::Report, active(&[])));
        dialogue.shown(welcome("Ann"));
        lines.iter().for_each(|line| dialogue.typed(line));
        dialogue.take_lines();
        dialogue.shown(answer(say("lobby", "hi"), hasty()));
        let lines = dialogue.take_lines();
        assert!(lines.last().is_some_and(|line| line.starts_with(WORDS)), "{lines:?}");
        dialogue.shown(answer(say("lobby", "hi"), posted(false)));
        assert!(!dialogue.take_lines().iter().any(|line| line.contains(WORDS)));
    }
}

fn as_nick(name: &str) -> Wishes {
    Wishes { nick: Some(name.into()), ..Wishes::default() }
}

fn enter(name: &str) -> Request {
    Request::Enter { room: name.into() }
}

/// What was wished for, and is sent.
fn sent(dialogue: &mut dyn Dialogue) -> Vec<Intent> {
    dialogue.intents().drain(..).collect()
}

fn talk(label: &str) -> Option<Prompt> {
    Some(Prompt::Talk(label.into()))
}

fn colon() -> Colon {
    Colon::new("there:1".into(), style(false), Wishes::default())
}

/// Alice, outside rooms, with nothing on her screen.
fn alice() -> Colon {
    let mut colon = colon();
    colon.typed("Alice");
    colon.shown(welcome("Alice"));
    colon.take_lines();
    colon.intents().clear();
    colon
}

/// Alice in a room.
fn alice_in(name: &str) -> Colon {
    let mut alice = alice();
    alice.typed(&format!("join {name}"));
    alice.shown(answer(enter(name), Answer::Room { room: room(name), last: 0 }));
    alice.take_lines();
    alice.intents().clear();
    alice
}

#[test]
fn colon_asks_again_for_a_name_that_is_somebodys() {
    let mut colon = colon();
    assert_eq!(colon.prompt(), Some(Prompt::Question("Enter username: ")));
    colon.typed("Alice");
    assert_eq!(sent(&mut colon), [Intent::Join("Alice".into())]);
    assert_eq!(colon.prompt(), None, "the answer is awaited");
    colon.shown(Shown::Refused { no: No::NickTaken, wait_ms: None });
    assert_eq!(colon.take_lines(), ["ERROR Another user is using this username. Please choose a different one."]);
    assert_eq!(colon.prompt(), Some(Prompt::Question("Enter username: ")));
    colon.typed("server:register Alice2");
    assert_eq!(sent(&mut colon), [Intent::Join("Alice2".into())], "as the assignment writes it");
    colon.shown(welcome("Alice2"));
    assert_eq!(colon.take_lines(), ["Registered as Alice2."]);
    assert_eq!(colon.prompt(), talk("> "));
}

#[test]
fn colon_asks_for_the_recipient_and_then_for_the_message() {
    let mut alice = alice();
    alice.typed("message");
    assert_eq!(alice.prompt(), Some(Prompt::Question("Recipient: ")));
    alice.typed("Bob");
    assert_eq!(alice.prompt(), Some(Prompt::Question("Message: ")));
    alice.typed("Hello: Bob!");
    assert_eq!(sent(&mut alice), [Intent::Ask(to("Bob", "Hello: Bob!"))]);
    alice.shown(answer(to("Bob", "Hello: Bob!"), posted(true)));
    assert_eq!(alice.take_lines(), ["Bob is offline; the message is stored."]);
    alice.shown(refused(to("Eve", "Hi"), No::Absent));
    assert_eq!(alice.take_lines(), ["ERROR The message to Eve was not delivered. There is no user of that nick."]);
}

#[test]
fn colon_takes_the_commands_of_readme_and_assignment_outside_rooms() {
    let mut alice = alice();
    for line in ["who", "server:who", "SERVER: who"] {
        alice.typed(line);
        assert_eq!(sent(&mut alice), [Intent::Ask(Request::Report)], "{line}");
    }
    alice.shown(answer(Request::Report, active(&["Alice", "Bob"])));
    assert_eq!(alice.take_lines(), ["Active users: Alice, Bob"]);
    alice.typed("Bob:Hello: you!");
    assert_eq!(sent(&mut alice), [Intent::Ask(to("Bob", "Hello: you!"))], "only the first colon splits");
    for line in ["leave", "server:leave", ""] {
        alice.typed(line);
        assert!(sent(&mut alice).is_empty() && alice.take_lines().is_empty(), "{line:?} does nothing");
    }
    alice.typed("dance");
    let commands = "there are: message, who, join ROOM, leave, exit and RECIPIENT:MESSAGE; /help tells more.";
    assert_eq!(alice.take_lines(), [format!("ERROR This is no command; {commands}")]);
    alice.typed("server:register Eve");
    assert_eq!(alice.take_lines(), ["ERROR You have joined already."]);
    alice.typed("exit");
    assert_eq!(sent(&mut alice), [Intent::Quit]);
    alice.shown(Shown::Out);
    assert!(matches!(alice.over(), Some(Ok(_))));
}

#[test]
fn colon_changes_its_prompt_with_the_room_and_takes_every_line_but_leave_as_talk() {
    let mut alice = alice();
    alice.typed("join teamchat");
    assert_eq!(sent(&mut alice), [Intent::Ask(enter("teamchat"))]);
    assert_eq!(alice.prompt(), None, "what the next line is depends on the answer");
    alice.shown(answer(enter("teamchat"), Answer::Room { room: room("teamchat"), last: 0 }));
    assert_eq!(alice.take_lines(), ["You joined teamchat."]);
    assert_eq!(alice.prompt(), talk("[teamchat] > "));
    for line in ["exit", "who", "Bob:psst", "server:who", "message", "join tea"] {
        alice.typed(line);
        assert_eq!(sent(&mut alice), [Intent::Ask(say("teamchat", line))]);
    }
    alice.typed("leave");
    let leave = Request::Leave { room: "teamchat".into() };
    assert_eq!(sent(&mut alice), [Intent::Ask(leave.clone())]);
    alice.shown(answer(leave, Answer::Done));
    assert_eq!(alice.take_lines(), ["You left teamchat."]);
    assert_eq!(alice.prompt(), talk("> "));
}

#[test]
fn colon_shows_room_talk_with_its_room_and_private_talk_without() {
    let mut alice = alice_in("teamchat");
    alice.shown(in_room("teamchat", "Alice", Body::Entered(None)));
    alice.shown(in_room("teamchat", "Bob", Body::Entered(None)));
    alice.shown(in_room("teamchat", "Alice", text("Hello team!")));
    alice.shown(in_room("tea", "Bob", text("elsewhere")));
    alice.shown(private("Bob", "Hello Alice!"));
    alice.shown(in_room("teamchat", "Bob", Body::LeftRoom));
    alice.shown(entry(Place::With(nick("Bob")), "Alice", text("mine"), When::Live));
    let seen = ["Bob joined teamchat.", "Alice (in teamchat): Hello team!", "Bob: Hello Alice!", "Bob left teamchat."];
    assert_eq!(alice.take_lines(), seen);
}

#[test]
fn colon_shows_what_waited_when_its_user_connects() {
    let mut alice = alice();
    alice.shown(late("Bob", "Hello Alice!"));
    assert_eq!(alice.take_lines(), ["Bob: Hello Alice! (sent 2023-11-14 22:13:20)"]);
}

#[test]
fn colon_hears_the_lobby_only_after_joining_it_and_asks_nobody_for_that() {
    let mut alice = alice();
    alice.shown(in_room("lobby", "Bob", text("Hi all")));
    alice.shown(in_room("lobby", "Bob", Body::Joined(None)));
    assert!(alice.take_lines().is_empty());
    alice.typed("join lobby");
    assert_eq!(alice.prompt(), talk("[lobby] > "));
    alice.shown(in_room("lobby", "Bob", text("Hi all")));
    alice.typed("leave");
    alice.shown(in_room("lobby", "Bob", text("Nobody?")));
    assert_eq!(alice.take_lines(), ["You joined lobby.", "Bob (in lobby): Hi all", "You left lobby."]);
    assert!(sent(&mut alice).is_empty());
}

#[test]
fn colon_ends_with_its_input_when_all_was_sent() {
    let mut alice = alice_in("teamchat");
    alice.typed("Bye");
    alice.end_of_input();
    assert_eq!(sent(&mut alice), [Intent::Ask(say("teamchat", "Bye")), Intent::Quit]);
    let mut unreachable = colon();
    unreachable.typed("Alice");
    unreachable.shown(Shown::Unreachable { reason: None });
    unreachable.shown(Shown::Out);
    let failure = unreachable.over().expect("it is over").expect_err("it failed");
    assert!(failure.sentence.starts_with("Cannot reach a server at there:1"));
}

fn command() -> Command {
    let mut command = Command::new("there:1".into(), style(false), Wishes::default());
    assert_eq!(sent(&mut command), [Intent::Ask(Request::Report)], "it connects at once");
    assert_eq!(command.prompt(), None);
    command.shown(answer(Request::Report, active(&["Eve"])));
    assert!(command.take_lines().is_empty(), "the course's client prints nothing by itself");
    command
}

fn john() -> Command {
    let mut john = command();
    john.typed("login John");
    assert_eq!(sent(&mut john), [Intent::Join("John".into())]);
    assert_eq!(john.prompt(), None, "every command has its answer before the next one");
    john.shown(welcome("John"));
    assert_eq!(john.take_lines(), ["Success"]);
    john
}

#[test]
fn command_prints_errors_of_the_course_and_sends_nothing() {
    let twenty = "x".repeat(20);
    for (line, error) in [
        ("login".to_owned(), "Bad username"),
        ("login John Smith".into(), "Bad username"),
        (format!("login {twenty}x"), "Bad username"),
        ("list all".into(), "Invalid command"),
        ("sendto JohnHello".into(), "Bad username"),
        ("sendto".into(), "Bad username"),
        ("sendto John ".into(), "Bad username"),
        (format!("sendto {twenty}x Hi"), "Bad username"),
        (format!("sendto John {}", "y".repeat(65_536)), "Bad message"),
        ("logout now".into(), "Invalid command"),
        ("exit now".into(), "Invalid command"),
        ("dance".into(), "Invalid command"),
        ("LIST".into(), "Invalid command"),
    ] {
        let mut john = john();
        john.typed(&line);
        assert_eq!(john.take_lines(), [error], "{}", &line[..line.len().min(40)]);
        assert!(sent(&mut john).is_empty(), "after an error nothing is sent");
        assert!(john.prompt().is_some());
    }
    let mut guest = command();
    guest.typed(&format!("login {twenty}"));
    assert_eq!(sent(&mut guest), [Intent::Join(twenty)], "twenty characters are not too many");
    let mut john = john();
    let longest = "y".repeat(65_535);
    john.typed(&format!("sendto Bob {longest}"));
    assert_eq!(sent(&mut john), [Intent::Ask(to("Bob", &longest))]);
}

#[test]
fn command_lists_without_login_and_answers_success_or_failure() {
    let mut guest = command();
    guest.typed("list");
    assert_eq!(sent(&mut guest), [Intent::Ask(Request::Report)]);
    guest.shown(answer(Request::Report, active(&["Bob", "John"])));
    assert_eq!(guest.take_lines(), ["Bob\nJohn"]);
    for line in ["logout", "sendto Bob Hi"] {
        guest.typed(line);
        assert_eq!(guest.take_lines(), ["Failure"], "{line} while logged out");
        assert!(sent(&mut guest).is_empty());
    }
    guest.typed("login Bob");
    guest.shown(Shown::Refused { no: No::NickTaken, wait_ms: None });
    assert_eq!(guest.take_lines(), ["Failure"]);
    let mut john = john();
    john.typed("login Jack");
    assert_eq!(john.take_lines(), ["Failure"], "already logged in");
    john.typed("sendto Eve Hi");
    john.shown(refused(to("Eve", "Hi"), No::Absent));
    assert_eq!(john.take_lines(), ["Failure"], "nobody of that name is logged in");
    john.typed("sendto Bob Hi");
    john.shown(answer(to("Bob", "Hi"), posted(false)));
    assert_eq!(john.take_lines(), ["Success"]);
}

#[test]
fn command_shows_private_messages_and_sets_those_to_all_apart() {
    let mut john = john();
    john.shown(private("Bob", "Hi how are you?"));
    john.shown(in_room("lobby", "Bob", text("Hi all")));
    john.shown(in_room("lobby", "Bob", Body::Joined(None)));
    john.shown(entry(Place::With(nick("Bob")), "John", text("mine"), When::Live));
    assert_eq!(john.take_lines(), ["Bob: Hi how are you?", "Bob (in lobby): Hi all"]);
    assert!(sent(&mut john).is_empty(), "the client never answers the server");
}

#[test]
fn command_can_log_in_again_after_logging_out() {
    let mut john = john();
    john.typed("logout");
    assert_eq!(sent(&mut john), [Intent::Logout], "the connection stays");
    john.shown(Shown::Out);
    assert_eq!(john.take_lines(), ["Success"]);
    assert!(john.over().is_none());
    john.typed("list");
    john.shown(answer(Request::Report, active(&[])));
    assert_eq!(john.take_lines(), ["Nobody is logged in"]);
    john.intents().clear();
    john.typed("login Jack");
    assert_eq!(sent(&mut john), [Intent::Join("Jack".into())]);
    john.shown(welcome("Jack"));
    john.typed("exit");
    assert_eq!(sent(&mut john), [Intent::Quit]);
    john.shown(Shown::Out);
    assert!(matches!(john.over(), Some(Ok(_))));
}

/// What the link shows where no server answers a request.
fn unreachable(dialogue: &mut dyn Dialogue, request: Request) {
    dialogue.shown(Shown::Unreachable { reason: Some("Connection refused (os error 111)".into()) });
    dialogue.shown(Shown::Unsent { request });
    dialogue.shown(Shown::Out);
}

const REFUSED: &str =
    "Cannot reach a server at there:1: Connection refused. Is it running? `hobnob server` starts one.";

#[test]
fn command_ends_with_the_reason_where_no_server_is() {
    let mut command = Command::new("there:1".into(), style(false), Wishes::default());
    unreachable(&mut command, Request::Report);
    assert!(command.take_lines().is_empty(), "nothing was typed that could be answered");
    let failure = command.over().expect("it is over").expect_err("it failed");
    assert_eq!((failure.code, failure.sentence.as_str()), (ExitCode::CannotConnect, REFUSED));
}

#[test]
fn command_tells_once_that_the_server_is_gone_and_ends_well_when_it_is_back() {
    let mut john = john();
    john.shown(Shown::Goodbye { why: Why::Stopping });
    john.shown(Shown::Out);
    assert_eq!(john.take_lines(), ["Server: The server is stopping."]);
    for printed in [&[REFUSED, "Failure"][..], &["Failure"]] {
        john.typed("list");
        unreachable(&mut john, Request::Report);
        assert_eq!(john.take_lines(), printed);
    }
    john.typed("list");
    john.shown(answer(Request::Report, active(&[])));
    john.typed("exit");
    john.shown(Shown::Out);
    assert!(matches!(john.over(), Some(Ok(ExitCode::Fine))));
}

#[test]
fn colon_ends_well_when_the_connection_is_back() {
    let mut alice = alice();
    alice.shown(Shown::Goodbye { why: Why::Stopping });
    alice.shown(Shown::Retry { pause_ms: 500 });
    alice.shown(Shown::Back { nick: nick("Alice"), muted_ms: None, rooms: vec![] });
    assert_eq!(alice.take_lines().last().map(String::as_str), Some("Connected again."));
    alice.typed("exit");
    alice.shown(Shown::Out);
    assert!(matches!(alice.over(), Some(Ok(ExitCode::Fine))));
}

#[test]
fn colon_sends_nothing_to_nobody() {
    let mut alice = alice();
    for lines in [&["message", " "][..], &[":hello"]] {
        lines.iter().for_each(|line| alice.typed(line));
        assert_eq!(alice.take_lines(), ["ERROR There is no recipient."]);
        assert_eq!(alice.prompt(), talk("> "));
        assert!(sent(&mut alice).is_empty());
    }
}

#[test]
fn colon_hears_once_who_left_the_chat_wherever_it_is() {
    let mut alice = alice();
    alice.shown(in_room("lobby", "Bob", Body::Left(Why::Quit)));
    assert_eq!(alice.take_lines(), ["Bob left the chat."]);
    let mut alice = alice_in("teamchat");
    alice.shown(in_room("lobby", "Eve", Body::Left(Why::Lost)));
    alice.shown(in_room("teamchat", "Eve", Body::Left(Why::Lost)));
    assert_eq!(alice.take_lines(), ["Eve lost the connection."]);
}

fn tata(colour: bool) -> Tata {
    Tata::new("there:1".into(), style(colour), Wishes::default())
}

fn tesla(colour: bool) -> Tata {
    let mut tesla = tata(colour);
    tesla.typed("tesla");
    tesla.shown(welcome("tesla"));
    tesla.take_lines();
    tesla.intents().clear();
    tesla
}

#[test]
fn tata_greets_in_the_words_of_the_course() {
    let mut tata = tata(false);
    assert_eq!(tata.take_lines(), ["CREATING NEW ID:"]);
    assert_eq!(tata.prompt(), Some(Prompt::Question("Enter username: ")));
    tata.typed("tesla");
    tata.shown(welcome("tesla"));
    assert_eq!(tata.take_lines(), ["Welcome to chat room. Enter 'tata' anytime to exit"]);
    assert_eq!(tata.prompt(), talk("You: "));
}

#[test]
fn tata_shows_what_the_others_say_and_not_what_one_says_oneself() {
    let mut tesla = tesla(false);
    tesla.shown(in_room("lobby", "tesla", Body::Joined(None)));
    tesla.shown(in_room("lobby", "albert", Body::Joined(None)));
    tesla.typed("hello");
    assert_eq!(sent(&mut tesla), [Intent::Ask(say("lobby", "hello"))]);
    tesla.shown(in_room("lobby", "tesla", text("hello")));
    tesla.shown(in_room("lobby", "albert", text("world")));
    tesla.shown(private("albert", "psst"));
    tesla.shown(in_room("lobby", "albert", Body::Left(Why::Quit)));
    tesla.shown(in_room("lobby", "marie", Body::Left(Why::Lost)));
    let seen = [
        "albert joined the conversation ",
        "albert: world",
        "albert (private): psst",
        "albert left the conversation",
        "marie left the conversation unexpectedly",
    ];
    assert_eq!(tesla.take_lines(), seen);
    tesla.typed("tata");
    assert_eq!(sent(&mut tesla), [Intent::Quit]);
    tesla.shown(Shown::Out);
    assert_eq!(tesla.take_lines(), ["DISCONNECTED!!"]);
    assert!(matches!(tesla.over(), Some(Ok(_))));
}

#[test]
fn tata_ends_where_the_name_is_taken_or_no_server_answers() {
    for shown in [Shown::Goodbye { why: Why::NickTaken }, Shown::Refused { no: No::NickTaken, wait_ms: None }] {
        let mut tata = tata(false);
        tata.take_lines();
        tata.typed("tesla");
        tata.shown(shown);
        tata.shown(Shown::Out);
        assert_eq!(tata.take_lines(), ["Username already taken!", "DISCONNECTED!!"]);
        assert!(matches!(tata.over(), Some(Err(_))));
    }
    let mut tata = tata(false);
    tata.take_lines();
    tata.typed("tesla");
    tata.shown(Shown::Unreachable { reason: Some("Connection refused (os error 111)".into()) });
    tata.shown(Shown::Out);
    assert_eq!(tata.take_lines(), ["Can't connect to the server"]);
    assert!(matches!(tata.over(), Some(Err(_))));
}

#[test]
fn tata_wears_the_colours_of_the_course_where_there_are_any() {
    let bold = |code: &str, text: &str| format!("\u{1b}[1m\u{1b}[{code}m{text}\u{1b}[0m");
    let mut greeting = tata(true);
    assert_eq!(greeting.take_lines(), [bold("34", "CREATING NEW ID:")]);
    assert_eq!(greeting.prompt(), Some(Prompt::Question("\u{1b}[1m\u{1b}[34mEnter username: \u{1b}[0m")));
    greeting.typed("tesla");
    greeting.shown(welcome("tesla"));
    assert_eq!(greeting.take_lines(), [bold("32", "Welcome to chat room. Enter 'tata' anytime to exit")]);
    assert_eq!(greeting.prompt(), talk(&bold("33", "You: ")));
    greeting.shown(in_room("lobby", "albert", Body::Joined(None)));
    greeting.shown(in_room("lobby", "albert", text("world")));
    greeting.shown(in_room("lobby", "albert", Body::Left(Why::Quit)));
    let seen = [
        bold("32", "albert joined the conversation "),
        bold("35", "albert: ") + "world",
        bold("31", "albert left the conversation"),
    ];
    assert_eq!(greeting.take_lines(), seen);
    let mut refused = tata(true);
    refused.take_lines();
    refused.shown(Shown::Goodbye { why: Why::NickTaken });
    assert_eq!(refused.take_lines(), [bold("31", "Username already taken!")]);
}
