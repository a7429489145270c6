//! From a tree to the model.

mod api_json;
mod blocks;
mod hcl;

use super::Job;
use crate::syntax::{Dialect, Tree};

/// Reads the job of a tree, whatever its language.
pub(super) fn job(tree: &Tree) -> Job {
    match tree.dialect() {
        Dialect::Json | Dialect::LooseJson => api_json::job(tree).unwrap_or_else(|| hcl::job(tree)),
        Dialect::Hcl1 | Dialect::Hcl1MultiLine | Dialect::Hcl2 => hcl::job(tree),
    }
}
