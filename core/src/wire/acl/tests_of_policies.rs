//! Tests that policies are held to: what a token may do, and what it must not.

use serde::{Deserialize, Serialize};

use super::{Asked, Identity, Members, Policies, PolicyText, dialect, unreadable};
use crate::acl::{Acl, PolicySource};
use crate::model::VaultDialect;
use crate::wire::answer::AnswerError;
use crate::wire::report::Places;
use crate::wire::{PositionEncoding, Related, VERSION};

/// Asks whether tokens may do what they should, and nothing that they should not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyTestRequest {
    /// The policies.
    pub policies: Vec<PolicyText>,
    /// The tokens.
    pub tokens: Vec<PolicyTestToken>,
    /// The server: `openbao-2.7`, `vault-0.6.2`; the newest measured one when it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub dialect: Option<String>,
    /// How offsets are counted in the answer.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<PositionEncoding>"))]
    pub position_encoding: PositionEncoding,
}

/// A token and what is expected of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyTestToken {
    /// What it is called in the results.
    pub name: String,
    /// The names of its policies.
    pub policies: Vec<String>,
    /// Who it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub identity: Option<Identity>,
    /// The requests that must be allowed.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<PolicyTestCase>>"))]
    pub allow: Vec<PolicyTestCase>,
    /// The requests that must be refused.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<PolicyTestCase>>"))]
    pub deny: Vec<PolicyTestCase>,
}

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyTestCase {
    /// What is asked of the server: `read`, `list`, `update`, …
    pub operation: String,
    /// The path, without `/v1/`.
    pub path: String,
    /// The parameters of the request.
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown>"))]
    pub parameters: Members,
    /// The TTL that the answer is to be wrapped for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub wrap_ttl: Option<String>,
}

/// The results of tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyTestResults {
    /// The version of the shape.
    pub version: u32,
    /// The server.
    pub dialect: String,
    /// How many went as expected.
    pub passed: u32,
    /// How many did not.
    pub failed: u32,
    /// The results: of each token first what must be allowed, then what must be refused.
    pub results: Vec<PolicyTestResult>,
    /// The policies that the server refuses, which grant nothing.
    pub refused: Vec<String>,
}

/// The result of one test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PolicyTestResult {
    /// The token.
    pub token: String,
    /// The operation.
    pub operation: String,
    /// The path.
    pub path: String,
    /// Whether it must be allowed.
    pub expected: bool,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in one sentence.
    pub message: String,
    /// The places that decide.
    pub places: Vec<Related>,
}

/// Runs tests of policies.
///
/// # Errors
/// When the server is unknown, a token names a policy that there is not, or a request cannot be read.
pub fn test_policies(request: &PolicyTestRequest) -> Result<PolicyTestResults, AnswerError> {
    let dialect = dialect(request.dialect.as_deref())?;
    let policies = Policies::from_texts(&request.policies, dialect);
    let places = Places::new(&policies.bundle, request.position_encoding);
    let mut results = Vec::new();
    for token in &request.tokens {
        let acl = acl(&policies, token, dialect)?;
        for (cases, expected) in [(&token.allow, true), (&token.deny, false)] {
            for case in cases {
                let asked = Asked::read(&case.operation, &case.parameters, case.wrap_ttl.as_deref())?;
                results.push(asked.on(&case.path, |operation| {
                    let explanation = acl.explain(operation);
                    PolicyTestResult {
                        token: token.name.clone(),
                        operation: case.operation.clone(),
                        path: case.path.clone(),
                        expected,
                        allowed: explanation.decision.is_allowed,
                        message: explanation.verdict(),
                        places: explanation.marks.iter().map(|mark| places.related(mark)).collect(),
                    }
                }));
            }
        }
    }
    let passed = results.iter().filter(|result| result.allowed == result.expected).count() as u32;
    Ok(PolicyTestResults {
        version: VERSION,
        dialect: dialect.to_string(),
        passed,
        failed: results.len() as u32 - passed,
        results,
        refused: policies.refused(),
    })
}

fn acl(policies: &Policies, token: &PolicyTestToken, dialect: VaultDialect) -> Result<Acl, AnswerError> {
    let source = |name: &String| {
        let found = policies.sources.iter().find(|source| source.name == *name).cloned();
        found.ok_or_else(|| unreadable(format!("the token `{}` has no policy `{name}`", token.name)))
    };
    let sources: Vec<PolicySource> = token.policies.iter().map(source).collect::<Result<_, _>>()?;
    Ok(Acl::for_identity(sources, dialect, &Identity::of(token.identity.as_ref())))
}
