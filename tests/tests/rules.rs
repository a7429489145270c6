//! The table of rules, and the pages whose examples are tests.

use nomad_vault_core::rules::{FAMILIES, rules};
use nomad_vault_tests::{page, repository};

#[test]
fn pages_hold_what_they_say() {
    let failures: Vec<String> = rules().flat_map(page::failures).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn codes_are_unique_and_sorted_within_their_family() {
    for family in FAMILIES {
        let codes: Vec<&str> = family.iter().map(|rule| rule.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "not sorted or not unique: {codes:?}");
        let prefix = |code: &str| code.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        assert!(codes.iter().all(|code| prefix(code) == prefix(codes[0])), "two families in one: {codes:?}");
    }
    let mut names: Vec<&str> = rules().map(|rule| rule.name).collect();
    names.sort_unstable();
    assert!(names.is_sorted_by(|a, b| a < b), "a name is used twice: {names:?}");
}

#[test]
fn every_rule_says_what_and_why() {
    for rule in rules() {
        let code = rule.code;
        let family = code.trim_end_matches(|c: char| c.is_ascii_digit());
        assert!(
            code.len() == family.len() + 3 && !family.is_empty(),
            "{code}: three digits after the family"
        );
        let is_kebab = rule.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(is_kebab, "{code}: the name `{}` is not kebab-case", rule.name);
        let starts_lower = rule.summary.starts_with(|c: char| !c.is_ascii_uppercase());
        let is_term = rule.summary.split(' ').next().is_some_and(|word| {
            word.chars().filter(char::is_ascii_uppercase).count() > 1 || ["Nomad", "Vault"].contains(&word)
        });
        assert!(starts_lower || is_term, "{code}: the summary `{}` starts with a capital", rule.summary);
        assert!(!rule.summary.is_empty() && !rule.summary.ends_with('.'), "{code}: summary with a full stop");
        assert!(rule.evidence.len() > 10, "{code}: no evidence");
    }
}

#[test]
fn every_page_belongs_to_a_rule() {
    let folder = repository().join("core/src/rules/docs");
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let code = name.strip_suffix(".md").unwrap_or(&name);
        assert!(rules().any(|rule| rule.code == code), "docs/{name} belongs to no rule");
    }
}
