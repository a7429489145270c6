//! What would have to be written, and what else explains a decision.

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
                Reason::NoRule => Some(format!("add to one of the policies\n{}", self.block(needed))),
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

    /// Templates that nothing is filled in for, and that may be meant for this path.
    fn template_note(&self) -> Option<String> {
        let may_match = |path: &str| {
            let path = path.strip_prefix('/').unwrap_or(path);
            path.split_once("{{").is_some_and(|(start, _)| self.path.starts_with(start))
        };
        let mut named: Vec<String> = Vec::new();
        let mut more = 0;
        for source in self.acl.unresolved().filter(|source| may_match(&source.rules.path.value)) {
            if named.len() < MAX_NAMED {
                named.push(format!("`{}`", source.rules.path.value));
            } else {
                more += 1;
            }
        }
        if more > 0 {
            named.push(format!("{more} more"));
        }
        let list = named.join(", ");
        (!named.is_empty())
            .then(|| format!("the token's identity fills in no template of {list}, which counts for nothing"))
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
