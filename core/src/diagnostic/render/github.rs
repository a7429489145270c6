//! Workflow commands of GitHub Actions.

use std::fmt::Write as _;

use super::omissions;
use crate::check::Report;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Bundle;

pub(super) fn render(bundle: &Bundle, report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.diagnostics {
        command(&mut text, bundle, finding);
    }
    for (document, omission) in omissions(bundle, report) {
        _ = writeln!(text, "::notice file={},title=nomad-vault::{omission}", property(document));
    }
    text
}

fn command(text: &mut String, bundle: &Bundle, finding: &Diagnostic) {
    let Some(document) = bundle.document(finding.document) else { return };
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let (start, end) = (document.line_column(finding.span.start), document.line_column(finding.span.end));
    let title = format!("{} {}", finding.code, finding.name);
    let help = finding.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    _ = writeln!(
        text,
        "::{level} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        property(document.name()),
        start.line,
        end.line,
        start.column,
        end.column,
        property(&title),
        data(&format!("{}{help}", finding.message)),
    );
}

/// Escapes the message of a workflow command.
pub fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a workflow command's property.
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_command_is_escaped() {
        assert_eq!(data("50%\r\n: a, b"), "50%25%0D%0A: a, b");
        assert_eq!(property("C:\\a,b%\n"), "C%3A\\a%2Cb%25%0A");
    }
}
