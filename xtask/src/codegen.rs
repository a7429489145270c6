//! `cargo xtask codegen`: starts the generator, which is a program of its own (`src/bin/codegen`).
//!
//! The generator is compiled with the core; this task runner is not, so it builds quickly, also while the core does not build.

use crate::failure::Failure;
use crate::process::{cargo, run as run_command};
use crate::workspace::Workspace;

/// Writes the generated files, or with `check` fails when one is stale.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<(), Failure> {
    let mut command = cargo();
    command.current_dir(workspace.root());
    command.args(["run", "--quiet", "--package", "xtask", "--features", "codegen", "--bin", "codegen", "--"]);
    command.arg(workspace.root());
    if check {
        command.arg("--check");
    }
    run_command(&mut command)
}
