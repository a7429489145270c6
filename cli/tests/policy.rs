//! Laying out policies, and testing what they allow.

mod support;

use serde_json::{Value, json};
use support::Folder;

const UGLY: &str = "path \"a\"\n{ capabilities=[\"read\"] } # end\n";
const LAID_OUT: &str = "path \"a\" {\n  capabilities = [\"read\"]\n} # end\n";

#[test]
fn files_are_laid_out_in_place() {
    let folder =
        Folder::with(&[("p/a.hcl", UGLY), ("p/b.hcl", LAID_OUT), ("p/agent.hcl", "data_dir = \"/x\"\n")]);
    let run = folder.run(&["policy", "fmt", "--check", "p"]).exits(1);
    assert_eq!(run.stdout, "p/a.hcl\n");
    let run = folder.run(&["policy", "fmt", "--diff", "p/a.hcl", "p/b.hcl"]).exits(0);
    assert!(
        run.stdout.starts_with("--- a/p/a.hcl\n+++ b/p/a.hcl\n@@ -1,2 +1,3 @@\n-path \"a\"\n"),
        "{}",
        run.stdout
    );
    folder.run(&["policy", "fmt", "--check", "--diff", "p"]).exits(1);
    assert_eq!(folder.read("p/a.hcl"), UGLY);
    assert_eq!(folder.run(&["policy", "fmt", "p"]).exits(0).stdout, "p/a.hcl\n");
    assert_eq!(
        (folder.read("p/a.hcl").as_str(), folder.read("p/agent.hcl").as_str()),
        (LAID_OUT, "data_dir = \"/x\"\n")
    );
    assert_eq!(folder.run(&["policy", "fmt", "--check", "p"]).exits(0).stdout, "");
    assert_eq!(folder.run_with_input(&["policy", "fmt", "-"], UGLY).exits(0).stdout, LAID_OUT);
}

#[test]
fn files_with_errors_are_left_as_they_are() {
    let loose = "{\"path\": {\"b\": {\"policy\": \"read\"}},}";
    let folder = Folder::with(&[("a.hcl", "path \"a\" {\n"), ("b.json", loose), ("c.hcl", UGLY)]);
    let run = folder.run(&["policy", "fmt", "a.hcl", "c.hcl"]).exits(3);
    assert!(run.stderr.contains("this `{` is never closed\n --> a.hcl:1:10"), "{}", run.stderr);
    assert_eq!((folder.read("a.hcl").as_str(), folder.read("c.hcl").as_str()), ("path \"a\" {\n", LAID_OUT));
    let run = folder.run(&["policy", "fmt", "b.json"]).exits(1);
    assert!(run.stderr.contains("b.json:1:35: only the server takes this for JSON"), "{}", run.stderr);
    assert_eq!(folder.read("b.json"), loose);
    folder.write("d.hcl", &[0xff, 0xfe, 0x41, 0x00]);
    folder.run(&["policy", "fmt", "d.hcl"]).exits(3);
    folder.run(&["policy", "fmt", "none.hcl"]).exits(1);
}

const TESTS: &str = "[policies]\nweb = \"p/web.hcl\"\n\n[[token]]\nname = \"a task\"\npolicies = [\"web\"]\nallow = [\"read a\", { request = \"update b\", parameters = { ttl = \"1h\" } }]\ndeny = [\"list a\"]\n";
const WEB: &str = "path \"a\" {\n  capabilities = [\"read\", \"list\"]\n}\npath \"b\" {\n  capabilities = [\"update\"]\n  required_parameters = [\"ttl\"]\n}\n";

#[test]
fn tests_are_told_as_tap_and_as_json() {
    let folder = Folder::with(&[("t/web.test.toml", TESTS), ("t/p/web.hcl", WEB)]);
    let run = folder.run(&["policy", "test", "t/web.test.toml"]).exits(3);
    let expected = "\
TAP version 14
1..3
# t/web.test.toml, openbao-2.7.2
ok 1 - a task may read a
ok 2 - a task may update b
not ok 3 - a task must not list a
  ---
  message: \"allowed: `list` on `a/`: the rule `a` grants it\"
  at: \"t/web.test.toml:8:9\"
  rule: \"t/p/web.hcl:1\"
  ...
# 2 passed, 1 failed
";
    assert_eq!(run.stdout, expected);
    let run = folder.run(&["policy", "test", "--format", "json", "t/web.test.toml"]).exits(3);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&answer["passed"], &answer["failed"]), (&json!(2), &json!(1)));
    assert_eq!(answer["files"][0]["tests"][2]["at"], json!({ "line": 8, "column": 9 }));
    // Vault 0.6.2 has no fallback of LIST, and does not know `required_parameters`.
    let run = folder.run(&["policy", "test", "--dialect", "vault-0.6.2", "t/web.test.toml"]).exits(3);
    assert!(run.stderr.contains("required_parameters"), "{}", run.stderr);
}

#[test]
fn mistakes_in_test_files_are_told() {
    let mistaken = TESTS.replace("deny", "dney");
    let folder = Folder::with(&[("a.toml", mistaken.as_str()), ("b.toml", "x = ["), ("c.toml", TESTS)]);
    let run = folder.run(&["policy", "test", "a.toml", "b.toml"]).exits(1);
    assert!(run.stderr.contains("a token has no key `dney`\n --> a.toml:8:1\n"), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `deny`?"), "{}", run.stderr);
    assert!(run.stderr.contains(" --> b.toml:1:6\n"), "{}", run.stderr);
    let run = folder.run(&["policy", "test", "c.toml"]).exits(1);
    assert!(run.stderr.contains("c.toml:2: p/web.hcl: No such file"), "{}", run.stderr);
    folder.run(&["policy", "test", "none.toml"]).exits(1);
}

#[test]
fn the_example_passes() {
    let example = support::repository().join("examples/recommended/policies.test.toml");
    Folder::new().run(&["policy", "test", example.to_str().unwrap()]).exits(0);
}
