//! The server's token, its role, and whose jobs may use Vault.

use super::{fix, report_at};
use crate::diagnostic::Severity;
use crate::model::{AgentConfig, ParsedBundle, VaultKey};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad, nomad_since};
use crate::text::{Applicability, Span};

declare_rule! {
    pub(super) static MISSING_TOKEN = {
        code: "AGT003", name: "missing-server-token", summary: "server without a Vault token in its files",
        severity: Info, enforced_by: Nomad, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "nomad v0.5.0 nomad/vault.go:274: Vault token must be set (AGT-03); command/agent/command.go:210-215",
        check: Bundle(check_missing_token),
    }
}

declare_rule! {
    pub(super) static TOKEN_IN_FILE = {
        code: "AGT017", name: "token-in-agent-file", summary: "Vault token written into the agent's file",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "nomad v0.5.0 command/agent/command.go:210-215 takes VAULT_TOKEN where the merged token is empty (S16)",
        check: AgentConfig(check_token_in_file),
    }
}

declare_rule! {
    pub(super) static UNAUTHENTICATED_JOBS = {
        code: "AGT018", name: "unauthenticated-jobs", summary: "jobs get Vault tokens without a token of their submitter",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: nomad("0.5.0", "1.9.99"),
        evidence: "nomad v0.5.0 nomad/job_endpoint.go:97 accepts before any check; the default is true, nomad/structs/config/vault.go (D93)",
        check: Bundle(check_unauthenticated),
    }
}

declare_rule! {
    pub(super) static JWT_PATH = {
        code: "AGT023", name: "jwt-path-with-auth", summary: "path of the JWT auth method with auth/ or a trailing slash",
        severity: Error, enforced_by: Vault, fix: Safe, applies: nomad_since("1.7.0"),
        evidence: "nomad v2.0.5 client/vaultclient/vaultclient.go logs in at auth/<jwt_auth_backend_path>/login (nomad-workload-identity A2)",
        check: Bundle(check_jwt_path),
    }
}

fn check_missing_token(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(enabled) = agent.setting(VaultKey::Enabled).filter(|_| agent.is_enabled()) else { continue };
        let says_where = agent.mentions_token_source || agent.default_identity.is_some();
        if !agent.is_server() || agent.setting(VaultKey::Token).is_some() || says_where {
            continue;
        }
        cx.report_in(
            enabled.document,
            enabled.setting.block,
            "the server needs a Vault token, which no file gives: it must come from `VAULT_TOKEN` or `-vault-token`",
        )
        .help(
            "say in a comment where the token comes from (`# VAULT_TOKEN is set by systemd`). Without one Nomad \
             does not start and says: `Vault token must be set`",
        );
    }
}

fn check_token_in_file(cx: &mut Context<'_>, config: &AgentConfig) {
    for setting in config.vaults.iter().filter_map(|vault| vault.setting(VaultKey::Token)) {
        if setting.text().is_some_and(str::is_empty) {
            cx.report(setting.span, "an empty `token` is no token: Nomad takes `VAULT_TOKEN` instead")
                .severity(Severity::Info)
                .help("remove `token`");
            continue;
        }
        cx.report(setting.span, "the server's Vault token is written into a file")
            .help("set `VAULT_TOKEN` in the environment of the agent, and revoke a token that was in version control");
    }
}

fn check_unauthenticated(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(at) = agent.setting(VaultKey::AllowUnauthenticated) else { continue };
        if at.setting.boolean() != Some(true) || agent.is_client_only() {
            continue;
        }
        let off = fix("Ask submitters for a token", Applicability::Unsafe, at, at.setting.span, "false");
        cx.report_in(
            at.document,
            at.setting.span,
            "whoever may submit a job gets any Vault policy that the server's token can grant",
        )
        .help(
            "write `false`, so that submitters show a Vault token of their own; leaving it out means `true`",
        )
        .fix(off);
    }
}

fn check_jwt_path(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(at) = agent.setting(VaultKey::JwtAuthBackendPath) else { continue };
        let Some(path) = at.setting.text() else { continue };
        let trimmed = path.trim_matches('/');
        let mount = trimmed.strip_prefix("auth/").unwrap_or(trimmed);
        if mount == path {
            continue;
        }
        let text = cx.bundle().documents.get(at.document.0 as usize).map_or("", |it| it.document.text());
        let inner = inner_of(at.setting.span, text);
        // An escaped value is left alone: the edit would have to be escaped in the same way.
        let repair = (inner.of(text) == path)
            .then(|| fix(format!("Write `{mount}`"), Applicability::Safe, at, inner, mount));
        let diagnostic = report_at(
            cx,
            &agent,
            (at.document, at.setting.span),
            format!("tasks would log in at `auth/{path}/login`"),
        )
        .help(format!("write the mount's path alone: `{mount}`"));
        if let Some(repair) = repair {
            diagnostic.fix(repair);
        }
    }
}

/// A quoted value without its quotes.
fn inner_of(span: Span, text: &str) -> Span {
    if span.len() >= 2 && span.of(text).starts_with('"') {
        Span::new(span.start + 1, span.end - 1)
    } else {
        span
    }
}
