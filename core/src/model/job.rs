//! Job.

use crate::syntax::Tree;

/// Job.
#[derive(Clone, Debug, Default)]
pub struct Job {}

impl Job {
    /// Reads the model from a tree.
    pub fn from_tree(_tree: &Tree, _target: super::Target) -> Self {
        Self {}
    }
}
