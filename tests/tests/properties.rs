//! What holds for every text.

use std::sync::Arc;

use nomad_vault_core::syntax::{self, Dialect, MAX_DEPTH, Object, ProblemKind, Tree, Value};
use nomad_vault_core::{Bundle, CheckOptions, DocumentKind, Target, TargetRequest, check};
use nomad_vault_tests::generate::{Random, TOKENS, mutate};
use nomad_vault_tests::{corpus, invariants};
use proptest::prelude::*;
use proptest::sample::select;

const DIALECTS: [Dialect; 5] =
    [Dialect::Hcl1, Dialect::Hcl1MultiLine, Dialect::LooseJson, Dialect::Hcl2, Dialect::Json];

/// `PROPTEST_CASES` asks for more than the usual number.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    // A failing case prints its shrunken text, which becomes a test of its own rather than a file of numbers.
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..Default::default() }
}

fn parse(text: &str, dialect: Dialect) -> Tree {
    syntax::parse(Arc::from(text), dialect)
}

/// Any text: characters, or pieces that open, close and quote, or a damaged document of the corpus.
fn any_text() -> impl Strategy<Value = String> {
    let soup = prop::collection::vec(select(TOKENS), 0..60).prop_map(|pieces| pieces.concat());
    let documents: Vec<String> = documents().into_iter().map(|(_, text)| text).collect();
    let damaged =
        (select(documents), any::<u64>()).prop_map(|(text, seed)| mutate(&text, &mut Random::new(seed)));
    prop_oneof!["\\PC{0,80}", any::<String>(), soup, damaged]
}

fn documents() -> Vec<(DocumentKind, String)> {
    let matrix = |file, kind| corpus::matrix(file).unwrap().into_iter().map(move |row| (kind, row.text));
    let role = "{\n  \"allowed_policies\": \"nomad-server,web\",\n  \"explicit_max_ttl\": 0,\n  \"name\": \"nomad\",\n  \"orphan\": true,\n  \"period\": 259200,\n  \"renewable\": true\n}\n";
    let agent = "vault {\n  enabled = true\n  address = \"https://vault.example.com:8200\"\n  create_from_role = \"nomad-server\"\n  task_token_ttl = \"1h\"\n}\n";
    let token = "{\"data\": {\"policies\": [\"nomad-server\"], \"role\": \"nomad-server\", \"ttl\": 259200, \"renewable\": true, \"orphan\": false}}";
    matrix("polmatrix.json", DocumentKind::Policy)
        .chain(matrix("jobmatrix.json", DocumentKind::Job))
        .chain([
            (DocumentKind::TokenRole, role.to_owned()),
            (DocumentKind::AgentConfig, agent.to_owned()),
            (DocumentKind::Token, token.to_owned()),
        ])
        .collect()
}

fn options(target: Target) -> CheckOptions {
    let target = TargetRequest { nomad: Some(target.nomad), vault: Some(target.vault) };
    CheckOptions { target, ..CheckOptions::default() }
}

fn any_target() -> impl Strategy<Value = Target> {
    select(&[Target::SEED, Target::NEWEST_TOKEN_BASED, Target::NEWEST][..])
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn trees_keep_their_promises(text in any_text()) {
        for dialect in DIALECTS {
            let tree = parse(&text, dialect);
            invariants::tree(&tree).map_err(|error| TestCaseError::fail(format!("{dialect:?}: {error}")))?;
        }
    }

    #[test]
    fn a_check_says_the_same_twice(text in any_text(), kind in select(&DocumentKind::ALL[..]), target in any_target()) {
        let mut bundle = Bundle::new();
        bundle.add("document", kind, &text);
        let report = check(&bundle, &options(target));
        invariants::report(&bundle, &report).map_err(TestCaseError::fail)?;
        prop_assert_eq!(report.diagnostics, check(&bundle, &options(target)).diagnostics);
    }

    #[test]
    fn fixes_take_their_findings_away(
        (kind, text) in select(documents()), seed in any::<u64>(), target in any_target(),
    ) {
        let mut bundle = Bundle::new();
        bundle.add("document", kind, &mutate(&text, &mut Random::new(seed)));
        invariants::fixes(&bundle, &options(target)).map_err(TestCaseError::fail)?;
    }
}

/// JSON values whose numbers `f64` holds exactly and whose objects repeat no key.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn json_of(value: Value<'_>) -> serde_json::Value {
    if let Some(object) = value.object() {
        return object.items().map(|item| (item.key().name().into_owned(), json_of(item.value()))).collect();
    }
    if let Some(list) = value.list() {
        return list.map(json_of).collect();
    }
    if let Some(text) = value.string() {
        return text.into_owned().into();
    }
    match (value.boolean(), value.integer()) {
        (Some(boolean), _) => boolean.into(),
        (_, Some(integer)) => integer.into(),
        _ => serde_json::Value::Null,
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn json_is_read_as_serde_json_reads_it(value in any_json(), pretty in any::<bool>()) {
        let value = serde_json::json!({ "value": value });
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let tree = parse(&text, Dialect::Json);
        prop_assert_eq!(tree.problems(), &[]);
        let item = tree.root().items().next().map(|item| json_of(item.value()));
        prop_assert_eq!(item.as_ref(), value.get("value"));
    }

    #[test]
    fn json_verdicts_are_those_of_serde_json(text in any_text()) {
        nomad_vault_tests::fuzz::json(text.as_bytes());
    }

    #[test]
    fn hcl1_reads_what_hcl_edit_reads(text in common_hcl()) {
        let body = hcl_edit::parser::parse_body(&text);
        prop_assert!(body.is_ok(), "the generator left the common subset: {:?}", body.err());
        let tree = parse(&text, Dialect::Hcl1);
        prop_assert_eq!(tree.problems(), &[]);
        let expected = outline_of_body(&body.unwrap());
        prop_assert_eq!(&outline_of_object(tree.root()), &expected);
        prop_assert_eq!(&outline_of_object(parse(&text, Dialect::Hcl2).root()), &expected);
    }
}

/// A body of attributes and blocks that mean the same in HCL 1 and HCL 2.
fn common_hcl() -> impl Strategy<Value = String> {
    let name = "[a-z_][a-z0-9_]{0,8}";
    let string = "[ -!#&-\\[\\]-~é𝄞]{0,12}".prop_map(|text| format!("\"{text}\""));
    let value = prop_oneof![
        string.clone(),
        (0..100_000_u32).prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|boolean| boolean.to_string()),
        "[a-z {}\\[\\]]{0,20}".prop_map(|line| format!("<<EOH\n{line}\n\nEOH")),
    ];
    let list = prop::collection::vec(string, 0..4).prop_map(|elements| format!("[{}]", elements.join(", ")));
    let value = prop_oneof![3 => value, 1 => list];
    let attribute = (name, value).prop_map(|(name, value)| vec![format!("{name} = {value}")]);
    let comment = "[ -~]{0,12}".prop_map(|text| vec![format!("# {text}")]);
    let line = prop_oneof![4 => attribute, 1 => comment];
    let block = line.prop_recursive(3, 24, 4, move |inner| {
        let label = "[a-z/*+-]{0,8}".prop_map(|label| format!("\"{label}\" "));
        let labels = prop::collection::vec(label, 0..3).prop_map(|labels| labels.concat());
        (name, labels, prop::collection::vec(inner, 0..4)).prop_map(|(name, labels, lines)| {
            let mut block = vec![format!("{name} {labels}{{")];
            block.extend(lines.concat());
            block.push("}".to_owned());
            block
        })
    });
    prop::collection::vec(block, 0..5).prop_map(|items| {
        // HCL 2 refuses a repeated attribute: each name gets its line's number.
        let lines = items.concat().into_iter().enumerate();
        let unique = |(number, line): (usize, String)| match line.split_once(" = ") {
            Some((name, value)) if !line.starts_with('#') => format!("{name}_{number} = {value}\n"),
            _ => format!("{line}\n"),
        };
        lines.map(unique).collect()
    })
}

/// Names, labels and decoded values, in order.
fn outline_of_object(object: Object<'_>) -> Vec<String> {
    let mut outline = Vec::new();
    for item in object.items() {
        let keys: Vec<String> = item.keys().map(|key| key.name().into_owned()).collect();
        outline.push(format!("{keys:?}"));
        match item.value().object() {
            Some(inner) => {
                outline.extend(outline_of_object(inner).into_iter().map(|line| format!("  {line}")))
            }
            None => outline.push(json_of(item.value()).to_string()),
        }
    }
    outline
}

fn outline_of_body(body: &hcl_edit::structure::Body) -> Vec<String> {
    let mut outline = Vec::new();
    for structure in body {
        if let Some(attribute) = structure.as_attribute() {
            outline.push(format!("{:?}", [attribute.key.as_str()]));
            outline.push(json_of_expression(&attribute.value).to_string());
        } else if let Some(block) = structure.as_block() {
            let labels = block.labels.iter().map(|label| label.as_str().to_owned());
            let keys: Vec<String> = std::iter::once(block.ident.to_string()).chain(labels).collect();
            outline.push(format!("{keys:?}"));
            outline.extend(outline_of_body(&block.body).into_iter().map(|line| format!("  {line}")));
        }
    }
    outline
}

fn json_of_expression(expression: &hcl_edit::expr::Expression) -> serde_json::Value {
    if let Some(elements) = expression.as_array() {
        return elements.iter().map(json_of_expression).collect();
    }
    if let Some(heredoc) = expression.as_heredoc_template() {
        let literals = heredoc.template.iter().filter_map(|element| element.as_literal());
        return literals.map(|text| text.as_str()).collect::<String>().into();
    }
    match (expression.as_str(), expression.as_bool(), expression.as_number()) {
        (Some(text), ..) => text.into(),
        (_, Some(boolean), _) => boolean.into(),
        (.., Some(number)) => number.as_i64().into(),
        _ => serde_json::Value::Null,
    }
}

#[test]
fn nesting_up_to_the_limit_is_read_and_one_more_is_refused() {
    for (dialect, open, close) in [(Dialect::Json, "{\"a\":[", "]}"), (Dialect::Hcl1, "a {\n", "}\n")] {
        let levels = if dialect == Dialect::Json { MAX_DEPTH as usize / 2 } else { MAX_DEPTH as usize };
        let is_too_deep = |levels: usize| {
            let text = open.repeat(levels) + &close.repeat(levels);
            parse(&text, dialect).problems().iter().any(|problem| problem.kind == ProblemKind::TooDeep)
        };
        assert!(!is_too_deep(levels - 1), "{dialect:?}");
        assert!(is_too_deep(levels + 1), "{dialect:?}");
    }
}
