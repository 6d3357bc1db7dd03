//! What the dialect promises: any split of the bytes reads the same, and no bytes do harm.

use super::*;
use hobnob_spec::avatar::{Avatar, Emoji, PictureKind};
use hobnob_spec::files::Digest;
use hobnob_spec::limits::Limits;
use hobnob_spec::messages::*;
use hobnob_spec::names::{Nick, RoomName, Text};
use hobnob_spec::session::{No, State, Why};
use proptest::prelude::*;
use std::sync::Arc;

fn nick(name: &str) -> Nick {
    Nick::parse(name).expect("a nick")
}

fn lobby() -> RoomName {
    RoomName::parse("lobby").expect("a room's name")
}

fn entry(number: u64, body: Body) -> Arc<Entry> {
    Arc::new(Entry { number, at: Time(1_700_000_000_000), nick: nick("Ann"), body })
}

fn text(text: &str) -> Body {
    Body::Text(Text::parse(text.into()).expect("a text"))
}

/// One request of each kind.
fn requests() -> Vec<Request> {
    let (room, nick) = (|| "lobby".to_owned(), || "Bob".to_owned());
    let have = vec![Have { place: Place::With(self::nick("Bob")), number: 7 }];
    vec![
        Request::Report,
        Request::Join { nick: nick(), token: None, avatar: None },
        Request::Join { nick: String::new(), token: Some(Secret([9; 16])), avatar: None },
        Request::Join { nick: nick(), token: None, avatar: Some("🦊".into()) },
        Request::Wear { avatar: Some("🦊".into()) },
        Request::Wear { avatar: None },
        Request::Resume { token: Secret([255; 16]), have },
        Request::Say { room: room(), text: "häh?\n".into() },
        Request::Private { to: nick(), text: "x".repeat(70_000) },
        Request::Enter { room: room() },
        Request::Leave { room: room() },
        Request::Who { room: Some(room()) },
        Request::Who { room: None },
        Request::Rooms,
        Request::History { place: Where::Room(room()), before: None, limit: 100 },
        Request::History { place: Where::With(nick()), before: Some(u64::MAX), limit: 0 },
        Request::Ping,
        Request::Quit,
        Request::Operate { key: Secret([0; 16]) },
        Request::Mute { nick: nick(), ms: 1000 },
        Request::Unmute { nick: nick() },
        Request::Kick { nick: nick() },
    ]
}

/// One message of each kind.
fn messages() -> Vec<Message> {
    let here = |state| Presence { nick: nick("Ann"), state, avatar: None };
    let members = || vec![here(State::Member), here(State::Muted), here(State::Detached)];
    let active = |addr: &str| Active {
        nick: nick("Ann"),
        addr: addr.parse().expect("an address"),
        joined: Time(3),
        avatar: None,
    };
    let answers = vec![
        Answer::Refused { no: No::Muted, wait_ms: Some(9_999) },
        Answer::Refused { no: No::Malformed, wait_ms: None },
        Answer::Done,
        Answer::Report(vec![active("127.0.0.1:9"), active("[::1]:65535")]),
        Answer::Welcome { nick: nick("Ann1"), room: lobby(), members: members(), last: 5 },
        Answer::Back { nick: nick("Ann"), muted_ms: None, rooms: vec![StillIn { room: lobby(), last: 5, since: 2 }] },
        Answer::Posted { number: 1, at: Time(2), waits: true, slow_down: false },
        Answer::Room { room: lobby(), last: 0 },
        Answer::Members(members()),
        Answer::Rooms(vec![RoomLine { room: lobby(), members: 3 }]),
        Answer::Page { entries: vec![entry(1, Body::Joined(None)), entry(2, text("hi"))], more: true },
        Answer::Pong,
    ];
    let mut all: Vec<Message> = answers.into_iter().map(|answer| Message::Answer { number: 1, answer }).collect();
    let bodies = [
        text("hi"),
        Body::Joined(None),
        Body::Left(Why::TooSlow),
        Body::Entered(None),
        Body::Avatar(Some(Avatar::Emoji(Emoji::parse("🦊").expect("an emoji")))),
        Body::Joined(Some(Avatar::Picture { file: 7, kind: PictureKind::Webp, size: 9, digest: Digest([7; 32]) })),
        Body::LeftRoom,
        Body::Muted { until: Time(u64::MAX) },
        Body::Unmuted,
    ];
    all.extend(bodies.map(|body| Message::Live { place: Place::Room(lobby()), entry: entry(3, body) }));
    all.extend([Past::History, Past::Missed, Past::Late].map(|past| Message::Earlier {
        place: Place::With(nick("Bob")),
        past,
        entries: vec![entry(1, text("hi")), entry(2, Body::Joined(None))],
    }));
    all.push(Message::Ping);
    all.extend(Why::ALL.iter().map(|&why| Message::Goodbye { why }));
    all
}

/// All that a reader finds in bytes that come in pieces of these lengths, over and over.
fn read_in_pieces<T: Item>(bytes: &[u8], lengths: &[usize]) -> Vec<Read<T>> {
    let mut reader = Reader::default();
    let mut found = Vec::new();
    let (mut at, mut lengths) = (0, lengths.iter().cycle());
    while at < bytes.len() {
        let end = bytes.len().min(at + lengths.next().expect("a cycle has no end"));
        reader.read(&bytes[at..end], |read| found.push(read));
        assert!(reader.kept() < HEAD_BYTES + T::BYTES_MAX, "no more than an incomplete frame is kept");
        at = end;
    }
    found
}

fn asked_stream() -> Vec<u8> {
    let mut bytes = Vec::new();
    hello(&mut bytes);
    for (number, request) in (1..).zip(requests()) {
        assert!(ask(&Asked { number, request }, &mut bytes), "the request fits into a frame");
    }
    bytes
}

#[test]
fn every_request_comes_over_as_it_was() {
    let found = read_in_pieces::<Asked>(&asked_stream(), &[usize::MAX >> 1]);
    let items = (1..).zip(requests()).map(|(number, request)| Read::Item(Asked { number, request }));
    assert_eq!(found, std::iter::once(Read::Hello).chain(items).collect::<Vec<_>>());
}

#[test]
fn every_message_comes_over_as_it_was() {
    let mut bytes = Vec::new();
    hello(&mut bytes);
    for message in messages() {
        say(&message, &mut bytes);
    }
    let found = read_in_pieces::<Message>(&bytes, &[1]);
    assert_eq!(found, std::iter::once(Read::Hello).chain(messages().into_iter().map(Read::Item)).collect::<Vec<_>>());
}

#[test]
fn what_is_no_request_is_garbled_and_the_next_one_is_read() {
    let deep: Vec<u8> = vec![0x91; 100_000];
    let long_text = b"\x92\x01\x81\xa5Enter\x91\xdb\xff\xff\xff\xffx".to_vec();
    let long_list = b"\x92\x01\x81\xa6Resume\x92\xdd\xff\xff\xff\xff".to_vec();
    let mut trailing = rmp_serde::to_vec(&Asked { number: 1, request: Request::Ping }).expect("a request");
    trailing.push(0x91);
    for payload in [vec![], vec![0xc1], b"GET / HTTP/1.1".to_vec(), deep, long_text, long_list, trailing] {
        let mut bytes = Vec::new();
        hello(&mut bytes);
        bytes.extend_from_slice(&u32::try_from(payload.len()).expect("a short payload").to_be_bytes());
        bytes.extend_from_slice(&payload);
        let good = Asked { number: 2, request: Request::Ping };
        ask(&good, &mut bytes);
        let found = read_in_pieces::<Asked>(&bytes, &[5000]);
        let first = &payload[..payload.len().min(20)];
        assert_eq!(found, [Read::Hello, Read::Garbled, Read::Item(good)], "after {first:02x?}");
    }
}

#[test]
fn strangers_are_told_apart_at_the_first_byte_that_differs() {
    let foreign = |bytes: &[u8]| read_in_pieces::<Asked>(bytes, &[1]);
    assert_eq!(foreign(b"G"), [Read::Foreign(Foreign::Magic)]);
    assert_eq!(foreign(b"\xf0HNX\0\x01"), [Read::Foreign(Foreign::Magic)]);
    assert_eq!(foreign(b"\xf0HNB\0\x02anything"), [Read::Foreign(Foreign::Version(2))]);
    assert_eq!(foreign(b"\xf0HNB\0"), []);
    let long = b"\xf0HNB\0\x01\x00\x10\x00\x01";
    assert_eq!(foreign(long), [Read::Hello, Read::Foreign(Foreign::Long((1 << 20) + 1))]);
    let huge = b"\xf0HNB\0\x01\xff\xff\xff\xff and nothing that follows is read";
    assert_eq!(foreign(huge), [Read::Hello, Read::Foreign(Foreign::Long(u32::MAX))]);
}

#[test]
fn a_claimed_length_takes_no_memory_before_the_bytes_come() {
    let mut reader = AskedReader::default();
    reader.read(b"\xf0HNB\0\x01\x00\x10\x00\x00abc", |read| assert_eq!(read, Read::Hello));
    assert_eq!(reader.kept(), 7);
    assert!(reader.rest.capacity() <= REST_BYTES_FIRST);
}

#[test]
fn a_reader_without_an_incomplete_frame_holds_no_memory() {
    let mut reader = AskedReader::default();
    for piece in asked_stream().chunks(3) {
        reader.read(piece, |_| {});
    }
    assert_eq!(reader.rest.capacity(), 0);
}

#[test]
fn lists_that_are_too_long_for_a_frame_are_shortened() {
    let wide = nick(&"😀".repeat(20));
    let members = vec![Presence { nick: wide, state: State::Detached, avatar: None }; 80_000];
    let mut bytes = Vec::new();
    hello(&mut bytes);
    say(&Message::Answer { number: 1, answer: Answer::Members(members) }, &mut bytes);
    let texts = (1..=Limits::default().page_entries_max).map(|n| entry(n, text(&"ü".repeat(60_000)))).collect();
    say(&Message::Answer { number: 2, answer: Answer::Page { entries: texts, more: false } }, &mut bytes);
    let found = read_in_pieces::<Message>(&bytes, &[100_000]);
    let [_, Read::Item(Message::Answer { answer: Answer::Members(members), .. }), Read::Item(page)] = &found[..] else {
        panic!("two answers come over");
    };
    assert_eq!(members.len(), 40_000);
    let Message::Answer { answer: Answer::Page { entries, more: true }, .. } = page else {
        panic!("the page says that there is more");
    };
    assert_eq!(entries.last().map(|entry| entry.number), Some(100), "a page keeps its newest");
}

#[test]
fn a_request_as_long_as_a_frame_may_be_is_sent() {
    let asked = |len: usize| Asked { number: 1, request: Request::Say { room: "lobby".into(), text: "x".repeat(len) } };
    let frame = |len| {
        let mut out = Vec::new();
        ask(&asked(len), &mut out).then_some(out.len())
    };
    let around = frame(100_000).expect("it is short") - 100_000;
    let longest = HEAD_BYTES + FRAME_BYTES_MAX - around;
    assert_eq!(frame(longest), Some(HEAD_BYTES + FRAME_BYTES_MAX));
    assert_eq!(frame(longest + 1), None);
}

#[test]
fn a_request_too_long_for_a_frame_is_not_sent() {
    let mut bytes = b"before".to_vec();
    let request = Request::Say { room: "lobby".into(), text: "x".repeat(FRAME_BYTES_MAX) };
    assert!(!ask(&Asked { number: 1, request }, &mut bytes));
    assert_eq!(bytes, b"before");
}

proptest! {
    #[test]
    fn any_split_of_the_bytes_reads_the_same(lengths in prop::collection::vec(1_usize..2000, 1..20)) {
        let bytes = asked_stream();
        prop_assert_eq!(read_in_pieces::<Asked>(&bytes, &lengths), read_in_pieces::<Asked>(&bytes, &[bytes.len()]));
    }

    #[test]
    fn a_flipped_byte_does_no_harm(at in 0_usize..600, flip in 1_u8.., lengths in prop::collection::vec(1_usize..300, 1..5)) {
        let mut bytes = asked_stream();
        bytes[at] ^= flip;
        prop_assert_eq!(read_in_pieces::<Asked>(&bytes, &lengths), read_in_pieces::<Asked>(&bytes, &[bytes.len()]));
    }

    #[test]
    fn random_bytes_do_no_harm(noise in prop::collection::vec(any::<u8>(), 0..5000), known in any::<bool>()) {
        let mut bytes = Vec::new();
        if known {
            hello(&mut bytes);
        }
        bytes.extend(noise);
        let whole = read_in_pieces::<Message>(&bytes, &[5010]);
        prop_assert_eq!(read_in_pieces::<Message>(&bytes, &[7]), whole);
    }
}

/// What the manual shows of the wire, byte for byte.
#[test]
fn the_manual_shows_frames_as_they_are() {
    use hobnob_spec::messages::{Asked, Request};
    let manual = hobnob_spec::manual::markdown(&hobnob_spec::manual::Manual::new());
    let say = Request::Say { room: "lobby".into(), text: "hi".into() };
    for asked in [Asked { number: 1, request: Request::Ping }, Asked { number: 2, request: say }] {
        let mut frame = Vec::new();
        assert!(super::ask(&asked, &mut frame), "a short request fits into a frame");
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ");
        let shown = format!("{}  {}", hex(&frame[..4]), hex(&frame[4..]));
        assert!(manual.contains(&shown), "the manual shows {shown}");
    }
}

#[test]
fn a_name_that_no_user_could_mean_is_garbled() {
    let name = |bytes: usize| Request::Join { nick: "x".repeat(bytes), token: None, avatar: None };
    for (request, fits) in [(name(NAME_BYTES_MAX), true), (name(NAME_BYTES_MAX + 1), false)] {
        let mut bytes = Vec::new();
        hello(&mut bytes);
        assert!(ask(&Asked { number: 1, request: request.clone() }, &mut bytes));
        let mut found = Vec::new();
        AskedReader::default().read(&bytes, |read| found.push(read));
        let expected = if fits { Read::Item(Asked { number: 1, request }) } else { Read::Garbled };
        assert_eq!(found, [Read::Hello, expected]);
    }
}

#[test]
fn what_is_foreign_says_in_a_sentence_why() {
    let long = Foreign::Long(2_000_000).to_string();
    assert!(long.contains("2000000") && long.contains(&FRAME_BYTES_MAX.to_string()), "{long}");
    assert!(Foreign::Version(9).to_string().contains("version 9"));
    assert!(!Foreign::Magic.to_string().is_empty());
}
