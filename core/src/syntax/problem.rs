//! What can be wrong with the syntax of a document.

use super::hcl1_only::Hcl1Habit;
use crate::text::{Span, order};

/// The most problems that one document keeps; later ones are only counted.
pub const MAX_PROBLEMS: usize = 1_000;

/// The kind of a syntax problem. Each belongs to one rule of the `SYN` family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// An unquoted word where a value must be.
    BareWord,
    /// A `\` followed by something that is no escape, or an escape that names no character.
    BadEscape,
    /// A heredoc without a usable anchor.
    BadHeredoc,
    /// A number that the language cannot read.
    BadNumber,
    /// `name "label" = { … }`: a block with a `=`.
    BlockWithEquals,
    /// A byte order mark at the start, which the language's reader refuses.
    ByteOrderMark,
    /// A comment in JSON, which has none.
    Comment,
    /// The second of two members with one name in a strict JSON object; the span of the first is kept.
    DuplicateKey {
        /// The earlier member's key.
        first: Span,
    },
    /// The document holds nothing.
    Empty,
    /// A habit of HCL 1 that HCL 2 refuses; all of the document's problems are such habits. The rule
    /// `hcl1-syntax` reports it, none of the `SYN` family.
    Hcl1Only(Box<Hcl1Habit>),
    /// HCL 2 that its reader refuses for a reason that our own tree does not see.
    Hcl2 {
        /// The reader's message.
        message: &'static str,
    },
    /// A character that no token starts with.
    IllegalCharacter,
    /// A name that is followed neither by `=` nor by `{`.
    IncompleteItem,
    /// JSON that breaks the grammar in another way; the text says what was expected.
    Json {
        /// What should stand there.
        expected: &'static str,
    },
    /// Two elements of a list, or two members of an object, without a comma between them.
    MissingComma,
    /// A `=` or `:` without a value.
    MissingValue,
    /// A name is missing before `=` or `{`.
    MissingKey,
    /// Text in single quotes, which JSON does not know.
    SingleQuotes,
    /// More nesting than [`super::MAX_DEPTH`].
    TooDeep,
    /// A comma after the last member or element of strict JSON.
    TrailingComma,
    /// A `}` or `]` that closes nothing.
    UnexpectedClosing,
    /// Something that does not belong here.
    UnexpectedToken,
    /// A `/*` without `*/`.
    UnclosedComment,
    /// A heredoc without the line that ends it.
    UnclosedHeredoc,
    /// A `[` without `]`.
    UnclosedList,
    /// A `{` without `}`.
    UnclosedObject,
    /// A `"` without its partner on the same line.
    UnclosedString,
}

/// One syntax problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The exact text that is wrong.
    pub span: Span,
}

/// The problems of one document, at most [`MAX_PROBLEMS`].
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    kept: Vec<Problem>,
    omitted: u32,
}

impl Problems {
    /// These problems, as far as there is room.
    pub(super) fn of(problems: Vec<Problem>) -> Self {
        let mut kept = Self::default();
        for problem in problems {
            kept.push(problem.kind, problem.span);
        }
        kept
    }

    pub(super) fn push(&mut self, kind: ProblemKind, span: Span) {
        if self.kept.len() < MAX_PROBLEMS {
            self.kept.push(Problem { kind, span });
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    /// Drops the kept problems that `keep` does not want.
    pub(super) fn retain(&mut self, keep: impl FnMut(&Problem) -> bool) {
        self.kept.retain(keep);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(super) fn sort(&mut self) {
        order::sort_by(&mut self.kept, &|one, other| one.span.cmp(&other.span));
    }

    pub(super) fn as_slice(&self) -> &[Problem] {
        &self.kept
    }

    pub(super) fn omitted(&self) -> u32 {
        self.omitted
    }
}
