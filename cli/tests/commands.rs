//! The other commands.

mod support;

use serde_json::Value;
use support::Folder;

#[test]
fn rules_lists_every_rule_twice_over() {
    let folder = Folder::new();
    let rules: Value =
        serde_json::from_str(&folder.run(&["rules", "--format", "json"]).exits(0).stdout).unwrap();
    let rules = rules.as_array().unwrap();
    let table = folder.run(&["rules"]).exits(0).stdout;
    assert_eq!(table.lines().count(), rules.len() + 1);
    for (rule, line) in rules.iter().zip(table.lines().skip(1)) {
        assert!(line.starts_with(rule["code"].as_str().unwrap()), "{line}");
        assert!(line.ends_with(rule["summary"].as_str().unwrap()), "{line}");
    }
}

#[test]
fn explain_knows_every_rule_by_code_and_name() {
    let folder = Folder::new();
    let rules: Value =
        serde_json::from_str(&folder.run(&["rules", "--format", "json"]).exits(0).stdout).unwrap();
    for rule in rules.as_array().unwrap() {
        let (code, name) = (rule["code"].as_str().unwrap(), rule["name"].as_str().unwrap());
        let by_code = folder.run(&["explain", &code.to_lowercase()]).exits(0).stdout;
        assert!(by_code.starts_with(&format!("# {code}: {name}\n\nseverity: ")), "{by_code}");
        assert!(!by_code.contains('\u{1b}'));
        assert_eq!(folder.run(&["explain", name]).exits(0).stdout, by_code);
    }
    let run = folder.run(&["explain", "ROLE999"]).exits(2);
    assert!(run.stderr.contains("no rule `ROLE999`"), "{}", run.stderr);
}

#[test]
fn completions_are_made_for_every_shell() {
    let folder = Folder::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = folder.run(&["completions", shell]).exits(0);
        assert!(run.stdout.contains("fail-on"), "{shell}");
    }
    folder.run(&["completions", "cmd"]).exits(2);
}

#[test]
fn man_prints_one_page_or_writes_all() {
    let folder = Folder::new();
    assert!(folder.run(&["man"]).exits(0).stdout.contains(".TH nomad-vault 1"));
    folder.run(&["man", "--out", "a/man1"]).exits(0);
    assert!(folder.read("a/man1/nomad-vault-check.1").contains("fail\\-on"));
}

#[test]
fn role_token_tells_what_the_server_would_answer() {
    let role = r#"{"name": "nomad-server", "allowed_policies": "web,db", "period": "72h"}"#;
    let lookup = r#"{"data": {"policies": ["nomad-server"], "creation_ttl": 259200}}"#;
    let folder = Folder::with(&[("role.json", role), ("lookup.json", lookup), ("empty.json", "{}")]);
    let web = r#"{"policies": ["web"]}"#;
    let run = folder
        .run(&["role", "token", "-r", "role.json", "--request", web, "--parent", "lookup.json"])
        .exits(0);
    assert!(run.stdout.contains("ttl              72h (259200 s)\n"), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'));
    let json = ["role", "token", "-r", "role.json", "--request", "empty.json", "--format", "json"];
    let answer: Value = serde_json::from_str(&folder.run(&json).exits(0).stdout).unwrap();
    assert_eq!(answer["token"]["policies"], serde_json::json!(["db", "default", "web"]));
    let admin = r#"{"policies": ["admin"]}"#;
    let run = folder.run(&["role", "token", "-r", "role.json", "--request", admin]).exits(4);
    assert!(run.stdout.contains("token policies ([\"admin\" \"default\"]) must be subset"), "{}", run.stdout);
    let run = folder
        .run(&["role", "token", "--request", r#"{"period": "1h"}"#, "--parent", "lookup.json"])
        .exits(4);
    assert!(
        run.stdout.contains("root or sudo privileges required to create periodic token"),
        "{}",
        run.stdout
    );
    folder
        .run(&["role", "token", "--request", r#"{"period": "1h"}"#, "--parent", "lookup.json", "--sudo"])
        .exits(0);
    folder.run(&["role", "token", "--dialect", "consul-1"]).exits(2);
    folder.run(&["role", "token", "-r", "none.json"]).exits(1);
    folder.run(&["role", "token", "--parent", "empty.json"]).exits(2);
}
