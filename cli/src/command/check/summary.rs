//! The last line.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};

use nomad_vault_core::{Applicability, Report, Severity};

/// Prints it to the standard error. Where nothing was found and nobody looks, nothing is printed.
pub(super) fn print(report: &Report) {
    if !report.diagnostics.is_empty() || io::stderr().is_terminal() {
        if let Some(line) = grouping(report) {
            anstream::eprintln!("{line}");
        }
        anstream::eprintln!("{}", summary(report));
    }
}

/// The most sets that are named.
const MOST_NAMED: usize = 8;

/// Which files were judged together; nothing for one file.
fn grouping(report: &Report) -> Option<String> {
    let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    match report.sets.as_slice() {
        [] => None,
        [set] if set.documents.len() == 1 => None,
        [set] => Some(format!("Judged {} together", files(set.documents.len()))),
        sets => {
            let differ = sets.iter().any(|set| set.target != report.target);
            let named = sets.iter().take(MOST_NAMED).map(|set| {
                let target = if differ { format!(" for {}", set.target) } else { String::new() };
                format!("{} ({}{target})", set.name, files(set.documents.len()))
            });
            let rest = sets.len().saturating_sub(MOST_NAMED);
            let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
            Some(format!("Judged {} sets: {}{rest}", sets.len(), named.collect::<Vec<_>>().join(", ")))
        }
    }
}

fn summary(report: &Report) -> String {
    let differ = report.sets.iter().any(|set| set.target != report.target);
    let target = if differ { "the targets of each set".to_owned() } else { report.target.to_string() };
    if report.diagnostics.is_empty() {
        return format!("Found nothing; judged for {target}");
    }
    let counts: Vec<String> = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "infos"),
    ]
    .into_iter()
    .filter_map(|(severity, one, many)| match report.count(severity) {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    })
    .collect();
    let files = report.diagnostics.iter().map(|finding| finding.document).collect::<BTreeSet<_>>().len();
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    format!("Found {} in {files}; judged for {target}{}", counts.join(", "), fixes(report))
}

/// What can be done about it.
fn fixes(report: &Report) -> String {
    let count = |applicability| {
        let fixes = report.diagnostics.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == applicability).count()
    };
    match (count(Applicability::Safe), count(Applicability::Unsafe)) {
        (0, 0) => String::new(),
        (safe, 0) => format!("; `--fix` repairs {safe}"),
        (0, unsafe_fixes) => format!("; `--fix --unsafe-fixes` repairs {unsafe_fixes}"),
        (safe, unsafe_fixes) => {
            format!("; `--fix` repairs {safe}, with `--unsafe-fixes` {unsafe_fixes} more")
        }
    }
}

#[cfg(test)]
mod tests {
    use nomad_vault_core::diagnostic::{Diagnostic, EnforcedBy};
    use nomad_vault_core::text::Fix;
    use nomad_vault_core::{DocumentId, Span, Target};

    use super::*;

    fn finding(document: u32, severity: Severity, fix: Option<Applicability>) -> Diagnostic {
        let fix = fix.map(|applicability| Fix { title: String::new(), applicability, edits: Vec::new() });
        Diagnostic {
            code: "ROLE001",
            name: "made-up",
            severity,
            enforced_by: EnforcedBy::Nomad,
            message: String::new(),
            help: None,
            document: DocumentId(document),
            span: Span::at(0),
            related: Vec::new(),
            fix,
        }
    }

    #[test]
    fn the_summary_counts_findings_files_and_fixes() {
        let diagnostics = vec![
            finding(0, Severity::Error, Some(Applicability::Safe)),
            finding(0, Severity::Error, None),
            finding(1, Severity::Info, Some(Applicability::Unsafe)),
        ];
        let report = Report { target: Target::SEED, diagnostics, omitted: Vec::new(), sets: Vec::new() };
        assert_eq!(
            summary(&report),
            "Found 2 errors, 1 info in 2 files; judged for nomad=0.5.0,vault=vault-0.6.2; \
             `--fix` repairs 1, with `--unsafe-fixes` 1 more"
        );
    }
}
