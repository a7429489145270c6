use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value as Reference;

use super::super::{Dialect, NodeKind, ProblemKind, Tree, Value, parse};

fn strict(text: &str) -> Tree {
    parse(text.into(), Dialect::Json)
}

fn loose(text: &str) -> Tree {
    parse(text.into(), Dialect::LooseJson)
}

/// The tree in short: `a:"x" b:{c:1}`.
fn outline(tree: &Tree) -> String {
    let mut out = String::new();
    outline_object(tree.root(), &mut out);
    out
}

fn outline_object(object: super::super::Object<'_>, out: &mut String) {
    for (index, item) in object.items().enumerate() {
        out.push_str(if index == 0 { "" } else { " " });
        let keys: Vec<_> = item.keys().map(|key| key.name().into_owned()).collect();
        let _ = write!(out, "{}:", keys.join("+"));
        outline_value(item.value(), out);
    }
}

fn outline_value(value: Value<'_>, out: &mut String) {
    match value.kind() {
        NodeKind::Object => {
            out.push('{');
            if let Some(object) = value.object() {
                outline_object(object, out);
            }
            out.push('}');
        }
        NodeKind::List => {
            out.push('[');
            for (index, element) in value.list().into_iter().flatten().enumerate() {
                out.push_str(if index == 0 { "" } else { " " });
                outline_value(element, out);
            }
            out.push(']');
        }
        NodeKind::Missing => out.push('?'),
        _ => out.push_str(value.raw()),
    }
}

fn problems(tree: &Tree) -> Vec<(ProblemKind, &str)> {
    tree.problems().iter().map(|problem| (problem.kind.clone(), problem.span.of(tree.text()))).collect()
}

#[test]
fn strict_problems_are_located_and_the_rest_is_read() {
    use ProblemKind::*;
    type Row = (&'static str, &'static [(ProblemKind, &'static str)], &'static str);
    let table: &[Row] = &[
        (r#"{"a": 1}"#, &[], "a:1"),
        (" [1, {\"a\": null}] ", &[], ""),
        ("", &[(Empty, "")], ""),
        (r#"{"a": 1,}"#, &[(TrailingComma, ",")], "a:1"),
        (r#"{"a": [1, 2,]}"#, &[(TrailingComma, ",")], "a:[1 2]"),
        (r#"{"a": 1 "b": 2}"#, &[(MissingComma, "\"b\"")], "a:1 b:2"),
        (r#"{"a": [1 2]}"#, &[(MissingComma, "2")], "a:[1 2]"),
        ("{// c\n\"a\": 1 /* d */}", &[(Comment, "// c"), (Comment, "/* d */")], "a:1"),
        ("{\"a\": 1 # c\n}", &[(Comment, "# c")], "a:1"),
        ("{'a': 'b'}", &[(SingleQuotes, "'a'"), (SingleQuotes, "'b'")], "a:b"),
        ("{a: NaN}", &[(BareWord, "a"), (BareWord, "NaN")], "a:?"),
        (r#"{"a": True, "b": 72h}"#, &[(BareWord, "True"), (BadNumber, "72h")], "a:? b:?"),
        ("{\"a\": \"x\n, \"b\": 1}", &[(UnclosedString, "\"x")], "a:\"x b:1"),
        ("{\"a\": \"x,\n \"b\": 1}", &[(UnclosedString, "\"x,")], "a:\"x, b:1"),
        ("{\"a: 1,\n \"b\": 1}", &[(UnclosedString, "\"a: 1,")], "a: 1,:? b:1"),
        (r#"{"a": , "b": 1}"#, &[(MissingValue, ":")], "a:? b:1"),
        (r#"{"a", "b": 1}"#, &[(IncompleteItem, "\"a\"")], "a:? b:1"),
        (r#"{"a" 1}"#, &[(Json { expected: "`:` between name and value" }, "1")], "a:1"),
        (r#"{"a" = 1}"#, &[(Json { expected: "`:` between name and value" }, "=")], "a:1"),
        (r#"{"a": 1} x"#, &[(UnexpectedToken, "x")], "a:1"),
        (r#"{"a": 1}}}}"#, &[(UnexpectedClosing, "}")], "a:1"),
        (r#"{"a": [1, {"b": 2]}"#, &[(UnclosedObject, "{")], "a:[1 {b:2}]"),
        (r#"{"a": [1, "b": 2}"#, &[(UnclosedList, "["), (UnexpectedToken, ":")], "a:[1 \"b\" 2]"),
        (r#"{"a": {"b": 1"#, &[(UnclosedObject, "{"), (UnclosedObject, "{")], "a:{b:1}"),
        (
            r#"{"a": 01, "b": .5, "c": 1e999}"#,
            &[(BadNumber, "01"), (BadNumber, ".5"), (BadNumber, "1e999")],
            "a:? b:? c:?",
        ),
        (r#"{"a": "\q\ud800"}"#, &[(BadEscape, r"\q"), (BadEscape, r"\ud800")], r#"a:"\q\ud800""#),
        ("{\"a\": \u{201c}x\u{201d}}", &[(IllegalCharacter, "\u{201c}")], "a:?"),
    ];
    for (text, expected, tree) in table {
        let read = strict(text);
        assert_eq!(problems(&read), *expected, "{text}");
        assert_eq!(outline(&read), *tree, "{text}");
    }
}

#[test]
fn repeated_members_are_problems_in_small_and_large_objects() {
    let read = strict(r#"{"a": 1, "b": {"a": 2, "\u0061": 3}, "a": 4}"#);
    let places: Vec<_> = read
        .problems()
        .iter()
        .map(|problem| match problem.kind {
            ProblemKind::DuplicateKey { first } => (first.start, problem.span.start),
            _ => (0, 0),
        })
        .collect();
    assert_eq!(places, [(15, 23), (1, 37)]);
    let many: Vec<_> = (0..20).map(|index| format!("\"k{}\": 1", index % 19)).collect();
    let text = format!("{{{}}}", many.join(","));
    assert_eq!(problems(&strict(&text)).len(), 1);
}

#[test]
fn loose_reading_is_as_loose_as_go() {
    let table = [
        (r#"{"a": {"b": ["read",],},}"#, "a:{b:[\"read\"]}"),
        (r#"{"a": {"b": ["read"]"#, "a:{b:[\"read\"]}"),
        (r#"{"a": {"b": 1 "c": 2}, "d": 3}"#, "a:{b:1}"),
        (r#"{"a": 1} path "b" {}"#, "a:1"),
        (r#"{"a": [true, 1, "s"]}"#, "a:[1 \"s\"]"),
        (r#"{"a": [["x"]], "b": 1}"#, "a:[\"x\"]"),
        (r#"{"a" "b": 1}"#, "a+b:1"),
        (r#"{"a": }"#, ""),
        (r#"{"a": 1, "b" }"#, "a:1"),
        (r#"{"a": [}"#, ""),
        (r#"{"a": 1.5, "b":"#, "a:1.5"),
        ("{\"a\": \"\t\\x41\"}", "a:\"\t\\x41\""),
        (r#"{"a": 1, "a": 2}"#, "a:1 a:2"),
        (r#"{"a": null}"#, "a:null"),
        (r#"{"a": 1e}"#, "a:1e}"),
    ];
    for (text, expected) in table {
        let read = loose(text);
        assert_eq!(problems(&read), [], "{text}");
        assert_eq!(outline(&read), expected, "{text}");
    }
}

#[test]
fn loose_reading_refuses_what_go_refuses() {
    use ProblemKind::*;
    let table = [
        ("{ // hi\n \"a\": 1}", Comment, "// hi"),
        ("{'a': {}}", SingleQuotes, "'a'"),
        (r#"{"a": ["x""#, UnclosedList, "["),
        (r#"{"a\/b": 1}"#, BadEscape, r"\/"),
        (r#"{"a": read}"#, BareWord, "read"),
        (r#"{"a": 01}"#, BadNumber, "01"),
        (r#"{"a": 0"#, BadNumber, "0"),
        (r#"{"a": 1,, "b": 2}"#, UnexpectedToken, ","),
        (r#"{: 1}"#, MissingKey, ":"),
        ("{\"a\": \"x\n\"}", UnclosedString, "\"x"),
    ];
    for (text, kind, place) in table {
        assert_eq!(problems(&loose(text)).first(), Some(&(kind, place)), "{text}");
    }
}

#[test]
fn hostile_texts_are_read_in_time() {
    let many_keys: String = (0..100_000).map(|index| format!("\"key{index}\": {index},")).collect();
    let texts = [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(200_000),
        "}".repeat(1_000_000),
        format!("{{{}", "]".repeat(1_000_000)),
        format!("{{{}", ",".repeat(1_000_000)),
        format!("{{{}\"z\": 1}}", many_keys),
        format!("{{{}}}", "\"same\":1,".repeat(100_000)),
        "{\"".repeat(300_000),
        "{\0\"a\":1}".to_owned(),
        format!("{{\"a\": \"{}", "\\u".repeat(100_000)),
    ];
    for text in texts {
        assert!(!strict(&text).problems().is_empty() || text.len() > 1_500_000, "{}", text.len());
        let _ = loose(&text);
    }
}

fn json() -> impl Strategy<Value = Reference> {
    let leaf = prop_oneof![
        Just(Reference::Null),
        any::<bool>().prop_map(Reference::from),
        any::<i64>().prop_map(Reference::from),
        any::<i32>().prop_map(|number| Reference::from(f64::from(number) / 8.0)),
        any::<String>().prop_map(Reference::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Reference::from),
            prop::collection::vec((any::<String>(), inner), 0..12)
                .prop_map(|members| Reference::Object(members.into_iter().collect())),
        ]
    })
}

/// The tree's value as the reference would have it.
fn value_of(value: Value<'_>) -> Reference {
    match value.kind() {
        NodeKind::Object => value.object().map_or(Reference::Null, object_of),
        NodeKind::List => value.list().into_iter().flatten().map(value_of).collect(),
        NodeKind::String => value.string().unwrap_or_default().into_owned().into(),
        NodeKind::Bool => value.boolean().into(),
        NodeKind::Number | NodeKind::Float => serde_json::from_str(value.raw()).unwrap(),
        _ => Reference::Null,
    }
}

fn object_of(object: super::super::Object<'_>) -> Reference {
    Reference::Object(
        object.items().map(|item| (item.key().name().into_owned(), value_of(item.value()))).collect(),
    )
}

fn accepts(tree: &Tree) -> bool {
    tree.problems().iter().all(|problem| matches!(problem.kind, ProblemKind::DuplicateKey { .. }))
}

fn spans_lie_in_the_text(tree: &Tree) -> bool {
    tree.node_spans()
        .map(|(_, span)| span)
        .chain(tree.problems().iter().map(|problem| problem.span))
        .all(|span| tree.text().get(span.range()).is_some())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_json_is_read_as_serde_json_reads_it(value in json(), pretty in any::<bool>()) {
        let wrapped = serde_json::json!({ "root": value });
        let text = if pretty { serde_json::to_string_pretty(&wrapped) } else { serde_json::to_string(&wrapped) };
        let tree = strict(&text.unwrap());
        prop_assert!(tree.problems().is_empty(), "{:?}", tree.problems());
        prop_assert_eq!(object_of(tree.root()), wrapped);
        prop_assert!(spans_lie_in_the_text(&tree));
    }

    #[test]
    fn damaged_json_has_the_verdict_of_serde_json(
        value in json(),
        at in any::<prop::sample::Index>(),
        length in 0_usize..4,
        insert in r#"[\[\]{},:"'\\0-9eE.+\-tnu/ \n#a\x00-\x1f]{0,3}"#,
    ) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        let characters: Vec<char> = text.chars().collect();
        let first = at.index(characters.len() + 1);
        let kept = characters.iter().take(first);
        let damaged: String =
            kept.copied().chain(insert.chars()).chain(characters.iter().copied().skip(first + length)).collect();
        let tree = strict(&damaged);
        prop_assert_eq!(accepts(&tree), serde_json::from_str::<Reference>(&damaged).is_ok(), "{}", damaged);
        prop_assert!(spans_lie_in_the_text(&tree));
        prop_assert!(spans_lie_in_the_text(&loose(&damaged)));
    }

    #[test]
    fn any_text_has_the_verdict_of_serde_json(text in r#"[\[\]{},:"\\0-9eE.+\-tfnu/ ]{0,12}"#) {
        prop_assert_eq!(accepts(&strict(&text)), serde_json::from_str::<Reference>(&text).is_ok(), "{}", text);
        prop_assert!(spans_lie_in_the_text(&loose(&text)));
    }
}

/// The rows of a recorded matrix whose text is JSON.
fn recorded(rows: &str, text: &str) -> Vec<(String, Reference)> {
    let rows: Vec<Reference> = serde_json::from_str(rows).unwrap();
    let rows = rows.into_iter().map(|row| (row[text].as_str().unwrap_or_default().to_owned(), row));
    rows.filter(|(text, _)| text.trim_start().starts_with('{')).collect()
}

#[test]
fn loose_reading_has_the_recorded_verdicts_of_go() {
    let mut rows = recorded(include_str!("../../../../tests/corpus/polmatrix.json"), "text");
    rows.extend(recorded(include_str!("../../../../tests/corpus/jobmatrix.json"), "text"));
    assert!(rows.len() > 16, "{}", rows.len());
    for (text, row) in rows {
        assert_eq!(loose(&text).problems().is_empty(), row["hcl1"] == true, "{text}");
    }
}

#[test]
fn loose_reading_has_the_recorded_syntax_errors_of_the_server() {
    let rows = recorded(include_str!("../../../../tests/corpus/vault-policy-parse-facts.json"), "policy");
    assert!(rows.len() > 20, "{}", rows.len());
    for (text, row) in rows {
        let error = row["error"].as_str().unwrap_or_default();
        let is_syntax = error.contains("illegal char");
        assert_eq!(!loose(&text).problems().is_empty(), is_syntax, "{text}");
    }
}
