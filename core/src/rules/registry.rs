//! All rules.

use super::{Rule, agent, job, policy, role, syntax, template, token, xref};

/// The rules by family, in the order of the documentation.
pub static FAMILIES: &[&[&Rule]] = &[
    syntax::RULES,
    role::RULES,
    policy::RULES,
    job::RULES,
    template::RULES,
    agent::RULES,
    token::RULES,
    xref::RULES,
];

/// All rules, in the order of the documentation.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// The rule with this code or name.
pub fn rule(code_or_name: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name)
}
