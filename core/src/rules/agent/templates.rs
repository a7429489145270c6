//! What old clients make of the block when they render templates.

use crate::model::{ParsedBundle, VaultKey};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad};

declare_rule! {
    pub(super) static INVERTED_VERIFICATION = {
        code: "AGT028", name: "inverted-template-verification", summary: "tls_skip_verify means the opposite for templates",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "0.5.2"),
        evidence: "nomad v0.5.0 client/consul_template.go:462-465: Verify is set from the wrong side; fixed in 0.5.3 (D80)",
        check: Bundle(check_verification),
    }
}

declare_rule! {
    pub(super) static SERVER_NAME_NOT_FORWARDED = {
        code: "AGT029", name: "template-server-name", summary: "tls_server_name is not used for templates",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "0.5.6"),
        evidence: "nomad v0.5.0 client/consul_template.go:450-478 does not hand on tls_server_name; does since 0.6.0 (D81)",
        check: Bundle(check_server_name),
    }
}

fn check_verification(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    let nomad = cx.target().nomad;
    for agent in bundle.vault_configs() {
        let Some(at) = agent.setting(VaultKey::TlsSkipVerify) else { continue };
        let Some(skips) = at.setting.boolean() else { continue };
        let message = if skips {
            format!("Nomad {nomad} has this turned round for templates: they do verify Vault's certificate")
        } else {
            format!(
                "Nomad {nomad} has this turned round for templates: they do not verify Vault's certificate"
            )
        };
        cx.report_in(at.document, at.setting.span, message)
            .help("use Nomad 0.5.3 or later; no value is right for the agent and its templates both");
    }
}

fn check_server_name(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(at) = agent.setting(VaultKey::TlsServerName) else { continue };
        cx.report_in(
            at.document,
            at.setting.span,
            "templates do not use `tls_server_name`: they fail where the agent itself works",
        )
        .help("use Nomad 0.6.0 or later, or an `address` with the name that is in Vault's certificate");
    }
}
