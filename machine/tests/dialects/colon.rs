//! Seed 001: `server:register`, `RECIPIENT:MESSAGE`, rooms, and messages that wait.

use crate::house::{House, at};
use hobnob_spec::profile::{Absent, Profile};

fn house() -> House {
    House::new(&[Profile::messenger()])
}

/// The sample flow of the README.
#[test]
fn alice_and_bob_talk_in_a_room_and_in_private() {
    let mut house = house();
    let (alice, bob) = (house.connect(0), house.connect(0));
    assert_eq!(house.tell(alice, "register Alice"), "Registered as Alice.\n");
    assert_eq!(house.tell(bob, "register Bob"), "Registered as Bob.\n");
    assert_eq!(house.read(alice), "", "the lobby is not heard");
    assert_eq!(house.tell(alice, "join teamchat"), "You joined teamchat.\n");
    assert_eq!(house.tell(bob, "join teamchat"), "You joined teamchat.\n");
    assert_eq!(house.read(alice), "Bob joined teamchat.\n", "the others are told");
    assert_eq!(house.tell(alice, "Hello team!"), "Alice (in teamchat): Hello team!\n");
    assert_eq!(house.read(bob), "Alice (in teamchat): Hello team!\n");
    assert_eq!(house.tell(bob, "leave"), "You left teamchat.\n");
    assert_eq!(house.read(alice), "Bob left teamchat.\n");
    assert_eq!(house.tell(bob, "exit"), "Goodbye.\n");
    assert!(!house.is_open(bob));
    assert_eq!(house.read(alice), "Bob left the chat.\n");
    assert_eq!(house.tell(alice, "leave"), "You left teamchat.\n");
    assert_eq!(house.tell(alice, "Bob:Hello Bob!"), "Bob is offline; the message is stored.\n");
    house.now = at("20:40:00");
    let bob = house.connect(0);
    let late = "Registered as Bob.\nAlice: Hello Bob! (sent 2026-11-21 20:32:40)\n";
    assert_eq!(house.tell(bob, "register Bob"), late);
}

/// The assignment.
#[test]
fn the_words_of_the_server_and_of_users_are_told_apart_by_the_first_colon() {
    let mut house = house();
    let (alice, bob) = (house.connect(0), house.connect(0));
    assert_eq!(house.tell(alice, "server:register Alice"), "Registered as Alice.\n");
    let taken = "ERROR Another user is using this username. Please choose a different one.\n";
    assert_eq!(house.tell(bob, "server:register Alice"), taken);
    assert_eq!(house.tell(bob, "server:register server"), "ERROR This nick is reserved.\n");
    assert!(house.tell(bob, "server:register a:b").starts_with("ERROR A nick has 1 to 20 characters"));
    assert!(house.tell(bob, "server:register").starts_with("ERROR A nick has 1 to 20 characters"));
    assert_eq!(house.tell(bob, "server:register Bob"), "Registered as Bob.\n");
    assert_eq!(house.tell(alice, "server:who"), "Active users: Alice, Bob\n");
    assert_eq!(house.tell(alice, "Bob:Hello Bob!"), "Sent to Bob.\n");
    assert_eq!(house.read(bob), "Alice: Hello Bob!\n");
    assert_eq!(house.tell(bob, "Alice: see http://b:80"), "Sent to Alice.\n");
    assert_eq!(house.read(alice), "Bob: see http://b:80\n");
    assert_eq!(house.tell(alice, ":hello"), "ERROR There is no recipient before the colon.\n");
    assert_eq!(house.tell(bob, "server:exit"), "Goodbye.\n");
    assert_eq!(house.read(alice), "Bob left the chat.\n", "outside rooms too");
    assert_eq!(house.tell(alice, "server:who"), "Active users: Alice\n");
    let unknown = house.tell(alice, "server:dance");
    assert!(unknown.starts_with("ERROR This is no command; there are: register NAME"), "{unknown}");
    assert!(house.tell(alice, "dance").starts_with("ERROR This is no command"));
    assert!(house.is_open(alice), "a word that is unknown costs nothing");
}

#[test]
fn in_a_room_every_line_but_leave_is_talk() {
    let mut house = house();
    let (alice, bob) = (house.enter(0, "register Alice"), house.enter(0, "register Bob"));
    house.tell(alice, "join x");
    house.tell(bob, "server:join x");
    house.read(alice);
    for line in ["exit", "who", "join y", "Bob:psst", "server:who", "server:exit", "leave me alone"] {
        assert_eq!(house.tell(alice, line), format!("Alice (in x): {line}\n"));
        assert_eq!(house.read(bob), format!("Alice (in x): {line}\n"));
    }
    assert_eq!(house.tell(alice, "server:leave"), "You left x.\n");
    assert_eq!(house.tell(alice, "leave"), "", "outside it does nothing");
    assert_eq!(house.tell(alice, "who"), "Active users: Alice, Bob\n");
}

#[test]
fn the_lobby_is_heard_when_it_is_joined() {
    let mut house = house();
    let (alice, bob) = (house.enter(0, "register Alice"), house.enter(0, "register Bob"));
    assert_eq!(house.tell(alice, "join lobby"), "You joined lobby.\n");
    assert_eq!(house.tell(alice, "anybody?"), "Alice (in lobby): anybody?\n");
    assert_eq!(house.read(bob), "");
    assert_eq!(house.tell(bob, "join lobby"), "You joined lobby.\n");
    assert_eq!(house.tell(bob, "me"), "Bob (in lobby): me\n");
    assert_eq!(house.read(alice), "Bob (in lobby): me\n");
    house.enter(0, "register Cid");
    assert_eq!(house.read(alice), "Cid joined the chat.\n");
    assert_eq!(house.tell(alice, "leave"), "You left lobby.\n");
    house.tell(bob, "gone?");
    assert_eq!(house.read(alice), "");
    house.lose(alice);
    assert_eq!(house.read(bob), "Alice lost the connection.\n");
}

#[test]
fn who_left_the_chat_is_told_once_wherever_one_is() {
    let mut house = house();
    let (alice, bob, cid) =
        (house.enter(0, "register Alice"), house.enter(0, "register Bob"), house.enter(0, "register Cid"));
    for line in [alice, bob] {
        house.tell(line, "join x");
    }
    house.read(alice);
    house.lose(bob);
    for line in [alice, cid] {
        assert_eq!(house.read(line), "Bob lost the connection.\n");
    }
}

#[test]
fn what_is_sent_all_at_once_is_understood_as_if_it_were_not() {
    let mut house = house();
    let alice = house.connect(0);
    let said = "register Alice\njoin lobby\nhello\nleave\njoin x\nhello\nleave\nleave\nwho\nexit\n";
    let read = "Registered as Alice.\nYou joined lobby.\nAlice (in lobby): hello\nYou left lobby.\nYou joined x.\n\
                Alice (in x): hello\nYou left x.\nActive users: Alice\nGoodbye.\n";
    assert_eq!(house.tell(alice, said), read);
    assert!(!house.is_open(alice));
}

#[test]
fn a_room_that_is_refused_is_not_talked_in() {
    let mut house = house();
    let alice = house.connect(0);
    let first = "ERROR Please register first: server:register NAME\n";
    for line in ["join x", "Bob:hi", "leave"] {
        assert_eq!(house.tell(alice, line), if line == "leave" { "" } else { first }, "{line}");
    }
    assert_eq!(house.tell(alice, "who"), "No active users.\n");
    assert_eq!(house.tell(alice, "join lobby"), first);
    assert_eq!(house.tell(alice, "register Alice"), "Registered as Alice.\n");
    assert!(house.tell(alice, "join a/b").starts_with("ERROR A room's name has"));
    assert!(house.tell(alice, &format!("join {}", "ü".repeat(10_000))).starts_with("ERROR A room's name has"));
    assert_eq!(house.tell(alice, "Bob:"), "ERROR The message to Bob was not delivered. There is no text.\n");
}

#[test]
fn what_cannot_be_delivered_is_told() {
    let mut house = House::new(&[Profile { absent: Absent::Error, ..Profile::messenger() }]);
    let alice = house.enter(0, "register Alice");
    let told = "ERROR The message to Bob was not delivered. There is no user of that nick.\n";
    assert_eq!(house.tell(alice, "Bob:hello"), told);
    house.configure(|config| config.profiles[0].absent = Absent::Discard);
    assert_eq!(house.tell(alice, "Bob:hello"), "Done.\n");
}

#[test]
fn the_muted_are_told_for_how_long() {
    let mut house = house();
    house.configure(|config| config.limits.say_burst = 1);
    let (alice, bob) = (house.enter(0, "register Alice"), house.enter(0, "register Bob"));
    house.tell(alice, "join lobby");
    house.tell(bob, "join lobby");
    house.tell(alice, "1");
    let told = house.tell(alice, "2");
    assert_eq!(told, "ERROR You are muted. You may talk again in 10 s.\nAlice is muted until 2026-11-21 20:32:50.\n");
    assert_eq!(house.read(bob), "Alice (in lobby): 1\nAlice is muted until 2026-11-21 20:32:50.\n");
}
