//! One role, and the names that the documents give it.

use super::edit::{fix, in_quotes};
use crate::model::{NamedRole, ParsedBundle, RoleForm, RoleName, RoleSource, Setup};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad};
use crate::text::{Applicability, DocumentId, Span};

declare_rule! {
    pub(super) static ROLE_NAME_MISMATCH = {
        code: "XREF001", name: "role-name-mismatch", summary: "the role's `name` is not the one that the other documents use",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "S01: the page of nomad v0.5.0 says `nomad` in the JSON and `nomad-server` everywhere else; measured on OpenBao 2.7.2: `name` is ignored (vault-role-facts `name differs`)",
        check: Bundle(check_name),
    }
}

declare_rule! {
    pub(super) static POLICY_FOR_OTHER_ROLE = {
        code: "XREF002", name: "policy-for-other-role", summary: "the server's policy is for another role than the one that Nomad uses",
        severity: Error, enforced_by: Nomad, fix: Unsafe, applies: nomad("0.5.0", "1.9.99"),
        evidence: "POL-04, POL-05: nomad v0.5.3 nomad/vault.go:664-719, v1.6.10 :832-886 asks for `read` on auth/token/roles/<role> and `update` on auth/token/create/<role>; up to 0.5.2 each derivation fails with 403",
        check: Bundle(check_policy),
    }
}

declare_rule! {
    pub(super) static UNKNOWN_ROLE = {
        code: "XREF003", name: "other-role-read", summary: "the role that was read from the server is not the one that Nomad uses",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "nomad v0.5.3 nomad/vault.go:654 (`create_from_role`, else the role of the token); measured on OpenBao 2.7.2: an answer's `name` is the path's, and names are case-sensitive",
        check: Bundle(check_read_back),
    }
}

fn check_name(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(used) = used_by_others(setup) else { return };
    let Some(NamedRole { document, role, .. }) = setup.task_role().filter(|named| named.role.is_whole) else {
        return;
    };
    let Some(field) = role.name.as_ref().filter(|_| role.form == RoleForm::Written) else { return };
    let Some(name) = field.value().filter(|name| **name != used.name) else { return };
    let places = places(setup, used);
    let says = if places.is_empty() { "its name on the server is" } else { "everything that uses it says" };
    let expected = &used.name;
    let finding = cx.report_in(
        *document,
        field.value_span,
        format!("the role is named `{name}`, but {says} `{expected}`"),
    );
    finding
        .help(format!(
            "write `{expected}`: Vault ignores `name` and takes the name from the path, `auth/token/roles/{expected}`, but people who follow the file write the role elsewhere"
        ))
        .fix(fix(
            format!("Name it `{expected}`"),
            Applicability::Safe,
            *document,
            field.value_span,
            in_quotes(expected),
        ));
    for (place, span) in places {
        finding.related(place, span, format!("the role is `{expected}` here"));
    }
}

/// The role's name, unless only the role itself tells it.
fn used_by_others<'s>(setup: &'s Setup<'_>) -> Option<&'s RoleName> {
    setup.role_name.as_ref().filter(|used| used.source != RoleSource::File)
}

/// Up to two places that name the role.
fn places(setup: &Setup<'_>, used: &RoleName) -> Vec<(DocumentId, Span)> {
    if used.source == RoleSource::ServerName {
        return Vec::new();
    }
    let mut places = vec![(used.document, used.span)];
    let paths = setup.policies.iter().flat_map(|policy| {
        let same = policy.role_paths.iter().filter(|path| path.role == used.name);
        same.map(|path| (policy.document, path.span))
    });
    places.extend(paths.filter(|place| *place != (used.document, used.span)).take(1));
    places
}

fn check_policy(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some((used, policy)) = other_roles_policy(setup) else { return };
    for path in &policy.role_paths {
        let endpoint = if path.is_create { "auth/token/create" } else { "auth/token/roles" };
        let wanted = format!("{endpoint}/{}", used.name);
        let label = path.span.of(setup.text(policy.document));
        let repair = label.starts_with('"').then(|| {
            fix(
                format!("Write `{wanted}`"),
                Applicability::Unsafe,
                policy.document,
                path.span,
                in_quotes(&wanted),
            )
        });
        let message = format!("the path is for the role `{}`, but Nomad uses `{}`", path.role, used.name);
        let finding = cx.report_in(policy.document, path.span, message);
        finding
            .help(format!(
                "grant `{wanted}`; Nomad says: `token must have one of the following capabilities`"
            ))
            .related(used.document, used.span, said_by(used));
        finding.fix = repair;
    }
}

/// The servers' policy when it is for another role, and the name of the right one.
pub(super) fn other_roles_policy<'s>(
    setup: &'s Setup<'_>,
) -> Option<(&'s RoleName, &'s crate::model::NamedPolicy<'s>)> {
    let used = used_by_others(setup).filter(|used| used.source <= RoleSource::Token)?;
    let [policy] = setup.server_policies()?.policies[..] else { return None };
    let is_other =
        !policy.role_paths.is_empty() && policy.role_paths.iter().all(|path| path.role != used.name);
    is_other.then_some((used, policy))
}

fn said_by(used: &RoleName) -> &'static str {
    match used.source {
        RoleSource::Agent => "the agent makes tokens from this role",
        RoleSource::Token => "the server's token was made from this role",
        _ => "the role is this one",
    }
}

fn check_read_back(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(used) = used_by_others(setup).filter(|used| used.source <= RoleSource::Token) else { return };
    let [NamedRole { document, role, server_name: Some(name), .. }] = &setup.roles[..] else { return };
    if *name == used.name {
        return;
    }
    let span = role.name.as_ref().map_or(role.header, |field| field.value_span);
    cx.report_in(
        *document,
        span,
        format!("this is the role `{name}`, but Nomad uses `{}`", used.name),
    )
    .help(format!(
        "read `auth/token/roles/{}`, or let the agent's `create_from_role` name `{name}`; names are case-sensitive",
        used.name
    ))
    .related(used.document, used.span, said_by(used));
}
