//! One line for each finding.

use std::fmt::Write as _;

use super::visible::visible;
use super::{RenderOptions, omissions};
use crate::check::Report;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Bundle;

pub(super) fn render(bundle: &Bundle, report: &Report, options: RenderOptions) -> String {
    let mut text = String::new();
    for finding in &report.diagnostics {
        line(&mut text, bundle, finding, options.colour);
    }
    for (document, omission) in omissions(bundle, report) {
        _ = writeln!(text, "{}: {omission}", visible(document));
    }
    text
}

fn line(text: &mut String, bundle: &Bundle, finding: &Diagnostic, colour: bool) {
    let Some(document) = bundle.document(finding.document) else { return };
    let place = document.line_column(finding.span.start);
    let (start, end) = if colour { (style(finding.severity), "\u{1b}[0m") } else { ("", "") };
    _ = writeln!(
        text,
        "{}:{}:{}: {} {start}{}{end} {}",
        visible(document.name()),
        place.line,
        place.column,
        finding.code,
        finding.severity.as_str(),
        visible(&finding.message),
    );
}

const fn style(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\u{1b}[1;91m",
        Severity::Warning => "\u{1b}[1;33m",
        Severity::Info => "\u{1b}[1;94m",
    }
}
