//! Capabilities, and the old `policy` word.

use super::help::{and_server, for_each_problem, shown};
use crate::model::{Capability, Policy, PolicyProblem, PolicyProblemKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::rules::suggest::did_you_mean;
use crate::text::Applicability;

declare_rule! {
    pub(super) static UNKNOWN_CAPABILITY = {
        code: "POL002", name: "unknown-capability", summary: "a capability that this Vault does not know",
        severity: Error, enforced_by: Vault, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `invalid capability \"x\"`; vault-policies-and-tokens §1.5",
        check: Policy(check_unknown),
    }
}

declare_rule! {
    pub(super) static UNKNOWN_LEGACY_POLICY = {
        code: "POL007", name: "unknown-legacy-policy", summary: "an old `policy` that is not read, write, sudo or deny",
        severity: Error, enforced_by: Vault, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `invalid policy \"x\"`; vault-policies-and-tokens §1.5",
        check: Policy(check_legacy),
    }
}

const LEGACY_POLICIES: [&str; 4] = ["deny", "read", "sudo", "write"];

/// What people write, and the capabilities that stand for it.
const MISTAKEN: [(&str, &[&str]); 7] = [
    ("write", &["create", "update"]),
    ("get", &["read"]),
    ("view", &["read"]),
    ("put", &["create", "update"]),
    ("post", &["create", "update"]),
    ("remove", &["delete"]),
    ("destroy", &["delete"]),
];

fn check_unknown(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::InvalidCapability(_)),
        &mut |cx, problem, suggests| {
            if let PolicyProblemKind::InvalidCapability(name) = &problem.kind {
                report_unknown(cx, policy, problem, name, suggests);
            }
        },
    );
}

fn report_unknown(
    cx: &mut Context<'_>,
    policy: &Policy,
    problem: &PolicyProblem,
    name: &str,
    suggests: bool,
) {
    if let Some(known) = Capability::from_spelling(name) {
        let vault = cx.target().vault;
        let advice = format!("remove it: {}", servers_with(known));
        let advice = and_server(cx, problem, &advice);
        cx.report(problem.span, format!("{vault} has no capability `{known}`")).help(advice);
        return;
    }
    let meant = if suggests { meant(policy, name) } else { Vec::new() };
    let quoted = meant.iter().map(|meant| format!("\"{meant}\"")).collect::<Vec<_>>().join(", ");
    let fix = (!meant.is_empty() && !policy.has_syntax_errors).then(|| {
        cx.replace(format!("Write `{quoted}`"), Applicability::Unsafe, problem.span, quoted.clone())
    });
    let shown_name = shown(name);
    let message = match meant.as_slice() {
        [] => format!("there is no capability `{shown_name}`"),
        [meant] => format!("there is no capability `{shown_name}`; did you mean `{meant}`?"),
        _ => format!("there is no capability `{shown_name}`; it is written {quoted}"),
    };
    let advice = if meant.is_empty() {
        format!("this server knows {}", policy.profile.capabilities)
    } else {
        format!("write {quoted}")
    };
    let advice = and_server(cx, problem, &advice);
    let finding = cx.report(problem.span, message);
    finding.help(advice);
    finding.fix = fix;
}

/// The capabilities that a word most likely stands for.
fn meant(policy: &Policy, name: &str) -> Vec<&'static str> {
    let known = || policy.profile.capabilities.iter().map(Capability::as_str);
    let of = |word: &str| -> Option<Vec<&'static str>> {
        let word = word.trim().to_lowercase();
        let mistaken = MISTAKEN.iter().find(|(wrong, _)| *wrong == word);
        mistaken
            .map(|(_, right)| right.to_vec())
            .or_else(|| did_you_mean(&word, known()).map(|meant| vec![meant]))
    };
    if name.len() > 100 {
        return Vec::new();
    }
    let words: Option<Vec<Vec<&'static str>>> = name.split(',').map(of).collect();
    words.unwrap_or_default().concat()
}

fn servers_with(capability: Capability) -> &'static str {
    match capability {
        Capability::Patch => "Vault has it since 1.9",
        Capability::Scan => "only OpenBao has it, since 2.2",
        Capability::Subscribe => "only HashiCorp's Vault has it, since 1.16",
        Capability::Recover => "only HashiCorp's Vault has it, since 1.20",
        _ => "every server has it",
    }
}

fn check_legacy(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::InvalidPolicy(_)),
        &mut |cx, problem, suggests| {
            let PolicyProblemKind::InvalidPolicy(word) = &problem.kind else { return };
            let meant = suggests.then(|| did_you_mean(word, LEGACY_POLICIES)).flatten();
            let fix = meant.filter(|_| !policy.has_syntax_errors).map(|meant| {
                let title = format!("Write `{meant}`");
                cx.replace(title, Applicability::Unsafe, problem.span, format!("\"{meant}\""))
            });
            let hint = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
            let advice =
                and_server(cx, problem, "write `capabilities = [...]`, or `read`, `write`, `sudo` or `deny`");
            let finding = cx.report(problem.span, format!("`policy` cannot be `{}`{hint}", shown(word)));
            finding.help(advice);
            finding.fix = fix;
        },
    );
}
