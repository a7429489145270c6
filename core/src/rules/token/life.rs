//! How long the servers' token lives, which Nomad does not look at.

use crate::diagnostic::Severity;
use crate::model::{TokenLookup, Version};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad};

declare_rule! {
    pub(super) static CHILD_TOKEN = {
        code: "TOK012", name: "child-server-token", summary: "the server's token ends with the token that it was made with",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "S10, D30: measured on OpenBao 2.7.2, revoking the operator's token kills a server token that is no orphan, and all its children (fact 13); docs of nomad v0.6.0 and later make it with `-orphan`",
        check: Token(check_child),
    }
}

declare_rule! {
    pub(super) static TOKEN_WITHOUT_PERIOD = {
        code: "TOK013", name: "server-token-without-period", summary: "the server's token reaches the longest TTL and ends, renewed or not",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "D30: nomad v0.5.0-v1.6.10 nomad/vault.go never read `period`; measured on OpenBao 2.7.2: a token with a TTL and no period is renewed up to its issue time plus the longest TTL (768h), then not",
        check: Token(check_period),
    }
}

/// The first Nomad whose servers' token need not come from the role of the tasks.
const FIRST_WITH_OWN_TOKEN: Version = Version::new(0, 5, 3);

fn check_child(cx: &mut Context<'_>, token: &TokenLookup) {
    let Some(orphan) = token.orphan.filter(|orphan| !orphan.value) else { return };
    if !token.is_known() || token.is_root() {
        return;
    }
    let has_own = cx.target().nomad >= FIRST_WITH_OWN_TOKEN;
    let finding = cx.report(
        orphan.span,
        "the server's token is the child of another: when that one ends, it ends too, and all tasks' tokens with it",
    );
    if has_own {
        finding.help("make it with `-orphan`");
    } else {
        finding
            .severity(Severity::Info)
            .help("make it with a token that lives on: this Nomad wants a role without orphans");
    }
}

fn check_period(cx: &mut Context<'_>, token: &TokenLookup) {
    let has_period = token.period.is_some_and(|period| period.value > 0);
    // A lookup does not show the period of the role that a token was made from.
    let is_of_role = token.role.as_ref().is_some_and(|role| !role.value.is_empty());
    let ends_earlier = token.explicit_max_ttl.is_some_and(|ttl| ttl.value > 0);
    let is_renewed = token.renewable.is_some_and(|renewable| renewable.value);
    let has_ttl = token.creation_ttl.is_some_and(|ttl| ttl.value > 0);
    if !token.is_known() || token.is_root() || !token.is_whole || has_period || is_of_role || ends_earlier {
        return;
    }
    if is_renewed && has_ttl {
        let span = token.period.map_or(token.header, |period| period.span);
        cx.report(span, "the server's token has no period: it ends when it reaches Vault's longest TTL, renewed or not")
            .help("make it with `-period 72h`; the longest TTL is 32 days unless the server is configured otherwise");
    }
}
