//! `cargo xtask tidy`: the rules of the house that no compiler knows. Run by `lint`, and by this crate's tests.

mod layers;
mod locks;
mod markers;
mod pages;
mod paths;
mod purity;
mod sizes;
mod source;

use std::path::Path;

use crate::failure::Failure;
use crate::workspace::{Workspace, files_below, read};

/// A file of the tree that the rules look at.
#[derive(Debug, Clone)]
struct File {
    /// Its path from the root, with `/` on every system.
    path: String,
    /// What it says.
    text: String,
}

/// Fails when a rule of the house is broken, after printing every place.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let problems = problems(workspace)?;
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} places break the rules of the house"))),
    }
}

fn problems(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let files = read_tree(workspace)?;
    let rules = [layers::check, purity::check, sizes::check, markers::check, locks::check, pages::check];
    Ok(rules.iter().flat_map(|check| check(&files)).collect())
}

fn read_tree(workspace: &Workspace) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    for file in files_below(workspace.root())? {
        let path = relative(workspace, &file);
        if is_looked_at(&path) {
            files.push(File { path, text: read(&file)? });
        }
    }
    Ok(files)
}

fn relative(workspace: &Workspace, file: &Path) -> String {
    file.strip_prefix(workspace.root()).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

/// What we write: not the corpus, which others wrote, and not documents given as examples.
fn is_looked_at(path: &str) -> bool {
    let is_data = path.starts_with("tests/corpus/")
        || path.starts_with("examples/")
        || path.starts_with("fuzz/corpus/");
    let is_ours = source::is_code(path)
        || path.ends_with(".md")
        || path.ends_with(".lock")
        || path.ends_with("package-lock.json");
    is_ours && !is_data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_keeps_the_rules_of_the_house() {
        assert_eq!(problems(&Workspace::locate()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn the_tree_is_read_without_its_data() {
        let files = read_tree(&Workspace::locate()).unwrap();
        assert!(files.iter().any(|file| file.path == "core/src/lib.rs"));
        assert!(files.iter().any(|file| file.path == "Cargo.lock"));
        assert!(!is_looked_at("tests/corpus/odd.md"));
    }
}
