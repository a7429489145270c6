//! What Nomad's `validateRole` asks of a role.

use super::edit;
use crate::model::{Field, ReadDuration, RoleForm, Seconds, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad};
use crate::syntax::NodeKind;
use crate::text::Applicability;

/// The longest TTL of a server that is left as it comes: 768 hours.
pub(super) const SYSTEM_MAX_TTL: i64 = 768 * 3_600;

declare_rule! {
    pub(super) static ORPHAN_ROLE = {
        code: "ROLE003", name: "orphan-role", summary: "token role creates orphan tokens, which this Nomad refuses",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: nomad("0.5.0", "0.7.1"),
        evidence: "ROL-05: nomad v0.5.0 nomad/vault.go:590 validateRole; gone in v0.8.0",
        check: TokenRole(check_orphan),
    }
}

declare_rule! {
    pub(super) static NOT_RENEWABLE_ROLE = {
        code: "ROLE006", name: "not-renewable-role", summary: "tokens of the role cannot be renewed",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: always(),
        evidence: "ROL-06: nomad v0.5.0 nomad/vault.go:594, v1.6.10 :931 validateRole",
        check: TokenRole(check_renewable),
    }
}

declare_rule! {
    pub(super) static EXPLICIT_MAX_TTL = {
        code: "ROLE007", name: "explicit-max-ttl", summary: "tokens of the role end at a fixed time, renewed or not",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: always(),
        evidence: "ROL-07: nomad v0.5.0 nomad/vault.go:598, v1.6.10 :935 validateRole; OpenBao 2.7.2 caps above 768h (vault-role-facts)",
        check: TokenRole(check_explicit_max_ttl),
    }
}

declare_rule! {
    pub(super) static MISSING_PERIOD = {
        code: "ROLE008", name: "missing-period", summary: "tokens of the role are not periodic for this Nomad",
        severity: Error, enforced_by: Nomad, fix: Unsafe, applies: always(),
        evidence: "ROL-08: nomad v0.5.0 nomad/vault.go:602, v1.6.10 :939 validateRole; token_period read since v0.10.2 (:883-888); OpenBao 2.7.2 answers period 0 when only token_period is written",
        check: TokenRole(check_period),
    }
}

declare_rule! {
    pub(super) static HIDDEN_MAX_TTL = {
        code: "ROLE009", name: "hidden-max-ttl", summary: "a max TTL that this Nomad does not see ends the tokens",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: nomad("0.5.0", "0.10.1"),
        evidence: "nomad v0.10.1 nomad/vault.go reads explicit_max_ttl only; OpenBao 2.7.2 answers explicit_max_ttl 0 when only token_explicit_max_ttl is written",
        check: TokenRole(check_hidden_max_ttl),
    }
}

/// Whether the role is for batch tokens, which have a finding of their own.
fn is_batch(role: &TokenRole) -> bool {
    role.token_type() == Some("batch")
}

fn check_orphan(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(orphan) = role.orphan.as_ref().filter(|orphan| orphan.value() == Some(&true)) else { return };
    let fix = edit::set(cx, Applicability::Safe, orphan, "false");
    let nomad = cx.target().nomad;
    cx.report(
        orphan.value_span,
        format!("tokens of this role have no parent, and Nomad {nomad} refuses that"),
    )
    .help("set `orphan` to `false`; Nomad says: `Role must not allow orphans`")
    .fix(fix);
}

fn check_renewable(cx: &mut Context<'_>, role: &TokenRole) {
    let is_false =
        |renewable: &&Field<bool>| renewable.value() == Some(&false) && renewable.kind != NodeKind::Null;
    let Some(renewable) = role.renewable.as_ref().filter(is_false) else { return };
    if is_batch(role) {
        return;
    }
    let fix = edit::set(cx, Applicability::Safe, renewable, "true");
    cx.report(renewable.value_span, "tokens of this role cannot be renewed")
        .help("set `renewable` to `true`; Nomad says: `Role must allow tokens to be renewed`")
        .fix(fix);
}

fn check_explicit_max_ttl(cx: &mut Context<'_>, role: &TokenRole) {
    let ReadDuration::Given(seconds @ 1.., field) = role.read_explicit_max_ttl(cx.target()) else { return };
    if is_batch(role) {
        return;
    }
    let fix = edit::set(cx, Applicability::Safe, field, "0");
    let mut help = "set it to `0`; Nomad says: `Role can not use an explicit max ttl`".to_owned();
    if seconds > SYSTEM_MAX_TTL {
        help.push_str(
            ". Vault takes it with a warning and caps the tokens at its own maximum, 768h by default",
        );
    }
    let message = format!("tokens of this role end after {}, renewed or not", Seconds(seconds));
    cx.report(field.value_span, message).help(help).fix(fix);
}

fn check_period(cx: &mut Context<'_>, role: &TokenRole) {
    if !role.has_fields() || is_batch(role) {
        return;
    }
    let says = "Nomad says: `Role must have a non-zero period`";
    let nomad = cx.target().nomad;
    match role.read_period(cx.target()) {
        ReadDuration::Absent if role.is_whole => {
            let fix = edit::append(cx, Applicability::Unsafe, role, "\"period\": 259200");
            let finding =
                cx.report(role.header, "the role has no period, so its tokens cannot be renewed for ever");
            finding.help(format!("add `\"period\": 259200` (72h); {says}"));
            finding.fix = fix;
        }
        ReadDuration::Given(0, field) => {
            let written = field.value_span.of(cx.text());
            let message = match written {
                "0" | "\"0\"" => "a period of 0 makes no periodic tokens".to_owned(),
                _ => format!("the period `{}` is 0 seconds for Vault", written.trim_matches('"')),
            };
            let fix = edit::set(cx, Applicability::Unsafe, field, "259200");
            cx.report(field.value_span, message).help(format!("set it to `259200` (72h); {says}")).fix(fix);
        }
        ReadDuration::Hidden(seconds, field) if role.form == RoleForm::Written => {
            let period = Seconds(seconds);
            let message = if role.period.old.is_some() {
                format!(
                    "Vault takes `token_period` and drops `period`, which is all that Nomad {nomad} reads"
                )
            } else if cx.target().vault.has_token_fields() {
                format!("Nomad {nomad} does not read `token_period`: it sees a period of 0, not {period}")
            } else {
                format!("{} does not know `token_period`: the period stays 0", cx.target().vault)
            };
            let fix = role
                .period
                .old
                .is_none()
                .then(|| edit::rename(cx, Applicability::Unsafe, field.key, "period"));
            let finding = cx.report(field.key, message);
            finding.help(format!("write `period`, which Vault stores under both names; {says}"));
            finding.fix = fix;
        }
        ReadDuration::Hidden(_, field) => {
            cx.report(field.key, format!("Nomad {nomad} does not read `token_period`, and `period` is 0"))
                .help(format!("write the role again with `period`; {says}"));
        }
        _ => {}
    }
}

fn check_hidden_max_ttl(cx: &mut Context<'_>, role: &TokenRole) {
    let ReadDuration::Hidden(seconds, field) = role.read_explicit_max_ttl(cx.target()) else { return };
    if !cx.target().vault.has_token_fields() {
        return;
    }
    let fix = edit::set(cx, Applicability::Safe, field, "0");
    let nomad = cx.target().nomad;
    let message =
        format!("tokens of this role end after {}, and Nomad {nomad} does not see it", Seconds(seconds));
    cx.report(field.value_span, message)
        .help("set `token_explicit_max_ttl` to `0`: Nomad would renew tokens until Vault refuses, then tasks lose them")
        .fix(fix);
}
