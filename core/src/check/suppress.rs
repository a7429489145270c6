//! Leaving out the findings that comments say are meant.

use super::CheckOptions;
use crate::diagnostic::Diagnostic;
use crate::model::{ParsedDocument, Setup};
use crate::rules::{Context, Findings, Suppression, UNUSED_SUPPRESSION, suppressions};
use crate::text::{Applicability, Span};

/// Drops suppressed findings, and reports the suppressions that dropped none.
pub(super) fn apply(setup: &Setup<'_>, options: &CheckOptions, findings: &mut Findings) {
    for document in &setup.bundle.documents {
        let suppressions = suppressions(document);
        if suppressions.is_empty() {
            continue;
        }
        let mut used = vec![false; suppressions.len()];
        findings.diagnostics.retain(|diagnostic| {
            let of_document = diagnostic.document == document.id;
            let found = suppressions.iter().position(|one| of_document && covers(one, diagnostic));
            if let Some(used) = found.and_then(|index| used.get_mut(index)) {
                *used = true;
            }
            found.is_none()
        });
        if options.selects(&UNUSED_SUPPRESSION) {
            let unused = suppressions.iter().zip(used).filter(|(_, used)| !used).map(|(one, _)| one);
            report_unused(setup, document, options, unused, findings);
        }
    }
}

fn covers(suppression: &Suppression, diagnostic: &Diagnostic) -> bool {
    let start = diagnostic.span.start;
    suppression.rule.is_some_and(|rule| rule.code == diagnostic.code)
        && suppression.scope.start <= start
        && start < suppression.scope.end
}

fn report_unused<'s>(
    setup: &Setup<'_>,
    document: &ParsedDocument<'_>,
    options: &CheckOptions,
    unused: impl Iterator<Item = &'s Suppression>,
    findings: &mut Findings,
) {
    let mut cx = Context::new(&UNUSED_SUPPRESSION, setup, document.id, findings);
    for suppression in unused {
        // A rule that did not run could not be suppressed.
        let Some(rule) = suppression.rule.filter(|rule| options.selects(rule)) else { continue };
        if !rule.applies.covers(setup.target()) {
            continue;
        }
        let text = document.document.text();
        let span = whole_line(text, suppression.comment);
        // A document of nothing is refused.
        let leaves_text = [Span::new(0, span.start), Span::new(span.end, text.len() as u32)]
            .iter()
            .any(|part| !part.of(text).trim().is_empty());
        let fix = (suppression.is_alone && leaves_text)
            .then(|| cx.replace("Remove the comment", Applicability::Safe, span, ""));
        let message = format!("`{}` finds nothing here that could be ignored", rule.code);
        cx.report(suppression.code, message).fix = fix;
    }
}

/// A comment with the blanks before it and, where it stands alone, its line end.
fn whole_line(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let without_blanks = before.trim_end_matches([' ', '\t']);
    let start = without_blanks.len() as u32;
    let stands_alone = without_blanks.is_empty() || without_blanks.ends_with('\n');
    let after = text.get(comment.end as usize..).unwrap_or_default();
    let line_end = if after.starts_with("\r\n") { 2 } else { u32::from(after.starts_with('\n')) };
    Span::new(start, if stands_alone { comment.end + line_end } else { comment.end })
}
