//! Brackets that do not balance.

use super::for_each_problem;
use crate::model::{Model, ParsedDocument};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::{MAX_DEPTH, ProblemKind};

declare_rule! {
    pub(super) static UNCLOSED_OBJECT = {
        code: "SYN012", name: "unclosed-object", summary: "a `{` without its `}`",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `object expected closing RBRACE got: EOF`",
        check: Document(check_unclosed_object),
    }
}

fn check_unclosed_object(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::UnclosedObject),
        |cx, problem| {
            cx.report(problem.span, "this `{` is never closed").help("add the `}`");
        },
    );
}

declare_rule! {
    pub(super) static UNCLOSED_LIST = {
        code: "SYN013", name: "unclosed-list", summary: "a `[` without its `]`",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `error parsing list, expected comma or list end`",
        check: Document(check_unclosed_list),
    }
}

fn check_unclosed_list(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::UnclosedList),
        |cx, problem| {
            cx.report(problem.span, "this `[` is never closed").help("add the `]`");
        },
    );
}

declare_rule! {
    pub(super) static UNEXPECTED_CLOSING = {
        code: "SYN014", name: "unexpected-closing", summary: "a closing bracket that closes nothing",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `expected: IDENT | STRING | ASSIGN | LBRACE got: RBRACE`",
        check: Document(check_unexpected_closing),
    }
}

fn check_unexpected_closing(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::UnexpectedClosing),
        |cx, problem| {
            let bracket = problem.span.of(cx.text()).to_owned();
            cx.report(problem.span, format!("this `{bracket}` closes nothing"))
                .help("remove it, or look above for the opening bracket that is missing");
        },
    );
}

declare_rule! {
    pub(super) static TOO_DEEP = {
        code: "SYN015", name: "too-deep", summary: "more nesting than is read",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "our own limit, `MAX_DEPTH`; measured: 100,000 nested objects drive OpenBao 2.7.2 out of memory",
        check: Document(check_too_deep),
    }
}

fn check_too_deep(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    // In a policy it is a finding of its own.
    if matches!(parsed.model, Model::Policy(_)) {
        return;
    }
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::TooDeep),
        |cx, problem| {
            cx.report(problem.span, format!("more than {MAX_DEPTH} brackets are open here"))
                .help("nothing from here on was checked");
        },
    );
}
