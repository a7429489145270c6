//! Vault ACL policies: their structure, and what the server refuses in them.

mod capability;
mod control_group;
mod entries;
mod fields;
mod filter;
mod label;
mod number;
mod parameter;
mod problem;
mod profile;
mod read;
mod template;
mod time;
mod wrapping_ttl;

pub use capability::{Capability, CapabilitySet};
pub(crate) use label::holds;
pub use label::{ForbiddenWildcard, PathPattern, PatternKind};
pub use parameter::{ParameterRule, ParameterValue, parameter_name};
pub use problem::{ExpectedType, GoNode, PolicyProblem, PolicyProblemKind};
pub use profile::{ErrorWording, ListGeneration, PathKey, PathKeySet, PolicyProfile};
pub use template::{Entity, EntityAlias, Expansion, IdentityGroup, TokenIdentity, Unbalanced, is_templated};
pub use time::SURELY_PAST;

use super::{Target, VaultDialect};
use crate::syntax::{self, Dialect, Tree};
use crate::text::{Span, Spanned};

/// A Vault ACL policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The `path` blocks, in the order of the text.
    pub paths: Vec<PathRules>,
    /// `name`, which the server reads and ignores.
    pub name: Option<Spanned<String>>,
    /// What the server refuses. It stops at the first block with a problem, and inside a block at the first
    /// problem (bad keys are told together); here are all of them, in the order in which it looks.
    pub problems: Vec<PolicyProblem>,
    /// Keys that are given more than once in one block.
    pub repeated_keys: Vec<RepeatedKey>,
    /// What the server knows of policies.
    pub profile: PolicyProfile,
    /// Whether the syntax is one that the server refuses.
    pub has_syntax_errors: bool,
    /// What all blocks together grant, and whether one denies.
    pub granted: CapabilitySet,
    /// Whether a path has `{{…}}`.
    pub has_templates: bool,
}

/// One `path` block.
#[derive(Clone, Debug)]
pub struct PathRules {
    /// The path as it is written in the label; the word `path` where there is no label.
    pub path: Spanned<String>,
    /// The block's keys: `path` and its label.
    pub header: Span,
    /// The keys that are given.
    pub keys: PathKeySet,
    /// The old `policy = "…"`; the last one counts.
    pub policy: Option<Spanned<String>>,
    /// The capabilities, in the order of the text; `None` for a word that no server knows.
    pub capabilities: Vec<Spanned<Option<Capability>>>,
    /// What the server makes of `policy` and `capabilities`: with `deny` nothing else, without either nothing.
    pub granted: CapabilitySet,
    /// Everything beyond path and capabilities.
    pub constraints: Option<Box<Constraints>>,
    /// Which paths the label is about.
    kind: Result<PatternKind, ForbiddenWildcard>,
    /// Whether the label holds `{{`.
    is_templated: bool,
}

/// What a `path` block says beyond its path and capabilities.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// `allowed_parameters`, in the order of the text; the same name twice has the values of both.
    pub allowed_parameters: Vec<ParameterRule>,
    /// `denied_parameters`.
    pub denied_parameters: Vec<ParameterRule>,
    /// `required_parameters`.
    pub required_parameters: Vec<Spanned<String>>,
    /// `min_wrapping_ttl` in nanoseconds; 0 is none.
    pub min_wrapping_ttl: Option<Spanned<i64>>,
    /// `max_wrapping_ttl` in nanoseconds; 0 is none.
    pub max_wrapping_ttl: Option<Spanned<i64>>,
    /// `mfa_methods`.
    pub mfa_methods: Vec<Spanned<String>>,
    /// `pagination_limit`; 0 and less is none.
    pub pagination_limit: Option<Spanned<i64>>,
    /// `expiration` in seconds since 1970.
    pub expiration: Option<Spanned<i64>>,
    /// `list_scan_response_keys_filter_path`.
    pub list_filter: Option<Spanned<String>>,
    /// The place of `control_group`.
    pub control_group: Option<Span>,
}

/// A key that a block has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatedKey {
    /// The block: an index into [`Policy::paths`].
    pub path: u32,
    /// The key.
    pub key: PathKey,
    /// Where it is given again.
    pub span: Span,
    /// Where it was given first.
    pub first: Span,
}

impl Policy {
    /// Reads the model from a tree.
    pub fn from_tree(tree: &Tree, target: Target) -> Self {
        read::read(tree, target.vault.policy_profile())
    }

    /// Reads a text as the server that gets it in a request does: one that is valid base64 is decoded first.
    pub fn parse(text: &str, dialect: VaultDialect) -> Self {
        let decoded = base64_bytes(text);
        let lossy = decoded.as_deref().map(String::from_utf8_lossy);
        let is_text = decoded.as_deref().is_none_or(|bytes| std::str::from_utf8(bytes).is_ok());
        let text = lossy.as_deref().unwrap_or(text);
        let starts_with_brace = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
        let syntax = if starts_with_brace { Dialect::LooseJson } else { Dialect::Hcl1 };
        let mut policy = read::read(&syntax::parse(text.into(), syntax), dialect.policy_profile());
        // The server's scanner refuses what is not UTF-8, wherever it stands.
        policy.has_syntax_errors |= !is_text;
        policy
    }

    /// Whether the server takes the policy.
    pub fn is_accepted(&self) -> bool {
        !self.has_syntax_errors && self.problems.is_empty()
    }
}

impl PathRules {
    /// The paths that the block is about. A template in the path is not filled in.
    ///
    /// # Errors
    /// When the path holds `+*`.
    pub fn pattern(&self) -> Result<PathPattern<'_>, ForbiddenWildcard> {
        Ok(PathPattern::of_kind(&self.path.value, self.kind?))
    }

    /// Whether the server leaves the block out, because its `expiration` has passed. `now` is in seconds since
    /// 1970; without it only what is surely past counts as passed.
    pub fn has_expired(&self, now: Option<i64>) -> bool {
        let expiration = self.constraints.as_ref().and_then(|constraints| constraints.expiration);
        expiration.is_some_and(|expiration| expiration.value < now.unwrap_or(SURELY_PAST))
    }

    /// Whether the path has `{{…}}`.
    pub fn is_templated(&self) -> bool {
        self.is_templated
    }
}

/// Whether a text is valid base64, which the server decodes before it reads the policy.
pub fn is_base64(text: &str) -> bool {
    base64_bytes(text).is_some()
}

/// The bytes that a base64 text stands for, if it is one.
pub(crate) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut count, mut padding) = (0_u32, 0, 0);
    for byte in text.bytes().filter(|byte| !is_line_end(byte)) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' if count >= 2 => {
                padding += 1;
                0
            }
            _ => return None,
        };
        if padding > 0 && byte != b'=' || bytes.len() % 3 != 0 {
            return None;
        }
        (group, count) = (group << 6 | u32::from(value), count + 1);
        if count == 4 {
            bytes.extend(group.to_be_bytes().iter().skip(1).take(3 - padding));
            (group, count) = (0, 0);
        }
    }
    (count == 0 && !bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests;
