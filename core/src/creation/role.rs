//! Writing a token role.

use thiserror::Error;

use super::Server;
use super::address::stored_address;
use super::policies::{sanitized, without_duplicates};
use crate::model::{
    Field, FieldError, PolicyList, Quoted, ROLE_FIELDS, RefusedField, TokenRole, TwoNames, VaultDialect,
    VaultProduct, Version,
};
use crate::syntax::NodeKind;
use crate::text::order;

/// A role as the server stores it. Durations are in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRole {
    /// The role's name: that of the URL.
    pub name: String,
    /// `allowed_policies`, sorted; only `root` when it is among them.
    pub allowed_policies: Vec<String>,
    /// `allowed_policies_glob`, likewise.
    pub allowed_policies_glob: Vec<String>,
    /// `disallowed_policies`, sorted.
    pub disallowed_policies: Vec<String>,
    /// `disallowed_policies_glob`, sorted.
    pub disallowed_policies_glob: Vec<String>,
    /// `allowed_entity_aliases`, sorted; `None` when they were never written.
    pub allowed_entity_aliases: Option<Vec<String>>,
    /// `orphan`.
    pub orphan: bool,
    /// `renewable`.
    pub renewable: bool,
    /// `period`, as it is read back; 0 when `token_period` was written.
    pub period: i64,
    /// `token_period`: what counts.
    pub token_period: i64,
    /// `explicit_max_ttl`, as it is read back; 0 when `token_explicit_max_ttl` was written.
    pub explicit_max_ttl: i64,
    /// `token_explicit_max_ttl`: what counts.
    pub token_explicit_max_ttl: i64,
    /// `path_suffix`.
    pub path_suffix: String,
    /// `token_type`: `service`, `batch`, `default-service` or `default-batch`.
    pub token_type: String,
    /// `token_num_uses`; 0 is without limit.
    pub token_num_uses: i64,
    /// `token_no_default_policy`.
    pub token_no_default_policy: bool,
    /// `bound_cidrs`, as they are read back; empty when `token_bound_cidrs` was written.
    pub bound_cidrs: Vec<String>,
    /// `token_bound_cidrs`: what counts.
    pub token_bound_cidrs: Vec<String>,
    /// What the server warns of, in its words. Without a warning it answers 204, else 200.
    pub warnings: Vec<String>,
}

/// Why the server refuses a role; printed with its own words.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoleRefusal {
    /// The body cannot be read.
    #[error("{0}")]
    Body(String),
    /// Fields that cannot be converted. The server names one of them, which one is chance.
    #[error("{}", refused_field(.0.first()))]
    Fields(Vec<RefusedField>),
    /// `path_suffix` matches nowhere what it must.
    #[error("given role path suffix contains invalid characters; must match \\w[\\w-.]+\\w")]
    PathSuffix,
    /// `path_suffix` holds `..`.
    #[error("error registering path suffix: path cannot contain parent references")]
    ParentReference,
    /// `token_type` is `null`.
    #[error("Invalid 'token_type' value: null")]
    NullTokenType,
    /// `token_type` is a number or a truth value: the server's handler fails, and the connection is closed
    /// without an answer.
    #[error("the server closes the connection without an answer: `token_type` is neither text nor `null`")]
    Crash,
    /// `token_type` is none of the four.
    #[error("invalid 'token_type' value {}", Quoted(.0))]
    TokenType(String),
    /// `token_num_uses` is negative.
    #[error("error parsing role fields: 'token_num_uses' cannot be negative")]
    NegativeNumUses,
    /// An address of `token_bound_cidrs`.
    #[error("error parsing role fields: {0}")]
    TokenAddress(String),
    /// An address of `bound_cidrs`.
    #[error("error parsing bound_cidrs: {0}")]
    Address(String),
    /// Batch tokens must be orphans, without period, not renewable, without explicit max TTL.
    #[error("'token_type' cannot be 'batch' when role is set to generate {0}")]
    Batch(&'static str),
    /// Vault up to 0.6.0.
    #[error("a role cannot be used to issue both periodic tokens and tokens with explicit max TTLs")]
    PeriodAndExplicitMaxTtl,
}

impl RoleRefusal {
    /// The status of the answer; 0 when there is none.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Crash => 0,
            _ => 400,
        }
    }

    /// Every text that the server may answer with.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::Fields(fields) => fields.iter().map(|field| refused_field(Some(field))).collect(),
            _ => vec![self.to_string()],
        }
    }
}

impl StoredRole {
    /// Whether it has a list of policies, allowed or not; one without leaves it to the parent's policies.
    pub fn limits_policies(&self) -> bool {
        let lists = [
            &self.allowed_policies,
            &self.allowed_policies_glob,
            &self.disallowed_policies,
            &self.disallowed_policies_glob,
        ];
        lists.into_iter().any(|list| !list.is_empty())
    }
}

impl VaultDialect {
    fn is_openbao_or_since(self, version: Version) -> bool {
        self.product == VaultProduct::OpenBao || self.version >= version
    }

    /// Whether roles have patterns for policies (Vault since 1.10, `[I]`).
    pub(super) fn has_policy_globs(self) -> bool {
        self.is_openbao_or_since(Version::new(1, 10, 0))
    }

    /// Whether the caller of a role that only denies policies is bound to its own (Vault before 0.7).
    pub(super) fn is_denying_role_bound_to_parent(self) -> bool {
        !self.is_openbao_or_since(Version::new(0, 7, 0))
    }

    /// Whether a period and an explicit max TTL exclude each other (Vault before 0.6.1).
    pub(super) fn refuses_period_with_explicit_max_ttl(self) -> bool {
        !self.is_openbao_or_since(Version::new(0, 6, 1))
    }

    /// Whether a period is capped by the longest lease (Vault since 0.10, `[I]`).
    pub(super) fn caps_periods(self) -> bool {
        self.is_openbao_or_since(Version::new(0, 10, 0))
    }
}

/// What a server stores when this role is written anew, with [`RoleRefusal::Body`] left to
/// [`super::body_error`]. `name` is that of the URL, the body's own counts for nothing.
///
/// # Errors
/// With the server's reason to refuse it.
pub fn store_role(role: &TokenRole, name: &str, server: &Server) -> Result<StoredRole, RoleRefusal> {
    let dialect = server.dialect;
    refuse_fields(role)?;
    let mut stored = StoredRole {
        name: name.to_owned(),
        allowed_policies: sanitized(elements(role.allowed_policies.as_ref()), false),
        allowed_policies_glob: sanitized(elements(role.allowed_policies_glob.as_ref()), false),
        disallowed_policies: without_duplicates(elements(role.disallowed_policies.as_ref())),
        disallowed_policies_glob: without_duplicates(elements(role.disallowed_policies_glob.as_ref())),
        allowed_entity_aliases: role
            .allowed_entity_aliases
            .as_ref()
            .map(|field| without_duplicates(elements(Some(field)))),
        orphan: value(role.orphan.as_ref()).unwrap_or(false),
        renewable: value(role.renewable.as_ref()).unwrap_or(true),
        period: 0,
        token_period: 0,
        explicit_max_ttl: 0,
        token_explicit_max_ttl: 0,
        path_suffix: path_suffix(role)?,
        token_type: String::new(),
        token_num_uses: value(role.token_num_uses.as_ref()).unwrap_or(0),
        token_no_default_policy: value(role.token_no_default_policy.as_ref()).unwrap_or(false),
        bound_cidrs: Vec::new(),
        token_bound_cidrs: Vec::new(),
        warnings: Vec::new(),
    };
    if !dialect.has_policy_globs() {
        stored.allowed_policies_glob.clear();
        stored.disallowed_policies_glob.clear();
    }
    let token_type = written_type(role)?;
    if dialect.has_token_fields() {
        let written = elements(role.token_bound_cidrs.as_ref()).iter();
        let addresses: Result<_, _> = written.map(|text| stored_address(text)).collect();
        stored.token_bound_cidrs = addresses.map_err(RoleRefusal::TokenAddress)?;
        if stored.token_num_uses < 0 {
            return Err(RoleRefusal::NegativeNumUses);
        }
    } else {
        (stored.token_num_uses, stored.token_no_default_policy) = (0, false);
    }
    stored.token_type = known_type(token_type, dialect)?;
    durations_and_addresses(&mut stored, role, server)?;
    refuse_batch(&stored)?;
    if dialect.refuses_period_with_explicit_max_ttl()
        && stored.token_period > 0
        && stored.token_explicit_max_ttl > 0
    {
        return Err(RoleRefusal::PeriodAndExplicitMaxTtl);
    }
    warn_of_members(&mut stored, role);
    Ok(stored)
}

/// Whether a role can have this name: `\w(([\w-.]+)?\w)?`; to any other the server answers 404.
pub fn role_name_is_valid(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let ends = name.bytes().next().zip(name.bytes().next_back());
    ends.is_some_and(|(first, last)| is_word(first) && is_word(last))
        && name.bytes().all(|byte| is_word(byte) || matches!(byte, b'-' | b'.'))
}

/// The server converts all fields that it knows before it looks at any.
fn refuse_fields(role: &TokenRole) -> Result<(), RoleRefusal> {
    let mut refused = Vec::new();
    let mut refuse = |name: &str, error: Option<&FieldError>| {
        if let Some(error) = error.filter(|error| !matches!(error, FieldError::Null(_))) {
            refused.push(RefusedField { name: name.to_owned(), error: error.clone() });
        }
    };
    refuse("allowed_policies", error(role.allowed_policies.as_ref()));
    refuse("allowed_policies_glob", error(role.allowed_policies_glob.as_ref()));
    refuse("disallowed_policies", error(role.disallowed_policies.as_ref()));
    refuse("disallowed_policies_glob", error(role.disallowed_policies_glob.as_ref()));
    refuse("allowed_entity_aliases", error(role.allowed_entity_aliases.as_ref()));
    refuse("orphan", error(role.orphan.as_ref()));
    refuse("renewable", error(role.renewable.as_ref()));
    refuse("period", error(role.period.old.as_ref()));
    refuse("token_period", error(role.period.new.as_ref()));
    refuse("explicit_max_ttl", error(role.explicit_max_ttl.old.as_ref()));
    refuse("token_explicit_max_ttl", error(role.explicit_max_ttl.new.as_ref()));
    refuse("path_suffix", error(role.path_suffix.as_ref()));
    refuse("token_type", error(role.token_type.as_ref()));
    refuse("token_num_uses", error(role.token_num_uses.as_ref()));
    refuse("token_no_default_policy", error(role.token_no_default_policy.as_ref()));
    refuse("bound_cidrs", error(role.bound_cidrs.as_ref()));
    refuse("token_bound_cidrs", error(role.token_bound_cidrs.as_ref()));
    if refused.is_empty() { Ok(()) } else { Err(RoleRefusal::Fields(refused)) }
}

fn refused_field(field: Option<&RefusedField>) -> String {
    field.map_or_else(String::new, |RefusedField { name, error }| {
        format!("error converting input for field \"{name}\": {error}")
    })
}

/// `\w[\w-.]+\w` must match somewhere.
fn path_suffix(role: &TokenRole) -> Result<String, RoleRefusal> {
    let suffix: String = value(role.path_suffix.as_ref()).unwrap_or_default();
    let is_word = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_';
    let matches = suffix.as_bytes().split(|byte| !is_word(byte) && !matches!(byte, b'-' | b'.')).any(|run| {
        let first = run.iter().position(is_word);
        let last = run.iter().rposition(is_word);
        first.zip(last).is_some_and(|(first, last)| last >= first + 2)
    });
    if !suffix.is_empty() && !matches {
        return Err(RoleRefusal::PathSuffix);
    }
    if suffix.contains("..") {
        return Err(RoleRefusal::ParentReference);
    }
    Ok(suffix)
}

fn written_type(role: &TokenRole) -> Result<Option<&str>, RoleRefusal> {
    let Some(field) = &role.token_type else { return Ok(None) };
    match field.kind {
        NodeKind::Null => Err(RoleRefusal::NullTokenType),
        NodeKind::String => Ok(field.value().map(String::as_str)),
        _ => Err(RoleRefusal::Crash),
    }
}

fn known_type(written: Option<&str>, dialect: VaultDialect) -> Result<String, RoleRefusal> {
    if !dialect.has_batch_tokens() {
        return Ok("default-service".to_owned());
    }
    match written.unwrap_or("default-service") {
        known @ ("service" | "batch" | "default-service" | "default-batch") => Ok(known.to_owned()),
        unknown => Err(RoleRefusal::TokenType(unknown.to_owned())),
    }
}

/// The fields with two names: the new one wins, the old one fills both.
fn durations_and_addresses(
    stored: &mut StoredRole,
    role: &TokenRole,
    server: &Server,
) -> Result<(), RoleRefusal> {
    let has_new = server.dialect.has_token_fields();
    let warnings = &mut stored.warnings;
    (stored.period, stored.token_period) = two_names("period", &role.period, has_new, warnings);
    let addresses: &[String] = elements(role.bound_cidrs.as_ref());
    match role.token_bound_cidrs.as_ref().filter(|_| has_new) {
        Some(_) if role.bound_cidrs.is_some() => warnings.push(both_given("bound_cidrs")),
        Some(_) => {}
        None => {
            let addresses: Result<Vec<_>, _> = addresses.iter().map(|text| stored_address(text)).collect();
            stored.bound_cidrs = addresses.map_err(RoleRefusal::Address)?;
            stored.token_bound_cidrs.clone_from(&stored.bound_cidrs);
        }
    }
    (stored.explicit_max_ttl, stored.token_explicit_max_ttl) =
        two_names("explicit_max_ttl", &role.explicit_max_ttl, has_new, warnings);
    if server.max_lease_ttl != 0 && stored.token_explicit_max_ttl > server.max_lease_ttl {
        warnings.push(format!(
            "Given explicit max TTL of {} is greater than system/mount allowed value of {} seconds; until this is \
             fixed attempting to create tokens against this role will result in an error",
            stored.token_explicit_max_ttl, server.max_lease_ttl
        ));
    }
    Ok(())
}

fn two_names(name: &str, fields: &TwoNames, has_new: bool, warnings: &mut Vec<String>) -> (i64, i64) {
    // To the server, a duration that is `null` was not given.
    let given = |field: &Option<Field<i64>>| {
        field.as_ref().filter(|field| field.kind != NodeKind::Null).and_then(|field| field.value().copied())
    };
    let old = given(&fields.old);
    match given(&fields.new).filter(|_| has_new) {
        Some(new) => {
            if old.is_some() {
                warnings.push(both_given(name));
            }
            (0, new)
        }
        None => (old.unwrap_or(0), old.unwrap_or(0)),
    }
}

fn both_given(name: &str) -> String {
    format!("Both 'token_{name}' and deprecated '{name}' value supplied, ignoring the deprecated value")
}

fn refuse_batch(stored: &StoredRole) -> Result<(), RoleRefusal> {
    if stored.token_type != "batch" {
        return Ok(());
    }
    let reasons = [
        (!stored.orphan, "non-orphan tokens"),
        (stored.token_period != 0, "periodic tokens"),
        (stored.renewable, "renewable tokens"),
        (stored.token_explicit_max_ttl != 0, "tokens with an explicit max TTL"),
    ];
    match reasons.into_iter().find(|(is_met, _)| *is_met) {
        Some((_, reason)) => Err(RoleRefusal::Batch(reason)),
        None => Ok(()),
    }
}

/// The members that the endpoint does not know are named only when there is an answer with a body anyway.
fn warn_of_members(stored: &mut StoredRole, role: &TokenRole) {
    if stored.warnings.is_empty() {
        return;
    }
    let mut unknown: Vec<&str> = role
        .members
        .iter()
        .map(|member| member.name.as_str())
        .filter(|name| !ROLE_FIELDS.contains(name) && *name != "role_name")
        .collect();
    order::sort(&mut unknown);
    unknown.dedup();
    if !unknown.is_empty() {
        stored
            .warnings
            .push(format!("Endpoint ignored these unrecognized parameters: [{}]", unknown.join(" ")));
    }
    if role.has_role_name {
        stored.warnings.push(
            "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [role_name]"
                .to_owned(),
        );
    }
}

fn elements(field: Option<&Field<PolicyList>>) -> &[String] {
    field.and_then(Field::value).map_or(&[], |list| &list.elements)
}

fn value<T: Clone>(field: Option<&Field<T>>) -> Option<T> {
    field.and_then(Field::value).cloned()
}

fn error<T>(field: Option<&Field<T>>) -> Option<&FieldError> {
    field.and_then(Field::error)
}
