//! Members that Vault ignores.

use super::edit;
use crate::model::{FIRST_NOMAD_WITH_TOKEN_FIELDS, ROLE_FIELDS, RoleForm, RoleMember, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::rules::suggest::did_you_mean;
use crate::text::Applicability;

declare_rule! {
    pub(super) static UNKNOWN_ROLE_FIELD = {
        code: "ROLE013", name: "unknown-role-field", summary: "a field that Vault ignores without a word",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `unknown field`, `token_ttl`, `token_policies`, `num_uses`: 204 and not stored",
        check: TokenRole(check_unknown),
    }
}

declare_rule! {
    pub(super) static BOTH_SPELLINGS = {
        code: "ROLE014", name: "both-spellings", summary: "a field is given under its old and its new name",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-role-facts `period + token_period`, `both explicit`, `both cidrs`: the old name is ignored with a warning",
        check: TokenRole(check_both),
    }
}

/// What Vault knows; `name` is taken and ignored.
fn fields() -> impl Iterator<Item = &'static str> {
    ROLE_FIELDS.into_iter().chain(["name"])
}

/// So many unknown names are compared with the known ones; more of them are no typing mistakes.
const MAX_SUGGESTIONS: usize = 50;

/// Known too, but never what somebody meant to write.
const OTHER_FIELDS: [&str; 1] = ["token_strictly_bind_ip"];

/// What people write for something that Vault has under another name, or not at all.
const MISTAKEN: [(&str, &str); 6] = [
    ("num_uses", "token_num_uses"),
    ("policies", "allowed_policies"),
    ("token_policies", "allowed_policies"),
    ("explicit_max_ttl_seconds", "explicit_max_ttl"),
    ("type", "token_type"),
    ("no_default_policy", "token_no_default_policy"),
];

/// Old and new names of the same thing.
const SPELLINGS: [(&str, &str); 3] = [
    ("period", "token_period"),
    ("explicit_max_ttl", "token_explicit_max_ttl"),
    ("bound_cidrs", "token_bound_cidrs"),
];

fn check_unknown(cx: &mut Context<'_>, role: &TokenRole) {
    if role.form != RoleForm::Written {
        return;
    }
    let mut unknown = 0;
    for member in &role.members {
        let is_known = fields().any(|field| field == member.name) || OTHER_FIELDS.contains(&&*member.name);
        // People use such members as comments.
        let is_comment = member.name.starts_with(['_', '$', '/', '#']) || member.name == "comment";
        // A name without a value is still being typed.
        let is_complete = !member.key.is_empty() && !member.value.is_empty();
        if !is_known && !is_comment && is_complete {
            unknown += 1;
            report_unknown(cx, role, member, unknown <= MAX_SUGGESTIONS);
        }
    }
}

fn report_unknown(cx: &mut Context<'_>, role: &TokenRole, member: &RoleMember, suggests: bool) {
    let mistaken = MISTAKEN.iter().find(|(wrong, _)| *wrong == member.name).map(|(_, right)| *right);
    let similar = || if suggests { did_you_mean(&member.name, fields()) } else { None };
    let meant = mistaken.or_else(similar);
    let fix = meant
        .filter(|meant| suggests && role.is_whole && !role.has_member(meant))
        .map(|meant| edit::rename(cx, Applicability::Unsafe, member.key, meant));
    let name = member.name.chars().take(60).collect::<String>();
    let message = match meant {
        Some(meant) => format!("Vault ignores `{name}`; did you mean `{meant}`?"),
        None => format!("Vault ignores `{name}`: a token role has no such field"),
    };
    let help = match (&*member.name, meant) {
        ("role_name", _) => "the role's name is the end of the path that it is written to".to_owned(),
        ("token_ttl" | "token_max_ttl", _) => {
            "a token role has only `period` and `explicit_max_ttl`".to_owned()
        }
        (_, Some(meant)) => format!("write `{meant}`; Vault answers 204 and stores nothing of it"),
        (_, None) => "remove it; Vault answers 204 and stores nothing of it".to_owned(),
    };
    let finding = cx.report(member.key, message);
    finding.help(help);
    finding.fix = fix;
}

fn check_both(cx: &mut Context<'_>, role: &TokenRole) {
    if role.form != RoleForm::Written || !cx.target().vault.has_token_fields() {
        return;
    }
    let reads_new = cx.target().nomad >= FIRST_NOMAD_WITH_TOKEN_FIELDS;
    for (old, new) in SPELLINGS {
        let member = |name: &str| role.members.iter().rfind(|member| member.name == name);
        let (Some(old_member), Some(new_member)) = (member(old), member(new)) else { continue };
        // There the old name must stay: the missing period is a finding of its own.
        if !reads_new && old == "period" {
            continue;
        }
        let fix = edit::remove(cx, Applicability::Safe, role, old_member.span);
        let id = cx.document_id();
        let finding =
            cx.report(old_member.key, format!("Vault ignores `{old}`, because `{new}` is given too"));
        finding.help(format!(
            "keep one of them; Vault says: `Both '{new}' and deprecated '{old}' value supplied, ignoring the deprecated value`"
        ));
        finding.related(id, new_member.key, "this one counts");
        finding.fix = fix;
    }
}
