//! Seed 004: `login`, `list`, `sendto`, `logout`, `exit`.

use crate::house::House;
use hobnob_spec::profile::Profile;

fn house() -> House {
    House::new(&[Profile::sendto()])
}

#[test]
fn two_users_write_to_each_other() {
    let mut house = house();
    let (alice, bob) = (house.connect(0), house.connect(0));
    assert_eq!(house.tell(alice, "list"), "LIST\n", "a list needs no login");
    assert_eq!(house.tell(alice, "login Alice"), "RESPONSE ok\n");
    assert_eq!(house.tell(bob, "login Bob\n"), "RESPONSE ok\n");
    assert_eq!(house.read(alice), "", "nobody is announced");
    assert_eq!(house.tell(bob, "list"), "LIST Alice Bob\n");
    assert_eq!(house.tell(bob, "sendto Alice Hi how are you?"), "RESPONSE ok\n");
    assert_eq!(house.read(alice), "SENDTO Bob Hi how are you?\n");
    assert_eq!(house.tell(alice, "logout"), "RESPONSE ok\n");
    assert_eq!(house.tell(bob, "sendto Alice Still there?"), "RESPONSE failure\n");
    assert_eq!(house.read(alice), "", "nothing comes to who is not logged in");
    assert_eq!(house.tell(alice, "list"), "LIST Bob\n", "the connection stays");
    assert_eq!(house.tell(alice, "login Ann\r\n"), "RESPONSE ok\n");
    assert_eq!(house.tell(bob, "exit"), "", "exit has no reply");
    assert!(!house.is_open(bob));
    assert_eq!(house.tell(alice, "list"), "LIST Ann\n");
}

#[test]
fn every_message_has_exactly_one_reply() {
    let mut house = house();
    let (one, two) = (house.enter(0, "login one"), house.connect(0));
    let failures = ["login one", "logout", "sendto one hi"];
    for failure in failures {
        assert_eq!(house.tell(two, failure), "RESPONSE failure\n", "{failure} before the login");
    }
    assert_eq!(house.tell(two, "login One"), "RESPONSE ok\n", "names are told apart by case");
    assert_eq!(house.tell(two, "login three"), "RESPONSE failure\n", "one login is enough");
    assert_eq!(house.tell(two, "sendto nobody hi"), "RESPONSE failure\n");
    assert_eq!(house.tell(two, "sendto One hi"), "RESPONSE failure\n", "not to oneself");
    assert_eq!(house.tell(two, "login a:b"), "RESPONSE failure\n");
    assert_eq!(house.read(one), "");
}

#[test]
fn what_is_wrong_in_itself_is_a_malformed_packet() {
    let mut house = house();
    let line = house.connect(0);
    let long_text = format!("sendto Bob {}", "x".repeat(65_536));
    let wrong = [
        "login",
        "login a b",
        "login 012345678901234567890",
        "list all",
        "sendto JohnHello",
        "sendto",
        "sendto 012345678901234567890 hi",
        "sendto John ",
        "logout now",
        "exit now",
        "LOGIN Bob",
        "say",
        "hello there",
        "   ",
        &long_text,
    ];
    for wrong in wrong {
        assert_eq!(house.tell(line, wrong), "RESPONSE malformed packet\n", "{wrong:.40}");
    }
    assert_eq!(house.tell(line, "login 01234567890123456789"), "RESPONSE ok\n", "it is told and costs nothing else");
}

#[test]
fn garbled_bytes_are_told_and_end_the_connection_at_last() {
    let mut house = house();
    let line = house.enter(0, "login Ann");
    house.send(line, b"sendto Bob \xff\xfe\n");
    assert_eq!(house.read(line), "RESPONSE malformed packet\n");
    house.send(line, &b"x".repeat(300_000));
    house.send(line, b" the same line\n\xff\n");
    let told = "RESPONSE malformed packet\nSENDTO Server Too many messages in a row were not understood.\n";
    assert_eq!(house.read(line), told);
    assert!(!house.is_open(line));
}

#[test]
fn texts_keep_their_blanks_and_stay_one_line() {
    let mut house = house();
    let (ann, bob) = (house.enter(0, "login Ann"), house.enter(0, "login Bob"));
    assert_eq!(house.tell(ann, "sendto Bob  two  blanks "), "RESPONSE ok\n");
    assert_eq!(house.read(bob), "SENDTO Ann  two  blanks \n");
    assert_eq!(house.tell(ann, "say to all of you"), "RESPONSE ok\n");
    assert_eq!(house.read(bob), "SENDTO Ann to all of you\n");
    let all_at_once = "login x\nsendto Bob 1\nsendto Bob 2\nlist\nlogout\n";
    let answers = "RESPONSE failure\nRESPONSE ok\nRESPONSE ok\nLIST Ann Bob\nRESPONSE ok\n";
    assert_eq!(house.tell(ann, all_at_once), answers);
    assert_eq!(house.read(bob), "SENDTO Ann 1\nSENDTO Ann 2\n");
}

#[test]
fn the_muted_are_told_by_the_server() {
    let mut house = house();
    house.configure(|config| config.limits.say_burst = 1);
    let (ann, bob) = (house.enter(0, "login Ann"), house.enter(0, "login Bob"));
    assert_eq!(house.tell(ann, "sendto Bob 1"), "RESPONSE ok\n");
    let told = house.tell(ann, "sendto Bob 2");
    assert_eq!(told, "RESPONSE failure\nSENDTO Server Ann is muted until 2026-11-21 20:32:50.\n");
    assert_eq!(house.read(bob), "SENDTO Ann 1\n", "others are not told");
}
