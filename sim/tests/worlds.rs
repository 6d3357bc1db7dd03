//! The turmoil tier: that it carries plans out, that its faults bite, and that it does the same each time.

use hobnob_sim::plan::Plan;
use hobnob_sim::worlds::run;
use hobnob_sim::{Look, Outcome};

/// A world of two friends, with more lines.
fn two(lines: &[&str]) -> Plan {
    world(&["0s ann joins", "0.2s bob joins"], lines)
}

fn world(first: &[&str], lines: &[&str]) -> Plan {
    let steps: Vec<String> = first.iter().chain(lines).map(|line| format!("  {line:?},\n")).collect();
    let text = format!(
        "name = 'two'\nseed = 7\nclients = ['ann', 'bob']\nrude = ['eve']\nheal = '20s'\nend = '30s'\nsteps = [\n{}]\n",
        steps.concat()
    );
    toml::from_str(&text).expect("the plan is one")
}

/// What users were shown, a line each.
fn shown(outcome: &Outcome) -> Vec<String> {
    let names = &outcome.chronicle.names;
    let shown = outcome.chronicle.moments.iter().filter_map(|(_, moment)| match moment {
        hobnob_sim::chronicle::Moment::Shown { client, text } => Some(format!("{}: {text}", names[*client])),
        _ => None,
    });
    shown.collect()
}

fn look(plan: &Plan) -> Outcome {
    run(plan, Look { chronicle: true, digest: true })
}

#[test]
fn two_clients_talk_in_a_quiet_world() {
    let outcome = look(&two(&["2s ann says in lobby: hello", "3s bob tells ann: psst"]));
    assert_eq!(outcome.broken, []);
    assert_eq!(outcome.tally.virtual_ms, 30_000);
    let (records, shown) = (outcome.records.len(), shown(&outcome));
    assert!(records >= 6, "two connections, two joins, two messages are {records} records");
    assert!(shown.iter().any(|line| line.starts_with("bob") && line.contains("hello")), "{shown:#?}");
    assert!(shown.iter().any(|line| line.starts_with("ann") && line.contains("psst")), "{shown:#?}");
}
