//! The rules of this family.

use super::Rule;

/// The family, in the order of the codes.
pub(super) static RULES: &[&Rule] = &[];
