//! Workload identities and clusters.

use crate::diagnostic::{EnforcedBy, Severity};
use crate::model::{AgentConfig, DEFAULT_VAULT_CLUSTER, ParsedBundle, VaultKey};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad_since};

declare_rule! {
    pub(super) static WITHOUT_AUDIENCE = {
        code: "AGT024", name: "identity-without-audience", summary: "default identity without an audience",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("1.7.0"),
        evidence: "nomad v2.0.5 nomad/structs/workload_id.go:500-525 warns; a JWT role must have bound_audiences (nomad-workload-identity A3, A9)",
        check: Bundle(check_audience),
    }
}

declare_rule! {
    pub(super) static WITHOUT_TTL = {
        code: "AGT025", name: "identity-without-ttl", summary: "default identity without a lifetime",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("1.7.0"),
        evidence: "nomad v2.0.5 nomad/structs/workload_id.go:500-525: identities without an expiration are insecure (nomad-workload-identity A3)",
        check: Bundle(check_ttl),
    }
}

declare_rule! {
    pub(super) static CLUSTER_NAME = {
        code: "AGT031", name: "vault-cluster-name", summary: "name of a Vault cluster that Nomad cannot use",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad_since("1.7.0"),
        evidence: "nomad v2.0.5 nomad/structs/consul.go:95 and command/agent/command.go:444; client/config/config_ce.go uses only default (nomad-workload-identity A2)",
        check: AgentConfig(check_name),
    }
}

fn check_audience(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(identity) = agent.default_identity.as_ref().filter(|identity| !identity.damaged) else {
            continue;
        };
        if identity.aud.iter().all(|aud| aud.value.is_empty()) {
            cx.report_in(identity.document, identity.header, "`default_identity` names no audience")
                .help("write `aud = [\"vault.io\"]`, the same as the `bound_audiences` of Vault's JWT role");
        }
    }
}

fn check_ttl(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(identity) = agent.default_identity.as_ref().filter(|identity| !identity.damaged) else {
            continue;
        };
        if identity.ttl.is_none() {
            cx.report_in(
                identity.document,
                identity.header,
                "`default_identity` has no `ttl`: who gets hold of such an identity can use it for ever",
            )
            .help("write `ttl = \"1h\"`: Nomad renews the identity at half its life");
        }
    }
}

const MAX_NAME_LENGTH: usize = 128;

fn check_name(cx: &mut Context<'_>, config: &AgentConfig) {
    for setting in config.vaults.iter().filter_map(|vault| vault.setting(VaultKey::Name)) {
        let Some(name) = setting.text().filter(|name| !name.is_empty()) else { continue };
        let is_valid = name.len() <= MAX_NAME_LENGTH
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !is_valid {
            cx.report(setting.span, format!("`{name}` is no name for a Vault cluster"))
                .help("write up to 128 letters, digits, `-` and `_`");
        } else if name != DEFAULT_VAULT_CLUSTER {
            let diagnostic = cx.report(
                setting.span,
                format!("the cluster `{name}` is used by Nomad Enterprise only; others use `default`"),
            );
            diagnostic.severity(Severity::Warning).help("remove `name`, or write `default`");
            diagnostic.enforced_by = EnforcedBy::Advisory;
        }
    }
}
