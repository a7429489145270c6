//! Documents that are judged together.

use super::{AgentConfig, Job, Policy, Target, TargetRequest, TokenLookup, TokenRole, Version};
use crate::syntax::{self, Dialect, Tree};
use crate::text::{Document, DocumentId, DocumentKind};

/// Documents that are judged together, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    documents: Vec<Document>,
}

impl Bundle {
    /// An empty bundle.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    pub fn add(&mut self, name: &str, kind: DocumentKind, text: &str) -> DocumentId {
        self.add_document(Document::new(name, kind, text))
    }

    /// Adds a document.
    pub fn add_document(&mut self, document: Document) -> DocumentId {
        self.documents.push(document);
        DocumentId(self.documents.len() as u32 - 1)
    }

    /// The documents; a [`DocumentId`] is an index into them.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The document with this id, if it is of this bundle.
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.get(id.0 as usize)
    }

    /// What the documents are judged for when this much is asked for: the newest Nomad that makes sense for
    /// them. A token role or a token speaks for the integration by tokens, a job or an agent configuration
    /// that uses workload identities for the newest Nomad.
    pub fn target(&self, request: TargetRequest) -> Target {
        if request.nomad.is_some() {
            return request.or(Target::NEWEST);
        }
        let of_tokens =
            |document: &Document| matches!(document.kind(), DocumentKind::TokenRole | DocumentKind::Token);
        let is_newest =
            !self.documents.iter().any(of_tokens) && self.documents.iter().any(uses_workload_identity);
        request.or(if is_newest { Target::NEWEST } else { Target::NEWEST_TOKEN_BASED })
    }

    /// Reads every document for the target asked for, or for the default one.
    ///
    /// A host with threads may do the same with [`ParsedDocument::new`], in any order.
    pub fn parse(&self, request: TargetRequest) -> ParsedBundle<'_> {
        let target = self.target(request);
        let documents = self
            .documents
            .iter()
            .enumerate()
            .map(|(index, document)| ParsedDocument::new(DocumentId(index as u32), document, target))
            .collect();
        ParsedBundle { target, documents }
    }
}

/// A bundle with each document's tree and meaning.
#[derive(Clone, Debug)]
pub struct ParsedBundle<'b> {
    /// What the documents were read for.
    pub target: Target,
    /// The documents, in the bundle's order.
    pub documents: Vec<ParsedDocument<'b>>,
}

impl ParsedBundle<'_> {
    /// The documents' models with their ids.
    pub fn models(&self) -> impl Iterator<Item = (DocumentId, &Model)> + Clone {
        self.documents.iter().map(|parsed| (parsed.id, &parsed.model))
    }
}

/// One document, read.
#[derive(Clone, Debug)]
pub struct ParsedDocument<'b> {
    /// The document's place in the bundle.
    pub id: DocumentId,
    /// The document.
    pub document: &'b Document,
    /// Its tree.
    pub tree: Tree,
    /// Its meaning.
    pub model: Model,
}

/// The meaning of a document.
#[derive(Clone, Debug)]
pub enum Model {
    /// A token role.
    TokenRole(Box<TokenRole>),
    /// A policy.
    Policy(Policy),
    /// A job.
    Job(Job),
    /// An agent configuration file.
    AgentConfig(AgentConfig),
    /// A token's lookup.
    Token(TokenLookup),
}

impl<'b> ParsedDocument<'b> {
    /// Reads one document, which has this id in its bundle.
    pub fn new(id: DocumentId, document: &'b Document, target: Target) -> Self {
        let tree = syntax::parse(document.shared_text(), dialect_of(document, target));
        let model = match document.kind() {
            DocumentKind::TokenRole => Model::TokenRole(Box::new(TokenRole::from_tree(&tree, target))),
            DocumentKind::Policy => Model::Policy(Policy::from_tree(&tree, target)),
            DocumentKind::Job => Model::Job(Job::from_tree(&tree, target)),
            DocumentKind::AgentConfig => Model::AgentConfig(AgentConfig::from_tree(&tree, target)),
            DocumentKind::Token => Model::Token(TokenLookup::from_tree(&tree, target)),
        };
        Self { id, document, tree, model }
    }
}

/// Whether a document asks for tokens by workload identity. Only a text that names one of the keys is read.
fn uses_workload_identity(document: &Document) -> bool {
    let text = document.text();
    let names_one_of = |keys: &[&str]| keys.iter().any(|key| text.contains(key));
    match document.kind() {
        DocumentKind::AgentConfig => names_one_of(&["default_identity", "jwt_auth_backend_path"]),
        DocumentKind::Job if names_one_of(&["vault", "Vault"]) => {
            let target = Target::NEWEST;
            let tree = syntax::parse(document.shared_text(), dialect_of(document, target));
            Job::from_tree(&tree, target).needs_workload_identity()
        }
        DocumentKind::Job | DocumentKind::TokenRole | DocumentKind::Policy | DocumentKind::Token => false,
    }
}

/// The first Nomad that reads jobs as HCL 2.
const FIRST_HCL2_NOMAD: Version = Version::new(1, 0, 0);

/// Nomad 0.5.0 takes line ends in quoted strings of jobs, 0.12.0 does not (measured); which release between
/// them changed it is inferred.
const FIRST_ONE_LINE_NOMAD: Version = Version::new(0, 6, 0);

fn dialect_of(document: &Document, target: Target) -> Dialect {
    let starts_with_brace = document.text().trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    match document.kind() {
        DocumentKind::TokenRole | DocumentKind::Token => Dialect::Json,
        DocumentKind::Policy | DocumentKind::AgentConfig if starts_with_brace => Dialect::LooseJson,
        DocumentKind::Policy | DocumentKind::AgentConfig => Dialect::Hcl1,
        DocumentKind::Job if starts_with_brace => Dialect::Json,
        DocumentKind::Job if target.nomad < FIRST_ONE_LINE_NOMAD => Dialect::Hcl1MultiLine,
        DocumentKind::Job if target.nomad < FIRST_HCL2_NOMAD => Dialect::Hcl1,
        DocumentKind::Job => Dialect::Hcl2,
    }
}
