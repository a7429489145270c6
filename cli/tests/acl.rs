//! What policies allow, why, and how a change of them differs.

mod support;

use serde_json::{Value, json};
use support::Folder;

const BASE: &str = "path \"secret/*\" {\n  capabilities = [\"list\"]\n}\n\npath \"secret/data/*\" {\n  capabilities = [\"read\", \"list\"]\n}\n";
const CI: &str = "path \"secret/data/ops/*\" {\n  capabilities = [\"deny\"]\n}\n\npath \"auth/token/create/ci\" {\n  capabilities = [\"update\"]\n  allowed_parameters = {\n    \"ttl\" = [\"1h\"]\n  }\n}\n\npath \"team/{{identity.entity.name}}/*\" {\n  policy = \"read\"\n}\n";

fn folder() -> Folder {
    Folder::with(&[("base.hcl", BASE), ("ci.hcl", CI), ("bob.json", "{\"entity\": {\"name\": \"bob\"}}")])
}

#[test]
fn capabilities_are_answered_as_they_are_asked_for() {
    let folder = folder();
    let ask = ["acl", "capabilities", "-p", "base.hcl", "-p", "ci.hcl"];
    let with = |more: &[&'static str]| [&ask[..], more].concat();
    let run = folder.run(&with(&["secret/data/x", "/secret/data/ops/x", "no"])).exits(0);
    assert_eq!(run.stdout, "secret/data/x: list, read\n/secret/data/ops/x: deny\nno: deny\n");
    let run = folder
        .run_with_input(
            &with(&["--format", "json", "--paths-from", "-", "a"]),
            "secret/\r\n\nsecret/data/é\nsecret/\n",
        )
        .exits(0);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer, json!({ "a": ["deny"], "secret/": ["list"], "secret/data/é": ["list", "read"] }));
    let run = folder.run(&with(&["--identity", "bob.json", "team/bob/x"])).exits(0);
    assert_eq!(run.stdout, "team/bob/x: list, read\n");
    let run = folder.run(&["acl", "capabilities", "-p", "root", "x"]).exits(0);
    assert_eq!(run.stdout, "x: root\n");
    let run = folder
        .run_with_input(&["acl", "capabilities", "-p", "-", "a"], "path \"a\" { policy = \"sudo\" }")
        .exits(0);
    assert_eq!(run.stdout, "a: create, delete, list, read, sudo, update\n");
}

#[test]
fn what_cannot_be_asked_is_told() {
    let folder = folder();
    folder.write("broken.hcl", b"path \"a\" { caps = [] }");
    folder.write("identity.json", b"{\"entitty\": {}}");
    let table: [(&[&str], i32, &str); 11] = [
        (&["capabilities", "x"], 2, "--policy <FILE>"),
        (&["capabilities", "-p", "none.hcl", "x"], 1, "none.hcl: No such file"),
        (&["capabilities", "-p", "base.hcl", "--paths-from", "none"], 1, "none: No such file"),
        (&["capabilities", "-p", "-", "--paths-from", "-"], 2, "cannot both come from `-`"),
        (&["capabilities", "-p", "broken.hcl", "x"], 3, "a `path` block has no key `caps`"),
        (
            &["capabilities", "-p", "base.hcl", "--dialect", "consul-1", "x"],
            2,
            "write `openbao-2.7` or `vault-0.6.2`",
        ),
        (
            &["capabilities", "-p", "base.hcl", "--identity", "identity.json", "x"],
            1,
            "unknown field `entitty`",
        ),
        (&["explain", "-p", "base.hcl", "-o", "raed", "x"], 2, "a similar value exists: 'read'"),
        (&["explain", "-p", "base.hcl", "-o", "read", "--param", "x", "y"], 2, "write `name=text`"),
        (&["explain", "-p", "base.hcl", "-o", "read", "--wrap-ttl", "x", "y"], 2, "the wrapping TTL `x`"),
        (&["diff", "base.hcl"], 2, "<NEW>"),
    ];
    for (arguments, code, expected) in table {
        let run = folder.run(&[&["acl"], arguments].concat()).exits(code);
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

#[test]
fn an_allowed_request_is_explained() {
    let run = folder().run(&["acl", "explain", "-p", "base.hcl", "-o", "read", "secret/data/web"]).exits(0);
    let expected = "\
allowed: `read` on `secret/data/web`: the rule `secret/data/*` grants it
 --> base.hcl:5:6
  |
5 | path \"secret/data/*\" {
  |      ^^^^^^^^^^^^^^^
6 |   capabilities = [\"read\", \"list\"]
  |                   ------ granted here

One more rule matches; only the one above counts:
  secret/*  base.hcl:1  list  a longer path with a final `*` matches too
";
    assert_eq!(run.stdout, expected);
}

#[test]
fn a_denied_request_is_explained() {
    let folder = folder();
    let run = folder
        .run(&["acl", "explain", "-p", "base.hcl", "-p", "ci.hcl", "-o", "read", "secret/data/ops/x"])
        .exits(4);
    let expected = "\
denied: `read` on `secret/data/ops/x`: the rule `secret/data/ops/*` says `deny`
 --> ci.hcl:1:6
  |
1 | path \"secret/data/ops/*\" {
  |      ^^^^^^^^^^^^^^^^^^^
2 |   capabilities = [\"deny\"]
  |                   ------ denied here
  |
  = note: `secret/data/*` grants `read`, but does not count: the most specific rule alone decides, rules for different paths are never united
  = help: a rule for this path alone comes before `secret/data/ops/*`, in any of the policies:
          path \"secret/data/ops/x\" {
            capabilities = [\"read\"]
          }

More rules match, the most specific first; only the one above counts:
  secret/data/*  base.hcl:5  list, read  a longer path with a final `*` matches too
  secret/*       base.hcl:1  list        a longer path with a final `*` matches too
";
    assert_eq!(run.stdout, expected);
    let create = ["acl", "explain", "-p", "ci.hcl", "-o", "update", "auth/token/create/ci"];
    let run = folder.run(&[&create[..], &["--param", "ttl=2h"]].concat()).exits(4);
    assert!(run.stdout.contains("---- only these values are allowed"), "{}", run.stdout);
    folder.run(&[&create[..], &["--param", "ttl=1h"]].concat()).exits(0);
    let run = folder.run(&["acl", "explain", "-p", "ci.hcl", "-o", "update", "auth/token/create"]).exits(4);
    assert!(run.stdout.contains("the nearest rule; its path goes on with `/ci`"), "{}", run.stdout);
    let json = ["acl", "explain", "-p", "ci.hcl", "-o", "read", "team/bob/x", "--format", "json"];
    let answer: Value = serde_json::from_str(&folder.run(&json).exits(4).stdout).unwrap();
    assert_eq!(answer["allowed"], false);
    assert!(answer["notes"][0].as_str().unwrap().contains("team/{{identity.entity.name}}/*"), "{answer}");
    folder.run(&[&json[..], &["--identity", "bob.json"]].concat()).exits(0);
}

#[test]
fn a_change_of_policies_is_listed_without_gaps() {
    let folder = folder();
    folder.write("next.hcl", BASE.replace("[\"list\"]", "[\"list\", \"update\"]").as_bytes());
    let run = folder.run(&["acl", "diff", "base.hcl", "--", "next.hcl", "ci.hcl"]).exits(0);
    let expected = "\
+ auth/token/create/ci: gains update
    before  no rule matches
    after   `auth/token/create/ci` grants update  ci.hcl:5
+ secret/*: gains update
    before  `secret/*` grants list  base.hcl:1
    after   `secret/*` grants list, update  next.hcl:1
- secret/data/ops/*: loses list, read
    before  `secret/data/*` grants list, read  base.hcl:5
    after   `secret/data/ops/*` says deny  ci.hcl:1
3 changes, on openbao-2.7.2: 2 gain, 1 lose
";
    assert_eq!(run.stdout, expected);
    let github = ["acl", "diff", "--format", "github", "--fail-on", "gained", "base.hcl", "--", "next.hcl"];
    let run = folder.run(&github).exits(3);
    assert_eq!(
        run.stdout,
        "::warning file=next.hcl,line=1,endLine=1,col=6,endColumn=16,title=nomad-vault acl diff::`secret/*` gains update\n"
    );
    let run = folder.run(&["acl", "diff", "--format", "json", "base.hcl", "--", "root"]).exits(0);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&answer["new_is_root"], &answer["changes"]), (&json!(true), &json!([])));
    let run = folder.run(&["acl", "diff", "--fail-on", "any", "base.hcl", "--", "base.hcl"]).exits(0);
    assert_eq!(run.stdout, "No path has other capabilities than before, on openbao-2.7.2\n");
    folder.write("old/a.hcl", BASE.as_bytes());
    folder.write("old/notes.txt", b"no policy");
    let run = folder.run(&["acl", "diff", "--fail-on", "any", "old", "--", "base.hcl"]).exits(0);
    assert!(run.stdout.starts_with("No path"), "{}", run.stdout);
}
