//! The server's own policy among those that tasks may have.

use crate::model::{Capability, CapabilitySet, Model, PolicyName, TokenRole};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{DocumentId, Span, order::NameMap};

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
    let powers = powers(cx);
    let needs_it = cx.target().nomad < crate::model::Version::new(0, 5, 3);
    for policy in &allowed.names {
        let power = powers.get(&policy.name);
        if power.is_none() && policy.name != DOCUMENTED_NAME {
            continue;
        }
        report(cx, policy, power, needs_it);
    }
}

fn report(cx: &mut Context<'_>, policy: &PolicyName, power: Option<&Power>, needs_it: bool) {
    let message = match power {
        Some(power) => format!("any task may ask for `{}`, which grants `{}`", policy.name, power.path),
        None => format!("any task may ask for `{}`, the policy of the Nomad servers", policy.name),
    };
    let help = if needs_it {
        "Nomad before 0.5.3 needs it here, because its own token comes from this role: see to it that no job lists it"
    } else {
        "take it out and give the servers a token of their own (`-policy`), with `create_from_role` naming this role"
    };
    let finding = cx.report(policy.span, message);
    finding.help(help);
    if let Some(power) = power {
        finding.related(power.document, power.span, "the path is granted here");
    }
}

/// A policy that grants what only a Nomad server should have.
struct Power {
    path: String,
    document: DocumentId,
    span: Span,
}

/// The policies of the bundle that grant it, by name.
fn powers(cx: &Context<'_>) -> NameMap<Power> {
    let mut powers = NameMap::default();
    for parsed in &cx.bundle().documents {
        let Model::Policy(policy) = &parsed.model else { continue };
        let Some(name) = policy_of_file(parsed.document.name()) else { continue };
        let strongest = policy.paths.iter().find(|rules| {
            let path = rules.path.value.strip_prefix('/').unwrap_or(&rules.path.value);
            let is_strong =
                ["auth/token/create", "auth/token/revoke"].iter().any(|start| path.starts_with(start))
                    || ["*", "auth/*", "auth/token/*", "auth/token*"].contains(&path);
            is_strong && !rules.granted.is_disjoint(GIVES_TOKENS)
        });
        if let Some(rules) = strongest {
            let power = Power { path: rules.path.value.clone(), document: parsed.id, span: rules.path.span };
            powers.insert(&name, power);
        }
    }
    powers
}

/// The policy that a file such as `nomad-server-policy.hcl` or `web.hcl` is for, as Vault stores the name.
fn policy_of_file(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next()?;
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let policy = stem.strip_suffix("-policy").or_else(|| stem.strip_suffix("_policy")).unwrap_or(stem);
    (!policy.is_empty()).then(|| policy.to_lowercase())
}
