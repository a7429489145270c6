//! The server's own policy among those that tasks may have.

use crate::model::{Capability, CapabilitySet, PathRules, Policy, PolicyName, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::DocumentId;

declare_rule! {
    pub(super) static MANAGEMENT_POLICY_ALLOWED = {
        code: "ROLE019", name: "management-policy-allowed",
        summary: "tasks may have the policy by which Nomad makes and revokes tokens",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "D94: measured on OpenBao 2.7.2, a task that asks for `nomad-server` gets it and makes tokens itself; docs of Nomad v0.5.0-v0.5.2",
        check: TokenRole(check),
    }
}

/// The server policy's name in the documentation of Nomad 0.5.
const DOCUMENTED_NAME: &str = "nomad-server";

/// Any of these on the paths of tokens makes or revokes some.
const GIVES_TOKENS: CapabilitySet =
    CapabilitySet::of(&[Capability::Create, Capability::Sudo, Capability::Update]);

fn check(cx: &mut Context<'_>, role: &TokenRole) {
    let Some(allowed) = role.allowed_policies.as_ref().and_then(|field| field.value()) else { return };
    let setup = cx.setup();
    let needs_it = cx.target().nomad < crate::model::Version::new(0, 5, 3);
    for policy in &allowed.names {
        let named = setup.policy(&policy.name);
        let power = named.and_then(|named| Some((named.document, granting_tokens(named.policy)?)));
        if power.is_some() || policy.name == DOCUMENTED_NAME {
            report(cx, policy, power, needs_it);
        }
    }
}

fn report(
    cx: &mut Context<'_>,
    policy: &PolicyName,
    power: Option<(DocumentId, &PathRules)>,
    needs_it: bool,
) {
    let message = match power {
        Some((_, power)) => {
            format!("any task may ask for `{}`, which grants `{}`", policy.name, power.path.value)
        }
        None => format!("any task may ask for `{}`, the policy of the Nomad servers", policy.name),
    };
    let help = if needs_it {
        "Nomad before 0.5.3 needs it here, because its own token comes from this role: see to it that no job lists it"
    } else {
        "take it out and give the servers a token of their own (`-policy`), with `create_from_role` naming this role"
    };
    let finding = cx.report(policy.span, message);
    finding.help(help);
    if let Some((document, power)) = power {
        finding.related(document, power.path.span, "the path is granted here");
    }
}

/// The block of a policy that grants what only a Nomad server should have: making or revoking tokens.
pub(in crate::rules) fn granting_tokens(policy: &Policy) -> Option<&PathRules> {
    policy.paths.iter().find(|rules| {
        let path = rules.path.value.strip_prefix('/').unwrap_or(&rules.path.value);
        let is_strong =
            ["auth/token/create", "auth/token/revoke"].iter().any(|start| path.starts_with(start))
                || ["*", "auth/*", "auth/token/*", "auth/token*"].contains(&path);
        is_strong && path != "auth/token/revoke-self" && !rules.granted.is_disjoint(GIVES_TOKENS)
    })
}
