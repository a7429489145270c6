//! Values of the wrong type, numbers and strings that cannot be read.

use super::help::{and_server, for_each_problem, shown};
use crate::model::{Capability, ExpectedType, GoNode, Policy, PolicyProblem, PolicyProblemKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, Fix};

declare_rule! {
    pub(super) static WRONG_POLICY_VALUE = {
        code: "POL003", name: "wrong-policy-value", summary: "a value of the wrong type in a policy",
        severity: Error, enforced_by: Vault, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `unknown slice type: *ast.LiteralType` and others; vault-policies-and-tokens §1.7",
        check: Policy(check_types),
    }
}

declare_rule! {
    pub(super) static UNREADABLE_POLICY_NUMBER = {
        code: "POL004", name: "unreadable-policy-number", summary: "a number in a policy that cannot be read",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `strconv.ParseInt: parsing \"x\": invalid syntax`; vault-policies-and-tokens §1.7",
        check: Policy(check_numbers),
    }
}

declare_rule! {
    pub(super) static CRASHING_STRING = {
        code: "POL013", name: "crashing-string", summary: "a string that crashes the request",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts, `\"\\777\"` closes the connection; vault-policies-and-tokens §1.3",
        check: Policy(check_crashes),
    }
}

fn check_types(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::WrongType { .. } | PolicyProblemKind::PathNotAnObject(_)),
        &mut |cx, problem, _| match &problem.kind {
            PolicyProblemKind::WrongType { field, expected, found } => {
                report_type(cx, policy, problem, field, *expected, *found);
            }
            PolicyProblemKind::PathNotAnObject(found) => {
                let advice = and_server(cx, problem, "write `path \"secret/data/web\" { … }`");
                cx.report(problem.span, format!("`path` is {}, not a block", name_of(*found))).help(advice);
            }
            _ => {}
        },
    );
}

fn report_type(
    cx: &mut Context<'_>,
    policy: &Policy,
    problem: &PolicyProblem,
    field: &str,
    expected: ExpectedType,
    found: GoNode,
) {
    let name = key_name(field);
    let is_element = field.ends_with(']');
    let wanted = match expected {
        ExpectedType::Integer => "an integer",
        ExpectedType::Interface | ExpectedType::StringKey => "a value without a label",
        ExpectedType::List => "a list",
        ExpectedType::Map => "an object of lists",
        ExpectedType::String => "a text",
    };
    let message = if is_element {
        format!("an element of `{name}` must be {wanted}, not {}", name_of(found))
    } else {
        format!("`{name}` must be {wanted}, not {}", name_of(found))
    };
    let fix = (expected == ExpectedType::List && found == GoNode::Literal)
        .then(|| into_list(cx, policy, problem, &name))
        .flatten();
    let advice = match expected {
        ExpectedType::List if name == "capabilities" => "write `[\"read\"]`".to_owned(),
        ExpectedType::List if name.ends_with("ed_parameters") && name != "required_parameters" => {
            "write `[\"value\"]`, or `[]` for any value".to_owned()
        }
        _ => format!("write {wanted}"),
    };
    let advice = and_server(cx, problem, &advice);
    let finding = cx.report(problem.span, message);
    finding.help(advice);
    finding.fix = fix;
}

/// Puts a plain string into a list, where that surely is what was meant and gives no other finding.
fn into_list(cx: &Context<'_>, policy: &Policy, problem: &PolicyProblem, name: &str) -> Option<Fix> {
    if policy.has_syntax_errors {
        return None;
    }
    let raw = problem.span.of(cx.text());
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains(['\\', '"', '$', '*']) || inner.chars().any(|each| each.is_uppercase() || each == '\n')
    {
        return None;
    }
    let text = if name == "capabilities" {
        let words: Vec<&str> = inner.split(',').map(str::trim).collect();
        let is_known = |word: &&str| {
            Capability::from_spelling(word).is_some_and(|known| policy.profile.capabilities.contains(known))
        };
        if !words.iter().all(is_known) {
            return None;
        }
        format!("[\"{}\"]", words.join("\", \""))
    } else {
        format!("[{raw}]")
    };
    Some(cx.replace("Make it a list", Applicability::Safe, problem.span, text))
}

/// The key in a block for the server's name of a field, such as `root.Capabilities[0]`.
fn key_name(field: &str) -> String {
    let name = field.strip_prefix("root.").unwrap_or(field);
    let name = name.split('[').next().unwrap_or(name);
    match name {
        "Capabilities" => "capabilities".to_owned(),
        "Policy" => "policy".to_owned(),
        _ => shown(name),
    }
}

fn name_of(node: GoNode) -> &'static str {
    match node {
        GoNode::List => "a list",
        GoNode::Literal => "a single value",
        GoNode::Object | GoNode::ObjectItem | GoNode::ObjectList => "an object",
    }
}

fn check_numbers(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(
        cx,
        policy,
        |kind| matches!(kind, PolicyProblemKind::BadNumber(_)),
        &mut |cx, problem, _| {
            let advice = and_server(cx, problem, "write a number in digits");
            let number = shown(problem.span.of(cx.text()));
            cx.report(problem.span, format!("`{number}` cannot be read as a number here")).help(advice);
        },
    );
}

fn check_crashes(cx: &mut Context<'_>, policy: &Policy) {
    for_each_problem(cx, policy, |kind| matches!(kind, PolicyProblemKind::Crash), &mut |cx, problem, _| {
        cx.report(problem.span, "this string crashes the request: one of its escapes names no character")
            .help(
                "write the character itself, or `\\x41`; the server closes the connection without an answer",
            );
    });
}
