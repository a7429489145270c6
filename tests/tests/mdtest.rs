//! Runs the case files of `tests/mdtest`; `UPDATE_EXPECT=1` rewrites their expectations.

use std::fs;

use nomad_vault_tests::markdown::Markdown;
use nomad_vault_tests::{mdtest, repository};

#[test]
fn cases_hold() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1");
    let (mut cases, mut failures) = (0, Vec::new());
    for path in mdtest::files(&repository().join("tests/mdtest")).unwrap() {
        let outcome = mdtest::run(&Markdown::read(&path).unwrap());
        cases += outcome.cases;
        match outcome.updated {
            Some(updated) if update => fs::write(&path, updated).unwrap(),
            _ => failures.extend(outcome.failures),
        }
    }
    assert!(cases > 0, "tests/mdtest holds no case");
    let hint = "UPDATE_EXPECT=1 cargo test -p nomad-vault-tests rewrites the expectations";
    assert!(failures.is_empty(), "{}\n\n{hint}", failures.join("\n"));
}
