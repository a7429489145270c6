//! TokenRole.

use crate::syntax::Tree;

/// TokenRole.
#[derive(Clone, Debug, Default)]
pub struct TokenRole {}

impl TokenRole {
    /// Reads the model from a tree.
    pub fn from_tree(_tree: &Tree, _target: super::Target) -> Self {
        Self {}
    }
}
