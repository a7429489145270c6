//! Elements of lists that are not written as such.

use super::{for_each_problem, shown};
use crate::model::ParsedDocument;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::{NodeKind, Problem, ProblemKind, Tree};
use crate::text::{Applicability, Span, order};

declare_rule! {
    pub(super) static MISSING_COMMA = {
        code: "SYN022", name: "missing-comma", summary: "two elements without a comma between them",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `error parsing list, expected comma or list end, got: STRING`",
        check: Document(check_missing_comma),
    }
}

fn check_missing_comma(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    let is_wanted = |problem: &&Problem| problem.kind == ProblemKind::MissingComma;
    let mut problems = parsed.tree.problems().iter().filter(is_wanted).peekable();
    if problems.peek().is_none() {
        return;
    }
    let ends = ends_of_elements(&parsed.tree);
    for problem in problems {
        let before = cx.text().get(..problem.span.start as usize).unwrap_or_default();
        let end_of_previous = before.trim_end().len() as u32;
        // In a comment, or after a heredoc's marker, the comma would be part of it.
        let can_follow = ends.binary_search(&end_of_previous).is_ok();
        let can_precede = problem.span.of(cx.text()).starts_with('"');
        let fix = (can_follow && can_precede)
            .then(|| cx.replace("Add the comma", Applicability::Safe, Span::at(end_of_previous), ","));
        cx.report(problem.span, "a comma is missing before this").fix = fix;
    }
}

/// Where elements end after which a comma can stand, in ascending order.
fn ends_of_elements(tree: &Tree) -> Vec<u32> {
    let can_be_followed = |kind: NodeKind, text: &str| match kind {
        NodeKind::Bool | NodeKind::Float | NodeKind::Null | NodeKind::Number => true,
        NodeKind::List => text.ends_with(']'),
        NodeKind::Object => text.ends_with('}'),
        NodeKind::String => text.len() > 1 && text.ends_with('"'),
        _ => false,
    };
    let mut ends: Vec<u32> = tree
        .node_spans()
        .filter(|(kind, span)| can_be_followed(*kind, span.of(tree.text())))
        .map(|(_, span)| span.end)
        .collect();
    order::sort(&mut ends);
    ends
}

declare_rule! {
    pub(super) static BARE_WORD = {
        code: "SYN023", name: "bare-word", summary: "a word without quotes where a value must be",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `unexpected token while parsing list: IDENT`, `Unknown token: … IDENT null`",
        check: Document(check_bare_word),
    }
}

fn check_bare_word(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::BareWord),
        |cx, problem| {
            let word = shown(cx, problem);
            let is_plain =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '*' | '+');
            let is_word = word.chars().all(is_plain) && word != "null";
            let fix = is_word.then(|| {
                cx.replace("Put the word in quotes", Applicability::Safe, problem.span, format!("\"{word}\""))
            });
            let help = match word.as_str() {
                "null" => "HCL 1 knows no `null`: leave the attribute out",
                _ if is_word => "write it in quotes",
                _ => "HCL 1 knows no references, functions or operators: write the value itself",
            };
            let diagnostic = cx.report(problem.span, format!("`{word}` is no value"));
            diagnostic.help(help);
            diagnostic.fix = fix;
        },
    );
}
