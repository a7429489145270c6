//! The products that documents are judged for.

use std::fmt;

use thiserror::Error;

/// A release number of three parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// First part.
    pub major: u16,
    /// Second part.
    pub minor: u16,
    /// Third part.
    pub patch: u16,
}

impl Version {
    /// The release `major.minor.patch`.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Reads `1`, `1.6` or `1.6.2`; parts that are not there are 0.
    pub const fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut parts = [0_u16; 3];
        let (mut part, mut digits, mut position) = (0, 0, 0);
        while position < bytes.len() {
            // `get` is not const; the index is below the length.
            #[expect(clippy::indexing_slicing, reason = "bounded by the loop and by the checks of `part`")]
            match bytes[position] {
                digit @ b'0'..=b'9' if digits < 4 => {
                    parts[part] = parts[part] * 10 + (digit - b'0') as u16;
                    digits += 1;
                }
                b'.' if digits > 0 && part < 2 => {
                    part += 1;
                    digits = 0;
                }
                _ => return None,
            }
            position += 1;
        }
        let [major, minor, patch] = parts;
        if digits == 0 { None } else { Some(Self::new(major, minor, patch)) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Whose Vault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VaultProduct {
    /// HashiCorp Vault, spelled `vault-…`.
    Vault,
    /// OpenBao, spelled `openbao-…`.
    OpenBao,
}

/// A Vault server's dialect: product and release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VaultDialect {
    /// Whose Vault it is.
    pub product: VaultProduct,
    /// The release.
    pub version: Version,
}

impl VaultDialect {
    /// The Vault that the seed's page asks for.
    pub const VAULT_0_6_2: Self = Self { product: VaultProduct::Vault, version: Version::new(0, 6, 2) };
    /// The newest server whose behaviour was measured.
    pub const OPENBAO_2_7: Self = Self { product: VaultProduct::OpenBao, version: Version::new(2, 7, 2) };

    /// Reads `vault-1.15`, `openbao-2.7` or a bare `1.15`, which is HashiCorp's.
    pub fn parse(text: &str) -> Option<Self> {
        let (product, version) = match text.split_once('-') {
            Some(("vault", version)) => (VaultProduct::Vault, version),
            Some(("openbao", version)) => (VaultProduct::OpenBao, version),
            Some(_) => return None,
            None => (VaultProduct::Vault, text),
        };
        Some(Self { product, version: Version::parse(version)? })
    }

    /// Whether tokens and accessors may be sent in the URL (`auth/token/lookup/<token>`), as Nomad up to
    /// 0.5.2 does. OpenBao never had these paths; which Vault release removed them is not pinned, so every
    /// Vault from 0.11 on is taken to lack them.
    pub fn has_url_token_paths(self) -> bool {
        self.product == VaultProduct::Vault && self.version < Version::new(0, 11, 0)
    }
}

impl fmt::Display for VaultDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let product = match self.product {
            VaultProduct::Vault => "vault",
            VaultProduct::OpenBao => "openbao",
        };
        write!(f, "{product}-{}", self.version)
    }
}

/// What documents are judged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The Nomad release.
    pub nomad: Version,
    /// The Vault server.
    pub vault: VaultDialect,
}

impl Target {
    /// The seed's page: Nomad 0.5.0 with Vault 0.6.2.
    pub const SEED: Self = Self { nomad: Version::new(0, 5, 0), vault: VaultDialect::VAULT_0_6_2 };
    /// The newest Nomad whose integration is wholly by tokens, with the newest measured server.
    pub const NEWEST_TOKEN_BASED: Self =
        Self { nomad: Version::new(1, 6, 10), vault: VaultDialect::OPENBAO_2_7 };
    /// The newest Nomad, which knows workload identities only.
    pub const NEWEST: Self = Self { nomad: Version::new(2, 0, 5), vault: VaultDialect::OPENBAO_2_7 };
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nomad={},vault={}", self.nomad, self.vault)
    }
}

/// The parts of a target that somebody asked for; the rest is chosen by the documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TargetRequest {
    /// The Nomad release asked for.
    pub nomad: Option<Version>,
    /// The Vault server asked for.
    pub vault: Option<VaultDialect>,
}

/// Why the text of a target cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseTargetError {
    /// A part is neither `nomad=…` nor `vault=…`.
    #[error("unknown part `{0}` in the target: write `nomad=1.6.2,vault=openbao-2.7`")]
    UnknownPart(String),
    /// The release cannot be read.
    #[error("`{0}` is no release: write three numbers such as `1.6.2`, for Vault also `openbao-2.7`")]
    BadVersion(String),
}

impl TargetRequest {
    /// Reads `nomad=1.6.2,vault=openbao-2.7`; either part may be left out.
    ///
    /// # Errors
    /// When a part is unknown or its release cannot be read.
    pub fn parse(text: &str) -> Result<Self, ParseTargetError> {
        let mut request = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let bad_version = || ParseTargetError::BadVersion(part.to_owned());
            match part.split_once('=') {
                Some(("nomad", version)) => {
                    request.nomad = Some(Version::parse(version).ok_or_else(bad_version)?);
                }
                Some(("vault", dialect)) => {
                    request.vault = Some(VaultDialect::parse(dialect).ok_or_else(bad_version)?);
                }
                _ => return Err(ParseTargetError::UnknownPart(part.to_owned())),
            }
        }
        Ok(request)
    }

    /// The whole target, with `default` for what was not asked.
    pub fn or(self, default: Target) -> Target {
        Target { nomad: self.nomad.unwrap_or(default.nomad), vault: self.vault.unwrap_or(default.vault) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_and_printed() {
        let target = TargetRequest::parse("nomad=0.5.0,vault=0.6.2").unwrap().or(Target::NEWEST);
        assert_eq!(target, Target::SEED);
        assert_eq!(target.to_string(), "nomad=0.5.0,vault=vault-0.6.2");
        assert_eq!(VaultDialect::parse("openbao-2.7").map(|v| v.version), Some(Version::new(2, 7, 0)));
        assert!(TargetRequest::parse("consul=1").is_err());
        assert!(TargetRequest::parse("nomad=1.x").is_err());
    }
}
