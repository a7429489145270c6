//! The commands, one file each.

mod acl;
mod check;
mod completions;
mod explain;
mod init;
mod man;
mod policy;
mod role;
mod rules;

use clap::Subcommand;

use crate::exit::{Error, Exit};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Acl(acl::Acl),
    Check(check::Check),
    Explain(explain::Explain),
    Init(init::Init),
    Policy(policy::Policy),
    Role(role::Role),
    Rules(rules::Rules),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Does it.
    pub(crate) fn run(self) -> Result<Exit, Error> {
        match self {
            Self::Acl(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::Init(command) => command.run(),
            Self::Policy(command) => command.run(),
            Self::Role(command) => command.run(),
            Self::Rules(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}
