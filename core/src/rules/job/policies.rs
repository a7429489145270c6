//! The policies that a task asks for.

use super::inheritance::{replaced_policies, tasks_by_block};
use crate::diagnostic::Severity;
use crate::model::{Attribute, AttributeValue, Job, TaskInJob, VaultBlock, VaultForm, Version};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad, nomad_since};
use crate::rules::suggest::did_you_mean;
use crate::text::{Applicability, Span};

/// The first Nomad that knows workload identities.
const FIRST_IDENTITIES: Version = Version::new(1, 7, 0);

/// The first Nomad that knows nothing else.
const FIRST_WITHOUT_POLICIES: Version = Version::new(1, 10, 0);

declare_rule! {
    pub(super) static EMPTY_POLICIES = {
        code: "JOB004", name: "empty-policies", summary: "a task's `vault` block names no policy",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "JOB-04, D92: nomad v0.5.0 nomad/structs/structs.go Vault.Validate `Policy list cannot be empty`",
        check: Job(check_empty),
    }
}

fn check_empty(cx: &mut Context<'_>, job: &Job) {
    for (block, task) in tasks_by_block(job) {
        let Some(span) = empty_policies(block) else { continue };
        if uses_identity(task, block) || replaced_policies(task).is_some() {
            continue;
        }
        let knows_identities = cx.target().nomad >= FIRST_IDENTITIES;
        let found = cx.report(span, "the `vault` block names no policy");
        if knows_identities {
            found.severity(Severity::Info).help(
                "this needs an `identity` of the task or the servers' `default_identity`. Without, Nomad says: \
                 `Task … has a Vault block with an empty list of policies`",
            );
        } else {
            found.help("write `policies = [\"…\"]`. Nomad says: `Policy list cannot be empty`");
        }
    }
}

/// Where a block that surely names no policy says so.
fn empty_policies(block: &VaultBlock) -> Option<Span> {
    if matches!(block.form, VaultForm::Other(_)) {
        return None;
    }
    let Some(policies) = &block.policies else {
        // A misspelled or half-typed key has its own finding.
        let is_meant = |it: &Attribute| {
            it.value.value == AttributeValue::Missing || did_you_mean(&it.name.value, ["policies"]).is_some()
        };
        return (!block.unknown.iter().any(is_meant)).then_some(block.header);
    };
    match &policies.value.value {
        AttributeValue::Null => Some(policies.value_span()),
        AttributeValue::List(elements) if elements.is_empty() => Some(policies.value_span()),
        _ => None,
    }
}

pub(in crate::rules) fn uses_identity(task: TaskInJob<'_>, block: &VaultBlock) -> bool {
    block.role.is_some() || task.task.identities.iter().any(|identity| identity.is_for_vault())
}

declare_rule! {
    pub(super) static ROOT_POLICY = {
        code: "JOB005", name: "root-policy", summary: "a task asks for the policy `root`",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad("0.5.5", "1.9.99"),
        evidence: "JOB-05: nomad v0.5.5 nomad/structs/structs.go `Can not specifiy \"root\" policy`, spelled right from 0.6.1",
        check: Job(check_root),
    }
}

fn check_root(cx: &mut Context<'_>, job: &Job) {
    let is_misspelled = cx.target().nomad < Version::new(0, 6, 1);
    let verb = if is_misspelled { "specifiy" } else { "specify" };
    for (policy, span) in policies(job).filter(|(policy, _)| *policy == "root") {
        cx.report(span, format!("the task asks for the policy `{policy}`")).help(format!(
            "name the policies that the task needs. Nomad says: `Can not {verb} \"root\" policy`"
        ));
    }
}

declare_rule! {
    pub(super) static DISGUISED_ROOT_POLICY = {
        code: "JOB017", name: "disguised-root-policy",
        summary: "a policy that Nomad lets pass and Vault takes for `root`",
        severity: Error, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "D90: measured on OpenBao 2.7.2: \"ROOT\", \" root \" and \"Root\" give a root token; Nomad compares exactly, and not at all up to 0.5.4",
        check: Job(check_disguised_root),
    }
}

fn check_disguised_root(cx: &mut Context<'_>, job: &Job) {
    let refuses_root = cx.target().nomad >= Version::new(0, 5, 5);
    for (policy, span) in policies(job) {
        if !policy.trim().eq_ignore_ascii_case("root") || (policy == "root" && refuses_root) {
            continue;
        }
        let message = format!("`{policy}` is the policy `root` to Vault: the task may get a root token");
        cx.report(span, message).help(
            "Vault trims policy names and reads them in lower case; with a root token on the servers and no token \
             role, nothing else stops it",
        );
    }
}

declare_rule! {
    pub(super) static IGNORED_POLICIES = {
        code: "JOB021", name: "ignored-policies", summary: "`policies` has no effect where tasks log in with an identity",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad_since("1.7.0"),
        evidence: "nomad v1.10.0 command/agent/job_endpoint.go ApiTaskToStructsTask drops it; v1.9.7 nomad/job_endpoint_hooks.go:597 `policies will be ignored`",
        check: Job(check_ignored),
    }
}

fn check_ignored(cx: &mut Context<'_>, job: &Job) {
    let always_ignored = cx.target().nomad >= FIRST_WITHOUT_POLICIES;
    for (block, task) in tasks_by_block(job) {
        let Some(policies) = block.policies.as_ref().filter(|_| block.has_policies()) else { continue };
        if always_ignored {
            cx.report(policies.span, "Nomad from 1.10 on ignores `policies`").help(
                "give a role of Vault's JWT auth method these policies (`token_policies`) and name it with `role`",
            );
        } else if uses_identity(task, block) {
            cx.report(policies.span, "`policies` is ignored, as the task logs in with its identity")
                .help("the policies are those of the role. Nomad warns: `policies will be ignored`");
        }
    }
}

declare_rule! {
    pub(super) static BLANK_POLICY = {
        code: "JOB023", name: "blank-policy", summary: "a policy without a name",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "D92: measured on OpenBao 2.7.2: [\"\"] gives a token with the policy `default` only; Nomad counts the elements",
        check: Job(check_blank),
    }
}

fn check_blank(cx: &mut Context<'_>, job: &Job) {
    for (_, span) in policies(job).filter(|(policy, _)| policy.trim().is_empty()) {
        cx.report(span, "this policy has no name: it adds nothing to the policy `default`")
            .help("name a policy, or take the element out");
    }
}

declare_rule! {
    pub(super) static COMMA_IN_POLICY = {
        code: "JOB029", name: "comma-in-policy", summary: "one element of `policies` holds several names",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: nomad("0.5.0", "1.9.99"),
        evidence: "measured on OpenBao 2.7.2: \"app,ns\" as a list element stays one name (fact 12)",
        check: Job(check_comma),
    }
}

fn check_comma(cx: &mut Context<'_>, job: &Job) {
    for (policy, span) in policies(job).filter(|(policy, _)| policy.contains(',')) {
        let names: Vec<&str> = policy.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let written = span.of(cx.text()) == format!("\"{policy}\"");
        let list: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let fix = written
            .then(|| cx.replace("Write one element for each", Applicability::Unsafe, span, list.join(", ")));
        let found =
            cx.report(span, format!("`{policy}` is one policy of this name: it is not split at commas"));
        found.help(format!("write [{}]", list.join(", ")));
        found.fix = fix;
    }
}

/// All policies that the job's blocks name, with their places.
fn policies(job: &Job) -> std::vec::IntoIter<(&str, Span)> {
    let mut policies = Vec::new();
    for (_, block) in job.vault_blocks() {
        policies.extend(block.policies.as_ref().map(Attribute::texts).into_iter().flatten());
    }
    policies.into_iter()
}
