//! What two paths of rules have in common, and which of them comes first there.

use super::segments::{prefix_rank, segments_rank};
use crate::model::{PathPattern, PatternKind};

/// Whether `one` decides about a path that both match.
pub(crate) fn outranks(one: PathPattern<'_>, other: PathPattern<'_>) -> bool {
    rank(one) > rank(other)
}

fn rank(pattern: PathPattern<'_>) -> (bool, super::segments::Rank<'_>) {
    let text = pattern.text.as_bytes();
    match pattern.kind {
        PatternKind::Exact => (true, prefix_rank(text)),
        PatternKind::Prefix => (false, prefix_rank(text)),
        PatternKind::Segments => (false, segments_rank(text)),
    }
}

/// Whether `wide` matches every path that `narrow` matches.
pub(crate) fn covers(wide: PathPattern<'_>, narrow: PathPattern<'_>) -> bool {
    let (wide, narrow) = (Shape::new(wide), Shape::new(narrow));
    let (wide_count, narrow_count) = (wide.count(), narrow.count());
    let too_few = if wide.is_open { narrow_count < wide_count } else { narrow_count != wide_count };
    if too_few || narrow.is_open && !wide.is_open {
        return false;
    }
    let mut narrow_parts = narrow.parts();
    wide.parts().all(|part| match (part, narrow_parts.next()) {
        (Part::Any, Some(Part::Text(_) | Part::Any)) => true,
        (Part::Text(one), Some(Part::Text(other))) => one == other,
        (Part::Start(start), Some(Part::Text(text) | Part::Start(text))) => text.starts_with(start),
        (Part::Start(start), Some(Part::Any)) => start.is_empty(),
        _ => false,
    })
}

/// A path that both match, if there is one.
pub(crate) fn common_path(one: PathPattern<'_>, other: PathPattern<'_>) -> Option<String> {
    let (one, other) = (Shape::new(one), Shape::new(other));
    let (first, second) = (one.count(), other.count());
    let length = match (one.is_open, other.is_open) {
        (false, false) if first != second => return None,
        (false, true) if second > first => return None,
        (true, false) if first > second => return None,
        _ => first.max(second),
    };
    // Behind the end of an open one anything may follow.
    let parts = || {
        one.parts()
            .chain(std::iter::repeat(Part::Start("")))
            .take(length)
            .zip(other.parts().chain(std::iter::repeat(Part::Start(""))))
    };
    if !parts().all(|(one, other)| common_segment(one, other).is_some()) {
        return None;
    }
    let segments: Vec<&str> = parts().filter_map(|(one, other)| common_segment(one, other)).collect();
    Some(segments.join("/"))
}

fn common_segment<'t>(one: Part<'t>, other: Part<'t>) -> Option<&'t str> {
    let free = |start: &'t str| if start.is_empty() { "x" } else { start };
    Some(match (one, other) {
        (Part::Text(one), Part::Text(other)) if one == other => one,
        (Part::Text(text), Part::Start(start)) | (Part::Start(start), Part::Text(text))
            if text.starts_with(start) =>
        {
            text
        }
        (Part::Text(text), Part::Any) | (Part::Any, Part::Text(text)) => text,
        (Part::Start(one), Part::Start(other)) if one.starts_with(other) => free(one),
        (Part::Start(one), Part::Start(other)) if other.starts_with(one) => free(other),
        (Part::Start(start), Part::Any) | (Part::Any, Part::Start(start)) => free(start),
        (Part::Any, Part::Any) => "x",
        _ => return None,
    })
}

/// A path of a rule, segment by segment.
struct Shape<'t> {
    text: &'t str,
    has_wildcards: bool,
    is_open: bool,
}

/// What a segment must be.
#[derive(Clone, Copy)]
enum Part<'t> {
    Text(&'t str),
    Any,
    /// It starts with this, and anything may follow, further segments too.
    Start(&'t str),
}

impl<'t> Shape<'t> {
    fn new(pattern: PathPattern<'t>) -> Self {
        let has_wildcards = pattern.kind == PatternKind::Segments;
        let without_star = pattern.text.strip_suffix('*').filter(|_| has_wildcards);
        Self {
            text: without_star.unwrap_or(pattern.text),
            has_wildcards,
            is_open: pattern.kind == PatternKind::Prefix || without_star.is_some(),
        }
    }

    fn count(&self) -> usize {
        self.text.bytes().filter(|byte| *byte == b'/').count() + 1
    }

    fn parts(&self) -> impl Iterator<Item = Part<'t>> + use<'t> {
        let (has_wildcards, is_open, last) = (self.has_wildcards, self.is_open, self.count() - 1);
        self.text.split('/').enumerate().map(move |(place, segment)| match segment {
            _ if is_open && place == last => Part::Start(segment),
            "+" if has_wildcards => Part::Any,
            _ => Part::Text(segment),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern<'_> {
        PathPattern::new(text, true).unwrap()
    }

    #[test]
    fn paths_are_compared() {
        // The wide one, the narrow one, a common path, whether the first covers the second, and comes first.
        let table = [
            ("a/*", "a/b", Some("a/b"), true, false),
            ("a/*", "a/b/*", Some("a/b/x"), true, false),
            ("a/+", "a/b*", Some("a/b"), false, false),
            ("a/+/c", "a/b/*", Some("a/b/c"), false, false),
            ("a/+/*", "a/b/c*", Some("a/b/c"), true, false),
            ("a/+/c", "a/*", Some("a/x/c"), false, true),
            ("a/+", "a/+/b", None, false, false),
            ("a/b", "a/*", Some("a/b"), false, true),
            ("a*", "ab/+/c", Some("ab/x/c"), true, false),
            ("+/x", "b/y", None, false, false),
            ("*", "+", Some("x"), true, false),
            ("a/+", "a/+", Some("a/x"), true, false),
        ];
        for (one, other, common, is_covered, is_first) in table {
            let (one, other) = (pattern(one), pattern(other));
            assert_eq!(common_path(one, other).as_deref(), common, "{one} {other}");
            assert_eq!(covers(one, other), is_covered, "{one} {other}");
            assert_eq!(outranks(one, other), is_first, "{one} {other}");
        }
    }
}
