//! `nomad-vault policy`.

mod fmt;
mod test;

use clap::{Args, Subcommand};

use crate::exit::{Error, Exit};

/// Lay out policies, and test what they allow
#[derive(Args, Debug)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Fmt(fmt::Fmt),
    Test(test::Test),
}

impl Policy {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        match self.command {
            Command::Fmt(command) => command.run(),
            Command::Test(command) => command.run(),
        }
    }
}
