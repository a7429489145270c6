//! What a policy lets a token do on a path.

use std::fmt;

/// One capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Capability {
    /// Create something that does not exist yet.
    Create,
    /// Remove.
    Delete,
    /// Nothing at all, whatever else is granted by the same rule.
    Deny,
    /// List the names below the path.
    List,
    /// Change a part.
    Patch,
    /// Read.
    Read,
    /// Recover an older state from a snapshot (newest HashiCorp Vault only).
    Recover,
    /// List everything below the path, however deep (OpenBao).
    Scan,
    /// Subscribe to events (HashiCorp Vault).
    Subscribe,
    /// Use paths that are protected beyond the other capabilities.
    Sudo,
    /// Change, and call what is no object.
    Update,
}

impl Capability {
    /// Every capability, by name.
    pub const ALL: [Self; 11] = [
        Self::Create,
        Self::Delete,
        Self::Deny,
        Self::List,
        Self::Patch,
        Self::Read,
        Self::Recover,
        Self::Scan,
        Self::Subscribe,
        Self::Sudo,
        Self::Update,
    ];

    /// The spelling in policies and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Deny => "deny",
            Self::List => "list",
            Self::Patch => "patch",
            Self::Read => "read",
            Self::Recover => "recover",
            Self::Scan => "scan",
            Self::Subscribe => "subscribe",
            Self::Sudo => "sudo",
            Self::Update => "update",
        }
    }

    /// The capability spelled so; case and blanks matter, as they do for the server.
    pub fn from_spelling(text: &str) -> Option<Self> {
        Some(match text {
            "create" => Self::Create,
            "delete" => Self::Delete,
            "deny" => Self::Deny,
            "list" => Self::List,
            "patch" => Self::Patch,
            "read" => Self::Read,
            "recover" => Self::Recover,
            "scan" => Self::Scan,
            "subscribe" => Self::Subscribe,
            "sudo" => Self::Sudo,
            "update" => Self::Update,
            _ => return None,
        })
    }

    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of capabilities.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapabilitySet(u16);

impl CapabilitySet {
    /// Nothing.
    pub const EMPTY: Self = Self(0);
    /// Only `deny`.
    pub const DENY: Self = Self::of(&[Capability::Deny]);

    /// The set of these.
    pub const fn of(capabilities: &[Capability]) -> Self {
        let mut bits = 0;
        let mut rest = capabilities;
        while let [first, tail @ ..] = rest {
            bits |= first.bit();
            rest = tail;
        }
        Self(bits)
    }

    /// Whether the capability is in the set.
    pub const fn contains(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    /// Whether the set holds nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `deny` is in the set.
    pub const fn denies(self) -> bool {
        self.contains(Capability::Deny)
    }

    /// Whether nothing is in both.
    pub const fn is_disjoint(self, other: Self) -> bool {
        self.0 & other.0 == 0
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this set, but not in the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Adds one.
    pub const fn insert(&mut self, capability: Capability) {
        self.0 |= capability.bit();
    }

    /// The capabilities, by name.
    pub fn iter(self) -> impl Iterator<Item = Capability> + Clone {
        Capability::ALL.into_iter().filter(move |capability| self.contains(*capability))
    }
}

impl FromIterator<Capability> for CapabilitySet {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        let mut set = Self::EMPTY;
        capabilities.into_iter().for_each(|capability| set.insert(capability));
        set
    }
}

impl fmt::Display for CapabilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, capability) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            f.write_str(capability.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for CapabilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_printed_by_name_and_spellings_are_exact() {
        let set = CapabilitySet::of(&[Capability::Update, Capability::Create]);
        assert_eq!(set.to_string(), "create, update");
        assert_eq!(set.minus(CapabilitySet::of(&[Capability::Create])).to_string(), "update");
        assert!(Capability::ALL.iter().all(|c| Capability::from_spelling(c.as_str()) == Some(*c)));
        assert!(Capability::ALL.is_sorted_by_key(|c| c.as_str()));
        assert_eq!(Capability::from_spelling("Read"), None);
    }
}
