//! What a rule is, and how one is declared.

use super::Context;
use crate::diagnostic::{EnforcedBy, Severity};
use crate::model::{
    AgentConfig, Job, ParsedBundle, ParsedDocument, Policy, Target, TokenLookup, TokenRole, Version,
};

/// A rule: one thing that can be wrong, and all that is known about it.
#[derive(Debug)]
pub struct Rule {
    /// Family and number; never used again for something else.
    pub code: &'static str,
    /// The pattern that it finds, in kebab-case: reads well after "allow".
    pub name: &'static str,
    /// One line, lower case, no full stop: what is wrong.
    pub summary: &'static str,
    /// How bad a finding is, unless the finding itself says otherwise.
    pub severity: Severity,
    /// Who refuses it.
    pub enforced_by: EnforcedBy,
    /// Whether findings come with a repair.
    pub fix: FixAvailability,
    /// The Nomad releases that it is about.
    pub applies: Applies,
    /// Where the behaviour can be seen: source with version, or measurement.
    pub evidence: &'static str,
    /// What looks for it.
    pub check: Check,
    /// The rule's page in Markdown; empty without the feature `pages`.
    pub page: &'static str,
}

/// Whether findings of a rule come with a repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// Never.
    None,
    /// With one that is only applied when asked for.
    Unsafe,
    /// With one that keeps the meaning.
    Safe,
}

/// The Nomad releases that a rule is about, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applies {
    /// The first release.
    pub first: Version,
    /// The last release.
    pub last: Version,
}

const NEVER_ENDING: Version = Version::new(u16::MAX, u16::MAX, u16::MAX);

impl Applies {
    /// Whether the rule is about this target.
    pub fn covers(self, target: Target) -> bool {
        self.first <= target.nomad && target.nomad <= self.last
    }

    /// Whether there is no limit.
    pub fn is_always(self) -> bool {
        self == always()
    }

    /// Whether there is no last release.
    pub fn is_open_ended(self) -> bool {
        self.last == NEVER_ENDING
    }
}

/// Every release.
pub(super) const fn always() -> Applies {
    Applies { first: Version::new(0, 0, 0), last: NEVER_ENDING }
}

/// The Nomad releases `first` to `last`, both included.
pub(super) const fn nomad(first: &str, last: &str) -> Applies {
    match (Version::parse(first), Version::parse(last)) {
        (Some(first), Some(last)) => Applies { first, last },
        #[expect(clippy::panic, reason = "evaluated by the compiler only, for a rule's declaration")]
        _ => panic!("not a release"),
    }
}

/// The Nomad releases from `first` on.
pub(super) const fn nomad_since(first: &str) -> Applies {
    Applies { first: nomad(first, first).first, last: NEVER_ENDING }
}

/// The function that looks for a rule's pattern, by what it looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Any document: its text and tree.
    Document(fn(&mut Context<'_>, &ParsedDocument<'_>)),
    /// A token role.
    TokenRole(fn(&mut Context<'_>, &TokenRole)),
    /// A policy.
    Policy(fn(&mut Context<'_>, &Policy)),
    /// A job.
    Job(fn(&mut Context<'_>, &Job)),
    /// One agent configuration file.
    AgentConfig(fn(&mut Context<'_>, &AgentConfig)),
    /// A token's lookup.
    Token(fn(&mut Context<'_>, &TokenLookup)),
    /// All documents together; run once.
    Bundle(fn(&mut Context<'_>, &ParsedBundle<'_>)),
}

/// Declares a rule: everything about it in one place.
macro_rules! declare_rule {
    ($(#[$meta:meta])* $visibility:vis static $rule:ident = {
        code: $code:literal, name: $name:literal, summary: $summary:literal,
        severity: $severity:ident, enforced_by: $enforced_by:ident, fix: $fix:ident, applies: $applies:expr,
        evidence: $evidence:literal,
        check: $kind:ident($check:path) $(,)?
    }) => {
        $(#[$meta])*
        #[doc = $summary]
        $visibility static $rule: $crate::rules::Rule = $crate::rules::Rule {
            code: $code,
            name: $name,
            summary: $summary,
            severity: $crate::diagnostic::Severity::$severity,
            enforced_by: $crate::diagnostic::EnforcedBy::$enforced_by,
            fix: $crate::rules::FixAvailability::$fix,
            applies: $applies,
            evidence: $evidence,
            check: $crate::rules::Check::$kind($check),
            page: {
                #[cfg(feature = "pages")]
                {
                    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/docs/", $code, ".md"))
                }
                #[cfg(not(feature = "pages"))]
                ""
            },
        };
    };
}
pub(super) use declare_rule;
