//! Batch tokens, which Nomad cannot work with.

use crate::model::{ReadDuration, RoleForm, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::Applicability;

declare_rule! {
    pub(super) static BATCH_TOKENS = {
        code: "ROLE020", name: "batch-tokens", summary: "the role creates batch tokens, which Nomad can neither renew nor revoke",
        severity: Error, enforced_by: Nomad, fix: Unsafe, applies: always(),
        evidence: "D15: measured on OpenBao 2.7.2, a wrapped create answers without wrapped_accessor; nomad v0.5.0 nomad/node_endpoint.go:1120, v1.6.10 :1969",
        check: TokenRole(check_batch),
    }
}

declare_rule! {
    pub(super) static REFUSED_BATCH_ROLE = {
        code: "ROLE021", name: "refused-batch-role", summary: "a batch role with what only service tokens can have",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `token_type batch`, `token_type batch+period`, …",
        check: TokenRole(check_combination),
    }
}

fn check_batch(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(token_type) = &role.token_type else { return };
    let Some(name @ ("batch" | "default-batch")) = token_type.value().map(String::as_str) else { return };
    if !cx.target().vault.has_batch_tokens() || refusal(role).is_some() {
        return;
    }
    let fix = cx.replace(
        "Set `token_type` to `service`",
        Applicability::Unsafe,
        token_type.value_span,
        "\"service\"",
    );
    cx.report(
        token_type.value_span,
        format!("`{name}` makes tokens that Nomad can neither renew nor revoke"),
    )
    .help("write `\"service\"`: a batch token has no accessor, and tasks that get one are killed")
    .fix(fix);
}

fn check_combination(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(token_type) = &role.token_type else { return };
    if role.form != RoleForm::Written || !cx.target().vault.has_batch_tokens() {
        return;
    }
    let Some(what) = refusal(role) else { return };
    cx.report(token_type.value_span, format!("Vault refuses a batch role that makes {what}")).help(format!(
        "write `\"service\"`: Nomad cannot use batch tokens; Vault says: `'token_type' cannot be 'batch' when role is set to generate {what}`"
    ));
}

/// What Vault refuses first in a batch role, in its own words.
fn refusal(role: &TokenRole) -> Option<&'static str> {
    if role.token_type() != Some("batch") {
        return None;
    }
    let newest = crate::model::Target::NEWEST_TOKEN_BASED;
    let is_set = |duration: ReadDuration<'_>| matches!(duration, ReadDuration::Given(1.., _));
    let switch = |field: &Option<crate::model::Field<bool>>, default: bool| {
        field.as_ref().map_or(default, |field| field.value().copied().unwrap_or(default))
    };
    if !switch(&role.orphan, false) {
        Some("non-orphan tokens")
    } else if is_set(role.read_period(newest)) {
        Some("periodic tokens")
    } else if switch(&role.renewable, true) {
        Some("renewable tokens")
    } else if is_set(role.read_explicit_max_ttl(newest)) {
        Some("tokens with an explicit max TTL")
    } else {
        None
    }
}
