//! TLS towards Vault.

use super::{fix, report};
use crate::diagnostic::Severity;
use crate::model::{MergedVaultConfig, ParsedBundle, VaultKey};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::Applicability;

declare_rule! {
    pub(super) static INCOMPLETE_CLIENT_CERTIFICATE = {
        code: "AGT007", name: "incomplete-client-certificate", summary: "client certificate without key, or key without certificate",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "vault api client.go ConfigureTLS: Both client cert and client key must be provided (AGT-07)",
        check: Bundle(check_pair),
    }
}

declare_rule! {
    pub(super) static UNREADABLE_FILE = {
        code: "AGT008", name: "unreadable-tls-file", summary: "TLS file that Nomad cannot open under this name",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/vault.go buildClient: the agent does not start when a CA or certificate file cannot be read (AGT-08); Go expands neither ~ nor $VARIABLES",
        check: Bundle(check_files),
    }
}

declare_rule! {
    pub(super) static VERIFICATION_OFF = {
        code: "AGT020", name: "tls-verification-off", summary: "no verification of Vault's certificate",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/config/vault.go:141-163: tls_skip_verify sets InsecureSkipVerify",
        check: Bundle(check_verification),
    }
}

declare_rule! {
    pub(super) static UNUSED_TLS_SETTING = {
        code: "AGT026", name: "unused-tls-setting", summary: "TLS settings for an address without TLS",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 client/consul_template.go:450-478 and vault api client.go: TLS is used for https:// addresses only",
        check: Bundle(check_unused),
    }
}

const FILES: [VaultKey; 4] = [VaultKey::CaFile, VaultKey::CaPath, VaultKey::CertFile, VaultKey::KeyFile];

fn check_pair(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        for (present, absent) in
            [(VaultKey::CertFile, VaultKey::KeyFile), (VaultKey::KeyFile, VaultKey::CertFile)]
        {
            let Some(at) = agent.setting(present).filter(|_| agent.setting(absent).is_none()) else {
                continue;
            };
            let message = format!("`{}` is set without `{}`", present.as_str(), absent.as_str());
            report(cx, &agent, at, message)
                .help("set both or none. Nomad says: `Both client cert and client key must be provided`");
        }
    }
}

fn check_files(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        for key in FILES {
            let Some(at) = agent.setting(key) else { continue };
            let Some(path) = at.setting.text() else { continue };
            let key = key.as_str();
            if path.trim_start().starts_with("-----BEGIN ") {
                report(cx, &agent, at, format!("`{key}` holds a certificate or key, not the path of a file"))
                    .help("write the text into a file and its path here");
            } else if path.starts_with('~') || path.contains('$') {
                report(
                    cx,
                    &agent,
                    at,
                    format!("`{key}` is taken literally: Nomad expands neither `~` nor variables"),
                )
                .help("write the whole path, beginning with `/`");
            } else if path.starts_with("file://") {
                report(cx, &agent, at, format!("`{key}` is a path, not a URL"))
                    .help("write the path without `file://`");
            } else if !is_absolute(path) {
                report(
                    cx,
                    &agent,
                    at,
                    format!("`{key}` is looked for in the folder in which the agent is started"),
                )
                .severity(Severity::Warning)
                .help("write the whole path, beginning with `/`");
            }
        }
    }
}

/// Also of Windows: `C:\…` and `\\server\…`.
fn is_absolute(path: &str) -> bool {
    let drive = |path: &str| {
        let mut letters = path.chars();
        letters.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && letters.next() == Some(':')
    };
    path.starts_with('/') || path.starts_with("\\\\") || drive(path)
}

fn check_verification(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(at) = agent.setting(VaultKey::TlsSkipVerify) else { continue };
        if at.setting.boolean() != Some(true) {
            continue;
        }
        let verify = fix("Verify the certificate", Applicability::Unsafe, at, at.setting.span, "false");
        cx.report_in(
            at.document,
            at.setting.span,
            "Vault's certificate is not verified: who stands between gets every token",
        )
        .help("write `false` and name the CA in `ca_file`")
        .fix(verify);
    }
}

fn check_unused(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(address) = agent.setting(VaultKey::Address) else { continue };
        let is_plain =
            address.setting.text().is_some_and(|text| text.to_ascii_lowercase().starts_with("http://"));
        if !is_plain {
            continue;
        }
        let tls: Vec<&str> = tls_settings(&agent).map(VaultKey::as_str).collect();
        let Some(first) = tls_settings(&agent).next().and_then(|key| agent.setting(key)) else { continue };
        cx.report_in(
            address.document,
            address.setting.span,
            format!("the address has no TLS, so that `{}` has no effect", tls.join("`, `")),
        )
        .help(
            "write `https://`, or remove the TLS settings: over `http://` every token can be read on the way",
        )
        .related(first.document, first.setting.span, "TLS is set up here");
    }
}

fn tls_settings(agent: &MergedVaultConfig<'_>) -> impl Iterator<Item = VaultKey> {
    let keys = FILES.into_iter().chain([VaultKey::TlsServerName, VaultKey::TlsSkipVerify]);
    keys.filter(|key| agent.setting(*key).is_some_and(|at| at.setting.boolean() != Some(false)))
}
