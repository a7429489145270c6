//! `cargo xtask bench NAME`: the benchmarks live in the `tests` crate, beside the corpus they read.

use crate::failure::Failure;
use crate::oracle;
use crate::process::{cargo, run as run_command};
use crate::wasm;
use crate::workspace::Workspace;

const COMMAND: &str = "nomad-vault";

/// Runs the benchmark of this name in the optimised profile, with the WebAssembly file and the command that it measures.
pub(crate) fn run(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<(), Failure> {
    if !workspace.path("tests/Cargo.toml").is_file() {
        return Err(Failure::new("there is no tests crate, so there are no benchmarks"));
    }
    let glue = wasm::build_for_node(workspace)?;
    let mut build = cargo();
    run_command(build.current_dir(workspace.root()).args(["build", "--release", "--bin", COMMAND]))?;
    let mut command = cargo();
    command.env("NOMAD_VAULT_WASM", glue);
    command.env("NOMAD_VAULT_COMMAND", workspace.target().join("release").join(COMMAND));
    command.current_dir(workspace.root()).args(["bench", "--package", "nomad-vault-tests", "--bench", name]);
    if !arguments.is_empty() {
        command.arg("--").args(arguments);
    }
    run_command(&mut command)?;
    // The server's answers, in the same run.
    if name == "acl" { run_command(&mut oracle::command(workspace, &["speed"])?) } else { Ok(()) }
}
