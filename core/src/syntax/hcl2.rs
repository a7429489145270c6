//! HCL 2 as Go's `hclsyntax` reads it: whether a text is valid, and the trees of its expressions.
//!
//! Our own tolerant tree tells where something is wrong; what this reader accepts has no problems.

mod collections;
mod expression;
mod lexer;
mod reader;
mod template;
mod terms;

pub(super) use lexer::ident_length;
use reader::Reader;

use super::problem::{Problem, ProblemKind, Problems};
use super::tree::Tree;
use super::{Dialect, hcl, hcl1_only};

pub(crate) use expression::{Expr, Expression, Kind, Operator};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Replaces the problems of a tree that was read as HCL 2 by those that make Go's reader refuse the text.
pub(super) fn judge(mut tree: Tree) -> Tree {
    let problems = match first_problem(tree.text()) {
        None => Vec::new(),
        Some(problem) => refused(&tree, problem),
    };
    tree.replace_problems(Problems::of(problems));
    tree
}

/// Whether a text is one `${ … }` of a template.
pub(super) fn is_interpolation(text: &str) -> bool {
    Reader::is_interpolation(text)
}

/// The first thing for which Go's reader refuses a text.
fn first_problem(text: &str) -> Option<Problem> {
    // Go's reader skips one mark.
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() as u32 } else { 0 };
    let mut reader = Reader::new(text, start);
    let result = reader.document();
    result.err().and_then(|_| reader.problem.take())
}

/// The problems of a text that is no HCL 2: habits of HCL 1 if that is all, else those that our tree sees, else
/// what the reader says.
fn refused(tree: &Tree, problem: Problem) -> Vec<Problem> {
    let hcl1 = hcl::parse_hcl1(tree.shared_text(), Dialect::Hcl1);
    if hcl1.problems().is_empty() {
        let habits = hcl1_only::habits(&hcl1);
        if !habits.is_empty() {
            return habits;
        }
    }
    if tree.problems().is_empty() || problem.kind == ProblemKind::TooDeep {
        return vec![problem];
    }
    tree.problems().to_vec()
}

#[cfg(test)]
mod tests;
