//! Test cases written as Markdown.
//!
//! A file is prose with fenced blocks. The blocks with a `kind=` under one heading are documents that are
//! judged together:
//!
//! ````markdown
//! ## An orphan role
//!
//! ```json nomad-server-role.json kind=token-role target=nomad=0.5.0,vault=0.6.2
//! { "orphan": true }
//! ```
//!
//! ```findings
//! ROLE003 error nomad-server-role.json:1:13 "true" token role `nomad` creates orphan tokens
//! ```
//!
//! ```json nomad-server-role.json fixed
//! { "orphan": false }
//! ```
//! ````
//!
//! Without a `findings` block nothing may be found. A `fixed` block holds the document after its safe fixes
//! (`fixed=unsafe`: after all fixes). `UPDATE_EXPECT=1 cargo test -p nomad-vault-tests` rewrites the `findings`
//! and `fixed` blocks.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nomad_vault_core::{Applicability, Report};

use crate::case::Case;
use crate::markdown::{Block, Markdown, Section};

/// What came of one file.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many cases the file holds.
    pub cases: usize,
    /// What is wrong, each with its place.
    pub failures: Vec<String>,
    /// The file's text with the expectations that would hold; `None` when they all hold.
    pub updated: Option<String>,
}

/// The case files under a folder, sorted.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Runs every case of a file.
pub fn run(markdown: &Markdown) -> Outcome {
    let mut outcome = Outcome::default();
    let mut changes = Vec::new();
    for section in &markdown.sections {
        match run_section(section) {
            Ok(None) => {}
            Ok(Some(wrong)) => {
                outcome.cases += 1;
                for Change { range, text, failure } in wrong {
                    outcome.failures.push(failure);
                    changes.push((range, text));
                }
            }
            Err(failure) => outcome.failures.push(failure),
        }
    }
    if !changes.is_empty() {
        outcome.updated = Some(apply(&markdown.text, changes));
    }
    outcome
}

/// A wrong expectation, and the text that would hold.
struct Change {
    range: Range<usize>,
    text: String,
    failure: String,
}

fn run_section(section: &Section) -> Result<Option<Vec<Change>>, String> {
    let stray = |block: &&Block| {
        let is_named = block.info.len() > 1 && block.option("kind").is_none();
        is_named && fixed_trust(block).is_none()
    };
    if let Some(block) = section.blocks.iter().find(stray) {
        return Err(format!("{}: a named block needs `kind=` or `fixed`", block.place));
    }
    let Some(case) = Case::from_section(section)? else { return Ok(None) };
    let report = case.check();
    let mut changes: Vec<Change> = findings_change(section, &case, &report).into_iter().collect();
    for block in &section.blocks {
        if let Some(at_least) = fixed_trust(block) {
            changes.extend(fixed_change(section, block, &case, &report, at_least)?);
        }
    }
    Ok(Some(changes))
}

fn fixed_trust(block: &Block) -> Option<Applicability> {
    if block.has_word("fixed") {
        Some(Applicability::Safe)
    } else if block.has_word("fixed=unsafe") {
        Some(Applicability::Unsafe)
    } else {
        None
    }
}

fn findings_change(section: &Section, case: &Case, report: &Report) -> Option<Change> {
    let found = case.render(report);
    let block = section.blocks.iter().find(|block| block.language() == "findings");
    let expected = block.map_or("", |block| block.text.as_str());
    if found == expected {
        return None;
    }
    let (range, text) = match block {
        Some(block) if !found.is_empty() => (block.inner.clone(), found.clone()),
        Some(block) => (block.outer.clone(), String::new()),
        None => {
            let last = section.blocks.iter().rfind(|block| block.option("kind").is_some())?;
            (last.outer.end..last.outer.end, format!("\n```findings\n{found}```\n"))
        }
    };
    let failure = failure(section, &section.place, "the findings differ", expected, &found);
    Some(Change { range, text, failure })
}

fn fixed_change(
    section: &Section,
    block: &Block,
    case: &Case,
    report: &Report,
    at_least: Applicability,
) -> Result<Option<Change>, String> {
    let at = |error: String| format!("{}: {error}", block.place);
    let name = block.info.get(1).map_or("", String::as_str);
    let fixed = case.fixed(report, at_least).map_err(at)?;
    let document = fixed.bundle.documents().iter().find(|document| document.name() == name);
    let text = document.ok_or_else(|| at(format!("no document is named `{name}`")))?.text();
    if text == block.text {
        return Ok(None);
    }
    let failure = failure(section, &block.place, "the fixed text differs", &block.text, text);
    Ok(Some(Change { range: block.inner.clone(), text: text.to_owned(), failure }))
}

fn failure(
    section: &Section,
    place: &impl std::fmt::Display,
    what: &str,
    expected: &str,
    found: &str,
) -> String {
    let title = section.headings.join(" / ");
    format!("{place}: {title}: {what}\n{}", difference(expected, found))
}

/// The lines that are only in one of the texts: `-` expected, `+` found.
pub fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let same_start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same_start;
    let same_end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str], sign: char| -> String {
        let middle = lines.get(same_start..lines.len() - same_end).unwrap_or_default();
        middle.iter().map(|line| format!("  {sign} {line}\n")).collect()
    };
    let lines = part(&old, '-') + &part(&new, '+');
    if lines.is_empty() { "  (only line ends or the last line end differ)\n".to_owned() } else { lines }
}

fn apply(text: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    let mut text = text.to_owned();
    for (range, new) in changes.into_iter().rev() {
        text.replace_range(range, &new);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_leaves_equal_ends_out() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\ny\nc\n"), "  - b\n  + x\n  + y\n");
    }

    #[test]
    fn a_named_block_without_a_kind_is_an_error() {
        let text = "# T\n```hcl x.hcl\n```\n";
        let outcome = run(&Markdown::parse(Path::new("x.md"), text).unwrap());
        assert_eq!(outcome.failures, ["x.md:2: a named block needs `kind=` or `fixed`"]);
    }

    #[test]
    fn missing_findings_are_put_after_the_documents_and_wrong_ones_go() {
        let text = "# T\n```hcl x.hcl kind=policy\n```\n```findings\nnone\n```\n";
        let outcome = run(&Markdown::parse(Path::new("x.md"), text).unwrap());
        assert_eq!(outcome.failures.len(), 1);
        assert!(outcome.updated.is_some_and(|updated| !updated.contains("none")));
    }
}
