//! The submitter's token.

use crate::model::{Attribute, Job};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static VAULT_TOKEN_IN_JOB = {
        code: "JOB025", name: "vault-token-in-job", summary: "a Vault token is written in the job",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 command/run.go:55-58,153-161: `-vault-token` and `$VAULT_TOKEN` go before the value in the file",
        check: Job(check_token),
    }
}

fn check_token(cx: &mut Context<'_>, job: &Job) {
    let Some(token) = &job.vault_token else { return };
    if token.text().is_some_and(is_secret) && is_written_here(cx, token) {
        // The token itself is not repeated.
        cx.report(token.value_span(), "the job holds a Vault token, which whoever reads the file can use")
            .help("take it out, revoke it, and submit with `VAULT_TOKEN` in the environment");
    }
}

fn is_secret(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains("${")
}

/// A variable's default is for the variable's own place, not for the one that uses it.
fn is_written_here(cx: &Context<'_>, token: &Attribute) -> bool {
    let raw = token.value_span().of(cx.text());
    raw.starts_with('"') || raw.starts_with("<<")
}
