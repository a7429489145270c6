//! Settings that nobody looks at.

use crate::diagnostic::Severity;
use crate::model::{ParsedBundle, VaultKey, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static NOT_ENABLED = {
        code: "AGT011", name: "vault-not-enabled", summary: "vault block without enabled",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/vault.go: nothing is checked or done unless enabled is true; the default is nil (AGT-11)",
        check: Bundle(check_not_enabled),
    }
}

declare_rule! {
    pub(super) static SERVER_SETTING_ON_CLIENT = {
        code: "AGT012", name: "server-setting-on-client", summary: "setting of servers on an agent that is only a client",
        severity: Info, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 client/vaultclient/vaultclient.go reads address and TLS only; nomad/vault.go is the server's (AGT-12)",
        check: Bundle(check_server_setting),
    }
}

fn check_not_enabled(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some((document, header)) = agent.block else { continue };
        // A value that cannot be decoded has a finding of its own.
        if agent.setting(VaultKey::Enabled).is_none() && !agent.is_damaged {
            cx.report_in(document, header, "the `vault` block does nothing: `enabled` is not set")
                .help("write `enabled = true`, or `enabled = false` where it is meant to be off");
        }
    }
}

/// The first release in which a client logs in with `create_from_role` itself.
const CLIENT_READS_ROLE: Version = Version::new(1, 7, 0);
/// The first release that has no server-side tokens, where other rules speak.
const WITHOUT_TOKENS: Version = Version::new(1, 10, 0);

fn check_server_setting(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    let nomad = cx.target().nomad;
    for agent in bundle.vault_configs().into_iter().filter(|agent| agent.is_client_only()) {
        for (key, is_the_servers) in [
            (VaultKey::AllowUnauthenticated, nomad < WITHOUT_TOKENS),
            (VaultKey::CreateFromRole, nomad < CLIENT_READS_ROLE),
            (VaultKey::TaskTokenTtl, nomad < WITHOUT_TOKENS),
            (VaultKey::Token, nomad < WITHOUT_TOKENS),
        ] {
            let Some(at) = agent.setting(key).filter(|_| is_the_servers) else { continue };
            let name = key.as_str();
            let diagnostic =
                cx.report_in(at.document, at.setting.key, format!("a client does not read `{name}`"));
            diagnostic.help(format!("remove it: only servers use `{name}`"));
            if key == VaultKey::Token {
                diagnostic.severity(Severity::Warning);
            }
        }
    }
}
