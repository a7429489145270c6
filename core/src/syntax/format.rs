//! Writing a document anew: the same tokens and comments, with other blanks between them.
//!
//! The conventions are those of `bao policy fmt`, that is of HCL 1's own printer: two blanks a level, one item a
//! line, `=` and comments aligned in runs of lines, an empty line around what takes several lines. Unlike it, a
//! comment behind `{` stays there, JSON is written as JSON, and all that the server reads is read.

mod comments;
mod printer;

use super::problem::ProblemKind;
use super::tree::{NodeKind, Tree};
use printer::Printer;

/// Why a document is not written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// Its syntax is refused: see [`Tree::problems`].
    Syntax,
    /// The result would be longer than [`crate::text::MAX_DOCUMENT_BYTES`].
    TooLarge,
}

/// The text of a tree of HCL 1 or JSON in the usual layout. Writing the result anew changes nothing.
///
/// # Errors
/// When the syntax is refused, or when the result would be too long.
pub fn format(tree: &Tree) -> Result<String, FormatError> {
    // A policy may have a name twice: the server unites the members.
    let is_harmless = |kind: &ProblemKind| matches!(kind, ProblemKind::DuplicateKey { .. });
    if !tree.problems().iter().all(|problem| is_harmless(&problem.kind)) {
        return Err(FormatError::Syntax);
    }
    let text = tree.text();
    let mut written = Printer::new(tree).document(tree.root()).ok_or(FormatError::TooLarge)?;
    if written.is_empty() && !text.is_empty() {
        // The server takes a policy of blanks, but not one of nothing.
        written.push('\n');
    }
    let first_line = text.split('\n').next().unwrap_or_default();
    let has_crlf = first_line.len() < text.len() && first_line.ends_with('\r');
    Ok(if has_crlf { written.replace("\r\n", "\n").replace('\n', "\r\n") } else { written })
}

/// Whether two trees hold the same tokens in the same order, so that they mean the same. How line ends are
/// written does not count.
pub fn same_tokens(one: &Tree, two: &Tree) -> bool {
    let (mut first, mut second) = (tokens(one), tokens(two));
    loop {
        match (first.next(), second.next()) {
            (None, None) => return true,
            (Some((kind, text)), Some((other_kind, other)))
                if kind == other_kind && without_returns(text).eq(without_returns(other)) => {}
            _ => return false,
        }
    }
}

fn tokens(tree: &Tree) -> impl Iterator<Item = (NodeKind, &str)> {
    tree.node_spans().filter_map(|(kind, span)| match kind {
        // How keys and values make items follows from their order.
        NodeKind::Item | NodeKind::Missing => None,
        NodeKind::Object | NodeKind::List => Some((kind, "")),
        _ => Some((kind, span.of(tree.text()))),
    })
}

fn without_returns(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(|byte| *byte != b'\r')
}

#[cfg(test)]
mod tests;
