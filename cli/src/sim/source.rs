//! Where plans come from: seeds, recordings and files.

use super::SimArgs;
use crate::exit::{ExitCode, Failure};
use hobnob_machine::{Config, Input};
use hobnob_runtime::journal::Reader;
use hobnob_sim::Plan;
use hobnob_sim::draw::{self, Knobs};
use hobnob_sim::scenario::Scenario;
use hobnob_spec::messages::Time;
use std::ops::ControlFlow;
use std::path::Path;

/// Where the plans of a search come from.
pub(super) struct Source {
    knobs: Knobs,
    recorded: Option<(Vec<(Time, Input)>, Config)>,
}

impl Source {
    /// What the arguments ask for. Fails when a journal cannot be read.
    pub(super) fn of(args: &SimArgs) -> Result<Self, Failure> {
        let clients = args.clients.map(|clients| usize::try_from(clients).expect("it is at most 64"));
        let knobs = Knobs { clients, faults: args.faults.clone(), length_ms: args.length_ms() };
        let recorded = args.from.as_deref().map(read_journal).transpose()?;
        Ok(Self { knobs, recorded })
    }

    /// The plan of a seed.
    pub(super) fn plan(&self, seed: u64) -> Plan {
        match &self.recorded {
            Some((records, genesis)) => draw::from_journal(records, genesis, seed, &self.knobs),
            None => draw::draw(seed, &self.knobs),
        }
    }
}

/// Reads a scenario.
pub(super) fn scenario(path: &Path) -> Result<Scenario, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| Failure::new(ExitCode::Usage, format_args!("cannot read {name}: {error}")))?;
    Scenario::read(&name, &text).map_err(|wrong| Failure::new(ExitCode::Usage, wrong))
}

/// What is kept of a journal, and the settings it began with.
fn read_journal(path: &Path) -> Result<(Vec<(Time, Input)>, Config), Failure> {
    let failed = |error| Failure::new(ExitCode::Failed, error);
    let reader = Reader::open(path).map_err(failed)?;
    let mut records = Vec::new();
    let from = reader.kept_from().map_err(failed)?;
    let read = reader.records(from, |record, input| {
        records.push((record.at, input));
        ControlFlow::Continue(())
    });
    read.map_err(failed)?;
    Ok((records, reader.genesis().map_err(failed)?.config))
}
