//! The judge finds nothing wrong with what the machine really does, and names the promise that a bad history breaks.
//!
//! `HOBNOB_SEED=n` judges the walk of that seed alone; `HOBNOB_SEEDS=n` judges so many.

use hobnob_machine::{Input, Out, Server};
use hobnob_sim::judge::Judge;
use hobnob_sim::{Breach, Trace, Walk};

/// How far one walk goes, in inputs.
const INPUTS: usize = 600;

#[expect(clippy::disallowed_methods, reason = "how much is judged is asked of a person; a walk is decided by its seed")]
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

/// Judges a walk; where `waking`, alarms ring before each input, and where `crashing`, the server is made again from
/// its records now and then.
fn judge(trace: &Trace, waking: bool, crashing: bool) -> Vec<Breach> {
    let mut judge = Judge::of_journal(trace.config.nick_case);
    let mut server = Server::new(trace.config.clone(), trace.seed);
    let mut broken = judge.started(0, &[], &server);
    let mut out = Out::default();
    for (taken, (at, input)) in trace.inputs.iter().enumerate() {
        if waking {
            out.clear();
            server.step(*at, Input::Wake, &mut out);
            broken.extend(judge.stepped(0, *at, &Input::Wake, &out, &server));
        }
        // Wakes of the trace itself are no records.
        let records = || trace.inputs[..taken].iter().filter(|(_, input)| !matches!(input, Input::Wake));
        if crashing && taken % 97 == 0 {
            let records: Vec<_> = records().cloned().collect();
            server = Server::new(trace.config.clone(), trace.seed);
            for (at, input) in &records {
                server.step(*at, input.clone(), &mut out);
            }
            broken.extend(judge.down(0, records.len() as u64, 0));
            broken.extend(judge.started(0, &records, &server));
        }
        out.clear();
        server.step(*at, input.clone(), &mut out);
        broken.extend(judge.stepped(0, *at, input, &out, &server));
        if !broken.is_empty() {
            println!("input {taken} at {at:?}: {input:?}\n{out:#?}");
            break;
        }
    }
    broken.extend(judge.end(0, &server, &[]));
    broken
}

#[test]
fn what_the_machine_does_breaks_no_promise() {
    let seeds = match number("HOBNOB_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..1 + number("HOBNOB_SEEDS").unwrap_or(150),
    };
    for seed in seeds {
        let trace = Walk::of(seed, INPUTS);
        for (waking, crashing) in [(false, false), (true, false), (true, true), (false, true)] {
            let broken = judge(&trace, waking, crashing);
            assert!(
                broken.is_empty(),
                "seed {seed} (waking {waking}, crashing {crashing}): {broken:#?}\n\
                 Repeat it with: HOBNOB_SEED={seed} cargo test -p hobnob-sim --test judge"
            );
        }
    }
}
