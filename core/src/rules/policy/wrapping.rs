//! `min_wrapping_ttl` and `max_wrapping_ttl`.

use super::help::{and_server, for_each_problem, shown};
use crate::model::{Policy, PolicyProblemKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static BAD_WRAPPING_TTL = {
        code: "POL008", name: "bad-wrapping-ttl", summary: "a wrapping TTL that is no duration",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `error parsing min_wrapping_ttl`; vault-policies-and-tokens §1.7",
        check: Policy(check_durations),
    }
}

declare_rule! {
    pub(super) static MAX_WRAPPING_TTL_BELOW_MIN = {
        code: "POL009", name: "max-wrapping-ttl-below-min", summary: "`max_wrapping_ttl` is less than `min_wrapping_ttl`",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `max_wrapping_ttl cannot be less than min_wrapping_ttl`; vault-policies-and-tokens §1.7",
        check: Policy(check_order),
    }
}

fn check_durations(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::BadWrappingTtl(..)),
        &mut |cx, problem, _| {
            let PolicyProblemKind::BadWrappingTtl(key, _) = &problem.kind else { return };
            let advice = and_server(cx, problem, "write seconds, or a text such as `\"10m\"`");
            let value = shown(problem.span.of(cx.text()));
            cx.report(problem.span, format!("`{}` is no duration: {value}", key.as_str())).help(advice);
        },
    );
}

fn check_order(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::MaxBelowMin),
        &mut |cx, problem, _| {
            let advice = and_server(cx, problem, "raise it, or lower the least");
            let rules = problem.path.and_then(|path| policy.paths.get(path as usize));
            let min = rules.and_then(|rules| rules.constraints.as_ref()?.min_wrapping_ttl);
            let most = shown(problem.span.of(cx.text()));
            let least = min.map_or(String::new(), |min| format!(" ({})", shown(min.span.of(cx.text()))));
            let document = cx.document_id();
            let message = format!("`max_wrapping_ttl` ({most}) is less than `min_wrapping_ttl`{least}");
            let finding = cx.report(problem.span, message);
            finding.help(advice);
            if let Some(min) = min {
                finding.related(document, min.span, "the least");
            }
        },
    );
}
