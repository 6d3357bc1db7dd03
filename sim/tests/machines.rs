//! The machines tier carries out what a plan says: each fault does what its name says, and a plan is always the same.

use hobnob_machine::Input;
use hobnob_sim::chronicle::{Dir, Moment};
use hobnob_sim::meddle::Honest;
use hobnob_sim::plan::{FaultKind, Plan};
use hobnob_sim::{Look, Outcome, machines};

/// A world of ann and bob, and rude eve.
fn plan(setting: &str, steps: &[&str]) -> Plan {
    let steps: Vec<String> = steps.iter().map(|step| format!("  \"{step}\",\n")).collect();
    let text = format!(
        "name = 'test'\nclients = ['ann', 'bob']\nrude = ['eve']\nseed = 7\nheal = '30s'\nend = '60s'\nsteps = [\n{}]\n\
         [setting]\n{setting}\n",
        steps.concat()
    );
    toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn run(setting: &str, steps: &[&str]) -> Outcome {
    let look = Look { chronicle: true, digest: true };
    let outcome = machines::run(&plan(setting, steps), look, &mut Honest);
    assert!(outcome.broken.is_empty(), "{:?}\n{:#?}", outcome.broken, outcome.chronicle.moments);
    outcome
}

/// What a user was shown, in a few words each, with the time.
fn shown(outcome: &Outcome, client: usize) -> Vec<(u64, &str)> {
    let moments = outcome.chronicle.moments.iter();
    let shown = moments.filter_map(|(at, moment)| match moment {
        Moment::Shown { client: who, text } if *who == client => Some((*at, text.as_str())),
        _ => None,
    });
    shown.collect()
}

fn has(outcome: &Outcome, client: usize, word: &str) -> bool {
    shown(outcome, client).iter().any(|(_, text)| text.contains(word))
}

/// When a user was first shown something with this word.
fn when(outcome: &Outcome, client: usize, word: &str) -> u64 {
    let found = shown(outcome, client).into_iter().find(|(_, text)| text.contains(word));
    found.unwrap_or_else(|| panic!("{client} is shown `{word}`: {:?}", shown(outcome, client))).0
}

const BOTH: [&str; 2] = ["0s ann joins", "0.1s bob joins"];

fn with<'a>(steps: &[&'a str]) -> Vec<&'a str> {
    BOTH.iter().chain(steps).copied().collect()
}

#[test]
fn in_a_quiet_world_everybody_hears_everybody() {
    let outcome = run("", &with(&["1s ann says in lobby: hello", "2s bob tells ann: psst", "3s bob quits"]));
    assert!(has(&outcome, 1, "hello") && has(&outcome, 0, "psst"), "{:#?}", outcome.chronicle.moments);
    assert!(when(&outcome, 1, "hello") < 1_100, "a quiet world is quick");
    assert!(outcome.tally.shown >= 4 && outcome.tally.faults.is_empty());
    assert_eq!(outcome.tally.virtual_ms, 60_000);
}

#[test]
fn the_same_plan_twice_is_the_same_run() {
    let steps = with(&["1s * jitter ann 300ms for 9s", "2s ann floods lobby 9 times: x", "2.1s * power cut for 1s"]);
    let (one, two) = (run("", &steps), run("", &steps));
    assert_ne!(one.digest, 0);
    assert_eq!(one.digest, two.digest);
    assert_eq!(one.records, two.records);
    assert_eq!(one.chronicle, two.chronicle);
}

#[test]
fn what_is_held_arrives_later_and_what_is_lost_never() {
    let held = run("", &with(&["1s * hold bob for 3s", "2s ann says in lobby: hello"]));
    assert!((4_000..4_200).contains(&when(&held, 1, "hello")));
    let lagging = run("", &with(&["1s * lag bob 500ms for 9s", "2s ann says in lobby: hello"]));
    assert!((2_500..2_600).contains(&when(&lagging, 1, "hello")));
    let lost = run("", &with(&["1s * partition bob down for 3s", "2s ann says in lobby: hello"]));
    let sent = lost.chronicle.moments.iter().filter(
        |(_, moment)| matches!(moment, Moment::Sent { client: 1, dir: Dir::Down, text, .. } if text.contains("hello")),
    );
    assert!(sent.count() >= 1, "the server believes that it said it");
    assert!(when(&lost, 1, "hello") > 5_000, "it comes only when bob has returned");
}

#[test]
fn a_reset_tells_both_and_half_open_one() {
    let reset = run("", &with(&["1s * reset bob"]));
    let ended =
        |outcome: &Outcome, at_ms: u64, end: Dir| {
            outcome.chronicle.moments.iter().any(|(at, moment)| {
                *at == at_ms && matches!(moment, Moment::Ended { client: 1, dir, .. } if *dir == end)
            })
        };
    assert!(ended(&reset, 1_000, Dir::Up) && ended(&reset, 1_000, Dir::Down));
    let up = run("", &with(&["1s * half open bob up"]));
    assert!(!ended(&up, 1_000, Dir::Up) && ended(&up, 1_000, Dir::Down));
    let down = run("", &with(&["1s * half open bob down"]));
    assert!(ended(&down, 1_000, Dir::Up) && !ended(&down, 1_000, Dir::Down));
}

#[test]
fn a_refused_client_tries_again() {
    let outcome = run("", &with(&["1s * refuse for 5s", "1.5s * reset ann", "9s ann says in lobby: there"]));
    assert!(when(&outcome, 0, "back") > 5_000, "{:?}", shown(&outcome, 0));
    assert!(has(&outcome, 1, "there"));
}

#[test]
fn every_crash_comes_up_again_with_its_journal() {
    for crash in ["kill", "power cut", "torn", "after append", "before append", "stop"] {
        let fault = format!("2s * {crash} for 2s");
        let steps = with(&["1s ann says in lobby: one", &fault, "2.1s ann says in lobby: two", "9s bob asks ping"]);
        let outcome = run("", &steps);
        let starts = outcome.chronicle.moments.iter().filter(|(_, moment)| matches!(moment, Moment::Started { .. }));
        assert_eq!(starts.count(), 2, "{crash}: the server started twice");
        assert!(outcome.records.iter().any(|(_, input)| matches!(input, Input::Restarted)), "{crash}");
        assert!(has(&outcome, 1, "one") && has(&outcome, 1, "two"), "{crash}: {:?}", shown(&outcome, 1));
    }
}

#[test]
fn what_was_not_synced_is_lost_with_the_power() {
    let steps = with(&["1s ann floods lobby 9 times: x", "1.5s * torn for 1s"]);
    let lost = |outcome: &Outcome| {
        outcome.chronicle.moments.iter().find_map(|(_, moment)| match moment {
            Moment::Down { lost, .. } => Some(*lost),
            _ => None,
        })
    };
    assert_eq!(lost(&run("", &steps)), Some(0));
    let careless =
        machines::run(&plan("durability = 'never'", &steps), Look { chronicle: true, digest: false }, &mut Honest);
    assert!(lost(&careless) > Some(0));
}

#[test]
fn a_full_disk_is_told_and_an_outage_recorded() {
    let outcome = run("", &with(&["1s * disk full for 5s", "2s ann says in lobby: one", "3s ann says in lobby: two"]));
    let outages = outcome.records.iter().filter(|(_, input)| matches!(input, Input::Outage { .. }));
    assert_eq!(outages.count(), 1);
    assert!(when(&outcome, 1, "one") > 6_000, "nothing is said that is not kept");
    assert!(!has(&outcome, 1, "two"), "at the gate nothing is taken: {:?}", shown(&outcome, 1));
}

#[test]
fn a_reader_who_stalls_is_hung_up_and_returns() {
    let steps = with(&[
        "1s * stall reads of bob for 20s",
        "2s ann floods lobby 60 times: a text of some length, so that it does not take a thousand of them to fill it",
    ]);
    let outcome = run("limits = { outbox_bytes_max = 3000, say_per_second = 0 }", &steps);
    assert!(outcome.records.iter().any(|(_, input)| matches!(input, Input::TooSlow { .. })));
    assert!(has(&outcome, 1, " 60"), "{:?}", shown(&outcome, 1));
}

#[test]
fn the_clock_and_the_settings_change_when_the_server_starts() {
    let steps =
        with(&["1s * set mute_ms to 77", "1s * clock by 3600s", "2s * kill for 1s", "9s ann says in lobby: one"]);
    let outcome = run("", &steps);
    let configured = outcome.records.iter().find_map(|(at, input)| match input {
        Input::Configured(config) => Some((*at, config.limits.mute_ms)),
        _ => None,
    });
    let (at, mute_ms) = configured.expect("the settings are others");
    assert_eq!(mute_ms, 77);
    assert!(at.0 >= hobnob_sim::plan::BEGIN_MS + 3_600_000);
    assert!(outcome.records.is_sorted_by_key(|(at, _)| *at));
}

#[test]
fn the_rude_are_heard_and_counted() {
    let outcome = run(
        "",
        &with(&[
            "1s eve joins as eve",
            "2s eve repeats",
            "2.5s eve says in lobby: hello",
            "3s eve backdates",
            "3.1s eve says in lobby: again",
            "4s eve sends garbage",
            "5s eve sends half a frame",
            "6s eve hangs up",
            "7s eve returns",
            "8s eve knocks",
            "8.1s eve sends a huge frame",
            "9s * crowd of 5 for 2s",
            "10s eve joins bare as ann",
        ]),
    );
    assert!(has(&outcome, 0, "hello"));
    for input in ["Garbled", "Foreign", "Lost"] {
        assert!(outcome.records.iter().any(|(_, got)| format!("{got:?}").starts_with(input)), "{input}");
    }
    for kind in
        [FaultKind::Repeat, FaultKind::Garbage, FaultKind::HugeFrame, FaultKind::Crowd, FaultKind::DuplicateLogin]
    {
        assert!(outcome.tally.faults.contains_key(&kind), "{} is counted", kind.name());
    }
}
