//! Parameters and values that no request has.

use super::help::shown;
use crate::model::{ParameterRule, ParameterValue, Policy};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, Spanned};

declare_rule! {
    pub(super) static NUMBER_NEVER_MATCHES = {
        code: "POL023", name: "number-never-matches", summary: "a number as a parameter's value, which no request's value equals",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-param-facts, allowed_parameters {ttl=[60]} refuses 60 and \"60\"; vault-policies-and-tokens §2.7",
        check: Policy(check_numbers),
    }
}

declare_rule! {
    pub(super) static STAR_IN_VALUE = {
        code: "POL024", name: "star-in-value", summary: "a `*` in a parameter's value that is a plain character",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-param-facts, `a*b` is literal; vault-policies-and-tokens §2.7",
        check: Policy(check_stars),
    }
}

declare_rule! {
    pub(super) static CAPITAL_IN_REQUIRED_PARAMETER = {
        code: "POL025", name: "capital-in-required-parameter", summary: "a required parameter with capitals, which is asked for in lower case",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-param-facts, {\"Foo\":1} does not satisfy the required Foo; vault-policies-and-tokens §2.7",
        check: Policy(check_required),
    }
}

/// Calls `found` for each value that counts; the flag says that it is allowed, not denied.
fn each_value(policy: &Policy, mut found: impl FnMut(&ParameterRule, &Spanned<ParameterValue>, bool)) {
    let blocks = policy.paths.iter().filter(|rules| !rules.granted.denies());
    for constraints in blocks.filter_map(|rules| rules.constraints.as_deref()) {
        let allowed = constraints.allowed_parameters.iter().map(|rule| (rule, true));
        let denied = constraints.denied_parameters.iter().map(|rule| (rule, false));
        // The values of `*` are not looked at by the server.
        for (rule, is_allowed) in allowed.chain(denied).filter(|(rule, _)| rule.name.value != "*") {
            rule.values.iter().for_each(|value| found(rule, value, is_allowed));
        }
    }
}

fn check_numbers(cx: &mut Context<'_>, policy: &Policy) {
    each_value(policy, |rule, value, is_allowed| {
        if !holds_number(&value.value) {
            return;
        }
        let written = value.span.of(cx.text()).to_owned();
        let name = shown(&rule.name.value);
        let effect = if is_allowed { "allows no value" } else { "denies nothing" };
        let is_number = matches!(value.value, ParameterValue::Number(_));
        let fix = is_number.then(|| {
            let text = format!("\"{written}\"");
            cx.replace("Make it a text", Applicability::Unsafe, value.span, text)
        });
        let message =
            format!("the number {} for `{name}` {effect}: no two numbers are equal here", shown(&written));
        let finding = cx.report(value.span, message);
        finding.help("write a text, and send a text");
        finding.fix = fix;
    });
}

fn holds_number(value: &ParameterValue) -> bool {
    match value {
        ParameterValue::Number(_) => true,
        ParameterValue::List(elements) => elements.iter().any(holds_number),
        ParameterValue::Object(members) => members.iter().any(|(_, value)| holds_number(value)),
        ParameterValue::Null | ParameterValue::Bool(_) | ParameterValue::String(_) => false,
    }
}

fn check_stars(cx: &mut Context<'_>, policy: &Policy) {
    each_value(policy, |rule, value, _| {
        let ParameterValue::String(text) = &value.value else { return };
        let without_first = text.strip_prefix('*').unwrap_or(text);
        let inner = without_first.strip_suffix('*').unwrap_or(without_first);
        if &**text == "*" {
            let name = shown(&rule.name.value);
            cx.report(value.span, format!("a lone `*` for `{name}` stands for the text `*` only"))
                .help("write `[]` for any value");
        } else if inner.contains('*') {
            cx.report(
                value.span,
                format!("the `*` inside {} is a plain character", shown(value.span.of(cx.text()))),
            )
            .help("only a `*` at the start or at the end stands for any text");
        }
    });
}

fn check_required(cx: &mut Context<'_>, policy: &Policy) {
    let blocks = policy.paths.iter().filter(|rules| !rules.granted.denies());
    for constraints in blocks.filter_map(|rules| rules.constraints.as_deref()) {
        for name in &constraints.required_parameters {
            let lower = name.value.to_lowercase();
            if lower == name.value {
                continue;
            }
            let is_plain = name.span.of(cx.text()) == format!("\"{}\"", name.value);
            let fix = is_plain.then(|| {
                cx.replace(format!("Write `{lower}`"), Applicability::Safe, name.span, format!("\"{lower}\""))
            });
            let shown_name = shown(&name.value);
            let message =
                format!("a request must have `{}`: one with `{shown_name}` is refused", shown(&lower));
            let finding = cx.report(name.span, message);
            finding.help(format!("write `{}`, and send it so", shown(&lower)));
            finding.fix = fix;
        }
    }
}
