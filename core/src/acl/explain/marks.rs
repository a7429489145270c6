//! The places in the policies that a decision comes from.

use super::super::build::{RuleView, SourceView};
use super::super::decision::Reason;
use super::super::operation::Operation;
use crate::diagnostic::Related;
use crate::model::{Capability, CapabilitySet, Constraints, ParameterRule, parameter_name};
use crate::text::Span;

/// The paths of all blocks of the rule that decides, each followed by what in it decides.
pub(super) fn marks(rule: RuleView<'_>, reason: Reason, operation: &Operation<'_>) -> Vec<Related> {
    let mut marks = Vec::new();
    let is_merged = rule.sources().nth(1).is_some();
    for (source, mut block) in rule.sources().zip(rule.blocks()) {
        let document = block.document;
        if !is_merged {
            block.message.clear();
        }
        marks.push(block);
        if let Some((span, message)) = of_source(source, reason, operation) {
            marks.push(Related { document, span, message });
        }
    }
    marks
}

impl<'a> RuleView<'a> {
    /// The paths of its blocks, each with what the block does.
    pub fn blocks(&self) -> impl Iterator<Item = Related> + use<'a> {
        self.sources().map(|source| Related {
            document: source.policy.document,
            span: source.rules.path.span,
            message: format!("this block {}", grants(source.rules.granted)),
        })
    }
}

/// `grants read, list`, `says `deny``, `grants nothing`.
pub(super) fn grants(granted: CapabilitySet) -> String {
    if granted.denies() {
        "says `deny`".to_owned()
    } else if granted.is_empty() {
        "grants nothing".to_owned()
    } else {
        format!("grants {granted}")
    }
}

fn of_source(source: SourceView<'_>, reason: Reason, operation: &Operation<'_>) -> Option<(Span, String)> {
    let word = |capability: Capability, message: &str| {
        let has_it = source.rules.granted.contains(capability);
        has_it.then(|| (source.place_of(capability), message.to_owned()))
    };
    match reason {
        Reason::Granted => word(operation.kind.capability()?, "granted here"),
        Reason::Denied => word(Capability::Deny, "denied here"),
        Reason::Lacks(_) | Reason::LacksSudo => {
            let words = source.rules.capabilities.iter().map(|word| word.span);
            let legacy = source.rules.policy.as_ref().map(|word| word.span);
            let all = words.chain(legacy).reduce(Span::to)?;
            Some((all, "this is all that it grants".to_owned()))
        }
        _ => of_constraints(source.rules.constraints.as_deref()?, reason, operation),
    }
}

fn of_constraints(
    constraints: &Constraints,
    reason: Reason,
    operation: &Operation<'_>,
) -> Option<(Span, String)> {
    let (min, max) = (constraints.min_wrapping_ttl, constraints.max_wrapping_ttl);
    let min = min.filter(|ttl| ttl.value > 0).map(|ttl| (ttl.span, "the least wrapping TTL".to_owned()));
    let max = max.filter(|ttl| ttl.value > 0).map(|ttl| (ttl.span, "the greatest wrapping TTL".to_owned()));
    match reason {
        Reason::NotWrapped | Reason::WrapLimitsContradict => min.or(max),
        Reason::WrapTtlBelowMin => min,
        Reason::WrapTtlAboveMax => max,
        Reason::ParameterMissing => {
            let is_missing = |name: &str| operation.parameters.iter().all(|(given, _)| *given != name);
            let names = constraints.required_parameters.iter();
            let mut names = names.map(|name| (name.span, parameter_name(&name.value)));
            let (span, name) = names.find(|(_, name)| is_missing(name))?;
            Some((span, format!("`{name}` is required")))
        }
        Reason::ParameterDenied => {
            let mut denied = constraints.denied_parameters.iter();
            let found = denied.find(|rule| is_given(rule, operation) || rule.name.value == "*")?;
            Some((found.name.span, "denied here".to_owned()))
        }
        Reason::ParameterNotAllowed => {
            let names = constraints.allowed_parameters.iter().map(|rule| rule.name.span);
            Some((names.reduce(Span::to)?, "only these are allowed".to_owned()))
        }
        Reason::ParameterValueNotAllowed => {
            let refuses = |rule: &&ParameterRule| {
                !rule.values.is_empty()
                    && operation.parameters.iter().any(|(name, given)| {
                        parameter_name(name) == parameter_name(&rule.name.value)
                            && !rule.values.iter().any(|value| value.value.matches(given))
                    })
            };
            let rule = constraints.allowed_parameters.iter().find(refuses)?;
            let values = rule.values.iter().map(|value| value.span);
            Some((values.reduce(Span::to)?, "only these values are allowed".to_owned()))
        }
        Reason::PageTooLong => {
            constraints.pagination_limit.map(|limit| (limit.span, "the longest page".to_owned()))
        }
        _ => None,
    }
}

fn is_given(rule: &ParameterRule, operation: &Operation<'_>) -> bool {
    let name = parameter_name(&rule.name.value);
    operation.parameters.iter().any(|(given, _)| parameter_name(given) == name)
}
