//! Cutting out of a document what is shown of it.

use std::borrow::Cow;
use std::ops::Range;

use super::visible::visible_lines;
use crate::text::{Document, Span};

/// The most bytes that are cut out; text that needs more is shown in part.
const MAX_BYTES: usize = 2_000;
/// How much is shown before and after a place in a line that is too long, in bytes.
const CONTEXT_BYTES: usize = 60;
/// The most bytes of such a place itself.
const MAX_PLACE_BYTES: usize = 120;
/// Stands where a line is cut.
const CUT: &str = "…";

/// A few lines, or a part of a line, of a document.
pub(super) struct Excerpt {
    /// The text, safe to print.
    pub(super) text: String,
    /// The number of its first line, from 1.
    pub(super) first_line: usize,
    /// The part of the document that it shows.
    shown: Span,
    /// How many bytes of `text` come before the shown part.
    offset: usize,
    /// What was cut out, as it is in the document.
    original: String,
}

impl Excerpt {
    /// The whole lines around `span` where they are short enough, else its first line or a part of that.
    pub(super) fn around(document: &Document, span: Span) -> Self {
        let text = document.text();
        let lines = Span::new(start_of_line(text, span.start), end_of_line(text, span.end));
        if lines.len() as usize <= MAX_BYTES {
            return Self::cut(document, lines, false);
        }
        let line = Span::new(lines.start, end_of_line(text, span.start));
        if line.len() as usize <= MAX_BYTES {
            return Self::cut(document, line, false);
        }
        let before = (span.start as usize).saturating_sub(CONTEXT_BYTES);
        let place_end = (span.end as usize).min(span.start as usize + MAX_PLACE_BYTES);
        let start = text.ceil_char_boundary(before).max(line.start as usize);
        let end = text.floor_char_boundary(place_end + CONTEXT_BYTES).min(line.end as usize);
        Self::cut(document, Span::new(start as u32, end as u32), true)
    }

    fn cut(document: &Document, shown: Span, is_part: bool) -> Self {
        let original = shown.of(document.text());
        let cut = if is_part { CUT } else { "" };
        let visible: Cow<'_, str> = visible_lines(original);
        Self {
            text: format!("{cut}{visible}{cut}"),
            first_line: document.line_column(shown.start).line as usize,
            shown,
            offset: cut.len(),
            original: original.to_owned(),
        }
    }

    /// The column of an offset in the shown text, if a cut makes it another than in the document.
    pub(super) fn shifted_column(&self, offset: u32) -> Option<usize> {
        let before = self.text.get(..self.place_of(offset))?;
        (self.offset > 0).then(|| before.chars().count() + 1)
    }

    /// Whether `span` is shown as a whole.
    pub(super) fn shows(&self, span: Span) -> bool {
        self.shown.contains(span)
    }

    /// Where `span` is in [`Excerpt::text`], without what is not shown of it.
    pub(super) fn range_of(&self, span: Span) -> Range<usize> {
        let start = self.place_of(span.start);
        start..self.place_of(span.end).max(start)
    }

    fn place_of(&self, offset: u32) -> usize {
        let inside = offset.clamp(self.shown.start, self.shown.end) - self.shown.start;
        // Characters made visible may take more bytes.
        let before = self.original.get(..inside as usize).map_or(0, |before| visible_lines(before).len());
        self.offset + before
    }
}

/// The start of the line at `offset`, or a place further away than what can be shown.
fn start_of_line(text: &str, offset: u32) -> u32 {
    let far = (offset as usize).saturating_sub(MAX_BYTES + 1);
    let before = text.as_bytes().get(far..offset as usize).unwrap_or_default();
    before.iter().rposition(is_line_end).map_or(far, |line_end| far + line_end + 1) as u32
}

/// The end of the line at `offset`, or a place further away than what can be shown.
fn end_of_line(text: &str, offset: u32) -> u32 {
    let far = text.len().min(offset as usize + MAX_BYTES + 1);
    let after = text.as_bytes().get(offset as usize..far).unwrap_or_default();
    offset + after.iter().position(is_line_end).unwrap_or(after.len()) as u32
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::DocumentKind;

    /// The excerpt, and what is marked in it.
    fn excerpt(text: &str, span: Span) -> (Excerpt, String) {
        let document = Document::new("x", DocumentKind::Policy, text);
        let excerpt = Excerpt::around(&document, span);
        let marked = excerpt.text.get(excerpt.range_of(span)).unwrap().to_owned();
        (excerpt, marked)
    }

    #[test]
    fn whole_lines_are_shown_where_they_are_short() {
        let (excerpt, marked) = excerpt("one\r\ntwo three\r\nfour", Span::new(9, 14));
        assert_eq!((excerpt.text.as_str(), excerpt.first_line), ("two three", 2));
        assert_eq!(marked, "three");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}HERE{}", "é".repeat(500_000), "b".repeat(500_000));
        let (excerpt, marked) = excerpt(&text, Span::new(1_000_000, 1_000_004));
        assert_eq!(marked, "HERE");
        assert!(excerpt.text.len() < 300 && excerpt.text.starts_with("…é"));
    }

    #[test]
    fn a_long_place_is_shown_in_part() {
        let text = format!("first {{\n{}}}\n", "line\n".repeat(100_000));
        let (excerpt, marked) = excerpt(&text, Span::new(6, text.len() as u32 - 1));
        assert_eq!((excerpt.text.as_str(), marked), ("first {", "{".to_owned()));
    }

    #[test]
    fn ranges_follow_what_is_made_visible() {
        let (excerpt, marked) = excerpt("\u{1b}[31m bad", Span::new(6, 9));
        assert_eq!((excerpt.text.as_str(), marked), ("␛[31m bad", "bad".to_owned()));
    }
}
