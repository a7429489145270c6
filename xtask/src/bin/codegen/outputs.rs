//! What is generated.

mod rule_pages;

use std::path::PathBuf;

use nomad_vault_core::wire::typescript;

/// Folders in which every file is generated: one that no output names is a leftover and is removed.
pub(crate) const OWNED_FOLDERS: &[&str] = &["docs/rules"];

/// Every generated file: its path from the root, and its text.
pub(crate) fn outputs() -> Vec<(PathBuf, String)> {
    let mut outputs = rule_pages::outputs();
    outputs.push((PathBuf::from("wasm/js/types.ts"), typescript::module()));
    outputs
}
