//! The dialogue as its user sees it, without keyboard, screen or server.

use super::dialogue::{Prompt, Wishes};
use super::menu::Menu;
use super::words::Style;
use hobnob_machine::Shown;
use hobnob_runtime::Intent;
use hobnob_spec::messages::{Answer, Request, Time};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::session::{No, Why};
use jiff::tz::TimeZone;

const MENU: &str = "\
Please select one of the following options:

1. Get a report of the chatroom from the server.
2. Request to join the chatroom.
3. Quit the program.
";

fn menu(wishes: Wishes) -> Menu {
    Menu::new("there:1".into(), Style { zone: TimeZone::UTC, colour: false }, wishes)
}

fn nicked(nick: &str) -> Menu {
    menu(Wishes { nick: Some(nick.into()), ..Wishes::default() })
}

fn welcome(nick: &str) -> Shown {
    let room = RoomName::parse("lobby").expect("a room's name");
    Shown::Welcome { nick: Nick::parse(nick).expect("a nick"), room, members: vec![] }
}

fn say(room: &str, text: &str) -> Request {
    Request::Say { room: room.into(), text: text.into() }
}

fn intents(menu: &mut Menu) -> Vec<Intent> {
    menu.intents.drain(..).collect()
}

#[test]
fn the_menu_is_that_of_the_course_word_for_word() {
    let mut menu = menu(Wishes::default());
    assert_eq!(menu.take_lines(), [MENU]);
    assert_eq!(menu.prompt(), Some(Prompt::Question("Your choice: ")));
    menu.typed("2");
    assert_eq!(menu.prompt(), Some(Prompt::Question("Please enter a username: ")));
    menu.typed("Cool");
    assert_eq!(intents(&mut menu), [Intent::Join("Cool".into())]);
    assert_eq!(menu.prompt(), None, "no line is read before the server's answer");
    menu.shown(welcome("Cool"));
    assert_eq!(
        menu.take_lines().join("\n"),
        "The server welcomes you to the chatroom.\n\
         Type lowercase 'q' and press enter at any time to quit the chatroom.\n\
         Type lowercase 'a' and press enter at any time to upload an attachment to the chatroom.\n\
         Here is a history of the chatroom."
    );
    menu.typed("q");
    assert_eq!(intents(&mut menu), [Intent::Quit]);
    menu.shown(Shown::Out);
    assert_eq!(menu.take_lines(), [MENU]);
    menu.typed("3");
    assert!(matches!(menu.over(), Some(Ok(_))));
}

#[test]
fn a_reject_is_printed_and_the_menu_comes_back() {
    for (no, text) in [
        (No::Full, "The server rejects the join request. The chatroom has reached its maximum capacity."),
        (No::NickTaken, "The server rejects the join request. Another user is using this username."),
    ] {
        let mut menu = menu(Wishes::default());
        menu.typed("2");
        menu.typed("Cool");
        menu.take_lines();
        menu.shown(Shown::Refused { no, wait_ms: None });
        assert_eq!(menu.take_lines(), [text]);
        menu.shown(Shown::Out);
        assert_eq!(menu.take_lines(), [MENU]);
    }
}

#[test]
fn a_nick_that_was_changed_is_told() {
    let mut menu = nicked("Cool");
    menu.shown(welcome("Cool12"));
    assert!(menu.take_lines()[0].contains("yours is Cool12"));
}

#[test]
fn lines_go_to_the_room_last_entered_and_wait_for_its_answer() {
    let mut menu = nicked("Cool");
    menu.shown(welcome("Cool"));
    menu.intents.clear();
    menu.typed("/enter tea");
    assert_eq!(menu.prompt(), None, "the next line waits: it is not known yet where it goes");
    let room = RoomName::parse("tea").expect("a room's name");
    let request = Request::Enter { room: "tea".into() };
    menu.shown(Shown::Answer { request: request.clone(), answer: Answer::Room { room, last: 0 } });
    assert_eq!(menu.prompt(), Some(Prompt::Talk("#tea ".into())));
    menu.typed("hi");
    assert_eq!(intents(&mut menu), [Intent::Ask(request), Intent::Ask(say("tea", "hi"))]);
    menu.typed("/leave");
    let request = Request::Leave { room: "tea".into() };
    menu.shown(Shown::Answer { request, answer: Answer::Done });
    assert_eq!(menu.prompt(), Some(Prompt::Talk(String::new())));
}

#[test]
fn with_a_nick_on_the_command_line_trouble_is_the_programs_failure() {
    let mut unreachable = nicked("Cool");
    unreachable.shown(Shown::Unreachable { reason: Some("Connection refused (os error 111)".into()) });
    unreachable.shown(Shown::Out);
    let failure = unreachable.over().expect("it is over").expect_err("it failed");
    assert!(failure.sentence.starts_with("Cannot reach a server at there:1: Connection refused. "), "{failure:?}");
    let mut full = nicked("Cool");
    full.shown(Shown::Refused { no: No::Full, wait_ms: None });
    full.shown(Shown::Out);
    assert!(full.over().expect("it is over").is_err());
    let mut kicked = nicked("Cool");
    kicked.shown(welcome("Cool"));
    kicked.shown(Shown::Goodbye { why: Why::Kicked });
    kicked.shown(Shown::Out);
    assert!(kicked.over().expect("it is over").is_err());
}

#[test]
fn at_the_end_of_the_input_the_client_quits_and_says_what_did_not_arrive() {
    let mut menu = nicked("Cool");
    menu.shown(welcome("Cool"));
    menu.typed("hi");
    menu.end_of_input();
    assert_eq!(intents(&mut menu).last(), Some(&Intent::Quit));
    menu.take_lines();
    menu.shown(Shown::Unsure { request: say("lobby", "hi") });
    assert_eq!(menu.take_lines(), ["Not said: \"hi\": it is not known whether it arrived."]);
    menu.shown(Shown::Out);
    assert!(menu.over().expect("it is over").is_err());
}

#[test]
fn input_that_ends_before_the_welcome_ends_the_client_after_it() {
    let mut menu = nicked("Cool");
    menu.end_of_input();
    menu.intents.clear();
    menu.shown(welcome("Cool"));
    assert_eq!(intents(&mut menu), [Intent::Quit]);
}

#[test]
fn who_nears_the_limit_is_told_to_slow_down() {
    let mut menu = nicked("Ann");
    menu.shown(welcome("Ann"));
    menu.take_lines();
    for (slow_down, lines) in
        [(false, &[][..]), (true, &["Slow down: who talks faster than this is muted for a while."])]
    {
        menu.typed("Hi");
        let answer = Answer::Posted { number: 1, at: Time(0), waits: false, slow_down };
        menu.shown(Shown::Answer { request: say("lobby", "Hi"), answer });
        assert_eq!(menu.take_lines(), lines);
    }
}

#[test]
fn a_lost_connection_is_told_with_the_pause_and_its_return() {
    let mut menu = nicked("Cool");
    menu.shown(welcome("Cool"));
    menu.take_lines();
    menu.shown(Shown::Lost);
    menu.shown(Shown::Retry { pause_ms: 2_100 });
    menu.shown(Shown::Retry { pause_ms: 700 });
    let nick = Nick::parse("Cool").expect("a nick");
    menu.shown(Shown::Back { nick, muted_ms: None, rooms: vec![] });
    let told = menu.take_lines();
    assert_eq!(
        told,
        ["Connection lost; trying again in 2 s …", "Still no connection; trying again in 0.7 s …", "Connected again."]
    );
}

#[test]
fn an_address_without_a_port_means_the_default_one() {
    for (typed, meant) in [
        ("localhost", "localhost:18000"),
        ("127.0.0.1:1234", "127.0.0.1:1234"),
        ("::1", "[::1]:18000"),
        ("[::1]:99", "[::1]:99"),
        ("[::1]", "[::1]:18000"),
    ] {
        assert_eq!(super::with_port(typed.to_owned(), 18_000).as_deref(), Ok(meant));
    }
}

#[test]
fn an_address_with_a_wrong_port_or_without_a_host_is_refused_by_name() {
    for wrong in ["127.0.0.1:99999", "1:2:3", "localhost:", "localhost:0", ":18000", ""] {
        let why = super::with_port(wrong.to_owned(), 18_000).expect_err("it is no address");
        assert!(why.contains(&format!("{wrong:?}")), "{why}");
    }
}

#[test]
fn entering_a_room_that_one_is_in_goes_back_to_it() {
    let mut menu = nicked("Cool");
    menu.shown(welcome("Cool"));
    let enter = |room: &str| Request::Enter { room: room.into() };
    let room = RoomName::parse("tea").expect("a room's name");
    menu.typed("/enter tea");
    menu.shown(Shown::Answer { request: enter("tea"), answer: Answer::Room { room, last: 0 } });
    menu.take_lines();
    menu.typed("/enter lobby");
    let answer = Answer::Refused { no: No::InRoom, wait_ms: None };
    menu.shown(Shown::Answer { request: enter("lobby"), answer });
    assert_eq!(menu.take_lines(), ["You are in the room lobby."]);
    assert_eq!(menu.prompt(), Some(Prompt::Talk(String::new())));
}
