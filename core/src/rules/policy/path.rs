//! Paths that the server refuses.

use super::help::{and_server, for_each_problem, shown};
use crate::model::{Policy, PolicyProblemKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static FORBIDDEN_WILDCARD = {
        code: "POL005", name: "forbidden-wildcard", summary: "`+*` in a path",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `invalid use of wildcards ('+*' is forbidden)`; vault-policies-and-tokens §1.6",
        check: Policy(check_wildcards),
    }
}

declare_rule! {
    pub(super) static UNBALANCED_TEMPLATE = {
        code: "POL006", name: "unbalanced-template", summary: "`{{` and `}}` of a path do not go together",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `unbalanced templating characters`; vault-policies-and-tokens §1.7",
        check: Policy(check_templates),
    }
}

fn check_wildcards(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::ForbiddenWildcard(_)),
        &mut |cx, problem, _| {
            let advice = "write `+/*` for one segment and anything below it, or `*` for anything";
            let advice = and_server(cx, problem, advice);
            let path = shown(problem.span.of(cx.text()));
            cx.report(problem.span, format!("`+*` may not stand in a path: {path}")).help(advice);
        },
    );
}

fn check_templates(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::UnbalancedTemplate),
        &mut |cx, problem, _| {
            let advice = and_server(cx, problem, "close each `{{` with `}}` before the next one opens");
            let path = shown(problem.span.of(cx.text()));
            cx.report(problem.span, format!("`{{{{` and `}}}}` do not go together in {path}")).help(advice);
        },
    );
}
