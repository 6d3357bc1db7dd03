//! 6: what is a text, and what is none. The sequences are those of Markus Kuhn's test of decoders, which the suite takes.

use super::{Case, Cut, FIN, MORE, TEXT, Told, and_closed, asks, frame, then_close};
use Told::{Answer, Close, NoRequest};

const NO_TEXT: Told = Close(Some(1_007));
const HELLO: &[u8] = "Hello-µ@ßöäüàá-UTF-8!!".as_bytes();
const BROKEN: &[u8] = b"Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!\xed\xa0\x80edited";
const KOSME: &[u8] = "κόσμε".as_bytes();

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = parts();
    cases.extend(fail_fast());
    for (section, texts) in [(5, JSON_TEXTS), (7, FIRST), (9, LAST), (11, OTHER), (22, NONCHARACTERS), (23, SPECIALS)] {
        for (nth, text) in (1..).zip(texts) {
            cases.push(good(format!("6.{section}.{nth}"), text.as_bytes()));
        }
    }
    for len in 1..=KOSME.len() {
        let text = &KOSME[..len];
        let id = format!("6.6.{len}");
        cases.push(if std::str::from_utf8(text).is_ok() { good(id, text) } else { bad(id, text) });
    }
    for (section, sequences) in [
        (8, LONG_SEQUENCES),
        (10, BEYOND),
        (12, CONTINUATIONS),
        (14, TRUNCATED),
        (15, TRUNCATED_TOGETHER),
        (16, IMPOSSIBLE),
        (17, OVERLONG_SLASH),
        (18, OVERLONG_MAX),
        (19, OVERLONG_NUL),
        (20, SURROGATES),
        (21, SURROGATE_PAIRS),
    ] {
        for (nth, bytes) in (1..).zip(sequences) {
            cases.push(bad(format!("6.{section}.{nth}"), bytes));
        }
    }
    for (nth, lonely) in (1..).zip([0xc0..=0xdf_u8, 0xe0..=0xef, 0xf0..=0xf7, 0xf8..=0xfb, 0xfc..=0xfd]) {
        let bytes: Vec<u8> = lonely.flat_map(|start| [start, b' ']).collect();
        cases.push(bad(format!("6.13.{nth}"), &bytes));
    }
    cases
}

/// A text: whole, and with a frame for each of its bytes.
fn good(id: String, text: &[u8]) -> Case {
    let mut frames = vec![frame(FIN | TEXT, text)];
    frames.extend(in_bytes(text));
    // Neither is a request; it is understood that both are texts.
    let told = and_closed(vec![NoRequest, NoRequest]);
    Case::new(id, format!("the text {:?}", String::from_utf8_lossy(text)), then_close(frames), told)
}

/// No text.
fn bad(id: String, bytes: &[u8]) -> Case {
    Case::new(id, format!("{bytes:02x?}, which is no text"), vec![frame(FIN | TEXT, bytes)], vec![NO_TEXT])
}

/// A frame for each byte.
fn in_bytes(text: &[u8]) -> Vec<Vec<u8>> {
    let last = text.len() - 1;
    let first = |nth: usize| if nth == 0 { TEXT } else { MORE } | if nth == last { FIN } else { 0 };
    text.iter().enumerate().map(|(nth, byte)| frame(first(nth), &[*byte])).collect()
}

/// 6.1 to 6.3: texts in parts.
fn parts() -> Vec<Case> {
    let told = |told| and_closed(vec![told]);
    let two = |at: usize| vec![frame(TEXT, &HELLO[..at]), frame(FIN | MORE, &HELLO[at..])];
    let case = |id, about, frames, told| Case::new(id, about, then_close(frames), told);
    let empty = |middle: &[u8]| vec![frame(TEXT, b""), frame(MORE, middle), frame(FIN | MORE, b"")];
    vec![
        case("6.1.1", "an empty text", vec![frame(FIN | TEXT, b"")], told(NoRequest)),
        case("6.1.2", "an empty text in three parts", empty(b""), told(NoRequest)),
        case("6.1.3", "a text between two empty parts", empty(&asks(1, 64)), told(Answer(1))),
        case("6.2.1", "a text", vec![frame(FIN | TEXT, HELLO)], told(NoRequest)),
        case("6.2.2", "a text in two parts, between two letters", two(8), told(NoRequest)),
        case("6.2.3", "a text, a frame for each byte", in_bytes(HELLO), told(NoRequest)),
        case("6.2.4", "a text, a frame for each byte", in_bytes(KOSME), told(NoRequest)),
        case("6.2.5", "a text in two parts, within a letter", two(7), told(NoRequest)),
        Case::new("6.3.1", "no text", vec![frame(FIN | TEXT, BROKEN)], vec![NO_TEXT]),
        Case::new("6.3.2", "no text, a frame for each byte", in_bytes(BROKEN), vec![NO_TEXT]),
    ]
}

/// 6.4: what is no text is refused before it is whole. In parts, here the rest never comes; of one frame all of it does,
/// for the library reads a frame before it looks for text, which the suite calls non-strict.
fn fail_fast() -> Vec<Case> {
    let (good, bad) = (b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", b"\xf4\x90\x80\x80");
    let whole = frame(FIN | TEXT, &[&good[..], bad, b"edited"].concat());
    vec![
        Case::new("6.4.1", "the second part is none", vec![frame(TEXT, good), frame(MORE, bad)], vec![NO_TEXT]),
        Case::new(
            "6.4.2",
            "the second part cannot become one",
            vec![frame(TEXT, good), frame(MORE, &bad[..2])],
            vec![NO_TEXT],
        ),
        Case::new("6.4.3", "one frame, byte by byte", vec![whole.clone()], Vec::new())
            .cut(Cut::Bytes(1))
            .or(vec![NO_TEXT]),
        Case::new("6.4.4", "one frame, in two pieces", vec![whole], Vec::new()).cut(Cut::Bytes(20)).or(vec![NO_TEXT]),
    ]
}

const JSON_TEXTS: &[&str] = &["Hello-µ@ßöäüàá-UTF-8!!", "\u{7f}", "𐀀", "κόσμε", "日本語 – 👩🏽‍🚀"];
const FIRST: &[&str] = &["\0", "\u{80}", "\u{800}", "\u{10000}"];
const LAST: &[&str] = &["\u{7f}", "\u{7ff}", "\u{ffff}", "\u{10ffff}"];
const OTHER: &[&str] = &["\u{d7ff}", "\u{e000}", "\u{fffd}", "\u{10ffff}"];
const NONCHARACTERS: &[&str] = &[
    "\u{fffe}",
    "\u{ffff}",
    "\u{1fffe}",
    "\u{1ffff}",
    "\u{2fffe}",
    "\u{2ffff}",
    "\u{3fffe}",
    "\u{3ffff}",
    "\u{4fffe}",
    "\u{4ffff}",
    "\u{5fffe}",
    "\u{5ffff}",
    "\u{6fffe}",
    "\u{6ffff}",
    "\u{7fffe}",
    "\u{7ffff}",
    "\u{8fffe}",
    "\u{8ffff}",
    "\u{9fffe}",
    "\u{9ffff}",
    "\u{afffe}",
    "\u{affff}",
    "\u{bfffe}",
    "\u{bffff}",
    "\u{cfffe}",
    "\u{cffff}",
    "\u{dfffe}",
    "\u{dffff}",
    "\u{efffe}",
    "\u{effff}",
    "\u{ffffe}",
    "\u{fffff}",
    "\u{10fffe}",
    "\u{10ffff}",
];
const SPECIALS: &[&str] = &["\u{fff9}", "\u{fffa}", "\u{fffb}", "\u{fffc}", "\u{fffd}", "\u{fffe}", "\u{ffff}"];
const LONG_SEQUENCES: &[&[u8]] = &[b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"];
const BEYOND: &[&[u8]] =
    &[b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf", b"\xf4\x90\x80\x80"];
const CONTINUATIONS: &[&[u8]] = &[
    b"\x80",
    b"\xbf",
    b"\x80\xbf",
    b"\x80\xbf\x80",
    b"\x80\xbf\x80\xbf",
    b"\x80\xbf\x80\xbf\x80",
    b"\x80\xbf\x80\xbf\x80\xbf",
    b"\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97",
];
const TRUNCATED: &[&[u8]] = &[
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xf8\x80\x80\x80",
    b"\xfc\x80\x80\x80\x80",
    b"\xdf",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfb\xbf\xbf\xbf",
    b"\xfd\xbf\xbf\xbf\xbf",
];
const TRUNCATED_TOGETHER: &[&[u8]] =
    &[b"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80\xdf\xef\xbf\xf7\xbf\xbf\xfb\xbf\xbf\xbf\xfd\xbf\xbf\xbf\xbf"];
const IMPOSSIBLE: &[&[u8]] = &[b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"];
const OVERLONG_SLASH: &[&[u8]] =
    &[b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf"];
const OVERLONG_MAX: &[&[u8]] =
    &[b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xf8\x87\xbf\xbf\xbf", b"\xfc\x83\xbf\xbf\xbf\xbf"];
const OVERLONG_NUL: &[&[u8]] =
    &[b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf8\x80\x80\x80\x80", b"\xfc\x80\x80\x80\x80\x80"];
const SURROGATES: &[&[u8]] = &[
    b"\xed\xa0\x80",
    b"\xed\xad\xbf",
    b"\xed\xae\x80",
    b"\xed\xaf\xbf",
    b"\xed\xb0\x80",
    b"\xed\xbe\x80",
    b"\xed\xbf\xbf",
];
const SURROGATE_PAIRS: &[&[u8]] = &[
    b"\xed\xa0\x80\xed\xb0\x80",
    b"\xed\xa0\x80\xed\xbf\xbf",
    b"\xed\xad\xbf\xed\xb0\x80",
    b"\xed\xad\xbf\xed\xbf\xbf",
    b"\xed\xae\x80\xed\xb0\x80",
    b"\xed\xae\x80\xed\xbf\xbf",
    b"\xed\xaf\xbf\xed\xb0\x80",
    b"\xed\xaf\xbf\xed\xbf\xbf",
];
