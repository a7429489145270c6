use serde_json::{Value, json};

use crate::wire::answer;

const WEB: &str = "path \"secret/web/*\" {\n  capabilities = [\"read\", \"list\"]\n}\npath \"t/{{identity.entity.name}}\" { policy = \"read\" }\n";

fn parsed(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap()
}

fn policies() -> Value {
    json!([{ "name": "web", "text": WEB }])
}

#[test]
fn capabilities_are_listed_by_path() {
    let request = json!({ "policies": policies(), "paths": ["secret/web/x", "t/bob", "no"], "identity": { "entity": { "name": "bob" } } });
    let answer = parsed(&answer::acl_capabilities(&request.to_string()));
    let expected = json!({ "secret/web/x": ["list", "read"], "t/bob": ["list", "read"], "no": ["deny"] });
    assert_eq!(answer["capabilities"], expected);
    let root = json!({ "policies": [{ "name": "root" }], "paths": ["x"] });
    assert_eq!(parsed(&answer::acl_capabilities(&root.to_string()))["capabilities"]["x"], json!(["root"]));
    let broken =
        json!({ "policies": [{ "name": "p", "text": "path" }], "paths": ["x"], "dialect": "vault-0.6.2" });
    let answer = parsed(&answer::acl_capabilities(&broken.to_string()));
    assert_eq!((&answer["refused"], &answer["dialect"]), (&json!(["p"]), &json!("vault-0.6.2")));
}

#[test]
fn an_explanation_has_places() {
    let mut request = json!({ "policies": policies(), "operation": "read", "path": "/secret/web/x" });
    let answer = parsed(&answer::acl_explain(&request.to_string()));
    assert_eq!(answer["allowed"], true);
    assert_eq!(answer["places"][0]["range"]["start"]["line"], 1);
    assert_eq!(answer["places"][1]["message"], "granted here");
    assert_eq!(answer["candidates"][0]["path"], "secret/web/*");
    assert_eq!(answer["help"], Value::Null);
    request["operation"] = json!("delete");
    let answer = parsed(&answer::acl_explain(&request.to_string()));
    assert!(
        answer["help"].as_str().unwrap().contains("capabilities = [\"delete\", \"list\", \"read\"]"),
        "{answer}"
    );
    request["operation"] = json!("write");
    let answer = answer::acl_explain(&request.to_string());
    assert!(answer.contains("no operation is called `write`; there are create, delete"), "{answer}");
}

#[test]
fn a_difference_has_both_rules() {
    let request = json!({ "old": policies(), "new": [{ "name": "new", "text": "path \"secret/web/*\" { policy = \"write\" }" }] });
    let answer = parsed(&answer::acl_diff(&request.to_string()));
    assert_eq!(answer["changes"][0]["gained"], json!(["create", "delete", "update"]));
    assert_eq!(answer["changes"][0]["old"]["places"][0]["document"], "web");
    assert_eq!((&answer["complete"], &answer["changes"][1]), (&json!(true), &Value::Null));
}

#[test]
fn policies_are_formatted_and_tested() {
    let policy = json!({ "name": "p", "text": "path \"a\" { policy=\"read\" }" });
    let answer = parsed(&answer::format_policy(&policy.to_string()));
    assert_eq!(answer["text"], "path \"a\" {\n  policy = \"read\"\n}\n");
    let broken = json!({ "name": "p", "text": "path \"a\" {" });
    assert!(answer::format_policy(&broken.to_string()).contains("\"kind\":\"policy\""));
    let case = |operation: &str| json!([{ "operation": operation, "path": "secret/web/x" }]);
    let token = json!({ "name": "t", "policies": ["web"], "allow": case("read"), "deny": case("list") });
    let request = json!({ "policies": policies(), "tokens": [token] });
    let answer = parsed(&answer::test_policies(&request.to_string()));
    assert_eq!((&answer["passed"], &answer["failed"]), (&json!(1), &json!(1)));
    assert_eq!(answer["results"][1]["allowed"], true);
    let unknown = json!({ "policies": [], "tokens": [{ "name": "t", "policies": ["web"] }] });
    assert!(answer::test_policies(&unknown.to_string()).contains("the token `t` has no policy `web`"));
}
