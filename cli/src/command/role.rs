//! `nomad-vault role`.

mod token;

use clap::{Args, Subcommand};

use crate::exit::{Error, Exit};

/// What token roles lead to
#[derive(Args, Debug)]
pub(crate) struct Role {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Token(token::Token),
}

impl Role {
    pub(crate) fn run(self) -> Result<Exit, Error> {
        match self.command {
            Command::Token(command) => command.run(),
        }
    }
}
