//! Refused values of single keys that few policies have.

use super::help::{and_server, for_each_problem, shown};
use crate::model::{Policy, PolicyProblemKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static BAD_EXPIRATION = {
        code: "POL010", name: "bad-expiration", summary: "an `expiration` that is no moment",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `invalid expiration time`; vault-policies-and-tokens §1.7",
        check: Policy(check_expiration),
    }
}

declare_rule! {
    pub(super) static BAD_CONTROL_GROUP = {
        code: "POL011", name: "bad-control-group", summary: "a `control_group` that the server refuses",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `error handling control_group`; vault-policies-and-tokens §1.7",
        check: Policy(check_control_group),
    }
}

declare_rule! {
    pub(super) static BAD_LIST_FILTER = {
        code: "POL012", name: "bad-list-filter", summary: "a filter of LIST answers that the server refuses",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `needs to be used on a path with the list capability`; vault-policies-and-tokens §1.7",
        check: Policy(check_list_filter),
    }
}

fn check_expiration(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::BadExpiration),
        &mut |cx, problem, _| {
            let advice = "write `\"2030-12-31T23:59:59Z\"`, or seconds since 1970";
            let advice = and_server(cx, problem, advice);
            let value = shown(problem.span.of(cx.text()));
            cx.report(problem.span, format!("`expiration` is no moment: {value}")).help(advice);
        },
    );
}

fn check_control_group(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::ControlGroup(_)),
        &mut |cx, problem, _| {
            let PolicyProblemKind::ControlGroup(error) = &problem.kind else { return };
            let why = error
                .lines()
                .rfind(|line| !line.is_empty())
                .unwrap_or_default()
                .trim_start_matches(['\t', '*', ' ']);
            let advice = "each `factor \"name\"` needs `controlled_capabilities` and an `identity` with \
                          `group_names` and `approvals`";
            let advice = and_server(cx, problem, advice);
            cx.report(problem.span, format!("this `control_group` is refused: {}", shown(why))).help(advice);
        },
    );
}

fn check_list_filter(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| {
            use PolicyProblemKind::{BadFilter, ConstantFilter, FilterWithoutList};
            matches!(kind, BadFilter(_) | ConstantFilter | FilterWithoutList)
        },
        &mut |cx, problem, _| {
            let (message, advice) = match &problem.kind {
                PolicyProblemKind::FilterWithoutList => {
                    ("a filter of LIST answers is of no use without `list`", "add `list` to the capabilities")
                }
                PolicyProblemKind::ConstantFilter => (
                    "this filter gives the same path for every key of a LIST answer",
                    "put `{{ .path }}` and `{{ .key }}` into it",
                ),
                _ => ("this filter is no template", "correct it, for example `{{ .path }}{{ .key }}`"),
            };
            let advice = and_server(cx, problem, advice);
            cx.report(problem.span, message).help(advice);
        },
    );
}
