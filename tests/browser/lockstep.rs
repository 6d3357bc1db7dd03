//! The machine of the pages and that of the terminals' client are one: the same inputs at the same times, from the same
//! seed, bring the same actions.

use super::server::Server;
use super::walk::{Dice, Row, Walk};
use hobnob_machine::{Upload, UploadStep};
use hobnob_spec::client::{Event, State, cell};
use hobnob_spec::files::{Bytes, Digest, FileName};
use hobnob_spec::limits::CHUNK_BYTES_MAX;
use hobnob_spec::messages::{Answer, For, Request, Time};
use hobnob_spec::session::No;
use hobnob_tests::browser::Browser;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many turns a walk has, and how many walks are drawn at most to see every row fire.
const TURNS: usize = 600;
const SEEDS: u64 = 3_000;

/// Compares step by step; keys of objects may stand in any order. Gives what differs first.
const COMPARE: &str = "
async walks => {
  const folder = document.querySelector('script[type=module]').src.replace(/[^/]*$/, '');
  const { Client } = await import(folder + 'machine.js');
  const protocol = await (await fetch(folder + 'protocol.json')).json();
  const sorted = value => Array.isArray(value) ? value.map(sorted)
    : value === null || typeof value !== 'object' ? value
    : Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]));
  const text = value => JSON.stringify(sorted(value));
  for (const { seed, steps } of walks) {
    const client = new Client(protocol, BigInt(seed));
    for (const [at, { now, input, out, wake_at }] of steps.entries()) {
      const mine = { ...client.step(now, input), wake_at: client.wakeAt() };
      if (text(mine) !== text({ ...out, wake_at }))
        return `seed ${seed}, step ${at}, ${text(input)}:\\n  wanted ${text({ ...out, wake_at })}\\n  made   ${text(mine)}`;
    }
  }
  return null;
}";

/// Walks that together reach every row of the client's table.
fn walks() -> Vec<Value> {
    let rows = |state: &State, event: &Event| {
        let (state, event) = (*state, *event);
        (0_u8..).zip(cell(state, event)).map(|(row, _)| (state, event, row)).collect::<Vec<Row>>()
    };
    let mut unseen: BTreeSet<Row> =
        State::ALL.iter().flat_map(|state| Event::ALL.iter().flat_map(move |event| rows(state, event))).collect();
    let mut kept = Vec::new();
    for seed in 0..SEEDS {
        let mut walk = Walk::new(seed);
        (0..TURNS).for_each(|_| walk.turn());
        let before = unseen.len();
        unseen.retain(|row| !walk.fired().contains(row));
        if unseen.len() < before || seed < 5 {
            kept.push(walk.written());
        }
        if unseen.is_empty() {
            return kept;
        }
    }
    panic!("no walk reached {unseen:?}")
}

#[test]
fn the_machine_of_the_pages_does_what_the_machine_of_the_terminals_does() {
    let server = Server::start(&[]);
    let page = server.visit(&Browser::shared());
    for walk in walks() {
        let differs = page.eval(&format!("({COMPARE})([{walk}])"));
        assert_eq!(differs, Value::Null, "{}", differs.as_str().unwrap_or_default());
    }
    // The comparison would notice: a step that is left out is a difference.
    let mut short = walks().swap_remove(0);
    short["steps"].as_array_mut().expect("it is a list").remove(0);
    assert_ne!(page.eval(&format!("({COMPARE})([{short}])")), json!(null), "the comparison compares");
}

#[test]
fn digests_of_the_pages_are_those_of_everybody() {
    let server = Server::start(&[]);
    let page = server.visit(&Browser::shared());
    // 127.0.0.1 counts as safe, so that the browser's own digest is there to compare with.
    let differs = page.eval(
        "(async () => {
           const { Sha256 } = await import(document.querySelector('script[type=module]').src.replace(/[^/]*$/, 'sha256.js'));
           for (let size = 0; size < 300; size += 1) {
             const bytes = Uint8Array.from({ length: size }, (_, at) => at * 7 + size);
             const own = new Sha256();
             for (let at = 0; at < size; at += 13) own.update(bytes.subarray(at, at + 13));
             const known = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
             const hex = [...known].map(byte => byte.toString(16).padStart(2, '0')).join('');
             if (own.hex() !== hex) return `of ${size} bytes`;
           }
           return null;
         })()",
    );
    assert_eq!(differs, Value::Null, "{differs}");
}

/// What a step of an upload is called in the pages.
fn written(step: UploadStep) -> Value {
    match step {
        UploadStep::Wait => json!("Wait"),
        UploadStep::Offer => json!("Offer"),
        UploadStep::Pause(ms) => json!({ "Pause": ms }),
        UploadStep::Chunk { transfer, offset, len } => {
            json!({ "Chunk": { "transfer": transfer, "offset": offset, "len": len } })
        }
        UploadStep::Arrived { file, number, at } => {
            json!({ "Arrived": { "file": file, "number": number, "at": at } })
        }
        UploadStep::Refused(no) => json!({ "Refused": no }),
    }
}

/// An upload beside a server of all moods: what it was asked and answered, and what it made of that.
fn upload(seed: u64) -> Value {
    let mut dice = Dice(seed * 77);
    let size = dice.pick(&[0, 1, CHUNK_BYTES_MAX as u64, CHUNK_BYTES_MAX as u64 + 1, 200_000]);
    let digest = Digest([3; 32]);
    let mut upload = Upload::new(For::Room("lobby".into()), "a.bin".into(), "image/png".into(), size, digest);
    let offer = upload.offer().clone();
    let mut calls = Vec::new();
    for _ in 0..80 {
        let (asked, answer) = match dice.roll(8) {
            0..=3 => (None, None),
            4 => (Some(dice.pick(&[0, 5, 6])), None),
            _ => (None, Some(mood(&mut dice, size))),
        };
        if let Some(transfer) = asked {
            let chunk = Request::Chunk { transfer, offset: 0, bytes: Bytes(Vec::new()) };
            let request = if transfer == 0 { offer.clone() } else { chunk };
            calls.push(json!({ "asked": request, "gives": upload.asked(&request) }));
        } else if let Some(answer) = answer {
            calls.push(json!({ "answer": answer, "gives": written(upload.answered(&answer)) }));
        } else {
            calls.push(json!({ "gives": written(upload.step()) }));
        }
    }
    json!({ "offer": offer, "calls": calls })
}

/// What a server may answer to an offer or to bytes of a file.
fn mood(dice: &mut Dice, size: u64) -> Answer {
    let refused = |no, wait_ms| Answer::Refused { no, wait_ms };
    match dice.roll(12) {
        0..=2 => Answer::Ready { transfer: dice.pick(&[5, 6]), from: dice.pick(&[0, 1, size, size + 9]) },
        3..=6 => Answer::Taken { to: dice.roll(size + 9) },
        7 => refused(No::Muted, dice.pick(&[None, Some(0), Some(20)])),
        8 => refused(No::AsksTooFast, None),
        9 => refused(No::TransferOver, None),
        10 if dice.roll(4) == 0 => Answer::Filed { file: 1, number: 2, at: Time(3) },
        11 if dice.roll(4) == 0 => refused(dice.pick(No::ALL), None),
        _ => Answer::Done,
    }
}

#[test]
fn files_of_the_pages_go_as_those_of_the_terminals() {
    let server = Server::start(&[]);
    let page = server.visit(&Browser::shared());
    let uploads: Vec<Value> = (0..300).map(upload).collect();
    let all = Value::from(uploads).to_string();
    for over in ["Arrived", "Refused", "Pause", "\"Chunk\":{\"len\":0", "Offer"] {
        assert!(all.contains(over), "{over} comes to pass");
    }
    let differs = page.eval(&format!(
        "(async uploads => {{
           const {{ Upload }} = await import(document.querySelector('script[type=module]').src.replace(/[^/]*$/, 'upload.js'));
           const sorted = value => value === null || typeof value !== 'object' ? value
             : Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]));
           const text = value => JSON.stringify(sorted(value));
           for (const [which, {{ offer, calls }}] of uploads.entries()) {{
             const upload = new Upload(offer, {CHUNK_BYTES_MAX});
             for (const [at, {{ asked, answer, gives }}] of calls.entries()) {{
               const mine = asked ? upload.asked(asked) : answer ? upload.answered(answer) : upload.step();
               if (text(mine) !== text(gives))
                 return `upload ${{which}}, call ${{at}}: wanted ${{text(gives)}}, made ${{text(mine)}}`;
             }}
           }}
           return null;
         }})({all})"
    ));
    assert_eq!(differs, Value::Null, "{differs}");
}

#[test]
fn what_a_page_makes_of_a_files_name_is_one() {
    let server = Server::start(&[]);
    let page = server.visit(&Browser::shared());
    let long = "\u{1f98a}".repeat(90) + ".png";
    let names = [
        "cat.png",
        "../../etc/passwd",
        "C:\\temp\\a b.png",
        "aux.png",
        "CON",
        "com1.tar.gz",
        "lpt9 .log",
        "",
        "...",
        ". .",
        "a?b*c|d.txt",
        "\u{200e}photo\u{202e}gnp.exe",
        "\u{feff}a\u{ad}b.txt",
        "tab\there\n.txt",
        ".hidden",
        "a.",
        "name ",
        &long,
        &"x".repeat(300),
    ];
    let made = page.eval(&format!(
        "import(document.querySelector('script[type=module]').src.replace(/[^/]*$/, 'files.js')) \
         .then(files => {}.map(files.plainName))",
        json!(names)
    ));
    for (name, made) in names.iter().zip(made.as_array().expect("it is a list")) {
        let made = made.as_str().expect("a name is text");
        let parsed = FileName::parse(made);
        assert_eq!(parsed.as_ref().map(FileName::as_str), Some(made), "made of {name:?}");
    }
    assert_eq!(made[0], "cat.png");
}
