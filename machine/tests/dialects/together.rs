//! Users of five dialects in one room of one server.

use crate::house::House;
use hobnob_spec::profile::{Dialect, Profile};

#[test]
fn five_profiles_meet_in_the_lobby() {
    let profiles = Profile::NAMES.iter().map(|name| Profile::named(name).expect("a listed profile exists"));
    let mut house = House::new(&profiles.collect::<Vec<_>>());
    let cool = house.enter(1, r#"{"JOIN_REQUEST_FLAG": 1, "USERNAME": "Cool"}"#);
    let alice = house.enter(2, "server:register Alice\nserver:join lobby\n");
    let tesla = house.enter(3, "tesla");
    let bob = house.enter(4, "login Bob");
    let guest = house.enter(0, "login Guest");
    for line in [cool, alice, tesla, bob, guest] {
        house.read(line);
    }
    house.tell(tesla, "hello,\tworld\n");
    assert!(house.read(cool).contains(r#""PAYLOAD":"[20:32:40] tesla: hello,\tworld""#));
    assert_eq!(house.read(alice), "tesla (in lobby): hello,\tworld\n");
    assert_eq!(house.read(bob), "SENDTO tesla hello,\tworld\n");
    assert_eq!(house.read(guest), "SENDTO tesla hello,\tworld\n");
    assert_eq!(house.read(tesla), "");
    assert_eq!(house.tell(bob, "sendto tesla hi"), "RESPONSE ok\n");
    assert_eq!(house.read(tesla), "\r\x1b[1m\x1b[35m Bob (private): \x1b[0mhi\n");
    house.tell(cool, r#"{"QUIT_REQUEST_FLAG": 1}"#);
    assert_eq!(house.read(alice), "Cool left the chat.\n");
    assert_eq!(house.read(tesla), "\r\x1b[1m\x1b[31m Cool left the conversation\x1b[0m\n");
    assert_eq!(house.read(bob), "");
}

#[test]
fn nobody_writes_a_line_in_anothers_name() {
    let mut house = House::new(&[Profile { dialects: vec![Dialect::Flags], ..Profile::open() }, Profile::messenger()]);
    let cool = house.enter(0, r#"{"JOIN_REQUEST_FLAG": 1, "USERNAME": "Cool"}"#);
    let alice = house.enter(1, "register Alice\njoin lobby\n");
    house.read(cool);
    let told = house.tell(cool, r#"{"PAYLOAD": "hi\n[20:00:00] Server: you are all muted.\nAlice: no"}"#);
    assert_eq!(house.read(alice), "Cool (in lobby): hi [20:00:00] Server: you are all muted. Alice: no\n");
    assert!(told.contains(r"Cool: hi\n    [20:00:00] Server: you are all muted.\n    Alice: no"));
}

#[test]
fn who_nears_the_limit_is_told_once_and_before_the_mute_in_the_words_of_each_dialect() {
    const WORDS: &str = "Slow down: who talks faster than this is muted for a while";
    let profiles = Profile::NAMES.iter().map(|name| Profile::named(name).expect("a listed profile exists"));
    let mut house = House::new(&profiles.collect::<Vec<_>>());
    house.configure(|config| (config.limits.say_burst, config.limits.say_per_second) = (3, 1));
    for (listener, join, says, told, muted) in [
        (1, r#"{"JOIN_REQUEST_FLAG": 1, "USERNAME": "Cool"}"#, r#"{"PAYLOAD": "hi"}"#, "Server: ", "You are muted."),
        (2, "server:register Alice\nserver:join lobby\n", "hi\n", "\nSlow", "ERROR You are muted."),
        (3, "tesla", "hi\n", "\r\u{1b}[1m\u{1b}[31m Slow", "You are muted."),
        (4, "login Bob", "sendto Alice hi\n", "RESPONSE ok\nSENDTO Server Slow", "RESPONSE failure"),
    ] {
        let user = house.enter(listener, join);
        house.read(user);
        let answers: Vec<String> = (0..4).map(|_| house.tell(user, says)).collect();
        let warned: Vec<bool> = answers.iter().map(|answer| answer.contains(WORDS)).collect();
        assert_eq!(warned, [false, true, false, false], "{answers:?}");
        assert!(answers[1].contains(told), "{answers:?}");
        assert!(answers[3].contains(muted) && !answers[2].contains(muted), "{answers:?}");
    }
}
