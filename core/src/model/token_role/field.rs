//! The values of a role's fields, read as the server reads them.

use std::fmt;

use thiserror::Error;

use super::go_type;
use crate::model::go::{IntegerError, go_integer};
use crate::model::{DurationError, vault_duration_seconds};
use crate::syntax::{Item, NodeKind, Object, Value};
use crate::text::{
    Span,
    order::{self, NameMap},
};

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<T> {
    /// The key, quotes included.
    pub key: Span,
    /// From the key to the end of the value.
    pub span: Span,
    /// The value.
    pub value_span: Span,
    /// How the value is written.
    pub kind: NodeKind,
    /// The value as the server takes it, or why it does not.
    pub read: Result<T, FieldError>,
}

impl<T> Field<T> {
    /// The value, unless the server refuses it.
    pub fn value(&self) -> Option<&T> {
        self.read.as_ref().ok()
    }

    /// Why the server refuses the value.
    pub fn error(&self) -> Option<&FieldError> {
        self.read.as_ref().err()
    }
}

/// Why the server refuses a value; printed with its own words.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldError {
    /// A text or number that is no duration.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// A truth value, list or object in place of a duration.
    #[error("could not parse duration from input")]
    NotADuration,
    /// A text that Go's `ParseBool` does not know.
    #[error("'' cannot parse value as 'bool': strconv.ParseBool: invalid syntax")]
    NotABool,
    /// A text or fraction in place of an integer.
    #[error("'' cannot parse value as 'int': strconv.ParseInt: invalid syntax")]
    NotAnInteger,
    /// An integer of more than 64 bits.
    #[error("'' cannot parse value as 'int': strconv.ParseInt: value out of range")]
    IntegerOutOfRange,
    /// Elements that are no text, of a list that may be text with commas; each with the server's words.
    #[error("{} error(s) decoding:\n\n{}", .0.len(), .0.join("\n"))]
    Elements(Vec<String>),
    /// Elements that are no text, of a list that may not; each with the server's words.
    #[error("decoding failed due to the following error(s):\n\n{}", .0.join("\n"))]
    NameElements(Vec<String>),
    /// An element of the list form of a map that has no `=`.
    #[error("invalid key pair at index {index} in field {field:?}")]
    NotAPair {
        /// The element's place, from 0.
        index: usize,
        /// The field.
        field: &'static str,
    },
    /// A value of another type.
    #[error("{place} expected type '{expected}', got unconvertible type '{found}'")]
    WrongType {
        /// The place inside the value: `''`.
        place: &'static str,
        /// The type that the field has.
        expected: &'static str,
        /// The type that the value has.
        found: &'static str,
    },
    /// `null` where a text must be.
    #[error("Invalid '{0}' value: null")]
    Null(&'static str),
}

/// A list of names, as text with commas or as a JSON list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyList {
    /// The names, in the order of the text; empty ones are left out.
    pub names: Vec<PolicyName>,
    /// All elements before the server looks at what they mean: trimmed, with empty ones, in their own case.
    pub elements: Vec<String>,
    /// Whether it is a JSON list.
    pub is_list: bool,
}

impl PolicyList {
    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// One name of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyName {
    /// As the server stores it: trimmed, in lower case.
    pub name: String,
    /// The exact text of the name: a part of a text with commas, or a list's element with its quotes.
    pub span: Span,
}

pub(in crate::model) fn duration(item: Item<'_>) -> Field<i64> {
    field(item, |value| match value.kind() {
        NodeKind::String => Ok(vault_duration_seconds(&value.string().unwrap_or_default())?),
        NodeKind::Number | NodeKind::Float => Ok(vault_duration_seconds(value.raw())?),
        NodeKind::Null => Ok(0),
        _ => Err(FieldError::NotADuration),
    })
}

/// The server takes JSON's numbers for texts.
pub(in crate::model) fn boolean(item: Item<'_>) -> Field<bool> {
    field(item, |value| match value.kind() {
        NodeKind::Bool => Ok(value.boolean() == Some(true)),
        NodeKind::Null => Ok(false),
        NodeKind::Number | NodeKind::Float => go_bool(value.raw()),
        NodeKind::String => match &*value.string().unwrap_or_default() {
            "" => Ok(false),
            text => go_bool(text),
        },
        kind => Err(wrong_type("bool", kind)),
    })
}

pub(in crate::model) fn integer(item: Item<'_>) -> Field<i64> {
    field(item, |value| match value.kind() {
        NodeKind::Number | NodeKind::Float => int(value.raw()),
        NodeKind::Null => Ok(0),
        NodeKind::String => match &*value.string().unwrap_or_default() {
            "" => Ok(0),
            text => int(text),
        },
        NodeKind::Bool => Ok(i64::from(value.boolean() == Some(true))),
        kind => Err(wrong_type("int", kind)),
    })
}

pub(in crate::model) fn text(item: Item<'_>) -> Field<String> {
    field(item, |value| match value.kind() {
        kind @ (NodeKind::List | NodeKind::Object) => Err(wrong_type("string", kind)),
        _ => Ok(scalar_text(value)),
    })
}

/// Only this field of a role refuses `null`.
pub(super) fn token_type(item: Item<'_>) -> Field<String> {
    let read = text(item);
    match read.kind {
        NodeKind::Null => Field { read: Err(FieldError::Null("token_type")), ..read },
        _ => read,
    }
}

/// A list of names; a text is split at its commas.
pub(in crate::model) fn policies(item: Item<'_>) -> Field<PolicyList> {
    field(item, |value| match value.kind() {
        NodeKind::String => Ok(PolicyList {
            names: parts(value),
            elements: split(&value.string().unwrap_or_default()),
            is_list: false,
        }),
        _ => Ok(list_of(value, texts(value).map_err(elements_error)?)),
    })
}

/// A list of names; a text is one name.
pub(in crate::model) fn names(item: Item<'_>) -> Field<PolicyList> {
    field(item, |value| Ok(list_of(value, texts(value).map_err(name_elements_error)?)))
}

/// Names and values: an object, a list of objects, or a list of `name=value`. `null` is none at all.
pub(in crate::model) fn pairs(item: Item<'_>, name: &'static str) -> Field<Option<Vec<(String, String)>>> {
    field(item, |value| {
        if let Some(pairs) = object_pairs(value) {
            return Ok(pairs.map(|pairs| in_order(&pairs)));
        }
        let mut pairs = NameMap::default();
        for (index, (text, _)) in texts(value).map_err(name_elements_error)?.iter().enumerate() {
            match text.split_once('=') {
                Some((key, value)) if !key.is_empty() => pairs.insert(key, value.to_owned()),
                _ => return Err(FieldError::NotAPair { index, field: name }),
            };
        }
        Ok(Some(in_order(&pairs)))
    })
}

/// The members of an object, or of all objects of a list; `None` where something else is among them.
fn object_pairs(value: Value<'_>) -> Option<Option<NameMap<String>>> {
    if value.kind() == NodeKind::Null {
        return Some(None);
    }
    if let Some(elements) = value.list() {
        let mut all = if elements.clone().next().is_none() { Some(NameMap::default()) } else { None };
        for element in elements {
            if element.list().is_some() {
                return None;
            }
            if let Some(pairs) = object_pairs(element)? {
                let all = all.get_or_insert_default();
                pairs.in_order().for_each(|(name, value)| drop(all.insert(name, value.clone())));
            }
        }
        return Some(all);
    }
    let mut pairs = NameMap::default();
    for item in value.object()?.items() {
        if matches!(item.value().kind(), NodeKind::List | NodeKind::Object) {
            return None;
        }
        pairs.insert(&item.key().name(), scalar_text(item.value()));
    }
    Some(Some(pairs))
}

fn in_order(pairs: &NameMap<String>) -> Vec<(String, String)> {
    pairs.in_order().map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

fn field<T>(item: Item<'_>, read: impl FnOnce(Value<'_>) -> Result<T, FieldError>) -> Field<T> {
    let value = item.value();
    Field {
        key: item.key().span(),
        span: item.span(),
        value_span: value.span(),
        kind: value.kind(),
        read: read(value),
    }
}

const fn wrong_type(expected: &'static str, kind: NodeKind) -> FieldError {
    FieldError::WrongType { place: "''", expected, found: go_type(kind) }
}

/// Go's `strconv.ParseBool`.
fn go_bool(text: &str) -> Result<bool, FieldError> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(FieldError::NotABool),
    }
}

fn int(text: &str) -> Result<i64, FieldError> {
    go_integer(text).map_err(|error| match error {
        IntegerError::Syntax => FieldError::NotAnInteger,
        IntegerError::Range => FieldError::IntegerOutOfRange,
    })
}

/// A list's elements as texts; anything else is a list of one, nothing and an empty object are none. An error
/// holds the elements that are lists or objects, with their places.
fn texts<'t>(value: Value<'t>) -> Result<Vec<(String, Span)>, Vec<Nested<'t>>> {
    let elements: Vec<Value<'_>> = match (value.list(), value.kind()) {
        (Some(elements), _) => elements.collect(),
        (None, NodeKind::Null) => Vec::new(),
        (None, NodeKind::Object) if value.object().is_some_and(Object::is_empty) => Vec::new(),
        (None, _) => vec![value],
    };
    let is_nested = |value: Value<'_>| matches!(value.kind(), NodeKind::List | NodeKind::Object);
    let places = elements.iter().copied().enumerate().filter(|(_, element)| is_nested(*element));
    let nested: Vec<_> = places.map(|(index, value)| Nested { index, value }).collect();
    if !nested.is_empty() {
        return Err(nested);
    }
    Ok(elements.into_iter().map(|element| (scalar_text(element), element.span())).collect())
}

fn list_of(value: Value<'_>, texts: Vec<(String, Span)>) -> PolicyList {
    let mut list = PolicyList { is_list: value.list().is_some(), ..PolicyList::default() };
    // A text without a character is no list of one.
    if value.kind() == NodeKind::String && texts.iter().all(|(text, _)| text.is_empty()) {
        return list;
    }
    for (text, span) in texts {
        let text = text.trim();
        if !text.is_empty() {
            list.names.push(PolicyName { name: text.to_lowercase(), span });
        }
        list.elements.push(text.to_owned());
    }
    list
}

/// A list or an object where a text must be, and its place among the elements.
struct Nested<'t> {
    index: usize,
    value: Value<'t>,
}

impl fmt::Display for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, found) = (self.index, go_type(self.value.kind()));
        write!(f, "'[{index}]' expected type 'string', got unconvertible type '{found}'")
    }
}

fn elements_error(nested: Vec<Nested<'_>>) -> FieldError {
    let text = |nested: Nested<'_>| format!("* {nested}, value: '{}'", GoValue(nested.value));
    let mut texts: Vec<String> = nested.into_iter().map(text).collect();
    // This reader sorts its lines, the other one does not.
    order::sort(&mut texts);
    FieldError::Elements(texts)
}

fn name_elements_error(nested: Vec<Nested<'_>>) -> FieldError {
    FieldError::NameElements(nested.iter().map(ToString::to_string).collect())
}

/// A scalar as the server makes a text of it.
fn scalar_text(value: Value<'_>) -> String {
    match value.kind() {
        NodeKind::String => value.string().unwrap_or_default().into_owned(),
        NodeKind::Bool => if value.boolean() == Some(true) { "1" } else { "0" }.to_owned(),
        NodeKind::Null => String::new(),
        _ => value.raw().to_owned(),
    }
}

fn split(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split(',').map(|part| part.trim().to_owned()).collect()
}

/// A value as Go's `%v` prints it.
struct GoValue<'t>(Value<'t>);

impl fmt::Display for GoValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0;
        if let Some(object) = value.object() {
            let mut members = NameMap::default();
            for item in object.items() {
                members.insert(&item.key().name(), item.value());
            }
            let parts: Vec<String> =
                members.in_order().map(|(name, value)| format!("{name}:{}", Self(*value))).collect();
            return write!(f, "map[{}]", parts.join(" "));
        }
        if let Some(elements) = value.list() {
            let parts: Vec<String> = elements.map(|element| Self(element).to_string()).collect();
            return write!(f, "[{}]", parts.join(" "));
        }
        match value.kind() {
            NodeKind::Null => f.write_str("<nil>"),
            NodeKind::String => f.write_str(&value.string().unwrap_or_default()),
            _ => f.write_str(value.raw()),
        }
    }
}

/// The parts of a text with commas.
fn parts(value: Value<'_>) -> Vec<PolicyName> {
    let text = value.string().unwrap_or_default();
    let inner = value.inner_span();
    // With an escape before it, a part's place in the text is not its place in the value.
    let is_verbatim = inner.len() as usize == text.len();
    let mut offset = inner.start;
    let mut names = Vec::new();
    for part in text.split(',') {
        let trimmed = part.trim();
        let blanks = (part.len() - part.trim_start().len()) as u32;
        let place = Span::new(offset + blanks, offset + blanks + trimmed.len() as u32);
        offset += part.len() as u32 + 1;
        if !trimmed.is_empty() {
            let span = if is_verbatim { place } else { value.span() };
            names.push(PolicyName { name: trimmed.to_lowercase(), span });
        }
    }
    names
}
