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
pub(super) use inheritance::tasks_by_block;
pub(super) use policies::uses_identity;

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
