//! Requests to the core as JSON text, with the answers that native code gives.

use nomad_vault_core::DocumentKind;
use nomad_vault_core::rules::rules;
use nomad_vault_core::wire::{
    Applicability, ApplyFixesRequest, CheckRequest, DocumentText, PositionEncoding, RoleTokenRequest, answer,
};
use serde_json::{Value, json as value};

use crate::case::Case;
use crate::{corpus, repository};

/// A request and the native answer to it.
#[derive(Debug)]
pub struct Exchange {
    /// Where the request is from.
    pub name: String,
    /// The function that is asked: `check`, `apply_fixes`, `role_token`, one of those about policies, `explain` or `rules`.
    pub function: &'static str,
    /// What it is asked; empty for `rules`.
    pub request: String,
    /// What native code answers.
    pub answer: String,
}

/// Everything that native code and WebAssembly must answer alike: each case of [`corpus::cases`], checked with both
/// ways to count offsets and repaired, its policies in the usual layout, every recorded role and creation of a token, the
/// recorded questions about policies, every rule, and requests that cannot be answered.
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
        for document in case.bundle.documents().iter().filter(|it| it.kind() == DocumentKind::Policy) {
            let policy = value!({ "name": document.name(), "text": document.text() });
            exchanges.push(exchange(&name, "format_policy", policy.to_string()));
        }
    }
    exchanges.extend(creations()?);
    exchanges.extend(acl_questions()?);
    Ok(exchanges)
}

/// The recorded questions about policies: capabilities, an explanation, a test, and the difference to the policies of
/// the question before.
fn acl_questions() -> Result<Vec<Exchange>, String> {
    let facts = std::fs::read_to_string(repository().join("tests/corpus/acl-facts.json"));
    let facts = facts.map_err(|error| format!("acl-facts.json: {error}"))?;
    let facts: Value = serde_json::from_str(&facts).map_err(|error| format!("acl-facts.json: {error}"))?;
    let mut exchanges = Vec::new();
    let mut before = value!([]);
    for fact in facts["facts"].as_array().into_iter().flatten() {
        let name = fact["id"].as_str().unwrap_or_default();
        let texts = fact["policies"].as_array().into_iter().flatten().enumerate();
        let policies: Vec<Value> = texts
            .map(|(index, text)| match text.as_str() {
                Some("<the built-in root policy>") => value!({ "name": "root" }),
                _ => value!({ "name": format!("p{index}"), "text": text }),
            })
            .collect();
        let (policies, path) = (Value::from(policies), &fact["path"]);
        let names: Vec<&Value> = policies.as_array().into_iter().flatten().map(|it| &it["name"]).collect();
        let case = value!([{ "operation": "list", "path": path }]);
        let token = value!({ "name": name, "policies": names, "allow": case });
        for (function, request) in [
            ("acl_capabilities", value!({ "policies": policies, "paths": [path] })),
            (
                "acl_explain",
                value!({ "policies": policies, "operation": "read", "path": path, "position_encoding": "utf16" }),
            ),
            ("acl_diff", value!({ "old": before, "new": policies })),
            ("test_policies", value!({ "policies": policies, "tokens": [token] })),
        ] {
            exchanges.push(exchange(name, function, request.to_string()));
        }
        before = policies;
    }
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
        "acl_capabilities" => answer::acl_capabilities(&request),
        "acl_explain" => answer::acl_explain(&request),
        "acl_diff" => answer::acl_diff(&request),
        "format_policy" => answer::format_policy(&request),
        "test_policies" => answer::test_policies(&request),
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
        // A policy with syntax errors has no layout.
        let is_error = |exchange: &&Exchange| {
            exchange.answer.starts_with("{\"error\"") && exchange.function != "format_policy"
        };
        let errors: Vec<&str> = exchanges.iter().filter(is_error).map(|it| it.name.as_str()).collect();
        assert_eq!(errors, ["no JSON", "no request", "a lone surrogate"]);
    }
}
