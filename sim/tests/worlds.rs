//! The turmoil tier: that it carries plans out, that its faults bite, and that it does the same each time.

use hobnob_machine::Input;
use hobnob_sim::chronicle::{Dir, Moment};
use hobnob_sim::draw::{Knobs, draw};
use hobnob_sim::plan::{FaultKind, Plan};
use hobnob_sim::worlds::run;
use hobnob_sim::{Look, Outcome, Tally};
use hobnob_spec::messages::Request;

/// A world of two friends and somebody rude, with more lines.
fn two(lines: &[&str]) -> Plan {
    plan("", lines)
}

/// The same, with a relay before one of the friends and whoever is rude.
fn relayed(lines: &[&str]) -> Plan {
    plan("relays = ['gate: ann, eve']\n", lines)
}

fn plan(relays: &str, lines: &[&str]) -> Plan {
    let lines: String = lines.iter().map(|line| format!("  {line:?},\n")).collect();
    let text = format!(
        "name = 'two'\nseed = 7\nclients = ['ann', 'bob']\nrude = ['eve']\n{relays}heal = '20s'\nend = '60s'\n\
         steps = [\n  '0s ann joins',\n  '0.2s bob joins',\n{lines}]\n[setting.limits]\nkept_entries_max = 3\n"
    );
    toml::from_str(&text).expect("the plan is one")
}

/// What users were shown, a line each.
fn shown(outcome: &Outcome) -> Vec<String> {
    let names = &outcome.chronicle.names;
    let shown = outcome.chronicle.moments.iter().filter_map(|(_, moment)| match moment {
        Moment::Shown { client, text } => Some(format!("{}: {text}", names[*client])),
        _ => None,
    });
    shown.collect()
}

fn look(plan: &Plan) -> Outcome {
    run(plan, Look { chronicle: true, digest: true })
}

fn digest(plan: &Plan) -> u64 {
    run(plan, Look { chronicle: false, digest: true }).digest
}

#[test]
fn two_clients_talk_in_a_quiet_world() {
    let outcome = look(&two(&["2s ann says in lobby: hello", "3s bob tells ann: psst"]));
    assert_eq!(outcome.broken, []);
    assert_eq!(outcome.tally.virtual_ms, 60_000);
    let (records, shown) = (outcome.records.len(), shown(&outcome));
    assert!(records >= 6, "two connections, two joins, two messages are {records} records");
    assert!(shown.iter().any(|line| line.starts_with("bob") && line.contains("hello")), "{shown:#?}");
    assert!(shown.iter().any(|line| line.starts_with("ann") && line.contains("psst")), "{shown:#?}");
}

#[test]
fn a_crash_after_the_append_loses_the_answer_and_keeps_the_record() {
    let outcome = look(&two(&["2s * after append for 1s", "2.1s ann says in lobby: hello"]));
    assert_eq!(outcome.broken, []);
    let said = |(_, input): &&(_, Input)| match input {
        Input::Asked { asked, .. } => matches!(&asked.request, Request::Say { text, .. } if text == "hello"),
        _ => false,
    };
    assert_eq!(outcome.records.iter().filter(said).count(), 2, "the record was kept, and ann asked again");
    let heard = shown(&outcome).iter().filter(|line| line.starts_with("bob") && line.contains("ann: hello")).count();
    assert_eq!(heard, 1, "bob hears it once");
    let moments = &outcome.chronicle.moments;
    let down = moments.iter().position(|(_, moment)| matches!(moment, Moment::Down { lost: 0, .. }));
    let down = down.expect("the server went down and lost nothing");
    let answered = moments[..down].iter().any(
        |(_, moment)| matches!(moment, Moment::Sent { client: 0, dir: Dir::Down, text, .. } if text.contains("posted")),
    );
    assert!(!answered, "nothing was said before the crash");
}

#[test]
fn a_crash_before_the_append_loses_the_record_and_no_message() {
    let outcome = look(&two(&["2s * before append for 1s", "2.1s ann says in lobby: hello"]));
    assert_eq!(outcome.broken, []);
    let lost = outcome.chronicle.moments.iter().find_map(|(_, moment)| match moment {
        Moment::Down { lost, .. } => Some(*lost),
        _ => None,
    });
    assert!(lost.expect("the server went down") >= 1, "what was stepped was lost");
    let heard = shown(&outcome).iter().filter(|line| line.starts_with("bob") && line.contains("ann: hello")).count();
    assert_eq!(heard, 1, "bob hears it once all the same");
}

#[test]
fn a_power_cut_loses_what_was_never_synced() {
    let mut plan = two(&["2s ann says in lobby: hello", "4s * torn for 1s"]);
    plan.setting.durability = hobnob_sim::plan::Durability::Never;
    let outcome = look(&plan);
    let lost = outcome.chronicle.moments.iter().find_map(|(_, moment)| match moment {
        Moment::Down { lost, .. } => Some(*lost),
        _ => None,
    });
    assert!(lost.expect("the server went down") >= 1, "nothing was safe");
    plan.setting.durability = hobnob_sim::plan::Durability::Always;
    let outcome = look(&plan);
    let died_later = outcome.chronicle.moments.iter().all(|(_, moment)| !matches!(moment, Moment::Down { .. }));
    assert!(died_later, "where all is synced, a torn record waits for the next append");
}

/// The worlds that meet every kind of trouble.
fn troubled() -> Vec<Plan> {
    let network = [
        "1s * partition ann for 0.5s",
        "1s * partition bob up for 0.5s",
        "2s * partition bob down for 0.5s",
        "2s * hold ann for 0.5s",
        "3s * lag ann 200ms for 1s",
        "3s * jitter bob 200ms for 1s",
        "3.5s ann floods lobby 5 times: one",
        "4.5s * stall reads of ann for 1s",
        "4.5s * stall writes of bob for 1s",
        "6s * drip ann for 1s",
        "6.1s ann says in lobby: hello",
        "8s * reset ann",
        "8s * refuse for 1s",
        "12s * reset all",
        "15s * half open ann up",
        "15s * half open bob down",
        "16s * crowd of 20 for 2s",
    ];
    let server = [
        "1s * kill for 0.2s",
        "3s * power cut for 0.2s",
        "5s * torn for 0.2s",
        "5.5s ann says in lobby: one",
        "7s * after append for 0.2s",
        "7.5s ann says in lobby: two",
        "9s * before append for 0.2s",
        "9.5s ann says in lobby: three",
        "11s * clock by -3600s",
        "11s * set mute_ms to 500",
        "12s * stop for 0.2s",
    ];
    let disk = [
        "1s ann says in lobby: one",
        "1.1s ann says in lobby: two",
        "1.2s ann says in lobby: three",
        "1.3s ann says in lobby: four",
        "2s * disk full for 1s",
        "2.1s ann says in lobby: five",
        "5s * write errors for 1s",
        "5.1s ann says in lobby: six",
        "8s * slow disk 300ms for 1s",
        "8.1s ann says in lobby: seven",
        "12s * unreadable for 1s",
        "12.1s ann asks 50 of lobby before 3",
    ];
    let people = [
        "1s bob dies",
        "1.1s bob joins as ann",
        "2s ann floods lobby 30 times: spam",
        "3s eve joins as eve",
        "3.1s eve says in lobby: hm",
        "3.2s eve repeats",
        "3.3s eve sends garbage",
        "4s eve knocks",
        "4.1s eve sends half a frame",
        "5s eve knocks",
        "5.1s eve sends a bad hello",
        "6s eve knocks",
        "6.1s eve sends a huge frame",
    ];
    let relayed = relayed(&[
        "1s * crash gate for 0.5s",
        "4s * partition gate for 0.5s",
        "5s * partition gate up for 0.5s",
        "6s * hold gate for 0.5s",
        "7s * partition clients of gate for 0.5s",
        "8s * partition clients of gate down for 0.5s",
        "9s * hold clients of gate for 0.5s",
        "9.5s * reset all",
        "10s * stop gate for 0.5s",
        "13s bob floods lobby 20 times: one",
        "13s * slow gate for 1s",
        "14.5s bob tells ann: psst",
        "14.5s * slow clients of gate for 1s",
    ]);
    vec![two(&network), two(&server), two(&disk), two(&people), relayed]
}

#[test]
fn every_kind_of_trouble_is_met() {
    let mut tally = Tally::default();
    for plan in troubled() {
        let outcome = look(&plan);
        assert_eq!(outcome.broken, [], "in\n{}", toml::to_string(&plan).expect("a plan can be written"));
        tally.add(&outcome.tally);
    }
    // Impostors answer the dials of machines only: a link's dial has the server's address.
    let met_here = FaultKind::ALL.iter().filter(|kind| **kind != FaultKind::Impostor);
    let unmet = met_here.filter(|kind| !tally.faults.contains_key(kind));
    let unmet: Vec<&str> = unmet.map(|kind| kind.name()).collect();
    assert!(unmet.is_empty(), "these were never met: {unmet:?}; those that were: {:?}", tally.faults);
}

#[test]
fn who_comes_through_a_relay_has_a_star_and_its_own_address() {
    let outcome = look(&relayed(&["2s ann says in lobby: hello", "3s bob tells ann: psst", "4s bob asks report"]));
    assert_eq!(outcome.broken, []);
    let shown = shown(&outcome);
    assert!(shown.iter().any(|line| line.starts_with("bob") && line.contains("*ann: hello")), "{shown:#?}");
    assert!(shown.iter().any(|line| line.starts_with("ann") && line.contains("bob: psst")), "{shown:#?}");
    let relayed = outcome.records.iter().find_map(|(_, input)| match input {
        Input::Relayed { addr, .. } => Some(*addr),
        _ => None,
    });
    let relayed = relayed.expect("the relay told whose connection it is");
    assert_eq!(relayed.ip().to_string(), "10.0.0.1", "ann is the first who takes part");
}

#[test]
fn a_relay_that_dies_takes_its_connections_along_and_no_others() {
    let outcome = look(&relayed(&["5s * crash gate for 1s", "20s ann says in lobby: hello"]));
    assert_eq!(outcome.broken, []);
    let lost = |name: &str| shown(&outcome).iter().filter(|line| **line == format!("{name}: connection lost")).count();
    assert_eq!((lost("ann"), lost("bob")), (1, 0));
    assert!(shown(&outcome).iter().any(|line| line.starts_with("bob") && line.contains("*ann: hello")));
}

#[test]
fn trouble_that_meets_nothing_is_not_counted() {
    let mut plan = two(&["5s * reset eve", "6s * disk full for 0.1s", "7s * refuse for 1s", "8s * clock by 60s"]);
    plan.seed = 3;
    let outcome = look(&plan);
    assert_eq!(outcome.tally.faults, std::collections::BTreeMap::new());
}

/// The same seeds, alone and with every core busy: the digests are of all that the witness noticed.
#[test]
#[expect(clippy::disallowed_methods, reason = "threads are what a world must not depend on")]
fn a_plan_runs_the_same_each_time() {
    let mut plans = troubled();
    plans.extend((0..4).map(|seed| draw(seed, &Knobs::default())));
    let alone: Vec<u64> = plans.iter().map(digest).collect();
    let crowd: Vec<_> = (0..3)
        .map(|_| {
            let plans = plans.clone();
            std::thread::spawn(move || plans.iter().rev().map(digest).collect::<Vec<u64>>())
        })
        .collect();
    for thread in crowd {
        let mut again = thread.join().expect("no world panics");
        again.reverse();
        assert_eq!(alone, again);
    }
    let mut others = alone.clone();
    others.sort_unstable();
    others.dedup();
    assert_eq!(others.len(), alone.len(), "different plans have different digests");
}

#[test]
fn a_journal_in_files_and_one_in_memory_tell_the_same() {
    let lines = ["1s ann says in lobby: one", "2s * kill for 0.5s", "4s bob asks 50 of lobby before 3"];
    // Every eighth seed has its journal in files, as long as no power is cut.
    let (mut files, mut memory) = (two(&lines), two(&lines));
    (files.seed, memory.seed) = (8, 8);
    memory.steps.push(two(&["19.9s * power cut for 0.1s"]).steps.pop().expect("there is a last step"));
    let before_the_cut = |outcome: &Outcome| {
        let moments = outcome.chronicle.moments.iter();
        moments.take_while(|(at, _)| *at < 19_900).cloned().collect::<Vec<_>>()
    };
    let (files, memory) = (look(&files), look(&memory));
    assert_eq!((&files.broken, &memory.broken), (&vec![], &vec![]));
    assert!(shown(&files).iter().any(|line| line.contains("page of")), "a page was read from the store");
    assert_eq!(before_the_cut(&files), before_the_cut(&memory));
}
