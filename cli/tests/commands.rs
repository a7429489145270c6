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
