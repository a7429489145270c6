//! Blocks that a more specific one beats. The winner alone counts: nothing is added up.

use std::sync::Arc;

use super::help::{has_problem, shown};
use crate::acl::{Acl, Operation, OperationKind, PolicySource, common_path, covers, needs_sudo, outranks};
use crate::diagnostic::Severity;
use crate::model::{Capability, CapabilitySet, ListGeneration, PathPattern, PathRules, PatternKind, Policy};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Applicability, Fix, Span, order};

declare_rule! {
    pub(super) static OUTRANKED_DENY = {
        code: "POL032", name: "outranked-deny", summary: "a `deny` that does not hold, because a more specific block grants",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topics glob-priority and plus-priority; vault-policies-and-tokens §2.2",
        check: Policy(check_outranked),
    }
}

declare_rule! {
    pub(super) static READING_TAKEN_AWAY = {
        code: "POL033", name: "reading-taken-away", summary: "a block that adds writing to a path, and takes reading away",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topic glob-priority: capabilities of different paths are not added up; vault-policies-and-tokens §2.2",
        check: Policy(check_reading),
    }
}

declare_rule! {
    pub(super) static MISSING_SUDO = {
        code: "POL034", name: "missing-sudo", summary: "a path that needs `sudo`, granted without it",
        severity: Warning, enforced_by: Advisory, fix: Unsafe, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topic sudo: only the `sudo` of the block that wins counts; vault-policies-and-tokens §2.6",
        check: Policy(check_sudo),
    }
}

declare_rule! {
    pub(super) static DENY_BYPASSED_BY_LIST = {
        code: "POL035", name: "deny-bypassed-by-list", summary: "a `deny` of a folder that this release does not apply to its listing",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "GHSA-xp3c-3jw3-4vcr, OpenBao 2.6.0; Vault pull request VAULT-3825; vault-policies-and-tokens §2.4",
        check: Policy(check_listing),
    }
}

/// Blocks are compared with each other in policies of at most so many.
const MOST_BLOCKS: usize = 500;

/// So many pairs of a `deny` and a grant are compared.
const MOST_COMPARED: usize = 250_000;

/// A block with the paths that it is about.
struct Block<'p> {
    pattern: PathPattern<'p>,
    rules: &'p PathRules,
}

/// The blocks that count; those that are about paths filled in for a token cannot be compared.
fn blocks(policy: &Policy) -> Vec<Block<'_>> {
    let live = policy.paths.iter().enumerate().filter(|(index, rules)| {
        let is_templated = policy.profile.templating && rules.is_templated();
        !is_templated && !rules.has_expired(None) && !has_problem(policy, *index)
    });
    live.filter_map(|(_, rules)| Some(Block { pattern: rules.pattern().ok()?, rules })).collect()
}

fn is_grant(rules: &PathRules) -> bool {
    !rules.granted.is_empty() && !rules.granted.denies()
}

fn acl_of(cx: &Context<'_>, policy: &Policy) -> Acl {
    let policy = Arc::new(policy.clone());
    let source = PolicySource { name: String::new(), document: cx.document_id(), policy };
    Acl::new(vec![source], cx.target().vault)
}

fn check_outranked(cx: &mut Context<'_>, policy: &Policy) {
    if !policy.granted.denies() || !policy.is_accepted() {
        return;
    }
    let (denies, others): (Vec<_>, Vec<_>) =
        blocks(policy).into_iter().partition(|block| block.rules.granted.denies());
    let grants: Vec<_> = others.into_iter().filter(|block| is_grant(block.rules)).collect();
    if denies.is_empty() || grants.is_empty() {
        return;
    }
    let mut acl = None;
    for deny in denies.iter().take(MOST_COMPARED / grants.len()) {
        let beats = |grant: &&Block<'_>| {
            outranks(grant.pattern, deny.pattern) && common_path(grant.pattern, deny.pattern).is_some()
        };
        // A path of which only a part is denied is the worse surprise.
        let exception = |grant: &&Block<'_>| covers(deny.pattern, grant.pattern);
        let found = grants.iter().filter(beats).find(|grant| !exception(grant));
        let Some(grant) = found.or_else(|| grants.iter().find(beats)) else { continue };
        let Some(path) = common_path(grant.pattern, deny.pattern) else { continue };
        let acl = acl.get_or_insert_with(|| acl_of(cx, policy));
        if acl.capabilities(&path).is_some_and(|allowed| allowed.denies() || allowed.is_empty()) {
            continue;
        }
        report_outranked(cx, deny, grant, &path, found.is_none());
    }
}

fn report_outranked(
    cx: &mut Context<'_>,
    deny: &Block<'_>,
    grant: &Block<'_>,
    path: &str,
    is_exception: bool,
) {
    let (path, stronger) = (shown(path), shown(&grant.pattern.to_string()));
    let message = format!("`{path}` is not denied by this: `{stronger}` is more specific, and grants");
    let help = if is_exception {
        "leave it so if this is meant as an exception; without any block, nothing is granted anyway"
    } else {
        "a wildcard that comes later in the path makes a block more specific: deny below that block's path"
    };
    let document = cx.document_id();
    let finding = cx.report(deny.rules.path.span, message);
    finding.help(help).related(document, grant.rules.path.span, "the block that decides");
    if is_exception {
        finding.severity(Severity::Info);
    }
}

/// What a block may add to a wider one without being about reading.
const WRITING: CapabilitySet =
    CapabilitySet::of(&[Capability::Create, Capability::Patch, Capability::Update]);

/// Endpoints that do something; there is nothing to read there.
const ACTIONS: [&str; 22] = [
    "authorize",
    "config",
    "creds",
    "datakey",
    "decrypt",
    "delete",
    "destroy",
    "encrypt",
    "export",
    "generate",
    "hash",
    "hmac",
    "issue",
    "login",
    "random",
    "revoke",
    "rewrap",
    "rotate",
    "sign",
    "sign-verbatim",
    "undelete",
    "verify",
];

/// Whether a path is one of stored data, as far as its text tells.
fn is_data(pattern: PathPattern<'_>) -> bool {
    let of_server =
        ["sys/", "auth/", "identity/", "cubbyhole/"].iter().any(|start| pattern.text.starts_with(start));
    !of_server && !pattern.text.split('/').any(|segment| ACTIONS.contains(&segment))
}

/// The blocks in the order of their paths, if one of them is `wanted` and there are few enough to compare them
/// with each other.
fn few_blocks<'p>(policy: &'p Policy, wanted: &dyn Fn(&PathRules) -> bool) -> Vec<Block<'p>> {
    if policy.has_syntax_errors || policy.paths.len() > MOST_BLOCKS || !policy.paths.iter().any(wanted) {
        return Vec::new();
    }
    let mut blocks = blocks(policy);
    order::sort_by(&mut blocks, &|one, other| one.pattern.cmp(&other.pattern));
    blocks
}

/// The most specific of the blocks that match all that `block` matches, and lose to it.
fn next_wider<'b, 'p>(block: &Block<'p>, blocks: &'b [Block<'p>]) -> Option<&'b Block<'p>> {
    let mut widest: Option<&Block<'p>> = None;
    // An exact path covers no other one.
    for other in blocks.iter().filter(|other| other.pattern.kind != PatternKind::Exact) {
        if outranks(block.pattern, other.pattern)
            && widest.is_none_or(|widest| outranks(other.pattern, widest.pattern))
            && covers(other.pattern, block.pattern)
        {
            widest = Some(other);
        }
    }
    widest
}

/// What all blocks for the same path grant; `blocks` are in the order of their paths.
fn granted(pattern: PathPattern<'_>, blocks: &[Block<'_>]) -> CapabilitySet {
    let first = blocks.partition_point(|block| block.pattern < pattern);
    let same = blocks.iter().skip(first).take_while(|block| block.pattern == pattern);
    same.fold(CapabilitySet::EMPTY, |all, block| all.union(block.rules.granted))
}

fn check_reading(cx: &mut Context<'_>, policy: &Policy) {
    let only_writes = |rules: &PathRules| is_grant(rules) && !rules.granted.contains(Capability::Read);
    let blocks = few_blocks(policy, &only_writes);
    for block in blocks.iter().filter(|block| only_writes(block.rules) && is_data(block.pattern)) {
        let own = granted(block.pattern, &blocks);
        if own.contains(Capability::Read) || own.denies() || own.is_disjoint(WRITING) {
            continue;
        }
        let Some(wider) = next_wider(block, &blocks) else { continue };
        let other = granted(wider.pattern, &blocks);
        let adds = WRITING.iter().any(|capability| own.contains(capability) && !other.contains(capability));
        if !other.contains(Capability::Read) || other.denies() || !adds {
            continue;
        }
        let (path, wide) = (shown(&block.pattern.to_string()), shown(&wider.pattern.to_string()));
        let message = format!(
            "`{path}` can be written here, but no longer read: the `read` of `{wide}` does not count"
        );
        let fix = add_capability(cx, block.rules, Capability::Read);
        let document = cx.document_id();
        let finding = cx.report(block.rules.path.span, message);
        finding.help("add `\"read\"`: the most specific block alone decides");
        finding.related(document, wider.rules.path.span, "the block that loses");
        finding.fix = fix;
    }
}

/// Puts a capability behind the last one of a block.
fn add_capability(cx: &Context<'_>, rules: &PathRules, capability: Capability) -> Option<Fix> {
    let last = rules.capabilities.last()?;
    let at = Span::at(last.span.end);
    Some(cx.replace(format!("Add `{capability}`"), Applicability::Unsafe, at, format!(", \"{capability}\"")))
}

/// Whether every path that a block is about needs `sudo`.
fn always_needs_sudo(pattern: PathPattern<'_>) -> bool {
    let start = pattern.text.trim_start_matches('/');
    if !start.starts_with("sys/") && !start.starts_with("auth/token/") {
        return false;
    }
    match pattern.kind {
        PatternKind::Exact => needs_sudo(pattern.text),
        PatternKind::Prefix => needs_sudo(&format!("{}x", pattern.text)),
        PatternKind::Segments => {
            let start = pattern.text.split('+').next().unwrap_or_default();
            needs_sudo(&format!("{start}x"))
        }
    }
}

fn check_sudo(cx: &mut Context<'_>, policy: &Policy) {
    let asks = |rules: &PathRules| is_grant(rules) && rules.pattern().is_ok_and(always_needs_sudo);
    let blocks = few_blocks(policy, &asks);
    for block in blocks.iter().filter(|block| asks(block.rules)) {
        let own = granted(block.pattern, &blocks);
        if own.contains(Capability::Sudo) || own.denies() {
            continue;
        }
        let path = shown(&block.pattern.to_string());
        let wider = next_wider(block, &blocks)
            .filter(|wider| granted(wider.pattern, &blocks).contains(Capability::Sudo));
        let message = match wider {
            Some(wider) => format!(
                "`{path}` needs `sudo`, and that of `{}` does not count here",
                shown(&wider.pattern.to_string())
            ),
            None => format!("`{path}` needs `sudo` besides what is granted here"),
        };
        let fix = add_capability(cx, block.rules, Capability::Sudo);
        let document = cx.document_id();
        let finding = cx.report(block.rules.path.span, message);
        finding.help("add `\"sudo\"`; Vault says: `permission denied`");
        if let Some(wider) = wider {
            finding.related(document, wider.rules.path.span, "the block that loses");
        }
        finding.fix = fix;
    }
}

fn check_listing(cx: &mut Context<'_>, policy: &Policy) {
    let may_hold_some = policy.profile.list == ListGeneration::SlashlessFirst && policy.granted.denies();
    if !may_hold_some || !policy.is_accepted() {
        return;
    }
    let blocks = blocks(policy);
    let folders = blocks.iter().filter(|block| {
        let text = block.pattern.text.strip_suffix('*').unwrap_or(block.pattern.text);
        block.rules.granted.denies()
            && block.pattern.kind != PatternKind::Exact
            && text.len() > 1
            && text.ends_with('/')
    });
    let mut acl = None;
    for block in folders {
        let folder = block.pattern.text.strip_suffix('*').unwrap_or(block.pattern.text);
        let folder = folder.split('/').map(|segment| if segment == "+" { "x" } else { segment });
        let folder = folder.collect::<Vec<_>>().join("/");
        let acl = acl.get_or_insert_with(|| acl_of(cx, policy));
        if !acl.allow_operation(&Operation::new(OperationKind::List, &folder)).is_allowed {
            continue;
        }
        let vault = cx.target().vault;
        let message = format!(
            "{vault} lets this token list `{}`: it looks for a block that matches without the slash first",
            shown(&folder)
        );
        let help = format!("deny `{}` too", shown(folder.trim_end_matches('/')));
        cx.report(block.rules.path.span, message).help(help);
    }
}
