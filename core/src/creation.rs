//! What a Vault server makes of a written token role, and of a request for a token.
//!
//! - [`store_role`]: what `auth/token/roles/<role>` stores and answers;
//! - [`token_from_role`]: the token that `auth/token/create`, `…/create-orphan` or `…/create/<role>` answers with;
//! - [`renewed_ttl`]: how long a token lives after its renewal.
//!
//! Refusals and warnings have the server's own texts. Everything was measured on OpenBao 2.7.2 (`cargo xtask
//! oracle role`, `cargo xtask oracle token`); what differs in older servers was read in their sources.

mod address;
mod body;
mod policies;
mod refusal;
mod role;
mod token;
mod ttl;

pub use body::body_error;
pub use policies::glob_matches;
pub use refusal::CreationRefusal;
pub use role::{RoleRefusal, StoredRole, role_name_is_valid, store_role};
pub use token::{CreatedToken, Parent, TokenType, token_from_role};
pub use ttl::{Renewal, RenewalRefusal, RenewedTtl, renewed_ttl};

use crate::model::VaultDialect;

/// 32 days, in seconds: what a server uses unless it is configured.
pub const DEFAULT_LEASE_TTL: i64 = 2_764_800;

/// What an answer depends on besides its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The server's dialect.
    pub dialect: VaultDialect,
    /// `default_lease_ttl` of the server or of its token mount, in seconds.
    pub default_lease_ttl: i64,
    /// `max_lease_ttl` of the server or of its token mount, in seconds.
    pub max_lease_ttl: i64,
    /// The policies that exist, sorted; without them no warning tells which ones do not.
    pub policies: Option<Vec<String>>,
}

impl Server {
    /// A server of this dialect as it comes.
    pub const fn new(dialect: VaultDialect) -> Self {
        Self {
            dialect,
            default_lease_ttl: DEFAULT_LEASE_TTL,
            max_lease_ttl: DEFAULT_LEASE_TTL,
            policies: None,
        }
    }
}

#[cfg(test)]
mod tests;
