//! Rules about policies.

mod capability;
mod help;
mod key;
mod path;
mod refused;
mod value;
mod wrapping;

use super::Rule;

/// The family, in the order of the codes.
pub(super) static RULES: &[&Rule] = &[
    &key::UNKNOWN_POLICY_KEY,
    &capability::UNKNOWN_CAPABILITY,
    &value::WRONG_POLICY_VALUE,
    &value::UNREADABLE_POLICY_NUMBER,
    &path::FORBIDDEN_WILDCARD,
    &path::UNBALANCED_TEMPLATE,
    &capability::UNKNOWN_LEGACY_POLICY,
    &wrapping::BAD_WRAPPING_TTL,
    &wrapping::MAX_WRAPPING_TTL_BELOW_MIN,
    &refused::BAD_EXPIRATION,
    &refused::BAD_CONTROL_GROUP,
    &refused::BAD_LIST_FILTER,
    &value::CRASHING_STRING,
    &key::REPEATED_ARGUMENT,
];
