//! AgentConfig.

use crate::syntax::Tree;

/// AgentConfig.
#[derive(Clone, Debug, Default)]
pub struct AgentConfig {}

impl AgentConfig {
    /// Reads the model from a tree.
    pub fn from_tree(_tree: &Tree, _target: super::Target) -> Self {
        Self {}
    }
}
