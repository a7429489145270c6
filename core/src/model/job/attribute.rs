//! Attributes of blocks: values with the places that they were read from.

use crate::text::{Span, Spanned};

/// `name = value` in a block, or a member of a JSON object.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name as the document spells it.
    pub name: Spanned<String>,
    /// The whole attribute, name and value.
    pub span: Span,
    /// The value; underline [`Spanned::span`] for it.
    pub value: Spanned<AttributeValue>,
}

/// What an attribute holds, as far as the document alone tells.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    /// `true` or `false`.
    Bool(bool),
    /// A number with a fraction or an exponent, or one beyond 64 bits.
    Float(f64),
    /// An integer.
    Integer(i64),
    /// A list, each element with its place.
    List(Vec<Spanned<AttributeValue>>),
    /// Nothing is written there (yet).
    Missing,
    /// `null`.
    Null,
    /// An object or a block.
    Object,
    /// A string or a heredoc.
    Text(String),
    /// The value depends on something that the document does not hold; the text says on what.
    Unknown(String),
}

impl Attribute {
    /// The place of the value.
    pub fn value_span(&self) -> Span {
        self.value.span
    }

    /// The value of a string.
    pub fn text(&self) -> Option<&str> {
        self.value.value.text()
    }

    /// The value as an element list; a single value is no list.
    pub fn list(&self) -> Option<&[Spanned<AttributeValue>]> {
        match &self.value.value {
            AttributeValue::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The strings that the value names, each with its place: the elements of a list, or the one string.
    pub fn texts(&self) -> std::vec::IntoIter<(&str, Span)> {
        let mut texts = Vec::new();
        texts.extend(self.text().map(|text| (text, self.value_span())));
        for element in self.list().unwrap_or_default() {
            texts.extend(element.value.text().map(|text| (text, element.span)));
        }
        texts.into_iter()
    }

    /// The value of `true` and `false`, also where they are written as a string or as 0 and 1, which HCL's
    /// readers accept for a boolean (`strconv.ParseBool`).
    pub fn boolean(&self) -> Option<bool> {
        match &self.value.value {
            AttributeValue::Bool(value) => Some(*value),
            AttributeValue::Integer(number) => Some(*number != 0),
            AttributeValue::Text(text) => parse_bool(text),
            _ => None,
        }
    }

    /// Whether the value is there and wholly known.
    pub fn is_known(&self) -> bool {
        self.value.value.is_known()
    }
}

impl AttributeValue {
    /// The value of a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the value is there and wholly known.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Missing | Self::Unknown(_) => false,
            Self::List(elements) => elements.iter().all(|element| element.value.is_known()),
            _ => true,
        }
    }

    /// What the value is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Float(_) | Self::Integer(_) => "a number",
            Self::List(_) => "a list",
            Self::Missing => "nothing",
            Self::Null => "null",
            Self::Object => "an object",
            Self::Text(_) => "a string",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// What Go's `strconv.ParseBool` reads; the empty string is false for a weak decoder.
fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
