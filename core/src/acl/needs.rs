//! What a Nomad server asks of Vault with its own token.

use super::Operation;
use super::operation::OperationKind;
use crate::model::{Capability, NANOSECONDS_PER_SECOND, Target, Version};

/// The first Nomad that asks Vault which capabilities it has, and sends tokens and accessors in the body.
const FIRST_WITH_BODIES: Version = Version::new(0, 5, 3);

/// The first Nomad whose servers have no token of Vault.
const FIRST_WITHOUT_TOKEN: Version = Version::new(1, 10, 0);

/// The TTL that tasks' tokens are wrapped for: nomad v0.5.0 `nomad/vault.go:26-55`.
const WRAP_TTL: i64 = 60 * NANOSECONDS_PER_SECOND;

/// A request that a Nomad server sends with its token (nomad-token-integration §1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerNeed {
    /// What Nomad does with it, after "to": `revoke the tokens of tasks that have ended`.
    pub purpose: &'static str,
    /// The endpoint, without the role, token or accessor that may follow it.
    pub endpoint: &'static str,
    /// The path of such a request.
    pub path: String,
    /// The path that a policy grants it by.
    pub pattern: String,
    /// The request's kind.
    pub kind: OperationKind,
    /// The capability that it takes.
    pub capability: Capability,
    /// Whether the policy `default`, as the server comes with it, grants it.
    pub in_default: bool,
    /// The TTL in nanoseconds that the answer is wrapped for.
    pub wrap_ttl: Option<i64>,
}

impl ServerNeed {
    /// The request.
    pub fn operation(&self) -> Operation<'_> {
        Operation { wrap_ttl: self.wrap_ttl, ..Operation::new(self.kind, &self.path) }
    }
}

/// What the servers of a target ask for: with this role, and where submitters of jobs have to show a token.
pub fn server_needs(target: Target, role: Option<&str>, asks_submitters: bool) -> Vec<ServerNeed> {
    let mut needs = Vec::new();
    if target.nomad >= FIRST_WITHOUT_TOKEN {
        return needs;
    }
    let in_body = target.nomad >= FIRST_WITH_BODIES;
    let of_self = |purpose, endpoint: &'static str, kind, capability| ServerNeed {
        purpose,
        endpoint,
        path: endpoint.to_owned(),
        pattern: endpoint.to_owned(),
        kind,
        capability,
        in_default: true,
        wrap_ttl: None,
    };
    let (read, update) = (Capability::Read, Capability::Update);
    if let Some(role) = role {
        needs.push(of_role("make the tokens of tasks", "auth/token/create", role, update));
        needs.push(of_role("read the role", "auth/token/roles", role, read));
    }
    needs.push(of_self("look up its own token", "auth/token/lookup-self", OperationKind::Read, read));
    if asks_submitters {
        let (kind, capability) =
            if in_body { (OperationKind::Update, update) } else { (OperationKind::Read, read) };
        let purpose = "look up the tokens that jobs are submitted with";
        needs.push(of_token(purpose, "auth/token/lookup", in_body, kind, capability));
    }
    let purpose = "revoke the tokens of tasks that have ended";
    needs.push(of_token(purpose, "auth/token/revoke-accessor", in_body, OperationKind::Update, update));
    needs.push(of_self("renew its own token", "auth/token/renew-self", OperationKind::Update, update));
    if in_body {
        let purpose = "ask what its token may do";
        needs.push(of_self(purpose, "sys/capabilities-self", OperationKind::Update, update));
    }
    needs
}

fn of_role(purpose: &'static str, endpoint: &'static str, role: &str, capability: Capability) -> ServerNeed {
    let is_create = capability == Capability::Update;
    let path = format!("{endpoint}/{role}");
    ServerNeed {
        purpose,
        endpoint,
        pattern: path.clone(),
        path,
        kind: if is_create { OperationKind::Update } else { OperationKind::Read },
        capability,
        in_default: false,
        wrap_ttl: is_create.then_some(WRAP_TTL),
    }
}

/// A request about another token: its name is in the body, or behind the endpoint.
fn of_token(
    purpose: &'static str,
    endpoint: &'static str,
    in_body: bool,
    kind: OperationKind,
    capability: Capability,
) -> ServerNeed {
    let (path, pattern) = if in_body {
        (endpoint.to_owned(), endpoint.to_owned())
    } else {
        // Any token will do: no sensible policy names one.
        (format!("{endpoint}/0"), format!("{endpoint}/*"))
    };
    ServerNeed { purpose, endpoint, path, pattern, kind, capability, in_default: false, wrap_ttl: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(target: Target, role: Option<&str>, asks_submitters: bool) -> Vec<String> {
        let needs = server_needs(target, role, asks_submitters);
        needs.into_iter().map(|need| format!("{} {}", need.pattern, need.capability)).collect()
    }

    #[test]
    fn needs_are_those_of_the_release() {
        assert_eq!(
            patterns(Target::SEED, Some("nomad-server"), true),
            [
                "auth/token/create/nomad-server update",
                "auth/token/roles/nomad-server read",
                "auth/token/lookup-self read",
                "auth/token/lookup/* read",
                "auth/token/revoke-accessor/* update",
                "auth/token/renew-self update",
            ]
        );
        assert_eq!(
            patterns(Target::NEWEST_TOKEN_BASED, None, false),
            [
                "auth/token/lookup-self read",
                "auth/token/revoke-accessor update",
                "auth/token/renew-self update",
                "sys/capabilities-self update",
            ]
        );
        assert!(patterns(Target::NEWEST, Some("r"), true).is_empty());
    }
}
