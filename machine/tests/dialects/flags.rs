//! Seed 003: the dialogue of Cool, Fun, Fire and Sad, in objects of fourteen fields.

use crate::house::{House, at};
use hobnob_machine::wire::contents::Contents;
use hobnob_machine::wire::tongue::Tongue;
use hobnob_machine::wire::zone::Zone;
use hobnob_spec::messages::{Answer, Message};
use hobnob_spec::names::{Nick, RoomName};
use hobnob_spec::profile::{Dialect, Profile};

/// An object as the server writes it: the flag that is 1, NUMBER, USERNAME and PAYLOAD, and fields behind them.
fn object(flag: &str, number: usize, username: &str, payload: &str, more: &str) -> String {
    let names = [
        "REPORT_REQUEST_FLAG",
        "REPORT_RESPONSE_FLAG",
        "JOIN_REQUEST_FLAG",
        "JOIN_REJECT_FLAG",
        "JOIN_ACCEPT_FLAG",
        "NEW_USER_FLAG",
        "QUIT_REQUEST_FLAG",
        "QUIT_ACCEPT_FLAG",
        "ATTACHMENT_FLAG",
    ];
    let flags: String = names.map(|name| format!("\"{name}\":{},", u8::from(name == flag))).concat();
    let length = payload.chars().count();
    let payload = payload.replace('"', "\\\"").replace('\n', "\\n");
    format!(
        "{{{flags}\"NUMBER\":{number},\"USERNAME\":\"{username}\",\"FILENAME\":\"\",\"PAYLOAD_LENGTH\":{length},\
         \"PAYLOAD\":\"{payload}\"{more}}}\n"
    )
}

fn talk(payload: &str) -> String {
    object("", 0, "", payload, "")
}

fn accept(nick: &str, history: &[&str]) -> String {
    object("JOIN_ACCEPT_FLAG", 0, nick, &history.join("\n"), "")
}

fn new_user(nick: &str) -> String {
    object("NEW_USER_FLAG", 0, nick, &format!("{nick} joined the chatroom."), "")
}

fn quit_accept(nick: &str) -> String {
    object("QUIT_ACCEPT_FLAG", 0, nick, &format!("{nick} left the chatroom."), "")
}

fn reject(reason: &str) -> String {
    object("JOIN_REJECT_FLAG", 0, "", &format!("The server rejects the join request. {reason}"), "")
}

fn house() -> House {
    House::new(&[Profile::classroom()])
}

const REPORT: &str = r#"{"REPORT_REQUEST_FLAG": 1}"#;
const QUIT: &str = r#"{"QUIT_REQUEST_FLAG": 1}"#;

fn join(nick: &str) -> String {
    format!(r#"{{"JOIN_REQUEST_FLAG": 1, "USERNAME": "{nick}"}}"#)
}

fn say(text: &str) -> String {
    format!(r#"{{"REPORT_REQUEST_FLAG": 0, "PAYLOAD_LENGTH": 9, "PAYLOAD": "{text}\n", "TIMESTAMP": "20:36"}}"#)
}

#[test]
fn cool_fun_fire_and_sad_meet() {
    let mut house = house();
    let (cool, fun, fire) = (house.connect(0), house.connect(0), house.connect(0));
    assert_eq!(house.tell(cool, REPORT), object("REPORT_RESPONSE_FLAG", 0, "", "", ""));
    assert_eq!(house.tell(cool, &join("Cool")), accept("Cool", &[]) + &new_user("Cool"));
    house.now = at("20:33:10");
    let joined = "[20:32:40] Server: Cool joined the chatroom.";
    assert_eq!(house.tell(fun, &join("Cool")), reject("Another user is using this username."));
    assert_eq!(house.tell(fun, &join("Fun")), accept("Fun", &[joined]) + &new_user("Fun"));
    assert_eq!(house.read(cool), new_user("Fun"));
    let two = "1. Cool at IP: 192.168.1.5 and port: 40000.\n2. Fun at IP: 192.168.1.6 and port: 40001.";
    assert_eq!(house.tell(fire, REPORT), object("REPORT_RESPONSE_FLAG", 2, "", two, ""));
    house.tell(fire, &join("Fire"));
    let sad = house.connect(0);
    assert_eq!(house.tell(sad, &join("Cool")), reject("The chatroom has reached its maximum capacity."));
    house.read(cool);
    house.now = at("20:36:22");
    let said = talk("[20:36:22] Fire: Hey guys! I just joined.");
    assert_eq!(house.tell(fire, &say("Hey guys! I just joined.")), said, "the speaker hears itself");
    assert_eq!(house.read(cool), said);
    assert_eq!(house.tell(cool, QUIT), quit_accept("Cool"), "the quitter is told, too");
    assert_eq!(house.read(fire), quit_accept("Cool"));
    assert!(house.is_open(cool));
    let history = [
        joined,
        "[20:33:10] Server: Fun joined the chatroom.",
        "[20:33:10] Server: Fire joined the chatroom.",
        "[20:36:22] Fire: Hey guys! I just joined.",
        "[20:36:22] Server: Cool left the chatroom.",
    ];
    assert_eq!(house.tell(cool, &join("Cool")), accept("Cool", &history) + &new_user("Cool"), "the same name again");
}

#[test]
fn an_avatar_comes_with_the_wish_to_join_as_an_emoji_or_as_a_picture_in_base64() {
    let mut house = house();
    let (cool, fun, fire) = (house.connect(0), house.connect(0), house.connect(0));
    house.tell(cool, &join("Cool"));
    let join_with =
        |nick: &str, avatar: &str| format!(r#"{{"JOIN_REQUEST_FLAG": 1, "USERNAME": "{nick}", "AVATAR": "{avatar}"}}"#);
    let bad = "An avatar is one emoji or a picture, and this is no emoji.";
    assert_eq!(house.tell(fun, &join_with("Fun", "fox")), reject(bad));
    house.tell(fun, &join_with("Fun", "🦊"));
    let fox = object("NEW_USER_FLAG", 0, "Fun", "Fun joined the chatroom.", ",\"AVATAR\":\"🦊\"");
    assert_eq!(house.read(cool), fox);
    // The beginning of a PNG; the wish to join is refused first, and the picture not told of by itself.
    let png = "iVBORw0KGgphYmM=";
    assert_eq!(house.tell(fire, &join_with("Fun", png)), reject("Another user is using this username."));
    let told = house.tell(fire, &join_with("Fire", &format!("data:image/png;base64,{png}")));
    let worn = talk("[20:32:40] Server: Fire wears a picture.");
    assert!(told.ends_with(&(new_user("Fire") + &worn)), "{told}");
    assert_eq!(house.read(cool), new_user("Fire") + &worn);
}

#[test]
fn a_long_history_is_one_object() {
    let mut house = house();
    house.configure(|config| config.limits.say_burst = 1_000);
    let (cool, fun) = (house.connect(0), house.connect(0));
    house.tell(cool, &join("Cool"));
    for _ in 0..4 {
        house.tell(cool, &say(&"x".repeat(40_000)));
    }
    let told = house.tell(fun, &join("Fun"));
    assert!(told.len() > 160_000 && told.lines().count() == 2, "the history came in several frames, and is one object");
    assert!(told.ends_with(&new_user("Fun")));
}

#[test]
fn a_history_of_which_nothing_is_kept_is_not_waited_for() {
    let lobby = RoomName::parse("lobby").expect("a room's name");
    let mut tongue = Tongue::new(Dialect::Flags, &Profile::classroom(), &lobby, Zone::UTC);
    let nick = Nick::parse("Fun").expect("a nick");
    let answer = Answer::Welcome { nick, room: lobby, members: Vec::new(), last: 7 };
    let mut written = Vec::new();
    tongue.say(&Message::Answer { number: 1, answer }, &Contents::default(), &mut written);
    assert_eq!(written, b"", "seven entries may follow");
    tongue.settle(&mut written);
    assert_eq!(String::from_utf8_lossy(&written), accept("Fun", &[]));
}

#[test]
fn objects_are_read_however_they_are_written() {
    let mut house = house();
    let (cool, fun) = (house.connect(0), house.connect(0));
    house.tell(cool, &join("Cool"));
    house.tell(fun, " \r\n {\"JOIN_REQUEST_FLAG\": true, \"USERNAME\": \" Fun \", \"NUMBER\": null, \"X\": [{}]}");
    assert_eq!(house.read(cool), new_user("Fun"));
    let said = talk("[20:32:40] Cool: a } and a \"{\"");
    let braces = r#"{"REPORT_REQUEST_FLAG":"0","JOIN_REQUEST_FLAG":false,"PAYLOAD":"a } and a \"{\""}"#;
    for byte in braces.bytes() {
        house.send(cool, &[byte]);
        house.quiet(cool);
    }
    assert_eq!(house.read(fun), said);
    let two = r#"{"PAYLOAD":"one"}{"PAYLOAD":"[20:32:39] Cool: two"} {"PAYLOAD":"[20:32:39] Fun: three"}"#;
    house.tell(cool, two);
    let heard = ["one", "two", "[20:32:39] Fun: three"].map(|text| talk(&format!("[20:32:40] Cool: {text}")));
    assert_eq!(house.read(fun), heard.concat());
}

#[test]
fn talk_with_a_recipient_is_private() {
    let mut house = house();
    let (cool, fun, fire) = (house.connect(0), house.connect(0), house.connect(0));
    for (line, nick) in [(cool, "Cool"), (fun, "Fun"), (fire, "Fire")] {
        house.tell(line, &join(nick));
    }
    house.read(cool);
    house.read(fun);
    let told = house.tell(cool, r#"{"TO": "Fun", "PAYLOAD": "psst\nit is me"}"#);
    assert_eq!(told, talk("Server: Your message to Fun was delivered."));
    let private = "[20:32:40] Cool (private): psst\n    it is me";
    assert_eq!(house.read(fun), object("", 0, "", private, ",\"TO\":\"Fun\""));
    assert_eq!(house.read(fire), "");
    let absent = "Server: Your message to Sad was not delivered. There is no user of that nick.";
    assert_eq!(house.tell(cool, r#"{"TO": "Sad", "PAYLOAD": "hi"}"#), talk(absent));
}

#[test]
fn what_is_wrong_is_told_in_an_object() {
    let mut house = house();
    let cool = house.connect(0);
    assert_eq!(house.tell(cool, &say("hi")), talk("Server: Please join first."));
    let server_only = talk("Server: Only the server sets this flag.");
    assert_eq!(house.tell(cool, r#"{"JOIN_ACCEPT_FLAG": 1}"#), server_only);
    let two = r#"{"JOIN_REQUEST_FLAG": 1, "QUIT_REQUEST_FLAG": 1}"#;
    assert_eq!(house.tell(cool, two), talk("Server: More than one flag is 1."));
    assert_eq!(house.tell(cool, "{\"PAYLOAD\": }"), talk("Server: This was not understood. It is no JSON."));
    assert_eq!(
        house.tell(cool, "hello"),
        talk("Server: This was not understood. It is no JSON object, or one that is too long.")
    );
    assert_eq!(house.tell(cool, r#"{"PAYLOAD": "an open string"#.to_owned().as_str()), "");
    let last = talk("Server: Too many messages in a row were not understood.");
    assert_eq!(house.tell(cool, "\n"), last, "a newline in a string ends what was wrong");
    assert!(!house.is_open(cool));
}

#[test]
fn a_field_that_holds_too_much_is_told() {
    let mut house = house();
    let cool = house.connect(0);
    let wrong = "Server: This was not understood. A field holds an object, or stands there twice.";
    assert_eq!(house.tell(cool, r#"{"PAYLOAD": {}}"#), talk(wrong));
    assert_eq!(house.tell(cool, r#"{"TO": "Fun", "TO": "Fun"}"#), talk(wrong));
}

#[test]
fn a_pickle_is_refused_with_a_sentence() {
    let mut house = house();
    let line = house.connect(0);
    house.send(line, b"\x80");
    house.quiet(line);
    house.send(line, b"\x04\x95\x2a");
    let sentence = "Server: Pickled Python objects are not taken: please send JSON, one object for each message.";
    assert_eq!(house.read(line), talk(sentence));
    assert!(!house.is_open(line));
}

/// An object with ATTACHMENT_FLAG as the server writes it.
fn attachment(file: &str, payload: &str) -> String {
    object("ATTACHMENT_FLAG", 0, "", payload, "").replace("\"FILENAME\":\"\"", &format!("\"FILENAME\":\"{file}\""))
}

fn attach(path: &str, content: &str) -> String {
    format!(r#"{{"ATTACHMENT_FLAG": 1, "FILENAME": "{path}", "PAYLOAD_LENGTH": 0, "PAYLOAD": "{content}"}}"#)
}

#[test]
fn a_file_is_handed_on_with_its_name_and_stands_in_the_history() {
    let mut house = house();
    let (cool, fun) = (house.connect(0), house.connect(0));
    house.tell(cool, &join("Cool"));
    house.tell(fun, &join("Fun"));
    house.read(cool);
    house.now = at("20:37:55");
    let told = attachment("coolfile1.txt", "[20:37:55] Cool: I eat in daylight,\nI eat in moonlight");
    let content = r"I eat in daylight,\nI eat in moonlight";
    assert_eq!(house.tell(cool, &attach("attachments/coolfile1.txt", content)), told, "the base name alone counts");
    assert_eq!(house.read(fun), told);
    let fire = house.connect(0);
    let history = [
        "[20:32:40] Server: Cool joined the chatroom.",
        "[20:32:40] Server: Fun joined the chatroom.",
        "[20:37:55] Cool: I eat in daylight,\n    I eat in moonlight",
    ];
    assert_eq!(house.tell(fire, &join("Fire")), accept("Fire", &history) + &new_user("Fire"));
    // A file of several pieces, and one of nothing.
    let long = "x".repeat(100_000);
    let told = house.tell(cool, &attach("long.txt", &long));
    let told = told.strip_prefix(&new_user("Fire"));
    assert_eq!(told, Some(&*attachment("long.txt", &format!("[20:37:55] Cool: {long}"))), "longer than could be said");
    assert_eq!(house.tell(cool, &attach("empty.txt", "")), attachment("empty.txt", "[20:37:55] Cool: "));
}

#[test]
fn a_file_comes_byte_for_byte_as_text_or_as_base64() {
    let mut house = house();
    let cool = house.connect(0);
    house.tell(cool, &join("Cool"));
    house.now = at("20:37:55");
    // A text, whatever its lines end with.
    let text = attachment("a.txt", "[20:37:55] Cool: \u{feff}one\r\n\ttwo\n").replace('\r', "\\r").replace('\t', "\\t");
    assert_eq!(house.tell(cool, &attach("a.txt", r"\ufeffone\r\n\ttwo\n")), text);
    // Bytes, in each form that is taken.
    let coded = |encoding: &str, payload: &str| {
        let more = format!("\"ENCODING\": \"{encoding}\", \"ATTACHMENT_FLAG\": 1");
        attach("b.bin", payload).replace("\"ATTACHMENT_FLAG\": 1", &more)
    };
    let bytes = attachment("b.bin", "[20:37:55] Cool: AP9hYg==").replace("}\n", ",\"ENCODING\":\"base64\"}\n");
    let address = "data:application/x-thing;base64,AP9hYg==";
    for (encoding, said) in [("base64", "AP9hYg=="), ("BASE64", r"AP9h\r\nYg"), ("base64", address), ("", address)] {
        assert_eq!(house.tell(cool, &coded(encoding, said)), bytes, "{said}");
    }
    let control = attachment("c.txt", "[20:37:55] Cool: AA==").replace("}\n", ",\"ENCODING\":\"base64\"}\n");
    assert_eq!(house.tell(cool, &attach("c.txt", r"\u0000")), control, "no text may hold this");
    let as_it_stands = attachment("b.bin", &format!("[20:37:55] Cool: {address}"));
    assert_eq!(house.tell(cool, &coded("text", address)), as_it_stands);
    assert_eq!(house.tell(cool, &coded("base64", "?")), talk("Server: The payload is no base64."));
    // Who joins has the text in the history, and the bytes behind it.
    let fun = house.connect(0);
    let told = house.tell(fun, &join("Fun"));
    let (history, files) = told.split_once('\n').expect("a history is one object");
    let lines = "Cool: \u{feff}one\\n    \\ttwo\\n    \\n[20:37:55] Cool: (sent the file b.bin of 4 bytes, it comes";
    assert!(history.contains(lines), "{history}");
    assert!(files.starts_with(&(bytes.repeat(4) + &control)) && files.ends_with(&new_user("Fun")), "{files}");
}

#[test]
fn a_file_that_does_not_fit_is_told_of_in_a_sentence() {
    let mut house = house();
    let (cool, fun) = (house.connect(0), house.connect(0));
    house.tell(cool, &join("Cool"));
    let largest = "x".repeat(1 << 20);
    assert!(house.tell(cool, &attach("a.txt", &largest)).ends_with(&format!("Cool: {largest}\"}}\n")));
    let sentence =
        "[20:32:40] Cool: (sent the file b.txt of 1048577 bytes, more than the 1048576 bytes that one object brings)";
    assert_eq!(house.tell(cool, &attach("b.txt", &format!("{largest}x"))), talk(sentence));
    house.tell(cool, &attach("c.bin", r"\u0000"));
    let history = [
        "[20:32:40] Server: Cool joined the chatroom.",
        &format!("[20:32:40] Cool: {largest}"),
        sentence,
        "[20:32:40] Cool: (sent the file c.bin of 1 bytes, which cannot be handed on any more)",
    ];
    let told = house.tell(fun, &join("Fun"));
    assert!(told == accept("Fun", &history) + &new_user("Fun"), "no more than one largest file: {}", told.len());
}

#[test]
fn a_file_for_one_is_private() {
    let mut house = house();
    let (cool, fun, fire) = (house.connect(0), house.connect(0), house.connect(0));
    for (line, nick) in [(cool, "Cool"), (fun, "Fun"), (fire, "Fire")] {
        house.tell(line, &join(nick));
    }
    house.read(fun);
    let asked = r#"{"ATTACHMENT_FLAG": 1, "TO": "Fun", "FILENAME": "a.txt", "PAYLOAD": "psst"}"#;
    house.read(cool);
    house.read(fun);
    let receipt = talk("Server: Your message to Fun was delivered.");
    assert_eq!(house.tell(cool, asked), receipt, "as for private talk");
    let told = attachment("a.txt", "[20:32:40] Cool (private): psst");
    assert_eq!(house.read(fun), told.replace("}\n", ",\"TO\":\"Fun\"}\n"));
    let nobody = asked.replace("Fun", "Sad");
    let refused = "Server: Your message to Sad was not delivered. a.txt: ";
    assert!(house.tell(cool, &nobody).contains(refused));
    assert!(!house.read(fire).contains("psst"));
}

#[test]
fn a_file_that_is_refused_is_told_of_in_an_object() {
    let mut house = house();
    let cool = house.connect(0);
    assert_eq!(house.tell(cool, &attach("a.txt", "hi")), talk("Server: Please join first."));
    house.tell(cool, &join("Cool"));
    let name = "Server: A file's name has 1 to 100 characters, no control characters and none of / \\ : * ? \" < > |, \
                does not begin or end with a dot or a space, and is no name of a device such as nul or com1.";
    for bad in ["", "..", "a/..", "NUL"] {
        assert_eq!(house.tell(cool, &attach(bad, "hi")), talk(name).replace(" \\ :", " \\\\ :"), "{bad:?}");
    }
    house.configure(|config| config.limits.file_bytes_max = 5);
    assert_eq!(house.tell(cool, &attach("a.txt", "too long")), talk("Server: a.txt: The file is too large."));
    assert!(house.tell(cool, &attach("b.txt", "short")).contains("Cool: short"), "what follows is taken");
}
