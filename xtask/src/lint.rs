//! `cargo xtask lint`: everything that is judged without running the code.

use std::process::Command;

use crate::failure::Failure;
use crate::process::{cargo, run as run_command};
use crate::setup::{cargo_deny, wasm_target};
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{codegen, tidy, wasm};

/// Runs every check, also after one has failed.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut steps = Steps::default();
    steps.step("rules of the house", || tidy::run(workspace));
    steps.step("format", || run_command(cargo_here(workspace).args(["fmt", "--all", "--check"])));
    steps.step("clippy, host", || clippy_host(workspace));
    steps.step("WebAssembly lints", || lint_wasm(workspace));
    steps.step("documentation", || documentation(workspace));
    steps.step("licences, sources, bans", || dependencies(workspace));
    steps.step("generated files", || codegen::run(workspace, true));
    if workspace.has_wasm_crate() {
        steps.step("WebAssembly file", || wasm::run(workspace));
    }
    steps.finish("lint")
}

fn cargo_here(workspace: &Workspace) -> Command {
    let mut command = cargo();
    command.current_dir(workspace.root());
    command
}

fn clippy_host(workspace: &Workspace) -> Result<(), Failure> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    run_command(cargo_here(workspace).args(clippy))
}

/// The core as web pages get it, and the crate around it, compiled for their target.
fn lint_wasm(workspace: &Workspace) -> Result<(), Failure> {
    let toolchain = wasm_target::ensure(workspace)?;
    let (check, warnings): (&str, &[&str]) =
        if toolchain.has_clippy() { ("clippy", &["--", "-D", "warnings"]) } else { ("check", &[]) };
    println!("cargo {check} with {}", toolchain.name());
    let mut core = toolchain.cargo();
    core.current_dir(workspace.root()).args([
        check,
        "--package",
        "nomad-vault-core",
        "--no-default-features",
    ]);
    run_command(core.args(["--target", wasm_target::TARGET]).args(warnings))?;
    if !workspace.has_wasm_crate() {
        return Ok(());
    }
    let mut border = toolchain.cargo();
    border.current_dir(workspace.root()).args([check, "--package", "nomad-vault-wasm", "--lib", "--tests"]);
    run_command(border.args(["--target", wasm_target::TARGET]).args(warnings))
}

fn documentation(workspace: &Workspace) -> Result<(), Failure> {
    let mut command = cargo_here(workspace);
    command.env("RUSTDOCFLAGS", "-D warnings");
    run_command(command.args(["doc", "--workspace", "--no-deps", "--all-features"]))
}

/// cargo-deny without its advisories, which it would fetch from elsewhere; the rest needs the dependencies' sources only.
fn dependencies(workspace: &Workspace) -> Result<(), Failure> {
    let program = cargo_deny::ensure(workspace)?;
    run_command(cargo_here(workspace).args(["fetch", "--quiet", "--locked"]))?;
    let mut command = crate::process::program(program);
    command.current_dir(workspace.root());
    run_command(command.args(["--offline", "check", "bans", "licenses", "sources"]))
}
