//! Which files are judged together.

mod support;

use std::fs;

use serde_json::Value;
use support::{Folder, repository};

const ROLE: &str = r#"{"name": "nomad", "allowed_policies": "web", "orphan": true, "token_period": 259200}"#;
const POLICY: &str = r#"path "auth/token/create/nomad-server" {
  capabilities = ["update"]
}

path "auth/token/*" {
  capabilities = ["read", "update"]
}

path "sys/capabilities-self" {
  capabilities = ["update"]
}
"#;
const WEB: &str = "path \"secret/data/web\" {\n  capabilities = [\"read\"]\n}\n";

fn job(policies: &str) -> String {
    format!(
        "job \"web\" {{\n  group \"web\" {{\n    task \"web\" {{\n      driver = \"docker\"\n\n      \
         vault {{\n        policies = [{policies}]\n      }}\n    }}\n  }}\n}}\n"
    )
}

/// The findings as `CODE file`, and what was said beside them.
fn findings(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["check", "--format", "json", "--fail-on", "never", "--select", "XREF"];
    all.extend(arguments);
    let run = folder.run(&all).exits(0);
    assert_eq!(run.stderr, "");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let line = |found: &Value| {
        format!("{} {}", found["code"].as_str().unwrap(), found["document"].as_str().unwrap())
    };
    report["diagnostics"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn each_folder_is_a_set_and_named_files_are_one() {
    let folder = Folder::with(&[
        ("a/role.json", ROLE),
        ("b/nomad/role.json", ROLE),
        ("b/vault/policies/server.hcl", POLICY),
    ]);
    assert_eq!(findings(&folder, &["."]), ["XREF001 b/nomad/role.json"]);
    let together = ["a/role.json", "b/vault/policies/server.hcl"];
    assert_eq!(findings(&folder, &together), ["XREF001 a/role.json"]);
    let run = folder.run(&["check", "--select", "XREF", "."]).exits(0);
    assert!(run.stderr.starts_with("Judged 2 sets: a (1 file), b (2 files)\nFound "), "{}", run.stderr);
    let run = folder.run(&["check", "--select", "XREF", "a"]).exits(0);
    assert_eq!((run.stdout, run.stderr), (String::new(), String::new()));
}

#[test]
fn names_on_the_server_can_be_said() {
    let folder = Folder::with(&[("role.json", ROLE), ("x.hcl", WEB), ("web.nomad", &job("\"web\", \"db\""))]);
    assert_eq!(findings(&folder, &["x.hcl", "web.nomad"]), Vec::<String>::new());
    assert_eq!(findings(&folder, &["--policy", "web=x.hcl", "web.nomad"]), ["XREF012 web.nomad"]);
    // A folder's file with a name is looked at once.
    let both = ["XREF010 web.nomad", "XREF012 web.nomad"];
    assert_eq!(findings(&folder, &["--policy", "web=x.hcl", "."]), both);
    assert_eq!(findings(&folder, &["--role-name", "nomad", "role.json"]), Vec::<String>::new());
    assert_eq!(findings(&folder, &["--role-name", "Nomad", "role.json"]), ["XREF001 role.json"]);
    folder.run(&["check", "--policy", "web", "web.nomad"]).exits(2);
}

#[test]
fn the_configuration_says_what_belongs_together() {
    let folder = Folder::with(&[
        ("one/role.json", ROLE),
        ("two/x.hcl", POLICY),
        ("three/role.json", ROLE),
        (
            "nomad-vault.toml",
            "target = \"nomad=1.5\"\n[[set]]\nname = \"prod\"\npaths = [\"one\", \"two\"]\ntarget = \"vault=1.9\"\n",
        ),
    ]);
    assert_eq!(findings(&folder, &["."]), ["XREF001 one/role.json"]);
    // From below, and with the file named, the same.
    let run = folder.run(&["check", "--format", "json", "--config", "nomad-vault.toml", "."]).exits(0);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["sets"][0]["name"], "prod");
    assert_eq!(report["sets"][0]["target"]["nomad"], "1.5.0");
    assert_eq!(report["sets"][0]["target"]["vault"], "vault-1.9.0");
    assert_eq!(report["sets"][1]["documents"][0], "three/role.json");
    let suppress = "[[suppress]]\nrules = [\"XREF001\", \"XREF002\"]\npath = \"one\"\nreason = \"known\"\n";
    folder.write("nomad-vault.toml", format!("{}\n{suppress}", folder.read("nomad-vault.toml")).as_bytes());
    let run = folder.run(&["check", "--select", "XREF001", "--format", "concise", "."]).exits(0);
    assert_eq!(run.stdout, "");
    assert_eq!(
        run.stderr,
        "warning: nomad-vault.toml: `XREF002` finds nothing in `one` that could be ignored\n"
    );
    folder.write("nomad-vault.toml", b"sets = 1\n");
    let run = folder.run(&["check", "."]).exits(1);
    assert!(
        run.stderr.contains("nomad-vault.toml") && run.stderr.contains("unknown field"),
        "{}",
        run.stderr
    );
}

#[test]
fn init_writes_what_check_would_do_anyway() {
    let folder = Folder::with(&[
        ("a/role.json", ROLE),
        ("b/role.json", ROLE),
        ("b/policies/server.hcl", POLICY),
        ("b/deeper/web.nomad", &job("\"web\"")),
    ]);
    let before = findings(&folder, &["."]);
    let run = folder.run(&["init"]).exits(0);
    assert_eq!(run.stdout, "Wrote ./nomad-vault.toml: 4 files in 3 sets\n");
    assert_eq!(findings(&folder, &["."]), before);
    folder.run(&["init"]).exits(1);
    folder.run(&["init", "--force"]).exits(0);
    let schema = fs::read_to_string(repository().join("docs/schema/config-v1.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let written: toml::Table = toml::from_str(&folder.read("nomad-vault.toml")).unwrap();
    let written = serde_json::to_value(written).unwrap();
    let errors: Vec<String> = schema.iter_errors(&written).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let sets = written["set"].as_array().unwrap();
    let paths: Vec<String> = sets.iter().map(|set| set["paths"].to_string()).collect();
    assert_eq!(paths, ["[\"a\"]", "[\"b/deeper\"]", "[\"b/policies/server.hcl\",\"b/role.json\"]"]);
}
