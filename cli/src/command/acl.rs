//! `nomad-vault acl`.

mod capabilities;
mod diff;
mod explain;

use clap::{Args, Subcommand};

use crate::exit::{Error, Exit};

/// What a token with some policies may do, as the server decides it
#[derive(Args, Debug)]
pub(crate) struct Acl {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Capabilities(capabilities::Capabilities),
    Explain(explain::Explain),
    Diff(diff::Diff),
}

impl Acl {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        match self.command {
            Command::Capabilities(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Diff(command) => command.run(),
        }
    }
}
