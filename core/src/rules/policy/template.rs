//! Paths with `{{…}}`, and blocks that are left out.

use super::help::shown;
use crate::model::{PathRules, Policy};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};

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

/// The blocks whose path this server fills in.
fn templated(policy: &Policy) -> impl Iterator<Item = &PathRules> {
    let is_templating = policy.profile.templating;
    policy.paths.iter().filter(move |rules| is_templating && rules.is_templated())
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

fn check_expired(cx: &mut Context<'_>, policy: &Policy) {
    for rules in policy.paths.iter().filter(|rules| rules.has_expired(None)) {
        let expiration = rules.constraints.as_deref().and_then(|constraints| constraints.expiration);
        let Some(expiration) = expiration else { continue };
        let written = shown(expiration.span.of(cx.text()));
        cx.report(expiration.span, format!("this block expired at {written} and no longer counts"))
            .help("remove the block, or give it a later `expiration`");
    }
}
