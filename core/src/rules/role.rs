//! Rules about token roles.

mod answer;
mod batch;
mod edit;
mod fields;
mod limits;
mod management;
mod name;
mod policies;
mod requirements;
mod values;

use super::Rule;
pub(super) use management::granting_tokens;

/// The family, in the order of the codes.
pub(super) static RULES: &[&Rule] = &[
    &name::MISNAMED_ROLE,
    &answer::UNREADABLE_ROLE,
    &requirements::ORPHAN_ROLE,
    &answer::UNDECODABLE_ROLE,
    &answer::MISSING_ROLE,
    &requirements::NOT_RENEWABLE_ROLE,
    &requirements::EXPLICIT_MAX_TTL,
    &requirements::MISSING_PERIOD,
    &requirements::HIDDEN_MAX_TTL,
    &policies::PLACEHOLDER_POLICIES,
    &policies::COMMA_IN_LIST_ELEMENT,
    &values::NULL_RENEWABLE,
    &fields::UNKNOWN_ROLE_FIELD,
    &fields::BOTH_SPELLINGS,
    &values::REFUSED_DURATION,
    &values::REFUSED_VALUE,
    &values::INVALID_TOKEN_TYPE,
    &policies::ROOT_IN_ALLOWED_POLICIES,
    &management::MANAGEMENT_POLICY_ALLOWED,
    &batch::BATCH_TOKENS,
    &batch::REFUSED_BATCH_ROLE,
    &limits::NO_DEFAULT_POLICY,
    &limits::BAD_CIDR,
    &limits::BAD_PATH_SUFFIX,
    &policies::GLOB_ONLY_ROLE,
    &policies::OPEN_ROLE,
    &limits::CAPPED_PERIOD,
    &limits::LIMITED_USES,
    &policies::NO_ALLOWED_POLICIES,
    &policies::WILDCARD_IN_ALLOWED_POLICIES,
    &policies::ALLOWED_AND_DISALLOWED,
    &answer::NOT_A_ROLE,
];
