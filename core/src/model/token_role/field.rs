//! The values of a role's fields, read as the server reads them.

use thiserror::Error;

use super::go_type;
use crate::model::{DurationError, vault_duration_seconds};
use crate::syntax::{Item, NodeKind, Value};
use crate::text::Span;

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
    /// A value of another type.
    #[error("{place} expected type '{expected}', got unconvertible type '{found}'")]
    WrongType {
        /// The place inside the value: `''`, or `'[0]'` for a list's element.
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

pub(super) fn duration(item: Item<'_>) -> Field<i64> {
    field(item, |value| match value.kind() {
        NodeKind::String => Ok(vault_duration_seconds(&value.string().unwrap_or_default())?),
        NodeKind::Number | NodeKind::Float => Ok(vault_duration_seconds(value.raw())?),
        NodeKind::Null => Ok(0),
        _ => Err(FieldError::NotADuration),
    })
}

pub(super) fn boolean(item: Item<'_>) -> Field<bool> {
    field(item, |value| match value.kind() {
        NodeKind::Bool => Ok(value.boolean() == Some(true)),
        NodeKind::Null => Ok(false),
        NodeKind::Number => value.integer().map(|number| number != 0).ok_or(FieldError::NotAnInteger),
        NodeKind::String => match &*value.string().unwrap_or_default() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
            "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
            _ => Err(FieldError::NotABool),
        },
        kind => Err(wrong_type("bool", kind)),
    })
}

pub(super) fn integer(item: Item<'_>) -> Field<i64> {
    field(item, |value| match value.kind() {
        NodeKind::Number => value.integer().ok_or(FieldError::NotAnInteger),
        NodeKind::Null => Ok(0),
        NodeKind::String => value.string().unwrap_or_default().parse().map_err(|_| FieldError::NotAnInteger),
        NodeKind::Bool => Ok(i64::from(value.boolean() == Some(true))),
        NodeKind::Float => Err(FieldError::NotAnInteger),
        kind => Err(wrong_type("int", kind)),
    })
}

pub(super) fn text(item: Item<'_>) -> Field<String> {
    field(item, |value| match value.kind() {
        NodeKind::String => Ok(value.string().unwrap_or_default().into_owned()),
        NodeKind::Number | NodeKind::Float => Ok(value.raw().to_owned()),
        NodeKind::Bool => Ok(if value.boolean() == Some(true) { "1" } else { "0" }.to_owned()),
        NodeKind::Null => Err(FieldError::Null("token_type")),
        kind => Err(wrong_type("string", kind)),
    })
}

pub(super) fn policies(item: Item<'_>) -> Field<PolicyList> {
    field(item, |value| match value.list() {
        Some(elements) => {
            let names: Result<Vec<_>, _> = elements.filter_map(element).collect();
            Ok(PolicyList { names: names?, is_list: true })
        }
        None => match value.kind() {
            NodeKind::Object => Err(element_type(NodeKind::Object)),
            NodeKind::String => Ok(PolicyList { names: parts(value), is_list: false }),
            _ => Ok(PolicyList { names: scalar(value).into_iter().collect(), is_list: false }),
        },
    })
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

const fn element_type(kind: NodeKind) -> FieldError {
    FieldError::WrongType { place: "'[0]'", expected: "string", found: go_type(kind) }
}

fn element(value: Value<'_>) -> Option<Result<PolicyName, FieldError>> {
    match value.kind() {
        kind @ (NodeKind::List | NodeKind::Object) => Some(Err(element_type(kind))),
        _ => scalar(value).map(Ok),
    }
}

fn scalar(value: Value<'_>) -> Option<PolicyName> {
    let name = match value.kind() {
        NodeKind::String => value.string()?.trim().to_lowercase(),
        NodeKind::Number | NodeKind::Float => value.raw().to_owned(),
        NodeKind::Bool => if value.boolean() == Some(true) { "1" } else { "0" }.to_owned(),
        _ => return None,
    };
    (!name.is_empty()).then(|| PolicyName { name, span: value.span() })
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
