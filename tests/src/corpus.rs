//! The documents of `tests/corpus`, `examples` and the rule pages.

use std::fs;
use std::path::{Path, PathBuf};

use nomad_vault_core::rules::rules;
use nomad_vault_core::{Bundle, CheckOptions, DocumentKind, Target, TargetRequest};

use crate::case::Case;
use crate::{page, repository};

/// One construct of a verdict matrix, with what real programs said about it.
#[derive(Debug)]
pub struct Row {
    /// What the construct is.
    pub name: String,
    /// The document.
    pub text: String,
    /// The whole row.
    pub row: serde_json::Value,
}

impl Row {
    /// The verdict of one column: `hcl1`, `edit`, `server`, `n050`, …
    pub fn verdict(&self, column: &str) -> Option<bool> {
        self.row.get(column)?.as_bool()
    }
}

/// The rows of `tests/corpus/<name>`.
///
/// # Errors
/// When the file cannot be read or is not a matrix; the message names it.
pub fn matrix(name: &str) -> Result<Vec<Row>, String> {
    let path = folder().join(name);
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| at(&error))?;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).map_err(|error| at(&error))?;
    let row = |row: serde_json::Value| {
        let field = |name: &str| row.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        let (name, text) = (field("name")?, field("text")?);
        Some(Row { name, text, row })
    };
    rows.into_iter().map(|value| row(value).ok_or_else(|| at(&"a row without name or text"))).collect()
}

/// `tests/corpus`.
pub fn folder() -> PathBuf {
    repository().join("tests/corpus")
}

/// A named case.
#[derive(Debug)]
pub struct Named {
    /// Where it is from.
    pub name: String,
    /// What is judged.
    pub case: Case,
}

/// Every case that native and wasm must judge alike: the matrices, the rule pages' examples and `examples/`.
///
/// # Errors
/// When a file cannot be read.
pub fn cases() -> Result<Vec<Named>, String> {
    let mut cases = Vec::new();
    for (file, kind) in [("polmatrix.json", DocumentKind::Policy), ("jobmatrix.json", DocumentKind::Job)] {
        for row in matrix(file)? {
            for target in targets(kind) {
                let name = format!("{file}: {} ({target})", row.name);
                cases.push(Named { name, case: single(&row.name, kind, &row.text, target) });
            }
        }
    }
    for rule in rules() {
        let (fails, corrected) = page::examples(rule)?;
        cases.push(Named { name: format!("{}: Fails", rule.code), case: fails });
        cases.push(Named { name: format!("{}: Corrected", rule.code), case: corrected });
    }
    cases.extend(examples(&repository().join("examples"))?);
    Ok(cases)
}

fn targets(kind: DocumentKind) -> Vec<Target> {
    match kind {
        // Nomad 0.5 reads HCL 1, 1.6 HCL 2.
        DocumentKind::Job => vec![Target::SEED, Target::NEWEST_TOKEN_BASED],
        _ => vec![Target::SEED],
    }
}

/// One document, judged for one target.
pub fn single(name: &str, kind: DocumentKind, text: &str, target: Target) -> Case {
    let mut bundle = Bundle::new();
    bundle.add(name, kind, text);
    let target = TargetRequest { nomad: Some(target.nomad), vault: Some(target.vault) };
    Case { bundle, options: CheckOptions { target, ..CheckOptions::default() } }
}

/// Each folder of `examples` as one bundle, its documents' kinds told as the command tells them.
fn examples(folder: &Path) -> Result<Vec<Named>, String> {
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        names.push(entry.map_err(at)?.path());
    }
    names.sort();
    let (folders, files): (Vec<_>, Vec<_>) = names.into_iter().partition(|path| path.is_dir());
    let mut cases = Vec::new();
    let mut bundle = Bundle::new();
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let text = fs::read_to_string(&path).map_err(at)?;
        if let Some(kind) = DocumentKind::detect(name, &text) {
            bundle.add(name, kind, &text);
        }
    }
    if !bundle.documents().is_empty() {
        let case = Case { bundle, options: CheckOptions::default() };
        cases.push(Named { name: folder.display().to_string(), case });
    }
    for inner in folders {
        cases.extend(examples(&inner)?);
    }
    Ok(cases)
}
