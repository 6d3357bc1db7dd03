//! How a command ends: the exit codes, and the one sentence that goes with a failure.
//!
//! Owns the only list of exit codes; help, manual pages and documents are printed from it. Never prints by itself
//! except through [`print()`].

use std::fmt;
use std::io::{self, Write};

macro_rules! codes {
    ($( $(#[doc = $doc:literal])* $Name:ident = $code:literal, )*) => {
        /// What a command's exit code says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(dead_code, reason = "clap itself exits with the code for usage")]
        pub(crate) enum ExitCode { $( $(#[doc = $doc])* $Name = $code, )* }

        impl ExitCode {
            /// Code and meaning of each, in the order of the codes.
            pub(crate) const TABLE: &'static [(u8, &'static str)] =
                &[$( ($code, concat!($($doc),*).trim_ascii()), )*];
        }
    };
}

codes! {
    /// All went well.
    Fine = 0,
    /// Something failed that has no code of its own, such as writing a file.
    Failed = 1,
    /// The command line or the configuration was not understood.
    Usage = 2,
    /// The server cannot start: a port or the data folder is in use, or something cannot be read.
    CannotStart = 3,
    /// The server cannot be reached, or refused the connection.
    CannotConnect = 4,
    /// The replay came to something else than what was recorded, a promise was broken, or the journal is damaged.
    Differs = 5,
    /// The measurement saw a message lost, doubled or out of order.
    Wrong = 6,
    /// A second signal ended the command at once.
    Interrupted = 130,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

/// Why a command failed: a code for scripts and a sentence for people, which says what was wrong and what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: ExitCode,
    /// The sentence; empty where silence is right.
    pub(crate) sentence: String,
}

impl Failure {
    /// A failure with its code and its sentence.
    pub(crate) fn new(code: ExitCode, sentence: impl fmt::Display) -> Self {
        Self { code, sentence: sentence.to_string() }
    }

    /// Standard output cannot be written. When its reader has gone (`hobnob spec | head`), that is no failure.
    pub(crate) fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(ExitCode::Fine, ""),
            _ => Self::new(ExitCode::Failed, format_args!("cannot write to standard output: {error}")),
        }
    }
}

/// Writes to standard output. Unlike `print!` it does not panic when the reader has gone; pass the error on with `?`.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::output(&error))
}

/// The exit codes as they stand at the end of `hobnob --help`.
pub(crate) fn codes_help() -> String {
    let lines = ExitCode::TABLE.iter().map(|(code, meaning)| format!("\n  {code:>3}  {meaning}"));
    format!("Exit codes:{}\n\nSee `hobnob help COMMAND` for each command, with examples.", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_every_exit_code() {
        let readme = include_str!("../../README.md").replace("\r\n", "\n");
        let lines: String = ExitCode::TABLE.iter().map(|(code, meaning)| format!("| {code} | {meaning} |\n")).collect();
        assert!(readme.contains(&lines), "README.md should say, under Exit codes:\n{lines}");
    }
}
