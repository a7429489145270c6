//! Elements of lists that are not written as such.

use super::{for_each_problem, shown};
use crate::model::ParsedDocument;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::ProblemKind;
use crate::text::{Applicability, Span};

declare_rule! {
    pub(super) static MISSING_COMMA = {
        code: "SYN022", name: "missing-comma", summary: "two elements without a comma between them",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `error parsing list, expected comma or list end, got: STRING`",
        check: Document(check_missing_comma),
    }
}

fn check_missing_comma(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::MissingComma),
        |cx, problem| {
            let before = cx.text().get(..problem.span.start as usize).unwrap_or_default();
            let end_of_previous = before.trim_end().len() as u32;
            // Between a comment and the element the comma would be part of the comment.
            let comments = cx.document().map_or(&[][..], |parsed| parsed.tree.comments());
            let after_comment =
                comments.binary_search_by_key(&end_of_previous, |comment| comment.end).is_ok();
            let fix = (!after_comment)
                .then(|| cx.replace("Add the comma", Applicability::Safe, Span::at(end_of_previous), ","));
            let diagnostic = cx.report(problem.span, "a comma is missing before this");
            diagnostic.fix = fix;
        },
    );
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
