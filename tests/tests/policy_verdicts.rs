//! The policy model accepts and refuses what the real server does, and in the same words.

use nomad_vault_core::model::{Policy, PolicyProblemKind, VaultDialect};
use serde_json::Value;

fn rows(name: &str) -> Vec<Value> {
    let path = format!("{}/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// What we say differently from the server, if anything.
fn difference(text: &str, accepted: bool, error: &str) -> Option<String> {
    let policy = Policy::parse(text, VaultDialect::OPENBAO_2_7);
    if policy.is_accepted() != accepted {
        let ours = policy.server_error(text).unwrap_or_else(|| "no error".to_owned());
        return Some(format!("verdict: server {accepted} {error:?}, we {ours:?}"));
    }
    if accepted || policy.has_syntax_errors {
        return None;
    }
    let crashes = policy.problems.iter().any(|problem| problem.kind == PolicyProblemKind::Crash);
    let is_crash = error == "CONNECTION CLOSED" || error.contains("closed connection");
    if is_crash || crashes {
        return (is_crash != crashes).then(|| format!("crash: server {is_crash}, we {crashes}"));
    }
    let ours = policy.server_error(text).unwrap_or_default();
    (ours != error).then(|| format!("server {error:?}\n     we {ours:?}"))
}

fn assert_rows(found: impl Iterator<Item = (String, Option<String>)>, least: usize) {
    let all: Vec<_> = found.collect();
    assert!(all.len() >= least, "only {} rows", all.len());
    let wrong: Vec<String> =
        all.iter().filter_map(|(name, wrong)| Some(format!("{name}: {}", wrong.as_ref()?))).collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn recorded_policies() {
    let rows = rows("vault-policy-parse-facts.json");
    let found = rows.iter().map(|row| {
        let accepted = row["status"] == 204;
        let error = row["error"].as_str().unwrap_or_default();
        let wrong = difference(row["policy"].as_str().unwrap(), accepted, error);
        (row["id"].as_str().unwrap().to_owned(), wrong)
    });
    assert_rows(found, 224);
}

#[test]
fn constructs() {
    let rows = rows("polmatrix.json");
    let found = rows.iter().map(|row| {
        let error = row["serr"].as_str().unwrap_or_default();
        let wrong = difference(row["text"].as_str().unwrap(), row["server"] == true, error);
        (row["name"].as_str().unwrap().to_owned(), wrong)
    });
    assert_rows(found, 206);
}
