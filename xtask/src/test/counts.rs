//! Reads the closing lines of the test runners we use.

use std::fmt;

use crate::failure::Failure;

/// How many tests passed, failed and were ignored.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Counts {
    /// A run that never came to its tests counts as one failure: otherwise the sum would look clean.
    pub(crate) const FAILED_TO_RUN: Self = Self { passed: 0, failed: 1, ignored: 0 };

    /// Adds the counts of another run.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    /// Takes in one line of a runner's output, if it is a closing line.
    pub(crate) fn read(&mut self, line: &str) {
        let line = without_colours(line);
        if let Some(counts) =
            rust_result(&line).or_else(|| node_result(&line)).or_else(|| playwright_result(&line))
        {
            self.add(counts);
        }
    }

    /// The counts of a run that ended well or not: one that failed without a failing test (it did not compile, say) counts one.
    pub(crate) fn ended(mut self, well: bool) -> Self {
        if !well && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// A failure unless some tests ran and all of them passed; an ignored test proves nothing, so none may be.
    pub(crate) fn verdict(self) -> Result<(), Failure> {
        match self {
            Self { failed: 0, ignored: 0, passed: 1.. } => Ok(()),
            Self { failed: 1.., .. } => Err(Failure::new(self.to_string())),
            Self { ignored: 1.., .. } => Err(Failure::new(format!("{} tests are ignored", self.ignored))),
            _ => Err(Failure::new("no test ran")),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `test result: ok. 5 passed; 0 failed; 0 ignored; …` of cargo test and wasm-bindgen-test-runner.
fn rust_result(line: &str) -> Option<Counts> {
    let result = line.trim().strip_prefix("test result: ")?;
    let number = |word: &str| {
        let before = result.split([';', '.']).find_map(|part| part.trim().strip_suffix(word))?;
        before.trim().parse().ok()
    };
    Some(Counts { passed: number(" passed")?, failed: number(" failed")?, ignored: number(" ignored")? })
}

/// `# pass 5`, `# fail 0`, `# skipped 0` of Node's runner; on a terminal the mark is `ℹ`.
fn node_result(line: &str) -> Option<Counts> {
    let result = line.trim().strip_prefix(['#', 'ℹ'])?.trim();
    let (word, number) = result.split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Counts { passed: number, ..Counts::default() }),
        "fail" => Some(Counts { failed: number, ..Counts::default() }),
        "skipped" | "todo" => Some(Counts { ignored: number, ..Counts::default() }),
        _ => None,
    }
}

/// `3 passed (4.0s)`, `1 failed`, `2 skipped`, each alone on a line of Playwright's.
fn playwright_result(line: &str) -> Option<Counts> {
    let indented = line.strip_prefix("  ")?;
    let mut words = indented.split(' ');
    let number = words.next()?.parse().ok()?;
    let word = words.next()?;
    if words.next().is_some_and(|rest| !rest.starts_with('(')) {
        return None;
    }
    match word {
        "passed" => Some(Counts { passed: number, ..Counts::default() }),
        "failed" | "interrupted" | "flaky" => Some(Counts { failed: number, ..Counts::default() }),
        "skipped" => Some(Counts { ignored: number, ..Counts::default() }),
        _ => None,
    }
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(|end| end.is_ascii_alphabetic());
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(output: &str) -> Counts {
        let mut counts = Counts::default();
        output.lines().for_each(|line| counts.read(line));
        counts
    }

    #[test]
    fn cargo_and_wasm_bindgen_close_alike() {
        let output = "running 5 tests\n\
            test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: \u{1b}[31mFAILED\u{1b}[m. 2 passed; 1 failed; 3 ignored; 0 filtered out; finished in 0.10s\n";
        assert_eq!(count(output), Counts { passed: 7, failed: 1, ignored: 3 });
    }

    #[test]
    fn nodes_runner_closes_in_two_styles() {
        let tap = "# tests 6\n# pass 4\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n# duration_ms 12";
        assert_eq!(count(tap), Counts { passed: 4, failed: 1, ignored: 1 });
        assert_eq!(count("ℹ tests 2\nℹ pass 2\nℹ fail 0"), Counts { passed: 2, failed: 0, ignored: 0 });
    }

    #[test]
    fn playwrights_closing_lines_are_told_from_prose() {
        assert_eq!(count("  1 failed\n  3 passed (4.0s)"), Counts { passed: 3, failed: 1, ignored: 0 });
        assert_eq!(count("  3 passed the gate\n3 passed"), Counts::default());
    }

    #[test]
    fn nothing_but_passing_tests_is_a_success() {
        let counts = |passed, failed, ignored| Counts { passed, failed, ignored };
        assert_eq!(counts(1, 0, 0).verdict(), Ok(()));
        assert_eq!(counts(0, 0, 0).verdict(), Err(Failure::new("no test ran")));
        assert_eq!(counts(5, 0, 1).verdict(), Err(Failure::new("1 tests are ignored")));
        assert_eq!(counts(5, 2, 0).verdict(), Err(Failure::new("5 passed, 2 failed")));
        assert_eq!(counts(5, 0, 0).ended(false).verdict(), Err(Failure::new("5 passed, 1 failed")));
    }
}
