//! JSON, loose and strict.

mod keys;
mod loose;
mod strict;

use std::sync::Arc;

use super::dialect::Dialect;
use super::tree::Tree;

/// Reads JSON of RFC 8259. A repeated member is a problem.
pub(super) fn parse_strict(text: Arc<str>) -> Tree {
    let builder = strict::read(&text);
    builder.finish(text, Dialect::Json)
}

/// Reads JSON as HCL 1's reader does.
///
/// What that reader drops without a word (the rest of an object after a missing comma, truth values in a
/// list, text after the end) is not in the tree of a document that it accepts.
pub(super) fn parse_loose(text: Arc<str>) -> Tree {
    let builder = loose::read(&text);
    builder.finish(text, Dialect::LooseJson)
}

#[cfg(test)]
mod tests;
