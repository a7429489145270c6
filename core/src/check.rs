//! Judging documents, and repairing them.

mod carried;
mod fix;
mod sets;
mod suppress;

use std::cmp::Reverse;

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Bundle, Model, ParsedBundle, Setup, Target, TargetRequest};
use crate::rules::{Check, Context, Findings, Rule, rules};
use crate::text::{DocumentId, order};

pub use fix::apply_fixes;
pub use sets::{FileSuppression, JudgedSet, check_parsed_sets, check_sets, suppress_in_files};

/// The most findings shown for one document; then "and N more".
pub const MAX_FINDINGS_PER_DOCUMENT: usize = 200;

/// How to judge.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// What to judge for; what is left out is chosen by the documents.
    pub target: TargetRequest,
    /// Codes or their beginnings (`ROLE`, `JOB00`) to look for; empty means all.
    pub select: Vec<String>,
    /// Codes or their beginnings to leave out.
    pub ignore: Vec<String>,
}

/// All findings.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the documents were judged for.
    pub target: Target,
    /// The findings, by document, place and code.
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings are left out, by document: those beyond [`MAX_FINDINGS_PER_DOCUMENT`].
    pub omitted: Vec<(DocumentId, u32)>,
    /// The sets that were judged, each by itself; empty when all documents are one set.
    pub sets: Vec<JudgedSet>,
}

impl Report {
    /// How many findings are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// How many findings of one document are left out.
    pub fn omitted_in(&self, document: DocumentId) -> u32 {
        self.omitted.iter().find(|(id, _)| *id == document).map_or(0, |(_, count)| *count)
    }
}

/// Judges documents.
pub fn check(bundle: &Bundle, options: &CheckOptions) -> Report {
    check_parsed(&bundle.parse(options.target), options)
}

/// Judges documents that are read already; `options.target` is not looked at.
pub fn check_parsed(parsed: &ParsedBundle<'_>, options: &CheckOptions) -> Report {
    let carried = carried::carried(parsed);
    if carried.is_empty() {
        return check_texts(parsed, options);
    }
    let mut report = check_texts(&carried::opened(parsed, &carried), options);
    carried::close(&mut report, &carried);
    report
}

fn check_texts(parsed: &ParsedBundle<'_>, options: &CheckOptions) -> Report {
    let mut findings = Findings::default();
    let setup = Setup::new(parsed);
    for rule in rules().filter(|rule| options.selects(rule) && rule.applies.covers(parsed.target)) {
        run(rule, &setup, &mut findings);
    }
    suppress::apply(&setup, options, &mut findings);
    report(parsed.target, findings)
}

/// Puts the findings in order and keeps at most [`MAX_FINDINGS_PER_DOCUMENT`] of each document.
fn report(target: Target, findings: Findings) -> Report {
    let Findings { mut diagnostics, mut omitted } = findings;
    // The worst are kept, so that what is left out never changes the verdict.
    order::sort_by(&mut diagnostics, &|one, other| {
        (one.document, Reverse(one.severity)).cmp(&(other.document, Reverse(other.severity)))
    });
    let mut kept = 0;
    let mut current = None;
    diagnostics.retain(|diagnostic| {
        if current != Some(diagnostic.document) {
            (current, kept) = (Some(diagnostic.document), 0);
        }
        kept += 1;
        let keep = kept <= MAX_FINDINGS_PER_DOCUMENT;
        if !keep {
            omitted.push((diagnostic.document, 1));
        }
        keep
    });
    order::sort_by(&mut diagnostics, &|one, other| {
        (one.document, one.span, one.code).cmp(&(other.document, other.span, other.code))
    });
    Report { target, diagnostics, omitted: sums(omitted), sets: Vec::new() }
}

/// The counts of each document put together, in the order of the documents.
fn sums(mut counts: Vec<(DocumentId, u32)>) -> Vec<(DocumentId, u32)> {
    order::sort_by(&mut counts, &|(one, _), (other, _)| one.cmp(other));
    counts.dedup_by(|(document, count), (before, sum)| {
        let is_same = document == before;
        *sum += if is_same { *count } else { 0 };
        is_same
    });
    counts
}

impl CheckOptions {
    /// Whether this rule is looked for.
    fn selects(&self, rule: &Rule) -> bool {
        let named_by = |prefix: &String| rule.code.starts_with(prefix.as_str()) || rule.name == prefix;
        (self.select.is_empty() || self.select.iter().any(named_by)) && !self.ignore.iter().any(named_by)
    }
}

fn run(rule: &'static Rule, setup: &Setup<'_>, findings: &mut Findings) {
    if let Check::Bundle(check) = rule.check {
        check(&mut Context::new(rule, setup, DocumentId(0), findings), setup.bundle);
        return;
    }
    for parsed in &setup.bundle.documents {
        let mut context = Context::new(rule, setup, parsed.id, findings);
        match (rule.check, &parsed.model) {
            (Check::Document(check), _) => check(&mut context, parsed),
            (Check::TokenRole(check), Model::TokenRole(role)) => check(&mut context, role),
            (Check::Policy(check), Model::Policy(policy)) => check(&mut context, policy),
            (Check::Job(check), Model::Job(job)) => check(&mut context, job),
            (Check::AgentConfig(check), Model::AgentConfig(config)) => check(&mut context, config),
            (Check::Token(check), Model::Token(token)) => check(&mut context, token),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::EnforcedBy;
    use crate::text::Span;

    fn finding(place: u32, severity: Severity) -> Diagnostic {
        Diagnostic {
            code: "ROLE001",
            name: "made-up",
            severity,
            enforced_by: EnforcedBy::Advisory,
            message: String::new(),
            help: None,
            document: DocumentId(0),
            span: Span::at(place),
            related: Vec::new(),
            fix: None,
        }
    }

    #[test]
    fn the_worst_findings_are_kept_in_the_order_of_the_text() {
        let mut diagnostics: Vec<_> = (0..300).map(|place| finding(place, Severity::Warning)).collect();
        diagnostics.push(finding(1_000, Severity::Error));
        let findings = Findings { diagnostics, omitted: vec![(DocumentId(0), 7)] };
        let report = report(Target::SEED, findings);
        assert_eq!(report.diagnostics.len(), MAX_FINDINGS_PER_DOCUMENT);
        assert_eq!(report.omitted, [(DocumentId(0), 7 + 101)]);
        assert_eq!(report.diagnostics.first().map(|first| first.span), Some(Span::at(0)));
        assert_eq!(report.diagnostics.last().map(|last| last.severity), Some(Severity::Error));
    }
}
