//! cargo-deny, which judges licences, sources and banned crates by `deny.toml`.

use std::path::PathBuf;

use super::cargo_tool::CargoTool;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The program `cargo-deny`.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let tool = CargoTool {
        package: "cargo-deny",
        version: "0.20.2",
        program: "cargo-deny",
        why: "to judge the licences and sources of the dependencies (cargo xtask lint)",
    };
    tool.ensure(workspace)
}
