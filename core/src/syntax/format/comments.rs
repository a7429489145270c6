//! The comments of a text, taken one after the other.

use crate::text::Span;

/// The comments that are not written yet.
pub(super) struct Comments<'t> {
    text: &'t str,
    all: &'t [Span],
    rest: &'t [Span],
}

impl<'t> Comments<'t> {
    pub(super) fn new(text: &'t str, all: &'t [Span]) -> Self {
        Self { text, all, rest: all }
    }

    /// Whether one stands before this place.
    pub(super) fn has_before(&self, place: u32) -> bool {
        self.rest.first().is_some_and(|comment| comment.start < place)
    }

    /// Whether one stands in this range.
    pub(super) fn are_in(&self, span: Span) -> bool {
        let first = self.all.partition_point(|comment| comment.start < span.start);
        self.all.get(first).is_some_and(|comment| comment.start < span.end)
    }

    /// The next one, if it stands before this place.
    pub(super) fn next_before(&mut self, place: u32) -> Option<Span> {
        let (first, rest) = self.rest.split_first().filter(|(first, _)| first.start < place)?;
        self.rest = rest;
        Some(*first)
    }

    /// The next one, if it stands before `limit` and nothing but blanks and commas is between `end` and it.
    pub(super) fn next_on_line(&mut self, end: u32, limit: u32) -> Option<Span> {
        let first = self.rest.first()?;
        let between = Span::new(end, first.start).of(self.text);
        let is_on_line =
            first.start >= end && between.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b','));
        if is_on_line { self.next_before(limit) } else { None }
    }
}
