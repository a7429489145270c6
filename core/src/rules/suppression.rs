//! Comments that say "this finding is meant": `# nomad-vault: ignore POL007 -- reason`.
//!
//! A comment on a line of its own is about the attribute or block below it, a comment at the end of a line
//! about what starts on that line. `ignore-file` in place of `ignore` is about the whole document.

use super::{Rule, rule};
use crate::model::ParsedDocument;
use crate::syntax::NodeKind;
use crate::text::Span;

const MARKER: &str = "nomad-vault:";

/// One code of a suppressing comment.
#[derive(Clone, Debug)]
pub(crate) struct Suppression {
    /// The code as it is written.
    pub(crate) code: Span,
    /// The rule that it names, if there is one.
    pub(crate) rule: Option<&'static Rule>,
    /// The whole comment.
    pub(crate) comment: Span,
    /// Whether the comment holds no other code.
    pub(crate) is_alone: bool,
    /// Findings that start here are meant.
    pub(crate) scope: Span,
}

/// The suppressions of a document, in the order of the text.
pub(crate) fn suppressions(parsed: &ParsedDocument<'_>) -> Vec<Suppression> {
    let text = parsed.document.text();
    let marked = parsed.tree.comments().iter().filter(|comment| comment.of(text).contains(MARKER));
    marked.flat_map(|comment| of_comment(parsed, *comment)).collect()
}

fn of_comment(parsed: &ParsedDocument<'_>, comment: Span) -> Vec<Suppression> {
    let text = parsed.document.text();
    let Some((before, after)) = comment.of(text).split_once(MARKER) else { return Vec::new() };
    let directive = after.trim_start();
    let (is_file, list) = match (directive.strip_prefix("ignore-file"), directive.strip_prefix("ignore")) {
        (Some(list), _) => (true, list),
        (None, Some(list)) => (false, list),
        (None, None) => return Vec::new(),
    };
    let list_start = comment.end - list.len() as u32;
    debug_assert!(before.len() < comment.len() as usize);
    let list = list.split("--").next().unwrap_or_default().trim_end_matches("*/");
    let scope = if is_file { Span::new(0, text.len() as u32 + 1) } else { scope_of(parsed, comment) };
    let codes: Vec<Span> = words(list, list_start).collect();
    let is_alone = codes.len() == 1;
    codes
        .into_iter()
        .map(|code| Suppression { code, rule: rule(code.of(text)), comment, is_alone, scope })
        .collect()
}

/// The words of a list with blanks and commas between them, and their places.
fn words(list: &str, start: u32) -> impl Iterator<Item = Span> {
    let is_separator = |c: char| c == ',' || c.is_whitespace();
    list.split(is_separator).filter(|word| !word.is_empty()).map(move |word| {
        let offset = word.as_ptr() as usize - list.as_ptr() as usize;
        Span::new(start + offset as u32, start + (offset + word.len()) as u32)
    })
}

fn scope_of(parsed: &ParsedDocument<'_>, comment: Span) -> Span {
    let text = parsed.document.text();
    let line_start = text.get(..comment.start as usize).and_then(|t| t.rfind('\n')).map_or(0, |at| at + 1);
    let line_end = text.get(comment.end as usize..).and_then(|t| t.find('\n'));
    let line_end = line_end.map_or(text.len(), |length| comment.end as usize + length);
    let stands_alone = text.get(line_start..comment.start as usize).is_some_and(|t| t.trim().is_empty());
    if !stands_alone {
        return Span::new(line_start as u32, line_end as u32 + 1);
    }
    let next_item = parsed
        .tree
        .node_spans()
        .find(|(kind, span)| *kind == NodeKind::Item && span.start >= comment.end)
        .map(|(_, span)| span);
    next_item.unwrap_or(Span::new(line_start as u32, line_end as u32 + 1))
}
