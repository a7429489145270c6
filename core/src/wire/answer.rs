//! Answers as text: JSON in, JSON out, and every request has an answer.
//!
//! The WebAssembly border hands these functions' results on as they are, so that a native test of them is a test
//! of what JavaScript gets.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{
    ApplyFixesRequest, CheckRequest, FixedDocuments, Report, RequestError, RoleTokenRequest, Rule, acl,
};

/// The answer to a request that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ErrorAnswer {
    /// Why.
    pub error: AnswerError,
}

/// Why a request cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AnswerError {
    /// What to decide by.
    pub kind: AnswerErrorKind,
    /// What to show.
    pub message: String,
}

/// The kinds of reasons for which a request cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AnswerErrorKind {
    /// A fix does not fit its document.
    Fix,
    /// A policy's syntax is refused.
    Policy,
    /// The text is no JSON, or not of the request's shape.
    Request,
    /// The target cannot be read.
    Target,
    /// Neither name nor text tell what a document is.
    UnknownKind,
    /// No rule has this code or name.
    UnknownRule,
}

/// Judges documents: a [`CheckRequest`] in, a [`Report`] or an [`ErrorAnswer`] out.
pub fn check(request: &str) -> String {
    answer(read(request).and_then(|request| checked(&request)))
}

/// Applies fixes: an [`ApplyFixesRequest`] in, [`FixedDocuments`] or an [`ErrorAnswer`] out.
pub fn apply_fixes(request: &str) -> String {
    answer(read(request).and_then(|request| fixed(&request)))
}

/// The rule with this code or name: a [`Rule`] or an [`ErrorAnswer`].
pub fn explain(code_or_name: &str) -> String {
    let unknown = || error(AnswerErrorKind::UnknownRule, format!("no rule is named `{code_or_name}`"));
    answer(crate::rules::rule(code_or_name).map(Rule::from).ok_or_else(unknown))
}

/// All rules: a list of [`Rule`].
pub fn rules() -> String {
    text(&crate::rules::rules().map(Rule::from).collect::<Vec<_>>())
}

/// The token that a server would create: a [`RoleTokenRequest`] in, a [`super::RoleToken`] or an [`ErrorAnswer`] out.
pub fn role_token(request: &str) -> String {
    answer(read::<RoleTokenRequest>(request).and_then(|request| super::creation::role_token(&request)))
}

/// The capabilities on paths: an [`acl::AclCapabilitiesRequest`] in, [`acl::AclCapabilities`] or an [`ErrorAnswer`] out.
pub fn acl_capabilities(request: &str) -> String {
    answer(read(request).and_then(|request| acl::capabilities(&request)))
}

/// Why a request is allowed or refused: an [`acl::AclExplainRequest`] in, an [`acl::AclExplanation`] or an [`ErrorAnswer`] out.
pub fn acl_explain(request: &str) -> String {
    answer(read(request).and_then(|request| acl::explain(&request)))
}

/// How two sets of policies differ: an [`acl::AclDiffRequest`] in, an [`acl::AclDiff`] or an [`ErrorAnswer`] out.
pub fn acl_diff(request: &str) -> String {
    answer(read(request).and_then(|request| acl::diff(&request)))
}

/// A policy in the usual layout: an [`acl::PolicyText`] in, an [`acl::FormattedPolicy`] or an [`ErrorAnswer`] out.
pub fn format_policy(policy: &str) -> String {
    answer(read(policy).and_then(|policy| acl::format(&policy)))
}

/// Tests policies: an [`acl::PolicyTestRequest`] in, [`acl::PolicyTestResults`] or an [`ErrorAnswer`] out.
pub fn test_policies(request: &str) -> String {
    answer(read(request).and_then(|request| acl::test_policies(&request)))
}

fn checked(request: &CheckRequest) -> Result<Report, AnswerError> {
    let bundle = request.bundle()?;
    let report = request.check(&bundle)?;
    Ok(Report::new(&bundle, &report, request.position_encoding))
}

fn fixed(request: &ApplyFixesRequest) -> Result<FixedDocuments, AnswerError> {
    let bundle = request.check.bundle()?;
    let report = request.check.check(&bundle)?;
    let fixed = crate::check::apply_fixes(&bundle, &report, request.at_least.into())
        .map_err(|reason| error(AnswerErrorKind::Fix, reason.to_string()))?;
    Ok(FixedDocuments::from(&fixed))
}

fn read<T: DeserializeOwned>(request: &str) -> Result<T, AnswerError> {
    serde_json::from_str(request).map_err(|reason| error(AnswerErrorKind::Request, reason.to_string()))
}

fn answer<T: Serialize>(result: Result<T, AnswerError>) -> String {
    match result {
        Ok(value) => text(&value),
        Err(error) => text(&ErrorAnswer { error }),
    }
}

fn text<T: Serialize>(value: &T) -> String {
    // Only maps with odd keys and failing `Serialize` impls make this fail; the wire shape has neither.
    serde_json::to_string(value).unwrap_or_default()
}

fn error(kind: AnswerErrorKind, message: String) -> AnswerError {
    AnswerError { kind, message }
}

impl From<RequestError> for AnswerError {
    fn from(reason: RequestError) -> Self {
        let kind = match reason {
            RequestError::UnknownKind(_) => AnswerErrorKind::UnknownKind,
            RequestError::Target(_) => AnswerErrorKind::Target,
        };
        error(kind, reason.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_has_an_answer() {
        let cases = [
            (check(""), r#""kind":"request""#),
            (check(r#"{"documents": [], "selct": []}"#), r#""kind":"request""#),
            (check(r#"{"documents": [{"name": "notes", "text": "hello"}]}"#), r#""kind":"unknown-kind""#),
            (check(r#"{"documents": [], "target": "consul=1"}"#), r#""kind":"target""#),
            (check(r#"{"documents": []}"#), r#""summary":{"error":0,"warning":0,"info":0}"#),
            (apply_fixes("[]"), r#""kind":"request""#),
            (apply_fixes(r#"{"check": {"documents": []}, "at_least": "safe"}"#), r#"{"documents":[]}"#),
            (explain("NOPE999"), "no rule is named `NOPE999`"),
        ];
        for (answer, expected) in cases {
            assert!(answer.contains(expected), "{answer} lacks {expected}");
        }
    }

    #[test]
    fn rules_are_listed_as_they_are_explained() {
        let listed = crate::rules::rules().map(|rule| explain(rule.code)).collect::<Vec<_>>().join(",");
        assert_eq!(rules(), format!("[{listed}]"));
    }
}
