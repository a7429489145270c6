//! Requests to the core as JSON text, with the answers that native code gives.

use nomad_vault_core::rules::rules;
use nomad_vault_core::wire::{
    Applicability, ApplyFixesRequest, CheckRequest, DocumentText, PositionEncoding, RoleTokenRequest, answer,
};
use serde_json::Value;

use crate::case::Case;
use crate::{corpus, repository};

/// A request and the native answer to it.
#[derive(Debug)]
pub struct Exchange {
    /// Where the request is from.
    pub name: String,
    /// The function that is asked: `check`, `apply_fixes`, `role_token`, `explain` or `rules`.
    pub function: &'static str,
    /// What it is asked; empty for `rules`.
    pub request: String,
    /// What native code answers.
    pub answer: String,
}

/// Everything that native code and WebAssembly must answer alike: each case of [`corpus::cases`], checked with both
/// ways to count offsets and repaired, every recorded role and creation of a token, every rule, and requests that cannot be answered.
///
/// # Errors
/// When a file of the corpus cannot be read.
pub fn exchanges() -> Result<Vec<Exchange>, String> {
    let mut exchanges = vec![exchange("all rules", "rules", String::new())];
    for rule in rules() {
        exchanges.push(exchange(rule.code, "explain", rule.code.to_owned()));
    }
    for (name, request) in [("no JSON", "{"), ("no request", "[]"), ("a lone surrogate", "\"\\ud800\"")] {
        exchanges.push(exchange(name, "check", request.to_owned()));
    }
    for corpus::Named { name, case } in corpus::cases()? {
        let mut check = check_request(&case);
        exchanges.push(exchange(&name, "check", json(&check)));
        check.position_encoding = PositionEncoding::Utf16;
        exchanges.push(exchange(&name, "check", json(&check)));
        let fixes = ApplyFixesRequest { check, at_least: Applicability::Unsafe };
        exchanges.push(exchange(&name, "apply_fixes", json(&fixes)));
    }
    exchanges.extend(creations()?);
    Ok(exchanges)
}

/// The recorded writes of roles, each with a request without a field, and the recorded requests for tokens.
fn creations() -> Result<Vec<Exchange>, String> {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    };
    let mut exchanges = Vec::new();
    for (file, role, body) in
        [("vault-role-facts.json", "request", "none"), ("vault-token-create-facts.json", "role", "body")]
    {
        let rows = std::fs::read_to_string(repository().join("tests/corpus").join(file));
        let rows = rows.map_err(|error| format!("{file}: {error}"))?;
        let rows: Vec<Value> = serde_json::from_str(&rows).map_err(|error| format!("{file}: {error}"))?;
        for row in &rows {
            let request = RoleTokenRequest {
                role: text(&row[role]),
                request: text(&row[body]).unwrap_or_default(),
                ..RoleTokenRequest::default()
            };
            let name = row["label"].as_str().unwrap_or_default();
            exchanges.push(exchange(name, "role_token", json(&request)));
        }
    }
    Ok(exchanges)
}

/// The request that asks for what [`Case::check`] does.
pub fn check_request(case: &Case) -> CheckRequest {
    let document = |document: &nomad_vault_core::Document| DocumentText {
        name: document.name().to_owned(),
        kind: Some(document.kind().into()),
        server_name: None,
        text: document.text().to_owned(),
    };
    let target = case.options.target;
    let parts = [
        target.nomad.map(|version| format!("nomad={version}")),
        target.vault.map(|dialect| format!("vault={dialect}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    CheckRequest {
        documents: case.bundle.documents().iter().map(document).collect(),
        target: (!parts.is_empty()).then(|| parts.join(",")),
        ..CheckRequest::default()
    }
}

fn exchange(name: &str, function: &'static str, request: String) -> Exchange {
    let answer = match function {
        "check" => answer::check(&request),
        "apply_fixes" => answer::apply_fixes(&request),
        "role_token" => answer::role_token(&request),
        "explain" => answer::explain(&request),
        _ => answer::rules(),
    };
    Exchange { name: name.to_owned(), function, request, answer }
}

fn json(request: &impl serde::Serialize) -> String {
    serde_json::to_string(request).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_answered_with_a_report() {
        let exchanges = exchanges().unwrap();
        assert!(exchanges.len() > 1_000, "{}", exchanges.len());
        let is_error = |exchange: &&Exchange| exchange.answer.starts_with("{\"error\"");
        let errors: Vec<&str> = exchanges.iter().filter(is_error).map(|it| it.name.as_str()).collect();
        assert_eq!(errors, ["no JSON", "no request", "a lone surrogate"]);
    }
}
