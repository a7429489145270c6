//! The commands, one file each.

mod check;
mod completions;
mod explain;
mod init;
mod man;
mod role;
mod rules;

use clap::Subcommand;

use crate::exit::{Error, Exit};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::Check),
    Explain(explain::Explain),
    Init(init::Init),
    Role(role::Role),
    Rules(rules::Rules),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self) -> Result<Exit, Error> {
        match self {
            Self::Check(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::Init(command) => command.run(),
            Self::Role(command) => command.run(),
            Self::Rules(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}
