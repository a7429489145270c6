//! Findings for people, with the text that they are about.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::excerpt::Excerpt;
use super::visible::{visible, visible_lines};
use super::{RenderOptions, omissions};
use crate::check::Report;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Bundle;
use crate::text::{Applicability, Document, DocumentId, Edit, Fix, Span};

/// The longest replacement that is shown; a longer one is only named.
const MAX_PATCH_BYTES: usize = 2_000;

pub(super) fn render(bundle: &Bundle, report: &Report, options: RenderOptions) -> String {
    let renderer = if options.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(options.width).decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for finding in &report.diagnostics {
        let places = places(bundle, finding);
        let mut shown = renderer.render(&groups(bundle, finding, &places));
        for place in &places {
            place.correct_column(&mut shown);
        }
        text.push_str(&shown);
        text.push_str("\n\n");
    }
    for (document, omission) in omissions(bundle, report) {
        let title = format!("{}: {omission}", visible(document));
        text.push_str(&renderer.render(&[Group::with_title(Level::NOTE.primary_title(title))]));
        text.push_str("\n\n");
    }
    text
}

fn groups<'a>(bundle: &'a Bundle, finding: &'a Diagnostic, places: &'a [Place<'a>]) -> Vec<Group<'a>> {
    let title = level(finding.severity).primary_title(visible(&finding.message)).id(finding.code);
    let mut group = Group::with_title(title);
    for place in places {
        group = group.element(place.snippet());
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(visible_lines(help)));
    }
    let explain = format!("run `nomad-vault explain {}` for more on {}", finding.code, finding.name);
    group = group.element(Level::NOTE.message(explain));
    let fix = finding.fix.as_ref().map(|fix| fix_group(bundle, fix));
    std::iter::once(group).chain(fix).collect()
}

const fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}

/// An excerpt with what is marked in it.
struct Place<'a> {
    document: &'a Document,
    span: Span,
    excerpt: Excerpt,
    marks: Vec<(AnnotationKind, Span, &'a str)>,
}

/// The place of the finding and those that explain it; what is near is shown together.
fn places<'a>(bundle: &'a Bundle, finding: &'a Diagnostic) -> Vec<Place<'a>> {
    let primary = (finding.document, finding.span, AnnotationKind::Primary, "");
    let related = finding
        .related
        .iter()
        .map(|related| (related.document, related.span, AnnotationKind::Context, related.message.as_str()));
    let mut places: Vec<(DocumentId, Place<'a>)> = Vec::new();
    for (id, span, kind, label) in std::iter::once(primary).chain(related) {
        let Some(document) = bundle.document(id) else { continue };
        if let Some((first_id, first)) = places.first_mut()
            && *first_id == id
            && first.include(span)
        {
            first.marks.push((kind, span, label));
            continue;
        }
        let excerpt = Excerpt::around(document, span);
        places.push((id, Place { document, span, excerpt, marks: vec![(kind, span, label)] }));
    }
    places.into_iter().map(|(_, place)| place).collect()
}

impl<'a> Place<'a> {
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

    fn snippet(&'a self) -> Snippet<'a, Annotation<'a>> {
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
    fn correct_column(&self, shown: &mut String) {
        if let Some(column) = self.excerpt.shifted_column(self.span.start) {
            let place = self.document.line_column(self.span.start);
            let line = format!("{}:{}:", visible(self.document.name()), place.line);
            *shown = shown.replacen(&format!("{line}{column}"), &format!("{line}{}", place.column), 1);
        }
    }
}

fn fix_group<'a>(bundle: &'a Bundle, fix: &'a Fix) -> Group<'a> {
    let trust = match fix.applicability {
        Applicability::Safe => "safe fix, applied by `--fix`",
        Applicability::Unsafe => "unsafe fix, applied by `--fix --unsafe-fixes`",
        Applicability::DisplayOnly => "suggestion, never applied by itself",
    };
    let title = Level::HELP.secondary_title(format!("{} ({trust})", visible(&fix.title)));
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| (edit.document, edit.span));
    let group = Group::with_title(title);
    let documents = edits.chunk_by(|a, b| a.document == b.document);
    group.elements(documents.filter_map(|edits| patches(bundle, edits)))
}

/// The edits of one document, unless they are too large or too far apart to be shown.
fn patches<'a>(bundle: &'a Bundle, edits: &[&'a Edit]) -> Option<Snippet<'a, Patch<'a>>> {
    let first = edits.first()?;
    let document = bundle.document(first.document)?;
    let all = edits.iter().fold(first.span, |all, edit| all.to(edit.span));
    let excerpt = Excerpt::around(document, all);
    let length: usize = edits.iter().map(|edit| edit.text.len()).sum();
    if !excerpt.shows(all) || length > MAX_PATCH_BYTES {
        return None;
    }
    let patches: Vec<Patch<'a>> =
        edits.iter().map(|edit| Patch::new(excerpt.range_of(edit.span), visible_lines(&edit.text))).collect();
    let first_line = excerpt.first_line;
    Some(Snippet::source(excerpt.text).line_start(first_line).path(visible(document.name())).patches(patches))
}
