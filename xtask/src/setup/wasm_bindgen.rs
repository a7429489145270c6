//! The command-line half of wasm-bindgen; it must be of exactly the version of the library half.

use std::path::PathBuf;

use super::cargo_tool::CargoTool;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The folder with `wasm-bindgen` and `wasm-bindgen-test-runner`.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let version = workspace.wasm_bindgen_version()?;
    let tool = CargoTool {
        package: "wasm-bindgen-cli",
        version: &version,
        program: "wasm-bindgen",
        why: "to make the JavaScript side of the WebAssembly file and to run its tests; the version is Cargo.lock's",
    };
    let program = tool.ensure(workspace)?;
    program.parent().map(PathBuf::from).ok_or_else(|| Failure::new("wasm-bindgen is in no folder"))
}
