//! From a block's label to what paths it is about.

use std::fmt;

/// Which paths a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternKind {
    /// One path.
    Exact,
    /// Every path that starts so.
    Prefix,
    /// Paths of which a whole segment `+` is any segment; a final `*` is any rest.
    Segments,
}

/// Whether a short text holds a byte. There is no early end, so that many bytes are compared at once.
pub(crate) fn holds(text: &str, byte: u8) -> bool {
    text.bytes().fold(false, |found, other| found | (other == byte))
}

impl PatternKind {
    /// What a label's paths are.
    pub(super) fn of(label: &str, segment_wildcards: bool) -> Result<Self, ForbiddenWildcard> {
        // Most labels hold no `+`.
        if segment_wildcards && holds(label, b'+') {
            let path = label.strip_prefix('/').unwrap_or(label);
            if path.contains("+*") {
                return Err(ForbiddenWildcard);
            }
            if path == "+" || path.contains("/+") || path.starts_with("+/") {
                return Ok(Self::Segments);
            }
        }
        Ok(if label.ends_with('*') { Self::Prefix } else { Self::Exact })
    }
}

/// A label, normalised as the server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathPattern<'t> {
    /// Which paths it is about.
    pub kind: PatternKind,
    /// The path; a prefix without its `*`, segments with theirs.
    pub text: &'t str,
}

/// `+*` stands in the label, which the server refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForbiddenWildcard;

impl<'t> PathPattern<'t> {
    /// Normalises a label: one leading `/` goes, and wildcards are told. Nothing else changes.
    ///
    /// # Errors
    /// When the label holds `+*` and the server knows `+`.
    pub fn new(label: &'t str, segment_wildcards: bool) -> Result<Self, ForbiddenWildcard> {
        Ok(Self::of_kind(label, PatternKind::of(label, segment_wildcards)?))
    }

    /// The pattern of a label whose kind is known.
    pub(super) fn of_kind(label: &'t str, kind: PatternKind) -> Self {
        let path = label.strip_prefix('/').unwrap_or(label);
        let text = if kind == PatternKind::Prefix { path.strip_suffix('*').unwrap_or(path) } else { path };
        Self { kind, text }
    }
}

impl fmt::Display for PathPattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.kind == PatternKind::Prefix { "*" } else { "" };
        write!(f, "{}{star}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_normalised() {
        use PatternKind::{Exact, Prefix, Segments};
        let table = [
            ("/a", Exact, "a"),
            ("//a", Exact, "/a"),
            ("", Exact, ""),
            ("/", Exact, ""),
            ("a/*", Prefix, "a/"),
            ("a**", Prefix, "a*"),
            ("a/*/b", Exact, "a/*/b"),
            ("+", Segments, "+"),
            ("/+/x*", Segments, "+/x*"),
            ("a/+b", Segments, "a/+b"),
            ("a+b", Exact, "a+b"),
            ("+a/b*", Prefix, "+a/b"),
        ];
        for (label, kind, text) in table {
            assert_eq!(PathPattern::new(label, true), Ok(PathPattern { kind, text }), "{label}");
        }
        assert_eq!(PathPattern::new("a+*b", true), Err(ForbiddenWildcard));
        let old = PathPattern { kind: Prefix, text: "a/+" };
        assert_eq!(PathPattern::new("a/+*", false), Ok(old));
    }
}
