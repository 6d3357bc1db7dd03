use super::*;
use crate::wire::native::{self, AskedReader, Read};
use hobnob_spec::limits::{FRAME_BYTES_MAX, OBJECT_BYTES_MAX};
use hobnob_spec::messages::{Asked, Request};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What a client of any dialect may send, each part followed by quiet.
fn starred(parts: &[&[u8]]) -> Vec<u8> {
    starred_by(Star::new(Dialect::ALL), parts)
}

fn starred_by(mut star: Star, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        star.read(part, &mut out);
        star.quiet(&mut out);
    }
    star.end(&mut out);
    out
}

fn text(parts: &[&str]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
    String::from_utf8(starred(&parts)).expect("text stays text")
}

#[test]
fn a_command_client_logs_in_under_a_star() {
    assert_eq!(
        text(&["list\nlogin Cool\nsendto Cool login me\nlogin Other\n"]),
        "list\nlogin *Cool\nsendto Cool login me\nlogin Other\n"
    );
    assert_eq!(text(&["list", "login Cool", "login Cool"]), "listlogin *Coollogin Cool");
    assert_eq!(text(&["login   Cool\r\n"]), "login   *Cool\r\n");
    assert_eq!(text(&["login *Cool\nlogin Cool\n"]), "login *Cool\nlogin Cool\n", "one star is enough, and once");
    assert_eq!(text(&["login\nlogin Cool\n"]), "login\nlogin *Cool\n");
    assert_eq!(text(&["sendto login Cool\nlogins Cool\n"]), "sendto login Cool\nlogins Cool\n");
}

#[test]
fn a_colon_client_registers_under_a_star() {
    assert_eq!(text(&["server:register Alice\nBob:register me\n"]), "server:register *Alice\nBob:register me\n");
    assert_eq!(text(&["who\nServer : register Alice"]), "who\nServer : register *Alice");
    assert_eq!(text(&["server:who", "server:register Alice"]), "server:whoserver:register *Alice");
    assert_eq!(text(&["who\nregister Alice\n"]), "who\nregister *Alice\n");
    assert_eq!(text(&["Bob:register Alice\n"]), "Bob:register Alice\n", "that is talk");
    assert_eq!(text(&["server:register *Alice\n"]), "server:register *Alice\n");
}

#[test]
fn a_plain_client_s_first_chunk_gets_a_star() {
    assert_eq!(text(&["albert", "hello\n"]), "*alberthello\n");
    assert_eq!(text(&["\r\n albert\nlist\n"]), "\r\n *albert\nlist\n");
    assert_eq!(text(&["*albert\n"]), "*albert\n");
    assert_eq!(text(&["tata\n"]), "tata\n", "that is the word that leaves");
    assert_eq!(text(&["tata", "albert"]), "tata*albert");
    assert_eq!(text(&["tatanka\n"]), "*tatanka\n");
    let only = |parts: &[&[u8]]| String::from_utf8(starred_by(Star::new(&[Dialect::Plain]), parts)).expect("text");
    assert_eq!(only(&[b"list\nhi\n"]), "*list\nhi\n", "where only plain is spoken every word may be a nick");
    assert_eq!(only(&[b"ta", b"ta\n"]), "*tata\n", "the quiet ended the nick");
}

#[test]
fn a_flags_client_joins_under_a_star() {
    let join = r#"{"REPORT_REQUEST_FLAG": 0, "JOIN_REQUEST_FLAG": 1, "USERNAME": "Cool", "PAYLOAD": ""}"#;
    let report = r#"{"REPORT_REQUEST_FLAG": 1, "USERNAME": "Cool"}"#;
    assert_eq!(text(&[report, join, join]), format!("{report}{}{join}", join.replace("\"Cool", "\"*Cool")));
    let last = r#"{"USERNAME" : " Cool" , "X":{"USERNAME":"{\"no\""},"JOIN_REQUEST_FLAG":"1"}"#;
    assert_eq!(text(&[last]), last.replace(" Cool", " *Cool"), "in whichever order");
    assert_eq!(text(&[r#"{"JOIN_REQUEST_FLAG":1,"USERNAME":7}"#]), r#"{"JOIN_REQUEST_FLAG":1,"USERNAME":"*7"}"#);
    assert_eq!(
        text(&[r#"{"JOIN_REQUEST_FLAG":1,"USERN\u0041ME":"A"}"#]),
        r#"{"JOIN_REQUEST_FLAG":1,"USERN\u0041ME":"*A"}"#
    );
    for same in [
        r#"{"JOIN_REQUEST_FLAG":1,"USERNAME":"*Cool"}"#,
        r#"{"JOIN_REQUEST_FLAG":1,"QUIT_REQUEST_FLAG":1,"USERNAME":"Cool"}"#,
        r#"{"JOIN_REQUEST_FLAG":0,"USERNAME":"Cool"}"#,
        r#"{"JOIN_REQUEST_FLAG":1,"USERNAME":""}"#,
        r#"{"JOIN_REQUEST_FLAG":1}{broken"#,
        "{\"JOIN_REQUEST_FLAG\":1,\"USERNAME\":\"Co\nol\"}",
    ] {
        assert_eq!(text(&[same]), same);
    }
}

#[test]
fn what_looks_like_a_nick_s_field_within_a_value_is_none() {
    for before in [
        r#""X":{"USERNAME":"no","Y":[1,{"Z":"}]"},[2,3]]},"#,
        r#""X":{"a":"b"} ,"#,
        r#""X":[[],{}],"Y":[{"USERNAME":"no"}],"#,
        r#""X":"\\","Y":"\\\",\"USERNAME\":\"no","#,
        r#""X":-1.5e3,"Y":null,"Z":true ,"#,
    ] {
        let join = |nick: &str| format!(r#"{{{before}"USERNAME":"{nick}","JOIN_REQUEST_FLAG":1}}"#);
        assert_eq!(text(&[&join("Cool")]), join("*Cool"));
        let last = |nick: &str| format!(r#"{{{before}"JOIN_REQUEST_FLAG":1,"USERNAME":{nick}}}"#);
        assert_eq!(text(&[&last("7")]), last("\"*7\""));
    }
}

#[test]
fn only_a_register_behind_server_and_a_colon_or_alone_asks_for_a_nick() {
    for same in ["register:Alice\n", "who : register Alice\n", "server x:register Alice\n", "Bob server:register Al\n"]
    {
        assert_eq!(text(&["who\n", same]), format!("who\n{same}"));
    }
    assert_eq!(text(&["who\nserver  : register Alice\n"]), "who\nserver  : register *Alice\n");
}

/// What is seen of a star: what has gone on, how many bytes are kept, whether quiet would end a unit, whether all passes
/// now, and the dialect.
type Seen<Gone> = (Gone, usize, bool, bool, Option<Dialect>);

fn seen(dialects: &[Dialect], bytes: &[u8]) -> Seen<Vec<u8>> {
    let (mut star, mut out) = (Star::new(dialects), Vec::new());
    star.read(bytes, &mut out);
    (out, star.kept(), star.waits_for_quiet(), star.is_done(), star.dialect())
}

#[test]
fn nothing_is_kept_longer_than_it_takes_to_find_the_nick() {
    use Dialect::{Colon, Command, Flags, Plain};
    let (all, plain) = (Dialect::ALL, &[Plain][..]);
    let cases: &[(&[Dialect], &str, Seen<&str>)] = &[
        (plain, "", ("", 0, false, false, None)),
        (all, " ", (" ", 0, false, false, None)),
        (all, "log", ("", 3, true, false, None)),
        (all, "login ", ("login ", 0, true, false, Some(Command))),
        (all, "list\n", ("list\n", 0, false, false, Some(Command))),
        (all, "list\nlo", ("list\nlo", 0, true, false, Some(Command))),
        (all, "login C", ("login *C", 0, false, true, Some(Command))),
        (all, "login t", ("login *t", 0, false, true, Some(Command))),
        (all, "server: ", ("server: ", 0, true, false, Some(Colon))),
        (plain, "a", ("*a", 0, false, true, Some(Plain))),
        (plain, "ta", ("", 2, true, false, Some(Plain))),
        (plain, "tat", ("", 3, true, false, Some(Plain))),
        (plain, "tatan", ("*tatan", 0, false, true, Some(Plain))),
        (plain, "tata x", ("*tata x", 0, false, true, Some(Plain))),
        (plain, "tata    ", ("", 8, true, false, Some(Plain))),
        (plain, "tata     ", ("*tata     ", 0, false, true, Some(Plain))),
        (all, "{\"A\":", ("", 5, false, false, Some(Flags))),
        (all, "{}x", ("{}x", 0, true, false, Some(Flags))),
        (all, "{} ", ("{} ", 0, false, false, Some(Flags))),
    ];
    for &(dialects, said, (gone, kept, waits, done, dialect)) in cases {
        assert_eq!(seen(dialects, said.as_bytes()), (gone.into(), kept, waits, done, dialect), "{said:?}");
    }
    let mut star = Star::new(&[Flags]);
    star.read(b"x", &mut Vec::new());
    star.quiet(&mut Vec::new());
    assert!(!star.waits_for_quiet(), "quiet ended what is no object");
}

#[test]
fn a_frame_is_kept_until_it_is_whole_unless_no_server_takes_it() {
    let native = |dialects: &[Dialect], head: u32| {
        let bytes = [&native(&[])[..], &head.to_be_bytes(), b"x"].concat();
        let (gone, kept, waits, done, dialect) = seen(dialects, &bytes);
        assert_eq!((waits, dialect), (false, Some(Dialect::Native)));
        assert_eq!(starred_by(Star::new(dialects), &[&bytes]), bytes, "what is kept goes on at the end");
        (gone.len(), kept, done)
    };
    let longest = u32::try_from(FRAME_BYTES_MAX).expect("it is small");
    for dialects in [Dialect::ALL, &[Dialect::Native]] {
        assert_eq!(native(dialects, longest), (native::HELLO_BYTES, native::HEAD_BYTES + 1, false));
        assert_eq!(native(dialects, longest + 1), (native::HELLO_BYTES + native::HEAD_BYTES + 1, 0, true));
    }
}

#[test]
fn an_object_longer_than_any_may_be_passes_and_the_next_one_is_looked_at() {
    let join = r#"{"JOIN_REQUEST_FLAG":1,"USERNAME":"Cool"}"#;
    let long = |len: usize| {
        let (head, tail) = (r#"{"PAYLOAD":""#, r#"","JOIN_REQUEST_FLAG":1,"USERNAME":"Cool"}"#);
        format!("{head}{}{tail}", "x".repeat(len - head.len() - tail.len()))
    };
    assert_eq!(text(&[&long(OBJECT_BYTES_MAX)]), long(OBJECT_BYTES_MAX).replace("Cool", "*Cool"));
    let too_long = long(OBJECT_BYTES_MAX + 1);
    assert_eq!(text(&[&too_long, " ", join]), format!("{too_long} {}", join.replace("Cool", "*Cool")));
    let (_, kept, ..) = seen(&[Dialect::Flags], &long(OBJECT_BYTES_MAX + 9).as_bytes()[..OBJECT_BYTES_MAX + 5]);
    assert_eq!(kept, 0, "what passes is not kept");
}

fn native(requests: &[Request]) -> Vec<u8> {
    let mut bytes = Vec::new();
    native::hello(&mut bytes);
    for (request, number) in requests.iter().zip(1..) {
        assert!(native::ask(&Asked { number, request: request.clone() }, &mut bytes));
    }
    bytes
}

fn join(nick: &str) -> Request {
    Request::Join { nick: nick.into(), token: None, avatar: None }
}

#[test]
fn a_native_client_joins_under_a_star() {
    let sent = native(&[Request::Report, join("Cool"), join("Other")]);
    let mut found = Vec::new();
    AskedReader::default().read(&starred(&[&sent]), |read| found.push(read));
    let Some(Read::Item(Asked { number: 2, request: Request::Join { nick, .. } })) = found.get(2) else {
        panic!("the third unit asks for a nick: {found:?}")
    };
    assert_eq!(nick, "*Cool");
    assert_eq!(starred(&[&sent]), native(&[Request::Report, join("*Cool"), join("Other")]), "nothing else differs");
    let marked = native(&[join("*Cool"), join("Other")]);
    assert_eq!(starred(&[&marked]), marked);
}

#[test]
fn what_is_no_dialect_passes_as_it_is() {
    for strange in [&b"\x80\x04pickled"[..], b"\xf0HNX\0\x01login Cool", b"\x01\x02login Cool\n", b"", b"\n\n", b"\xf0"]
    {
        assert_eq!(starred(&[strange]), strange);
    }
    let mut long = native(&[]);
    long.extend_from_slice(&[0xff; 40]);
    assert_eq!(starred(&[&long]), long);
}

#[test]
fn the_relay_s_own_words_are_lines_of_text_or_nothing() {
    let said = |dialect| {
        let mut out = Vec::new();
        say(dialect, "The server is away.", &mut out);
        String::from_utf8(out).expect("text")
    };
    assert_eq!(said(Some(Dialect::Colon)), "ERROR The server is away.\n");
    assert_eq!(said(Some(Dialect::Command)), "SENDTO Server The server is away.\n");
    assert!(said(Some(Dialect::Plain)).contains("The server is away."));
    assert_eq!([said(Some(Dialect::Native)), said(Some(Dialect::Flags)), said(None)], ["", "", ""]);
}

/// Parts of what clients of all dialects send, so that wild mixtures of them come about.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let words = select(
        &[
            "login ",
            "register ",
            "server:",
            "server",
            ":",
            " ",
            "\n",
            "Cool",
            "*",
            "tata",
            "list",
            "{",
            "}",
            "\"",
            "\\",
            "é",
        ][..],
    );
    let object = r#"{"JOIN_REQUEST_FLAG":1,"USERNAME":"Cool"}"#;
    prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        2 => Just(object.as_bytes().to_vec()),
        1 => Just(native(&[Request::Ping, join("Cool")])),
        1 => vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    /// However the bytes are cut, the same goes on; and but for one star it is what came.
    #[test]
    fn any_pieces_give_the_same(parts in vec(part(), 0..12), cuts in vec(1..9_usize, 1..40), few in any::<bool>()) {
        let bytes = parts.concat();
        let dialects: &[Dialect] = if few { &[Dialect::Plain] } else { Dialect::ALL };
        let (mut whole, mut pieces) = (Star::new(dialects), Star::new(dialects));
        let (mut out, mut out_of_pieces) = (Vec::new(), Vec::new());
        whole.read(&bytes, &mut out);
        let (mut rest, mut cuts) = (bytes.as_slice(), cuts.iter().cycle());
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(*cuts.next().expect("it goes round")));
            pieces.read(now, &mut out_of_pieces);
            prop_assert!(pieces.kept() <= bytes.len());
            rest = later;
        }
        prop_assert_eq!(whole.kept(), pieces.kept());
        prop_assert_eq!(whole.waits_for_quiet(), pieces.waits_for_quiet());
        whole.end(&mut out);
        pieces.end(&mut out_of_pieces);
        prop_assert_eq!(&out, &out_of_pieces);
        if !bytes.windows(4).any(|four| four == native::MAGIC) && out != bytes {
            let star = out.iter().zip(&bytes).take_while(|(out, came)| out == came).count();
            prop_assert_eq!(out[star], MARK);
            out.remove(star);
            prop_assert_eq!(out, bytes);
        }
    }
}
