//! What JSON does not know.

use super::{for_each_problem, shown};
use crate::model::ParsedDocument;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::ProblemKind;
use crate::text::Applicability;

declare_rule! {
    pub(super) static DUPLICATE_KEY = {
        code: "SYN024", name: "duplicate-key", summary: "a JSON member that is given twice",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: of two members with one name the last wins, without a word",
        check: Document(check_duplicate_key),
    }
}

fn check_duplicate_key(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::DuplicateKey { .. }),
        |cx, problem| {
            if let ProblemKind::DuplicateKey { first } = problem.kind {
                let document = cx.document_id();
                let key = shown(cx, problem);
                cx.report(problem.span, format!("{key} is given twice; only this one counts"))
                    .help("remove one of the two")
                    .related(document, first, "the first, which is ignored");
            }
        },
    );
}

declare_rule! {
    pub(super) static JSON_COMMENT = {
        code: "SYN025", name: "json-comment", summary: "a comment in JSON",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: a role with a comment is answered with 400, a JSON policy with `illegal char: /`",
        check: Document(check_json_comment),
    }
}

fn check_json_comment(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::Comment),
        |cx, problem| {
            let fix = cx.replace("Remove the comment", Applicability::Safe, problem.span, "");
            cx.report(problem.span, "JSON knows no comments").fix(fix);
        },
    );
}

declare_rule! {
    pub(super) static SINGLE_QUOTES = {
        code: "SYN026", name: "single-quotes", summary: "a JSON string in single quotes",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "RFC 8259 §7: a string begins and ends with a quotation mark",
        check: Document(check_single_quotes),
    }
}

fn check_single_quotes(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::SingleQuotes),
        |cx, problem| {
            let inner = problem.span.of(cx.text()).trim_matches('\'');
            let is_plain = !inner.contains(['"', '\\', '\'']) && !inner.chars().any(char::is_control);
            let fix = is_plain.then(|| {
                cx.replace("Write double quotes", Applicability::Safe, problem.span, format!("\"{inner}\""))
            });
            let diagnostic = cx.report(problem.span, "JSON strings are written in double quotes");
            diagnostic.fix = fix;
        },
    );
}

declare_rule! {
    pub(super) static TRAILING_COMMA = {
        code: "SYN027", name: "trailing-comma", summary: "a comma after the last element of JSON",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: a role with a trailing comma is answered with 400",
        check: Document(check_trailing_comma),
    }
}

fn check_trailing_comma(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::TrailingComma),
        |cx, problem| {
            let fix = cx.replace("Remove the comma", Applicability::Safe, problem.span, "");
            cx.report(problem.span, "no comma may follow the last element").fix(fix);
        },
    );
}

declare_rule! {
    pub(super) static INVALID_JSON = {
        code: "SYN028", name: "invalid-json", summary: "text that breaks JSON's grammar",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "RFC 8259; measured on OpenBao 2.7.2: `failed to parse JSON input`",
        check: Document(check_invalid_json),
    }
}

fn check_invalid_json(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::Json { .. }),
        |cx, problem| {
            if let ProblemKind::Json { expected } = problem.kind {
                cx.report(problem.span, format!("JSON needs {expected} here"));
            }
        },
    );
}
