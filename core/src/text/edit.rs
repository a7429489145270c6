//! Changes of a text, by byte range.

use thiserror::Error;

use super::order;
use super::{DocumentId, Span};

/// Replaces the bytes of `span` in one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The document to change.
    pub document: DocumentId,
    /// The bytes that go; empty for an insertion.
    pub span: Span,
    /// The text that comes.
    pub text: String,
}

/// How far a fix can be trusted, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Shown, never applied: it needs a person's decision.
    DisplayOnly,
    /// May change what the author meant; applied only when asked for.
    Unsafe,
    /// Keeps what the author meant.
    Safe,
}

impl Applicability {
    /// The spelling of the wire shape.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DisplayOnly => "display-only",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// A titled set of edits that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, as an order: "Set `orphan` to `false`".
    pub title: String,
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Why edits cannot be applied.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApplyFixError {
    /// An edit names bytes that the text does not have, or splits a character.
    #[error("edit {start}..{end} does not fit a text of {length} bytes")]
    OutOfBounds {
        /// First byte of the edit.
        start: u32,
        /// End of the edit.
        end: u32,
        /// Length of the text.
        length: usize,
    },
    /// Two edits of one fix overlap.
    #[error("two edits of one fix overlap at byte {0}")]
    Overlap(u32),
    /// The repaired text would be longer than [`super::MAX_DOCUMENT_BYTES`].
    #[error("the repaired text would have {0} bytes, more than a document may have")]
    TooLarge(usize),
    /// An edit names a document that the bundle does not have.
    #[error("there is no document {} to edit", .0.0)]
    UnknownDocument(DocumentId),
}

/// Applies edits of one document to its text.
///
/// The order of `edits` does not matter, except that insertions at one offset keep theirs.
///
/// # Errors
/// When an edit does not fit the text or two edits overlap.
pub fn apply_edits(text: &str, edits: &[&Edit]) -> Result<String, ApplyFixError> {
    let mut sorted: Vec<&Edit> = edits.to_vec();
    order::sort_by(&mut sorted, &|one, other| one.span.cmp(&other.span));
    let mut result = String::with_capacity(text.len());
    let mut position = 0_u32;
    for edit in sorted {
        if edit.span.start < position {
            return Err(ApplyFixError::Overlap(edit.span.start));
        }
        let out_of_bounds =
            ApplyFixError::OutOfBounds { start: edit.span.start, end: edit.span.end, length: text.len() };
        if edit.span.end < edit.span.start || text.get(edit.span.range()).is_none() {
            return Err(out_of_bounds);
        }
        let between = text.get(position as usize..edit.span.start as usize).ok_or(out_of_bounds)?;
        result.push_str(between);
        result.push_str(&edit.text);
        position = edit.span.end;
    }
    result.push_str(text.get(position as usize..).unwrap_or_default());
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { document: DocumentId(0), span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_apply_in_any_order_and_leave_other_bytes_alone() {
        let (first, second) = (edit(0, 1, "xy"), edit(3, 3, "!"));
        assert_eq!(apply_edits("abc", &[&second, &first]), Ok("xybc!".to_owned()));
    }

    #[test]
    fn overlaps_and_split_characters_are_refused() {
        assert_eq!(apply_edits("abc", &[&edit(0, 2, ""), &edit(1, 3, "")]), Err(ApplyFixError::Overlap(1)));
        assert!(matches!(apply_edits("é", &[&edit(1, 2, "")]), Err(ApplyFixError::OutOfBounds { .. })));
    }
}
