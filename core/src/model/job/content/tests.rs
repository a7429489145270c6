use super::*;
use crate::model::{Job, Target};
use crate::syntax::{Dialect, parse};

/// The content of the only template of a job in HCL 2, or in HCL 1, JSON.
fn content(text: &str, dialect: Dialect) -> TemplateContent {
    let tree = parse(text.into(), dialect);
    let job = Job::from_tree(&tree, Target::NEWEST);
    let template = job.tasks().next().and_then(|it| it.task.templates.first()).cloned();
    template.and_then(|it| it.content).map_or(TemplateContent::default(), |content| *content)
}

fn in_job(data: &str) -> String {
    format!(
        "job \"j\" {{\n  group \"g\" {{\n    task \"t\" {{\n      template {{\n        data = {data}\n      }}\n    }}\n  }}\n}}\n"
    )
}

/// Calls as `function kind path`, each with the text under it.
fn check(data: &str, dialect: Dialect, expected: &[(&str, &str)]) {
    let text = in_job(data);
    let content = content(&text, dialect);
    let environment = |name: &str| (name == "NOMAD_TASK_NAME").then(|| "t".to_owned());
    let found: Vec<_> = content
        .calls
        .iter()
        .map(|call| {
            let path = call.asked_path(&environment).map_or("none".to_owned(), |path| path.text);
            (format!("{} {:?} {path}", call.function, call.kind), call.span.of(&text))
        })
        .collect();
    let found: Vec<_> = found.iter().map(|(call, text)| (call.as_str(), *text)).collect();
    assert_eq!(found, expected, "{data}");
}

fn heredoc(template: &str) -> String {
    format!("<<-EOF\n          {template}\n        EOF\n")
}

#[test]
fn calls_with_their_paths() {
    for (template, expected) in [
        (
            r#"{{ with secret "secret/data/app" }}{{ .Data.data.key }}{{ end }}"#,
            &[("secret Read secret/data/app", r#"secret "secret/data/app""#)][..],
        ),
        (
            r#"{{secret "a"}} {{- secrets `kv/` -}}"#,
            &[("secret Read a", r#"secret "a""#), ("secrets List kv", "secrets `kv/`")],
        ),
        (
            r#"{{ with pkiCert (printf "pki/issue/%s" "x") "common_name=y" }}{{ end }}"#,
            &[("pkiCert Write pki/issue/x", r#"pkiCert (printf "pki/issue/%s" "x")"#)],
        ),
        (r#"{{ "kv/app" | secret }}"#, &[("secret Read kv/app", "secret")]),
        (r#"{{ with (secret "a" "b=c") }}{{ end }}"#, &[("secret Write a", r#"secret "a""#)]),
        (
            r#"{{ secret (printf "kv/%s/%s" (env "NOMAD_META_x") (env "NOMAD_TASK_NAME")) }}"#,
            &[(
                "secret Read kv/…/t",
                r#"secret (printf "kv/%s/%s" (env "NOMAD_META_x") (env "NOMAD_TASK_NAME"))"#,
            )],
        ),
        (
            r#"{{ $a := "kv" }}{{ $b := print $a "/app" }}{{ range .x }}{{ secret $b }}{{ end }}"#,
            &[("secret Read kv/app", "secret $b")],
        ),
        (
            r#"{{ $a := "kv" }}{{ if . }}{{ $a = "x" }}{{ end }}{{ secret $a }}"#,
            &[("secret Read …", "secret $a")],
        ),
        (r#"{{ (secret "a/b?version=2").Data.x }}"#, &[("secret Read a/b", r#"secret "a/b?version=2""#)]),
        (r#"{{ secret }} {{ secret . }}"#, &[("secret Read none", "secret"), ("secret Read …", "secret .")]),
        (
            // Damaged text gives the calls before and after.
            "{{ secret \"a\" }} {{ secret \"b }}\n{{ if }} {{ ] secret \"c\" }} {{ secret \"d\" {{ secret \"e\" }}",
            &[
                ("secret Read a", r#"secret "a""#),
                ("secret Read b", r#"secret "b"#),
                ("secret Read c", r#"secret "c""#),
                ("secret Read d", r#"secret "d""#),
                ("secret Read e", r#"secret "e""#),
            ],
        ),
    ] {
        for dialect in [Dialect::Hcl1, Dialect::Hcl2] {
            check(&heredoc(template), dialect, expected);
        }
    }
}

#[test]
fn what_only_looks_like_a_call_is_none() {
    for template in [
        r#"{{/* secret "a" */}}"#,
        r#"{{- /* {{ secret "a" }} */ -}}"#,
        r#"{{ "secret" }} {{ `secret` }}"#,
        r#"{{ .secret }} {{ $x.secret }} {{ mysecret "a" }} {{ secret_id }}"#,
        r#"{{ key "secret" }}"#,
        "secret \"a\"",
        "{ { secret \"a\" } }",
        "",
        "{{",
        "{{ \"",
    ] {
        check(&heredoc(template), Dialect::Hcl1, &[]);
    }
}

#[test]
fn places_in_strings_with_escapes_and_interpolations() {
    check(
        r#""é\n{{ secret \"a\" }} \u00e9 {{ secret \"b\" }}""#,
        Dialect::Hcl2,
        &[("secret Read a", r#"secret \"a\""#), ("secret Read b", r#"secret \"b\""#)],
    );
    // What the document does not tell is no part of the path.
    check(
        "<<EOF\n{{ secret \"kv/${var.x}/app\" }} ${var.y} {{ secret \"b\" }}\nEOF\n",
        Dialect::Hcl2,
        &[("secret Read kv/…/app", "secret \"kv/${var.x}/app\""), ("secret Read b", "secret \"b\"")],
    );
    let text = "variable \"x\" {\n  default = \"web\"\n}\n".to_owned()
        + &in_job("<<EOF\na\n{{ secret \"kv/${var.x}/app\" }} b\n{{ secret \"b\" }}\nEOF\n");
    let found = content(&text, Dialect::Hcl2);
    let calls: Vec<_> = found.calls.iter().map(|call| (call.path.clone(), call.span.of(&text))).collect();
    let path = |text: &str| Some(vec![PathPiece::Text(text.to_owned())]);
    assert_eq!(calls, [(path("kv/web/app"), "secret \"kv/${var.x}/app\""), (path("b"), "secret \"b\"")]);
}

#[test]
fn members_of_answers() {
    let template = r#"{{ with secret "a" }}{{ .Data.one }}{{ if .Data.two }}{{ else }}{{ .Data }}{{ end }}{{ range .x }}{{ .Data.no }}{{ end }}{{ else }}{{ .Data.no }}{{ end }}{{ $s := secret "b" }}{{ $s.Data.three.four }}"#;
    let text = in_job(&heredoc(template));
    let found = content(&text, Dialect::Hcl2);
    let members: Vec<Vec<_>> = found
        .calls
        .iter()
        .map(|call| call.members.iter().map(|it| (it.value.as_str(), it.span.of(&text))).collect())
        .collect();
    assert_eq!(members, [vec![("one", ".one"), ("two", ".two")], vec![("three", ".three")]]);
}

#[test]
fn other_delimiters() {
    let data = "\"[[ secret \\\"a\\\" ]] {{ secret \\\"b\\\" }}\"\n left_delimiter = \"[[\"\n right_delimiter = \"]]\"";
    check(data, Dialect::Hcl1, &[("secret Read a", "secret \\\"a\\\"")]);
}
