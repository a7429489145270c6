//! Whether a request is allowed.

use std::borrow::Cow;
use std::fmt;

use super::build::{Acl, NONE, RuleId};
use super::hash::{HashedPath, States};
use super::operation::{Operation, OperationKind, needs_sudo};
use super::segments::{Rank, prefix_rank, segments_match, segments_rank};
use crate::model::{Capability, CapabilitySet, ListGeneration, PatternKind};

/// Whether a request is allowed, and by which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is.
    pub is_allowed: bool,
    /// Why.
    pub reason: Reason,
    /// The rule that decides, if one matches.
    pub rule: Option<RuleId>,
}

/// Why a request is allowed or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The rule grants it.
    Granted,
    /// The token has the policy `root`.
    Root,
    /// Help is always given.
    Help,
    /// No request of the token is allowed: see [`Acl::failure`].
    Failure,
    /// HEAD is refused to every token but root's.
    Head,
    /// No rule matches.
    NoRule,
    /// The rule says `deny`.
    Denied,
    /// The rule does not grant this.
    Lacks(Capability),
    /// The path needs `sudo`, which the rule does not grant.
    LacksSudo,
    /// The answer must be wrapped.
    NotWrapped,
    /// The answer is wrapped for longer than `max_wrapping_ttl`.
    WrapTtlAboveMax,
    /// The answer is wrapped for shorter than `min_wrapping_ttl`.
    WrapTtlBelowMin,
    /// United, `min_wrapping_ttl` is above `max_wrapping_ttl`: no request fits.
    WrapLimitsContradict,
    /// A required parameter is missing.
    ParameterMissing,
    /// A parameter is denied.
    ParameterDenied,
    /// A parameter is not among the allowed ones.
    ParameterNotAllowed,
    /// A parameter's value is not among the allowed ones.
    ParameterValueNotAllowed,
    /// `limit` is more than `pagination_limit`, or no number.
    PageTooLong,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Granted => "the rule grants it",
            Self::Root => "the token has the policy `root`",
            Self::Help => "help is always given",
            Self::Failure => "the server fails every request of this token",
            Self::Head => "HEAD is refused to every token but root's",
            Self::NoRule => "no rule matches the path",
            Self::Denied => "the rule says `deny`",
            Self::Lacks(capability) => return write!(f, "the rule does not grant `{capability}`"),
            Self::LacksSudo => "the path needs `sudo`, which the rule does not grant",
            Self::NotWrapped => "the rule wants the answer wrapped",
            Self::WrapTtlAboveMax => "the wrapping TTL is above `max_wrapping_ttl`",
            Self::WrapTtlBelowMin => "the wrapping TTL is below `min_wrapping_ttl`",
            Self::WrapLimitsContradict => {
                "united, `min_wrapping_ttl` is above `max_wrapping_ttl`: no request fits"
            }
            Self::ParameterMissing => "a required parameter is missing",
            Self::ParameterDenied => "a parameter is denied",
            Self::ParameterNotAllowed => "a parameter is not among `allowed_parameters`",
            Self::ParameterValueNotAllowed => "a parameter's value is not among the allowed ones",
            Self::PageTooLong => "`limit` is more than `pagination_limit`, or no number",
        })
    }
}

impl Acl {
    /// The capabilities on a path, as `sys/capabilities` answers: those of the rule that a LIST of this very
    /// path finds, only `deny` where there is none, and `None` for the policy `root`, whose answer is `root`.
    pub fn capabilities(&self, path: &str) -> Option<CapabilitySet> {
        if self.is_root {
            return None;
        }
        let winner = self.winner(path.trim_start_matches('/').as_bytes(), true);
        let granted = winner
            .filter(|_| self.failure.is_none())
            .and_then(|rule| self.rules.get(rule as usize))
            .map_or(CapabilitySet::EMPTY, |rule| rule.granted);
        let is_deny = granted.is_empty() || granted.denies();
        Some(if is_deny { CapabilitySet::DENY } else { granted })
    }

    /// Whether a request is allowed.
    pub fn allow_operation(&self, operation: &Operation<'_>) -> Decision {
        if let Some(decision) = self.without_rules(operation.kind) {
            return decision;
        }
        let winner = if operation.kind.is_listing() {
            self.winner(request_path(operation).as_bytes(), true)
        } else {
            self.winner(without_leading_slashes(operation.path.as_bytes()), false)
        };
        self.decide(operation, winner)
    }

    /// What is decided before any rule is looked at.
    fn without_rules(&self, kind: OperationKind) -> Option<Decision> {
        let decision = |is_allowed, reason| Some(Decision { is_allowed, reason, rule: None });
        if self.is_root {
            return decision(true, Reason::Root);
        }
        if self.failure.is_some() {
            return decision(false, Reason::Failure);
        }
        match kind {
            OperationKind::Help => decision(true, Reason::Help),
            OperationKind::Head => decision(false, Reason::Head),
            _ => None,
        }
    }

    /// What the winning rule says of a request.
    fn decide(&self, operation: &Operation<'_>, winner: Option<u32>) -> Decision {
        let refused = |reason, rule| Decision { is_allowed: false, reason, rule };
        let Some((id, rule)) = winner.and_then(|id| Some((id, self.rules.get(id as usize)?))) else {
            return refused(Reason::NoRule, None);
        };
        let id = Some(RuleId(id));
        if rule.granted.denies() {
            return refused(Reason::Denied, id);
        }
        if let Some(capability) = operation.kind.capability().filter(|needed| !rule.granted.contains(*needed))
        {
            return refused(Reason::Lacks(capability), id);
        }
        if rule.constraints != NONE {
            let constraints = self.constraints.get(rule.constraints as usize);
            let refusal = constraints.and_then(|all| all.refusal(operation, self.profile.matches_elements));
            if let Some(reason) = refusal {
                return refused(reason, id);
            }
        }
        if !rule.granted.contains(Capability::Sudo) && needs_sudo(operation.path) {
            return refused(Reason::LacksSudo, id);
        }
        Decision { is_allowed: true, reason: Reason::Granted, rule: id }
    }

    /// The rule that decides about a path.
    pub(super) fn winner(&self, path: &[u8], is_listing: bool) -> Option<u32> {
        if self.has_few_rules() && !is_listing {
            return self.winner_of_few(path);
        }
        let mut states = States::default();
        self.winner_of(&states.of(path, self.seed), is_listing)
    }

    /// The winner for a path that is no listing's, where comparing it with each rule is the fastest.
    fn winner_of_few(&self, path: &[u8]) -> Option<u32> {
        let mut best: Option<u32> = None;
        for (number, rule) in (0_u32..).zip(&self.rules) {
            let text = self.texts.bytes(number);
            let is_match = match rule.kind {
                PatternKind::Exact if text == path => return Some(number),
                PatternKind::Exact => false,
                PatternKind::Prefix => path.starts_with(text),
                PatternKind::Segments => segments_match(text, path),
            };
            if is_match && best.is_none_or(|best| self.rank(number) > self.rank(best)) {
                best = Some(number);
            }
        }
        best
    }

    fn winner_of(&self, hashed: &HashedPath<'_>, is_listing: bool) -> Option<u32> {
        let path = hashed.bytes();
        if let Some(rule) = self.exact(hashed, path) {
            return Some(rule);
        }
        let generation = self.list_generation();
        let slashless = path.strip_suffix(b"/").filter(|_| is_listing && generation != ListGeneration::None);
        let Some(slashless) = slashless else { return self.inexact(hashed, path) };
        let exact = self.exact(hashed, slashless);
        exact.or_else(|| match generation {
            ListGeneration::None | ListGeneration::Exact => self.inexact(hashed, path),
            ListGeneration::SlashlessFirst => {
                self.inexact(hashed, slashless).or_else(|| self.inexact(hashed, path))
            }
            ListGeneration::SlashFirst => {
                self.inexact(hashed, path).or_else(|| self.inexact(hashed, slashless))
            }
            ListGeneration::Pool => self.of_pool(hashed, path, slashless),
        })
    }

    #[inline]
    fn exact(&self, hashed: &HashedPath<'_>, path: &[u8]) -> Option<u32> {
        self.exact_rule(hashed.prefix(path.len()), path)
    }

    #[inline]
    fn longest_prefix(&self, hashed: &HashedPath<'_>, path: &[u8]) -> Option<u32> {
        self.prefixes.longest_within(hashed, path.len(), &self.texts)
    }

    /// The most specific of the rules that are not exact. `path` is a beginning of the hashed one.
    #[inline]
    fn inexact(&self, hashed: &HashedPath<'_>, path: &[u8]) -> Option<u32> {
        let prefix = self.longest_prefix(hashed, path);
        if self.segments.is_empty() {
            return prefix;
        }
        let length = prefix.map_or(0, |prefix| self.texts.bytes(prefix).len());
        let Some(segments) = self.segments.best(path, length, &self.texts) else { return prefix };
        let wins = prefix.is_none_or(|prefix| self.rank(segments) > self.rank(prefix));
        if wins { Some(segments) } else { prefix }
    }

    /// How specific a rule is, among those that are not exact.
    pub(super) fn rank(&self, rule: u32) -> Rank<'_> {
        let text = self.texts.bytes(rule);
        match self.rules.get(rule as usize).map(|rule| rule.kind) {
            Some(PatternKind::Segments) => segments_rank(text),
            _ => prefix_rank(text),
        }
    }

    /// Of all rules that match either form: the most specific `deny` if it is more specific than the most
    /// specific one that grants `list`, else that one, else the most specific one.
    fn of_pool(&self, hashed: &HashedPath<'_>, path: &[u8], slashless: &[u8]) -> Option<u32> {
        let mut pool = Vec::new();
        for form in [path, slashless] {
            pool.extend(self.longest_prefix(hashed, form));
            self.segments.matching(form, &self.texts, &mut |rule| pool.push(rule));
        }
        let most_specific = |wanted: Option<Capability>| {
            let has = |rule: &u32| {
                let granted =
                    self.rules.get(*rule as usize).map_or(CapabilitySet::EMPTY, |rule| rule.granted);
                wanted.is_none_or(|wanted| granted.contains(wanted))
            };
            pool.iter().copied().filter(has).max_by(|one, two| self.rank(*one).cmp(&self.rank(*two)))
        };
        let list = most_specific(Some(Capability::List));
        let deny = most_specific(Some(Capability::Deny));
        match (deny, list) {
            (Some(deny), Some(list)) if self.rank(deny) > self.rank(list) => Some(deny),
            (_, Some(list)) => Some(list),
            _ => most_specific(None),
        }
    }
}

fn without_leading_slashes(mut path: &[u8]) -> &[u8] {
    while let [b'/', rest @ ..] = path {
        path = rest;
    }
    path
}

/// The path as the rules see it.
pub(super) fn request_path<'a>(operation: &Operation<'a>) -> Cow<'a, str> {
    let path = operation.path.trim_start_matches('/');
    if operation.kind.is_listing() && !path.ends_with('/') {
        return Cow::Owned(format!("{path}/"));
    }
    Cow::Borrowed(path)
}

#[cfg(test)]
mod tests;
