//! What would have to be written, and what else explains a decision.

use super::super::build::RuleView;
use super::super::decision::Reason;
use super::super::operation::{OperationKind, needs_sudo};
use super::Explanation;
use crate::model::{Capability, CapabilitySet, PatternKind};

/// The most templated rules that are named.
const MAX_NAMED: usize = 3;

impl Explanation<'_> {
    /// For a refused request, what would have to be written.
    pub fn help(&self) -> Option<String> {
        let needed = self.needed_capabilities();
        let Some(winner) = self.candidates.first().map(|winner| winner.rule) else {
            return match self.decision.reason {
                Reason::NoRule => Some(format!("write\n{}", self.block(needed))),
                Reason::Head => Some("send a GET instead".to_owned()),
                _ => None,
            };
        };
        let pattern = winner.pattern;
        let is_exact = pattern.kind == PatternKind::Exact;
        match self.decision.reason {
            Reason::Denied if is_exact => Some(format!(
                "take `deny` out of `{pattern}`: it beats whatever other policies grant on the same path"
            )),
            Reason::Denied => Some(format!(
                "a rule for this path alone comes before `{pattern}`, in any of the policies:\n{}",
                self.block(needed)
            )),
            Reason::Lacks(_) | Reason::LacksSudo if is_exact => {
                let missing = needed.minus(winner.granted);
                Some(format!("add {} to the capabilities of `{pattern}`", in_backticks(missing)))
            }
            Reason::Lacks(_) | Reason::LacksSudo => {
                let missing = in_backticks(needed.minus(winner.granted));
                Some(format!(
                    "add {missing} to the capabilities of `{pattern}`; or, for this path alone, write a rule that \
                     repeats what is to stay:\n{}",
                    self.block(needed.union(winner.granted))
                ))
            }
            reason => constraint_help(reason).map(str::to_owned),
        }
    }

    /// What else a reader may want to know.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.decision.is_allowed {
            notes.extend(self.loser_note());
            notes.extend(self.create_note());
            notes.extend(self.nearest_note());
        }
        notes.extend(self.template_note());
        notes
    }

    fn needed_capabilities(&self) -> CapabilitySet {
        let mut needed: CapabilitySet = self.needed.into_iter().collect();
        if needs_sudo(&self.path) {
            needed.insert(Capability::Sudo);
        }
        needed
    }

    fn block(&self, granted: CapabilitySet) -> String {
        let names: Vec<String> = granted.iter().map(|capability| format!("\"{capability}\"")).collect();
        let path = self.path.replace('\\', "\\\\").replace('"', "\\\"");
        format!("path \"{path}\" {{\n  capabilities = [{}]\n}}", names.join(", "))
    }

    /// A rule that grants what the winner does not.
    fn loser_note(&self) -> Option<String> {
        let (_, losers) = self.candidates.split_first()?;
        let missing = match self.decision.reason {
            Reason::Lacks(capability) => capability,
            Reason::LacksSudo => Capability::Sudo,
            Reason::Denied => self.needed?,
            _ => return None,
        };
        let found = losers.iter().find(|loser| loser.rule.granted.contains(missing))?;
        let pattern = found.rule.pattern;
        Some(format!(
            "`{pattern}` grants `{missing}`, but does not count: the most specific rule alone decides, rules for \
             different paths are never united"
        ))
    }

    fn create_note(&self) -> Option<String> {
        let granted = self.candidates.first()?.rule.granted;
        let has = |capability| granted.contains(capability);
        match (self.decision.reason, self.kind) {
            (Reason::Lacks(Capability::Update), OperationKind::Update) if has(Capability::Create) => Some(
                "a POST or PUT needs `create` only where the server can tell that nothing is there yet, else \
                 `update`: grant both to be sure"
                    .to_owned(),
            ),
            (Reason::Lacks(Capability::Create), OperationKind::Create) if has(Capability::Update) => Some(
                "a POST or PUT needs `create` where nothing is there yet, and `update` from then on".to_owned(),
            ),
            _ => None,
        }
    }

    /// The rule whose text goes along with the path the furthest, where no rule matches.
    fn nearest_note(&self) -> Option<String> {
        if self.decision.reason != Reason::NoRule {
            return None;
        }
        let common = |rule: &RuleView<'_>| {
            let pairs = std::iter::zip(rule.pattern.text.bytes(), self.path.bytes());
            pairs.take_while(|(one, two)| one == two).count()
        };
        let mut nearest: Option<(usize, RuleView<'_>)> = None;
        for rule in self.acl.rules() {
            let length = common(&rule);
            if nearest.as_ref().is_none_or(|(longest, _)| length > *longest) {
                nearest = Some((length, rule));
            }
        }
        let (length, rule) = nearest?;
        // Less than a whole segment in common is chance.
        let (start, rest) = self.path.split_at_checked(length)?;
        if !start.contains('/') && !rest.starts_with('/') && !rest.is_empty() {
            return None;
        }
        let pattern = rule.pattern;
        let place = rule.pattern.text.get(length..).unwrap_or_default();
        let why = match (pattern.kind, place.is_empty()) {
            (PatternKind::Exact, true) => "which is one path, without anything behind it".to_owned(),
            _ if rest.is_empty() => format!("which goes on with `{place}`"),
            _ => format!("which goes on with `{place}` where this path has `{rest}`"),
        };
        Some(format!("the nearest rule is `{pattern}`, {why}"))
    }

    fn template_note(&self) -> Option<String> {
        let mut unresolved = self.acl.unresolved();
        let mut named: Vec<String> = Vec::new();
        named.extend(
            unresolved.by_ref().take(MAX_NAMED).map(|source| format!("`{}`", source.rules.path.value)),
        );
        let more = unresolved.count();
        if more > 0 {
            named.push(format!("{more} more"));
        }
        let list = named.join(", ");
        (!named.is_empty())
            .then(|| format!("left out, because the token's identity does not fill in the template: {list}"))
    }
}

fn in_backticks(set: CapabilitySet) -> String {
    let names: Vec<String> = set.iter().map(|capability| format!("`{capability}`")).collect();
    names.join(" and ")
}

const fn constraint_help(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::NotWrapped => "ask for a wrapped answer: send `X-Vault-Wrap-TTL`",
        Reason::WrapTtlAboveMax => "ask for a shorter wrapping TTL, or raise `max_wrapping_ttl`",
        Reason::WrapTtlBelowMin => "ask for a longer wrapping TTL, or lower `min_wrapping_ttl`",
        Reason::WrapLimitsContradict => {
            "make `max_wrapping_ttl` at least `min_wrapping_ttl`: of blocks with the same path the lesser of each counts"
        }
        Reason::ParameterMissing => {
            "send the parameter, its name in lower case, or take it out of `required_parameters`"
        }
        Reason::ParameterDenied => {
            "leave the parameter out of the request, or take it out of `denied_parameters`"
        }
        Reason::ParameterNotAllowed => {
            "leave the parameter out of the request, or add it, or `\"*\" = []` for any, to `allowed_parameters`"
        }
        Reason::ParameterValueNotAllowed => {
            "send one of the values, as a text: numbers never match; or add the value to `allowed_parameters`"
        }
        Reason::PageTooLong => "ask for a shorter page, or raise `pagination_limit`",
        _ => return None,
    })
}
