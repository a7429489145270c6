//! The ACL answers as the real server did, on every recorded question.

use std::collections::BTreeMap;
use std::sync::Arc;

use nomad_vault_core::DocumentId;
use nomad_vault_core::acl::{Acl, Operation, OperationKind, PolicySource};
use nomad_vault_core::model::{ParameterValue, PatternKind, Policy, VaultDialect, go_duration};
use serde_json::Value;

const DIALECT: VaultDialect = VaultDialect::OPENBAO_2_7;

fn corpus(name: &str) -> Value {
    let path = format!("{}/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

fn source(name: String, text: &str) -> PolicySource {
    let policy = Arc::new(Policy::parse(text, DIALECT));
    PolicySource { name, document: DocumentId(0), policy }
}

/// The ACL of a row's policies; the built-in `root` stands for itself.
fn acl(policies: &Value) -> Acl {
    let texts = policies.as_array().unwrap().iter().map(|text| text.as_str().unwrap());
    let named = texts.enumerate().map(|(index, text)| match text {
        "<the built-in root policy>" => source("root".to_owned(), ""),
        text => source(format!("p{index}"), text),
    });
    Acl::new(named.collect(), DIALECT)
}

#[test]
fn capabilities() {
    let facts = corpus("acl-facts.json");
    let facts = facts["facts"].as_array().unwrap();
    assert_eq!(facts.len(), 213);
    for fact in facts {
        let answer = acl(&fact["policies"]).capabilities(fact["path"].as_str().unwrap());
        let names: Vec<&str> =
            answer.map_or(vec!["root"], |set| set.iter().map(|capability| capability.as_str()).collect());
        assert_eq!(Value::from(names), fact["capabilities"], "{}: {}", fact["id"], fact["note"]);
    }
}

#[test]
fn compiled_tables() {
    let rows = corpus("vault-policy-parse-facts.json");
    for row in rows.as_array().unwrap().iter().filter(|row| row["status"] == 204) {
        let acl = Acl::new(vec![source("p".to_owned(), row["policy"].as_str().unwrap())], DIALECT);
        for (table, kind) in [("exact", PatternKind::Exact), ("glob", PatternKind::Prefix)] {
            let ours: BTreeMap<String, Vec<String>> = acl
                .rules()
                .filter(|rule| rule.pattern.kind == kind)
                .map(|rule| (rule.pattern.text.to_owned(), names_or_deny(rule.granted)))
                .collect();
            let theirs: BTreeMap<String, Vec<String>> = row["acl_without_segment_rules"][table]
                .as_object()
                .unwrap()
                .iter()
                .map(|(path, rule)| (path.clone(), sorted_names(&rule["capabilities"])))
                .collect();
            assert_eq!(ours, theirs, "{}: {table}", row["id"]);
        }
    }
}

fn names_or_deny(granted: nomad_vault_core::model::CapabilitySet) -> Vec<String> {
    if granted.is_empty() { vec!["deny".to_owned()] } else { granted.iter().map(|c| c.to_string()).collect() }
}

fn sorted_names(names: &Value) -> Vec<String> {
    let mut names: Vec<String> =
        names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn parameter(value: &Value) -> ParameterValue {
    match value {
        Value::Null => ParameterValue::Null,
        Value::Bool(value) => ParameterValue::Bool(*value),
        Value::Number(number) => ParameterValue::Number(number.to_string().into()),
        Value::String(text) => ParameterValue::String(text.as_str().into()),
        Value::Array(elements) => ParameterValue::List(elements.iter().map(parameter).collect()),
        Value::Object(members) => ParameterValue::Object(
            members.iter().map(|(name, value)| (name.as_str().into(), parameter(value))).collect(),
        ),
    }
}

#[test]
fn constrained_requests() {
    let rows = corpus("vault-param-facts.json");
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 128);
    for row in rows {
        let kind = match row["method"].as_str().unwrap() {
            "PUT" => OperationKind::Update,
            "GET" => OperationKind::Read,
            "LIST" => OperationKind::List,
            "DELETE" => OperationKind::Delete,
            other => panic!("{other}"),
        };
        let (path, query) =
            row["path"].as_str().unwrap().split_once('?').unwrap_or((row["path"].as_str().unwrap(), ""));
        let from_query = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut parameters: Vec<(&str, ParameterValue)> =
            from_query.map(|(name, value)| (name, ParameterValue::String(value.into()))).collect();
        let body = row["body"].as_object();
        parameters.extend(body.into_iter().flatten().map(|(name, value)| (name.as_str(), parameter(value))));
        let wrap_ttl = row["headers"]["X-Vault-Wrap-TTL"].as_str().map(|ttl| go_duration(ttl).unwrap());
        let operation = Operation { kind, path, parameters: &parameters, wrap_ttl };
        let decision = acl(&row["policies"]).allow_operation(&operation);
        assert_eq!(decision.is_allowed, row["status"] != 403, "{row}\n{decision:?}");
    }
}
