//! `nomad-vault completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Cli;
use crate::exit::{Error, Exit};
use crate::output;

/// Print the completions of a shell
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  nomad-vault completions bash > /etc/bash_completion.d/nomad-vault
  nomad-vault completions fish > ~/.config/fish/completions/nomad-vault.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "nomad-vault", &mut script);
        output::print(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Clean)
    }
}
