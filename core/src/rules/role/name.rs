//! The role's name, which Vault takes from the path and never from the body.

use crate::model::{RoleSource, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::Applicability;

declare_rule! {
    pub(super) static MISNAMED_ROLE = {
        code: "ROLE001", name: "misnamed-role", summary: "the role's `name` is not the one that its file says",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "S01: the page of nomad v0.5.0 says `nomad` in the JSON and `nomad-server` everywhere else; measured on OpenBao 2.7.2: `name` is ignored (vault-role-facts `name differs`)",
        check: TokenRole(check),
    }
}

fn check(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(field) = role.name.as_ref().filter(|_| role.has_fields()) else { return };
    // Where other documents name the role, XREF001 compares them.
    if cx.setup().role_name.as_ref().is_none_or(|used| used.source != RoleSource::File) {
        return;
    }
    let (Some(name), Some(expected)) = (field.value(), role_of_file(cx)) else { return };
    // `01-nomad-server-role.json` is for `nomad-server` too.
    let is_end = expected.strip_suffix(&**name).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
    if expected == *name || is_end {
        return;
    }
    let fix = cx.replace(
        format!("Name it `{expected}`"),
        Applicability::Safe,
        field.value_span,
        format!("\"{}\"", expected.escape_default()),
    );
    let message = format!("the role is named `{name}`, but its file says `{expected}`");
    cx.report(field.value_span, message)
        .help(format!(
            "write `{expected}`: Vault ignores `name` and takes the name from the path, `auth/token/roles/{expected}`, but people who follow the file write the role elsewhere"
        ))
        .fix(fix);
}

/// The role that a file such as `nomad-server-role.json` is for.
fn role_of_file(cx: &Context<'_>) -> Option<String> {
    let file = cx.document()?.document.name().rsplit(['/', '\\']).next()?;
    let stem = file.strip_suffix(".json")?;
    let role = stem.strip_suffix("-role").or_else(|| stem.strip_suffix("_role"))?;
    (!role.is_empty()).then(|| role.to_owned())
}
