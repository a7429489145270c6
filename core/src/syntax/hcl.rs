//! HCL 1 and HCL 2.
//!
//! A text is read up to three times. The first reading is exact: it does what the reference parser does and
//! stops at the first problem. Only a text with problems is read again, now with repairs, to find all
//! problems and to keep as much of the tree as can be kept; and once more, guided by the indentation, when
//! its braces do not balance.

mod lexer;
mod parser;

use std::sync::Arc;

use super::Dialect;
use super::problem::ProblemKind;
use super::tree::Tree;
use parser::{Mode, Parser};

/// Reads HCL 1. There are no problems exactly when the reference parser accepts the text.
pub(super) fn parse_hcl1(text: Arc<str>, dialect: Dialect) -> Tree {
    parse(text, dialect)
}

/// Reads HCL 2. What the tree has no kind for is an expression; whether the text is valid is for
/// `hcl2::verdict` to say.
pub(super) fn parse_hcl2(text: Arc<str>) -> Tree {
    parse(text, Dialect::Hcl2)
}

fn parse(text: Arc<str>, dialect: Dialect) -> Tree {
    let exact = Parser::parse(&text, dialect, Mode::Exact);
    if exact.problems.is_empty() {
        return exact.finish(text, dialect);
    }
    let mut repaired = Parser::parse(&text, dialect, Mode::Repair);
    let unbalanced = |kind: &ProblemKind| {
        matches!(
            kind,
            ProblemKind::UnclosedObject | ProblemKind::UnexpectedClosing | ProblemKind::UnclosedList
        )
    };
    if repaired.problems.as_slice().iter().any(|problem| unbalanced(&problem.kind)) {
        repaired = Parser::parse(&text, dialect, Mode::RepairByIndentation);
    }
    if repaired.problems.is_empty() {
        // The repair saw nothing wrong, but the reference parser does.
        repaired.problems = exact.problems;
    }
    repaired.finish(text, dialect)
}
