//! Why a server creates no token.

use thiserror::Error;

use crate::model::{DurationError, Quoted, RefusedField};

/// Why the server creates no token; printed with its own words.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreationRefusal {
    /// The body cannot be read.
    #[error("{0}")]
    Body(String),
    /// Fields that cannot be converted. The server names one of them, which one is chance.
    #[error("{}", refused_field(.0.first()))]
    Fields(Vec<RefusedField>),
    /// A batch token asks.
    #[error("batch tokens cannot create more tokens")]
    BatchParent,
    /// A token that may be used only so often asks.
    #[error("restricted use token cannot generate child tokens")]
    RestrictedParent,
    /// `type` is neither `service` nor `batch`.
    #[error("invalid 'token_type' value")]
    TokenType,
    /// A batch token can have no such field.
    #[error("batch tokens cannot have {0:?} set")]
    BatchField(&'static str),
    /// A duration of a batch token cannot be read.
    #[error("'{0}' value could not be parsed")]
    BatchDuration(&'static str),
    /// `num_uses` is negative.
    #[error("number of uses cannot be negative")]
    NegativeNumUses,
    /// `entity_alias` without a role.
    #[error("'entity_alias' is only allowed in combination with token role")]
    EntityAliasWithoutRole,
    /// The role does not allow this alias.
    #[error("invalid 'entity_alias' value")]
    EntityAlias,
    /// Only `sudo` may choose the token itself.
    #[error("root or sudo privileges required to specify token id")]
    IdWithoutSudo,
    /// A token with this beginning is made by the server only.
    #[error("custom token ID cannot have the '{0}' prefix")]
    IdPrefix(&'static str),
    /// A token with a `.` is made by the server only.
    #[error("custom token ID cannot have a '.' in the value")]
    IdDot,
    /// Policies that the role does not allow; the whole text.
    #[error("{0}")]
    NotAllowed(String),
    /// A policy that the role denies, in quotes.
    #[error("token policy {0} is disallowed by this role")]
    Disallowed(String),
    /// Policies that the parent has not.
    #[error("child policies must be subset of parent")]
    NotOfParent,
    /// The same, for a role that only denies, before Vault 0.7.
    #[error("child policies must be subset of parent when role contains no allowed_policies")]
    NotOfParentByRole,
    /// A policy that the server keeps to itself.
    #[error("cannot assign policy {}", Quoted(.0))]
    InternalPolicy(String),
    /// Only root makes root.
    #[error("root tokens may not be created without parent token being root")]
    RootFromOther,
    /// A root token must be revocable.
    #[error("batch tokens cannot be root tokens")]
    BatchRoot,
    /// `no_parent` needs `sudo`.
    #[error("root or sudo privileges required to create orphan token")]
    OrphanWithoutSudo,
    /// `period` needs `sudo`.
    #[error("root or sudo privileges required to create periodic token")]
    PeriodWithoutSudo,
    /// A duration cannot be read.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// A duration is negative.
    #[error("{0} must be positive")]
    Negative(&'static str),
    /// A root token with an end makes none without.
    #[error("expiring root tokens cannot create non-expiring root tokens")]
    ExpiringRoot,
    /// The `id` is taken; only the host knows.
    #[error("cannot create a token with a duplicate ID")]
    DuplicateId,
    /// The role of the path does not exist; only the host knows.
    #[error("unknown role {0}")]
    UnknownRole(String),
    /// Vault 0.6.0 and before.
    #[error("using an explicit max TTL not supported when using periodic token roles")]
    PeriodAndExplicitMaxTtl,
}

impl CreationRefusal {
    /// The status of the answer.
    pub const fn status(&self) -> u16 {
        400
    }

    /// Every text that the server may answer with.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::Fields(fields) => fields.iter().map(|field| refused_field(Some(field))).collect(),
            _ => vec![self.to_string()],
        }
    }
}

fn refused_field(field: Option<&RefusedField>) -> String {
    field.map_or_else(String::new, |RefusedField { name, error }| {
        format!("Field validation failed: error converting input for field \"{name}\": {error}")
    })
}
