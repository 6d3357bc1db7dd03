//! What tongues promise: they have words for every message, write one line or object for each, and no words do harm.

mod answered;

use super::*;
use hobnob_spec::avatar::{Avatar, Emoji, PictureKind};
use hobnob_spec::files::Digest;
use hobnob_spec::limits::FRAME_BYTES_MAX;
use hobnob_spec::messages::{Active, Answer, Body, Past, Presence, Request, RoomLine, Time};
use hobnob_spec::names::{NICK_CHARS_MAX, Nick, Text};
use hobnob_spec::session::{No, State, Why};
use proptest::prelude::*;

const TEXTS: [Dialect; 4] = [Dialect::Flags, Dialect::Colon, Dialect::Command, Dialect::Plain];

fn nick(name: &str) -> Nick {
    Nick::parse_any(name).expect("a nick")
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).expect("a room's name")
}

fn tongue(dialect: Dialect, profile: &Profile) -> Tongue {
    Tongue::new(dialect, profile, &room("lobby"), Zone::UTC)
}

fn entry(name: &str, body: Body) -> Arc<Entry> {
    Arc::new(Entry { number: 5, at: Time(1_795_293_160_000), nick: nick(name), body })
}

fn text(text: &str) -> Body {
    Body::Text(Text::parse(text.into()).expect("a text"))
}

fn bodies() -> Vec<Body> {
    let left = Why::ALL.iter().map(|why| Body::Left(*why));
    let fox = Avatar::Emoji(Emoji::parse("🦊").expect("an emoji"));
    let picture = Avatar::Picture { file: 7, kind: PictureKind::Png, size: 9, digest: Digest([7; 32]) };
    let avatars = [None, Some(fox), Some(picture)];
    let with =
        avatars.map(|avatar| [Body::Joined(avatar.clone()), Body::Entered(avatar.clone()), Body::Avatar(avatar)]);
    let others = [Body::LeftRoom, Body::Muted { until: Time(u64::MAX) }, Body::Unmuted];
    left.chain(with.into_iter().flatten()).chain(others).chain([text("hi\nyou"), text("{nick} {")]).collect()
}

fn answers() -> Vec<Answer> {
    let active =
        Active { nick: nick("Ann"), addr: "[::1]:65535".parse().expect("an address"), joined: Time(3), avatar: None };
    let present = vec![Presence { nick: nick("Ann"), state: State::Muted, avatar: None }];
    let refused = No::ALL.iter().flat_map(|no| [None, Some(u64::MAX)].map(|wait_ms| (*no, wait_ms)));
    let mut all: Vec<Answer> = refused.map(|(no, wait_ms)| Answer::Refused { no, wait_ms }).collect();
    all.extend([
        Answer::Done,
        Answer::Report(Vec::new()),
        Answer::Report(vec![active]),
        Answer::Welcome { nick: nick("Ann1"), room: room("lobby"), members: present.clone(), last: 5 },
        Answer::Back { nick: nick("Ann"), muted_ms: Some(7), rooms: Vec::new() },
        Answer::Posted { number: 1, at: Time(2), waits: false, slow_down: false },
        Answer::Posted { number: 1, at: Time(2), waits: true, slow_down: false },
        Answer::Room { room: room("den"), last: 0 },
        Answer::Members(present),
        Answer::Rooms(vec![RoomLine { room: room("lobby"), members: 3 }]),
        Answer::Page { entries: vec![entry("Ann", text("hi"))], more: true },
        Answer::Pong,
    ]);
    all
}

fn messages(number: u64) -> Vec<Message> {
    let places = [Place::Room(room("lobby")), Place::Room(room("den")), Place::With(nick("Ann"))];
    let mut all: Vec<Message> = answers().into_iter().map(|answer| Message::Answer { number, answer }).collect();
    for place in places {
        let lives = bodies().into_iter().map(|body| Message::Live { place: place.clone(), entry: entry("Ann", body) });
        all.extend(lives);
        let entries = || bodies().into_iter().map(|body| entry("Ann", body)).collect();
        let past = [Past::History, Past::Missed, Past::Late];
        all.extend(past.map(|past| Message::Earlier { place: place.clone(), past, entries: entries() }));
    }
    all.push(Message::Ping);
    all.extend(Why::ALL.iter().map(|&why| Message::Goodbye { why }));
    all
}

/// What a client may say, in any dialect.
fn sayings() -> Vec<&'static str> {
    vec![
        "{\"JOIN_REQUEST_FLAG\":1,\"USERNAME\":\"Bob\"}",
        "{\"QUIT_REQUEST_FLAG\":1}",
        "{\"REPORT_REQUEST_FLAG\":1}",
        "{\"ATTACHMENT_FLAG\":1,\"FILENAME\":\"x\"}",
        "{\"PAYLOAD\":\"hi\\n\"}",
        "{\"PAYLOAD\":\"hi\",\"TO\":\"Ann\"}",
        "register Bob",
        "login Bob",
        "join den",
        "join lobby",
        "leave",
        "who",
        "Ann:hi",
        "sendto Ann hi",
        "say hi",
        "list",
        "logout",
        "exit",
        "tata",
        "/msg Ann hi",
        "/who",
        "{}",
        ":",
        " ",
    ]
}

/// Lets a tongue hear things, and checks what it asks.
fn asked(tongue: &mut Tongue, said: &str) -> Vec<Ask> {
    let mut asks = Vec::new();
    tongue.hear(Unit::Text(said.to_owned()), &mut asks);
    for ask in &asks {
        if let Ask::Asked(asked) = ask {
            assert!(asked.request.fits(), "no other request is taken");
        }
    }
    asks
}

#[test]
fn every_message_can_be_told_whatever_was_asked() {
    for dialect in TEXTS {
        for profile in Profile::NAMES.iter().map(|name| Profile::named(name).expect("a listed profile")) {
            for said in sayings() {
                let mut tongue = tongue(dialect, &profile);
                let asks = asked(&mut tongue, said);
                let number = asks.iter().find_map(|ask| match ask {
                    Ask::Asked(asked) => Some(asked.number),
                    Ask::Bytes(_) | Ask::Garbled | Ask::Reply(_) | Ask::Bye => None,
                });
                for message in messages(number.unwrap_or(0)) {
                    let mut tongue = tongue.clone();
                    let mut out = Vec::new();
                    tongue.say(&message, &Contents::default(), &mut out);
                    tongue.settle(&mut out);
                    assert!(out.is_empty() || out.ends_with(b"\n"), "{dialect} tells {message:?} in whole lines");
                    String::from_utf8(out).expect("the text dialects write UTF-8");
                }
            }
        }
    }
}

#[test]
fn every_happening_is_one_line_or_one_object() {
    for dialect in TEXTS {
        for happening in Happening::ALL {
            let mut out = Vec::new();
            let values = Values { text: "a\nb", history: "a\nb", ..Values::default() };
            words::write(dialect, *happening, &values, Zone::UTC, &mut out);
            let newlines = out.iter().filter(|byte| **byte == b'\n').count();
            assert!(newlines == usize::from(!out.is_empty()), "{dialect} tells {happening} in one line");
            if dialect == Dialect::Flags && !out.is_empty() {
                let object: serde_json::Value = serde_json::from_slice(&out).expect("an object is JSON");
                let set = object.as_object().expect("an object").iter();
                let set = set.filter(|(name, value)| name.ends_with("_FLAG") && **value == 1).count();
                assert!(set <= 1, "at most one flag is 1");
            }
        }
    }
}

#[test]
fn who_gets_another_nick_is_told_so() {
    for (dialect, said) in [
        (Dialect::Command, "login Bob"),
        (Dialect::Plain, "Bob"),
        (Dialect::Colon, "register Bob"),
        (Dialect::Flags, "{\"JOIN_REQUEST_FLAG\":1,\"USERNAME\":\"Bob\"}"),
    ] {
        let mut tongue = tongue(dialect, &Profile::open());
        asked(&mut tongue, said);
        let answer = Answer::Welcome { nick: nick("Bob77"), room: room("lobby"), members: Vec::new(), last: 0 };
        let mut out = Vec::new();
        tongue.say(&Message::Answer { number: 1, answer }, &Contents::default(), &mut out);
        assert!(String::from_utf8_lossy(&out).contains("Bob77"), "{dialect} names the nick");
    }
}

#[test]
fn whoever_is_muted_is_told_even_where_nothing_is_announced() {
    let mut tongue = tongue(Dialect::Command, &Profile::sendto());
    asked(&mut tongue, "login Bob");
    let answer = Answer::Welcome { nick: nick("Bob"), room: room("lobby"), members: Vec::new(), last: 0 };
    tongue.say(&Message::Answer { number: 1, answer }, &Contents::default(), &mut Vec::new());
    let muted = Body::Muted { until: Time(0) };
    assert!(tongue.hears(&room("lobby"), &entry("Bob", muted.clone())));
    assert!(!tongue.hears(&room("lobby"), &entry("Ann", muted)));
}

#[test]
fn a_pulse_is_a_request_that_nobody_reads_of() {
    for dialect in TEXTS {
        let mut tongue = tongue(dialect, &Profile::open());
        let asked = tongue.pulse().expect("a text client has no word for it");
        assert_eq!(asked.request, Request::Ping);
        let mut out = Vec::new();
        tongue.say(&Message::Answer { number: asked.number, answer: Answer::Pong }, &Contents::default(), &mut out);
        assert_eq!(out, b"");
    }
    assert_eq!(tongue(Dialect::Native, &Profile::open()).pulse(), None, "a native client answers by itself");
}

#[test]
fn a_name_is_clipped_where_it_stays_none() {
    for said in ["é".repeat(10_000), "x".repeat(300)] {
        let mut tongue = tongue(Dialect::Colon, &Profile::messenger());
        for said in [format!("register {said}"), format!("{said}:hi"), format!("join {said}")] {
            let asks = asked(&mut tongue, &said);
            let [Ask::Asked(asked)] = &asks[..] else { panic!("one request") };
            let (Request::Join { nick: name, .. } | Request::Private { to: name, .. } | Request::Enter { room: name }) =
                &asked.request
            else {
                panic!("a request with a name")
            };
            assert!(name.chars().count() > NICK_CHARS_MAX && RoomName::parse(name).is_none());
        }
    }
}

proptest! {
    #[test]
    fn no_words_do_harm(
        said in prop::collection::vec(prop_oneof![
            prop::sample::select(sayings()).prop_map(str::to_owned),
            "[a-z:{}\" \\\\/]{0,40}",
            ".{0,60}",
            "\\{\"(PAYLOAD|USERNAME|TO|JOIN_REQUEST_FLAG|NUMBER)\":(1|true|null|\"x\"|\\[[0-9,]{0,4}\\]|-1e9|\\{\\})\\}",
        ], 0..12),
        answered in prop::collection::vec((any::<prop::sample::Index>(), 0_u64..15), 0..12),
        dialect in prop::sample::select(TEXTS.to_vec()),
        settles in any::<bool>(),
    ) {
        let mut tongue = tongue(dialect, &Profile::open());
        let mut last = 0;
        for said in said {
            for ask in asked(&mut tongue, &said) {
                match ask {
                    Ask::Asked(asked) => {
                        prop_assert!(asked.number > last, "numbers rise");
                        last = asked.number;
                    }
                    Ask::Reply(bytes) => prop_assert!(bytes.ends_with(b"\n") && String::from_utf8(bytes).is_ok()),
                    Ask::Bytes(_) | Ask::Garbled | Ask::Bye => {}
                }
            }
            let mut out = Vec::new();
            for (which, number) in &answered {
                tongue.say(which.get(&messages(*number)), &Contents::default(), &mut out);
                if settles {
                    tongue.settle(&mut out);
                }
                for body in bodies() {
                    tongue.hears(&room("den"), &entry("Ann", body));
                }
            }
            prop_assert!(out.is_empty() || out.ends_with(b"\n"));
            prop_assert!(String::from_utf8(out).is_ok());
        }
    }

    #[test]
    fn what_one_says_the_others_read(said in "\\PC{1,200}") {
        prop_assume!(Text::parse(said.clone()).is_ok() && said.len() < FRAME_BYTES_MAX);
        let told = |dialect| {
            let mut out = Vec::new();
            live(dialect, &room("lobby"), &entry("Ann", text(&said)), Zone::UTC, &Contents::default(), &mut out);
            String::from_utf8(out).expect("the text dialects write UTF-8")
        };
        prop_assert_eq!(told(Dialect::Colon), format!("Ann (in lobby): {said}\n"));
        prop_assert_eq!(told(Dialect::Command), format!("SENDTO Ann {said}\n"));
        prop_assert_eq!(told(Dialect::Plain), format!("\r\x1b[1m\x1b[35m Ann: \x1b[0m{said}\n"));
        let object: serde_json::Value = serde_json::from_str(&told(Dialect::Flags)).expect("an object is JSON");
        let payload = object["PAYLOAD"].as_str().expect("a payload is text");
        prop_assert_eq!(payload, format!("[20:32:40] Ann: {said}"));
        prop_assert_eq!(&object["PAYLOAD_LENGTH"], payload.chars().count());
    }
}
