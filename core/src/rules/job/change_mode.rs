//! What happens to a task when its token changes.

use crate::model::{Job, JobForm, VaultForm, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad};
use crate::rules::suggest::did_you_mean;
use crate::text::Applicability;

const MODES: [&str; 3] = ["noop", "restart", "signal"];

/// The first server that takes an empty mode for `restart`.
const FIRST_EMPTY_MODE: Version = Version::new(1, 3, 0);

declare_rule! {
    pub(super) static UNKNOWN_CHANGE_MODE = {
        code: "JOB007", name: "unknown-change-mode", summary: "`change_mode` of a `vault` block is none of Nomad's three",
        severity: Error, enforced_by: Nomad, fix: Unsafe, applies: always(),
        evidence: "JOB-07: nomad v0.5.0 nomad/structs/structs.go Vault.Validate `Unknown change mode`; empty is `restart` from 1.3.0",
        check: Job(check_mode),
    }
}

fn check_mode(cx: &mut Context<'_>, job: &Job) {
    for (_, block) in job.vault_blocks() {
        let Some(attribute) = &block.change_mode else { continue };
        let Some(mode) = attribute.text() else { continue };
        if MODES.contains(&mode) || (mode.is_empty() && cx.target().nomad >= FIRST_EMPTY_MODE) {
            continue;
        }
        let span = attribute.value_span();
        let is_plain = span.of(cx.text()) == format!("\"{mode}\"");
        let suggestion = did_you_mean(mode.trim(), MODES).filter(|_| is_plain);
        let fix = suggestion.map(|suggestion| {
            cx.replace(
                format!("Write `{suggestion}`"),
                Applicability::Unsafe,
                span,
                format!("\"{suggestion}\""),
            )
        });
        let found = cx.report(span, format!("Nomad knows no change mode `{mode}`"));
        found.help(format!(
            "write `noop`, `restart` or `signal`. Nomad says: `Unknown change mode \"{mode}\"`"
        ));
        found.fix = fix;
    }
}

declare_rule! {
    pub(super) static MISSING_JSON_CHANGE_MODE = {
        code: "JOB028", name: "missing-json-change-mode", summary: "`Vault` in JSON without `ChangeMode`, which had no default yet",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.0", "0.5.4"),
        evidence: "D113: nomad v0.5.0 api/tasks.go has no defaults for JSON: mode \"\", env false; from 0.5.5 it has",
        check: Job(check_json_mode),
    }
}

fn check_json_mode(cx: &mut Context<'_>, job: &Job) {
    if job.form != JobForm::ApiJson {
        return;
    }
    let blocks = job.tasks().flat_map(|task| &task.task.vault);
    for block in blocks.filter(|block| block.change_mode.is_none() && block.form == VaultForm::Block) {
        cx.report(block.header, "`Vault` has no `ChangeMode`, and JSON has no default for it").help(
            "write \"ChangeMode\": \"restart\", and \"Env\": true if the task wants VAULT_TOKEN. \
             Nomad says: `Unknown change mode \"\"`",
        );
    }
}
