//! Attributes and blocks that are not whole.

use super::{for_each_problem, shown};
use crate::model::ParsedDocument;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::ProblemKind;
use crate::text::{Applicability, Span};

declare_rule! {
    pub(super) static INCOMPLETE_ITEM = {
        code: "SYN016", name: "incomplete-item", summary: "a name followed neither by `=` nor by `{`",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `key '…' expected start of object ('{') or assignment ('=')`",
        check: Document(check_incomplete_item),
    }
}

fn check_incomplete_item(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::IncompleteItem),
        |cx, problem| {
            let name = shown(cx, problem);
            cx.report(problem.span, format!("`{name}` is followed neither by `=` nor by `{{`"))
                .help("write `name = value` for an attribute, `name \"label\" { … }` for a block");
        },
    );
}

declare_rule! {
    pub(super) static MISSING_KEY = {
        code: "SYN017", name: "missing-key", summary: "a `=` or `{` without a name before it",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `expected: IDENT | STRING got: LBRACE`",
        check: Document(check_missing_key),
    }
}

fn check_missing_key(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::MissingKey),
        |cx, problem| {
            let token = shown(cx, problem);
            cx.report(problem.span, format!("a name is missing before `{token}`"));
        },
    );
}

declare_rule! {
    pub(super) static MISSING_VALUE = {
        code: "SYN018", name: "missing-value", summary: "a `=` or `:` without a value",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `Unknown token: … RBRACE }`",
        check: Document(check_missing_value),
    }
}

fn check_missing_value(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::MissingValue),
        |cx, problem| {
            let sign = shown(cx, problem);
            cx.report(problem.span, format!("no value follows this `{sign}`"));
        },
    );
}

declare_rule! {
    pub(super) static BLOCK_WITH_EQUALS = {
        code: "SYN019", name: "block-with-equals", summary: "a labelled block with a `=` before its `{`",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `nested object expected: LBRACE got: ASSIGN`",
        check: Document(check_block_with_equals),
    }
}

fn check_block_with_equals(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::BlockWithEquals),
        |cx, problem| {
            let after = cx.text().get(problem.span.end as usize..).unwrap_or_default();
            let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
            let equals_and_blanks = Span::new(problem.span.start, problem.span.end + blanks as u32);
            let fix = cx.replace("Remove the `=`", Applicability::Safe, equals_and_blanks, "");
            cx.report(problem.span, "a block with a label takes no `=`")
                .help("the reader says `nested object expected: LBRACE got: ASSIGN`")
                .fix(fix);
        },
    );
}

declare_rule! {
    pub(super) static UNEXPECTED_TOKEN = {
        code: "SYN020", name: "unexpected-token", summary: "something that does not belong here",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "recorded verdicts of hashicorp/hcl v1.0.1-vault-7 in tests/corpus/polmatrix.json",
        check: Document(check_unexpected_token),
    }
}

fn check_unexpected_token(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::UnexpectedToken),
        |cx, problem| {
            let token = shown(cx, problem);
            cx.report(problem.span, format!("`{token}` does not belong here"));
        },
    );
}

declare_rule! {
    pub(super) static INVALID_HCL2 = {
        code: "SYN021", name: "invalid-hcl2", summary: "HCL 2 that its reader refuses",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "hashicorp/hcl v2.14.1 hclsyntax; recorded verdicts in tests/corpus/hcl2-verdicts.json",
        check: Document(check_invalid_hcl2),
    }
}

fn check_invalid_hcl2(cx: &mut Context<'_>, parsed: &ParsedDocument<'_>) {
    for_each_problem(
        cx,
        parsed,
        |kind| matches!(kind, ProblemKind::Hcl2 { .. }),
        |cx, problem| {
            if let ProblemKind::Hcl2 { message } = &problem.kind {
                cx.report(problem.span, *message);
            }
        },
    );
}
