//! TokenLookup.

use crate::syntax::Tree;

/// TokenLookup.
#[derive(Clone, Debug, Default)]
pub struct TokenLookup {}

impl TokenLookup {
    /// Reads the model from a tree.
    pub fn from_tree(_tree: &Tree, _target: super::Target) -> Self {
        Self {}
    }
}
