//! What is answered about policies.

use serde::{Deserialize, Serialize};

use super::{
    AclCapabilitiesRequest, AclDiffRequest, AclExplainRequest, Asked, Identity, Members, Policies,
    PolicyText, dialect,
};
use crate::acl::{self, Acl, Explanation, RuleView};
use crate::model::{CapabilitySet, is_base64};
use crate::syntax::{self, format::FormatError};
use crate::wire::answer::{AnswerError, AnswerErrorKind};
use crate::wire::report::Places;
use crate::wire::{PositionEncoding, Related, VERSION};

/// The capabilities on each path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclCapabilities {
    /// The version of the shape.
    pub version: u32,
    /// The server.
    pub dialect: String,
    /// By path, as `sys/capabilities` answers: by name, `deny` alone for none, `root` alone for the policy `root`.
    #[cfg_attr(feature = "ts", ts(type = "Record<string, Array<string>>"))]
    pub capabilities: Members,
    /// The policies that the server refuses, which grant nothing.
    pub refused: Vec<String>,
}

/// Whether a request is allowed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclExplanation {
    /// The version of the shape.
    pub version: u32,
    /// The server.
    pub dialect: String,
    /// The operation.
    pub operation: String,
    /// The path as the rules see it: without a slash at the start, for a listing with one at the end.
    pub path: String,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in one sentence.
    pub message: String,
    /// For a refused request, what would have to be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub help: Option<String>,
    /// What else explains it.
    pub notes: Vec<String>,
    /// The places that decide, the path of the rule first.
    pub places: Vec<Related>,
    /// The rules that match, the one that decides first, the others by how specific they are.
    pub candidates: Vec<AclCandidate>,
    /// The policies that the server refuses, which grant nothing.
    pub refused: Vec<String>,
}

/// A rule that matches a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclCandidate {
    /// The rule.
    #[serde(flatten)]
    pub rule: AclRule,
    /// Why it does not count; not there for the one that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub lost: Option<String>,
}

/// A rule: all blocks with the same path, united.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclRule {
    /// Its path, without a slash at the start.
    pub path: String,
    /// What it grants; `deny` alone for a refusal.
    pub capabilities: Vec<String>,
    /// The paths of its blocks, each with what the block does.
    pub places: Vec<Related>,
}

/// How two sets of policies differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclDiff {
    /// The version of the shape.
    pub version: u32,
    /// The server.
    pub dialect: String,
    /// Whether the policies before are `root`, which allows everything; then no change is listed.
    pub old_is_root: bool,
    /// Whether the policies after are `root`, which allows everything; then no change is listed.
    pub new_is_root: bool,
    /// The differences, by path.
    pub changes: Vec<AclChange>,
    /// Whether all combinations of rules were looked at; only hostile policies have too many.
    pub complete: bool,
    /// The policies of both sides that the server refuses, which grant nothing.
    pub refused: Vec<String>,
}

/// Paths on which two sets of policies differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AclChange {
    /// The paths, as a rule would be written for them; `…` is any text.
    pub paths: String,
    /// One of the paths.
    pub example: String,
    /// The capabilities that only the policies before grant.
    pub lost: Vec<String>,
    /// The capabilities that only the policies after grant.
    pub gained: Vec<String>,
    /// Whether what both grant is bound to other parameters, wrapping or page lengths.
    pub other_conditions: bool,
    /// The rule that decides before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub old: Option<AclRule>,
    /// The rule that decides after.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub new: Option<AclRule>,
}

/// A policy in the usual layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FormattedPolicy {
    /// The version of the shape.
    pub version: u32,
    /// The text.
    pub text: String,
}

pub(in crate::wire) fn capabilities(
    request: &AclCapabilitiesRequest,
) -> Result<AclCapabilities, AnswerError> {
    let policies = Policies::from_texts(&request.policies, dialect(request.dialect.as_deref())?);
    let acl = policies.acl(&Identity::of(request.identity.as_ref()));
    let mut capabilities = Members::new();
    for path in &request.paths {
        capabilities.insert(path.clone(), names_on(&acl, path).into());
    }
    Ok(AclCapabilities {
        version: VERSION,
        dialect: policies.dialect.to_string(),
        capabilities,
        refused: policies.refused(),
    })
}

/// The capabilities on a path, as `sys/capabilities` answers.
pub fn names_on(acl: &Acl, path: &str) -> Vec<String> {
    acl.capabilities(path).map_or_else(|| vec![super::ROOT.to_owned()], names)
}

fn names(set: CapabilitySet) -> Vec<String> {
    set.iter().map(|capability| capability.as_str().to_owned()).collect()
}

pub(in crate::wire) fn explain(request: &AclExplainRequest) -> Result<AclExplanation, AnswerError> {
    let policies = Policies::from_texts(&request.policies, dialect(request.dialect.as_deref())?);
    let asked = Asked::read(&request.operation, &request.parameters, request.wrap_ttl.as_deref())?;
    let acl = policies.acl(&Identity::of(request.identity.as_ref()));
    let encoding = request.position_encoding;
    Ok(asked.on(&request.path, |operation| AclExplanation::new(&policies, &acl.explain(operation), encoding)))
}

impl AclExplanation {
    /// The wire shape of an explanation.
    pub fn new(policies: &Policies, explanation: &Explanation<'_>, encoding: PositionEncoding) -> Self {
        let places = Places::new(&policies.bundle, encoding);
        let is_allowed = explanation.decision.is_allowed;
        let candidates = explanation.candidates.iter().map(|candidate| AclCandidate {
            rule: AclRule::new(&places, candidate.rule),
            lost: candidate.lost.map(|lost| lost.to_string()),
        });
        Self {
            version: VERSION,
            dialect: policies.dialect.to_string(),
            operation: explanation.kind.to_string(),
            path: explanation.path.clone(),
            allowed: is_allowed,
            message: explanation.verdict(),
            help: if is_allowed { None } else { explanation.help() },
            notes: explanation.notes(),
            places: explanation.marks.iter().map(|mark| places.related(mark)).collect(),
            candidates: candidates.collect(),
            refused: policies.refused(),
        }
    }
}

impl AclRule {
    fn new(places: &Places<'_>, rule: RuleView<'_>) -> Self {
        Self {
            path: rule.pattern.to_string(),
            capabilities: names(rule.granted),
            places: rule.blocks().map(|mark| places.related(&mark)).collect(),
        }
    }
}

pub(in crate::wire) fn diff(request: &AclDiffRequest) -> Result<AclDiff, AnswerError> {
    let dialect = dialect(request.dialect.as_deref())?;
    let identity = Identity::of(request.identity.as_ref());
    let read = |policies: &[PolicyText]| {
        let policies = Policies::from_texts(policies, dialect);
        let acl = policies.acl(&identity);
        (policies, acl)
    };
    let (old, new) = (read(&request.old), read(&request.new));
    let difference = acl::diff(&old.1, &new.1);
    Ok(AclDiff::new((&old.0, &old.1), (&new.0, &new.1), &difference, request.position_encoding))
}

impl AclDiff {
    /// The wire shape of a difference.
    pub fn new(
        old: (&Policies, &Acl),
        new: (&Policies, &Acl),
        difference: &acl::Diff,
        encoding: PositionEncoding,
    ) -> Self {
        let old_places = Places::new(&old.0.bundle, encoding);
        let new_places = Places::new(&new.0.bundle, encoding);
        let change = |change: &acl::Change| AclChange {
            paths: change.paths.clone(),
            example: change.example.clone(),
            lost: names(change.lost),
            gained: names(change.gained),
            other_conditions: change.has_other_conditions,
            old: change.old.and_then(|id| old.1.rule(id)).map(|rule| AclRule::new(&old_places, rule)),
            new: change.new.and_then(|id| new.1.rule(id)).map(|rule| AclRule::new(&new_places, rule)),
        };
        let mut refused = old.0.refused();
        refused.extend(new.0.refused());
        Self {
            version: VERSION,
            dialect: new.0.dialect.to_string(),
            old_is_root: old.1.is_root(),
            new_is_root: new.1.is_root(),
            changes: difference.changes.iter().map(change).collect(),
            complete: difference.is_complete,
            refused,
        }
    }
}

pub(in crate::wire) fn format(policy: &PolicyText) -> Result<FormattedPolicy, AnswerError> {
    let failure = |message: String| AnswerError { kind: AnswerErrorKind::Policy, message };
    match format_policy(&policy.text) {
        Ok(text) => Ok(FormattedPolicy { version: VERSION, text }),
        Err(FormatError::Syntax) => Err(failure(format!("`{}` has syntax errors: check it", policy.name))),
        Err(FormatError::TooLarge) => Err(failure(format!("`{}` would be longer than 8 MiB", policy.name))),
    }
}

/// A policy in the usual layout.
///
/// # Errors
/// When its syntax is refused, or when the result would be too long. JSON that only the server's sloppy reader takes
/// is refused too. Base64, which the server decodes first, is left as it is.
pub fn format_policy(text: &str) -> Result<String, FormatError> {
    if is_base64(text) {
        return Ok(text.to_owned());
    }
    let starts_with_brace = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    if !starts_with_brace {
        return syntax::format::format(&syntax::parse(text.into(), syntax::Dialect::Hcl1));
    }
    syntax::format::format(&syntax::parse(text.into(), syntax::Dialect::Json))
}
