//! Results of tests as text.

use std::io;

use nomad_vault_core::diagnostic::render::visible;
use nomad_vault_core::wire::acl::{PolicyTestResult, PolicyTestResults};
use serde_json::json;

use crate::exit::Error;

/// The results of one test file.
#[derive(Debug)]
pub(super) struct Results {
    /// Its path as the user wrote it.
    pub(super) file: String,
    /// The results.
    pub(super) answer: PolicyTestResults,
    /// Line and column of each test.
    pub(super) places: Vec<(u32, u32)>,
    /// The policies' names and files.
    pub(super) names: Vec<(String, String)>,
}

impl Results {
    fn tests(&self) -> impl Iterator<Item = (&PolicyTestResult, (u32, u32))> {
        self.answer.results.iter().zip(self.places.iter().copied())
    }

    /// `web-policy.hcl:3`: the rule that decides.
    fn rule(&self, result: &PolicyTestResult) -> Option<String> {
        let place = result.places.first()?;
        let (_, file) = self.names.iter().find(|(name, _)| *name == place.document)?;
        Some(format!("{file}:{}", place.range.start.line))
    }
}

/// The Test Anything Protocol, version 14.
pub(super) fn tap(all: &[Results]) -> String {
    let count: usize = all.iter().map(|results| results.answer.results.len()).sum();
    let mut text = format!("TAP version 14\n1..{count}\n");
    let mut number = 0;
    for results in all {
        text.push_str(&format!("# {}, {}\n", visible(&results.file), results.answer.dialect));
        for (result, (line, column)) in results.tests() {
            number += 1;
            let is_passed = result.allowed == result.expected;
            let verdict = if is_passed { "ok" } else { "not ok" };
            let may = if result.expected { "may" } else { "must not" };
            // A `#` starts a directive.
            let name =
                format!("{} {may} {} {}", result.token, result.operation, result.path).replace('#', "\\#");
            text.push_str(&format!("{verdict} {number} - {}\n", visible(&name)));
            if is_passed {
                continue;
            }
            text.push_str("  ---\n");
            let word = if result.allowed { "allowed" } else { "denied" };
            let message = format!("{word}: {}", result.message);
            text.push_str(&format!("  message: {}\n", serde_json::Value::from(message)));
            let at = format!("{}:{line}:{column}", results.file);
            text.push_str(&format!("  at: {}\n", serde_json::Value::from(at)));
            if let Some(rule) = results.rule(result) {
                text.push_str(&format!("  rule: {}\n", serde_json::Value::from(rule)));
            }
            text.push_str("  ...\n");
        }
    }
    let failed: u32 = all.iter().map(|results| results.answer.failed).sum();
    let passed: u32 = all.iter().map(|results| results.answer.passed).sum();
    text.push_str(&format!("# {passed} passed, {failed} failed\n"));
    text
}

/// The results as JSON.
pub(super) fn json(all: &[Results]) -> Result<String, Error> {
    let file = |results: &Results| {
        let tests: Vec<serde_json::Value> = results
            .tests()
            .map(|(result, (line, column))| {
                json!({
                    "token": result.token,
                    "operation": result.operation,
                    "path": result.path,
                    "expected": if result.expected { "allow" } else { "deny" },
                    "passed": result.allowed == result.expected,
                    "message": result.message,
                    "at": { "line": line, "column": column },
                    "rule": results.rule(result),
                })
            })
            .collect();
        json!({ "file": results.file, "dialect": results.answer.dialect, "tests": tests })
    };
    let sum =
        |count: fn(&PolicyTestResults) -> u32| all.iter().map(|results| count(&results.answer)).sum::<u32>();
    let answer = json!({
        "version": 1,
        "passed": sum(|answer| answer.passed),
        "failed": sum(|answer| answer.failed),
        "files": all.iter().map(file).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&answer).map_err(io::Error::from)?;
    Ok(text + "\n")
}
