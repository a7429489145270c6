//! Edits of documents other than the one that is looked at.

use crate::text::{Applicability, DocumentId, Edit, Fix, Span};

/// A fix of one edit.
pub(super) fn fix(
    title: String,
    applicability: Applicability,
    document: DocumentId,
    span: Span,
    text: String,
) -> Fix {
    Fix { title, applicability, edits: vec![Edit { document, span, text }] }
}

/// A text of JSON or HCL.
pub(super) fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

/// A `path` block to add.
pub(super) struct NewBlock {
    /// The comment above it.
    pub(super) comment: String,
    /// The path.
    pub(super) path: String,
    /// What it grants.
    pub(super) capability: &'static str,
}

/// The edit that adds blocks to the end of an HCL policy, laid out as its other blocks are.
pub(super) fn added_blocks(document: DocumentId, text: &str, blocks: &[NewBlock]) -> Edit {
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let indent = text.lines().find_map(|line| {
        let trimmed = line.trim_start();
        let blanks = line.len() - trimmed.len();
        line.get(..blanks).filter(|_| blanks > 0 && trimmed.starts_with("capabilities"))
    });
    let indent = indent.unwrap_or("  ");
    let mut added = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        added.push_str(line_end);
    }
    for NewBlock { comment, path, capability } in blocks {
        let path = in_quotes(path);
        for part in [
            line_end,
            "# ",
            comment,
            line_end,
            "path ",
            &path,
            " {",
            line_end,
            indent,
            "capabilities = [\"",
            capability,
            "\"]",
            line_end,
            "}",
            line_end,
        ] {
            added.push_str(part);
        }
    }
    Edit { document, span: Span::at(text.len() as u32), text: added }
}
