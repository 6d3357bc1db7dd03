//! One flag for each limit, made from the table of limits.

use clap::{Arg, ArgMatches, Command};
use hobnob_spec::limits::Limits;

/// The limits that were given, each by its name, as they were written.
#[derive(Debug, Clone, Default)]
pub(super) struct LimitArgs(pub(super) Vec<(&'static str, String)>);

impl clap::FromArgMatches for LimitArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given =
            Limits::TABLE.iter().filter_map(|(name, ..)| Some((*name, matches.get_one::<String>(name)?.clone())));
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for LimitArgs {
    fn augment_args(command: Command) -> Command {
        Limits::TABLE.iter().fold(command, |command, (name, unit, _, reason)| {
            let value = if *unit == "ms" { "TIME".to_owned() } else { unit.to_uppercase() };
            let flag = name.trim_end_matches("_ms").replace('_', "-");
            let help = reason.trim_end_matches('.');
            command.arg(Arg::new(*name).long(flag).value_name(value).help(help).help_heading("Limits"))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
