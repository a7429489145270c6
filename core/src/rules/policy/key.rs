//! Keys that a server does not know, and keys given twice.

use super::help::{and_server, for_each_problem, shown};
use crate::model::{PathKey, Policy, PolicyProblem, PolicyProblemKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::rules::suggest::did_you_mean;
use crate::text::Applicability;

declare_rule! {
    pub(super) static UNKNOWN_POLICY_KEY = {
        code: "POL001", name: "unknown-policy-key", summary: "a key that this Vault does not know in a policy",
        severity: Error, enforced_by: Vault, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `invalid key \"foo\" on line 1`; vault-policies-and-tokens §1.5",
        check: Policy(check_unknown),
    }
}

declare_rule! {
    pub(super) static REPEATED_ARGUMENT = {
        code: "POL014", name: "repeated-argument", summary: "a key that is set twice, which Vault refuses since 1.21",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "hashicorp/hcl v1.0.1-vault-7 `Parse`: The argument was already set; vault-policies-and-tokens §1.3",
        check: Policy(check_repeated_argument),
    }
}

/// What may stand at the top.
const TOP_KEYS: [&str; 2] = ["name", "path"];

/// What people write for `capabilities`.
const MISTAKEN: [(&str, &str); 4] = [
    ("permissions", "capabilities"),
    ("capability", "capabilities"),
    ("rules", "capabilities"),
    ("access", "capabilities"),
];

fn check_unknown(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::InvalidKey(_)),
        &mut |cx, problem, suggests| {
            if let PolicyProblemKind::InvalidKey(key) = &problem.kind
                && !problem.span.is_empty()
            {
                report_unknown(cx, policy, problem, key, suggests);
            }
        },
    );
}

fn report_unknown(cx: &mut Context<'_>, policy: &Policy, problem: &PolicyProblem, key: &str, suggests: bool) {
    let rules = problem.path.and_then(|path| policy.paths.get(path as usize));
    let known_elsewhere = PathKey::from_spelling(key);
    let place = if rules.is_some() { "a `path` block" } else { "a policy's top level" };
    let vault = cx.target().vault;
    if rules.is_some()
        && let Some(known) = known_elsewhere
    {
        let message = format!("{vault} does not know `{key}`");
        let advice =
            and_server(cx, problem, &format!("remove it, or use a server that has it ({})", since(known)));
        cx.report(problem.span, message).help(advice);
        return;
    }
    let meant = match rules {
        _ if !suggests => None,
        Some(_) => similar_path_key(policy, key),
        None => did_you_mean(key, TOP_KEYS),
    };
    // What a mistyped `path` holds was not looked at, so that nothing is certain there.
    let is_free = |meant: &str| match (rules, PathKey::from_spelling(meant)) {
        (Some(rules), Some(key)) => !rules.keys.contains(key) && !policy.has_syntax_errors,
        _ => false,
    };
    let fix = meant.filter(|meant| is_free(meant)).map(|meant| {
        let is_quoted = problem.span.of(cx.text()).starts_with('"');
        let text = if is_quoted { format!("\"{meant}\"") } else { meant.to_owned() };
        cx.replace(format!("Rename it to `{meant}`"), Applicability::Unsafe, problem.span, text)
    });
    let name = shown(key);
    let message = match meant {
        Some(meant) => format!("{place} has no key `{name}`; did you mean `{meant}`?"),
        None => format!("{place} has no key `{name}`"),
    };
    let is_json = cx.text().trim_start().starts_with('{');
    let advice = match (meant, rules) {
        (Some(meant), _) => format!("write `{meant}`"),
        (None, Some(rules)) if is_json && rules.keys.iter().next().is_none() => {
            "in JSON a rule all of whose members are objects is read one level too deep: give it `capabilities`"
                .to_owned()
        }
        (None, Some(_)) => "remove it".to_owned(),
        (None, None) if known_elsewhere.is_some() => "put it into a `path` block".to_owned(),
        (None, None) => "a policy holds `path` blocks".to_owned(),
    };
    let advice = and_server(cx, problem, &advice);
    let finding = cx.report(problem.span, message);
    finding.help(advice);
    finding.fix = fix;
}

fn similar_path_key(policy: &Policy, key: &str) -> Option<&'static str> {
    let mistaken = MISTAKEN.iter().find(|(wrong, _)| *wrong == key).map(|(_, right)| *right);
    mistaken.or_else(|| did_you_mean(key, policy.profile.keys.iter().map(PathKey::as_str)))
}

/// The first releases that know a key.
fn since(key: PathKey) -> String {
    let (vault, openbao) = key.since();
    let releases = [("Vault", vault), ("OpenBao", openbao)];
    let known = releases.into_iter().filter_map(|(product, version)| {
        version.map(|version| format!("{product} since {}.{}", version.major, version.minor))
    });
    known.collect::<Vec<_>>().join(", ").replace(" since 0.0", "")
}

fn check_repeated_argument(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::RepeatedArgument(_)),
        &mut |cx, problem, _| {
            if let PolicyProblemKind::RepeatedArgument(key) = &problem.kind {
                let advice = and_server(cx, problem, "put them together into one");
                cx.report(problem.span, format!("`{}` is set twice in the same block", shown(key)))
                    .help(advice);
            }
        },
    );
}
