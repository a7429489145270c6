//! Lookups that Nomad cannot use, and what they show that Nomad does not look at.

use crate::model::{Seconds, TokenLookup};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static REFUSED_LOOKUP = {
        code: "TOK001", name: "refused-lookup", summary: "Vault refuses to look up the server's token",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-01: nomad v0.5.0 nomad/vault.go:502, v1.6.10 :813",
        check: Token(check_refusal),
    }
}

declare_rule! {
    pub(super) static UNDECODABLE_LOOKUP = {
        code: "TOK002", name: "undecodable-lookup", summary: "a field of the token's lookup that Nomad cannot decode",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "TOK-02: nomad v0.5.0 nomad/vault.go:508, v1.6.10 :730 (WeakDecode)",
        check: Token(check_decoding),
    }
}

declare_rule! {
    pub(super) static MORTAL_TOKEN = {
        code: "TOK011", name: "mortal-server-token", summary: "the server's token ends one day, and Nomad does not see it",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "D30: nomad v0.5.0-v1.6.10 nomad/vault.go never read explicit_max_ttl, num_uses and type of the token; GH-4372",
        check: Token(check_mortality),
    }
}

fn check_refusal(cx: &mut Context<'_>, token: &TokenLookup) {
    let Some(errors) = &token.errors else { return };
    let (span, message) = match errors.first() {
        Some(first) => (first.span, format!("Vault refuses the lookup: `{}`", first.value.trim())),
        None => (token.header, "Vault knows no such token".to_owned()),
    };
    cx.report(span, message).help(
        "give Nomad a living token whose policies grant `read` on `auth/token/lookup-self`; Nomad says: `failed to lookup Vault periodic token`",
    );
}

fn check_decoding(cx: &mut Context<'_>, token: &TokenLookup) {
    for field in &token.undecodable {
        cx.report(field.span, format!("Nomad cannot decode `{}`: it wants {}", field.name, field.wanted))
            .help("Nomad says: `failed to parse Vault token's data block`");
    }
}

fn check_mortality(cx: &mut Context<'_>, token: &TokenLookup) {
    if !token.is_known() {
        return;
    }
    if let Some(ttl) = token.explicit_max_ttl.filter(|ttl| ttl.value > 0) {
        let message =
            format!("the server's token ends {} after it was made, renewed or not", Seconds(ttl.value));
        cx.report(ttl.span, message)
            .help("make a token without `-explicit-max-ttl`: when it ends, all tasks' tokens go with it");
    }
    if let Some(uses) = token.num_uses.filter(|uses| uses.value > 0) {
        cx.report(uses.span, format!("the server's token ends after {} more requests", uses.value))
            .help("make a token without `-use-limit`; Vault says to it: `restricted use token cannot generate child tokens`");
    }
    if let Some(kind) = token.token_type.as_ref().filter(|kind| kind.value == "batch") {
        cx.report(kind.span, "a batch token can neither be renewed nor make tokens for tasks")
            .help("make it with `-type=service`; Vault says to it: `batch tokens cannot create more tokens`");
    }
}
