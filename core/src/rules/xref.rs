//! Rules about documents that do not go together.
//!
//! Each speaks only where the bundle holds the documents that it needs, and where they leave no doubt.

mod default_policy;
mod edit;
mod gate;
mod jobs;
mod life;
mod matrix;
mod names;
mod reads;

use super::Rule;
pub(super) use matrix::judges_paths_of_tokens;

/// The family, in the order of the codes.
pub(super) static RULES: &[&Rule] = &[
    &names::ROLE_NAME_MISMATCH,
    &names::POLICY_FOR_OTHER_ROLE,
    &names::UNKNOWN_ROLE,
    &matrix::MISSING_SERVER_CAPABILITY,
    &matrix::WRONG_TOKEN_PATH,
    &matrix::NEEDS_DEFAULT_POLICY,
    &jobs::POLICY_NOT_ALLOWED,
    &jobs::POLICY_DISALLOWED,
    &jobs::UNDEFINED_POLICY,
    &jobs::JOB_WITH_SERVER_POLICY,
    &jobs::REACHABLE_SERVER_POLICY,
    &jobs::VAULT_OFF_FOR_JOB,
    &jobs::TASK_CANNOT_RENEW,
    &jobs::NO_IDENTITY,
    &life::TOKENS_END_WITH_SERVERS,
    &life::SERVER_TOKEN_FROM_TASK_ROLE,
    &life::URL_FORM_NOMAD,
    &life::ROLE_DRIFT,
    &matrix::UNUSED_SUBMITTER_LOOKUP,
    &life::ROOT_WITHOUT_ROLE,
    &reads::TEMPLATE_DENIED,
    &reads::STAR_NOT_COVERING,
    &reads::VERSIONED_PATH,
    &reads::WRITE_WITH_READ,
    &reads::READ_WITH_UPDATE,
];
