//! The places that a text is about, cut out of their documents.

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::excerpt::Excerpt;
use super::visible::visible;
use crate::diagnostic::Related;
use crate::model::Bundle;
use crate::text::{Document, DocumentId, Span};

/// An excerpt with what is marked in it.
pub(super) struct Place<'a> {
    document: &'a Document,
    span: Span,
    excerpt: Excerpt,
    marks: Vec<(AnnotationKind, Span, &'a str)>,
}

/// A text to mark; the first of several is the one that all is about.
#[derive(Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) document: DocumentId,
    pub(super) span: Span,
    pub(super) label: &'a str,
}

impl<'a> From<&'a Related> for Mark<'a> {
    fn from(related: &'a Related) -> Self {
        Self { document: related.document, span: related.span, label: &related.message }
    }
}

/// How many lines may lie between two marks that are shown together, if none of them is the first mark.
const NEAR_LINES: u32 = 3;

/// The excerpts that show the marks; what is near the first one, or next to the one before, is shown with it.
pub(super) fn places<'a>(bundle: &'a Bundle, marks: &[Mark<'a>]) -> Vec<Place<'a>> {
    let mut places: Vec<(DocumentId, Place<'a>)> = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let (span, label) = (mark.span, mark.label);
        let Some(document) = bundle.document(mark.document) else { continue };
        if let Some((first_id, first)) = places.first_mut()
            && *first_id == mark.document
            && first.include(span)
        {
            first.marks.push((kind, span, label));
            continue;
        }
        if let Some((last_id, last)) = places.last_mut()
            && *last_id == mark.document
            && last.is_near(span)
            && last.include(span)
        {
            last.marks.push((kind, span, label));
            continue;
        }
        let excerpt = Excerpt::around(document, span);
        places.push((mark.document, Place { document, span, excerpt, marks: vec![(kind, span, label)] }));
    }
    places.into_iter().map(|(_, place)| place).collect()
}

impl<'a> Place<'a> {
    fn is_near(&self, span: Span) -> bool {
        let line = |span: Span| self.document.line_column(span.start).line;
        line(self.span).abs_diff(line(span)) <= NEAR_LINES
    }

    /// Makes the excerpt show `span` too, if that is possible without cutting.
    fn include(&mut self, span: Span) -> bool {
        if self.excerpt.shows(span) {
            return true;
        }
        let all = self.marks.iter().fold(span, |all, (_, span, _)| all.to(*span));
        let excerpt = Excerpt::around(self.document, all);
        let shows_all = excerpt.shows(all);
        if shows_all {
            self.excerpt = excerpt;
        }
        shows_all
    }

    pub(super) fn snippet(&'a self) -> Snippet<'a, Annotation<'a>> {
        let marks = self.marks.iter().map(|(kind, span, label)| {
            let annotation = kind.span(self.excerpt.range_of(*span));
            if label.is_empty() { annotation } else { annotation.label(visible(label)) }
        });
        Snippet::source(&self.excerpt.text)
            .path(visible(self.document.name()))
            .line_start(self.excerpt.first_line)
            .annotations(marks)
    }

    /// Where a line was cut, the renderer counts columns from the cut: writes the document's own.
    pub(super) fn correct_column(&self, shown: &mut String) {
        if let Some(column) = self.excerpt.shifted_column(self.span.start) {
            let place = self.document.line_column(self.span.start);
            let line = format!("{}:{}:", visible(self.document.name()), place.line);
            *shown = shown.replacen(&format!("{line}{column}"), &format!("{line}{}", place.column), 1);
        }
    }
}
