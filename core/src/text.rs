//! Text and places in it: documents, spans, line and column numbers, edits.

mod document;
mod edit;
mod kind;
mod line_index;
pub(crate) mod order;
mod span;

pub use document::{Document, DocumentId, DocumentKind, EncodingProblem, MAX_DOCUMENT_BYTES};
pub use edit::{Applicability, ApplyFixError, Edit, Fix, apply_edits};
pub use line_index::{LineColumn, LineIndex};
pub use span::{Span, Spanned};
