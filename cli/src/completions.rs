//! Completion scripts and manual pages, both printed from the command line's own definition.

use crate::exit::{self, ExitCode, Failure};
use clap_complete::Shell;
use std::path::PathBuf;

/// What `hobnob completions` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hobnob completions bash > ~/.local/share/bash-completion/completions/hobnob
  hobnob completions zsh > ~/.zfunc/_hobnob
  hobnob completions fish > ~/.config/fish/completions/hobnob.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// What `hobnob man` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hobnob man | man -l -
  hobnob man --out ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the completion script.
#[expect(clippy::needless_pass_by_value, reason = "every command owns its arguments")]
pub(crate) fn run(args: CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::command_line(), "hobnob", &mut script);
    exit::print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Fine)
}

/// Prints or writes the manual pages.
pub(crate) fn run_man(args: ManArgs) -> Result<ExitCode, Failure> {
    let Some(dir) = args.out else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(crate::command_line()).render(&mut page);
        rendered.map_err(|error| Failure::output(&error))?;
        exit::print(&String::from_utf8_lossy(&page))?;
        return Ok(ExitCode::Fine);
    };
    std::fs::create_dir_all(&dir).and_then(|()| clap_mangen::generate_to(crate::command_line(), &dir)).map_err(
        |error| Failure::new(ExitCode::Failed, format_args!("cannot write into {}: {error}", dir.display())),
    )?;
    Ok(ExitCode::Fine)
}
