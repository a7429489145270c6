//! `cargo xtask setup`: installs what the other tasks need, below `target/` wherever it can be.
//!
//! Every step looks first, says what it installs, from where and why, and does nothing when the right version is there. A step
//! that needs root names the command instead of failing obscurely. The other tasks call the steps they need.

pub(crate) mod apt;
pub(crate) mod browser;
pub(crate) mod cargo_deny;
pub(crate) mod cargo_tool;
pub(crate) mod node;
pub(crate) mod openbao;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_target;

use crate::failure::Failure;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// Makes everything ready; all steps are tried, so that one run names all that is missing.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut steps = Steps::default();
    steps.step("WebAssembly target", || wasm_target::ensure(workspace));
    steps.step("wasm-bindgen", || wasm_bindgen::ensure(workspace));
    steps.step("browser", browser::ensure);
    steps.step("Vault-compatible server", || openbao::ensure(workspace));
    steps.step("Node packages", || node::ensure_packages(workspace));
    steps.step("cargo-deny", || cargo_deny::ensure(workspace));
    steps.finish("setup")
}

/// Tells what is about to be installed, from where, and why: nothing arrives on a machine unannounced.
fn announce(what: &str, source: &str, why: &str) {
    println!("setup: installing {what} from {source}: {why}");
}
