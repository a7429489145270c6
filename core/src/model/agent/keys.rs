//! The keys of the agent's `vault` block, with the releases that know them.

use crate::model::Version;

/// A key with one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VaultKey {
    /// `address`.
    Address,
    /// `allow_unauthenticated`, true unless set.
    AllowUnauthenticated,
    /// `ca_file`.
    CaFile,
    /// `ca_path`.
    CaPath,
    /// `cert_file`.
    CertFile,
    /// `create_from_role`.
    CreateFromRole,
    /// `default_identity`, which is a block of its own.
    DefaultIdentity,
    /// `enabled`.
    Enabled,
    /// `jwt_auth_backend_path`.
    JwtAuthBackendPath,
    /// `key_file`.
    KeyFile,
    /// `name`.
    Name,
    /// `namespace`.
    Namespace,
    /// `task_token_ttl`.
    TaskTokenTtl,
    /// `tls_server_name`.
    TlsServerName,
    /// `tls_skip_verify`.
    TlsSkipVerify,
    /// `token`.
    Token,
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// A switch.
    Bool,
    /// A string.
    Text,
    /// The `default_identity` block.
    Identity,
}

/// What is known about a key.
#[derive(Clone, Copy, Debug)]
pub struct KeyInfo {
    /// The key.
    pub key: VaultKey,
    /// Its spelling.
    pub name: &'static str,
    /// What stands behind it.
    pub kind: SettingKind,
    /// The first release that knows it.
    pub since: Version,
}

/// The spelling of the key that is a block.
pub const DEFAULT_IDENTITY: &str = "default_identity";

const V0_5_0: Version = Version::new(0, 5, 0);
const V0_5_3: Version = Version::new(0, 5, 3);
const V0_9_2: Version = Version::new(0, 9, 2);
const V1_7_0: Version = Version::new(1, 7, 0);

/// The keys by name: nomad v0.5.0 and v2.0.5 `nomad/structs/config/vault.go`. `allow_unauthenticated` and
/// `task_token_ttl` are gone since 1.10.0, which ignores them; they stay here for a finding of their own.
pub const VAULT_KEYS: &[KeyInfo] = &[
    text(VaultKey::Address, "address", V0_5_0),
    boolean(VaultKey::AllowUnauthenticated, "allow_unauthenticated"),
    text(VaultKey::CaFile, "ca_file", V0_5_0),
    text(VaultKey::CaPath, "ca_path", V0_5_0),
    text(VaultKey::CertFile, "cert_file", V0_5_0),
    text(VaultKey::CreateFromRole, "create_from_role", V0_5_3),
    KeyInfo {
        key: VaultKey::DefaultIdentity,
        name: DEFAULT_IDENTITY,
        kind: SettingKind::Identity,
        since: V1_7_0,
    },
    boolean(VaultKey::Enabled, "enabled"),
    text(VaultKey::JwtAuthBackendPath, "jwt_auth_backend_path", V1_7_0),
    text(VaultKey::KeyFile, "key_file", V0_5_0),
    text(VaultKey::Name, "name", V1_7_0),
    text(VaultKey::Namespace, "namespace", V0_9_2),
    text(VaultKey::TaskTokenTtl, "task_token_ttl", V0_5_0),
    text(VaultKey::TlsServerName, "tls_server_name", V0_5_0),
    boolean(VaultKey::TlsSkipVerify, "tls_skip_verify"),
    text(VaultKey::Token, "token", V0_5_0),
];

/// Names of other programs, and of Nomad's own documentation, for keys of the block.
const MISNAMED: &[(&str, &str)] = &[
    ("ca_cert", "ca_file"),
    ("client_cert", "cert_file"),
    ("client_key", "key_file"),
    ("tls_ca_file", "ca_file"),
    ("tls_ca_path", "ca_path"),
    ("tls_cert_file", "cert_file"),
    ("tls_key_file", "key_file"),
];

/// The key that is meant by a name known to be a mix-up: `cert_file` for the documentation's
/// `tls_cert_file`, `ca_file` for Vault's own `ca_cert`.
pub fn misnamed_key(name: &str) -> Option<&'static str> {
    MISNAMED.iter().find(|(wrong, _)| *wrong == name).map(|(_, right)| *right)
}

impl KeyInfo {
    /// Whether this release knows the key (or knew it, and has a finding of its own for it).
    pub fn is_known_to(&self, nomad: Version) -> bool {
        self.since <= nomad
    }
}

impl VaultKey {
    /// The spelling.
    pub fn as_str(self) -> &'static str {
        VAULT_KEYS.iter().find(|info| info.key == self).map_or("", |info| info.name)
    }
}

const fn text(key: VaultKey, name: &'static str, since: Version) -> KeyInfo {
    KeyInfo { key, name, kind: SettingKind::Text, since }
}

const fn boolean(key: VaultKey, name: &'static str) -> KeyInfo {
    KeyInfo { key, name, kind: SettingKind::Bool, since: V0_5_0 }
}
