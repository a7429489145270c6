//! What a request asks for.

use std::fmt;

use crate::model::{Capability, ParameterValue};

/// A kind of request, as the server's router has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationKind {
    /// POST or PUT of something that the backend says does not exist yet.
    Create,
    /// DELETE.
    Delete,
    /// HEAD: refused to every token but root's.
    Head,
    /// `?help=1`: always allowed.
    Help,
    /// LIST, or GET with `list=true`.
    List,
    /// PATCH.
    Patch,
    /// GET.
    Read,
    /// Renewal of a lease; needs `update`.
    Renew,
    /// Revocation of a lease; needs `update`.
    Revoke,
    /// SCAN, or GET with `scan=true`, of OpenBao.
    Scan,
    /// POST or PUT of anything else.
    Update,
}

impl OperationKind {
    /// Every kind, by name.
    pub const ALL: [Self; 11] = [
        Self::Create,
        Self::Delete,
        Self::Head,
        Self::Help,
        Self::List,
        Self::Patch,
        Self::Read,
        Self::Renew,
        Self::Revoke,
        Self::Scan,
        Self::Update,
    ];

    /// The spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Head => "head",
            Self::Help => "help",
            Self::List => "list",
            Self::Patch => "patch",
            Self::Read => "read",
            Self::Renew => "renew",
            Self::Revoke => "revoke",
            Self::Scan => "scan",
            Self::Update => "update",
        }
    }

    /// The kind spelled so.
    pub fn from_spelling(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The capability that it needs.
    pub const fn capability(self) -> Option<Capability> {
        Some(match self {
            Self::Create => Capability::Create,
            Self::Delete => Capability::Delete,
            Self::List => Capability::List,
            Self::Patch => Capability::Patch,
            Self::Read => Capability::Read,
            Self::Scan => Capability::Scan,
            Self::Update | Self::Renew | Self::Revoke => Capability::Update,
            Self::Head | Self::Help => return None,
        })
    }

    /// Whether the request's path always arrives with a slash at its end.
    pub const fn is_listing(self) -> bool {
        matches!(self, Self::List | Self::Scan)
    }
}

impl fmt::Display for OperationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// Its kind.
    pub kind: OperationKind,
    /// Its path, without `/v1/`. Slashes at the start do not count; a listing gets one at the end.
    pub path: &'a str,
    /// Its parameters: members of the body, or of the query. The page length of a LIST is `limit`.
    pub parameters: &'a [(&'a str, ParameterValue)],
    /// The TTL that its answer is to be wrapped for, in nanoseconds; `None` when it is not to be wrapped.
    pub wrap_ttl: Option<i64>,
}

impl<'a> Operation<'a> {
    /// A request without parameters and wrapping.
    pub const fn new(kind: OperationKind, path: &'a str) -> Self {
        Self { kind, path, parameters: &[], wrap_ttl: None }
    }
}

/// Paths of `sys/` that need `sudo` besides the operation's capability; a final `*` is any rest. Measured on OpenBao
/// 2.7.2, but for seal and step-down, which are read in its source.
const SUDO_PATHS: [&str; 19] = [
    "sys/audit",
    "sys/audit/*",
    "sys/auth/*",
    "sys/config/auditing/*",
    "sys/config/cors",
    "sys/config/ui/headers/*",
    "sys/internal/inspect/*",
    "sys/leases",
    "sys/leases/lookup/*",
    "sys/leases/revoke-force/*",
    "sys/leases/revoke-prefix/*",
    "sys/plugins/catalog/*",
    "sys/raw*",
    "sys/remount",
    "sys/revoke-force/*",
    "sys/revoke-prefix/*",
    "sys/rotate*",
    "sys/seal",
    "sys/step-down",
];

/// Whether a path needs `sudo` besides the operation's capability.
#[inline]
pub fn needs_sudo(path: &str) -> bool {
    let path = if path.starts_with('/') { path.trim_start_matches('/') } else { path };
    if let Some(rest) = path.strip_prefix("auth/token/") {
        return rest.starts_with("accessors") || rest.starts_with("revoke-orphan/");
    }
    path.starts_with("sys/") && is_sudo_path(path)
}

fn is_sudo_path(path: &str) -> bool {
    let is_one = |rest: &str| matches!(rest, "" | "/") || rest.starts_with('/');
    SUDO_PATHS.iter().any(|pattern| match *pattern {
        // These two have a path of their own and one below it, but no longer word.
        "sys/raw*" => path.strip_prefix("sys/raw").is_some_and(is_one),
        "sys/rotate*" => matches!(
            path.strip_prefix("sys/rotate").map(|rest| rest.trim_end_matches('/')),
            Some("" | "/keyring" | "/root")
        ),
        _ => match pattern.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path.strip_suffix('/').unwrap_or(path) == *pattern,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protected_paths() {
        let protected = [
            "sys/auth/x",
            "/sys/audit",
            "sys/raw/core",
            "sys/rotate/root",
            "auth/token/accessors/",
            "sys/seal",
        ];
        let open =
            ["sys/auth", "sys/rawx", "sys/rotate/config", "auth/token/create", "sys/mounts", "sys/", ""];
        assert!(protected.iter().all(|path| needs_sudo(path)));
        assert!(!open.iter().any(|path| needs_sudo(path)));
        assert!(OperationKind::ALL.is_sorted_by_key(|kind| kind.as_str()));
    }
}
