use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::acl::PolicySource;
use crate::model::{Policy, VaultDialect};
use crate::text::DocumentId;

fn acl(policy: &str, dialect: VaultDialect) -> Acl {
    let policy = Arc::new(Policy::parse(policy, dialect));
    assert!(policy.is_accepted(), "{policy:?}");
    Acl::new(vec![PolicySource { name: "p".to_owned(), document: DocumentId(0), policy }], dialect)
}

fn policy(rules: &[(&str, &str)]) -> String {
    let rules = rules.iter().map(|(path, capabilities)| {
        let names: Vec<String> = capabilities.split_whitespace().map(|name| format!("{name:?}")).collect();
        format!("path {path:?} {{ capabilities = [{}] }}\n", names.join(", "))
    });
    // An empty text is refused.
    std::iter::once("# rules\n".to_owned()).chain(rules).collect()
}

/// Each change as `paths: -lost +gained`.
fn changes(old: &str, new: &str) -> Vec<String> {
    let dialect = VaultDialect::OPENBAO_2_7;
    let diff = diff(&acl(old, dialect), &acl(new, dialect));
    assert!(diff.is_complete);
    let line = |change: &Change| {
        let conditions = if change.has_other_conditions { " ~" } else { "" };
        format!("{} ({}): -[{}] +[{}]{conditions}", change.paths, change.example, change.lost, change.gained)
    };
    diff.changes.iter().map(line).collect()
}

#[track_caller]
fn check(old: &[(&str, &str)], new: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(changes(&policy(old), &policy(new)), expected);
}

#[test]
fn rules_that_come_go_and_change() {
    check(&[("a", "read")], &[("a", "read")], &[]);
    check(&[], &[("a/*", "read")], &["a/* (a/x): -[] +[read]"]);
    check(&[("a", "read list")], &[("a", "update list")], &["a (a): -[read] +[update]"]);
    check(&[("a/b", "read")], &[("a/*", "read")], &["a/* (a/x): -[] +[read]"]);
    check(&[("a/*", "read")], &[("a/*", "read"), ("a/b", "deny")], &["a/b (a/b): -[read] +[]"]);
    check(&[("a", "deny")], &[], &[]);
}

#[test]
fn a_wider_rule_shows_where_no_narrower_one_decides() {
    check(&[("a/*", "read"), ("a/b*", "list")], &[("a/b*", "list")], &["a/* (a/x): -[read] +[]"]);
    check(&[("a/*", "read"), ("a/b*", "list")], &[("a/*", "read")], &["a/b* (a/bx): -[list] +[read]"]);
}

#[test]
fn rules_that_cross_are_met() {
    check(
        &[("x/+", "read")],
        &[("+/y", "list")],
        &["+/y (any/y): -[] +[list]", "x/+ (x/x): -[read] +[]", "x/y (x/y): -[read] +[list]"],
    );
}

#[test]
fn other_conditions_are_a_change() {
    let old = "path \"a\" { capabilities = [\"update\"], allowed_parameters = { \"x\" = [] } }";
    let new = "path \"a\" { capabilities = [\"update\"] }";
    assert_eq!(changes(old, new), ["a (a): -[] +[] ~"]);
    assert_eq!(changes(old, old), Vec::<String>::new());
}

#[test]
fn hostile_rules_are_bounded() {
    let rules = |before: &str, behind: &str| -> String {
        (0..3_000)
            .map(|n| format!("path \"{before}{n}{behind}\" {{ capabilities = [\"read\"] }}\n"))
            .collect()
    };
    let dialect = VaultDialect::OPENBAO_2_7;
    let new = acl(&(rules("a", "/+") + &rules("+/b", "")), dialect);
    let diff = diff(&acl("#", dialect), &new);
    assert!(!diff.is_complete);
    let deep = "a/".repeat(1_000_000);
    let deep = acl(&policy(&[("*", "list"), (&deep, "read")]), dialect);
    assert!(!super::diff(&acl("#", dialect), &deep).is_complete);
}

/// Every path over the alphabet up to a length; `c` occurs in no rule.
fn all_paths() -> Vec<String> {
    let mut paths = vec![String::new()];
    let mut start = 0;
    for _ in 0..6 {
        let end = paths.len();
        for index in start..end {
            for character in ["a", "b", "c", "/"] {
                let path = format!("{}{character}", paths[index]);
                paths.push(path);
            }
        }
        start = end;
    }
    paths.retain(|path| !path.is_empty() && !path.starts_with('/'));
    paths
}

fn any_policy() -> impl Strategy<Value = String> {
    let path = prop::collection::vec(prop::sample::select(vec!["a", "b", "ab", "+", ""]), 1..4)
        .prop_map(|segments| segments.join("/"));
    let star = prop::sample::select(vec!["", "*"]);
    let granted = prop::sample::select(vec!["read", "list", "read list", "deny", ""]);
    let rule = (path, star, granted).prop_map(|(path, star, granted)| {
        let path = format!("{path}{star}");
        if path.contains("+*") { (path.replace("+*", "+"), granted) } else { (path, granted) }
    });
    prop::collection::vec(rule, 0..6).prop_map(|rules| {
        let rules: Vec<(&str, &str)> =
            rules.iter().map(|(path, granted)| (path.as_str(), *granted)).collect();
        policy(&rules)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What brute force finds and what the walk finds are the same.
    #[test]
    fn no_difference_is_missed(old in any_policy(), new in any_policy(), dialect in 0..4_usize) {
        let dialects = ["openbao-2.7", "openbao-2.5", "vault-1.10", "vault-2.0"];
        let dialect = VaultDialect::parse(dialects[dialect]).unwrap();
        let (old_acl, new_acl) = (acl(&old, dialect), acl(&new, dialect));
        let found = diff(&old_acl, &new_acl);
        prop_assert!(found.is_complete);
        let pairs: Vec<(u32, u32)> = found.changes.iter()
            .map(|change| (change.old.map_or(NONE, |id| id.0), change.new.map_or(NONE, |id| id.0)))
            .collect();
        for change in &found.changes {
            let granted = |acl: &Acl| {
                let granted = acl.capabilities(&change.example).unwrap();
                if granted.denies() { CapabilitySet::EMPTY } else { granted }
            };
            prop_assert_eq!(granted(&old_acl).minus(granted(&new_acl)), change.lost);
            prop_assert_eq!(granted(&new_acl).minus(granted(&old_acl)), change.gained);
        }
        for path in all_paths() {
            if old_acl.capabilities(&path) != new_acl.capabilities(&path) {
                let pair = (old_acl.deciding(&path), new_acl.deciding(&path));
                prop_assert!(pairs.contains(&pair), "{path}: {pairs:?}\n{old}\n--\n{new}");
            }
        }
    }
}
