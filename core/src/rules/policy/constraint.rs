//! Constraints that hold for more than their own block.

use super::help::{has_problem, shown};
use crate::diagnostic::Severity;
use crate::model::{
    Capability, CapabilitySet, Constraints, Model, ParameterRule, ParsedBundle, ParsedDocument, PathKey,
    PathPattern, PathRules,
};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::order;

declare_rule! {
    pub(super) static LEAKING_CONSTRAINT = {
        code: "POL036", name: "leaking-constraint", summary: "a block without limits that those of another block for the same path limit",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: `update` without limits in one policy and with `allowed_parameters` in another is limited (vault-param-facts); vault-policies-and-tokens §2.1",
        check: Bundle(check),
    }
}

/// A block, its path, and the document that it is in.
struct Block<'b> {
    pattern: PathPattern<'b>,
    document: &'b ParsedDocument<'b>,
    rules: &'b PathRules,
}

/// Requests of these have their parameters looked at.
const WITH_PARAMETERS: CapabilitySet =
    CapabilitySet::of(&[Capability::Create, Capability::Patch, Capability::Read, Capability::Update]);

fn check(cx: &mut Context<'_>, bundle: &ParsedBundle<'_>) {
    let limited = |rules: &PathRules| rules.constraints.is_some();
    let policies = bundle.documents.iter().filter_map(|document| match &document.model {
        Model::Policy(policy) => Some(policy),
        _ => None,
    });
    if !policies.flat_map(|policy| &policy.paths).any(limited) {
        return;
    }
    let mut blocks = Vec::new();
    for document in &bundle.documents {
        let Model::Policy(policy) = &document.model else { continue };
        for (index, rules) in policy.paths.iter().enumerate() {
            let counts = !rules.has_expired(None) && !rules.granted.is_empty() && !has_problem(policy, index);
            let Some(pattern) = rules.pattern().ok().filter(|_| counts) else { continue };
            blocks.push(Block { pattern, document, rules });
        }
    }
    order::sort_by(&mut blocks, &|one, other| one.pattern.cmp(&other.pattern));
    for same in blocks.chunk_by(|one, other| one.pattern == other.pattern) {
        if same.len() > 1 && !same.iter().any(|block| block.rules.granted.denies()) {
            check_path(cx, same);
        }
    }
}

/// Looks for one block with a limit, and one that it was not meant for.
fn check_path(cx: &mut Context<'_>, same: &[Block<'_>]) {
    let limit = |block: &Block<'_>| limit(block.rules.constraints.as_deref()?);
    let Some((limiting, key)) = same.iter().find_map(|block| Some((block, limit(block)?))) else { return };
    for block in same.iter().filter(|block| limit(block).is_none()) {
        let is_limited = match key {
            PathKey::PaginationLimit => block.rules.granted.contains(Capability::List),
            PathKey::MinWrappingTtl | PathKey::MaxWrappingTtl => true,
            _ => !block.rules.granted.is_disjoint(WITH_PARAMETERS) && !allows_any(block.rules),
        };
        if !is_limited {
            continue;
        }
        let is_same_document = block.document.id == limiting.document.id;
        let (key, path) = (key.as_str(), shown(&block.pattern.to_string()));
        let message = if is_same_document {
            format!("the `{key}` of the other block for `{path}` holds for this one too")
        } else {
            let other = shown(limiting.document.document.name());
            format!("`{other}` has `{key}` for `{path}`, which holds here too for a token with both policies")
        };
        let finding = cx.report_in(block.document.id, block.rules.path.span, message);
        finding.help("blocks for the same path are united, and their limits hold for all that is granted");
        finding.related(limiting.document.id, limiting.rules.path.span, "the block with the limit");
        if !is_same_document {
            finding.severity(Severity::Info);
        }
    }
}

/// What limits requests, if anything does.
fn limit(constraints: &Constraints) -> Option<PathKey> {
    let names_one = |rules: &[ParameterRule]| rules.iter().any(|rule| rule.name.value != "*");
    let is_set = |ttl: Option<crate::text::Spanned<i64>>| ttl.is_some_and(|ttl| ttl.value > 0);
    let limits = [
        (PathKey::AllowedParameters, names_one(&constraints.allowed_parameters)),
        (PathKey::DeniedParameters, !constraints.denied_parameters.is_empty()),
        (PathKey::RequiredParameters, !constraints.required_parameters.is_empty()),
        (PathKey::MinWrappingTtl, is_set(constraints.min_wrapping_ttl)),
        (PathKey::MaxWrappingTtl, is_set(constraints.max_wrapping_ttl)),
        (PathKey::PaginationLimit, is_set(constraints.pagination_limit)),
    ];
    limits.into_iter().find(|(_, is_limit)| *is_limit).map(|(key, _)| key)
}

/// Whether the block says itself that any parameter may be given.
fn allows_any(rules: &PathRules) -> bool {
    let allowed = rules.constraints.as_deref().map(|constraints| &constraints.allowed_parameters);
    allowed.is_some_and(|allowed| allowed.iter().any(|rule| rule.name.value == "*"))
}
