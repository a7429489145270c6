//! `cargo xtask oracle`: gets the real server, and starts the program that asks it.
//!
//! The program is a crate of its own (`oracle/`), because it needs the core and this task runner does not.

use crate::failure::Failure;
use crate::process::{cargo, run as run_command};
use crate::setup::openbao;
use crate::workspace::Workspace;

/// Asks what `arguments` say.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let server = openbao::ensure(workspace)?;
    let mut command = cargo();
    command.current_dir(workspace.root()).args(["run", "--quiet", "--package", "nomad-vault-oracle", "--"]);
    run_command(command.args(arguments).env(SERVER, server))
}

/// Where the program finds the server.
pub(crate) const SERVER: &str = "NOMAD_VAULT_ORACLE_SERVER";
