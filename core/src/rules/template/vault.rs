//! Templates that read from Vault.

use super::contents;
use crate::model::Job;
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

declare_rule! {
    pub(super) static WITHOUT_VAULT = {
        code: "TPL016", name: "template-without-vault", summary: "template reads from Vault in a task without a vault block",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "nomad v0.5.0 client/consul_template.go:450-478 sets an empty token, so that every read is denied (TPL-16, D86)",
        check: Job(check_vault),
    }
}

fn check_vault(cx: &mut Context<'_>, job: &Job) {
    for (it, content) in contents(job) {
        if it.vault().is_some() {
            continue;
        }
        let Some(call) = content.calls.first() else { continue };
        cx.report(
            call.span,
            format!("the template calls `{}`, but the task has no `vault` block", call.function),
        )
        .help(
            "add a `vault` block to the task, its group or the job. Nomad takes the job; without a token every \
             read is denied and the task does not start",
        );
    }
}
