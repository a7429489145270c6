//! The meaning of strings, heredocs and numbers.

use std::borrow::Cow;

use super::Dialect;

/// Decodes what stands between the quotes of a string.
pub(super) fn string(inner: &str, _dialect: Dialect) -> Cow<'_, str> {
    Cow::Borrowed(inner)
}

/// Decodes a heredoc, from `<<` to its end marker.
pub(super) fn heredoc(raw: &str, _dialect: Dialect) -> Cow<'_, str> {
    Cow::Borrowed(raw)
}

/// Reads an integer.
pub(super) fn integer(raw: &str, _dialect: Dialect) -> Option<i64> {
    raw.parse().ok()
}
