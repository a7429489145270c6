//! Policies: what a token with them may do, why, and how two sets of them differ.

mod answers;
mod request;
mod tests_of_policies;

pub use answers::*;
pub use request::*;
pub use tests_of_policies::*;

use super::answer::{AnswerError, AnswerErrorKind};
use crate::acl::{Acl, PolicySource};
use crate::model::{Bundle, Model, ParsedDocument, Target, TokenIdentity, VaultDialect};
use crate::text::{Document, DocumentId, DocumentKind};

/// Policies that were read: what every question about them starts with.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The server.
    pub dialect: VaultDialect,
    /// Their documents.
    pub bundle: Bundle,
    /// The policies, in the order of the documents.
    pub sources: Vec<PolicySource>,
}

impl Policies {
    /// Reads policies as a server does. One that is called `root` is the built-in one, whose text is not read.
    pub fn read(documents: Vec<Document>, dialect: VaultDialect) -> Self {
        let target = Target { vault: dialect, ..Target::NEWEST_TOKEN_BASED };
        let mut bundle = Bundle::new();
        for document in documents {
            bundle.add_document(document);
        }
        let read = |(index, document): (usize, &Document)| {
            let id = DocumentId(index as u32);
            match ParsedDocument::new(id, document, target).model {
                Model::Policy(policy) => {
                    let (name, policy) = (document.name().to_owned(), policy.into());
                    Some(PolicySource { name, document: id, policy })
                }
                _ => None,
            }
        };
        let sources = bundle.documents().iter().enumerate().filter_map(read).collect();
        Self { dialect, bundle, sources }
    }

    fn from_texts(policies: &[PolicyText], dialect: VaultDialect) -> Self {
        let document = |policy: &PolicyText| {
            Document::new(policy.name.as_str(), DocumentKind::Policy, policy.text.as_str())
        };
        Self::read(policies.iter().map(document).collect(), dialect)
    }

    /// What a token with all of them may do.
    pub fn acl(&self, identity: &TokenIdentity) -> Acl {
        Acl::for_identity(self.sources.clone(), self.dialect, identity)
    }

    /// The names of those that the server refuses, which grant nothing.
    pub fn refused(&self) -> Vec<String> {
        let refused =
            self.sources.iter().filter(|source| source.name != ROOT && !source.policy.is_accepted());
        refused.map(|source| source.name.clone()).collect()
    }
}

/// The built-in policy that allows everything.
pub const ROOT: &str = "root";

/// The server of a request; the newest measured one where none is named.
pub(super) fn dialect(text: Option<&str>) -> Result<VaultDialect, AnswerError> {
    let Some(text) = text else { return Ok(VaultDialect::OPENBAO_2_7) };
    VaultDialect::parse(text).ok_or_else(|| AnswerError {
        kind: AnswerErrorKind::Target,
        message: format!("`{text}` is no server: write `openbao-2.7` or `vault-0.6.2`"),
    })
}

fn unreadable(message: String) -> AnswerError {
    AnswerError { kind: AnswerErrorKind::Request, message }
}

#[cfg(test)]
mod tests;
