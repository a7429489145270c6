//! The border as JavaScript sees it. The file names no host, so that one set of tests runs in Node and, with
//! `WASM_BINDGEN_USE_BROWSER=1`, in a browser.
#![cfg(target_arch = "wasm32")]

use nomad_vault_wasm::{
    acl_capabilities, acl_diff, acl_explain, apply_fixes, check, explain, format_policy, last_panic,
    role_token, rules, test_policies,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

fn parsed(answer: &str) -> Value {
    serde_json::from_str(answer).expect("an answer is JSON")
}

fn role(text: &str) -> Value {
    json!({
        "documents": [{ "name": "role.json", "kind": "token-role", "text": text }],
        "target": "nomad=0.5.0,vault=0.6.2",
    })
}

#[wasm_bindgen_test]
fn a_check_gives_a_report() {
    let report = parsed(&check(&role(r#"{ "orphan": tru"#).to_string()));
    assert_eq!(report["version"], 1);
    assert_eq!(report["target"], json!({ "nomad": "0.5.0", "vault": "vault-0.6.2" }));
    assert_eq!(report["documents"][0]["kind"], "token-role");
    assert!(report["diagnostics"].is_array());
}

#[wasm_bindgen_test]
fn fixes_leave_a_clean_text_as_it_is() {
    let text = "path \"secret/é𝄞\" {\n  capabilities = [\"read\"]\n}\n";
    let request = json!({
        "check": { "documents": [{ "name": "p.hcl", "kind": "policy", "text": text }] },
        "at_least": "safe",
    });
    let fixed = parsed(&apply_fixes(&request.to_string()));
    assert_eq!(fixed["documents"][0]["text"], text);
}

#[wasm_bindgen_test]
fn a_bad_request_is_an_answer() {
    for request in ["", "{", "[]", "{\"documents\": 1}", "{\"documents\": [], \"selct\": []}", "\u{0}"] {
        assert_eq!(parsed(&check(request))["error"]["kind"], "request", "{request}");
        assert_eq!(parsed(&apply_fixes(request))["error"]["kind"], "request", "{request}");
    }
    assert_eq!(parsed(&explain("NOPE999"))["error"]["kind"], "unknown-rule");
    assert_eq!(last_panic(), None);
}

#[wasm_bindgen_test]
fn a_role_gives_a_token() {
    let request = json!({ "role": "{\"allowed_policies\": \"web\", \"period\": \"72h\"}", "request": "{}" });
    let answer = parsed(&role_token(&request.to_string()));
    assert_eq!(answer["token"]["policies"], json!(["default", "web"]));
    assert_eq!(answer["token"]["ttl"], 259_200);
}

#[wasm_bindgen_test]
fn policies_answer() {
    let policies = json!([{ "name": "web", "text": "path \"secret/*\" { policy = \"read\" }" }]);
    let request = json!({ "policies": policies, "paths": ["secret/x"] });
    let answer = parsed(&acl_capabilities(&request.to_string()));
    assert_eq!(answer["capabilities"], json!({ "secret/x": ["list", "read"] }));
    let request = json!({ "policies": policies, "operation": "update", "path": "secret/x" });
    assert_eq!(parsed(&acl_explain(&request.to_string()))["allowed"], false);
    let request = json!({ "old": policies, "new": [] });
    assert_eq!(parsed(&acl_diff(&request.to_string()))["changes"][0]["lost"], json!(["list", "read"]));
    let text = "path \"secret/*\" {\n  policy = \"read\"\n}\n";
    assert_eq!(parsed(&format_policy(&policies[0].to_string()))["text"], text);
    let token =
        json!({ "name": "t", "policies": ["web"], "allow": [{ "operation": "list", "path": "secret/" }] });
    let request = json!({ "policies": policies, "tokens": [token] });
    assert_eq!(parsed(&test_policies(&request.to_string()))["passed"], 1);
}

#[wasm_bindgen_test]
fn each_rule_explains_itself() {
    let rules = parsed(&rules());
    for rule in rules.as_array().expect("a list") {
        let code = rule["code"].as_str().expect("a code");
        assert_eq!(&parsed(&explain(code)), rule);
    }
}

#[wasm_bindgen_test]
fn hostile_documents_do_not_trap() {
    let deep = 100_000;
    let texts = [
        ("policy", "{".repeat(deep)),
        ("policy", "a = [".repeat(deep)),
        ("policy", "}".repeat(deep)),
        ("token-role", "[".repeat(deep)),
        ("token-role", "{\"a\":".repeat(deep)),
        ("job", "a {\n".repeat(deep)),
        ("job", format!("a = {}", "(".repeat(deep))),
        ("job", format!("a = \"{}", "${\"".repeat(deep))),
        ("agent-config", "vault {\n".repeat(deep)),
    ];
    for (kind, text) in texts {
        for target in ["nomad=0.5.0,vault=0.6.2", "nomad=1.6.2,vault=openbao-2.7"] {
            let request = json!({
                "documents": [{ "name": "d", "kind": kind, "text": text }],
                "target": target,
            });
            let report = parsed(&check(&request.to_string()));
            let count = report["diagnostics"].as_array().map_or(0, Vec::len);
            assert!((1..=201).contains(&count), "{kind} for {target}: {count} findings");
        }
    }
}
