//! Keys and types of values in the agent's `vault` block.

use crate::diagnostic::Severity;
use crate::model::{AgentConfig, KeyInfo, UnknownKey, VAULT_KEYS, VaultConfig, VaultKey, misnamed_key};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad, nomad_since};
use crate::rules::suggest::did_you_mean;
use crate::text::Applicability;

declare_rule! {
    pub(super) static UNKNOWN_KEY = {
        code: "AGT001", name: "unknown-vault-key", summary: "unknown key in the agent's vault block",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: nomad("0.5.0", "0.9.1"),
        evidence: "nomad v0.5.0 command/agent/config_parse.go: vault -> invalid key (AGT-01)",
        check: AgentConfig(check_unknown),
    }
}

declare_rule! {
    pub(super) static IGNORED_KEY = {
        code: "AGT014", name: "ignored-vault-key", summary: "unknown key in the agent's vault block is ignored",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: nomad_since("0.9.2"),
        evidence: "nomad v0.9.2 decodes the block without a list of unused keys (AGT-01b, D111); v2.0.5 command/agent/config_parse.go WeakDecode",
        check: AgentConfig(check_unknown),
    }
}

declare_rule! {
    pub(super) static MISNAMED_KEY = {
        code: "AGT016", name: "misnamed-tls-key", summary: "TLS key under a name that Nomad does not know",
        severity: Warning, enforced_by: Advisory, fix: Safe, applies: always(),
        evidence: "nomad v0.5.0 website agent page points to tls_cert_file and tls_key_file, nomad/structs/config/vault.go reads cert_file and key_file (S21)",
        check: AgentConfig(check_misnamed),
    }
}

declare_rule! {
    pub(super) static REMOVED_KEY = {
        code: "AGT022", name: "removed-vault-key", summary: "key of the token integration, which Nomad 1.10 dropped",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("1.10.0"),
        evidence: "nomad v1.10.0 commit 7268053174 removes allow_unauthenticated and task_token_ttl; token serves the transit keyring only (nomad-workload-identity A13)",
        check: AgentConfig(check_removed),
    }
}

declare_rule! {
    pub(super) static WRONG_TYPE = {
        code: "AGT030", name: "wrong-vault-value-type", summary: "value that the agent's vault block cannot decode",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "nomad v0.5.0 mapstructure WeakDecode; v0.9.3 vendor/github.com/hashicorp/hcl/decoder.go decodeBool, decodeString; v1.7.0 WeakDecode again",
        check: AgentConfig(check_types),
    }
}

/// Suggestions cost time, so that only the first of very many unknown keys get one.
const MAX_SUGGESTIONS: usize = 50;

fn check_unknown(cx: &mut Context<'_>, config: &AgentConfig) {
    let nomad = cx.target().nomad;
    let refused = UNKNOWN_KEY.applies.covers(cx.target());
    let unknown =
        config.vaults.iter().flat_map(|vault| vault.unknown_keys.iter().map(move |key| (vault, key)));
    for (index, (vault, key)) in unknown.enumerate() {
        let (name, suggest) = (&key.name, index < MAX_SUGGESTIONS);
        if misnamed_key(name).is_some() {
            continue;
        }
        let similar = if suggest && key.since.is_none() { similar_key(vault, key, nomad) } else { None };
        let replacement = similar.map(|similar| {
            cx.replace(
                format!("Rename `{name}` to `{}`", similar.name),
                Applicability::Safe,
                key.span,
                spelled(key, similar.name),
            )
        });
        let message = match key.since {
            Some(since) => format!("Nomad {nomad} does not know `{name}`, which came with {since}"),
            None if refused => format!("unknown key `{name}` in the `vault` block"),
            None => format!("unknown key `{name}` in the `vault` block is ignored without a word"),
        };
        let says = format!("Nomad says: `vault -> invalid key: {name}`");
        let help = match (similar, refused) {
            (Some(similar), true) => format!("did you mean `{}`? {says}", similar.name),
            (Some(similar), false) => format!("did you mean `{}`?", similar.name),
            (None, true) => says,
            (None, false) => "remove it: Nomad since 0.9.2 does not report unknown keys here".to_owned(),
        };
        let diagnostic = cx.report(key.span, message).help(help);
        if let Some(replacement) = replacement {
            diagnostic.fix(replacement);
        }
    }
}

/// The known key that a mistyped one means, unless the block has that already.
fn similar_key(
    vault: &VaultConfig,
    key: &UnknownKey,
    nomad: crate::model::Version,
) -> Option<&'static KeyInfo> {
    let known = VAULT_KEYS.iter().filter(|info| info.is_known_to(nomad));
    let name = did_you_mean(&key.name, known.clone().map(|info| info.name))?;
    known.clone().find(|info| info.name == name && vault.setting(info.key).is_none())
}

/// `name` in the way in which the key is written.
fn spelled(key: &UnknownKey, name: &str) -> String {
    if key.quoted { format!("\"{name}\"") } else { name.to_owned() }
}

fn check_misnamed(cx: &mut Context<'_>, config: &AgentConfig) {
    let refused = UNKNOWN_KEY.applies.covers(cx.target());
    for vault in &config.vaults {
        for key in &vault.unknown_keys {
            let Some(right) = misnamed_key(&key.name) else { continue };
            let is_free =
                VAULT_KEYS.iter().any(|info| info.name == right && vault.setting(info.key).is_none());
            let rename = is_free.then(|| {
                let title = format!("Rename `{}` to `{right}`", key.name);
                cx.replace(title, Applicability::Safe, key.span, spelled(key, right))
            });
            let diagnostic = cx
                .report(key.span, format!("`{}` is no key of Nomad's `vault` block, `{right}` is", key.name));
            if refused {
                diagnostic
                    .severity(Severity::Error)
                    .help(format!("Nomad says: `vault -> invalid key: {}`", key.name));
                diagnostic.enforced_by = crate::diagnostic::EnforcedBy::Nomad;
            } else {
                diagnostic.help(format!("Nomad ignores it without a word: write `{right}`"));
            }
            if let Some(rename) = rename {
                diagnostic.fix(rename);
            }
        }
    }
}

fn check_removed(cx: &mut Context<'_>, config: &AgentConfig) {
    let nomad = cx.target().nomad;
    for (key, instead) in [
        (
            VaultKey::AllowUnauthenticated,
            "who may use which Vault role is now decided by the role's bound claims",
        ),
        (VaultKey::TaskTokenTtl, "set `token_ttl` or `token_period` on the role of Vault's JWT auth method"),
        (
            VaultKey::Token,
            "tasks log in with their workload identity; only the transit keyring still reads the token",
        ),
    ] {
        for setting in config.vaults.iter().filter_map(|vault| vault.setting(key)) {
            let message = format!("Nomad {nomad} no longer derives tokens and ignores `{}`", key.as_str());
            cx.report(setting.key, message).help(instead);
        }
    }
}

fn check_types(cx: &mut Context<'_>, config: &AgentConfig) {
    let of_blocks = config.vaults.iter().flat_map(|vault| &vault.wrong_types);
    for wrong in config.wrong_types.iter().chain(of_blocks) {
        cx.report(wrong.span, format!("`{}` must be {}", wrong.name, wrong.wanted))
            .help("Nomad cannot decode the file and the agent does not start");
    }
}
