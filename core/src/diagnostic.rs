//! Findings: what is wrong, where, how bad, and what to write instead.

#[cfg(feature = "render")]
pub mod render;

use crate::text::{DocumentId, Fix, Span};

/// How bad a finding is, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Accepted, but it bites later or does not do what it says.
    Warning,
    /// Refused, or it breaks the integration.
    Error,
}

impl Severity {
    /// The spelling of the wire shape.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Who refuses what the finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EnforcedBy {
    /// The Vault server refuses it.
    Vault,
    /// Nomad refuses it or disables the integration.
    Nomad,
    /// Both accept it; it bites later.
    Advisory,
}

impl EnforcedBy {
    /// The spelling of the wire shape.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::Nomad => "nomad",
            Self::Advisory => "advisory",
        }
    }
}

/// A second place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The document of the place.
    pub document: DocumentId,
    /// The place.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's code, such as `ROLE003`.
    pub code: &'static str,
    /// The rule's name, such as `orphan-role`.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Who refuses it.
    pub enforced_by: EnforcedBy,
    /// What is wrong, with the values of this document. No final full stop.
    pub message: String,
    /// What to do, and what the server itself would say.
    pub help: Option<String>,
    /// The document it is about.
    pub document: DocumentId,
    /// The exact text it is about.
    pub span: Span,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// A repair, where one is known.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Adds what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place in the same bundle.
    pub fn related(&mut self, document: DocumentId, span: Span, message: impl Into<String>) -> &mut Self {
        self.related.push(Related { document, span, message: message.into() });
        self
    }

    /// Adds a repair.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// Makes the finding another severity than the rule's own.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
}
