//! What the servers need of Vault, and what their token's policies grant.

use std::sync::Arc;

use super::default_policy::default_policy;
use super::edit::{NewBlock, added_blocks, in_quotes};
use super::names::other_roles_policy;
use crate::acl::{Acl, Decision, PolicySource, Reason, ServerNeed, server_needs};
use crate::diagnostic::Severity;
use crate::model::{
    Capability, NamedPolicy, ParsedBundle, PathRules, PatternKind, ServerPolicies, Setup, VaultKey, Version,
};
use crate::rules::Context;
use crate::rules::rule::{declare_rule, nomad};
use crate::text::{Applicability, DocumentId, Edit, Fix, Span};

declare_rule! {
    pub(super) static MISSING_SERVER_CAPABILITY = {
        code: "XREF004", name: "missing-server-capability", summary: "the server's policies do not grant what Nomad does with its token",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: nomad("0.5.0", "1.9.99"),
        evidence: "POL-00 to POL-05: nomad v0.5.3 nomad/vault.go:664-719, v1.6.10 :832-886; up to 0.5.2 nothing is probed and the request fails with 403; measured on OpenBao 2.7.2 with the seed's policy",
        check: Bundle(check_missing),
    }
}

declare_rule! {
    pub(super) static WRONG_TOKEN_PATH = {
        code: "XREF005", name: "wrong-token-path", summary: "the server's policy grants a token endpoint in the form that this Nomad does not use",
        severity: Error, enforced_by: Nomad, fix: Safe, applies: nomad("0.5.0", "1.9.99"),
        evidence: "S07: Nomad up to 0.5.2 sends tokens and accessors in the URL, from 0.5.3 on in the body; measured on OpenBao 2.7.2: `auth/token/lookup/*` does not match `auth/token/lookup` (403), and the URL forms are 404",
        check: Bundle(check_wrong_form),
    }
}

declare_rule! {
    pub(super) static NEEDS_DEFAULT_POLICY = {
        code: "XREF006", name: "needs-default-policy", summary: "only the policy `default` grants something that Nomad does with its token",
        severity: Info, enforced_by: Advisory, fix: Safe, applies: nomad("0.5.3", "1.9.99"),
        evidence: "S05, D32: measured on OpenBao 2.7.2, the seed's policy without `default` is answered with 403; without sys/capabilities-self Nomad skips every other probe; the reference policy of nomad v0.5.3 and later grants them itself",
        check: Bundle(check_default),
    }
}

declare_rule! {
    pub(super) static UNUSED_SUBMITTER_LOOKUP = {
        code: "XREF024", name: "unused-submitter-lookup", summary: "the servers may look up submitters' tokens and never do",
        severity: Info, enforced_by: Advisory, fix: None, applies: nomad("0.5.3", "1.9.99"),
        evidence: "S08, D93: nomad v0.5.3 nomad/job_endpoint.go accepts without a look at the token unless `allow_unauthenticated` is false; the default is true, nomad/structs/config/vault.go",
        check: Bundle(check_unused_lookup),
    }
}

/// The servers' policies, where they are known and whole.
struct Matrix<'s> {
    policies: Vec<&'s NamedPolicy<'s>>,
    has_default: Option<bool>,
    needs: Vec<ServerNeed>,
    acl: Acl,
}

impl<'s> Matrix<'s> {
    /// `None` when the bundle holds no more than a policy, or leaves open which policies the servers have.
    fn new(setup: &'s Setup<'_>) -> Option<Self> {
        let has_servers = setup.agents.iter().any(|agent| !agent.is_client_only());
        let uses_identities = setup.agents.iter().any(|agent| agent.default_identity.is_some());
        if uses_identities || (!has_servers && setup.roles.is_empty() && setup.tokens.is_empty()) {
            return None;
        }
        let ServerPolicies { policies, has_default } = setup.server_policies()?;
        if !policies.iter().all(|policy| policy.policy.is_accepted()) {
            return None;
        }
        let role = setup.role_name.as_ref().map(|role| role.name.as_str());
        let needs = server_needs(setup.target(), role, setup.asks_submitters() == Some(true));
        let acl = acl(setup, &policies, has_default != Some(false));
        Some(Self { policies, has_default, needs, acl })
    }

    /// Whether the document is one of the servers' policies.
    fn has(&self, document: DocumentId) -> bool {
        self.policies.iter().any(|policy| policy.document == document)
    }

    /// The needs that are refused, with the decision.
    fn refused<'m>(&'m self, acl: &'m Acl) -> impl Iterator<Item = (&'m ServerNeed, Decision)> {
        let decided = self.needs.iter().map(|need| (need, acl.allow_operation(&need.operation())));
        decided.filter(|(_, decision)| !decision.is_allowed && !is_about_parameters(decision.reason))
    }
}

/// Whether `auth/token/lookup` and its like in this document are for [`WRONG_TOKEN_PATH`] to judge.
pub(in crate::rules) fn judges_paths_of_tokens(setup: &Setup<'_>, document: DocumentId) -> bool {
    let of_body =
        server_needs(setup.target(), None, true).iter().any(|need| need.path == "auth/token/lookup");
    of_body && Matrix::new(setup).is_some_and(|matrix| matrix.has(document))
}

fn acl(setup: &Setup<'_>, policies: &[&NamedPolicy<'_>], with_default: bool) -> Acl {
    let dialect = setup.target().vault;
    let mut sources: Vec<PolicySource> = policies
        .iter()
        .filter(|policy| policy.names.first().is_none_or(|name| name != "default"))
        .map(|policy| PolicySource {
            name: policy.names.first().cloned().unwrap_or_default(),
            document: policy.document,
            policy: Arc::new(policy.policy.clone()),
        })
        .collect();
    if with_default {
        sources.push(default_policy(setup, dialect));
    }
    Acl::new(sources, dialect)
}

/// Which parameters Nomad sends is not known here.
pub(super) fn is_about_parameters(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::ParameterMissing
            | Reason::ParameterDenied
            | Reason::ParameterNotAllowed
            | Reason::ParameterValueNotAllowed
    )
}

fn check_missing(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(matrix) = Matrix::new(setup) else { return };
    let for_other_role = other_roles_policy(setup).is_some();
    for (need, decision) in matrix.refused(&matrix.acl) {
        let is_of_role = need.wrap_ttl.is_some() || need.endpoint == "auth/token/roles";
        if for_other_role && is_of_role || wrong_form(&matrix, need).is_some() {
            continue;
        }
        let Some(last) = matrix.policies.last() else { continue };
        let source = decision
            .rule
            .and_then(|rule| matrix.acl.rule(rule))
            .and_then(|rule| rule.sources().find(|source| matrix.has(source.policy.document)));
        let help =
            |what: &str| format!("{what}, to {}; {}", need.purpose, consequence(setup.target().nomad, need));
        let Some(source) = source else {
            let place = last.policy.paths.first().map_or(Span::at(0), |first| first.header);
            let message = format!("no path grants `{}` on `{}`", need.capability, need.pattern);
            let repair = missing_blocks(setup, last.document, &[need], format!("Grant `{}`", need.pattern));
            let finding = cx.report_in(last.document, place, message);
            finding.help(help("add it"));
            finding.fix = repair;
            continue;
        };
        let has_create = source.rules.granted.contains(Capability::Create);
        if decision.reason == Reason::Lacks(Capability::Update) && has_create {
            // POL021 says so.
            continue;
        }
        let message = format!("`{}` on `{}` is refused: {}", need.kind, need.path, decision.reason);
        let finding = cx.report_in(source.policy.document, source.rules.path.span, message);
        finding.help(help(&format!("Nomad needs `{}` on `{}`", need.capability, need.pattern)));
        if let Reason::Lacks(capability) = decision.reason {
            finding.fix = added_capability(setup, source.policy.document, source.rules, need, capability);
        }
    }
}

/// What Nomad says or does without it.
fn consequence(nomad: Version, need: &ServerNeed) -> &'static str {
    if nomad < Version::new(0, 5, 3) {
        "Vault says: `permission denied`, and Nomad sees it only then"
    } else if matches!(need.endpoint, "auth/token/lookup-self" | "sys/capabilities-self") {
        "Vault says: `permission denied`"
    } else {
        "Nomad says: `token must have one of the following capabilities`"
    }
}

/// The fix that adds blocks for these needs. A policy in JSON is left to its author.
fn missing_blocks(
    setup: &Setup<'_>,
    document: DocumentId,
    needs: &[&ServerNeed],
    title: String,
) -> Option<Fix> {
    let text = setup.text(document);
    if needs.is_empty() || text.trim_start().starts_with('{') {
        return None;
    }
    let block = |need: &&ServerNeed| NewBlock {
        comment: format!("Allow Nomad to {}", need.purpose),
        path: need.pattern.clone(),
        capability: need.capability.as_str(),
    };
    let blocks: Vec<NewBlock> = needs.iter().map(block).collect();
    let edits = vec![added_blocks(document, text, &blocks)];
    Some(Fix { title, applicability: Applicability::Safe, edits })
}

/// Adds the capability to a block of exactly this path.
fn added_capability(
    setup: &Setup<'_>,
    document: DocumentId,
    rules: &PathRules,
    need: &ServerNeed,
    capability: Capability,
) -> Option<Fix> {
    let path = rules.path.value.strip_prefix('/').unwrap_or(&rules.path.value);
    let last = rules.capabilities.last().filter(|_| path == need.pattern)?;
    let text = setup.text(document);
    if !last.span.of(text).starts_with('"') {
        return None;
    }
    let edit = Edit { document, span: Span::at(last.span.end), text: format!(", \"{capability}\"") };
    Some(Fix {
        title: format!("Grant `{capability}`"),
        applicability: Applicability::Safe,
        edits: vec![edit],
    })
}

fn check_wrong_form(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(matrix) = Matrix::new(setup) else { return };
    let nomad = setup.target().nomad;
    for need in server_needs(setup.target(), None, true).iter().filter(|need| !need.in_default) {
        let Some((policy, rules)) = wrong_form(&matrix, need) else { continue };
        let is_needed = matrix.needs.contains(need);
        let text = setup.text(policy.document);
        let message = format!(
            "Nomad {nomad} asks for `{}` and not for `{}`",
            need.pattern,
            rules.path.value.strip_prefix('/').unwrap_or(&rules.path.value)
        );
        let finding = cx.report_in(policy.document, rules.path.span, message);
        finding.help(format!(
            "grant `{}` on `{}`, to {}; {}",
            need.capability,
            need.pattern,
            need.purpose,
            if is_needed {
                consequence(nomad, need)
            } else {
                "needed when `allow_unauthenticated` is `false`"
            }
        ));
        if !is_needed {
            finding.severity(Severity::Warning);
        }
        finding.fix = in_right_form(policy.document, text, rules, need);
    }
}

/// The block that was meant for a need, in the form of other releases: `auth/token/lookup/*` for
/// `auth/token/lookup`, and the other way round.
fn wrong_form<'m>(matrix: &Matrix<'m>, need: &ServerNeed) -> Option<(&'m NamedPolicy<'m>, &'m PathRules)> {
    let is_about_tokens = matches!(need.endpoint, "auth/token/lookup" | "auth/token/revoke-accessor");
    if !is_about_tokens || matrix.acl.allow_operation(&need.operation()).is_allowed {
        return None;
    }
    let wants_body = need.pattern == need.endpoint;
    matrix.policies.iter().find_map(|policy| {
        let rules = policy.policy.paths.iter().find(|rules| {
            let Ok(pattern) = rules.pattern() else { return false };
            let Some(rest) = pattern.text.strip_prefix(need.endpoint) else { return false };
            let is_other = match pattern.kind {
                PatternKind::Prefix => wants_body && rest == "/",
                PatternKind::Segments => wants_body && rest == "/+",
                PatternKind::Exact => !wants_body && rest.is_empty(),
            };
            is_other && !rules.granted.is_empty() && !rules.granted.denies()
        })?;
        Some((*policy, rules))
    })
}

fn in_right_form(document: DocumentId, text: &str, rules: &PathRules, need: &ServerNeed) -> Option<Fix> {
    let (first, last) = (rules.capabilities.first()?, rules.capabilities.last()?);
    let capabilities = Span::new(first.span.start, last.span.end);
    let capability = format!("\"{}\"", need.capability);
    // With the key given twice there are two lists.
    if capabilities.of(text).contains(']') || !rules.path.span.of(text).starts_with('"') {
        return None;
    }
    let mut edits = vec![Edit { document, span: rules.path.span, text: in_quotes(&need.pattern) }];
    if capabilities.of(text) != capability {
        edits.push(Edit { document, span: capabilities, text: capability });
    }
    let title = format!("Grant `{}` instead", need.pattern);
    Some(Fix { title, applicability: Applicability::Safe, edits })
}

fn check_default(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let Some(matrix) = Matrix::new(setup).filter(|matrix| matrix.has_default != Some(false)) else { return };
    let alone = acl(setup, &matrix.policies, false);
    let refused: Vec<&ServerNeed> =
        matrix.refused(&alone).map(|(need, _)| need).filter(|need| need.in_default).collect();
    let Some(last) = matrix.policies.last().filter(|_| !refused.is_empty()) else { return };
    let paths: Vec<String> = refused.iter().map(|need| format!("`{}`", need.pattern)).collect();
    // Where no block is about it, a new one changes nothing else.
    let silent = |need: &&ServerNeed| alone.allow_operation(&need.operation()).reason == Reason::NoRule;
    let addable: Vec<&ServerNeed> = refused.iter().copied().filter(silent).collect();
    let repair = missing_blocks(setup, last.document, &addable, "Grant them here too".to_owned());
    let place = last.policy.paths.first().map_or(Span::at(0), |first| first.header);
    let finding =
        cx.report_in(last.document, place, format!("only the policy `default` grants {}", paths.join(", ")));
    finding.help(
        "grant them here too: a server's token without `default` cannot renew itself, and Nomad then takes its other permissions unseen",
    );
    finding.fix = repair;
}

fn check_unused_lookup(cx: &mut Context<'_>, _: &ParsedBundle<'_>) {
    let setup = cx.setup();
    if setup.asks_submitters() != Some(false) {
        return;
    }
    let Some(matrix) = Matrix::new(setup) else { return };
    let granted = matrix.policies.iter().find_map(|policy| {
        let path = policy.policy.paths.iter().find(|rules| {
            let path = rules.path.value.trim_start_matches('/');
            path == "auth/token/lookup" && rules.granted.contains(Capability::Update)
        })?;
        Some((policy.document, path.path.span))
    });
    let Some((document, span)) = granted else { return };
    for agent in setup.agents.iter().filter(|agent| agent.is_enabled() && agent.is_server()) {
        let Some((place, header)) = agent.block else { continue };
        // What is written has a finding of its own.
        if agent.setting(VaultKey::AllowUnauthenticated).is_some() || !setup.is_whole(place) {
            continue;
        }
        cx.report_in(
            place,
            header,
            "the policy lets Nomad look up the tokens of submitters, but it never does: whoever may submit a job gets any policy of the role",
        )
        .help("write `allow_unauthenticated = false`; it is `true` unless it is set")
        .related(document, span, "the lookup is granted here");
    }
}
