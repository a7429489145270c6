//! Paths with `{{…}}`, and blocks that are left out.

use super::help::shown;
use crate::model::{Model, ParsedBundle, PathRules, Policy, PolicyList};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::DocumentId;

declare_rule! {
    pub(super) static TEMPLATED_DENY = {
        code: "POL028", name: "templated-deny", summary: "a `deny` that disappears for a token whose identity lacks something",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topic templating: a directive that is not filled in drops the rule, also a deny; vault-policies-and-tokens §1.8",
        check: Policy(check_deny),
    }
}

declare_rule! {
    pub(super) static UNKNOWN_TEMPLATE_DIRECTIVE = {
        code: "POL029", name: "unknown-template-directive", summary: "a `{{…}}` in a path that is never filled in",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topic templating: an unknown directive drops the rule; vault-policies-and-tokens §1.8",
        check: Policy(check_directives),
    }
}

declare_rule! {
    pub(super) static EXPIRED_PATH = {
        code: "POL030", name: "expired-path", summary: "a block whose `expiration` has passed",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topic expiration; vault-policies-and-tokens §1.5",
        check: Policy(check_expired),
    }
}

declare_rule! {
    pub(super) static TEMPLATED_PATH_OF_ROLE = {
        code: "POL037", name: "templated-path-of-role", summary: "a path with `{{…}}` in a policy of a token role, whose tokens do not fill it in",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: tokens made through a role have no entity, and a rule that is not filled in is dropped; vault-policies-and-tokens §1.8",
        check: Bundle(check_roles),
    }
}

/// The blocks whose path this server fills in.
fn templated(policy: &Policy) -> impl Iterator<Item = &PathRules> {
    let may_hold_some = policy.profile.templating && policy.has_templates;
    let paths = if may_hold_some { policy.paths.as_slice() } else { &[] };
    paths.iter().filter(|rules| rules.is_templated())
}

fn check_deny(cx: &mut Context<'_>, policy: &Policy) {
    for rules in templated(policy).filter(|rules| rules.granted.denies()) {
        let resolves = directives(&rules.path.value).all(is_directive);
        // What is never filled in is a finding of its own.
        if resolves {
            cx.report(
                rules.path.span,
                "this `deny` is left out for tokens whose identity does not fill in the path",
            )
            .help(
                "deny what is not to be reached by a path without `{{…}}`; tokens of a role have no entity",
            );
        }
    }
}

fn check_directives(cx: &mut Context<'_>, policy: &Policy) {
    for rules in templated(policy) {
        if let Some(unknown) = directives(&rules.path.value).find(|directive| !is_directive(directive)) {
            let message =
                format!("`{{{{{}}}}}` is never filled in, so that this block never counts", shown(unknown));
            cx.report(rules.path.span, message).help(
                "write `identity.entity.id`, `.name`, `.metadata.<key>`, `.aliases.<accessor>.name`, \
                 `identity.groups.names.<name>.id` or `identity.groups.ids.<id>.name`",
            );
        }
    }
}

/// What stands between `{{` and `}}`.
fn directives(path: &str) -> impl Iterator<Item = &str> {
    path.split("{{").skip(1).filter_map(|part| Some(part.split_once("}}")?.0.trim()))
}

/// Whether some identity may fill in the directive. Ids and names may hold dots, so this is generous.
fn is_directive(directive: &str) -> bool {
    if let Some(entity) = directive.strip_prefix("identity.entity.") {
        if let Some(alias) = entity.strip_prefix("aliases.") {
            return alias.split_once('.').is_some_and(|(_, field)| {
                is_field(field) || field.strip_prefix("custom_metadata.").is_some_and(|key| !key.is_empty())
            });
        }
        return is_field(entity);
    }
    if let Some(group) = directive.strip_prefix("identity.groups.") {
        let rest = group.strip_prefix("ids.").or_else(|| group.strip_prefix("names."));
        return rest.is_some_and(|rest| {
            rest.match_indices('.').any(|(at, _)| rest.get(at + 1..).is_some_and(is_field))
        });
    }
    directive.starts_with("time.now")
}

fn is_field(field: &str) -> bool {
    matches!(field, "id" | "name") || field.strip_prefix("metadata.").is_some_and(|key| !key.is_empty())
}

fn check_roles(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    let setup = cx.setup();
    let mut seen = Vec::new();
    for (_, model) in bundle.models() {
        let Model::TokenRole(role) = model else { continue };
        // With an alias a token gets an entity.
        let aliases = role.allowed_entity_aliases.as_ref().and_then(|field| field.value());
        let allowed = role.allowed_policies.as_ref().and_then(|field| field.value());
        let Some(allowed) = allowed.filter(|_| aliases.is_none_or(PolicyList::is_empty)) else { continue };
        for name in &allowed.names {
            let Some(named) = setup.policy(&name.name) else { continue };
            if !seen.contains(&named.document) {
                seen.push(named.document);
                report_templated(cx, named.document, named.policy, &name.name);
            }
        }
    }
}

fn report_templated(cx: &mut Context<'_>, document: DocumentId, policy: &Policy, name: &str) {
    // A templated `deny` is a finding of its own.
    for rules in templated(policy).filter(|rules| !rules.granted.denies()) {
        if !rules.path.value.contains("identity.") || !directives(&rules.path.value).all(is_directive) {
            continue;
        }
        let name = shown(name);
        let message = format!(
            "this block never counts for tokens of the role that allows `{name}`: they have no entity"
        );
        cx.report_in(document, rules.path.span, message).help(
            "write the path out; only a role with `allowed_entity_aliases` makes tokens with an entity",
        );
    }
}

fn check_expired(cx: &mut Context<'_>, policy: &Policy) {
    for rules in policy.paths.iter().filter(|rules| rules.has_expired(None)) {
        let expiration = rules.constraints.as_deref().and_then(|constraints| constraints.expiration);
        let Some(expiration) = expiration else { continue };
        let written = shown(expiration.span.of(cx.text()));
        cx.report(expiration.span, format!("this block expired at {written} and no longer counts"))
            .help("remove the block, or give it a later `expiration`");
    }
}
