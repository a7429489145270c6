//! Why a request is allowed or refused, rule by rule.

mod help;
mod marks;
mod nearest;
mod verdict;

use std::fmt;

use super::build::{Acl, RuleId, RuleView};
use super::decision::{Decision, Reason, request_path};
use super::hash::States;
use super::operation::{Operation, OperationKind};
use crate::diagnostic::Related;
use crate::model::{Capability, ListGeneration, PatternKind};
use crate::text::order;

/// Why a request is allowed or refused.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    pub(super) acl: &'a Acl,
    /// The kind of the request.
    pub kind: OperationKind,
    /// The decision.
    pub decision: Decision,
    /// The places in the policies that decide, the path of the rule first; where no rule matches, the path of the
    /// nearest one.
    pub marks: Vec<Related>,
    /// The path as the rules see it.
    pub path: String,
    /// The capability that the request needs besides `sudo`.
    pub needed: Option<Capability>,
    /// The rules that match, the winner first, the others by how specific they are.
    pub candidates: Vec<Candidate<'a>>,
}

/// A rule that matches.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The rule.
    pub rule: RuleView<'a>,
    /// Why it does not count; `None` for the winner.
    pub lost: Option<Lost>,
}

/// Why a rule does not count, though it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lost {
    /// An exact rule comes before all others.
    ToExact,
    /// Of rules with a final `*` only the longest is looked at.
    ShorterPrefix,
    /// Its first wildcard stands before the winner's.
    EarlierWildcard,
    /// It ends in `*`, the winner does not.
    EndsInStar,
    /// It has more segments `+`.
    MorePluses,
    /// It is shorter.
    Shorter,
    /// All else is alike, and the winner's text is the greater one.
    LesserText,
    /// It matches only the form of the path that comes second: with or without the slash at the end.
    OtherForm,
    /// The winner is a `deny` or a `list`, which this server prefers.
    Preferred,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ToExact => "an exact path comes before all wildcards",
            Self::ShorterPrefix => "a longer path with a final `*` matches too",
            Self::EarlierWildcard => "its first wildcard comes earlier",
            Self::EndsInStar => "it ends in `*`, the winner does not",
            Self::MorePluses => "it has more segments `+`",
            Self::Shorter => "it is shorter",
            Self::LesserText => "all else is alike, and it comes first in the alphabet",
            Self::OtherForm => "it matches only the path with the slash at the end treated the other way",
            Self::Preferred => "in a listing this server prefers a `deny` or a `list`",
        })
    }
}

impl Acl {
    /// Decides about a request, and says why. Takes time in proportion to the rules that match, and is not made
    /// for many requests.
    pub fn explain(&self, operation: &Operation<'_>) -> Explanation<'_> {
        let decision = self.allow_operation(operation);
        let path = request_path(operation).into_owned();
        let mut candidates = Vec::new();
        if let Some(winner) = decision.rule {
            let mut matching = self.matching(path.as_bytes(), operation.kind.is_listing());
            matching.retain(|rule| *rule != winner.0);
            order::sort_by(&mut matching, &|one, two| self.order(*two).cmp(&self.order(*one)));
            candidates.extend(self.rule(winner).map(|rule| Candidate { rule, lost: None }));
            candidates.extend(matching.into_iter().filter_map(|rule| {
                let lost = Some(self.lost(rule, winner.0, path.as_bytes()));
                Some(Candidate { rule: self.rule(RuleId(rule))?, lost })
            }));
        }
        let marks = match candidates.first() {
            Some(winner) => marks::marks(winner.rule, decision.reason, operation),
            None if decision.reason == Reason::NoRule => self.nearest(&path).into_iter().collect(),
            None => Vec::new(),
        };
        let kind = operation.kind;
        Explanation { acl: self, kind, decision, marks, path, needed: kind.capability(), candidates }
    }

    fn is_exact(&self, rule: u32) -> bool {
        self.rules.get(rule as usize).is_some_and(|rule| rule.kind == PatternKind::Exact)
    }

    fn order(&self, rule: u32) -> (bool, super::segments::Rank<'_>) {
        (self.is_exact(rule), self.rank(rule))
    }

    /// Every rule that matches the path, in either form for a listing.
    fn matching(&self, path: &[u8], is_listing: bool) -> Vec<u32> {
        let mut states = States::default();
        let hashed = states.of(path, self.seed);
        let falls_back = is_listing && self.list_generation() != ListGeneration::None;
        let slashless = path.strip_suffix(b"/").filter(|_| falls_back);
        let only_exact = self.list_generation() == ListGeneration::Exact;
        let mut rules = Vec::new();
        for form in [Some(path), slashless].into_iter().flatten() {
            rules.extend(self.exact_rule(hashed.prefix(form.len()), form));
            if only_exact && form.len() < path.len() {
                continue;
            }
            self.segments.matching(form, &self.texts, &mut |rule| rules.push(rule));
            let mut limit = form.len();
            while let Some(prefix) = self.prefixes.longest_within(&hashed, limit, &self.texts) {
                rules.push(prefix);
                match self.texts.bytes(prefix).len().checked_sub(1) {
                    Some(shorter) => limit = shorter,
                    None => break,
                }
            }
        }
        order::sort(&mut rules);
        rules.dedup();
        rules
    }

    fn lost(&self, rule: u32, winner: u32, path: &[u8]) -> Lost {
        if self.is_exact(winner) {
            return if self.is_exact(rule) { Lost::OtherForm } else { Lost::ToExact };
        }
        let kind = |rule: u32| self.rules.get(rule as usize).map(|rule| rule.kind);
        let (own, other) = (self.rank(rule), self.rank(winner));
        if own > other {
            let is_pool = self.list_generation() == ListGeneration::Pool && path.ends_with(b"/");
            return if is_pool { Lost::Preferred } else { self.lost_to_better(rule, path) };
        }
        if kind(rule) == Some(PatternKind::Prefix) && kind(winner) == Some(PatternKind::Prefix) {
            return Lost::ShorterPrefix;
        }
        match () {
            () if own.0 < other.0 => Lost::EarlierWildcard,
            () if own.1 != other.1 => Lost::EndsInStar,
            () if own.2 != other.2 => Lost::MorePluses,
            () if own.3 != other.3 => Lost::Shorter,
            () => Lost::LesserText,
        }
    }

    /// A more specific rule that is not looked at: the other form of the path decides, or a longer prefix has
    /// taken its place.
    fn lost_to_better(&self, rule: u32, path: &[u8]) -> Lost {
        let mut states = States::default();
        let hashed = states.of(path, self.seed);
        let is_longest = self.prefixes.longest(&hashed, &self.texts) == Some(rule);
        let is_prefix = self.rules.get(rule as usize).is_some_and(|rule| rule.kind == PatternKind::Prefix);
        if is_prefix && !is_longest && !path.ends_with(b"/") { Lost::ShorterPrefix } else { Lost::OtherForm }
    }
}
