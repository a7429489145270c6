//! `JOB`: the `vault` blocks of a job, and what of the job bears on them.

mod block;
mod change_mode;
mod constraint;
mod enterprise;
mod hcl1;
mod inheritance;
mod key;
mod policies;
mod signal;
mod task_name;
mod value_type;
mod vault_token;

use super::Rule;

/// The family, in the order of the codes. `JOB008` is left out: row JOB-08 of the specification is about the
/// order of Nomad's checks, which no document shows.
pub(super) static RULES: &[&Rule] = &[
    &block::REPEATED_VAULT_BLOCK,
    &key::UNKNOWN_VAULT_KEY,
    &block::VAULT_NOT_A_BLOCK,
    &policies::EMPTY_POLICIES,
    &policies::ROOT_POLICY,
    &signal::MISSING_CHANGE_SIGNAL,
    &change_mode::UNKNOWN_CHANGE_MODE,
    &signal::DRIVER_WITHOUT_SIGNALS,
    &signal::UNKNOWN_SIGNAL,
    &constraint::WEAKENED_VAULT_CONSTRAINT,
    &constraint::INEFFECTIVE_VAULT_CONSTRAINT,
    &enterprise::NAMESPACE_NEEDS_ENTERPRISE,
    &task_name::INVALID_TASK_NAME,
    &block::REPEATED_GROUP_VAULT_BLOCK,
    &key::SILENT_GROUP_VAULT_ERROR,
    &policies::DISGUISED_ROOT_POLICY,
    &signal::IMPLICIT_SIGHUP,
    &value_type::WRONG_VAULT_VALUE_TYPE,
    &inheritance::REPLACED_VAULT_BLOCK,
    &policies::IGNORED_POLICIES,
    &enterprise::CLUSTER_NEEDS_ENTERPRISE,
    &policies::BLANK_POLICY,
    &signal::UNUSED_CHANGE_SIGNAL,
    &vault_token::VAULT_TOKEN_IN_JOB,
    &hcl1::HCL1_SYNTAX,
    &inheritance::IGNORED_JSON_VAULT,
    &change_mode::MISSING_JSON_CHANGE_MODE,
    &policies::COMMA_IN_POLICY,
];

/// The one of `known` that a misspelled word most likely means.
fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let lower = word.to_ascii_lowercase();
    let scored = known.map(|candidate| (distance(&lower, &candidate.to_ascii_lowercase()), candidate));
    let (distance, candidate) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= 2 && distance * 3 <= candidate.len()).then_some(candidate)
}

/// The edits between two words; words of too unlike lengths are not compared.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, left) in a.bytes().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (right, above) in b.bytes().zip(row.iter().skip(1)) {
            before = (before + 1).min(above + 1).min(diagonal + usize::from(left != right));
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_far_ones_are_not() {
        let known = ["policies", "change_mode", "env"];
        let check = |word, expected| assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        check("polices", Some("policies"));
        check("Policies", Some("policies"));
        check("changemode", Some("change_mode"));
        check("envs", Some("env"));
        check("role", None);
        check("x", None);
    }
}
