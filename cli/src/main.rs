//! The `nomad-vault` command.

mod command;
mod config;
mod exit;
mod files;
mod output;
mod parallel;
mod policies;

use std::process::ExitCode;

use clap::Parser;

use crate::command::Command;

/// Checks the files of Nomad's Vault integration, all together: token roles, policies, jobs and agent
/// configuration, as Nomad and Vault of a given version judge them.
#[derive(Debug, Parser)]
#[command(name = "nomad-vault", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  nomad-vault check .                      Check every role, policy, job and agent file below here
  nomad-vault check --fix role.json        Repair what can be repaired safely
  nomad-vault explain ROLE003              What a finding means, and what to write instead
  nomad-vault acl explain -p web.hcl -o read secret/data/web   May a token do this, and why?";

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.run() {
        Ok(exit) => exit.into(),
        Err(error) => error.report(),
    }
}
