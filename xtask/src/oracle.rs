//! `cargo xtask oracle`: gets the real server, and starts the program that asks it.
//!
//! The program is a crate of its own (`oracle/`), because it needs the core and this task runner does not.

use std::process::Command;

use crate::failure::Failure;
use crate::process::{cargo, run as run_command};
use crate::setup::openbao;
use crate::workspace::Workspace;

/// Asks what `arguments` say.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run_command(&mut command(workspace, &arguments)?)
}

/// The program with the server at hand.
pub(crate) fn command(workspace: &Workspace, arguments: &[&str]) -> Result<Command, Failure> {
    let server = openbao::ensure(workspace)?;
    let mut command = cargo();
    command.current_dir(workspace.root()).args(["run", "--quiet", "--package", "nomad-vault-oracle", "--"]);
    command.args(arguments).env("NOMAD_VAULT_ORACLE_SERVER", server);
    Ok(command)
}
