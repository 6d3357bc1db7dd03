//! Scenarios are read, written and judged; what is wrong is said with the line and what to do.

use super::*;
use crate::chronicle::{Chronicle, Moment};
use crate::promise::{Breach, Promise};
use crate::tally::Tally;

const TEXT: &str = r#"name = "two friends"
about = "They talk."
tiers = ["machines"]
clients = ["ann", "bob"]
heal = "20s"
end = "40s"
steps = [
  "0s        ann joins as ann",
  "1.25s     ann says in lobby: hello",
  "2s        * partition ann for 3s",
]
expect = [
  "bob sees ann: hello once",
  "ann is in at the end",
]

[setting]
latency_ms = [10, 10]
"#;

fn outcome(moments: &[(u64, usize, &str)]) -> Outcome {
    let shown =
        |(at, client, text): &(u64, usize, &str)| (*at, Moment::Shown { client: *client, text: (*text).into() });
    Outcome {
        broken: Vec::new(),
        tally: Tally::default(),
        chronicle: Chronicle { moments: moments.iter().map(shown).collect(), ..Chronicle::default() },
        digest: 0,
        transcripts: Vec::new(),
        records: Vec::new(),
    }
}

#[test]
fn what_is_written_is_what_was_read() {
    let scenario = Scenario::read("friends.toml", TEXT).expect("it is a scenario");
    assert_eq!(scenario.write(), TEXT);
    assert_eq!(scenario.tiers, [Tier::Machines]);
}

#[test]
fn what_cannot_be_read_is_named_by_file_and_line() {
    let wrong = |from: &str, to: &str| {
        let error = Scenario::read("friends.toml", &TEXT.replace(from, to)).expect_err("it is none");
        assert!(!error.contains('\n'), "one sentence: {error}");
        error
    };
    let cases = [
        ("ann says in lobby: hello", "ann frobs", "friends.toml:9: `1.25s     ann frobs`: `frobs` is nothing"),
        ("\"machines\"", "\"moon\"", "friends.toml:3: the tiers are"),
        ("bob sees ann", "cid sees ann", "friends.toml:13: `cid sees ann: hello once`: nobody is called `cid`"),
        ("is in at the end", "is happy", "friends.toml:14: `ann is happy`: `is happy` is nothing that can be expected"),
        ("ann is in at the end", "breaks hearts", "friends.toml:14: `breaks hearts`: there is no such promise"),
        ("heal = \"20s\"", "heal = 20s", "friends.toml:5: "),
        ("heal = \"20s\"", "heel = \"20s\"", "friends.toml:5: unknown field `heel`"),
        (
            "ann is in at the end",
            "row (Guest, Join) Absent fires",
            "friends.toml:14: `row (Guest, Join) Absent fires`: (Guest, Join) has no row for Absent; it has: TokenKnown",
        ),
    ];
    for (from, to, sentence) in cases {
        let error = wrong(from, to);
        assert!(error.starts_with(sentence), "{error}\ndoes not begin with\n{sentence}");
    }
}

#[test]
fn what_is_not_as_expected_is_told_with_what_was_so() {
    let scenario = Scenario::read("friends.toml", TEXT).expect("it is a scenario");
    let fine = outcome(&[(20, 0, "welcome as ann, in lobby, with nobody"), (30, 1, "lobby #2 ann: hello")]);
    assert_eq!(scenario.wrong(&fine), Vec::<String>::new());
    let twice = outcome(&[
        (20, 0, "welcome as ann, in lobby, with nobody"),
        (30, 1, "lobby #2 ann: hello"),
        (90, 0, "connection lost"),
        (1_250, 1, "missed: lobby #3 ann: hello"),
    ]);
    assert_eq!(
        scenario.wrong(&twice),
        [
            "`bob sees ann: hello once`: bob saw it 2 times and not once: at 0.03s `lobby #2 ann: hello`, at 1.25s \
             `missed: lobby #3 ann: hello`",
            "`ann is in at the end`: ann is out, as far as it knows, since 0.09s",
        ]
    );
    let nothing = outcome(&[(1, 1, "out")]);
    assert_eq!(
        scenario.wrong(&nothing)[0],
        "`bob sees ann: hello once`: bob saw it never and not once; the last that bob saw: at 0.001s `out`"
    );
}

#[test]
fn a_broken_promise_is_wrong_unless_it_is_expected() {
    let mut broken = outcome(&[(20, 0, "welcome as ann"), (30, 1, "lobby #2 ann: hello")]);
    broken.broken.push(Breach { promise: Promise::OneOrder, at: 1_500, sentence: "bob missed 3".into() });
    let scenario = Scenario::read("friends.toml", TEXT).expect("it is a scenario");
    assert_eq!(scenario.wrong(&broken), ["the promise one-order was broken at 1.5s: bob missed 3"]);
    let kept = TEXT.replace("ann is in at the end", "breaks one-order");
    let scenario = Scenario::read("friends.toml", &kept).expect("it is a scenario");
    assert_eq!(scenario.wrong(&broken), Vec::<String>::new());
    broken.broken.clear();
    assert!(scenario.wrong(&broken)[0].starts_with("`breaks one-order`: it was kept; if the bug is mended"));
}
