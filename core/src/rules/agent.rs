//! Rules about an agent's configuration.
//!
//! Nomad judges what all files of an agent give together, so most rules look at the merged configuration
//! and report where the deciding value stands.

mod address;
mod auth;
mod enabled;
mod identity;
mod keys;
mod merge;
mod templates;
mod tls;
mod ttl;

use super::{Context, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Located, MergedVaultConfig};
use crate::text::{Applicability, Edit, Fix, Span};

/// The family, in the order of the codes. AGT010 and AGT013 are left out: a nil configuration and a reload
/// cannot be seen in a file.
pub(super) static RULES: &[&Rule] = &[
    &keys::UNKNOWN_KEY,
    &merge::SECOND_BLOCK,
    &auth::MISSING_TOKEN,
    &address::EMPTY_ADDRESS,
    &ttl::BAD_TTL,
    &ttl::SHORT_TTL,
    &tls::INCOMPLETE_CLIENT_CERTIFICATE,
    &tls::UNREADABLE_FILE,
    &address::UNPARSABLE_ADDRESS,
    &enabled::NOT_ENABLED,
    &enabled::SERVER_SETTING_ON_CLIENT,
    &keys::IGNORED_KEY,
    &merge::MERGED_BLOCKS,
    &keys::MISNAMED_KEY,
    &auth::TOKEN_IN_FILE,
    &auth::UNAUTHENTICATED_JOBS,
    &merge::RESET_BY_LATER_FILE,
    &tls::VERIFICATION_OFF,
    &ttl::IGNORED_TTL,
    &keys::REMOVED_KEY,
    &auth::JWT_PATH,
    &identity::WITHOUT_AUDIENCE,
    &identity::WITHOUT_TTL,
    &tls::UNUSED_TLS_SETTING,
    &address::ADDRESS_WITHOUT_SCHEME,
    &templates::INVERTED_VERIFICATION,
    &templates::SERVER_NAME_NOT_FORWARDED,
    &keys::WRONG_TYPE,
    &identity::CLUSTER_NAME,
];

/// Reports a finding at the value of a merged setting. While the integration is off, Nomad does not look
/// at most settings: then an error is a warning that says so.
fn report<'c>(
    cx: &'c mut Context<'_>,
    agent: &MergedVaultConfig<'_>,
    at: Located<'_>,
    message: String,
) -> &'c mut Diagnostic {
    report_at(cx, agent, (at.document, at.setting.span), message)
}

/// As [`report`], at any place.
fn report_at<'c>(
    cx: &'c mut Context<'_>,
    agent: &MergedVaultConfig<'_>,
    (document, span): (crate::text::DocumentId, Span),
    message: String,
) -> &'c mut Diagnostic {
    if agent.is_enabled() {
        return cx.report_in(document, span, message);
    }
    let message = format!("{message}; it does not bite yet, because `enabled` is not `true`");
    let diagnostic = cx.report_in(document, span, message);
    diagnostic.severity = diagnostic.severity.min(Severity::Warning);
    diagnostic
}

/// A fix of one edit at a merged setting.
fn fix(
    title: impl Into<String>,
    applicability: Applicability,
    at: Located<'_>,
    span: Span,
    text: impl Into<String>,
) -> Fix {
    let edit = Edit { document: at.document, span, text: text.into() };
    Fix { title: title.into(), applicability, edits: vec![edit] }
}
