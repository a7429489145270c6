//! Which `vault` block counts for a task.

use crate::diagnostic::Severity;
use crate::model::{Job, JobForm, Target, TaskInJob, VaultBlock, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::order;

declare_rule! {
    pub(super) static REPLACED_VAULT_BLOCK = {
        code: "JOB020", name: "replaced-vault-block",
        summary: "a `vault` block hides settings of the outer one, which it replaces as a whole",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "D115: nomad v0.5.0 jobspec/parse.go, v1.6.10 jobspec2/hcl_conversions.go: the block is taken whole, though the docs say merged",
        check: Job(check_replaced),
    }
}

fn check_replaced(cx: &mut Context<'_>, job: &Job) {
    // The JSON of the API knows blocks of tasks only.
    if job.form == JobForm::ApiJson {
        return;
    }
    for group in &job.groups {
        let of_job = job.vault.last();
        if let (Some(inner), Some(outer)) = (group.vault.last(), of_job) {
            report_replaced(cx, inner, outer);
        }
        let outer = group.vault.last().or(of_job);
        for task in &group.tasks {
            if let (Some(inner), Some(outer)) = (task.vault.last(), outer) {
                report_replaced(cx, inner, outer);
            }
        }
    }
}

fn report_replaced(cx: &mut Context<'_>, inner: &VaultBlock, outer: &VaultBlock) {
    let lost: Vec<&str> = lost_settings(inner, outer, cx.target()).collect();
    if lost.is_empty() {
        return;
    }
    let names = lost.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let document = cx.document_id();
    let is_refused = lost.contains(&"policies") && cx.target().nomad < Version::new(1, 7, 0);
    let found =
        cx.report(inner.header, format!("this block replaces the outer `vault` block and so loses {names}"));
    found
        .help(format!(
            "repeat {names} here: nothing of the outer block is merged in, whatever Nomad's docs say"
        ))
        .related(document, outer.header, "the block that is replaced");
    if is_refused {
        found.severity(Severity::Error);
    }
}

/// The settings of the outer block that matter and that the inner one does not repeat.
fn lost_settings<'o>(
    inner: &'o VaultBlock,
    outer: &'o VaultBlock,
    target: Target,
) -> impl Iterator<Item = &'static str> + 'o {
    let has_policies = target.nomad < Version::new(1, 10, 0);
    let names = ["policies", "role", "namespace", "cluster"].into_iter();
    names.filter(move |name| {
        // Another role or another set of policies is a choice, not a loss.
        let is_chosen_anew = match *name {
            "policies" => !has_policies || inner.role.is_some(),
            "role" => inner.policies.is_some(),
            _ => false,
        };
        !is_chosen_anew && outer.attribute(name).is_some() && inner.attribute(name).is_none()
    })
}

/// The outer block whose policies the task's own block loses.
pub(super) fn replaced_policies(task: TaskInJob<'_>) -> Option<&VaultBlock> {
    let mut levels =
        [&task.task.vault, &task.group.vault, &task.job.vault].into_iter().filter_map(|it| it.last());
    let inner = levels.next()?;
    let outer = levels.next()?;
    (inner.policies.is_none() && outer.policies.is_some()).then_some(outer)
}

/// Each block that counts for a task, with the first task that it counts for.
pub(in crate::rules) fn tasks_by_block(job: &Job) -> Vec<(&VaultBlock, TaskInJob<'_>)> {
    let mut found: Vec<(&VaultBlock, TaskInJob<'_>)> =
        job.tasks().filter_map(|task| Some((task.vault()?, task))).collect();
    // The sort is stable: the first task of each block stays first.
    order::sort_by(&mut found, &|(one, _), (other, _)| one.span.cmp(&other.span));
    found.dedup_by_key(|(block, _)| block.span);
    found
}

declare_rule! {
    pub(super) static IGNORED_JSON_VAULT = {
        code: "JOB027", name: "ignored-json-vault", summary: "`Vault` of a job or a group in JSON, which Nomad ignores",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "hashicorp/nomad#14597: the API's job and group have no field Vault, unknown JSON is dropped",
        check: Job(check_json_vault),
    }
}

fn check_json_vault(cx: &mut Context<'_>, job: &Job) {
    if job.form != JobForm::ApiJson {
        return;
    }
    let of_job = job.vault.iter().map(|block| ("job", block));
    let of_groups = job.groups.iter().flat_map(|group| group.vault.iter().map(|block| ("group", block)));
    for (level, block) in of_job.chain(of_groups) {
        cx.report(block.header, format!("`Vault` of a {level} has no effect in JSON"))
            .help("give each task its own `Vault`: only HCL hands it down from the job or the group");
    }
}
