//! Rules.

use serde::{Deserialize, Serialize};

use super::{EnforcedBy, Severity, rule_url, twin_enum};
use crate::rules;

/// A rule: one thing that can be wrong, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Rule {
    /// Family and number: `ROLE003`.
    pub code: String,
    /// The pattern that it finds: `orphan-role`.
    pub name: String,
    /// One line: what is wrong.
    pub summary: String,
    /// How bad a finding usually is.
    pub severity: Severity,
    /// Who refuses it.
    pub enforced_by: EnforcedBy,
    /// Whether findings come with a repair.
    pub fix: FixAvailability,
    /// The Nomad releases that it is about.
    pub applies: Applies,
    /// Where the behaviour can be seen.
    pub evidence: String,
    /// The page of the rule.
    pub url: String,
}

twin_enum! {
    /// Whether findings of a rule come with a repair.
    FixAvailability = rules::FixAvailability {
        /// Never.
        None,
        /// With one that is only applied when asked for.
        Unsafe,
        /// With one that keeps the meaning.
        Safe,
    }
}

/// Nomad releases, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Applies {
    /// The first release; not there when the rule is about every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub first: Option<String>,
    /// The last release; not there when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub last: Option<String>,
}

impl From<&rules::Rule> for Rule {
    fn from(rule: &rules::Rule) -> Self {
        let applies = rule.applies;
        Self {
            code: rule.code.to_owned(),
            name: rule.name.to_owned(),
            summary: rule.summary.to_owned(),
            severity: rule.severity.into(),
            enforced_by: rule.enforced_by.into(),
            fix: rule.fix.into(),
            applies: Applies {
                first: (!applies.is_always()).then(|| applies.first.to_string()),
                last: (!applies.is_open_ended()).then(|| applies.last.to_string()),
            },
            evidence: rule.evidence.to_owned(),
            url: rule_url(rule.code),
        }
    }
}
