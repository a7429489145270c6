//! Vault ACL policies: their structure.

use crate::syntax::Tree;
use crate::text::Spanned;

/// A Vault ACL policy.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The `path` blocks, in the order of the text.
    pub paths: Vec<PathRules>,
}

/// One `path` block.
#[derive(Clone, Debug, Default)]
pub struct PathRules {
    /// The path as it is written in the label.
    pub path: Spanned<String>,
    /// The capabilities, in the order of the text.
    pub capabilities: Vec<Spanned<String>>,
}

impl Policy {
    /// Reads the model from a tree.
    pub fn from_tree(tree: &Tree, _target: super::Target) -> Self {
        let paths = tree.root().items_named("path").filter_map(PathRules::from_item).collect();
        Self { paths }
    }
}

impl PathRules {
    fn from_item(item: crate::syntax::Item<'_>) -> Option<Self> {
        let label = item.labels().next()?;
        let body = item.value().object()?;
        let capabilities = body
            .items_named("capabilities")
            .filter_map(|item| item.value().list())
            .flatten()
            .filter_map(|element| Some(Spanned::new(element.string()?.into_owned(), element.span())))
            .collect();
        Some(Self { path: Spanned::new(label.name().into_owned(), label.span()), capabilities })
    }
}
