//! Seed 002: a nick, then talk, until `tata`.

use crate::house::{House, at};
use hobnob_spec::profile::{Dialect, NickTaken, Profile};

const WELCOME: &str = "\r\x1b[1m\x1b[32m Welcome to chat room. Enter 'tata' anytime to exit\x1b[0m\n";

fn house() -> House {
    House::new(&[Profile::tata()])
}

#[test]
fn tesla_and_albert_talk() {
    let mut house = house();
    let (tesla, albert) = (house.connect(0), house.connect(0));
    assert_eq!(house.tell(tesla, "tesla"), WELCOME, "the nick has no newline");
    assert_eq!(house.tell(albert, "albert"), WELCOME);
    assert_eq!(house.read(tesla), "\r\x1b[1m\x1b[32m albert joined the conversation \x1b[0m\n");
    assert_eq!(house.tell(tesla, "hello\n"), "", "there is no echo");
    assert_eq!(house.read(albert), "\r\x1b[1m\x1b[35m tesla: \x1b[0mhello\n");
    assert_eq!(house.tell(albert, "world\n"), "");
    assert_eq!(house.read(tesla), "\r\x1b[1m\x1b[35m albert: \x1b[0mworld\n");
    assert_eq!(house.tell(albert, "tata\n"), "");
    assert!(!house.is_open(albert));
    assert_eq!(house.read(tesla), "\r\x1b[1m\x1b[31m albert left the conversation\x1b[0m\n");
}

#[test]
fn a_lost_connection_is_announced_as_such() {
    let mut house = house();
    let (tesla, albert) = (house.enter(0, "tesla"), house.enter(0, "albert"));
    house.read(tesla);
    house.lose(albert);
    assert_eq!(house.read(tesla), "\r\x1b[1m\x1b[31m albert left the conversation unexpectedly\x1b[0m\n");
}

#[test]
fn a_nick_that_is_taken_ends_the_connection() {
    let mut house = house();
    house.enter(0, "tesla");
    let other = house.connect(0);
    assert_eq!(house.tell(other, "tesla"), "\r\x1b[1m\x1b[31m Username already taken!\x1b[0m\n");
    assert!(!house.is_open(other));
}

#[test]
fn a_nick_that_is_refused_may_be_followed_by_another() {
    let mut house = House::new(&[Profile { nick_taken: NickTaken::Reject, ..Profile::tata() }]);
    house.enter(0, "tesla");
    let other = house.connect(0);
    assert_eq!(house.tell(other, "tesla"), "\r\x1b[1m\x1b[31m Username already taken!\x1b[0m\n");
    assert!(house.tell(other, "a b\n").contains("A nick has 1 to 20 characters"));
    assert_eq!(house.tell(other, "albert\n"), WELCOME);
    assert_eq!(house.tell(other, "/who"), "\r\x1b[1m\x1b[34m Here are: albert, tesla\x1b[0m\n");
}

#[test]
fn a_nick_of_nothing_is_refused_with_a_reason() {
    for blank in [" ", "\n", " \n", "\r\n\n"] {
        let mut house = house();
        let tesla = house.connect(0);
        let told = house.tell(tesla, blank);
        assert!(told.contains("This is not a username"), "{blank:?} is answered with {told:?}");
        let mut house = House::new(&[Profile { nick_taken: NickTaken::Reject, ..Profile::tata() }]);
        let tesla = house.connect(0);
        let told = house.tell(tesla, blank);
        assert!(told.contains("A nick has 1 to 20 characters"), "{blank:?} is answered with {told:?}");
        assert_eq!(house.tell(tesla, "tesla"), WELCOME, "and another may follow");
        assert_eq!(house.tell(tesla, "\n"), "", "later it is nothing at all");
    }
}

#[test]
fn help_is_for_who_asks_and_for_nobody_else() {
    let mut house = house();
    let (tesla, albert) = (house.enter(0, "tesla"), house.enter(0, "albert"));
    house.read(tesla);
    let told = house.tell(tesla, "/help\n");
    assert!(told.contains("/msg NICK TEXT, /who, /help and tata"), "{told:?}");
    assert_eq!(house.read(albert), "");
    house.tell(tesla, "/help me\n");
    assert!(house.read(albert).contains("/help me"), "with more on its line it is talk");
}

#[test]
fn emoticons_are_talk_like_any_other() {
    let mut house = house();
    let (tesla, albert) = (house.enter(0, "tesla"), house.enter(0, "albert"));
    house.read(tesla);
    house.tell(tesla, ":-) 🙂 👩‍🔬\n");
    assert_eq!(house.read(albert), "\r\x1b[1m\x1b[35m tesla: \x1b[0m:-) 🙂 👩‍🔬\n");
}

#[test]
fn a_private_message_is_set_apart_and_waits() {
    let mut house = house();
    let (tesla, albert) = (house.enter(0, "tesla"), house.enter(0, "albert"));
    house.read(tesla);
    assert_eq!(house.tell(tesla, "/msg albert psst: you\n"), "");
    assert_eq!(house.read(albert), "\r\x1b[1m\x1b[35m tesla (private): \x1b[0mpsst: you\n");
    let waits = "\r\x1b[1m\x1b[34m marie is away; the message will be delivered later\x1b[0m\n";
    assert_eq!(house.tell(tesla, "/msg marie salut\n"), waits);
    house.now = at("21:00:00");
    let marie = house.connect(0);
    let late = format!("{WELCOME}\r\x1b[1m\x1b[35m tesla (private, 2026-11-21 20:32:40): \x1b[0msalut\n");
    assert_eq!(house.tell(marie, "marie"), late);
}

#[test]
fn bytes_of_another_protocol_are_refused_with_a_sentence() {
    let mut house = House::new(&[Profile { dialects: vec![Dialect::Plain], ..Profile::tata() }]);
    for (bytes, sentence) in [
        (&b"\x16\x03\x01\x02\x00\x01"[..], "This is none of the protocols that are spoken here."),
        (
            b"\x80\x04\x95\x10\x00",
            "Pickled Python objects are not taken: please send JSON, one object for each message.",
        ),
        (b"\xf0HNB\0\x01", "Hobnob's own dialect is not spoken here."),
    ] {
        let line = house.connect(0);
        house.send(line, bytes);
        assert_eq!(house.read(line), format!("\r\x1b[1m\x1b[31m {sentence}\x1b[0m\n"));
        assert!(!house.is_open(line));
    }
}
