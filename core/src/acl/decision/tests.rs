use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::acl::PolicySource;
use crate::model::{Policy, TokenIdentity, VaultDialect};
use crate::text::DocumentId;

fn acl(policies: &[&str], dialect: &str) -> Acl {
    let dialect = VaultDialect::parse(dialect).unwrap();
    let sources = policies.iter().enumerate().map(|(index, text)| PolicySource {
        name: format!("p{index}"),
        document: DocumentId(index as u32),
        policy: Arc::new(Policy::parse(text, dialect)),
    });
    Acl::new(sources.collect(), dialect)
}

fn block(path: &str, capabilities: &str) -> String {
    let names: Vec<String> = capabilities.split_whitespace().map(|name| format!("{name:?}")).collect();
    format!("path {path:?} {{ capabilities = [{}] }}\n", names.join(", "))
}

/// The rule that decides, as the specification's pseudo code has it, one rule after the other.
fn naive(
    rules: &[(PatternKind, String, CapabilitySet)],
    generation: ListGeneration,
    path: &str,
    list: bool,
) -> Option<usize> {
    let exact = |path: &str| rules.iter().position(|rule| rule.0 == PatternKind::Exact && rule.1 == path);
    let rank = |index: &usize| {
        let text = &rules[*index].1;
        match rules[*index].0 {
            PatternKind::Prefix => (text.len(), false, 0, text.len(), text.clone()),
            _ => {
                let bare = text.strip_suffix('*').unwrap_or(text).to_owned();
                let pluses = bare.split('/').filter(|segment| *segment == "+").count() as i64;
                (text.find('+').unwrap(), !text.ends_with('*'), -pluses, bare.len(), bare)
            }
        }
    };
    let matches = |text: &str, path: &str| {
        let bare = text.strip_suffix('*').unwrap_or(text);
        let (own, given): (Vec<&str>, Vec<&str>) = (bare.split('/').collect(), path.split('/').collect());
        let is_open = text.ends_with('*');
        given.len() >= own.len()
            && (is_open || given.len() == own.len())
            && own.iter().enumerate().all(|(at, part)| {
                *part == "+"
                    || *part == given[at]
                    || is_open && at == own.len() - 1 && given[at].starts_with(part)
            })
    };
    let candidates = |path: &str| {
        let all = 0..rules.len();
        let prefixes =
            all.clone().filter(|at| rules[*at].0 == PatternKind::Prefix && path.starts_with(&rules[*at].1));
        let mut found: Vec<usize> = prefixes.max_by_key(|at| rules[*at].1.len()).into_iter().collect();
        found.extend(all.filter(|at| rules[*at].0 == PatternKind::Segments && matches(&rules[*at].1, path)));
        found
    };
    let inexact = |path: &str| candidates(path).into_iter().max_by_key(rank);
    if let Some(rule) = exact(path) {
        return Some(rule);
    }
    let slashless = path.strip_suffix('/').filter(|_| list && generation != ListGeneration::None);
    let Some(slashless) = slashless else { return inexact(path) };
    exact(slashless).or_else(|| match generation {
        ListGeneration::None | ListGeneration::Exact => inexact(path),
        ListGeneration::SlashlessFirst => inexact(slashless).or_else(|| inexact(path)),
        ListGeneration::SlashFirst => inexact(path).or_else(|| inexact(slashless)),
        ListGeneration::Pool => {
            let pool: Vec<usize> = candidates(path).into_iter().chain(candidates(slashless)).collect();
            let best = |wanted: Capability| {
                pool.iter().copied().filter(|at| rules[*at].2.contains(wanted)).max_by_key(rank)
            };
            let (deny, list) = (best(Capability::Deny), best(Capability::List));
            match (deny, list) {
                (Some(deny), Some(list)) if rank(&deny) > rank(&list) => Some(deny),
                (_, Some(list)) => Some(list),
                _ => pool.iter().copied().max_by_key(rank),
            }
        }
    })
}

const DIALECTS: [&str; 6] =
    ["vault-0.6.2", "vault-0.11", "vault-1.15.2", "vault-2.0.3", "openbao-2.5", "openbao-2.7"];

/// Paths of few, similar segments, so that rules and questions meet.
fn path_text(wild: bool) -> impl Strategy<Value = String> {
    let segment = if wild {
        prop_oneof![
            4 => Just("a"), 2 => Just("b"), 2 => Just("ab"), 1 => Just(""), 4 => Just("+"),
            1 => Just("+b"), 1 => Just("a+"), 1 => Just("é"), 1 => Just("abcdefghij")
        ]
        .boxed()
    } else {
        prop_oneof![4 => Just("a"), 2 => Just("b"), 2 => Just("ab"), 1 => Just(""), 1 => Just("+"),
            1 => Just("+b"), 1 => Just("é"), 1 => Just("abcdefghij")]
        .boxed()
    };
    (prop::collection::vec(segment, 1..6), 0..4_u8).prop_map(move |(segments, end)| {
        let path = segments.join("/");
        match end {
            0 if wild => format!("{path}*"),
            1 => format!("{path}/"),
            2 if wild => format!("{path}/*"),
            _ => path,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn the_winner_is_that_of_the_specification(
        rules in prop::collection::vec((path_text(true), 0..4_usize), 1..24),
        questions in prop::collection::vec(path_text(false), 8),
        dialect in 0..DIALECTS.len(),
    ) {
        let capabilities = ["read", "list", "deny", "read list update"];
        let blocks: String = rules.iter().filter(|rule| !rule.0.contains("+*")).map(|rule| block(&rule.0, capabilities[rule.1])).collect();
        // An empty text is refused.
        let text = format!("# rules\n{blocks}");
        let acl = acl(&[&text], DIALECTS[dialect]);
        prop_assert_eq!(acl.refused_policies().count(), 0);
        let all: Vec<_> = acl.rules().map(|rule| (rule.pattern.kind, rule.pattern.text.to_owned(), rule.granted)).collect();
        for question in &questions {
            for list in [false, true] {
                let path = question.trim_start_matches('/');
                let expected = naive(&all, acl.profile().list, path, list);
                let found = acl.winner(path.as_bytes(), list).map(|rule| rule as usize);
                prop_assert_eq!(
                    found.map(|at| &all[at].1), expected.map(|at| &all[at].1), "{} {} in\n{}", question, list, text
                );
            }
            let operation = Operation::new(OperationKind::List, question);
            let explanation = acl.explain(&operation);
            prop_assert_eq!(explanation.decision.rule, acl.allow_operation(&operation).rule);
            prop_assert_eq!(explanation.candidates.is_empty(), explanation.decision.rule.is_none());
        }
    }

    #[test]
    fn long_prefixes_are_found(
        lengths in prop::collection::vec(0..600_usize, 1..40),
        question in 0..700_usize,
        turn in prop::option::of(0..700_usize),
    ) {
        let text: String = lengths.iter().map(|length| block(&format!("{}*", "x".repeat(*length)), "read")).collect();
        let acl = acl(&[&text], "openbao-2.7");
        let mut path = "x".repeat(question);
        if let Some(turn) = turn.filter(|turn| *turn < question) {
            path.replace_range(turn..=turn, "y");
        }
        let same = path.find('y').unwrap_or(path.len());
        let expected = lengths.iter().copied().filter(|length| *length <= same).max();
        let found = acl.winner(path.as_bytes(), false).map(|rule| acl.texts.bytes(rule).len());
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn reasons_are_told() {
    let text = r#"
        path "sys/auth/*" { capabilities = ["update"] }
        path "a/*" { capabilities = ["read"] }
        path "d/*" { capabilities = ["deny"] }
        path "w" { capabilities = ["read"] max_wrapping_ttl = 60 }"#;
    let acl = acl(&[text], "openbao-2.7");
    let table = [
        (OperationKind::Read, "a/x", Reason::Granted),
        (OperationKind::Head, "a/x", Reason::Head),
        (OperationKind::Help, "q", Reason::Help),
        (OperationKind::Delete, "/a/x", Reason::Lacks(Capability::Delete)),
        (OperationKind::Read, "d/", Reason::Denied),
        (OperationKind::Read, "b", Reason::NoRule),
        (OperationKind::Update, "sys/auth/x", Reason::LacksSudo),
        (OperationKind::Read, "w", Reason::NotWrapped),
    ];
    for (kind, path, expected) in table {
        assert_eq!(acl.allow_operation(&Operation::new(kind, path)).reason, expected, "{kind} {path}");
    }
    let wrapped = Operation { wrap_ttl: Some(61_000_000_000), ..Operation::new(OperationKind::Read, "w") };
    assert_eq!(acl.allow_operation(&wrapped).reason, Reason::WrapTtlAboveMax);
}

#[test]
fn explanations_name_the_rule_and_what_lost() {
    let first = block("app/*", "read list") + &block("app/+/x", "deny");
    let second = block("app/+/x", "read") + &block("+/+/x", "read");
    let acl = acl(&[&first, &second], "openbao-2.7");
    let explanation = acl.explain(&Operation::new(OperationKind::Read, "app/a/x"));
    assert_eq!(explanation.verdict(), "`read` on `app/a/x`: the rule `app/+/x` says `deny`");
    let lost: Vec<String> = explanation.candidates[1..]
        .iter()
        .map(|loser| format!("{}: {}", loser.rule.pattern, loser.lost.unwrap()))
        .collect();
    assert_eq!(
        lost,
        ["app/*: it ends in `*`, the winner does not", "+/+/x: its first wildcard comes earlier"]
    );
    assert_eq!(
        explanation.marks.iter().map(|mark| mark.message.as_str()).collect::<Vec<_>>(),
        ["this block says `deny`", "denied here", "this block grants read"]
    );
    assert!(explanation.help().unwrap().contains("path \"app/a/x\" {\n  capabilities = [\"read\"]\n}"));
    assert!(explanation.notes()[0].starts_with("`app/*` grants `read`, but does not count"));
    let winner = explanation.candidates[0].rule;
    let places: Vec<&str> = winner
        .sources()
        .zip([(&first, Capability::Deny), (&second, Capability::Read)])
        .map(|(source, (text, capability))| source.place_of(capability).of(text))
        .collect();
    assert_eq!(places, ["\"deny\"", "\"read\""]);
}

#[test]
fn templates_are_filled_in_for_the_identity() {
    let text = block("t/*", "read") + &block("t/{{identity.entity.name}}/x", "deny");
    let dialect = VaultDialect::OPENBAO_2_7;
    let source = || {
        let policy = Arc::new(Policy::parse(&text, dialect));
        vec![PolicySource { name: "tp".into(), document: DocumentId(0), policy }]
    };
    let named = |name: &str| TokenIdentity {
        entity: Some(crate::model::Entity { name: name.into(), ..Default::default() }),
        ..TokenIdentity::default()
    };
    let read = Operation::new(OperationKind::Read, "t/bob/x");
    let reason = |identity: &TokenIdentity| {
        Acl::for_identity(source(), dialect, identity).allow_operation(&read).reason
    };
    assert_eq!(reason(&TokenIdentity::default()), Reason::Granted);
    assert_eq!(reason(&named("bob")), Reason::Denied);
    assert_eq!(reason(&named("eve")), Reason::Granted);
    assert_eq!(reason(&named("a/b")), Reason::Failure);
}

#[test]
fn root_stands_alone() {
    let policy = Arc::new(Policy::parse("", VaultDialect::OPENBAO_2_7));
    let root = PolicySource { name: "root".into(), document: DocumentId(0), policy };
    let alone = Acl::new(vec![root.clone()], VaultDialect::OPENBAO_2_7);
    assert!(alone.is_root() && alone.capabilities("x").is_none());
    let two = Acl::new(vec![root.clone(), root], VaultDialect::OPENBAO_2_7);
    assert_eq!(two.failure(), Some(&crate::acl::AclFailure::RootWithOthers));
}
