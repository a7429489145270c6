//! Constraints on `${attr.vault.version}`, beside the one that Nomad adds itself.

use crate::model::{Attribute, Constraint, Job, TaskGroup, Version};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule, nomad_since};

/// The oldest Vault that Nomad's own constraint lets pass.
const OLDEST_VAULT: Version = Version::new(0, 6, 1);

/// The first Nomad whose own constraint gives way to any constraint of the group on the same attribute.
const FIRST_OVERRIDE: Version = Version::new(0, 10, 2);

declare_rule! {
    pub(super) static WEAKENED_VAULT_CONSTRAINT = {
        code: "JOB011", name: "weakened-vault-constraint",
        summary: "a group's constraint on Vault's version takes the place of Nomad's own and asks for less",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("0.10.2"),
        evidence: "JOB-11, JOB-12: nomad v0.10.2 nomad/job_endpoint.go: `${attr.vault.version} semver >= 0.6.1`, left out for the same left target",
        check: Job(check_weakened),
    }
}

fn check_weakened(cx: &mut Context<'_>, job: &Job) {
    for group in job.groups.iter().filter(|group| uses_vault(job, group)) {
        for constraint in group.constraints.iter().filter(|it| is_on_vault(it) && is_weaker(it)) {
            cx.report(constraint.header, "this constraint replaces Nomad's own `${attr.vault.version} >= 0.6.1`").help(
                "ask for `semver` `>= 0.6.1` or more, or leave it out: clients with an older Vault, or one whose \
                 version is unknown, may get the task",
            );
        }
    }
}

declare_rule! {
    pub(super) static INEFFECTIVE_VAULT_CONSTRAINT = {
        code: "JOB012", name: "ineffective-vault-constraint",
        summary: "a constraint on Vault's version that does not take the place of Nomad's own",
        severity: Info, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "JOB-12, D118: nomad v0.5.0 and v0.10.2 nomad/job_endpoint.go look at the group's constraints only",
        check: Job(check_ineffective),
    }
}

fn check_ineffective(cx: &mut Context<'_>, job: &Job) {
    if !job.groups.iter().any(|group| uses_vault(job, group)) {
        return;
    }
    let gives_way = cx.target().nomad >= FIRST_OVERRIDE;
    let of_groups = job.groups.iter().filter(|_| !gives_way).flat_map(|group| &group.constraints);
    let of_tasks = job.tasks().filter(|task| task.vault().is_some()).flat_map(|task| &task.task.constraints);
    for constraint in job.constraints.iter().chain(of_groups).chain(of_tasks) {
        if is_on_vault(constraint) && is_weaker(constraint) {
            let place = if gives_way { "in the group" } else { "nowhere, with this Nomad," };
            cx.report(
                constraint.header,
                "Nomad's own `${attr.vault.version} >= 0.6.1` stays beside this constraint",
            )
            .help(format!("a constraint here is added to it; only {place} could it take its place"));
        }
    }
}

fn uses_vault(job: &Job, group: &TaskGroup) -> bool {
    let has_tasks = !group.tasks.is_empty();
    group.tasks.iter().any(|task| !task.vault.is_empty())
        || (has_tasks && (!group.vault.is_empty() || !job.vault.is_empty()))
}

fn is_on_vault(constraint: &Constraint) -> bool {
    constraint.attribute.as_ref().and_then(Attribute::text) == Some("${attr.vault.version}")
}

/// Whether the constraint surely asks for less than Nomad's own.
fn is_weaker(constraint: &Constraint) -> bool {
    let operator = constraint.operator.as_ref().map_or(Some("="), Attribute::text);
    match operator {
        Some("is_set" | "is_not_set") => true,
        Some("version" | "semver") => {
            let value = constraint.value.as_ref().and_then(Attribute::text);
            value.is_some_and(|value| !value.split(',').any(asks_for_enough))
        }
        _ => false,
    }
}

/// Whether one part of a version constraint lets no Vault older than Nomad's own pass. What cannot be read is
/// taken for enough.
fn asks_for_enough(part: &str) -> bool {
    let part = part.trim();
    let version = part.trim_start_matches(['<', '>', '=', '!', '~', ' ']);
    let operator = part.get(..part.len() - version.len()).unwrap_or_default().trim();
    let Some(version) = Version::parse(version) else { return true };
    match operator {
        ">=" | ">" | "=" | "" | "~>" => version >= OLDEST_VAULT,
        _ => false,
    }
}
