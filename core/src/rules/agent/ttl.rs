//! `task_token_ttl`.

use super::report;
use crate::model::{Located, MergedVaultConfig, ParsedBundle, VaultKey, go_duration};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad};

declare_rule! {
    pub(super) static BAD_TTL = {
        code: "AGT005", name: "bad-task-token-ttl", summary: "task_token_ttl is no Go duration",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "nomad v0.5.0 nomad/vault.go:283: failed to parse TaskTokenTTL (AGT-05)",
        check: Bundle(check_bad_ttl),
    }
}

declare_rule! {
    pub(super) static SHORT_TTL = {
        code: "AGT006", name: "short-task-token-ttl", summary: "task_token_ttl is below five minutes",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "nomad v0.5.0 nomad/vault.go:287: ChildTokenTTL is less than minimum allowed of 5m0s (AGT-06)",
        check: Bundle(check_short_ttl),
    }
}

declare_rule! {
    pub(super) static IGNORED_TTL = {
        code: "AGT021", name: "ignored-task-token-ttl", summary: "task_token_ttl has no effect under a role",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.3", "1.9.99"),
        evidence: "measured on OpenBao 2.7.2: the ttl of a create call is ignored when the role has a period, which Nomad demands (D121, ROL-08)",
        check: Bundle(check_ignored_ttl),
    }
}

const MINIMUM_SECONDS: i64 = 5 * 60;
const NANOSECONDS: i64 = 1_000_000_000;

/// The `task_token_ttl` that counts. A client does not look at it (AGT-12).
fn ttl<'b>(agent: &MergedVaultConfig<'b>) -> Option<(Located<'b>, &'b str)> {
    let at = agent.setting(VaultKey::TaskTokenTtl).filter(|_| !agent.is_client_only())?;
    Some((at, at.setting.text()?))
}

fn check_bad_ttl(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some((at, ttl)) = ttl(&agent).filter(|(_, ttl)| go_duration(ttl).is_err()) else { continue };
        report(cx, &agent, at, format!("`task_token_ttl` cannot be read: `{ttl}` is no duration of Go"))
            .help("write a number with its unit, such as `72h` or `90m`. Nomad says: `failed to parse TaskTokenTTL`");
    }
}

fn check_short_ttl(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some((at, text)) = ttl(&agent) else { continue };
        if go_duration(text).is_ok_and(|ttl| ttl < MINIMUM_SECONDS * NANOSECONDS) {
            report(cx, &agent, at, format!("`task_token_ttl` is `{text}`, less than five minutes"))
                .help("write `5m` or more. Nomad says: `ChildTokenTTL is less than minimum allowed of 5m0s`");
        }
    }
}

fn check_ignored_ttl(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    for agent in bundle.vault_configs() {
        let Some((at, _)) = ttl(&agent) else { continue };
        let Some(role) = agent.setting(VaultKey::CreateFromRole) else { continue };
        let name = role.setting.text().unwrap_or_default();
        cx.report_in(
            at.document,
            at.setting.span,
            format!("`task_token_ttl` has no effect: tasks' tokens are made from the role `{name}`"),
        )
        .help("remove it; the role's `period`, which Nomad demands, is the tokens' lifetime")
        .related(role.document, role.setting.span, "the role is set here");
    }
}
