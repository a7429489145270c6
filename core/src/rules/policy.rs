//! Rules about policies.

mod capability;
mod constraint;
mod depth;
mod grant;
mod help;
mod json;
mod key;
mod merge;
mod parameter;
mod path;
mod precedence;
mod refused;
mod template;
mod unmatchable;
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
    &merge::REPEATED_POLICY_KEY,
    &unmatchable::UNMATCHABLE_PATH,
    &unmatchable::PATH_WITHOUT_LABEL,
    &unmatchable::IGNORED_LABEL,
    &grant::NO_CAPABILITIES,
    &grant::CAPABILITIES_BESIDE_DENY,
    &grant::CREATE_ON_TOKEN_ENDPOINT,
    &grant::URL_FORM_ONLY,
    &parameter::NUMBER_NEVER_MATCHES,
    &parameter::STAR_IN_VALUE,
    &parameter::CAPITAL_IN_REQUIRED_PARAMETER,
    &merge::UNUSABLE_WRAPPING_BOUNDS,
    &merge::DENIED_BY_SAME_PATH,
    &template::TEMPLATED_DENY,
    &template::UNKNOWN_TEMPLATE_DIRECTIVE,
    &template::EXPIRED_PATH,
    &json::IGNORED_JSON_TEXT,
    &precedence::OUTRANKED_DENY,
    &precedence::READING_TAKEN_AWAY,
    &precedence::MISSING_SUDO,
    &precedence::DENY_BYPASSED_BY_LIST,
    &constraint::LEAKING_CONSTRAINT,
    &template::TEMPLATED_PATH_OF_ROLE,
    &depth::TOO_DEEP_POLICY,
];
