//! `cargo xtask bench NAME`: the benchmarks live in the `tests` crate, beside the corpus they read.

use crate::failure::Failure;
use crate::process::{cargo, run as run_command};
use crate::workspace::Workspace;

/// Runs the benchmark of this name in the optimised profile.
pub(crate) fn run(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<(), Failure> {
    if !workspace.path("tests/Cargo.toml").is_file() {
        return Err(Failure::new("there is no tests crate, so there are no benchmarks"));
    }
    let mut command = cargo();
    command.current_dir(workspace.root()).args(["bench", "--package", "nomad-vault-tests", "--bench", name]);
    if !arguments.is_empty() {
        command.arg("--").args(arguments);
    }
    run_command(&mut command)
}
