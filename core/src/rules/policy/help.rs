//! What the findings about policies say in the same way.

use crate::model::{Policy, PolicyProblem, PolicyProblemKind};
use crate::rules::Context;
use crate::syntax::Tree;
use crate::text::Span;

/// So many mistyped words of a document are compared with the known ones; more are no typing mistakes.
const MAX_SUGGESTIONS: usize = 50;

/// The longest part of a document that is put into a message, in characters.
const LONGEST_SHOWN: usize = 60;

/// Calls `report`, which reports one finding, for each problem that `wanted` picks; the flag says whether to
/// look for a similar word. What is broken syntax already is left to the rules about syntax, and problems
/// beyond the limit are only counted.
pub(super) fn for_each_problem<'a, 'p>(
    cx: &mut Context<'a>,
    policy: &'p Policy,
    wanted: fn(&PolicyProblemKind) -> bool,
    report: &mut dyn FnMut(&mut Context<'a>, &'p PolicyProblem, bool),
) {
    let Some(parsed) = cx.document() else { return };
    let mut index = 0;
    for problem in &policy.problems {
        if !wanted(&problem.kind) || is_broken(&parsed.tree, problem.span) {
            continue;
        }
        if cx.is_full() {
            cx.omit();
        } else {
            report(cx, problem, index < MAX_SUGGESTIONS);
        }
        index += 1;
    }
}

/// Whether a problem of the syntax touches the place.
pub(super) fn is_broken(tree: &Tree, span: Span) -> bool {
    let problems = tree.problems();
    let next = problems.partition_point(|problem| problem.span.end < span.start);
    problems.get(next).is_some_and(|problem| problem.span.start <= span.end)
}

/// Whether the server refuses something in a block. Problems come in the order of the blocks.
pub(super) fn has_problem(policy: &Policy, index: usize) -> bool {
    let index = Some(index as u32);
    let first = policy.problems.partition_point(|problem| problem.path < index);
    policy.problems.get(first).is_some_and(|problem| problem.path == index)
}

/// The advice, and then the server's own words.
pub(super) fn and_server(cx: &Context<'_>, problem: &PolicyProblem, advice: &str) -> String {
    let Some(parsed) = cx.document() else { return advice.to_owned() };
    let says = problem.server_text(cx.text(), parsed.document.line_index());
    // The server's lists of errors go over several lines.
    let says = says.split(['\n', '\t']).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    format!("{advice}; Vault says: `{}`", shortened(&says, 200))
}

/// A part of a document for a message: one line, not too long.
pub(super) fn shown(text: &str) -> String {
    shortened(text.lines().next().unwrap_or_default(), LONGEST_SHOWN)
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
