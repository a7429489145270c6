//! The fields of a block, decoded as Go's HCL 1 decodes them into the server's structure.

use std::borrow::Cow;

use super::control_group::node;
use super::entries::{Entry, each_entry, is_unquotable};
use super::number::{float, integer};
use super::problem::{ExpectedType, GoNode, PolicyProblemKind};
use super::read::{Given, Reader, constraints};
use super::time::moment;
use super::wrapping_ttl::{RawTtl, type_of};
use super::{Capability, ParameterRule, ParameterValue, PathKey, PathRules, parameter_name};
use crate::syntax::{NodeKind, Value};
use crate::text::{
    Span, Spanned,
    order::{self, NameMap, Names},
};

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

/// What is decoded, but read only when all fields are decoded.
#[derive(Default)]
pub(super) struct Decoded<'t> {
    /// The words among the capabilities that no server knows.
    pub(super) unknown_capabilities: Vec<Spanned<Cow<'t, str>>>,
    pub(super) expiration: Option<Spanned<Cow<'t, str>>>,
    pub(super) min_wrapping_ttl: Option<Spanned<RawTtl<'t>>>,
    pub(super) max_wrapping_ttl: Option<Spanned<RawTtl<'t>>>,
}

impl<'t> Reader<'t> {
    pub(super) fn field(
        &mut self,
        key: PathKey,
        given: &[Given<'t>],
        rules: &mut PathRules,
        decoded: &mut Decoded<'t>,
    ) {
        match key {
            PathKey::Policy => {
                rules.policy = self.string("root.Policy", key, given).map(|word| word.map(Cow::into_owned));
            }
            PathKey::Capabilities => {
                let written = &mut rules.capabilities;
                self.each_string("root.Capabilities", key, given, &mut |name, span| {
                    let capability = Capability::from_spelling(&name);
                    written.push(Spanned::new(capability, span));
                    if capability.is_none() {
                        decoded.unknown_capabilities.push(Spanned::new(name, span));
                    }
                });
            }
            PathKey::Expiration => decoded.expiration = self.string("root.expiration", key, given),
            PathKey::MinWrappingTtl => {
                decoded.min_wrapping_ttl = self.raw_ttl("root.min_wrapping_ttl", key, given)
            }
            PathKey::MaxWrappingTtl => {
                decoded.max_wrapping_ttl = self.raw_ttl("root.max_wrapping_ttl", key, given)
            }
            PathKey::AllowedParameters => {
                constraints(rules).allowed_parameters =
                    self.parameters("root.allowed_parameters", key, given);
            }
            PathKey::DeniedParameters => {
                constraints(rules).denied_parameters = self.parameters("root.denied_parameters", key, given);
            }
            PathKey::RequiredParameters => {
                constraints(rules).required_parameters = self.strings("root.required_parameters", key, given);
            }
            PathKey::MfaMethods => {
                constraints(rules).mfa_methods = self.strings("root.mfa_methods", key, given);
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

    /// Reads the moment of an `expiration`.
    pub(super) fn expiration(&mut self, text: Option<Spanned<Cow<'t, str>>>, rules: &mut PathRules) {
        let Some(text) = text.filter(|text| !text.value.is_empty()) else { return };
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
    pub(super) fn text_of(&mut self, value: Value<'t>) -> Option<Cow<'t, str>> {
        match value.kind() {
            NodeKind::Number => Some(Cow::Borrowed(value.raw())),
            NodeKind::Null => Some(Cow::Borrowed("")),
            NodeKind::String => {
                if value.is_special() && is_unquotable(value.inner_span().of(self.text), self.is_json) {
                    self.problem(PolicyProblemKind::Crash, value.span(), None);
                }
                value.string()
            }
            _ => value.string(),
        }
    }

    /// A value of the wrong type behind `key =`, or in a block's place.
    pub(super) fn wrong_value(&mut self, field: &str, expected: ExpectedType, value: Value<'t>) {
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
    fn strings(&mut self, field: &str, key: PathKey, given: &[Given<'t>]) -> Vec<Spanned<String>> {
        let mut texts = Vec::new();
        self.each_string(field, key, given, &mut |text, span| {
            texts.push(Spanned::new(text.into_owned(), span));
        });
        texts
    }

    /// Hands over the texts of lists.
    fn each_string(
        &mut self,
        field: &str,
        key: PathKey,
        given: &[Given<'t>],
        found: &mut dyn FnMut(Cow<'t, str>, Span),
    ) {
        self.labelled(field, ExpectedType::List, key, given);
        for entry in of(key, given).filter(|entry| entry.label.is_none()) {
            if let Some(elements) = entry.value.list() {
                for (index, element) in elements.enumerate() {
                    match self.text_of(element) {
                        Some(text) => found(text, element.span()),
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
                each_entry(object, self.form, &mut |entry| first = first.or(Some(entry)));
                if let Some(first) = first {
                    let (field, span) = (format!("{field}[0]"), first.key.span());
                    self.wrong_type(&field, ExpectedType::String, GoNode::ObjectItem, span, Some(span.start));
                }
            } else {
                self.wrong_value(field, ExpectedType::List, entry.value);
            }
        }
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

    /// Reads a map from names to lists of values.
    fn parameters(&mut self, field: &'static str, key: PathKey, given: &[Given<'t>]) -> Vec<ParameterRule> {
        self.field = field;
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
            each_entry(object, self.form, &mut |member| {
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

    /// Reads a member of an object of any type. A second one of the same name is decoded as the first one was.
    fn member_value(&mut self, name: &str, member: &Entry<'t>, seen: &mut Seen<'t>) -> ParameterValue {
        let value = member.value;
        let names = if member.label.is_some() { &mut seen.labelled } else { &mut seen.plain };
        names.insert(&name.to_lowercase());
        let own_type = type_of(value);
        match seen.types.get(name).cloned() {
            None => {
                seen.types.insert(name, own_type);
                self.parameter_value(value, false)
            }
            Some(RawTtl::List) if matches!(own_type, RawTtl::List | RawTtl::Objects) => {
                self.parameter_value(value, false)
            }
            Some(RawTtl::Objects) if matches!(own_type, RawTtl::Objects) => {
                self.parameter_value(value, false)
            }
            Some(before) => match self.next_ttl(self.field, &before, value) {
                Ok(Some(RawTtl::Text(text))) => ParameterValue::String(text.as_ref().into()),
                Ok(Some(RawTtl::Bool)) => ParameterValue::Bool(value.boolean() == Some(true)),
                Ok(_) if value.list().is_some() => self.parameter_value(value, false),
                Ok(_) => ParameterValue::Number(value.raw().into()),
                Err(error) => {
                    self.problem(PolicyProblemKind::BadNumber(error.into()), value.span(), None);
                    ParameterValue::Null
                }
            },
        }
    }

    /// Reads a value of any type. An object that is not directly in a list becomes a list of one.
    pub(super) fn parameter_value(&mut self, value: Value<'t>, in_list: bool) -> ParameterValue {
        if let Some(elements) = value.list() {
            return ParameterValue::List(
                elements.map(|element| self.parameter_value(element, true)).collect(),
            );
        }
        if let Some(object) = value.object() {
            let mut members = Vec::new();
            let mut seen = Seen::default();
            each_entry(object, self.form, &mut |member| {
                let name = self.key_name(member.key);
                member.label.map(|label| self.key_name(label));
                let value = self.member_value(&name, &member, &mut seen);
                members.push((name.as_ref().into(), value));
            });
            if !seen.labelled.is_disjoint(&seen.plain) {
                self.wrong_type(self.field, ExpectedType::StringKey, GoNode::ObjectItem, value.span(), None);
            }
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

/// The members of an object of any type that have been read.
#[derive(Default)]
struct Seen<'t> {
    /// What the first value of a name was.
    types: NameMap<RawTtl<'t>>,
    /// The names in lower case of members with a label, and of those without.
    labelled: Names,
    plain: Names,
}

/// The values of a name that is given several times are put together. Names that differ in case only
/// replace each other, in an order that the server leaves to chance; here the last one stays.
fn merged(rules: Vec<ParameterRule>) -> Vec<ParameterRule> {
    if rules.len() < 2 || (rules.len() <= FEW_PARAMETERS && have_names_of_their_own(&rules)) {
        return rules;
    }
    let mut order: Vec<usize> = (0..rules.len()).collect();
    let lower: Vec<String> = rules.iter().map(|rule| parameter_name(&rule.name.value)).collect();
    order::sort_by(&mut order, &|one, other| lower.get(*one).cmp(&lower.get(*other)));
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
    order::sort_by(&mut kept, &|(one, _), (other, _)| one.cmp(other));
    kept.into_iter().map(|(_, rule)| rule).collect()
}

/// So many parameters of a block are compared pair by pair.
const FEW_PARAMETERS: usize = 8;

/// Whether no two names are the same but for case, as far as that is seen at once.
fn have_names_of_their_own(rules: &[ParameterRule]) -> bool {
    let mut rest = rules;
    while let [first, others @ ..] = rest {
        let name = &first.name.value;
        if !name.is_ascii() || others.iter().any(|other| other.name.value.eq_ignore_ascii_case(name)) {
            return false;
        }
        rest = others;
    }
    true
}

pub(super) fn of<'e, 't>(key: PathKey, given: &'e [Given<'t>]) -> impl Iterator<Item = &'e Entry<'t>> {
    given.iter().filter(move |(of, _)| *of == key).map(|(_, entry)| entry)
}

/// Whether the syntax has already been found wrong here.
pub(super) fn is_unreadable(value: Value<'_>) -> bool {
    matches!(value.kind(), NodeKind::Missing | NodeKind::Expression)
}
