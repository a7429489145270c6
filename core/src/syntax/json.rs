//! JSON, loose and strict.

use std::sync::Arc;

use super::dialect::Dialect;
use super::tree::{Tree, TreeBuilder};

/// Reads JSON of RFC 8259.
pub(super) fn parse_strict(text: Arc<str>) -> Tree {
    TreeBuilder::new(text.len()).finish(text, Dialect::Json)
}

/// Reads JSON as HCL 1's reader does.
pub(super) fn parse_loose(text: Arc<str>) -> Tree {
    TreeBuilder::new(text.len()).finish(text, Dialect::LooseJson)
}
