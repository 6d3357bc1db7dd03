//! The cases, by the suite's sections.

use super::{
    ASKED_BYTES_MAX, BINARY, CLOSE, Case, Cut, FIN, MORE, PING, PONG, TEXT, Told, and_closed, asks, asks_packed, close,
    frame, then_close,
};
use Told::{Answer, Close, NoRequest, Pong};

const PROTOCOL: Told = Close(Some(1_002));
const NO_TEXT: Told = Close(Some(1_007));
const TOO_LARGE: Told = Close(Some(1_009));
const OCTETS: Cut = Cut::Bytes(1);

/// The three bits of a frame's head that mean nothing yet.
const fn reserved(bits: u8) -> u8 {
    bits << 4
}

pub(crate) fn all() -> Vec<Case> {
    let mut cases = framing();
    cases.extend(pings());
    cases.extend(reserved_bits());
    cases.extend(reserved_kinds());
    cases.extend(fragments());
    cases.extend(super::utf8::cases());
    cases.extend(closing());
    cases.extend(close_codes());
    cases.extend(limits());
    cases.extend(many());
    cases
}

/// 1: messages of each form of length.
fn framing() -> Vec<Case> {
    let mut cases = Vec::new();
    for (nth, (len, cut)) in [
        (0, Cut::Whole),
        (125, Cut::Whole),
        (126, Cut::Whole),
        (127, Cut::Whole),
        (128, Cut::Whole),
        (65_535, Cut::Whole),
        (65_536, Cut::Whole),
        (65_536, Cut::Bytes(997)),
    ]
    .into_iter()
    .enumerate()
    {
        let about = format!("{len} bytes");
        let (text, packed, told) = match len {
            0 => (Vec::new(), Vec::new(), NoRequest),
            len => (asks(1, len), asks_packed(1, len), Answer(1)),
        };
        let told = and_closed(vec![told]);
        let text = then_close(vec![frame(FIN | TEXT, &text)]);
        cases.push(Case::new(format!("1.1.{}", nth + 1), format!("text of {about}"), text, told.clone()).cut(cut));
        let packed = then_close(vec![frame(FIN | BINARY, &packed)]);
        let case = Case::new(format!("1.2.{}", nth + 1), format!("binary of {about}"), packed, told).cut(cut);
        cases.push(Case { binary: true, ..case });
    }
    // Where texts are spoken, what is not one is no request, and the other way round.
    cases.push(Case::new(
        "1.3.1",
        "binary where texts are spoken",
        then_close(vec![frame(FIN | BINARY, &asks(1, 64))]),
        and_closed(vec![NoRequest]),
    ));
    let text = Case::new(
        "1.3.2",
        "text where MessagePack is spoken",
        then_close(vec![frame(FIN | TEXT, &asks(1, 64))]),
        and_closed(vec![NoRequest]),
    );
    cases.push(Case { binary: true, ..text });
    cases.push(Case::new("1.4.1", "a text that is not masked", vec![vec![FIN | TEXT, 2, b'h', b'i']], vec![PROTOCOL]));
    cases.push(Case::new("1.4.2", "a ping that is not masked", vec![vec![FIN | PING, 0]], vec![PROTOCOL]));
    cases.push(Case::new("1.4.3", "an end that is not masked", vec![vec![FIN | CLOSE, 2, 3, 0xe8]], vec![PROTOCOL]));
    cases
}

/// 2: pings and pongs.
fn pings() -> Vec<Case> {
    let ping = |payload: &[u8]| frame(FIN | PING, payload);
    let pong = |payload: &[u8]| Pong(payload.to_vec());
    let text = b"Hello, world!";
    let bytes = [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff];
    let long = [0xfe; 125];
    let simple = |id, about, payload: &[u8]| {
        Case::new(id, about, then_close(vec![ping(payload)]), and_closed(vec![pong(payload)]))
    };
    let ten: Vec<Vec<u8>> = (0..10).map(|nth| format!("payload-{nth}").into_bytes()).collect();
    let ten_pings: Vec<_> = ten.iter().map(|payload| ping(payload)).collect();
    let ten_pongs: Vec<_> = ten.iter().map(|payload| pong(payload)).collect();
    let of_pongs = |id, about, frames| Case::new(id, about, then_close(frames), and_closed(Vec::new()));
    vec![
        simple("2.1", "a ping that carries nothing", b""),
        simple("2.2", "a ping that carries a text", text),
        simple("2.3", "a ping that carries no UTF-8", &bytes),
        simple("2.4", "a ping that carries 125 bytes", &long),
        Case::new("2.5", "a ping that carries 126 bytes", vec![ping(&[0xfe; 126])], vec![PROTOCOL]),
        simple("2.6", "a ping of 125 bytes, byte by byte", &long).cut(OCTETS),
        of_pongs("2.7", "a pong that nobody asked for", vec![frame(FIN | PONG, b"")]),
        of_pongs("2.8", "such a pong that carries something", vec![frame(FIN | PONG, b"unsolicited pong payload")]),
        Case::new(
            "2.9",
            "such a pong, then a ping",
            then_close(vec![frame(FIN | PONG, b"unsolicited pong payload"), ping(b"ping payload")]),
            and_closed(vec![pong(b"ping payload")]),
        ),
        Case::new("2.10", "ten pings", then_close(ten_pings.clone()), and_closed(ten_pongs.clone())),
        Case::new("2.11", "ten pings, byte by byte", then_close(ten_pings), and_closed(ten_pongs)).cut(OCTETS),
        Case::new("2.12", "a pong of 126 bytes", vec![frame(FIN | PONG, &[0xfe; 126])], vec![PROTOCOL]),
    ]
}

/// 3: bits that mean nothing yet.
fn reserved_bits() -> Vec<Case> {
    let between = |id, about, cut| {
        let frames = vec![
            frame(FIN | TEXT, &asks(1, 64)),
            frame(FIN | reserved(2) | TEXT, &asks(2, 64)),
            frame(FIN | PING, b""),
        ];
        Case::new(id, about, frames, vec![Answer(1), PROTOCOL]).cut(cut).or(vec![PROTOCOL])
    };
    let alone = |id, bits, kind, payload: &[u8]| {
        let about = format!("bits {bits} of a frame of kind {kind}");
        Case::new(id, about, vec![frame(FIN | reserved(bits) | kind, payload)], vec![PROTOCOL])
    };
    vec![
        alone("3.1", 1, TEXT, b"Hello, world!"),
        between("3.2", "bits 2 between good frames", Cut::Frames),
        between("3.3", "bits 2 between good frames, at once", Cut::Whole),
        between("3.4", "bits 2 between good frames, byte by byte", OCTETS),
        alone("3.5", 5, BINARY, &[0x00, 0xff, 0xfe, 0xfd]),
        alone("3.6", 6, PING, b"Hello, world!"),
        alone("3.7", 7, CLOSE, &1_000_u16.to_be_bytes()),
    ]
}

/// 4: kinds of frames that there are not.
fn reserved_kinds() -> Vec<Case> {
    let mut cases = Vec::new();
    for (section, first) in [(1, 3), (2, 11)] {
        for nth in 0..5 {
            let kind = first + nth;
            let payload: &[u8] = if nth % 2 == 0 { b"" } else { b"reserved opcode payload" };
            let id = format!("4.{section}.{}", nth + 1);
            let bad = frame(FIN | kind, payload);
            cases.push(match nth {
                0 | 1 => Case::new(id, format!("kind {kind}"), vec![bad], vec![PROTOCOL]),
                _ => Case::new(
                    id,
                    format!("kind {kind} between good frames"),
                    vec![frame(FIN | TEXT, &asks(1, 64)), bad, frame(FIN | PING, b"")],
                    vec![Answer(1), PROTOCOL],
                )
                .cut(if nth == 4 { OCTETS } else { Cut::Frames })
                .or(vec![PROTOCOL]),
            });
        }
    }
    cases
}

/// 5: messages in parts.
fn fragments() -> Vec<Case> {
    let asked = asks(1, 64);
    let (one, two) = asked.split_at(21);
    let whole = asks(2, 64);
    let fails = |id: &str, about: &str, frames: &[(u8, &[u8])], cut| {
        Case::new(id, about, frames.iter().map(|(first, payload)| frame(*first, payload)).collect(), vec![PROTOCOL])
            .cut(cut)
    };
    let mut cases = vec![
        fails("5.1", "a ping in two parts", &[(PING, b"fragment1"), (FIN | MORE, b"fragment2")], Cut::Whole),
        fails("5.2", "a pong in two parts", &[(PONG, b"fragment1"), (FIN | MORE, b"fragment2")], Cut::Whole),
    ];
    let two_parts = |ping: bool| {
        let mut frames = vec![frame(TEXT, one), frame(FIN | MORE, two)];
        let mut told = vec![Answer(1)];
        if ping {
            frames.insert(1, frame(FIN | PING, b"ping payload"));
            told.insert(0, Pong(b"ping payload".to_vec()));
        }
        (then_close(frames), and_closed(told))
    };
    let cuts = [(Cut::Whole, "at once"), (Cut::Frames, "frame by frame"), (OCTETS, "byte by byte")];
    for (nth, (cut, how)) in (3..).zip(cuts) {
        let (frames, told) = two_parts(false);
        cases.push(Case::new(format!("5.{nth}"), format!("a text in two parts, {how}"), frames, told).cut(cut));
    }
    for (nth, (cut, how)) in (6..).zip(cuts) {
        let (frames, told) = two_parts(true);
        cases.push(Case::new(format!("5.{nth}"), format!("a ping between two parts, {how}"), frames, told).cut(cut));
    }
    for (nth, (cut, how)) in (9..).zip(cuts) {
        let parts: [(u8, &[u8]); 2] = [(FIN | MORE, b"non-continuation"), (FIN | TEXT, &whole)];
        cases.push(fails(
            format!("5.{nth}").as_str(),
            format!("the last part of nothing, {how}").as_str(),
            &parts,
            cut,
        ));
    }
    for (nth, (cut, how)) in (12..).zip(cuts) {
        let parts: [(u8, &[u8]); 2] = [(MORE, b"non-continuation"), (FIN | TEXT, &whole)];
        cases.push(fails(format!("5.{nth}").as_str(), format!("a part of nothing, {how}").as_str(), &parts, cut));
    }
    cases.push(
        Case::new(
            "5.15",
            "a text in two parts, then a part of nothing",
            vec![frame(TEXT, one), frame(FIN | MORE, two), frame(MORE, b"fragment3"), frame(FIN | TEXT, &whole)],
            vec![Answer(1), PROTOCOL],
        )
        .or(vec![PROTOCOL]),
    );
    for (nth, last) in [(16, 0), (17, FIN)] {
        let frames: [(u8, &[u8]); 3] = [(last | MORE, b"fragment1"), (TEXT, one), (FIN | MORE, two)];
        cases.push(fails(
            format!("5.{nth}").as_str(),
            "a part of nothing, then a text in two parts",
            &frames,
            Cut::Whole,
        ));
    }
    cases.push(fails("5.18", "two first parts", &[(TEXT, one), (FIN | TEXT, two)], Cut::Whole));
    for (nth, cut) in [(19, Cut::Frames), (20, OCTETS)] {
        let frames = vec![
            frame(TEXT, &asked[..10]),
            frame(MORE, &asked[10..20]),
            frame(FIN | PING, b"pongme 1!"),
            frame(MORE, &asked[20..30]),
            frame(FIN | PING, b"pongme 2!"),
            frame(MORE, &asked[30..40]),
            frame(FIN | MORE, &asked[40..]),
        ];
        let told = vec![Pong(b"pongme 1!".to_vec()), Pong(b"pongme 2!".to_vec()), Answer(1)];
        let about = "a text in five parts with two pings between";
        cases.push(Case::new(format!("5.{nth}"), about, then_close(frames), and_closed(told)).cut(cut));
    }
    let empty = vec![frame(TEXT, b""), frame(MORE, &asked), frame(MORE, b""), frame(FIN | MORE, b"")];
    cases.push(Case::new("5.21", "empty parts", then_close(empty), and_closed(vec![Answer(1)])));
    cases
}

/// 7.1 to 7.5: how a websocket ends.
fn closing() -> Vec<Case> {
    let text = || frame(FIN | TEXT, &asks(1, 64));
    let with = |payload: &[u8]| vec![frame(FIN | CLOSE, payload)];
    let reason = |len: usize| [&1_000_u16.to_be_bytes()[..], &vec![b'*'; len]].concat();
    vec![
        Case::new("7.1.1", "a text, then the end", vec![text(), close(1_000)], and_closed(vec![Answer(1)])),
        Case::new("7.1.2", "two ends", vec![close(1_000), close(1_000)], and_closed(Vec::new())),
        Case::new("7.1.3", "a ping behind the end", vec![close(1_000), frame(FIN | PING, b"")], and_closed(Vec::new())),
        Case::new("7.1.4", "a text behind the end", vec![close(1_000), text()], and_closed(Vec::new())),
        Case::new(
            "7.1.5",
            "the end between two parts",
            vec![frame(TEXT, b"fragment1"), close(1_000), frame(FIN | MORE, b"fragment2")],
            and_closed(Vec::new()),
        ),
        Case::new(
            "7.1.6",
            "256 KiB, the end, and a ping",
            vec![frame(FIN | TEXT, &asks(1, 256 << 10)), close(1_000), frame(FIN | PING, b"")],
            and_closed(vec![Answer(1)]),
        ),
        Case::new("7.3.1", "an end that says nothing", with(b""), vec![Close(None)]),
        Case::new("7.3.2", "an end of one byte", with(b"a"), vec![PROTOCOL]),
        Case::new("7.3.3", "an end with a code", with(&reason(0)), and_closed(Vec::new())),
        Case::new("7.3.4", "an end with a reason", with(&reason(12)), and_closed(Vec::new())),
        Case::new("7.3.5", "an end with the longest reason", with(&reason(123)), and_closed(Vec::new())),
        Case::new("7.3.6", "an end with too long a reason", with(&reason(124)), vec![PROTOCOL]),
        Case::new(
            "7.5.1",
            "an end whose reason is no UTF-8",
            with(&[&1_000_u16.to_be_bytes()[..], b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"].concat()),
            vec![NO_TEXT],
        )
        .or(vec![PROTOCOL]),
    ]
}

/// 7.7 to 7.13: codes that may be said, and that may not.
fn close_codes() -> Vec<Case> {
    const GOOD: &[u16] =
        &[1_000, 1_001, 1_002, 1_003, 1_007, 1_008, 1_009, 1_010, 1_011, 1_012, 1_013, 3_000, 3_999, 4_000, 4_999];
    const BAD: &[u16] = &[0, 999, 1_004, 1_005, 1_006, 1_015, 1_016, 1_100, 2_000, 2_999];
    const UNKNOWN: &[u16] = &[5_000, 65_535];
    let cases = |section: u8, codes: &'static [u16], told: fn(u16) -> Told| {
        (1..).zip(codes).map(move |(nth, code)| {
            Case::new(format!("7.{section}.{nth}"), format!("code {code}"), vec![close(*code)], vec![told(*code)])
        })
    };
    cases(7, GOOD, |code| Close(Some(code)))
        .chain(cases(9, BAD, |_| PROTOCOL))
        .chain(cases(13, UNKNOWN, |_| PROTOCOL))
        .collect()
}

/// 9 and 10: large messages, whole, in parts, and in pieces; and what is too large.
fn limits() -> Vec<Case> {
    const LARGE: &[usize] = &[64 << 10, 256 << 10, 1 << 20, ASKED_BYTES_MAX];
    let answered = || and_closed(vec![Answer(1)]);
    let mut cases = Vec::new();
    for (nth, len) in (1..).zip(LARGE) {
        let text = then_close(vec![frame(FIN | TEXT, &asks(1, *len))]);
        cases.push(Case::new(format!("9.1.{nth}"), format!("text of {len} bytes"), text, answered()));
        let packed = then_close(vec![frame(FIN | BINARY, &asks_packed(1, *len))]);
        let case = Case::new(format!("9.2.{nth}"), format!("binary of {len} bytes"), packed, answered());
        cases.push(Case { binary: true, ..case });
    }
    for (nth, part) in (1..).zip([64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20]) {
        let about = format!("1 MiB of text in parts of {part} bytes");
        cases.push(Case::new(format!("9.3.{nth}"), about, then_close(in_parts(&asks(1, 1 << 20), part)), answered()));
    }
    for (nth, piece) in (1..).zip([64, 128, 256, 512, 1_024, 2_048]) {
        let text = then_close(vec![frame(FIN | TEXT, &asks(1, 1 << 20))]);
        let about = format!("1 MiB of text, {piece} bytes at a time");
        cases.push(Case::new(format!("9.5.{nth}"), about, text, answered()).cut(Cut::Bytes(piece)));
    }
    cases.push(Case::new(
        "10.1.1",
        "64 KiB in parts of 1,300 bytes",
        then_close(in_parts(&asks(1, 65_536), 1_300)),
        answered(),
    ));
    let head = |len: u64| [&[FIN | TEXT, 0xff][..], &len.to_be_bytes(), &[0; 4]].concat();
    let over = ASKED_BYTES_MAX as u64 + 1;
    cases.push(Case::new("9.9.1", "a frame of a byte too many", vec![head(over)], vec![TOO_LARGE]));
    cases.push(Case::new("9.9.2", "a frame as large as frames go", vec![head(i64::MAX as u64)], vec![TOO_LARGE]));
    let mut parts = in_parts(&vec![b' '; ASKED_BYTES_MAX], 64 << 10);
    let last = parts.len() - 1;
    parts[last][0] = MORE;
    parts.push(frame(FIN | MORE, b" "));
    cases.push(Case::new("9.9.3", "parts of a byte too many", parts, vec![TOO_LARGE]));
    cases
}

/// A text in parts of so many bytes.
fn in_parts(text: &[u8], part: usize) -> Vec<Vec<u8>> {
    let count = text.len().div_ceil(part);
    let first = |nth: usize| if nth == 0 { TEXT } else { MORE } | if nth + 1 == count { FIN } else { 0 };
    text.chunks(part).enumerate().map(|(nth, part)| frame(first(nth), part)).collect()
}

/// 9.7 and 9.8: many messages behind each other.
fn many() -> Vec<Case> {
    let mut cases = Vec::new();
    for (nth, len) in (1..).zip([64, 125, 126, 1_024, 4_096, 16_384]) {
        let frames: Vec<_> = (1..=1_000).map(|number| frame(FIN | TEXT, &asks(number, len))).collect();
        let told = and_closed((1..=1_000).map(Answer).collect());
        cases.push(Case::new(
            format!("9.7.{nth}"),
            format!("1,000 texts of {len} bytes"),
            then_close(frames),
            told.clone(),
        ));
        let frames: Vec<_> = (1..=1_000).map(|number| frame(FIN | BINARY, &asks_packed(number, len))).collect();
        let case = Case::new(format!("9.8.{nth}"), format!("1,000 binaries of {len} bytes"), then_close(frames), told);
        cases.push(Case { binary: true, ..case });
    }
    cases
}
