//! Blocks and keys that are given more than once.

use super::help::shown;
use crate::model::{NANOSECONDS_PER_SECOND, PathKey, PathPattern, PathRules, Policy, PolicyProblemKind};
use crate::rules::Context;
use crate::rules::rule::{always, declare_rule};
use crate::text::{Span, order};

declare_rule! {
    pub(super) static REPEATED_POLICY_KEY = {
        code: "POL015", name: "repeated-policy-key", summary: "a key that a `path` block has twice",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: vault-policy-parse-facts: lists are put together, of other values the last wins; vault-policies-and-tokens §1.3",
        check: Policy(check_repeated_keys),
    }
}

declare_rule! {
    pub(super) static UNUSABLE_WRAPPING_BOUNDS = {
        code: "POL026", name: "unusable-wrapping-bounds", summary: "wrapping TTLs of two blocks for one path that no request can keep",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: min 100 in one policy and max 60 in another make the path unusable; vault-policies-and-tokens §2.1",
        check: Policy(check_wrapping_bounds),
    }
}

declare_rule! {
    pub(super) static DENIED_BY_SAME_PATH = {
        code: "POL027", name: "denied-by-same-path", summary: "a block that a `deny` for the same path cancels",
        severity: Warning, enforced_by: Advisory, fix: None, applies: always(),
        evidence: "measured on OpenBao 2.7.2: acl-facts, topic merge; vault-policies-and-tokens §2.1",
        check: Policy(check_same_path),
    }
}

fn check_repeated_keys(cx: &mut Context<'_>, policy: &Policy) {
    if policy.repeated_keys.is_empty() {
        return;
    }
    let refused = |kind: &PolicyProblemKind| matches!(kind, PolicyProblemKind::RepeatedArgument(_));
    let mut refused: Vec<Span> =
        policy.problems.iter().filter(|problem| refused(&problem.kind)).map(|problem| problem.span).collect();
    order::sort(&mut refused);
    let document = cx.document_id();
    let advisory =
        policy.repeated_keys.iter().filter(|repeated| refused.binary_search(&repeated.span).is_err());
    // A comment has no effect, however often it is there.
    for repeated in advisory.filter(|repeated| repeated.key != PathKey::Comment) {
        let effect = match repeated.key {
            PathKey::Capabilities | PathKey::RequiredParameters | PathKey::MfaMethods => {
                "the lists are put together"
            }
            PathKey::AllowedParameters | PathKey::DeniedParameters => "both are put together",
            _ => "only the last one counts",
        };
        cx.report(repeated.span, format!("`{}` is given again: {effect}", repeated.key.as_str()))
            .help("write it once; Vault since 1.21 refuses the policy: `Each argument can only be defined once`")
            .related(document, repeated.first, "the first");
    }
}

fn check_wrapping_bounds(cx: &mut Context<'_>, policy: &Policy) {
    let document = cx.document_id();
    let bounds = |rules: &PathRules| {
        let constraints = rules.constraints.as_deref()?;
        Some([constraints.min_wrapping_ttl, constraints.max_wrapping_ttl]).filter(|own| *own != [None, None])
    };
    let mut bounded: Vec<_> = policy
        .paths
        .iter()
        .filter(|rules| !rules.granted.denies() && !rules.has_expired(None))
        .filter_map(|rules| Some((rules.pattern().ok()?, rules.header, bounds(rules)?)))
        .collect();
    order::sort_by(&mut bounded, &|(one, ..), (other, ..)| one.cmp(other));
    let mut path = None;
    // The bounds of the path so far, with their places.
    let mut before: [Option<(i64, Span)>; 2] = [None; 2];
    for (pattern, header, own) in bounded {
        let was_first = path != Some(pattern);
        if was_first {
            (path, before) = (Some(pattern), [None; 2]);
        }
        // The server unites both by their minimum.
        for (bound, own) in before.iter_mut().zip(own) {
            let own = own.filter(|ttl| ttl.value > 0).map(|ttl| (ttl.value, ttl.span));
            *bound = match (*bound, own) {
                (Some(one), Some(other)) => Some(if other.0 < one.0 { other } else { one }),
                (one, other) => one.or(other),
            };
        }
        let [Some((min, min_place)), Some((max, max_place))] = before else { continue };
        if was_first || max >= min {
            continue;
        }
        let (place, other) = if header < max_place.min(min_place) || max_place > min_place {
            (max_place, min_place)
        } else {
            (min_place, max_place)
        };
        let seconds = |nanoseconds: i64| nanoseconds / NANOSECONDS_PER_SECOND;
        let message = format!(
            "no request can keep both: with the other block for this path, a wrapping TTL must be at least {} s and at most {} s",
            seconds(min),
            seconds(max)
        );
        cx.report(place, message)
            .help("blocks for the same path are united, so give the bounds in one of them")
            .related(document, other, "the other bound");
    }
}

fn check_same_path(cx: &mut Context<'_>, policy: &Policy) {
    if !policy.granted.denies() {
        return;
    }
    let document = cx.document_id();
    let live = || policy.paths.iter().filter(|rules| !rules.has_expired(None));
    let mut denied: Vec<(PathPattern<'_>, Span)> = live()
        .filter(|rules| rules.granted.denies())
        .filter_map(|rules| Some((rules.pattern().ok()?, rules.header)))
        .collect();
    if denied.is_empty() {
        return;
    }
    order::sort_by(&mut denied, &|(one, _), (other, _)| one.cmp(other));
    for rules in live().filter(|rules| !rules.granted.is_empty() && !rules.granted.denies()) {
        let Ok(pattern) = rules.pattern() else { continue };
        let end = denied.partition_point(|(of, _)| *of <= pattern);
        let Some((_, deny)) = denied.get(..end).and_then(<[_]>::last).filter(|(of, _)| *of == pattern) else {
            continue;
        };
        let message = format!("a `deny` for the same path cancels {}", shown(&rules.granted.to_string()));
        cx.report(rules.header, message)
            .help("remove one of the two blocks: they are united, and `deny` wins")
            .related(document, *deny, "the `deny`");
    }
}
