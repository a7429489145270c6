//! What Nomad's `parseSelfToken` asks of the server's token.

use crate::model::{Model, TokenLookup, VaultKey, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::Span;

declare_rule! {
    pub(super) static NOT_RENEWABLE_TOKEN = {
        code: "TOK003", name: "not-renewable-token", summary: "the server's token cannot be renewed",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-03: nomad v0.5.0 nomad/vault.go:523, v1.6.10 :755",
        check: Token(check_renewable),
    }
}

declare_rule! {
    pub(super) static ZERO_CREATION_TTL = {
        code: "TOK004", name: "zero-creation-ttl", summary: "the server's token was made without a TTL",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-04: nomad v0.5.0 nomad/vault.go:528, v1.6.10 :760",
        check: Token(check_creation_ttl),
    }
}

declare_rule! {
    pub(super) static EXPIRED_TOKEN = {
        code: "TOK005", name: "expired-token", summary: "the server's token has no time left",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-05: nomad v0.5.0 nomad/vault.go:533, v1.6.10 :765",
        check: Token(check_ttl),
    }
}

declare_rule! {
    pub(super) static TOKEN_WITHOUT_ROLE = {
        code: "TOK006", name: "token-without-role", summary: "Nomad finds no role to make tasks' tokens from",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-06: nomad v0.5.0 nomad/vault.go:538, v0.5.3 :654 (create_from_role), v1.6.10 :770; a token made without -role has no `role` (OpenBao 2.7.2)",
        check: Token(check_role),
    }
}

declare_rule! {
    pub(super) static NOT_RENEWABLE_ROOT = {
        code: "TOK007", name: "not-renewable-root", summary: "the server's root token has a TTL and cannot be renewed",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-07: nomad v0.5.0 nomad/vault.go:544, v1.6.10 :776",
        check: Token(check_root_renewable),
    }
}

declare_rule! {
    pub(super) static EXPIRED_ROOT = {
        code: "TOK008", name: "expired-root", summary: "the server's root token has no time left",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-08: nomad v0.5.0 nomad/vault.go:547, v1.6.10 :779",
        check: Token(check_root_ttl),
    }
}

/// The first Nomad with `create_from_role`.
const FIRST_NOMAD_WITH_CREATE_FROM_ROLE: Version = Version::new(0, 5, 3);

/// The value of a field that is 0 or false when it is absent, and the place to underline. `None` where Nomad
/// could not decode it, or where the document is too damaged to say that it is absent.
fn value<T: Copy + Default>(
    token: &TokenLookup,
    name: &str,
    field: Option<crate::text::Spanned<T>>,
) -> Option<(T, Span)> {
    match field {
        Some(field) => Some((field.value, field.span)),
        None if !token.is_whole || token.undecodable.iter().any(|each| each.name == name) => None,
        None => Some((T::default(), token.header)),
    }
}

fn is_ordinary(token: &TokenLookup) -> bool {
    token.is_known() && !token.is_root()
}

fn has_root_ttl(token: &TokenLookup) -> bool {
    token.is_known() && token.is_root() && token.creation_ttl.is_some_and(|ttl| ttl.value != 0)
}

fn check_renewable(cx: &mut Context<'_>, token: &TokenLookup) {
    let Some((false, span)) = value(token, "renewable", token.renewable) else { return };
    if is_ordinary(token) {
        cx.report(span, "the server's token is neither renewable nor root")
            .help("make it with `-period 72h`, or from a renewable role; Nomad says: `Vault token is not renewable or root`");
    }
}

fn check_creation_ttl(cx: &mut Context<'_>, token: &TokenLookup) {
    let Some((0, span)) = value(token, "creation_ttl", token.creation_ttl) else { return };
    if is_ordinary(token) {
        cx.report(span, "the server's token was made without a TTL")
            .help("make it with `-period 72h`; Nomad says: `invalid lease duration of zero`");
    }
}

fn check_ttl(cx: &mut Context<'_>, token: &TokenLookup) {
    let Some((0, span)) = value(token, "ttl", token.ttl) else { return };
    if is_ordinary(token) {
        cx.report(span, "the server's token has no time left")
            .help("make a new one; Nomad says: `token TTL is zero`");
    }
}

fn check_role(cx: &mut Context<'_>, token: &TokenLookup) {
    if !is_ordinary(token)
        || !token.is_whole
        || token.role.as_ref().is_some_and(|role| !role.value.is_empty())
    {
        return;
    }
    let nomad = cx.target().nomad;
    let reads_config = nomad >= FIRST_NOMAD_WITH_CREATE_FROM_ROLE;
    let agents: Vec<_> = cx
        .bundle()
        .models()
        .filter_map(|(_, model)| match model {
            Model::AgentConfig(config) => Some(config),
            _ => None,
        })
        .collect();
    let names_role = agents.iter().any(|config| {
        let setting = |vault: &crate::model::VaultConfig| {
            vault
                .setting(VaultKey::CreateFromRole)
                .and_then(|role| role.text())
                .is_some_and(|role| !role.is_empty())
        };
        config.vaults.iter().any(setting)
    });
    if reads_config && names_role {
        return;
    }
    let span = token.role.as_ref().map_or(token.header, |role| role.span);
    let help = if reads_config {
        "make it with `-role <role>`, or set `create_from_role` in the agent's `vault` block; Nomad says: `token role name must be set when not using a root token`"
    } else {
        "make it with `-role <role>`; Nomad says: `token role name must be set when not using a root token`"
    };
    let finding = cx.report(
        span,
        "the server's token was made from no role, so there is none to make tasks' tokens from",
    );
    finding.help(help);
    if reads_config && agents.is_empty() {
        // The agent's configuration, which may name one, was not given.
        finding.severity(crate::diagnostic::Severity::Warning);
    }
}

fn check_root_renewable(cx: &mut Context<'_>, token: &TokenLookup) {
    let Some((false, span)) = value(token, "renewable", token.renewable) else { return };
    if has_root_ttl(token) {
        cx.report(span, "the root token has a TTL and cannot be renewed")
            .help("use a root token without TTL, or one from a role; Nomad says: `Vault token has a TTL but is not renewable`");
    }
}

fn check_root_ttl(cx: &mut Context<'_>, token: &TokenLookup) {
    let Some((0, span)) = value(token, "ttl", token.ttl) else { return };
    if has_root_ttl(token) && token.renewable.is_some_and(|renewable| renewable.value) {
        cx.report(span, "the root token has no time left")
            .help("make a new one; Nomad says: `token TTL is zero`");
    }
}
