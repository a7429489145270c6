//! Another layout never changes what a policy means, and is final.

use std::sync::Arc;

use nomad_vault_core::DocumentId;
use nomad_vault_core::acl::{Acl, PolicySource};
use nomad_vault_core::model::{Constraints, ParameterRule, PathRules, Policy, VaultDialect};
use nomad_vault_core::syntax::{self, Dialect, format};
use nomad_vault_core::wire::acl::format_policy;
use nomad_vault_tests::generate::{Random, mutate, policy};
use nomad_vault_tests::{corpus, repository};
use proptest::prelude::*;

const DIALECT: VaultDialect = VaultDialect::OPENBAO_2_7;

fn parameters(rules: &[ParameterRule]) -> String {
    let rule = |rule: &ParameterRule| {
        let values: Vec<_> = rule.values.iter().map(|value| &value.value).collect();
        format!("{}={values:?};", rule.name.value)
    };
    rules.iter().map(rule).collect()
}

fn conditions(constraints: &Constraints) -> String {
    let required: Vec<_> = constraints.required_parameters.iter().map(|name| &name.value).collect();
    let methods: Vec<_> = constraints.mfa_methods.iter().map(|name| &name.value).collect();
    let ttl = |ttl: Option<nomad_vault_core::text::Spanned<i64>>| ttl.map(|ttl| ttl.value);
    format!(
        "{} {} {required:?} {methods:?} {:?} {:?} {:?} {:?} {:?} {}",
        parameters(&constraints.allowed_parameters),
        parameters(&constraints.denied_parameters),
        ttl(constraints.min_wrapping_ttl),
        ttl(constraints.max_wrapping_ttl),
        ttl(constraints.pagination_limit),
        ttl(constraints.expiration),
        constraints.list_filter.as_ref().map(|filter| &filter.value),
        constraints.control_group.is_some(),
    )
}

/// Everything that the server compiles from a policy.
fn compiled(text: &str) -> (Vec<String>, Vec<String>) {
    let policy = Policy::parse(text, DIALECT);
    let block = |rules: &PathRules| {
        let words: Vec<_> = rules.capabilities.iter().map(|word| word.value).collect();
        let legacy = rules.policy.as_ref().map(|word| &word.value);
        let conditions = rules.constraints.as_deref().map(conditions);
        format!(
            "{:?} {:?} {legacy:?} {words:?} {} {conditions:?}",
            rules.path.value, rules.keys, rules.granted
        )
    };
    let mut blocks: Vec<String> = policy.paths.iter().map(block).collect();
    // Their words may name lines.
    let problems = policy.problems.iter().map(|problem| format!("problem in {:?}", problem.path));
    blocks.extend(problems);
    let source = PolicySource { name: "p".to_owned(), document: DocumentId(0), policy: Arc::new(policy) };
    let acl = Acl::new(vec![source], DIALECT);
    let rules = acl.rules().map(|rule| format!("{:?} {}", rule.pattern, rule.granted)).collect();
    (blocks, rules)
}

/// Whether the text could be laid out; it is checked then.
#[track_caller]
fn check(text: &str) -> bool {
    let Ok(written) = format_policy(text) else { return false };
    assert_eq!(compiled(text), compiled(&written), "before:\n{text}\nafter:\n{written}");
    assert_eq!(format_policy(&written).as_ref(), Ok(&written), "{text}");
    let comments = |text: &str| {
        let dialect = if text.trim_start().starts_with('{') { Dialect::Json } else { Dialect::Hcl1 };
        let tree = syntax::parse(text.into(), dialect);
        let comment = |span: &nomad_vault_core::Span| span.of(text).trim_end().replace('\r', "");
        (tree.comments().iter().map(comment).collect::<Vec<_>>(), tree)
    };
    let (before, after) = (comments(text), comments(&written));
    assert_eq!(before.0, after.0, "{text}");
    assert!(format::same_tokens(&before.1, &after.1), "{text}");
    true
}

/// Every policy of the corpus and of the examples.
fn policies() -> Vec<String> {
    let mut texts: Vec<String> =
        corpus::matrix("polmatrix.json").unwrap().into_iter().map(|row| row.text).collect();
    let facts =
        std::fs::read_to_string(repository().join("tests/corpus/vault-policy-parse-facts.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    texts
        .extend(facts.as_array().unwrap().iter().filter_map(|row| row["policy"].as_str().map(str::to_owned)));
    texts.push(policy(4_000));
    texts
}

#[test]
fn the_corpus_keeps_its_meaning() {
    let policies = policies();
    let formatted = policies.iter().filter(|text| check(text)).count();
    assert!(formatted > 250, "{formatted} of {}", policies.len());
}

#[test]
fn the_examples_are_laid_out() {
    for name in ["nomad-server-policy.hcl", "web-policy.hcl"] {
        let name = format!("examples/recommended/{name}");
        let text = std::fs::read_to_string(repository().join(&name)).unwrap();
        assert_eq!(format_policy(&text).as_ref(), Ok(&text), "{name}");
    }
}

/// `PROPTEST_CASES` asks for more than the usual number.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..Default::default() }
}

/// Pieces of policies in any order: most texts are accepted.
fn any_policy() -> impl Strategy<Value = String> {
    let pieces = [
        "path \"a/*\" {",
        "path \"b\"\n{",
        "}",
        "}\n",
        "capabilities = [\"read\", \"list\"]",
        "capabilities=[\"deny\"]\n",
        "capabilities = [\n\"read\",\n\"list\" # why\n]",
        "policy = \"write\"",
        "policy = <<E\nread\nE\n",
        "# own\n",
        "/* a */",
        "/* a\n b */",
        "// x\r\n",
        "\n",
        "\n\n\n",
        ",",
        " ",
        "\t",
        "\r\n",
        "min_wrapping_ttl = 60",
        "allowed_parameters = { \"x\" = [], \"y\" = [1, \"a\"] }",
        "denied_parameters {\n\"z\" = [] }",
        "required_parameters = [\"é\"]",
        "comment = \"${ x\n}\"",
        "name = \"p\"",
        "allowed_parameters = {}",
        "mfa_methods = [<<E\nq\nE\n, \"b\"]",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..14).prop_map(|pieces| {
        // As many blocks are closed as were opened.
        let open: i64 = pieces
            .iter()
            .map(|piece| piece.matches('{').count() as i64 - piece.matches('}').count() as i64)
            .sum();
        let mut text = pieces.join(" ");
        (0..open.max(0)).for_each(|_| text.push_str("\n}"));
        text
    })
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn generated_policies_keep_their_meaning(text in any_policy()) {
        check(&text);
    }

    #[test]
    fn damaged_policies_keep_their_meaning(text in prop::sample::select(policies()), seed in any::<u64>()) {
        check(&mutate(&text, &mut Random::new(seed)));
    }
}
