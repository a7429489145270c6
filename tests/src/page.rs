//! A rule's page, whose examples are tests.

use std::path::{Path, PathBuf};

use nomad_vault_core::Applicability;
use nomad_vault_core::rules::{FixAvailability, Rule};

use crate::case::Case;
use crate::markdown::Markdown;
use crate::mdtest::difference;
use crate::repository;

/// The path of a rule's page.
pub fn path(rule: &Rule) -> PathBuf {
    repository().join("core/src/rules/docs").join(format!("{}.md", rule.code))
}

/// All that is wrong with a rule's page and its examples.
pub fn failures(rule: &Rule) -> Vec<String> {
    match examples(rule) {
        Ok((fails, corrected)) => judge(rule, &fails, &corrected),
        Err(failure) => vec![failure],
    }
}

/// The failing and the corrected example of a rule's page.
///
/// # Errors
/// When the page lacks its title or a section, or an example cannot be read.
pub fn examples(rule: &Rule) -> Result<(Case, Case), String> {
    let path = path(rule);
    let markdown = Markdown::parse(&path, rule.page)?;
    let title = format!("# {}: {}\n", rule.code, rule.name);
    if !rule.page.starts_with(&title) {
        return Err(format!("{}: the page must start with `{}`", place(&path, 1), title.trim_end()));
    }
    if markdown.section("Evidence").is_none() {
        return Err(format!("{}: there is no section `Evidence`", place(&path, 1)));
    }
    Ok((example(&markdown, "Fails")?, example(&markdown, "Corrected")?))
}

fn example(markdown: &Markdown, title: &str) -> Result<Case, String> {
    let missing = || format!("{}: there is no section `{title}`", place(&markdown.path, 1));
    let section = markdown.section(title).ok_or_else(missing)?;
    Case::from_section(section)?.ok_or_else(|| format!("{}: no document with a `kind=`", section.place))
}

fn judge(rule: &Rule, fails: &Case, corrected: &Case) -> Vec<String> {
    let at = |what: String| format!("{}: {what}", place(&path(rule), 1));
    let mut failures = Vec::new();
    let report = fails.check();
    if report.diagnostics.is_empty() {
        failures.push(at("`Fails` finds nothing".to_owned()));
    }
    if report.diagnostics.iter().any(|diagnostic| diagnostic.code != rule.code) {
        failures.push(at(format!("`Fails` finds something else:\n{}", fails.render(&report))));
    }
    let still = corrected.check();
    if !still.diagnostics.is_empty() {
        failures.push(at(format!("`Corrected` is not silent:\n{}", corrected.render(&still))));
    }
    let at_least = match rule.fix {
        FixAvailability::None => None,
        FixAvailability::Unsafe => Some(Applicability::Unsafe),
        FixAvailability::Safe => Some(Applicability::Safe),
    };
    let has_fix = report.diagnostics.iter().any(|diagnostic| diagnostic.fix.is_some());
    match at_least {
        None if has_fix => failures.push(at("a finding has a fix, the rule says it has none".to_owned())),
        None => {}
        Some(at_least) => match fails.fixed(&report, at_least) {
            Err(error) => failures.push(at(error)),
            Ok(fixed) => failures.extend(differences(&fixed, corrected).into_iter().map(at)),
        },
    }
    failures
}

fn differences(fixed: &Case, corrected: &Case) -> Vec<String> {
    let (fixed, corrected) = (fixed.bundle.documents(), corrected.bundle.documents());
    let names = |documents: &[nomad_vault_core::Document]| -> Vec<String> {
        documents.iter().map(|document| document.name().to_owned()).collect()
    };
    if names(fixed) != names(corrected) {
        return vec!["`Corrected` has other documents than `Fails`".to_owned()];
    }
    let pairs = fixed.iter().zip(corrected).filter(|(a, b)| a.text() != b.text());
    pairs
        .map(|(fixed, corrected)| {
            let lines = difference(corrected.text(), fixed.text());
            format!("the fix of `{}` does not give `Corrected` (+ is the fix):\n{lines}", fixed.name())
        })
        .collect()
}

fn place(path: &Path, line: usize) -> crate::markdown::Place {
    crate::markdown::Place { path: path.to_owned(), line }
}
