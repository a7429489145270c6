//! What only Nomad Enterprise takes.

use crate::model::{Attribute, Job, Version};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad_since};

declare_rule! {
    pub(super) static NAMESPACE_NEEDS_ENTERPRISE = {
        code: "JOB013", name: "vault-namespace-needs-enterprise",
        summary: "`namespace` in a `vault` block, which only Nomad Enterprise takes",
        severity: Warning, enforced_by: Nomad, fix: None, applies: nomad_since("0.12.2"),
        evidence: "JOB-13, D98: nomad v0.12.2 nomad/job_endpoint.go; HEAD nomad/job_endpoint_hook_vault_ce.go:17",
        check: Job(check_namespace),
    }
}

fn check_namespace(cx: &mut Context<'_>, job: &Job) {
    let is_checked_late = cx.target().nomad < Version::new(1, 10, 0);
    for (_, block) in job.vault_blocks() {
        let Some((attribute, namespace)) = named(block.namespace.as_ref()) else { continue };
        let more = if is_checked_late {
            "; where `allow_unauthenticated` is on, the job is accepted and fails when its token is made"
        } else {
            ""
        };
        cx.report(attribute.value_span(), format!("the namespace `{namespace}` needs Nomad Enterprise"))
            .help(format!(
                "without it, set `namespace` in the agents' `vault` block. The community edition says: \
             `multiple Vault namespaces requires Nomad Enterprise`{more}"
            ));
    }
}

declare_rule! {
    pub(super) static CLUSTER_NEEDS_ENTERPRISE = {
        code: "JOB022", name: "vault-cluster-needs-enterprise",
        summary: "a Vault cluster other than `default`, which only Nomad Enterprise knows",
        severity: Warning, enforced_by: Nomad, fix: None, applies: nomad_since("1.7.0"),
        evidence: "A5, A7 V3c: nomad HEAD nomad/job_endpoint_hook_vault_ce.go:26 `non-default Vault cluster requires Nomad Enterprise`",
        check: Job(check_cluster),
    }
}

fn check_cluster(cx: &mut Context<'_>, job: &Job) {
    for (_, block) in job.vault_blocks() {
        let Some((attribute, cluster)) = named(block.cluster.as_ref()).filter(|(_, name)| *name != "default")
        else {
            continue;
        };
        cx.report(attribute.value_span(), format!("the Vault cluster `{cluster}` needs Nomad Enterprise")).help(
            format!(
                "leave `cluster` out. The community edition says: `Vault \"{cluster}\" not enabled but used in the job`, \
                 `non-default Vault cluster requires Nomad Enterprise`"
            ),
        );
    }
}

fn named(attribute: Option<&Attribute>) -> Option<(&Attribute, &str)> {
    let attribute = attribute?;
    let text = attribute.text().filter(|text| !text.is_empty())?;
    Some((attribute, text))
}
