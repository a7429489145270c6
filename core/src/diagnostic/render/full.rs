//! Findings for people, with the text that they are about.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level, Patch, Renderer, Snippet};

use super::excerpt::Excerpt;
use super::place::{Mark, Place, places};
use super::visible::{visible, visible_lines};
use super::{RenderOptions, omissions};
use crate::check::Report;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Bundle;
use crate::text::{Applicability, Edit, Fix};

/// The longest replacement that is shown; a longer one is only named.
const MAX_PATCH_BYTES: usize = 2_000;

pub(super) fn render(bundle: &Bundle, report: &Report, options: RenderOptions) -> String {
    let renderer = if options.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(options.width).decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for finding in &report.diagnostics {
        let places = places(bundle, &marks(finding));
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

fn marks(finding: &Diagnostic) -> Vec<Mark<'_>> {
    let primary = Mark { document: finding.document, span: finding.span, label: "" };
    let related = finding.related.iter();
    std::iter::once(primary).chain(related.map(Mark::from)).collect()
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
