use TemplateProblemKind::*;

use super::*;

/// What is wrong, each with the text under it. Go 1.19.8 takes and refuses the same templates.
fn check(text: &str, expected: &[(TemplateProblemKind, &str)]) {
    let template = GoTemplate::parse(text, "", "");
    let found: Vec<_> = template.problems.iter().map(|it| (it.kind, it.span.of(text))).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn templates_that_go_takes() {
    for text in [
        "",
        "text",
        "{{ . }}",
        "{{- . -}} {{/* c */}} {{- /* {{ c }} */ -}}",
        "{{ if .A }}{{ else if .B }}{{ else }}{{ end }}",
        "{{ range $i, $v := .A }}{{ if $i }}{{ break }}{{ end }}{{ continue }}{{ else }}{{ end }}",
        "{{ define \"t\" }}{{ . }}{{ end }}{{ template \"t\" . }}{{ template `t` }}{{ block \"b\" . }}{{ end }}",
        "{{ $x := 1 }}{{ $x = 0x1f }}{{ printf \"%s\" ($x) 'a' 1.5e3 1+2i nil true | print }}",
        "{{ (f .a).b.c \"\\x41\\u00e9\\t\" }}",
        "{{ .a\n  .b }}",
        "{{ . | }}",
    ] {
        check(text, &[]);
    }
}

#[test]
fn templates_that_go_refuses() {
    for (text, expected) in [
        ("{{}}", &[(ValueMissing, "")][..]),
        ("{{ . ", &[(UnclosedAction, "{{")]),
        ("{{ . {{ . }}", &[(UnclosedAction, "{{")]),
        ("{{/* c }} {{ . }}", &[(UnclosedComment, "{{/*")]),
        ("{{/* c */ . }}", &[(CommentNotAlone, " ")]),
        ("{{ \"a }}\n{{ . }}", &[(UnterminatedString, "\"a")]),
        ("{{ `a }}", &[(UnterminatedString, "`a")]),
        ("{{ 'ab' }} {{ 089 }} {{ 1x }}", &[(BadLiteral, "'ab'"), (BadLiteral, "089"), (BadLiteral, "1")]),
        ("{{ f \"\\q\" }}", &[(BadString, "\"\\q\"")]),
        ("{{ (f }}", &[(UnclosedParenthesis, "(")]),
        ("{{ f) }}", &[(UnexpectedToken, ")")]),
        ("{{ f \"a\"b }}", &[(UnexpectedToken, "b")]),
        ("{{ f ] }} {{ \"s\".x }}", &[(UnexpectedToken, "]"), (UnexpectedToken, ".x")]),
        ("{{ . | \"s\" }}", &[(NotExecutable, "\"s\"")]),
        (
            "{{ $x }} {{ with $y := 1 }}{{ end }}{{ $y }}",
            &[(UndefinedVariable, "$x"), (UndefinedVariable, "$y")],
        ),
        ("{{ if . }}{{ with . }}{{ end }}", &[(UnclosedBlock, "{{ if . }}")]),
        ("{{ end }} {{ else }}", &[(UnexpectedEnd, "{{ end }}"), (UnexpectedElse, "{{ else }}")]),
        ("{{ if . }}{{ else }}{{ else }}{{ end }}", &[(UnexpectedElse, "{{ else }}")]),
        ("{{ break }}", &[(OutsideRange, "{{ break }}")]),
        ("{{ if . }}{{ define \"t\" }}{{ end }}{{ end }}", &[(NestedDefine, "{{ define \"t\" }}")]),
        ("{{ template t }}", &[(UnexpectedToken, "t")]),
    ] {
        check(text, expected);
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    let large = 50_000;
    for part in [
        "{{",
        "{{(",
        "{{ if . }}",
        "{{ $x := 1 }}",
        "{{ \"",
        "{{/* }}",
        "{{ ` }}",
        "(",
        "{{ . | . | . }}",
        "{{ $a }}",
    ] {
        let text = part.repeat(large);
        assert!(GoTemplate::parse(&text, "", "").problems.len() <= MAX_TEMPLATE_PROBLEMS);
    }
    check(&format!("{{{{ {}.{} }}}}", "(".repeat(101), ")".repeat(101)), &[(TooDeep, "(")]);
}
