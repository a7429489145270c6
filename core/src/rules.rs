//! The rules: each declared once, with its evidence, its versions and its page.

mod context;
mod registry;
mod rule;
mod suggest;
mod suppression;

mod agent;
mod job;
mod policy;
mod role;
mod syntax;
mod template;
mod token;
mod xref;

pub use context::Context;
pub(crate) use context::Findings;
pub use registry::{FAMILIES, rule, rules};
pub use rule::{Applies, Check, FixAvailability, Rule};
pub use suggest::did_you_mean;
pub(crate) use suppression::{Suppression, suppressions};
pub(crate) use syntax::UNUSED_SUPPRESSION;
