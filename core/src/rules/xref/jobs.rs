//! The policies that jobs ask for, and what the role and the server make of it.

use super::gate::Gate;
use crate::model::{
    Attribute, MergedVaultConfig, NamedPolicy, ParsedBundle, Setup, TaskInJob, VaultBlock, Version,
};
use crate::rules::Context;
use crate::rules::job::tasks_by_block;
use crate::rules::role::granting_tokens;
use crate::rules::rule::{always, declare_rule, nomad, nomad_since};
use crate::rules::suggest::did_you_mean;
use crate::text::{DocumentId, Span};

declare_rule! {
    pub(super) static POLICY_NOT_ALLOWED = {
        code: "XREF010", name: "policy-not-allowed", summary: "a job asks for a policy that the role does not allow",
        severity: Error, enforced_by: Vault, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "measured on OpenBao 2.7.2: 400 `token policies (…) must be subset of the role's allowed policies (…)` (fact 6); names are trimmed and compared in lower case (fact 12)",
        check: Bundle(check_allowed),
    }
}

declare_rule! {
    pub(super) static POLICY_DISALLOWED = {
        code: "XREF011", name: "policy-disallowed", summary: "a job asks for a policy that the role forbids",
        severity: Error, enforced_by: Vault, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "measured on OpenBao 2.7.2: 400 `token policy \"x\" is disallowed by this role` (fact 6, vault-token-create-facts)",
        check: Bundle(check_disallowed),
    }
}

declare_rule! {
    pub(super) static UNDEFINED_POLICY = {
        code: "XREF012", name: "undefined-policy", summary: "a policy is named that no document defines",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "measured on OpenBao 2.7.2: the token is made with the warning `Policy \"x\" does not exist`, and every request that the policy was meant for is answered with 403",
        check: Bundle(check_undefined),
    }
}

declare_rule! {
    pub(super) static JOB_WITH_SERVER_POLICY = {
        code: "XREF013", name: "job-with-server-policy", summary: "a job asks for the policy by which the Nomad servers make tokens",
        severity: Error, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "D94: measured on OpenBao 2.7.2, a task with the policy makes tokens with every policy of the role and revokes those of others",
        check: Bundle(check_server_policy),
    }
}

declare_rule! {
    pub(super) static REACHABLE_SERVER_POLICY = {
        code: "XREF014", name: "reachable-server-policy", summary: "the role lets jobs ask for the servers' own policy without listing it",
        severity: Warning, enforced_by: Advisory, fix: None, applies: nomad("0.5.0", "1.9.99"),
        evidence: "D94; measured on OpenBao 2.7.2: a pattern, or a role that only forbids, admits every policy that it does not name; docs of nomad v0.5.3 and later disallow `nomad-server`",
        check: Bundle(check_reachable),
    }
}

declare_rule! {
    pub(super) static VAULT_OFF_FOR_JOB = {
        code: "XREF015", name: "vault-off-for-job", summary: "a job uses Vault, and the servers have the integration off",
        severity: Error, enforced_by: Nomad, fix: None, applies: always(),
        evidence: "AUT-2: nomad v0.5.0 nomad/job_endpoint.go:91, v1.6.10 nomad/job_endpoint_hook_vault.go:34; hashicorp/nomad#12412, #5867",
        check: Bundle(check_enabled),
    }
}

declare_rule! {
    pub(super) static TASK_CANNOT_RENEW = {
        code: "XREF016", name: "task-cannot-renew", summary: "a task's policy denies the renewal of the task's own token",
        severity: Error, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "§1.3: the client renews with the task's token (PUT auth/token/renew-self); measured on OpenBao 2.7.2: `deny` for the same path wins over what `default` grants (acl-facts, merge), and the answer is 403, which ends the token's renewal (TRN-5)",
        check: Bundle(check_renewal),
    }
}

declare_rule! {
    pub(super) static NO_IDENTITY = {
        code: "XREF017", name: "no-vault-identity", summary: "a task uses Vault without an identity, and the servers give it none",
        severity: Error, enforced_by: Nomad, fix: None, applies: nomad_since("1.10.0"),
        evidence: "nomad v2.0.5 nomad/job_endpoint_hooks.go:611 accepts it silently; client vault_hook.go:362-372 then retries for ever: `unable to find token for workload` (nomad-workload-identity A7)",
        check: Bundle(check_identity),
    }
}

/// So many names are compared with the known ones; more are no typing mistakes.
const MAX_SUGGESTIONS: usize = 50;

/// The name as the server stores it.
fn stored(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether the task logs in with an identity, so that its policies are those of a role of the JWT method.
fn uses_identity(task: TaskInJob<'_>, block: &VaultBlock) -> bool {
    block.role.is_some() || task.task.identities.iter().any(|identity| identity.is_for_vault())
}

/// Calls `each` for every policy that a job's tasks ask for: name, place, document.
fn for_each_policy(setup: &Setup<'_>, mut each: impl FnMut(&str, Span, DocumentId)) {
    for (document, job) in setup.jobs().filter(|(document, _)| setup.is_whole(*document)) {
        for (block, task) in tasks_by_block(job) {
            if uses_identity(task, block) {
                continue;
            }
            for (name, span) in block.policies.iter().flat_map(Attribute::texts) {
                let name = stored(name);
                // A blank name and `root` have findings of their own.
                if !matches!(name.as_str(), "" | "root") {
                    each(&name, span, document);
                }
            }
        }
    }
}

fn check_allowed(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(gate) = Gate::new(setup) else { return };
    for_each_policy(setup, |name, span, document| {
        if gate.allows(name) {
            return;
        }
        let role = &gate.stored.name;
        let finding =
            cx.report_in(document, span, format!("the role `{role}` does not allow the policy `{name}`"));
        finding
            .help(format!(
                "add `{name}` to the role's `allowed_policies`, or ask for one that is in it; Vault says: `{}`",
                gate.not_allowed_text(name)
            ))
            .related(gate.document, gate.place(), "what the role allows");
    });
}

fn check_disallowed(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(gate) = Gate::new(setup) else { return };
    for_each_policy(setup, |name, span, document| {
        if !gate.forbids(name) {
            return;
        }
        let role = &gate.stored.name;
        cx.report_in(document, span, format!("the role `{role}` forbids the policy `{name}`"))
            .help(format!("take it out; Vault says: `token policy \"{name}\" is disallowed by this role`"))
            .related(gate.document, gate.forbidding_place(), "what the role forbids");
    });
}

fn check_undefined(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let is_of_tasks = |policy: &NamedPolicy<'_>| policy.role_paths.is_empty();
    let mut is_partial = true;
    for_each_policy(setup, |name, _, _| {
        is_partial &= !setup.policy(name).is_some_and(is_of_tasks);
    });
    // Where none of the tasks' policies is there, they are kept elsewhere.
    if is_partial {
        return;
    }
    let known: Vec<&str> =
        setup.policies.iter().filter_map(|policy| policy.names.first().map(String::as_str)).collect();
    let mut suggested = 0;
    for_each_policy(setup, |name, span, document| {
        if setup.policy(name).is_some() || name == "default" {
            return;
        }
        suggested += 1;
        let meant =
            (suggested <= MAX_SUGGESTIONS).then(|| did_you_mean(name, known.iter().copied())).flatten();
        let finding = cx.report_in(document, span, format!("no document defines the policy `{name}`"));
        let meant = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
        finding.help(format!(
            "{meant}Vault makes the token all the same, and only warns: `Policy \"{name}\" does not exist`"
        ));
    });
}

fn check_server_policy(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    for_each_policy(setup, |name, span, document| {
        let Some(policy) = setup.policy(name) else { return };
        let Some(power) = granting_tokens(policy.policy) else { return };
        cx.report_in(document, span, format!("the task asks for `{name}`, which grants `{}`", power.path.value))
            .help("give the task a policy of its own: with this one it makes itself tokens with any policy of the role")
            .related(policy.document, power.path.span, "the path is granted here");
    });
}

fn check_reachable(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(gate) = Gate::new(setup).filter(|gate| gate.limits()) else { return };
    let Some(servers) = setup.server_policies() else { return };
    for policy in &servers.policies {
        let Some(name) = policy.names.first() else { continue };
        let Some(power) = granting_tokens(policy.policy) else { continue };
        let is_named = servers.has_default.is_some() || has_server_name(setup, policy.document);
        let may_be_forbidden = !is_named && gate.may_forbid(&policy.names);
        if gate.lists(name) || !gate.allows(name) || gate.forbids(name) || may_be_forbidden {
            continue;
        }
        let message = format!("the role lets any job ask for `{name}`, the policy of the Nomad servers");
        cx.report_in(gate.document, gate.place(), message)
            .help(format!(
                "add `{name}` to `disallowed_policies`, or list in `allowed_policies` what jobs may have"
            ))
            .related(policy.document, power.path.span, "by this path a task could make tokens");
    }
}

/// Whether somebody said what the policy is called on the server.
fn has_server_name(setup: &Setup<'_>, document: DocumentId) -> bool {
    let parsed = setup.bundle.documents.get(document.0 as usize);
    parsed.is_some_and(|parsed| parsed.document.server_name().is_some())
}

fn check_enabled(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let mut servers = setup.agents.iter().filter(|agent| agent.is_server()).peekable();
    if servers.peek().is_none() || servers.any(|agent| agent.is_enabled() || is_broken(setup, agent)) {
        return;
    }
    let Some(off) = setup.agents.iter().find(|agent| agent.is_server()) else { return };
    let nomad = setup.target().nomad;
    let says = if nomad < Version::new(1, 3, 0) {
        "Vault not enabled and Vault policies requested"
    } else if nomad < Version::new(1, 7, 0) {
        "Vault not enabled but used in the job"
    } else {
        "Vault \"default\" not enabled but used in the job"
    };
    for (document, job) in setup.jobs() {
        // Once a job is enough: the answer is about the whole of it.
        let Some((block, _)) = tasks_by_block(job).into_iter().next() else { continue };
        let finding =
            cx.report_in(document, block.header, "the job uses Vault, which the servers have switched off");
        finding.help(format!("set `enabled = true` in the servers' `vault` block; Nomad says: `{says}`"));
        if let Some((at, header)) = off.block {
            finding.related(at, header, "the servers' `vault` block");
        }
    }
}

fn check_renewal(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let mut denying: Vec<(&NamedPolicy<'_>, Span)> = Vec::new();
    for policy in &setup.policies {
        let denial = policy.policy.paths.iter().find(|rules| {
            rules.granted.denies() && rules.path.value.trim_start_matches('/') == "auth/token/renew-self"
        });
        denying.extend(denial.map(|rules| (policy, rules.path.span)));
    }
    if denying.is_empty() {
        return;
    }
    let mut users: Vec<Option<(DocumentId, Span)>> = vec![None; denying.len()];
    for_each_policy(setup, |name, span, document| {
        let Some(policy) = setup.policy(name) else { return };
        let index = denying.iter().position(|(denying, _)| denying.document == policy.document);
        if let Some(user) = index.and_then(|index| users.get_mut(index)) {
            user.get_or_insert((document, span));
        }
    });
    for ((policy, span), user) in denying.iter().zip(users) {
        let Some((document, place)) = user else { continue };
        cx.report_in(policy.document, *span, "no task with this policy can renew its token")
            .help("take the block out: `deny` wins over what the policy `default` grants; Vault says: `permission denied`")
            .related(document, place, "a task has the policy");
    }
}

fn check_identity(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let servers = || setup.agents.iter().filter(|agent| agent.is_server());
    if servers().next().is_none()
        || servers().any(|agent| agent.default_identity.is_some() || is_broken(setup, agent))
    {
        return;
    }
    for (document, job) in setup.jobs() {
        for (block, task) in tasks_by_block(job) {
            if task.task.identities.iter().any(|identity| identity.is_for_vault())
                || !is_of_default_cluster(block)
            {
                continue;
            }
            cx.report_in(document, block.header, "the task has no identity to log in to Vault with, and the servers give it none")
                .help("add `identity { name = \"vault_default\" … }` to the task, or `default_identity` to the servers' `vault` block; the client says for ever: `unable to find token for workload`");
        }
    }
}

/// Whether something of an agent cannot be read, so that what is not there may be meant.
fn is_broken(setup: &Setup<'_>, agent: &MergedVaultConfig<'_>) -> bool {
    agent.is_damaged || !agent.documents.iter().all(|document| setup.is_whole(*document))
}

fn is_of_default_cluster(block: &VaultBlock) -> bool {
    block.cluster.as_ref().is_none_or(|cluster| cluster.text() == Some("default"))
}
