//! How long tokens live, and on whom that depends.

use super::edit::fix;
use crate::creation::{Server, StoredRole, store_role};
use crate::diagnostic::Severity;
use crate::model::{NamedRole, ParsedBundle, RoleForm, Setup, TokenRole, VaultKey};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad};
use crate::text::{Applicability, Span};

declare_rule! {
    pub(super) static TOKENS_END_WITH_SERVERS = {
        code: "XREF020", name: "tokens-end-with-servers", summary: "the tokens of all tasks end when the servers' token ends",
        severity: Info, enforced_by: Advisory, fix: Unsafe, applies: nomad("0.8.0", "1.9.99"),
        evidence: "measured on OpenBao 2.7.2: revoking a token revokes its children at once, orphans survive (fact 13); nomad v0.8.0 no longer forbids `orphan` (ROL-05), its docs set it; hashicorp/nomad#3987",
        check: Bundle(check_orphan),
    }
}

declare_rule! {
    pub(super) static SERVER_TOKEN_FROM_TASK_ROLE = {
        code: "XREF021", name: "server-token-from-task-role", summary: "the servers' token is from the role of the tasks and has all their policies",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.3", "1.9.99"),
        evidence: "D95: measured on OpenBao 2.7.2, a token made with `-role` has every allowed policy of the role; docs of nomad v0.5.3 and later make it with `-policy`",
        check: Bundle(check_task_role),
    }
}

declare_rule! {
    pub(super) static URL_FORM_NOMAD = {
        code: "XREF022", name: "vault-without-token-paths", summary: "this Nomad sends tokens in URLs, which this Vault does not serve",
        severity: Error, enforced_by: Vault, fix: None, applies: nomad("0.5.0", "0.5.2"),
        evidence: "measured on OpenBao 2.7.2: auth/token/lookup/<token> and auth/token/revoke-accessor/<accessor> are 404 `unsupported path` (fact 1); which release of Vault removed them is not pinned, from 0.11 on they are taken to be gone",
        check: Bundle(check_url_forms),
    }
}

declare_rule! {
    pub(super) static ROLE_DRIFT = {
        code: "XREF023", name: "role-drift", summary: "the role on the server is not the one in the file",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "measured on OpenBao 2.7.2: a write keeps the fields that it does not send, and lists come back sorted, in lower case, without repetitions (vault-role-facts)",
        check: Bundle(check_drift),
    }
}

declare_rule! {
    pub(super) static ROOT_WITHOUT_ROLE = {
        code: "XREF025", name: "root-token-without-role", summary: "the servers' token is root, and no role says what tasks may have",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.3", "1.9.99"),
        evidence: "D90, S11: nomad v0.5.3 nomad/vault.go makes tokens at auth/token/create when a root token has no role; measured on OpenBao 2.7.2: `ROOT` and ` root ` then give a root token (fact 12)",
        check: Bundle(check_root),
    }
}

fn check_orphan(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let has_servers = setup.agents.iter().any(|agent| !agent.is_client_only());
    if !has_servers && setup.tokens.is_empty() {
        return;
    }
    let Some(NamedRole { document, role, .. }) = setup.task_role().filter(|named| named.role.is_whole) else {
        return;
    };
    let (is_orphan, span) = match &role.orphan {
        Some(field) => (field.value().copied().unwrap_or(true), field.value_span),
        None => (false, role.header),
    };
    if is_orphan || role.token_type() == Some("batch") {
        return;
    }
    let mortal = setup.server_token().and_then(|(document, token)| {
        let child = token.orphan.filter(|orphan| !orphan.value).map(|orphan| orphan.span);
        let ending = token.explicit_max_ttl.filter(|ttl| ttl.value > 0).map(|ttl| ttl.span);
        let (span, what) = match (ending, child) {
            (Some(span), _) => (span, "and that one ends for good at this age"),
            (None, Some(span)) => (span, "and that one ends with the token of the person who made it"),
            (None, None) => return None,
        };
        Some((document, span, what))
    });
    let finding = cx.report_in(
        *document,
        span,
        "the tokens of all tasks end when the servers' own token ends or is revoked",
    );
    finding.help("set `orphan` to `true`: Nomad from 0.8.0 on revokes each token by its accessor, and needs no parent for that");
    if let Some((token, span, what)) = mortal {
        finding.severity(Severity::Warning).related(token, span, what);
    }
    if role.orphan.is_some() {
        finding.fix(fix(
            "Set `orphan` to `true`".to_owned(),
            Applicability::Unsafe,
            *document,
            span,
            "true".to_owned(),
        ));
    }
}

fn check_root(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some((document, token)) = setup.server_token() else { return };
    let Some(root) =
        token.root_policy().filter(|_| token.role.as_ref().is_none_or(|role| role.value.is_empty()))
    else {
        return;
    };
    for agent in setup.agents.iter().filter(|agent| agent.is_enabled() && !agent.is_client_only()) {
        let Some((place, header)) = agent.block.filter(|(place, _)| setup.is_whole(*place)) else { continue };
        if agent.is_damaged || agent.setting(VaultKey::CreateFromRole).is_some() {
            continue;
        }
        cx.report_in(
            document,
            root.span,
            "with a root token and no role, tasks get whatever policies their jobs name",
        )
        .help("let `create_from_role` name a role, whose `allowed_policies` say what tasks may have")
        .related(place, header, "no `create_from_role` here");
    }
}

fn check_task_role(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some((document, token)) = setup.server_token() else { return };
    let Some(of_token) = token.role.as_ref().filter(|role| !role.value.is_empty()) else { return };
    let Some(NamedRole { document: role_document, role, .. }) = setup.task_role() else { return };
    let is_same = setup.role_name.as_ref().is_some_and(|used| used.name == of_token.value);
    let allowed = role.allowed_policies.as_ref().and_then(|field| Some((field.value()?, field.value_span)));
    let (true, Some((allowed, span))) = (is_same, allowed) else { return };
    let held = token.policies.iter().flat_map(|list| &list.value);
    let has_some = held
        .filter(|policy| policy.value != "default")
        .take(1_000)
        .any(|policy| allowed.names.iter().take(1_000).any(|name| name.name == policy.value));
    if !has_some {
        return;
    }
    cx.report_in(document, of_token.span, "the servers' token is made from the role of the tasks and so has their policies too")
        .help("make it with `-policy nomad-server -period 72h -orphan`, and name the role in the agent's `create_from_role`")
        .related(role_document.to_owned(), span, "these are for tasks");
}

fn check_url_forms(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let target = setup.target();
    // An agent's file alone is judged for some Vault, which nobody may have named.
    let is_alone = setup.roles.is_empty() && setup.policies.is_empty() && setup.tokens.is_empty();
    if target.vault.has_url_token_paths() || is_alone {
        return;
    }
    for agent in setup.agents.iter().filter(|agent| agent.is_enabled() && !agent.is_client_only()) {
        let Some((document, header)) = agent.block else { continue };
        cx.report_in(
            document,
            header,
            format!(
                "Nomad {} sends tokens in URLs, which {} does not serve: no token is ever revoked",
                target.nomad, target.vault
            ),
        )
        .help("take Nomad 0.5.3 or later; Vault says: `unsupported path`");
    }
}

fn check_drift(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some((file, live)) = file_and_answer(setup) else { return };
    let server = Server::new(setup.target().vault);
    let stored = |role: &TokenRole| store_role(role, "role", &server).ok();
    let (Some(written), Some(read)) = (stored(file.role), stored(live.role)) else { return };
    for (field, differs) in differences(&written, &read) {
        if !differs {
            continue;
        }
        let place = place_of(file.role, field);
        let there = place_of(live.role, field).unwrap_or(live.role.header);
        let message =
            format!("`{field}` is not what the server has: {}", there.of(setup.text(live.document)));
        let finding = cx.report_in(file.document, place.unwrap_or(file.role.header), message);
        finding
            .help("write the role again, or bring the file up to date; a write keeps the fields that it does not send")
            .related(live.document, there, "the server's answer");
    }
}

/// A written role and the server's answer for the same one.
fn file_and_answer<'s>(setup: &'s Setup<'_>) -> Option<(&'s NamedRole<'s>, &'s NamedRole<'s>)> {
    let [one, two] = &setup.roles[..] else { return None };
    let (file, live) = if one.role.form == RoleForm::Written { (one, two) } else { (two, one) };
    let is_pair = file.role.form == RoleForm::Written && live.role.form == RoleForm::ReadBack;
    let is_same = live.server_name.as_ref().is_some_and(|name| file.is_called(name));
    let is_whole = file.role.is_whole && live.role.is_whole;
    (is_pair && is_same && is_whole).then_some((file, live))
}

fn differences(written: &StoredRole, read: &StoredRole) -> [(&'static str, bool); 11] {
    [
        ("allowed_policies", written.allowed_policies != read.allowed_policies),
        ("allowed_policies_glob", written.allowed_policies_glob != read.allowed_policies_glob),
        ("disallowed_policies", written.disallowed_policies != read.disallowed_policies),
        ("disallowed_policies_glob", written.disallowed_policies_glob != read.disallowed_policies_glob),
        ("orphan", written.orphan != read.orphan),
        ("renewable", written.renewable != read.renewable),
        ("period", written.token_period != read.token_period),
        ("explicit_max_ttl", written.token_explicit_max_ttl != read.token_explicit_max_ttl),
        ("path_suffix", written.path_suffix != read.path_suffix),
        ("token_type", written.token_type != read.token_type),
        ("token_no_default_policy", written.token_no_default_policy != read.token_no_default_policy),
    ]
}

/// The value of a field, under its new name or its old one.
fn place_of(role: &TokenRole, field: &str) -> Option<Span> {
    let is_it = |name: &str| name.strip_prefix("token_").unwrap_or(name) == field || name == field;
    role.members.iter().rev().find(|member| is_it(&member.name)).map(|member| member.value)
}
