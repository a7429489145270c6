//! The brain of HashiCorp Nomad's Vault integration, pure: it does no I/O and reads no clock, entropy or
//! environment.

pub mod acl;
pub mod check;
pub mod creation;
pub mod diagnostic;
pub mod model;
pub mod rules;
pub mod syntax;
pub mod text;
pub mod wire;

pub use check::{CheckOptions, Report, apply_fixes, check, check_parsed};
pub use diagnostic::{Diagnostic, EnforcedBy, Severity};
pub use model::{Bundle, Target, TargetRequest};
pub use text::{Applicability, Document, DocumentId, DocumentKind, Span};
