//! Tools that are Rust programs: compiled from crates.io into `target/xtask/tools`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process::{capture, cargo, find_on_path, program, run};
use crate::workspace::{Workspace, remove_folder};

/// A program of a crate, in one exact version.
pub(super) struct CargoTool<'a> {
    /// The crate that holds it.
    pub(super) package: &'a str,
    /// The only version that will do.
    pub(super) version: &'a str,
    /// The program that is asked for its version.
    pub(super) program: &'a str,
    /// What it is needed for.
    pub(super) why: &'a str,
}

impl CargoTool<'_> {
    /// The program: the one installed before, else an equal one on `PATH`, else a newly compiled one.
    pub(super) fn ensure(&self, workspace: &Workspace) -> Result<PathBuf, Failure> {
        let installed = workspace.tool(self.program);
        if self.is_right(&installed) {
            return Ok(installed);
        }
        if let Some(found) = find_on_path(&[self.program]).filter(|found| self.is_right(found)) {
            return Ok(found);
        }
        super::announce(
            &format!("{} {}", self.package, self.version),
            "crates.io (compiling, a few minutes)",
            self.why,
        );
        self.install(workspace)?;
        remove_folder(&build_folder(workspace))?;
        if self.is_right(&installed) {
            return Ok(installed);
        }
        Err(Failure::new(format!("{} is not {} {}", installed.display(), self.package, self.version)))
    }

    fn is_right(&self, file: &Path) -> bool {
        let Ok(answer) = capture(program(file).arg("--version")) else { return false };
        answer.split_whitespace().any(|word| word == self.version)
    }

    fn install(&self, workspace: &Workspace) -> Result<(), Failure> {
        if run(&mut self.install_command(workspace, true)).is_ok() {
            return Ok(());
        }
        println!("setup: {}: its own lock file cannot be met, resolving anew", self.package);
        run(&mut self.install_command(workspace, false))
    }

    fn install_command(&self, workspace: &Workspace, locked: bool) -> std::process::Command {
        let mut command = cargo();
        command.current_dir(workspace.root());
        command.args(["install", "--force", self.package, "--version"]).arg(format!("={}", self.version));
        command.arg("--root").arg(workspace.tools()).arg("--target-dir").arg(build_folder(workspace));
        if locked {
            command.arg("--locked");
        }
        if !std::io::stderr().is_terminal() {
            command.arg("--quiet");
        }
        quick_profile(&mut command);
        command
    }
}

/// Where tools are compiled: removed afterwards, for it is larger than they are.
fn build_folder(workspace: &Workspace) -> PathBuf {
    workspace.cache().join("build")
}

/// A development tool that runs for a second is not worth minutes of optimising.
fn quick_profile(command: &mut std::process::Command) {
    command.env("CARGO_PROFILE_RELEASE_LTO", "false");
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command.env("CARGO_PROFILE_RELEASE_DEBUG", "false");
}
