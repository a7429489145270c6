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

use std::time::Instant;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Makes everything ready; all steps are tried, so that one run names all that is missing.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let steps: [(&str, fn(&Workspace) -> Result<(), Failure>); 6] = [
        ("WebAssembly target", |workspace| wasm_target::ensure(workspace).map(drop)),
        ("wasm-bindgen", |workspace| wasm_bindgen::ensure(workspace).map(drop)),
        ("browser", |_| browser::ensure()),
        ("Vault-compatible server", |workspace| openbao::ensure(workspace).map(drop)),
        ("Node packages", node::ensure_packages),
        ("cargo-deny", |workspace| cargo_deny::ensure(workspace).map(drop)),
    ];
    let mut missing = Vec::new();
    for (name, step) in steps {
        let started = Instant::now();
        match step(workspace) {
            Ok(()) => println!("setup: {name}: ready ({:.1} s)", started.elapsed().as_secs_f32()),
            Err(failure) => {
                eprintln!("setup: {name}: {failure}");
                missing.push(name);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("not ready: {}", missing.join(", "))))
}

/// Tells what is about to be installed, from where, and why: nothing arrives on a machine unannounced.
fn announce(what: &str, source: &str, why: &str) {
    println!("setup: installing {what} from {source}: {why}");
}
