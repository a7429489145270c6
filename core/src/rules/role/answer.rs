//! Answers of the server that Nomad cannot use, and JSON that is no role.

use crate::model::{RoleForm, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::syntax::NodeKind;

declare_rule! {
    pub(super) static UNREADABLE_ROLE = {
        code: "ROLE002", name: "unreadable-role", summary: "Vault refuses to show the role to Nomad",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "ROL-02: nomad v0.5.0 nomad/vault.go:573, v1.6.10 :916 validateRole",
        check: TokenRole(check_refusal),
    }
}

declare_rule! {
    pub(super) static UNDECODABLE_ROLE = {
        code: "ROLE004", name: "undecodable-role", summary: "a field of the role's answer that Nomad cannot decode",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "ROL-04: nomad v0.5.0 nomad/vault.go:577-585, v1.6.10 :925 validateRole (WeakDecode into int and bool)",
        check: TokenRole(check_decoding),
    }
}

declare_rule! {
    pub(super) static MISSING_ROLE = {
        code: "ROLE005", name: "missing-role", summary: "the role does not exist",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "ROL-03: nomad v0.6.0 nomad/vault.go:785; up to v0.5.6 the agent dereferences nil; OpenBao 2.7.2 answers 404 {\"errors\":[]}",
        check: TokenRole(check_missing),
    }
}

declare_rule! {
    pub(super) static NOT_A_ROLE = {
        code: "ROLE032", name: "not-a-role", summary: "the document is JSON, but no object",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `body array`, `body string`",
        check: TokenRole(check_object),
    }
}

fn check_refusal(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(first) = role.errors.first() else { return };
    let message = format!("Vault does not show the role: `{}`", first.value.trim());
    cx.report(first.span, message).help(
        "give the server's policy `read` on `auth/token/roles/<role>`; Nomad says: `failed to lookup role`",
    );
}

fn check_missing(cx: &mut Context<'_>, role: &TokenRole) {
    if role.form != RoleForm::ErrorAnswer || !role.errors.is_empty() || !role.is_whole {
        return;
    }
    let crashes = cx.target().nomad < crate::model::Version::new(0, 6, 0);
    let what = if crashes { "crashes here" } else { "says: `Role \"<name>\" does not exist`" };
    let nomad = cx.target().nomad;
    cx.report(role.header, "an empty list of errors is Vault's answer for a role that does not exist")
        .help(format!("write the role to `auth/token/roles/<role>` first; Nomad {nomad} {what}"));
}

fn check_decoding(cx: &mut Context<'_>, role: &TokenRole) {
    if role.form != RoleForm::ReadBack {
        return;
    }
    let durations = role.period.both().chain(role.explicit_max_ttl.both());
    let durations = durations.filter(|field| !is_integer(field.kind, field.value_span.of(cx.text())));
    let switches = role.orphan.iter().chain(&role.renewable).filter(|field| field.read.is_err());
    let places: Vec<_> = durations
        .map(|field| (field.value_span, "seconds as a number"))
        .chain(switches.map(|field| (field.value_span, "`true` or `false`")))
        .collect();
    for (span, wanted) in places {
        let written = span.of(cx.text()).to_owned();
        cx.report(span, format!("Nomad cannot decode {written}: it wants {wanted}"))
            .help("Nomad says: `failed to parse Vault role's data block`");
    }
}

/// What WeakDecode takes for an integer: numbers, digits in quotes, truth values, `null`.
fn is_integer(kind: NodeKind, written: &str) -> bool {
    match kind {
        NodeKind::Number | NodeKind::Bool | NodeKind::Null => true,
        NodeKind::String => written.trim_matches('"').parse::<i64>().is_ok(),
        _ => false,
    }
}

fn check_object(cx: &mut Context<'_>, role: &TokenRole) {
    if role.form != RoleForm::NotAnObject {
        return;
    }
    let (what, go) = match role.header.of(cx.text()).bytes().next() {
        Some(b'[') => ("a list", "array"),
        Some(b'"') => ("a text", "string"),
        Some(b't' | b'f') => ("a truth value", "bool"),
        Some(b'n') => ("`null`", "null"),
        _ => ("a number", "number"),
    };
    cx.report(role.header, format!("the role is {what}, not an object")).help(format!(
        "write `{{ \"allowed_policies\": … }}`; Vault says: `failed to decode JSON input: json: cannot unmarshal {go} into Go value of type map[string]interface {{}}`"
    ));
}
