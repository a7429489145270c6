//! The values that a policy compares a request's parameters with.

use crate::text::{Spanned, order};

/// A value of a request's parameter, or one that a policy lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written. No number ever equals another: the server compares JSON's with Go's.
    Number(Box<str>),
    /// A text. In a policy a `*` at either end stands for any text.
    String(Box<str>),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(Box<str>, Self)>),
}

impl ParameterValue {
    /// Whether a request's value is the one that a policy lists as `self`.
    pub fn matches(&self, given: &Self) -> bool {
        match (self, given) {
            (Self::String(pattern), Self::String(text)) => globbed_match(pattern, text),
            _ => self.equals(given),
        }
    }

    /// Deep equality as the server has it: texts byte by byte, numbers never.
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::String(one), Self::String(two)) => one == two,
            (Self::List(one), Self::List(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.equals(two))
            }
            (Self::Object(one), Self::Object(two)) => objects_equal(one, two),
            _ => false,
        }
    }
}

fn objects_equal(one: &[(Box<str>, ParameterValue)], two: &[(Box<str>, ParameterValue)]) -> bool {
    let sorted = |members: &[(Box<str>, ParameterValue)]| {
        let mut order: Vec<usize> = (0..members.len()).collect();
        order::sort_by(&mut order, &|one, other| {
            members.get(*one).map(|(name, _)| name).cmp(&members.get(*other).map(|(name, _)| name))
        });
        order
    };
    one.len() == two.len()
        && sorted(one).into_iter().zip(sorted(two)).all(|(first, second)| {
            match (one.get(first), two.get(second)) {
                (Some((name, value)), Some((other_name, other))) => name == other_name && value.equals(other),
                _ => false,
            }
        })
}

/// One star at the start and one at the end stand for any text; a lone `*` is itself.
fn globbed_match(pattern: &str, text: &str) -> bool {
    if pattern.len() < 2 {
        return pattern == text;
    }
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), Some(_)) => text.contains(rest.strip_suffix('*').unwrap_or(rest)),
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => pattern == text,
    }
}

/// A parameter of `allowed_parameters` or `denied_parameters`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterRule {
    /// The name as it is written; case does not count.
    pub name: Spanned<String>,
    /// The values; an empty list is any value.
    pub values: Vec<Spanned<ParameterValue>>,
}

/// A name in lower case, as parameters are compared.
pub fn parameter_name(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> ParameterValue {
        ParameterValue::String(text.into())
    }

    #[test]
    fn values_match_as_the_server_compares_them() {
        let table = [
            ("a*", "abc", true),
            ("*z", "xz", true),
            ("*m*", "xmx", true),
            ("a*b", "axb", false),
            ("a*b", "a*b", true),
            ("*", "a", false),
            ("**", "a", true),
        ];
        for (pattern, given, expected) in table {
            assert_eq!(text(pattern).matches(&text(given)), expected, "{pattern} {given}");
        }
        let number = ParameterValue::Number("1".into());
        assert!(!number.matches(&number) && ParameterValue::Null.matches(&ParameterValue::Null));
        let list = ParameterValue::List(vec![text("a*")]);
        assert!(list.matches(&list) && !list.matches(&ParameterValue::List(vec![text("ab")])));
    }
}
