//! What a server's release knows of policies, as values.

use super::{Capability, CapabilitySet};
use crate::model::{VaultDialect, VaultProduct, Version};

/// A key of a `path` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PathKey {
    /// `allowed_parameters`: the parameters that a request may have.
    AllowedParameters,
    /// `capabilities`.
    Capabilities,
    /// `comment`: free text, of any type.
    Comment,
    /// `control_group`: who has to approve.
    ControlGroup,
    /// `denied_parameters`: the parameters that a request must not have.
    DeniedParameters,
    /// `expiration`: when the block ends to count.
    Expiration,
    /// `list_scan_response_keys_filter_path`: a template that filters the answers of LIST and SCAN.
    ListFilter,
    /// `max_wrapping_ttl`.
    MaxWrappingTtl,
    /// `mfa_methods`; no effect on OpenBao.
    MfaMethods,
    /// `min_wrapping_ttl`.
    MinWrappingTtl,
    /// `pagination_limit`: the longest page of a LIST.
    PaginationLimit,
    /// `policy`: the old spelling of capabilities, one word.
    Policy,
    /// `required_parameters`: the parameters that a request must have.
    RequiredParameters,
    /// `subscribe_event_types` of HashiCorp Vault.
    SubscribeEventTypes,
}

impl PathKey {
    /// Every key, by name.
    pub const ALL: [Self; 14] = [
        Self::AllowedParameters,
        Self::Capabilities,
        Self::Comment,
        Self::ControlGroup,
        Self::DeniedParameters,
        Self::Expiration,
        Self::ListFilter,
        Self::MaxWrappingTtl,
        Self::MfaMethods,
        Self::MinWrappingTtl,
        Self::PaginationLimit,
        Self::Policy,
        Self::RequiredParameters,
        Self::SubscribeEventTypes,
    ];

    /// The spelling in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowedParameters => "allowed_parameters",
            Self::Capabilities => "capabilities",
            Self::Comment => "comment",
            Self::ControlGroup => "control_group",
            Self::DeniedParameters => "denied_parameters",
            Self::Expiration => "expiration",
            Self::ListFilter => "list_scan_response_keys_filter_path",
            Self::MaxWrappingTtl => "max_wrapping_ttl",
            Self::MfaMethods => "mfa_methods",
            Self::MinWrappingTtl => "min_wrapping_ttl",
            Self::PaginationLimit => "pagination_limit",
            Self::Policy => "policy",
            Self::RequiredParameters => "required_parameters",
            Self::SubscribeEventTypes => "subscribe_event_types",
        }
    }

    /// The key spelled so; case matters, as it does for the server.
    pub fn from_spelling(text: &str) -> Option<Self> {
        // Nearly every key of a real policy is this one.
        if text == "capabilities" {
            return Some(Self::Capabilities);
        }
        Self::ALL.into_iter().find(|key| key.as_str() == text)
    }

    /// The first releases that know the key, of Vault and of OpenBao; `None` where it was never known.
    ///
    /// OpenBao's are read in its tags; Vault's are inferred from the features around them (spec §1.5).
    pub const fn since(self) -> (Option<Version>, Option<Version>) {
        const ALWAYS: Option<Version> = Some(Version::new(0, 0, 0));
        const fn release(major: u16, minor: u16) -> Option<Version> {
            Some(Version::new(major, minor, 0))
        }
        match self {
            Self::Policy | Self::Capabilities => (ALWAYS, ALWAYS),
            Self::AllowedParameters | Self::DeniedParameters => (release(0, 7), ALWAYS),
            Self::MinWrappingTtl | Self::MaxWrappingTtl => (release(0, 7), ALWAYS),
            Self::RequiredParameters => (release(0, 8), ALWAYS),
            Self::Comment => (release(1, 0), ALWAYS),
            Self::MfaMethods => (release(1, 10), ALWAYS),
            Self::ControlGroup => (release(0, 8), release(2, 7)),
            Self::PaginationLimit => (None, release(2, 2)),
            Self::Expiration => (None, release(2, 3)),
            Self::ListFilter => (None, release(2, 4)),
            Self::SubscribeEventTypes => (release(1, 16), None),
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

/// A set of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathKeySet(u16);

impl PathKeySet {
    /// Whether the key is in the set.
    pub const fn contains(self, key: PathKey) -> bool {
        self.0 & key.bit() != 0
    }

    /// Adds a key and says whether it was new.
    pub const fn insert(&mut self, key: PathKey) -> bool {
        let is_new = !self.contains(key);
        self.0 |= key.bit();
        is_new
    }

    /// The keys, by name.
    pub fn iter(self) -> impl Iterator<Item = PathKey> {
        PathKey::ALL.into_iter().filter(move |key| self.contains(*key))
    }
}

/// How LIST and SCAN, whose paths end with a slash, fall back to rules for the path without it (spec §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListGeneration {
    /// No fallback. Vault up to 0.10.
    None,
    /// An exact rule without the slash counts after one with it. Vault from 0.11.
    Exact,
    /// And of the other rules, those that match without the slash count first. Vault from 1.13.10, 1.14.6
    /// and 1.15.2, OpenBao 2.0 to 2.5.
    SlashlessFirst,
    /// All that match either form are one pool, in which a `deny` and a `list` have precedence. Vault from 2.0.
    Pool,
    /// Those that match with the slash count first. OpenBao from 2.6.
    SlashFirst,
}

/// What a server's release knows of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyProfile {
    /// The keys that a `path` block may have.
    pub keys: PathKeySet,
    /// The capabilities that there are.
    pub capabilities: CapabilitySet,
    /// Whether a `+` is any one segment of a path.
    pub segment_wildcards: bool,
    /// How LIST falls back.
    pub list: ListGeneration,
    /// Whether `{{…}}` in a path is replaced.
    pub templating: bool,
    /// Whether a value with `/`, `*` or `+` in a template refuses every request of the token.
    pub refuses_template_values: bool,
    /// Whether a second `key =` in the same object is refused.
    pub refuses_repeated_arguments: bool,
    /// Whether a list, or a text with commas, is compared with allowed values element by element.
    pub matches_elements: bool,
    /// How the errors are worded.
    pub wording: ErrorWording,
}

/// How a server words what is wrong with a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorWording {
    /// `Failed to parse policy:` and names in '…'. Vault up to 0.9.
    Capital,
    /// `failed to parse policy:`.
    Plain,
    /// And `path "…":` before all that is about one block. OpenBao 2.7.
    PathFirst,
}

const SEGMENT_WILDCARDS: Version = Version::new(1, 1, 0);
const TEMPLATING: Version = Version::new(0, 11, 0);
const EXACT_FALLBACK: Version = Version::new(0, 11, 0);
const POOL: Version = Version::new(2, 0, 0);
const PLAIN_WORDING: Version = Version::new(0, 10, 0);
/// Read as a warning before, as an error from here on.
const REPEATED_ARGUMENTS: Version = Version::new(1, 21, 0);
const MATCHED_ELEMENTS: Version = Version::new(1, 21, 0);

impl VaultDialect {
    /// What this server knows of policies.
    pub fn policy_profile(self) -> PolicyProfile {
        let mut keys = PathKeySet::default();
        for key in PathKey::ALL {
            let (vault, openbao) = key.since();
            if self.has_since(vault, openbao) {
                keys.insert(key);
            }
        }
        let version = self.version;
        let is_vault = self.product == VaultProduct::Vault;
        PolicyProfile {
            keys,
            capabilities: self.known_capabilities(),
            segment_wildcards: !is_vault || version >= SEGMENT_WILDCARDS,
            list: self.list_generation(),
            templating: !is_vault || version >= TEMPLATING,
            refuses_template_values: !is_vault && version >= Version::new(2, 7, 0),
            refuses_repeated_arguments: is_vault && version >= REPEATED_ARGUMENTS,
            matches_elements: is_vault && version >= MATCHED_ELEMENTS,
            wording: match is_vault {
                true if version < PLAIN_WORDING => ErrorWording::Capital,
                false if version >= Version::new(2, 7, 0) => ErrorWording::PathFirst,
                _ => ErrorWording::Plain,
            },
        }
    }

    fn has_since(self, vault: Option<Version>, openbao: Option<Version>) -> bool {
        let since = match self.product {
            VaultProduct::Vault => vault,
            VaultProduct::OpenBao => openbao,
        };
        since.is_some_and(|since| self.version >= since)
    }

    fn known_capabilities(self) -> CapabilitySet {
        const fn release(major: u16, minor: u16) -> Option<Version> {
            Some(Version::new(major, minor, 0))
        }
        let always = Some(Version::new(0, 0, 0));
        let is_known = |capability: &Capability| {
            let (vault, openbao) = match capability {
                Capability::Patch => (release(1, 9), always),
                Capability::Scan => (None, release(2, 2)),
                Capability::Subscribe => (release(1, 16), None),
                Capability::Recover => (release(1, 20), None),
                _ => (always, always),
            };
            self.has_since(vault, openbao)
        };
        Capability::ALL.into_iter().filter(is_known).collect()
    }

    fn list_generation(self) -> ListGeneration {
        let version = self.version;
        if self.product == VaultProduct::OpenBao {
            let is_newer = version >= Version::new(2, 6, 0);
            return if is_newer { ListGeneration::SlashFirst } else { ListGeneration::SlashlessFirst };
        }
        let corrected = match (version.major, version.minor) {
            (1, 13) => version.patch >= 10,
            (1, 14) => version.patch >= 6,
            (1, 15) => version.patch >= 2,
            _ => version >= Version::new(1, 16, 0),
        };
        match corrected {
            _ if version >= POOL => ListGeneration::Pool,
            true => ListGeneration::SlashlessFirst,
            false if version >= EXACT_FALLBACK => ListGeneration::Exact,
            false => ListGeneration::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(dialect: &str) -> PolicyProfile {
        VaultDialect::parse(dialect).unwrap().policy_profile()
    }

    #[test]
    fn keys_and_capabilities_come_with_their_releases() {
        let names = |dialect: &str| profile(dialect).keys.iter().map(PathKey::as_str).collect::<Vec<_>>();
        assert_eq!(names("vault-0.6.2"), ["capabilities", "policy"]);
        assert_eq!(names("openbao-2.7").len(), 13);
        assert!(!names("openbao-2.6.2").contains(&"control_group"));
        assert!(!names("vault-2.0").contains(&"pagination_limit"));
        let old = "create, delete, deny, list, read, sudo, update";
        assert_eq!(profile("vault-0.6.2").capabilities.to_string(), old);
        assert!(profile("openbao-2.2").capabilities.contains(Capability::Scan));
        assert!(!profile("openbao-2.1").capabilities.contains(Capability::Scan));
        assert!(PathKey::ALL.is_sorted_by_key(|key| key.as_str()));
    }

    #[test]
    fn the_generations_of_list() {
        let table = [
            ("vault-0.6.2", ListGeneration::None),
            ("vault-0.11", ListGeneration::Exact),
            ("vault-1.13.9", ListGeneration::Exact),
            ("vault-1.13.10", ListGeneration::SlashlessFirst),
            ("vault-1.14.5", ListGeneration::Exact),
            ("vault-1.15.2", ListGeneration::SlashlessFirst),
            ("vault-1.20", ListGeneration::SlashlessFirst),
            ("vault-2.0.3", ListGeneration::Pool),
            ("openbao-2.5", ListGeneration::SlashlessFirst),
            ("openbao-2.6", ListGeneration::SlashFirst),
        ];
        for (dialect, expected) in table {
            assert_eq!(profile(dialect).list, expected, "{dialect}");
        }
    }
}
