//! `SYN`: texts that their language's reader refuses, and what we refuse to look into.

mod brackets;
mod items;
mod json;
mod lists;
mod suppression;
mod text;
mod tokens;

pub(crate) use suppression::UNUSED_SUPPRESSION;

use super::{Context, Rule};
use crate::model::ParsedDocument;
use crate::syntax::{Problem, ProblemKind};

/// The family, in the order of the codes.
pub(super) static RULES: &[&Rule] = &[
    &text::NOT_A_TEXT,
    &text::DOCUMENT_TOO_LARGE,
    &text::EMPTY_DOCUMENT,
    &text::BYTE_ORDER_MARK,
    &tokens::ILLEGAL_CHARACTER,
    &tokens::UNCLOSED_STRING,
    &tokens::UNCLOSED_COMMENT,
    &tokens::UNCLOSED_HEREDOC,
    &tokens::BAD_HEREDOC,
    &tokens::BAD_ESCAPE,
    &tokens::BAD_NUMBER,
    &brackets::UNCLOSED_OBJECT,
    &brackets::UNCLOSED_LIST,
    &brackets::UNEXPECTED_CLOSING,
    &brackets::TOO_DEEP,
    &items::INCOMPLETE_ITEM,
    &items::MISSING_KEY,
    &items::MISSING_VALUE,
    &items::BLOCK_WITH_EQUALS,
    &items::UNEXPECTED_TOKEN,
    &items::INVALID_HCL2,
    &lists::MISSING_COMMA,
    &lists::BARE_WORD,
    &json::DUPLICATE_KEY,
    &json::JSON_COMMENT,
    &json::SINGLE_QUOTES,
    &json::TRAILING_COMMA,
    &json::INVALID_JSON,
    &suppression::UNKNOWN_SUPPRESSION,
    &suppression::UNUSED_SUPPRESSION,
];

/// Calls `report` for each problem of the document that `wanted` picks.
fn for_each_problem<'a>(
    cx: &mut Context<'a>,
    parsed: &ParsedDocument<'_>,
    wanted: fn(&ProblemKind) -> bool,
    report: fn(&mut Context<'a>, &Problem),
) {
    for problem in parsed.tree.problems().iter().filter(|problem| wanted(&problem.kind)) {
        report(cx, problem);
    }
}

/// The text of a problem for a message: one line, not too long.
fn shown(cx: &Context<'_>, problem: &Problem) -> String {
    const LONGEST: usize = 40;
    let line = problem.span.of(cx.text()).lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
