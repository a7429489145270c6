//! What the text of a template says: what it reads from Vault, and what is wrong with it.

mod functions;
mod source;
mod walk;

pub use functions::{FunctionRelease, function_release, known_functions};

use super::Template;
use crate::syntax::{GoTemplate, TemplateProblem, Tree};
use crate::text::{Span, Spanned};
use source::Source;

/// What the `data` of a template says; every place is one of the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateContent {
    /// What it asks of Vault, in the order of the text.
    pub calls: Vec<VaultCall>,
    /// What is wrong with its syntax. None are kept of a text that is not wholly known, or of which only one
    /// delimiter is given.
    pub problems: Vec<TemplateProblem>,
    /// Functions that not every release has.
    pub functions: Vec<Spanned<String>>,
}

/// A call of `secret`, `secrets` or `pkiCert`.
#[derive(Clone, Debug, PartialEq)]
pub struct VaultCall {
    /// The function's name.
    pub function: &'static str,
    /// What it asks for.
    pub kind: VaultCallKind,
    /// The path, `None` when it is not given.
    pub path: Option<Vec<PathPiece>>,
    /// The function with its first argument.
    pub span: Span,
    /// The path between its quotes, where it is one string that stands there as it is.
    pub path_span: Option<Span>,
    /// The members of the answer's `.Data` that are named: each with the place of `.member`.
    pub members: Vec<Spanned<String>>,
}

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultCallKind {
    /// LIST.
    List,
    /// GET.
    Read,
    /// PUT.
    Write,
}

/// A piece of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathPiece {
    /// This text.
    Text(String),
    /// The value of this environment variable.
    Environment(String),
    /// Something that the document does not tell.
    Unknown,
}

/// A path as it is asked for: blanks, slashes at both ends, and a query are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPath {
    /// The path; what is not known is `…`.
    pub text: String,
    /// How much of it is known, from its start.
    pub known: usize,
}

impl AskedPath {
    /// The path when all of it is known.
    pub fn whole(&self) -> Option<&str> {
        (self.known == self.text.len()).then_some(self.text.as_str())
    }

    /// What is known of its start.
    pub fn known_start(&self) -> &str {
        self.text.get(..self.known).unwrap_or_default()
    }
}

impl VaultCall {
    /// The path with what is known of the environment filled in; `None` when there is no path, or an empty one.
    pub fn asked_path(&self, environment: &dyn Fn(&str) -> Option<String>) -> Option<AskedPath> {
        let mut text = String::new();
        let mut known = None;
        for piece in self.path.as_ref()? {
            let value = match piece {
                PathPiece::Text(text) => Some(text.clone()),
                PathPiece::Environment(name) => environment(name),
                PathPiece::Unknown => None,
            };
            match value {
                Some(value) => text.push_str(&value),
                None => {
                    known.get_or_insert(text.len());
                    text.push('…');
                }
            }
        }
        let trimmed = text.trim_start().trim_start_matches('/');
        let cut = text.len() - trimmed.len();
        let end = trimmed.find('?').filter(|_| self.kind == VaultCallKind::Read);
        let path = trimmed.get(..end.unwrap_or(trimmed.len()))?.trim_end().trim_end_matches('/');
        let known = known.map_or(path.len(), |known| known.saturating_sub(cut).min(path.len()));
        (!path.is_empty()).then(|| AskedPath { text: path.to_owned(), known })
    }
}

/// Reads the `data` of a template; `None` where there is none, or where its text or a delimiter is not known.
pub(super) fn read(template: &Template, tree: &Tree) -> Option<Box<TemplateContent>> {
    let source = Source::of(template.data.as_ref()?, tree)?;
    let delimiter = |attribute: &Option<super::Attribute>| match attribute {
        None => Some(String::new()),
        Some(attribute) => match &attribute.value.value {
            super::AttributeValue::Null => Some(String::new()),
            value => value.text().map(str::to_owned),
        },
    };
    let (left, right) = (delimiter(&template.left_delimiter)?, delimiter(&template.right_delimiter)?);
    let parsed = GoTemplate::parse(&source.text, &left, &right);
    let mut content = walk::content(&parsed, &source);
    if left.is_empty() != right.is_empty() {
        // One delimiter without the other is what is wrong, and a rule of its own.
        content.problems.clear();
    }
    Some(Box::new(content))
}

#[cfg(test)]
mod tests;
