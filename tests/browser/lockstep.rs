//! The machine of the pages and that of the terminals' client are one: the same inputs at the same times, from the same
//! seed, bring the same actions.

use super::walk::{Row, Walk};
use hobnob_spec::client::{Event, State, cell};
use hobnob_tests::browser::Browser;
use hobnob_tests::process::Process;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

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
    let arguments = ["server", "--data", ":memory:", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--ws", "off"];
    let mut server = Process::start("the server", Path::new(env!("CARGO_BIN_EXE_hobnob")), &arguments);
    server.until("chat at ");
    let pages = server.until("\n");
    let page = Browser::shared().page();
    page.goto(pages.trim());
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
    let arguments = ["server", "--data", ":memory:", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--ws", "off"];
    let mut server = Process::start("the server", Path::new(env!("CARGO_BIN_EXE_hobnob")), &arguments);
    server.until("chat at ");
    let pages = server.until("\n");
    let page = Browser::shared().page();
    page.goto(pages.trim());
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
