//! The HCL 1 reader's verdict is the reference parser's, on every recorded construct.

use nomad_vault_core::syntax::{Dialect, parse};
use serde_json::Value;

/// The rows of a recorded matrix (`tests/corpus/*.json`) that are HCL.
fn rows(name: &str) -> Vec<Value> {
    let path = format!("{}/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

fn is_json(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{')
}

/// Compares the verdicts on all rows that are HCL. `accepted` says what the reference did.
fn assert_verdicts(name: &str, dialect: Dialect, accepted: impl Fn(&Value) -> bool) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows(name).iter().filter(|row| !is_json(row["text"].as_str().unwrap())) {
        count += 1;
        let tree = parse(row["text"].as_str().unwrap().into(), dialect);
        if tree.problems().is_empty() != accepted(row) {
            wrong.push(format!("{}: reference {}, we {:?}", row["name"], accepted(row), tree.problems()));
        }
    }
    assert!(count > 90, "{name} has {count} rows of HCL");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn policies() {
    assert_verdicts("polmatrix.json", Dialect::Hcl1, |row| row["hcl1"] == true);
}

#[test]
fn jobs() {
    // `hcl1` is the reference parser in the mode that refuses repeated attributes. Nomad does not use that
    // mode, so that its own verdict counts where it accepts.
    assert_verdicts("jobmatrix.json", Dialect::Hcl1, |row| row["hcl1"] == true || row["n012"] == true);
}

#[test]
fn jobs_of_nomad_0_5() {
    let of_newer_release = |row: &Value| row["hcl1"] == true || row["n012"] == true;
    assert_verdicts("jobmatrix.json", Dialect::Hcl1MultiLine, |row| {
        row["n050"] == true || of_newer_release(row)
    });
}
