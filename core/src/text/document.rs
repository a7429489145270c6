//! A document: a name, a kind and a text.

use std::sync::{Arc, OnceLock};

use super::{LineColumn, LineIndex};

/// The longest text that is read; a longer one is a finding and is not looked into.
pub const MAX_DOCUMENT_BYTES: usize = 8 * 1024 * 1024;

/// The place of a document in its bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u32);

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// JSON written to, or read from, `auth/token/roles/<role>`.
    TokenRole,
    /// A Vault ACL policy, HCL 1 or JSON.
    Policy,
    /// A Nomad job, HCL 1, HCL 2 or JSON.
    Job,
    /// A Nomad agent configuration, HCL 1 or JSON.
    AgentConfig,
    /// The answer of `auth/token/lookup-self`, or of `auth/token/lookup`.
    Token,
}

impl DocumentKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::TokenRole, Self::Policy, Self::Job, Self::AgentConfig, Self::Token];

    /// The spelling used by the command line and the wire shape.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TokenRole => "token-role",
            Self::Policy => "policy",
            Self::Job => "job",
            Self::AgentConfig => "agent-config",
            Self::Token => "token",
        }
    }

    /// The kind spelled `text`, as [`DocumentKind::as_str`] spells it.
    pub fn from_spelling(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Why the bytes of a file are not a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodingProblem {
    /// The bytes start with a UTF-16 byte order mark.
    Utf16,
    /// The bytes hold NUL where no text would: an image, an archive, a program.
    Binary,
    /// The byte at this offset starts no UTF-8 character.
    InvalidUtf8(u32),
    /// The text is longer than [`MAX_DOCUMENT_BYTES`]; the number is its length.
    TooLarge(u64),
}

/// A named text of a known kind.
#[derive(Clone, Debug)]
pub struct Document {
    name: Box<str>,
    kind: DocumentKind,
    text: Arc<str>,
    encoding_problem: Option<EncodingProblem>,
    line_index: OnceLock<LineIndex>,
    server_name: Option<Box<str>>,
}

impl Document {
    /// A document from a text.
    pub fn new(name: impl Into<Box<str>>, kind: DocumentKind, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        if text.len() > MAX_DOCUMENT_BYTES {
            return Self::unreadable(name, kind, EncodingProblem::TooLarge(text.len() as u64));
        }
        Self {
            name: name.into(),
            kind,
            text,
            encoding_problem: None,
            line_index: OnceLock::new(),
            server_name: None,
        }
    }

    /// The same document with another text.
    #[must_use]
    pub fn with_text(&self, text: impl Into<Arc<str>>) -> Self {
        Self { server_name: self.server_name.clone(), ..Self::new(&*self.name, self.kind, text) }
    }

    /// The same document, of which it is known under which name the server has the policy or the role.
    #[must_use]
    pub fn with_server_name(self, name: &str) -> Self {
        Self { server_name: Some(name.into()), ..self }
    }

    /// A document from the bytes of a file. Bytes that are no text become a document with an
    /// [`EncodingProblem`] and an empty text.
    pub fn from_bytes(name: impl Into<Box<str>>, kind: DocumentKind, bytes: &[u8]) -> Self {
        if bytes.len() > MAX_DOCUMENT_BYTES {
            return Self::unreadable(name, kind, EncodingProblem::TooLarge(bytes.len() as u64));
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Self::unreadable(name, kind, EncodingProblem::Utf16);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::new(name, kind, text),
            Err(_) if bytes.iter().take(8_000).any(|byte| *byte == 0) => {
                Self::unreadable(name, kind, EncodingProblem::Binary)
            }
            Err(error) => {
                Self::unreadable(name, kind, EncodingProblem::InvalidUtf8(error.valid_up_to() as u32))
            }
        }
    }

    /// A document whose bytes are not looked at, for this reason.
    pub fn unreadable(name: impl Into<Box<str>>, kind: DocumentKind, problem: EncodingProblem) -> Self {
        Self {
            name: name.into(),
            kind,
            text: Arc::from(""),
            encoding_problem: Some(problem),
            line_index: OnceLock::new(),
            server_name: None,
        }
    }

    /// The name that findings show, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that the policy or the role has on the server, where somebody said so.
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// What the document is.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The text; empty when there is an [`EncodingProblem`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Why the bytes were not read as a text, if they were not.
    pub fn encoding_problem(&self) -> Option<EncodingProblem> {
        self.encoding_problem
    }

    /// The lines of the text.
    pub fn line_index(&self) -> &LineIndex {
        self.line_index.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The line and column of a byte offset.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.line_index().line_column(&self.text, offset)
    }
}
