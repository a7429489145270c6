//! The recorded answers of OpenBao 2.7.2.

mod read_back;

use read_back::read_back;
use serde_json::{Value, json};

use super::*;
use crate::model::{Target, TokenRequest, TokenRole};
use crate::syntax::{Dialect, parse};

fn server() -> Server {
    let policies = ["admin", "creator", "creator-sudo", "db", "nomad-server", "team-a", "team-b", "web"];
    Server { policies: Some(policies.map(str::to_owned).to_vec()), ..Server::new(VaultDialect::OPENBAO_2_7) }
}

fn stored(body: &str, name: &str, server: &Server) -> Result<StoredRole, RoleRefusal> {
    if let Some(error) = body_error(body) {
        return Err(RoleRefusal::Body(error));
    }
    let target = Target { vault: server.dialect, ..Target::NEWEST_TOKEN_BASED };
    store_role(&TokenRole::from_tree(&parse(body.into(), Dialect::Json), target), name, server)
}

fn created(
    role: Option<&str>,
    body: &str,
    parent: &Parent,
    server: &Server,
) -> Result<CreatedToken, CreationRefusal> {
    let role = role.map(|role| stored(role, "r", server).unwrap());
    if let Some(error) = body_error(body) {
        return Err(CreationRefusal::Body(error));
    }
    let request = TokenRequest::from_tree(&parse(body.into(), Dialect::Json));
    token_from_role(role.as_ref(), &request, parent, server)
}

fn texts_of(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}

#[test]
fn roles_are_stored_as_recorded() {
    let rows: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/corpus/vault-role-facts.json")).unwrap();
    assert_eq!(rows.len(), 120);
    for row in &rows {
        let label = row["label"].as_str().unwrap();
        let name = match label {
            "wrap in name slash" => "a/b",
            "seed role as-is" => "nomad-server",
            "name upper" => "NomadSrv",
            "name dot" => "a.b",
            "name trailing dash" => "ab-",
            "name one char" => "a",
            "name space" => "a b",
            "name at" => "a@b",
            _ => "rt",
        };
        assert_eq!(role_name_is_valid(name), row["status"] != 404, "{label}");
        if row["status"] == 404 {
            continue;
        }
        let body = match &row["request"] {
            Value::Null => String::new(),
            Value::String(body) => body.clone(),
            // The only body of the file whose text the recording did not keep.
            body if label == "period float" => body.to_string(),
            body => body.to_string(),
        };
        match stored(&body, name, &server()) {
            Ok(role) => {
                let status = if role.warnings.is_empty() { 204 } else { 200 };
                assert_eq!(row["status"], status, "{label}");
                assert_eq!(role.warnings, texts_of(&row["response"]), "{label}");
                assert_eq!(read_back(&role), row["stored"], "{label}");
            }
            Err(RoleRefusal::Crash) => assert_eq!(row["response"], "CONNECTION CLOSED", "{label}"),
            Err(refusal) => {
                assert_eq!(row["status"], refusal.status(), "{label}");
                assert_eq!(refusal.texts(), texts_of(&row["response"]), "{label}");
            }
        }
    }
}

/// The parents of the recording, by the rows' labels.
fn parent(label: &str) -> Parent {
    const LIFE: i64 = DEFAULT_LEASE_TTL;
    let policies = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let plain = Parent { policies: policies(&["creator", "web"]), creation_ttl: LIFE, ..Parent::default() };
    let root = [
        "root parent",
        "root:",
        "id root",
        "id s.prefix",
        "id with dot",
        "policies string",
        "policies comma",
    ];
    if root.iter().any(|start| label.starts_with(start)) || label.contains("(root parent)") {
        return Parent::root();
    }
    let sudo = ["sudo parent", "period sudo"];
    if sudo.iter().any(|start| label.starts_with(start))
        || label.contains("(sudo)")
        || label.contains("sudo caller")
    {
        return Parent { policies: policies(&["creator-sudo", "default", "web"]), has_sudo: true, ..plain };
    }
    if label.starts_with("parent has default") {
        return Parent { policies: policies(&["creator", "default", "web"]), ..plain };
    }
    match label {
        "limited-use parent" => Parent { num_uses: 5, ..plain },
        "batch parent" => Parent { token_type: TokenType::Batch, ..plain },
        _ => plain,
    }
}

/// As the recording keeps a creation and the lookup after it.
fn recorded(token: &CreatedToken) -> Value {
    let mut lookup = json!({
        "path": token.path,
        "creation_ttl": token.ttl,
        "explicit_max_ttl": token.own_explicit_max_ttl,
        "renewable": token.renewable,
    });
    if let Some(period) = token.own_period {
        lookup["period"] = json!(period);
    }
    if let Some(role) = &token.role {
        lookup["role"] = json!(role);
    }
    if !token.bound_cidrs.is_empty() {
        lookup["bound_cidrs"] = json!(token.bound_cidrs);
    }
    let warnings = if token.warnings.is_empty() { Value::Null } else { json!(token.warnings) };
    json!({
        "policies": token.policies,
        "ttl": token.ttl,
        "renewable": token.renewable,
        "type": token.token_type.as_str(),
        "orphan": token.orphan,
        "num_uses": token.num_uses,
        "warnings": warnings,
        "lk": lookup,
    })
}

#[test]
fn tokens_are_created_as_recorded() {
    let rows: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/corpus/vault-token-create-facts.json")).unwrap();
    assert_eq!(rows.len(), 129);
    for row in &rows {
        let label = row["label"].as_str().unwrap();
        let mut request = TokenRequest::from_tree(&parse(row["body"].to_string().into(), Dialect::Json));
        request.is_for_orphan_endpoint = label.starts_with("orphan endpoint");
        let role = Some(&row["role"]).filter(|role| !role.is_null());
        let role = role.map(|role| stored(&role.to_string(), "r", &server()).unwrap());
        let token = match label {
            // What only the host knows.
            "id root dup" => Err(CreationRefusal::DuplicateId),
            "unknown role" => Err(CreationRefusal::UnknownRole("zzz".to_owned())),
            _ => token_from_role(role.as_ref(), &request, &parent(label), &server()),
        };
        match token {
            Ok(token) => assert_eq!(recorded(&token), row["result"], "{label}"),
            Err(refusal) => {
                assert_eq!(row["status"], refusal.status(), "{label}");
                assert_eq!(refusal.texts(), texts_of(&row["result"]), "{label}");
            }
        }
    }
}

fn outcome(role: Option<&str>, body: &str, parent: &Parent, server: &Server) -> String {
    match created(role, body, parent, server) {
        Ok(token) => format!("{} {}", token.policies.join(","), token.ttl),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn what_the_recording_does_not_hold() {
    let plain = parent("");
    let table = [
        (None, r#"{"ttl": "1500ms"}"#, Parent::root(), "root 1"),
        (None, r#"{"explicit_max_ttl": "1h"}"#, Parent::root(), "root 3600"),
        (None, r#"{"type": "batch"}"#, Parent::root(), "batch tokens cannot be root tokens"),
        (None, r#"{"id": "b.1", "type": "batch", "policies": ["db"]}"#, Parent::root(), "db,default 2764800"),
        (
            None,
            "{}",
            Parent { creation_ttl: 60, ..Parent::root() },
            "expiring root tokens cannot create non-expiring root tokens",
        ),
        (
            None,
            r#"{"type": "batch", "explicit_max_ttl": "x"}"#,
            plain.clone(),
            "'explicit_max_ttl' value could not be parsed",
        ),
        (
            None,
            r#"{"type": "batch", "explicit_max_ttl": "0", "num_uses": 3}"#,
            plain.clone(),
            "creator,web 2764800",
        ),
        (
            None,
            r#"{"policies": [{"a": 1}]}"#,
            plain.clone(),
            "Field validation failed: error converting input for \
            field \"policies\": decoding failed due to the following error(s):\n\n'[0]' expected type 'string', got unconvertible type \
            'map[string]interface {}'",
        ),
        (
            None,
            "[]",
            plain,
            "failed to decode JSON input: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
    ];
    for (role, body, parent, expected) in table {
        assert_eq!(outcome(role, body, &parent, &server()), expected, "{body}");
    }
}

/// Read in the sources of Vault 0.6.
#[test]
fn older_servers_differ() {
    let at = |dialect: &str| Server::new(VaultDialect::parse(dialect).unwrap());
    let plain = parent("");
    let table = [
        (r#"{"period": "9999h"}"#, "{}", "vault-0.6.2", "creator,web 35996400"),
        (r#"{"period": "9999h"}"#, "{}", "openbao-2.7", "creator,web 2764800"),
        (
            r#"{"disallowed_policies": "admin"}"#,
            r#"{"policies": ["db"]}"#,
            "vault-0.6.2",
            "child policies must be subset of parent when role contains no allowed_policies",
        ),
        (
            r#"{"disallowed_policies": "admin"}"#,
            r#"{"policies": ["db"]}"#,
            "vault-1.15",
            "db,default 2764800",
        ),
        (
            r#"{"allowed_policies": "web"}"#,
            r#"{"policies": ["db"]}"#,
            "vault-0.6.2",
            "token policies ([db default]) must be subset of the role's allowed policies ([default web])",
        ),
        (r#"{"token_type": "batch"}"#, r#"{"type": "batch"}"#, "vault-0.6.2", "creator,web 2764800"),
    ];
    for (role, body, dialect, expected) in table {
        assert_eq!(outcome(Some(role), body, &plain, &at(dialect)), expected, "{role} {dialect}");
    }
}

#[test]
fn of_several_bad_fields_the_server_names_any() {
    let refusal = stored(r#"{"period": "x", "orphan": "maybe"}"#, "r", &server()).unwrap_err();
    assert_eq!(
        refusal.texts(),
        [
            "error converting input for field \"orphan\": '' cannot parse value as 'bool': strconv.ParseBool: invalid syntax",
            "error converting input for field \"period\": time: invalid duration \"x\"",
        ]
    );
}
