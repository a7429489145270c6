//! `address`.

use super::{fix, report};
use crate::model::{
    AddressProblem, AgentConfig, Located, ParsedBundle, VaultKey, address_problem, has_http_scheme,
    with_https,
};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, Fix};

declare_rule! {
    pub(super) static EMPTY_ADDRESS = {
        code: "AGT004", name: "empty-vault-address", summary: "empty address of Vault",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 nomad/structs/config/vault.go:96-139: an empty string never wins a merge, so the default stays; nomad/vault.go:276 Vault address must be set (AGT-04)",
        check: AgentConfig(check_empty),
    }
}

declare_rule! {
    pub(super) static UNPARSABLE_ADDRESS = {
        code: "AGT009", name: "unparsable-vault-address", summary: "address of Vault that Go cannot parse",
        severity: Error, enforced_by: Nomad, fix: Unsafe, applies: always(),
        evidence: "nomad v0.5.0 nomad/vault.go buildClient: the API client parses the address with url.Parse (AGT-09)",
        check: Bundle(check_parsable),
    }
}

declare_rule! {
    pub(super) static ADDRESS_WITHOUT_SCHEME = {
        code: "AGT027", name: "vault-address-without-scheme", summary: "address of Vault without http:// or https://",
        severity: Error, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "Go net/url reads vault:8200 as the scheme vault; net/http then answers: unsupported protocol scheme",
        check: Bundle(check_scheme),
    }
}

fn check_empty(cx: &mut Context<'_>, config: &AgentConfig) {
    for setting in config.vaults.iter().filter_map(|vault| vault.setting(VaultKey::Address)) {
        if setting.text().is_some_and(str::is_empty) {
            cx.report(setting.span, "an empty `address` counts as none: Nomad asks its default address")
                .help("write Vault's address; the default is `https://vault.service.consul:8200`");
        }
    }
}

fn check_parsable(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(at) = agent.setting(VaultKey::Address) else { continue };
        let Some(address) = at.setting.text() else { continue };
        let Some(problem) = address_problem(address) else { continue };
        let reason = match problem {
            AddressProblem::ColonInFirstSegment | AddressProblem::MissingScheme => {
                "it has no `https://`".to_owned()
            }
            AddressProblem::BadHostCharacter(character) => format!("no host has a `{character}`"),
            AddressProblem::BadPort => "its port is no number".to_owned(),
            AddressProblem::UnclosedBracket => "its `[` is not closed".to_owned(),
            AddressProblem::BadEscape => "a `%` stands without two hexadecimal digits".to_owned(),
            AddressProblem::ControlCharacter => "it holds a control character".to_owned(),
        };
        let prefix = prefix(at, address);
        let diagnostic = report(cx, &agent, at, format!("the address cannot be parsed: {reason}")).help(
            format!("write it like `https://vault.example.com:8200`. Go says: `{}`", problem.as_go_text()),
        );
        if let Some(prefix) = prefix {
            diagnostic.fix(prefix);
        }
    }
}

fn check_scheme(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some(at) = agent.setting(VaultKey::Address) else { continue };
        let Some(address) = at.setting.text() else { continue };
        if has_http_scheme(address) || address_problem(address).is_some() {
            continue;
        }
        let prefix = prefix(at, address);
        let diagnostic = report(cx, &agent, at, format!("the address `{address}` has no `https://`")).help(
            "write `https://` (or `http://`) before the host: Nomad starts with this address, but every request fails",
        );
        if let Some(prefix) = prefix {
            diagnostic.fix(prefix);
        }
    }
}

fn prefix(at: Located<'_>, address: &str) -> Option<Fix> {
    let fixed = with_https(address).filter(|fixed| !fixed.contains(['"', '\\', '$', '\n']))?;
    let text = format!("\"{fixed}\"");
    Some(fix("Put `https://` before it", Applicability::Unsafe, at, at.setting.span, text))
}
