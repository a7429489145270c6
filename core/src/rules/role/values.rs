//! Values that Vault refuses, or takes for something else than was meant.

use super::edit;
use crate::model::{FieldError, RoleForm, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::rules::suggest::did_you_mean;
use crate::syntax::NodeKind;
use crate::text::{Applicability, Span};

declare_rule! {
    pub(super) static NULL_RENEWABLE = {
        code: "ROLE012", name: "null-renewable", summary: "`renewable` is null, which Vault stores as false",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `renewable null`; then ROL-06, nomad v0.5.0 nomad/vault.go:594",
        check: TokenRole(check_null),
    }
}

declare_rule! {
    pub(super) static REFUSED_DURATION = {
        code: "ROLE015", name: "refused-duration", summary: "a duration that Vault refuses",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `period 1w`, `period \" 72h \"`, `period 1e3`, `period negative`, …",
        check: TokenRole(check_durations),
    }
}

declare_rule! {
    pub(super) static REFUSED_VALUE = {
        code: "ROLE016", name: "refused-value", summary: "a value of a type that Vault refuses",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `orphan \"yes\"`, `allowed object`, `token_num_uses -1`, …; Vault 0.6: token_store.go, policies as a plain string",
        check: TokenRole(check_values),
    }
}

declare_rule! {
    pub(super) static INVALID_TOKEN_TYPE = {
        code: "ROLE017", name: "invalid-token-type", summary: "`token_type` is none of Vault's types",
        severity: Error, enforced_by: Vault, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `token_type num` (connection closed), `token_type Service`, `token_type null`",
        check: TokenRole(check_token_type),
    }
}

const TOKEN_TYPES: [&str; 4] = ["batch", "default-batch", "default-service", "service"];

fn check_null(cx: &mut Context<'_>, role: &TokenRole) {
    let is_null = role.renewable.as_ref().filter(|renewable| renewable.kind == NodeKind::Null);
    let Some(renewable) = is_null.filter(|_| role.token_type() != Some("batch")) else { return };
    let fix = edit::set(cx, Applicability::Safe, renewable, "true");
    cx.report(renewable.value_span, "`null` is stored as `false`, although the default is `true`")
        .help("set `renewable` to `true`; Nomad says: `Role must allow tokens to be renewed`")
        .fix(fix);
}

fn check_durations(cx: &mut Context<'_>, role: &TokenRole) {
    if role.form != RoleForm::Written {
        return;
    }
    let knows_new = cx.target().vault.has_token_fields();
    let both = |names: &'_ crate::model::TwoNames| {
        let new = names.new.clone().filter(|_| knows_new);
        names.old.clone().into_iter().chain(new).collect::<Vec<_>>()
    };
    for field in both(&role.period).into_iter().chain(both(&role.explicit_max_ttl)) {
        let Some(error) = field.error() else { continue };
        let written = field.value_span.of(cx.text()).to_owned();
        let name = name_of(cx, field.key);
        cx.report(field.value_span, format!("Vault refuses `{name}`: {written} is no duration for it"))
            .help(format!(
                "write seconds as a number (`259200`), or `\"72h\"`, `\"3d\"`; Vault says: `error converting input for field \"{name}\": {error}`"
            ));
    }
}

fn check_values(cx: &mut Context<'_>, role: &TokenRole) {
    if role.form != RoleForm::Written {
        return;
    }
    let switches =
        [&role.orphan, &role.renewable, &role.token_no_default_policy, &role.token_strictly_bind_ip];
    let lists = [
        &role.allowed_policies,
        &role.allowed_policies_glob,
        &role.disallowed_policies,
        &role.disallowed_policies_glob,
    ];
    for field in switches.into_iter().flatten() {
        if let Some(error) = field.error() {
            refuse(cx, field.key, field.value_span, error, "`true` or `false`");
        }
    }
    for field in lists.into_iter().flatten() {
        match &field.read {
            Err(error) => {
                refuse(cx, field.key, field.value_span, error, "a list of texts, or one text with commas")
            }
            Ok(list) if list.is_list && !cx.target().vault.has_policy_lists() => {
                let error =
                    FieldError::WrongType { place: "''", expected: "string", found: "[]interface {}" };
                refuse(cx, field.key, field.value_span, &error, "one text with commas");
            }
            Ok(_) => {}
        }
    }
    let Some(uses) = &role.token_num_uses else { return };
    match &uses.read {
        Err(error) => refuse(cx, uses.key, uses.value_span, error, "an integer"),
        Ok(count @ ..0) => {
            cx.report(uses.value_span, format!("Vault refuses a negative count of uses: {count}"))
                .help("Vault says: `error parsing role fields: 'token_num_uses' cannot be negative`");
        }
        Ok(_) => {}
    }
}

fn refuse(cx: &mut Context<'_>, key: Span, value: Span, error: &FieldError, wanted: &str) {
    let name = name_of(cx, key);
    let written = value.of(cx.text());
    let message = if written.len() > 40 || written.contains('\n') {
        format!("Vault refuses the value of `{name}`: it wants {wanted}")
    } else {
        format!("Vault refuses `{name}`: {written} is not {wanted}")
    };
    cx.report(value, message)
        .help(format!("write {wanted}; Vault says: `error converting input for field \"{name}\": {error}`"));
}

fn check_token_type(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(token_type) = role.token_type.as_ref().filter(|_| role.form == RoleForm::Written) else {
        return;
    };
    let written = token_type.value_span.of(cx.text()).to_owned();
    if !cx.target().vault.has_batch_tokens() {
        return;
    }
    let help = |says: String| format!("write `\"service\"` or leave it out; Vault says: {says}");
    match &token_type.read {
        _ if matches!(token_type.kind, NodeKind::Number | NodeKind::Float) => {
            cx.report(
                token_type.value_span,
                format!("`token_type` is the number {written}, which crashes the request"),
            )
            .help("write `\"service\"` or leave it out; the server closes the connection without an answer");
        }
        Err(FieldError::Null(_)) => {
            let says = "`Invalid 'token_type' value: null`".to_owned();
            cx.report(token_type.value_span, "Vault refuses `null` for `token_type`").help(help(says));
        }
        Ok(name) if !TOKEN_TYPES.contains(&name.as_str()) => {
            let meant = did_you_mean(name, TOKEN_TYPES);
            let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
            let says = format!("`invalid 'token_type' value \"{name}\"`");
            cx.report(token_type.value_span, format!("Vault has no token type `{name}`{meant}"))
                .help(help(says));
        }
        Err(_) => {
            let says = "`invalid 'token_type' value`".to_owned();
            cx.report(token_type.value_span, "`token_type` is not a text").help(help(says));
        }
        Ok(_) => {}
    }
}

fn name_of(cx: &Context<'_>, key: Span) -> String {
    key.of(cx.text()).trim_matches('"').to_owned()
}
