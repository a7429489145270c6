//! Verdicts, and what is underlined.
//!
//! The verdicts are those of Go's reader, hcl v2.14.1, which was asked for every one of these texts.

use crate::syntax::{Dialect, MAX_DEPTH, ProblemKind, parse};

/// The kinds of the problems of a text read as HCL 2, with what they underline.
fn problems(text: &str) -> Vec<(ProblemKind, String)> {
    let tree = parse(text.into(), Dialect::Hcl2);
    tree.problems().iter().map(|it| (it.kind.clone(), it.span.of(text).to_owned())).collect()
}

#[track_caller]
fn accepts(texts: &[&str]) {
    for text in texts {
        assert_eq!(problems(text), [], "{text}");
    }
}

#[track_caller]
fn refuses(texts: &[&str]) {
    for text in texts {
        assert_ne!(problems(text), [], "{text}");
    }
}

#[track_caller]
fn refuses_with(text: &str, kind: &ProblemKind, underlined: &str) {
    let found = problems(text);
    assert!(found.iter().any(|it| it.0 == *kind && it.1 == underlined), "{text}\n{found:?}");
}

/// What the reader says first, and what it underlines.
#[track_caller]
fn says(text: &str, message: &str, underlined: &str) {
    let problem = super::first_problem(text);
    let said = problem.map(|it| match it.kind {
        ProblemKind::Hcl2 { message } => (message.to_owned(), it.span.of(text)),
        other => (format!("{other:?}"), it.span.of(text)),
    });
    assert_eq!(said, Some((message.to_owned(), underlined)), "{text}");
}

#[test]
fn bodies() {
    accepts(&[
        "",
        "\u{feff}a = 1\n",
        "a = 1",
        "# x",
        "a = 1 # x",
        "a = b /* x */\n",
        "a = /* x \n */ 1\n",
        "a \"b\" c {}\n",
        "a \"$${b}\" {}\n",
        "a { b = 1 }\nc {}",
        "a {\n  b = 1\r\n\r\n}\n",
        "a\u{301} = 1\naé = 2\n",
    ]);
    refuses(&[
        "a.b = 1\n",
        "a {\n}}\n",
        "a\n{\n}\n",
        "a {\n b = 1 }\n",
        "a { b = 1\n}\n",
        "a { b = 1, c = 2 }\n",
        "a { b {} }\n",
        "a { b = <<E\nx\nE\n}\n",
        "a \"${b}\" {}\n",
        "\"a\" = 1\n",
        "a = 1\na = 2\n",
        "a = 1 b = 2\n",
        "a = 1,\n",
        "a = 1 \r b = 2\n",
        "\u{301}a = 1\n",
        "/* x",
        "\0",
    ]);
    let mut many: String = (0..40).map(|number| format!("a{number} = 1\n")).collect();
    accepts(&[&many]);
    many.push_str("a7 = 1\n");
    refuses(&[&many]);
}

#[test]
fn values_and_operators() {
    accepts(&[
        "a = 010\nb = 1.e5\nc = 1e999999999\n",
        "a = - -1\nb = !-c\n",
        "a = 1 == 2 == 3\n",
        "a = b ? c : d ? e : f\n",
        "a = (b\n)\n",
        "a = f (1)\nb = g(c...)\nd = g(c,)\ne = g()\n",
        "a = b::c(1)\n",
        "a = b. c\nd = b [0]\n",
        "a = b.*.0.c\nd = b[*].c[0].*.d\ne = b.0e1\n",
    ]);
    refuses(&[
        "a = 1..2\n",
        "a = 1.2.3\n",
        "a = 1e5e6\n",
        "a = 1.\n",
        "a = 1e\n",
        "a = .5\n",
        "a = 0x10\n",
        "a = b.0.1\n",
        "a = b.*.*\n",
        "a = f(,)\n",
        "a = f(b...,)\n",
        "a = f(b, ...)\n",
        "a = b::\n",
        "a = b &&\n c\n",
        "a = a ? b\n : c\n",
        "a = b; c = d\n",
        "a = 'b'\n",
        "a = b & c\n",
    ]);
}

#[test]
fn lists_and_objects() {
    accepts(&[
        "a = [\n]\nb = [1,\n 2,\n]\n",
        "a = [f\n(1)]\n",
        "a = { A = \"b\"\n A = \"c\"\n A = \"d\" }\n",
        "a = merge({ A = 1, A = 2 }, { \"B\" = 1, \"B\" = 2 })\n",
        "a = { b : 1, c = 2, }\nd = {\n e = 1,\n\n f = 2\n}\n",
        "a = {b = <<E\nx\nE\n}\n",
        "a = [<<E\nx\nE\n]\n",
        "a = {\nfor x in y : x => 1\n\n}\n",
        "a = {for x in y : x => 1... if x}\nb = [for k, v in y : k if v]\n",
    ]);
    refuses(&[
        "a = [1,,]\n",
        "a = [1 2]\n",
        "a = {b}\n",
        "a = {a=1\n,b=2}\n",
        "a = { b = 1 c = 2 }\n",
        "a = {b = 1 ~}\n",
        "a = { for = 1 }\n",
        "a = [for]\n",
        "a = [for x in y : x => 1]\n",
        "a = [for x in y : x...]\n",
        "a = {for x in y : x}\n",
    ]);
}

#[test]
fn templates() {
    accepts(&[
        "a = \"${{ x = 1, x = 2 }.x}\"\n",
        "a = \"$\"\nb = \"$$${x}\"\nc = \"%%{\"\n",
        "a = \"${~x~}\"\nb = \"${\n x \n}\"\n",
        "a = \"%{ if \n x\n}a%{endif}\"\n",
        "a = \"%{ for a, b in c }x%{ endfor }\"\n",
        "a = \"x${upper(\n\"b\"\n)}y\"\n",
        "a = \"\\U0010ffff\\u00e9\\\\\\\"\"\n",
        "a = <<E\ncost $\n100%\nE\n",
        "a = <<E\r\nx\r\nE\r\n",
        "a = <<E\n  E  \n",
        "a = <<-E-x\n  a\n  E-x\n",
        "a = <<-EOF\n  \"it's ${join(\",\", [\"a\"])}\n  EOF\n# \"\nb = \"$${\"\n",
        "/* \" */ a = \"\\\"\" // \"\n",
    ]);
    refuses(&[
        "a = \"${x ~ }\"\n",
        "a = \"${x y}\"\n",
        "a = \"${x:-y}\"\n",
        "a = \"%{ foo }\"\n",
        "a = \"%{ ifx }%{ endif }\"\n",
        "a = \"%{ endif }\"\n",
        "a = \"%{ if c }x\"\n",
        "a = \"%{ if c }x%{ endfor }\"\n",
        "a = \"%{ if c }x%{ else }%{ else }%{ endif }\"\n",
        "a = \"%{ for a in c }x%{ else }%{ endfor }\"\n",
        "a = \"\\u12\"\n",
        "a = \"\\ud83d\"\n",
        "a = \"\\$\"\n",
        "a = \"b\rc\"\n",
        "a = << E\nx\nE\n",
        "a = <<E\nx\ry\nE\n",
        "a = <<E\n${x}E\n",
    ]);
}

#[test]
fn what_is_underlined() {
    refuses_with("a = \"b\nc\"\n", &ProblemKind::UnclosedString, "\"b");
    refuses_with("a = <<EOF\nx\nEOF", &ProblemKind::UnclosedHeredoc, "<<EOF");
    says("a = 1 +\n", "an expression is missing here", "+");
    says("a = b & c\n", "IllegalCharacter", "&");
    says("a = [1 2]\n", "a comma or the `]` of the list is missing here", "2");
    says("a = \"${x y}\"\n", "the `}` of the template is missing here", "y");
    says("a = \"x%{ if c }x\"\n", "this `if` has no `%{ endif }`", "%{ if");
    says("a { b = 1, c = 2 }\n", "a block on one line holds one attribute, and no block", ",");
    says("a = 1\na = 2\n", "this attribute is set a second time in its block", "a");
    says("a = \"x\\qy\"\n", "BadEscape", "\\q");
    says("a {\n", "UnclosedObject", "{");
}

#[test]
fn the_place_is_right_behind_a_byte_order_mark() {
    says("\u{feff}a = { A = 1, A = 2 }\nb = 1 + }\n", "an expression is missing here", "}");
}

#[test]
fn a_large_object_takes_linear_time() {
    let members: String = (0..100_000).map(|number| format!("k{number} = {number}\n")).collect();
    accepts(&[&format!("a = {{\n{members}}}\n"), &members]);
    let found = problems(&format!("a = {{\n{members}}}\nb = 1 +\n"));
    assert!(matches!(found.as_slice(), [(ProblemKind::Hcl2 { .. }, _)]), "{found:?}");
}

#[test]
fn nesting_up_to_the_limit_is_read_and_one_more_is_refused() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{ a = ", "}"),
        ("\"${", "}\""),
        ("f(", ")"),
        ("-", ""),
        ("a[", "]"),
        ("a ? b : ", ""),
    ] {
        let nested = |levels: usize| format!("a = {}1{}\n", open.repeat(levels), close.repeat(levels));
        let limit = MAX_DEPTH as usize;
        accepts(&[&nested(limit)]);
        let found = problems(&nested(limit + 1));
        assert_eq!(found.first().map(|it| it.0.clone()), Some(ProblemKind::TooDeep), "{open}");
        assert_ne!(problems(&format!("a = {}", open.repeat(100_000))), [], "{open}");
    }
}
