//! The fields of a block, decoded as Go's HCL 1 decodes them into the server's structure.

use std::borrow::Cow;

use super::control_group::node;
use super::entries::{Entry, each_entry, is_unquotable};
use super::number::{float, integer};
use super::problem::{ExpectedType, GoNode, PolicyProblemKind};
use super::read::{Given, Reader, constraints};
use super::time::moment;
use super::{Capability, ParameterRule, ParameterValue, PathKey, PathRules, parameter_name};
use crate::model::{NANOSECONDS_PER_SECOND, vault_duration};
use crate::syntax::{NodeKind, Value};
use crate::text::{Span, Spanned};

/// The order in which the server decodes.
pub(super) const FIELD_ORDER: [PathKey; 11] = [
    PathKey::Policy,
    PathKey::Capabilities,
    PathKey::Expiration,
    PathKey::MinWrappingTtl,
    PathKey::MaxWrappingTtl,
    PathKey::AllowedParameters,
    PathKey::DeniedParameters,
    PathKey::RequiredParameters,
    PathKey::MfaMethods,
    PathKey::PaginationLimit,
    PathKey::ListFilter,
];

/// A wrapping TTL as it is decoded, before it is read as a duration.
#[derive(Clone)]
pub(super) enum RawTtl<'t> {
    Text(Cow<'t, str>),
    Integer(i64),
    Float(f64),
    /// A list, an object or a truth value.
    Other,
}

impl<'t> Reader<'t> {
    pub(super) fn field(
        &mut self,
        key: PathKey,
        given: &[Given<'t>],
        rules: &mut PathRules,
        capabilities: &mut Vec<Spanned<Cow<'t, str>>>,
        ttls: &mut [Option<Spanned<RawTtl<'t>>>; 2],
    ) {
        match key {
            PathKey::Policy => {
                rules.policy = self.string("root.Policy", key, given).map(|word| word.map(Cow::into_owned));
            }
            PathKey::Capabilities => {
                *capabilities = self.strings("root.Capabilities", key, given);
                let written = |name: &Spanned<Cow<'_, str>>| {
                    Spanned::new(Capability::from_spelling(&name.value), name.span)
                };
                rules.capabilities = capabilities.iter().map(written).collect();
            }
            PathKey::Expiration => self.expiration(given, rules),
            PathKey::MinWrappingTtl => ttls[0] = self.raw_ttl(key, given),
            PathKey::MaxWrappingTtl => ttls[1] = self.raw_ttl(key, given),
            PathKey::AllowedParameters => {
                constraints(rules).allowed_parameters =
                    self.parameters("root.allowed_parameters", key, given);
            }
            PathKey::DeniedParameters => {
                constraints(rules).denied_parameters = self.parameters("root.denied_parameters", key, given);
            }
            PathKey::RequiredParameters => {
                let names = self.strings("root.required_parameters", key, given);
                constraints(rules).required_parameters = owned(names);
            }
            PathKey::MfaMethods => {
                let methods = self.strings("root.mfa_methods", key, given);
                constraints(rules).mfa_methods = owned(methods);
            }
            PathKey::PaginationLimit => {
                let limit = self.integer("root.pagination_limit", key, given);
                constraints(rules).pagination_limit = limit;
            }
            PathKey::ListFilter => {
                let filter = self.string("root.list_scan_response_keys_filter_path", key, given);
                constraints(rules).list_filter = filter.map(|filter| filter.map(Cow::into_owned));
            }
            _ => {}
        }
    }

    fn expiration(&mut self, given: &[Given<'t>], rules: &mut PathRules) {
        let Some(text) = self.string("root.expiration", PathKey::Expiration, given) else { return };
        if text.value.is_empty() {
            return;
        }
        match moment(&text.value) {
            Some(moment) => constraints(rules).expiration = Some(Spanned::new(moment, text.span)),
            None => self.problem(PolicyProblemKind::BadExpiration, text.span, None),
        }
    }

    fn wrong_type(
        &mut self,
        field: &str,
        expected: ExpectedType,
        found: GoNode,
        span: Span,
        at: Option<u32>,
    ) {
        let kind = PolicyProblemKind::WrongType { field: field.into(), expected, found };
        self.problem(kind, span, at);
    }

    /// Blocks with labels come first, all together; no field but the parameters takes them.
    fn labelled(&mut self, field: &str, expected: ExpectedType, key: PathKey, given: &[Given<'t>]) {
        let mut labels = of(key, given).filter_map(|entry| entry.label);
        let Some(label) = labels.next() else { return };
        if expected == ExpectedType::List {
            let field = format!("{field}[0]");
            self.wrong_type(
                &field,
                ExpectedType::String,
                GoNode::ObjectItem,
                label.span(),
                Some(label.span().start),
            );
        } else {
            self.wrong_type(field, expected, GoNode::ObjectList, label.span(), Some(label.span().start));
        }
    }

    /// Reads a text; of several the last one counts.
    pub(super) fn string(
        &mut self,
        field: &str,
        key: PathKey,
        given: &[Given<'t>],
    ) -> Option<Spanned<Cow<'t, str>>> {
        self.labelled(field, ExpectedType::String, key, given);
        let mut last = None;
        for entry in of(key, given).filter(|entry| entry.label.is_none()) {
            match self.text_of(entry.value) {
                Some(text) => last = Some(Spanned::new(text, entry.value.span())),
                None => self.wrong_value(field, ExpectedType::String, entry.value),
            }
        }
        last
    }

    /// The text of a string or number.
    fn text_of(&mut self, value: Value<'t>) -> Option<Cow<'t, str>> {
        match value.kind() {
            NodeKind::Number => Some(Cow::Borrowed(value.raw())),
            NodeKind::Null => Some(Cow::Borrowed("")),
            NodeKind::String => {
                if is_unquotable(value.inner_span().of(self.text), self.is_json) {
                    self.problem(PolicyProblemKind::Crash, value.span(), None);
                }
                value.string()
            }
            _ => value.string(),
        }
    }

    /// A value of the wrong type behind `key =`, or in a block's place.
    fn wrong_value(&mut self, field: &str, expected: ExpectedType, value: Value<'t>) {
        if is_unreadable(value) {
            return;
        }
        let (found, at) = match value.object() {
            // The server's place of an object is that of its first key.
            Some(object) => (GoNode::ObjectList, object.items().next().map(|item| item.key().span().start)),
            None => (node(value), Some(value.span().start)),
        };
        self.wrong_type(field, expected, found, value.span(), at);
    }

    /// Reads lists of texts; several are put together.
    pub(super) fn strings(
        &mut self,
        field: &str,
        key: PathKey,
        given: &[Given<'t>],
    ) -> Vec<Spanned<Cow<'t, str>>> {
        self.labelled(field, ExpectedType::List, key, given);
        let mut texts = Vec::new();
        for entry in of(key, given).filter(|entry| entry.label.is_none()) {
            if let Some(elements) = entry.value.list() {
                for (index, element) in elements.enumerate() {
                    match self.text_of(element) {
                        Some(text) => texts.push(Spanned::new(text, element.span())),
                        None if is_unreadable(element) => {}
                        None => {
                            let field = format!("{field}[{index}]");
                            let at = Some(element.span().start);
                            self.wrong_type(&field, ExpectedType::String, node(element), element.span(), at);
                        }
                    }
                }
            } else if let Some(object) = entry.value.object() {
                let mut first = None;
                each_entry(object, self.is_json, &mut |entry| first = first.or(Some(entry)));
                if let Some(first) = first {
                    let (field, span) = (format!("{field}[0]"), first.key.span());
                    self.wrong_type(&field, ExpectedType::String, GoNode::ObjectItem, span, Some(span.start));
                }
            } else {
                self.wrong_value(field, ExpectedType::List, entry.value);
            }
        }
        texts
    }

    /// Reads an integer, or a text of one.
    fn integer(&mut self, field: &str, key: PathKey, given: &[Given<'t>]) -> Option<Spanned<i64>> {
        self.labelled(field, ExpectedType::Integer, key, given);
        let mut last = None;
        for entry in of(key, given).filter(|entry| entry.label.is_none()) {
            let value = entry.value;
            let text = match value.kind() {
                NodeKind::Number | NodeKind::String | NodeKind::Null => self.text_of(value),
                _ => None,
            };
            match text.map(|text| integer(&text)) {
                Some(Ok(number)) => last = Some(Spanned::new(number, value.span())),
                Some(Err(error)) => {
                    self.problem(PolicyProblemKind::BadNumber(error.into()), value.span(), None);
                }
                None => self.wrong_value(field, ExpectedType::Integer, value),
            }
        }
        last
    }

    /// Decodes a wrapping TTL. A second value is decoded as what the first one was.
    fn raw_ttl(&mut self, key: PathKey, given: &[Given<'t>]) -> Option<Spanned<RawTtl<'t>>> {
        let mut last: Option<Spanned<RawTtl<'t>>> = None;
        let labelled = of(key, given).find(|entry| entry.label.is_some());
        if let Some(entry) = labelled {
            last = Some(Spanned::new(RawTtl::Other, entry.value.span()));
        }
        for entry in of(key, given).filter(|entry| entry.label.is_none() && !is_unreadable(entry.value)) {
            let value = entry.value;
            let text = self.text_of(value);
            let before = last.as_ref().map(|ttl| &ttl.value);
            let is_text = !matches!(value.kind(), NodeKind::Number);
            let decoded = match (text, value.kind(), before) {
                (Some(text), _, Some(RawTtl::Text(_))) => Ok(RawTtl::Text(text)),
                (Some(text), _, Some(RawTtl::Integer(_))) => integer(&text).map(RawTtl::Integer),
                (Some(text), NodeKind::Number, Some(RawTtl::Float(_))) => float(&text).map(RawTtl::Float),
                (Some(text), _, None) if is_text => Ok(RawTtl::Text(text)),
                (Some(text), _, None) => integer(&text).map(RawTtl::Integer),
                (None, NodeKind::Float, None | Some(RawTtl::Float(_))) => {
                    float(value.raw()).map(RawTtl::Float)
                }
                _ => Ok(RawTtl::Other),
            };
            match decoded {
                Ok(ttl) => last = Some(Spanned::new(ttl, value.span())),
                Err(error) => self.problem(PolicyProblemKind::BadNumber(error.into()), value.span(), None),
            }
        }
        last
    }

    /// Reads a wrapping TTL as a duration, in nanoseconds.
    pub(super) fn wrapping_ttl(
        &mut self,
        key: PathKey,
        ttl: Option<Spanned<RawTtl<'t>>>,
    ) -> Option<Spanned<i64>> {
        let ttl = ttl?;
        let duration = match &ttl.value {
            RawTtl::Text(text) => vault_duration(text).map_err(|error| error.to_string()),
            RawTtl::Integer(seconds) => Ok(seconds.wrapping_mul(NANOSECONDS_PER_SECOND)),
            RawTtl::Float(seconds) => Ok((*seconds as i64).wrapping_mul(NANOSECONDS_PER_SECOND)),
            RawTtl::Other => Err("could not parse duration from input".to_owned()),
        };
        match duration {
            Ok(nanoseconds) => Some(Spanned::new(nanoseconds, ttl.span)),
            Err(error) => {
                self.problem(PolicyProblemKind::BadWrappingTtl(key, error.into()), ttl.span, None);
                None
            }
        }
    }

    /// Reads a map from names to lists of values.
    fn parameters(&mut self, field: &str, key: PathKey, given: &[Given<'t>]) -> Vec<ParameterRule> {
        let mut rules = Vec::new();
        for entry in of(key, given) {
            let Some(label) = entry.label else { continue };
            if entry.has_more_keys {
                self.value_with_label(field, &label.name(), label.span());
            } else {
                let name = Spanned::new(self.key_name(label).into_owned(), label.span());
                self.parameter(field, name, entry.value, &mut rules);
            }
        }
        for entry in of(key, given).filter(|entry| entry.label.is_none()) {
            let Some(object) = entry.value.object() else {
                self.wrong_value(field, ExpectedType::Map, entry.value);
                continue;
            };
            each_entry(object, self.is_json, &mut |member| {
                let name = Spanned::new(self.key_name(member.key).into_owned(), member.key.span());
                match member.label {
                    Some(_) => self.value_with_label(field, &name.value, name.span),
                    None => self.parameter(field, name, member.value, &mut rules),
                }
            });
        }
        merged(rules)
    }

    fn value_with_label(&mut self, field: &str, name: &str, span: Span) {
        let field = format!("{field}.{name}[0]");
        self.wrong_type(&field, ExpectedType::Interface, GoNode::ObjectItem, span, None);
    }

    fn parameter(
        &mut self,
        field: &str,
        name: Spanned<String>,
        value: Value<'t>,
        rules: &mut Vec<ParameterRule>,
    ) {
        let mut values = Vec::new();
        if let Some(elements) = value.list() {
            for element in elements.filter(|element| !is_unreadable(*element)) {
                values.push(Spanned::new(self.parameter_value(element, true), element.span()));
            }
        } else if value.object().is_some() {
            values.push(Spanned::new(self.parameter_value(value, true), value.span()));
        } else {
            self.wrong_value(field, ExpectedType::List, value);
        }
        rules.push(ParameterRule { name, values });
    }

    /// Reads a value of any type. An object that is not directly in a list becomes a list of one.
    fn parameter_value(&mut self, value: Value<'t>, in_list: bool) -> ParameterValue {
        if let Some(elements) = value.list() {
            return ParameterValue::List(
                elements.map(|element| self.parameter_value(element, true)).collect(),
            );
        }
        if let Some(object) = value.object() {
            let mut members = Vec::new();
            each_entry(object, self.is_json, &mut |member| {
                let name = self.key_name(member.key).as_ref().into();
                members.push((name, self.parameter_value(member.value, false)));
            });
            let object = ParameterValue::Object(members);
            return if in_list { object } else { ParameterValue::List(vec![object]) };
        }
        let refused = match value.kind() {
            NodeKind::Number => integer(value.raw()).err(),
            NodeKind::Float => float(value.raw()).err(),
            _ => None,
        };
        if let Some(error) = refused {
            self.problem(PolicyProblemKind::BadNumber(error.into()), value.span(), None);
        }
        match value.kind() {
            NodeKind::Bool => ParameterValue::Bool(value.boolean() == Some(true)),
            NodeKind::Number | NodeKind::Float => ParameterValue::Number(value.raw().into()),
            _ => ParameterValue::String(self.text_of(value).unwrap_or_default().as_ref().into()),
        }
    }
}

/// The values of a name that is given several times are put together. Names that differ in case only
/// replace each other, in an order that the server leaves to chance; here the last one stays.
fn merged(rules: Vec<ParameterRule>) -> Vec<ParameterRule> {
    if rules.len() < 2 {
        return rules;
    }
    let mut order: Vec<usize> = (0..rules.len()).collect();
    let lower: Vec<String> = rules.iter().map(|rule| parameter_name(&rule.name.value)).collect();
    order.sort_by_key(|index| lower.get(*index));
    let mut kept: Vec<(usize, ParameterRule)> = Vec::with_capacity(rules.len());
    let mut rules: Vec<Option<ParameterRule>> = rules.into_iter().map(Some).collect();
    let mut last_name: Option<&String> = None;
    for index in order {
        let Some(rule) = rules.get_mut(index).and_then(Option::take) else { continue };
        let name = lower.get(index);
        match kept.last_mut().filter(|_| last_name == name) {
            Some((_, before)) if before.name.value == rule.name.value => before.values.extend(rule.values),
            Some(before) => *before = (index, rule),
            None => kept.push((index, rule)),
        }
        last_name = name;
    }
    kept.sort_by_key(|(index, _)| *index);
    kept.into_iter().map(|(_, rule)| rule).collect()
}

fn of<'e, 't>(key: PathKey, given: &'e [Given<'t>]) -> impl Iterator<Item = &'e Entry<'t>> {
    given.iter().filter(move |(of, _)| *of == key).map(|(_, entry)| entry)
}

/// Whether the syntax has already been found wrong here.
fn is_unreadable(value: Value<'_>) -> bool {
    matches!(value.kind(), NodeKind::Missing | NodeKind::Expression)
}

fn owned(texts: Vec<Spanned<Cow<'_, str>>>) -> Vec<Spanned<String>> {
    texts.into_iter().map(|text| text.map(Cow::into_owned)).collect()
}
