//! What a rule sees, and where it reports.

use super::Rule;
use crate::diagnostic::Diagnostic;
use crate::model::{ParsedBundle, ParsedDocument, Setup, Target};
use crate::text::{Applicability, DocumentId, Edit, Fix, Span};

/// The most findings that one rule keeps for one document; later ones are only counted.
const MAX_FINDINGS_PER_RULE: usize = 250;

/// The longest message, in bytes; messages quote the document, which may hold anything.
const MAX_MESSAGE_BYTES: usize = 500;

/// The findings of a run.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The findings kept.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many were found beyond the limit, by document.
    pub(crate) omitted: Vec<(DocumentId, u32)>,
}

/// What a rule sees, and where it reports.
pub struct Context<'a> {
    rule: &'static Rule,
    bundle: &'a ParsedBundle<'a>,
    setup: &'a Setup<'a>,
    document: DocumentId,
    findings: &'a mut Findings,
    reported: usize,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        rule: &'static Rule,
        setup: &'a Setup<'a>,
        document: DocumentId,
        findings: &'a mut Findings,
    ) -> Self {
        Self { rule, bundle: setup.bundle, setup, document, findings, reported: 0 }
    }

    /// What the documents are judged for.
    pub fn target(&self) -> Target {
        self.bundle.target
    }

    /// All documents.
    pub fn bundle(&self) -> &'a ParsedBundle<'a> {
        self.bundle
    }

    /// What all documents say together.
    pub fn setup(&self) -> &'a Setup<'a> {
        self.setup
    }

    /// The id of the document that is looked at.
    pub fn document_id(&self) -> DocumentId {
        self.document
    }

    /// The document that is looked at.
    pub fn document(&self) -> Option<&'a ParsedDocument<'a>> {
        self.bundle.documents.get(self.document.0 as usize)
    }

    /// The text of the document that is looked at.
    pub fn text(&self) -> &'a str {
        self.document().map_or("", |parsed| parsed.document.text())
    }

    /// Reports a finding in the document that is looked at. `message` has no final full stop.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.report_in(self.document, span, message)
    }

    /// Reports a finding in any document of the bundle.
    pub fn report_in(
        &mut self,
        document: DocumentId,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let rule = self.rule;
        let diagnostic = Diagnostic {
            code: rule.code,
            name: rule.name,
            severity: rule.severity,
            enforced_by: rule.enforced_by,
            message: one_line(message.into()),
            help: None,
            document,
            span,
            related: Vec::new(),
            fix: None,
        };
        if self.is_full() {
            // The last finding is overwritten: the caller may go on as if its own were kept.
            self.findings.diagnostics.pop();
            self.omit_in(document);
        }
        self.reported += 1;
        self.findings.diagnostics.push(diagnostic);
        let last = self.findings.diagnostics.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "an element was just pushed")]
        &mut self.findings.diagnostics[last]
    }

    /// Whether the rule has so many findings that further ones are only counted.
    pub fn is_full(&self) -> bool {
        self.reported >= MAX_FINDINGS_PER_RULE
    }

    /// Counts a finding in the document that is looked at, which is not reported as [`Context::is_full`].
    pub fn omit(&mut self) {
        self.omit_in(self.document);
    }

    fn omit_in(&mut self, document: DocumentId) {
        match self.findings.omitted.iter_mut().find(|(id, _)| *id == document) {
            Some((_, count)) => *count += 1,
            None => self.findings.omitted.push((document, 1)),
        }
    }

    /// An edit of the document that is looked at.
    pub fn edit(&self, span: Span, text: impl Into<String>) -> Edit {
        Edit { document: self.document, span, text: text.into() }
    }

    /// A fix of one edit in the document that is looked at.
    pub fn replace(
        &self,
        title: impl Into<String>,
        applicability: Applicability,
        span: Span,
        text: impl Into<String>,
    ) -> Fix {
        Fix { title: title.into(), applicability, edits: vec![self.edit(span, text)] }
    }
}

/// The message on one line and not too long, whatever it quotes.
fn one_line(message: String) -> String {
    let may_hold_control = message.bytes().any(|byte| !(b' '..0x7f).contains(&byte));
    if message.len() <= MAX_MESSAGE_BYTES && !(may_hold_control && message.contains(char::is_control)) {
        return message;
    }
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = message
        .char_indices()
        .take_while(|(offset, _)| *offset < MAX_MESSAGE_BYTES)
        .map(|(_, c)| shown(c))
        .collect();
    if message.len() > MAX_MESSAGE_BYTES {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_stay_on_one_line_and_short() {
        assert_eq!(one_line("`a\nb`".to_owned()), "`a b`");
        assert_eq!(one_line("é".repeat(1_000)), "é".repeat(250) + "…");
    }
}
