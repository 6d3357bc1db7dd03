//! What an answer, or a message of a room or conversation, is to a text client that has asked more since.

use super::*;

/// A client of lines that has asked some things, and the numbers that it asked them under.
fn requests(tongue: &mut Tongue, lines: &[&str]) -> Vec<Asked> {
    let mut asks = Vec::new();
    lines.iter().for_each(|line| tongue.hear(Unit::Text((*line).to_owned()), &mut asks));
    let asked = |ask| match ask {
        Ask::Asked(asked) => Some(asked),
        Ask::Bytes(_) | Ask::Garbled | Ask::Reply(_) | Ask::Bye => None,
    };
    asks.into_iter().filter_map(asked).collect()
}

/// What it is told by an answer.
fn told(tongue: &mut Tongue, number: u64, answer: Answer) -> String {
    let mut out = Vec::new();
    tongue.say(&Message::Answer { number, answer }, &Contents::default(), &mut out);
    String::from_utf8(out).expect("text")
}

fn entered(name: &str) -> Answer {
    Answer::Room { room: room(name), last: 0 }
}

fn refused(no: No) -> Answer {
    Answer::Refused { no, wait_ms: None }
}

/// In which room a client of the dialect `colon` talks now.
fn talks_in(colon: &mut Tongue) -> Option<String> {
    match requests(colon, &["hello"]).pop()?.request {
        Request::Say { room, .. } => Some(room),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_belongs_to_its_request_whatever_was_asked_since() {
    let mut colon = tongue(Dialect::Colon, &Profile::messenger());
    let asks = requests(&mut colon, &["register Bob", "Ann:hi", "who"]);
    let posted = Answer::Posted { number: 1, at: Time(1), waits: false, slow_down: false };
    told(&mut colon, asks[0].number, Answer::Done);
    assert_eq!(told(&mut colon, asks[1].number, posted), "Sent to Ann.\n");
    assert_eq!(told(&mut colon, asks[2].number, Answer::Report(Vec::new())), "No active users.\n");
}

#[test]
fn a_client_of_lines_with_colons_talks_where_it_went_last() {
    let colon = || tongue(Dialect::Colon, &Profile::messenger());
    let mut quick = colon();
    let asks = requests(&mut quick, &["join x", "leave", "join y"]);
    for (ask, answer) in asks.iter().zip([entered("x"), Answer::Done, entered("y")]) {
        told(&mut quick, ask.number, answer);
        assert_eq!(talks_in(&mut quick).as_deref(), Some("y"), "after the answer to {:?}", ask.request);
    }
    let mut refused_to_leave = colon();
    let asks = requests(&mut refused_to_leave, &["join x", "leave", "join y"]);
    told(&mut refused_to_leave, asks[1].number, refused(No::StorageFull));
    assert_eq!(talks_in(&mut refused_to_leave).as_deref(), Some("y"));
    for (no, room) in [(No::StorageFull, Some("x")), (No::NotInRoom, None)] {
        let mut left = colon();
        let asks = requests(&mut left, &["join x", "leave"]);
        told(&mut left, asks[0].number, entered("x"));
        told(&mut left, asks[1].number, refused(no));
        assert_eq!(talks_in(&mut left).as_deref(), room, "it could not leave: {no:?}");
    }
}

#[test]
fn who_is_in_the_lobby_by_another_spelling_of_its_name_hears_it() {
    let mut colon = tongue(Dialect::Colon, &Profile::messenger());
    let asks = requests(&mut colon, &["join Lobby"]);
    assert_eq!(told(&mut colon, asks[0].number, refused(No::InRoom)), "You joined lobby.\n");
    assert_eq!(talks_in(&mut colon).as_deref(), Some("lobby"));
    let mut gone = tongue(Dialect::Colon, &Profile::messenger());
    let asks = requests(&mut gone, &["join Lobby", "leave", "join x"]);
    told(&mut gone, asks[0].number, refused(No::InRoom));
    assert_eq!(talks_in(&mut gone).as_deref(), Some("x"), "it went on since");
}

#[test]
fn history_is_told_of_the_room_that_one_is_in_and_names_it() {
    let mut colon = tongue(Dialect::Colon, &Profile::messenger());
    let asks = requests(&mut colon, &["join den"]);
    told(&mut colon, asks[0].number, entered("den"));
    let mut past = |name: &str| {
        let (mut out, place) = (Vec::new(), Place::Room(room(name)));
        colon.say(
            &Message::Earlier { place, past: Past::History, entries: vec![entry("Ann", text("hi"))] },
            &Contents::default(),
            &mut out,
        );
        String::from_utf8(out).expect("text")
    };
    assert!(past("den").starts_with("Ann (in den): hi (sent "), "{}", past("den"));
    assert_eq!(past("lobby"), "");
}

#[test]
fn what_is_told_of_a_room_names_it() {
    let mut colon = tongue(Dialect::Colon, &Profile::messenger());
    let mut out = Vec::new();
    colon.say(
        &Message::Live { place: Place::Room(room("den")), entry: entry("Ann", text("hi")) },
        &Contents::default(),
        &mut out,
    );
    assert_eq!(String::from_utf8(out).expect("text"), "Ann (in den): hi\n");
}

#[test]
fn only_a_native_client_is_greeted() {
    for dialect in Dialect::ALL {
        let (mut out, mut hello) = (Vec::new(), Vec::new());
        tongue(*dialect, &Profile::open()).greet(&mut out);
        native::hello(&mut hello);
        assert_eq!(out, if *dialect == Dialect::Native { hello } else { Vec::new() });
    }
}

/// What a client that sends objects asks first by one that wants in, with these further fields.
fn nick_wanted(fields: &str) -> String {
    let mut flags = tongue(Dialect::Flags, &Profile::classroom());
    match requests(&mut flags, &[&format!("{{\"JOIN_REQUEST_FLAG\":1,{fields}}}")]).pop().map(|asked| asked.request) {
        Some(Request::Join { nick, .. }) => nick,
        other => panic!("{fields}: {other:?}"),
    }
}

#[test]
fn the_fields_of_an_object_may_be_of_any_simple_type() {
    assert_eq!(nick_wanted("\"USERNAME\":7"), "7");
    assert_eq!(nick_wanted("\"USERNAME\":-7"), "-7");
    assert_eq!(nick_wanted("\"USERNAME\":1.5"), "1.5");
    for payload in ["[1,[2],{}]", "null", "true", "0"] {
        assert_eq!(nick_wanted(&format!("\"PAYLOAD\":{payload},\"USERNAME\":\"Ann\"")), "Ann");
    }
}

#[test]
fn only_a_time_of_day_before_ones_own_nick_is_taken_off() {
    let mut flags = tongue(Dialect::Flags, &Profile::classroom());
    let join = requests(&mut flags, &["{\"JOIN_REQUEST_FLAG\":1,\"USERNAME\":\"Bob\"}"]);
    let welcome = Answer::Welcome { nick: nick("Bob"), room: room("lobby"), members: Vec::new(), last: 0 };
    told(&mut flags, join[0].number, welcome);
    for (payload, said) in [
        ("[20:36:22] Bob: hi", "hi"),
        ("[20:36:22] Ann: hi", "[20:36:22] Ann: hi"),
        ("[tomorrow] Bob: hi", "[tomorrow] Bob: hi"),
        ("[20:36] Bob: hi", "[20:36] Bob: hi"),
    ] {
        match &requests(&mut flags, &[&format!("{{\"PAYLOAD\":\"{payload}\"}}")])[..] {
            [Asked { request: Request::Say { text, .. }, .. }] => assert_eq!(text, said),
            other => panic!("{payload}: {other:?}"),
        }
    }
    let mut out = Vec::new();
    let late =
        Message::Earlier { place: Place::With(nick("Ann")), past: Past::Late, entries: vec![entry("Ann", text("hi"))] };
    flags.say(&late, &Contents::default(), &mut out);
    assert!(String::from_utf8(out).expect("text").contains("\"TO\":\"Bob\""), "late private talk says to whom it is");
}

#[test]
fn the_longest_name_of_a_file_is_offered_whole() {
    let name = format!("{}.txt", "\u{1f600}".repeat(96));
    let mut flags = tongue(Dialect::Flags, &Profile::classroom());
    let object = format!("{{\"ATTACHMENT_FLAG\":1,\"FILENAME\":\"{name}\",\"PAYLOAD\":\"hi\"}}");
    match &requests(&mut flags, &[&object])[..] {
        [Asked { request: Request::Attach { name: offered, .. }, .. }] => assert_eq!(*offered, name),
        other => panic!("{other:?}"),
    }
}
