//! No notes to oneself and no switched-off tests: what is left to do stands in an issue, what is tested is run.

use super::File;
use super::source::{halves, is_code};

/// Written in halves, so that this file keeps its own rule.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
const SWITCHES: [&str; 2] = [concat!("#[ig", "nore"), concat!("#[should_", "panic")];

/// Every note in a comment and every switched-off test.
pub(super) fn check(files: &[File]) -> Vec<String> {
    files.iter().filter(|file| is_code(&file.path)).flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    let (code, comments) = if file.path.ends_with(".rs") {
        let halves = halves(&file.text);
        (halves.code, halves.comments)
    } else {
        (file.text.clone(), file.text.clone())
    };
    for (line, text) in comments.lines().enumerate() {
        for note in NOTES.iter().filter(|note| has_word(text, note)) {
            problems.push(format!("{}:{}: {note}: file an issue instead", file.path, line + 1));
        }
    }
    for (line, text) in code.lines().enumerate() {
        for switch in SWITCHES.iter().filter(|switch| text.contains(**switch)) {
            problems.push(format!("{}:{}: {switch}]: a test runs and asserts, or goes", file.path, line + 1));
        }
    }
    problems
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric()).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: String) -> usize {
        check(&[File { path: path.to_owned(), text }]).len()
    }

    #[test]
    fn notes_in_comments_are_found_and_strings_are_left_alone() {
        let note = NOTES[0];
        assert_eq!(check_text("a.rs", format!("// {note}: later")), 1);
        assert_eq!(check_text("a.ts", format!("// {note}: later")), 1);
        assert_eq!(check_text("a.rs", format!("let placeholder = \"{note}\"; // {note}LIST")), 0);
    }

    #[test]
    fn switched_off_tests_are_found() {
        let switch = SWITCHES[0];
        assert_eq!(check_text("a.rs", format!("#[test]\n{switch}]\nfn f() {{}}")), 1);
        assert_eq!(check_text("a.rs", format!("#[test]\n{switch} = \"slow\"]\nfn f() {{}}")), 1);
        assert_eq!(check_text("a.rs", format!("// {switch}] is not used here")), 0);
    }
}
