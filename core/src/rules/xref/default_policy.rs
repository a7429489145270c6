//! The policy that every token has unless somebody leaves it out.

use std::sync::Arc;

use crate::acl::PolicySource;
use crate::model::{Policy, Setup, VaultDialect};
use crate::text::DocumentId;

/// The paths of the servers' own `default` that Nomad and its tasks use, as OpenBao 2.7.2 answers a read of it.
/// Vault 0.6.2 has the same ones, but for the leases (spec §1.3: `sys/renew` there, `sys/leases/renew` from 0.7.1).
const TEXT: &str = r#"
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/renew" { capabilities = ["update"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
"#;

/// The bundle's own `default`, or the one that the server comes with.
pub(super) fn default_policy(setup: &Setup<'_>, dialect: VaultDialect) -> PolicySource {
    let own = setup.policy("default");
    let policy = own.map_or_else(|| Policy::parse(TEXT, dialect), |own| own.policy.clone());
    let document = own.map_or(DocumentId(u32::MAX), |own| own.document);
    PolicySource { name: "default".to_owned(), document, policy: Arc::new(policy) }
}
