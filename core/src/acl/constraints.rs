//! What rules say of a request's parameters, wrapping and page length.

use super::decision::Reason;
use super::operation::{Operation, OperationKind};
use crate::model::{Constraints, ParameterRule, ParameterValue, parameter_name};
use crate::text::order::{self, NameMap};

/// The constraints of all blocks of a rule.
#[derive(Clone, Debug, Default)]
pub(super) struct MergedConstraints {
    /// By name in lower case; no value is any value.
    allowed: Parameters,
    denied: Parameters,
    /// In lower case.
    required: Vec<String>,
    min_wrapping_ttl: i64,
    max_wrapping_ttl: i64,
    pagination_limit: i64,
}

type Parameters = NameMap<Vec<ParameterValue>>;

impl MergedConstraints {
    pub(super) fn new(constraints: &Constraints) -> Self {
        let mut merged = Self {
            min_wrapping_ttl: constraints.min_wrapping_ttl.map_or(0, |ttl| ttl.value),
            max_wrapping_ttl: constraints.max_wrapping_ttl.map_or(0, |ttl| ttl.value),
            pagination_limit: constraints.pagination_limit.map_or(0, |limit| limit.value),
            ..Self::default()
        };
        unite_parameters(&mut merged.allowed, &constraints.allowed_parameters);
        unite_parameters(&mut merged.denied, &constraints.denied_parameters);
        merged.require(constraints);
        merged
    }

    /// Adds those of another block of the same path.
    pub(super) fn unite(&mut self, constraints: &Constraints) {
        let least = |own: &mut i64, other: i64| {
            if other > 0 && (*own <= 0 || other < *own) {
                *own = other;
            }
        };
        // Of both limits the lesser one stays, also of the minimum.
        if let Some(max) = constraints.max_wrapping_ttl
            && (max.value > 0 && (self.max_wrapping_ttl == 0 || max.value < self.max_wrapping_ttl))
        {
            self.max_wrapping_ttl = max.value;
        }
        if let Some(min) = constraints.min_wrapping_ttl
            && (min.value > 0 && (self.min_wrapping_ttl == 0 || min.value < self.min_wrapping_ttl))
        {
            self.min_wrapping_ttl = min.value;
        }
        least(&mut self.pagination_limit, constraints.pagination_limit.map_or(0, |limit| limit.value));
        unite_parameters(&mut self.allowed, &constraints.allowed_parameters);
        unite_parameters(&mut self.denied, &constraints.denied_parameters);
        self.require(constraints);
    }

    fn require(&mut self, constraints: &Constraints) {
        if constraints.required_parameters.is_empty() {
            return;
        }
        self.required.extend(constraints.required_parameters.iter().map(|name| parameter_name(&name.value)));
        order::sort(&mut self.required);
        self.required.dedup();
    }

    /// Whether two rules bind requests alike; no constraints are like empty ones.
    pub(super) fn are_same(one: Option<&Self>, two: Option<&Self>) -> bool {
        let none = Self::default();
        let (one, two) = (one.unwrap_or(&none), two.unwrap_or(&none));
        one.allowed.in_order().eq(two.allowed.in_order())
            && one.denied.in_order().eq(two.denied.in_order())
            && one.required == two.required
            && (one.min_wrapping_ttl, one.max_wrapping_ttl) == (two.min_wrapping_ttl, two.max_wrapping_ttl)
            && one.pagination_limit.max(0) == two.pagination_limit.max(0)
    }

    /// Why a request that has the capability is refused, if it is.
    pub(super) fn refusal(&self, operation: &Operation<'_>, matches_elements: bool) -> Option<Reason> {
        if let Some(reason) = self.wrapping_refusal(operation.wrap_ttl) {
            return Some(reason);
        }
        match operation.kind {
            OperationKind::Read | OperationKind::Create | OperationKind::Update | OperationKind::Patch => {
                self.parameter_refusal(operation.parameters, matches_elements)
            }
            OperationKind::List | OperationKind::Scan => self.page_refusal(operation.parameters),
            _ => None,
        }
    }

    fn wrapping_refusal(&self, wrap_ttl: Option<i64>) -> Option<Reason> {
        let (min, max) = (self.min_wrapping_ttl, self.max_wrapping_ttl);
        if max > 0 {
            match wrap_ttl {
                None => return Some(Reason::NotWrapped),
                Some(ttl) if ttl > max => return Some(Reason::WrapTtlAboveMax),
                Some(_) => {}
            }
        }
        if min > 0 {
            match wrap_ttl {
                None => return Some(Reason::NotWrapped),
                Some(ttl) if ttl < min => return Some(Reason::WrapTtlBelowMin),
                Some(_) => {}
            }
        }
        // Blocks that are fine alone may be united to this.
        (min != 0 && max != 0 && max < min).then_some(Reason::WrapLimitsContradict)
    }

    fn parameter_refusal(&self, given: &[(&str, ParameterValue)], matches_elements: bool) -> Option<Reason> {
        // The name is compared as it is sent, but the required one in lower case.
        if self.required.iter().any(|name| given.iter().all(|(given, _)| given != name)) {
            return Some(Reason::ParameterMissing);
        }
        if given.is_empty() {
            return None;
        }
        if self.denied.get("*").is_some() {
            return Some(Reason::ParameterDenied);
        }
        let lists = |values: &[ParameterValue], value: &ParameterValue| {
            values.is_empty() || values.iter().any(|listed| listed.matches(value))
        };
        let element_lists =
            |values: &[ParameterValue], value: &ParameterValue, all: bool| match elements(value) {
                Some(elements) if matches_elements => {
                    lists(values, value)
                        || if all {
                            elements.iter().all(|element| lists(values, element))
                        } else {
                            elements.iter().any(|element| lists(values, element))
                        }
                }
                _ => lists(values, value),
            };
        if !self.denied.is_empty() {
            let is_denied = |(name, value): &(&str, ParameterValue)| {
                self.denied
                    .get(&parameter_name(name))
                    .is_some_and(|values| element_lists(values, value, false))
            };
            if given.iter().any(is_denied) {
                return Some(Reason::ParameterDenied);
            }
        }
        let allows_all = self.allowed.get("*").is_some();
        if self.allowed.is_empty() || allows_all && self.allowed.len() == 1 {
            return None;
        }
        given.iter().find_map(|(name, value)| match self.allowed.get(&parameter_name(name)) {
            None => (!allows_all).then_some(Reason::ParameterNotAllowed),
            Some(values) => (!element_lists(values, value, true)).then_some(Reason::ParameterValueNotAllowed),
        })
    }

    fn page_refusal(&self, given: &[(&str, ParameterValue)]) -> Option<Reason> {
        if self.pagination_limit <= 0 {
            return None;
        }
        let Some((_, limit)) = given.iter().find(|(name, _)| *name == "limit") else {
            let is_required = self.required.iter().any(|name| name == "limit");
            return is_required.then_some(Reason::ParameterMissing);
        };
        let (ParameterValue::String(text) | ParameterValue::Number(text)) = limit else {
            return Some(Reason::PageTooLong);
        };
        if matches!(limit, ParameterValue::String(_)) && **text == *"max" {
            return None;
        }
        let is_fine = text.parse::<i64>().is_ok_and(|limit| (0..=self.pagination_limit).contains(&limit));
        (!is_fine).then_some(Reason::PageTooLong)
    }
}

/// The elements of a list, or of a text with commas.
fn elements(value: &ParameterValue) -> Option<Vec<ParameterValue>> {
    match value {
        ParameterValue::List(elements) => Some(elements.clone()),
        ParameterValue::String(text) if text.contains(',') => {
            Some(text.split(',').map(|part| ParameterValue::String(part.trim().into())).collect())
        }
        _ => None,
    }
}

/// Adds parameters: any value stays any value, else the values are put together.
fn unite_parameters(own: &mut Parameters, others: &[ParameterRule]) {
    for other in others {
        let name = parameter_name(&other.name.value);
        let values = other.values.iter().map(|value| value.value.clone());
        match own.get_mut(&name) {
            None => drop(own.insert(&name, values.collect())),
            Some(before) if other.values.is_empty() => before.clear(),
            Some(before) if !before.is_empty() => before.extend(values),
            Some(_) => {}
        }
    }
}
