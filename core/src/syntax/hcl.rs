//! HCL 1 and HCL 2.

use std::sync::Arc;

use super::dialect::Dialect;
use super::tree::{Tree, TreeBuilder};

pub(super) fn parse_hcl1(text: Arc<str>) -> Tree {
    TreeBuilder::new(text.len()).finish(text, Dialect::Hcl1)
}

pub(super) fn parse_hcl2(text: Arc<str>) -> Tree {
    TreeBuilder::new(text.len()).finish(text, Dialect::Hcl2)
}
