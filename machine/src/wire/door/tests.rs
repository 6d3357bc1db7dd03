//! What doors promise: any split of the bytes is found the same, no bytes do harm, and little is kept.

use super::*;
use crate::wire::{native, proxy};
use hobnob_spec::limits::OBJECT_BYTES_MAX;
use hobnob_spec::messages::NAME_BYTES_MAX;
use hobnob_spec::names::TEXT_CHARS_MAX;
use proptest::prelude::*;

const OPEN: &[Dialect] = &[Dialect::Native, Dialect::Flags, Dialect::Colon, Dialect::Command];
const ALL: &[Dialect] = Dialect::ALL;
/// The listeners of the profiles, and others.
const LISTENERS: &[&[Dialect]] = &[
    OPEN,
    ALL,
    &[Dialect::Flags, Dialect::Native],
    &[Dialect::Colon, Dialect::Native],
    &[Dialect::Plain],
    &[Dialect::Command, Dialect::Native],
    &[Dialect::Native],
    &[Dialect::Flags, Dialect::Plain],
];

/// What is said first at a listener, the dialect that it shows, and the units.
type Tells = (&'static [Dialect], &'static [u8], Dialect, &'static [&'static str]);

/// What happens at a door.
#[derive(Debug, Clone)]
enum Came {
    Bytes(Vec<u8>),
    Quiet,
}

/// All that is found, the bytes coming in pieces of these lengths, over and over.
fn found(dialects: &[Dialect], came: &[Came], lengths: &[usize]) -> Vec<Found> {
    let mut door = Door::new(dialects);
    let mut all = Vec::new();
    let mut lengths = lengths.iter().cycle();
    for came in came {
        match came {
            Came::Quiet => door.quiet(|found| all.push(found)),
            Came::Bytes(bytes) => {
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(rest.len().min(*lengths.next().expect("a cycle has no end")));
                    door.read(now, |found| all.push(found));
                    assert!(door.kept() <= native::HEAD_BYTES + OBJECT_BYTES_MAX, "no more than a unit is kept");
                    rest = later;
                }
            }
        }
    }
    all
}

fn bytes(bytes: &[u8]) -> Vec<Came> {
    vec![Came::Bytes(bytes.to_vec())]
}

fn quiet_after(text: &[u8]) -> Vec<Came> {
    vec![Came::Bytes(text.to_vec()), Came::Quiet]
}

fn text(text: &str) -> Found {
    Found::Unit(Unit::Text(text.to_owned()))
}

fn speaks(dialect: Dialect, units: &[&str]) -> Vec<Found> {
    std::iter::once(Found::Speaks(dialect)).chain(units.iter().map(|unit| text(unit))).collect()
}

#[test]
fn the_first_bytes_tell_the_dialect() {
    use Dialect::*;
    let tells: &[Tells] = &[
        (OPEN, b"{\"A\":1}", Flags, &["{\"A\":1}"]),
        (OPEN, b"\r\n {\"A\":1}", Flags, &["{\"A\":1}"]),
        (OPEN, b"server:register Bob\n", Colon, &["server:register Bob"]),
        (OPEN, b"register Bob\n", Colon, &["register Bob"]),
        (OPEN, b"Bob:hi", Colon, &["Bob:hi"]),
        (OPEN, b"who\r\n", Colon, &["who"]),
        (OPEN, b"\n\nlist", Command, &["list"]),
        (OPEN, b"login Bob", Command, &["login Bob"]),
        (OPEN, b"sendto Bob a:b\n", Command, &["sendto Bob a:b"]),
        (OPEN, b"exit\n", Command, &["exit"]),
        (ALL, b"Bob\nhello: you", Plain, &["Bob", "hello: you"]),
        (ALL, b"\xf0\x9f\x98\x80\n", Plain, &["😀"]),
        (&[Plain], b"login Bob\n{}", Plain, &["login Bob", "{}"]),
        (&[Plain], b"server:", Plain, &["server:"]),
        (&[Command, Native], b"hello\n", Command, &["hello"]),
        (&[Flags, Plain], b"hello", Plain, &["hello"]),
    ];
    for (dialects, said, dialect, units) in tells {
        let shown = String::from_utf8_lossy(said);
        assert_eq!(found(dialects, &quiet_after(said), &[1]), speaks(*dialect, units), "{shown:?}");
    }
}

#[test]
fn a_native_client_is_known_by_its_magic() {
    let mut hello = Vec::new();
    native::hello(&mut hello);
    for dialects in [OPEN, ALL, &[Dialect::Native], &[Dialect::Colon, Dialect::Native]] {
        assert_eq!(found(dialects, &bytes(&hello), &[1]), [Found::Speaks(Dialect::Native)]);
    }
    let refused = [Found::Speaks(Dialect::Plain), Found::Foreign(Foreign::NativeUnwelcome)];
    assert_eq!(found(&[Dialect::Plain], &bytes(&hello), &[1]), refused);
    let stranger = [Found::Foreign(Foreign::Native(native::Foreign::Magic))];
    assert_eq!(found(&[Dialect::Native], &bytes(b"GET /"), &[1]), stranger);
}

#[test]
fn strangers_are_refused_once_in_words_that_they_may_read() {
    use Dialect::*;
    let refused: &[(&[Dialect], &[u8], Dialect, Foreign)] = &[
        (OPEN, b"GET / HTTP/1.1\r\n", Colon, Foreign::Word),
        (OPEN, b"\x16\x03\x01", Native, Foreign::Unknown),
        (OPEN, b"\x80\x04\x95", Flags, Foreign::Pickle),
        (&[Plain], b"\x80\x02}", Plain, Foreign::Pickle),
        (&[Command, Native], b"\x80x", Command, Foreign::Unknown),
        (&[Colon, Native], b"\xff\xff", Colon, Foreign::Unknown),
        (&[Plain], b"\r\n\r\n\0\r\nQUIT\n\x11\0\0\0", Plain, Foreign::Header),
        (&[Colon, Native], b"\r\n\r\n\0\r\nQUIX\n", Colon, Foreign::Unknown),
    ];
    for (dialects, said, dialect, foreign) in refused {
        let mut said = quiet_after(said);
        said.extend(quiet_after(b"login Bob\n{}"));
        let told = [Found::Speaks(*dialect), Found::Foreign(*foreign)];
        assert_eq!(found(dialects, &said, &[1]), told, "{said:?}");
    }
}

#[test]
fn a_relays_header_comes_before_all() {
    let user = "198.51.100.7:4711".parse().expect("an address");
    let mut said = Vec::new();
    proxy::write(user, "192.0.2.1:18000".parse().expect("an address"), &mut said);
    said.extend_from_slice(b"{\"A\":1}");
    let wanted = [Found::Relayed(user), Found::Speaks(Dialect::Flags), text("{\"A\":1}")];
    assert_eq!(found(OPEN, &bytes(&said), &[1]), wanted);
    assert_eq!(found(&[Dialect::Flags], &bytes(&said), &[1000]), wanted);
}

#[test]
fn quiet_ends_a_line_and_no_object() {
    let mut door = Door::new(OPEN);
    let mut all = Vec::new();
    assert!(!door.waits_for_quiet());
    for (said, waits) in [("lo", true), ("gin", true), (" Bob", true), ("\n", false), ("\r\n", false), ("li", true)] {
        door.read(said.as_bytes(), |found| all.push(found));
        assert_eq!(door.waits_for_quiet(), waits, "{said:?}");
    }
    door.quiet(|found| all.push(found));
    assert!(!door.waits_for_quiet() && door.kept() == 0);
    door.quiet(|found| all.push(found));
    assert_eq!(all, speaks(Dialect::Command, &["login Bob", "li"]));

    let mut door = Door::new(&[Dialect::Flags]);
    let mut all = Vec::new();
    for said in ["{\"PAY", "LOAD\": \"}\\\"", "\"}"] {
        door.read(said.as_bytes(), |found| all.push(found));
        assert!(!door.waits_for_quiet());
        door.quiet(|found| all.push(found));
    }
    assert_eq!(all, speaks(Dialect::Flags, &["{\"PAYLOAD\": \"}\\\"\"}"]));
}

#[test]
fn what_is_too_long_is_told_once_and_passed_over() {
    let mut line = b"list\n".to_vec();
    line.extend(vec![b'x'; 3 * LINE_BYTES_MAX]);
    line.extend_from_slice(b"\nlist\n");
    let garbled = Found::Unit(Unit::Garbled);
    let wanted = [Found::Speaks(Dialect::Command), text("list"), garbled.clone(), text("list")];
    assert_eq!(found(OPEN, &bytes(&line), &[10_000]), wanted);
    assert_eq!(found(OPEN, &bytes(&line), &[10_000_000]), wanted);

    let longest = format!("sendto {} {}", "😀".repeat(20), "😀".repeat(65_535));
    assert_eq!(found(OPEN, &quiet_after(longest.as_bytes()), &[4096]), speaks(Dialect::Command, &[&longest]));

    let mut object = b"{\"A\": {\"".to_vec();
    object.extend(vec![b'}'; 2 * OBJECT_BYTES_MAX]);
    object.extend_from_slice(b"\"}} {}");
    let wanted = [Found::Speaks(Dialect::Flags), garbled, text("{}")];
    assert_eq!(found(OPEN, &bytes(&object), &[10_000]), wanted);
    assert_eq!(found(OPEN, &bytes(&object), &[10_000_000]), wanted);
}

#[test]
fn the_longest_line_and_the_longest_object_are_units() {
    let text = format!("sendto {} {}", "x".repeat(NAME_BYTES_MAX), "😀".repeat(TEXT_CHARS_MAX));
    assert_eq!(found(OPEN, &quiet_after(text.as_bytes()), &[usize::MAX]), speaks(Dialect::Command, &[&text]));
    let line = format!("list {}", "x".repeat(LINE_BYTES_MAX - 5));
    assert_eq!(found(OPEN, &quiet_after(line.as_bytes()), &[usize::MAX]), speaks(Dialect::Command, &[&line]));
    let garbled = [Found::Speaks(Dialect::Command), Found::Unit(Unit::Garbled)];
    assert_eq!(found(OPEN, &quiet_after(format!("{line}x").as_bytes()), &[usize::MAX]), garbled);
    let object = format!("{{{}}}", " ".repeat(OBJECT_BYTES_MAX - 2));
    assert_eq!(found(OPEN, &bytes(object.as_bytes()), &[usize::MAX]), speaks(Dialect::Flags, &[&object]));
    let garbled = [Found::Speaks(Dialect::Flags), Found::Unit(Unit::Garbled)];
    assert_eq!(found(OPEN, &bytes(format!("{{ {}", &object[1..]).as_bytes()), &[usize::MAX]), garbled);
}

#[test]
fn what_is_kept_is_told_and_whether_quiet_would_end_it() {
    let cases: &[(&[Dialect], &[u8], usize, bool)] = &[
        (OPEN, b"", 0, false),
        (OPEN, b" ", 0, false),
        (OPEN, b"log", 3, true),
        (OPEN, b"list\nlo", 2, true),
        (OPEN, b"{\"A", 3, false),
        (OPEN, b"{}x", 0, true),
        (ALL, b"\xf0", 1, false),
        (&[Dialect::Plain], b" ", 1, true),
        (&[Dialect::Plain], b"\r\n\r\n\0\r\nQU", 9, false),
    ];
    for (dialects, said, kept, waits) in cases {
        let mut door = Door::new(dialects);
        door.read(said, |_| {});
        assert_eq!((door.kept(), door.waits_for_quiet()), (*kept, *waits), "{said:?}");
    }
}

#[test]
fn where_only_names_are_said_first_a_blank_line_is_one_and_a_blank_is_not_yet() {
    let blanks = |len| vec![b' '; len];
    let plain = |said: &[Came]| found(&[Dialect::Plain], said, &[usize::MAX]);
    assert_eq!(plain(&bytes(b" \n")), speaks(Dialect::Plain, &[" "]));
    assert_eq!(plain(&bytes(b" ")), []);
    assert_eq!(plain(&quiet_after(b" ")), speaks(Dialect::Plain, &[" "]));
    assert_eq!(plain(&bytes(&blanks(NAME_BYTES_MAX))), []);
    assert_eq!(plain(&bytes(&blanks(NAME_BYTES_MAX + 1))), speaks(Dialect::Plain, &[]), "no name is so long");
}

#[test]
fn the_longest_word_tells_and_only_words_of_what_the_listener_takes() {
    let longest = format!("{}:hi\n", "x".repeat(NAME_BYTES_MAX));
    assert_eq!(found(OPEN, &bytes(longest.as_bytes()), &[usize::MAX]), speaks(Dialect::Colon, &[longest.trim()]));
    let stranger = [Found::Speaks(Dialect::Colon), Found::Foreign(Foreign::Word)];
    assert_eq!(found(&[Dialect::Flags, Dialect::Colon], &bytes(b"login Bob\n"), &[1]), stranger);
    let native = [Found::Foreign(Foreign::Native(native::Foreign::Magic))];
    assert_eq!(found(&[Dialect::Native], &bytes(b"\x16\x03"), &[usize::MAX]), native);
}

#[test]
fn quiet_ends_what_is_no_object() {
    let garbled = || Found::Unit(Unit::Garbled);
    let said = [quiet_after(b"hello"), quiet_after(b"hello")].concat();
    assert_eq!(found(&[Dialect::Flags], &said, &[1]), [Found::Speaks(Dialect::Flags), garbled(), garbled()]);
    let together = bytes(b"hellohello");
    assert_eq!(found(&[Dialect::Flags], &together, &[5]), [Found::Speaks(Dialect::Flags), garbled()]);
}

#[test]
fn what_is_no_object_is_told_once_until_an_object_comes() {
    let garbled = || Found::Unit(Unit::Garbled);
    let said = b"{}hello, hello{\"A\":\"\\{\"}\n]]]\n{\"a\": \"an open string\n{\"b\":[{}]}\xff\xff";
    let wanted =
        [text("{}"), garbled(), text("{\"A\":\"\\{\"}"), garbled(), garbled(), text("{\"b\":[{}]}"), garbled()];
    let all = found(&[Dialect::Flags], &bytes(said), &[1]);
    assert_eq!(all, [vec![Found::Speaks(Dialect::Flags)], wanted.to_vec()].concat());
    let bad = [Found::Speaks(Dialect::Flags), garbled()];
    assert_eq!(found(&[Dialect::Flags], &bytes(b"{\"\xff\"}"), &[1]), bad, "what is no UTF-8 is garbled");
}

#[test]
fn an_idle_door_keeps_nothing() {
    for (dialects, said) in
        [(OPEN, &b"list\nlist"[..]), (OPEN, b"{\"A\":1}\n"), (&[Dialect::Plain], b"Bob"), (ALL, b"\n\n")]
    {
        let mut door = Door::new(dialects);
        door.read(said, |_| {});
        door.quiet(|_| {});
        assert_eq!(door.kept(), 0);
    }
    let mut door = Door::new(OPEN);
    for _ in 0..10_000 {
        door.read(b" \n", |found| panic!("blank lines tell nothing: {found:?}"));
        assert!(door.kept() <= 1);
    }
}

/// Bytes as they might come: words of all dialects, and noise.
fn came() -> impl Strategy<Value = Vec<Came>> {
    let known = prop::sample::select(vec![
        &b"{\"JOIN_REQUEST_FLAG\":1,\"USERNAME\":\"a}\"}"[..],
        b"{\"PAYLOAD\":\"\\\"{\\\\\"}",
        b"server:register Bob\n",
        b"login Bob",
        b"Bob:hi\r\n",
        b"sendto Bob hi",
        b"exit",
        b"tata\n",
        b"\n",
        b" ",
        b"\r",
        b"{",
        b"\"",
        b"\\",
        b"}",
        b"\xf0HNB\0\x01",
        b"\xf0\x9f\x98\x80",
        b"\x80\x04\x95",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x01\x02\x03\x04\x05\x06\x07\x08\0\x50\0\x51",
        b"\r\n\r\n\0\r\n",
        b"\0\0\0\x07\x92\x01\xa4Ping",
        &[b'x'; 255],
    ]);
    let piece = prop_oneof![
        4 => known.prop_map(|known| Came::Bytes(known.to_vec())),
        2 => prop::collection::vec(any::<u8>(), 1..20).prop_map(Came::Bytes),
        1 => Just(Came::Quiet),
    ];
    prop::collection::vec(piece, 0..12)
}

proptest! {
    #[test]
    fn any_split_of_the_bytes_is_found_the_same(
        came in came(),
        lengths in prop::collection::vec(1_usize..40, 1..8),
        dialects in prop::sample::select(LISTENERS),
    ) {
        let whole = found(dialects, &came, &[usize::MAX]);
        prop_assert_eq!(found(dialects, &came, &lengths), whole.clone());
        prop_assert_eq!(found(dialects, &came, &[1]), whole);
    }

    #[test]
    fn a_dialect_shows_once_and_before_any_unit(came in came(), dialects in prop::sample::select(LISTENERS)) {
        let all = found(dialects, &came, &[7]);
        let speaks = all.iter().filter(|found| matches!(found, Found::Speaks(_))).count();
        let unit = all.iter().position(|found| matches!(found, Found::Unit(_)));
        let shows = all.iter().position(|found| matches!(found, Found::Speaks(_)));
        prop_assert!(speaks <= 1 && (unit.is_none() || shows < unit), "{:?}", all);
        let foreign = all.iter().position(|found| matches!(found, Found::Foreign(_)));
        prop_assert!(foreign.is_none_or(|at| at == all.len() - 1), "nothing follows what is foreign: {:?}", all);
    }
}
